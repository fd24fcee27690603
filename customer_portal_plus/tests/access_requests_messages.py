"""Rows for conversations, shared files, and files that customers are asked for."""

import re

from .access_cells import (
    NOBODY,
    SEE_ORDER,
    Call,
    Form,
    Json,
    Page,
    gives_file,
    gives_message,
    gives_record,
    is_pdf,
    led_to,
    lists_document,
    shows_mark,
    wrote,
)
from .access_rules import SEE_INVOICE, SEEING

MESSAGE = SEEING["conversation"]
DOCUMENT = SEEING["shared file"]
UPLOAD = SEEING["file request"]
SIGN = DOCUMENT | {"can_accept"}
# What a new message can be about: kind -> its name in the form, and what it needs.
ABOUT = {
    "invoice": ("invoice", SEE_INVOICE),
    "order": ("order", SEE_ORDER),
    "shared file": ("document", DOCUMENT),
}
MODELS = {
    "conversation": "customer.portal.conversation",
    "shared file": "customer.portal.document",
    "file request": "customer.portal.document.request",
}


def announcement_rows():
    announcement = {"kind": "announcement", "staff": NOBODY, "links": False, "compare": False}
    yield Page(
        "announcement on the home page",
        routes=("/my", "/my/home"),
        url="/my",
        shows=shows_mark,
        **announcement,
    )
    yield Form(
        "close an announcement",
        routes=("/my/announcements/<int:announcement_id>/close",),
        url="/my/announcements/{id}/close",
        done=lambda cell, response: cell.case.env[
            "customer.portal.announcement.closing"
        ].search_count(
            [
                ("announcement_id", "=", cell.document.id),
                ("contact_id", "=", cell.case.user_of(cell.actor).partner_id.id),
            ]
        ),
        **{**announcement, "compare": True},
    )


def has_one_customer(target):
    return not target.for_one and not target.for_all


def is_of_its_own(target):
    """What is said about an invoice is for the staff who see the invoice."""
    return not target.name.startswith("conversation on")


def message_rows():
    conversation = {"kind": "conversation", "needs": MESSAGE, "staff": NOBODY}
    yield Page(
        "list of conversations",
        routes=("/my/messages",),
        url="/my/messages",
        shows=lists_document("/my/messages"),
        compare=False,
        links=False,
        **conversation,
    )
    yield Page(
        "search for a conversation",
        routes=("/my/search",),
        url="/my/search",
        query=lambda cell: {"search": cell.document.name},
        shows=lists_document("/my/messages"),
        compare=False,
        links=False,
        **conversation,
    )
    yield Page(
        "conversation",
        routes=("/my/messages/<int:conversation_id>",),
        url="/my/messages/{id}",
        shows=shows_mark,
        **conversation,
    )
    yield Form(
        "answer in a conversation",
        routes=("/my/messages/<int:conversation_id>",),
        url="/my/messages/{id}",
        data=lambda cell: {"body": "Written on the page"},
        done=wrote("Written on the page"),
        **conversation,
    )
    yield Page(
        "file of a conversation",
        routes=("/my/messages/<int:conversation_id>/file/<int:attachment_id>",),
        url=lambda cell: f"/my/messages/{cell.res_id}/file/{cell.things['file_id']}",
        shows=gives_file("file"),
        **conversation,
    )
    yield Page(
        "file of another conversation by one's own",
        routes=("/my/messages/<int:conversation_id>/file/<int:attachment_id>",),
        never=True,
        url=lambda cell: (
            f"/my/messages/{cell.res_id}/file/{cell.case.other_things(cell.target)['file_id']}"
        ),
        shows=gives_file("file"),
        **conversation,
    )
    yield Form(
        "begin a conversation",
        "customer",
        ("/my/messages/new",),
        needs=MESSAGE,
        staff=NOBODY,
        links=False,
        url="/my/messages/new",
        data=lambda cell: {
            "subject": "Begun here", "body": "Begun here", "partner_id": cell.res_id,
        },
        done=lambda cell, response: cell.case.env["customer.portal.conversation"].search_count(
            [("name", "=", "Begun here"), ("commercial_partner_id", "=", cell.document.id)]
        ),
        compare=False,
    )  # fmt: skip
    for kind, (key, see) in ABOUT.items():
        about = {"kind": kind, "needs": see | MESSAGE, "staff": NOBODY, "links": False}
        yield Page(
            f"form for a new message about a document ({kind})",
            routes=("/my/messages/new",),
            url="/my/messages/new",
            query=lambda cell, key=key: {"about": f"{key}-{cell.res_id}"},
            shows=lambda cell, response, key=key: re.search(
                rf'value="{key}-{cell.document.id}"', response.text
            ),
            compare=False,
            fits=has_one_customer,
            **about,
        )
        yield Form(
            f"new message about a document ({kind})",
            routes=("/my/messages/new",),
            url="/my/messages/new",
            data=lambda cell, key=key: {
                "about": f"{key}-{cell.res_id}",
                "subject": "Something",
                "body": "Written about it",
            },
            done=wrote("Written about it"),
            fits=has_one_customer,
            **about,
        )
    yield from thread_rows("conversation", MESSAGE)


