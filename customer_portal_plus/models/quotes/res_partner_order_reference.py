from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    portal_require_order_ref = fields.Boolean(
        "Order number required",
        help="Whoever accepts a quote for this customer must give the number of its own order.",
    )
