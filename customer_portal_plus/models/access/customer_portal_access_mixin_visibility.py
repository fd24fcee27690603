"""Staff show documents in the portal, and hide them."""

from odoo import api, models

from ...tools.actions import notice_action


class CustomerPortalAccessMixin(models.AbstractModel):
    _inherit = "customer.portal.access.mixin"

    def action_portal_show(self):
        """Let customers see the selected documents; those that aren't customers' stay as is."""
        return self._portal_set_visible(True)

    def action_portal_hide(self):
        """Keep the selected documents from customers."""
        return self._portal_set_visible(False)

    def _portal_set_visible(self, visible):
        self.check_access("write")
        documents = self.filtered_domain(self._portal_scope_domain())
        documents.portal_visible = visible
        if visible:
            message = self.env._("Documents shown in the portal: %s", len(documents))
        else:
            message = self.env._("Documents hidden in the portal: %s", len(documents))
        return self._portal_notify(message)

    @api.model
    def _portal_notify(self, message):
        """Return the action that tells staff what a bulk action did, and reloads the list.

        :param str message: what was done
        :rtype: dict
        """
        reload = {"type": "ir.actions.client", "tag": "soft_reload"}
        return notice_action(message, "success", next=reload)

    def _portal_log_visibility(self):
        events = self.env["customer.portal.event"]
        for document in self:
            env = events._company_words(document.company_id)
            shown = document.portal_visible
            detail = env._("Shown in the portal") if shown else env._("Hidden in the portal")
            events._log("rights", record=document, contact=self.env["res.partner"], detail=detail)
