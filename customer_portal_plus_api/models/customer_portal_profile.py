from odoo import api, fields, models


class CustomerPortalProfile(models.Model):
    _inherit = "customer.portal.profile"

    can_use_api = fields.Boolean("Use the API", default=True)

    @api.model
    def _portal_capabilities(self):
        return (*super()._portal_capabilities(), "can_use_api")
