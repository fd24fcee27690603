"""Where a request says that one is to be led on to: pages of the portal on this site, nothing else.

Each parameter that says so is asked with what led elsewhere once, or somewhere else does."""

from urllib.parse import quote, urlsplit

from odoo.tests import tagged

from .test_personal_link import LinkCase
from .test_sign_in_step_up import StepUpCase

# Out of the portal, or to an act, each in the spelling of a query string.
ELSEWHERE = (
    "https://evil.example.com",
    "//evil.example.com",
    "/my//evil.example.com",
    "/\\evil.example.com",
    "/my\\..\\web",
    "/my/../web/session/logout",
    "/my/%2e%2e/web/session/logout",
    "/my/%2E%2E/web/session/logout",
    "/my/.%2e/web/session/logout",
    "/my/%252e%252e/web/session/logout",
    "/my/%2e%2e%2fweb%2fsession%2flogout",
    "/my%2f..%2fweb/session/logout",
    "/my/./../web/session/logout",
    "/my/%2e",
    "/web/session/logout",
    "/odoo",
    "/myevil",
    "my/invoices",
    "javascript:alert(1)",
    "/my\r\nX-Evil: y",
    "/my/\u2024\u2024/web",
    "/my/" + "x" * 600,
)
ONWARD = "/my/invoices?filterby=overdue#top"


class Redirects:
    def assert_leads_to(self, answer, expected, asked):
        """Assert where an answer leads, however a browser reads its address."""
        self.assertIn(answer.status_code, (302, 303), asked)
        location = urlsplit(answer.headers["Location"])
        path = location.path + (f"?{location.query}" if location.query else "")
        self.assertEqual(path + (f"#{location.fragment}" if location.fragment else ""), expected)
        self.assertIn(location.netloc, ("", urlsplit(self.base_url()).netloc), asked)


@tagged("post_install", "-at_install")
class TestRedirects(Redirects, LinkCase):
    def test_portal_page_of_who_is_signed_in(self):
        self.sign_in(self.user_full)
        alias = self.company.portal_alias
        for asked in ELSEWHERE:
            answer = self.url_open(f"/p/{alias}?redirect={quote(asked)}", allow_redirects=False)
            self.assert_leads_to(answer, "/my", asked)
        answer = self.url_open(f"/p/{alias}?redirect={quote(ONWARD)}", allow_redirects=False)
        self.assert_leads_to(answer, ONWARD, ONWARD)

    def test_portal_page_of_a_guest(self):
        """The page hands it on to its forms, and to the page with the password."""
        self.authenticate(None, None)
        for asked in ELSEWHERE:
            page = self.url_open(f"/p/{self.company.portal_alias}?redirect={quote(asked)}")
            self.assertIn('name="redirect" value="/my"', page.text, asked)
            self.assertIn('"/web/login?redirect=%2Fmy"', page.text, asked)

    def test_forms_of_a_guest(self):
        """What is kept until one is in."""
        for asked in ELSEWHERE:
            self.authenticate(None, None)
            self.post("/email", {"email": "nobody@example.com", "redirect": asked})
            self.assertEqual(self.last_challenge().redirect, "/my", asked)
            self.post("/tax_id", {"tax_id": "B12345674", "redirect": asked})
            self.assertEqual(self.get_session()["portal_sign_in"]["redirect"], "/my", asked)
            self.env["customer.portal.throttle"].search([]).unlink()
            self.env.flush_all()

    def test_link_to_a_page(self):
        path = self.env["customer.portal.link"]._page_link("/my", self.contact, self.company, {})
        link = urlsplit(path).path
        self.sign_in(self.user_full)
        for asked in ELSEWHERE:
            answer = self.url_open(f"{link}?page={quote(asked)}", allow_redirects=False)
            self.assert_leads_to(answer, "/my", asked)

    def test_account(self):
        self.sign_in(self.user_full)
        for asked in ELSEWHERE:
            page = self.url_open(f"/my/account?redirect={quote(asked)}")
            self.assertEqual(page.status_code, 200, asked)
            self.assertNotIn("evil", page.text)
        # Core's whole form, for who is the customer itself.
        self.user_full.partner_id.parent_id = False
        self.env.flush_all()
        for asked in ELSEWHERE:
            page = self.url_open(f"/my/account?redirect={quote(asked)}")
            self.assertIn('name="callback" value="/my"', page.text, asked)

    def test_address_form(self):
        self.sign_in(self.user_full)
        for asked in ELSEWHERE:
            page = self.url_open(f"/my/address?callback={quote(asked)}")
            self.assertEqual(page.status_code, 200, asked)
            self.assertIn('name="callback" value="/my/addresses"', page.text, asked)


@tagged("post_install", "-at_install")
class TestRedirectsOfStepUp(Redirects, StepUpCase):
    def test_page_and_forms(self):
        self.open_session(way="password")
        for asked in ELSEWHERE:
            answer = self.url_open(f"/my/step_up?redirect={quote(asked)}", allow_redirects=False)
            self.assert_leads_to(answer, "/my", asked)
            self.assert_leads_to(self.step_up_send(asked), "/my", asked)
            self.assert_leads_to(self.step_up_code("123456", asked), "/my", asked)

    def test_kept_while_it_is_asked(self):
        self.open_session()
        for asked in ELSEWHERE:
            page = self.url_open(f"/my/step_up?redirect={quote(asked)}")
            self.assertIn('name="redirect" value="/my"', page.text, asked)
