from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# What is paid within so many days after a reminder, and before the next one, counts for it.
EFFECT_DAYS = 14


class CustomerPortalReminderEffect(models.Model):
    """One amount in a payment reminder, and what was paid of it afterwards."""

    _name = "customer.portal.reminder.effect"
    _inherit = ["customer.portal.figures.mixin"]
    _description = "What Reminders Brought"
    _auto = False
    _order = "date DESC, id DESC"
    _rec_name = "invoice_id"
    _depends = {
        "customer.portal.reminder.line": ["amount", "date", "invoice_id", "level", "line_id"],
        "account.partial.reconcile": ["amount", "create_date", "debit_move_id"],
        "account.move": ["amount_total", "amount_total_signed", "invoice_user_id"],
    }

    mail_id = fields.Many2one("customer.portal.reminder.mail", "Reminder", readonly=True)
    invoice_id = fields.Many2one("account.move", "Invoice", readonly=True)
    company_currency_id = fields.Many2one(
        "res.currency", related="company_id.currency_id", string="Company currency"
    )
    date = fields.Date("Reminded on", readonly=True)
    level = fields.Char(readonly=True, help="Empty if the amount was mentioned only.")
    amount = fields.Monetary("Reminded of", readonly=True, currency_field="company_currency_id")
    paid = fields.Monetary(
        "Paid within 14 days",
        readonly=True,
        currency_field="company_currency_id",
        help="After this reminder and before the next one, in the company's currency.",
    )

    @api.model
    def _rows_query(self):
        """Override: the amounts of the reminders of the companies of the current user."""
        lines = self.env["customer.portal.reminder.line"]
        domain = Domain("mail_id.company_id", "in", self.env.companies.ids)
        columns = ("id", "mail_id", "invoice_id", "line_id", "date", "level", "amount")
        return SQL(
            """
            SELECT line.id, line.mail_id, line.invoice_id, line.date, line.level,
                   move.commercial_partner_id AS customer_id, move.invoice_user_id AS user_id,
                   move.company_id,
                   line.amount * COALESCE(
                       ABS(move.amount_total_signed) / NULLIF(ABS(move.amount_total), 0), 1
                   ) AS amount,
                   COALESCE(
                       (SELECT SUM(part.amount)
                          FROM account_partial_reconcile part
                         WHERE part.debit_move_id = line.line_id
                           AND part.create_date >= line.date
                           AND part.create_date < LEAST(line.next_date, line.date + %(days)s + 1)),
                       0
                   ) AS paid
              FROM (
                SELECT reminded.*,
                       LEAD(reminded.date) OVER (
                           PARTITION BY reminded.line_id ORDER BY reminded.date, reminded.id
                       ) AS next_date
                  FROM %(lines)s reminded
              ) line
              JOIN account_move move ON move.id = line.invoice_id
            """,
            days=EFFECT_DAYS,
            lines=self._columns_of(lines, domain, *columns),
        )

    def _get_record(self):
        return self.invoice_id
