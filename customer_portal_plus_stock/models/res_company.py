from odoo import fields, models

from odoo.addons.customer_portal_plus.models.messages.res_company_notifications import WAYS


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_show_deliveries = fields.Boolean("Show deliveries", default=True)
    portal_allow_receipt = fields.Boolean(
        "Customers may confirm receipt and report problems", default=True
    )
    portal_allow_reorder = fields.Boolean("Customers may order again", default=True)
    portal_tell_delivery = fields.Selection(
        WAYS, "Problem of a delivery reported", default="both", required=True
    )
    portal_tell_reorder = fields.Selection(
        WAYS, "Order asked for again", default="both", required=True
    )
