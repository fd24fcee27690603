from odoo import models


class CustomerPortalAccessMixin(models.AbstractModel):
    _inherit = "customer.portal.access.mixin"

    def _portal_has_own_look(self):
        self.ensure_one()
        return self._portal_in_scope()

    def _portal_mail_subject(self):
        """Override: the document, and until when it is to be paid or answered."""
        self.ensure_one()
        if not self._portal_has_own_look():
            return ""
        note = self._portal_mail_summary().get("note")
        return self._portal_join_subject(self._portal_conversation_title(), note)
