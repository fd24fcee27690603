from odoo.http import request

from odoo.addons.customer_portal_plus.controllers.invoice_page import InvoicePage


class InvoiceEinvoice(InvoicePage):
    def _get_portal_invoice_notice(self, invoice, asked):
        """Override to tell what became of an answer."""
        outcome = asked.get("einvoice")
        if outcome == "done":
            text = request.env._("Thank you. We have your answer.")
            return {"tone": "success", "text": text}
        texts = request.env["customer.portal.einvoice.duty"]._portal_obstacle_texts()
        if text := texts.get(outcome):
            return {"tone": "warning", "text": request.env._("Nothing was sent. %s", text)}
        return super()._get_portal_invoice_notice(invoice, asked)

    def _invoice_get_page_view_values(self, invoice, access_token, **kwargs):
        """Override to add what the law expects."""
        values = super()._invoice_get_page_view_values(invoice, access_token, **kwargs)
        if invoice._portal_in_scope():
            values["portal_einvoice"] = invoice._portal_einvoice_values(self._get_portal_visitor())
        return values
