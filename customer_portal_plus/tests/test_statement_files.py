"""The statement as a file, read back by those who read such files."""

import csv
import io
from datetime import date, datetime
from unittest.mock import patch

from openpyxl import load_workbook
from pypdf import PdfReader

from odoo.tests import TransactionCase, tagged

from ..tools.table_files import Column, Sheet, write_csv, write_xlsx
from .common import PortalHttpCase
from .common.statement import StatementData

WHOLE = "date_begin=2000-01-01&date_end=2100-01-01"
LIMIT = "odoo.addons.customer_portal_plus.models.statement.customer_portal_statement_file"


@tagged("post_install", "-at_install")
class TestStatementFiles(StatementData, PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._create_taxed(days=-50, due_days=-20, ref="=HYPERLINK(1)")
        cls.payment = cls._register(cls.invoice, 400.0, days=-5)
        cls.hidden = cls._create_invoice(cls.alfa, 20.0, days=-40)
        cls.hidden.portal_visible = False
        cls.foreign = cls._create_invoice(cls.beta, 70.0)

    def _get(self, extension, query=WHOLE, user=None):
        self.sign_in(user or self.user_full)
        response = self.url_open(f"/my/statement/export.{extension}?{query}")
        self.assertEqual(response.status_code, 200)
        self.assertIn(f".{extension}", response.headers["Content-Disposition"])
        self.assertEqual(int(response.headers["Content-Length"]), len(response.content))
        return response.content

    def _book(self, *args, **kwargs):
        return load_workbook(io.BytesIO(self._get("xlsx", *args, **kwargs)))

    def _table(self, *args, delimiter=",", **kwargs):
        text = self._get("csv", *args, **kwargs).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))

    def _text(self, *args, **kwargs):
        pages = PdfReader(io.BytesIO(self._get("pdf", *args, **kwargs))).pages
        return [page.extract_text().replace("\xa0", " ").replace("\ufeff", "") for page in pages]

    # === XLSX === #

    def test_xlsx(self):
        [sheet] = self._book()
        self.assertEqual(sheet.title, f"USD {self.company.name}"[:31])
        rows = list(sheet.iter_rows(values_only=True))
        head = next(index for index, row in enumerate(rows) if row[0] == "Date")
        self.assertEqual(sheet.freeze_panes, f"A{head + 2}")
        self.assertEqual(
            rows[head],
            (
                "Date", "Type", "Document", "Reference", "Due date", "Tax base", "Tax", "Amount",
                "Balance",
            ),
        )  # fmt: skip
        opening, other, invoice, payment, sums, closing = rows[head + 1 :]
        self.assertEqual((opening[1], opening[8]), ("Opening balance", 0))
        self.assertEqual((other[1], other[7], other[8]), ("Other items", 20, 20))
        day = datetime.combine(self.invoice.date, datetime.min.time())
        due = datetime.combine(self.invoice.invoice_date_due, datetime.min.time())
        self.assertEqual(
            invoice,
            (
                day, "Invoice", self.invoice.name, "'=HYPERLINK(1)", due, 1000, 210, 1210, 1230,
            ),
        )  # fmt: skip
        self.assertEqual((payment[1], payment[2]), ("Payment", self.payment.name))
        self.assertEqual(payment[5:], (None, None, -400, 830))
        self.assertEqual(sums[0], "Sum")
        first, last = head + 4, head + 5
        self.assertEqual(sums[5:8], tuple(f"=SUM({c}{first}:{c}{last})" for c in ("F", "G", "H")))
        self.assertEqual((closing[1], closing[8]), ("Closing balance", 830))
        self.assertTrue(sheet.cell(head + 4, 1).is_date)
        self.assertEqual(sheet.cell(head + 4, 8).number_format, "#,##0.00")
        # Nothing is cut off, and headings stand above their numbers.
        for row in rows[:head]:
            self.assertLess(len(row[0] or ""), sheet.column_dimensions["A"].width)
        self.assertEqual(sheet.cell(head + 1, 8).alignment.horizontal, "right")
        self.assertNotEqual(sheet.cell(head + 1, 3).alignment.horizontal, "right")
        # The sums are there for readers that do not reckon.
        content = io.BytesIO(self._get("xlsx"))
        reckoned = list(load_workbook(content, data_only=True).active.iter_rows(values_only=True))
        self.assertEqual(reckoned[-2][5:8], (1000, 210, 810))

    def test_xlsx_of_open_items(self):
        [sheet] = self._book("kind=open")
        rows = list(sheet.iter_rows(values_only=True))
        head = next(index for index, row in enumerate(rows) if row[0] == "Date")
        self.assertEqual(rows[head][5:], ("Age", "Amount", "Open", "Balance"))
        self.assertEqual(rows[head + 2][5:], ("1 to 30 days overdue", 1210, 810, 830))

    def test_a_sheet_for_each_account(self):
        euro = self.currencies[1]
        self._create_invoice(self.alfa, 80.0, currency_id=euro.id)
        book = self._book()
        self.assertEqual([name[:3] for name in book.sheetnames], ["USD", euro.name])
        rows = self._table()
        self.assertEqual({row["Currency"] for row in rows}, {"USD", euro.name})

    # === CSV === #

    def test_csv(self):
        rows = self._table()
        self.assertEqual(
            [row["Type"] for row in rows],
            ["Opening balance", "Other items", "Invoice", "Payment", "Closing balance"],
        )
        self.assertEqual(
            rows[2],
            {
                "Company": self.company.name,
                "Currency": "USD",
                "Date": self.invoice.date.isoformat(),
                "Type": "Invoice",
                "Document": self.invoice.name,
                "Reference": "'=HYPERLINK(1)",
                "Due date": self.invoice.invoice_date_due.isoformat(),
                "Tax base": "1000.00",
                "Tax": "210.00",
                "Amount": "1210.00",
                "Balance": "1230.00",
            },
        )
        self.assertEqual(rows[3]["Amount"], "-400.00")

    def test_csv_as_the_reader_writes(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.user_full.lang = "es_ES"
        self.sign_in(self.user_full)
        text = self._get("csv").decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text), delimiter=";"))
        self.assertEqual(rows[3][9], "1210,00")
        self.assertEqual(rows[4][9], "-400,00")

    # === PDF === #

    def test_pdf(self):
        content = self._get("pdf")
        reader = PdfReader(io.BytesIO(content))
        self.assertEqual(reader.metadata.title, "Account statement")
        self.assertEqual(reader.metadata.author, self.company.name)
        [text] = self._text()
        for words in (
            "Account statement", self.company.name, self.alfa.name, self.invoice.name,
            "Opening balance", "Other items", "1,210.00", "-400.00", "830.00", "Page 1 of 1",
            "Not due",
        ):  # fmt: skip
            self.assertIn(words, text)
        self.assertNotIn(self.hidden.name, text)
        self.assertNotIn(self.foreign.name, text)
        [text] = self._text("kind=open")
        self.assertIn("Statement of open items", text)
        self.assertIn("810.00", text)

    def test_headings_on_each_page(self):
        copies = self.env["account.move"].union(
            *(self.foreign.copy({"invoice_date": self.today}) for _number in range(70))
        )
        copies.action_post()
        pages = self._text(user=self.user_stranger)
        self.assertGreater(len(pages), 1)
        for number, text in enumerate(pages, 1):
            self.assertIn("Balance", text)
            self.assertIn("Due date", text)
            self.assertIn(f"Page {number} of {len(pages)}", text)

    def test_long_names_stay_in_their_column(self):
        self.invoice.ref = "X" * 500 + "\n<b>&amp;"
        text = "\n".join(self._text())
        self.assertIn("…", text)
        self.assertIn("1,210.00", text)

    def test_too_long_for_paper(self):
        """A sentence, and the two other formats."""
        self.sign_in(self.user_full)
        with patch(f"{LIMIT}.MAX_PDF_LINES", 1):
            answer = self.url_open(f"/my/statement/export.pdf?{WHOLE}")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("too many for a PDF", answer.text)
        alert = answer.text.split('data-statement-long="1"')[1].split("</div>")[0]
        for extension in ("xlsx", "csv"):
            self.assertIn(f"/my/statement/export.{extension}?date_begin=2000-01-01", alert)
            self.assertTrue(self._get(extension))

    # === ANY === #

    def test_nothing_to_download(self):
        self.sign_in(self.user_branch)
        for extension in ("pdf", "xlsx", "csv"):
            answer = self.url_open(
                f"/my/statement/export.{extension}?{WHOLE}", allow_redirects=False
            )
            self.assertEqual(answer.status_code, 303)
            self.assertIn("/my/statement?", answer.headers["Location"])
        self.assertEqual(self.url_open("/my/statement/export.exe").status_code, 404)

    def test_hostile_dates(self):
        for extension in ("pdf", "xlsx", "csv"):
            for begin, end in (
                ("0001-01-01", "9999-12-31"),
                ("x", "%00"),
                ("2030-01-01", "1999-01-01"),
            ):
                self.assertTrue(self._get(extension, f"date_begin={begin}&date_end={end}"))

    def test_own_documents(self):
        own = self._create_invoice(self.user_own.partner_id, 500.0)
        rows = self._table(user=self.user_own)
        self.assertEqual([row["Document"] for row in rows if row["Document"]], [own.name])
        self.assertIn("your own documents only", " ".join(self._text(user=self.user_own)))
        [sheet] = self._book(user=self.user_own)
        values = [value for row in sheet.iter_rows(values_only=True) for value in row]
        self.assertIn("Your own documents only", values)

    def test_who_may_not(self):
        for user in (self.user_colleague, None):
            self.sign_in(user)
            for extension in ("pdf", "xlsx", "csv"):
                answer = self.url_open(
                    f"/my/statement/export.{extension}?{WHOLE}", allow_redirects=False
                )
                self.assertEqual(answer.status_code, 404 if user else 303)
                self.assertNotIn(self.invoice.name.encode(), answer.content)

    def test_download_is_noted(self):
        self._get("csv")
        event = self.env["customer.portal.event"].search(
            [("kind", "=", "download"), ("partner_id", "=", self.user_full.partner_id.id)],
            limit=1,
        )
        self.assertRegex(event.detail or "", r"statement-.*\.csv")

    def test_queries_do_not_depend_on_the_number_of_lines(self):
        contact = self.user_full.partner_id
        begin = date(2000, 1, 1)

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            accounts = list(self._accounts(contact, begin).values())
            parts = [(self._reader(contact), accounts)]
            self.statement._write_file(io.BytesIO(), "csv", parts, "movements", begin, self.today)
            return self.env.cr.sql_log_count - before

        count()  # What is asked once for all is asked now.
        few = count()
        copies = self.env["account.move"].union(
            *(self.invoice.copy({"invoice_date": self.today}) for _number in range(40))
        )
        copies.action_post()
        count()
        self.assertEqual(count(), few)

    def test_batches(self):
        copies = self.env["account.move"].union(
            *(self.invoice.copy({"invoice_date": self.today}) for _number in range(5))
        )
        copies.action_post()
        whole = self._table()
        for size in (1, 2, 7, 8):
            with patch(f"{LIMIT.replace('_file', '_lines')}.BATCH", size):
                self.assertEqual(self._table(), whole)


