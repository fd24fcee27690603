"""A receivable ledger to make statements of: payments, entries and currencies."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command

from . import PortalData


class StatementData(PortalData):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journal = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.general_journal = cls.env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", cls.company.id)], limit=1
        )
        Account = cls.env["account.account"]
        outstanding, cls.account_loss = Account.create(
            [
                {"name": "Cobros pendientes", "code": "570098", "account_type": "asset_current"},
                {"name": "Redondeos", "code": "659098", "account_type": "expense"},
            ]
        )
        outstanding.reconcile = True
        lines = (
            cls.journal.inbound_payment_method_line_ids
            | cls.journal.outbound_payment_method_line_ids
        )
        lines.payment_account_id = outstanding
        cls.statement = cls.env["customer.portal.statement"]
        cls.own_currency = cls.company.currency_id
        # Rates that change: paying later makes exchange differences.
        cls.currencies = cls.own_currency
        for name, rates in (("EUR", (0.9, 0.8, 0.95)), ("CHF", (2.0, 1.7, 2.3))):
            currency = cls.env.ref(f"base.{name}")
            if currency == cls.own_currency:
                currency = cls.env.ref("base.USD")
            currency.active = True
            currency.rate_ids.unlink()
            cls.env["res.currency.rate"].create(
                [
                    {
                        "currency_id": currency.id,
                        "company_id": cls.company.id,
                        "name": cls.today - timedelta(days=days),
                        "rate": rate,
                    }
                    for days, rate in zip((1000, 150, 60), rates, strict=True)
                ]
            )
            cls.currencies |= currency

    @classmethod
    def _create_invoice(cls, partner, amount=100.0, **values):
        """Create a document whose accounting date is its own, too."""
        invoice = super()._create_invoice(partner, amount, **{**values, "post": False})
        if values.get("post", True):
            invoice.date = invoice.invoice_date
            invoice.action_post()
        return invoice

    @classmethod
    def _register(cls, invoices, amount=None, days=0, currency=None, write_off=False):
        """Register a payment of documents, so many days from today.

        :param bool write_off: whether what it falls short of is written off
        """
        values = {
            "payment_date": cls.today + timedelta(days=days),
            "journal_id": cls.journal.id,
            "group_payment": True,
        }
        if currency:
            values["currency_id"] = currency.id
        wizard = (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoices.ids)
            .create(values)
        )
        if amount is not None:
            wizard.amount = amount
        if write_off and wizard.payment_difference:
            wizard.payment_difference_handling = "reconcile"
            wizard.writeoff_account_id = cls.account_loss
        return wizard._create_payments()

    @classmethod
    def _create_entry(cls, partner, amount, days=0, currency=None):
        """Post an entry that takes an amount off what a partner owes, or adds a negative one."""
        currency = currency or cls.own_currency
        date = cls.today + timedelta(days=days)
        balance = currency._convert(amount, cls.own_currency, cls.company, date)
        receivable = partner.with_company(cls.company).property_account_receivable_id
        entry = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "date": date,
                "journal_id": cls.general_journal.id,
                "line_ids": [
                    Command.create(
                        {
                            "name": "Ajuste",
                            "partner_id": partner.id,
                            "account_id": account.id,
                            "currency_id": currency.id,
                            "amount_currency": sign * amount,
                            "balance": sign * balance,
                        }
                    )
                    for account, sign in ((receivable, -1), (cls.account_loss, 1))
                ],
            }
        )
        entry.action_post()
        return entry

    @classmethod
    def _receivable(cls, *moves):
        """Return the receivable lines of entries."""
        lines = cls.env["account.move"].union(*moves).line_ids
        return lines.filtered(lambda line: line.account_type == "asset_receivable")

    def _reader(self, contact=None):
        return self.statement._reader_of(contact or self.user_full.partner_id)

    def _accounts(self, contact=None, begin=None, end=None, companies=None):
        """Return the accounts of a statement by their currency."""
        accounts = self.statement._accounts(
            self._reader(contact),
            (companies or self.company).sudo(),
            begin or self.today - relativedelta(years=3),
            end or self.today,
        )
        return {account["currency"]: account for account in accounts}
