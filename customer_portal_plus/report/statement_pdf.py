"""An account statement as PDF, drawn with reportlab in the look of the other papers.

Plain Python: texts come translated, amounts and dates formatted.
"""

from dataclasses import dataclass, field

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import (
    LongTable,
    PageBreak,
    Spacer,
    TableStyle,
)

from .paper_pdf import (
    INK,
    RULE,
    SHADE,
    Paper,
    Party,
    addressee,
    build_paper,
    fact_rows,
    header,
    paper_styles,
    text,
)
from .paper_tags import Paragraph, TableTags

FONT_SIZE = 7.5
PADDING = 2
# The rest of the width is for the second column, the document's.
DATE_WIDTH = 19.5 * mm  # the longest word of a heading
MONEY_WIDTH = 20.5 * mm


@dataclass
class Section:
    """The account of one company in one currency.

    ``columns`` are pairs of label and kind (``date``, ``text``, ``money``); ``rows`` lists of
    cells; those whose number is in ``bold_rows`` are set apart.
    """

    company: Party
    customer: Party
    customer_label: str
    heading: str
    facts: list[tuple[str, str]]
    columns: list[tuple[str, str]]
    rows: list[list[str]]
    ages_label: str = ""
    ages: list[tuple[str, str]] = field(default_factory=list)
    bold_rows: list[int] = field(default_factory=list)
    logo: bytes = b""


@dataclass
class Statement:
    """All that is drawn: each section begins on a page of its own."""

    paper: Paper
    sections: list[Section]
    notice: str = ""


def draw_statement(statement):
    """Draw a statement.

    :param Statement statement: what is drawn
    :return: the PDF
    :rtype: bytes
    """
    styles = paper_styles()
    return build_paper(statement.paper, lambda width: _story(statement, styles, width))


def _story(statement, styles, width):
    story = []
    for section in statement.sections:
        if story:
            story.append(PageBreak())
        story += [
            header(section.company, section.logo, styles, width),
            Spacer(0, 8 * mm),
            addressee(section.customer, section.customer_label, styles, width),
            Spacer(0, 6 * mm),
            Paragraph(text(statement.paper.title), styles["title"]),
            Paragraph(text(section.heading), styles["note"]),
            *([Paragraph(text(statement.notice), styles["strong"])] if statement.notice else []),
            *fact_rows(section.facts, styles, width),
            Spacer(0, 4 * mm),
            *_ages_of(section, styles, width),
            _lines(section, styles, width),
        ]
    return story


def _ages_of(section, styles, width):
    """What is open by its age, under its label; nothing where no ages are told."""
    if not section.ages:
        return []
    label = Paragraph(text(section.ages_label), styles["label"])
    return [label, _ages(section, styles, width), Spacer(0, 5 * mm)]


def _ages(section, styles, width):
    cells = [
        [Paragraph(text(label), styles["label"]) for label, _amount in section.ages],
        [Paragraph(text(amount), styles["strong"]) for _label, amount in section.ages],
    ]
    style = TableStyle(
        [
            ("BACKGROUND", (0, 0), (-1, -1), SHADE),
            ("LEFTPADDING", (0, 0), (-1, -1), 4),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
    )
    widths = [width / len(section.ages)] * len(section.ages)
    return LongTable(cells, colWidths=widths, style=style, renderCB=TableTags())


def _lines(section, styles, width):
    """The table. Its cells are plain texts of one line: a thousand are drawn in a moment."""
    regular, bold = styles["normal"].fontName, styles["strong"].fontName
    widths = [{"date": DATE_WIDTH, "money": MONEY_WIDTH}.get(k, 0) for _label, k in section.columns]
    texts = widths.count(0)
    widths = [one or (width - sum(widths)) / texts for one in widths]
    bold_rows = set(section.bold_rows)
    head = [
        Paragraph(text(label), styles["head_right" if kind == "money" else "head"])
        for label, kind in section.columns
    ]
    rows = [
        [
            cell if kind == "money" else _fit(cell, bold if number in bold_rows else regular, room)
            for cell, room, (_label, kind) in zip(row, widths, section.columns, strict=True)
        ]
        for number, row in enumerate(section.rows)
    ]
    commands = [
        ("FONT", (0, 1), (-1, -1), regular, FONT_SIZE, FONT_SIZE + 2.5),
        ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
        ("LINEBELOW", (0, 1), (-1, -1), 0.3, RULE),
        ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), PADDING),
    ]
    for index, (_label, kind) in enumerate(section.columns):
        if kind == "money":
            commands.append(("ALIGN", (index, 1), (index, -1), "RIGHT"))
    for number in bold_rows:
        commands.append(("FONT", (0, number + 1), (-1, number + 1), bold, FONT_SIZE))
    heights = [None] + [FONT_SIZE + 7] * len(rows)
    return LongTable(
        [head, *rows],
        colWidths=widths,
        rowHeights=heights,
        repeatRows=1,
        style=TableStyle(commands),
        renderCB=TableTags(),
    )


def _fit(words, font, width):
    """Return a text that fits into a cell, cut off if it must be."""
    room = width - 2 * PADDING
    if len(words) * FONT_SIZE * 0.4 < room or stringWidth(words, font, FONT_SIZE) <= room:
        return words
    while words and stringWidth(words + "…", font, FONT_SIZE) > room:
        words = words[:-1]
    return words + "…"
