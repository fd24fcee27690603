from werkzeug.exceptions import NotFound

from odoo.exceptions import AccessError
from odoo.http import request, route

from odoo.addons.portal.controllers.portal_thread import PortalChatter


class DocumentChatter(PortalChatter):
    """The chatter of a document's page for who is signed in."""

    @route()
    def portal_message_fetch(self, thread_model, thread_id, fetch_params=None, **kw):
        """Override of `portal`: the page's chatter token is for writing. Who is signed in reads
        with its own rights; core would take the token for the document's."""
        Thread = request.env[thread_model]
        if isinstance(Thread, request.env.registry["customer.portal.mixin"]):
            try:
                document = Thread._portal_find(thread_id)
                contact = document._portal_asker()
                if contact:
                    document._portal_check_gates(contact)
                    kw.pop("token", None)
            except AccessError as error:
                if kw.get("token"):
                    raise NotFound from error  # as core answers to a wrong token
        return super().portal_message_fetch(thread_model, thread_id, fetch_params, **kw)
