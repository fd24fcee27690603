"""A quote, an order or a copy of an invoice as PDF, drawn with reportlab.

Plain Python: what is drawn comes in as plain data, already translated and formatted, so this
works where wkhtmltopdf is missing, and can be tried without a database.
"""

import io
import logging
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    Image,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from odoo.tools.misc import file_path

_logger = logging.getLogger(__name__)

MARGIN = 18 * mm
GREY = colors.HexColor("#6c757d")
RULE = colors.HexColor("#ced4da")
SHADE = colors.HexColor("#f1f3f5")
# A table row can't be longer than a page, so long texts become several rows.
MAX_ROW_CHARACTERS = 1200
# Letters of most European languages; without them the base fonts of every PDF reader do.
FONT_FILES = {
    "PortalSans": "web/static/fonts/google/Roboto/Roboto-Regular.ttf",
    "PortalSans-Bold": "web/static/fonts/google/Roboto/Roboto-Bold.ttf",
}


@dataclass
class Party:
    """Who sells or buys; ``lines`` are those of the address and what follows it."""

    name: str
    lines: list[str] = field(default_factory=list)


@dataclass
class Row:
    """A row of the table. ``kind`` is ``line``, ``section``, ``subsection`` or ``note``; the
    cells come formatted, in the order of the document's columns after the description."""

    kind: str
    name: str
    cells: list[str] = field(default_factory=list)


@dataclass
class Signature:
    """Who signed, when (as a text), and the picture's bytes."""

    label: str
    name: str
    date: str
    image: bytes


@dataclass
class Document:
    """All that is drawn. Texts are translated, amounts and dates formatted. What says no prices
    has no ``totals``.

    ``payment`` says how it is paid, ``codes`` are pictures to be scanned with their captions,
    ``language`` is as in ``es-ES``.
    """

    title: str
    company: Party
    customer: Party
    customer_label: str
    columns: list[str]
    rows: list[Row]
    totals: list[tuple[str, str]]
    facts: list[tuple[str, str]] = field(default_factory=list)
    payment: list[tuple[str, str]] = field(default_factory=list)
    codes: list[tuple[bytes, str]] = field(default_factory=list)
    terms: str = ""
    notice: str = ""
    logo: bytes = b""
    signature: Signature | None = None
    page_label: str = "%(page)s / %(pages)s"
    language: str = ""


def _pages(buffer, title, author, language):
    """Return the pages of a paper, empty.

    :param file buffer: where they are drawn to
    :rtype: reportlab.platypus.BaseDocTemplate
    """
    template = BaseDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=title,
        author=author,
        lang=language or None,
    )
    frame = Frame(MARGIN, MARGIN, template.width, template.height, 0, 0, 0, 0)
    template.addPageTemplates(PageTemplate("page", [frame]))
    return template


def draw_quote(document):
    """Draw a document.

    :param Document document: what is drawn
    :return: the PDF
    :rtype: bytes
    """
    styles = _styles(*_fonts())
    buffer = io.BytesIO()
    template = _pages(buffer, document.title, document.company.name, document.language)
    width = template.width
    story = [
        _header(document, styles, width),
        Spacer(0, 8 * mm),
        *_parties(document, styles, width),
        Spacer(0, 6 * mm),
        Paragraph(_text(document.title), styles["title"]),
        *([Paragraph(_text(document.notice), styles["notice"])] if document.notice else []),
        *_facts(document, styles, width),
        Spacer(0, 5 * mm),
        _lines(document, styles, width),
        Spacer(0, 4 * mm),
        *([_totals(document, styles, width)] if document.totals else []),
        *_payment(document, styles, width),
    ]
    for part in _chunks(document.terms):
        story += [Spacer(0, 3 * mm), Paragraph(_text(part), styles["small"])]
    if document.signature:
        story += [Spacer(0, 8 * mm), _signature(document.signature, styles)]

    def canvas_maker(*args, **kwargs):
        return _numbered_canvas(document, styles, *args, **kwargs)

    template.build(story, canvasmaker=canvas_maker)
    return buffer.getvalue()


# === PARTS === #


