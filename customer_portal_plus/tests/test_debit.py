"""Automatic debit: consent, notice, charge, retry, and what is done without an answer."""

from datetime import timedelta
from unittest.mock import patch

import psycopg2
import requests
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.payment_demo.models.payment_transaction import PaymentTransaction as Demo

from ..models.payment import payment_transaction_debit
from .common.payment import PaymentCase

# As the documentation promises them.
MAX_FAILURES, RETRY_DAYS, PENDING_DAYS, UNANSWERED_MINUTES = 3, 3, 15, 15

JOB = "odoo.addons.customer_portal_plus.models.payment.customer_portal_debit_attempt"
NOTICE = 5


class DebitCase(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"portal_allow_debit": True, "portal_debit_notice_days": NOTICE})
        cls.token = cls._create_token(cls.user_full.partner_id)
        cls.alfa.portal_main_token_id = cls.token
        cls.Attempt = cls.env["customer.portal.debit.attempt"]

    @classmethod
    def _create_token(cls, partner, simulated="done"):
        return cls.env["payment.token"].create(
            {
                "provider_id": cls.provider.id,
                "payment_method_id": cls.method.id,
                "payment_details": "1234",
                "partner_id": partner.id,
                "provider_ref": "demo",
                "demo_simulated_state": simulated,
            }
        )

    @classmethod
    def _agree(cls, user=None):
        Debit = cls.env["customer.portal.debit"]
        contact = (user or cls.user_full).partner_id
        customer = contact.commercial_partner_id
        text = Debit._consent_text(customer, customer.portal_main_token_id)
        return Debit._agree(contact, Debit._text_digest(text))

    def _run(self, days=0, minutes=0):
        """Run the job, so long from now."""
        at = self.now + timedelta(days=days, minutes=minutes)
        self._run_cron("customer.portal.debit", "_cron_debit", at)

    def setUp(self):
        super().setUp()
        self.now = self.env.cr.now()

    def _attempts(self, invoice):
        return self.Attempt.search([("invoice_id", "=", invoice.id)], order="id")

    def _mails_to(self, partner, before=()):
        return self.env["mail.message"].search(
            [
                ("model", "in", ("customer.portal.debit", "customer.portal.debit.attempt")),
                ("message_type", "=", "comment"),
                ("partner_ids", "in", partner.ids),
            ]
        )


@tagged("post_install", "-at_install")
class TestDebitConsent(DebitCase):
    def _digest(self):
        page = self.url_open("/my/pay/debit").text
        return page.split('name="digest" value="')[1].split('"')[0]

    def test_contact_switches_it_on_and_off(self):
        """What was read, who agreed and when is kept, and the log says so."""
        self.sign_in(self.user_full)
        page = self.url_open("/my/pay/debit").text
        self.assertIn("At least 5 days before", page)
        form = {"digest": self._digest(), "agree": "1"}
        answer = self.post_form("/my/pay/debit/on", form, page="/my/pay/debit")
        self.assertIn("Automatic debit is on.", answer.text)
        debit = self.env["customer.portal.debit"].search([("customer_id", "=", self.alfa.id)])
        self.assertEqual(debit.contact_id, self.user_full.partner_id)
        self.assertEqual(debit.token_id, self.token)
        self.assertIn("1234", debit.text)
        self.assertEqual(debit.problem, "")
        event = self.env["customer.portal.event"].search([("kind", "=", "consent")])
        self.assertEqual(event.partner_id, self.user_full.partner_id)
        self.assertIn(debit.text, event.detail)
        self.assertTrue(event.ip_address)
        answer = self.post_form("/my/pay/debit/off", page="/my/pay/debit")
        self.assertIn("Automatic debit is off.", answer.text)
        self.assertEqual(debit.state, "ended")
        self.assertEqual(debit.ended_by_id, self.user_full.partner_id)
        self.assertEqual(
            self.env["customer.portal.event"].search_count([("kind", "=", "consent")]), 2
        )

    def test_consent_needs_the_tick_and_the_text_that_was_read(self):
        self.sign_in(self.user_full)
        digest = self._digest()
        answer = self.post_form("/my/pay/debit/on", {"digest": digest}, page="/my/pay/debit")
        self.assertEqual(answer.status_code, 422)
        self.alfa.portal_main_token_id = self._create_token(self.user_full.partner_id)
        self.token.payment_details = "9999"
        self.alfa.portal_main_token_id = self.token
        form = {"digest": digest, "agree": "1"}
        answer = self.post_form("/my/pay/debit/on", form, page="/my/pay/debit")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("has changed meanwhile", answer.text)
        self.assertFalse(self.env["customer.portal.debit"].search([]))

    def test_without_a_main_method_there_is_nothing_to_agree_to(self):
        self.alfa.portal_main_token_id = False
        self.sign_in(self.user_full)
        page = self.url_open("/my/pay/debit").text
        self.assertIn("/my/payment_method", page)
        self.assertNotIn('name="digest"', page)
        answer = self.post_form("/my/pay/debit/on", {"agree": "1"}, page="/my/account")
        self.assertEqual(answer.status_code, 422)

    def test_others_neither_see_nor_change_it(self):
        """Neither who may not pay, nor who sees only its own documents, nor another customer."""
        debit = self._agree()
        digest = debit._text_digest(debit.text)
        self.user_read_only = self._create_contact_user(
            "Lector", "reader", self.alfa, self.profile_read_only
        )
        for user in (self.user_colleague, self.user_own, self.user_read_only):
            self.sign_in(user)
            self.assertEqual(self.url_open("/my/pay/debit").status_code, 404)
            for act in ("on", "off"):
                answer = self.post_form(
                    f"/my/pay/debit/{act}", {"agree": "1", "digest": digest}, page="/my/account"
                )
                self.assertEqual(answer.status_code, 404, (user.login, act))
        self.beta.portal_main_token_id = self._create_token(self.user_stranger.partner_id)
        for user in (self.user_stranger, self.user_branch):
            self.sign_in(user)
            self.assertNotIn("agreed by", self.url_open("/my/pay/debit").text)
            self.post_form("/my/pay/debit/off", {"debit": debit.id}, page="/my/account")
        self.sign_in(None)
        self.assertIn("/web/login", self.url_open("/my/pay/debit").url)
        self.assertEqual(debit.state, "on")
        self.assertEqual(self.env["customer.portal.debit"].search_count([]), 1)

    def test_customers_reach_no_row_by_rpc(self):
        debit = self._agree()
        for model in ("customer.portal.debit", "customer.portal.debit.attempt"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.user_full).search([])
        with self.assertRaises(AccessError):
            debit.with_user(self.user_full).action_end()
        with self.assertRaises(AccessError):
            debit.with_user(self.user_sales).action_end()
        with self.assertRaises(AccessError):
            debit.with_user(self.user_accountant).write({"state": "ended"})
        self.assertEqual(debit.state, "on")

    def test_staff_end_it_when_the_customer_calls(self):
        debit = self._agree()
        invoice = self._create_invoice(self.alfa, days=-30, due_days=-1)
        self._run()
        debit.with_user(self.user_accountant).action_end()
        self.assertEqual(debit.ended_by_id, self.user_accountant.partner_id)
        self._run(days=NOTICE)
        self.assertEqual(self._attempts(invoice).mapped("state"), ["dropped"])
        self.assertFalse(invoice.transaction_ids)

    def test_it_can_be_ended_while_the_company_offers_it_no_more(self):
        debit = self._agree()
        self.company.portal_allow_debit = False
        self.sign_in(self.user_full)
        self.assertEqual(self.url_open("/my/pay/debit").status_code, 404)
        self.post_form("/my/pay/debit/off", page="/my/account")
        self.assertEqual(debit.state, "ended")


