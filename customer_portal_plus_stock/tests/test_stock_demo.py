"""The demo's deliveries: in all states, whichever was installed first."""

import contextlib
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged
from odoo.tools import convert_file

from odoo.addons.customer_portal_plus.tests.test_demo import demo_files

from ..hooks import post_init_hook

ADDON = "customer_portal_plus_stock"


@tagged("post_install", "-at_install")
class TestStockDemo(TransactionCase):
    def _load_demo(self):
        """Load people, goods and orders; what else the demo has takes long."""
        Demo = type(self.env["customer.portal.demo"])
        names = ("invoices", "quotes", "messages", "payment_report", "saved_methods", "contract")
        with contextlib.ExitStack() as stack:
            for name in names:
                stack.enter_context(patch.object(Demo, f"_load_{name}", lambda *args: None))
            for path in demo_files():
                convert_file(self.env, "customer_portal_plus", path, {}, mode="init", noupdate=True)

    def test_deliveries_of_the_demo(self):
        if not self.env.ref("customer_portal_plus.demo_company", raise_if_not_found=False):
            # Inventory is there already: the company needs a warehouse to confirm its orders.
            self._load_demo()
        company = self.env.ref("customer_portal_plus.demo_company")
        for _time in range(2):
            convert_file(self.env, ADDON, "demo/stock_demo.xml", {}, mode="init", noupdate=True)
        self.assertEqual(
            self.env["stock.warehouse"].search_count([("company_id", "=", company.id)]), 1
        )
        # What runs after the installation leaves the demo as it is shown.
        post_init_hook(self.env)
        contact = self.env.ref("customer_portal_plus.demo_contact_talleres_gerencia")
        Picking = self.env["stock.picking"]
        seen = Picking.search(Picking._portal_domain(contact))
        states = {picking._portal_state() for picking in seen}
        self.assertLessEqual({"preparing", "received", "problem", "awaited"}, states)
        problem = seen.portal_problem_ids
        self.assertEqual(len(problem), 1)
        self.assertTrue(problem.conversation_id)
        stranger = self.env.ref("customer_portal_plus.demo_contact_hotel_recepcion")
        self.assertTrue(Picking.search(Picking._portal_domain(stranger)))
        self.assertFalse(seen & Picking.search(Picking._portal_domain(stranger)))

    def test_warehouse_when_inventory_comes_later(self):
        """Its last act is to write its mail on all companies; the demo's needs a warehouse then,
        before *Sales* is joined with it."""
        company = self.env["res.company"].create({"name": "Ferretería de prueba"})
        Warehouse = self.env["stock.warehouse"].with_context(active_test=True)
        domain = [("company_id", "=", company.id)]
        Warehouse.search(domain).active = False  # Odoo makes one while it is tested.
        template = self.env.ref("stock.mail_template_data_delivery_confirmation")
        company.stock_mail_confirmation_template_id = template
        self.assertFalse(Warehouse.search(domain), "only the demo's company is given one")
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": "customer_portal_plus.demo_company", "record": company}]
        )
        for _time in range(2):
            company.stock_mail_confirmation_template_id = template
            self.assertEqual(len(Warehouse.search(domain)), 1)
