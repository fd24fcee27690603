"""A subscription in a real browser, on a screen and on a phone: from the home page to its stop."""

from odoo.tests import tagged

from .common import ContractCase


class ContractTour(ContractCase):
    def _assert_stopped_by_hand(self):
        self._bill(self.contract)
        self.start_tour(
            "/my",
            "customer_portal_plus_contract.subscription",
            login=self.user_full.login,
            timeout=180,
        )
        self.env.invalidate_all()
        requests = self.contract.portal_request_ids
        self.assertEqual(
            dict(zip(requests.mapped("kind"), requests.mapped("state"), strict=True)),
            {"quantity": "withdrawn", "stop": "open"},
        )
        quantity = requests.filtered(lambda one: one.kind == "quantity")
        self.assertEqual(quantity.quantity, 5)


@tagged("post_install", "-at_install")
class TestContractTour(ContractTour):
    browser_size = "1280x900"

    def test_from_home_to_its_stop(self):
        self._assert_stopped_by_hand()


@tagged("post_install", "-at_install")
class TestContractTourOnAPhone(ContractTour):
    browser_size = "390x844"
    touch_enabled = True

    def test_from_home_to_its_stop(self):
        self._assert_stopped_by_hand()
