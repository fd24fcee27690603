from odoo import api, fields, models


class CustomerPortalProfile(models.Model):
    _inherit = "customer.portal.profile"

    can_see_tickets = fields.Boolean("See tickets", default=True)
    can_write_tickets = fields.Boolean(
        "Open and answer tickets",
        default=True,
        help="Opens, answers, closes, reopens and rates them.",
    )

    @api.model
    def _portal_capabilities(self):
        return (*super()._portal_capabilities(), "can_see_tickets", "can_write_tickets")
