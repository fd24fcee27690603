"""Tickets: list, page with the whole conversation, a new one; answering, closing, rating."""

from werkzeug.exceptions import NotFound

from odoo.exceptions import AccessError, MissingError
from odoo.http import request, route

from odoo.addons.customer_portal_plus.controllers.document_lists import DocumentLists
from odoo.addons.customer_portal_plus.controllers.messages import Messages
from odoo.addons.customer_portal_plus.exceptions import PortalRefusal
from odoo.addons.customer_portal_plus.models.messages.customer_portal_access_mixin_chatter import (
    HISTORY_PAGE,
)
from odoo.addons.customer_portal_plus.tools.file_size import file_size_text
from odoo.addons.customer_portal_plus.tools.file_types import (
    ACCEPT,
    MAX_POST_BYTES,
    MAX_UPLOAD_FILES,
    read_uploads,
)
from odoo.addons.customer_portal_plus.tools.parsing import parse_date, parse_id
from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk

from ..models.helpdesk_ticket_rating import MAX_RATING_LENGTH

MODEL = "helpdesk.ticket"


def read_ticket_files():
    """Return the files that were posted with a ticket, see ``read_uploads``."""
    return read_uploads(request.httprequest.files.getlist("attachment"))


class Tickets(Messages, DocumentLists, CustomerPortalHelpdesk):
    def _portal_may_see_tickets(self):
        return request.env.user._portal_allows("portal_show_tickets", "can_see_tickets")

    def _portal_may_open_tickets(self):
        return self._portal_may_see_tickets() and self._get_portal_contact()._portal_can(
            "can_write_tickets"
        )

    def _get_portal_document_lists(self):
        return {
            **super()._get_portal_document_lists(),
            "tickets": {
                "label": request.env._("Tickets"),
                "model": MODEL,
                "url": "/my/tickets",
                "pages": ["ticket"],
                "sequence": 85,
                "may_see": self._portal_may_see_tickets(),
                "counter": None,
            },
        }

    def _prepare_home_portal_values(self, counters):
        """Override of `helpdesk_mgmt`: what is counted is what the list shows."""
        values = super()._prepare_home_portal_values(
            [name for name in counters if name != "ticket_count" or not request.env.user.share]
        )
        if "ticket_count" in counters and request.env.user.share:
            Ticket, allowed = self._get_portal_documents(MODEL)
            values["ticket_count"] = Ticket.search_count(allowed, limit=1)
        return values

    def _prepare_portal_unread(self):
        """Override: where there is no page of messages, tickets have an entry of their own."""
        entries = super()._prepare_portal_unread()
        if self._has_portal_messages() or not self._portal_may_see_tickets():
            return entries
        Ticket, allowed = self._get_portal_documents(MODEL)
        unread = Ticket._portal_unread_domain(self._get_portal_contact())
        if count := Ticket.search_count(allowed & unread):
            label = (
                request.env._("New messages on %s tickets", count)
                if count > 1
                else request.env._("New message on a ticket")
            )
            url = "/my/tickets?filterby=unread"
            entries.append({"key": "unread_tickets", "label": label, "url": url, "urgent": False})
        return entries

    # === LIST === #

    @route(
        ["/my/tickets", "/my/tickets/page/<page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def portal_my_tickets(self, **kw):
        """Override of `helpdesk_mgmt`: customers have our list. In the one that staff see, what it
        does not know is left out."""
        if not request.env.user.share:
            return super().portal_my_tickets(**self._clean_portal_ticket_query(kw))
        values = self._prepare_portal_document_list("tickets")
        if not values:
            return self._render_portal_unavailable()
        values["can_open"] = self._portal_may_open_tickets()
        return request.render("customer_portal_plus_helpdesk.portal_tickets", values)

    def _clean_portal_ticket_query(self, query):
        """Return of what was asked for what the helpdesk's own list knows.

        :param dict query: parameters of the request; anything
        :rtype: dict
        """
        known = {
            "sortby": self._ticket_get_searchbar_sortings(),
            "groupby": self._ticket_get_searchbar_groupby(),
            "search_in": self._ticket_get_searchbar_inputs(),
        }
        clean = {name: query[name] for name in known if query.get(name) in known[name]}
        if stage_id := parse_id(query.get("filterby")):
            clean["filterby"] = str(stage_id)
        for name in ("date_begin", "date_end"):
            if day := parse_date(query.get(name)):
                clean[name] = day.isoformat()
        return {**clean, "search": query.get("search"), "page": parse_id(query.get("page")) or 1}

    # === ONE === #

    @route(
        ["/my/ticket/<int:ticket_id>", "/my/ticket/<int:ticket_id>/<access_token>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def portal_my_ticket(self, ticket_id, access_token=None, **kw):
        """Override of `helpdesk_mgmt`: customers have our page, and sign in for it. The address
        with a token, or of a form, leads to it."""
        if not request.env.user.share:
            return super().portal_my_ticket(ticket_id, access_token=access_token, **kw)
        if access_token:
            return request.redirect(f"/my/ticket/{ticket_id}", 303)
        try:
            ticket_sudo = self._document_check_access(MODEL, ticket_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        if not getattr(request, "portal_preview", None):
            # Staff who look at the portal as a contact read nothing in its place.
            ticket_sudo._portal_mark_read(self._get_portal_contact())
        return self._render_portal_ticket(
            ticket_sudo, message=kw.get("message"), before=kw.get("before")
        )

    def _render_portal_ticket(self, ticket_sudo, before=None, error="", **values):
        contact = self._get_portal_contact()
        before = parse_id(before) or None
        messages = ticket_sudo._portal_messages(before=before, limit=HISTORY_PAGE + 1)
        older = len(messages) > HISTORY_PAGE
        messages = messages[:HISTORY_PAGE]
        said = [
            self._prepare_portal_ticket_message(message, ticket_sudo, contact)
            for message in reversed(messages)
        ]
        if not older and not ticket_sudo._portal_begins_by_mail():
            said.insert(0, self._prepare_portal_ticket_description(ticket_sudo, contact))
        about = ticket_sudo._portal_about_document()
        rating = ticket_sudo._portal_last_rating() if ticket_sudo.closed else None
        grades = ticket_sudo._portal_grades()
        [row] = ticket_sudo._portal_rows()
        return request.render(
            "customer_portal_plus_helpdesk.portal_ticket",
            {
                **self._prepare_portal_layout_values(),
                **self._prepare_portal_limits(),
                **self._prepare_portal_file_limits(),
                **row,
                "page_name": "ticket",
                "no_breadcrumbs": True,
                "portal_status": ticket_sudo._portal_status(),
                "about": [
                    {"name": document._portal_conversation_title(), "url": document.access_url}
                    for document in (self._get_portal_followable(about) if about else ())
                ],
                "messages": said,
                "older_url": f"?before={messages[-1].id}" if older else None,
                "newer_url": ticket_sudo.access_url if before else None,
                "can_write": ticket_sudo._portal_can_message(contact),
                "can_close": not ticket_sudo._portal_close_obstacle(contact),
                "can_reopen": not ticket_sudo._portal_reopen_obstacle(contact),
                "reopen_until": ticket_sudo._portal_reopen_until(),
                "can_open": self._portal_may_open_tickets(),
                "can_rate": not ticket_sudo._portal_rate_obstacle(contact),
                "grades": list(grades.items()),
                "rated": rating and grades.get(f"{rating.rating:.0f}", ""),
                "rated_words": rating and rating.feedback,
                "max_rating": MAX_RATING_LENGTH,
                "error": error,
                "message": None,
                "typed": {},
                "portal_beacon": request.env["customer.portal.event"]._page_token(ticket_sudo),
                **values,
            },
            status=422 if error else 200,
        )

    def _prepare_portal_ticket_description(self, ticket_sudo, contact):
        """Return what the page shows of the words that a ticket was opened with.

        :rtype: dict
        """
        writer = ticket_sudo.create_uid
        by_staff = writer._is_internal() and not writer._is_superuser()
        return {
            "id": "first",
            "author": writer.name if by_staff else ticket_sudo.partner_id.name or "",
            "by_company": by_staff,
            "company": ticket_sudo.company_id.name if by_staff else "",
            "mine": not by_staff and ticket_sudo.partner_id == contact,
            "date": ticket_sudo.create_date,
            "body": ticket_sudo.description,
            "files": self._prepare_portal_ticket_files(ticket_sudo, ticket_sudo.portal_file_ids),
        }

    def _prepare_portal_ticket_message(self, message_sudo, ticket_sudo, contact):
        """Return what the page shows of a message.

        :rtype: dict
        """
        return {
            **self._prepare_portal_message(message_sudo, ticket_sudo, contact),
            "files": self._prepare_portal_ticket_files(ticket_sudo, message_sudo.attachment_ids),
        }

    def _prepare_portal_ticket_files(self, ticket_sudo, files_sudo):
        return [
            {
                "name": file.name,
                "size": file_size_text(request.env, file.file_size),
                "url": f"/my/ticket/{ticket_sudo.id}/file/{file.id}",
            }
            for file in files_sudo
        ]

    def _prepare_portal_file_limits(self):
        return {"accept": ACCEPT, "max_files": MAX_UPLOAD_FILES}

    @route(
        "/my/ticket/<int:ticket_id>/file/<int:attachment_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def portal_my_ticket_file(self, ticket_id, attachment_id, **kwargs):
        """Give a file of a ticket, or of a message of it."""
        try:
            ticket_sudo = self._document_check_access(MODEL, ticket_id)
        except (AccessError, MissingError) as error:
            raise NotFound from error
        file_sudo = ticket_sudo._portal_file(attachment_id)
        if not file_sudo:
            raise NotFound
        return self._make_portal_file_response(file_sudo.name, file_sudo.raw or b"")

    # === ACTS === #

    def _act_portal_on_ticket(self, ticket_id, act, done, **typed):
        """Do something with a ticket, and show its page again: what became of it, or why not.

        :param act: gets the ticket with the contact's own rights, and the contact
        :param str done: the word in the address that says what was done
        :param typed: what is shown again in the form, if it was refused
        """
        try:
            ticket_sudo = self._document_check_access(MODEL, ticket_id)
        except (AccessError, MissingError):
            return request.redirect("/my", 303)
        try:
            with request.env.cr.savepoint():
                # With the contact's own rights: what it writes is told as its words.
                act(ticket_sudo.with_env(request.env), self._get_portal_contact())
        except PortalRefusal as refusal:
            request.env.invalidate_all()
            return self._render_portal_ticket(ticket_sudo, error=str(refusal), typed=typed)
        return request.redirect(f"{ticket_sudo.access_url}?message={done}#answer", 303)

    @route(
        "/my/ticket/<int:ticket_id>/answer",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=MAX_POST_BYTES,
    )
    def portal_my_ticket_answer(self, ticket_id, body="", **kwargs):
        """Write on a ticket."""

        def answer(ticket, contact):
            words, files = request.env["customer.portal.conversation"]._portal_check_message(
                contact, body, read_ticket_files()
            )
            ticket._portal_post_of(contact, words, files)

        return self._act_portal_on_ticket(ticket_id, answer, "sent", body=body)

    @route(
        "/my/ticket/<int:ticket_id>/close",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_my_ticket_close(self, ticket_id, **kwargs):
        """Close a ticket."""
        return self._act_portal_on_ticket(
            ticket_id, lambda ticket, contact: ticket._portal_close(contact), "closed"
        )

    @route(
        "/my/ticket/<int:ticket_id>/reopen",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=MAX_POST_BYTES,
    )
    def portal_my_ticket_reopen(self, ticket_id, body="", **kwargs):
        """Reopen a ticket, and say why."""
        return self._act_portal_on_ticket(
            ticket_id,
            lambda ticket, contact: ticket._portal_reopen(contact, body, read_ticket_files()),
            "reopened",
            body=body,
        )

    @route(
        "/my/ticket/<int:ticket_id>/rate",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_my_ticket_rate(self, ticket_id, grade="", words="", **kwargs):
        """Rate how a ticket was handled."""
        return self._act_portal_on_ticket(
            ticket_id,
            lambda ticket, contact: ticket._portal_rate(contact, grade, words),
            "rated",
            grade=grade,
            words=words,
        )

    # === NEW === #

    @route(
        "/my/tickets/new", type="http", auth="user", website=True, methods=["GET"], readonly=True
    )
    def portal_my_ticket_new(self, about="", **kwargs):
        """Show the form for a new ticket."""
        if not self._portal_may_open_tickets():
            return self._render_portal_unavailable()
        return self._render_portal_ticket_form({"about": about})

    @route(
        "/my/tickets/new",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=MAX_POST_BYTES,
    )
    def portal_my_ticket_send(self, about="", company="", **posted):
        """Open a ticket."""
        if not self._portal_may_open_tickets():
            return self._render_portal_unavailable()
        typed = {
            name: posted.get(name) or "" for name in ("subject", "description", "category", "team")
        }
        try:
            document = self._get_portal_about(about)
            with request.env.cr.savepoint():
                ticket_sudo = request.env[MODEL]._portal_open(
                    self._get_portal_contact(),
                    self._choose_portal_company(self._get_portal_ticket_companies(), company)
                    if document is None
                    else document._portal_company_of(document.id),
                    typed,
                    read_ticket_files(),
                    document=document,
                )
        except PortalRefusal as refusal:
            request.env.invalidate_all()
            return self._render_portal_ticket_form(
                {**typed, "about": about, "company": company}, error=str(refusal)
            )
        return request.redirect(f"{ticket_sudo.access_url}?message=opened", 303)

    def _get_portal_ticket_companies(self):
        return request.env.user._portal_companies("portal_show_tickets")

    def _render_portal_ticket_form(self, form, error=""):
        Ticket = request.env[MODEL]
        companies = self._get_portal_ticket_companies()
        asks_category = companies.filtered("helpdesk_mgmt_portal_select_category")
        asks_team = companies.filtered("helpdesk_mgmt_portal_select_team")
        can_name_document = any(companies.mapped("portal_allow_ticket_reports"))
        return request.render(
            "customer_portal_plus_helpdesk.portal_ticket_new",
            {
                **self._prepare_portal_layout_values(),
                **self._prepare_portal_limits(),
                **self._prepare_portal_file_limits(),
                "page_name": "ticket",
                "no_breadcrumbs": True,
                "form": form,
                "error": error,
                "choices": (
                    self._prepare_portal_about_choices(form.get("about"))
                    if can_name_document
                    else []
                ),
                "categories": [
                    (str(one.id), one.complete_name)
                    for one in asks_category and Ticket._portal_category_choices(asks_category)
                ],
                "teams": [
                    (str(one.id), one.complete_name)
                    for one in asks_team and Ticket._portal_team_choices(asks_team)
                ],
                "companies": (
                    [(str(one.id), one.name) for one in companies] if len(companies) > 1 else []
                ),
            },
            status=422 if error else 200,
        )

    # === MESSAGES === #

    @route()
    def portal_my_message(self, conversation_id, before=None, **kwargs):
        """Override: the conversation of a ticket is on the ticket's page."""
        ticket_sudo = self._get_portal_conversation(conversation_id).portal_ticket_id
        if ticket_sudo:
            return request.redirect(ticket_sudo.access_url, 303)
        return super().portal_my_message(conversation_id, before=before, **kwargs)
