"""Files that pages show: what is to be signed, what was signed, what was shared, what was sent."""

import base64
from unittest.mock import patch

from odoo.tests import tagged

from .common.document import make_image
from .common.signature import SignatureCase, make_pdf

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
LOGGER = "odoo.addons.customer_portal_plus.controllers.portal_page"
PAGE = b"<html><body><script>alert(1)</script></body></html>"


@tagged("post_install", "-at_install")
class TestShownFiles(SignatureCase):
    def get(self, url):
        return self.url_open(url, allow_redirects=False)

    def assert_shown(self, response, media_type, content):
        """It is shown in our own pages alone, as what it is, and nothing in it runs."""
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"].split(";")[0], media_type)
        self.assertTrue(response.headers["Content-Disposition"].startswith("inline"))
        self.assertEqual(response.content, content)
        self.assert_walled(response)
        if media_type != "application/pdf":
            policy = response.headers["Content-Security-Policy"]
            self.assertIn("sandbox", policy)
            self.assertIn("default-src 'none'", policy)

    def assert_saved(self, response, content):
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "application/octet-stream")
        self.assertTrue(response.headers["Content-Disposition"].startswith("attachment"))
        self.assertEqual(response.content, content)
        self.assert_walled(response)

    def assert_walled(self, response):
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(response.headers["X-Frame-Options"], "SAMEORIGIN")
        self.assertIn("frame-ancestors 'self'", response.headers["Content-Security-Policy"])
        self.assertEqual(response.headers["Cache-Control"], "private, no-store")

    # === TO SIGN === #

    def test_signing_page_shows_the_file(self):
        self.sign_in(self.user_full)
        page, html = self._open_signing()
        address = f"/my/sign/{page.rpartition('/')[2]}/document.pdf"
        link, shown = html.find(f'href="{address}"'), html.find(f'data="{address}"')
        self.assertGreater(link, 0)
        self.assertGreater(shown, link, "the link stands before the file")
        self.assert_shown(self.get(address), "application/pdf", self.pdf)

    # === SIGNED === #

    def sign_contract(self):
        self.sign_in(self.user_full)
        self._sign()
        self._deliver()
        return self._evidence()

    def test_document_page_leads_to_the_certificate(self):
        self.sign_in(self.user_full)
        self.assertNotIn("Check the signature", self.url_open(self.contract.access_url).text)
        evidence = self.sign_contract()
        html = self.url_open(self.contract.access_url).text
        address = f"/my/documents/{self.contract.id}/shown"
        self.assertIn(f'href="{address}"', html)
        self.assertIn(f'href="/portal/verify/{evidence.code}"', html)
        self.assertIn(evidence.signer_name, html)
        delivered = evidence._attachment(evidence.delivered_sha256).raw
        self.assertNotEqual(delivered, self.pdf)
        self.assert_shown(self.get(address), "application/pdf", delivered)
        self.assertIn("Genuine", self.url_open(f"/portal/verify/{evidence.code}").text)

    def sign_quote(self):
        quote = self._create_order(self.alfa, require_signature=True)
        self.sign_in(self.user_full)
        self._sign(quote)
        self._deliver()
        return quote, self._evidence(quote)

    def test_quote_page_leads_to_the_certificate(self):
        quote, evidence = self.sign_quote()
        self.assertEqual(quote.state, "sale")
        html = self.url_open(quote.access_url).text
        address = f"/my/orders/{quote.id}/signed.pdf"
        self.assertIn(f'href="{address}"', html)
        self.assertIn(f'href="/portal/verify/{evidence.code}"', html)
        delivered = evidence._attachment(evidence.delivered_sha256).raw
        self.assert_shown(self.get(address), "application/pdf", delivered)

    def test_guest_of_the_quote(self):
        quote, evidence = self.sign_quote()
        delivered = evidence._attachment(evidence.delivered_sha256).raw
        token = quote._portal_ensure_token()
        self.authenticate(None, None)
        address = f"/my/orders/{quote.id}/signed.pdf"
        self.assertEqual(self.get(address).status_code, 404)
        self.assertEqual(self.get(f"{address}?access_token=x").status_code, 404)
        other = self._create_order(self.alfa)._portal_ensure_token()
        self.assertEqual(self.get(f"{address}?access_token={other}").status_code, 404)
        html = self.url_open(f"{quote.access_url}?access_token={token}").text
        self.assertIn(f'href="{address}?access_token={token}"', html)
        self.assert_shown(self.get(f"{address}?access_token={token}"), "application/pdf", delivered)

    def test_nobody_else_gets_what_was_signed(self):
        quote, _evidence = self.sign_quote()
        address = f"/my/orders/{quote.id}/signed.pdf"
        self.sign_in(self.user_stranger)
        self.assertEqual(self.get(address).status_code, 404)
        quote.portal_visible = False
        self.sign_in(self.user_full)
        self.assertEqual(self.get(address).status_code, 404)

    def test_not_signed(self):
        quote = self._create_order(self.alfa, require_signature=True)
        self.sign_in(self.user_full)
        self.assertNotIn("Check the signature", self.url_open(quote.access_url).text)
        response = self.get(f"/my/orders/{quote.id}/signed.pdf")
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers["Location"].endswith(quote.access_url))

    # === SHARED === #

    def share(self, name, content):
        return self._create_contract(
            name=name, file_name=name, file=base64.b64encode(content), to_sign=False
        )

    def test_what_a_browser_can_show(self):
        self.sign_in(self.user_full)
        for name, content, media_type, mark in (
            ("a.pdf", self.pdf, "application/pdf", "<object"),
            ("a.png", make_image(), "image/png", "<img"),
            ("a.jpg", make_image("JPEG"), "image/jpeg", "<img"),
        ):
            with self.subTest(name):
                document = self.share(name, content)
                address = f"/my/documents/{document.id}/shown"
                html = self.url_open(document.access_url).text
                self.assertIn(f'="{address}"', html)
                self.assertIn(mark, html)
                self.assert_shown(self.get(address), media_type, content)
                self.assert_saved(self.get(f"/my/documents/{document.id}/file"), content)

    def test_what_would_run_is_saved(self):
        """Whatever the file calls itself."""
        self.sign_in(self.user_full)
        for name, content in (
            ("a.svg", DRAWING),
            ("a.html", PAGE),
            ("a.pdf", PAGE),
            ("a.png", DRAWING),
            ("a.txt", b"Hello"),
        ):
            with self.subTest(name):
                document = self.share(name, content)
                address = f"/my/documents/{document.id}/shown"
                self.assertNotIn(address, self.url_open(document.access_url).text)
                self.assert_saved(self.get(address), content)

    def test_what_the_store_has_lost(self):
        """It is no empty file to whoever asks for it; staff find it in the log."""
        self.sign_in(self.user_full)
        document = self.share("a.pdf", self.pdf)
        self.env.flush_all()
        self.env.invalidate_all()
        lost = patch.object(
            self.env.registry["ir.attachment"], "_file_read", lambda *args, **kwargs: b""
        )
        for address in ("file", "shown"):
            with lost, self.assertLogs(LOGGER, "ERROR") as log:
                response = self.get(f"/my/documents/{document.id}/{address}")
            self.assertEqual(response.status_code, 404)
            self.assertIn("Please ask us for it", response.text)
            self.assertIn(f"/my/documents/{document.id}/{address}", log.output[0])
            self.env.invalidate_all()
        self.assert_saved(self.get(f"/my/documents/{document.id}/file"), self.pdf)

    # === SENT === #

    def ask(self, partner=None):
        asked = self.env["customer.portal.document.request"].create(
            {"name": "Form 036", "partner_id": (partner or self.alfa).id}
        )
        asked.action_send()
        return asked

    def test_customer_sees_what_it_sent(self):
        asked = self.ask()
        sheet = make_pdf("Form 036")
        files = [("Form.pdf", sheet), ("Photo.png", make_image())]
        asked._portal_upload(self.user_full.partner_id, files)
        self.sign_in(self.user_full)
        html = self.url_open(asked.access_url).text
        for place, (name, content) in enumerate(files, 1):
            address = f"{asked.access_url}/files/{place}"
            self.assertIn(f'href="{address}"', html)
            self.assertIn(name, html)
            media_type = "application/pdf" if content is sheet else "image/png"
            self.assert_shown(self.get(address), media_type, content)
        # Asked for once more, what was sent stays in sight.
        asked.write({"state": "requested", "refusal_reason": "Page 2 is missing."})
        self.assertIn(f"{asked.access_url}/files/1", self.url_open(asked.access_url).text)

    def test_no_further_file(self):
        asked = self.ask()
        asked._portal_upload(self.user_full.partner_id, [("Form.pdf", self.pdf)])
        self.sign_in(self.user_full)
        for place in (0, 2, 10**12):
            self.assertEqual(self.get(f"{asked.access_url}/files/{place}").status_code, 303)
        self.sign_in(self.user_stranger)
        self.assertEqual(self.get(f"{asked.access_url}/files/1").status_code, 404)
        self.authenticate(None, None)
        self.assertEqual(self.get(f"{asked.access_url}/files/1").status_code, 303)
