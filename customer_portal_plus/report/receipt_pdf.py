"""Draw the receipt of a payment. Plain data in, bytes out."""

import io
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A5, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from .certificate_pdf import font_name


def draw_receipt(title, company, rows, total):
    """Draw a receipt.

    :param str title: heading
    :param list company: lines that say who received the money
    :param list rows: pairs of label and value
    :param tuple total: label and amount
    :return: the PDF
    :rtype: bytes
    """
    body = ParagraphStyle("body", fontName=font_name(), fontSize=9, leading=12)
    muted = ParagraphStyle("muted", parent=body, textColor=colors.HexColor("#5f6b7a"))
    big = ParagraphStyle("big", parent=body, fontSize=16, leading=22)

    def cell(text, style=body):
        return Paragraph(escape(str(text)), style)

    table = Table(
        [[cell(label, muted), cell(value)] for label, value in rows if value],
        colWidths=[38 * mm, None],
    )
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.HexColor("#d5dae1")),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ]
        )
    )
    buffer = io.BytesIO()
    SimpleDocTemplate(
        buffer,
        pagesize=landscape(A5),
        leftMargin=16 * mm,
        rightMargin=16 * mm,
        topMargin=12 * mm,
        bottomMargin=12 * mm,
        title=title,
    ).build(
        [
            *(cell(line, muted) for line in company if line),
            Spacer(1, 4 * mm),
            cell(title, big),
            table,
            Spacer(1, 4 * mm),
            cell(": ".join(total), big),
        ]
    )
    return buffer.getvalue()
