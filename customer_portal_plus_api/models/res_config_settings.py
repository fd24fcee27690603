from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    portal_allow_api = fields.Boolean(related="company_id.portal_allow_api", readonly=False)
