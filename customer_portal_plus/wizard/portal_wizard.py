from odoo import models


class PortalWizard(models.TransientModel):
    _inherit = "portal.wizard"

    def action_open_wizard(self):
        """Override of `portal`: "Grant portal access" in the action menu of contacts opens the
        wizard of this addon, so that there is one way to invite, and one mail."""
        contacts = self.env["res.partner"].browse(self.env.context.get("active_ids", []))
        if not contacts:
            return super().action_open_wizard()
        return contacts.action_portal_give_access()
