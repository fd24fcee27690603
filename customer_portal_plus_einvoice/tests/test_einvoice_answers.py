"""What a contact answers on the page of an invoice, and what is kept of it."""

from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.customer_portal_plus.exceptions import PortalRefusal

from ..models.customer_portal_einvoice_duty_answer import MAX_WORDS
from .common import EinvoiceCase

HOSTILE = "<script>alert(1)</script> '; DROP TABLE x; -- \x00 ${7*7} {{7*7}} =1+1 ‮"


@tagged("post_install", "-at_install")
class TestEinvoiceAnswers(EinvoiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._send_invoice()

    def setUp(self):
        super().setUp()
        self.duty = self._duty(self.invoice)
        self.sign_in(self.user_full)

    def _page(self, invoice=None):
        return self.url_open(f"/my/invoices/{(invoice or self.invoice).id}").text

    def _told_by(self, response):
        """Return what the page is told of an answer that was sent."""
        self.assertEqual(response.status_code, 303, response.text[:300])
        return response.headers["Location"].partition("einvoice=")[2].partition("#")[0]

    def _answers(self):
        self.env.invalidate_all()
        return self.Answer.search([("invoice_id", "=", self.invoice.id)], order="id")

    # === PAGE === #

    def test_page(self):
        page = self._page()
        for text in (
            "Electronic invoice",
            "Accept the invoice",
            "RD 238/2026",
            "Working days left",
        ):
            self.assertIn(text, page)
        # Not before the company wants it, nor for who may not: that one sees what is expected.
        self.profile_full.can_answer_einvoices = False
        page = self._page()
        self.assertIn("RD 238/2026", page)
        self.assertNotIn("einvoice/answer", page)
        self.company.portal_answer_einvoices = False
        self.assertNotIn("Electronic invoice", self._page())

    def test_page_of_a_guest(self):
        self.sign_in(None)
        url = self.invoice.get_portal_url()
        page = self.url_open(url).text
        self.assertIn("RD 238/2026", page)
        self.assertNotIn("einvoice/answer", page)

    def test_official_register(self):
        """Where only that counts, the page leads there, and nothing can be answered here."""
        self._in_country("cl")
        self.clocks["cl_answer"].document_codes = False
        invoice = self._send_invoice()
        page = self._page(invoice)
        self.assertIn('href="https://www.sii.cl"', page)
        self.assertIn('rel="noopener noreferrer"', page)
        self.assertNotIn("einvoice/answer", page)
        response = self._post(invoice, self._duty(invoice), "accepted")
        self.assertEqual(self._told_by(response), "elsewhere")
        self.assertFalse(self._duty(invoice).answer_id)

    def test_state_of_the_legal_file(self):
        """As the fields that are there know it; a field that is not, is passed over."""
        Move = type(self.env["account.move"])
        self.assertEqual(Move._portal_einvoice_tone(self.env["account.move"], "to_send"), "waiting")
        states = self.invoice._portal_einvoice_legal_states()
        known = [one["label"] for one in states]
        if "edi_state" in self.env["account.move"]._fields:
            self.env.cr.execute(
                "UPDATE account_move SET edi_state = 'sent' WHERE id = %s", [self.invoice.id]
            )
            self.env.invalidate_all()
            states = self.invoice._portal_einvoice_legal_states()
            self.assertIn(("Sent", "good"), [(one["value"], one["tone"]) for one in states])
        else:
            self.assertEqual(known, [])

    def test_state_that_a_module_adds(self):
        def states(move):
            return [{"label": "SDI <b>", "value": "Delivered", "tone": "good"}]

        with self._extended("_portal_einvoice_legal_states", states):
            page = self._page()
        self.assertIn("SDI &lt;b&gt;", page)
        self.assertIn("Delivered", page)

    def _extended(self, name, function):
        return patch.object(type(self.env["account.move"]), name, function)

    # === ANSWERS === #

    def test_accept(self):
        response = self._post(self.invoice, self.duty, "accepted")
        self.assertEqual(self._told_by(response), "done")
        answer = self._answers()
        self.assertEqual((answer.act, answer.origin), ("accepted", "portal"))
        self.assertEqual(answer.contact_id, self.contact)
        self.assertEqual(answer.contact_name, self.contact.name)
        self.assertEqual(answer.display_name, f"Accepted, {self.contact.name}")
        self.assertEqual(answer.deadline_day, self.duty.deadline_day)
        self.assertEqual((self.duty.state, self.duty.is_late), ("accepted", False))
        self.assertFalse(self.duty.to_report)
        event = self.env["customer.portal.event"].search(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "=", self.invoice.id),
                ("kind", "=", "accept"),
            ]
        )
        self.assertEqual(event.partner_id, self.contact)
        page = self._page()
        self.assertIn(self.contact.name, page)
        self.assertNotIn("Accept the invoice</button>", page)

    def test_reject(self):
        response = self._post(self.invoice, self.duty, "rejected", reason=" Too dear \r\n twice ")
        self.assertEqual(self._told_by(response), "done")
        self.assertEqual(self._answers().act, "rejected")
        self.assertIn("Too dear", self._answers().reason)
        self.assertEqual((self.duty.state, self.duty.to_report), ("rejected", True))
        self.assertEqual(len(self.duty.activity_ids), 1)
        self.assertIn("Too dear", self._page())
        message = self.invoice.message_ids.filtered(lambda one: "Too dear" in (one.body or ""))
        self.assertEqual(message.author_id, self.contact)

    def test_paid_on(self):
        duty = self._duty(self.invoice, "paid")
        day = self.today - timedelta(days=1)
        response = self._post(self.invoice, duty, "paid", day=day.isoformat())
        self.assertEqual(self._told_by(response), "done")
        self.env.invalidate_all()
        self.assertEqual((duty.state, duty.paid_on, duty.begins_on), ("paid", day, day))
        self.assertEqual(duty.deadline_day, self.clocks["es_paid"]._last_day(day))
        self.assertTrue(duty.to_report)
        self.assertFalse(duty.is_late)
        self.assertEqual(self.invoice.payment_state, "not_paid", "nothing is booked by it")
        self.assertEqual(self.duty.state, "waiting")

    def test_paid_long_ago(self):
        """It is told late, and kept all the same."""
        duty = self._duty(self.invoice, "paid")
        day = self.today - timedelta(days=40)
        self._post(self.invoice, duty, "paid", day=day.isoformat())
        self.env.invalidate_all()
        self.assertEqual((duty.state, duty.is_late), ("paid", True))
        self.assertIn("after the last day", self._page())

    def test_complement(self):
        self._in_country("mx")
        invoice = self._send_invoice(due_days=60)
        self._pay(invoice, 40.0)
        self._follow()
        duty = self._duty(invoice, "complement")
        self.assertIn("Ask for it", self._page(invoice))
        self.assertEqual(self._told_by(self._post(invoice, duty, "requested")), "done")
        self.env.invalidate_all()
        self.assertEqual(duty.state, "requested")
        self.assertEqual(len(duty.activity_ids), 1)
        duty.with_user(self.user_accountant).action_sent()
        self.assertEqual((duty.state, duty.sent_on), ("sent", self.today))
        self.assertFalse(duty.activity_ids)
        self.assertIn("Sent to you", self._page(invoice))
        self.assertEqual(self._told_by(self._post(invoice, duty, "requested")), "answered")
        with freeze_time(self.today + timedelta(days=3)):
            duty.with_user(self.user_accountant).action_sent()
        self.assertEqual(duty.sent_on, self.today, "the day that was told stays")

    # === BAD INPUT === #

    def _assert_refused(self, code, act="accepted", duty=None, invoice=None, **values):
        before = self.Answer.search_count([])
        response = self._post(invoice or self.invoice, duty or self.duty, act, **values)
        self.assertEqual(self._told_by(response), code)
        self.env.invalidate_all()
        self.assertEqual(self.Answer.search_count([]), before)
        location = response.headers["Location"].partition("#")[0]
        self.assertIn("Nothing was sent", self.url_open(location).text)

    def test_twice(self):
        self._post(self.invoice, self.duty, "accepted")
        self._assert_refused("answered", "rejected", reason="No")
        self.assertEqual(self.duty.state, "accepted")

    def test_after_the_last_day(self):
        """Silence has decided it, whether the scheduled action has noticed or not."""
        self.env.cr.execute(
            "UPDATE customer_portal_einvoice_duty SET deadline = now() at time zone 'UTC'"
            " - interval '1 second' WHERE id = %s",
            [self.duty.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.duty.state, "waiting")
        self._assert_refused("late")
        self._assert_refused("late", "rejected", reason="No")
        self.assertIn("Accepted by silence", self._page())
        self.clocks["es_answer"].silence = "nothing"
        self.env.flush_all()
        self._post(self.invoice, self.duty, "accepted")
        self.env.invalidate_all()
        self.assertEqual((self.duty.state, self.duty.is_late), ("accepted", True))

    def test_paid_invoice(self):
        self._pay(self.invoice)
        self.assertIn(self.invoice.payment_state, ("paid", "in_payment"))
        self._assert_refused("settled", "rejected", reason="No")
        self.assertEqual(self._told_by(self._post(self.invoice, self.duty, "accepted")), "done")

    def test_cancelled_or_reversed_invoice(self):
        refund = self.invoice._reverse_moves(cancel=True)
        self.assertEqual((refund.state, self.invoice.payment_state), ("posted", "reversed"))
        self.env.flush_all()
        self._assert_refused("closed")
        invoice = self._send_invoice()
        duty = self._duty(invoice)
        invoice.button_draft()
        invoice.button_cancel()
        self.env.flush_all()
        self.assertEqual(self._post(invoice, duty, "accepted").status_code, 404)
        self.assertFalse(duty.answer_id)

    def test_credit_note(self):
        refund = self._create_invoice(self.alfa, move_type="out_refund")
        self._follow()
        self.assertFalse(self.Duty.search([("invoice_id", "=", refund.id)]))
        self.assertEqual(self._post(refund, self.duty, "accepted").status_code, 404)
        self.assertEqual(self.url_open(f"/my/invoices/{refund.id}").status_code, 200)

    def test_days_that_can_not_be(self):
        duty = self._duty(self.invoice, "paid")
        for day in (
            "", "x", "9999-12-31", "0001-01-01", "2026-02-30", "2026-13-01", HOSTILE,
            (self.today + timedelta(days=2)).isoformat(),
            (self.today - timedelta(days=367)).isoformat(),
        ):  # fmt: skip
            self._assert_refused("day", "paid", duty=duty, day=day)

    def test_reasons_that_can_not_be(self):
        for reason in ("", "  \r\n ", "\x00", "x" * (MAX_WORDS + 1)):
            self._assert_refused("reason", "rejected", reason=reason)

    def test_hostile_reason(self):
        self._post(self.invoice, self.duty, "rejected", reason=HOSTILE)
        answer = self._answers()
        self.assertNotIn("\x00", answer.reason)
        self.assertIn("<script>", answer.reason)
        page = self._page()
        self.assertNotIn("<script>alert(1)", page)
        self.assertIn("&lt;script&gt;alert(1)", page)
        self.assertNotIn("<script>", "".join(self.invoice.message_ids.mapped("body")))
        self.assertNotIn("<script>", self.duty.activity_ids.note)

    def test_acts_that_can_not_be(self):
        for act in ("", "paid", "requested", "void", HOSTILE):
            self._assert_refused("act", act, day=self.today.isoformat(), reason="No")
        other = self._send_invoice(self.beta)
        for duty in (self._duty(other), self.Duty):
            before = self.Answer.search_count([])
            response = self._post(self.invoice, duty, "accepted")
            self.assertEqual(self._told_by(response), "closed")
            self.assertEqual(self.Answer.search_count([]), before)

    # === WRITTEN ONCE === #

    def test_written_once(self):
        self._post(self.invoice, self.duty, "accepted")
        answer = self._answers()
        with self.assertRaises(UserError):
            answer.act = "rejected"
        with self.assertRaises(UserError):
            answer.unlink()
        with self.assertRaises(AccessError):
            self.Answer.with_user(self.user_accountant).create(
                {
                    "invoice_name": "x",
                    "act": "paid",
                    "origin": "portal",
                    "answered_at": "2026-01-01",
                }
            )
        for statement in (
            "UPDATE customer_portal_einvoice_answer SET reason = 'x' WHERE id = %s",
            "DELETE FROM customer_portal_einvoice_answer WHERE id = %s",
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(Exception, "written once|kept for good"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement, [answer.id])

    def test_outlives_contact_and_invoice(self):
        self._post(self.invoice, self.duty, "rejected", reason="No")
        answer, name = self._answers(), self.invoice.name
        self._delete_account(self.user_full)
        self.env.invalidate_all()
        self.assertFalse(answer.contact_id)
        self.assertTrue(answer.contact_name)
        self.assertEqual(answer.invoice_name, name)

    def test_legal_files(self):
        self.env["ir.attachment"].create(
            {
                "name": "factura.pdf",
                "raw": b"abc",
                "res_model": "account.move",
                "res_id": self.invoice.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        self.invoice.invalidate_recordset()
        self._post(self.invoice, self.duty, "accepted")
        digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        self.assertEqual(self._answers().legal_files, f"{digest} factura.pdf")

    def test_two_contacts_at_once(self):
        """The second of two finds what the first one did: the row of the invoice is taken."""
        self.duty._portal_answer(self.contact, "accepted")
        with self.assertRaises(PortalRefusal) as refused:
            self.duty._portal_answer(self.user_full.partner_id, "rejected", "No")
        self.assertEqual(refused.exception.code, "answered")

    def test_by_the_clock_of_the_country(self):
        """Late in the evening of UTC it is the next day in Madrid: that day can be said."""
        duty = self._duty(self.invoice, "paid")
        evening = datetime.combine(self.today, datetime.min.time()) + timedelta(
            hours=23, minutes=30
        )
        with freeze_time(evening):
            self.assertEqual(
                duty._read_day((self.today + timedelta(days=1)).isoformat()),
                self.today + timedelta(days=1),
            )
            with self.assertRaises(PortalRefusal):
                duty._read_day((self.today + timedelta(days=2)).isoformat())
