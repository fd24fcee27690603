"""A charge without an answer: the provider is asked what became of it, and nothing is repeated."""

import json
from unittest.mock import patch

import requests

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common.recorded_outcomes import STRIPE_ID, STRIPE_LIST, flutterwave_transaction, stripe_list
from .test_debit import JOB, NOTICE, RETRY_DAYS, DebitCase

QUIET = (JOB, "odoo.addons.payment.models.payment_provider")


class AskCase(DebitCase):
    """A provider that did not answer when it was charged, and answers when it is asked."""

    code = None  # of the provider
    provider_values = {}
    token_values = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._use_provider(cls.code, "card", **cls.provider_values)
        cls.token = cls.env["payment.token"].create(
            {
                "provider_id": cls.provider.id,
                "payment_method_id": cls.method.id,
                "payment_details": "4242",
                "partner_id": cls.user_full.partner_id.id,
                **cls.token_values,
            }
        )
        cls.alfa.portal_main_token_id = cls.token

    def setUp(self):
        super().setUp()
        self.requests, self.answer = [], None
        self.startPatcher(
            patch("odoo.addons.payment.models.payment_provider.requests.request", self._request)
        )
        quiet = mute_logger(*QUIET)
        quiet.__enter__()
        self.addCleanup(quiet.__exit__, None, None, None)
        self.debit = self._agree()
        self.invoice = self._create_invoice(
            self.alfa, 100.0, days=-30, due_days=-1, invoice_user_id=self.user_accountant.id
        )
        self._run()
        self._run(days=NOTICE)
        self.attempt = self._attempts(self.invoice)
        self.tx = self.attempt.transaction_id
        self.assertEqual((self.attempt.state, self._charges()), ("unknown", 1))
        self.assertEqual(self.attempt.activity_ids.user_id, self.user_accountant)

    def _request(self, method, url, **kwargs):
        """Take the place of ``requests.request``."""
        self.requests.append((method, url, kwargs.get("params")))
        if self.answer is None:
            raise requests.exceptions.ReadTimeout
        content, status = self.answer
        answer = requests.Response()
        answer.status_code = status
        answer._content = json.dumps(content).encode()
        return answer

    def _charges(self):
        """Return how often the provider was told to charge something."""
        return len([method for method, _url, _params in self.requests if method == "POST"])

    def _ask(self, content, status=200):
        """Let the provider answer from now on, and run the job."""
        self.answer = (content, status)
        self._run(days=NOTICE)

    def _facts(self):
        return self.tx.reference, 100.0, self.company.currency_id.name

    def _assert_charged_once(self):
        self.assertEqual((self.attempt.state, self.tx.state), ("done", "done"))
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertEqual(self.tx.payment_id.amount, 100.0)
        self._assert_balanced(self.tx.payment_id)
        self.assertFalse(self.attempt.activity_ids)
        self._run(days=NOTICE + 1)
        self.assertEqual(self._charges(), 1)

    def _assert_still_unknown(self):
        self.assertEqual((self.attempt.state, self._charges()), ("unknown", 1))
        self.assertEqual(self.invoice.amount_residual, 100.0)
        self.assertEqual(len(self.attempt.activity_ids), 1)


@tagged("post_install", "-at_install")
class TestAskStripe(AskCase):
    code = "stripe"
    provider_values = {
        "stripe_secret_key": "sk_test_1",
        "stripe_publishable_key": "pk_test_1",
        "stripe_webhook_secret": "whsec_1",
    }
    token_values = {"provider_ref": "cus_LBxMCDggAFOiNR", "stripe_payment_method": "pm_1"}

    def test_it_was_charged(self):
        self._ask(stripe_list(*self._facts()))
        method, url, params = self.requests[-1]
        self.assertEqual((method, url), ("GET", "https://api.stripe.com/v1/payment_intents"))
        self.assertEqual(params["customer"], "cus_LBxMCDggAFOiNR")
        self.assertEqual(params["limit"], 100)  # as many as it lists at once
        self._assert_charged_once()
        self.assertEqual(self.tx.provider_reference, STRIPE_ID)

    def test_it_was_refused(self):
        """Then it is announced anew, and charged once more some days later."""
        self._ask(stripe_list(*self._facts(), status="requires_payment_method"))
        self.assertEqual(
            self._attempts(self.invoice).mapped("state"), ["failed", "announced"], self.tx.state
        )
        self.assertEqual((self._charges(), self.invoice.amount_residual), (1, 100.0))
        self.answer = (stripe_list("other", 1.0, "USD")["data"][0], 200)
        self._run(days=NOTICE + RETRY_DAYS)
        self.assertEqual(self._charges(), 2)

    def test_it_is_being_processed(self):
        self._ask(stripe_list(*self._facts(), status="processing"))
        self._assert_still_unknown()
        self._ask(stripe_list(*self._facts()))
        self._assert_charged_once()

    def test_it_says_nothing_of_it(self):
        """Its list has other payments, or none: staff find out."""
        self._ask(STRIPE_LIST)
        self._assert_still_unknown()
        self._ask({**STRIPE_LIST, "data": []})
        self._assert_still_unknown()

    def test_it_is_still_down(self):
        self._run(days=NOTICE)
        self._assert_still_unknown()
        self._ask({"error": {"message": "Try again later."}}, 503)
        self._assert_still_unknown()


@tagged("post_install", "-at_install")
class TestAskFlutterwave(AskCase):
    code = "flutterwave"
    provider_values = {
        "flutterwave_public_key": "FLWPUBK_TEST-1-X",
        "flutterwave_secret_key": "FLWSECK_TEST-1-X",
        "flutterwave_webhook_secret": "secret",
    }
    token_values = {"provider_ref": "flw-t1", "flutterwave_customer_email": "user@example.com"}

    def test_it_was_charged(self):
        self._ask(flutterwave_transaction(*self._facts()))
        method, url, params = self.requests[-1]
        self.assertEqual(method, "GET")
        self.assertTrue(url.endswith("/transactions/verify_by_reference"))
        self.assertEqual(params, {"tx_ref": self.tx.reference})
        self._assert_charged_once()

    def test_it_was_refused(self):
        self._ask(flutterwave_transaction(*self._facts(), status="failed"))
        self.assertEqual(self._attempts(self.invoice).mapped("state"), ["failed", "announced"])
        self.assertEqual((self._charges(), self.invoice.amount_residual), (1, 100.0))

    def test_it_knows_nothing_of_it(self):
        unknown = {"status": "error", "message": "No transaction was found for this id"}
        self._ask({**unknown, "data": None}, 404)
        self._assert_still_unknown()
