"""The list of balance confirmations as PDF, drawn with reportlab in the look of the other papers.

Plain Python: texts come translated, amounts and dates formatted.
"""

from dataclasses import dataclass, field

from reportlab.lib.units import mm
from reportlab.platypus import LongTable, Spacer, TableStyle

from .paper_pdf import (
    INK,
    RULE,
    Paper,
    Party,
    build_paper,
    fact_rows,
    header,
    paper_styles,
    plain_table,
    text,
)
from .paper_tags import Paragraph, TableTags

# Of the five columns, as parts of the width; the second and the fourth are amounts.
PARTS = (0.30, 0.15, 0.25, 0.15, 0.15)
AMOUNTS = (1, 3)


@dataclass
class BalanceList:
    """All that is drawn: ``rows`` have a text for each of the ``columns``, ``totals`` are pairs of
    label and amount."""

    paper: Paper
    company: Party
    heading: str
    facts: list[tuple[str, str]]
    columns: list[str]
    rows: list[list[str]]
    totals: list[tuple[str, str]] = field(default_factory=list)
    logo: bytes = b""


def draw_balances(balances):
    """Draw a list of balance confirmations.

    :param BalanceList balances: what is drawn
    :return: the PDF
    :rtype: bytes
    """
    styles = paper_styles()
    return build_paper(balances.paper, lambda width: _story(balances, styles, width))


def _story(balances, styles, width):
    def cells(row, regular, right):
        return [
            Paragraph(text(cell), styles[right if number in AMOUNTS else regular])
            for number, cell in enumerate(row)
        ]

    table = LongTable(
        [
            cells(balances.columns, "head", "head_right"),
            *(cells(row, "small", "small_right") for row in balances.rows),
        ],
        colWidths=[width * part for part in PARTS],
        repeatRows=1,
        style=TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
                ("LINEBELOW", (0, 1), (-1, -1), 0.3, RULE),
                ("LEFTPADDING", (0, 0), (-1, -1), 2),
                ("RIGHTPADDING", (0, 0), (-1, -1), 2),
                # Words beside the amounts before them.
                *(("LEFTPADDING", (one + 1, 0), (one + 1, -1), 12) for one in AMOUNTS),
            ]
        ),
        renderCB=TableTags(),
    )
    totals = [
        [
            Paragraph(text(label), styles["strong_right"]),
            Paragraph(text(amount), styles["strong_right"]),
        ]
        for label, amount in balances.totals
    ]
    return [
        header(balances.company, balances.logo, styles, width),
        Spacer(0, 8 * mm),
        Paragraph(text(balances.paper.title), styles["title"]),
        Paragraph(text(balances.heading), styles["note"]),
        *fact_rows([fact for fact in balances.facts if fact[1]], styles, width),
        Spacer(0, 6 * mm),
        table,
        Spacer(0, 4 * mm),
        *([plain_table(totals, [width * 0.75, width * 0.25])] if totals else []),
    ]
