"""What browsers are told of documents."""

from odoo import models

from .customer_portal_access_mixin_delivery import CARRIES_DOCUMENT


class CustomerPortalAccessMixin(models.AbstractModel):
    _inherit = "customer.portal.access.mixin"

    def _portal_push_company(self):
        """Override: the document's own."""
        return self.sudo().company_id

    def _portal_push_notice(self, message, contact):
        """Override: a document is new, or something was written on it."""
        title = self._portal_push_title(message)
        if not title or not self._portal_in_scope() or self._portal_refusal(contact):
            return None
        return title, self.sudo().access_url

    def _portal_push_title(self, message):
        kind = self.env.context.get("portal_mail_kind", "message")
        if self.env.context.get(CARRIES_DOCUMENT) or kind in ("document", "signature"):
            return self._portal_push_new()
        if kind == "message" and self._portal_is_conversation(message):
            return self.env._("New message")
        return ""

    def _portal_push_new(self):
        """Return what is said of a document that is new.

        For a model to name its documents, it must override this method.

        :rtype: str
        """
        return self.env._("New document")
