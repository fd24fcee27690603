"""Room in a file for the signatures that come after its first seal.

What is sealed takes no further page. So a last page is added before, with an empty field for each
who is going to sign: the later seal stands there, with the picture of the signature. Plain data in,
bytes out."""

import io

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PageObject
from pyhanko.sign.fields import SigFieldSpec, append_signature_field, enumerate_sig_fields
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from odoo.addons.customer_portal_plus.report.paper_pdf import (
    GREY,
    INK,
    MARGIN,
    RULE,
    PaperCanvas,
    font_names,
)

PLACE_FIELD = "PortalSigner"
PLACE_WIDTH, PLACE_HEIGHT = 84 * mm, 34 * mm
COLUMNS, ROWS = 2, 5


def add_places(pdf, count, paper, label):
    """Return a PDF with an empty place for each signature that comes later.

    :param bytes pdf: a file without seals
    :param int count: how many more sign it
    :param Paper paper: what stands on each page
    :param str label: what stands above a place, with ``%s`` for its number
    :rtype: bytes
    """
    sheet, boxes = _draw_sheet(count, paper, label)
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    pages_before = int(writer.root["/Pages"]["/Count"])
    reader = PdfFileReader(io.BytesIO(sheet))
    for number in range(int(reader.root["/Pages"]["/Count"])):
        drawn = writer.import_page_as_xobject(reader, page_ix=number)
        content = writer.add_object(generic.StreamObject(stream_data=b"/Sheet Do"))
        resources = generic.DictionaryObject(
            {
                generic.pdf_name("/XObject"): generic.DictionaryObject(
                    {generic.pdf_name("/Sheet"): drawn}
                )
            }
        )
        media_box = generic.ArrayObject(map(generic.FloatObject, (0, 0, *A4)))
        writer.insert_page(PageObject(contents=content, media_box=media_box, resources=resources))
    for place, (page, box) in enumerate(boxes, 2):
        append_signature_field(
            writer, SigFieldSpec(f"{PLACE_FIELD}{place}", on_page=pages_before + page, box=box)
        )
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def _draw_sheet(count, paper, label):
    """Return the pages with the places, and page and box of each."""
    buffer = io.BytesIO()
    canvas = PaperCanvas(buffer, pagesize=A4, paper=paper, margin=MARGIN)
    width, height = A4
    gap = width - 2 * MARGIN - COLUMNS * PLACE_WIDTH
    boxes = []
    for place in range(count):
        page, on_page = divmod(place, COLUMNS * ROWS)
        if not on_page:
            if place:
                canvas.showPage()
            canvas.setFillColor(INK)
            canvas.setFont(font_names()[1], 16)
            canvas.drawString(MARGIN, height - MARGIN - 8 * mm, paper.title)
        row, column = divmod(on_page, COLUMNS)
        left = MARGIN + column * (PLACE_WIDTH + gap / (COLUMNS - 1))
        bottom = height - MARGIN - 18 * mm - (row + 1) * (PLACE_HEIGHT + 10 * mm)
        canvas.setFillColor(GREY)
        canvas.setFont(font_names()[0], 8)
        canvas.drawString(left, bottom + PLACE_HEIGHT + 2 * mm, label % (place + 2))
        canvas.setStrokeColor(RULE)
        canvas.rect(left, bottom, PLACE_WIDTH, PLACE_HEIGHT)
        boxes.append((page, (left, bottom, left + PLACE_WIDTH, bottom + PLACE_HEIGHT)))
    canvas.showPage()
    canvas.save()
    return buffer.getvalue(), boxes


def free_place(pdf):
    """Return the name of the first place of a file that is still empty.

    :param bytes pdf: the file
    :return: None if there is none
    :rtype: str | None
    """
    reader = PdfFileReader(io.BytesIO(pdf), strict=False)
    names = [name for name, _value, _field in enumerate_sig_fields(reader, filled_status=False)]
    return next((name for name in names if name.startswith(PLACE_FIELD)), None)


def has_places(pdf):
    """Return whether a file has a place that is still empty.

    :param bytes pdf: anything
    :rtype: bool
    """
    try:
        return free_place(pdf) is not None
    except Exception:  # noqa: BLE001 the library raises whatever it stumbles over
        return False  # Nothing can be seen in it then.


def draw_signature(image, lines):
    """Draw what stands in a place.

    :param bytes image: picture of the signature
    :param list lines: texts below it
    :return: a PDF of one page, as large as a place
    :rtype: bytes
    """
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(PLACE_WIDTH, PLACE_HEIGHT))
    padding, leading = 2 * mm, 9
    below = padding + leading * len(lines)
    canvas.drawImage(
        ImageReader(io.BytesIO(image)),
        padding,
        below,
        width=PLACE_WIDTH - 2 * padding,
        height=PLACE_HEIGHT - below - padding,
        mask="auto",
        preserveAspectRatio=True,
        anchor="sw",
    )
    canvas.setFillColor(INK)
    canvas.setFont(font_names()[0], 7)
    for number, line in enumerate(lines, 1):
        canvas.drawString(padding, below - leading * number + 2, line)
    canvas.save()
    return buffer.getvalue()
