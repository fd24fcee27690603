"""What does not exist and what is not one's own: one page says so, in the same words."""

import base64
import re

from lxml import html

from odoo.fields import Command
from odoo.tests import tagged

from .common.document import DocumentCase, make_image

MISSING_ID = 900_000_000
# Pages and files of documents, as a signed-in contact asks for them; by what they are of.
PAGES = (
    ("invoice", "/my/invoices/{id}"),
    ("invoice", "/my/invoices/{id}?report_type=pdf&download=true"),
    ("invoice", "/my/invoices/{id}/transfer"),
    ("quote", "/my/orders/{id}"),
    ("quote", "/my/orders/{id}?report_type=pdf"),
    ("quote", "/my/orders/{id}/answer"),
    ("quote", "/my/orders/{id}/signed.pdf"),
    ("file", "/my/documents/{id}"),
    ("file", "/my/documents/{id}/file"),
    ("asked", "/my/documents/requests/{id}"),
    ("asked", "/my/documents/requests/{id}/files/1"),
    ("conversation", "/my/messages/{id}"),
    ("payment", "/my/payments/{id}/receipt"),
    ("report", "/my/payments/report/{id}/proof"),
)
FORMS = (
    ("quote", "/my/orders/{id}/decline"),
    ("file", "/my/documents/{id}/sign"),
    ("asked", "/my/documents/requests/{id}/upload"),
    ("conversation", "/my/messages/{id}"),
    ("invoice", "/my/invoices/{id}/question"),
)
# Pages behind a switch of the company, and forms.
OF_SWITCHES = (
    ("portal_show_invoices", "/my/invoices"),
    ("portal_show_invoices", "/my/invoices/export.csv"),
    ("portal_show_quotes", "/my/quotes"),
    ("portal_show_orders", "/my/orders"),
    ("portal_allow_payment", "/my/pay"),
    ("portal_claim_interest", "/my/interest"),
    ("portal_show_documents", "/my/documents"),
    ("portal_allow_messages", "/my/messages"),
    ("portal_allow_messages", "/my/messages/new"),
    ("portal_allow_team", "/my/team"),
    ("portal_show_statement", "/my/statement"),
)
OF_GUESTS = (
    ("invoice", "/my/invoices/{id}"),
    ("invoice", "/my/invoices/{id}?access_token=x"),
    ("invoice", "/my/invoices/{id}?report_type=pdf"),
    ("invoice", "/my/invoices/{id}/transfer"),
    ("quote", "/my/orders/{id}"),
    ("quote", "/my/orders/{id}?access_token=x"),
    ("quote", "/my/orders/{id}/signed.pdf"),
)


