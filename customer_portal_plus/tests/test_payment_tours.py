"""A customer pays, reports a payment and keeps its saved methods, in a real browser."""

from odoo.tests import tagged

from .payment_common import PaymentCase


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

    def test_main_method(self):
        first, second = (
            self.env["payment.token"].create(
                {
                    "provider_id": self.provider.id,
                    "payment_method_id": self.method.id,
                    "payment_details": details,
                    "partner_id": self.user_full.partner_id.id,
                    "provider_ref": details,
                    "demo_simulated_state": "done",
                }
            )
            for details in ("1111", "2222")
        )
        self._tour("/my/payment_method", "main_method")
        self.env.invalidate_all()
        self.assertEqual(self.alfa.portal_main_token_id, second)
        self.assertFalse(first.active)
