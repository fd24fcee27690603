from odoo import fields, models
from odoo.fields import Command


class CustomerPortalAllocation(models.Model):
    """How much of one payment is meant for one invoice, as the customer chose it.

    Rows are written when the payment is started or reported and read when it is confirmed, maybe
    days later: what the invoices still owe by then decides how much of it fits; the rest is
    credit.
    """

    _name = "customer.portal.allocation"
    _description = "Part of a portal payment"
    _order = "id"
    _rec_name = "invoice_id"

    transaction_id = fields.Many2one(
        "payment.transaction", "Payment", index=True, ondelete="cascade", readonly=True
    )
    report_id = fields.Many2one(
        "customer.portal.payment.report", "Reported payment", index=True, ondelete="cascade"
    )
    invoice_id = fields.Many2one(
        "account.move", "Invoice", required=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    amount = fields.Monetary(
        required=True,
        help="What is paid for this invoice, in its currency; for a credit, what of it is used.",
    )
    discount = fields.Monetary(
        "Early payment discount",
        help="What the payment terms grant on top if the payment arrives in time.",
    )
    credit_line_id = fields.Many2one(
        "account.move.line",
        "Credit",
        index="btree_not_null",
        ondelete="cascade",
        help="The customer's open credit that is used instead of a payment.",
    )

    due_line_id = fields.Many2one(
        "account.move.line",
        "Due amount",
        index="btree_not_null",
        ondelete="set null",
        help="The one due amount of the invoice that is paid; empty: the oldest ones.",
    )

    _amount_positive = models.Constraint("CHECK (amount > 0)", "An amount must be positive.")

    def _receivable_lines(self):
        """Return the invoice's open receivable lines, one for each due date; the one that is
        meant alone, while it is open.

        :rtype: account.move.line
        """
        self.ensure_one()
        lines = self.invoice_id.line_ids.filtered(
            lambda line: line.display_type == "payment_term" and not line.reconciled
        )
        return lines & self.due_line_id or lines

    # === PAYING === #

    def _create_payment(self, values):
        """Register one payment and give each invoice what was chosen for it.

        Core reconciles a payment with all its invoices, the oldest first. Here the payment has
        one receivable line for each invoice, reconciled with that invoice alone. What does not
        fit any more, because the invoice was paid otherwise meanwhile, stays open as credit.

        :param dict values: values of the payment, but for its journal items
        :return: the posted payment
        :rtype: account.payment
        """
        self._use_credits()
        draft = self.env["account.payment"].new(values)
        if not draft.outstanding_account_id:
            # Journals need not name an account for what is on its way to the bank; without one
            # there would be no entry to reconcile with the invoices.
            account = draft._get_outstanding_account(draft.payment_type)
            values = {**values, "outstanding_account_id": account.id}
            draft.outstanding_account_id = account
        parts = self._get_payment_parts(draft)
        payment = self.env["account.payment"].create(
            {**values, "line_ids": self._prepare_payment_lines(draft, parts)}
        )
        payment.action_post()
        lines = payment.move_id.line_ids.filtered("portal_allocation_id")
        for allocation, line in lines.grouped("portal_allocation_id").items():
            (line | allocation._receivable_lines()).reconcile()
        return payment

    def _use_credits(self):
        """Reconcile the chosen credits with their invoices, as far as both are still open."""
        for allocation in self.filtered("credit_line_id"):
            credit = allocation.credit_line_id
            if not credit.reconciled and allocation.invoice_id.state == "posted":
                (credit | allocation._receivable_lines()).reconcile()

    def _get_payment_parts(self, payment):
        """Return how a payment is split now: what each invoice can still take of its part.

        :param account.payment payment: the payment, not created yet
        :return: dicts with ``allocation``, ``amount`` (paid), ``discount_lines`` (journal items)
            and ``account`` (receivable)
        :rtype: list[dict]
        """
        currency, left, parts = payment.currency_id, payment.amount, []
        for allocation in self.filtered(lambda one: not one.credit_line_id):
            invoice = allocation.invoice_id
            lines = allocation._receivable_lines()
            if invoice.state != "posted" or not lines:
                continue
            discount_lines = allocation._prepare_discount_lines(payment.date)
            discount = sum(line["amount_currency"] for line in discount_lines)
            fits = invoice.amount_residual - discount
            amount = currency.round(min(allocation.amount, fits, left))
            if currency.compare_amounts(amount, 0) <= 0:
                continue
            left -= amount
            parts.append(
                {
                    "allocation": allocation,
                    "amount": amount,
                    "discount_lines": discount_lines,
                    "account": lines[0].account_id,
                }
            )
        return parts

    def _prepare_discount_lines(self, date):
        """Return the journal items of an early payment discount: none if none was chosen, or the
        terms do not grant it on the day of the payment any more.

        :param datetime.date date: when it is paid
        :rtype: list[dict]
        """
        self.ensure_one()
        invoice = self.invoice_id
        if not self.discount or not invoice._portal_discount_of(self.amount, date):
            return []
        early = invoice._portal_early_installment(date)
        line = early["line"]
        values = invoice._get_invoice_counterpart_amls_for_early_payment_discount(
            [
                {
                    "aml": line,
                    "amount_currency": -line.amount_residual_currency,
                    "balance": -line.balance,
                }
            ],
            early["discount_amount"],
        )
        return [
            {**line_values, "partner_id": invoice.commercial_partner_id.id}
            for lines in values.values()
            for line_values in lines
        ]

    def _prepare_payment_lines(self, payment, parts):
        """Return the journal items of a payment: core's own, the receivable one split.

        :param account.payment payment: the payment, not created yet
        :param list parts: see ``_get_payment_parts``
        :return: commands that create the items
        :rtype: list
        """
        liquidity, receivable, *others = payment._prepare_move_line_default_vals(
            write_off_line_vals=[line for part in parts for line in part["discount_lines"]]
        )
        currency, company_currency = payment.currency_id, payment.company_id.currency_id
        total = receivable["amount_currency"]
        left, left_balance = total, receivable["debit"] - receivable["credit"]
        rate = left_balance / total
        shares = []
        for part in parts:
            discount = sum(line["amount_currency"] for line in part["discount_lines"])
            amount = currency.round(-part["amount"] - discount)
            left = currency.round(left - amount)
            # The cent that the exchange rate's rounding leaves goes with the last invoice.
            is_last = currency.is_zero(left) and part is parts[-1]
            balance = left_balance if is_last else company_currency.round(amount * rate)
            left_balance = company_currency.round(left_balance - balance)
            shares.append((part["allocation"].id, part["account"].id, amount, balance))
        if not currency.is_zero(left):
            shares.append((False, receivable["account_id"], left, left_balance))
        return (
            [Command.create(liquidity)]
            + [
                Command.create(
                    {
                        **receivable,
                        "account_id": account_id,
                        "amount_currency": amount,
                        "debit": max(balance, 0.0),
                        "credit": max(-balance, 0.0),
                        "portal_allocation_id": allocation_id,
                    }
                )
                for allocation_id, account_id, amount, balance in shares
            ]
            + [Command.create(line) for line in others]
        )
