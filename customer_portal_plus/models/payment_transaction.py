from odoo import fields, models
from odoo.fields import Command


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    portal_allocation_ids = fields.One2many(
        "customer.portal.allocation",
        "transaction_id",
        "Meant for",
        readonly=True,
        help="What the customer chose to pay with this payment, invoice by invoice.",
    )

    # === BUSINESS METHODS - POST-PROCESSING === #

    def _check_amount_and_confirm_order(self):
        """Override of `sale`: a quote that was accepted by paying it in the portal is told to
        staff like one that was accepted with a click."""
        confirmed_orders = super()._check_amount_and_confirm_order()
        for order in confirmed_orders:
            tx = self.filtered(lambda tx, order=order: order in tx.sale_order_ids)[-1:]
            if (tx.landing_route or "").startswith(order.access_url):
                order._portal_notify_answer("accepted", tx.partner_id)
        return confirmed_orders

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment` to give each invoice what was chosen for it."""
        self.ensure_one()
        if not self.portal_allocation_ids or self.source_transaction_id:
            return super()._create_payment(**extra_create_values)
        self.payment_id = self.portal_allocation_ids._create_payment(
            {**self._portal_prepare_payment_values(), **extra_create_values}
        )
        return self.payment_id

    def _portal_prepare_payment_values(self):
        """Return the values of the payment, but for its journal items.

        :rtype: dict
        """
        self.ensure_one()
        method_line = self.provider_id.journal_id.inbound_payment_method_line_ids.filtered(
            lambda line: line.payment_provider_id == self.provider_id
        )
        return {
            "amount": self.amount,
            "payment_type": "inbound",
            "partner_type": "customer",
            "currency_id": self.currency_id.id,
            "partner_id": self.partner_id.commercial_partner_id.id,
            "journal_id": self.provider_id.journal_id.id,
            "company_id": self.provider_id.company_id.id,
            "payment_method_line_id": method_line.id,
            "payment_token_id": self.token_id.id,
            "payment_transaction_id": self.id,
            "memo": " - ".join(filter(None, [self.reference, self.provider_reference])),
            "invoice_ids": [Command.set(self.invoice_ids.ids)],
        }