@tagged("post_install", "-at_install")
class TestDebitCharge(DebitCase):
    def test_due_invoice_is_announced_then_charged_once(self):
        self._agree()
        invoice = self._create_invoice(self.alfa, 250.0, days=-30, due_days=3)
        later = self._create_invoice(self.alfa, 80.0, due_days=40)
        other = self._create_invoice(self.beta, 60.0, days=-30, due_days=-3)
        self._run()
        attempt = self._attempts(invoice)
        self.assertEqual(attempt.state, "announced")
        self.assertEqual(attempt.charge_on, self.today + timedelta(days=NOTICE))
        mail = self._mails_to(self.user_full.partner_id)
        self.assertEqual(len(mail), 1)
        self.assertIn(invoice.name, mail.body)
        self.assertIn("250.00", mail.body)
        self._run(days=NOTICE - 1)
        self.assertFalse(invoice.transaction_ids)
        self._run(days=NOTICE)
        self._run(days=NOTICE)
        self._run(days=NOTICE + 1)
        self.assertEqual(attempt.state, "done")
        tx = invoice.transaction_ids
        self.assertEqual((len(tx), tx.state, tx.token_id), (1, "done", self.token))
        self.assertEqual(tx.operation, "offline")
        self._assert_balanced(tx.payment_id)
        self.assertEqual(tx.payment_id.amount, 250.0)
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual(len(self._mails_to(self.user_full.partner_id)), 1)
        self.assertFalse(self._attempts(later) | self._attempts(other))
        self.assertEqual((later.amount_residual, other.amount_residual), (80.0, 60.0))

    def test_only_due_instalments_are_charged(self):
        self._agree()
        invoice = self._create_in_parts(self.alfa, 1000.0, (40, 0), (60, 60), days=-2)
        self._run()
        self._run(days=NOTICE)
        self.assertEqual(invoice.amount_residual, 600.0)
        self.assertEqual(self._attempts(invoice).mapped("amount"), [400.0])
        self._run(days=58 - NOTICE)
        self._run(days=58)
        self.assertEqual(self._attempts(invoice).mapped("amount"), [400.0, 600.0])
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual(invoice.transaction_ids.mapped("amount"), [600.0, 400.0])
        for tx in invoice.transaction_ids:
            self._assert_balanced(tx.payment_id)

    def test_a_later_instalment_is_paid_by_its_own_charge(self):
        """What is charged for the second part settles the second part, the first being open."""
        self._agree()
        invoice = self._create_in_parts(self.alfa, 1000.0, (40, 0), (60, 1), days=-2)
        first, second = invoice.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        ).sorted("date_maturity")
        self._run()
        self._attempts(invoice).filtered(lambda one: one.line_id == first).charge_on += timedelta(
            days=20
        )
        self._run(days=NOTICE)
        self.assertEqual(second.amount_residual, 0.0)
        self.assertEqual(first.amount_residual, 400.0)

    def test_foreign_currency(self):
        """Charged in the invoice's currency; both sides of the ledger balance."""
        self._agree()
        usd = self.env.ref("base.USD")
        eur = self.env.ref("base.EUR")
        foreign = (usd | eur) - self.company.currency_id
        foreign = foreign[:1]
        foreign.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": foreign.id,
                "company_id": self.company.id,
                "rate": 1.25,
                "name": self.today - timedelta(days=60),
            }
        )
        invoice = self._create_invoice(
            self.alfa, 100.0, days=-10, due_days=-1, currency_id=foreign.id
        )
        self._run()
        self._run(days=NOTICE)
        tx = invoice.transaction_ids
        self.assertEqual((tx.amount, tx.currency_id), (100.0, foreign))
        self.assertEqual(invoice.amount_residual, 0.0)
        self._assert_balanced(tx.payment_id)
        self.assertEqual(tx.payment_id.currency_id, foreign)

    def test_currency_that_the_method_does_not_take_is_not_charged(self):
        self._agree()
        foreign = self.env.ref("base.CHF")
        foreign.active = True
        self.provider.available_currency_ids = [Command.set(self.company.currency_id.ids)]
        invoice = self._create_invoice(
            self.alfa, 100.0, days=-10, due_days=-1, currency_id=foreign.id
        )
        self._run()
        self.assertFalse(self._attempts(invoice))

    def test_never_more_than_what_is_open(self):
        """A part paid between notice and charge is not charged again."""
        self._agree()
        invoice = self._create_invoice(self.alfa, 300.0, days=-30, due_days=-1)
        self._run()
        self._confirm(self._create_transaction([(invoice, 120.0)]))
        self._run(days=NOTICE)
        self.assertEqual(self._attempts(invoice).amount, 180.0)
        self.assertEqual(sum(invoice.transaction_ids.mapped("amount")), 300.0)
        self.assertEqual(invoice.amount_residual, 0.0)

    def test_never_more_than_what_was_announced(self):
        """A payment that is undone between notice and charge leaves more to pay than was told."""
        self._agree()
        invoice = self._create_invoice(self.alfa, 300.0, days=-30, due_days=-1)
        payment = self._confirm(self._create_transaction([(invoice, 120.0)]))
        self._run()
        self.assertEqual(self._attempts(invoice).amount, 180.0)
        payment.move_id.line_ids.remove_move_reconcile()
        self.assertEqual(invoice.amount_residual, 300.0)
        self._run(days=NOTICE)
        attempt = self._attempts(invoice)
        self.assertEqual((attempt.state, attempt.amount), ("done", 180.0))
        self.assertEqual(attempt.transaction_id.amount, 180.0)
        self.assertEqual(invoice.amount_residual, 120.0)

    def test_credit_note_set_against_the_invoice_is_not_charged(self):
        self._agree()
        invoice = self._create_invoice(self.alfa, 300.0, days=-30, due_days=-1)
        self._run()
        refund = self._create_invoice(self.alfa, 300.0, "out_refund")
        (invoice | refund).line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        ).reconcile()
        self._run(days=NOTICE)
        self.assertEqual(self._attempts(invoice).mapped("state"), ["dropped"])
        self.assertFalse(invoice.transaction_ids)