def thread_rows(kind, see):
    """What the common addresses of chatters and the RPC give of a model of ours: the same as its
    own pages, and never by a link."""
    thread = lambda cell: {"thread_model": MODELS[kind], "thread_id": cell.res_id}  # noqa: E731
    yield Json(
        f"read the chatter ({kind})",
        kind,
        ("/mail/chatter_fetch",),
        needs=see,
        # A file asked for is answered with a file: its chatter is for staff.
        never=kind == "file request",
        changes=False,
        url="/mail/chatter_fetch",
        params=lambda cell: {**thread(cell), "token": cell.token or None},
        done=gives_message,
        fits=lambda target: (
            has_one_customer(target)
            # Colleagues read a conversation on its page; this address gives it to its contact.
            and (kind != "conversation" or target.customer != "alfa")
        ),
    )
    yield Json(
        f"post by the bare link ({kind})",
        kind,
        ("/mail/message/post",),
        never=True,
        url="/mail/message/post",
        params=lambda cell: {
            **thread(cell),
            "post_data": {"body": "Written by the bare link"},
            "token": cell.token or None,
        },
        done=wrote("Written by the bare link"),
        fits=is_of_its_own,
    )
    yield Call(
        f"{MODELS[kind]}.read",
        kind,
        needs=see,
        # Conversations and files asked for are read on their pages alone.
        never=kind != "shared file",
        model=MODELS[kind],
        method="read",
        ids=lambda cell: [cell.res_id],
        kwargs=lambda cell: {"fields": ["name"]},
        done=gives_record,
        fits=is_of_its_own,
    )
    yield Call(
        f"{MODELS[kind]}.write",
        kind,
        never=True,
        model=MODELS[kind],
        method="write",
        ids=lambda cell: [cell.res_id],
        kwargs=lambda cell: {"vals": {"user_id": False}},
        done=lambda cell, result: not cell.document.user_id,
        fits=is_of_its_own,
    )


def lists_file(cell, response):
    return f'data-document="{cell.document.id}"' in response.text


def shared_file_rows():
    shared = {"kind": "shared file", "needs": DOCUMENT}
    yield Page(
        "search for a shared file",
        routes=("/my/search",),
        url="/my/search",
        query=lambda cell: {"search": cell.document.name},
        shows=lists_document("/my/documents"),
        staff=NOBODY,
        fits=lambda target: not target.for_all,
        links=False,
        compare=False,
        **shared,
    )
    for url in ("/my/documents", "/my/documents/page/1"):
        yield Page(
            f"list {url}",
            routes=("/my/documents", "/my/documents/page/<page>"),
            url=url,
            shows=lists_file,
            staff=NOBODY,
            fits=lambda target: not target.for_all,
            links=False,
            compare=False,
            **shared,
        )
        # Staff are nobody's contact; what all customers see, they see as well.
        yield Page(
            f"list {url} of what all customers see",
            routes=("/my/documents", "/my/documents/page/<page>"),
            url=url,
            shows=lists_file,
            fits=lambda target: target.for_all,
            links=False,
            compare=False,
            **shared,
        )
    yield Page(
        "page of a shared file",
        routes=("/my/documents/<int:document_id>",),
        url="/my/documents/{id}",
        shows=shows_mark,
        **shared,
    )
    yield Page(
        "shared file",
        routes=("/my/documents/<int:document_id>/file",),
        url="/my/documents/{id}/file",
        shows=is_pdf,
        **shared,
    )
    yield Page(
        "shared file in its page",
        routes=("/my/documents/<int:document_id>/shown",),
        url="/my/documents/{id}/shown",
        shows=is_pdf,
        **shared,
    )
    yield Form(
        "start to sign a contract",
        "shared file",
        ("/my/documents/<int:document_id>/sign",),
        needs=SIGN,
        needs_proof=True,
        staff=NOBODY,
        tries_misfits=True,
        fits=lambda target: target.asks == "signature",
        url="/my/documents/{id}/sign",
        done=led_to(r"/my/sign/\d+"),
    )
    yield Form(
        "reject a contract",
        "shared file",
        ("/my/documents/<int:document_id>/reject",),
        needs=SIGN,
        staff=NOBODY,
        tries_misfits=True,
        fits=lambda target: target.asks == "signature",
        url="/my/documents/{id}/reject",
        data=lambda cell: {"reason": "No"},
        done=lambda cell, response: cell.document.state == "rejected",
    )
    yield from thread_rows("shared file", DOCUMENT)


def was_sent(cell):
    """The customer has sent what is asked for."""
    document_sudo = cell.document.sudo()
    document_sudo.file_ids = document_sudo.file_ids.create(
        {
            "name": "file.pdf",
            "raw": cell.case.pdf,
            "res_model": document_sudo._name,
            "res_id": document_sudo.id,
        }
    )


def file_request_rows():
    asked = {"kind": "file request", "needs": UPLOAD}
    yield Page(
        "list of files asked for",
        routes=("/my/documents",),
        url="/my/documents",
        shows=lists_document("/my/documents/requests"),
        staff=NOBODY,
        links=False,
        compare=False,
        **asked,
    )
    yield Page(
        "page of a file asked for",
        routes=("/my/documents/requests/<int:request_id>",),
        url="/my/documents/requests/{id}",
        shows=shows_mark,
        # Its page says nothing of one that was not sent.
        **asked,
    )
    yield Page(
        "file that was sent",
        routes=("/my/documents/requests/<int:request_id>/files/<int:place>",),
        before=was_sent,
        changes=True,
        url="/my/documents/requests/{id}/files/1",
        shows=lambda cell, response: (
            response.status_code == 200 and response.content == cell.case.pdf
        ),
        **asked,
    )
    yield Form(
        "upload a file",
        routes=("/my/documents/requests/<int:request_id>/upload",),
        staff=NOBODY,
        tries_misfits=True,
        fits=lambda target: target.asks == "file",
        url="/my/documents/requests/{id}/upload",
        files=lambda cell: {"file": ("file.pdf", cell.case.pdf, "application/pdf")},
        done=lambda cell, response: cell.document.file_ids,
        **asked,
    )
    yield from thread_rows("file request", UPLOAD)
