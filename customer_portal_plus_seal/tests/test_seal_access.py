"""The routes of the seal: everybody's, for who holds a file or its digest."""

from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.customer_portal_plus.tests.common.routes import RoutesOfAddons
from odoo.addons.customer_portal_plus.tests.common.sign_in import within_one_hour

from ..controllers import signature
from .common import SealCase

ROUTES = frozenset(["/portal/verify/known", "/portal/verify/file"])
HOSTILE = (
    "", "x", "0" * 63, "0" * 65, "g" * 64, "٣" * 64, "0" * 64 + "\x00", "%00", "'; DROP TABLE x--",
    "0" * 100_000, "[]", "{}", "../../etc/passwd",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestSealAccess(RoutesOfAddons, SealCase):
    def test_every_route_is_tried(self):
        self.assert_routes_listed("customer_portal_plus_seal", ROUTES)

    def _ask(self, path, data, files=None):
        return self.post_form(f"/portal/verify/{path}", data, "/portal/verify", files=files)

    def test_everybody_is_told_the_same(self):
        """Who asks for a digest is told that the file is genuine, and what its certificate says."""
        seal = self._sign_and_deliver()
        told = set()
        for user in (self.user_full, self.user_stranger, self.user_sales, None):
            self.sign_in(user)
            answer = self._ask("known", {"sha256": seal.sha256})
            self.assertIn("no-store", answer.headers["Cache-Control"])
            told.add((answer.status_code, answer.text))
            page = self._ask("file", {"sha256": seal.sha256})
            self.assertIn("Genuine.", page.text)
            self.assertIn("noindex", page.headers["X-Robots-Tag"])
        self.assertEqual(told, {(200, '{"known": true}')})

    def test_only_posted_with_a_token(self):
        self.sign_in(None)
        for path in ("known", "file"):
            answer = self.url_open(f"/portal/verify/{path}", data={"sha256": "0" * 64})
            self.assertEqual(answer.status_code, 400)

    def test_hostile_values(self):
        self.sign_in(None)
        for value in HOSTILE:
            answer = self._ask("known", {"sha256": value})
            self.assertEqual((answer.status_code, answer.json()), (200, {"known": False}), value)
            self.assertLess(self._ask("file", {"sha256": value}).status_code, 500, value)
        for data in (b"", b"%PDF-1.7\n1 0 obj<</Type/Catalog/AcroForm 1 0 R>>", b"\xff" * 9999):
            answer = self._ask("file", {}, {"file": ("../x.pdf", data)})
            self.assertEqual(answer.status_code, 200)
        # A file where a digest is awaited, and a text where a file is.
        self.assertLess(self._ask("known", {}, {"sha256": ("x", b"y")}).status_code, 500)
        self.assertLess(self._ask("file", {"file": "x"}).status_code, 500)

    def test_nothing_of_a_file_is_kept(self):
        self.sign_in(None)
        count = self.env["ir.attachment"].search_count([])
        self._ask("file", {}, {"file": ("x.pdf", self.pdf)})
        self.assertEqual(self.env["ir.attachment"].search_count([]), count)

    def test_how_often(self):
        with within_one_hour():
            self.sign_in(None)
            file = {"file": ("x.pdf", self.pdf)}
            with patch.object(signature, "MAX_LOOKED_INTO", 1):
                self.assertEqual(self._ask("file", {}, file).status_code, 200)
                answer = self._ask("file", {}, file)
            self.assertEqual(answer.status_code, 429)
            self.assertIn("too often", answer.text)
            with patch.object(signature, "MAX_LOOKED_INTO_BY_ALL", 1):
                self.assertEqual(self._ask("file", {}, file).status_code, 429)
            with patch.object(signature, "MAX_COMPARED", 1):
                self.assertEqual(self._ask("known", {"sha256": "0" * 64}).status_code, 200)
                self.assertEqual(self._ask("known", {"sha256": "0" * 64}).status_code, 429)
                self.assertEqual(self._ask("file", {"sha256": "0" * 64}).status_code, 429)

    def test_a_network_is_counted_as_one(self):
        """Also where whoever is in it has many addresses."""
        self.sign_in(None)
        networks = iter(["2001:db8:1:2::/64", "2001:db8:1:2::/64", "2001:db8:1:3::/64"])
        Challenge = type(self.env["customer.portal.challenge"])
        with (
            within_one_hour(),
            patch.object(signature, "MAX_COMPARED", 1),
            patch.object(Challenge, "_network", lambda model, address: next(networks)),
        ):
            codes = [self._ask("known", {"sha256": "0" * 64}).status_code for _time in range(3)]
        self.assertEqual(codes, [200, 429, 200])
