from odoo import api, fields, models


class CustomerPortalProfile(models.Model):
    _inherit = "customer.portal.profile"

    can_see_subscriptions = fields.Boolean("See subscriptions", default=True)
    can_change_subscriptions = fields.Boolean(
        "Ask to change or stop subscriptions",
        default=True,
        help="Asks for another quantity or plan, a pause or the end. You decide.",
    )

    @api.model
    def _portal_capabilities(self):
        return (
            *super()._portal_capabilities(),
            "can_see_subscriptions",
            "can_change_subscriptions",
        )
