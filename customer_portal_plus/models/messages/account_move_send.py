from odoo import api, models

from .customer_portal_access_mixin_delivery import CARRIES_DOCUMENT

# Formats in which the PDF itself carries the electronic invoice.
HYBRID_FORMATS = ("facturx", "zugferd")


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    @api.model
    def _portal_leaves_pdf_out(self, move, invoice_edi_format=None):
        """Return whether the PDF of an invoice stays out of its mail.

        :param account.move move: the invoice
        :param str invoice_edi_format: the electronic format it is sent in; its customer's if not
            given
        :rtype: bool
        """
        edi_format = invoice_edi_format or self._get_default_invoice_edi_format(move)
        return (
            edi_format not in HYBRID_FORMATS
            and move._portal_in_scope()
            and move._portal_delivery() == "link"
        )

    @api.model
    def _get_placeholder_mail_attachments_data(
        self, move, invoice_edi_format=None, extra_edis=None, pdf_report=None
    ):
        """Override of `account`: staff see in the wizard what is going to be sent."""
        placeholders = super()._get_placeholder_mail_attachments_data(
            move,
            invoice_edi_format=invoice_edi_format,
            extra_edis=extra_edis,
            pdf_report=pdf_report,
        )
        if not self._portal_leaves_pdf_out(move, invoice_edi_format):
            return placeholders
        file_name = move._get_invoice_report_filename(report=pdf_report)
        return [data for data in placeholders if data["name"] != file_name]

    @api.model
    def _get_invoice_extra_attachments_data(self, move):
        """Override of `account`: the PDF is made and kept, and not sent."""
        attachments = super()._get_invoice_extra_attachments_data(move)
        if not self._portal_leaves_pdf_out(move):
            return attachments
        return [data for data in attachments if data["id"] != move.invoice_pdf_report_id.id]

    @api.model
    def _send_mails(self, moves_data):
        """Override of `account`, which expects at least one file: a list without any is stored
        as False."""
        for move_data in moves_data.values():
            move_data["mail_attachments_widget"] = move_data.get("mail_attachments_widget") or []
        return super()._send_mails(moves_data)

    @api.model
    def _send_mail(self, move, mail_template, **kwargs):
        """Override of `account`: this is the mail that carries the invoice."""
        move = move.with_context(**{CARRIES_DOCUMENT: True})
        return super()._send_mail(move, mail_template, **kwargs)
