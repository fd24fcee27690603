from odoo import fields, models


class CustomerPortalRequestRefusal(models.TransientModel):
    """Asks why a file that a customer sent won't do; the customer is asked again."""

    _name = "customer.portal.request.refusal"
    _description = "Ask a customer again for a file"

    request_id = fields.Many2one("customer.portal.document.request", required=True)
    reason = fields.Text(required=True)

    def action_ask_again(self):
        """Ask again with the reason that was typed."""
        self.ensure_one()
        self.request_id._ask_again(self.reason)
        return {"type": "ir.actions.act_window_close"}
