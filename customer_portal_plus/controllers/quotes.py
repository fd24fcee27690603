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
    def portal_my_quotes(self, filterby=None, **kwargs):
        """Override of `sale`: quotes of all states; those to be answered first, if any."""
        if not request.env.user._portal_allows("portal_show_quotes", "can_see_quotes"):
            return request.redirect("/my")
        Order = request.env["sale.order"]
        filters = Order._portal_filters()
        if filterby not in (*filters, "unread"):
            waiting = self._get_any("sale.order", filters["to_answer"]["domain"])
            filterby = "to_answer" if waiting else "all"
        values = self._prepare_portal_list("sale.order", "/my/quotes", filters, filterby)
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
    def portal_my_orders(self, filterby=None, **kwargs):
        """Override of `sale`: confirmed orders, with how far they are invoiced."""
        if not request.env.user._portal_allows("portal_show_orders", "can_see_quotes"):
            return request.redirect("/my")
        filters = request.env["sale.order"]._portal_order_filters()
        values = self._prepare_portal_list(
            "sale.order", "/my/orders", filters, filterby, Domain("state", "=", "sale")
        )
        values["page_name"] = "order"
        request.session["my_orders_history"] = [row["id"] for row in values["rows"]]
        return request.render("customer_portal_plus.portal_orders", values)

    def _prepare_search_sections(self, text):
        sections = super()._prepare_search_sections(text)
        user = request.env.user
        ordered = Domain("state", "=", "sale")
        if user._portal_allows("portal_show_quotes", "can_see_quotes"):
            found = self._search_documents("sale.order", "/my/quotes", text, ~ordered)
            sections.append({"key": "quotes", "label": request.env._("Quotes"), **found})
        if user._portal_allows("portal_show_orders", "can_see_quotes"):
            found = self._search_documents("sale.order", "/my/orders", text, ordered)
            sections.append({"key": "orders", "label": request.env._("Orders"), **found})
        return sections
