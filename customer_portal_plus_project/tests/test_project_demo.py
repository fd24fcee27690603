"""The demo's project: its customer sees the file that was shared, and no other."""

from odoo.tests import tagged

from odoo.addons.customer_portal_plus.tests.common.demo import BridgeDemoCase

from ..hooks import post_init_hook

ADDON = "customer_portal_plus_project"


@tagged("post_install", "-at_install")
class TestProjectDemo(BridgeDemoCase):
    def test_project_of_the_demo(self):
        company = self.load_bridge_demo(ADDON, "demo/project_demo.xml")
        customer = self.demo("customer_talleres")
        project = self.env["project.project"].search([("company_id", "=", company.id)])
        self.assertEqual(project.partner_id, customer)
        document = self.env["customer.portal.document"].search([("project_id", "=", project.id)])
        self.assertEqual(len(document), 1)
        files = self.env["ir.attachment"].search(project._portal_files_domain())
        self.assertEqual(len(files), 2)
        # What runs after the installation leaves the demo as it is shown.
        post_init_hook(self.env)
        contact = self.demo("contact_talleres_gerencia")
        self.assertFalse(document._portal_refusal(contact))
        stranger = self.demo("contact_hotel_recepcion")
        self.assertTrue(document._portal_refusal(stranger))
        user = self.demo("user_talleres_compras")
        progress = project._portal_progress(user)
        self.assertEqual((progress["done"], progress["total"]), (2, 4))
        self.assertEqual(len(progress["milestones"]), 3)
        self.assertTrue(progress["status"])
