"""Two contacts who pay one invoice at once: no double payment goes through unnoticed."""

from odoo.tests import JsonRpcException, tagged
from odoo.tools import html2plaintext, mute_logger

from .common.payment import PaymentCase


@tagged("post_install", "-at_install")
class TestDoublePayment(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Not the one who is asked where nobody is responsible.
        cls.bookkeeper = cls.user_accountant.copy({"login": "portal_test_bookkeeper"})
        cls.invoice = cls._create_invoice(
            cls.alfa, 100.0, days=-60, due_days=-30, invoice_user_id=cls.bookkeeper.id
        )
        cls.second = cls._create_contact_user("Tesorería", "treasury", cls.alfa)

    def _start(self, user):
        """Start to pay the invoice as one contact; return the transaction."""
        self.sign_in(user)
        answer = self.post_form(
            "/my/pay/choose", data={"invoice": str(self.invoice.id)}, page="/my/pay"
        )
        values = self.make_jsonrpc_request(
            f"/my/pay/{answer.url.rsplit('/', 1)[1]}/transaction", self._form_values(amount=100.0)
        )
        return self.env["payment.transaction"].search([("reference", "=", values["reference"])])

    def _assert_surplus(self, payment, amount):
        """The surplus is the customer's credit; staff have a task, the contact a message."""
        open_lines = payment.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
        self.assertEqual(open_lines.amount_residual, -amount)
        self.assertEqual(payment.activity_ids.user_id, self.bookkeeper)
        self.assertIn("more than was due", payment.activity_ids.summary)
        self._assert_balanced(payment)

    def test_both_pay(self):
        """Both started before either had paid: the money of both arrives."""
        first, second = self._start(self.user_full), self._start(self.second)
        paid_first, paid_second = self._confirm(first), self._confirm(second)
        self._assert_residuals(invoice=0.0)
        self.assertFalse(paid_first.activity_ids)
        self._assert_surplus(paid_second, 100.0)
        message = self.invoice.message_ids.filtered(lambda m: "to your credit" in (m.body or ""))
        self.assertIn(self.second.partner_id, message.notified_partner_ids)
        self.sign_in(self.second)
        page = self.url_open("/my/credit").text
        self.assertIn(paid_second.name, page)
        self.assertIn("100.00", page)

    def test_the_second_is_told(self):
        """The first payment is under way when the second starts."""
        first = self._start(self.user_full)
        first._set_pending()
        self.sign_in(self.second)
        answer = self.post_form(
            "/my/pay/choose", data={"invoice": str(self.invoice.id)}, page="/my/pay"
        )
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Perhaps a payment is under way", answer.text)
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self.make_jsonrpc_request(
                f"/invoice/transaction/{self.invoice.id}",
                self._form_values(amount=100.0),
            )

    def test_on_the_page_of_the_invoice(self):
        """Paying a single invoice goes through core: its surplus is told all the same."""
        transactions = []
        for user in (self.user_full, self.second):
            self.sign_in(user)
            values = self.make_jsonrpc_request(
                f"/invoice/transaction/{self.invoice.id}",
                self._form_values(amount=100.0),
            )
            transactions.append(
                self.env["payment.transaction"].search([("reference", "=", values["reference"])])
            )
        self._confirm(transactions[0])
        self._assert_surplus(self._confirm(transactions[1]), 100.0)
        self._assert_residuals(invoice=0.0)

    def test_a_part_too_much(self):
        first = self._create_transaction([(self.invoice, 70.0)])
        second = self._create_transaction([(self.invoice, 70.0)])
        self._confirm(first)
        self._assert_surplus(self._confirm(second), 40.0)

    def test_some_cents_too_much(self):
        self._confirm(self._create_transaction([(self.invoice, 70.0)]))
        self._assert_surplus(self._confirm(self._create_transaction([(self.invoice, 30.4)])), 0.4)

    def test_a_surplus_is_told_in_the_currency_that_was_paid(self):
        foreign = self._foreign_currency(rate=2.0)
        invoice = self._create_invoice(
            self.alfa, 77.0, currency_id=foreign.id, invoice_user_id=self.user_accountant.id
        )
        first = self._create_transaction([(invoice, 77.0)], currency=foreign)
        second = self._create_transaction([(invoice, 77.0)], currency=foreign)
        self._confirm(first)
        payment = self._confirm(second)
        surplus = foreign.format(77.0)
        self.assertIn(surplus, payment.activity_ids.summary)
        (message,) = invoice.message_ids.filtered(lambda m: "to your credit" in (m.body or ""))
        self.assertIn(surplus, html2plaintext(message.body))
        self.assertNotIn("38.5", f"{payment.activity_ids.summary} {message.body}")

    def test_a_cent_too_much(self):
        """However small it is, it is told; what is exactly left is none."""
        first = self._create_transaction([(self.invoice, 100.0)])
        cent = self._create_transaction([(self.invoice, 0.01)])
        self.assertFalse(self._confirm(first).activity_ids)
        self._assert_surplus(self._confirm(cent), 0.01)

    def test_told_to_who_is_responsible_for_the_customer(self):
        """Where nobody is for the invoice."""
        self.invoice.invoice_user_id = False
        self.alfa.user_id = self.bookkeeper
        self._confirm(self._create_transaction([(self.invoice, 100.0)]))
        self._assert_surplus(self._confirm(self._create_transaction([(self.invoice, 5.0)])), 5.0)

    def test_a_draft_that_was_cancelled(self):
        """It has no number to be named by; the money is the customer's credit all the same."""
        draft = self._create_invoice(self.alfa, 100.0, post=False)
        transaction = self._create_transaction([(draft, 100.0)])
        draft.button_cancel()
        payment = self._confirm(transaction)
        self.assertIn("more than was due", payment.activity_ids.summary)

    def test_nothing_is_said_of_a_payment_that_fits(self):
        payment = self._confirm(self._create_transaction([(self.invoice, 60.0)]))
        self.assertFalse(payment.activity_ids)
        self.assertFalse(
            self.invoice.message_ids.filtered(lambda m: "to your credit" in (m.body or ""))
        )

    def test_reminders_wait(self):
        """Nobody is reminded of what is being paid."""
        other = self._create_invoice(self.alfa)
        both = self.invoice | other
        self.assertFalse(both._portal_waits_with_reminders())
        tx = self._create_transaction([(self.invoice, 100.0)])
        self.assertFalse(both._portal_waits_with_reminders())
        tx._set_pending()
        self.assertEqual(both._portal_waits_with_reminders(), self.invoice)
        tx._set_canceled()
        self.assertFalse(both._portal_waits_with_reminders())
