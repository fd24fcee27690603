from odoo import models


class CustomerPortalAccessMixin(models.AbstractModel):
    _inherit = "customer.portal.access.mixin"

    def _portal_has_own_look(self):
        self.ensure_one()
        return self._portal_in_scope()
