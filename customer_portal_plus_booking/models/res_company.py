from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_show_appointments = fields.Boolean("Show appointments", default=True)
