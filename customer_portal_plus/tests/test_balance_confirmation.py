"""Balances that customers confirm: what was sent stays what it was, and one answer counts."""

import base64
import io
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from pypdf import PdfReader

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.statement import customer_portal_balance_confirmation
from ..tools.evidence_chain import sha256
from .common.document import make_image
from .common.mail import LeavingMails
from .common.signature import SignatureCase
from .common.statement import StatementData


def read_text(pdf):
    """Return the text of a PDF file."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@tagged("post_install", "-at_install")
class TestBalanceConfirmation(LeavingMails, StatementData, SignatureCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "portal_allow_confirmations": True,
                "portal_confirmation_days": 10,
                "portal_confirmation_reminders": 2,
                "email": "empresa@example.com",
            }
        )
        cls.day = cls.today - timedelta(days=20)
        cls.old = cls._create_invoice(cls.alfa, 100.0, days=-50, due_days=-25)
        cls.paid = cls._create_invoice(cls.alfa, 60.0, days=-40, due_days=-30)
        cls._register(cls.paid, days=-10)  # Open on that day all the same.
        cls.late = cls._create_invoice(cls.alfa, 999.0, days=-5)
        cls._create_invoice(cls.beta, 70.0, days=-30)
        cls.inquiry = cls._ask_about()
        cls.balance = cls._made(cls.inquiry)
        cls.url = f"/my/balances/{cls.balance.id}"
        cls.contact = cls.user_full.partner_id

    @classmethod
    def _ask_about(cls, customers=None, day=None, **values):
        inquiry = cls.env["customer.portal.balance.inquiry"].create(
            {
                "name": "Saldos",
                "date": day or cls.day,
                "user_id": cls.user_accountant.id,
                "customer_ids": [(6, 0, (customers or cls.alfa).ids)],
                "auditor": "Auditores Asociados SLP",
                **values,
            }
        )
        inquiry.with_user(cls.user_accountant).action_send()
        return inquiry

    @classmethod
    def _made(cls, inquiry):
        return cls.env["customer.portal.balance.confirmation"].search(
            [("inquiry_id", "=", inquiry.id)]
        )

    def _say(self, answer="differs", files=None, **values):
        """Post the form as the one who is signed in."""
        if answer == "differs":
            values = {"own": "120,00", "owed_by": "us", "words": "Falta un abono", **values}
        data = {"answer": answer, **values}
        return self.post_form(f"{self.url}/answer", data, page="/my/account", files=files)

    def _answer(self, *args, **kwargs):
        """Answer and sign."""
        page = self._say(*args, **kwargs)
        self.assertIn("/my/sign/", page.url, page.text[:300])
        return self._sign(signing_url=page.url.split("?")[0])

    def _cron(self, days=0):
        with freeze_time(self.env.cr.now() + timedelta(days=days)):
            self.env.flush_all()
            with self.registry.cursor() as cr:
                self.env(cr=cr)[self.balance._name]._cron_write()
            self.env.invalidate_all()

    def _assert_open(self):
        self.env.invalidate_all()
        self.assertEqual((self.balance.state, self._evidence(self.balance).ids), ("sent", []))

    # === WHAT IS ASKED === #

    def test_open_items_of_that_day(self):
        """Not what is left today: what was paid since counts, what was invoiced since does not."""
        self.assertEqual(self.balance.amount, 160.0)
        self.assertEqual(self.balance.line_ids.mapped("name"), [self.paid.name, self.old.name])
        self.assertEqual(self.balance.line_ids.mapped("open"), [60.0, 100.0])
        data = base64.b64decode(self.balance.file)
        self.assertEqual(self.balance.sha256, sha256(data))
        text = read_text(data)
        for words in (self.old.name, self.paid.name, "160.00", self.alfa.name, "Auditores"):
            self.assertIn(words, text)
        self.assertNotIn(self.late.name, text)

    def test_frozen(self):
        """What is dated back changes neither sum nor lines nor file; page and staff are told."""
        self.assertFalse(self.balance.is_changed)
        before = (self.balance.amount, len(self.balance.line_ids), self.balance.sha256)
        self.old.invoice_line_ids.with_context(check_move_validity=False).name = "Otra cosa"
        self._create_invoice(self.alfa, 7.0, days=-30)
        self.env.invalidate_all()
        self.assertEqual(
            (self.balance.amount, len(self.balance.line_ids), self.balance.sha256), before
        )
        self.assertTrue(self.balance.is_changed)
        self.assertEqual(self.balance.amount_now, 167.0)
        self.sign_in(self.user_full)
        page = self.url_open(self.url).text
        self.assertRegex(page, r'data-balance="changed"[^$]*\$?\s*167\.00')
        self.assertRegex(page, r'data-balance="amount"[^<]*160\.00')
        self._answer("agreed")
        self.env.invalidate_all()
        self.assertEqual((self.balance.state, self.balance.amount), ("agreed", 160.0))
        self.assertIn("167.00", read_text(self.inquiry._draw()))
        with self.assertRaisesRegex(UserError, "already"):
            self.inquiry.date = self.today
        with self.assertRaisesRegex(UserError, "kept"):
            self.inquiry.unlink()
        with self.assertRaisesRegex(UserError, "kept"):
            self.balance.unlink()

    def test_who_is_asked_nothing(self):
        """Nothing open, unless that is to be confirmed, too; not before the day is over; not while
        it is switched off."""
        with self.assertRaisesRegex(UserError, "anything open"):
            self._ask_about(self.alfa_norte)
        settled = self._made(self._ask_about(self.alfa_norte, with_settled=True))
        self.assertEqual((settled.amount, len(settled.line_ids)), (0.0, 0))
        self.assertIn("0.00", read_text(base64.b64decode(settled.file)))
        with self.assertRaisesRegex(UserError, "not over"):
            self._ask_about(day=self.today + timedelta(days=1))
        with self.assertRaisesRegex(UserError, "already"):
            self.inquiry.action_send()
        with (
            patch.object(customer_portal_balance_confirmation, "MAX_PDF_LINES", 1),
            self.assertRaisesRegex(UserError, "too many"),
        ):
            self._ask_about()
        self.company.portal_allow_confirmations = False
        with self.assertRaisesRegex(UserError, "switch on"):
            self._ask_about()

    def test_all_with_something_open(self):
        inquiry = self.env["customer.portal.balance.inquiry"].create(
            {"name": "Todos", "date": self.day}
        )
        inquiry.action_add_open()
        self.assertLessEqual(self.alfa | self.beta, inquiry.customer_ids)
        self.assertNotIn(self.alfa_norte, inquiry.customer_ids)
        action = (self.alfa | self.contact).action_portal_confirm_balance()
        self.assertEqual(action["context"]["default_customer_ids"], [(6, 0, self.alfa.ids)])

    def test_each_currency_by_itself(self):
        other = self.currencies - self.own_currency
        self._create_invoice(self.alfa, 30.0, days=-30, currency_id=other[0].id)
        made = self._made(self._ask_about())
        amounts = {one.currency_id: one.amount for one in made}
        self.assertEqual(amounts, {self.own_currency: 160.0, other[0]: 30.0})

    def test_hidden_documents_are_one_line(self):
        self.old.portal_visible = False
        balance = self._made(self._ask_about())
        self.assertEqual(balance.amount, 160.0)
        self.assertEqual(balance.line_ids.mapped("kind"), ["other", "invoice"])
        self.assertNotIn(self.old.name, read_text(base64.b64decode(balance.file)))

    # === ANSWERS === #

    def test_agreed_and_signed(self):
        self.sign_in(self.user_full)
        self.assertIn("1 balance to confirm", self.url_open("/my").text)
        answer = self._answer("agreed")
        self.assertIn("Thank you for your answer", answer.text)
        self.env.invalidate_all()
        balance = self.balance
        self.assertEqual((balance.state, balance.answered_by_id), ("agreed", self.contact))
        evidence = self._evidence(balance)
        self.assertEqual(
            (len(evidence), evidence.signer_name, evidence.contact_id, evidence.ip_address),
            (1, "Gerencia de Alfa", self.contact, "127.0.0.1"),
        )
        # What was signed names what was sent.
        signed = self.env["ir.attachment"].search(
            [("res_model", "=", balance._name), ("res_id", "=", balance.id),
             ("name", "like", "as signed")]
        )  # fmt: skip
        self.assertEqual(sha256(signed.raw), evidence.document_sha256)
        self.assertIn(balance.sha256, read_text(signed.raw).replace("\n", ""))
        self.assertEqual(balance.portal_signature_state, "valid")
        event = self.env["customer.portal.event"].search([("kind", "=", "accept")], limit=1)
        self.assertEqual((event.res_id, event.partner_id), (balance.id, self.contact))
        self.assertIn("160.00", event.detail)
        self.assertEqual(balance.activity_ids.user_id, self.user_accountant)
        self.assertNotIn("to confirm", self.url_open("/my").text)
        self._deliver()
        self.assertTrue(balance._portal_signed_file())
        file = self.url_open(f"{self.url}/file")
        self.assertNotEqual(sha256(file.content), balance.sha256)

    def test_another_balance_with_words_and_file(self):
        self.sign_in(self.user_full)
        picture = make_image()
        self._answer(files={"file": ("mi extracto.png", picture)})
        self.env.invalidate_all()
        balance = self.balance
        self.assertEqual(
            (balance.state, balance.own_amount, balance.difference), ("differs", 120.0, 40.0)
        )
        self.assertEqual((balance.words, balance.own_file_id.raw), ("Falta un abono", picture))
        signed = self.env["ir.attachment"].search(
            [("res_model", "=", balance._name), ("res_id", "=", balance.id),
             ("name", "like", "as signed")]
        )  # fmt: skip
        text = read_text(signed.raw).replace("\n", "")
        for words in ("120.00", "Falta un abono", "mi extracto.png", sha256(picture)[:20]):
            self.assertIn(words, text)
        self.assertEqual(
            self.env["customer.portal.event"].search([("kind", "=", "reject")], limit=1).res_id,
            balance.id,
        )
        listed = read_text(self.inquiry._draw())
        for words in (self.alfa.name, "160.00", "120.00", "Falta un abono", "Gerencia de Alfa"):
            self.assertIn(words, listed)

    def test_in_the_customers_favour(self):
        self.sign_in(self.user_full)
        self._answer(own="5", owed_by="you")
        self.env.invalidate_all()
        self.assertEqual((self.balance.own_amount, self.balance.difference), (-5.0, 165.0))

    def test_bad_input_answers_nothing(self):
        self.sign_in(self.user_full)
        for values in (
            {"answer": ""}, {"answer": "x"},
            {"own": ""}, {"own": "nan"}, {"own": "1e3"}, {"own": "-5"}, {"own": "9" * 60},
            {"own": "0,005"}, {"own": "160"}, {"owed_by": "x"}, {"owed_by": ""},
            {"words": ""}, {"words": " \t"}, {"words": "x" * 2001},
        ):  # fmt: skip
            answer = self._say(**{"answer": "differs", **values})
            self.assertEqual(answer.status_code, 422, values)
            self._assert_open()
            self.assertFalse(self.balance.answer, values)
        for name, data in (("a.pdf", b"<script>"), ("a.exe", b"MZ"), ("a.pdf", b"")):
            answer = self._say(files={"file": (name, data)})
            self.assertEqual(answer.status_code, 422, (name, data))
            self.assertFalse(self.balance.answer)
        # What is said is no answer before it is signed.
        self._say("agreed")
        self._assert_open()
        self.assertFalse(self.balance.answered_on)

    def test_one_answer(self):
        """Of two contacts, the one who was overtaken is told; what was answered first is shown."""
        self.sign_in(self.user_full)
        first = self._say("agreed").url.split("?")[0]
        second = self._say().url.split("?")[0]
        refused = self._sign(signing_url=first)
        self.assertEqual(refused.status_code, 422)
        self.assertIn("has changed since", refused.text)
        self._assert_open()
        self._sign(signing_url=second)
        again = self._say("agreed")
        self.assertEqual(again.status_code, 422)
        self.assertIn("answered already", again.text)
        self.assertIn("Falta un abono", again.text)
        self.assertNotIn("Go on to sign", again.text)
        self.env.invalidate_all()
        self.assertEqual((self.balance.state, len(self._evidence(self.balance))), ("differs", 1))
        with self.assertRaisesRegex(UserError, "kept"):
            self.balance.action_withdraw()

    def test_withdrawn(self):
        self.sign_in(self.user_full)
        signing = self._say("agreed").url.split("?")[0]
        self.inquiry.with_user(self.user_accountant).action_withdraw()
        self.env.invalidate_all()
        self.assertEqual(self.balance.state, "cancel")
        self.assertEqual(self.url_open(self.url).status_code, 404)
        self.assertEqual(self.url_open(signing).status_code, 404)
        self.assertEqual(self._say("agreed").status_code, 404)
        self.assertFalse(self._evidence(self.balance))
        self.assertEqual(self.inquiry.asked_count, 0)

    def test_only_who_may(self):
        for user in (self.user_colleague, self.user_own, self.user_stranger, self.user_branch):
            self.sign_in(user)
            self.assertEqual(self.url_open(self.url).status_code, 404, user.login)
            self.assertEqual(self._say("agreed").status_code, 404, user.login)
        self.sign_in(self.user_full)
        for record, name in (
            (self.profile_full, "can_confirm_balance"),
            (self.profile_full, "can_see_invoices"),
            (self.company, "portal_allow_confirmations"),
            (self.balance, "portal_visible"),
        ):
            record[name] = False
            self.assertEqual(self.url_open(self.url).status_code, 404, name)
            self.assertEqual(self._say("agreed").status_code, 404, name)
            record[name] = True
        self.assertFalse(self.balance.answer)
        with self.assertRaises(AccessError):
            self.balance.with_user(self.user_sales).read(["amount"])
        with self.assertRaises(AccessError):
            self.balance.with_user(self.user_accountant).write({"state": "agreed"})

    # === MAILS === #

    def test_mail_and_reminders(self):
        """One mail and two reminders, each once however often the job runs; none after an
        answer."""
        with self.leaving() as messages:
            self._cron()
            self._cron()
        html, names = self._read(self._find_mail(messages, self.contact))
        self.assertIn("160.00", html)
        self.assertIn("Auditores Asociados SLP", html)
        self.assertNotIn("once more", html)
        self.assertEqual(names, [self.balance.file_name])
        self.assertRegex(html, rf"/p/[^\"]+/to/[^\"]+page=/my/balances/{self.balance.id}")
        for days, count in ((9, 1), (10, 2), (10, 2), (19, 2), (20, 3), (40, 3), (400, 3)):
            with self.leaving() as messages:
                self._cron(days)
            self.assertEqual(self.balance.mail_count, count, days)
            if (days, count) == (20, 3):
                html, _names = self._read(self._find_mail(messages, self.contact))
                self.assertIn("once more", html)

    def test_no_reminder_after_an_answer(self):
        self._cron()
        self.sign_in(self.user_full)
        self._answer("agreed")
        self._cron(30)
        self.assertEqual(self.balance.mail_count, 1)

    def test_nobody_to_write_to(self):
        self.profile_full.can_confirm_balance = False
        self._cron()
        self.assertEqual((self.balance.is_unreachable, self.balance.mail_count), (True, 0))
        self.profile_full.can_confirm_balance = True
        self._cron(1)
        self.assertEqual((self.balance.is_unreachable, self.balance.mail_count), (False, 1))
        self.assertEqual(self.alfa._portal_confirmation_recipients(self.company), self.contact)

    def test_switched_off_mails_nothing(self):
        self.company.portal_allow_confirmations = False
        self._cron()
        self.assertEqual(self.balance.mail_count, 0)

    # === FOR THE AUDITOR === #

    def test_list_for_the_auditor(self):
        inquiry = self._ask_about(self.alfa | self.beta)
        action = inquiry.with_user(self.user_accountant).action_download()
        self.assertIn("/file/", action["url"])
        text = read_text(base64.b64decode(inquiry.file))
        for words in (self.alfa.name, self.beta.name, "No answer yet", "230.00", "Auditores"):
            self.assertIn(words, text)
        self.assertEqual(
            (inquiry.asked_count, inquiry.silent_count, inquiry.agreed_count), (2, 2, 0)
        )
        self.assertEqual(inquiry.action_answers()["domain"], [("inquiry_id", "=", inquiry.id)])
