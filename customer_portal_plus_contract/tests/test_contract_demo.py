"""The demo's subscriptions: in all states, each its customer's own."""

import contextlib
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged
from odoo.tools import convert_file

from odoo.addons.customer_portal_plus.tests.test_demo import demo_files

from ..hooks import post_init_hook
from .common import MODEL

ADDON = "customer_portal_plus_contract"


@tagged("post_install", "-at_install")
class TestContractDemo(TransactionCase):
    def _load_demo(self):
        """Load people, goods and orders; what else the demo has takes long."""
        Demo = type(self.env["customer.portal.demo"])
        names = ("invoices", "quotes", "messages", "payment_report", "saved_methods", "contract")
        with contextlib.ExitStack() as stack:
            for name in names:
                stack.enter_context(patch.object(Demo, f"_load_{name}", lambda *args: None))
            for path in demo_files():
                convert_file(self.env, "customer_portal_plus", path, {}, mode="init", noupdate=True)

    def test_subscriptions_of_the_demo(self):
        if not self.env.ref("customer_portal_plus.demo_company", raise_if_not_found=False):
            self._load_demo()
        for _time in range(2):
            convert_file(self.env, ADDON, "demo/contract_demo.xml", {}, mode="init", noupdate=True)
        company = self.env.ref("customer_portal_plus.demo_company")
        # What runs after the installation leaves the demo as it is shown.
        post_init_hook(self.env)
        self.assertTrue(company.portal_subscriptions_by_profile)
        Contract = self.env[MODEL]
        self.assertEqual(Contract.search_count([("company_id", "=", company.id)]), 5)
        contact = self.env.ref("customer_portal_plus.demo_contact_talleres_gerencia")
        seen = Contract.search(Contract._portal_domain(contact))
        self.assertEqual(len(seen), 3)
        states = {contract._portal_state() for contract in seen}
        self.assertEqual(states, {"running", "asked", "ending"})
        self.assertTrue(all(contract._portal_invoices() for contract in seen))
        self.assertTrue(any(contract._portal_next_invoice() for contract in seen))
        stranger = self.env.ref("customer_portal_plus.demo_contact_hotel_recepcion")
        self.assertEqual(len(Contract.search(Contract._portal_domain(stranger))), 1)
