from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    portal_main_token_id = fields.Many2one(
        "payment.token",
        "Main payment method",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        groups="base.group_user",
        help="On the customer: the saved method that is preselected when its contacts pay, and"
        " that automatic debit charges.",
    )
