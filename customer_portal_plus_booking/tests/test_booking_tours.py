"""An appointment in a real browser, on a screen and on a phone: booked, moved, cancelled."""

from odoo.tests import tagged

from .common import BookingCase


class BookingTour(BookingCase):
    def _assert_booked_and_cancelled(self):
        self.start_tour(
            "/my",
            "customer_portal_plus_booking.appointment",
            login=self.user_full.login,
            timeout=180,
        )
        self.env.invalidate_all()
        booking = (
            self.env["resource.booking"]
            .with_context(active_test=False)
            .search([("partner_ids", "in", self.user_full.partner_id.ids)])
        ) - self.mine
        self.assertEqual(len(booking), 1)
        self.assertIn("The pump is loud", booking.description)
        self.assertEqual(booking.state, "canceled")


@tagged("post_install", "-at_install")
class TestBookingTour(BookingTour):
    browser_size = "1280x900"

    def test_book_move_cancel(self):
        self._assert_booked_and_cancelled()


@tagged("post_install", "-at_install")
class TestBookingTourOnAPhone(BookingTour):
    browser_size = "390x844"
    touch_enabled = True

    def test_book_move_cancel(self):
        self._assert_booked_and_cancelled()
