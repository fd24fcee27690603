from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain
from odoo.http import request, route

from ..exceptions import PortalRefusal
from ..tools.file_types import ACCEPT, MAX_POST_BYTES, MAX_UPLOAD_FILES, read_uploads
from .home import PortalHome

ANSWERED_REQUESTS = 10


class Documents(PortalHome):
    """Documents that the company shares with the customer, some of them to be signed, and files
    that it asks the customer for."""

    def _prepare_portal_menu(self):
        menu = super()._prepare_portal_menu()
        if self._portal_may_see_documents() or self._portal_may_upload():
            menu.append(
                {
                    "key": "documents",
                    "label": request.env._("Documents"),
                    "url": "/my/documents",
                    "pages": ["documents"],
                    "sequence": 70,
                }
            )
        return menu

    def _portal_may_see_documents(self):
        return request.env.user._portal_allows("portal_show_documents", "can_see_documents")

    def _portal_may_upload(self):
        return request.env.user._portal_allows("portal_allow_uploads", "can_upload")

    @route(
        ["/my/documents", "/my/documents/page/<page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
        methods=["GET"],
    )
    def portal_my_documents(self, filterby=None, **kwargs):
        requests = self._prepare_portal_document_requests() if self._portal_may_upload() else None
        values = {"page_name": "documents", "requests": requests}
        if self._portal_may_see_documents():
            return request.render(
                "customer_portal_plus.portal_my_documents",
                {**self._prepare_portal_documents(filterby), **values},
            )
        if requests is None:
            return self._render_portal_unavailable()
        return request.render(
            "customer_portal_plus.portal_my_requests",
            {**self._prepare_portal_layout_values(), **values, "no_breadcrumbs": True},
        )

    def _prepare_portal_search_sections(self, text):
        sections = super()._prepare_portal_search_sections(text)
        if self._portal_may_see_documents():
            found = self._search_portal_documents("customer.portal.document", "/my/documents", text)
            for row in found["rows"]:
                row |= {"state_label": row["state"], "detail": row["category"]}
            sections.append({"key": "documents", "label": request.env._("Documents"), **found})
        return sections

    def _prepare_portal_documents(self, filterby):
        """Return the values of the list; chips that would show nothing are left out.

        :param str filterby: key of the filter that is asked for
        :rtype: dict
        """
        model_name = "customer.portal.document"
        Document, allowed = self._get_portal_documents(model_name)
        filters = Document._portal_filters()
        if not self._get_portal_any(model_name, filters["to_sign"]["domain"]):
            del filters["to_sign"]
        unread = Document._portal_unread_filter(self._get_portal_contact())
        if self._get_portal_any(model_name, unread["unread"]["domain"]):
            filters = {"all": filters.pop("all"), **unread, **filters}
        filters |= Document._portal_category_filters(allowed)
        if filterby == "unread" and filterby not in filters:
            filterby = "all"
        return self._prepare_portal_list(model_name, "/my/documents", filters, filterby)

    @route(
        "/my/documents/<int:document_id>", type="http", auth="user", website=True, methods=["GET"]
    )
    def portal_my_document(self, document_id, message=None, **kwargs):
        try:
            document_sudo = self._document_check_access("customer.portal.document", document_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        self._mark_portal_document_read(document_sudo)
        return self._render_portal_document(document_sudo, message=message)

    def _mark_portal_document_read(self, document_sudo):
        """Note that the signed-in contact has opened a document: it is not new any more."""
        if request.env.user._is_portal() and not getattr(request, "portal_preview", None):
            document_sudo._portal_mark_read(self._get_portal_contact())

    def _render_portal_document(self, document_sudo, message=None, error="", reason=""):
        contact = self._get_portal_contact()
        return request.render(
            "customer_portal_plus.portal_my_document",
            {
                **self._prepare_portal_layout_values(),
                **document_sudo._portal_row_for(request.env.user),
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
                "shown_type": document_sudo._portal_shown_type(),
                # While others are awaited, the list of signers says who has signed.
                "signature": None
                if document_sudo._portal_awaits_second()
                else document_sudo._portal_signature_values(),
                "signers": document_sudo._portal_signer_rows(contact),
                "shows_thread": document_sudo.audience == "customer",
                "chatter_token": document_sudo._portal_chatter_token(contact),
                "portal_beacon": request.env["customer.portal.event"]._page_token(document_sudo),
                "no_breadcrumbs": True,
            },
            status=422 if error else 200,
        )

    @route(
        "/my/documents/<int:document_id>/file",
        type="http",
        auth="user",
        website=True,
        multilang=False,
        methods=["GET"],
    )
    def portal_my_document_file(self, document_id, **kwargs):
        try:
            document_sudo = self._document_check_access("customer.portal.document", document_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        self._mark_portal_document_read(document_sudo)
        response = self._make_portal_file_response(*document_sudo._portal_download())
        return self._note_portal_download(response, "customer.portal.document", document_id)

    @route("/my/documents/<int:document_id>/shown", type="http", auth="user", methods=["GET"])
    def portal_my_document_shown(self, document_id, **kwargs):
        """Return the file for the document's own page, which shows it."""
        try:
            document_sudo = self._document_check_access("customer.portal.document", document_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        return self._make_portal_file_response(*document_sudo._portal_download(), shown=True)

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
            return self._render_portal_document(document_sudo, error=error)
        return self._start_portal_signing(document_sudo)

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
            return self._render_portal_document(document_sudo, error=str(error), reason=reason)
        return request.redirect(f"{document_sudo.access_url}?message=rejected", 303)

    # === FILES THAT WE ASK FOR === #

    def _get_portal_todo_domains(self):
        """Override to add documents that the contact has not opened, and files asked for."""
        domains = super()._get_portal_todo_domains()
        if self._portal_may_see_documents():
            Document, allowed = self._get_portal_documents("customer.portal.document")
            unread = Document._portal_unread_domain(self._get_portal_contact())
            domains[Document._name] = allowed & unread
        if self._portal_may_upload():
            Request, allowed = self._get_portal_documents("customer.portal.document.request")
            domains[Request._name] = allowed & Request._portal_waiting_domain()
        return domains

    def _prepare_portal_todo(self, balances):
        """Override to add the files that the contact is asked for, those overdue first, and
        documents that it has not opened."""
        todo = super()._prepare_portal_todo(balances)
        counts = self._get_portal_todo_counts()
        if count := counts.get("customer.portal.document"):
            label = (
                request.env._("%s new documents", count)
                if count > 1
                else request.env._("1 new document")
            )
            url = "/my/documents?filterby=unread"
            todo.append({"key": "unread_documents", "label": label, "url": url, "urgent": False})
        if count := counts.get("customer.portal.document.request"):
            label = (
                request.env._("%s files that we ask you for", count)
                if count > 1
                else request.env._("1 file that we ask you for")
            )
            overdue = self._get_portal_any(
                "customer.portal.document.request", Domain("is_overdue", "=", True)
            )
            entry = {"key": "uploads", "label": label, "url": "/my/documents", "urgent": overdue}
            urgent = [task for task in todo if task["urgent"]]
            todo = [*urgent, entry, *(task for task in todo if not task["urgent"])]
        return todo

    def _prepare_portal_document_requests(self):
        """Return what the contact is asked for, by date, and what it sent lately.

        :return: rows, see ``customer.portal.document.request._portal_rows``
        :rtype: list[dict]
        """
        Request, allowed = self._get_portal_documents("customer.portal.document.request")
        waiting = Request._portal_waiting_domain()
        return [
            *Request.search(allowed & waiting, order="due_on, id", limit=100)._portal_rows(),
            *Request.search(
                allowed & ~waiting, order="received_on desc, id desc", limit=ANSWERED_REQUESTS
            )._portal_rows(),
        ]

    @route(
        "/my/documents/requests/<int:request_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def portal_my_document_request(self, request_id, message=None, **kwargs):
        try:
            request_sudo = self._document_check_access(
                "customer.portal.document.request", request_id
            )
        except (AccessError, MissingError):
            return request.redirect("/my")
        return self._render_portal_document_request(request_sudo, message=message)

    def _render_portal_document_request(self, request_sudo, message=None, error="", status=200):
        return request.render(
            "customer_portal_plus.portal_my_document_request",
            {
                **self._prepare_portal_layout_values(),
                **request_sudo._portal_rows()[0],
                "page_name": "documents",
                "message": message,
                "error": error,
                "accept": ACCEPT,
                "max_files": MAX_UPLOAD_FILES,
                "portal_beacon": request.env["customer.portal.event"]._page_token(request_sudo),
                "no_breadcrumbs": True,
            },
            status=status,
        )

    @route(
        "/my/documents/requests/<int:request_id>/files/<int:place>",
        type="http",
        auth="user",
        website=True,
        multilang=False,
        methods=["GET"],
        readonly=True,
    )
    def portal_my_document_request_file(self, request_id, place, **kwargs):
        """Return a file that the customer sent, shown if the browser can show it."""
        try:
            request_sudo = self._document_check_access(
                "customer.portal.document.request", request_id
            )
        except (AccessError, MissingError):
            return request.redirect("/my")
        file_sudo = request_sudo._portal_files()[place - 1 : place] if place else None
        if not file_sudo:
            return request.redirect(request_sudo.access_url)
        return self._make_portal_file_response(file_sudo.name, file_sudo.raw or b"", shown=True)

    @route(
        "/my/documents/requests/<int:request_id>/upload",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=MAX_POST_BYTES,
    )
    def portal_my_document_request_upload(self, request_id, **kwargs):
        try:
            request_sudo = self._document_check_access(
                "customer.portal.document.request", request_id
            )
        except (AccessError, MissingError):
            return request.redirect("/my", 303)
        contact = request_sudo._portal_as_contact(self._get_portal_contact())
        if not contact:
            # Staff, who see the page with their own rights: they send nothing in its name.
            return request.redirect(request_sudo.access_url, 303)
        try:
            with request.env.cr.savepoint():
                files = read_uploads(request.httprequest.files.getlist("file"))
                request_sudo._portal_upload(contact, files)
        except PortalRefusal as refusal:
            status = 409 if refusal.code == "closed" else 422
            return self._render_portal_document_request(
                request_sudo, error=str(refusal), status=status
            )
        return request.redirect(f"{request_sudo.access_url}?message=received", 303)
