"""Account statements that leave by themselves: monthly, never twice, to nobody without access."""

import io
import re
from datetime import date, timedelta
from unittest.mock import patch

import psycopg2
from freezegun import freeze_time
from pypdf import PdfReader

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.periods import named_periods
from .common import PortalHttpCase
from .common.mail import LeavingMails
from .common.statement import StatementData
from .test_page_links import PAGE_LINK
from .test_personal_link import LinkCase


class ScheduleData(StatementData):
    """Alfa owes an invoice of long ago; Beta was invoiced last month, and paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.begin, cls.end = named_periods(cls.today)["last_month"]
        cls.middle = cls.begin.replace(day=15)
        # Who switches it on gets the first ones in the next month; these did so before.
        cls.company.write(
            {
                "email": "hola@example.com",
                "portal_send_statements": True,
                "portal_statement_day": 1,
            }
        )
        cls.company.portal_statements_since = date(2020, 1, 1)
        cls.Mail = cls.env["customer.portal.statement.mail"]
        days = (cls.middle - cls.today).days
        cls.owed = cls._create_invoice(cls.alfa, 130.0, days=days - 100, due_days=days - 70)
        cls.paid = cls._create_invoice(cls.beta, 70.0, days=days, due_days=days)
        cls._register(cls.paid, days=days + 2)
        cls.payable = cls.user_full.partner_id

    def _run(self):
        """Run the job, as its own process would."""
        self._run_cron("customer.portal.statement.mail", "_cron_send")

    def _sent(self):
        customers = self.alfa | self.beta | self.alfa_norte
        return self.Mail.search([("customer_id", "in", customers.ids)], order="id")

    def _forget(self):
        self._sent().unlink()
        self.company.portal_statements_done = False


@tagged("post_install", "-at_install")
class TestStatementSchedule(LeavingMails, ScheduleData, PortalHttpCase):
    # === WHAT LEAVES === #

    def test_mail(self):
        with self.leaving() as messages:
            self._run()
        mail = self._sent()
        self.assertEqual(mail.customer_id, self.alfa)
        self.assertEqual((mail.begin, mail.end), (self.begin, self.end))
        self.assertEqual((mail.kind, mail.scheduled_for), ("movements", self.end))
        # The colleague has no right to statements, the delegate sees its own documents alone.
        self.assertEqual(mail.recipient_ids, self.payable)
        [message] = messages
        self.assertIn(self.payable.email, message["To"])
        html, [name] = self._read(message)
        self.assertIn("130.00", html)
        self.assertEqual(name, f"statement-{self.begin}-{self.end}.pdf")
        [file] = [part.get_content() for part in message.iter_attachments()]
        text = PdfReader(io.BytesIO(file)).pages[0].extract_text()
        self.assertIn(self.alfa.name, text)
        self.assertNotIn(self.beta.name, text)

    def test_open_items(self):
        self.company.portal_statement_kind = "open"
        with self.leaving() as messages:
            self._run()
        self.assertEqual(self._sent().kind, "open")
        [file] = [part.get_content() for part in messages[0].iter_attachments()]
        self.assertIn(self.owed.name, PdfReader(io.BytesIO(file)).pages[0].extract_text())

    def test_currencies_and_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.payable.lang = "es_ES"
        foreign = self.currencies[1]
        days = (self.begin - self.today).days
        self._create_invoice(self.alfa, 55.0, days=days, currency_id=foreign.id)
        with self.leaving() as messages:
            self._run()
        html, _files = self._read(messages[0])
        for words in ("130,00", "55,00", foreign.name):
            self.assertIn(words, html)

    def test_what_is_too_long_for_a_pdf(self):
        with patch.object(type(self.statement), "_is_printable", return_value=False):
            with self.leaving() as messages:
                self._run()
        _html, [name] = self._read(messages[0])
        self.assertEqual(name, f"statement-{self.begin}-{self.end}.xlsx")

    # === WHEN === #

    def test_off_until_it_is_switched_on(self):
        self.assertFalse(self.env["res.company"].create({"name": "Nueva"}).portal_send_statements)
        self.company.portal_send_statements = False
        self._run()
        self.assertFalse(self._sent())

    def test_scheduled_action(self):
        self.env.flush_all()
        with self.registry.cursor() as cr:
            env = self.env(cr=cr)
            env.ref("customer_portal_plus.ir_cron_send_statements").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self._sent().customer_id, self.alfa)

    def test_day_of_the_month(self):
        self.company.portal_statement_day = 10
        month = self.company._portal_statement_month
        for day, due in ((9, False), (10, True), (11, True), (30, True)):
            with freeze_time(f"2024-04-{day:02} 12:00:00"):
                self.assertEqual(
                    month(), (date(2024, 3, 1), date(2024, 3, 31)) if due else None, day
                )
        self.company.portal_statements_done = date(2024, 3, 31)
        with freeze_time("2024-04-11 12:00:00"):
            self.assertIsNone(month())
        with freeze_time("2024-05-10 12:00:00"):
            self.assertEqual(month(), (date(2024, 4, 1), date(2024, 4, 30)))

    def test_switched_on_after_the_day(self):
        """No mails to everybody at once, in the middle of a month."""
        self.company.write({"portal_send_statements": False, "portal_statement_day": 5})
        self.company.flush_recordset()
        with freeze_time("2024-04-20 12:00:00"):
            self.company.portal_send_statements = True
            self.company.flush_recordset()
            self.assertIsNone(self.company._portal_statement_month())
        with freeze_time("2024-05-05 12:00:00"):
            self.company.portal_send_statements = True  # Said once more: it is on since then.
            self.assertTrue(self.company._portal_statement_month())

    def test_days_that_not_each_month_has(self):
        for day in (0, 29, 31):
            with (
                self.assertRaises(psycopg2.errors.CheckViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.company.portal_statement_day = day
                self.company.flush_recordset()

    # === TO WHOM === #

    def test_which_customers(self):
        norte = self.alfa_norte  # It has nothing.
        for audience, kind, alfa, beta, expected in (
            ("open", "movements", False, False, self.alfa),
            ("moved", "movements", False, False, self.alfa | self.beta),
            ("moved", "open", False, False, self.alfa),
            ("chosen", "movements", False, False, self.alfa.browse()),
            ("chosen", "movements", False, "send", self.beta),
            ("open", "movements", False, "send", self.alfa | self.beta),
            ("open", "movements", "never", False, self.alfa.browse()),
            ("moved", "movements", "never", "never", self.alfa.browse()),
        ):
            with self.subTest(audience=audience, kind=kind, alfa=alfa, beta=beta):
                self._forget()
                self.company.portal_statement_audience = audience
                self.company.portal_statement_kind = kind
                self.alfa.portal_statement_schedule = alfa
                self.beta.portal_statement_schedule = beta
                norte.portal_statement_schedule = "send"
                self._run()
                self.assertEqual(self._sent().customer_id, expected)

    def test_which_customers_are_looked_at(self):
        """Those of this company with something open, or settled since the month began."""
        days = (self.begin - self.today).days

        def assert_looked_at(expected, company=self.company):
            self.env.flush_all()
            found = self.Mail._customers_to_look_at(company, self.begin, self.end)
            self.assertEqual(found & (self.alfa | self.beta | self.alfa_norte), expected)

        assert_looked_at(self.alfa | self.beta)
        assert_looked_at(self.alfa.browse(), self.env["res.company"].create({"name": "Otra"}))
        self._register(self._create_invoice(self.alfa_norte, days=days - 50), days=days - 40)
        self._create_invoice(self.alfa_norte, 20.0)  # After the month.
        assert_looked_at(self.alfa | self.beta)
        # What was paid in advance is used for an invoice of another customer.
        advance = self._create_entry(self.alfa_norte, 30.0, days - 20)
        invoice = self._create_invoice(self.beta, 30.0, days=days + 1)
        self._receivable(advance, invoice).reconcile()
        assert_looked_at(self.alfa | self.beta | self.alfa_norte)

    def test_as_of_the_end_of_the_month(self):
        """What was paid since was still open then."""
        self._register(self.owed)
        self._create_invoice(self.alfa_norte, 20.0)
        self._run()
        self.assertEqual(self._sent().customer_id, self.alfa)

    def test_nobody_without_access(self):
        def assert_nobody(words):
            self._run()
            self.assertFalse(self._sent(), words)
            self.assertEqual(self.company.portal_statements_done, self.end, words)
            self.company.portal_statements_done = False

        for switch in ("portal_enabled", "portal_show_statement", "portal_show_invoices"):
            self.company[switch] = False
            assert_nobody(switch)
            self.company[switch] = True
        self.alfa.portal_access = False
        assert_nobody("customer")
        self.alfa.portal_access = True
        for capability in ("can_see_statement", "can_see_invoices"):
            self.profile_full[capability] = False
            self.profile_full.flush_recordset()
            assert_nobody(capability)
            self.profile_full[capability] = True
            self.profile_full.flush_recordset()
        self.payable.portal_profile_id = self.profile_own
        self.alfa.portal_profile_id = self.profile_own
        assert_nobody("own documents alone")
        self.payable.portal_profile_id = self.profile_full
        self._run()
        self.assertEqual(self._sent().recipient_ids, self.payable)

    def test_who_wants_none(self):
        self.payable.portal_mail_statement = False
        self.alfa.portal_mail_statement = False
        self._run()
        self.assertFalse(self._sent())
        # What staff send by hand arrives.
        self.assertEqual(self.alfa._portal_statement_recipients(self.company), self.payable)

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Segunda SL"})
        other.portal_send_statements = True
        other.portal_statements_since = date(2020, 1, 1)
        self.company.portal_send_statements = False
        self._run()
        self.assertFalse(self._sent())
        self.assertEqual(other.portal_statements_done, self.end)

    # === ONCE === #

    def test_twice_is_once(self):
        self._run()
        self.company.portal_statements_done = False
        self._run()
        self.assertEqual(len(self._sent()), 1)

    def test_month_that_is_done(self):
        """Whatever is written into its books later."""
        self._run()
        self.assertEqual(self.company.portal_statements_done, self.end)
        self._create_invoice(self.beta, 20.0, days=(self.middle - self.today).days)
        self._run()
        self.assertEqual(self._sent().customer_id, self.alfa)

    def test_other_kind_is_no_other_mail(self):
        self._run()
        self.company.write({"portal_statement_kind": "open", "portal_statements_done": False})
        self._run()
        self.assertEqual(self._sent().kind, "movements")

    def test_sent_since_the_customers_were_listed(self):
        self._run()
        self.company.write({"portal_statement_kind": "open", "portal_statements_done": False})

        def look_at_alfa(mails, *_args):
            return mails.env["res.partner"].browse(self.alfa.id)

        with patch.object(type(self.Mail), "_customers_to_look_at", look_at_alfa):
            self._run()
        self.assertEqual(len(self._sent()), 1)
        self.assertEqual(self.company.portal_statements_done, self.end, "nothing failed")

    def test_two_workers_at_once(self):
        """The second process does not see the first one's row: the database refuses its own."""
        self._run()
        self.company.portal_statements_done = False
        Mail = type(self.Mail)

        def look_at_alfa(mails, *_args):
            return mails.env["res.partner"].browse(self.alfa.id)

        with (
            patch.object(Mail, "_has_got", return_value=False),
            patch.object(Mail, "_customers_to_look_at", look_at_alfa),
            patch.object(Mail, "_send") as send,
            mute_logger("odoo.sql_db"),
        ):
            self._run()
            send.assert_not_called()
        self.assertEqual(len(self._sent()), 1)
        self.assertFalse(self.company.portal_statements_done, "the other one says so")
        with (
            self.assertRaises(psycopg2.errors.UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self._sent().copy().flush_recordset()

    def test_one_that_fails_is_tried_again_alone(self):
        self.company.portal_statement_audience = "moved"
        Mail = type(self.Mail)
        send = Mail._send

        def fail(mail):
            if mail.customer_id.id == self.alfa.id:
                raise ZeroDivisionError("no paper")
            return send(mail)

        with (
            patch.object(Mail, "_send", fail),
            mute_logger("odoo.addons.customer_portal_plus.tools.transactions"),
            self.leaving() as messages,
        ):
            self._run()
        self.assertEqual(self._sent().customer_id, self.beta)
        self.assertEqual(len(messages), 1)
        self.assertFalse(self.company.portal_statements_done)
        with self.leaving() as messages:
            self._run()
        self.assertEqual(len(messages), 1)
        self.assertEqual(self._sent().customer_id, self.alfa | self.beta)
        self.assertEqual(self.company.portal_statements_done, self.end)

    def test_no_time_left(self):
        """The job goes on with the others when its process has had its time."""
        self.company.portal_statement_audience = "moved"
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=0):
            self._run()
            self.assertEqual(len(self._sent()), 1)
            self._run()
            self.assertEqual(len(self._sent()), 2)
        self.assertFalse(self.company.portal_statements_done)

    def test_sent_by_hand_since(self):
        values = {
            "company_id": self.company.id,
            "customer_id": self.alfa.id,
            "kind": "movements",
            "begin": self.begin,
            "end": self.end,
        }
        for changed, mails in (
            ({}, 1),  # Nothing but that one.
            ({"begin": self.begin - timedelta(days=40)}, 2),
            ({"end": self.end - timedelta(days=1)}, 2),
            ({"kind": "open"}, 2),
        ):
            with self.subTest(changed=changed):
                self._forget()
                by_hand = self.Mail.create({**values, **changed})
                self._run()
                self.assertEqual(len(self._sent()), mails)
        # Before the month was over, it was another statement.
        self._forget()
        by_hand = self.Mail.create(values)
        by_hand.flush_recordset()
        self.env.cr.execute(
            "UPDATE customer_portal_statement_mail SET create_date = %s WHERE id = %s",
            [self.middle, by_hand.id],
        )
        self._run()
        self.assertEqual(len(self._sent()), 2)

    # === WHAT STAFF SEE === #

    def test_bounce_is_seen(self):
        self._run()
        mail = self._sent().with_user(self.user_accountant)
        undelivered = [("is_undelivered", "=", True), ("id", "in", mail.ids)]
        self.assertFalse(mail.is_undelivered)
        self.assertFalse(mail.search(undelivered))
        message = self._sent().message_ids.filtered("attachment_ids")
        self.assertTrue(message.notification_ids)
        self.env["mail.thread"]._routing_handle_bounce(
            None,
            {
                "bounced_email": self.payable.email,
                "bounced_partner": self.payable,
                "bounced_msg_ids": [message.message_id],
                "bounced_message": message,
                "message_id": "<bounce@example.com>",
                "email_from": "mailer-daemon@example.com",
                "to": "bounce@example.com",
                "subject": "Undelivered",
                "body": "550 No such mailbox",
            },
        )
        self.env.invalidate_all()
        self.assertTrue(mail.is_undelivered)
        self.assertEqual(mail.undelivered_ids, self.payable)
        self.assertEqual(mail.search(undelivered), mail)

    def test_form_of_a_customer(self):
        self.assertTrue(self.alfa.portal_statements_offered)
        self.company.portal_send_statements = False
        self.alfa.invalidate_recordset()
        self.assertFalse(self.alfa.portal_statements_offered)


@tagged("post_install", "-at_install")
class TestStatementLink(ScheduleData, LinkCase):
    """The mails lead their receiver to the same statement, by a mailed code."""

    def _assert_leads_to(self, sent, page):
        [message] = sent
        links = {link for text in self.texts(message) for link in PAGE_LINK.findall(text)}
        [link] = {link for link in links if "/my/statement" in link}
        with self.leaving():
            self.post_form(link.replace("&amp;", "&"))
        challenge = self.env["customer.portal.challenge"].search([], limit=1)
        self.assertEqual(challenge.redirect, page)
        self.assertEqual(challenge.contacts, self.payable.ids)
        self.sign_in(self.user_full)
        shown = self.url_open(link.replace("&amp;", "&"))
        self.assertTrue(shown.url.endswith(page), shown.url)
        for day in re.findall(r"date_\w+=([\d-]+)", page):
            self.assertIn(f'value="{day}"', shown.text)
        self.assertIn(self.owed.name if "open" in page else "Opening balance", shown.text)

    def test_mail_of_the_schedule(self):
        with self.leaving() as sent:
            self._run()
        self._assert_leads_to(
            sent, f"/my/statement?kind=movements&date_end={self.end}&date_begin={self.begin}"
        )

    def test_mail_by_hand(self):
        action = self.alfa.with_user(self.user_accountant).action_portal_statement()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard = wizard.with_user(self.user_accountant)
        wizard.write({"kind": "open", "end": self.end})
        with self.leaving() as sent:
            wizard.action_send()
        self._assert_leads_to(sent, f"/my/statement?kind=open&date_end={self.end}")
