"""A customer finds its way through the home page and the lists in a real browser."""

from odoo.tests import tagged

from .common import PortalHttpCase


@tagged("post_install", "-at_install")
class TestPagesTour(PortalHttpCase):
    def test_home_and_lists(self):
        self._create_invoice(self.alfa, amount=100, days=-60, due_days=-30, ref="TOUR-OVERDUE")
        self._create_invoice(self.alfa, amount=23.5, ref="Pedido Ñandú")
        self._create_order(self.alfa, name="TOUR-QUOTE")
        self._create_order(self.alfa, state="sale", name="TOUR-ORDER")
        self.start_tour(
            "/my", "customer_portal_plus.pages", login=self.user_full.login, timeout=120
        )
