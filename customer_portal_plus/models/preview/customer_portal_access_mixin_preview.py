from odoo import models


class CustomerPortalAccessMixin(models.AbstractModel):
    _inherit = "customer.portal.access.mixin"

    def action_portal_preview(self):
        """See this document in the portal as the customer it is addressed to.

        :return: an action that opens it
        :rtype: dict
        :raise AccessError: if the current user may not
        """
        self.ensure_one()
        self.check_access("read")
        return self.env["customer.portal.preview"]._start(self.partner_id, record=self)
