from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request, route

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

PAGE_SIZE = 20


class Documents(CustomerPortal):
    """Documents that the company shares with the customer, some of them to be signed."""

    @route(
        ["/my/documents", "/my/documents/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
        methods=["GET"],
    )
    def portal_my_documents(self, page=1, **kwargs):
        contact = self._get_portal_contact()
        if not contact._portal_can("can_see_documents"):
            return request.redirect("/my")
        Document, domain = self._get_portal_documents("customer.portal.document")
        page_values = pager(
            "/my/documents", Document.search_count(domain), page=page, step=PAGE_SIZE
        )
        documents = Document.search(
            domain, limit=PAGE_SIZE, offset=max(page_values["offset"], 0), order="id desc"
        )
        return request.render(
            "customer_portal_plus.portal_my_documents",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "documents",
                "documents": [self._prepare_document_row(document) for document in documents],
                "pager": page_values,
            },
        )

    def _prepare_document_row(self, document_sudo):
        """Return what the list shows of one document.

        :rtype: dict
        """
        return {
            "name": document_sudo.name,
            "url": document_sudo.access_url,
            "date": document_sudo.sent_on,
            "expires_on": document_sudo.expires_on,
            "state": document_sudo._portal_state_text(),
            "to_answer": document_sudo._portal_has_to_be_answered(),
        }

    @route(
        "/my/documents/<int:document_id>", type="http", auth="user", website=True, methods=["GET"]
    )
    def portal_my_document(self, document_id, message=None, **kwargs):
        try:
            document_sudo = self._document_check_access("customer.portal.document", document_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        return self._render_document(document_sudo, message=message)

    def _render_document(self, document_sudo, message=None, error="", reason=""):
        contact = self._get_portal_contact()
        return request.render(
            "customer_portal_plus.portal_my_document",
            {
                **self._prepare_portal_layout_values(),
                **self._prepare_document_row(document_sudo),
                "page_name": "documents",
                "object": document_sudo,
                "document_id": document_sudo.id,
                "message": message,
                "error": error,
                "reason": reason,
                "refusal": document_sudo._portal_sign_refusal(contact),
                "to_sign": document_sudo.to_sign,
                "rejection_reasons": request.env[
                    "customer.portal.rejection.reason"
                ]._portal_choices(),
                "chatter_token": document_sudo._portal_chatter_token(contact),
            },
            status=422 if error else 200,
        )

    @route("/my/documents/<int:document_id>/file", type="http", auth="user", methods=["GET"])
    def portal_my_document_file(self, document_id, **kwargs):
        try:
            document_sudo = self._document_check_access("customer.portal.document", document_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        name, content = document_sudo._portal_download()
        return request.make_response(
            content,
            headers=[
                # Whatever it is, the browser saves it: nothing runs in the portal's name.
                ("Content-Type", "application/octet-stream"),
                ("X-Content-Type-Options", "nosniff"),
                ("Content-Disposition", content_disposition(name)),
            ],
        )

    @route(
        "/my/documents/<int:document_id>/sign",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_my_document_sign(self, document_id, **kwargs):
        try:
            document_sudo = self._document_check_access("customer.portal.document", document_id)
        except (AccessError, MissingError):
            return request.redirect("/my", 303)
        if error := document_sudo._portal_sign_refusal(self._get_portal_contact()):
            return self._render_document(document_sudo, error=error)
        return self._start_signing(document_sudo)

    @route(
        "/my/documents/<int:document_id>/reject",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_my_document_reject(self, document_id, reason=None, rejection_reason=None, **kwargs):
        try:
            document_sudo = self._document_check_access("customer.portal.document", document_id)
        except (AccessError, MissingError):
            return request.redirect("/my", 303)
        try:
            with request.env.cr.savepoint():
                document_sudo._portal_reject(
                    self._get_portal_contact(), reason, reason_id=rejection_reason
                )
        except UserError as error:
            return self._render_document(document_sudo, error=str(error), reason=reason)
        return request.redirect(f"{document_sudo.access_url}?message=rejected", 303)
