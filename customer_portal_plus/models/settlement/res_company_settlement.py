from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_allow_disputes = fields.Boolean("Customers may dispute invoices")
    portal_allow_promises = fields.Boolean("Customers may promise payments")
    portal_promise_days = fields.Integer(
        "Days ahead", default=15, required=True, help="How far away the promised day may be."
    )
    portal_promise_grace = fields.Integer(
        "Days of grace", default=3, required=True, help="So many days after it are waited, too."
    )
    portal_promise_times = fields.Integer(
        "How often for an invoice",
        default=2,
        required=True,
        help="How often a payment of the same invoice may be promised.",
    )
    portal_promise_limit = fields.Monetary(
        "Promised at most",
        currency_field="currency_id",
        help="What a customer may have promised at a time; nothing means any amount.",
    )

    _portal_promise_policy = models.Constraint(
        "CHECK(portal_promise_days BETWEEN 0 AND 365 AND portal_promise_grace BETWEEN 0 AND 60"
        " AND portal_promise_times > 0 AND COALESCE(portal_promise_limit, 0) >= 0)",
        "Promises: 365 days ahead and 60 days of grace at most, and at least one for an invoice.",
    )
