"""The pages of subscriptions under the checker of accessibility."""

from odoo.tests import tagged

from odoo.addons.customer_portal_plus.tests.test_accessibility import FRAMED, AccessibilityCase

from .common import ContractCase


@tagged("post_install", "-at_install")
class TestContractAccessibility(AccessibilityCase, ContractCase):
    def test_pages_of_subscriptions(self):
        self._bill(self.contract)
        self._ask(kind="plan")
        pages = [
            ["/my/contracts", None],
            ["/my/contracts?filterby=ended", None],
            [self.contract.access_url, None],
            [f"{self.contract.access_url}/request/quantity", None],
            [f"{self.contract.access_url}/request/pause", None],
            [f"{self.contract.access_url}/request/stop", None],
        ]
        self.assert_accessible("/my", FRAMED, pages, login=self.user_full.login)
