from odoo import api, fields, models


class CustomerPortalProfile(models.Model):
    _inherit = "customer.portal.profile"

    can_see_deliveries = fields.Boolean("See deliveries", default=True)
    can_confirm_receipt = fields.Boolean(
        "Confirm receipt and report problems",
        default=True,
        help="Signs for what was delivered, and tells you what is missing or damaged.",
    )

    @api.model
    def _portal_capabilities(self):
        return (*super()._portal_capabilities(), "can_see_deliveries", "can_confirm_receipt")
