"""A payment provider that answers at once, and payments started as the portal starts them.

Needs `payment_demo`, as the development databases have it.
"""

from odoo import Command

from . import PortalHttpCase


class PaymentCase(PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = cls.env.ref("payment.payment_provider_demo")
        cls.provider.write({"state": "test", "is_published": True, "company_id": cls.company.id})
        cls.method = cls.provider.payment_method_ids[:1]
        cls.method.active = True
        cls.env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", "True")

    @classmethod
    def _use_provider(cls, code, method_code, **values):
        """Switch another provider on, for one method in any currency."""
        cls.provider = cls.env.ref(f"payment.payment_provider_{code}")
        cls.method = cls.env.ref(f"payment.payment_method_{method_code}")
        cls.provider.write(
            {
                **values,
                "company_id": cls.company.id,
                "state": "test",
                "is_published": True,
                "available_currency_ids": [Command.clear()],
                "payment_method_ids": [Command.link(cls.method.id)],
            }
        )
        cls.method.active = True

    @classmethod
    def _use_bank(cls):
        """Have the bank's journal keep what is paid in an account until the bank confirms it."""
        cls.journal = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.account_outstanding = cls.env["account.account"].create(
            {
                "name": "Cobros pendientes",
                "code": "570099",
                "account_type": "asset_current",
                "reconcile": True,
            }
        )
        cls.journal.inbound_payment_method_line_ids.payment_account_id = cls.account_outstanding

    def _form_values(self, **values):
        """Return what the payment form sends."""
        return {
            "provider_id": self.provider.id,
            "payment_method_id": self.method.id,
            "token_id": None,
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": "/my",
            "amount": 1.0,
            "access_token": None,
            **values,
        }

    def _announce_debit(self, invoice, amount, **values):
        """Have an automatic debit of Alfa announced for today, of one due amount of an invoice."""
        self.env["customer.portal.debit"].sudo().create(
            {
                "company_id": self.company.id,
                "customer_id": self.alfa.id,
                "contact_id": self.user_full.partner_id.id,
                "token_name": "Card",
                "text": "Agreed.",
                "attempt_ids": [
                    Command.create(
                        {
                            "invoice_id": invoice.id,
                            "due_date": self.today,
                            "number": 1,
                            "amount": amount,
                            "charge_on": self.today,
                            **values,
                        }
                    )
                ],
            }
        )

    @classmethod
    def _create_transaction(cls, allocations, currency=None, user=None, credits=()):
        """Start a payment of several invoices.

        :param allocations: tuples of invoice, amount and (if there is one) discount
        :param credits: tuples of invoice, amount and open credit line
        """
        invoices = cls.env["account.move"].union(*(allocation[0] for allocation in allocations))
        values = [
            {
                "invoice_id": invoice.id,
                "amount": amount,
                "discount": discount[0] if discount else 0.0,
            }
            for invoice, amount, *discount in allocations
        ]
        values += [
            {"invoice_id": invoice.id, "amount": amount, "credit_line_id": line.id}
            for invoice, amount, line in credits
        ]
        return cls.env["payment.transaction"].create(
            {
                "provider_id": cls.provider.id,
                "payment_method_id": cls.method.id,
                "reference": f"TEST-{cls.env['payment.transaction'].search_count([])}",
                "amount": sum(allocation[1] for allocation in allocations),
                "currency_id": (currency or cls.company.currency_id).id,
                "partner_id": (user or cls.user_full).partner_id.id,
                "operation": "online_direct",
                "invoice_ids": [Command.set(invoices.ids)],
                "portal_allocation_ids": [Command.create(one) for one in values],
            }
        )

    @classmethod
    def _confirm(cls, tx):
        """Let the provider confirm a payment, and post-process it."""
        tx._set_done()
        tx._post_process()
        return tx.payment_id

    def _assert_balanced(self, payment):
        lines = payment.move_id.line_ids
        self.assertEqual(self.company.currency_id.round(sum(lines.mapped("balance"))), 0.0)

    def _assert_residuals(self, **expected):
        """Assert what invoices still owe, by attribute name of this test."""
        for name, residual in expected.items():
            self.assertAlmostEqual(getattr(self, name).amount_residual, residual, msg=name)
