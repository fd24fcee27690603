"""Payment reminders: by the company's schedule, one mail a day, never without need."""

from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common.payment import PaymentCase


class ReminderCase(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.portal_send_reminders = True
        cls.Mail = cls.env["customer.portal.reminder.mail"]
        cls.levels = cls.env["customer.portal.reminder"].search(
            [("company_id", "=", cls.company.id)]
        )
        cls.env["account.move"].search([("state", "=", "posted")]).no_followup = True

    def setUp(self):
        super().setUp()
        self.now = self.env.cr.now()

    def _run(self, days=0):
        """Run the job, so many days from now."""
        at = self.now + timedelta(days=days)
        self._run_cron("customer.portal.reminder", "_cron_remind", at)

    def _mails(self, customer=None):
        return self.Mail.search([("customer_id", "=", (customer or self.alfa).id)], order="id")

    def _message(self, mail):
        return mail.message_ids.filtered(lambda message: message.message_type == "comment")


@tagged("post_install", "-at_install")
class TestReminder(ReminderCase):
    def test_off_until_it_is_switched_on(self):
        self.company.portal_send_reminders = False
        self._create_invoice(self.alfa, days=-30, due_days=-5)
        self._run()
        self.assertFalse(self._mails())

    def test_switching_it_on_brings_a_schedule_once(self):
        self.assertEqual(self.levels.mapped("days"), [-3, 3, 15, 30])
        self.levels.active = False
        self.company.portal_send_reminders = False
        self.company.portal_send_reminders = True
        self.assertFalse(
            self.env["customer.portal.reminder"].search([("company_id", "=", self.company.id)])
        )

    def test_one_mail_with_all_that_is_due(self):
        """All invoices of the customer in one mail, to who sees them, with the pay link."""
        first = self._create_invoice(self.alfa, 100.0, days=-30, due_days=-5)
        second = self._create_invoice(self.user_own.partner_id, 50.0, days=-30, due_days=-1)
        soon = self._create_invoice(self.alfa, 70.0, due_days=20)
        self._run()
        mail = self._mails()
        self.assertEqual(mail.line_ids.invoice_id, first | second)
        self.assertEqual(mail.level, "First reminder")
        # The colleague has no right to invoices, the delegate sees only its own.
        self.assertEqual(mail.recipient_ids, self.user_full.partner_id)
        message = self._message(mail)
        self.assertIn("150.00", message.subject)
        for text in (first.name, second.name, "/my/pay?select=overdue", first.access_url):
            self.assertIn(text, message.body)
        self.assertNotIn(soon.name, message.body)
        self.assertNotIn("access_token", message.body)
        self.assertEqual(first.portal_reminder_level, "First reminder")
        self.assertEqual(first.portal_reminded_on, self.today)
        self.assertFalse(second.portal_reminder_level)
        self.assertEqual(second.portal_reminded_on, self.today)
        self.assertFalse(soon.portal_reminded_on)

    def test_twice_on_one_day_is_once(self):
        self._create_invoice(self.alfa, days=-30, due_days=-5)
        self._run()
        # Another level is reached, too: still one mail a day.
        self._create_invoice(self.alfa, days=-30, due_days=-9)
        self._run()
        self.assertEqual(len(self._mails()), 1)
        self._run(days=1)
        self.assertEqual(len(self._mails()), 2)

    def test_no_time_left(self):
        """The job goes on with the others when its process has had its time."""
        both = self.alfa | self.beta
        for customer in both:
            self._create_invoice(customer, days=-30, due_days=-5)
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=0):
            self._run()
        self.assertEqual(len(self.Mail.search([("customer_id", "in", both.ids)])), 1)
        self._run()
        self.assertEqual([len(self._mails(one)) for one in both], [1, 1])

    def test_two_workers_at_once(self):
        """The second process does not see the first one's row: the database refuses its own."""
        self._create_invoice(self.alfa, days=-30, due_days=-5)
        self._run()
        Mail = type(self.Mail)
        with (
            patch.object(Mail, "search_count", return_value=0),
            patch.object(type(self.levels), "_next_level", lambda levels, *_args: levels[:1]),
            patch.object(Mail, "_send") as send,
            mute_logger("odoo.sql_db"),
        ):
            self._run()
            send.assert_not_called()
        self.assertEqual(len(self._mails()), 1)
        with (
            self.assertRaises(psycopg2.errors.UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self._mails().copy().flush_recordset()

    def test_levels_follow_one_another(self):
        invoice = self._create_invoice(self.alfa, days=-10, due_days=3)
        seen = {}
        for day in range(0, 45):
            before = len(self._mails())
            self._run(days=day)
            if len(self._mails()) > before:
                seen[day - 3] = self._mails()[-1].level
        self.assertEqual(
            seen,
            {
                -3: "Before the due date",
                3: "First reminder",
                15: "Second reminder",
                30: "Last reminder",
            },
        )
        self.assertEqual(invoice.portal_reminder_level, "Last reminder")

    def test_which_level_is_next(self):
        """By the days since the due date, and the levels sent with the days since then."""
        for age, sent, expected in (
            (-4, [], False), (-3, [], -3), (-1, [], -3), (-3, [(-3, 0)], False),
            (-1, [(-3, 2)], False), (0, [], False), (2, [], False), (3, [], 3),
            (3, [(-3, 6)], 3), (3, [(3, 0)], False), (14, [(3, 11)], False),
            (15, [(3, 11)], False), (15, [(3, 12)], 15), (200, [], 3), (200, [(3, 11)], False),
            (200, [(3, 12)], 15), (200, [(3, 40), (15, 14)], False),
            (200, [(3, 40), (15, 15)], 30), (200, [(15, 15), (-3, 1)], 30),
            (900, [(3, 99), (15, 80), (30, 60)], False), (-3, [(3, 9)], False),
        ):  # fmt: skip
            level = self.levels._next_level(age, sent)
            self.assertEqual(level.days if level else False, expected, (age, sent))
        # With one on the day before, and one on the day itself.
        before, on_the_day = (
            self.levels[0].copy({"name": "One more", "days": days}) for days in (-1, 0)
        )
        levels = self.levels | before | on_the_day
        for age, sent, expected in (
            (-2, [], "Before the due date"), (-1, [], "One more"),
            (-1, [(-3, 2), (-1, 0)], False), (0, [], "One more"), (5, [(0, 5)], "First reminder"),
        ):  # fmt: skip
            self.assertEqual(levels._next_level(age, sent).name, expected, (age, sent))
        self.assertFalse((self.levels | before)._next_level(0, []))

    def test_what_is_paid_of_an_invoice(self):
        """An instalment that is paid is not named beside the one that is not."""
        invoice = self._create_in_parts(self.alfa, 1000.0, (40, 0), (60, 5), days=-20)
        self._confirm(self._create_transaction([(invoice, 400.0)]))
        cents = self._create_invoice(self.alfa, 0.5, days=-30, due_days=-2)
        self._run()
        self.assertEqual(self._mails().line_ids.mapped("amount"), [600.0, 0.5])
        mentioned = self._mails().line_ids.filtered(lambda line: line.invoice_id == cents)
        self.assertEqual((mentioned.level, mentioned.days), (False, 0))

    def test_what_is_due_today_is_not_in_the_mail(self):
        """Nor is it overdue anywhere in it."""
        overdue = self._create_invoice(self.alfa, 100.0, days=-30, due_days=-3)
        yesterday = self._create_invoice(self.alfa, 20.0, days=-30, due_days=-1)
        self._create_invoice(self.alfa, 7.0, days=-30, due_days=0)
        self._run()
        mail = self._mails()
        self.assertEqual(mail.line_ids.invoice_id, overdue | yesterday)
        self.assertEqual([row["is_overdue"] for row in mail._portal_rows()], [True, True])
        for today, after, page in (
            (0, "/my/pay?select=overdue", "/my/invoices?filterby=overdue"),
            (-1, "/my/pay?select=overdue", "/my/invoices?filterby=overdue"),
            (-3, "/my/pay?select=all", "/my/invoices?filterby=pending"),
        ):
            # On its day, an amount is not overdue yet.
            mail.date = self.today + timedelta(days=today)
            self.company.portal_allow_payment = True
            self.assertTrue(mail._portal_url().endswith(after), today)
            self.company.portal_allow_payment = False
            self.assertTrue(mail._portal_url().endswith(page), today)

    def test_long_overdue_invoice_starts_with_the_first_level(self):
        self._create_invoice(self.alfa, days=-300, due_days=-200)
        self._run()
        self.assertEqual(self._mails().level, "First reminder")
        for day in range(1, 12):
            self._run(days=day)
        self.assertEqual(len(self._mails()), 1)
        self._run(days=12)
        self.assertEqual(self._mails()[-1].level, "Second reminder")

    def test_instalments(self):
        """What is not due of an invoice is not reminded of."""
        self._create_in_parts(self.alfa, 1000.0, (40, 0), (60, 60), days=-5)
        self._run()
        self.assertEqual(self._mails().line_ids.mapped("amount"), [400.0])

    def test_two_currencies_in_one_mail(self):
        foreign = self.env.ref("base.CHF")
        foreign.active = True
        self._create_invoice(self.alfa, 100.0, days=-30, due_days=-5)
        self._create_invoice(self.alfa, 30.0, days=-30, due_days=-5, currency_id=foreign.id)
        self._run()
        self.assertEqual(len(self._mails()), 1)
        self.assertIn("30.00", self._mails()._portal_totals())
        self.assertIn("100.00", self._mails()._portal_totals())

    def test_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("es_ES")
        template = self.env.ref("customer_portal_plus.mail_template_reminder_overdue")
        template.with_context(lang="es_ES").subject = "Recordatorio: {{ object._portal_totals() }}"
        self.alfa.lang = "es_ES"
        self._create_invoice(self.alfa, days=-30, due_days=-5)
        self._run()
        self.assertIn("Recordatorio", self._message(self._mails()).subject)

    def test_page_of_the_invoice_says_when(self):
        invoice = self._create_invoice(self.alfa, days=-30, due_days=-5)
        self.sign_in(self.user_full)
        self.assertNotIn("Last reminder sent on", self.url_open(invoice.access_url).text)
        self._run()
        self.assertIn("Last reminder sent on", self.url_open(invoice.access_url).text)

    def test_button_leads_to_the_invoices_where_nobody_pays_online(self):
        self.company.portal_allow_payment = False
        self._create_invoice(self.alfa, days=-30, due_days=-5)
        self._run()
        body = self._message(self._mails()).body
        self.assertIn("/my/invoices?filterby=overdue", body)
        self.assertNotIn("/my/pay", body)


@tagged("post_install", "-at_install")
class TestNoReminder(ReminderCase):
    def setUp(self):
        super().setUp()
        self.invoice = self._create_invoice(self.alfa, days=-30, due_days=-5)

    def _assert_no_reminder(self):
        self._run()
        self.assertFalse(self._mails())

    def test_reported_payment(self):
        basket = self.env["customer.portal.basket"]._build(
            self.user_full.partner_id, self.invoice, online=False
        )
        report = self.env["customer.portal.payment.report"]._declare(
            self.user_full.partner_id, basket, self.today, "transfer", "X-1", ""
        )
        self._assert_no_reminder()
        report._refuse("It did not arrive.")
        self._run()
        self.assertEqual(self._mails().line_ids.invoice_id, self.invoice)

    def test_promised_transfer_is_waited_for_some_days(self):
        tx = self._create_transaction([(self.invoice, 100.0)])
        wire = self.env["payment.provider"].search([("code", "=", "custom")], limit=1)
        self.assertTrue(wire, "the development databases have the wire transfer")
        tx.provider_id = wire
        tx._set_pending()
        self._assert_no_reminder()
        self._run(days=15)
        self.assertEqual(len(self._mails()), 1)

    def test_payment_under_way(self):
        self._create_transaction([(self.invoice, 100.0)])._set_pending()
        self._assert_no_reminder()
        self._run(days=30)
        self.assertFalse(self._mails())

    def test_announced_debit(self):
        self._announce_debit(self.invoice, 100.0)
        self._assert_no_reminder()

    def test_credit_notes(self):
        """Credit notes are not reminded of, nor what they cover."""
        self._create_invoice(self.alfa, 60.0, "out_refund", days=-30, due_days=-5)
        self._run()
        self.assertEqual(self._mails().line_ids.mapped("amount"), [100.0])
        self._create_invoice(self.beta, 60.0, "out_refund", days=-30, due_days=-5)
        self._run()
        self.assertFalse(self._mails(self.beta))

    def test_open_credit_that_covers_all(self):
        credit = self._create_invoice(self.alfa, 99.99, "out_refund", days=-30, due_days=-5)
        lines = self.invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.assertFalse(self.levels._is_covered(self.alfa, lines))
        foreign = self._foreign_currency()
        self._create_invoice(self.alfa, 500.0, "out_refund", currency_id=foreign.id)
        self.assertFalse(self.levels._is_covered(self.alfa, lines), "not in another currency")
        credit.button_draft()
        credit.button_cancel()
        self._create_invoice(self.alfa, 100.0, "out_refund", days=-30, due_days=-5)
        self.assertTrue(self.levels._is_covered(self.alfa, lines))
        self._assert_no_reminder()

    def test_hidden_invoice(self):
        self.invoice.portal_visible = False
        self._assert_no_reminder()

    def test_on_hold(self):
        self.invoice.payment_state = "blocked"
        self._assert_no_reminder()

    def test_left_out_of_follow_ups(self):
        self.invoice.no_followup = True
        self._assert_no_reminder()

    def test_paid(self):
        self._confirm(self._create_transaction([(self.invoice, 100.0)]))
        self._assert_no_reminder()

    def test_blocked_customer(self):
        self.alfa.portal_access = False
        self._assert_no_reminder()

    def test_portal_switched_off(self):
        self.company.portal_enabled = False
        self._assert_no_reminder()

    def test_nobody_with_the_right(self):
        """Contacts without the right to invoices are never reminded, nor is who wants none."""
        self.user_full.partner_id.portal_profile_id = self.profile_purchasing
        self.alfa.portal_profile_id = self.profile_purchasing
        self._assert_no_reminder()
        self.user_full.partner_id.portal_profile_id = self.profile_accounting
        self.user_full.partner_id.portal_mail_reminder = False
        self._assert_no_reminder()
        self.user_full.partner_id.portal_mail_reminder = True
        self._run()
        self.assertEqual(self._mails().recipient_ids, self.user_full.partner_id)

    def test_address_for_invoices_comes_first(self):
        address = self.env["res.partner"].create(
            {
                "name": "Facturas",
                "type": "invoice",
                "parent_id": self.alfa.id,
                "email": "facturas@alfa.example.com",
            }
        )
        self._run()
        self.assertEqual(self._mails().recipient_ids, address)

    def test_other_company_s_schedule(self):
        other = self.env["res.company"].create({"name": "Other"})
        other.portal_send_reminders = True
        self.company.portal_send_reminders = False
        self._assert_no_reminder()

    def test_customers_read_no_row(self):
        self._run()
        for model in ("", ".mail", ".line"):
            self.assertFalse(
                self.env[f"customer.portal.reminder{model}"]
                .with_user(self.user_full)
                .has_access("read")
            )
