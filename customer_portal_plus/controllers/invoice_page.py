import logging

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request, route

from odoo.addons.account_payment.controllers.portal import PortalAccount

from .document_page import DocumentPage

_logger = logging.getLogger(__name__)


class InvoicePage(DocumentPage, PortalAccount):
    """The page of an invoice or credit note."""

    @route()
    def portal_my_invoice_detail(
        self, invoice_id, access_token=None, report_type=None, download=False, **kw
    ):
        """Override of `account_payment`: links without tokens for who is signed in, a copy to
        download where the PDF can't be made, and downloads are noted."""
        if report_type != "pdf":
            self._prepare_document_page()
        if not report_type:
            redirection = self._redirect_without_token("account.move", invoice_id)
            if redirection:
                return redirection
        try:
            response = super().portal_my_invoice_detail(
                invoice_id,
                access_token=access_token,
                report_type=report_type,
                download=download,
                **kw,
            )
        except (UserError, OSError) as error:
            if report_type != "pdf" or isinstance(error, AccessError | MissingError):
                raise
            _logger.warning("The PDF of invoice %s can't be made: %s", invoice_id, error)
            response = self._make_invoice_copy(invoice_id, access_token, download)
        return self._note_download(response, "account.move", invoice_id)

    def _make_invoice_copy(self, invoice_id, access_token, download):
        try:
            invoice_sudo = self._document_check_access("account.move", invoice_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        content = invoice_sudo._portal_draw_copy()
        headers = self._get_http_headers(invoice_sudo, "pdf", content, download)
        return request.make_response(content, headers=list(headers.items()))

    def _invoice_get_page_view_values(self, invoice, access_token, **kwargs):
        """Override of `account_payment` to add the payments made, and to leave the token of a
        mailed link out of the payment form of who is signed in."""
        if invoice._portal_page_contact():
            access_token = None
        values = super()._invoice_get_page_view_values(invoice, access_token, **kwargs)
        if invoice._portal_in_scope():
            obstacle = invoice._portal_shown_payment_obstacle(self._get_portal_visitor())
            # Settled invoices and those being paid say so by their state.
            told = obstacle in ("payment_off", "no_right", "not_online")
            values.update(self._prepare_question_values(invoice))
            values.update(
                portal_payments=invoice._portal_payments(),
                portal_covered=bool(invoice._portal_covered()),
                portal_transfer_url=(
                    ""
                    if invoice._portal_transfer_obstacle()
                    else invoice.get_portal_url(suffix="/transfer")
                ),
                portal_residual=invoice.currency_id.format(invoice.amount_residual),
                portal_why_not_pay=(
                    invoice._portal_payment_obstacle_texts()[obstacle]
                    if told and invoice.move_type == "out_invoice"
                    else ""
                ),
            )
        return values