@tagged("post_install", "-at_install")
class TestDebitNotCharged(DebitCase):
    """Each reason holds before the notice, and between notice and charge."""

    def setUp(self):
        super().setUp()
        self.debit = self._agree()
        self.before, self.after = (
            self._create_invoice(self.alfa, 100.0, days=-30, due_days=-1) for _ in range(2)
        )

    def _assert_not_charged(self, hinder):
        """Hinder one invoice before the notice and one after it; neither is charged."""
        hinder(self.before)
        self._run()
        self.assertFalse(self._attempts(self.before))
        self.assertEqual(self._attempts(self.after).state, "announced")
        known = self.after.transaction_ids
        hinder(self.after)
        known = (self.after | self.before).transaction_ids
        self._run(days=NOTICE)
        self.assertEqual(self._attempts(self.after).mapped("state"), ["dropped"])
        self.assertTrue(self._attempts(self.after).reason)
        self.assertEqual((self.after | self.before).transaction_ids, known)

    def test_reported_payment(self):
        def report(invoice):
            basket = self.env["customer.portal.basket"]._build(
                self.user_full.partner_id, invoice, online=False
            )
            self.env["customer.portal.payment.report"]._declare(
                self.user_full.partner_id, basket, self.today, "transfer", invoice.name, ""
            )

        self._assert_not_charged(report)

    def test_on_hold(self):
        self._assert_not_charged(lambda invoice: invoice.write({"payment_state": "blocked"}))

    def test_left_out_of_reminders(self):
        self._assert_not_charged(lambda invoice: invoice.write({"no_followup": True}))

    def test_hidden(self):
        self._assert_not_charged(lambda invoice: invoice.write({"portal_visible": False}))

    def test_payment_under_way(self):
        def start(invoice):
            self._create_transaction([(invoice, 100.0)])._set_pending()

        self._assert_not_charged(start)

    def test_payment_page_just_opened(self):
        def open_page(invoice):
            tx = self._create_transaction([(invoice, 100.0)])
            self.env.cr.execute(
                "UPDATE payment_transaction SET create_date = %s WHERE id = %s",
                [self.now + timedelta(days=NOTICE), tx.id],
            )

        self._assert_not_charged(open_page)

    def test_payment_confirmed_but_not_booked_yet(self):
        self._assert_not_charged(
            lambda invoice: self._create_transaction([(invoice, 100.0)])._set_done()
        )

    def _assert_debit_pauses(self, hinder):
        self._run()
        hinder()
        self.debit.invalidate_recordset()
        self.assertTrue(self.debit.problem)
        later = self._create_invoice(self.alfa, 100.0, days=-30, due_days=-1)
        self._run(days=NOTICE)
        self.assertFalse(self._attempts(later))
        for invoice in (self.before, self.after):
            self.assertEqual(self._attempts(invoice).mapped("state"), ["dropped"])
            self.assertFalse(invoice.transaction_ids)

    def test_payment_page_opened_an_hour_ago(self):
        """Until then somebody may still pay on it; a check of a saved method is no payment."""
        tx = self._create_transaction([(self.before, 100.0)])
        for minutes, operation, state, is_paid in (
            (59, "online_direct", "draft", True),
            (61, "online_direct", "draft", False),
            (59, "validation", "draft", False),
            (59, "online_direct", "cancel", False),
            (61, "online_direct", "pending", True),
        ):
            self.env.cr.execute(
                "UPDATE payment_transaction SET create_date = %s, operation = %s, state = %s"
                " WHERE id = %s",
                [self.now - timedelta(minutes=minutes), operation, state, tx.id],
            )
            self.env.invalidate_all()
            self.assertEqual(self.before._portal_is_being_paid(), is_paid, (minutes, state))
            self.assertFalse(self.after._portal_is_being_paid())

    def test_currency_that_the_way_to_pay_does_not_take(self):
        line = self.before.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.assertFalse(self.debit._line_obstacle(line))
        foreign = self.env.ref("base.CHF")
        for supported, is_taken in ((self.company.currency_id | foreign, True), (foreign, False)):
            self.method.supported_currency_ids = [Command.set(supported.ids)]
            self.assertEqual(not self.debit._line_obstacle(line), is_taken)

    def test_each_problem_alone(self):
        """Whatever is not as it was agreed pauses the debit, and nothing else."""
        customer, contact = self.alfa, self.user_full.partner_id
        other = self._create_token(contact)
        for record, name, value in (
            (self.company, "portal_enabled", False),
            (self.company, "portal_allow_payment", False),
            (self.company, "portal_allow_debit", False),
            (self.company, "portal_allow_saved_methods", False),
            (customer, "portal_access", False),
            (customer, "portal_main_token_id", other),
            (self.token, "active", False),
            (self.token, "partner_id", self.user_stranger.partner_id),
            (self.debit, "state", "ended"),
        ):
            before = record[name]
            self.assertEqual(self.debit._find_problem(), "")
            record[name] = value
            self.assertTrue(self.debit._find_problem(), name)
            record[name] = before
        self.assertEqual(self.debit._find_problem(), "")
        # As an import leaves it: Odoo archives its saved methods, too.
        self.env.cr.execute(
            "UPDATE payment_provider SET state = 'disabled' WHERE id = %s", [self.provider.id]
        )
        self.env.invalidate_all()
        self.assertIn("deleted", self.debit._find_problem())

    def test_who_gets_the_notices(self):
        """Who agreed, as long as it is there and of the customer; else the customer."""
        contact = self.user_full.partner_id
        self.assertEqual(self.debit._recipient(), contact)
        contact.email = False
        self.assertEqual(self.debit._recipient(), self.alfa)
        contact.email = "full@example.com"
        self.user_full.active = False
        contact.active = False
        self.assertEqual(self.debit._recipient(), self.alfa)
        contact.active = True
        contact.parent_id = self.beta
        self.assertEqual(self.debit._recipient(), self.alfa)
        self.alfa.email = False
        self.assertFalse(self.debit._recipient())

    def test_what_falls_due_within_the_notice(self):
        """To the day and to the cent; what is hidden, on hold or another's is not charged."""
        due, later = (
            self._create_invoice(self.alfa, 100.0, days=-30, due_days=days)
            for days in (NOTICE, NOTICE + 1)
        )
        cents = self._create_invoice(self.alfa, 0.5, days=-30, due_days=-1)
        self._create_invoice(self.beta, 100.0, days=-30, due_days=-1)
        self._create_invoice(self.alfa, 100.0, "out_refund", days=-30, due_days=-1)
        lines = self.debit._due_lines(self.today + timedelta(days=NOTICE))
        self.assertEqual(lines.move_id, self.before | self.after | due | cents)
        self.before.portal_visible = False
        self.after.no_followup = True
        attempts = self.debit._plan()
        self.assertEqual(attempts.invoice_id, due | cents)
        self.assertEqual(set(attempts.mapped("charge_on")), {self.today + timedelta(days=NOTICE)})
        self.assertEqual(
            [(one.number, one.amount) for one in attempts.sorted("amount")], [(1, 0.5), (1, 100.0)]
        )
        self.assertFalse(self.debit._plan(), "once for each due amount")
        self.assertFalse(self._attempts(later))

    def test_blocked_customer(self):
        self._assert_debit_pauses(lambda: self.alfa.write({"portal_access": False}))

    def test_switched_off_by_the_company(self):
        self._assert_debit_pauses(lambda: self.company.write({"portal_allow_debit": False}))

    def test_paying_switched_off_by_the_company(self):
        self._assert_debit_pauses(lambda: self.company.write({"portal_allow_payment": False}))

    def test_other_main_method(self):
        """The consent is for one method, not for whatever is the main one later."""
        other = self._create_token(self.user_full.partner_id)
        self._assert_debit_pauses(lambda: self.alfa.write({"portal_main_token_id": other.id}))

    def test_deleted_method(self):
        self._assert_debit_pauses(lambda: self.token.write({"active": False}))

    def test_nobody_to_write_to(self):
        def forget():
            (self.alfa | self.user_full.partner_id).email = False

        self._assert_debit_pauses(forget)


