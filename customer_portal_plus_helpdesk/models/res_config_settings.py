from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    portal_show_tickets = fields.Boolean(related="company_id.portal_show_tickets", readonly=False)
    portal_allow_ticket_reports = fields.Boolean(
        related="company_id.portal_allow_ticket_reports", readonly=False
    )
    portal_ticket_reopen_days = fields.Integer(
        related="company_id.portal_ticket_reopen_days", readonly=False
    )
    portal_allow_ticket_rating = fields.Boolean(
        related="company_id.portal_allow_ticket_rating", readonly=False
    )
