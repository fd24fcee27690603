"""The pages of appointments under the checker of accessibility."""

from odoo.tests import tagged

from odoo.addons.customer_portal_plus.tests.test_accessibility import FRAMED, AccessibilityCase

from .common import BookingCase


@tagged("post_install", "-at_install")
class TestBookingAccessibility(AccessibilityCase, BookingCase):
    def test_pages_of_appointments(self):
        self.mine.start = self.slot
        pages = [
            ["/my/bookings", None],
            ["/my/bookings/new", None],
            [f"/my/bookings/new/{self.kind.id}", None],
            [self.mine.access_url, ".o_cpp_booking_cancel summary"],
            [f"{self.of_own.access_url}/schedule", None],
        ]
        self.assert_accessible("/my", FRAMED, pages, login=self.user_full.login)
