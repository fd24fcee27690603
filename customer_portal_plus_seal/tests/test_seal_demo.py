"""The demo's company seals, with a certificate for trying."""

from odoo.tests import tagged

from odoo.addons.customer_portal_plus.tests.common.demo import BridgeDemoCase

from .common import SealFixture

ADDON = "customer_portal_plus_seal"


@tagged("post_install", "-at_install")
class TestSealDemo(SealFixture, BridgeDemoCase):
    def test_seal_of_the_demo(self):
        self._set_up_services()
        company = self.load_bridge_demo(ADDON, "demo/seal_demo.xml")
        self.assertTrue(company.portal_seal_files)
        certificate = company.portal_seal_certificate_id
        self.assertEqual((certificate.is_trial, certificate.state), (True, "trial"))
        kept = self.env["customer.portal.seal.certificate"].search_count(
            [("company_id", "=", company.id)]
        )
        self.assertEqual(kept, 1)
