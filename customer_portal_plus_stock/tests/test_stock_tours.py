"""A delivery in a real browser, on a screen and on a phone: followed, reported, confirmed."""

from odoo.tests import tagged

from .common import DeliveryCase


class DeliveryTour(DeliveryCase):
    def _assert_followed_and_confirmed(self):
        self.start_tour(
            "/my",
            "customer_portal_plus_stock.delivery",
            login=self.user_full.login,
            timeout=180,
        )
        self.env.invalidate_all()
        problem = self.shipped.portal_problem_ids
        self.assertEqual((problem.kind, problem.quantity), ("damage", 2))
        self.assertEqual(self.shipped.portal_received_by, self.user_full.partner_id.name)
        self.assertEqual(self._evidence(self.shipped).method, "draw")
        request = self.env["sale.order"].search([("portal_again_of_id", "=", self.order.id)])
        self.assertEqual(request.state, "draft")


@tagged("post_install", "-at_install")
class TestDeliveryTour(DeliveryTour):
    browser_size = "1280x900"

    def test_follow_and_confirm(self):
        self._assert_followed_and_confirmed()


@tagged("post_install", "-at_install")
class TestDeliveryTourOnAPhone(DeliveryTour):
    browser_size = "390x844"
    touch_enabled = True

    def test_follow_and_confirm(self):
        self._assert_followed_and_confirmed()