@tagged("post_install", "-at_install")
class TestTableFiles(TransactionCase):
    """Names of sheets, dates that no spreadsheet has, and texts that would be run."""

    def _sheet(self, name, value="x"):
        return Sheet(name, [Column("A"), Column("=B", "money", True)], [[value, 1.5]], 2)

    def test_names_of_sheets(self):
        file = io.BytesIO()
        names = ("A/B:C?[*]\\", "a b c", "", "'", "x" * 60, "x" * 60, "a b c")
        write_xlsx(file, [self._sheet(name) for name in names], "=title", "me")
        book = load_workbook(file)
        self.assertEqual(len(book.sheetnames), len(names))
        self.assertTrue(all(len(name) <= 31 for name in book.sheetnames))

    def test_no_sheet(self):
        file = io.BytesIO()
        write_xlsx(file, [], "", "")
        self.assertTrue(load_workbook(file).sheetnames)

    def test_values(self):
        for value, expected in (
            ("=1+1", "'=1+1"),
            ("@x", "'@x"),
            ("http://example.com", "http://example.com"),
            ("0123", "0123"),
            (date(1, 1, 1), "0001-01-01"),
            (date(2026, 1, 2), datetime(2026, 1, 2)),
        ):
            file = io.BytesIO()
            write_xlsx(file, [self._sheet("S", value)], "", "")
            page = load_workbook(file).active
            self.assertEqual(page["A2"].value, expected)
            self.assertEqual(page["B1"].value, "'=B")
        file = io.BytesIO()
        write_csv(file, [self._sheet("S", "=1+1")], ",")
        self.assertEqual(file.getvalue().decode("utf-8-sig"), "A;'=B\r\n'=1+1;1,50\r\n")
