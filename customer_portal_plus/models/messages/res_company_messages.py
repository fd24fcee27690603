from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_message_user_id = fields.Many2one(
        "res.users",
        "Messages without salesperson go to",
        domain=[("share", "=", False)],
        help="Is assigned what customers write, if they have no salesperson.",
    )
