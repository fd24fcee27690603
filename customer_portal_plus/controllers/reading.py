from odoo.http import request, route

from odoo.addons.portal.controllers.portal_thread import PortalChatter


class ReadingChatter(PortalChatter):
    @route()
    def portal_message_fetch(self, thread_model, thread_id, fetch_params=None, **kw):
        """Override of `portal` to note what a contact has read."""
        result = super().portal_message_fetch(thread_model, thread_id, fetch_params, **kw)
        # Staff who look at the portal as a contact read nothing in its place.
        if request.env.user._is_portal() and not getattr(request, "portal_preview", None):
            request.env["customer.portal.access.mixin"]._portal_mark_thread_read(
                thread_model, thread_id
            )
        return result
