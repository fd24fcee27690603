"""Rows for signing, also by guests, for approving, and for questions and changes of quotes."""

import re

from .access_cells import ACCEPT, NOBODY, SEE_ORDER, Form, Page, is_pdf, led_to
from .access_data import NONCE
from .access_rules import SEE_INVOICE


def signing_rows():
    page = {
        "kind": "signing page",
        "needs": frozenset(["can_see_documents", "can_accept"]),
        "staff": NOBODY,
        "links": False,
    }
    yield Page(
        "signing page",
        routes=("/my/sign/<int:signing_id>",),
        url="/my/sign/{id}",
        shows=lambda cell, response: (
            response.status_code == 200 and cell.document.sha256 in response.text
        ),
        **page,
    )
    yield Page(
        "file to sign",
        routes=("/my/sign/<int:signing_id>/document.pdf",),
        url="/my/sign/{id}/document.pdf",
        shows=is_pdf,
        **page,
    )
    yield Form(
        "sign",
        routes=("/my/sign/<int:signing_id>/confirm",),
        needs_proof=True,
        url="/my/sign/{id}/confirm",
        data=lambda cell: {
            "sha256": cell.document.sha256,
            "signer_name": "Gerencia",
            "method": "type",
            "consent": "1",
        },
        done=lambda cell, response: cell.things["contract"].state == "signed",
        **page,
    )


# === GUESTS === #


def signer_of(cell):
    """The first of the addresses that a guest is offered."""
    visitor = cell.contact if cell.actor.mailed_to else cell.contact.browse()
    addresses = cell.document._portal_guest_signers(visitor)
    return addresses[0]["key"] if addresses else "none"


def who_was_said(cell):
    """The actor's browser has said who signs, for this document and by its own link; the code
    that was mailed is known to it."""
    challenge, secrets = cell.case._make_sign_in_mail(cell.target, "step_up")
    cell.case.signer_code = secrets["code"]
    cell.case.edit_session(
        portal_guest_signer={
            "document": ["sale.order", cell.res_id],
            "token": cell.token or None,
            "nonce": NONCE,
            "challenge": challenge.id,
            "shown": "x",
        }
    )


def guest_signing_rows():
    guest = {
        "kind": "order",
        "by_link": True,
        "only_by_link": True,
        "guests_only": True,
        "needs": ACCEPT,
        "staff": NOBODY,
        "fits": lambda target: target.asks == "signature",
    }
    yield Page(
        "page that asks a guest who signs",
        routes=("/my/orders/<int:order_id>/sign/who",),
        url="/my/orders/{id}/sign/who",
        shows=lambda cell, response: (
            response.status_code == 200 and 'name="choice"' in response.text
        ),
        **guest,
    )
    yield Form(
        "say who signs",
        routes=("/my/orders/<int:order_id>/sign/who",),
        url="/my/orders/{id}/sign/who",
        data=lambda cell: {"choice": signer_of(cell)},
        done=led_to("/sign/code"),
        **guest,
    )
    yield Form(
        "sign as a guest, with a mailed code",
        routes=("/my/orders/<int:order_id>/sign/code",),
        before=who_was_said,
        # Who has signed in meanwhile signs as itself, on the page.
        url="/my/orders/{id}/sign/code",
        data=lambda cell: {"code": cell.case.signer_code},
        done=led_to(r"/my/sign/\d+"),
        **guest,
    )


# === TWO PEOPLE === #


def approval_rows():
    # A link may have been forwarded: who holds one is nobody in particular.
    second = {"kind": "approval", "needs": ACCEPT, "staff": NOBODY, "by_personal_link": False}
    yield Form(
        "refuse to approve what a colleague accepted",
        routes=("/my/orders/<int:order_id>/answer/approval",),
        url="/my/orders/{id}/answer/approval",
        data=lambda cell: {"version": cell.document._portal_version()},
        done=lambda cell, response: not cell.document.portal_approval_on,
        **second,
    )
    yield Form(
        "approve what a colleague accepted",
        routes=("/my/orders/<int:order_id>/answer/accept",),
        url="/my/orders/{id}/answer/accept",
        data=lambda cell: {"version": cell.document._portal_version()},
        done=lambda cell, response: cell.document.state == "sale",
        **second,
    )


# === QUESTIONS AND CHANGES === #


def question_rows():
    for kind, route, see in (
        ("invoice", "/my/invoices/<int:document_id>/question", SEE_INVOICE),
        ("order", "/my/orders/<int:document_id>/question", SEE_ORDER),
    ):
        asks = {
            "kind": kind,
            "routes": (route,),
            "staff": NOBODY,
            "url": route.replace("<int:document_id>", "{id}"),
            "done": lambda cell, response: cell.case.env["customer.portal.question"].search_count(
                [("question", "=", "Why so many?")]
            ),
        }
        yield Form(
            f"ask about a line ({kind})",
            needs=see | {"can_message"},
            data=lambda cell: {"line_id": cell.things["line"], "question": "Why so many?"},
            **asks,
        )
        yield Form(
            f"ask about a line of another document ({kind})",
            never=True,
            data=lambda cell: {
                "line_id": cell.case.other_things(cell.target)["line"],
                "question": "Why so many?",
            },
            compare=False,  # Who sees the document is told that it is not its line.
            **asks,
        )
    yield Form(
        "ask for changes of a quote",
        "order",
        ("/my/orders/<int:order_id>/answer/changes",),
        # The right to write messages would do as well; who has the one here has the other.
        needs=ACCEPT,
        by_link=True,
        of_customers=True,
        tries_misfits=True,
        fits=lambda target: target.asks,
        url="/my/orders/{id}/answer/changes",
        data=lambda cell: {"version": cell.document._portal_version(), "message": "Fewer"},
        done=lambda cell, response: re.search("Fewer", cell.document.portal_changes_text or ""),
    )
