from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_show_projects = fields.Boolean("Show files of projects", default=True)
    portal_show_project_state = fields.Boolean("Show how projects are going", default=True)
