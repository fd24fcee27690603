"""A changed bank account is announced where it can be checked; who guesses is told nothing."""

import re
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..models.settlement.res_company_account_change import LIMITS
from .common.mail import LeavingMails
from .common.sign_in import ALIAS, SignInCase, within_one_hour

NO = "confirm an announcement with this code"


@tagged("post_install", "-at_install")
class TestAccountChange(LeavingMails, SignInCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.portal_allow_verification = True
        cls.company.portal_show_bank_account = True
        cls.company.partner_id.bank_ids.unlink()
        cls.old, cls.new = cls.env["res.partner.bank"].create(
            [
                {"partner_id": cls.company.partner_id.id, "acc_number": number}
                for number in ("ES91 2100 0418 4502 0005 1332", "ES79 2100 0813 6101 2345 6789")
            ]
        )
        cls.env["account.move"].search(
            [("move_type", "=", "out_invoice"), ("state", "=", "posted")]
        ).portal_visible = False
        cls.invoice = cls._create_invoice(cls.alfa, partner_bank_id=cls.old.id)
        cls.contact = cls.user_full.partner_id
        cls.begins_on = cls.today + timedelta(days=10)
        cls.change = cls._type().sudo()

    @classmethod
    def _type(cls, **values):
        return (
            cls.env["customer.portal.account.change"]
            .with_user(cls.user_accountant)
            .create(
                {
                    "old_account_id": cls.old.id,
                    "new_account_id": cls.new.id,
                    "begins_on": cls.begins_on,
                    "words": "Nuestro banco se fusiona.",
                    **values,
                }
            )
        )

    def _announce(self, change=None):
        (change or self.change).with_user(self.user_accountant).action_announce()

    def _cron(self):
        self.env.flush_all()
        with self.registry.cursor() as cr:
            self.env(cr=cr)["customer.portal.account.change.mail"]._cron_send()
        self.env.invalidate_all()

    def _mailed(self):
        """Announce, and return the HTML of the mail that leaves and the code in it."""
        self._announce()
        with self.leaving() as messages:
            self._cron()
        html, _names = self._read(self._find_mail(messages, self.contact))
        return html, re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", html).group()

    def ask(self, code):
        return self.post("/verify/code", {"code": code}, page=f"/p/{ALIAS}/verify")

    def _assert_not_told(self, answer):
        self.assertEqual(answer.status_code, 422)
        self.assertIn(NO, answer.text)
        for secret in ("6789", "1332", "announced that"):
            self.assertNotIn(secret, answer.text)

    # === ANNOUNCING === #

    def test_announced(self):
        self._announce()
        self.assertEqual(
            (self.change.state, self.change.ending, self.change.announced_by_id),
            ("announced", "6789", self.user_accountant),
        )
        self.sign_in(self.user_full)
        page = self.url_open("/my").text
        self.assertIn("Our bank account changes", page)
        self.assertIn(self.new.acc_number, page)
        self.assertIn("Nuestro banco se fusiona.", page)
        self.assertIn(f"/p/{ALIAS}/verify#code", page)
        self.assertTrue(self.change.announcement_id.is_important)
        self.assertEqual(self.change.announcement_id.ends_on, self.begins_on + timedelta(days=60))
        for name, value in (
            ("new_account_id", self.old.id), ("begins_on", self.today), ("words", "Otra"),
        ):  # fmt: skip
            with self.assertRaisesRegex(UserError, "announced already"):
                self.change.write({name: value})
        with self.assertRaisesRegex(UserError, "announced already"):
            self._announce()
        with self.assertRaisesRegex(UserError, "kept"):
            self.change.unlink()

    def test_only_a_manager_announces(self):
        group = self.env.ref("account.group_account_manager")
        self.user_accountant.group_ids = [
            (3, group.id), (4, self.env.ref("account.group_account_invoice").id)
        ]  # fmt: skip
        with self.assertRaises(AccessError):
            self._announce()
        with self.assertRaises(AccessError):
            self.change.with_user(self.user_sales).action_announce()
        self.assertEqual((self.change.state, len(self.change.mail_ids)), ("draft", 0))

    def test_what_can_not_be_announced(self):
        foreign = self.env["res.partner.bank"].create(
            {"partner_id": self.beta.id, "acc_number": "ES1000492352082414205416"}
        )
        with self.assertRaisesRegex(ValidationError, "of your company"):
            self._type(new_account_id=foreign.id)
        with self.assertRaisesRegex(ValidationError, "is the old one"):
            self._type(new_account_id=self.old.id)
        with self.assertRaisesRegex(UserError, "is past"):
            self._announce(self._type(begins_on=self.today - timedelta(days=1)))
        self._announce(self._type(begins_on=self.today))
        self.company.portal_allow_verification = False
        with self.assertRaisesRegex(UserError, "could not check"):
            self._announce()
        self.assertEqual(self.change.state, "draft")

    def test_holder_that_banks_warn_of(self):
        self.assertFalse(self.change.holder_problem)
        self.new.acc_holder_name = "Otro Nombre SL"
        self.change.invalidate_recordset()
        self.assertIn("Otro Nombre SL", self.change.holder_problem)

    # === MAILS === #

    def test_mailed_once_to_who_has_something_open(self):
        """To those who see it, whatever mails they want; not to who has nothing open."""
        self.contact.portal_mail_reminder = False
        html, code = self._mailed()
        self.assertIn(self.new.acc_number, html)
        self.assertIn("Nuestro banco se fusiona.", html)
        self.assertEqual(self.change.mail_ids.customer_id, self.alfa)
        self.assertEqual(self.change.mail_ids.recipient_ids, self.contact)
        with self.leaving() as messages:
            self._cron()
        self.assertFalse(messages)
        mail = self.change.mail_ids
        self.assertNotIn(code.replace("-", ""), mail.code_digest)
        self.assertEqual(mail.code_digest, mail._digest(code.lower().replace("-", " ")))

    def test_nobody_to_write_to(self):
        self.profile_full.can_see_invoices = False
        self.profile_own.can_see_invoices = False
        self._announce()
        with self.leaving() as messages:
            self._cron()
        self.assertFalse(messages)
        self.assertEqual(
            (self.change.mail_ids.is_unreachable, self.change.mail_ids.mailed_on), (True, False)
        )

    def test_withdrawn(self):
        _html, code = self._mailed()
        self.change.with_user(self.user_accountant).action_withdraw()
        self._assert_not_told(self.ask(code))
        self.sign_in(self.user_full)
        self.assertNotIn("Our bank account changes", self.url_open("/my").text)

    def test_withdrawn_before_the_mails(self):
        self._announce()
        self.change.with_user(self.user_accountant).action_withdraw()
        with self.leaving() as messages:
            self._cron()
        self.assertFalse(messages)
        self.assertFalse(self.change.mail_ids.code_digest)

    # === THE CODE === #

    def test_told(self):
        _html, code = self._mailed()
        for typed in (code, code.lower(), f"  {code.replace('-', ' ')} "):
            answer = self.ask(typed)
            self.assertEqual(answer.status_code, 200, typed)
            self.assertIn('data-announced="account">6789</b>', answer.text)
            self.assertNotIn(self.alfa.name, answer.text)
            self.assertNotIn("1332", answer.text)
        event = self.env["customer.portal.event"].search([], order="id DESC", limit=1)
        self.assertEqual((event.kind, event.company_id), ("view", self.company))
        self.assertFalse(event.partner_id)

    def test_account_that_is_written_anew(self):
        """Somebody alters the account after it was announced: pages and mails say what was."""
        announced = self.new.acc_number
        self._announce()
        self.new.acc_number = "ES1000492352082414205416"
        with self.leaving() as messages:
            self._cron()
        html, _names = self._read(self._find_mail(messages, self.contact))
        self.assertIn(announced, html)
        self.assertNotIn("5416", html)
        code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", html).group()
        self.assertIn('data-announced="account">6789</b>', self.ask(code).text)
        with freeze_time(self.begins_on), self.assertRaisesRegex(UserError, "altered since"):
            self.change.action_move_invoices()

    def test_not_told(self):
        _html, code = self._mailed()
        digest = self.change.mail_ids.code_digest
        for typed in ("", "x", "%", code[:-1], code + "A", "ABCD-EFGH-JKMN", digest, "٣" * 12,
                      "A" * 4000, "a\x00b"):  # fmt: skip
            with self.subTest(code=typed[:20]), within_one_hour():
                self._assert_not_told(self.ask(typed))
                self.env.cr.execute("DELETE FROM customer_portal_throttle")
        other = self.env["res.company"].create({"name": "Other"})
        self.assertIsNone(other._portal_verify_code(code, "192.0.2.1"))
        self.company.portal_allow_verification = False
        self.assertEqual(self.page("/verify/code").status_code, 404)

    def test_wrong_in_any_way_looks_the_same(self):
        _html, code = self._mailed()
        self.change.with_user(self.user_accountant).action_withdraw()

        def look(typed):
            self.new_browser()
            token = self.form_token(f"/p/{ALIAS}/verify")
            with self.recorded() as statements:
                answer = self.page("/verify/code", data={"code": typed, "csrf_token": token})
            text = re.sub(r"csrf_token[^,>]*", "", answer.text)
            for value in (token, typed):
                text = text.replace(value, "")
            return answer.status_code, text, statements

        look("ABCD-EFGH-JKMN")  # What is loaded once per worker is not looked at.
        unknown, withdrawn = look("ABCD-EFGH-JKMN"), look(code)
        self.assertEqual(unknown, withdrawn)
        self.assertEqual(unknown, look("no code at all"))

    def test_limits(self):
        self.assertEqual(LIMITS["verify_code.network"], 20)
        with within_one_hour():
            statuses = [self.ask(f"N{number}").status_code for number in range(21)]
            self.assertEqual(statuses, [422] * 20 + [429])
            # The other form has its own.
            self.assertEqual(self.page("/verify").status_code, 200)
            self.env.cr.execute("DELETE FROM customer_portal_throttle")
            with patch.dict(LIMITS, {"verify_code.company": 2}):
                statuses = [self.ask(f"N{number}").status_code for number in range(6)]
        self.assertEqual(statuses, [422] * 5 + [429])

    # === INVOICES === #

    def test_open_invoices_are_moved_by_hand(self):
        """From the day on; those that are open and name the old account, each with a note."""
        paid = self._create_invoice(self.alfa, partner_bank_id=self.old.id)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=paid.ids
        ).create({})._create_payments()
        elsewhere = self._create_invoice(self.beta, partner_bank_id=self.new.id)
        notes = len(elsewhere.message_ids)
        change = self.change.with_user(self.user_accountant)
        with self.assertRaisesRegex(UserError, "once it is announced"):
            change.action_move_invoices()
        self._announce()
        with self.assertRaisesRegex(UserError, "once it is announced"):
            change.action_move_invoices()
        self.assertEqual(self.invoice._portal_bank_account(), self.old)
        with freeze_time(self.begins_on):
            self.assertEqual(self.invoice._portal_bank_account(), self.old)
            change.action_move_invoices()
        self.assertEqual(self.invoice._portal_bank_account(), self.new)
        self.assertEqual(self.invoice._portal_transfer()["account"], self.new.acc_number)
        self.assertEqual(paid.partner_bank_id, self.old)
        self.assertEqual(len(elsewhere.message_ids), notes)
        self.assertIn(self.new.acc_number, self.invoice.message_ids[0].body)
        self.assertEqual(change.open_count, 0)

    def test_invoices_that_name_none(self):
        """They show the company's first account, and from the day on none that has ended."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET partner_bank_id = NULL WHERE id = %s", [self.invoice.id]
        )
        self.env.invalidate_all()
        self._announce()
        self.assertEqual(self.invoice._portal_bank_account(), self.old)
        with freeze_time(self.begins_on):
            self.assertEqual(self.invoice._portal_bank_account(), self.new)
            back = self._type(
                old_account_id=self.new.id, new_account_id=self.old.id, begins_on=self.begins_on
            )
            self._announce(back)
            self.assertEqual(self.invoice._portal_bank_account(), self.old)
