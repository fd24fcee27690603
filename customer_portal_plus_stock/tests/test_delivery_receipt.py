"""Confirming receipt: signed by who may, once, for what was shipped."""

import base64

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.customer_portal_plus.tests.common.signature import make_signature_png

from .common import DeliveryCase


@tagged("post_install", "-at_install")
class TestDeliveryReceipt(DeliveryCase):
    def _open_signing(self, document=None):
        """Override: the form has another address here."""
        url = (document or self.shipped).access_url
        answer = self.post_form(f"{url}/receipt", page=url)
        return answer.url.split("?")[0], answer.text

    def test_signed_by_hand(self):
        self.sign_in(self.user_full)
        self.assertIn("Confirm receipt", self.url_open(self.shipped.access_url).text)
        page, text = self._open_signing()
        self.assertIn("/my/sign/", page)
        self.assertIn("I confirm that I have received", text)
        drawing = "data:image/png;base64," + base64.b64encode(make_signature_png()).decode()
        answer = self._sign(self.shipped, page, method="draw", drawing=drawing)
        self.assertIn("the receipt is confirmed", answer.text)
        self.assertEqual(self.shipped._portal_state(), "received")
        self.assertEqual(self.shipped.portal_received_by, "Gerencia de Alfa")
        evidence = self._evidence(self.shipped)
        self.assertEqual((evidence.act, evidence.method), ("signed", "draw"))
        self.assertEqual(evidence.customer_id, self.alfa)
        self.assertIn("received what", evidence.consent_text)
        self.assertTrue(evidence.image_sha256)
        self.assertFalse(self.shipped.signature, "Odoo's own field prints the paper at once")
        self.assertEqual(self.shipped.portal_signature_state, "valid")
        page = self.url_open(self.shipped.access_url).text
        self.assertNotIn("Confirm receipt", page)
        self.assertIn("Gerencia de Alfa confirmed its receipt", page)
        self._deliver()
        signed = self.url_open(f"{self.shipped.access_url}/pdf").content
        self.assertTrue(signed.startswith(b"%PDF"))
        self.assertEqual(self.shipped._portal_signed_file()[1], signed)

    def test_only_once(self):
        self.sign_in(self.user_full)
        first = self._open_signing()[0]
        second = self._open_signing()[0]
        self._sign(self.shipped, first)
        answer = self._sign(self.shipped, second)
        self.assertIn("already been confirmed", answer.text)
        self.assertEqual(len(self._evidence(self.shipped)), 1)

    def test_changed_meanwhile(self):
        self.sign_in(self.user_full)
        page = self._open_signing()[0]
        self._line(self.shipped).move_line_ids[:1].quantity = 5
        self.assertIn("has changed since you opened it", self._sign(self.shipped, page).text)
        self.assertFalse(self.shipped.portal_received_on)

    def test_who_may_not(self):
        contact = self.user_full.partner_id
        self.assertFalse(self.shipped._portal_sign_refusal(contact))
        self.assertTrue(self.backorder._portal_sign_refusal(contact))
        back = self._return(self.shipped)
        back.move_ids.write({"quantity": 1, "picked": True})
        back._action_done()
        self.assertTrue(back._portal_sign_refusal(contact))
        for other in (self.user_stranger, self.user_own, self.user_branch, self.user_sales):
            self.assertTrue(self.shipped._portal_sign_refusal(other.partner_id), other.login)
        self.assertTrue(self.shipped._portal_sign_refusal(contact.browse()))
        self.profile_full.can_confirm_receipt = False
        self.assertIn("Your profile", self.shipped._portal_sign_refusal(contact))
        self.profile_full.can_confirm_receipt = True
        self.shipped.portal_visible = False
        self.assertIn("Your profile", self.shipped._portal_sign_refusal(contact))
        self.shipped.portal_visible = True
        self.company.portal_allow_receipt = False
        self.assertIn("not confirmed here", self.shipped._portal_sign_refusal(contact))

    def test_delivery_of_somebody_else(self):
        """By the pages of one's own login, by one's own token, by a frozen paper of another."""
        self.sign_in(self.user_full)
        page = self._open_signing()[0]
        own_token = self.foreign._portal_ensure_token()
        for user in (self.user_stranger, self.user_branch, self.user_own):
            self.sign_in(user)
            url = self.shipped.access_url
            for address in (f"{url}/receipt", f"{url}/receipt?access_token={own_token}"):
                answer = self.post_form(address, page="/my/account", allow_redirects=False)
                self.assertNotIn("/my/sign/", answer.headers.get("Location", ""), user.login)
            self.assertNotIn("sha256", self.url_open(page).text)
            answer = self.post_form(
                f"{page}/confirm",
                {"consent": "1", "method": "type", "signer_name": "X"},
                page="/my/account",
            )
            self.assertFalse(self.shipped.portal_received_on)
        signing = self.env["customer.portal.frozen.document"].search([], order="id desc", limit=1)
        with self.assertRaises(ValidationError):
            self.shipped._portal_sign(
                signing,
                self.user_stranger.partner_id,
                signing.sha256,
                {},
                signer_name="X",
                method="type",
            )
        self.assertFalse(self._evidence(self.shipped))

    def test_guests(self):
        self.sign_in(None)
        url = self.shipped.access_url
        token = self.shipped._portal_ensure_token()
        answer = self.post_form(
            f"{url}/receipt?access_token={token}", page="/web/login", allow_redirects=False
        )
        self.assertNotIn("/my/sign/", answer.headers.get("Location", ""))
        self.assertFalse(self.env["customer.portal.frozen.document"].search([]))

    def test_address_of_the_form(self):
        self.sign_in(self.user_full)
        answer = self.url_open(f"{self.shipped.access_url}/receipt")
        self.assertTrue(answer.url.endswith(self.shipped.access_url))
