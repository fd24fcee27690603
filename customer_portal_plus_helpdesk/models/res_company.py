from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_show_tickets = fields.Boolean("Show tickets", default=True)
    portal_allow_ticket_reports = fields.Boolean(
        "Customers may report a problem of a document", default=True
    )
    portal_ticket_reopen_days = fields.Integer("Days to reopen a ticket", default=14)
    portal_allow_ticket_rating = fields.Boolean("Customers may rate tickets", default=True)

    _portal_ticket_reopen_days_positive = models.Constraint(
        "CHECK(portal_ticket_reopen_days >= 0)", "Tickets are reopened within some days, or never."
    )
