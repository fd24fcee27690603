from urllib.parse import urlencode

from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.http import content_disposition, request, route
from odoo.tools import escape_psql

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..exceptions import PortalRefusal
from ..models.messages.customer_portal_access_mixin_chatter import HISTORY_PAGE
from ..models.messages.customer_portal_conversation_page import (
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_MESSAGE_LENGTH,
    MAX_SUBJECT_LENGTH,
)
from ..tools.file_size import file_size_text
from ..tools.file_types import read_uploads
from ..tools.parsing import parse_id
from .portal_page import MAX_PAGES, PAGE_SIZE, SECTION_SIZE, PortalPage

MODEL = "customer.portal.conversation"
# What a new message can be about: key in the form -> model.
ABOUT = {"order": "sale.order", "invoice": "account.move", "document": "customer.portal.document"}
ABOUT_LATEST = 20


class Messages(PortalPage):
    """The customer's conversations: list, one conversation, a new one. Plain forms."""

    def _has_portal_messages(self):
        return request.env.user._portal_allows("portal_allow_messages", "can_message")

    def _prepare_portal_menu(self):
        menu = super()._prepare_portal_menu()
        if self._has_portal_messages():
            menu.append(
                {
                    "key": "messages",
                    "label": request.env._("Messages"),
                    "url": "/my/messages",
                    "pages": ["messages"],
                    "sequence": 80,
                }
            )
        return menu

    def _get_portal_conversation(self, conversation_id):
        """Return a conversation that the signed-in contact may see, in sudo; empty if there is
        none with that id, or a gate is shut."""
        # Sudo: only what is behind the gates is filled in.
        found_sudo = request.env["customer.portal.conversation"].sudo()
        try:
            conversation = request.env[MODEL]._portal_find(conversation_id)
            contact = conversation._get_access_contact()
            conversation._portal_check_gates(contact)
        except AccessError:
            return found_sudo
        return conversation.sudo() if contact else found_sudo

    # === LIST === #

    @route("/my/messages", type="http", auth="user", website=True, readonly=True, methods=["GET"])
    def portal_my_messages(self, filterby=None, page="1", **kwargs):
        """List the customer's conversations, the newest first."""
        if not self._has_portal_messages():
            return self._render_portal_unavailable()
        contact = self._get_portal_contact()
        Conversation, allowed = self._get_portal_documents(MODEL)
        filters = {
            "all": (request.env._("All"), Domain.TRUE),
            "unread": (request.env._("Unread"), Conversation._portal_unread_domain(contact)),
        }
        filterby = filterby if filterby in filters else "all"
        shown = allowed & filters[filterby][1]
        limit = PAGE_SIZE * MAX_PAGES
        pager = portal_pager(
            url="/my/messages",
            total=Conversation.search_count(shown, limit=limit),
            page=parse_id(page) or 1,
            step=PAGE_SIZE,
            url_args={"filterby": filterby},
        )
        conversations = Conversation.search(shown, limit=PAGE_SIZE, offset=pager["offset"])
        rows = conversations._portal_conversation_rows(contact)
        return request.render(
            "customer_portal_plus.portal_my_messages",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "messages",
                "no_breadcrumbs": True,
                "rows": rows,
                "pager": pager,
                "filterby": filterby,
                "chips": [
                    {
                        "key": key,
                        "label": label,
                        "url": f"/my/messages?{urlencode({'filterby': key})}",
                        "active": key == filterby,
                    }
                    for key, (label, _domain) in filters.items()
                ],
                "show_company": len({row["company"] for row in rows}) > 1,
            },
        )

    def _prepare_portal_search_sections(self, text):
        sections = super()._prepare_portal_search_sections(text)
        if not self._has_portal_messages():
            return sections
        Conversation, allowed = self._get_portal_documents(MODEL)
        found = Conversation.search(
            allowed & Domain("name", "ilike", escape_psql(text)), limit=SECTION_SIZE
        )
        rows = [
            {
                "name": row["subject"],
                "url": row["url"],
                "date": row["date"],
                "detail": row["preview"],
            }
            for row in found._portal_conversation_rows(self._get_portal_contact())
        ]
        label = request.env._("Messages")
        sections.append({"key": "messages", "label": label, "rows": rows, "more_url": ""})
        return sections

    # === ONE === #

    @route("/my/messages/<int:conversation_id>", type="http", auth="user", website=True,
           methods=["GET"])  # fmt: skip
    def portal_my_message(self, conversation_id, before=None, **kwargs):
        """Show one conversation with its whole history, and a form to answer."""
        conversation_sudo = self._get_portal_conversation(conversation_id)
        if not conversation_sudo:
            return self._render_portal_unavailable()
        if not getattr(request, "portal_preview", None):
            # Staff who look at the portal as a contact read nothing in its place.
            conversation_sudo._thread()._portal_mark_read(self._get_portal_contact())
        return self._render_portal_conversation(conversation_sudo, before=before)

    @route("/my/messages/<int:conversation_id>", type="http", auth="user", website=True,
           methods=["POST"])  # fmt: skip
    def portal_my_message_answer(self, conversation_id, body="", **kwargs):
        """Answer in a conversation."""
        conversation_sudo = self._get_portal_conversation(conversation_id)
        if not conversation_sudo:
            return self._render_portal_unavailable()
        contact = self._get_portal_contact()
        try:
            words, files = conversation_sudo._portal_check_message(
                contact, body, self._get_portal_files()
            )
            with request.env.cr.savepoint():
                thread = conversation_sudo._thread().with_env(request.env)
                thread._portal_post_of(contact, words, files)
        except PortalRefusal as refusal:
            return self._render_portal_conversation(
                conversation_sudo, error=str(refusal), body=body
            )
        return request.redirect(f"/my/messages/{conversation_id}?sent=1#answer", 303)

    def _render_portal_conversation(self, conversation_sudo, before=None, error="", body=""):
        contact = self._get_portal_contact()
        thread_sudo = conversation_sudo._thread()
        before = parse_id(before) or None
        messages = thread_sudo._portal_messages(before=before, limit=HISTORY_PAGE + 1)
        older = len(messages) > HISTORY_PAGE
        messages = messages[:HISTORY_PAGE]
        document = conversation_sudo._document()
        return request.render(
            "customer_portal_plus.portal_my_message",
            {
                **self._prepare_portal_layout_values(),
                **self._prepare_portal_limits(),
                "page_name": "messages",
                "no_breadcrumbs": True,
                "url": f"/my/messages/{conversation_sudo.id}",
                "subject": conversation_sudo._portal_title(),
                "company": conversation_sudo.company_id.name,
                "closed": conversation_sudo.state == "closed",
                "document_url": document.access_url if document else None,
                "messages": [
                    self._prepare_portal_message(message, conversation_sudo, contact)
                    for message in reversed(messages)
                ],
                "older_url": f"?before={messages[-1].id}" if older else None,
                "newer_url": f"/my/messages/{conversation_sudo.id}" if before else None,
                "can_write": thread_sudo._portal_can_message(contact),
                "sent": request.params.get("sent") == "1",
                "error": error,
                "body": body,
            },
            status=422 if error else 200,
        )

    def _prepare_portal_message(self, message_sudo, conversation_sudo, contact):
        """Return what the page shows of a message.

        :rtype: dict
        """
        author = message_sudo.author_id
        by_company = bool(author) and not author.partner_share
        return {
            "id": message_sudo.id,
            "author": author.name or message_sudo.email_from or "",
            "by_company": by_company,
            "company": conversation_sudo.company_id.name if by_company else "",
            "mine": author == contact,
            "date": message_sudo.date,
            "body": message_sudo.body,
            "files": [
                {
                    "name": attachment.name,
                    "size": file_size_text(request.env, attachment.file_size),
                    "url": f"/my/messages/{conversation_sudo.id}/file/{attachment.id}",
                }
                for attachment in message_sudo.attachment_ids
            ],
        }

    @route(
        "/my/messages/<int:conversation_id>/file/<int:attachment_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def portal_my_message_file(self, conversation_id, attachment_id, **kwargs):
        """Give a file of a message in this conversation."""
        conversation_sudo = self._get_portal_conversation(conversation_id)
        attachment_sudo = conversation_sudo and conversation_sudo._thread()._portal_message_file(
            attachment_id
        )
        if not attachment_sudo:
            return self._render_portal_unavailable()
        return request.make_response(
            attachment_sudo.raw or b"",
            headers=[
                # Whatever it is, the browser saves it: nothing runs in the portal's name.
                ("Content-Type", "application/octet-stream"),
                ("X-Content-Type-Options", "nosniff"),
                ("Content-Disposition", content_disposition(attachment_sudo.name)),
            ],
        )

    # === NEW === #

    @route("/my/messages/new", type="http", auth="user", website=True, methods=["GET"],
           readonly=True)  # fmt: skip
    def portal_my_message_new(self, about="", **kwargs):
        """Show the form for a new message."""
        if not self._has_portal_messages():
            return self._render_portal_unavailable()
        return self._render_portal_new({"about": about})

    @route("/my/messages/new", type="http", auth="user", website=True, methods=["POST"])
    def portal_my_message_send(self, subject="", body="", about="", company="", **kwargs):
        """Send a new message."""
        if not self._has_portal_messages():
            return self._render_portal_unavailable()
        form = {"subject": subject, "body": body, "about": about, "company": company}
        try:
            document = self._get_portal_about(about)
            with request.env.cr.savepoint():
                conversation = request.env[MODEL]._portal_begin(
                    self._get_portal_contact(),
                    self._choose_portal_company(self._get_portal_companies(), company),
                    subject,
                    body,
                    self._get_portal_files(),
                    document=document,
                )
        except PortalRefusal as refusal:
            return self._render_portal_new(form, error=str(refusal))
        return request.redirect(f"/my/messages/{conversation.id}?sent=1#answer", 303)

    def _render_portal_new(self, form, error=""):
        companies = self._get_portal_companies()
        return request.render(
            "customer_portal_plus.portal_my_message_new",
            {
                **self._prepare_portal_layout_values(),
                **self._prepare_portal_limits(),
                "page_name": "messages",
                "no_breadcrumbs": True,
                "form": form,
                "error": error,
                "choices": self._prepare_portal_about_choices(form.get("about")),
                "companies": [(str(company.id), company.name) for company in companies]
                if len(companies) > 1
                else [],
            },
            status=422 if error else 200,
        )

    def _prepare_portal_limits(self):
        return {
            "max_subject": MAX_SUBJECT_LENGTH,
            "max_body": MAX_MESSAGE_LENGTH,
            "files_hint": request.env._(
                "Up to %(files)s files of at most %(size)s MB each.",
                files=MAX_FILES,
                size=MAX_FILE_BYTES // 2**20,
            ),
        }

    def _prepare_portal_about_choices(self, chosen):
        """Return the documents that a message can be about: the latest ones, and the one that
        is chosen already.

        :return: pairs of key and name
        :rtype: list[tuple[str, str]]
        """
        choices = {}
        for kind, model_name in ABOUT.items():
            Document, allowed = self._get_portal_documents(model_name)
            for document in Document.search(allowed, order="id desc", limit=ABOUT_LATEST):
                choices[f"{kind}-{document.id}"] = document._portal_conversation_title()
        if chosen and chosen not in choices:
            try:
                document = self._get_portal_about(chosen)
            except PortalRefusal:
                document = None
            if document is not None:
                choices[chosen] = document._portal_conversation_title()
        return list(choices.items())

    def _get_portal_about(self, key):
        """Return the document that a form names, through the gate; None if it names none.

        :raise PortalRefusal: if it is not the contact's to see
        """
        if not key:
            return None
        kind, _dash, number = key.partition("-")
        if kind in ABOUT and parse_id(number):
            try:
                document = request.env[ABOUT[kind]]._portal_find(parse_id(number))
                document._portal_check_gates(document._get_access_contact())
                if document._get_access_contact():
                    return document
            except AccessError as error:
                raise PortalRefusal(str(error), "about") from error
        raise PortalRefusal(
            request.env._("This document does not exist or is not yours to see."), "about"
        )

    def _get_portal_companies(self):
        return request.env.user._portal_companies("portal_allow_messages")

    def _choose_portal_company(self, companies, key):
        """Return the company that a form names, else the contact's own.

        :param res.company companies: those that can be chosen
        :param str key: what the form sent
        :rtype: res.company
        """
        named = companies.filtered(lambda company: str(company.id) == key)
        own = self._get_portal_contact()._portal_company()
        return named or (own if own in companies else companies[:1])

    def _get_portal_files(self):
        """Return the files of the posted form, see ``read_uploads``."""
        return read_uploads(request.httprequest.files.getlist("files"), MAX_FILES, MAX_FILE_BYTES)
