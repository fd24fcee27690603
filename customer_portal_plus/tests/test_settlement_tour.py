"""A customer disputes a part of an invoice and promises to pay the rest, on a phone; and agrees to
pay in instalments, there and on a wide screen."""

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

    def test_plan(self):
        self.company.write({"portal_allow_plans": True, "portal_plan_smallest": 20.0})
        self.invoice.name = "SETTLE/1"
        for size in ("1280x900", "390x844"):
            with self.subTest(size=size), patch.object(type(self), "browser_size", size):
                self.start_tour(
                    "/my/invoices", "customer_portal_plus.plan", login=self.user_full.login
                )
                self.env.invalidate_all()
                plan = self.env["customer.portal.plan"].search([("state", "=", "running")])
                self.assertEqual(plan.line_ids.mapped("amount"), [33.33, 33.33, 33.34])
                basket = self.env["customer.portal.basket"].search([])
                self.assertEqual(basket.amount, 33.33)
                plan.action_end()

    def test_signed_plan(self):
        self.company.write(
            {
                "portal_allow_plans": True,
                "portal_plan_smallest": 20.0,
                "portal_sign_plans": True,
            }
        )
        self.invoice.name = "SETTLE/1"
        for size in ("1280x900", "390x844"):
            with self.subTest(size=size), patch.object(type(self), "browser_size", size):
                self.start_tour(
                    "/my/invoices", "customer_portal_plus.signed_plan", login=self.user_full.login
                )
                self.env.invalidate_all()
                plan = self.env["customer.portal.plan"].search([("state", "=", "running")])
                self.assertEqual(plan.portal_signature_ids.method, "type")
                plan.action_end()
