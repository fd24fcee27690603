"""A customer confirms its balance, on a desk and on a phone."""

from unittest.mock import patch

from odoo.tests import tagged

from .common import PortalHttpCase


@tagged("post_install", "-at_install")
class TestBalanceTour(PortalHttpCase):
    def test_balance(self):
        self.company.portal_allow_confirmations = True
        self._create_invoice(self.alfa, 100.0)
        inquiry = self.env["customer.portal.balance.inquiry"].create(
            {"name": "Saldos", "date": self.today, "customer_ids": [(6, 0, self.alfa.ids)]}
        )
        Confirmation = self.env["customer.portal.balance.confirmation"]
        for size in ("1280x800", "390x844"):
            made = Confirmation._freeze(inquiry)
            with patch.object(type(self), "browser_size", size):
                self.start_tour("/my", "customer_portal_plus.balance", login=self.user_full.login)
            self.env.invalidate_all()
            self.assertEqual((made.state, made.own_amount), ("differs", 80.5), size)
