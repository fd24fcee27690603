"""The one search over everything: what it finds, for whom, and what it does with nonsense."""

from lxml import html

from odoo.tests import tagged

from .common.document import DocumentCase
from .common.message import MessageCase
from .common.payment import PaymentCase

URL = "/my/search"


@tagged("post_install", "-at_install")
class TestSearch(PaymentCase, MessageCase, DocumentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._create_invoice(cls.alfa, amount=123.45, ref="Obra Peñíscola")
        cls.quote = cls._create_order(cls.alfa, client_order_ref="Obra Peñíscola")
        cls.order = cls._create_order(cls.alfa, state="sale", client_order_ref="Obra Peñíscola")
        cls.foreign = cls._create_invoice(cls.beta, amount=123.45, ref="Obra Peñíscola")
        cls.payment = cls._confirm(cls._create_transaction([(cls.invoice, 23.45)]))
        cls.conversation = cls.begin(subject="Obra Peñíscola, entrega")
        cls.document = cls._share("Plano de la obra Peñíscola")

    def _search(self, text, user=None):
        """Return what is found, section by section: names and addresses."""
        self.sign_in(user or self.user_full)
        answer = self.url_open(f"{URL}?search={text}", allow_redirects=False)
        self.assertEqual(answer.status_code, 200, text[:80])
        page = html.fromstring(answer.text)
        return {
            section.get("data-section"): [
                (link.text_content().strip(), link.get("href"))
                for link in section.xpath(".//li//a")
            ]
            for section in page.xpath("//section[@data-section]")
        }

    def test_all_families(self):
        found = self._search("obra peniscola")
        self.assertEqual(found["invoices"], [(self.invoice.name, self.invoice.access_url)])
        self.assertEqual([name for name, _url in found["quotes"]], [self.quote.name])
        self.assertEqual([name for name, _url in found["orders"]], [self.order.name])
        self.assertEqual([name for name, _url in found["documents"]], [self.document.name])
        found = self._search("Peñíscola, ent")
        self.assertEqual(
            found["messages"],
            [(self.conversation.name, f"/my/messages/{self.conversation.id}")],
        )

    def test_payments_by_number_and_amount(self):
        receipt = f"/my/payments/{self.payment.id}/receipt"
        for text in (self.payment.name, "23,45"):
            self.assertEqual(self._search(text)["payments"], [(self.payment.name, receipt)])
        self.assertNotIn("payments", self._search("99,99"))

    def test_the_number_itself_first(self):
        """Others mention it, and are newer."""
        for _number in range(7):
            self._create_invoice(self.alfa, ref=f"wie {self.invoice.name}")
        self.sign_in(self.user_full)
        found = self._search(self.invoice.name.lower())
        self.assertEqual(found["invoices"][0][0], self.invoice.name)
        self.assertEqual(len(found["invoices"]), 5)
        page = html.fromstring(self.url_open(f"{URL}?search={self.invoice.name}").text)
        [more] = page.xpath("//section[@data-section='invoices']/p/a/@href")
        self.assertIn(f">{self.invoice.name}<", self.url_open(more).text)

    # === WALLS === #

    def test_only_what_one_may_see(self):
        self.invoice.portal_visible = False
        self.assertNotIn("invoices", self._search("obra"))
        self.assertNotIn("invoices", self._search(self.foreign.name.replace("/", "%2F")))
        for user in (self.user_own, self.user_stranger):
            found = self._search("peniscola", user)
            self.assertNotIn(self.order.name, str(found))
            self.assertNotIn(self.document.name, str(self._search("plano", user)))
            self.assertNotIn("payments", self._search("23,45", user))
            self.assertNotIn("messages", self._search("entrega", user))

    def test_switched_off(self):
        switches = {
            "portal_show_invoices": ("invoices", "payments"),
            "portal_show_quotes": ("quotes",),
            "portal_show_orders": ("orders",),
            "portal_show_documents": ("documents",),
        }
        for switch, keys in switches.items():
            with self.subTest(switch=switch):
                self.company[switch] = False
                found = {**self._search("peniscola"), **self._search("23,45")}
                for key in keys:
                    self.assertNotIn(key, found)
                self.company[switch] = True

    def test_guests_sign_in_first(self):
        answer = self.url_open(f"{URL}?search=obra", allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/web/login", answer.headers["Location"])

    # === BAD INPUT === #

    def test_nonsense_finds_nothing(self):
        for text in ("%25", "_", "%00", "x" * 3000, "%5C", "%27%3B--", "🙂", "<b>", "%25%25%25"):
            self.assertEqual(self._search(text), {}, text[:20])

    def test_nothing_typed(self):
        for text in ("", "%20%20"):
            self.assertEqual(self._search(text), {})
        self.assertIn("Type a number", self.url_open(URL).text)

    def test_what_was_typed_is_shown_as_text(self):
        self.sign_in(self.user_full)
        page = self.url_open(f"{URL}?search=<script>alert(1)</script>").text
        self.assertNotIn("<script>alert", page)
        self.assertIn("&lt;script&gt;alert(1)", page)

    def test_box_on_every_page(self):
        self.sign_in(self.user_full)
        for url in ("/my", "/my/invoices", "/my/payments", f"/my/invoices/{self.invoice.id}"):
            page = html.fromstring(self.url_open(url).text)
            fields = page.xpath("//nav//form[@action='/my/search']//input[@name='search']")
            self.assertEqual(len(fields), 2, url)  # one for each width
            for field in fields:
                self.assertTrue(page.xpath(f"//label[@for='{field.get('id')}']"))