@tagged("post_install", "-at_install")
class TestUnavailable(DocumentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = {
            "invoice": cls._create_invoice(cls.beta),
            "quote": cls._create_order(cls.beta),
            "file": cls._share(partner_id=cls.beta.id),
            "asked": cls.env["customer.portal.document.request"].create(
                {"name": "Certificado", "partner_id": cls.beta.id, "user_id": cls.user_sales.id}
            ),
            "conversation": cls.env["customer.portal.conversation"]
            .with_user(cls.user_stranger)
            ._portal_begin(cls.user_stranger.partner_id, cls.company, "Portes", "¿Cuánto?", [])
            .sudo(),
            "payment": cls.env["account.payment"].create(
                {"partner_id": cls.beta.id, "payment_type": "inbound", "amount": 10}
            ),
            "report": cls.env["customer.portal.payment.report"].create(
                {
                    "name": "Transferencia",
                    "company_id": cls.company.id,
                    "contact_id": cls.user_stranger.partner_id.id,
                    "customer_id": cls.beta.id,
                    "currency_id": cls.company.currency_id.id,
                    "date": "2026-01-02",
                }
            ),
        }

    def _bytes(self, response):
        """Return what came back, without what was asked and the form's own token."""
        return re.sub(r"\d+", "N", re.sub(r"csrf_token[^,;>]*", "csrf", response.text))

    def _assert_alike(self, url, answers):
        foreign, missing = answers
        self.assertEqual((foreign.status_code, missing.status_code), (404, 404), url)
        self.assertEqual(self._bytes(foreign), self._bytes(missing), url)
        self.assertEqual(foreign.headers["Cache-Control"], missing.headers["Cache-Control"], url)
        (title,) = html.fromstring(foreign.content).xpath("//h1")
        self.assertEqual(title.text_content().strip(), "This document is not available", url)

    def _ask(self, kind, url, **kwargs):
        ids = (self.foreign[kind].id, MISSING_ID)
        return [self.url_open(url.format(id=id_), allow_redirects=False, **kwargs) for id_ in ids]

    def test_of_who_is_signed_in(self):
        self.sign_in(self.user_full)
        for kind, url in PAGES:
            answers = self._ask(kind, url)
            self._assert_alike(url, answers)
            page = html.fromstring(answers[0].content)
            self.assertTrue(page.xpath("//*[@data-portal-menu='invoices']"), url)
            self.assertTrue(page.xpath("//a[@href='/my'][contains(@class, 'btn-primary')]"), url)
            self.assertFalse(page.xpath("//a[contains(@href, '/web/login')]"), url)

    def test_forms_of_who_is_signed_in(self):
        self.sign_in(self.user_full)
        token = re.search(r'csrf_token: "([^"]+)"', self.url_open("/my").text).group(1)
        for kind, url in FORMS:
            self._assert_alike(url, self._ask(kind, url, data={"csrf_token": token}))
        self.assertEqual(self.foreign["quote"].state, "sent")

    def test_what_is_switched_off(self):
        """As if there were no such page."""
        self.company.portal_allow_uploads = False
        self.sign_in(self.user_full)
        for switch, url in OF_SWITCHES:
            self.company[switch] = True
            self.assertEqual(self.url_open(url).status_code, 200, url)
            self.company[switch] = False
            page = self.url_open(url, allow_redirects=False)
            self.assertEqual(page.status_code, 404, url)
            (title,) = html.fromstring(page.content).xpath("//h1")
            self.assertEqual(title.text_content().strip(), "This document is not available", url)
            self.company[switch] = True

    def test_of_guests(self):
        """They sign in, and are back where they were."""
        self.sign_in(None)
        for kind, url in OF_GUESTS:
            answers = self._ask(kind, url)
            self._assert_alike(url, answers)
            page = html.fromstring(answers[0].content)
            (link,) = page.xpath("//*[@id='wrap']//a[starts-with(@href, '/web/login?')]/@href")
            path = url.split("?")[0].format(id=self.foreign[kind].id)
            self.assertEqual(link, f"/web/login?redirect={path.replace('/', '%2F')}", url)
            self.assertFalse(page.xpath("//*[@data-portal-menu]"), url)

    def test_own_documents_open_as_before(self):
        invoice = self._create_invoice(self.alfa)
        self.sign_in(self.user_full)
        page = self.url_open(f"/my/invoices/{invoice.id}", allow_redirects=False)
        self.assertEqual(page.status_code, 200)
        self.assertIn(invoice.name, page.text)

    def test_company_around_pages_that_are_nobodys(self):
        """Not one that has no customers, and never that of a document which is not shown."""
        first = self.env["res.company"].create({"name": "Sin logotipo SL"})
        first.sequence = -1
        self.env.ref("base.public_user").write(
            {"company_ids": [Command.link(first.id)], "company_id": first.id}
        )
        self.company.logo = base64.b64encode(make_image())
        self.company.sequence = 0
        self.sign_in(None)
        for url in (
            f"/my/invoices/{self.foreign['invoice'].id}",
            f"/my/invoices/{MISSING_ID}",
            "/my/invitation/none",
            "/my/no-such-page",
        ):
            page = self.url_open(url)
            self.assertEqual(page.status_code, 404, url)
            self.assertIn(
                self.company.name, html.fromstring(page.content).findtext(".//title"), url
            )
            self.assertNotIn("Sin logotipo SL", page.text, url)
