from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_allow_api = fields.Boolean("Customers' programs read what they see")
