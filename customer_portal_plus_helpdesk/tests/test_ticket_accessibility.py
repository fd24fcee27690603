"""The pages of tickets under the checker of accessibility."""

from odoo.tests import tagged

from odoo.addons.customer_portal_plus.tests.test_accessibility import FRAMED, AccessibilityCase

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestTicketAccessibility(AccessibilityCase, TicketCase):
    def test_pages_of_tickets(self):
        self.answer(self.ticket, user=self.user_helpdesk)
        self.of_own.stage_id = self.done
        pages = [
            ["/my/tickets", None],
            ["/my/tickets?filterby=closed", None],
            ["/my/tickets/new", None],
            [self.ticket.access_url, None],
            [self.of_own.access_url, "#answer summary"],
        ]
        self.assert_accessible("/my", FRAMED, pages, login=self.user_full.login)
