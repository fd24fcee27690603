"""An accountant acts for a customer, at a desk and on a phone."""

from unittest.mock import patch

from odoo.tests import tagged

from .common.seats import SeatCase


@tagged("post_install", "-at_install")
class TestSeatsTour(SeatCase):
    def _run_at(self, size):
        with patch.object(type(self), "browser_size", size):
            self.start_tour("/my", "customer_portal_plus.seats", login=self.user_holder.login)

    def test_act_and_go_back(self):
        self._create_invoice(self.alfa, 120.0, days=-60, due_days=-30)
        self._run_at("1366x768")
        self._run_at("390x844")
        events = self.env["customer.portal.event"].search_count(
            [("kind", "=", "sign_in"), ("user_id", "=", self.seat.user_id.id)]
        )
        self.assertEqual(events, 2)
