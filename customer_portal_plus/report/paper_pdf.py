"""What all papers of the portal share: their page, fonts, styles, head and foot.

Plain Python: texts come translated, dates and amounts formatted.
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
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    PageTemplate,
    Spacer,
    Table,
    TableStyle,
)

from odoo.tools.misc import file_path

from .paper_tags import Paragraph, Picture, Tags

_logger = logging.getLogger(__name__)

MARGIN = 18 * mm
INK = colors.HexColor("#111827")
GREY = colors.HexColor("#4b5563")
RULE = colors.HexColor("#e5e7eb")
SHADE = colors.HexColor("#f3f4f6")
BAD = colors.HexColor("#991b1b")
# Of the company's colour, along the upper edge of each page.
BAR_HEIGHT = 2.5 * mm
# Letters of most European languages; without them the base fonts of every PDF reader do. Fonts are
# registered for the whole process: the names tell which they are, and nobody else's.
FONT_FILES = {
    "PortalRoboto": "web/static/fonts/google/Roboto/Roboto-Regular.ttf",
    "PortalRoboto-Bold": "web/static/fonts/google/Roboto/Roboto-Bold.ttf",
}


@dataclass
class Party:
    """Who sells or buys; ``lines`` are those of the address and what follows it."""

    name: str
    lines: list[str] = field(default_factory=list)


@dataclass
class Paper:
    """What is on each page, and what programs read of the file: ``author`` is the company,
    ``language`` as in ``es-ES``, ``color`` the company's as ``#rrggbb``."""

    title: str
    author: str = ""
    language: str = ""
    color: str = ""
    page_label: str = "%(page)s / %(pages)s"


def build_paper(paper, make_story, pagesize=A4, margin=MARGIN):
    """Draw a paper.

    :param Paper paper: what is on each page
    :param make_story: called with the width of the text; returns what is drawn
    :param tuple pagesize: width and height
    :param float margin: on all sides
    :return: the PDF
    :rtype: bytes
    """
    buffer = io.BytesIO()
    template = BaseDocTemplate(
        buffer,
        pagesize=pagesize,
        leftMargin=margin,
        rightMargin=margin,
        topMargin=margin,
        bottomMargin=margin,
        title=paper.title,
        author=paper.author,
        subject=paper.title,
        creator="Customer Portal Plus",
        lang=paper.language or None,
        # Readers show the title in place of the file's name.
        displayDocTitle=True,
    )
    frame = Frame(margin, margin, template.width, template.height, 0, 0, 0, 0)
    template.addPageTemplates(PageTemplate("page", [frame]))

    def canvas_maker(*args, **kwargs):
        return PaperCanvas(*args, paper=paper, margin=margin, **kwargs)

    template.build(make_story(template.width), canvasmaker=canvas_maker)
    return buffer.getvalue()


class PaperCanvas(Canvas):
    """Draws the company's colour above each page, and the title and "page of pages" below."""

    def __init__(self, *args, paper, margin, **kwargs):
        super().__init__(*args, **kwargs)
        self._paper = paper
        self._margin = margin
        self._finished_pages = []
        self.tags = Tags()

    def showPage(self):
        self._finished_pages.append(dict(self.__dict__))
        self._startPage()

    def save(self):
        pages = self._finished_pages
        for page in pages:
            self.__dict__.update(page)
            self.tags.begin(self)
            self._draw_edges(len(pages))
            self.tags.end(self)
            super().showPage()  # pylint: disable=super-method-mismatch
        self.tags.put_into(self._doc)
        super().save()

    def _draw_edges(self, pages):
        width, height = self._pagesize
        self.setFillColor(colors.HexColor(self._paper.color) if self._paper.color else INK)
        self.rect(0, height - BAR_HEIGHT, width, BAR_HEIGHT, stroke=0, fill=1)
        self.setFont(font_names()[0], 8)
        self.setFillColor(GREY)
        below = self._margin * 0.55
        self.drawString(self._margin, below, self._paper.title)
        label = self._paper.page_label % {"page": self._pageNumber, "pages": pages}
        self.drawRightString(width - self._margin, below, label)


