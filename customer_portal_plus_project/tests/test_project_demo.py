"""The demo's project: its customer sees the file that was shared, and no other."""

from odoo.tests import TransactionCase, tagged
from odoo.tools import convert_file

from odoo.addons.customer_portal_plus.tests.test_demo import demo_files

from ..hooks import post_init_hook

ADDON = "customer_portal_plus_project"


@tagged("post_install", "-at_install")
class TestProjectDemo(TransactionCase):
    def test_project_of_the_demo(self):
        if not self.env.ref("customer_portal_plus.demo_company", raise_if_not_found=False):
            for path in demo_files():
                convert_file(self.env, "customer_portal_plus", path, {}, mode="init", noupdate=True)
        company = self.env.ref("customer_portal_plus.demo_company")
        customer = self.env.ref("customer_portal_plus.demo_customer_talleres")
        for _time in range(2):
            convert_file(self.env, ADDON, "demo/project_demo.xml", {}, mode="init", noupdate=True)
        project = self.env["project.project"].search([("company_id", "=", company.id)])
        self.assertEqual(project.partner_id, customer)
        document = self.env["customer.portal.document"].search([("project_id", "=", project.id)])
        self.assertEqual(len(document), 1)
        files = self.env["ir.attachment"].search(project._portal_files_domain())
        self.assertEqual(len(files), 2)
        # What runs after the installation leaves the demo as it is shown.
        post_init_hook(self.env)
        contact = self.env.ref("customer_portal_plus.demo_contact_talleres_gerencia")
        self.assertFalse(document._portal_refusal(contact))
        stranger = self.env.ref("customer_portal_plus.demo_contact_hotel_recepcion")
        self.assertTrue(document._portal_refusal(stranger))
        user = self.env.ref("customer_portal_plus.demo_user_talleres_compras")
        progress = project._portal_progress(user)
        self.assertEqual((progress["done"], progress["total"]), (2, 4))
        self.assertEqual(len(progress["milestones"]), 3)
        self.assertTrue(progress["status"])
