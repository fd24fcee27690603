"""Archives that are sent while they are made: in memory is never more than a piece of them.

Plain Python: what goes into an archive is said by who calls.
"""

import os
import re

from zipstream import ZIP_DEFLATED, ZipStream

PIECE_SIZE = 64 * 1024
# PDF files are packed already and the rest is small: more effort would gain nothing.
EFFORT = 1
MAX_STEM_BYTES = 150  # File systems keep 255 for a name, and some of that is a folder's.
MAX_ENDING_LENGTH = 12
# What Windows takes for a device, whatever its ending.
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.I)


def unique_name(wanted, taken):
    """Return a name that an archive has only once, and that leads out of no folder.

    :param str wanted: how somebody called the file
    :param set taken: names of the archive, in small letters; the new one is added
    :rtype: str
    """
    plain = re.sub(r"[^\w. -]+", "_", wanted).strip(". ")
    stem, dot, ending = plain.rpartition(".")
    if not stem or not ending.isalnum() or len(ending) > MAX_ENDING_LENGTH:
        stem, dot, ending = plain, "", ""
    stem = stem.encode()[:MAX_STEM_BYTES].decode(errors="ignore").rstrip(". ") or "file"
    if _DEVICE.fullmatch(stem):
        stem = f"_{stem}"
    name, number = f"{stem}{dot}{ending}", 1
    while name.lower() in taken:
        number += 1
        name = f"{stem} ({number}){dot}{ending}"
    taken.add(name.lower())
    return name


def zip_pieces(files):
    """Give the bytes of an archive, piece by piece.

    The next file is asked for when all of the one before it was given.

    :param files: an iterable of pairs of name and content: bytes, or an open file of bytes, which
        is closed when it was read
    :return: an iterator of bytes, none of them empty
    """
    archive = ZipStream(compress_type=ZIP_DEFLATED, compress_level=EFFORT)
    for name, content in files:
        if isinstance(content, bytes):
            archive.add(content, name)
        else:
            archive.add(_read(content), name, size=os.fstat(content.fileno()).st_size)
        # An empty piece would end an answer that is sent in pieces.
        yield from filter(None, archive.all_files())
    yield from filter(None, archive.finalize())


def _read(file):
    with file:
        while piece := file.read(PIECE_SIZE):
            yield piece
