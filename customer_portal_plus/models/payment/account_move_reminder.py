from odoo import fields, models
from odoo.tools import format_date

from ..lists.account_move_list import UNPAID_STATES


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
        announced or is under way, automatic debit has announced it, or staff said so.

        For a module to let reminders wait, it must override this method. What is held back of an
        invoice does not stop reminders of the rest.

        :rtype: account.move
        """
        return self._portal_covered(self._portal_on_its_way_query()) | self.filtered(
            lambda one: one.no_followup or one.payment_state == "blocked"
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
