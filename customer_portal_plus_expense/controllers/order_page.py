from odoo.addons.customer_portal_plus.controllers.quote_page import QuotePage


class OrderExpenses(QuotePage):
    def _prepare_portal_quote_page_values(self, order_sudo, values):
        """Override to add the expenses of the order."""
        found = self._get_portal_followable(order_sudo._portal_expenses())
        return {
            **super()._prepare_portal_quote_page_values(order_sudo, values),
            "portal_expenses": found.sorted("date")._portal_rows(),
        }
