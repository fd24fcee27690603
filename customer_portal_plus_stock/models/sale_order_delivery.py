"""Orders in the words of their customer: being prepared, shipped in part, shipped."""

from odoo import api, models
from odoo.fields import Domain

# Of an order of which nothing is invoiced yet, by how far it is delivered.
STATES = {
    "pending": "preparing",
    "started": "preparing",
    "partial": "partly_shipped",
    "full": "shipped",
}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _portal_delivery_state(self):
        """Return how far this order is delivered, if its company shows that.

        :return: ``preparing``, ``partly_shipped`` or ``shipped``; empty if nothing is to be
            delivered
        :rtype: str
        """
        self.ensure_one()
        order_sudo = self.sudo()  # Customers read few columns of their orders.
        if order_sudo.state != "sale" or not order_sudo.company_id.portal_show_deliveries:
            return ""
        return STATES.get(order_sudo.delivery_status, "")

    def _portal_state(self, has_invoice=None):
        """Override: what is not invoiced yet is told apart by how far it is delivered."""
        state = super()._portal_state(has_invoice)
        return (self._portal_delivery_state() or state) if state == "confirmed" else state

    @api.model
    def _portal_state_labels(self):
        return {
            **super()._portal_state_labels(),
            "preparing": self.env._("Being prepared"),
            "partly_shipped": self.env._("Shipped in part"),
            "shipped": self.env._("All shipped"),
        }

    @api.model
    def _portal_state_tones(self):
        return {
            **super()._portal_state_tones(),
            "preparing": "info",
            "partly_shipped": "info",
            "shipped": "good",
        }

    @api.model
    def _portal_order_filters(self):
        """Override: also what is still to come."""
        filters = super()._portal_order_filters()
        waiting = Domain("delivery_status", "in", ("pending", "started", "partial")) & Domain(
            "company_id.portal_show_deliveries", "=", True
        )
        return {
            "all": filters.pop("all"),
            "to_come": {"label": self.env._("To come"), "domain": waiting},
            **filters,
        }

    def _portal_delivery_label(self):
        """Override: in the customer's words."""
        state = self._portal_delivery_state()
        return self._portal_state_labels()[state] if state else ""

    def _portal_rows(self):
        """Override: what the state says already is not said once more."""
        rows = super()._portal_rows()
        for row in rows:
            if row["delivery_label"] == row["state_label"]:
                row["delivery_label"] = ""
        return rows
