"""The list of payments as a file."""

from odoo import api, models


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["customer.portal.file.mixin", "account.payment"]

    @api.model
    def _portal_columns(self, key):
        _ = self.env._
        return [
            ["date", _("Date"), "date"],
            ["name", _("Number"), "text"],
            ["method", _("Method"), "text"],
            ["amount", _("Amount"), "money"],
            ["currency", _("Currency"), "text"],
            ["state", _("Status"), "text"],
            ["invoices", _("Invoices"), "text"],
        ]

    def _portal_file_rows(self):
        """Override: as in the list, of the contact who asks."""
        rows = self._portal_history_rows(self.env.user.partner_id)
        for row in rows:
            row["invoices"] = ", ".join(name for name, _url in row["invoices"])
        return rows
