"""The demo's appointments: booked, and waiting for a time, each its customer's own."""

from odoo.tests import tagged

from odoo.addons.customer_portal_plus.tests.common.demo import BridgeDemoCase

from ..hooks import post_init_hook

ADDON = "customer_portal_plus_booking"


@tagged("post_install", "-at_install")
class TestBookingDemo(BridgeDemoCase):
    def test_appointments_of_the_demo(self):
        company = self.load_bridge_demo(ADDON, "demo/booking_demo.xml")
        # What runs after the installation leaves the demo as it is shown.
        post_init_hook(self.env)
        self.assertTrue(company.portal_show_appointments)
        Booking = self.env["resource.booking"]
        self.assertEqual(Booking.search_count([("company_id", "=", company.id)]), 6)
        contact = self.demo("contact_talleres_gerencia")
        seen = Booking.search(Booking._portal_domain(contact))
        states = {one._portal_state() for one in seen}
        self.assertEqual(states, {"booked", "open", "scheduled", "past"})
        stranger = self.demo("contact_hotel_recepcion")
        others = Booking.search(Booking._portal_domain(stranger))
        self.assertEqual(len(others), 1)
        self.assertFalse(seen & others)
