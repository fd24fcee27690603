"""How what the law expects is answered: by a contact in the portal, by staff for the register."""

from datetime import timedelta

from markupsafe import Markup

from odoo import fields, models

from odoo.addons.customer_portal_plus.exceptions import PortalRefusal
from odoo.addons.customer_portal_plus.models.messages.customer_portal_question import text_lines
from odoo.addons.customer_portal_plus.tools.parsing import parse_date
from odoo.addons.customer_portal_plus.tools.transactions import lock_rows_or_retry

from ..tools.working_days import end_of_day, local_day
from .customer_portal_einvoice_duty import PAID_STATES

MAX_WORDS = 1000
# What may be answered to what is expected.
ACTS = {"answer": ("accepted", "rejected"), "paid": ("paid",), "complement": ("requested",)}
# How long before its invoice something may have been paid.
DAYS_AHEAD = 366
EVENTS = {"accepted": "accept", "rejected": "reject", "paid": "payment", "requested": "message"}


class CustomerPortalEinvoiceDuty(models.Model):
    _inherit = "customer.portal.einvoice.duty"

    # === WHO MAY ANSWER WHAT === #

    def _portal_obstacle(self, contact):
        """Return what keeps a contact from answering this now.

        :param res.partner contact: who asks; the gates of the invoice were asked; empty for a guest
        :return: a key of ``_portal_obstacle_texts``, None if nothing does
        :rtype: str | None
        """
        self.ensure_one()
        invoice = self.invoice_id
        if not invoice._portal_may_settle(
            contact, "portal_answer_einvoices", "can_answer_einvoices"
        ):
            return "off"
        if self.clock_id.place == "register":
            return "elsewhere"
        return self._answer_obstacle()

    def _answer_obstacle(self):
        """Return what keeps everybody from answering this now, wherever it is answered.

        :rtype: str | None
        """
        self.ensure_one()
        state = self._state_at(fields.Datetime.now())
        if self.answer_id or state == "sent":
            return "answered"
        if state == "void" or self.invoice_id.payment_state == "reversed":
            return "closed"
        return "late" if state == "tacit" else None

    def _portal_obstacle_texts(self):
        """Return what is told to who can't answer, by obstacle.

        :rtype: dict[str, str]
        """
        _ = self.env._
        return {
            "off": _("You can't answer this invoice here. Please write to us."),
            "elsewhere": _("Only the official register counts for this; please answer there."),
            "answered": _("This has been answered already."),
            "closed": _("This invoice does not wait for an answer any more."),
            "late": _("The time to answer is over: by law, the invoice counts as accepted."),
            "act": _("Please choose one of the answers."),
            "settled": _(
                "This invoice is paid. If something is wrong with it, please write to us."
            ),
            "reason": _("Please say why you reject it, in %s characters at most.", MAX_WORDS),
            "day": _("Please enter the day on which it was paid; not a day that is to come."),
        }

    # === ANSWERING === #

    def _portal_answer(self, contact, act, reason="", day=""):
        """Keep what a contact answers, for good.

        :param res.partner contact: who answers; the gates of the invoice were asked for it
        :param str act: one of ``ACTS``
        :param str reason: why it is rejected, as typed
        :param str day: on which it was paid, as typed
        :return: the answer, in sudo
        :rtype: customer.portal.einvoice.answer
        :raise PortalRefusal: in words for the contact; nothing is kept then
        """
        self.ensure_one()
        # Of two contacts at once, the second one sees what the first has answered.
        lock_rows_or_retry(self.invoice_id, self)
        if obstacle := self._portal_obstacle(contact):
            self._refuse(obstacle)
        if act not in ACTS[self.kind]:
            self._refuse("act")
        values = {}
        if act == "rejected":
            values["reason"] = self._read_reason(reason)
        elif act == "paid":
            values["paid_on"] = self._read_day(day)
        return self._keep_answer(act, "portal", contact, **values)

    def _note_register(self, act, reason=""):
        """Keep what the official register says, as staff have looked it up.

        :param str act: ``accepted`` or ``rejected``
        :param str reason: why, if it says so
        :raise PortalRefusal: if there is an answer already, or none is awaited
        """
        self.ensure_one()
        self.check_access("read")
        lock_rows_or_retry(self.invoice_id, self)
        obstacle = self._answer_obstacle()
        if obstacle not in (None, "late"):
            self._refuse(obstacle)
        if act not in ACTS[self.kind]:
            self._refuse("act")
        user = self.env.user
        self._keep_answer(
            act,
            "register",
            self.env["res.partner"],
            reason=(reason or "").strip()[:MAX_WORDS],
            user_id=user.id,
            user_name=user.name,
        )

    def _refuse(self, obstacle):
        raise PortalRefusal(self._portal_obstacle_texts()[obstacle], obstacle)

    def _read_reason(self, text):
        """Return why an invoice is rejected, in the contact's words.

        :raise PortalRefusal: if there are none or too many, or nothing is left to reject
        """
        if self.invoice_id.payment_state in PAID_STATES:
            self._refuse("settled")
        words = text.replace("\x00", "").strip() if isinstance(text, str) else ""
        if not words or len(words) > MAX_WORDS:
            self._refuse("reason")
        return words

    def _read_day(self, text):
        """Return the day on which an invoice was paid.

        :raise PortalRefusal: if it is none, is to come by the clocks of the country, or was long
            before the invoice
        """
        day = parse_date(text)
        today = local_day(fields.Datetime.now(), self.clock_id.tz)
        first = (self.invoice_id.invoice_date or today) - timedelta(days=DAYS_AHEAD)
        if not day or not first <= day <= today:
            self._refuse("day")
        return day

    def _keep_answer(self, act, origin, contact, **values):
        if paid_on := values.get("paid_on"):
            # The clock runs from what the customer says, whatever the books know.
            until = self.clock_id._last_day(paid_on)
            self.sudo().write(
                {
                    "begins_on": paid_on,
                    "deadline_day": until,
                    "deadline": end_of_day(until, self.clock_id.tz),
                }
            )
        answer = self.env["customer.portal.einvoice.answer"]._keep(
            self, act, origin, contact, **values
        )
        self.sudo().answer_id = answer  # Sudo: nobody may write what was answered.
        self._tell(answer, contact)
        return answer

    def _tell(self, answer, contact):
        """Note an answer in the log and on the invoice; what is to be done about it, for staff."""
        invoice, act = self.invoice_id, answer.act
        events = self.env["customer.portal.event"]
        log_env = events._company_words(self.company_id)
        events._log(
            EVENTS[act],
            record=invoice,
            contact=contact,
            detail=self._answer_words(answer, log_env),
        )
        body = self._answer_words(answer, self.env)
        if answer.reason:
            body = Markup("<p>%s</p><p>%s</p>") % (body, text_lines(answer.reason))
        author = {"author_id": contact.id} if contact else {}
        is_for_staff = act in ("accepted", "paid")
        invoice.message_post(
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_note" if is_for_staff or not contact else "mail.mt_comment",
            **author,
        )
        self.activity_unlink(["mail.mail_activity_data_todo"])
        if act not in ("rejected", "requested"):
            return
        user = self.company_id._portal_bookkeeper(
            invoice.invoice_user_id | self.customer_id.user_id
        )
        env = self.with_context(lang=user.lang).env
        names = {"customer": self.customer_id.name, "invoice": invoice.name}
        self.sudo().activity_schedule(  # Sudo: the contact has caused it.
            "mail.mail_activity_data_todo",
            summary=(
                env._("%(customer)s rejects %(invoice)s", **names)
                if act == "rejected"
                else env._("%(customer)s asks for the payment complement of %(invoice)s", **names)
            ),
            note=text_lines(answer.reason) if answer.reason else "",
            user_id=user.id,
        )

    def _answer_words(self, answer, env):
        """Return an answer in one line.

        :param api.Environment env: whose language
        :rtype: str
        """
        name = self.clock_id.with_env(env(su=True)).name
        acts = dict(answer._fields["act"]._description_selection(env))
        words = f"{name}: {acts[answer.act]}"
        if answer.paid_on:
            words = env._(
                "%(words)s, on %(day)s",
                words=words,
                day=fields.Date.to_string(answer.paid_on),
            )
        return words
