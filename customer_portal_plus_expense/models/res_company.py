from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_show_expenses = fields.Boolean("Show expenses", default=True)
    portal_show_receipts = fields.Boolean("Show receipts of expenses", default=True)
