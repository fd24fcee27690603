from odoo.exceptions import AccessError, MissingError
from odoo.http import request, route

from ..exceptions import PortalRefusal
from .document_page import DocumentPage


class Questions(DocumentPage):
    """Questions about one line of a quote, order or invoice, asked on its page."""

    @route(
        "/my/orders/<int:document_id>/question",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_order_question(self, document_id, line_id="", question="", **kwargs):
        return self._ask_portal_question("sale.order", document_id, line_id, question)

    @route(
        "/my/invoices/<int:document_id>/question",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_invoice_question(self, document_id, line_id="", question="", **kwargs):
        return self._ask_portal_question("account.move", document_id, line_id, question)

    def _ask_portal_question(self, model_name, document_id, line_id, words):
        """Ask, and go back to the page, which says what happened."""
        try:
            document_sudo = self._document_check_access(model_name, document_id)
        except (AccessError, MissingError):
            return self._render_portal_unavailable()
        try:
            with request.env.cr.savepoint():
                request.env["customer.portal.question"]._portal_ask(
                    document_sudo, self._get_portal_contact(), line_id, words
                )
            notice = {
                "tone": "success",
                "text": request.env._(
                    "Thank you. We answer your question by mail and on this page."
                ),
            }
        except PortalRefusal as refusal:
            notice = {"tone": "warning", "text": str(refusal)}
        request.session["portal_question_notice"] = {"of": [model_name, document_id], **notice}
        return request.redirect(document_sudo.access_url, 303)
