"""The customer's own order number, and its file, that an acceptance carries."""

from odoo import models

from ...tools.file_types import proof_type
from .sale_order_signature import MAX_ORDER_REF_LENGTH

MAX_ORDER_FILE_BYTES = 10 * 1024 * 1024


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _portal_requires_order_ref(self):
        """Return whether this customer's orders need a number of its own.

        :rtype: bool
        """
        self.ensure_one()
        return self.sudo().portal_commercial_partner_id.portal_require_order_ref

    def _portal_take_order_ref(self, posted):
        """Write the customer's own order number and file on this quote, as far as it gave them.

        :param dict posted: ``order_ref`` and ``order_file``, as a form sent them
        :return: the number, empty if there is none
        :rtype: str
        :raise PortalRefusal: if it is compulsory and missing, too long, or the file won't do
        """
        self.ensure_one()
        order = self.sudo()  # The contact acts through this method alone.
        number = " ".join(str(posted.get("order_ref") or "").split())
        if len(number) > MAX_ORDER_REF_LENGTH:
            order._portal_refuse("long_order_ref")
        if not number and not order.client_order_ref and order._portal_requires_order_ref():
            order._portal_refuse("no_order_ref")
        file = posted.get("order_file")
        content = file.read() if hasattr(file, "read") else b""
        if content:
            if len(content) > MAX_ORDER_FILE_BYTES:
                order._portal_refuse("big_order_file")
            media_type = proof_type(content)
            if not media_type:
                order._portal_refuse("bad_order_file")
            extension = media_type.rpartition("/")[2]
            order.env["ir.attachment"].create(
                {
                    "name": order.env._("Order of the customer.%s", extension),
                    "raw": content,
                    "mimetype": media_type,
                    "res_model": order._name,
                    "res_id": order.id,
                }
            )
        if number and number != order.client_order_ref:
            order.client_order_ref = number
        return number or order.client_order_ref or ""
