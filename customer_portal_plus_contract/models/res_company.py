from odoo import fields, models

from odoo.addons.customer_portal_plus.models.messages.res_company_notifications import WAYS


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_show_subscriptions = fields.Boolean("Show subscriptions", default=True)
    portal_subscriptions_by_profile = fields.Boolean(
        "Show subscriptions to all whose profile includes them", default=True
    )
    portal_allow_subscription_requests = fields.Boolean(
        "Customers may ask to change or stop subscriptions", default=True
    )
    portal_subscription_notice_days = fields.Integer("Days of notice", default=30)
    portal_tell_subscription = fields.Selection(
        WAYS, "Change of a subscription asked for", default="both", required=True
    )

    _portal_subscription_notice_days_positive = models.Constraint(
        "CHECK(portal_subscription_notice_days BETWEEN 0 AND 730)",
        "Days of notice are from 0 to 730.",
    )
