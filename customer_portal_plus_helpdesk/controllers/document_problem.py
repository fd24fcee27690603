"""From the page of a document: report a problem."""

from odoo.http import request

from odoo.addons.customer_portal_plus.controllers.invoice_page import InvoicePage
from odoo.addons.customer_portal_plus.controllers.quote_page import QuotePage

from .tickets import Tickets


class DocumentProblem(InvoicePage, QuotePage, Tickets):
    def _get_portal_problem_url(self, kind, document_sudo):
        """Return where a problem of a document is reported; empty if that is nothing for the
        visitor: guests sign in first.

        :param str kind: a key of ``controllers.messages.ABOUT``
        :param models.Model document_sudo: from the gate
        :rtype: str
        """
        company = document_sudo.company_id
        contact = document_sudo._portal_as_contact(self._get_portal_contact())
        if (
            not request.env.user.share
            or request.env.user._is_public()
            or not contact
            or not company.portal_show_tickets
            or not company.portal_allow_ticket_reports
            or not self._portal_may_open_tickets()
        ):
            return ""
        return f"/my/tickets/new?about={kind}-{document_sudo.id}"

    def _invoice_get_page_view_values(self, invoice, access_token, **kwargs):
        """Override to add where a problem is reported."""
        values = super()._invoice_get_page_view_values(invoice, access_token, **kwargs)
        if invoice._portal_in_scope():
            values["portal_problem_url"] = self._get_portal_problem_url("invoice", invoice)
        return values

    def _prepare_portal_quote_page_values(self, order_sudo, values):
        """Override to add where a problem is reported."""
        return {
            **super()._prepare_portal_quote_page_values(order_sudo, values),
            "portal_problem_url": self._get_portal_problem_url("order", order_sudo),
        }
