"""Rows for archives of invoices: asked for, looked at, downloaded."""

import csv
import io
import zipfile

from .access_cells import NOBODY, Form, Page, is_page
from .access_rules import SEE_INVOICE

MINE = {"needs": SEE_INVOICE, "staff": NOBODY, "links": False}


def is_packed(cell, response):
    """An archive came back, and the document's files are in it."""
    if not response.content.startswith(b"PK"):
        return False
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        text = archive.read("index.csv").decode("utf-8-sig")
    return any(
        row["Number"] == cell.things["number"] and row["Files"]
        for row in csv.DictReader(io.StringIO(text))
    )


def is_packed_invoice(cell, response):
    cell.things["number"] = cell.document.name
    return is_packed(cell, response)


def archive_of_actor(cell):
    """The page of an archive of the actor's own that has the document, however it came to that:
    it has seen it once."""
    pack = cell.case._create_pack(cell.case.user_of(cell.actor), cell.res_id, cell.document.name)
    return f"/my/invoices/packs/{pack.id}"


def pack_rows():
    yield Form(
        "archive of all of the list",
        "invoice",
        ("/my/invoices/download",),
        url="/my/invoices/download",
        data=lambda cell: {"all": "1", "search": cell.document.name or "none"},
        done=is_packed_invoice,
        changes=False,
        compare=False,
        fits=lambda target: target.published,
        **MINE,
    )
    yield Form(
        "archive that has a document which one does not see any more",
        "invoice",
        ("/my/invoices/packs/<int:pack_id>/download",),
        url=lambda cell: f"{archive_of_actor(cell)}/download",
        data=lambda cell: {"part": "1"},
        done=is_packed_invoice,
        changes=False,
        compare=False,
        fits=lambda target: target.published,
        **MINE,
    )
    yield Page(
        "page of an archive",
        "archive",
        ("/my/invoices/packs/<int:pack_id>",),
        url="/my/invoices/packs/{id}",
        shows=is_page,
        **MINE,
    )
    yield Form(
        "download of an archive",
        "archive",
        ("/my/invoices/packs/<int:pack_id>/download",),
        url="/my/invoices/packs/{id}/download",
        data=lambda cell: {"part": "1"},
        done=is_packed,
        changes=False,
        **MINE,
    )
