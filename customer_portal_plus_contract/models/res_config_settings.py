from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    portal_show_subscriptions = fields.Boolean(
        related="company_id.portal_show_subscriptions", readonly=False
    )
    portal_subscriptions_by_profile = fields.Boolean(
        related="company_id.portal_subscriptions_by_profile", readonly=False
    )
    portal_allow_subscription_requests = fields.Boolean(
        related="company_id.portal_allow_subscription_requests", readonly=False
    )
    portal_subscription_notice_days = fields.Integer(
        related="company_id.portal_subscription_notice_days", readonly=False
    )
    portal_tell_subscription = fields.Selection(
        related="company_id.portal_tell_subscription", readonly=False
    )
