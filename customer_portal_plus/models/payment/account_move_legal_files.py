"""The files that are kept for an invoice or credit note: what the law knows it by."""

import re

from odoo import api, models

from ...tools.xml_document import xml_document_kind

# Addons that make the files of a country, and those of electronic invoicing.
_LOCALISATION = re.compile(r"l10n_\w+|account_edi\w*")
# Odoo calls XML a plain text where somebody wrote it who may change no pages.
_XML_TYPES = ("application/xml", "text/xml", "text/plain")


class AccountMove(models.Model):
    _inherit = "account.move"

    def _portal_legal_files(self):
        """Return the files that are kept for each of these posted documents: the official PDF and
        the others that core counts among them, those of which ``_get_invoice_legal_documents_all``
        gives the contents, and the XML that localisations keep in fields of their own.

        What staff hang on a document is none of these. For a module to add files that it keeps
        elsewhere, it must extend this method.

        :return: id of the document -> attachments, in sudo; the official PDF comes first
        :rtype: dict[int, ir.attachment]
        """
        # Sudo: the gates have given the documents; their files are no fields of theirs to read.
        moves_sudo = self.sudo()
        sending_sudo = self.env["account.move.send"].sudo()
        kept = {
            move.id: move.invoice_pdf_report_id | sending_sudo._get_invoice_extra_attachments(move)
            for move in moves_sudo
        }
        names = self._portal_legal_fields()
        if names:
            for file in moves_sudo.env["ir.attachment"].search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("res_field", "in", names),
                    ("mimetype", "in", _XML_TYPES),
                ],
                order="id",
            ):
                kept[file.res_id] |= file
        return kept

    def _portal_legal_rows(self):
        """Return the files of this document as its page names them, if there is more than the
        PDF, which the page offers anyway.

        :return: dicts with ``id``, ``name`` and ``meaning``, in words
        :rtype: list[dict]
        """
        self.ensure_one()
        if self.state != "posted" or not self._portal_in_scope():
            return []
        files = self._portal_legal_files()[self.id]
        if files <= self.sudo().invoice_pdf_report_id:
            return []
        return [
            {"id": file.id, "name": file.name, "meaning": self._portal_legal_meaning(file)}
            for file in files
        ]

    def _portal_legal_meaning(self, file):
        """Return what a file of this document is, in words: by its content, since several formats
        are kept in one field.

        :param ir.attachment file: one of ``_portal_legal_files``
        :rtype: str
        """
        _ = self.env._
        if file == self.sudo().invoice_pdf_report_id:
            return _("PDF, for people to read")
        meanings = {
            "facturae": _("Facturae, the legal invoice"),
            "fatturapa": _("FatturaPA, the legal invoice"),
            "cfdi": _("CFDI, the legal invoice"),
            "dte": _("DTE, the legal invoice"),
            "ubl": _("UBL, the invoice for your programs"),
            "cii": _("CII (Factur-X, ZUGFeRD), the invoice for your programs"),
            "xml": _("Electronic document (XML)"),
        }
        return meanings.get(xml_document_kind(file.raw or b""), _("File of the invoice"))

    @api.model
    def _portal_legal_fields(self):
        """Return the fields in which localisations keep files of a document.

        For a module to have the XML of other fields given to customers, it must extend this method.

        :rtype: list[str]
        """
        return [
            name
            for name, field in self._fields.items()
            if field.type == "binary"
            and field.store
            and field.attachment
            and any(_LOCALISATION.fullmatch(addon) for addon in field._modules)
        ]
