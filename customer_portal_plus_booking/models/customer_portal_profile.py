from odoo import api, fields, models


class CustomerPortalProfile(models.Model):
    _inherit = "customer.portal.profile"

    can_see_appointments = fields.Boolean("See appointments", default=True)
    can_book = fields.Boolean(
        "Book, move and cancel appointments",
        default=True,
        help="Books what you offer, picks another time, or cancels, as long as the kind of"
        " appointment allows it.",
    )

    @api.model
    def _portal_capabilities(self):
        return (*super()._portal_capabilities(), "can_see_appointments", "can_book")
