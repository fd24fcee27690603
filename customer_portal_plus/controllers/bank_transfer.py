from werkzeug.urls import url_encode

from odoo.exceptions import AccessError, MissingError
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
        try:
            invoice_sudo = self._document_check_access("account.move", invoice_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        query = f"?{url_encode({'access_token': access_token})}" if access_token else ""
        page_url = f"/my/invoices/{invoice_id}{query}"
        transfer = invoice_sudo._portal_transfer()
        if not transfer:
            return request.redirect(page_url)
        may_report = bool(self._get_portal_visitor()) and self._portal_may_report()
        return self._render_transfer(
            transfer,
            company_name=invoice_sudo.company_id.name,
            names=[invoice_sudo.name],
            res_company=invoice_sudo.company_id,
            back_url=page_url,
            report_url=f"/my/payments/report?invoice={invoice_id}" if may_report else "",
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
        basket_sudo = self._get_basket(basket_id)
        transfer = basket_sudo and basket_sudo._portal_transfer()
        if not transfer:
            return request.redirect("/my/pay")
        invoices = basket_sudo.line_ids.invoice_id
        report_url = "/my/payments/report?" + url_encode(
            [("invoice", invoice.id) for invoice in invoices]
        )
        return self._render_transfer(
            transfer,
            company_name=basket_sudo.company_id.name,
            names=invoices.mapped("name"),
            back_url=f"/my/pay/{basket_sudo.id}",
            report_url=report_url if self._portal_may_report() else "",
        )

    def _render_transfer(self, transfer, **values):
        """Render the page with the account.

        :param dict transfer: see ``res.partner.bank._portal_transfer``
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
        )
