"""The demo's tickets: in all states, each its customer's own."""

from odoo.tests import tagged

from odoo.addons.customer_portal_plus.tests.common.demo import BridgeDemoCase

from ..hooks import post_init_hook

ADDON = "customer_portal_plus_helpdesk"


@tagged("post_install", "-at_install")
class TestTicketDemo(BridgeDemoCase):
    def test_tickets_of_the_demo(self):
        company = self.load_bridge_demo(ADDON, "demo/helpdesk_demo.xml")
        # What runs after the installation leaves the demo as it is shown.
        post_init_hook(self.env)
        self.assertTrue(company.portal_allow_ticket_rating)
        Ticket = self.env["helpdesk.ticket"]
        self.assertEqual(Ticket.search_count([("company_id", "=", company.id)]), 4)
        contact = self.demo("contact_talleres_gerencia")
        seen = Ticket.search(Ticket._portal_domain(contact))
        states = {ticket._portal_state() for ticket in seen}
        self.assertEqual(states, {"received", "answered", "closed"})
        self.assertEqual(seen.rating_ids.rating, 5)
        stranger = self.demo("contact_hotel_recepcion")
        self.assertFalse(seen & Ticket.search(Ticket._portal_domain(stranger)))
