"""What customers may upload: told by the content of a file, never by its name."""

import io
import re
import zipfile
from pathlib import PurePath

from PIL import Image, UnidentifiedImageError

from odoo.tools.pdf import PdfReader, PdfReadError

MAX_UPLOAD_BYTES = 10 * 1024 * 1024
MAX_UPLOAD_FILES = 5
MAX_NAME_LENGTH = 80
MAX_ZIP_MEMBERS = 5000

EXTENSIONS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
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
ACCEPT = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx,.odt,.ods"


def proof_type(data):
    """Return the media type of a proof by its content; None if it is none that is accepted.

    :param bytes data: a file as it was uploaded
    :rtype: str | None
    """
    if data[:5] == b"%PDF-":
        try:
            return "application/pdf" if PdfReader(io.BytesIO(data), strict=False).pages else None
        except (PdfReadError, ValueError, KeyError, TypeError, OSError):
            return None
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            image.verify()
            return f"image/{image.format.lower()}"
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


def upload_type(data):
    """Return what a file is by its content: PDF, PNG, JPEG, or a text or sheet of an office
    program without macros.

    :param bytes data: the file
    :return: media type and extension; None if it is nothing that is accepted
    :rtype: tuple[str, str] | None
    """
    if media_type := proof_type(data):
        return media_type, EXTENSIONS[media_type]
    if data[:4] != b"PK\x03\x04":
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            names = {member.filename for member in members[:MAX_ZIP_MEMBERS]}
            if len(members) > MAX_ZIP_MEMBERS or any("vbaproject" in n.lower() for n in names):
                return None
            if members[0].filename == "mimetype" and members[0].file_size < 100:
                media_type = archive.read(members[0])
                extension = OPEN_DOCUMENT_TYPES.get(media_type)
                macros = any(name.startswith(("Basic/", "Scripts/")) for name in names)
                return (media_type.decode(), extension) if extension and not macros else None
    except (zipfile.BadZipFile, ValueError, IndexError, KeyError, OSError, NotImplementedError):
        return None
    if "[Content_Types].xml" in names:
        return next((kind for part, kind in OFFICE_PARTS.items() if part in names), None)
    return None


def clean_file_name(name, extension):
    """Return a file name that is safe to store and to show, with the extension of its content.

    :param str name: as the browser sent it; anything
    :param str extension: without the point
    :rtype: str
    """
    name = (name or "").replace("\\", "/").rpartition("/")[2]
    stem = re.sub(r"[^\w .,()+-]+", "_", PurePath(name).stem).strip(" ._")[:MAX_NAME_LENGTH]
    return f"{stem or 'file'}.{extension}"
