"""From an invoice to the expenses that it bills."""

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _portal_expenses(self):
        """Return the expenses that this document bills, in sudo.

        :rtype: hr.expense
        """
        self.ensure_one()
        # Sudo: who may see which of them is asked of them, not of the lines between.
        return self.sudo().line_ids.sale_line_ids.expense_ids
