"""Getting in, in a real browser: by code, password, tax ID and link, and the express page."""

from unittest.mock import patch

from odoo.tests import tagged

from ..models.sign_in import customer_portal_challenge_sending
from .common.payment import PaymentCase
from .common.sign_in import ALIAS, SignInCase


@tagged("post_install", "-at_install")
class TestSignInTours(SignInCase, PaymentCase):
    def setUp(self):
        super().setUp()
        # The browser can't look into the mail: what is drawn for it is known beforehand, and it
        # leaves as soon as it is asked for.
        secrets = self.startPatcher(patch.object(customer_portal_challenge_sending, "secrets"))
        secrets.randbelow.return_value = 424242
        secrets.token_urlsafe.return_value = "the-link-of-the-mail"
        Challenge = self.registry["customer.portal.challenge"]
        tests = self

        def send_at_once(challenge, at=None):
            challenge.flush_model()
            tests.run_sender()

        self.startPatcher(patch.object(Challenge, "_wake_sender", send_at_once))

    def test_code(self):
        self.start_tour(f"/p/{ALIAS}", "portal_sign_in_code")
        self.assertTrue(self.user_full.login_date)
        self.assertEqual(len(self.outbox), 1)

    def test_password(self):
        self.user_full.password = "gato-verde-7-lunas"
        self.start_tour(f"/p/{ALIAS}", "portal_sign_in_password")
        self.assertTrue(self.user_full.login_date)

    def test_tax_id_and_link(self):
        (self.user_colleague | self.user_own).partner_id.email = False
        self.alfa.email = False
        self.start_tour(f"/p/{ALIAS}", "portal_sign_in_tax_id")
        self.assertTrue(self.user_full.login_date)

    def test_express(self):
        self.company.portal_security_level = "medium"
        self.old = self._create_invoice(self.alfa, 100.0, days=-60, due_days=-30)
        self.new = self._create_invoice(self.alfa, 250.5, due_days=20)
        self.start_tour(f"/p/{ALIAS}", "portal_express")
        self.assertEqual(self.old.transaction_ids.state, "done")
        self._assert_residuals(old=0.0, new=250.5)
        report = self.env["customer.portal.payment.report"].search([], order="id DESC", limit=1)
        self.assertEqual((report.invoice_ids, report.state), (self.new, "declared"))
        self.assertFalse(self.user_full.login_date)