def _header(document, styles, width):
    logo = _image(document.logo, 60 * mm, 22 * mm)
    company = [Paragraph(_text(document.company.name), styles["strong_right"])]
    company += [Paragraph(_text(line), styles["small_right"]) for line in document.company.lines]
    return _plain_table([[logo or "", company]], [width * 0.5, width * 0.5])


def _parties(document, styles, width):
    customer = [
        Paragraph(_text(document.customer_label), styles["label"]),
        Paragraph(_text(document.customer.name), styles["strong"]),
    ]
    customer += [Paragraph(_text(line), styles["normal"]) for line in document.customer.lines]
    return [_plain_table([["", customer]], [width * 0.55, width * 0.45])]


def _facts(document, styles, width):
    """The facts side by side, at most four in a row, each under its label."""
    for start in range(0, len(document.facts), 4):
        facts = document.facts[start : start + 4]
        cells = [
            [Paragraph(_text(label), styles["label"]), Paragraph(_text(value), styles["normal"])]
            for label, value in facts
        ]
        cells += [""] * (4 - len(cells))
        yield Spacer(0, 3 * mm)
        yield _plain_table([cells], [width / 4] * 4)


def _lines(document, styles, width):
    count = len(document.columns) - 1
    cell_width = min(25 * mm, width * 0.6 / max(count, 1))
    widths = [width - cell_width * count] + [cell_width] * count
    header = [Paragraph(_text(document.columns[0]), styles["head"])]
    header += [Paragraph(_text(column), styles["head_right"]) for column in document.columns[1:]]
    rows = [header]
    commands = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.black),
        ("LINEBELOW", (0, 1), (-1, -1), 0.3, RULE),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]
    for row in document.rows:
        name_style = {
            "section": styles["strong"],
            "subsection": styles["strong"],
            "note": styles["note"],
        }.get(row.kind, styles["normal"])
        for index, part in enumerate(_chunks(row.name) or [""]):
            cells = (row.cells if not index else []) + [""] * count
            rows.append(
                [Paragraph(_text(part), name_style)]
                + [Paragraph(_text(cell), styles["right"]) for cell in cells[:count]]
            )
            if row.kind == "section":
                commands.append(("BACKGROUND", (0, len(rows) - 1), (-1, len(rows) - 1), SHADE))
            if row.kind == "note":
                commands.append(("SPAN", (0, len(rows) - 1), (-1, len(rows) - 1)))
    return Table(rows, colWidths=widths, repeatRows=1, style=TableStyle(commands))


