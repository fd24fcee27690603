"""A ticket in a real browser, on a screen and on a phone: from an invoice to its rating."""

from odoo.tests import tagged

from .common import MODEL, TicketCase


class TicketTour(TicketCase):
    def _assert_opened_and_rated(self):
        invoice = self._create_invoice(self.alfa)
        self.start_tour(
            f"/my/invoices/{invoice.id}",
            "customer_portal_plus_helpdesk.ticket",
            login=self.user_full.login,
            timeout=180,
        )
        self.env.invalidate_all()
        ticket = self.env[MODEL].search([("portal_account_move_id", "=", invoice.id)])
        self.assertEqual(ticket.category_id, self.category)
        self.assertEqual(ticket.rating_ids.rating, 5)
        self.assertFalse(ticket.closed)
        self.assertIn("It came back", self.said(ticket)[:1].body)


@tagged("post_install", "-at_install")
class TestTicketTour(TicketTour):
    browser_size = "1280x900"

    def test_from_an_invoice_to_its_rating(self):
        self._assert_opened_and_rated()


@tagged("post_install", "-at_install")
class TestTicketTourOnAPhone(TicketTour):
    browser_size = "390x844"
    touch_enabled = True

    def test_from_an_invoice_to_its_rating(self):
        self._assert_opened_and_rated()
