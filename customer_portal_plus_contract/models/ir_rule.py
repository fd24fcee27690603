from odoo import api, models

# Of `contract`, as it comes: followers alone.
FOLLOWER_RULE = "[('message_partner_ids','in',[user.partner_id.id])]"


class IrRule(models.Model):
    _inherit = "ir.rule"

    @api.model
    def _portal_replaced_rules(self):
        """Override: the profile says whose subscriptions a contact sees on the pages. Over RPC the
        engine's rule holds all the same."""
        return (*super()._portal_replaced_rules(), FOLLOWER_RULE)
