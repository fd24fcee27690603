import re

from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request, route

from odoo.addons.account_payment.controllers.portal import PortalAccount

from ..exceptions import PortalRefusal
from .document_page import DocumentPage


class InvoicePage(DocumentPage, PortalAccount):
    """The page of an invoice or credit note."""

    @route()
    def portal_my_invoice_detail(
        self, invoice_id, access_token=None, report_type=None, download=False, **kw
    ):
        """Override of `account_payment`: links without tokens for who is signed in, a file also
        where core can't print a whole one, and downloads are noted."""
        if report_type != "pdf":
            self._prepare_portal_document_page()
        if not report_type:
            redirection = self._redirect_portal_without_token("account.move", invoice_id)
            if redirection:
                return redirection
        response = report_type == "pdf" and self._send_portal_invoice_file(
            invoice_id, access_token, download
        )
        response = response or super().portal_my_invoice_detail(
            invoice_id,
            access_token=access_token,
            report_type=report_type,
            download=download,
            **kw,
        )
        return self._note_portal_download(response, "account.move", invoice_id)

    def _send_portal_invoice_file(self, invoice_id, access_token, download):
        """Return the file of an invoice, or the way back to its page, which says that there is
        none; None where core does it: for documents that are none of a customer's, and for all
        that belongs to an invoice with an official PDF, to be saved.
        """
        try:
            invoice_sudo = self._document_check_access("account.move", invoice_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        if invoice_sudo.state != "posted" or not invoice_sudo._portal_in_scope():
            return None
        if invoice_sudo.invoice_pdf_report_id and download:
            return None
        try:
            content, name = invoice_sudo._portal_file()
        except PortalRefusal:
            url = self._add_portal_token(f"/my/invoices/{invoice_id}?no_file=1", access_token)
            return request.redirect(url)
        file_name = re.sub(r"[^\w-]+", "_", name) + ".pdf"
        disposition = content_disposition(file_name, "attachment" if download else "inline")
        return request.make_response(
            content,
            headers=[
                ("Content-Type", "application/pdf"),
                ("Content-Length", len(content)),
                ("Content-Disposition", disposition),
            ],
        )

    @route(
        "/my/invoices/<int:invoice_id>/files/<int:file_id>",
        type="http",
        auth="public",
        website=True,
        multilang=False,
        methods=["GET"],
    )
    def portal_my_invoice_file(self, invoice_id, file_id, access_token=None, **kwargs):
        """Return one of the files that are kept for an invoice: see ``_portal_legal_files``."""
        try:
            invoice_sudo = self._document_check_access("account.move", invoice_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        # In sudo: files of the document that the gates have given.
        files_sudo = request.env["ir.attachment"].sudo()
        if invoice_sudo.state == "posted" and invoice_sudo._portal_in_scope():
            files_sudo = invoice_sudo._portal_legal_files()[invoice_id]
        file_sudo = files_sudo.filtered(lambda file: file.id == file_id)
        if not file_sudo:
            url = self._add_portal_token(f"/my/invoices/{invoice_id}", access_token)
            return request.redirect(url)
        response = self._make_portal_file_response(file_sudo.name, file_sudo.raw or b"")
        return self._note_portal_download(response, "account.move", invoice_id)

    def _get_portal_invoice_notice(self, invoice, asked):
        """Return what is told above an invoice of what its reader has just done.

        :param dict asked: the query string
        :return: ``tone`` and ``text``, None if there is nothing to tell
        :rtype: dict | None
        """
        _ = request.env._
        if asked.get("no_file"):
            return {"tone": "warning", "text": invoice._portal_no_file_text()}
        disputed = asked.get("disputed")
        if disputed == "1":
            text = _("Thank you. We look into it, and answer here and by mail.")
            return {"tone": "success", "text": text}
        texts = request.env["customer.portal.dispute"]._portal_reopening_texts(invoice)
        if text := texts.get(disputed):
            return {"tone": "warning", "text": _("It was not sent. %s", text)}
        return None

    def _show_report(self, model, report_type, report_ref, download=False):
        """Override of `portal`: a posted invoice is an invoice, also before it was sent."""
        if model._name == "account.move" and model.state == "posted" and model._portal_in_scope():
            request.update_context(proforma_invoice=model._portal_has_printed_elements())
        return super()._show_report(model, report_type, report_ref, download=download)

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
            values.update(self._prepare_portal_question_values(invoice))
            dispute = invoice._portal_dispute_values(self._get_portal_visitor())
            plan = invoice._portal_plan_values(self._get_portal_visitor())
            if rest := dispute["rest"] or plan["rest"]:
                # What the dialog pays: not what is disputed, nor what is due later by a plan.
                values.update(amount_due=rest, next_amount_to_pay=rest, show_epd=0.0)
            covered = values["portal_status"]["covered"] and not rest
            values.update(
                portal_invoice_notice=self._get_portal_invoice_notice(invoice, kwargs),
                portal_dispute=dispute,
                portal_promise=invoice._portal_promise_values(self._get_portal_visitor()),
                portal_plan=plan,
                portal_interest=invoice._portal_interest_values().get(invoice.id),
                portal_orders=self._get_portal_followable(invoice._portal_orders()),
                portal_payments=invoice._portal_payments(),
                portal_files=[
                    {**row, "url": invoice.get_portal_url(suffix=f"/files/{row['id']}")}
                    for row in invoice._portal_legal_rows()
                ],
                portal_covered=covered,
                # Of all that is left, at once, and of nothing less.
                portal_discount_text=(
                    "" if covered or rest else invoice._portal_discount(values)[1]
                ),
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
