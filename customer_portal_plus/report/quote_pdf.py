"""A quote, an order or a copy of an invoice as PDF, drawn with reportlab.

Plain Python: what is drawn comes in as plain data, already translated and formatted, so this
works where wkhtmltopdf is missing, and can be tried without a database.
"""

from dataclasses import dataclass, field

from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Spacer, Table, TableStyle

from .paper_pdf import (
    INK,
    RULE,
    SHADE,
    Paper,
    Party,
    addressee,
    build_paper,
    fact_rows,
    fitted_image,
    header,
    paper_styles,
    plain_table,
    text,
)
from .paper_tags import Paragraph, TableTags

# A table row can't be longer than a page, so long texts become several rows.
MAX_ROW_CHARACTERS = 1200


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

    ``payment`` says how it is paid, ``codes`` are pictures to be scanned with their captions.
    """

    paper: Paper
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


def draw_quote(document):
    """Draw a document.

    :param Document document: what is drawn
    :return: the PDF
    :rtype: bytes
    """
    styles = paper_styles()
    return build_paper(document.paper, lambda width: _story(document, styles, width))


def _story(document, styles, width):
    story = [
        header(document.company, document.logo, styles, width),
        Spacer(0, 8 * mm),
        addressee(document.customer, document.customer_label, styles, width),
        Spacer(0, 6 * mm),
        Paragraph(text(document.paper.title), styles["title"]),
        *([Paragraph(text(document.notice), styles["notice"])] if document.notice else []),
        *fact_rows(document.facts, styles, width),
        Spacer(0, 5 * mm),
        _lines(document, styles, width),
        Spacer(0, 4 * mm),
        *([_totals(document, styles, width)] if document.totals else []),
        *_payment(document, styles, width),
    ]
    for part in _chunks(document.terms):
        story += [Spacer(0, 3 * mm), Paragraph(text(part), styles["small"])]
    if document.signature:
        story += [Spacer(0, 8 * mm), _signature(document.signature, styles)]
    return story


# === PARTS === #


def _lines(document, styles, width):
    count = len(document.columns) - 1
    cell_width = min(25 * mm, width * 0.6 / max(count, 1))
    widths = [width - cell_width * count] + [cell_width] * count
    header = [Paragraph(text(document.columns[0]), styles["head"])]
    header += [Paragraph(text(column), styles["head_right"]) for column in document.columns[1:]]
    rows = [header]
    commands = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
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
                [Paragraph(text(part), name_style)]
                + [Paragraph(text(cell), styles["right"]) for cell in cells[:count]]
            )
            if row.kind == "section":
                commands.append(("BACKGROUND", (0, len(rows) - 1), (-1, len(rows) - 1), SHADE))
            if row.kind == "note":
                commands.append(("SPAN", (0, len(rows) - 1), (-1, len(rows) - 1)))
    return Table(
        rows, colWidths=widths, repeatRows=1, style=TableStyle(commands), renderCB=TableTags()
    )


def _totals(document, styles, width):
    rows = [
        [
            Paragraph(text(label), styles["total" if last else "normal"]),
            Paragraph(text(amount), styles["total_right" if last else "right"]),
        ]
        for last, (label, amount) in (
            (index == len(document.totals), total) for index, total in enumerate(document.totals, 1)
        )
    ]
    table = Table(
        rows,
        colWidths=[width * 0.28, width * 0.22],
        hAlign="RIGHT",
        renderCB=TableTags(head_rows=0, head_columns=1),
    )
    table.setStyle(
        TableStyle(
            [
                ("LINEABOVE", (0, -1), (-1, -1), 0.8, INK),
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
        [Paragraph(text(label), styles["label"]), Paragraph(text(value), styles["normal"])]
        for label, value in document.payment
    ]
    code_width = width * 0.2
    left = width - code_width * len(document.codes)
    codes = [
        [
            fitted_image(picture, 26 * mm, 26 * mm, caption) or "",
            Paragraph(text(caption), styles["label"]),
        ]
        for picture, caption in document.codes
    ]
    cells = [plain_table(facts, [left * 0.3, left * 0.7]) if facts else "", *codes]
    yield Spacer(0, 5 * mm)
    yield KeepTogether(plain_table([cells], [left] + [code_width] * len(codes)))


def _signature(signature, styles):
    parts = [Paragraph(text(signature.label), styles["label"])]
    if picture := fitted_image(signature.image, 60 * mm, 25 * mm, signature.label):
        parts.append(picture)
    parts.append(Paragraph(text(f"{signature.name}, {signature.date}"), styles["normal"]))
    return KeepTogether(parts)


# === HELPERS === #


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
