from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_allow_confirmations = fields.Boolean("Customers confirm balances")
    portal_confirmation_days = fields.Integer(
        "Days until a reminder",
        default=10,
        required=True,
        help="After the last mail, while the balance is not confirmed.",
    )
    portal_confirmation_reminders = fields.Integer(
        "Reminders at most", default=2, required=True, help="Of the same balance."
    )

    _portal_confirmation_policy = models.Constraint(
        "CHECK(portal_confirmation_days BETWEEN 1 AND 365"
        " AND portal_confirmation_reminders BETWEEN 0 AND 12)",
        "Balance confirmations: a reminder after 1 to 365 days, 12 at most.",
    )
