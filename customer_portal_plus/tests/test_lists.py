import io
import zipfile
from datetime import timedelta

from lxml import html

from odoo import Command, fields
from odoo.tests import tagged

from ..controllers import invoices, portal_page
from ..models.lists import customer_portal_access_mixin_search
from ..models.lists.customer_portal_access_mixin_search import parse_amounts
from ..models.payment import customer_portal_pack
from ..tools import printer
from .common import PortalCase, PortalHttpCase

LISTS = ("/my/invoices", "/my/quotes", "/my/orders")


@tagged("post_install", "-at_install")
class TestSearchWords(PortalCase):
    """What the words of a search can mean."""

    def test_amounts_are_read_in_both_ways_of_writing(self):
        def found(text):
            return [
                amount
                for amount in (1.234, 12.3, 1234.0, 1234.5, 1234.56, 123450.0)
                if any(low <= amount < high for low, high in parse_amounts(text))
            ]

        self.assertEqual(found("1.234,50"), [1234.5])
        self.assertEqual(found("1,234.50"), [1234.5])
        self.assertEqual(found("1234.5"), [1234.5, 1234.56])
        self.assertEqual(found("1234,5"), [1234.5, 1234.56])
        self.assertEqual(found("1 234,56 €"), [1234.56])
        self.assertEqual(found("1234"), [1234.0, 1234.5, 1234.56])
        self.assertEqual(found("1.234"), [1234.0, 1234.5, 1234.56])
        self.assertEqual(found("-12,30"), [12.3])
        self.assertEqual(found("123.450,00"), [123450.0])

    def test_what_is_no_amount_is_none(self):
        for text in ("", "INV/2026/0001", "1.2.3", "12,345,6", "9" * 40, "1e9", "½", ",", "a12"):
            self.assertFalse(parse_amounts(text), text)


