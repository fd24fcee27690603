from odoo import api, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    def _portal_delivery_switch(self):
        return "portal_show_quotes"

    def _portal_delivery(self):
        """Override: a pro-forma invoice is no document of the portal."""
        return "both" if self.env.context.get("proforma") else super()._portal_delivery()

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Override of `sale`: see ``_portal_hide_buttons``."""
        groups = super()._notify_get_recipients_groups(message, model_description, msg_vals)
        return self._portal_hide_buttons(groups) if self else groups
