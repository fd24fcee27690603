"""Drawn PDF files say names as they are written, whatever is in them: marks of the language that
the drawing takes its texts in are no marks there."""

import io
import re
import subprocess
import tempfile

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ContentStream
from reportlab.pdfbase import pdfmetrics

from odoo.tests import TransactionCase, tagged

from ..report.certificate_pdf import draw_certificate, join
from ..report.paper_pdf import FONT_FILES, Paper, Party, font_names
from ..report.quote_pdf import Document, Row, Signature, draw_quote
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


def tagged_quote(lines=60):
    """Return a quote of several pages, with all that can be on one."""
    return draw_quote(
        Document(
            paper=Paper("Quote S1", author="Norte", language="en-US"),
            company=Party("Norte", ["Street 1"]),
            customer=Party("Alfa"),
            customer_label="For",
            columns=["Description", "Quantity", "Amount"],
            rows=[
                Row("section", "Pipes"),
                *(Row("line", f"Pipe {number}", ["2", "3.00"]) for number in range(lines)),
                Row("note", "Cut to length"),
            ],
            totals=[("Total", "9.00")],
            signature=Signature("Signed (by hand)", "Ana", "1/1/26", make_image()),
            logo=make_image(),
        )
    )


def tree_of(pdf):
    """Return what a second program, of poppler, reads of the tags: kinds, attributes and texts."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        command = ["pdfinfo", "-struct-text", file.name]
        told = subprocess.run(command, capture_output=True, text=True, check=True)
    if told.stderr:
        raise AssertionError(told.stderr)
    return [line.strip() for line in told.stdout.splitlines()]


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
                    company=Party(f"C {odd}", [f"D {odd}"]),
                    rows=[(f"L {odd}", f"V {odd}")],
                    total=(f"S {odd}", f"A {odd}"),
                    paper=Paper(f"T {odd}"),
                )
                self.assert_says(pdf, *(f"{letter} {odd}" for letter in "TCDLVSA"))

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
                        paper=Paper(f"T {odd}"),
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
                pdf = draw_statement(Statement(Paper(f"T {odd}"), [section], notice=f"S {odd}"))
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


@tagged("post_install", "-at_install")
class TestLookOfPdfs(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("es_ES")
        cls.alfa.lang = "es_ES"
        cls.company.primary_color = "#0b6e4f"
        cls.invoice = cls._create_invoice(cls.alfa)
        register = cls.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=cls.invoice.ids
        )
        cls.payment = register.create({})._create_payments()

    def _draw_all(self):
        order = self._create_order(self.alfa)
        day = self.invoice.date
        statement = self.env["customer.portal.statement"].with_context(lang="es_ES")
        reader = statement._reader_of(self.alfa)
        accounts = statement._accounts(reader, self.company, day, day)
        return [
            order._portal_draw_pdf(),
            self.invoice._portal_draw_copy(),
            self.payment._portal_receipt(self.alfa),
            statement._draw([(reader, accounts)], "open", day, day),
        ]

    def _assert_one_look(self, pdf):
        file = PdfReader(io.BytesIO(pdf))
        catalogue = file.trailer["/Root"]
        self.assertEqual(catalogue["/Lang"], "es-ES")
        self.assertEqual(file.metadata.author, self.company.name)
        self.assertTrue(file.metadata.title)
        self.assertNotIn("unspecified", str(file.metadata))
        fonts = {
            str(font.get_object()["/BaseFont"]).partition("+")[2]
            for page in file.pages
            for font in page["/Resources"]["/Font"].values()
        }
        # Helvetica, which every file names, has no prefix.
        self.assertEqual(fonts - {""}, {"Roboto-Regular", "Roboto-Bold"})
        drawn = file.pages[0].get_contents().get_data()
        self.assertIn(b".043137 .431373 .309804 rg", drawn, "the company's colour")

    def test_papers_have_one_look(self):
        quote, copy, receipt, statement = self._draw_all()
        self._assert_one_look(quote)
        self._assert_one_look(copy)
        self._assert_one_look(receipt)
        self._assert_one_look(statement)

    def test_receipt_says_each_thing_once_and_as_it_is_read(self):
        words = read(self.payment._portal_receipt(self.alfa))
        self.assertEqual(words.count(re.sub(r"\s+", "", self.company.name)), 1)
        day = self.payment.date
        self.assertNotIn(day.isoformat(), words)
        self.assertIn(f"{day.day:02}/{day.month:02}/{day.year}", words)
        self.assertNotIn("Manual", words)

    def _join(self, document):
        paper = Paper("Certificado", author="A", language="es-ES")
        certificate = draw_certificate("Certificado", "", [], "https://a.b", "", paper=paper)
        return PdfReader(io.BytesIO(join(document, certificate, {})))

    def test_signed_file_says_what_it_is(self):
        quote = self._join(self._create_order(self.alfa)._portal_draw_pdf())
        self.assertNotEqual(quote.metadata.title, "Certificado")
        self.assertEqual(quote.metadata.author, self.company.name)
        self.assertEqual(quote.trailer["/Root"]["/Lang"], "es-ES")

    def test_signed_file_of_a_document_that_says_nothing_of_itself(self):
        writer, buffer = PdfWriter(), io.BytesIO()
        writer.add_blank_page(100, 100)
        writer.write(buffer)
        contract = self._join(buffer.getvalue())
        self.assertEqual((contract.metadata.title, contract.metadata.author), ("Certificado", "A"))
        self.assertEqual(contract.trailer["/Root"]["/Lang"], "es-ES")

    def test_fonts_are_registered_under_their_own_names(self):
        font_names()
        for name in FONT_FILES:
            own = pdfmetrics.getFont(name).face.name.decode()
            self.assertEqual(name.removeprefix("Portal"), own.removesuffix("-Regular"))
            self.assertIn(own, FONT_FILES[name])


@tagged("post_install", "-at_install")
class TestTagsOfPdfs(TransactionCase):
    """What is read aloud of a paper."""

    def test_quote_is_read_in_its_order(self):
        tree = tree_of(tagged_quote())
        self.assertEqual(
            tree[:19],
            ["Document", "P (block)", '"Norte"', "P (block)", '"Street 1"']
            + ["P (block)", '"For"', "P (block)", '"Alfa"', "H1 (block)", '"Quote S1"']
            + ["Table (block)", "TR", "TH:", "/Scope /Column", '"Description"']
            + ["TH:", "/Scope /Column", '"Quantity"'],
        )
        self.assertEqual(tree.count("Table (block)"), 2, "one on all pages, and the totals")
        self.assertEqual(tree.count('"Description"'), 1, "the head that is drawn again")
        self.assertEqual(tree.count("TR"), 64)
        note = tree.index('"Cut to length"')
        self.assertEqual(tree[note - 3 : note], ["TR", "TD:", "/ColSpan 3"])
        self.assertEqual(tree.count("Figure"), 1, "the signature; the logo is beside a name")

    def test_labels_are_heads_of_rows(self):
        paper = Paper("Receipt")
        receipt = draw_receipt(Party("Norte"), [("Day", "1/1/26")], ("Total", "3"), paper)
        certificate = draw_certificate(
            "C", "I", [("Signer", [("Day", "1/1/26")])], "https://a.b", "Code"
        )
        head = ["Table (block)", "TR", "TH:", "/Scope /Row", '"Day"', "TD", '"1/1/26"']
        for tree in (tree_of(receipt), tree_of(certificate)):
            start = tree.index("Table (block)")
            self.assertEqual(tree[start : start + 7], head)
        self.assertIn("H2 (block)", tree)

    def test_statement_is_a_table_of_plain_cells(self):
        section = Section(
            company=Party("Norte"),
            customer=Party("Alfa"),
            customer_label="For",
            heading="Account",
            facts=[],
            ages_label="By age",
            ages=[("Not due", "1.00")],
            columns=[("Day", "date"), ("Document", "text"), ("Amount", "money")],
            rows=[["1/1/26", f"F{number}", ""] for number in range(150)],
        )
        tree = tree_of(draw_statement(Statement(Paper("Statement"), [section])))
        self.assertEqual((tree.count("Table (block)"), tree.count("TR")), (2, 153))
        last = tree.index('"F149"')
        self.assertEqual(tree[last - 4 :], ["TR", "TD", '"1/1/26"', "TD", '"F149"', "TD"])

    def test_nothing_is_drawn_without_a_mark(self):
        reader = PdfReader(io.BytesIO(tagged_quote()))
        root = reader.trailer["/Root"]
        self.assertTrue(root["/MarkInfo"]["/Marked"])
        rows = root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
        pages = dict(zip(rows[::2], rows[1::2], strict=True))
        self.assertGreater(len(reader.pages), 1)
        for number, page in enumerate(reader.pages):
            self.assertEqual((page["/StructParents"], page["/Tabs"]), (number, "/S"))
            depth, marks = 0, []
            for operands, operator in ContentStream(page.get_contents(), reader).operations:
                if operator in (b"BDC", b"BMC"):
                    depth += 1
                    if operator == b"BDC":
                        marks.append((operands[1]["/MCID"], operands[0]))
                elif operator == b"EMC":
                    depth -= 1
                elif operator in (b"Tj", b"TJ", b"'", b"Do", b"S", b"f", b"B", b"f*"):
                    self.assertEqual(depth, 1, (operator, operands))
            self.assertEqual(depth, 0)
            parents = [parent.get_object()["/S"] for parent in pages[number]]
            self.assertEqual(marks, list(enumerate(parents)))

    def test_pictures_say_what_they_are(self):
        reader = PdfReader(io.BytesIO(tagged_quote(1)))
        kids = reader.trailer["/Root"]["/StructTreeRoot"]["/K"]["/K"]
        figures = [one.get_object() for one in kids if one.get_object()["/S"] == "/Figure"]
        self.assertEqual([one["/Alt"] for one in figures], ["Signed (by hand)"])
