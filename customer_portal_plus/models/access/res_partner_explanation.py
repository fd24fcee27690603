from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_portal_why(self):
        """Ask whether this contact sees a document in the portal, and why not.

        :rtype: dict
        """
        self.ensure_one()
        return self.env["customer.portal.why"]._open(contact=self)
