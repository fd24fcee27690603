from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    portal_show_projects = fields.Boolean(related="company_id.portal_show_projects", readonly=False)
    portal_show_project_state = fields.Boolean(
        related="company_id.portal_show_project_state", readonly=False
    )
