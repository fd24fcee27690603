from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_send_statements = fields.Boolean("Send account statements every month")
    portal_statement_audience = fields.Selection(
        [
            ("open", "Customers with something open"),
            ("moved", "Customers with movements or something open"),
            ("chosen", "Only customers that you choose"),
        ],
        "Monthly statements to",
        required=True,
        default="open",
        help="A customer can have a way of its own: on its form, page Portal.",
    )
    portal_statement_kind = fields.Selection(
        [("movements", "Movements of the month"), ("open", "Open items")],
        "Kind of monthly statement",
        required=True,
        default="movements",
    )
    portal_statement_day = fields.Integer(
        "Statements leave on day",
        required=True,
        default=1,
        help="Of the month after the one that the statement is about.",
    )
    # Who switches it on in the middle of a month has not asked for all mails of this month at once.
    portal_statements_since = fields.Date(
        "Statements are sent since", compute="_compute_portal_statements_since", store=True
    )
    portal_statements_done = fields.Date(
        "Statements are sent up to", readonly=True, copy=False, help="The last day of a month."
    )

    _portal_statement_day_possible = models.Constraint(
        "CHECK(portal_statement_day BETWEEN 1 AND 28)",
        "Statements are sent on a day from 1 to 28, which every month has.",
    )

    @api.depends("portal_send_statements")
    def _compute_portal_statements_since(self):
        today = fields.Date.context_today(self)
        for company in self:
            since = company.portal_statements_since or today
            company.portal_statements_since = since if company.portal_send_statements else False

    def _portal_statement_month(self):
        """Return the month whose statements are to be mailed now, if they are mailed: the last one,
        from the day that was chosen until all are sent.

        :return: its first and its last day; None if nothing is to be sent
        :rtype: tuple[datetime.date, datetime.date] | None
        """
        self.ensure_one()
        today = fields.Date.context_today(self)
        leaves = today.replace(day=self.portal_statement_day)
        end = today.replace(day=1) - timedelta(days=1)
        if (
            today < leaves
            or (self.portal_statements_since and leaves < self.portal_statements_since)
            or (self.portal_statements_done and end <= self.portal_statements_done)
        ):
            return None
        return end + relativedelta(day=1), end
