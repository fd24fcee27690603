from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..lists.account_move_list import INVOICE_TYPES, UNPAID_STATES


class CustomerPortalDueAmount(models.Model):
    """One open instalment of an invoice: what is asked for, and how old it is.

    Open and overdue are what the customer reads in the portal; see ``account_move_due.py``.
    """

    _name = "customer.portal.due.amount"
    _inherit = ["customer.portal.figures.mixin"]
    _description = "Open Amounts by Age"
    _auto = False
    _order = "due_on, id"
    _rec_name = "invoice_id"
    _depends = {
        "account.move": ["invoice_user_id", "payment_state", "state"],
        "account.move.line": ["amount_residual", "amount_residual_currency", "date_maturity"],
        "customer.portal.allocation": ["amount"],
        "customer.portal.payment.report": ["state"],
        "payment.transaction": ["amount", "state"],
    }

    invoice_id = fields.Many2one("account.move", "Invoice", readonly=True)
    company_currency_id = fields.Many2one(
        "res.currency", related="company_id.currency_id", string="Company currency"
    )
    due_on = fields.Date("Due date", readonly=True)
    age = fields.Selection(
        [
            ("0_open", "Not due"),
            ("1_30", "1 to 30 days"),
            ("2_60", "31 to 60 days"),
            ("3_90", "61 to 90 days"),
            ("4_older", "Older"),
        ],
        "Overdue for",
        readonly=True,
    )
    open = fields.Monetary(
        readonly=True,
        currency_field="company_currency_id",
        help="What is asked for, in the company's currency: payments on their way are off.",
    )
    overdue = fields.Monetary(readonly=True, currency_field="company_currency_id")
    on_its_way = fields.Monetary(
        "Payment on its way", readonly=True, currency_field="company_currency_id"
    )

    @api.model
    def _rows_query(self):
        """Override: the open instalments of the invoices that the current user may read."""
        moves = self.env["account.move"]
        domain = (
            Domain("move_type", "in", INVOICE_TYPES)
            & Domain("state", "=", "posted")
            & Domain("payment_state", "in", UNPAID_STATES)
            & Domain("company_id", "in", self.env.companies.ids)
        )
        columns = ("id", "commercial_partner_id", "invoice_user_id")
        return SQL(
            """
            SELECT part.id, part.invoice_id, part.customer_id, part.user_id, part.company_id,
                   part.due_on,
                   CASE
                       WHEN part.days <= 0 THEN '0_open'
                       WHEN part.days <= 30 THEN '1_30'
                       WHEN part.days <= 60 THEN '2_60'
                       WHEN part.days <= 90 THEN '3_90'
                       ELSE '4_older'
                   END AS age,
                   part.open,
                   CASE WHEN part.days > 0 THEN part.open ELSE 0 END AS overdue,
                   part.residual - part.open AS on_its_way
              FROM (
                SELECT line.id, line.move_id AS invoice_id,
                       move.commercial_partner_id AS customer_id,
                       move.invoice_user_id AS user_id, line.company_id, line.due_on,
                       %(today)s - line.due_on AS days, item.amount_residual AS residual,
                       item.amount_residual * line.asked / line.residual AS open
                  FROM (
                    -- What is paid in agreed instalments has several rows.
                    SELECT id, move_id, company_id,
                           COALESCE(MIN(due_on) FILTER (WHERE asked <> 0), MIN(due_on)) AS due_on,
                           SUM(residual) AS residual, SUM(asked) AS asked
                      FROM %(instalments)s instalments
                     GROUP BY id, move_id, company_id
                  ) line
                  JOIN account_move_line item ON item.id = line.id
                  JOIN %(moves)s move ON move.id = line.move_id
              ) part
            """,
            today=moves._portal_today(),
            # Named for the index on open lines.
            instalments=moves._portal_instalments(SQL("line.partner_id IS NOT NULL")),
            moves=self._columns_of(moves, domain, *columns),
        )

    def _get_record(self):
        return self.invoice_id
