"""What a customer bought, by month and by product, against the invoices that it was billed by."""

import csv
import io
import re
from collections import defaultdict

from lxml import html
from openpyxl import load_workbook

from odoo import Command
from odoo.tests import TransactionCase, tagged

from ..controllers import purchases
from ..tools.bar_chart import draw_bars
from .common import PortalHttpCase

YEAR = 2025


@tagged("post_install", "-at_install")
class TestPurchases(PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.company.currency_id
        cls.currency = cls._foreign_currency()
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.unit = cls.env.ref("uom.product_uom_unit")
        cls.nut = cls.env["product.product"].create(
            {"name": "Tuerca", "default_code": "T-1", "taxes_id": [Command.clear()]}
        )
        cls.tax = cls.env["account.tax"].create(
            {"name": "IVA 21", "amount": 21.0, "type_tax_use": "sale"}
        )
        cls.contained = cls.env["account.tax"].create(
            {
                "name": "IVA 10 incluido",
                "amount": 10.0,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
            }
        )
        cls.march = cls._bill("2025-03-05", (cls.product, 10, 7.5), (cls.nut, 3, 20.0))
        cls.may = cls._bill("2025-05-31", (cls.nut, 1, 100.0))
        cls.credit_note = cls._bill("2025-05-02", (cls.nut, 2, 20.0), move_type="out_refund")
        cls.before = cls._bill("2024-03-31", (cls.nut, 5, 10.0))
        cls.long_ago = cls._bill("2020-01-01", (cls.nut, 1, 1.0))

    @classmethod
    def _bill(cls, day, *lines, partner=None, post=True, taxes=(), **values):
        """Create a document of lines of product, quantity and price, further values if any."""
        move = cls._create_invoice(
            partner or cls.alfa,
            post=False,
            **{
                "invoice_date": day,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": line[0] and line[0].id,
                            "name": "Línea",
                            "quantity": line[1],
                            "price_unit": line[2],
                            "tax_ids": [Command.set([tax.id for tax in taxes])],
                            **(line[3] if len(line) > 3 else {}),
                        }
                    )
                    for line in lines
                ],
                **values,
            },
        )
        if post:
            move.action_post()
        return move

    def _accounts(self, user=None, year=YEAR, companies=None):
        contact = (user or self.user_full).partner_id
        Line = self.env["account.move.line"].with_user(user or self.user_full)
        accounts = Line._portal_purchases(contact, (companies or self.company).sudo(), year)
        return {account["currency"].name: account for account in accounts}

    def _page(self, query="", user=None, page=""):
        self.sign_in(user or self.user_full)
        answer = self.url_open(f"/my/purchases{page}?{query}")
        self.assertEqual(answer.status_code, 200, query)
        return html.fromstring(answer.text)

    def _text(self, node):
        return re.sub(r"\s+", " ", node.text_content().replace("\ufeff", "")).strip()

    def _cells(self, tree, row):
        """Return the texts of a row's cells."""
        [found] = tree.xpath(f"//tr[{row}]")
        return [self._text(cell) for cell in found.xpath("th|td")]

    def _file(self, extension, query=f"year={YEAR}", user=None):
        self.sign_in(user or self.user_full)
        answer = self.url_open(f"/my/purchases/export.{extension}?{query}")
        self.assertEqual(answer.status_code, 200)
        self.assertIn(f"purchases-{YEAR}.{extension}", answer.headers["Content-Disposition"])
        return answer.content

    # === SUMS === #

    def test_by_month_and_product(self):
        account = self._accounts()[self.own.name]
        self.assertEqual((account["amount"], account["before"]), (195.0, 50.0))
        months = {row["month"].month: row for row in account["months"]}
        self.assertEqual(list(months), list(range(1, 13)))
        self.assertEqual((months[3]["amount"], months[3]["before"]), (135.0, 50.0))
        self.assertEqual((months[5]["amount"], months[5]["before"]), (60.0, 0.0))
        others = [row for number, row in months.items() if number not in (3, 5)]
        self.assertFalse(any(row["amount"] or row["before"] for row in others))
        nut, bolt = account["products"]
        self.assertEqual(
            nut,
            {
                "product_id": self.nut.id,
                "unit_id": self.unit.id,
                "amount": 120.0,
                "before": 50.0,
                "quantity": 2.0,
                "quantity_before": 5.0,
            },
        )
        self.assertEqual((bolt["product_id"], bolt["amount"]), (self.product.id, 75.0))

    def test_sums_are_the_untaxed_amounts(self):
        """Of taxes in the price, discounts, receipts, rounding, lines without a product, and a
        currency that is not the company's."""
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": "Redondeo",
                "rounding": 0.05,
                "strategy": "add_invoice_line",
                "profit_account_id": self.company.income_currency_exchange_account_id.id,
                "loss_account_id": self.company.expense_currency_exchange_account_id.id,
            }
        )
        section = {"display_type": "line_section", "product_id": False, "name": "Sección"}
        note = {"display_type": "line_note", "product_id": False, "name": "Nota"}
        texts = [
            Command.create(values | {"sequence": number})
            for number, values in enumerate((section, note))
        ]
        for values in (
            {"taxes": self.contained},
            {"taxes": self.tax},
            {"taxes": self.tax | self.contained, "currency_id": self.currency.id},
            {"move_type": "out_receipt"},
            {"move_type": "out_refund", "currency_id": self.currency.id},
            {"invoice_cash_rounding_id": rounding.id},
        ):
            taxes = values.pop("taxes", ())
            move = self._bill(
                "2025-07-01",
                (self.product, 3, 33.33, {"discount": 12.5}),
                (None, 7, 0.99),
                (self.nut, -1, 5.0),
                taxes=taxes,
                post=False,
                **values,
            )
            move.invoice_line_ids = texts
            move.action_post()
        moves = self.env["account.move"].search(
            [("commercial_partner_id", "=", self.alfa.id), ("state", "=", "posted")]
        )
        self.assertTrue(moves.line_ids.filtered(lambda line: line.display_type == "rounding"))
        untaxed = defaultdict(float)
        for move in moves:
            sign = -1 if move.move_type == "out_refund" else 1
            untaxed[move.currency_id, move.invoice_date.year] += sign * move.amount_untaxed
        self.assertEqual({year for _currency, year in untaxed}, {2020, 2024, 2025})
        for year in (2020, 2021, 2024, 2025, 2026):
            accounts = self._accounts(year=year)
            for currency in self.own, self.currency:
                account = accounts.get(currency.name)
                for key, of in (("amount", year), ("before", year - 1)):
                    amount = untaxed[currency, of]
                    if not account:
                        self.assertFalse(amount)
                        continue
                    for found in (
                        account[key],
                        sum(row[key] for row in account["months"]),
                        sum(row[key] for row in account["products"]),
                    ):
                        self.assertFalse(
                            currency.compare_amounts(found, amount), (year, key, found, amount)
                        )

    def test_what_has_no_product_is_one_line(self):
        dozens = (None, 1, 7.0, {"product_uom_id": self.dozen.id})
        self._bill("2025-08-01", (None, 2, 5.0), dozens)
        account = self._accounts()[self.own.name]
        [other] = [row for row in account["products"] if not row["product_id"]]
        self.assertEqual((other["amount"], other["quantity"], other["unit_id"]), (17.0, 0.0, None))
        tree = self._page(f"year={YEAR}")
        self.assertEqual(self._cells(tree, "@data-product='other'")[:3], ["Other", "", ""])

    def test_each_unit_apart(self):
        self._bill("2025-08-01", (self.nut, 2, 240.0, {"product_uom_id": self.dozen.id}))
        rows = {
            row["unit_id"]: row["quantity"]
            for row in self._accounts()[self.own.name]["products"]
            if row["product_id"] == self.nut.id
        }
        self.assertEqual(rows, {self.unit.id: 2.0, self.dozen.id: 2.0})

    def test_drafts_hidden_ones_and_those_of_others_do_not_count(self):
        whole = self._accounts()
        self._bill("2025-06-01", (self.nut, 1, 1000.0), post=False)
        hidden = self._bill("2025-06-01", (self.nut, 1, 1000.0))
        hidden.portal_visible = False
        self._bill("2025-06-01", (self.nut, 1, 1000.0), partner=self.beta)
        self._bill("2025-06-01", (self.nut, 1, 1000.0), partner=self.alfa_norte)
        self._bill("2025-06-01", (self.nut, 1, 1000.0), move_type="in_invoice")
        self.assertEqual(self._accounts(), whole)
        hidden.portal_visible = True
        self.assertEqual(self._accounts()[self.own.name]["amount"], 1195.0)

    def test_own_documents(self):
        self._bill("2025-06-01", (self.nut, 1, 17.0), partner=self.user_own.partner_id)
        self.assertEqual(self._accounts(self.user_own)[self.own.name]["amount"], 17.0)
        tree = self._page(f"year={YEAR}", user=self.user_own)
        self.assertTrue(tree.xpath("//*[@data-purchases-own]"))
        self.assertFalse(self._page().xpath("//*[@data-purchases-own]"))
        book = load_workbook(io.BytesIO(self._file("xlsx", user=self.user_own)))
        values = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
        self.assertIn("Your own documents only", values)

    # === PAGE === #

    def test_page(self):
        tree = self._page(f"year={YEAR}")
        figures = {
            node.get("data-purchases"): self._text(node)
            for node in tree.xpath("//*[@data-purchases]")
        }
        self.assertIn("195.00", figures["amount"])
        self.assertIn("50.00", figures["before"])
        month, amount, before = self._cells(tree, "@data-month='3'")
        self.assertEqual(month, "March")
        self.assertIn("135.00", amount)
        self.assertIn("50.00", before)
        name, quantity, quantity_before, amount, before = self._cells(
            tree, f"@data-product='{self.nut.id}'"
        )
        self.assertTrue(name.startswith("[T-1] Tuerca"))
        self.assertEqual((quantity, quantity_before), ("2 Units", "5 Units"))
        self.assertIn("120.00", amount)
        self.assertIn("50.00", before)
        self.assertEqual(len(tree.xpath("//*[name()='svg']/*[name()='rect']")), 24)
        # The menu says where one is.
        [current] = tree.xpath("//nav[@aria-label='Customer portal']//li/a[@aria-current]")[:1]
        self.assertEqual(current.get("data-portal-menu"), "invoices")

    def test_years_that_have_something(self):
        tree = self._page()
        years = [node.get("data-year") for node in tree.xpath("//a[@data-year]")]
        self.assertEqual(years, ["2025", "2024", "2020"])
        [active] = tree.xpath("//a[@data-year][@aria-current='true']/@data-year")
        self.assertEqual(active, "2025")
        tree = self._page("year=2020")
        self.assertIn("1.00", self._text(tree.xpath("//*[@data-purchases='amount']")[0]))

    def test_what_makes_no_sense_shows_the_last_year(self):
        for query in (
            "year=2021", "year=0", "year=-1", "year=9999", "year=99999999999", "year=x",
            "year=%00", "year=2025.5", "account=1", "account=-", "account=%00",
            "account=999-999", "account=" + "9" * 500,
        ):  # fmt: skip
            tree = self._page(query)
            [active] = tree.xpath("//a[@data-year][@aria-current='true']/@data-year")
            self.assertEqual(active, "2025", query)
            self.assertIn("195.00", self._text(tree.xpath("//*[@data-purchases='amount']")[0]))
            for extension in ("xlsx", "csv"):
                self.assertTrue(self._file(extension, query))
        for page in ("/page/0", "/page/-1", "/page/999", "/page/x", "/page/%00"):
            self.assertTrue(self._page(page=page).xpath("//tr[@data-product]"), page)

    def test_first_and_last_years_of_the_calendar(self):
        self._bill("0001-02-03", (self.nut, 1, 5.0))
        self._bill("9999-12-31", (self.nut, 1, 6.0))
        for year, amount in ((1, "5.00"), (9999, "6.00")):
            tree = self._page(f"year={year}")
            self.assertIn(amount, self._text(tree.xpath("//*[@data-purchases='amount']")[0]))

    def test_each_currency(self):
        self._bill("2025-06-01", (self.nut, 1, 17.0), currency_id=self.currency.id)
        tree = self._page(f"year={YEAR}")
        links = {node.get("data-account"): node for node in tree.xpath("//a[@data-account]")}
        key = f"{self.company.id}-{self.currency.id}"
        self.assertEqual(set(links), {key, f"{self.company.id}-{self.own.id}"})
        self.sign_in(self.user_full)
        tree = html.fromstring(self.url_open(links[key].get("href")).text)
        self.assertIn("17.00", self._text(tree.xpath("//*[@data-purchases='amount']")[0]))
        [active] = tree.xpath("//a[@data-year][@aria-current='true']/@data-year")
        self.assertEqual(active, "2025")

    def test_each_company(self):
        other = self.env["res.company"].create({"name": "Segunda SL"})
        self.env["account.chart.template"].try_loading("generic_coa", other, install_demo=False)
        invoice = (
            self.env["account.move"]
            .with_company(other)
            .create(
                {
                    "move_type": "out_invoice",
                    "company_id": other.id,
                    "partner_id": self.alfa.id,
                    "invoice_date": "2025-06-01",
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": self.nut.id,
                                "quantity": 1,
                                "price_unit": 11.0,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                }
            )
        )
        invoice.action_post()
        old = invoice.copy({"invoice_date": "2019-06-01"})
        old.action_post()
        tree = self._page()
        self.assertNotIn("Segunda SL", self._text(tree))
        self.assertFalse(tree.xpath("//a[@data-year='2019']"))
        self.assertNotIn(b"11.00", self._file("csv"))
        self.user_full.write({"company_ids": [Command.link(other.id)]})
        tree = self._page()
        self.assertIn("Segunda SL", self._text(tree))
        self.assertTrue(tree.xpath("//a[@data-year='2019']"))
        self.assertIn("Segunda SL", self._file("csv").decode("utf-8-sig"))
        other.portal_show_invoices = False
        self.assertNotIn("Segunda SL", self._text(self._page()))

    def test_products_in_pages(self):
        more = self.env["product.product"].create(
            [{"name": f"Pieza {number}", "list_price": 1.0} for number in range(5)]
        )
        self._bill("2025-09-01", *((product, 1, 1.0) for product in more))
        self.patch(purchases, "PAGE_SIZE", 3)
        shown = []
        for number in (1, 2, 3):
            tree = self._page(f"year={YEAR}", page=f"/page/{number}")
            shown.append(tree.xpath("//tr/@data-product"))
        self.assertEqual([len(one) for one in shown], [3, 3, 1])
        self.assertEqual(len(set(sum(shown, []))), 7)
        self.assertEqual(shown[0][:2], [str(self.nut.id), str(self.product.id)])

    def test_names_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.nut.with_context(lang="es_ES").name = "Tuerca hexagonal"
        self.nut.active = False
        self.user_full.lang = "es_ES"
        tree = self._page(f"year={YEAR}")
        self.assertIn("Tuerca hexagonal", self._cells(tree, f"@data-product='{self.nut.id}'")[0])
        self.assertIn("marzo", self._cells(tree, "@data-month='3'")[0].lower())
        self.assertIn("135,00", self._cells(tree, "@data-month='3'")[1])

    def test_nothing_bought(self):
        tree = self._page(user=self.user_branch)
        self.assertIn("Nothing has been invoiced to you yet", self._text(tree))
        self.assertFalse(tree.xpath("//a[@data-export]"))
        answer = self.url_open("/my/purchases/export.csv", allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(answer.headers["Location"].endswith("/my/purchases"))

    def test_ways_there(self):
        self._create_invoice(self.alfa)
        self.sign_in(self.user_full)
        for url in ("/my", "/my/invoices", "/my/statement"):
            self.assertIn('href="/my/purchases"', self.url_open(url).text, url)

    # === WHO MAY === #

    def test_who_may_not(self):
        for user in (self.user_colleague, None):
            self.sign_in(user)
            for path in ("", "/page/1", "/export.xlsx", "/export.csv"):
                answer = self.url_open(f"/my/purchases{path}", allow_redirects=False)
                self.assertEqual(answer.status_code, 404 if user else 303, path)
                self.assertNotIn(b"Tuerca", answer.content)
        self.sign_in(self.user_full)
        for switch in ("portal_show_invoices", "portal_enabled"):
            self.company[switch] = False
            for path in ("", "/export.xlsx", "/export.csv"):
                answer = self.url_open(f"/my/purchases{path}", allow_redirects=False)
                self.assertEqual(answer.status_code, 404, path)
            self.company[switch] = True
        self.assertEqual(self.url_open("/my/purchases/export.pdf").status_code, 404)

    def test_each_its_own(self):
        self._bill("2025-06-01", (self.nut, 1, 999.0), partner=self.beta)
        self.assertNotIn("999.00", self._text(self._page()))
        self.assertIn("999.00", self._text(self._page(user=self.user_stranger)))
        self.assertNotIn(b"999", self._file("csv"))

    # === FILES === #

    def test_xlsx(self):
        self._bill("2025-06-01", (None, 1, 17.0), currency_id=self.currency.id)
        book = load_workbook(io.BytesIO(self._file("xlsx")), data_only=True)
        self.assertEqual(
            book.sheetnames,
            [
                f"Months {self.own.name}", f"Products {self.own.name}",
                f"Months {self.currency.name}", f"Products {self.currency.name}",
            ],
        )  # fmt: skip
        months, products, _months, others = (
            list(sheet.iter_rows(values_only=True)) for sheet in book
        )
        self.assertEqual(months[0][:2], ("Purchases", self.alfa.name))
        head = [row[0] for row in months].index("Month")
        self.assertEqual(book.worksheets[0].freeze_panes, f"A{head + 2}")
        self.assertEqual(months[head], ("Month", "Amount 2025", "Amount 2024"))
        self.assertEqual(months[head + 3], ("March", 135, 50))
        self.assertEqual(months[-1], ("Sum", 195, 50))
        head = [row[0] for row in products].index("Product")
        self.assertEqual(
            products[head],
            (
                "Product", "Unit", "Quantity 2025", "Quantity 2024", "Amount 2025", "Amount 2024",
            ),
        )  # fmt: skip
        self.assertEqual(products[head + 1], ("[T-1] Tuerca", "Units", 2, 5, 120, 50))
        self.assertEqual(products[-1], ("Sum", None, None, None, 195, 50))
        self.assertEqual(others[-2], ("Other", None, None, None, 17, 0))

    def test_csv(self):
        self.nut.name = "=Tuerca"
        self.nut.default_code = False
        self._bill("2025-06-01", (None, 1, 17.0), currency_id=self.currency.id)
        text = self._file("csv").decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        common = {"Company": self.company.name, "Currency": self.own.name}
        self.assertIn(
            {
                **common,
                "Month": "2025-05",
                "Product": "'=Tuerca",
                "Unit": "Units",
                "Quantity": "-1",
                "Amount": "60.00",
            },
            rows,
        )
        self.assertIn(
            {
                **common,
                "Currency": self.currency.name,
                "Month": "2025-06",
                "Product": "Other",
                "Unit": "",
                "Quantity": "",
                "Amount": "17.00",
            },
            rows,
        )
        self.assertEqual({row["Month"][:4] for row in rows}, {"2024", "2025"})
        self.assertEqual(len(rows), 5)

    def test_decimals_of_a_currency(self):
        yen = self.env.ref("base.JPY")
        yen.active = True
        self._bill("2025-06-01", (self.nut, 1, 1700.0), currency_id=yen.id)
        rows = list(csv.DictReader(io.StringIO(self._file("csv").decode("utf-8-sig"))))
        self.assertIn(("JPY", "1700"), [(row["Currency"], row["Amount"]) for row in rows])
        book = load_workbook(io.BytesIO(self._file("xlsx")))
        formats = {
            name: {cell.number_format for row in book[f"Months {name}"].iter_rows() for cell in row}
            for name in ("JPY", self.own.name)
        }
        self.assertIn("#,##0", formats["JPY"])
        self.assertNotIn("#,##0.00", formats["JPY"])
        self.assertIn("#,##0.00", formats[self.own.name])

    def test_download_is_noted(self):
        self._file("csv")
        event = self.env["customer.portal.event"].search(
            [("kind", "=", "download"), ("partner_id", "=", self.user_full.partner_id.id)],
            limit=1,
            order="id desc",
        )
        self.assertEqual(event.detail, "purchases-2025.csv")

    # === BROWSER === #

    def test_in_a_browser(self):
        self._bill("2025-06-01", (self.nut, 1, 17.0), currency_id=self.currency.id)
        for size in ("1280x900", "390x844"):
            self.browser_size = size
            self.start_tour(
                "/my/invoices",
                "customer_portal_plus.purchases",
                login=self.user_full.login,
                timeout=120,
            )


@tagged("post_install", "-at_install")
class TestBars(TransactionCase):
    """The drawing of a chart."""

    def test_up_and_down(self):
        chart = draw_bars([(10.0, 5.0), (-10.0, 0.0)], 200, 100)
        self.assertEqual(chart["zero"], 50)
        bars = [(bar["series"], bar["y"], bar["height"]) for bar in chart["bars"]]
        self.assertEqual(bars, [(0, 0, 50), (1, 25, 25), (0, 50, 50), (1, 50, 0)])
        lefts = [bar["x"] for bar in chart["bars"]]
        self.assertEqual(lefts, sorted(lefts))
        last = chart["bars"][-1]
        self.assertLessEqual(last["x"] + last["width"], 200)
        for left, right in zip(chart["bars"][::2], chart["bars"][1::2], strict=True):
            self.assertAlmostEqual(left["x"] + left["width"], right["x"])

    def test_nothing(self):
        chart = draw_bars([(0.0, 0.0)] * 12)
        self.assertEqual({bar["height"] for bar in chart["bars"]}, {0})
        self.assertEqual(draw_bars([])["bars"], [])