@tagged("post_install", "-at_install")
class TestDebitOutcome(DebitCase):
    def setUp(self):
        super().setUp()
        self.debit = self._agree()
        self.invoice = self._create_invoice(
            self.alfa, 100.0, days=-30, due_days=-1, invoice_user_id=self.user_accountant.id
        )

    def test_refused_charge_is_tried_again_a_bounded_number_of_times(self):
        self.token.demo_simulated_state = "error"
        self._run()
        day = NOTICE
        for number in range(1, MAX_FAILURES + 1):
            self._run(days=day)
            attempts = self._attempts(self.invoice)
            self.assertEqual(attempts.mapped("state").count("failed"), number)
            self._run(days=day + RETRY_DAYS - 1)
            self.assertEqual(len(self.invoice.transaction_ids), number)
            day += RETRY_DAYS
        for days in range(day, day + 10):
            self._run(days=days)
        attempts = self._attempts(self.invoice)
        self.assertEqual(attempts.mapped("number"), list(range(1, MAX_FAILURES + 1)))
        self.assertEqual(set(attempts.mapped("state")), {"failed"})
        self.assertEqual(len(self.invoice.transaction_ids), MAX_FAILURES)
        self.assertEqual(self.invoice.amount_residual, 100.0)
        # Both sides are told, once.
        mails = self._mails_to(self.user_full.partner_id)
        self.assertEqual(len(mails), 2)
        self.assertIn(f"/my/pay?invoice={self.invoice.id}", mails[0].body)
        activity = attempts.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.user_accountant)

    def test_refused_once_then_charged(self):
        self.token.demo_simulated_state = "cancel"
        self._run()
        self._run(days=NOTICE)
        self.token.demo_simulated_state = "done"
        self._run(days=NOTICE + RETRY_DAYS)
        self.assertEqual(self._attempts(self.invoice).mapped("state"), ["failed", "done"])
        self.assertEqual(self.invoice.amount_residual, 0.0)

    def test_processing_takes_days(self):
        """A method that answers later is waited for."""
        self.token.demo_simulated_state = "pending"
        self._run()
        self._run(days=NOTICE)
        attempt = self._attempts(self.invoice)
        self.assertEqual(attempt.state, "pending")
        self._run(days=NOTICE + 4)
        self.assertEqual(attempt.state, "pending")
        self.assertEqual(len(self.invoice.transaction_ids), 1)
        self.assertFalse(attempt.activity_ids)
        self._run(days=NOTICE + PENDING_DAYS - 1)
        self.assertEqual(attempt.state, "pending")
        self._run(days=NOTICE + PENDING_DAYS, minutes=1)
        self.assertEqual(attempt.state, "unknown")
        self.invoice.transaction_ids.action_demo_set_done()
        self.invoice.transaction_ids._post_process()
        self.assertEqual(attempt.state, "done")
        self.assertEqual(self.invoice.amount_residual, 0.0)

    def _charge_without_answer(self, error=RuntimeError):
        self._run()
        with patch.object(Demo, "_send_payment_request", side_effect=error), mute_logger(JOB):
            self._run(days=NOTICE)
        attempt = self._attempts(self.invoice)
        self.assertEqual(attempt.state, "unknown")
        self.assertEqual(attempt.activity_ids.user_id, self.user_accountant)
        return attempt

    def test_activity_is_for_those_who_can_settle_it(self):
        """The salesperson of the invoice may not see payments: an accountant is asked, and all
        of them see it."""
        self.invoice.invoice_user_id = self.user_sales
        self._run()
        with patch.object(Demo, "_send_payment_request", side_effect=RuntimeError):
            with mute_logger(JOB):
                self._run(days=NOTICE)
        activity = self._attempts(self.invoice).activity_ids
        self.assertTrue(activity.user_id.has_group("account.group_account_invoice"))
        self.assertIn(self.company, activity.user_id.company_ids)
        accountant = self.user_accountant.copy({"login": "second accountant"})
        for user in (self.user_accountant, accountant):
            seen = self.env["mail.activity"].with_user(user).search([("id", "=", activity.id)])
            self.assertEqual(seen.ids, activity.ids)
        self.assertFalse(
            self.env["mail.activity"].with_user(self.user_sales).search([("id", "=", activity.id)])
        )

    def test_unknown_outcome_is_never_repeated(self):
        attempt = self._charge_without_answer()
        for days in range(NOTICE, NOTICE + 20):
            self._run(days=days)
        self.assertEqual(attempt.state, "unknown")
        self.assertEqual(len(self.invoice.transaction_ids), 1)
        self.assertEqual(len(attempt.activity_ids), 1)
        # Nobody else can pay it meanwhile, either.
        self.assertFalse(self.invoice._has_to_be_paid())

    def test_staff_find_out_that_it_was_charged(self):
        attempt = self._charge_without_answer()
        with self.assertRaises(AccessError):
            attempt.with_user(self.user_sales).action_was_charged()
        attempt.with_user(self.user_accountant).action_was_charged()
        self.assertEqual(attempt.state, "done")
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self._assert_balanced(self.invoice.transaction_ids.payment_id)
        self.assertFalse(attempt.activity_ids)
        with self.assertRaises(UserError):
            attempt.with_user(self.user_accountant).action_was_not_charged()

    def test_staff_find_out_that_it_was_not_charged(self):
        attempt = self._charge_without_answer()
        attempt.with_user(self.user_accountant).action_was_not_charged()
        self.assertEqual(self._attempts(self.invoice).mapped("state"), ["failed", "announced"])
        self._run(days=NOTICE + RETRY_DAYS)
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertEqual(sorted(self.invoice.transaction_ids.mapped("state")), ["done", "error"])

    def test_provider_answers_late(self):
        attempt = self._charge_without_answer()
        self.invoice.transaction_ids._process(
            "demo", {"reference": self.invoice.transaction_ids.reference, "simulated_state": "done"}
        )
        self._run(days=NOTICE)
        self.assertEqual(attempt.state, "done")
        self.assertEqual(self.invoice.amount_residual, 0.0)

    def _set_state(self, attempt, state, tx_state="pending"):
        """Write a state as it may be found, whatever led to it."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE customer_portal_debit_attempt SET state = %s WHERE id = %s",
            [state, attempt.id],
        )
        self.env.cr.execute(
            "UPDATE payment_transaction SET state = %s WHERE id = %s",
            [tx_state, attempt.transaction_id.id or 0],
        )
        self.env.invalidate_all()

    def test_charges_that_hold_up_an_invoice(self):
        """From the notice on, until its outcome is known."""
        self._run()
        attempt = self._attempts(self.invoice)
        for state, holds in (
            ("announced", True), ("sent", True), ("pending", True), ("unknown", True),
            ("done", False), ("failed", False), ("dropped", False),
        ):  # fmt: skip
            self._set_state(attempt, state)
            self.assertEqual(bool(self.invoice._portal_covered()), holds, state)
            self.assertEqual(bool(self.invoice._portal_coverings()), holds, state)

    def _claimed(self):
        """Return a charge that was sent and has no answer."""
        self._run()
        attempt = self._attempts(self.invoice)
        with freeze_time(self.now + timedelta(days=NOTICE)):
            self.assertTrue(attempt._claim())
        return attempt

    def test_what_the_provider_says_is_taken_over_once(self):
        """While the outcome is waited for, whatever state the charge is in."""
        attempt = self._claimed()
        for state, said, then in (
            ("sent", "done", "done"), ("pending", "done", "done"), ("unknown", "done", "done"),
            ("announced", "done", "announced"), ("dropped", "done", "dropped"),
            ("failed", "done", "failed"), ("sent", "pending", "sent"),
            ("sent", "cancel", "failed"), ("unknown", "error", "failed"),
        ):  # fmt: skip
            self._set_state(attempt, state, said)
            attempt._follow()
            self.assertEqual(attempt.state, then, (state, said))
            (self._attempts(self.invoice) - attempt).unlink()
        self.assertEqual(attempt.reason, "Refused by the provider.")

    def test_no_further_try_after_it_was_ended(self):
        """Then people take over: those of the customer, where nobody is for the invoice."""
        second = self.user_accountant.copy({"login": "portal_test_second"})
        self.invoice.invoice_user_id = False
        self.alfa.user_id = second
        attempt = self._claimed()
        self.debit._end(self.user_full.partner_id)
        self.assertEqual(attempt.state, "sent", "what was sent is followed all the same")
        attempt._set_failed("No funds")
        self.assertEqual(self._attempts(self.invoice), attempt)
        self.assertEqual((attempt.state, attempt.reason), ("failed", "No funds"))
        self.assertEqual(attempt.activity_ids.user_id, second)

    def test_what_the_page_lists(self):
        """The newest twenty; what is announced says whether it was tried before."""
        values = {
            "debit_id": self.debit.id, "invoice_id": self.invoice.id, "due_date": self.today,
            "amount": 1.0, "charge_on": self.today,
        }  # fmt: skip
        done = self.Attempt.create(
            [{**values, "number": number, "state": "done"} for number in range(21)]
        )
        self.Attempt.create({**values, "number": 1, "state": "dropped"})
        hidden = self._create_invoice(self.alfa, 5.0)
        hidden.portal_visible = False
        self.Attempt.create({**values, "number": 1, "state": "done", "invoice_id": hidden.id})
        charges = self.debit._portal_charges()
        self.assertEqual([charge["invoice"] for charge in charges], [self.invoice.name] * 20)
        done[-1].amount = 7.0
        done[0].amount = 9.0
        amounts = [charge["amount"] for charge in self.debit._portal_charges()]
        self.assertEqual(amounts, [7.0, *[1.0] * 19])
        for days in range(4):
            self.Attempt.create(
                {
                    **values, "number": 1 + days % 2, "state": "announced",
                    "charge_on": self.today + timedelta(days=days),
                }
            )  # fmt: skip
        upcoming = self.debit._portal_upcoming()
        self.assertEqual([one["is_retry"] for one in upcoming], [False, True, False, True])
        told = self.Attempt._portal_announcements(Domain("id", "=", self.invoice.id))
        self.assertEqual(len(told), 3, "the next days alone")
        self.assertFalse(self.Attempt._portal_announcements(Domain("id", "=", hidden.id)))

    def test_what_may_have_reached_the_provider(self):
        """Whatever failed after it was sent, but for a clear refusal."""

        def answer(status):
            response = requests.Response()
            response.status_code = status
            return requests.exceptions.HTTPError(response=response)

        for error, may_be in (
            (requests.exceptions.ConnectTimeout(), False),
            (requests.exceptions.ReadTimeout(), True),
            (requests.exceptions.ConnectionError(), True),
            (requests.exceptions.HTTPError(), True),
            (answer(400), False), (answer(499), False), (answer(500), True), (answer(503), True),
            (ValueError(), False), (None, False),
        ):  # fmt: skip
            self.assertEqual(payment_transaction_debit._may_be_carried_out(error), may_be, error)

    def test_request_that_timed_out_is_not_taken_for_refused(self):
        """Core takes every failed request for a refusal."""

        def send(tx):
            tx._send_api_request("POST", "/charge")

        for error, state in (
            (requests.exceptions.ReadTimeout, "unknown"),
            (requests.exceptions.ConnectionError, "unknown"),
            (requests.exceptions.ConnectTimeout, "failed"),
        ):
            with self.subTest(error=error.__name__):
                invoice = self._create_invoice(self.alfa, 100.0, days=-30, due_days=-1)
                self._run()
                with (
                    patch.object(Demo, "_send_payment_request", send),
                    patch(
                        "odoo.addons.payment.models.payment_provider.requests.request",
                        side_effect=error,
                    ),
                    mute_logger(JOB),
                ):
                    self._run(days=NOTICE)
                self.assertEqual(self._attempts(invoice)[:1].state, state)

    def test_process_that_died_leaves_a_charge_to_find_out(self):
        """What was sent and never answered is left alone at first, then asked for."""
        self._run()
        attempt = self._attempts(self.invoice)
        with freeze_time(self.now + timedelta(days=NOTICE)):
            attempt._claim()  # as far as the process got
        self.assertEqual(attempt.state, "sent")
        self._run(days=NOTICE, minutes=UNANSWERED_MINUTES - 1)
        self.assertEqual(attempt.state, "sent")
        self._run(days=NOTICE, minutes=UNANSWERED_MINUTES + 0.5)
        self.assertEqual(attempt.state, "unknown")
        self.assertEqual(len(self.invoice.transaction_ids), 1)

    def test_charge_that_another_process_has_sent_is_left_to_it(self):
        """Also while that process has not written down the answer yet."""
        self._run()
        attempt = self._attempts(self.invoice)
        with freeze_time(self.now + timedelta(days=NOTICE)):
            attempt._claim()
        with patch.object(Demo, "_send_payment_request") as send:
            with self.registry.cursor() as cr:
                self.env.flush_all()
                attempt.with_env(self.env(cr=cr))._charge()
            send.assert_not_called()
        self.env.invalidate_all()
        self.assertEqual(attempt.state, "sent")

    def test_database_refuses_a_second_row(self):
        self._run()
        attempt = self._attempts(self.invoice)
        for values in ({}, {"number": 2}):
            with (
                self.assertRaises(psycopg2.errors.UniqueViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                attempt.copy(
                    {
                        "debit_id": attempt.debit_id.id,
                        "invoice_id": attempt.invoice_id.id,
                        "line_id": attempt.line_id.id,
                        "number": 1,
                        **values,
                    }
                ).flush_recordset()

    def test_pages_show_what_comes_and_what_was(self):
        self._run()
        self.sign_in(self.user_full)
        page = self.url_open("/my/pay/debit").text
        self.assertIn("Announced", page)
        self.assertIn(self.invoice.name, page)
        self._run(days=NOTICE)
        page = self.url_open("/my/pay/debit").text
        self.assertIn("Charges so far", page)
        self.assertIn("100.00", page)


@tagged("post_install", "-at_install")
class TestDebitAnnounced(DebitCase):
    """What pays itself is not asked for: home, list, page and basket say when it does."""

    def setUp(self):
        super().setUp()
        self.debit = self._agree()
        self.invoice = self._create_invoice(self.alfa, 100.0, days=-30, due_days=-5)
        self._run()
        self.day = (self.today + timedelta(days=NOTICE)).strftime("%m/%d/%Y")
        self.sign_in(self.user_full)

    def _page(self, url):
        return self.url_open(url).text.replace("\u00a0", " ")

    def _row(self, invoice):
        """Return the row of an invoice in the list of all."""
        page = self._page("/my/invoices")
        return next(row for row in page.split("<tr>") if f">{invoice.name}<" in row)

    def test_home(self):
        page = self._page("/my")
        self.assertIn(f"$ 100.00 will be charged automatically on {self.day}", page)
        for key in ("overdue", "pending"):
            self.assertNotIn(f'data-todo="{key}"', page)
        self.assertNotIn('data-balance="overdue"', page)
        self.assertNotIn("/my/pay?select=", page)
        self.assertIn('data-balance="covered"', page)
        [entry] = self.env["account.move"]._portal_account(self.user_full.partner_id, self.company)
        self.assertEqual(
            {key: entry[key] for key in ("pending", "covered", "overdue", "next_due")},
            {"pending": 100.0, "covered": 100.0, "overdue": 0.0, "next_due": None},
        )

    def test_home_with_something_else_overdue(self):
        """What pays itself is neither in the sum that is overdue nor in the number."""
        self._create_invoice(self.alfa, 30.0, days=-30, due_days=-2)
        self._create_invoice(self.alfa, 20.0, due_days=9)
        page = self._page("/my")
        self.assertIn("1 overdue invoice", page)
        self.assertIn("1 invoice to pay, not yet due", page)
        self.assertIn("/my/pay?select=overdue", page)
        [entry] = self.env["account.move"]._portal_account(self.user_full.partner_id, self.company)
        self.assertEqual(
            {key: entry[key] for key in ("pending", "covered", "overdue", "overdue_count")},
            {"pending": 150.0, "covered": 100.0, "overdue": 30.0, "overdue_count": 1},
        )
        self.assertEqual(entry["next_due"], self.today + timedelta(days=9))

    def test_home_of_others(self):
        own = self._create_invoice(self.user_own.partner_id, 40.0, days=-30, due_days=-2)
        self._run()
        self.assertEqual(self._attempts(own).state, "announced")
        self.sign_in(self.user_own)
        page = self._page("/my")
        self.assertIn(f"$ 40.00 will be charged automatically on {self.day}", page)
        self.assertNotIn("/my/pay/debit", page)  # It sees its own documents only.
        for user in (self.user_stranger, self.user_branch, self.user_colleague):
            self.sign_in(user)
            self.assertNotIn("charged automatically", self._page("/my"), user.login)

    def test_list(self):
        row = self._row(self.invoice)
        self.assertIn(f"Charged on {self.day}", row)
        for pressing in ("Overdue", "text-danger", "payment=True"):
            self.assertNotIn(pressing, row)
        self.assertNotIn(self.invoice.name, self._page("/my/invoices?filterby=overdue"))
        self.assertIn(self.invoice.name, self._page("/my/invoices?filterby=pending"))

    def test_page(self):
        page = self._page(f"/my/invoices/{self.invoice.id}")
        self.assertIn(f"$ 100.00 will be charged automatically on {self.day}.", page)
        self.assertNotIn("left to pay", page)
        self.assertNotIn("o_portal_sidebar_timeago", page)

    def test_basket(self):
        other = self._create_invoice(self.alfa, 30.0, days=-30, due_days=-2)
        for select in ("all", "overdue"):
            page = self._page(f"/my/pay?select={select}")
            self.assertIn(f"$ 100.00 will be charged automatically on {self.day}.", page)
            box = page.split(f'id="invoice_{self.invoice.id}"')[1].split("/>")[0]
            self.assertNotIn("checked", box)
            box = page.split(f'id="invoice_{other.id}"')[1].split("/>")[0]
            self.assertIn("checked", box)
        for everything in ("all", "overdue"):
            self.post_form("/my/pay/choose", {"everything": everything}, page="/my/pay")
            basket = self.env["customer.portal.basket"].search([], order="id desc", limit=1)
            self.assertEqual(basket.line_ids.invoice_id, other)

    def test_asked_for_again_when_it_does_not_pay_itself(self):
        self.debit._end(self.user_full.partner_id)
        self.env.flush_all()
        self.assertIn("Overdue", self._row(self.invoice))
        self.assertIn(self.invoice.name, self._page("/my/invoices?filterby=overdue"))
        page = self._page("/my")
        self.assertIn('data-balance="overdue"', page)
        self.assertNotIn("charged automatically", page)

    def test_being_charged(self):
        self.token.demo_simulated_state = "pending"
        self._run(days=NOTICE)
        self.assertEqual(self._attempts(self.invoice).state, "pending")
        self.assertIn("Payment being processed", self._row(self.invoice))
        self.assertNotIn(self.invoice.name, self._page("/my/invoices?filterby=overdue"))
        self.assertNotIn("charged automatically", self._page("/my"))

    def test_refused_once_and_announced_again(self):
        """Only the charge that is to come is told of, and of no other invoice."""
        self._create_invoice(self.alfa, 30.0, days=-30, due_days=-2)
        self._run()
        self.token.demo_simulated_state = "error"
        self._run(days=NOTICE)
        attempts = self._attempts(self.invoice)
        self.assertEqual(attempts.mapped("state"), ["failed", "announced"])
        coverings = self.invoice._portal_coverings()
        self.assertEqual(list(coverings), self.invoice.ids)
        [covering] = coverings[self.invoice.id]
        self.assertEqual((covering["kind"], covering["date"]), ("debit", attempts[1].charge_on))

    def test_only_the_instalment_that_is_announced(self):
        invoice = self._create_in_parts(self.alfa, 80.0, (50, 5), (50, 60), days=-30)
        self._run()
        [covering] = invoice._portal_coverings()[invoice.id]
        self.assertEqual((covering["kind"], covering["amount"]), ("debit", 40.0))
        page = self._page(f"/my/invoices/{invoice.id}")
        self.assertIn(f"$ 40.00 will be charged automatically on {self.day}.", page)
        self.assertIn("$ 40.00", page)
        [entry] = self.env["account.move"]._portal_account(self.user_full.partner_id, self.company)
        self.assertEqual((entry["pending"], entry["covered"]), (180.0, 140.0))
        self.assertEqual(entry["pending_count"] - entry["covered_count"], 1)
