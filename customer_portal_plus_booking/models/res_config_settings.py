from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    portal_show_appointments = fields.Boolean(
        related="company_id.portal_show_appointments", readonly=False
    )
    portal_tell_appointment = fields.Selection(
        related="company_id.portal_tell_appointment", readonly=False
    )
