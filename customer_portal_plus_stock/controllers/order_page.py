from odoo.exceptions import AccessError, MissingError
from odoo.http import request, route

from odoo.addons.customer_portal_plus.controllers.quote_page import QuotePage
from odoo.addons.customer_portal_plus.exceptions import PortalRefusal

NOTICE = "portal_again_notice"


class OrderDeliveries(QuotePage):
    def _prepare_portal_quote_page_values(self, order_sudo, values):
        """Override to add what is delivered, what is still to come, and ordering again."""
        found = self._get_portal_order_deliveries(order_sudo)
        followable = self._get_portal_followable(found)
        token = values.get("access_token")
        rows = found._portal_rows()
        for delivery_sudo, row in zip(found, rows, strict=True):
            if delivery_sudo not in followable:
                # The order's link opens Odoo's own address of the paper; a personal one nothing.
                url = f"/my/picking/pdf/{delivery_sudo.id}"
                row["url"] = self._add_portal_token(url, token) if token else ""
        contact = self._get_portal_contact()
        obstacle = order_sudo._portal_again_obstacle(contact)
        return {
            **super()._prepare_portal_quote_page_values(order_sudo, values),
            "portal_deliveries": sorted(rows, key=lambda row: row["date"], reverse=True),
            "portal_to_come": found._portal_to_come(),
            "portal_again": {
                "can": not obstacle,
                "waiting": obstacle == "waiting" and order_sudo._portal_again_texts()["waiting"],
                "notice": self._pop_portal_again_notice(order_sudo),
            },
        }

    def _get_portal_order_deliveries(self, order_sudo):
        """Return the deliveries and returns of an order that its visitor may know of, in sudo.

        :rtype: stock.picking
        """
        visitor = self._get_portal_visitor()
        contact = order_sudo._portal_as_contact(visitor)
        return order_sudo.picking_ids.filtered(
            lambda delivery: delivery._portal_in_scope() and not delivery._portal_refusal(contact)
        )

    @route(
        "/my/orders/<int:order_id>/again",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_order_again(self, order_id, **kwargs):
        """Ask for what an order had once more, at today's prices."""
        try:
            order_sudo = self._document_check_access("sale.order", order_id)
        except (AccessError, MissingError):
            return request.redirect("/my", 303)
        error = ""
        try:
            with request.env.cr.savepoint():
                order_sudo._portal_order_again(self._get_portal_contact())
        except PortalRefusal as refusal:
            request.env.invalidate_all()
            error = str(refusal)
        request.session[NOTICE] = {"order_id": order_id, "error": error}
        return request.redirect(order_sudo.access_url, 303)

    def _pop_portal_again_notice(self, order_sudo):
        """Return what to say once about what was just asked for, as tone and words.

        :rtype: dict[str, str] | None
        """
        notice = request.session.get(NOTICE)
        if not notice or notice.get("order_id") != order_sudo.id:
            return None
        request.session.pop(NOTICE)
        if notice["error"]:
            return {"tone": "warning", "text": notice["error"]}
        text = request.env._(
            "Thank you. We make you a quote with the same lines at today's prices, and send it."
        )
        return {"tone": "success", "text": text}
