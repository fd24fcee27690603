"""The portal as an app: the company's name and icon, and what is shown without a network."""

import base64
import io

from PIL import Image

from odoo.tests import tagged

from .common.document import make_image
from .common.sign_in import ALIAS, SignInCase

CACHED = """
    navigator.serviceWorker
        .register("/my/portal-worker.js?portal=%s", { scope: "/my" })
        .then(() => navigator.serviceWorker.ready)
        .then(() => fetch("/my"))
        .then(() => caches.open("customer-portal-offline-1"))
        .then((cache) => cache.keys())
        .then((keys) => {
            const kept = keys.map((key) => new URL(key.url).pathname).join();
            console.log(kept === "/p/%s/offline" ? "test successful" : `kept: ${kept}`);
        });
"""


@tagged("post_install", "-at_install")
class TestInstallable(SignInCase):
    def test_manifest_is_the_company_s(self):
        self.company.primary_color = "#0b6e4f"
        answer = self.page("/app.webmanifest")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("application/manifest+json", answer.headers["Content-Type"])
        manifest = answer.json()
        self.assertEqual(manifest["name"], "Pepino Tech SpA")
        self.assertEqual(manifest["theme_color"], "#0b6e4f")
        self.assertEqual(manifest["start_url"], "/my")
        self.assertEqual(
            [icon["src"] for icon in manifest["icons"]],
            [f"/p/{ALIAS}/app-192.png", f"/p/{ALIAS}/app-512.png"],
        )

    def _icon(self, size=192):
        answer = self.page(f"/app-{size}.png")
        self.assertEqual(answer.status_code, 200)
        icon = Image.open(io.BytesIO(answer.content))
        self.assertEqual(icon.size, (size, size))
        return icon

    def test_icon_is_the_logo_else_a_letter_in_the_company_s_colour(self):
        self.company.write({"primary_color": "#0b6e4f", "logo": False})
        self.assertEqual(self._icon().getpixel((3, 3)), (0x0B, 0x6E, 0x4F))
        self.company.logo = base64.b64encode(make_image())
        self.assertEqual(self._icon(512).getpixel((3, 3)), (255, 255, 255))
        self.assertEqual(self.page("/app-193.png").status_code, 404)
        self.assertEqual(self.page("/app-99999999999999999999.png").status_code, 404)

    def test_portal_that_is_off_has_none(self):
        self.company.portal_enabled = False
        for path in ("/app.webmanifest", "/app-192.png", "/offline"):
            self.assertEqual(self.page(path).status_code, 404, path)

    def test_pages_lead_to_it(self):
        self.assertIn(f'href="/p/{ALIAS}/app.webmanifest"', self.page().text)
        self.sign_in(self.user_full)
        self.assertIn(f'href="/p/{ALIAS}/app.webmanifest"', self.url_open("/my").text)

    def test_offline_page_needs_nothing_else(self):
        page = self.page("/offline").text
        self.assertIn("Pepino Tech SpA", page)
        self.assertIn("No connection", page)
        for needed in ("<script", "<link", "src=", "url("):
            self.assertNotIn(needed, page)

    def test_worker_keeps_no_page_of_a_customer(self):
        worker = self.url_open("/my/portal-worker.js")
        self.assertEqual(worker.headers["Service-Worker-Allowed"], "/my")
        self.assertIn("javascript", worker.headers["Content-Type"])
        self.browser_js("/my", CACHED % (ALIAS, ALIAS), login=self.user_full.login)
