"""The demo's deliveries: in all states, whichever was installed first."""

from odoo.tests import tagged

from odoo.addons.customer_portal_plus.tests.common.demo import BridgeDemoCase

from ..hooks import post_init_hook

ADDON = "customer_portal_plus_stock"


@tagged("post_install", "-at_install")
class TestStockDemo(BridgeDemoCase):
    def test_deliveries_of_the_demo(self):
        # Inventory is there already: the company needs a warehouse to confirm its orders.
        company = self.load_bridge_demo(ADDON, "demo/stock_demo.xml")
        self.assertEqual(
            self.env["stock.warehouse"].search_count([("company_id", "=", company.id)]), 1
        )
        # What runs after the installation leaves the demo as it is shown.
        post_init_hook(self.env)
        contact = self.demo("contact_talleres_gerencia")
        Picking = self.env["stock.picking"]
        seen = Picking.search(Picking._portal_domain(contact))
        states = {picking._portal_state() for picking in seen}
        self.assertLessEqual({"preparing", "received", "problem", "awaited"}, states)
        problem = seen.portal_problem_ids
        self.assertEqual(len(problem), 1)
        self.assertTrue(problem.conversation_id)
        stranger = self.demo("contact_hotel_recepcion")
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
