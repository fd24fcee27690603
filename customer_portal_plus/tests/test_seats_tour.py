"""An accountant acts for a customer, at a desk and on a phone."""

from unittest.mock import patch

from odoo.tests import tagged

from .common.payment import PaymentCase
from .common.seats import SeatCase


@tagged("post_install", "-at_install")
class TestSeatsTour(SeatCase, PaymentCase):
    def _run_at(self, size, url="/my", tour="seats"):
        with patch.object(type(self), "browser_size", size):
            self.start_tour(
                url, f"customer_portal_plus.{tour}", login=self.user_holder.login, timeout=120
            )

    def test_act_and_go_back(self):
        self._create_invoice(self.alfa, 120.0, days=-60, due_days=-30)
        self._run_at("1366x768")
        self._run_at("390x844")
        events = self.env["customer.portal.event"].search_count(
            [("kind", "=", "sign_in"), ("user_id", "=", self.seat.user_id.id)]
        )
        self.assertEqual(events, 2)

    def test_pay_for_two(self):
        self._create_seat(self.user_holder, self.beta, self.profile_full)
        for number, size in enumerate(("1366x768", "390x844")):
            invoices = [
                self._create_invoice(customer, amount, name=f"JOINT/{place}/{number}")
                for place, (customer, amount) in enumerate(
                    ((self.alfa, 120.0), (self.beta, 250.0)), start=1
                )
            ]
            self._run_at(size, "/my/seats", "seat_payment")
            self.env.invalidate_all()
            for invoice in invoices:
                self.assertEqual(invoice.amount_residual, 0.0)
                self.assertEqual(invoice.transaction_ids.payment_id.partner_id, invoice.partner_id)
