"""Files of a project in a real browser: staff share one, its customer reads it."""

from odoo.tests import tagged

from .test_project_documents import ProjectDocumentCase


@tagged("post_install", "-at_install")
class TestProjectTours(ProjectDocumentCase):
    def test_staff_share_and_the_customer_reads(self):
        self.user_manager.password = self.user_manager.login
        action = self.env.ref("project.open_view_project_all")
        with self.without_library_for_calls():
            self.start_tour(
                f"/odoo/action-{action.id}/{self.project.id}",
                "portal_project_share",
                login=self.user_manager.login,
                timeout=120,
            )
        document = self.env["customer.portal.document"].search(
            [("project_id", "=", self.project.id)]
        )
        self.assertEqual((document.name, document.state), ("Plano", "sent"))
        self.user_full.password = self.user_full.login
        self.start_tour("/my/documents", "portal_project_read", login=self.user_full.login)
        self.assertTrue(
            self.env["customer.portal.reading"].search_count(
                [("res_model", "=", document._name), ("res_id", "=", document.id)]
            )
        )