def _totals(document, styles, width):
    rows = [
        [
            "",
            Paragraph(_text(label), styles["total" if last else "normal"]),
            Paragraph(_text(amount), styles["total_right" if last else "right"]),
        ]
        for last, (label, amount) in (
            (index == len(document.totals), total) for index, total in enumerate(document.totals, 1)
        )
    ]
    table = Table(rows, colWidths=[width * 0.5, width * 0.28, width * 0.22])
    table.setStyle(
        TableStyle(
            [
                ("LINEABOVE", (1, -1), (-1, -1), 0.8, colors.black),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        )
    )
    return KeepTogether(table)


def _payment(document, styles, width):
    """How to pay: the facts one below the other, the codes beside them."""
    if not document.payment and not document.codes:
        return
    facts = [
        [Paragraph(_text(label), styles["label"]), Paragraph(_text(value), styles["normal"])]
        for label, value in document.payment
    ]
    code_width = width * 0.2
    left = width - code_width * len(document.codes)
    codes = [
        [_image(picture, 26 * mm, 26 * mm) or "", Paragraph(_text(caption), styles["label"])]
        for picture, caption in document.codes
    ]
    cells = [_plain_table(facts, [left * 0.3, left * 0.7]) if facts else "", *codes]
    yield Spacer(0, 5 * mm)
    yield KeepTogether(_plain_table([cells], [left] + [code_width] * len(codes)))


def _signature(signature, styles):
    parts = [Paragraph(_text(signature.label), styles["label"])]
    image = _image(signature.image, 60 * mm, 25 * mm)
    if image:
        image.hAlign = "LEFT"
        parts.append(image)
    parts.append(Paragraph(_text(f"{signature.name}, {signature.date}"), styles["normal"]))
    return KeepTogether(parts)


def _numbered_canvas(document, styles, *args, **kwargs):
    """Return a canvas that writes the company and "page of pages" below each page."""
    from reportlab.pdfgen.canvas import Canvas

    class NumberedCanvas(Canvas):
        def __init__(self, *init_args, **init_kwargs):
            super().__init__(*init_args, **init_kwargs)
            self._finished_pages = []

        def showPage(self):
            self._finished_pages.append(dict(self.__dict__))
            self._startPage()

        def save(self):
            for page in self._finished_pages:
                self.__dict__.update(page)
                self.setFont(styles["small"].fontName, 8)
                self.setFillColor(GREY)
                self.drawString(MARGIN, 10 * mm, document.title)
                self.drawRightString(
                    A4[0] - MARGIN,
                    10 * mm,
                    document.page_label
                    % {"page": self._pageNumber, "pages": len(self._finished_pages)},
                )
                super().showPage()  # pylint: disable=super-method-mismatch
            super().save()

    return NumberedCanvas(*args, **kwargs)


# === HELPERS === #


def _fonts():
    """Return the names of the regular and the bold font."""
    for name, path in FONT_FILES.items():
        if name in pdfmetrics.getRegisteredFontNames():
            continue
        try:
            pdfmetrics.registerFont(TTFont(name, file_path(path)))
        except (OSError, TTFError) as error:
            _logger.info("Font %s can't be used (%s), taking Helvetica.", path, error)
            return "Helvetica", "Helvetica-Bold"
    return tuple(FONT_FILES)


def _styles(regular, bold):
    normal = ParagraphStyle("normal", fontName=regular, fontSize=9, leading=12)

    def style(name, parent=normal, **values):
        return ParagraphStyle(name, parent=parent, **values)

    strong = style("strong", fontName=bold)
    small = style("small", fontSize=8, leading=10.5, textColor=colors.HexColor("#343a40"))
    total = style("total", fontName=bold, fontSize=11, leading=14)
    return {
        "normal": normal,
        "right": style("right", alignment=TA_RIGHT),
        "strong": strong,
        "strong_right": style("strong_right", strong, alignment=TA_RIGHT),
        "small": small,
        "small_right": style("small_right", small, alignment=TA_RIGHT),
        "note": style("note", textColor=GREY),
        "label": style("label", small, textColor=GREY),
        "head": style("head", strong, fontSize=8.5),
        "head_right": style("head_right", strong, fontSize=8.5, alignment=TA_RIGHT),
        "title": style("title", fontName=bold, fontSize=16, leading=20),
        "notice": style("notice", strong, textColor=colors.HexColor("#b02a37"), spaceBefore=2),
        "total": total,
        "total_right": style("total_right", total, alignment=TA_RIGHT),
    }


def _plain_table(rows, widths):
    table = Table(rows, colWidths=widths)
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 4),
                ("TOPPADDING", (0, 0), (-1, -1), 0),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
            ]
        )
    )
    return table


def _text(value):
    """Return ``value`` as reportlab's markup: nothing in it is markup of its own."""
    return escape(str(value)).replace("\n", "<br/>")


def _chunks(text):
    """Split a text into parts that fit on a page, at line ends or blanks where there are any."""
    parts = []
    rest = (text or "").strip()
    while len(rest) > MAX_ROW_CHARACTERS or rest.count("\n") > 40:
        limit = MAX_ROW_CHARACTERS
        if rest.count("\n", 0, limit) > 40:
            limit = len("\n".join(rest.split("\n")[:40]))
        cut = max(rest.rfind("\n", 1, limit), rest.rfind(" ", 1, limit))
        cut = cut if cut > 0 else limit
        parts.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return parts + [rest] if rest else parts


def _image(data, max_width, max_height):
    """Return a picture fitted into a box, None if there is none or it can't be read."""
    if not data:
        return None
    try:
        width, height = ImageReader(io.BytesIO(data)).getSize()
    except Exception as error:  # Pictures come in all states; the document matters more.
        _logger.info("A picture is left out of a PDF: %s", error)
        return None
    scale = min(max_width / width, max_height / height)
    image = Image(io.BytesIO(data), width * scale, height * scale, mask="auto")
    image.hAlign = "LEFT"
    return image
