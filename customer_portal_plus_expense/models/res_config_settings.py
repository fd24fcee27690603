from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    portal_show_expenses = fields.Boolean(related="company_id.portal_show_expenses", readonly=False)
    portal_show_receipts = fields.Boolean(related="company_id.portal_show_receipts", readonly=False)
