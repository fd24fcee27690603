from odoo import api, models

# Of `resource_booking`, as it comes, without blanks: bookings that a user attends or follows.
FOLLOWER_RULE = (
    "['|',('partner_ids','child_of',user.partner_id.ids),"
    "('message_partner_ids','child_of',user.partner_id.ids)]"
)


class IrRule(models.Model):
    _inherit = "ir.rule"

    @api.model
    def _portal_replaced_rules(self):
        """Override: the scope of a profile says whose appointments a contact sees."""
        return (*super()._portal_replaced_rules(), FOLLOWER_RULE)
