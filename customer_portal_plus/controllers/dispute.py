from werkzeug.urls import url_encode

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request, route

from ..exceptions import PortalRefusal
from ..tools.parsing import parse_id
from .basket import MAX_REPORT_BYTES
from .document_page import DocumentPage


class InvoiceDispute(DocumentPage):
    """Disputing lines of an invoice, or a sum of it."""

    def _get_portal_disputed_invoice(self, invoice_id):
        """Return an invoice of which the signed-in contact may say that something is wrong, from
        the gate; empty if there is none.

        :rtype: account.move
        """
        contact = self._get_portal_contact()
        try:
            invoice_sudo = self._document_check_access("account.move", invoice_id)
        except (AccessError, MissingError):
            return request.env["account.move"]
        return invoice_sudo if invoice_sudo._portal_may_dispute(contact) else invoice_sudo.browse()

    @route(
        "/my/invoices/<int:invoice_id>/dispute",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_invoice_dispute(self, invoice_id, **kwargs):
        invoice_sudo = self._get_portal_disputed_invoice(invoice_id)
        if not invoice_sudo:
            return self._render_portal_unavailable()
        if invoice_sudo._portal_dispute_obstacle(self._get_portal_contact()):
            return request.redirect(invoice_sudo.access_url)
        return self._render_portal_dispute(invoice_sudo)

    def _render_portal_dispute(self, invoice_sudo, posted=None, marked=(), error=""):
        currency = invoice_sudo.currency_id
        return request.render(
            "customer_portal_plus.portal_dispute",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "invoice",
                "no_breadcrumbs": True,
                "name": invoice_sudo.name,
                "url": invoice_sudo.access_url,
                "left": currency.format(invoice_sudo.amount_residual),
                "lines": [
                    {
                        "id": line.id,
                        "name": line.name or "",
                        "total": currency.format(line.price_total),
                        "marked": line.id in marked,
                        "right": (posted or {}).get(f"right_{line.id}", ""),
                    }
                    for line in invoice_sudo._portal_disputable_lines()
                ],
                "reasons": request.env["customer.portal.dispute"]
                ._fields["reason"]
                ._description_selection(request.env),
                "posted": posted or {},
                "error": error,
            },
            status=422 if error else 200,
        )

    @route(
        "/my/invoices/<int:invoice_id>/dispute/send",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=MAX_REPORT_BYTES,
        portal_files=("file",),
    )
    def portal_invoice_dispute_send(self, invoice_id, **posted):
        invoice_sudo = self._get_portal_disputed_invoice(invoice_id)
        if not invoice_sudo:
            return self._render_portal_unavailable()
        # What names no line is kept as none, so that it is refused.
        marked = [parse_id(one) for one in request.httprequest.form.getlist("line")]
        file = posted.pop("file", None)
        try:
            with request.env.cr.savepoint():
                request.env["customer.portal.dispute"]._portal_claim(
                    self._get_portal_contact(),
                    invoice_sudo,
                    marked,
                    posted.get("reason"),
                    posted.get("words"),
                    right=posted.get("right", ""),
                    total=posted.get("total", ""),
                    rights={line_id: posted.get(f"right_{line_id}", "") for line_id in marked},
                    file=file.read() if getattr(file, "filename", "") else None,
                )
        except UserError as error:
            request.env.invalidate_all()
            return self._render_portal_dispute(invoice_sudo, posted, marked, str(error))
        return request.redirect(f"{invoice_sudo.access_url}?disputed=1", 303)

    def _get_portal_dispute(self, invoice_id, dispute_id):
        """Return a dispute of an invoice that the signed-in contact may dispute, in sudo; empty if
        there is none.

        :rtype: customer.portal.dispute
        """
        invoice_sudo = self._get_portal_disputed_invoice(invoice_id)
        # Sudo: nobody of a customer reads the table; the invoice is the contact's.
        disputes_sudo = request.env["customer.portal.dispute"].sudo()
        if not invoice_sudo:
            return disputes_sudo
        return disputes_sudo.search(
            [("id", "=", parse_id(dispute_id)), ("invoice_id", "=", invoice_sudo.id)]
        )

    @route(
        "/my/invoices/<int:invoice_id>/dispute/<int:dispute_id>/reopen",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_invoice_dispute_reopen(self, invoice_id, dispute_id, words="", **kwargs):
        dispute_sudo = self._get_portal_dispute(invoice_id, dispute_id)
        if not dispute_sudo:
            return self._render_portal_unavailable()
        url = dispute_sudo.invoice_id.access_url
        try:
            with request.env.cr.savepoint():
                dispute_sudo._portal_reopen(self._get_portal_contact(), words)
        except PortalRefusal as refusal:
            return request.redirect(f"{url}?{url_encode({'disputed': refusal.code})}", 303)
        return request.redirect(f"{url}?disputed=1", 303)

    @route(
        "/my/invoices/<int:invoice_id>/dispute/<int:dispute_id>/file",
        type="http",
        auth="user",
        website=True,
        multilang=False,
        methods=["GET"],
        readonly=True,
    )
    def portal_invoice_dispute_file(self, invoice_id, dispute_id, **kwargs):
        """Show the file that came with a dispute to those who may dispute the invoice."""
        dispute_sudo = self._get_portal_dispute(invoice_id, dispute_id)
        if not dispute_sudo.file_id:
            return self._render_portal_unavailable()
        # PDF or picture by its content, and with a name of ours: nothing that a browser would run.
        return request.env["ir.binary"]._get_stream_from(dispute_sudo.file_id).get_response()
