"""The demo's tickets: in all states, each its customer's own."""

import contextlib
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged
from odoo.tools import convert_file

from odoo.addons.customer_portal_plus.tests.test_demo import demo_files

from ..hooks import post_init_hook

ADDON = "customer_portal_plus_helpdesk"


@tagged("post_install", "-at_install")
class TestTicketDemo(TransactionCase):
    def _load_demo(self):
        """Load people, goods and orders; what else the demo has takes long."""
        Demo = type(self.env["customer.portal.demo"])
        names = ("invoices", "quotes", "messages", "payment_report", "saved_methods", "contract")
        with contextlib.ExitStack() as stack:
            for name in names:
                stack.enter_context(patch.object(Demo, f"_load_{name}", lambda *args: None))
            for path in demo_files():
                convert_file(self.env, "customer_portal_plus", path, {}, mode="init", noupdate=True)

    def test_tickets_of_the_demo(self):
        if not self.env.ref("customer_portal_plus.demo_company", raise_if_not_found=False):
            self._load_demo()
        for _time in range(2):
            convert_file(self.env, ADDON, "demo/helpdesk_demo.xml", {}, mode="init", noupdate=True)
        company = self.env.ref("customer_portal_plus.demo_company")
        # What runs after the installation leaves the demo as it is shown.
        post_init_hook(self.env)
        self.assertTrue(company.portal_allow_ticket_rating)
        Ticket = self.env["helpdesk.ticket"]
        self.assertEqual(Ticket.search_count([("company_id", "=", company.id)]), 4)
        contact = self.env.ref("customer_portal_plus.demo_contact_talleres_gerencia")
        seen = Ticket.search(Ticket._portal_domain(contact))
        states = {ticket._portal_state() for ticket in seen}
        self.assertEqual(states, {"received", "answered", "closed"})
        self.assertEqual(seen.rating_ids.rating, 5)
        stranger = self.env.ref("customer_portal_plus.demo_contact_hotel_recepcion")
        self.assertFalse(seen & Ticket.search(Ticket._portal_domain(stranger)))
