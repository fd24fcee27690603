from odoo import api, fields, models


class CustomerPortalProfile(models.Model):
    _inherit = "customer.portal.profile"

    can_see_project_state = fields.Boolean("See how projects are going", default=True)

    @api.model
    def _portal_capabilities(self):
        return (*super()._portal_capabilities(), "can_see_project_state")
