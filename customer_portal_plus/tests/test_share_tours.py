"""Sharing and uploading in a real browser."""

from odoo.tests import tagged

from .common.document import DocumentCase


@tagged("post_install", "-at_install")
class TestShareTours(DocumentCase):
    def test_staff_share_files(self):
        self.user_sales.password = self.user_sales.login
        action = self.env.ref("customer_portal_plus.customer_portal_document_action")
        with self.without_library_for_calls():
            self.start_tour(
                f"/odoo/action-{action.id}", "portal_share_files", login=self.user_sales.login
            )
        documents = self.env["customer.portal.document"].search(
            [("name", "in", ("Enero", "Febrero"))]
        )
        self.assertEqual(set(documents.mapped("name")), {"Enero", "Febrero"})
        self.assertEqual(set(documents.mapped("audience")), {"all"})
        self.assertFalse(documents[0]._portal_refusal(self.user_stranger.partner_id))

    def test_customer_uploads(self):
        request = self.env["customer.portal.document.request"].create(
            {"name": "Certificado", "partner_id": self.alfa.id, "user_id": self.user_sales.id}
        )
        request.action_send()
        self.user_full.password = self.user_full.login
        self.start_tour("/my", "portal_upload", login=self.user_full.login)
        self.assertEqual(request.state, "received")
        self.assertEqual(request.file_ids.mapped("name"), ["certificado.png"])
