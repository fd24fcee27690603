"""The demo's subscriptions: in all states, each its customer's own."""

from odoo.tests import tagged

from odoo.addons.customer_portal_plus.tests.common.demo import BridgeDemoCase

from ..hooks import post_init_hook
from .common import MODEL

ADDON = "customer_portal_plus_contract"


@tagged("post_install", "-at_install")
class TestContractDemo(BridgeDemoCase):
    def test_subscriptions_of_the_demo(self):
        company = self.load_bridge_demo(ADDON, "demo/contract_demo.xml")
        # What runs after the installation leaves the demo as it is shown.
        post_init_hook(self.env)
        self.assertTrue(company.portal_subscriptions_by_profile)
        Contract = self.env[MODEL]
        self.assertEqual(Contract.search_count([("company_id", "=", company.id)]), 5)
        seen = Contract.search(Contract._portal_domain(self.demo("contact_talleres_gerencia")))
        self.assertEqual(len(seen), 3)
        states = {contract._portal_state() for contract in seen}
        self.assertEqual(states, {"running", "asked", "ending"})
        self.assertTrue(all(contract._portal_invoices() for contract in seen))
        self.assertTrue(any(contract._portal_next_invoice() for contract in seen))
        stranger = self.demo("contact_hotel_recepcion")
        self.assertEqual(len(Contract.search(Contract._portal_domain(stranger))), 1)
