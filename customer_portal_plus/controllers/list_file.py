from odoo.http import request, route

from .portal_page import PortalPage


class ListFiles(PortalPage):
    """Lists as tables for spreadsheets: all that a list has under its filters, on all pages."""

    @route(
        "/my/<string:key>/export.<any(xlsx,csv):extension>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_my_list_export(self, key, extension, **kwargs):
        portal_list = self._get_portal_lists().get(key)
        asked = portal_list and portal_list["read"]()
        if not asked:
            return self._render_portal_unavailable()
        # A preview has its user, and so all that is read, in its own transaction alone.
        apart = extension == "csv" and not getattr(request, "portal_preview", None)
        sheet = asked["documents"]._portal_sheet(
            key,
            portal_list["label"],
            asked["shown"],
            asked["order"],
            asked["gates"],
            apart=apart,
        )
        label = portal_list["label"]
        return self._answer_portal_with_table(
            extension, [sheet], label, label.lower(), streamed=apart
        )
