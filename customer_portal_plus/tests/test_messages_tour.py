"""A customer writes, staff answer, the customer reads: in a real browser."""

from odoo.tests import tagged

from .common import PortalHttpCase


@tagged("post_install", "-at_install")
class TestMessagesTour(PortalHttpCase):
    def test_customer_writes_staff_answer_customer_reads(self):
        self.alfa.user_id = self.user_sales
        for user in (self.user_full, self.user_sales):
            user.password = user.login
        self.start_tour("/my", "portal_message_write", login=self.user_full.login)
        conversation = self.env["customer.portal.conversation"].search(
            [("name", "=", "Opening hours")]
        )
        self.assertEqual((conversation.state, conversation.user_id), ("new", self.user_sales))
        action = self.env.ref("customer_portal_plus.customer_portal_conversation_action")
        with self.without_library_for_calls():
            self.start_tour(
                f"/odoo/action-{action.id}",
                "portal_message_answer",
                login=self.user_sales.login,
                timeout=180,
            )
        self.assertEqual(conversation.state, "closed")
        self.start_tour("/my", "portal_message_read", login=self.user_full.login)
        conversation._portal_post_of(self.user_full.partner_id, "Thank you", [])
        self.assertEqual(conversation.state, "open")
