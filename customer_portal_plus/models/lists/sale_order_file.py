"""The lists of quotes and orders as files."""

from odoo import api, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    def _portal_columns(self, key):
        _ = self.env._
        more = [["valid_until", _("Valid until"), "date"]] if key == "quotes" else []
        if key == "orders" and "delivery_status" in self._fields:
            more = [["delivery_label", _("Delivery"), "text"]]
        return [
            ["name", _("Number"), "text"],
            ["date", _("Date"), "date"],
            ["ref", _("Reference"), "text"],
            ["state_label", _("Status"), "text"],
            *more,
            ["base", _("Tax base"), "money"],
            ["tax", _("Tax"), "money"],
            ["total", _("Total"), "money"],
            ["currency", _("Currency"), "text"],
        ]

    def _portal_file_rows(self):
        """Override to add ``base`` and ``tax``."""
        rows = self._portal_rows()
        for order, row in zip(self, rows, strict=True):
            row["base"], row["tax"] = order.amount_untaxed, order.amount_tax
        return rows
