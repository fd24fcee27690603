from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _portal_conversation_title(self):
        order_sudo = self.sudo()  # Asked for whom the document is to see.
        kind = self.env._("Order") if order_sudo.state == "sale" else self.env._("Quote")
        return f"{kind} {order_sudo.name}"
