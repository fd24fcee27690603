"""See as customer, in a browser."""

from odoo.tests import tagged

from .common import PortalHttpCase


@tagged("post_install", "-at_install")
class TestPreviewTour(PortalHttpCase):
    def test_preview_tour(self):
        contact = self.user_full.partner_id
        self.user_sales.lang = "en_US"
        invoice = self._create_invoice(self.alfa, post=False, name="TOUR-PREVIEW/1")
        invoice.action_post()
        last = self.env["customer.portal.event"].search([], limit=1, order="id DESC")
        with self.without_library_for_calls():
            self.start_tour(
                f"/odoo/res.partner/{contact.id}",
                "customer_portal_plus.preview",
                login=self.user_sales.login,
                timeout=180,
            )
        noted = self.env["customer.portal.event"].search([("id", ">", last.id)])
        self.assertEqual(noted.mapped("kind"), ["preview"])
        self.assertFalse(invoice.portal_seen_on)
