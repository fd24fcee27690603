from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _portal_push_new(self):
        """Override: by what it is."""
        if self.state == "sale":
            return self.env._("New order")
        return self.env._("New quote")
