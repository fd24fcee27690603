from werkzeug.urls import url_encode

from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.fields import Domain
from odoo.http import request, route

from .document_page import DocumentPage
from .gate import GUEST_PAGE
from .payment_list import PaymentHistory


class BankTransfer(DocumentPage, PaymentHistory):
    """Where to send a transfer: for one invoice, or for all that was chosen."""

    @route(
        "/my/invoices/<int:invoice_id>/transfer",
        methods=["GET"],
        readonly=True,
        **GUEST_PAGE,
    )
    def portal_my_invoice_transfer(self, invoice_id, access_token=None, **kwargs):
        self._prepare_portal_document_page()
        try:
            invoice_sudo = self._document_check_access("account.move", invoice_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        return self._render_portal_invoice_transfer(invoice_sudo, access_token)

    def _render_portal_invoice_transfer(self, invoice_sudo, access_token, error=""):
        """Render the page with the account for one invoice; for a transfer that was announced, its
        own sum, and the way to take it back.

        :param str access_token: of the link that a guest came by
        """
        url = f"/my/invoices/{invoice_sudo.id}"
        page_url = self._add_portal_token(url, access_token)
        promise_sudo = self._get_portal_promise(invoice_sudo)
        transfer = promise_sudo and promise_sudo._portal_transfer()
        transfer = transfer or invoice_sudo._portal_transfer()
        if not transfer and not promise_sudo:
            return request.redirect(page_url)
        invoices = promise_sudo.invoice_ids or invoice_sudo
        may_report = bool(self._get_portal_visitor()) and self._portal_may_report()
        return self._render_portal_transfer(
            transfer,
            company_name=invoice_sudo.company_id.name,
            names=invoices.mapped("name"),
            res_company=invoice_sudo.company_id,
            back_url=page_url,
            report_url=self._get_portal_report_url(invoices) if may_report else "",
            promised_on=promise_sudo and promise_sudo._portal_started_on(),
            instructions="" if transfer else promise_sudo.provider_id.pending_msg,
            cancel_url=promise_sudo
            and self._may_portal_cancel_promise(invoice_sudo)
            and f"{url}/transfer/cancel",
            cancel_token=access_token or "",
            error=error,
            status=422 if error else 200,
        )

    def _get_portal_report_url(self, invoices):
        """Return where a payment of these invoices is reported.

        :rtype: str
        """
        query = url_encode([("invoice", invoice.id) for invoice in invoices])
        return f"/my/payments/report?{query}"

    def _get_portal_promise(self, invoice_sudo):
        """Return the newest transfer that was announced for an invoice and that the visitor may
        know all of, in sudo: who is signed in one of its customer's payments, a guest one for this
        invoice alone.

        :param account.move invoice_sudo: from the gate
        :rtype: payment.transaction
        """
        # Sudo: nobody of a customer reads the table; the domains are the visitor's.
        Transaction = request.env["payment.transaction"].sudo()
        domain = Domain("invoice_ids", "in", invoice_sudo.ids)
        domain &= Transaction._portal_promised_domain()
        if contact := invoice_sudo._portal_as_contact(self._get_portal_visitor()):
            domain &= Transaction._portal_history_domain(contact, invoice_sudo.company_id)
        promises = Transaction.search(domain, order="id desc")
        return promises.filtered(
            lambda tx: (
                all(not one._portal_refusal(contact) for one in tx.invoice_ids)
                if contact
                else tx.invoice_ids == invoice_sudo and not tx._portal_is_express()
            )
        )[:1]

    def _may_portal_cancel_promise(self, invoice_sudo):
        """Return whether the visitor may take back an announced transfer: as who may pay.

        :rtype: bool
        """
        contact = invoice_sudo._portal_as_contact(self._get_portal_visitor())
        return not (
            request.env.user._is_internal() or invoice_sudo._portal_payment_right_obstacle(contact)
        )

    @route("/my/invoices/<int:invoice_id>/transfer/cancel", methods=["POST"], **GUEST_PAGE)
    def portal_my_invoice_transfer_cancel(self, invoice_id, access_token=None, **kwargs):
        """Take back the transfer that was announced for an invoice."""
        self._prepare_portal_document_page()
        try:
            invoice_sudo = self._document_check_access("account.move", invoice_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my", 303)
        promise_sudo = self._get_portal_promise(invoice_sudo)
        if promise_sudo and self._may_portal_cancel_promise(invoice_sudo):
            try:
                with request.env.cr.savepoint():
                    promise_sudo._portal_cancel_promise(self._get_portal_visitor())
            except ValidationError as error:
                return self._render_portal_invoice_transfer(invoice_sudo, access_token, str(error))
        return request.redirect(
            self._add_portal_token(f"/my/invoices/{invoice_id}", access_token), 303
        )

    @route(
        "/my/pay/<int:basket_id>/transfer",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_my_basket_transfer(self, basket_id, **kwargs):
        basket_sudo = self._get_portal_basket(basket_id)
        transfer = basket_sudo and basket_sudo._portal_transfer()
        if not transfer:
            return request.redirect("/my/pay")
        invoices = basket_sudo.line_ids.invoice_id
        return self._render_portal_transfer(
            transfer,
            company_name=basket_sudo.company_id.name,
            names=invoices.mapped("name"),
            back_url=f"/my/pay/{basket_sudo.id}",
            report_url=self._get_portal_report_url(invoices) if self._portal_may_report() else "",
        )

    def _render_portal_transfer(self, transfer, status=200, **values):
        """Render the page with the account.

        :param dict transfer: see ``res.partner.bank._portal_transfer``; None if there is none, and
            the company tells in its own words where to pay to
        """
        layout = {} if request.env.user._is_public() else self._prepare_portal_layout_values()
        return request.render(
            "customer_portal_plus.portal_bank_transfer",
            {
                **layout,
                "page_name": "basket",
                "no_breadcrumbs": True,
                "transfer": transfer,
                **values,
            },
            status=status,
        )
