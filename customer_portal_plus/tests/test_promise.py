"""Promises to pay: within the company's policy, what waits for them, and what became of them."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.settlement import customer_portal_promise
from .common.settlement import SettlementCase


@tagged("post_install", "-at_install")
class TestPromise(SettlementCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "portal_allow_promises": True,
                "portal_promise_days": 10,
                "portal_promise_grace": 2,
                "portal_promise_times": 2,
            }
        )

    def _send(self, *invoices, days=7, **values):
        """Post the form as the one who is signed in; by default one invoice, in a week."""
        data = {
            "invoice": [invoice.id for invoice in invoices or self.invoice],
            "day": (self.today + timedelta(days=days)).isoformat(),
            **values,
        }
        return self.post_form("/my/promises/send", data, page="/my/account")

    def _promise(self, days=7):
        return self.env["customer.portal.promise"]._portal_make(
            self.contact, self.invoice, self.today + timedelta(days=days)
        )

    def _promises(self):
        return self.env["customer.portal.promise"].search([])

    def _follow(self, days=0):
        self._run_job("customer.portal.promise", "_cron_follow", days)

    def _pay(self, amount):
        self._confirm(self._create_transaction([(self.invoice, amount)]))

    def test_many_invoices_on_one_day(self):
        later = self._create_invoice(self.alfa, 50.0, due_days=20)
        self.sign_in(self.user_full)
        invoice_url = f"/my/invoices/{self.invoice.id}"
        self.assertIn("/my/promises?invoice=", self.url_open(invoice_url).text)
        answer = self._send(self.invoice, later)
        self.assertIn("We wait until that day", answer.text)
        self.assertIn("Waited for", answer.text)
        promise = self._promises()
        self.assertEqual((promise.amount, promise.contact_id), (150.0, self.contact))
        self.assertEqual(promise.line_ids.invoice_id, self.invoice | later)
        self.assertEqual(promise.date, self.today + timedelta(days=7))
        self.assertEqual(promise.waits_until, self.today + timedelta(days=9))
        page = self.url_open(invoice_url).text
        self.assertIn("We send no", page)
        self.assertNotIn("/my/promises?invoice=", page)
        events = self.env["customer.portal.event"].search([("detail", "ilike", "Promised:")])
        self.assertEqual(set(events.mapped("res_id")), {self.invoice.id, later.id})
        self.assertEqual(events.partner_id, self.contact)
        # It is asked for as before: nothing is paid by a promise.
        self.assertEqual(self._asked(), 100.0)

    def test_bad_input_promises_nothing(self):
        self.sign_in(self.user_full)
        foreign = self._create_invoice(self.beta)
        paid = self._create_invoice(self.alfa)
        self._confirm(self._create_transaction([(paid, 100.0)]))
        cancelled = self._create_invoice(self.alfa)
        cancelled.button_draft()
        cancelled.button_cancel()
        for invoices, values in (
            ([self.invoice], {"days": -1}),
            ([self.invoice], {"days": 11}),
            ([self.invoice], {"day": "9999-12-31"}),
            ([self.invoice], {"day": "0001-01-01"}),
            ([self.invoice], {"day": "soon"}),
            ([self.invoice], {"day": ""}),
            ([self.invoice], {"invoice": []}),
            ([self.invoice], {"invoice": "x"}),
            ([self.invoice, foreign], {}),
            ([self.invoice, paid], {}),
            ([self.invoice, cancelled], {}),
        ):
            answer = self._send(*invoices, **values)
            self.assertEqual(answer.status_code, 422, (invoices, values))
            self.assertFalse(self._promises(), (invoices, values))
        # The bounds from the other side; the same one twice is once.
        self._send(self.invoice, self.invoice, days=0)
        self.assertEqual(self._promises().amount, 100.0)
        self._send(self._create_invoice(self.alfa), days=10)
        self.assertEqual(len(self._promises()), 2)

    def test_only_who_may(self):
        self._assert_only_who_may(
            self._send,
            self._promises,
            "/my/promises?invoice=",
            (self.profile_full, "can_promise"),
            (self.company, "portal_allow_promises"),
        )

    def test_not_what_is_on_its_way_or_disputed(self):
        self.sign_in(self.user_full)
        self._create_transaction([(self.invoice, 100.0)])._set_pending()
        self.assertIn("is on its way", self._send().text)
        # What automatic debit has announced is on its way, too.
        self._agree_to_debit()
        charged = self._create_two_lines()
        self._run_job("customer.portal.debit", "_cron_debit")
        self.assertIn("is on its way", self._send(charged).text)
        other = self._create_two_lines()
        self.company.portal_allow_disputes = True
        self.env["customer.portal.dispute"]._portal_claim(
            self.contact, other, other.invoice_line_ids.ids, "price", ""
        )
        self.assertIn("nothing left to pay", self._send(other).text)
        self.assertFalse(self._promises())

    def test_policy(self):
        """How often, and up to which sum of all that is promised at a time."""
        self.sign_in(self.user_full)
        other = self._create_invoice(self.alfa, 50.0)
        self.company.portal_promise_limit = 149.99
        self._send()
        self.assertIn("promised already", self._send().text)
        self.assertIn("can be promised at a time", self._send(other).text)
        self.company.portal_promise_limit = 150.0
        self._send(other)
        self.assertEqual(len(self._promises()), 2)
        self._follow(days=10)
        self.assertEqual(set(self._promises().mapped("state")), {"broken"})
        self._send()
        self._promises().filtered(lambda one: one.state == "open").state = "broken"
        self.assertIn("was promised before", self._send().text)
        self.assertEqual(len(self._promises()), 3)

    def test_of_two_at_once_the_second_is_told(self):
        order = self._locked_and_asked(
            customer_portal_promise, "_portal_promise_obstacles", self._promise
        )
        self.assertEqual(order, ["account.move", "res.partner", "asked"])

    def test_reminders_wait_for_the_day_and_the_grace(self):
        """Then one mail says that it was not kept, and reminders go on the day after."""
        self._promise()
        self.assertEqual(self._reminded(), {})
        self._follow(days=9)
        self.assertEqual(self._reminded(days=9), {})
        self.assertEqual(self._promises().state, "open")
        with self.leaving() as messages:
            self._follow(days=10)
        self.assertEqual((self._promises().state, self._promises().paid), ("broken", 0.0))
        mail = self._find_mail(messages, self.contact)
        self.assertIn("has not arrived", mail["Subject"])
        html, _files = self._read(mail)
        self.assertIn(self.invoice.name, html)
        self.assertNotIn("Of it,", html)
        self.assertEqual(self._reminded(days=10), {})
        self.assertEqual(self._reminded(days=11), {self.invoice: 100.0})

    def test_kept(self):
        self._promise()
        self._pay(100.0)
        with self.leaving() as messages:
            self._follow(days=1)
        self.assertEqual((self._promises().state, self._promises().paid), ("kept", 100.0))
        self.assertFalse(messages)

    def test_kept_in_part(self):
        self._promise()
        self._pay(30.0)
        self._follow(days=1)
        self.assertEqual((self._promises().state, self._promises().paid), ("open", 30.0))
        with self.leaving() as messages:
            self._follow(days=10)
        self.assertEqual((self._promises().state, self._promises().paid), ("partly", 30.0))
        html, _files = self._read(self._find_mail(messages, self.contact))
        self.assertIn("Of it,", html)
        self.assertIn("70.00", html)

    def test_a_payment_on_its_way_is_waited_for(self):
        self._promise()
        tx = self._create_transaction([(self.invoice, 100.0)])
        tx._set_pending()
        self._follow(days=10)
        self.assertEqual(self._promises().state, "open")
        self._confirm(tx)
        self._follow(days=11)
        self.assertEqual(self._promises().state, "kept")

    def test_what_is_disputed_later_is_not_missed(self):
        self._promise()
        self.company.portal_allow_disputes = True
        self.env["customer.portal.dispute"]._portal_claim(
            self.contact, self.invoice, self.nuts.ids, "price", ""
        )
        self._pay(60.0)
        self._follow(days=10)
        self.assertEqual((self._promises().state, self._promises().paid), ("kept", 60.0))

    def test_automatic_debit_waits(self):
        self._agree_to_debit()
        self._promise()
        self.assertEqual(self._debited(), [])
        self.assertEqual(self._debited(days=9), [])
        self._follow(days=10)
        self.assertEqual(self._debited(days=10), [("announced", 100.0)])

    def test_customers_reach_no_row_by_rpc(self):
        self._promise()
        for model in ("customer.portal.promise", "customer.portal.promise.line"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.user_full).search([])
        with self.assertRaises(AccessError):
            self._promises().with_user(self.user_accountant).write({"state": "kept"})
