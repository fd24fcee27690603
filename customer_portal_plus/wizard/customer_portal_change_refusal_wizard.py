from odoo import fields, models


class CustomerPortalChangeRefusalWizard(models.TransientModel):
    """Ask why a change is refused: the customer gets to read it."""

    _name = "customer.portal.change.refusal.wizard"
    _description = "Refuse a Change Asked for in the Portal"

    request_ids = fields.Many2many(
        "customer.portal.change.request",
        relation="customer_portal_change_refusal_rel",
        column1="wizard_id",
        column2="request_id",
        required=True,
    )
    reason = fields.Text(required=True)

    def action_refuse(self):
        """Refuse the requests for the reason given."""
        self.ensure_one()
        self.request_ids._refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
