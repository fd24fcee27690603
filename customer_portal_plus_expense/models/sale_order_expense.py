"""From an order to the expenses that are invoiced with it."""

from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _portal_expenses(self):
        """Return the expenses of this order, in sudo; also those that are not on it yet.

        :rtype: hr.expense
        """
        self.ensure_one()
        # Sudo: who may see which of them is asked of them.
        return self.env["hr.expense"].sudo().search([("sale_order_id", "=", self.id)])
