"""PayPal and Redsys from the basket to the settled invoice, with what they send as it was recorded;
notices that come late, twice or in the wrong order; a provider that is down."""

import json
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, api
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from odoo.addons.payment_paypal.tests.common import PaypalCommon
from odoo.addons.payment_redsys.tests.common import RedsysCommon

from .common.payment import PaymentCase
from .common.recorded_notices import (
    CAPTURE_ID,
    ORDER_ID,
    PAYPAL_APPROVED,
    PAYPAL_CAPTURED,
    REDSYS_CANCELLED,
    REDSYS_PAID,
    REDSYS_PAID_WITH_BRAND,
    REDSYS_REFUSED,
    REDSYS_TEST_KEY,
    PaypalServer,
    paypal_capture,
    paypal_event,
    redsys_notice,
    redsys_read,
)

READING = "odoo.addons.customer_portal_plus.models.access.ir_http_values"
QUIET = (
    "odoo.addons.payment.models.payment_transaction",
    "odoo.addons.payment.models.payment_provider",
    "odoo.addons.payment_paypal.controllers.main",
    "odoo.addons.payment_paypal.models.payment_transaction",
    "odoo.addons.payment_redsys.controllers.main",
    "odoo.addons.payment_redsys.models.payment_transaction",
    "odoo.http",
)


@tagged("post_install", "-at_install")
class TestReturns(PaymentCase):
    """Who comes back from a provider with nothing, or with what somebody made up."""

    def test_made_up(self):
        count = self.env["payment.transaction"].search_count([])
        for address in (
            "/payment/redsys/return",
            "/payment/redsys/return?Ds_MerchantParameters=",
            "/payment/redsys/return?Ds_MerchantParameters=%D9%A3",
            "/payment/redsys/return?Ds_MerchantParameters=W10=",
            "/payment/redsys/return?Ds_MerchantParameters=bnVsbA==",
            "/payment/redsys/return?Ds_MerchantParameters=eyJEc19PcmRlciI6W119",
        ):
            with self.subTest(address), mute_logger(*QUIET, READING):
                response = self.url_open(address, allow_redirects=False)
                self.assertEqual(response.status_code, 303)
                self.assertTrue(response.headers["Location"].endswith("/payment/status"))
        self.assertEqual(self.env["payment.transaction"].search_count([]), count)

    def test_error_of_the_server_stays_one(self):
        """Elsewhere such an error is no matter of what was sent."""
        controller = "odoo.addons.payment.controllers.post_processing.PaymentPostProcessing"
        with (
            patch(f"{controller}._get_monitored_transaction", side_effect=KeyError("x")),
            mute_logger("odoo.http"),
        ):
            self.assertEqual(self.url_open("/payment/status").status_code, 500)


class ProviderCase(PaymentCase):
    """A provider as a company has it, and a basket of two invoices in the currency in which its
    notices were recorded."""

    code = None  # of the provider
    currency_code = None
    provider_values = {}
    method_code = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currency = cls.env.ref(f"base.{cls.currency_code}")
        cls.currency.active = True
        cls._use_provider(cls.code, cls.method_code, **cls.provider_values)
        cls.old = cls._create_invoice(
            cls.alfa, 100.0, days=-60, due_days=-30, currency_id=cls.currency.id
        )
        cls.new = cls._create_invoice(cls.alfa, 250.0, currency_id=cls.currency.id)

    def _start(self):
        """Start to pay: the old invoice in full, of the new one 80; return the transaction, and
        what the payment form gets."""
        self.sign_in(self.user_full)
        answer = self.post_form(
            "/my/pay/choose",
            data={
                "invoice": [str(self.old.id), str(self.new.id)],
                f"how_{self.new.id}": "other",
                f"amount_{self.new.id}": "80",
            },
            page="/my/pay",
        )
        values = self.make_jsonrpc_request(
            f"/my/pay/{answer.url.rsplit('/', 1)[1]}/transaction",
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "token_id": None,
                "flow": "redirect",
                "tokenization_requested": False,
                "landing_route": "/my",
                "amount": 180.0,
            },
        )
        tx = self.env["payment.transaction"].search([("reference", "=", values["reference"])])
        self.assertEqual((tx.amount, tx.currency_id), (180.0, self.currency))
        return tx, values

    def _come_back(self):
        """The customer's browser waits for the outcome."""
        self.make_jsonrpc_request("/payment/status/poll", {})
        self.env.invalidate_all()

    def _assert_paid_once(self, tx):
        self.env.invalidate_all()
        self.assertEqual(tx.state, "done")
        self._assert_residuals(old=0.0, new=170.0)
        payments = self.env["account.payment"].search([("payment_transaction_id", "=", tx.id)])
        self.assertEqual(payments, tx.payment_id)
        self.assertEqual(payments.amount, 180.0)
        self._assert_balanced(payments)

    def _assert_not_paid(self):
        self.env.invalidate_all()
        self._assert_residuals(old=100.0, new=250.0)


