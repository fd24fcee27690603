from odoo import fields, models


class CustomerPortalPaymentRefusal(models.TransientModel):
    """Asks why a reported payment is refused; the customer is told."""

    _name = "customer.portal.payment.refusal"
    _description = "Don't confirm a reported payment"

    report_id = fields.Many2one("customer.portal.payment.report", required=True)
    reason = fields.Text(required=True)

    def action_refuse(self):
        """Refuse the report with the reason that was typed."""
        self.ensure_one()
        self.report_id._refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
