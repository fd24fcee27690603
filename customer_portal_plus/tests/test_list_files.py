"""Lists as files: all that a list shows under its filters, read back as spreadsheets read them."""

import csv
import io
from datetime import datetime, time, timedelta
from unittest.mock import patch

from lxml import html
from openpyxl import load_workbook

from odoo import Command
from odoo.tests import TransactionCase, tagged, test_cursor
from odoo.tools import mute_logger

from ..controllers import invoices, portal_page
from ..models.lists import customer_portal_file_mixin
from ..tools import table_files
from ..tools.table_files import Column, Sheet, csv_parts, write_csv, write_xlsx
from .common import PortalHttpCase

LISTS = ("invoices", "quotes", "orders", "payments")
# What makes no sense in the address of a list.
JUNK = (
    "filterby=nothing",
    "filterby=%00&sortby=%27--&page=-1",
    "sortby=id%3Bdrop",
    "date_begin=never&date_end=9999-99-99",
    "page=9999999999999999999&search=%00",
    "filterby=all&filterby=overdue&search=",
    "key=x&extension=exe",
)


def _day(date):
    return datetime.combine(date, time.min)


@tagged("post_install", "-at_install")
class TestListFiles(PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._create_taxed(days=-50, due_days=-20, ref="=HYPERLINK(1)")
        cls.credit_note = cls._create_invoice(cls.alfa, 30.0, "out_refund", days=-10)
        cls.currency = cls._foreign_currency()
        cls.in_currency = cls._create_invoice(
            cls.alfa, 80.5, days=-5, currency_id=cls.currency.id, ref="Ñandú"
        )
        cls.hidden = cls._create_invoice(cls.alfa, 20.0)
        cls.hidden.portal_visible = False
        cls.foreign = cls._create_invoice(cls.beta, 70.0)
        cls.own = cls.company.currency_id
        cls.quote = cls._create_order(cls.alfa, 310.0, client_order_ref="Obra")
        cls.order = cls._create_order(cls.alfa, 500.0, state="sale")
        cls.foreign_order = cls._create_order(cls.beta, 70.0, state="sale")

    def _get(self, name, extension="csv", query="", user=None):
        self.sign_in(user or self.user_full)
        response = self.url_open(f"/my/{name}/export.{extension}?{query}")
        self.assertEqual(response.status_code, 200, query)
        self.assertIn(f".{extension}", response.headers["Content-Disposition"])
        return response.content

    def _rows(self, *args, delimiter=",", **kwargs):
        text = self._get(*args, **kwargs).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))

    def _names(self, *args, **kwargs):
        return [row["Number"] for row in self._rows(*args, **kwargs)]

    def _sheet(self, name, reckoned=False, **kwargs):
        content = io.BytesIO(self._get(name, "xlsx", **kwargs))
        [sheet] = load_workbook(content, data_only=reckoned)
        return sheet

    # === WHAT IS IN THEM === #

    def test_xlsx_of_invoices(self):
        sheet = self._sheet("invoices")
        self.assertEqual(sheet.title, "Invoices")
        self.assertEqual(sheet.freeze_panes, "A2")
        head, *rows = sheet.iter_rows(values_only=True)
        self.assertEqual(
            head,
            (
                "Number", "Type", "Date", "Due date", "Reference", "Status", "Tax base", "Tax",
                "Total", "Still to pay", "Currency",
            ),
        )  # fmt: skip
        in_currency, credit_note, invoice, *sums = rows
        self.assertEqual(
            invoice,
            (
                self.invoice.name, "Invoice", _day(self.invoice.invoice_date),
                _day(self.invoice.invoice_date_due), "'=HYPERLINK(1)", "Overdue", 1000, 210, 1210,
                1210, self.own.name,
            ),
        )  # fmt: skip
        self.assertEqual(
            credit_note[:2] + credit_note[3:4] + credit_note[6:],
            (self.credit_note.name, "Credit note", None, -30, 0, -30, -30, self.own.name),
        )
        self.assertEqual(in_currency[6:], (80.5, 0, 80.5, 80.5, self.currency.name))
        self.assertTrue(sheet["C4"].is_date)
        self.assertEqual(sheet["I4"].number_format, "#,##0.00")
        # The sums of each currency, for readers that reckon, and for those that do not.
        self.assertEqual([row[0] for row in sums], ["Sum", "Sum"])
        names = sorted([self.own.name, self.currency.name])
        self.assertEqual([row[10] for row in sums], names)
        self.assertEqual(sums[1][8], "=SUMIF(K2:K4,K6,I2:I4)")
        rows = list(self._sheet("invoices", reckoned=True).iter_rows(values_only=True))
        sums = {row[10]: row[6:10] for row in rows[-2:]}
        self.assertEqual(sums[self.own.name], (970, 210, 1180, 1180))
        self.assertEqual(sums[self.currency.name], (80.5, 0, 80.5, 80.5))

    def test_csv_of_invoices(self):
        in_currency, credit_note, invoice = self._rows("invoices")
        self.assertEqual(
            invoice,
            {
                "Number": self.invoice.name,
                "Type": "Invoice",
                "Date": self.invoice.invoice_date.isoformat(),
                "Due date": self.invoice.invoice_date_due.isoformat(),
                "Reference": "'=HYPERLINK(1)",
                "Status": "Overdue",
                "Tax base": "1000.00",
                "Tax": "210.00",
                "Total": "1210.00",
                "Still to pay": "1210.00",
                "Currency": self.own.name,
            },
        )
        self.assertEqual(credit_note["Total"], "-30.00")
        self.assertEqual(in_currency["Currency"], self.currency.name)

    def test_decimals_of_a_currency(self):
        yen = self.env.ref("base.JPY")
        yen.active = True
        self._create_invoice(self.alfa, 80.0, currency_id=yen.id)
        row = self._rows("invoices")[0]
        self.assertEqual((row["Currency"], row["Total"]), ("JPY", "80"))
        sheet = self._sheet("invoices")
        self.assertEqual(sheet["I2"].number_format, "#,##0")
        self.assertEqual(sheet["I3"].number_format, "#,##0.00")

    def test_csv_as_the_reader_writes(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.user_full.lang = "es_ES"
        self.sign_in(self.user_full)
        text = self._get("invoices").decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text), delimiter=";"))
        self.assertEqual([row[8] for row in rows[1:]], ["80,50", "-30,00", "1210,00"])

    def test_quotes_and_orders(self):
        quotes = {row["Number"]: row for row in self._rows("quotes", query="filterby=all")}
        self.assertEqual(set(quotes), {self.quote.name, self.order.name})
        self.assertEqual(
            quotes[self.quote.name],
            {
                "Number": self.quote.name,
                "Date": self.quote.date_order.date().isoformat(),
                "Reference": "Obra",
                "Status": "To answer",
                "Valid until": self.quote.validity_date.isoformat(),
                "Tax base": "310.00",
                "Tax": "0.00",
                "Total": "310.00",
                "Currency": self.own.name,
            },
        )
        [order] = self._rows("orders")
        self.assertEqual((order["Number"], order["Total"]), (self.order.name, "500.00"))
        self.assertEqual(order["Status"], "Confirmed")
        self.assertNotIn("Valid until", order)
        # As on the page: what waits for an answer, if anything does.
        self.assertEqual(self._names("quotes"), [self.quote.name])
        for name, total in (("quotes", 310), ("orders", 500)):
            sheet = self._sheet(name)
            column = [cell.value for cell in sheet[1]].index("Total")
            self.assertEqual(sheet[2][column].value, total)

    def test_company_where_there_are_several(self):
        self.assertNotIn("Company", self._rows("invoices")[0])
        other = self.env["res.company"].create({"name": "Segunda SL"})
        self.user_full.write({"company_ids": [Command.link(other.id)]})
        for name in ("invoices", "orders"):
            self.assertEqual(self._rows(name)[0]["Company"], self.company.name)

    def test_download_is_noted(self):
        for extension in ("csv", "xlsx"):
            self._get("invoices", extension)
            event = self.env["customer.portal.event"].search(
                [("kind", "=", "download"), ("partner_id", "=", self.user_full.partner_id.id)],
                limit=1,
                order="id desc",
            )
            self.assertEqual(event.detail, f"invoices.{extension}")

    # === THE FILTERS IN FORCE === #

    def test_what_the_list_shows(self):
        since = (self.today - timedelta(days=20)).isoformat()
        for query, expected in (
            ("", [self.in_currency, self.credit_note, self.invoice]),
            ("filterby=overdue", [self.invoice]),
            ("filterby=overdue_invoices", [self.invoice]),
            ("filterby=credit_notes", [self.credit_note]),
            ("search=nandu", [self.in_currency]),
            ("search=nothing+of+the+kind", []),
            (f"date_begin={since}", [self.in_currency, self.credit_note]),
            (f"date_end={since}", [self.invoice]),
            ("sortby=amount", [self.invoice, self.in_currency, self.credit_note]),
            ("sortby=date_asc", [self.invoice, self.credit_note, self.in_currency]),
            (f"filterby=pending&sortby=duedate&date_begin={since}", [self.in_currency]),
        ):
            # Each row a batch: their order is not that of a batch alone.
            with self.subTest(query=query), patch.object(customer_portal_file_mixin, "BATCH", 1):
                names = [document.name for document in expected]
                self.assertEqual(self._names("invoices", query=query), names)
                rows = list(self._sheet("invoices", query=query).iter_rows(values_only=True))
                self.assertEqual([row[0] for row in rows[1:] if row[0] != "Sum"], names)

    def test_links_keep_the_filter_and_lead_to_all_pages(self):
        more = self.env["account.move"].union(
            *(self.credit_note.copy({"invoice_date": self.today}) for _number in range(5))
        )
        more.action_post()
        self.sign_in(self.user_full)
        with patch.object(portal_page, "PAGE_SIZE", 2):
            page = self.url_open(
                "/my/invoices?filterby=credit_notes&sortby=date_asc&search=30&page=2"
            )
            tree = html.fromstring(page.text)
            links = {
                link.get("data-export"): link.get("href")
                for link in tree.xpath("//main//a[@data-export]")
            }
            self.assertEqual(list(links), ["XLSX", "CSV"])
            text = self.url_open(links["CSV"]).content.decode("utf-8-sig")
            [sheet] = load_workbook(io.BytesIO(self.url_open(links["XLSX"]).content))
        names = [row["Number"] for row in csv.DictReader(io.StringIO(text))]
        self.assertEqual(names, (self.credit_note | more).mapped("name"))
        self.assertEqual(
            [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)], [*names, "Sum"]
        )

    def test_links_where_there_is_something(self):
        self.sign_in(self.user_full)
        for name in ("invoices", "quotes", "orders"):
            page = self.url_open(f"/my/{name}").text
            self.assertEqual(page.count("data-export="), 2, name)
            page = self.url_open(f"/my/{name}?search=nothing-of-the-kind").text
            self.assertNotIn("data-export=", page)
        self.assertNotIn("data-export=", self.url_open("/my/payments").text)
        payment = self.env["account.payment"].create(
            {"payment_type": "inbound", "partner_type": "customer", "partner_id": self.alfa.id}
        )
        payment.amount = 12.5
        payment.action_post()
        self.assertEqual(self.url_open("/my/payments").text.count("data-export="), 2)
        with patch.object(invoices.PortalInvoices, "_get_portal_lists", return_value={}):
            self.assertNotIn("data-export=", self.url_open("/my/invoices").text)
        # Of documents that are files themselves, there is no such file.
        self.assertNotIn("data-export=", self.url_open("/my/documents").text)

    def test_payments(self):
        payments = self.env["account.payment"].create(
            [
                {
                    "payment_type": kind,
                    "partner_type": "customer",
                    "partner_id": customer.id,
                    "amount": amount,
                    "currency_id": currency.id,
                }
                for kind, customer, amount, currency in (
                    ("inbound", self.alfa, 12.5, self.own),
                    ("outbound", self.alfa, 2.0, self.own),
                    ("inbound", self.alfa, 9.0, self.currency),
                    ("inbound", self.beta, 1.0, self.own),
                )
            ]
        )
        payments.action_post()
        rows = self._rows("payments")
        self.assertEqual([row["Number"] for row in rows], payments[2::-1].mapped("name"))
        self.assertEqual([row["Amount"] for row in rows], ["9.00", "-2.00", "12.50"])
        self.assertEqual([row["Status"] for row in rows], ["Received", "Paid back", "Received"])
        rows = list(self._sheet("payments", reckoned=True).iter_rows(values_only=True))
        self.assertEqual(rows[1][0], _day(payments[2].date))
        sums = {row[4]: row[3] for row in rows[-2:]}
        self.assertEqual(sums, {self.own.name: 10.5, self.currency.name: 9})

    # === WHO MAY === #

    def test_who_may_not(self):
        def assert_refused(name, status, where=""):
            for extension in ("xlsx", "csv"):
                answer = self.url_open(f"/my/{name}/export.{extension}", allow_redirects=False)
                self.assertEqual(answer.status_code, status)
                self.assertIn(where, answer.headers.get("Location", ""))
                self.assertNotIn(self.invoice.name.encode(), answer.content)

        self.sign_in(self.user_colleague)
        for name in ("invoices", "payments"):
            assert_refused(name, 404)
        self.sign_in(None)
        for name in LISTS:
            assert_refused(name, 303, "/web/login")

    def test_switched_off(self):
        self.sign_in(self.user_full)
        for name, switch in (
            ("invoices", "portal_show_invoices"),
            ("payments", "portal_show_invoices"),
            ("quotes", "portal_show_quotes"),
            ("orders", "portal_show_orders"),
        ):
            self.company[switch] = False
            answer = self.url_open(f"/my/{name}/export.csv", allow_redirects=False)
            self.assertEqual(answer.status_code, 404, name)
            self.company[switch] = True

    def test_each_its_own(self):
        mine = {self.invoice.name, self.credit_note.name, self.in_currency.name}
        self.assertEqual(set(self._names("invoices")), mine)
        self.assertEqual(self._names("invoices", user=self.user_stranger), [self.foreign.name])
        self.assertEqual(self._names("orders", user=self.user_stranger), [self.foreign_order.name])
        self.assertEqual(self._names("invoices", user=self.user_branch), [])
        own = self._create_invoice(self.user_own.partner_id)
        self.assertEqual(self._names("invoices", user=self.user_own), [own.name])

    # === BAD INPUT === #

    def test_what_makes_no_sense_is_left_out(self):
        for name in LISTS:
            whole = self._rows(name)
            for query in JUNK:
                with self.subTest(name=name, query=query):
                    rows = self._rows(name, query=query)
                    if name == "quotes" and "filterby=all" in query:
                        continue
                    self.assertEqual(rows, whole)
                    self._get(name, "xlsx", query=query)

    def test_no_such_file(self):
        self.sign_in(self.user_full)
        for path in (
            "invoices/export.pdf", "invoices/export.exe", "invoices/export.", "invoices/export",
            "orders/export.csv.exe", "nothing/export.csv", "documents/export.xlsx",
            "messages/export.csv", "%00/export.csv", "..%2finvoices/export.csv",
        ):  # fmt: skip
            answer = self.url_open(f"/my/{path}", allow_redirects=False)
            self.assertEqual(answer.status_code, 404, path)
        answer = self.url_open("/my/invoices/export.csv", data={"x": "1"}, allow_redirects=False)
        self.assertEqual(answer.status_code, 405)

    # === BATCHES === #

    def test_batches(self):
        for extension in ("csv", "xlsx"):
            for name in ("invoices", "quotes"):

                def read(name=name, extension=extension):
                    if extension == "csv":
                        return self._rows(name, query="filterby=all")
                    sheet = self._sheet(name, query="filterby=all")
                    return list(sheet.iter_rows(values_only=True))

                whole = read()
                for size in (1, 2, 3):
                    with patch.object(customer_portal_file_mixin, "BATCH", size):
                        self.assertEqual(read(), whole)

    def _table(self, **kwargs):
        """Return the rows of the list of invoices, to be read one by one."""
        moves = self.env(user=self.user_full)["account.move"].sudo()
        domain = moves._portal_domain(self.user_full.partner_id)
        with patch.object(customer_portal_file_mixin, "BATCH", 1):
            order = "invoice_date, id"
            sheet = moves._portal_sheet("invoices", "x", domain, order, domain, **kwargs)
            yield from sheet.rows

    def test_what_is_hidden_or_deleted_meanwhile_is_left_out(self):
        for apart in (True, False):
            for change in ("hide", "delete"):
                with self.subTest(apart=apart, change=change):
                    gone = self._create_invoice(self.alfa, days=-30)
                    self.env.flush_all()
                    name = gone.name
                    rows = self._table(apart=apart)
                    names = [next(rows)[0]]
                    if change == "hide":
                        gone.portal_visible = False
                    else:
                        gone.button_draft()
                        gone.with_context(force_delete=True).unlink()
                    self.env.flush_all()
                    names += [row[0] for row in rows]
                    self.assertNotIn(name, names)
                    self.assertEqual(
                        names, [self.invoice.name, self.credit_note.name, self.in_currency.name]
                    )

    def test_no_connection_is_kept_while_somebody_reads_slowly(self):
        rows = self._table(apart=True)
        with patch.object(self.registry, "cursor", wraps=self.registry.cursor) as cursor:
            for number, document in enumerate((self.invoice, self.credit_note), 1):
                self.assertEqual(next(rows)[0], document.name)
                self.assertEqual(cursor.call_count, number)
                self.assertFalse(test_cursor.TestCursor._cursors_stack)
        cursor.assert_called_with(readonly=True)

    def test_what_breaks_off_says_so(self):
        Move = self.registry["account.move"]
        original = Move._portal_file_rows
        for good in (0, 1):
            calls = []

            def break_off(moves, good=good, calls=calls):
                calls.append(moves)
                if len(calls) > good:
                    raise ZeroDivisionError
                return original(moves)

            self.sign_in(self.user_full)
            with (
                patch.object(customer_portal_file_mixin, "BATCH", 1),
                patch.object(table_files, "_PART_SIZE", 1),
                patch.object(Move, "_portal_file_rows", break_off),
                mute_logger("odoo.http", portal_page.__name__),
            ):
                answer = self.url_open("/my/invoices/export.csv")
            if good:
                self.assertEqual(answer.status_code, 200)
                lines = answer.content.decode("utf-8-sig").strip().splitlines()
                self.assertEqual(lines[-1], "This file is not complete. Please download it again.")
            else:
                self.assertEqual(answer.status_code, 500)

    def test_preview_of_a_contact_without_a_user(self):
        """Its user is there in the transaction of the page alone."""
        contact = self.env["res.partner"].create(
            {"name": "Almacén", "parent_id": self.alfa.id, "email": "almacen@example.com"}
        )
        self.authenticate(self.user_accountant.login, "portal-Test-2026")
        self.make_jsonrpc_request(
            "/web/dataset/call_button/res.partner/action_portal_preview",
            {
                "model": "res.partner",
                "method": "action_portal_preview",
                "args": [contact.ids],
                "kwargs": {},
            },
        )
        Move = self.registry["account.move"]
        original = Move._portal_sheet
        asked = []

        def note(moves, *args, **kwargs):
            asked.append(kwargs)
            return original(moves, *args, **kwargs)

        with patch.object(Move, "_portal_sheet", note):
            answer = self.url_open("/my/invoices/export.csv", allow_redirects=False)
        self.assertEqual(asked, [{"apart": False}], "Another cursor does not know the user.")
        self.assertEqual(answer.status_code, 200)
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        self.assertEqual(
            {row["Number"] for row in rows},
            {self.invoice.name, self.credit_note.name, self.in_currency.name},
        )
        answer = self.url_open("/my/invoices/export.xlsx", allow_redirects=False)
        self.assertTrue(answer.content.startswith(b"PK"))


