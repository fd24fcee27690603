from odoo.addons.customer_portal_plus.controllers.invoice_page import InvoicePage


class InvoiceExpenses(InvoicePage):
    def _invoice_get_page_view_values(self, invoice, access_token, **kwargs):
        """Override to add the expenses that the invoice bills."""
        values = super()._invoice_get_page_view_values(invoice, access_token, **kwargs)
        if invoice._portal_in_scope():
            found = self._get_portal_followable(invoice._portal_expenses())
            values["portal_expenses"] = found.sorted("date")._portal_rows()
        return values
