"""Drawn PDF files say names as they are written, whatever is in them: marks of the language that
the drawing takes its texts in are no marks there."""

import io
import re

from pypdf import PdfReader

from odoo.tests import TransactionCase, tagged

from ..report.certificate_pdf import draw_certificate
from ..report.quote_pdf import Document, Party, Row, Signature, draw_quote
from ..report.receipt_pdf import draw_receipt
from ..report.statement_pdf import Section, Statement, draw_statement
from .common import PortalCase
from .common.document import make_image

# Each as it is typed; in the file it must read the same, and nothing may be lost behind it.
ODD = (
    "Hijos & Cía",
    "a < b > c",
    "Norte <Sur>",
    "<b>Fett</b>",
    "&amp; &lt;",
    "</para><br/>",
    '<img src="file:///etc/passwd"/>',
    "&#65; 100 %",
    "%(page)s",
)


def read(pdf):
    """Return the words of a PDF, without the breaks of its lines."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in pages))


class OddNamesCase(TransactionCase):
    def assert_says(self, pdf, *texts):
        words = read(pdf)
        for text in texts:
            self.assertIn(re.sub(r"\s+", "", text), words)


@tagged("post_install", "-at_install")
class TestDrawnPdfs(OddNamesCase):
    def test_receipt(self):
        for odd in ODD:
            with self.subTest(odd):
                pdf = draw_receipt(
                    title=f"T {odd}",
                    company=[f"C {odd}"],
                    rows=[(f"L {odd}", f"V {odd}")],
                    total=(f"S {odd}", f"A {odd}"),
                )
                self.assert_says(pdf, *(f"{letter} {odd}" for letter in "TCLVSA"))

    def test_certificate(self):
        for odd in ODD:
            with self.subTest(odd):
                pdf = draw_certificate(
                    f"T {odd}",
                    f"I {odd}",
                    [(f"H {odd}", [(f"L {odd}", f"V {odd}")])],
                    "https://example.com/?a=1&b=<2>",
                    f"Q {odd}",
                    image=make_image(),
                    image_caption=f"P {odd}",
                )
                self.assert_says(pdf, *(f"{letter} {odd}" for letter in "TIHLVQP"))
                self.assert_says(pdf, "https://example.com/?a=1&b=<2>")

    def test_quote_and_invoice(self):
        for odd in ODD:
            with self.subTest(odd):
                pdf = draw_quote(
                    Document(
                        title=f"T {odd}",
                        company=Party(f"C {odd}", [f"D {odd}"]),
                        customer=Party(f"E {odd}", [f"F {odd}"]),
                        customer_label=f"G {odd}",
                        columns=[f"H {odd}", f"I {odd}"],
                        rows=[
                            Row("line", f"J {odd}\nsecond line", [f"K {odd}"]),
                            Row("section", f"L {odd}"),
                            Row("note", f"M {odd}"),
                        ],
                        totals=[(f"N {odd}", f"O {odd}")],
                        facts=[(f"P {odd}", f"Q {odd}")],
                        terms=f"R {odd}",
                        notice=f"S {odd}",
                        signature=Signature(f"U {odd}", f"V {odd}", "1/1/26", make_image()),
                    )
                )
                self.assert_says(pdf, *(f"{letter} {odd}" for letter in "TCDEFGHIJKLMNOPQRSUV"))

    def test_statement(self):
        for odd in ODD:
            with self.subTest(odd):
                section = Section(
                    company=Party(f"C {odd}", [f"D {odd}"]),
                    customer=Party(f"E {odd}", [f"F {odd}"]),
                    customer_label=f"G {odd}",
                    heading=f"H {odd}",
                    facts=[(f"I {odd}", f"J {odd}")],
                    ages_label=f"K {odd}",
                    ages=[(f"L {odd}", f"M {odd}")],
                    columns=[(f"N {odd}", "text"), ("Amount", "money")],
                    rows=[[f"O {odd}", "1.00"]],
                )
                pdf = draw_statement(Statement(f"T {odd}", [section], notice=f"S {odd}"))
                self.assert_says(pdf, *(f"{letter} {odd}" for letter in "TCDEFGHIJKLMNOS"))


@tagged("post_install", "-at_install")
class TestPdfsOfOddNames(OddNamesCase, PortalCase):
    def test_from_the_records(self):
        """The same from the records on: nothing on the way reads the names as marks, or writes
        them as such twice."""
        name, line = "Hijos & Cía <Norte>", "Tubo 3 < 5 & <b>recto</b>"
        self.alfa.name = name
        order = self._create_order(self.alfa)
        order.order_line.name = line
        invoice = self._create_invoice(self.alfa)
        invoice.invoice_line_ids.name = line
        self.assert_says(order._portal_draw_pdf(), name, line)
        self.assert_says(invoice._portal_draw_copy(), name, line)
        # Columns that would be empty are none.
        words = read(invoice._portal_draw_copy())
        for column in ("Disc.%", "Taxes"):
            self.assertNotIn(column, words)