@tagged("post_install", "-at_install")
class TestRedsys(ProviderCase):
    code = "redsys"
    currency_code = "EUR"
    method_code = "card"
    provider_values = {
        "redsys_merchant_code": redsys_read(REDSYS_PAID)["Ds_MerchantCode"],
        "redsys_merchant_terminal": redsys_read(REDSYS_PAID)["Ds_Terminal"],
        "redsys_secret_key": REDSYS_TEST_KEY,
    }

    def _notify(self, notice, status=200):
        """Redsys posts to the webhook, without a session."""
        with mute_logger(*QUIET):
            answer = self.opener.post(
                f"{self.base_url()}/payment/redsys/webhook", data=notice, timeout=30
            )
        self.assertEqual(answer.status_code, status)
        self.env.invalidate_all()

    def _return(self, notice):
        """The customer's browser comes back with the same data in the address."""
        with mute_logger(*QUIET):
            return self.url_open("/payment/redsys/return", params=notice)

    def _recorded_payment(self, record):
        """Start to pay, of the old invoice, what a record is about; with its reference."""
        said = redsys_read(record)
        self.provider.redsys_merchant_code = said["Ds_MerchantCode"]
        amount = int(said["Ds_Amount"]) / 100
        tx = self._create_transaction([(self.old, amount)], currency=self.currency)
        tx.write({"reference": said["Ds_Order"], "operation": "online_redirect"})
        return tx

    def test_recorded_to_the_last_byte(self):
        """Nothing of the notice is adapted, its signature least of all."""
        tx = self._recorded_payment(REDSYS_PAID)
        self._notify(REDSYS_PAID)
        self._return(REDSYS_PAID)
        tx._post_process()
        self._assert_residuals(old=90.0, new=250.0)
        self.assertEqual((tx.state, tx.payment_id.amount), ("done", 10.0))
        self._assert_balanced(tx.payment_id)

    def test_recorded_cancellation_to_the_last_byte(self):
        tx = self._recorded_payment(REDSYS_CANCELLED)
        self._notify(REDSYS_CANCELLED)
        self._return(REDSYS_CANCELLED)
        self.assertEqual(tx.state, "cancel")
        self._assert_not_paid()

    def test_from_basket_to_ledger(self):
        tx, values = self._start()
        self.assertIn("Ds_MerchantParameters", values["redirect_form_html"])
        notice = redsys_notice(tx)
        self._notify(notice)
        self._return(notice)
        self._come_back()
        self._assert_paid_once(tx)

    def test_brand_of_the_card(self):
        tx, _values = self._start()
        self._notify(redsys_notice(tx, REDSYS_PAID_WITH_BRAND))
        self._come_back()
        self._assert_paid_once(tx)
        self.assertEqual(tx.payment_method_id.code, "visa")

    def test_bizum(self):
        self.method = self.env.ref("payment.payment_method_bizum")
        self.method.active = True
        self.provider.payment_method_ids = [Command.link(self.method.id)]
        tx, _values = self._start()
        self._notify(redsys_notice(tx))
        self._come_back()
        self._assert_paid_once(tx)
        self.assertEqual(tx.payment_method_id.code, "bizum")

    def test_notices_that_come_again_and_late(self):
        tx, _values = self._start()
        notice = redsys_notice(tx)
        for _time in range(3):
            self._notify(notice)
        self._come_back()
        self._notify(notice)
        tx._post_process()
        self._assert_paid_once(tx)

    def test_browser_first_notice_later(self):
        tx, _values = self._start()
        notice = redsys_notice(tx)
        self._return(notice)
        self._come_back()
        self._notify(notice)
        self._assert_paid_once(tx)

    def test_customer_never_comes_back(self):
        """The notice alone is enough: the scheduled action does the rest."""
        tx, _values = self._start()
        self._notify(redsys_notice(tx))
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["payment.transaction"].browse(tx.id)._cron_post_process()
        self._assert_paid_once(tx)

    def test_cancelled_after_it_was_paid(self):
        """A cancellation that arrives after the payment changes nothing."""
        tx, _values = self._start()
        self._notify(redsys_notice(tx))
        self._come_back()
        self._notify(redsys_notice(tx, REDSYS_CANCELLED))
        self._assert_paid_once(tx)

    def test_refused(self):
        tx, _values = self._start()
        self._notify(redsys_notice(tx, REDSYS_REFUSED))
        self.assertEqual(tx.state, "error")
        self._come_back()
        self._assert_not_paid()
        # The customer tries again, and it goes through.
        again, _values = self._start()
        self._notify(redsys_notice(again))
        self._come_back()
        self._assert_paid_once(again)

    def test_cancelled_by_the_customer(self):
        tx, _values = self._start()
        self._notify(redsys_notice(tx, REDSYS_CANCELLED))
        self.assertEqual(tx.state, "cancel")
        self._assert_not_paid()

    def test_another_amount(self):
        tx, _values = self._start()
        self._notify(redsys_notice(tx, amount=1.8))
        self.assertEqual(tx.state, "error")
        self._assert_not_paid()

    def test_a_forged_notice(self):
        tx, _values = self._start()
        notice = {**redsys_notice(tx), "Ds_Signature": "AAAA"}
        self._notify(notice, status=403)
        self.assertEqual(tx.state, "draft")
        self._assert_not_paid()

    def test_paid_elsewhere_before_the_notice(self):
        """The money has arrived: what finds nothing to pay is credit, and everybody is told."""
        tx, _values = self._start()
        with mute_logger(*QUIET):
            first, _values = self._start()
            self._notify(redsys_notice(first))
            self._come_back()
        self._notify(redsys_notice(tx))
        tx._post_process()
        self._assert_residuals(old=0.0, new=90.0)
        surplus = tx.payment_id.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
        self.assertEqual(surplus.amount_residual_currency, -100.0)
        self.assertIn("more than was due", tx.payment_id.activity_ids.summary)


