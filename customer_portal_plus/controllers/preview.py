from odoo.http import Controller, request, route

from ..models.preview.customer_portal_preview import SESSION_KEY


class PortalPreview(Controller):
    @route(
        "/my/preview/leave", type="http", auth="user", methods=["POST"], website=True, sitemap=False
    )
    def portal_preview_leave(self, **kwargs):
        """End the preview and go back to the record that it began with."""
        flag = request.session.pop(SESSION_KEY, None) or {}
        response = request.redirect(flag.get("back", "/odoo"))
        if flag:
            # The preview was in the contact's language; the browser is the one of staff.
            response.set_cookie("frontend_lang", flag["staff_lang"] or request.env.lang)
        return response
