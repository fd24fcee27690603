"""One search over everything that the contact may see."""

from odoo.http import request, route

from ..models.lists.customer_portal_access_mixin_search import read_search
from .portal_page import PortalPage


class PortalSearch(PortalPage):
    @route("/my/search", type="http", auth="user", website=True, methods=["GET"], readonly=True)
    def portal_my_search(self, search="", **kwargs):
        """Show what is found, page family by page family; each leads on to its list."""
        text = read_search(search)
        return request.render(
            "customer_portal_plus.portal_search",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "search",
                "no_breadcrumbs": True,
                "portal_search_text": text,
                "sections": [
                    section
                    for section in self._prepare_portal_search_sections(text)
                    if section["rows"]
                ]
                if text
                else [],
            },
        )
