"""The files that are kept for an invoice or credit note: what the law knows it by."""

import re

from odoo import api, models

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
