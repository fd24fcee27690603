from werkzeug.exceptions import NotFound

from odoo.exceptions import AccessError
from odoo.http import request, route

from odoo.addons.portal.controllers.portal_thread import PortalChatter
from odoo.addons.portal.controllers.thread import PortalThreadController


class DocumentChatter(PortalChatter):
    """The chatter of a document's page for who is signed in, or came by a personal link."""

    @route()
    def portal_message_fetch(self, thread_model, thread_id, fetch_params=None, **kw):
        """Override of `portal`: the page's chatter token is for writing. Who is signed in reads
        with its own rights; core would take the token for the document's. What a contact has read
        is noted."""
        if not isinstance(thread_model, str) or thread_model not in request.env:
            raise NotFound
        Thread = request.env[thread_model]
        if isinstance(Thread, request.env.registry["customer.portal.access.mixin"]):
            try:
                document = Thread._portal_find(thread_id)
                contact = document._get_access_contact()
                link = document._portal_personal_link()
                if contact or link:
                    document._portal_check_gates(contact)
                    kw.pop("token", None)
                    if link:
                        # Without a user there are no rights to read with: have core ask the
                        # gates, as it does for any token. The document's own stays here.
                        document._portal_have_token()
                        kw["token"] = "link"
            except AccessError as error:
                if kw.get("token"):
                    raise NotFound from error  # as core answers to a wrong token
        result = super().portal_message_fetch(thread_model, thread_id, fetch_params, **kw)
        # Staff who look at the portal as a contact read nothing in its place.
        if request.env.user._is_portal() and not getattr(request, "portal_preview", None):
            request.env["customer.portal.access.mixin"]._portal_mark_thread_read(
                thread_model, thread_id
            )
        return result


class DocumentThread(PortalThreadController):
    """Writing on a document that a personal link opened."""

    def _prepare_message_data(self, post_data, *, thread, **kwargs):
        """Override of `portal`: who writes with a personal link writes as its contact."""
        behind_gates = isinstance(thread, request.env.registry["customer.portal.access.mixin"])
        link = thread._portal_personal_link() if behind_gates and thread else None
        if link:
            # Core compares the page's token with the document's own.
            thread._portal_have_token()
        post_data = super()._prepare_message_data(post_data, thread=thread, **kwargs)
        if link and kwargs.get("from_create"):
            post_data["author_id"] = link.partner_id.id
        return post_data
