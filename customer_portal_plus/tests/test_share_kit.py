"""What a company tells its customers of the portal with."""

import base64
import io

from lxml import etree
from lxml import html as lxml_html
from PIL import Image

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..wizard.customer_portal_share_kit import TEXTS
from .common import PortalCase, PortalHttpCase


class ShareKitCase:
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        action = cls.env["res.config.settings"].create({}).action_portal_share_kit()
        cls.kit = cls.env[action["res_model"]].browse(action["res_id"])


@tagged("post_install", "-at_install")
class TestShareKit(ShareKitCase, PortalCase):
    def test_link_is_the_company_s_own(self):
        self.assertTrue(self.kit.url.endswith(f"/p/{self.company.portal_alias}"))

    def test_qr_codes(self):
        png = Image.open(io.BytesIO(base64.b64decode(self.kit.qr_png)))
        self.assertEqual(png.format, "PNG")
        self.assertGreaterEqual(min(png.size), 300)
        svg = etree.fromstring(base64.b64decode(self.kit.qr_svg))
        self.assertEqual(etree.QName(svg).localname, "svg")
        self.assertTrue(self.kit.qr_svg_name.endswith(".svg"))
        # Another link makes another code.
        before = self.kit.qr_png
        self.company.portal_alias = "otra-direccion"
        self.kit.invalidate_recordset()
        self.assertTrue(self.kit.url.endswith("/p/otra-direccion"))
        self.assertNotEqual(self.kit.qr_png, before)

    def test_button_is_a_link_in_the_company_s_colours(self):
        self.company.primary_color = "#ffee00"
        self.kit.invalidate_recordset()
        button = lxml_html.fromstring(self.kit.button_html)
        self.assertEqual(button.get("href"), self.kit.url)
        self.assertIn("background: #ffee00; color: #000000", button.get("style"))
        # What is no colour gets nowhere.
        self.company.primary_color = '#fff"><script>'
        self.kit.invalidate_recordset()
        self.assertNotIn("script", self.kit.button_html)

    def test_texts_in_both_languages(self):
        """In Spanish too, though the database may not speak it."""
        names = ("button_html", "web_text", "signature_text", "invoice_text")
        english = {name: self.kit[name] for name in names}
        self.kit.language = "es"
        for name in names:
            self.assertIn(self.kit.url, self.kit[name])
            self.assertNotEqual(self.kit[name], english[name], name)
        for text in TEXTS.values():
            spanish = text._translate("es_ES")
            self.assertEqual("%(url)s" in spanish, "%(url)s" in text._translate("en_US"))

    def test_for_administrators(self):
        with self.assertRaises(AccessError):
            self.kit.with_user(self.user_sales).read(["url"])
        with self.assertRaises(AccessError):
            self.env["customer.portal.share.kit"].with_user(self.user_sales)._open(self.company)


@tagged("post_install", "-at_install")
class TestShareKitDownload(ShareKitCase, PortalHttpCase):
    def test_codes_are_downloaded(self):
        self.authenticate("admin", "admin")
        for field, media_type in (("qr_png", "image/png"), ("qr_svg", "image/svg+xml")):
            answer = self.url_open(
                f"/web/content?model={self.kit._name}&id={self.kit.id}&field={field}"
                f"&filename_field={field}_name&download=true"
            )
            self.assertEqual(answer.status_code, 200)
            self.assertIn("attachment", answer.headers["Content-Disposition"])
            self.assertIn(media_type, answer.headers["Content-Type"])
            self.assertEqual(answer.content, base64.b64decode(self.kit[field]))
        self.sign_in(self.user_full)
        answer = self.url_open(f"/web/content?model={self.kit._name}&id={self.kit.id}&field=qr_png")
        self.assertNotEqual(answer.headers["Content-Type"], "image/png")