@tagged("post_install", "-at_install")
class TestLists(PortalHttpCase):
    """The lists of invoices, quotes and orders, as contacts of two customers ask for them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pending = cls._create_invoice(cls.alfa, amount=77, ref="Pedido Ñandú 7")
        cls.overdue = cls._create_invoice(cls.alfa, amount=1234.5, days=-60, due_days=-30)
        cls.paid = cls._create_invoice(cls.alfa, amount=55, days=-90, due_days=-60)
        cls._pay(cls.paid, days=-70)
        cls.credit_note = cls._create_invoice(cls.alfa, move_type="out_refund", amount=30)
        cls.foreign = cls._create_invoice(cls.beta, ref="Pedido Ñandú 8")
        cls.quote = cls._create_order(cls.alfa, amount=310, client_order_ref="Obra Peñíscola")
        cls.expired = cls._create_order(cls.alfa)
        cls.expired.validity_date = cls.today - timedelta(days=1)
        cls.rejected = cls._create_order(cls.alfa, state="cancel")
        cls.rejected.portal_rejected_on = fields.Datetime.now()
        cls.cancelled = cls._create_order(cls.alfa, state="cancel")
        cls.order = cls._create_order(cls.alfa, state="sale")
        cls.draft = cls._create_order(cls.alfa, state="draft")

    @classmethod
    def _pay(cls, invoice, days=0, amount=None):
        """Register a payment of an invoice, made so many days from today."""
        journal = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", invoice.company_id.id)], limit=1
        )
        return (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "payment_date": cls.today + timedelta(days=days),
                    "journal_id": journal.id,
                    **({"amount": amount} if amount else {}),
                }
            )
            ._create_payments()
        )

    def assertListed(self, url, listed, missing=()):
        """Check which documents a list names; the page must be there in any case."""
        response = self.url_open(url, allow_redirects=False)
        self.assertEqual(response.status_code, 200, url)
        for document in listed:
            self.assertIn(f">{document.name}<", response.text, f"{document.name} on {url}")
        for document in missing:
            self.assertNotIn(f">{document.name}<", response.text, f"{document.name} on {url}")
        return response

    # === WHO SEES WHAT === #

    def test_one_sees_the_documents_of_ones_own_customer(self):
        self.sign_in(self.user_full)
        mine = self.pending, self.overdue, self.credit_note
        quotes = self.quote, self.expired, self.rejected
        never = self.cancelled, self.draft
        self.assertListed("/my/invoices", mine, [self.foreign])
        self.assertListed("/my/quotes?filterby=all", [*quotes, self.order], never)
        self.assertListed("/my/orders", [self.order], [*quotes, *never])
        self.sign_in(self.user_stranger)
        self.assertListed("/my/invoices", [self.foreign], mine)
        self.assertListed("/my/quotes?filterby=all", [], [*quotes, self.order])
        self.assertListed("/my/orders", [], [*quotes, self.order])
        self.sign_in(self.user_branch)
        self.assertListed("/my/invoices", [], [*mine, self.foreign])
        self.assertListed("/my/quotes?filterby=all", [], [*quotes, self.order])

    def test_scope_own_narrows_lists(self):
        own = self._create_invoice(self.user_own.partner_id)
        own_order = self._create_order(self.alfa, partner_invoice_id=self.user_own.partner_id.id)
        self.sign_in(self.user_own)
        self.assertListed("/my/invoices", [own], [self.pending, self.overdue])
        self.assertListed("/my/quotes", [own_order], [self.quote])
        self.sign_in(self.user_full)
        self.assertListed("/my/invoices", [own, self.pending])
        self.assertListed("/my/quotes", [own_order, self.quote])

    def test_who_lacks_the_capability_or_is_a_guest_gets_no_list(self):
        self.sign_in(self.user_colleague)
        response = self.url_open("/my/invoices", allow_redirects=False)
        self.assertEqual(response.status_code, 404)
        self.assertListed("/my/quotes", [self.quote])
        self.sign_in(None)
        for url in LISTS:
            response = self.url_open(url, allow_redirects=False)
            self.assertEqual(response.status_code, 303, url)
            self.assertIn("/web/login", response.headers["Location"])

    def test_switches_close_lists_and_take_them_off_the_menu(self):
        self.sign_in(self.user_full)
        for switch, url in zip(
            ("portal_show_invoices", "portal_show_quotes", "portal_show_orders"),
            LISTS,
            strict=True,
        ):
            with self.subTest(switch=switch):
                entry = f'data-portal-menu="{url.rpartition("/")[2]}"'
                self.assertIn(entry, self.url_open("/my").text)
                self.company[switch] = False
                response = self.url_open(url, allow_redirects=False)
                self.assertEqual(response.status_code, 404)
                self.assertNotIn(entry, self.url_open("/my").text)
                self.company[switch] = True
                self.assertEqual(self.url_open(url, allow_redirects=False).status_code, 200)

    def test_hidden_documents_are_not_listed(self):
        self.pending.portal_visible = False
        self.quote.portal_visible = False
        self.sign_in(self.user_full)
        self.assertListed("/my/invoices", [self.overdue], [self.pending])
        self.assertListed("/my/quotes?filterby=all", [self.expired], [self.quote])

    def test_lists_carry_no_access_token(self):
        documents = self.pending | self.overdue, self.quote | self.order
        for records in documents:
            for record in records:
                record._portal_ensure_token()
        self.sign_in(self.user_full)
        for url in (*LISTS, "/my"):
            self.assertNotIn("access_token", self.url_open(url).text, url)

    def test_viewing_a_list_makes_no_tokens(self):
        self.sign_in(self.user_full)
        for url in (*LISTS, "/my"):
            self.url_open(url)
        self.env.invalidate_all()
        self.assertFalse((self.pending | self.overdue | self.paid).mapped("access_token")[0])
        self.assertFalse(self.quote.access_token)

    def test_the_pages_before_and_after_a_document_are_those_of_the_list(self):
        self.sign_in(self.user_full)
        page = self.assertListed("/my/invoices?filterby=overdue", [self.overdue], [self.pending])
        self.assertIn(f'href="/my/invoices/{self.overdue.id}"', page.text)
        self.url_open("/my/quotes?filterby=to_answer")
        self.url_open("/my/orders")
        session = self.http_session()
        self.assertEqual(session["my_invoices_history"], [self.overdue.id])
        self.assertEqual(session["my_quotations_history"], [self.quote.id])
        self.assertEqual(session["my_orders_history"], [self.order.id])

    def http_session(self):
        """Return what the server keeps of the signed-in session."""
        from odoo.http import root  # noqa: PLC0415  (not there when the module is loaded)

        return root.session_store.get(self.opener.cookies["session_id"])

    # === FILTERS === #

    def test_invoices_by_state(self):
        partial = self._create_invoice(self.alfa, amount=200)
        self._pay(partial, amount=50)
        self.sign_in(self.user_full)
        everything = {self.pending, self.overdue, self.paid, self.credit_note, partial}
        for filterby, listed in (
            ("all", everything),
            ("pending", {self.pending, self.overdue, partial}),
            ("overdue", {self.overdue}),
            ("paid", {self.paid}),
            ("credit_notes", {self.credit_note}),
            # Core's names for them, which are in mails and bookmarks.
            ("invoices", everything),
            ("overdue_invoices", {self.overdue}),
        ):
            with self.subTest(filterby=filterby):
                self.assertListed(f"/my/invoices?filterby={filterby}", listed, everything - listed)

    def test_the_choice_of_all_is_named_after_the_list(self):
        """Languages with genders say all of invoices and all of quotes in two ways."""
        labels = [
            self.env[model]._portal_filters()["all"]["label"]
            for model in ("account.move", "sale.order")
        ]
        self.assertEqual(labels, ["All invoices", "All"])

    def test_an_overdue_instalment_makes_the_invoice_overdue(self):
        terms = self._create_terms((50, 0), (50, 60))
        invoice = self._create_invoice(
            self.alfa, amount=400, days=-10, post=False, invoice_payment_term_id=terms.id
        )
        invoice.action_post()
        self.assertGreater(invoice.invoice_date_due, self.today)
        self.assertEqual(invoice._portal_state(), "overdue")
        self.sign_in(self.user_full)
        self.assertListed("/my/invoices?filterby=overdue", [invoice])
        self._pay(invoice, amount=200)
        self.assertEqual(invoice._portal_state(), "partial")
        self.assertListed("/my/invoices?filterby=overdue", [self.overdue], [invoice])

    def test_due_today_is_not_overdue(self):
        """Wherever it is told: who pays on the last day pays in time."""
        (self.overdue | self.pending | self.credit_note).button_draft()
        (self.overdue | self.pending | self.credit_note).button_cancel()
        invoice = self._create_invoice(self.alfa, amount=88.5, days=-20, due_days=0)
        self.assertEqual(invoice._portal_state(), "pending")
        self.sign_in(self.user_full)
        self.assertListed("/my/invoices?filterby=overdue", [], [invoice])
        self.assertListed("/my/invoices?filterby=pending", [invoice])
        for url in ("/my", "/my/invoices", f"/my/invoices/{invoice.id}", "/my/pay"):
            page = html.fromstring(self.url_open(url).text)
            self.assertIn("88.50", page.text_content(), url)
            for node in page.xpath("//main//select | //main//form//a | //script | //nav"):
                node.getparent().remove(node)  # Filters that one may choose.
            self.assertNotRegex(page.text_content(), r"(?i)overdue|days? late|past its date", url)
        invoice.line_ids.date_maturity = self.today - timedelta(days=1)
        self.assertListed("/my/invoices?filterby=overdue", [invoice])
        for url in ("/my", f"/my/invoices/{invoice.id}", "/my/pay"):
            self.assertRegex(self.url_open(url).text, "(?i)overdue", url)

    def test_quotes_by_state(self):
        self.sign_in(self.user_full)
        everything = {self.quote, self.expired, self.rejected, self.order}
        for filterby, listed in (
            ("all", everything),
            ("to_answer", {self.quote}),
            ("accepted", {self.order}),
            ("rejected", {self.rejected}),
            ("expired", {self.expired}),
            ("", {self.quote}),  # what waits for an answer, if anything does
        ):
            with self.subTest(filterby=filterby):
                self.assertListed(f"/my/quotes?filterby={filterby}", listed, everything - listed)
        self.quote.validity_date = self.today - timedelta(days=1)
        self.assertListed("/my/quotes", everything)

    def test_orders_by_how_far_they_are_invoiced(self):
        service = self.env["product.product"].create(
            {
                "name": "Montaje",
                "type": "service",
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
            }
        )
        line = {"product_id": service.id, "name": "Montaje", "product_uom_qty": 1, "price_unit": 10}
        part = self._create_order(
            self.alfa, state="sale", order_line=[Command.create(line), Command.create(line)]
        )
        whole = self._create_order(self.alfa, state="sale", order_line=[Command.create(line)])
        invoice = part._create_invoices()
        invoice.invoice_line_ids[0].unlink()
        invoice.action_post()
        whole._create_invoices()
        self.sign_in(self.user_full)
        # A draft invoice is not the customer's business.
        self.assertListed("/my/orders?filterby=confirmed", [self.order, whole], [part])
        whole.invoice_ids.action_post()
        for filterby, order in (
            ("confirmed", self.order),
            ("partly_invoiced", part),
            ("invoiced", whole),
        ):
            with self.subTest(filterby=filterby):
                others = {self.order, part, whole} - {order}
                self.assertListed(f"/my/orders?filterby={filterby}", [order], others)
                self.assertEqual(order._portal_state(), filterby)

    # === SEARCH === #

    def test_search_ignores_case_and_accents(self):
        self.sign_in(self.user_full)
        for words in ("ñandú", "NANDU", "pedido 7", "7 nandu", "  ñandu  "):
            self.assertListed(
                f"/my/invoices?search={words}", [self.pending], [self.overdue, self.foreign]
            )
        self.assertListed("/my/quotes?search=peniscola", [self.quote], [self.expired])

    def test_search_finds_numbers_amounts_and_lines(self):
        special = self._create_order(self.alfa, amount=4321.09)
        special.order_line.name = "Bisagra de émbolo"
        hinge = self._create_invoice(self.alfa, amount=9)
        hinge.invoice_line_ids.name = "Bisagra de émbolo"
        self.sign_in(self.user_full)
        self.assertListed(
            f"/my/invoices?search={self.pending.name}", [self.pending], [self.overdue]
        )
        for words in ("1.234,50", "1234.5", "1,234.50", "1 234,50 €"):
            self.assertListed(f"/my/invoices?search={words}", [self.overdue], [self.pending])
        self.assertListed("/my/invoices?search=bisagra embolo", [hinge], [self.pending])
        self.assertListed("/my/quotes?search=BISAGRA", [special], [self.quote])
        self.assertListed("/my/quotes?search=4321,09", [special], [self.quote])
        self.assertListed("/my/orders?search=laton", [self.order])
        self.assertListed("/my/orders?search=bisagra", [], [self.order])

    def test_search_finds_what_is_left(self):
        self._pay(self.overdue, amount=734.25)
        self.sign_in(self.user_full)
        for words in ("500,25", "500"):
            self.assertListed(f"/my/invoices?search={words}", [self.overdue], [self.pending])
        # Beyond the number of documents that are looked up beforehand, too.
        self.patch(customer_portal_access_mixin_search, "MAX_FOUND", 0)
        self.assertListed("/my/invoices?search=500,25", [self.overdue], [self.pending])

    def test_short_words_are_looked_for_in_numbers_and_references_only(self):
        """Looking through the text of all lines for two letters would take seconds."""
        hinge = self._create_invoice(self.alfa, amount=9)
        hinge.invoice_line_ids.name = "Bisagra zqx"
        self.pending.ref = "Obra ZQ"
        special = self._create_order(self.alfa, client_order_ref="Obra ZQ")
        other = self._create_order(self.alfa)
        other.order_line.name = "Bisagra zqx"
        self.sign_in(self.user_full)
        self.assertListed("/my/invoices?search=zq", [self.pending], [hinge])
        self.assertListed("/my/invoices?search=zqx", [hinge], [self.pending])
        self.assertListed("/my/quotes?search=zq", [special], [other])
        self.assertListed("/my/quotes?search=zqx", [other], [special])
        nothing = self.url_open("/my/invoices?search=qz").text
        self.assertIn("Words of one or two letters", nothing)
        self.assertNotIn(
            "Words of one or two letters", self.url_open("/my/invoices?search=qzz").text
        )

    def test_search_for_words_without_letters(self):
        """They are found beside letters, whether they are looked up beforehand or not."""
        self.pending.ref = "Ñandú ~93"
        self.sign_in(self.user_full)
        for words in ("~9", "~93", "ñandu ~9"):
            self.assertListed(f"/my/invoices?search={words}", [self.pending], [self.overdue])
        self.patch(customer_portal_access_mixin_search, "MAX_FOUND", 0)
        for words in ("~9", "~93", "ñandu ~9"):
            self.assertListed(f"/my/invoices?search={words}", [self.pending], [self.overdue])

    def test_search_takes_wildcards_literally(self):
        self.pending.ref = "50%_x"
        self.sign_in(self.user_full)
        self.assertListed("/my/invoices?search=%25", [self.pending], [self.overdue])
        self.assertListed("/my/invoices?search=50%25_", [self.pending], [self.overdue])
        self.assertListed("/my/invoices?search=_x", [self.pending], [self.overdue])

    def test_search_does_not_reach_lines_that_are_not_shown(self):
        """What the company writes for itself, as its cost lines, can't be found out."""
        self.pending.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        ).name = "Zanahoria"
        self.sign_in(self.user_full)
        self.assertListed("/my/invoices?search=zanahoria", [], [self.pending])

    def test_dates_are_those_of_the_document(self):
        begin = self.today - timedelta(days=61)
        end = self.today - timedelta(days=59)
        self.sign_in(self.user_full)
        self.assertListed(
            f"/my/invoices?date_begin={begin}&date_end={end}",
            [self.overdue],
            [self.pending, self.paid],
        )
        # Either end may be open, and the ends count.
        due = self.overdue.invoice_date
        self.assertListed(f"/my/invoices?date_begin={due}", [self.overdue], [self.paid])
        self.assertListed(f"/my/invoices?date_end={due}", [self.overdue, self.paid], [self.pending])
        self.order.date_order = fields.Datetime.now() - timedelta(days=60)
        self.assertListed(f"/my/orders?date_begin={begin}&date_end={end}", [self.order])
        self.assertListed(f"/my/orders?date_begin={self.today}", [], [self.order])

    def test_the_day_of_an_order_is_the_readers_day(self):
        self.user_full.tz = "Pacific/Auckland"
        self.order.date_order = "2026-03-09 20:00:00"  # the 10th in Auckland
        self.sign_in(self.user_full)
        self.assertListed("/my/orders?date_begin=2026-03-10&date_end=2026-03-10", [self.order])
        self.assertListed("/my/orders?date_begin=2026-03-09&date_end=2026-03-09", [], [self.order])

    def test_sorting(self):
        self.sign_in(self.user_full)

        def order_of(url, *documents):
            page = self.url_open(url).text
            return sorted(documents, key=lambda document: page.index(f">{document.name}<"))

        documents = self.pending, self.overdue, self.paid
        for sortby, expected in (
            ("date", [self.pending, self.overdue, self.paid]),
            ("date_asc", [self.paid, self.overdue, self.pending]),
            ("duedate", [self.paid, self.overdue, self.pending]),
            ("duedate_desc", [self.pending, self.overdue, self.paid]),
            ("amount", [self.overdue, self.pending, self.paid]),
            ("amount_asc", [self.paid, self.pending, self.overdue]),
        ):
            with self.subTest(sortby=sortby):
                self.assertEqual(order_of(f"/my/invoices?sortby={sortby}", *documents), expected)

    def test_heads_of_columns_sort(self):
        """They lead to what the column is sorted by; once more, the other way round."""
        self.sign_in(self.user_full)

        def heads(url):
            page = html.fromstring(self.url_open(url).text)
            return {
                link.get("data-sort"): (link.get("href"), link.getparent().get("aria-sort"))
                for link in page.xpath("//thead//a[@data-sort]")
            }

        found = heads("/my/invoices?filterby=pending")
        self.assertEqual(list(found), ["date", "due_date", "total"])
        self.assertEqual([sort for _url, sort in found.values()], ["descending", None, None])
        self.assertIn("filterby=pending", found["total"][0])
        found = heads(found["total"][0])
        self.assertEqual([sort for _url, sort in found.values()], [None, None, "descending"])
        found = heads(found["total"][0])
        self.assertEqual([sort for _url, sort in found.values()], [None, None, "ascending"])
        found = heads(found["date"][0])
        self.assertEqual([sort for _url, sort in found.values()], ["descending", None, None])
        self.assertEqual(list(heads("/my/quotes")), ["date", "total"])
        self.assertEqual(list(heads("/my/orders")), ["date", "total"])

    # === SUMS === #

    def _sums(self, url):
        page = html.fromstring(self.url_open(url).text)
        return [
            [" ".join(cell.text_content().split()) for cell in row.xpath(".//td[@data-sum]")]
            for row in page.xpath("//table[contains(@class, 'o_cpp_sums')]//tr")
        ]

    def test_lists_end_with_their_sums(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self._create_invoice(self.alfa, amount=10, currency_id=euro.id)
        hidden = self._create_invoice(self.alfa, amount=5000)
        hidden.portal_visible = False
        self.sign_in(self.user_full)
        # Invoices less credit notes, what is paid left out of what is still to be paid.
        dollars = [f"$ {77 + 1234.5 + 55 - 30:,.2f}", f"$ {77 + 1234.5 - 30:,.2f}"]
        self.assertCountEqual(self._sums("/my/invoices"), [dollars, ["10.00 €", "10.00 €"]])
        found = self._sums(f"/my/invoices?date_end={self.today - timedelta(days=30)}")
        self.assertEqual(found, [["$ 1,289.50", "$ 1,234.50"]])
        self.assertEqual(len(self._sums("/my/quotes?filterby=all")), 1)
        self.assertFalse(self._sums("/my/invoices?search=nandu"))  # It is one.

    def test_sums_are_those_of_the_reader(self):
        own = [self._create_invoice(self.user_own.partner_id, amount=12) for _number in range(2)]
        self.sign_in(self.user_own)
        self.assertListed("/my/invoices", own)
        self.assertEqual(self._sums("/my/invoices"), [["$ 24.00", "$ 24.00"]])

    # === CHOOSING ROWS === #

    def test_chosen_rows_are_paid_together(self):
        self.sign_in(self.user_full)
        page = html.fromstring(self.url_open("/my/invoices").text)
        boxes = page.xpath("//input[@name='invoice'][@form='portal_choice']/@value")
        listed = self.pending | self.overdue | self.paid | self.credit_note
        self.assertCountEqual(map(int, boxes), listed.ids)
        [button] = page.xpath("//form[@id='portal_choice']//button[@name]")
        # What is paid already may be among them: it could be chosen to be downloaded.
        answer = self.post_form(
            "/my/pay/choose",
            data={"invoice": boxes, button.get("name"): button.get("value")},
            page="/my/invoices",
        )
        self.assertIn("1,311.50", answer.text)
        answer = self.post_form(
            "/my/pay/choose",
            data={"invoice": str(self.paid.id), button.get("name"): button.get("value")},
            page="/my/invoices",
        )
        self.assertEqual(answer.status_code, 422)

    def test_rows_are_not_paid_by_who_may_not_pay(self):
        self.env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", "")
        self.sign_in(self.user_full)
        page = html.fromstring(self.url_open("/my/invoices").text)
        acts = page.xpath("//form[@id='portal_choice']//button/@formaction")
        self.assertEqual(acts, ["/my/invoices/download"])
        self.assertFalse(page.xpath("//form[@id='portal_choice']//button[@name]"))

    def _download(self, *documents):
        return self.post_form(
            "/my/invoices/download",
            data={"invoice": [str(document.id) for document in documents]},
            page="/my/invoices",
        )

    def _read_archive(self, response):
        self.assertEqual(response.headers["Content-Type"], "application/zip")
        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            self.assertIsNone(archive.testzip())
            return {name: archive.read(name) for name in archive.namelist()}

    def test_chosen_rows_are_downloaded_together(self):
        self.env["ir.attachment"].create(
            [
                {
                    "name": "../official.pdf",
                    "raw": b"%PDF official " + str(document.id).encode(),
                    "res_model": "account.move",
                    "res_id": document.id,
                    "res_field": "invoice_pdf_report_file",
                }
                for document in (self.pending, self.paid)
            ]
        )
        self.patch(printer, "printer_state", lambda: "missing")
        hidden = self._create_invoice(self.alfa)
        hidden.portal_visible = False
        draft = self._create_invoice(self.alfa, post=False)
        self.sign_in(self.user_full)
        chosen = self.pending, self.paid, self.credit_note, self.foreign, hidden, draft
        files = self._read_archive(self._download(*chosen))
        copy = f"Copy for information {self.credit_note.name.replace('/', '_')}.pdf"
        index = {"index.xlsx", "index.csv"}
        self.assertEqual(set(files), {"_official.pdf", "_official (2).pdf", copy, *index})
        # The oldest first; each once, though both are called the same.
        self.assertEqual(files["_official.pdf"], f"%PDF official {self.paid.id}".encode())
        self.assertTrue(files[copy].startswith(b"%PDF"))
        downloads = self.env["customer.portal.event"].search([("kind", "=", "download")])
        logged = set(downloads.filtered(lambda e: e.res_model == "account.move").mapped("res_id"))
        self.assertEqual(logged, {self.pending.id, self.paid.id, self.credit_note.id})

    def test_where_no_file_can_be_given_it_is_said(self):
        self.patch(printer, "printer_state", lambda: "missing")
        move = self.env.registry["account.move"]
        self.patch(move, "_portal_has_printed_elements", lambda move: True)
        self.sign_in(self.user_full)
        files = self._read_archive(self._download(self.pending))
        [(name, text)] = [item for item in files.items() if not item[0].startswith("index.")]
        self.assertTrue(name.endswith(".txt"))
        self.assertIn(b"we will send you the official PDF", text)

    def test_too_many_and_none(self):
        for module in (customer_portal_pack, invoices):  # who refuses, and who says so
            self.patch(module, "MAX_CHOSEN", 2)
        self.sign_in(self.user_full)
        answer = self._download(self.pending, self.paid, self.overdue)
        self.assertIn("Please choose at most 2 documents.", answer.text)
        for nothing in ([], [self.foreign]):
            answer = self._download(*nothing)
            self.assertTrue(answer.url.endswith("/my/invoices"))

    # === ROWS === #

    def test_rows_say_what_is_left_and_when_it_was_paid(self):
        partial = self._create_invoice(self.alfa, amount=200)
        self._pay(partial, amount=50)
        documents = self.pending | self.overdue | self.paid | self.credit_note | partial
        rows = {row["id"]: row for row in documents._portal_rows()}
        self.assertEqual(rows[self.paid.id]["paid_on"], self.today - timedelta(days=70))
        self.assertEqual(rows[self.paid.id]["remaining"], 0)
        self.assertEqual(rows[self.paid.id]["state"], "paid")
        self.assertEqual(rows[partial.id]["remaining"], 150)
        self.assertEqual(rows[partial.id]["state"], "partial")
        self.assertFalse(rows[partial.id]["paid_on"])
        self.assertEqual(rows[self.overdue.id]["state"], "overdue")
        self.assertEqual(rows[self.pending.id]["state"], "pending")
        self.assertEqual(rows[self.credit_note.id]["remaining"], -30)
        self.assertEqual(rows[self.credit_note.id]["state"], "credit")

    def test_a_credit_note_that_covers_an_invoice_cancels_it(self):
        invoice = self._create_invoice(self.alfa, amount=40)
        invoice._reverse_moves(cancel=True)
        self.assertEqual(invoice._portal_state(), "reversed")
        self.assertEqual(invoice.reversal_move_ids._portal_state(), "credit_used")

    def test_nothing_is_settled_before_it_exists(self):
        """A credit note that is used for an older invoice is used on its own day."""
        invoice = self._create_invoice(self.alfa, amount=40, days=-20)
        credit = self._create_invoice(self.alfa, move_type="out_refund", amount=40, days=-5)
        (invoice | credit).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        rows = {row["id"]: row for row in (invoice | credit)._portal_rows()}
        day = self.today - timedelta(days=5)
        self.assertEqual(rows[credit.id]["paid_on"], day)
        self.assertEqual(rows[invoice.id]["paid_on"], day)

    def test_a_blocked_invoice_is_not_asked_for(self):
        self.pending.action_toggle_block_payment()
        self.assertEqual(self.pending._portal_state(), "blocked")
        self.sign_in(self.user_full)
        self.assertListed("/my/invoices", [self.pending])
        self.assertListed("/my/invoices?filterby=pending", [self.overdue], [self.pending])

    def test_pay_button_only_for_who_may_pay(self):
        button = f'href="/my/invoices/{self.pending.id}?payment=True'
        self.sign_in(self.user_full)
        self.assertIn(button, self.url_open("/my/invoices").text)
        self.assertNotIn(f"/my/invoices/{self.paid.id}?payment", self.url_open("/my/invoices").text)
        self.company.portal_allow_payment = False
        self.assertNotIn(button, self.url_open("/my/invoices").text)
        self.company.portal_allow_payment = True
        self.user_full.partner_id.portal_profile_id = self.profile_read_only
        self.assertNotIn(button, self.url_open("/my/invoices").text)

    def test_names_are_escaped(self):
        self.pending.ref = "<script>alert(1)</script>"
        self.sign_in(self.user_full)
        page = self.url_open("/my/invoices").text
        self.assertNotIn("<script>alert(1)", page)
        self.assertIn("&lt;script&gt;alert(1)", page)

    # === VENDOR BILLS === #

    def test_vendor_bills_stay_where_core_has_them(self):
        self.sign_in(self.user_full)
        chip = "filterby=bills"
        self.assertNotIn(chip, self.url_open("/my/invoices").text)
        bill = self._create_invoice(self.alfa, move_type="in_invoice", amount=12)
        self.assertIn(chip, self.url_open("/my/invoices").text)
        self.assertListed("/my/invoices", [self.pending], [bill])
        page = self.url_open("/my/invoices?filterby=bills&sortby=zzz&date_begin=zz")
        self.assertEqual(page.status_code, 200)
        self.assertIn(bill.name, page.text)
        self.assertNotIn(self.pending.name, page.text)
        # Whoever sees no invoices of ours still sees the bills it sent.
        self.company.portal_show_invoices = False
        self.assertIn(bill.name, self.url_open("/my/invoices").text)

    # === UNREAD === #

    def test_new_messages_until_they_are_read(self):
        self.sign_in(self.user_full)
        self.assertListed("/my/invoices?filterby=unread", [], [self.pending])
        self.pending.with_user(self.user_accountant).message_post(
            body="Gracias por su paciencia", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertListed("/my/invoices?filterby=unread", [self.pending], [self.overdue])
        self.make_jsonrpc_request(
            "/mail/chatter_fetch", {"thread_model": "account.move", "thread_id": self.pending.id}
        )
        self.assertListed("/my/invoices?filterby=unread", [], [self.pending])
        # Each contact reads for itself.
        self.sign_in(self.user_own)
        self.user_own.partner_id.portal_profile_id = self.profile_full
        self.assertListed("/my/invoices?filterby=unread", [self.pending])

    def test_what_staff_note_for_themselves_is_no_message(self):
        post = self.pending.with_user(self.user_accountant).message_post
        post(body="Nota interna", message_type="comment", subtype_xmlid="mail.mt_note")
        self.assertFalse(self.pending.portal_answered_on)
        self.pending.with_user(self.user_full).sudo().message_post(
            body="¿Pueden revisar esto?",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.user_full.partner_id.id,
        )
        self.assertFalse(self.pending.portal_answered_on)
        post(body="Sí", message_type="comment", subtype_xmlid="mail.mt_comment")
        self.assertTrue(self.pending.portal_answered_on)

    def test_nobody_marks_what_it_may_not_see_as_read(self):
        self.pending.with_user(self.user_accountant).message_post(
            body="Hola", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        Mixin = self.env["customer.portal.access.mixin"]
        for user in self.user_stranger, self.user_colleague, self.user_branch:
            Mixin.with_user(user)._portal_mark_thread_read("account.move", self.pending.id)
        Mixin.with_user(self.user_full)._portal_mark_thread_read("res.partner", self.alfa.id)
        Mixin.with_user(self.user_full)._portal_mark_thread_read("account.move", "1")
        Mixin.with_user(self.user_full)._portal_mark_thread_read("nothing", 1)
        self.assertFalse(self.env["customer.portal.reading"].search([]))
        Mixin.with_user(self.user_full)._portal_mark_thread_read("account.move", self.pending.id)
        self.assertEqual(
            self.env["customer.portal.reading"].search([]).partner_id, self.user_full.partner_id
        )

    # === BAD INPUT === #

    def test_bad_query_strings_fall_back(self):
        self.sign_in(self.user_full)
        for url, document in (
            ("/my/invoices", self.pending),
            ("/my/quotes", self.quote),
            ("/my/orders", self.order),
        ):
            for query in (
                "?page=99999",
                "?page=abc",
                "?page=-3",
                "?page=9999999999999999999999",
                "?page=%D9%A3",
                "?filterby=zzz",
                "?filterby=",
                "?filterby=all&filterby=paid",
                "?sortby=zzz",
                "?sortby=access_token",
                "?sortby=date&sortby=name",
                "?date_begin=zz",
                "?date_begin=2026-02-31&date_end=2026-13-01",
                "?date_begin=0001-01-01",
                "?date_end=9999-12-31",
                "?date_begin=9999-12-31&date_end=0001-01-01",
                "?search=",
                "?search=%00",
                "?search=%20%20",
                "?unknown=1&groupby=state",
            ):
                with self.subTest(url=url + query):
                    self.assertListed(url + query, [document])
            for path in ("/page/99999", "/page/abc", "/page/-1", "/page/0", "/page/1.5"):
                with self.subTest(url=url + path):
                    self.assertListed(url + path, [document])
            for query in (
                "?search=" + "x" * 10_000,
                "?search=" + "%F0%9F%98%80" * 50,
                "?search=%27%3B--",
                "?search=%5C",
                "?search=%00a%00zz",
                "?search[]=a&search=zzzz",
            ):
                with self.subTest(url=(url + query)[:80]):
                    self.assertListed(url + query, [], [document])

    def test_empty_lists_say_what_to_do(self):
        self.sign_in(self.user_branch)
        for url in LISTS:
            page = self.url_open(url).text
            self.assertIn("o_cpp_empty", page, url)
            self.assertNotIn("o_portal_my_doc_table", page, url)
        self.assertIn("When we send you one", self.url_open("/my/invoices").text)
        searched = self.url_open("/my/invoices?search=zzz").text
        self.assertIn("Nothing matches your search", searched)

    # === PAGES === #

    def test_pages_hold_all_documents_once(self):
        for _index in range(30):
            self.pending.copy({"invoice_date": self.today}).action_post()
        self.sign_in(self.user_full)
        names = []
        for page in (1, 2):
            html = self.url_open(f"/my/invoices/page/{page}").text
            names += [
                move.name
                for move in self.env["account.move"].search([("partner_id", "=", self.alfa.id)])
                if f">{move.name}<" in html
            ]
        self.assertEqual(len(names), 34)
        self.assertEqual(len(set(names)), 34)

    def test_beyond_the_last_page_one_goes_on_by_date(self):
        self.patch_page_limits(size=2, pages=2)
        for days in (-1, -2, -3, -4):
            self._create_invoice(self.alfa, days=days)
        self.sign_in(self.user_full)
        first = self.url_open("/my/invoices").text
        self.assertIn("More than 4 documents", first)
        self.assertNotIn("Older documents", first)
        last = self.url_open("/my/invoices/page/2").text
        self.assertIn("Older documents", last)
        self.assertIn(f"date_end={self.today - timedelta(days=2)}", last)

    def patch_page_limits(self, size, pages):
        self.patch(portal_page, "PAGE_SIZE", size)
        self.patch(portal_page, "MAX_PAGES", pages)
