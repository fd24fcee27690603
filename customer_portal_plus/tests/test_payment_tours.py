"""A customer pays, reports a payment and keeps its saved methods, in a real browser."""

from datetime import timedelta

from odoo.tests import tagged

from .common.payment import PaymentCase


@tagged("post_install", "-at_install")
class TestPaymentTours(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls._create_invoice(cls.alfa, 100.0, due_days=-10, name="BASKET/1")
        cls.second = cls._create_invoice(cls.alfa, 250.0, due_days=20, name="BASKET/2")

    def _tour(self, url, name):
        self.start_tour(
            url, f"customer_portal_plus.{name}", login=self.user_full.login, timeout=120
        )

    def test_basket(self):
        self._tour("/my/pay", "basket")
        self.env.invalidate_all()
        self._assert_residuals(first=0.0, second=199.75)

    def test_report_and_confirm(self):
        self._tour("/my/payments", "payment_report")
        report = self.env["customer.portal.payment.report"].search(
            [("customer_id", "=", self.alfa.id)]
        )
        self.assertEqual((report.state, report.amount), ("declared", 100.0))
        report = report.with_user(self.user_accountant)
        report.journal_id = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        report.action_confirm()
        self._assert_residuals(first=0.0)
        self._tour("/my/payments", "payment_confirmed")

    def _save_method(self, details):
        return self.env["payment.token"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "payment_details": details,
                "partner_id": self.user_full.partner_id.id,
                "provider_ref": details,
                "demo_simulated_state": "done",
            }
        )

    def test_automatic_debit(self):
        """The customer agrees, is told what will be charged and what was, and takes it back."""
        self.company.write({"portal_allow_debit": True, "portal_debit_notice_days": 5})
        self.alfa.portal_main_token_id = self._save_method("4242")
        self._tour("/my/payment_method", "debit_on")
        debit = self.env["customer.portal.debit"].search([("customer_id", "=", self.alfa.id)])
        self.assertEqual((debit.state, debit.contact_id), ("on", self.user_full.partner_id))
        self._run_debit()
        self._tour("/my/pay/debit", "debit_announced")
        self._run_debit(days=5)
        self._assert_residuals(first=0.0, second=250.0)
        self._tour("/my/pay/debit", "debit_charged_and_off")
        self.env.invalidate_all()
        self.assertEqual((debit.state, debit.ended_by_id), ("ended", self.user_full.partner_id))

    def _run_debit(self, days=0):
        at = self.env.cr.now() + timedelta(days=days)
        self._run_cron("customer.portal.debit", "_cron_debit", at)

    def test_main_method(self):
        first, second = (self._save_method(details) for details in ("1111", "2222"))
        self._tour("/my/payment_method", "main_method")
        self.env.invalidate_all()
        self.assertEqual(self.alfa.portal_main_token_id, second)
        self.assertFalse(first.active)
