"""Draw the certificate of a signature, and join it to the document that was signed.

Plain data in, bytes out; see ``customer.portal.signature`` for where the words come from.
"""

import io
import json

import qrcode
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus import Spacer, Table, TableStyle

from odoo.tools.pdf import NameObject, PdfReader, PdfWriter, create_string_object

from .paper_pdf import (
    MARGIN,
    RULE,
    Paper,
    build_paper,
    fitted_image,
    font_names,
    paper_styles,
    plain_table,
    text,
)
from .paper_tags import Paragraph, TableTags

EVIDENCE_FILE_NAME = "evidence.json"


def qr_png(text):
    """Return a QR code of ``text`` as PNG bytes."""
    buffer = io.BytesIO()
    qrcode.make(text, border=2).save(buffer, format="PNG")
    return buffer.getvalue()


def is_printable(words):
    """Return whether the certificate's font has all letters of a text.

    :param str words: a name, for one, in any script
    :rtype: bool
    """
    face = pdfmetrics.getFont(font_names()[0]).face
    glyphs = getattr(face, "charToGlyph", None)
    if glyphs is None:
        return words.isascii()
    return all(char.isspace() or ord(char) in glyphs for char in words)


def draw_certificate(
    title,
    intro,
    sections,
    qr_text,
    qr_caption,
    image=None,
    image_caption="",
    letters_note="",
    paper=None,
    logo=b"",
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
    :param Paper paper: what is on each page; only the title if not given
    :param bytes logo: of the company, if it has one
    :return: the PDF
    :rtype: bytes
    """
    styles = paper_styles()
    # The last page of what was signed may be small; one page is what this has to fit on.
    body = ParagraphStyle("body", parent=styles["normal"], fontSize=8.5, leading=11.5)
    # Digests and addresses, which have no spaces, break at the margin.
    value_style = ParagraphStyle("value", parent=body, splitLongWords=1)
    label = ParagraphStyle("label", parent=body, textColor=styles["label"].textColor)
    heading = ParagraphStyle("heading", parent=styles["heading"], spaceBefore=7)

    def cell(words, style=body):
        return Paragraph(text(words), style)

    def make_story(width):
        story = []
        if picture := fitted_image(logo, 45 * mm, 14 * mm):
            story += [picture, Spacer(0, 3 * mm)]
        story += [cell(title, styles["title"]), cell(intro), Spacer(0, 3 * mm)]
        for section_title, rows in sections:
            story.append(cell(section_title, heading))
            table = Table(
                [[cell(name, label), cell(value, value_style)] for name, value in rows],
                colWidths=[44 * mm, width - 44 * mm],
                renderCB=TableTags(head_rows=0, head_columns=1),
            )
            table.setStyle(
                TableStyle(
                    [
                        ("VALIGN", (0, 0), (-1, -1), "TOP"),
                        ("LINEBELOW", (0, 0), (-1, -1), 0.3, RULE),
                        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
                        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
                        ("LEFTPADDING", (0, 0), (-1, -1), 0),
                    ]
                )
            )
            story.append(table)
        values = [str(value) for _title, rows in sections for _label, value in rows]
        if letters_note and not all(map(is_printable, values)):
            story += [Spacer(0, 2 * mm), cell(letters_note, label)]
        footer = [
            fitted_image(qr_png(qr_text), 32 * mm, 32 * mm, qr_caption),
            [cell(qr_caption), cell(qr_text, label)],
        ]
        widths = [36 * mm, width - 36 * mm]
        if image:
            footer.append(
                [
                    fitted_image(image, 50 * mm, 24 * mm, image_caption) or "",
                    cell(image_caption, label),
                ]
            )
            widths = [36 * mm, width - 90 * mm, 54 * mm]
        return [*story, Spacer(0, 4 * mm), plain_table([footer], widths)]

    return build_paper(paper or Paper(title), make_story, margin=MARGIN - 2 * mm)


def join(document, certificate, evidence):
    """Return one PDF: the signed document, then its certificate, the evidence attached as JSON.

    :param bytes document: the PDF that was signed; empty for the certificate alone
    :param bytes certificate: see ``draw_certificate``
    :param dict evidence: what the certificate says, for programs
    :rtype: bytes
    :raise odoo.tools.pdf.PdfReadError: if the document is no PDF
    """
    writer = PdfWriter()
    readers = [
        PdfReader(io.BytesIO(data), strict=False) for data in (document, certificate) if data
    ]
    for reader in readers:
        for page in reader.pages:
            writer.add_page(page)
    # Where the document does not say what it is, and in which language, the certificate does.
    about = {**(readers[-1].metadata or {}), **(readers[0].metadata or {})}
    writer.add_metadata({key: str(about[key]) for key in ("/Title", "/Author") if about.get(key)})
    for reader in readers:
        if language := reader.trailer["/Root"].get("/Lang"):
            writer._root_object.setdefault(NameObject("/Lang"), create_string_object(language))
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
