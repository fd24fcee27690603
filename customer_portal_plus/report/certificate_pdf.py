"""Draw the certificate of a signature, and join it to the document that was signed.

Plain data in, bytes out; see ``customer.portal.signature`` for where the words come from.
"""

import io
import json
from xml.sax.saxutils import escape

import qrcode
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.platypus import Image, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from odoo.tools.misc import file_path
from odoo.tools.pdf import PdfReader, PdfWriter

EVIDENCE_FILE_NAME = "evidence.json"
_FONT = "PortalSans"


def font_name():
    """Return a font that has more than Latin letters; Helvetica where core ships none."""
    if _FONT not in pdfmetrics.getRegisteredFontNames():
        try:
            path = file_path("web/static/fonts/sign/NotoSans-Reg.ttf")
            pdfmetrics.registerFont(TTFont(_FONT, path))
        except (FileNotFoundError, TTFError):
            return "Helvetica"
    return _FONT


def qr_png(text):
    """Return a QR code of ``text`` as PNG bytes."""
    buffer = io.BytesIO()
    qrcode.make(text, border=2).save(buffer, format="PNG")
    return buffer.getvalue()


def is_printable(text):
    """Return whether the certificate's font has all letters of a text.

    :param str text: a name, for one, in any script
    :rtype: bool
    """
    face = pdfmetrics.getFont(font_name()).face
    glyphs = getattr(face, "charToGlyph", None)
    if glyphs is None:
        return text.isascii()
    return all(char.isspace() or ord(char) in glyphs for char in text)


def draw_certificate(
    title, intro, sections, qr_text, qr_caption, image=None, image_caption="", letters_note=""
):
    """Draw a certificate.

    :param str title: heading of the page
    :param str intro: one sentence below it
    :param list sections: pairs of heading and rows, a row being a pair of label and value
    :param str qr_text: address in the QR code
    :param str qr_caption: what the code is for
    :param bytes image: picture of the signature, if there is one
    :param str image_caption: what the picture is
    :param str letters_note: said where the font lacks letters of what is certified
    :return: the PDF
    :rtype: bytes
    """
    font = font_name()
    # CJK wrapping breaks digests and addresses, which have no spaces, at the margin.
    body = ParagraphStyle("body", fontName=font, fontSize=8.5, leading=11.5)
    value_style = ParagraphStyle("value", parent=body, splitLongWords=1)
    label = ParagraphStyle("label", parent=body, textColor=colors.HexColor("#5f6b7a"))
    heading = ParagraphStyle("heading", parent=body, fontSize=10.5, leading=14, spaceBefore=7)
    big = ParagraphStyle("big", parent=body, fontSize=17, leading=22)

    def cell(text, style=body):
        return Paragraph(escape(str(text)).replace("\n", "<br/>"), style)

    flowables = [cell(title, big), cell(intro), Spacer(1, 3 * mm)]
    for section_title, rows in sections:
        flowables.append(cell(section_title, heading))
        table = Table(
            [[cell(name, label), cell(value, value_style)] for name, value in rows],
            colWidths=[44 * mm, None],
        )
        table.setStyle(
            TableStyle(
                [
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                    ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.HexColor("#d5dae1")),
                    ("TOPPADDING", (0, 0), (-1, -1), 1.5),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
                    ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ]
            )
        )
        flowables.append(table)
    values = [str(value) for _title, rows in sections for _label, value in rows]
    if letters_note and not all(map(is_printable, values)):
        flowables += [Spacer(1, 2 * mm), cell(letters_note, label)]
    code = Image(io.BytesIO(qr_png(qr_text)), width=32 * mm, height=32 * mm)
    footer = [code, [cell(qr_caption), cell(qr_text, label)]]
    if image:
        footer.append([_fitted_image(image, 50 * mm, 24 * mm), cell(image_caption, label)])
    flowables += [
        Spacer(1, 4 * mm),
        Table([footer], colWidths=[36 * mm, None] + ([54 * mm] if image else [])),
    ]
    buffer = io.BytesIO()
    SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=16 * mm,
        bottomMargin=14 * mm,
        title=title,
    ).build(flowables)
    return buffer.getvalue()


def _fitted_image(data, max_width, max_height):
    width, height = ImageReader(io.BytesIO(data)).getSize()
    scale = min(max_width / width, max_height / height)
    return Image(io.BytesIO(data), width=width * scale, height=height * scale)


def join(document, certificate, evidence):
    """Return one PDF: the signed document, then its certificate, the evidence attached as JSON.

    :param bytes document: the PDF that was signed
    :param bytes certificate: see ``draw_certificate``
    :param dict evidence: what the certificate says, for programs
    :rtype: bytes
    :raise odoo.tools.pdf.PdfReadError: if the document is no PDF
    """
    writer = PdfWriter()
    for data in (document, certificate):
        for page in PdfReader(io.BytesIO(data), strict=False).pages:
            writer.add_page(page)
    writer.add_attachment(
        EVIDENCE_FILE_NAME, json.dumps(evidence, indent=2, ensure_ascii=False).encode()
    )
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def read_evidence(pdf):
    """Return the evidence attached to a delivered PDF, or None if it has none.

    :param bytes pdf: any file, also one that is no PDF
    :rtype: dict | None
    """
    try:
        content = PdfReader(io.BytesIO(pdf), strict=False).attachments[EVIDENCE_FILE_NAME]
        evidence = json.loads(content[0] if isinstance(content, list) else content)
    except Exception:  # noqa: BLE001 a stranger's file: the library raises whatever it stumbles over
        return None  # That it carries no evidence is the answer.
    return evidence if isinstance(evidence, dict) else None
