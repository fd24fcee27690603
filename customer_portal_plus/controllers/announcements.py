from odoo.http import request, route

from .portal_page import PortalPage


class Announcements(PortalPage):
    """What the company tells its customers on their home page, until they have read it."""

    @route(
        "/my/announcements/<int:announcement_id>/close",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_announcement_close(self, announcement_id, **kwargs):
        closed = request.env["customer.portal.announcement"]._portal_close(
            announcement_id, request.env.user
        )
        if not closed:
            return self._render_portal_unavailable()
        return request.redirect("/my")