# === PARTS === #


def header(company, logo, styles, width):
    """Return the head of a paper: the logo, and who the company is.

    :param Party company: whose paper it is
    :param bytes logo: its logo, if it has one
    """
    lines = [Paragraph(text(company.name), styles["strong_right"])]
    lines += [Paragraph(text(line), styles["small_right"]) for line in company.lines]
    picture = fitted_image(logo, 60 * mm, 22 * mm)
    return plain_table([[picture or "", lines]], [width * 0.5, width * 0.5])


def addressee(customer, label, styles, width):
    """Return whom a paper is for, in the window of an envelope.

    :param Party customer: who it is
    :param str label: what it is
    """
    lines = [
        Paragraph(text(label), styles["label"]),
        Paragraph(text(customer.name), styles["strong"]),
    ]
    lines += [Paragraph(text(line), styles["normal"]) for line in customer.lines]
    return plain_table([["", lines]], [width * 0.55, width * 0.45])


def fact_rows(facts, styles, width):
    """Give facts side by side, at most four in a row, each under its label."""
    for start in range(0, len(facts), 4):
        cells = [
            [Paragraph(text(label), styles["label"]), Paragraph(text(value), styles["normal"])]
            for label, value in facts[start : start + 4]
        ]
        cells += [""] * (4 - len(cells))
        yield Spacer(0, 3 * mm)
        yield plain_table([cells], [width / 4] * 4)


# === HELPERS === #


def font_names():
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


def paper_styles():
    """Return the styles of paragraphs by name.

    :rtype: dict[str, reportlab.lib.styles.ParagraphStyle]
    """
    regular, bold = font_names()
    normal = ParagraphStyle("normal", fontName=regular, fontSize=9, leading=12, textColor=INK)

    def style(name, parent=normal, **values):
        return ParagraphStyle(name, parent=parent, **values)

    strong = style("strong", fontName=bold)
    small = style("small", fontSize=8, leading=10.5, textColor=GREY)
    total = style("total", fontName=bold, fontSize=11, leading=14)
    return {
        "normal": normal,
        "right": style("right", alignment=TA_RIGHT),
        "strong": strong,
        "strong_right": style("strong_right", strong, alignment=TA_RIGHT),
        "small": small,
        "small_right": style("small_right", small, alignment=TA_RIGHT),
        "note": style("note", textColor=GREY),
        "label": style("label", small),
        "head": style("head", strong, fontSize=8.5),
        "head_right": style("head_right", strong, fontSize=8.5, alignment=TA_RIGHT),
        "title": style("title", fontName=bold, fontSize=16, leading=20),
        "heading": style("heading", fontName=bold, fontSize=10.5, leading=14),
        "notice": style("notice", strong, textColor=BAD, spaceBefore=2),
        "total": total,
        "total_right": style("total_right", total, alignment=TA_RIGHT),
    }


def plain_table(rows, widths):
    """Return a table that only puts things beside one another."""
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


def text(value):
    """Return ``value`` as reportlab's markup: nothing in it is markup of its own."""
    return escape(str(value)).replace("\n", "<br/>")


def fitted_image(data, max_width, max_height, description=""):
    """Return a picture fitted into a box, None if there is none or it can't be read.

    :param str description: what is read aloud in its place; empty where the words beside it say all
    """
    if not data:
        return None
    try:
        width, height = ImageReader(io.BytesIO(data)).getSize()
    except Exception as error:  # Pictures come in all states; the document matters more.
        _logger.info("A picture is left out of a PDF: %s", error)
        return None
    scale = min(max_width / width, max_height / height)
    picture = Picture(io.BytesIO(data), width * scale, height * scale, mask="auto")
    picture.description = description
    picture.hAlign = "LEFT"
    return picture
