from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_portal_ask_for_file(self):
        """Ask this customer for a file.

        :rtype: dict
        :raise AccessError: if the current user may not
        """
        self.ensure_one()
        self.env["customer.portal.document.request"].check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask for a File"),
            "res_model": "customer.portal.document.request",
            "view_mode": "form",
            "context": {"default_partner_id": self.id},
        }
