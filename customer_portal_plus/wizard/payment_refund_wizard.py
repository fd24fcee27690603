from odoo import api, models
from odoo.fields import Domain


class PaymentRefundWizard(models.TransientModel):
    _inherit = "payment.refund.wizard"

    @api.depends("payment_id")
    def _compute_has_pending_refund(self):
        """Override of `account_payment`: refunds of one customer's part of a payment are asked for
        of the whole."""
        super()._compute_has_pending_refund()
        waiting = Domain("state", "in", ("draft", "pending", "authorized"))
        for wizard in self.filtered("transaction_id.portal_joint_id"):
            of_part = Domain("portal_refunded_id", "=", wizard.transaction_id.id)
            wizard.has_pending_refund = bool(
                self.env["payment.transaction"].search_count(of_part & waiting, limit=1)
            )
