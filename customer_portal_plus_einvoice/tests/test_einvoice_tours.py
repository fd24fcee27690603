"""An invoice is accepted, another one rejected and said to be paid, on a desk and on a phone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from odoo.tests import tagged

from .common import EinvoiceCase


class EinvoiceTour(EinvoiceCase):
    def _assert_answered(self):
        invoice = self._send_invoice()
        self.start_tour(
            "/my/einvoices", "customer_portal_plus_einvoice.answer", login=self.user_full.login
        )
        self.env.invalidate_all()
        self.assertEqual(self._duty(invoice).state, "rejected")
        self.assertEqual(self._duty(invoice).reason, "It was never ordered")
        # The day of the country, which may have begun already.
        today = datetime.now(ZoneInfo("Europe/Madrid")).date()
        self.assertEqual(self._duty(invoice, "paid").paid_on, today)


@tagged("post_install", "-at_install")
class TestEinvoiceTour(EinvoiceTour):
    browser_size = "1280x900"

    def test_answer(self):
        self._assert_answered()


@tagged("post_install", "-at_install")
class TestEinvoiceTourOnAPhone(EinvoiceTour):
    browser_size = "390x844"
    touch_enabled = True

    def test_answer(self):
        self._assert_answered()
