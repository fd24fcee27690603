"""The page of staff with all parts that pages are made of."""

import re
from pathlib import Path

from lxml import html

from odoo.tests import tagged
from odoo.tools.misc import file_path

from .common import PortalHttpCase

STYLES = "customer_portal_plus/static/src/scss"
# What is no part, but a page or the frame of one; and what a part has in one place alone.
NO_PARTS = {
    "o_cpp_sign_in",  # the page of a company
    "o_cpp_offer",
    "o_cpp_contact",
    "o_cpp_or",
    "o_cpp_home",
    "o_cpp_menu_search",  # of pages of customers
    "o_cpp_more",
}


@tagged("post_install", "-at_install")
class TestLooks(PortalHttpCase):
    def test_shows_every_part(self):
        """All that our style sheets have a rule for."""
        styles = "".join(
            path.read_text() for path in sorted(Path(file_path(STYLES)).glob("*.scss"))
        )
        parts = set(re.findall(r"\.(o_cpp_[a-z_]+)", styles)) - NO_PARTS
        self.assertGreater(len(parts), 20)
        self.company.uses_default_logo = False
        self.sign_in(self.user_sales)
        response = self.url_open("/my/looks", allow_redirects=False)
        self.assertEqual(response.status_code, 200)
        page = html.fromstring(response.content)
        shown = {name for names in page.xpath("//@class") for name in names.split()}
        self.assertFalse(parts - shown)
        ids = page.xpath("//main//@id")
        self.assertEqual(len(ids), len(set(ids)))

    def test_is_for_staff_alone(self):
        """To customers as if it did not exist."""
        self.sign_in(self.user_full)
        answer = self.url_open("/my/looks", allow_redirects=False)
        self.assertEqual(answer.status_code, 404)
        self.assertNotIn("o_cpp_looks", answer.text)
        self.sign_in(None)
        self.assertIn("/web/login", self.url_open("/my/looks").url)
