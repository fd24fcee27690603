"""Draw the receipt of a payment, in the look of the other papers. Plain data in, bytes out."""

from reportlab.lib.pagesizes import A5, landscape
from reportlab.lib.units import mm
from reportlab.platypus import Spacer, Table, TableStyle

from .paper_pdf import INK, RULE, build_paper, header, paper_styles, text
from .paper_tags import Paragraph, TableTags

MARGIN = 14 * mm


def draw_receipt(company, rows, total, paper, logo=b""):
    """Draw a receipt.

    :param Party company: who received the money
    :param list rows: pairs of label and value; those without a value are left out
    :param tuple total: label and amount
    :param Paper paper: what is on each page; its title is the heading
    :param bytes logo: of the company, if it has one
    :return: the PDF
    :rtype: bytes
    """
    styles = paper_styles()

    def make_story(width):
        cells = [
            [Paragraph(text(label), styles["note"]), Paragraph(text(value), styles["normal"])]
            for label, value in rows
            if value
        ]
        cells.append(
            [Paragraph(text(total[0]), styles["total"]), Paragraph(text(total[1]), styles["total"])]
        )
        table = Table(
            cells,
            colWidths=[width * 0.3, width * 0.7],
            spaceBefore=3 * mm,
            renderCB=TableTags(head_rows=0, head_columns=1),
        )
        table.setStyle(
            TableStyle(
                [
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                    ("LINEBELOW", (0, 0), (-1, -2), 0.3, RULE),
                    ("LINEABOVE", (0, -1), (-1, -1), 0.8, INK),
                    ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ]
            )
        )
        return [
            header(company, logo, styles, width),
            Spacer(0, 4 * mm),
            Paragraph(text(paper.title), styles["title"]),
            table,
        ]

    return build_paper(paper, make_story, pagesize=landscape(A5), margin=MARGIN)