@tagged("post_install", "-at_install")
class TestTablesOfSeveralCurrencies(TransactionCase):
    def _sheet(self, rows, **values):
        columns = [
            Column("A"), Column("B", "money", True), Column("C"), Column("D", "number"),
        ]  # fmt: skip
        return Sheet("S", columns, rows, {"EUR": 2, "JPY": 0, "KWD": 3}, currency=2, **values)

    def test_each_in_its_currency(self):
        rows = [
            ["a", 1.5, "EUR", 2.5],
            ["b", 1000.0, "JPY", 1.0],
            ["c", 0.125, "KWD", -0.0],
            ["d", -0.5, "EUR", None],
        ]
        file = io.BytesIO()
        write_csv(file, [self._sheet(rows)], ",")
        self.assertEqual(
            file.getvalue().decode("utf-8-sig").splitlines(),
            ["A;B;C;D", "a;1,50;EUR;2,5", "b;1000;JPY;1", "c;0,125;KWD;0", "d;-0,50;EUR;"],
        )
        file = io.BytesIO()
        write_xlsx(file, [self._sheet(rows, sum_label="Sum")], "", "")
        page = load_workbook(file, data_only=True).active
        self.assertEqual(
            [[cell.value for cell in row] for row in page.iter_rows(min_row=6)],
            [
                ["Sum", 1, "EUR", None],
                ["Sum", 1000, "JPY", None],
                ["Sum", 0.125, "KWD", None],
            ],
        )
        self.assertEqual(
            [page.cell(row, 2).number_format for row in (2, 3, 4, 6, 7, 8)],
            ["#,##0.00", "#,##0", "#,##0.000"] * 2,
        )

    def test_no_rows_have_no_sums(self):
        file = io.BytesIO()
        write_xlsx(file, [self._sheet([], sum_label="Sum")], "", "")
        self.assertEqual(load_workbook(file).active.max_row, 1)

    def test_a_part_is_given_before_the_rest_is_read(self):
        read = []

        def rows():
            for number in range(100_000):
                read.append(number)
                yield ["x" * 20, 1.0, "EUR", 1.0]

        parts = csv_parts([self._sheet(rows())], ".")
        first = next(parts)
        self.assertLess(len(read), 5_000)
        whole = first + b"".join(parts)
        self.assertEqual(len(read), 100_000)
        self.assertEqual(whole.decode("utf-8").count("\ufeff"), 1)
        self.assertEqual(len(whole.splitlines()), 100_001)
