"""From an invoice to the orders that it bills."""

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _portal_orders(self):
        """Return the orders of which this document bills something, or a part paid ahead, in sudo.

        :rtype: sale.order
        """
        self.ensure_one()
        # Sudo: who may see which of them is asked of them, not of the lines between.
        return self.sudo().line_ids.sale_line_ids.order_id
