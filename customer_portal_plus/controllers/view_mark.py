from odoo.http import request, route

from odoo.addons.account_payment.controllers.portal import PortalAccount
from odoo.addons.sale_management.controllers.portal import CustomerPortal as SalePortal

from .documents import Documents


def _note_download(response, model_name, document_id):
    """Note a download if ``response`` is a file.

    :param response: what is answered
    :param str model_name: model of the document
    :param int document_id: its number
    :return: ``response``
    """
    is_file = getattr(response, "mimetype", "text/html") not in ("text/html", "text/plain")
    if response.status_code == 200 and is_file and request.httprequest.method == "GET":
        request.env["customer.portal.event"]._log_document("download", model_name, document_id)
    return response


class PortalBeacon(PortalAccount):
    """Views and downloads of documents, for the log.

    A view is told by the page itself, some seconds after it was shown: by then it is known
    whether somebody looked at it, and the page is served without a write.
    """

    @route(
        "/my/beacon", type="http", auth="public", methods=["POST"], csrf=False, save_session=False,
        sitemap=False,
    )  # fmt: skip
    def portal_beacon(self, token="", seconds="0", moved="", automated="", **kwargs):
        """Note that a page was shown.

        The token is signed and names document and contact, so there is nothing to forge: no
        CSRF token is needed, and the answer is always the same.
        """
        try:
            seconds = min(max(float(seconds), 0.0), 86400.0)
        except ValueError:
            seconds = 0.0
        request.env["customer.portal.event"]._log_beacon(
            str(token), seconds=seconds, moved=moved == "1", automated=automated == "1"
        )
        return request.make_response("", status=204)

    def _get_page_view_values(self, document, access_token, values, *args, **kwargs):
        """Override of `portal` to give pages of documents their beacon."""
        values = super()._get_page_view_values(document, access_token, values, *args, **kwargs)
        values["portal_beacon"] = request.env["customer.portal.event"]._page_token(document)
        return values

    @route()
    def portal_my_invoice_detail(self, invoice_id, **kwargs):
        """Override of `account` to note downloads."""
        response = super().portal_my_invoice_detail(invoice_id, **kwargs)
        return _note_download(response, "account.move", invoice_id)


class QuoteBeacon(SalePortal):
    """The downloads of quotes. A class of its own: one that had both parents would come before
    the page of quotes, which answers with a PDF without asking further."""

    @route()
    def portal_order_page(self, order_id, **kwargs):
        """Override of `sale` to note downloads."""
        response = super().portal_order_page(order_id, **kwargs)
        return _note_download(response, "sale.order", order_id)

    @route()
    def portal_quote_document(self, order_id, document_id, access_token=None):
        """Override of `sale` to note downloads."""
        response = super().portal_quote_document(order_id, document_id, access_token)
        return _note_download(response, "sale.order", order_id)


class DocumentBeacon(Documents):
    @route()
    def portal_my_document_file(self, document_id, **kwargs):
        """Override to note downloads."""
        response = super().portal_my_document_file(document_id, **kwargs)
        return _note_download(response, "customer.portal.document", document_id)
