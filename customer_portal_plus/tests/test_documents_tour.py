"""A customer does in a real browser what its documents are for."""

from odoo.tests import tagged

from .common import PortalHttpCase
from .test_invoice_page import PaymentProviderData


@tagged("post_install", "-at_install")
class TestDocumentsTour(PaymentProviderData, PortalHttpCase):
    def test_quotes_payment_and_message(self):
        accept = self._create_order(self.alfa, name="TOUR-ACCEPT")
        sign = self._create_order(self.alfa, name="TOUR-SIGN", require_signature=True)
        reject = self._create_order(self.alfa, name="TOUR-REJECT")
        invoice = self._create_invoice(
            self.alfa, amount=250.0, name="TOUR/0001", invoice_user_id=self.user_accountant.id
        )
        self.start_tour(
            "/my/quotes",
            "customer_portal_plus.documents",
            login=self.user_full.login,
            timeout=240,
        )

        self.assertEqual((accept.state, sign.state, reject.state), ("sale", "sale", "cancel"))
        self.assertTrue(sign.signature)
        self.assertIn("cheaper", reject.activity_ids.note)
        self.assertEqual(invoice.amount_residual, 0)
        question = invoice.message_ids.filtered(lambda m: "delivered" in (m.body or ""))
        self.assertEqual(question.author_id, self.user_full.partner_id)

        answer = invoice.with_user(self.user_accountant).message_post(
            body="On Monday morning", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertIn(self.user_full.partner_id, answer.notified_partner_ids)
        self.start_tour(
            "/my/invoices",
            "customer_portal_plus.documents_answer",
            login=self.user_full.login,
            timeout=120,
        )
