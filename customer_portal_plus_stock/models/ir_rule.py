from odoo import api, models

# Of `sale_stock`, as it comes: deliveries of which a user is the contact itself.
FOLLOWER_RULE = (
    "['|',('partner_id','=',user.partner_id.id),('sale_id.partner_id','=',user.partner_id.id)]"
)


class IrRule(models.Model):
    _inherit = "ir.rule"

    @api.model
    def _portal_replaced_rules(self):
        """Override: the scope of a profile says whose deliveries a contact sees."""
        return (*super()._portal_replaced_rules(), FOLLOWER_RULE)
