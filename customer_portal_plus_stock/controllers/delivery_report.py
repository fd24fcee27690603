"""Odoo's own addresses of delivery notes: the gates are asked there, too."""

from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request, route

from odoo.addons.customer_portal_plus.controllers.document_page import DocumentPage
from odoo.addons.customer_portal_plus.tools import printer
from odoo.addons.customer_portal_plus.tools.parsing import is_token
from odoo.addons.sale_stock.controllers.portal import SaleStockPortal

MODEL = "stock.picking"


class DeliveryReport(DocumentPage, SaleStockPortal):
    def _stock_picking_check_access(self, picking_id, access_token=None):
        """Override of `sale_stock` to ask the four gates, also of those who hold the link of the
        order, which opens a delivery only as long as it opens the order.

        :raise AccessError: if a gate is shut, in the same words if there is no such delivery
        """
        if request.env.user._is_internal():
            return super()._stock_picking_check_access(picking_id, access_token)
        delivery = request.env[MODEL]._portal_find(picking_id)
        contact = delivery._get_access_contact()
        delivery._portal_check_gates(contact)
        if contact and delivery._portal_in_scope():
            return self._document_check_access(MODEL, picking_id)
        # Core compares tokens of any kind, also with one that was never made.
        token = access_token if is_token(access_token) else None
        if token and not delivery._portal_opened_by_order():
            raise delivery._portal_make_refusal()
        return super()._stock_picking_check_access(picking_id, token)

    @route()
    def portal_my_picking_report(self, picking_id, access_token=None, **kw):
        """Override of `sale_stock`: also where core can't print it."""
        try:
            delivery_sudo = self._stock_picking_check_access(picking_id, access_token)
        except (AccessError, MissingError):
            return request.not_found()
        if not delivery_sudo._portal_in_scope():
            return super().portal_my_picking_report(picking_id, access_token=access_token, **kw)
        response = self._make_portal_file_response(
            delivery_sudo._portal_paper_name(), delivery_sudo._portal_paper(), shown=True
        )
        return self._note_portal_download(response, MODEL, picking_id)

    @route()
    def portal_my_picking_return_report(self, picking_id, access_token=None, **kw):
        """Override of `sale_stock`: where nothing can be printed, there is no label."""
        try:
            self._stock_picking_check_access(picking_id, access_token)
        except (AccessError, MissingError):
            return request.not_found()
        if printer.printer_state() == printer.MISSING:
            return request.not_found()
        response = super().portal_my_picking_return_report(
            picking_id, access_token=access_token, **kw
        )
        response.headers["Content-Disposition"] = content_disposition("return.pdf", "inline")
        return self._note_portal_download(response, MODEL, picking_id)