@tagged("post_install", "-at_install")
class TestPaypal(ProviderCase):
    code = "paypal"
    currency_code = "USD"
    method_code = "paypal"
    provider_values = {
        "paypal_email_account": "cobros@example.com",
        "paypal_client_id": "client",
        "paypal_client_secret": "secret",
        "paypal_webhook_id": "WH-1",
    }

    def setUp(self):
        super().setUp()
        self.server = PaypalServer()
        self.startPatcher(
            patch(
                "odoo.addons.payment.models.payment_provider.requests.request", self.server.request
            )
        )
        # Recorded exchanges are written to the log by Odoo.
        quiet = mute_logger(*QUIET)
        quiet.__enter__()
        self.addCleanup(quiet.__exit__, None, None, None)

    def _approve(self, tx):
        """The customer approves in PayPal's window; its script tells the page."""
        self.server.capture = paypal_capture(tx.reference, tx.amount)
        self.make_jsonrpc_request(
            "/payment/paypal/complete_order", {"order_id": ORDER_ID, "reference": tx.reference}
        )
        self.env.invalidate_all()

    def _notify(self, event, status=200):
        answer = self.opener.post(
            f"{self.base_url()}/payment/paypal/webhook/",
            data=json.dumps(event),
            headers={"Content-Type": "application/json"},
            timeout=30,
        )
        self.assertEqual(answer.status_code, status)
        self.env.invalidate_all()

    def test_from_basket_to_ledger(self):
        """PayPal tells that the customer approved, then the page captures the order."""
        tx, values = self._start()
        self.assertEqual(values["order_id"], ORDER_ID)
        self._notify(paypal_event(tx.reference, tx.amount))
        self.assertEqual(tx.state, "pending")
        self._assert_not_paid()
        self._approve(tx)
        self._come_back()
        self._assert_paid_once(tx)
        self.assertEqual(tx.provider_reference, CAPTURE_ID)

    def test_notices_that_come_again_and_late(self):
        tx, _values = self._start()
        self._approve(tx)
        self._notify(paypal_event(tx.reference, tx.amount))
        self._come_back()
        self._notify(paypal_event(tx.reference, tx.amount))
        self._approve(tx)
        tx._post_process()
        self._assert_paid_once(tx)

    def test_notice_alone(self):
        tx, _values = self._start()
        self._notify(paypal_event(tx.reference, tx.amount, status="COMPLETED"))
        self._come_back()
        self._assert_paid_once(tx)

    def test_out_of_order(self):
        """The older notice, that the customer approved, comes after the payment."""
        tx, _values = self._start()
        self._approve(tx)
        self._come_back()
        self._notify(paypal_event(tx.reference, tx.amount))
        self._assert_paid_once(tx)

    def test_pending_for_days(self):
        """PayPal checks a payment: the invoices wait, and are paid when it says so."""
        tx, _values = self._start()
        self._notify(paypal_event(tx.reference, tx.amount, status="PENDING"))
        self.assertEqual(tx.state, "pending")
        self._assert_not_paid()
        self.assertIn("A payment is under way", self.url_open("/my/pay").text)
        self.assertEqual((self.old | self.new)._portal_waits_with_reminders(), self.old | self.new)
        self._notify(paypal_event(tx.reference, tx.amount, status="COMPLETED"))
        self._come_back()
        self._assert_paid_once(tx)

    def test_a_notice_that_paypal_did_not_send(self):
        tx, _values = self._start()
        self.server.verifies = False
        self._notify(paypal_event(tx.reference, tx.amount), status=403)
        self.assertEqual(tx.state, "draft")
        self._assert_not_paid()

    def test_another_amount(self):
        tx, _values = self._start()
        self._notify(paypal_event(tx.reference, 1.0))
        self.assertEqual(tx.state, "error")
        self._assert_not_paid()

    def test_paypal_is_down_at_the_start(self):
        """The customer reads it, nothing is paid, and it can be tried again."""
        self.server.down = True
        tx, values = self._start()
        self.assertEqual(tx.state, "error")
        self.assertNotIn("order_id", values)
        self.assertIn("Could not establish the connection", tx.state_message)
        self._assert_not_paid()
        self.server.down = False
        again, _values = self._start()
        self._approve(again)
        self._come_back()
        self._assert_paid_once(again)

    def test_paypal_is_down_at_the_end(self):
        """Whether the money went is not known: the notice tells it, later."""
        tx, _values = self._start()
        self.server.down = True
        with self.assertRaises(JsonRpcException):
            self._approve(tx)
        self.env.invalidate_all()
        self.assertEqual(tx.state, "draft")
        self._assert_not_paid()
        self.server.down = False
        self._notify(paypal_event(tx.reference, tx.amount, status="COMPLETED"))
        self._come_back()
        self._assert_paid_once(tx)

    def test_switched_off(self):
        self.company.portal_allow_paypal = False
        with self.assertRaises(JsonRpcException):
            self._start()
        self.assertFalse(self.server.asked)
        self.assertFalse(self.old.transaction_ids)


@tagged("post_install", "-at_install")
class TestRedsysRecords(RedsysCommon):
    def test_odoo_reads_nothing_that_was_not_recorded(self):
        self.assertLessEqual(
            set(self.merchant_parameters), set(redsys_read(REDSYS_PAID_WITH_BRAND))
        )


@tagged("post_install", "-at_install")
class TestPaypalRecords(PaypalCommon):
    def test_odoo_reads_nothing_that_was_not_recorded(self):
        self._assert_within(self.payment_data, PAYPAL_APPROVED)
        self._assert_within(self.completed_order, PAYPAL_CAPTURED)

    def _assert_within(self, known, recorded, path=""):
        if isinstance(known, dict):
            for key, value in known.items():
                self.assertIn(key, recorded, path)
                self._assert_within(value, recorded[key], f"{path}/{key}")
        elif isinstance(known, list):
            for one, other in zip(known, recorded, strict=True):
                self._assert_within(one, other, path)
        else:
            self.assertIsInstance(recorded, type(known), path)
