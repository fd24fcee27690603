"""What an archive has in it, read while it is sent."""

import logging
import os
from dataclasses import dataclass, field
from itertools import chain

from odoo import api, models

from ...exceptions import PortalRefusal
from ...tools.zip_stream import unique_name, zip_pieces

_logger = logging.getLogger(__name__)

# Documents that are looked at together, by one cursor.
READING_BATCH = 50


@dataclass
class Packed:
    """What an archive has of one document: names of files with their contents (bytes, or where
    they lie), its row of the index, and what is to be said of it there; id and name of the customer
    in whose folder they are, if there are folders."""

    document_id: int
    row: dict
    files: list[tuple] = field(default_factory=list)
    remark: str = ""
    folder: tuple = ()


class CustomerPortalPack(models.Model):
    _inherit = "customer.portal.pack"

    # === SENDING === #

    @api.model
    def _stream(self, documents, pack_id=0, by_seats=False):
        """Give the bytes of an archive for the current user, piece by piece, also after the
        request and its cursor are gone.

        Each document is judged by the gates when its turn comes; what does not pass them then is
        left out, and the index says so. The first piece is made at once: what goes wrong there is
        an error of the request.

        :param list documents: pairs of id and number
        :param int pack_id: the archive for which files were made before, if any
        :param bool by_seats: see ``_documents_of_readers``
        :return: an iterator of bytes
        """
        readers = self._seat_readers(self.env.user) if by_seats else self.env.user
        origins = {
            company.id: self.env["customer.portal.event"]._prepare_origin_values(company)
            for company in readers.company_ids.sudo()
        }
        pieces = zip_pieces(_Sending(self.env, documents, pack_id, origins, by_seats).files())
        return chain([next(pieces)], pieces)

    @api.model
    def _read_documents(self, document_ids, pack_id, origins, by_seats=False):
        """Return what an archive for the current user has of some documents, and note that they
        were downloaded.

        :param list document_ids: ids of invoices and credit notes
        :param int pack_id: see ``_stream``
        :param dict origins: see ``customer.portal.event._log_downloads``
        :param bool by_seats: see ``_documents_of_readers``
        :return: of those that the user sees now
        :rtype: list[Packed]
        """
        packed = []
        for reader, moves in self._documents_of_readers(document_ids, by_seats):
            of_reader = reader._pack_documents(moves, pack_id)
            if by_seats:
                for one, move in zip(of_reader, moves, strict=True):
                    customer = move.commercial_partner_id
                    one.folder = (customer.id, customer.name)
                    one.row["customer"] = customer.name
            packed += of_reader
            reader.env["customer.portal.event"]._log_downloads(moves, origins)
        return packed

    @api.model
    def _pack_documents(self, moves, pack_id):
        """Return what an archive has of documents.

        :param account.move moves: the gates are open for the current user
        :param int pack_id: see ``_stream``
        :return: in the same order
        :rtype: list[Packed]
        """
        kept = moves._portal_legal_files()
        # Sudo: nobody has rights on these rows.
        made_sudo = self.env["customer.portal.pack.file"].sudo()
        made = {
            file.move_ref: file
            for file in made_sudo.search([("pack_id", "=", pack_id), ("move_ref", "in", moves.ids)])
        }
        contents = made_sudo.env["ir.attachment"].search(
            [
                ("res_model", "=", made_sudo._name),
                ("res_field", "=", "content"),
                ("res_id", "in", [file.id for file in made.values()]),
            ]
        )
        content_of = {content.res_id: content for content in contents}
        packed = []
        for move in moves:
            one = Packed(move.id, self._index_row(move))
            one.files = [(file.name, _lies(file)) for file in kept[move.id]]
            if not move.invoice_pdf_report_id:
                file = made.get(move.id)
                if file and file.id in content_of:
                    name, content = file.name, _lies(content_of[file.id])
                else:
                    name, content, one.remark = self._make_file(move)
                one.files.insert(0, (name, content))
            packed.append(one)
        return packed

    @api.model
    def _make_file(self, move):
        """Return a file of a document that has no official one.

        :param account.move move: the gates are open for the current user
        :return: its name and content; and why there is none, if it is a text that says so
        :rtype: tuple[str, bytes, str]
        """
        try:
            with self.env.cr.savepoint():
                content, name = move._portal_print()
            return f"{name}.pdf", content, ""
        except PortalRefusal as refusal:
            reason = str(refusal)
        except Exception:
            # One document that can't be printed keeps nobody from the others.
            _logger.exception("The file of document %s can't be made for an archive", move.id)
            reason = self.env._("The file could not be made. Please write to us.")
        return f"{move.name}.txt", reason.encode(), reason


class _Sending:
    """An archive under way. It keeps no cursor while the customer's browser takes its time."""

    def __init__(self, env, documents, pack_id, origins, by_seats):
        self.registry, self.uid = env.registry, env.uid
        self.context = {name: env.context.get(name) for name in ("lang", "tz")}
        self.documents, self.pack_id, self.origins = documents, pack_id, origins
        self.by_seats = by_seats
        index = env["customer.portal.pack"]._index_names()
        self.taken = {name.lower() for name in index}
        # By id of a customer: how its folder is called, and the names that are in it.
        self.folders = {}
        self.unreadable = env._("A file could not be read. Please write to us.")
        self.rows, self.left_out = [], []

    def files(self):
        """Give name and content of all files, the index last."""
        for place in range(0, len(self.documents), READING_BATCH):
            part = self.documents[place : place + READING_BATCH]
            with self.registry.cursor() as cr:
                packed = self._packs(cr)._read_documents(
                    [document_id for document_id, _name in part],
                    self.pack_id,
                    self.origins,
                    self.by_seats,
                )
            found = {one.document_id: one for one in packed}
            for document_id, name in part:
                if document_id in found:
                    yield from self._files_of(found[document_id])
                else:
                    self.left_out.append(name)
        with self.registry.cursor() as cr:
            index = self._packs(cr)._index_files(self.rows, self.left_out)
        yield from index

    def _packs(self, cr):
        return api.Environment(cr, self.uid, self.context)["customer.portal.pack"]

    def _files_of(self, packed):
        names = []
        for wanted, content in packed.files:
            if isinstance(content, str):
                try:
                    content = open(content, "rb")  # noqa: SIM115 closed when it was read
                except OSError:
                    _logger.exception("A file of document %s is gone", packed.document_id)
                    packed.remark = self.unreadable
                    continue
            name = self._name_of(wanted, packed.folder)
            names.append(name)
            yield name, content
        self.rows.append({**packed.row, "files": ", ".join(names), "remark": packed.remark})

    def _name_of(self, wanted, folder):
        if not folder:
            return unique_name(wanted, self.taken)
        customer_id, customer_name = folder
        if customer_id not in self.folders:
            self.folders[customer_id] = (unique_name(customer_name, self.taken), set())
        place, taken = self.folders[customer_id]
        return f"{place}/{unique_name(wanted, taken)}"


def _lies(attachment):
    """Return where the content of an attachment lies on this machine; the content itself if that
    is in the database or in another storage."""
    if attachment.store_fname:
        path = attachment._full_path(attachment.store_fname)
        if os.path.isfile(path):
            return path
    return attachment.raw or b""
