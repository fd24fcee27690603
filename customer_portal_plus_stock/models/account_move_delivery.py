"""From an invoice to what was shipped of its orders."""

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _portal_pickings(self):
        """Return the deliveries and returns of what this document bills, in sudo.

        :rtype: stock.picking
        """
        self.ensure_one()
        # Sudo: who may see which of them is asked of them, not of the lines between.
        return self.sudo().line_ids.sale_line_ids.move_ids.picking_id
