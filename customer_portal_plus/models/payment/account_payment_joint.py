"""What is paid back of a payment for several customers."""

from odoo import api, fields, models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    # The provider pays back of the whole, which is no payment in the books; a part of it is.
    source_payment_id = fields.Many2one(related=None, compute="_compute_source_payment_id")

    @api.depends(
        "payment_transaction_id.source_transaction_id.payment_id",
        "payment_transaction_id.portal_refunded_id.payment_id",
    )
    def _compute_source_payment_id(self):
        for payment in self:
            # Sudo: who may see the payment may know what it pays back.
            tx_sudo = payment.payment_transaction_id.sudo()
            source_sudo = tx_sudo.portal_refunded_id or tx_sudo.source_transaction_id
            payment.source_payment_id = source_sudo.payment_id

    def _compute_amount_available_for_refund(self):
        """Override of `account_payment`: where the provider pays back all or nothing, a part is not
        paid back."""
        super()._compute_amount_available_for_refund()
        for payment in self:
            tx_sudo = payment.payment_transaction_id.sudo()  # As core does.
            if len(tx_sudo.portal_joint_id.portal_part_ids) > 1:
                method_sudo = tx_sudo.payment_method_id
                method_sudo = method_sudo.primary_payment_method_id or method_sudo
                supported = (tx_sudo.provider_id.support_refund, method_sudo.support_refund)
                if "full_only" in supported:
                    payment.amount_available_for_refund = 0
