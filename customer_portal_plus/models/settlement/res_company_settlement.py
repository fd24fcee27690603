from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_allow_disputes = fields.Boolean("Customers may dispute invoices")
