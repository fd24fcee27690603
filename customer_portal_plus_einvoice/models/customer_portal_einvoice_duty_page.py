"""What the customer's pages show of what the law expects."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..tools.working_days import days_left, local_day
from .customer_portal_einvoice_duty_answer import ACTS, DAYS_AHEAD, MAX_WORDS

STATE_TONES = {
    "waiting": "waiting",
    "accepted": "good",
    "tacit": "neutral",
    "rejected": "bad",
    "paid": "good",
    "requested": "info",
    "sent": "good",
    "overdue": "bad",
    "void": "neutral",
}


class CustomerPortalEinvoiceDuty(models.Model):
    _inherit = "customer.portal.einvoice.duty"

    @api.model
    def _portal_state_labels(self):
        """Return the states in words for customers.

        :rtype: dict[str, str]
        """
        _ = self.env._
        return {
            "waiting": _("Not answered yet"),
            "accepted": _("Accepted"),
            "tacit": _("Accepted by silence"),
            "rejected": _("Rejected"),
            "paid": _("Payment told"),
            "requested": _("Asked for"),
            "sent": _("Sent to you"),
            "overdue": _("The day has passed"),
            "void": _("Not expected any more"),
        }

    @api.model
    def _portal_duties_of(self, invoices_query, limit=None):
        """Return what pages show of some invoices: what is expected, or was answered.

        :param invoices_query: ids of invoices, or a query of them, whose gates were asked
        :param int limit: how many at most
        :return: in sudo, what is over first
        :rtype: customer.portal.einvoice.duty
        """
        # Sudo: nobody of a customer reads the table; the invoices are the contact's to see.
        return self.sudo().search(
            Domain("invoice_id", "in", invoices_query)
            & Domain("state", "!=", "void")
            & Domain("company_id.portal_answer_einvoices", "=", True),
            limit=limit,
        )

    def _portal_rows(self, contact):
        """Return what pages show of these.

        :param res.partner contact: who looks; empty for a guest
        :return: dicts with ``id``, ``invoice`` (name), ``url``, ``amount``, ``currency``, ``kind``,
            ``name``, ``explanation``, ``source``, ``state``, ``label``, ``tone``, ``until`` (the
            last day, or nothing), ``until_text``, ``acts`` (what the contact may answer),
            ``why_not``, ``register`` (``name`` and ``url``, where only that counts), ``answer``
            (``day``, ``by``, ``reason``, ``paid_on``, ``is_late``), ``first_day``, ``last_day`` (of
            what can be said to be paid) and ``max_words``
        :rtype: list[dict]
        """
        now = fields.Datetime.now()
        labels, texts = self._portal_state_labels(), self._portal_obstacle_texts()
        rows = []
        for duty in self:
            clock, invoice, answer = duty.clock_id, duty.invoice_id, duty.answer_id
            state = duty._state_at(now)
            obstacle = duty._portal_obstacle(contact)
            today = local_day(now, clock.tz)
            is_open = state in ("waiting", "overdue")
            rows.append(
                {
                    "id": duty.id,
                    "invoice": invoice.name,
                    "url": invoice.access_url,
                    "amount": duty.amount,
                    "currency": duty.currency_id,
                    "kind": duty.kind,
                    "name": clock.name,
                    "explanation": clock.explanation,
                    "source": clock.source,
                    "state": state,
                    "label": labels[state],
                    "tone": STATE_TONES[state],
                    "until": duty.deadline_day,
                    "until_text": duty._until_text(today) if is_open else "",
                    "acts": [] if obstacle else list(ACTS[duty.kind]),
                    "why_not": texts[obstacle] if obstacle in ("late", "closed") else "",
                    "register": (
                        {"name": clock.register_name, "url": clock.register_url}
                        if clock.place == "register" and is_open
                        else None
                    ),
                    "answer": duty._portal_answer_values(answer) if answer else None,
                    "paid_on": duty.partial_id.max_date or None,
                    "sent_on": duty.sent_on or None,
                    "first_day": fields.Date.subtract(
                        invoice.invoice_date or today, days=DAYS_AHEAD
                    ),
                    "last_day": today,
                    "max_words": MAX_WORDS,
                }
            )
        return rows

    def _portal_answer_values(self, answer):
        return {
            "day": local_day(answer.answered_at, self.clock_id.tz),
            "by": answer.contact_name or "",
            "reason": answer.reason or "",
            "paid_on": answer.paid_on or None,
            "is_late": self.is_late,
        }

    def _until_text(self, today):
        """Return until when this can be, in words; what it waits for as long as no clock runs.

        :param datetime.date today: by the clocks of the country
        :rtype: str
        """
        self.ensure_one()
        _, clock, last = self.env._, self.clock_id, self.deadline_day
        if not last:
            return {
                "answer": _("The time begins when we send you the invoice."),
                "paid": _("The time begins when you have paid."),
                "complement": "",
            }[self.kind]
        words = {
            "day": format_date(self.env, last),
            "city": clock.tz.rpartition("/")[2].replace("_", " "),
        }
        if today > last:
            return _("It was to be until %(day)s, by the clocks of %(city)s.", **words)
        if today == last:
            return _("Until today, %(day)s, by the clocks of %(city)s.", **words)
        words["days"] = days_left(today, last, clock.unit, clock.country_id.code)
        if clock.unit == "working":
            return _(
                "Until %(day)s at midnight, by the clocks of %(city)s."
                " Working days left: %(days)s.",
                **words,
            )
        return _(
            "Until %(day)s at midnight, by the clocks of %(city)s. Days left: %(days)s.", **words
        )
