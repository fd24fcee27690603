from odoo import api, models

# Of `helpdesk_mgmt`, as it comes: tickets of a user's customer, subsidiaries among it, and those
# that somebody of it follows.
CHILD_OF_RULE = (
    "['|',('partner_id','child_of',[user.commercial_partner_id.id]),"
    "('message_partner_ids','child_of',[user.commercial_partner_id.id])]"
)


class IrRule(models.Model):
    _inherit = "ir.rule"

    @api.model
    def _portal_replaced_rules(self):
        """Override: the scope of a profile says whose tickets a contact sees."""
        return (*super()._portal_replaced_rules(), CHILD_OF_RULE)
