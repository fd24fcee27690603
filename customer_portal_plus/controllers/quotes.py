from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.sale.controllers.portal import CustomerPortal as SalePortal

from .portal_page import PortalPage, reads_only


class PortalQuotes(PortalPage, SalePortal):
    @route(
        ["/my/quotes", "/my/quotes/page/<page>"],
        type="http",
        auth="user",
        website=True,
        readonly=reads_only,
    )
    def portal_my_quotes(self, **kwargs):
        """Override of `sale`: quotes of all states; those to be answered first, if any."""
        asked = self._read_portal_quote_list()
        if not asked:
            return self._render_portal_unavailable()
        values = self._show_portal_list(asked)
        values["page_name"] = "quote"
        request.session["my_quotations_history"] = [row["id"] for row in values["rows"]]
        return request.render("customer_portal_plus.portal_quotes", values)

    @route(
        ["/my/orders", "/my/orders/page/<page>"],
        type="http",
        auth="user",
        website=True,
        readonly=reads_only,
    )
    def portal_my_orders(self, **kwargs):
        """Override of `sale`: confirmed orders, with how far they are invoiced."""
        asked = self._read_portal_order_list()
        if not asked:
            return self._render_portal_unavailable()
        values = self._show_portal_list(asked)
        values["page_name"] = "order"
        request.session["my_orders_history"] = [row["id"] for row in values["rows"]]
        return request.render("customer_portal_plus.portal_orders", values)

    def _get_portal_lists(self):
        return {
            **super()._get_portal_lists(),
            "quotes": {"label": request.env._("Quotes"), "read": self._read_portal_quote_list},
            "orders": {"label": request.env._("Orders"), "read": self._read_portal_order_list},
        }

    def _read_portal_quote_list(self):
        """Return which quotes are asked for, see ``_read_portal_list``; None if the contact may
        see none.

        :rtype: dict | None
        """
        if not request.env.user._portal_allows("portal_show_quotes", "can_see_quotes"):
            return None
        filters = request.env["sale.order"]._portal_filters()
        filterby = request.params.get("filterby")
        if filterby not in (*filters, "unread"):
            waiting = self._get_portal_any(
                "sale.order", filters["to_answer"]["domain"], "date_order desc, id desc"
            )
            filterby = "to_answer" if waiting else "all"
        return self._read_portal_list("sale.order", "/my/quotes", filters, filterby)

    def _read_portal_order_list(self):
        """Return which orders are asked for, as ``_read_portal_quote_list`` does.

        :rtype: dict | None
        """
        if not request.env.user._portal_allows("portal_show_orders", "can_see_quotes"):
            return None
        return self._read_portal_list(
            "sale.order",
            "/my/orders",
            request.env["sale.order"]._portal_order_filters(),
            request.params.get("filterby"),
            Domain("state", "=", "sale"),
        )

    def _prepare_portal_search_sections(self, text):
        sections = super()._prepare_portal_search_sections(text)
        user = request.env.user
        ordered = Domain("state", "=", "sale")
        if user._portal_allows("portal_show_quotes", "can_see_quotes"):
            found = self._search_portal_documents("sale.order", "/my/quotes", text, ~ordered)
            sections.append({"key": "quotes", "label": request.env._("Quotes"), **found})
        if user._portal_allows("portal_show_orders", "can_see_quotes"):
            found = self._search_portal_documents("sale.order", "/my/orders", text, ordered)
            sections.append({"key": "orders", "label": request.env._("Orders"), **found})
        return sections
