from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..lists.account_move_list import UNPAID_STATES
from ..lists.payment_transaction_under_way import PROMISED_CODES

# How long a customer who chose to pay by bank transfer is trusted to do so.
PROMISE_DAYS = 14


class AccountMove(models.Model):
    _inherit = "account.move"

    portal_reminder_level = fields.Char(
        "Reminder level", compute="_compute_portal_reminder", compute_sudo=True
    )
    portal_reminded_on = fields.Date(
        "Last reminder on", compute="_compute_portal_reminder", compute_sudo=True
    )

    def _compute_portal_reminder(self):
        lines = self.env["customer.portal.reminder.line"].search(
            [("invoice_id", "in", self.ids)], order="date, id"
        )
        by_invoice = lines.grouped("invoice_id")
        for invoice in self:
            own = by_invoice.get(invoice._origin, lines.browse())
            invoice.portal_reminded_on = own[-1:].date
            invoice.portal_reminder_level = own.filtered("level")[-1:].level

    def _portal_waits_with_reminders(self):
        """Return those of these invoices of which nobody is reminded now: a payment was reported,
        promised or is under way, automatic debit has announced it, or staff said so.

        :rtype: account.move
        """
        since = fields.Datetime.subtract(fields.Datetime.now(), days=PROMISE_DAYS)
        Transaction = self.env["payment.transaction"]
        promised = (
            Domain("provider_id.code", "in", PROMISED_CODES)
            & Domain("state", "in", ("pending", "authorized"))
            & Domain("last_state_change", ">=", since)
        )
        groups = Transaction._read_group(
            Domain("invoice_ids", "in", self.ids)
            & (Transaction._portal_under_way_domain() | promised),
            ["invoice_ids"],
        )
        debited = self.env["customer.portal.debit.attempt"].search(
            [
                ("invoice_id", "in", self.ids),
                ("state", "in", ("announced", "sent", "pending", "unknown")),
            ]
        )
        return (
            self._portal_reported()
            | self.browse(invoice.id for (invoice,) in groups if invoice in self)
            | debited.invoice_id
            | self.filtered(lambda one: one.no_followup or one.payment_state == "blocked")
        )

    def _portal_reminder_text(self):
        """Return when the customer was last reminded, while something is to be paid.

        :rtype: str
        """
        self.ensure_one()
        if not self.portal_reminded_on or self.payment_state not in UNPAID_STATES:
            return ""
        return self.env._(
            "Last reminder sent on %s.", format_date(self.env, self.portal_reminded_on)
        )
