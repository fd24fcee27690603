"""What customers may upload: told by the content of a file, never by its name."""

import io
import re
import zipfile
from pathlib import PurePath

from lxml import etree
from PIL import Image, UnidentifiedImageError

from odoo.tools.pdf import PdfReader

MAX_UPLOAD_BYTES = 10 * 1024 * 1024
MAX_UPLOAD_FILES = 5
# Of a whole form: above the largest files, so that a sentence says what is too large.
MAX_POST_BYTES = 64 * 1024 * 1024
MAX_NAME_LENGTH = 80
MAX_ZIP_MEMBERS = 5000
MAX_PART_BYTES = 2**22  # of what is read of a part of an archive
MAX_READ_BYTES = 2**26  # of what is read of all of them: small archives can unpack to anything

ENCRYPTED = 1  # bit of a member of an archive
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # with which objects of other programs begin
MACRO_FOLDERS = ("basic/", "scripts/")  # of OpenDocument
FOREIGN_KINDS = ("oleobject", "control", "activexcontrolbinary", "vbaproject")

EXTENSIONS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
# How what browsers show by themselves begins. It is told by its type alone, not looked into again.
SHOWN_TYPES = {
    "application/pdf": b"%PDF-",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
}
# What is in the archive -> media type and extension.
OFFICE_PARTS = {
    "word/document.xml": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "docx",
    ),
    "xl/workbook.xml": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
    ),
}
OPEN_DOCUMENT_TYPES = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
# Parts that are looked into, besides relations.
CHECKED_PARTS = {*OFFICE_PARTS, "content.xml", "meta-inf/manifest.xml"}
ACCEPT = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx,.odt,.ods"


def read_uploads(files, most_files=MAX_UPLOAD_FILES, most_bytes=MAX_UPLOAD_BYTES):
    """Return the files of a posted form, no more of them, and of each, than shows that it is too
    much.

    :param list files: `werkzeug.datastructures.FileStorage`; a field left empty is one without a
        name
    :param int most_files: how many are taken
    :param int most_bytes: how large each may be
    :return: pairs of name and content
    :rtype: list[tuple[str, bytes]]
    """
    read = []
    for file in files[: most_files + 1]:
        file.seek(0)  # Where the request is repeated, Odoo rewinds the first one alone.
        if file.filename:
            read.append((file.filename, file.read(most_bytes + 1)))
        file.seek(0)  # For whoever reads it after us.
    return read


def is_pdf(data):
    """Return whether a file is a PDF with at least one page that can be read.

    :param bytes data: anything
    :rtype: bool
    """
    if data[:5] != b"%PDF-":
        return False
    try:
        return len(PdfReader(io.BytesIO(data), strict=False).pages) > 0
    except Exception:  # noqa: BLE001 a stranger's file: the library raises whatever it stumbles over
        return False


def proof_type(data):
    """Return the media type of a proof by its content; None if it is none that is accepted.

    :param bytes data: a file as it was uploaded
    :rtype: str | None
    """
    if is_pdf(data):
        return "application/pdf"
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            image.verify()
            return f"image/{image.format.lower()}"
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


def shown_type(data):
    """Return the media type of what a browser may show in a page: it shows it by itself, and runs
    nothing that is in it.

    :param bytes data: a file of any origin
    :return: None for what is to be saved, pages and drawings with scripts among it
    :rtype: str | None
    """
    return next((kind for kind, mark in SHOWN_TYPES.items() if data.startswith(mark)), None)


def upload_type(data):
    """Return what a file is by its content: PDF, PNG, JPEG, or a text or sheet of an office
    program that can be opened, without macros and without objects of other programs in it.

    :param bytes data: the file
    :return: media type and extension; None if it is nothing that is accepted
    :rtype: tuple[str, str] | None
    """
    if media_type := proof_type(data):
        return media_type, EXTENSIONS[media_type]
    return _office_type(data, depth=2, budget=[MAX_READ_BYTES])


def _office_type(data, depth, budget):
    """Return what a file of an office program is; see ``upload_type``.

    :param int depth: how deep files may lie in each other
    :param list budget: one number: how many bytes may still be unpacked
    """
    if data[:4] != b"PK\x03\x04":
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if not _is_harmless(archive, depth, budget):
                return None
            first = archive.infolist()[0]
            if first.filename == "mimetype" and first.file_size < 100:
                media_type = archive.read(first)
                extension = OPEN_DOCUMENT_TYPES.get(media_type)
                return (media_type.decode(), extension) if extension else None
            names = set(archive.namelist())
    except Exception:  # noqa: BLE001 as for a PDF: encrypted, broken, or made to break readers
        return None
    if "[Content_Types].xml" in names:
        return next((kind for part, kind in OFFICE_PARTS.items() if part in names), None)
    return None


def _is_harmless(archive, depth, budget):
    """Return whether nothing in the archive of an office file is encrypted, a macro, or an object
    of another program.

    :param zipfile.ZipFile archive: the file; see ``_office_type``
    :raise Exception: if it is broken, or unpacks to too much
    """

    def read(size):
        data = file.read(min(size, budget[0] + 1))
        budget[0] -= len(data)
        if budget[0] < 0:
            raise ValueError("It unpacks to too much.")
        return data

    members = archive.infolist()
    if len(members) > MAX_ZIP_MEMBERS or not depth:
        return False
    for member in members:
        name = member.filename.lower()
        if member.flag_bits & ENCRYPTED or name.startswith(MACRO_FOLDERS) or "vbaproject" in name:
            return False
        with archive.open(member) as file:
            begin = read(8)
            if begin == OLE_MARK or "oleobject" in name:
                return False
            if begin[:4] == b"PK\x03\x04":
                inner = begin + read(MAX_UPLOAD_BYTES)
                if not _office_type(inner, depth - 1, budget):
                    return False
            elif name.endswith(".rels"):
                # Of the sheet behind a chart, the chart tells; an object would tell it here.
                kinds = FOREIGN_KINDS if "/charts/" in name else (*FOREIGN_KINDS, "package")
                if _relations(begin + read(MAX_PART_BYTES)) & set(kinds):
                    return False
            elif name in CHECKED_PARTS:
                # Reading to the end compares the checksum.
                if b"encryption-data" in begin + read(MAX_PART_BYTES):
                    return False
    return True


def _relations(xml):
    """Return the kinds of what a part of an office file refers to: ``image``, ``oleobject``...

    :param bytes xml: a file of relations
    :rtype: set[str]
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.fromstring(xml, parser)
    return {
        (element.get("Type") or "").rpartition("/")[2].lower()
        for element in root.iter()
        if isinstance(element.tag, str)
    }


def clean_file_name(name, extension):
    """Return a file name that is safe to store and to show, with the extension of its content.

    :param str name: as the browser sent it; anything
    :param str extension: without the point
    :rtype: str
    """
    name = (name or "").replace("\\", "/").rpartition("/")[2]
    stem = re.sub(r"[^\w .,()+-]+", "_", PurePath(name).stem).strip(" ._")[:MAX_NAME_LENGTH]
    return f"{stem or 'file'}.{extension}"
