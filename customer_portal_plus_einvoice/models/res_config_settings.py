from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    portal_answer_einvoices = fields.Boolean(
        related="company_id.portal_answer_einvoices", readonly=False
    )
    portal_einvoice_since = fields.Date(related="company_id.portal_einvoice_since", readonly=False)
