"""A customer disputes a part of an invoice and promises to pay the rest, on a phone."""

from unittest.mock import patch

from odoo.tests import tagged

from .common.settlement import SettlementCase


@tagged("post_install", "-at_install")
class TestSettlementTour(SettlementCase):
    def test_settlement(self):
        self.company.write({"portal_allow_disputes": True, "portal_allow_promises": True})
        self.invoice.name = "SETTLE/1"
        with patch.object(type(self), "browser_size", "390x844"):
            self.start_tour(
                "/my/invoices", "customer_portal_plus.settlement", login=self.user_full.login
            )
        self.env.invalidate_all()
        self.assertEqual(self.env["customer.portal.dispute"].search([]).amount, 30.0)
        self.assertEqual(self.env["customer.portal.promise"].search([]).amount, 70.0)
