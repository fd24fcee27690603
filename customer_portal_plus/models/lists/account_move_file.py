"""The list of invoices as a file."""

from odoo import api, models


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.model
    def _portal_columns(self, key):
        _ = self.env._
        return [
            ["name", _("Number"), "text"],
            ["type", _("Type"), "text"],
            ["date", _("Date"), "date"],
            ["due_date", _("Due date"), "date"],
            ["ref", _("Reference"), "text"],
            ["state_label", _("Status"), "text"],
            ["base", _("Tax base"), "money"],
            ["tax", _("Tax"), "money"],
            ["total", _("Total"), "money"],
            ["remaining", _("Still to pay"), "money"],
            ["currency", _("Currency"), "text"],
        ]

    def _portal_file_rows(self):
        """Override to add ``base`` and ``tax``."""
        types = {"invoice": self.env._("Invoice"), "credit_note": self.env._("Credit note")}
        rows = self._portal_rows()
        for move, row in zip(self, rows, strict=True):
            is_credit_note = row["type"] == "credit_note"
            sign = -1 if is_credit_note else 1
            row["base"], row["tax"] = sign * move.amount_untaxed, sign * move.amount_tax
            row["type"] = types[row["type"]]
            if is_credit_note:
                row["due_date"] = None  # It is not to be paid.
        return rows
