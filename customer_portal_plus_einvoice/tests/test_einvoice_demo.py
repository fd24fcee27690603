"""The demo's company has its customer answer by the law of Spain."""

from odoo.tests import tagged

from odoo.addons.customer_portal_plus.tests.common.demo import BridgeDemoCase

ADDON = "customer_portal_plus_einvoice"


@tagged("post_install", "-at_install")
class TestEinvoiceDemo(BridgeDemoCase):
    def test_einvoices_of_the_demo(self):
        company = self.load_bridge_demo(ADDON, "demo/einvoice_demo.xml")
        self.assertTrue(company.portal_answer_einvoices)
        duties = self.env["customer.portal.einvoice.duty"].search([("company_id", "=", company.id)])
        states = set(duties.mapped("state"))
        self.assertLessEqual({"waiting", "accepted", "rejected", "paid"}, states)
        customer = self.demo("customer_talleres")
        self.assertEqual(duties.answer_id.customer_id, customer)
        self.assertEqual(len(duties.answer_id), 4)
