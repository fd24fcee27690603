"""Rows for what customers settle with the company: disputes, promises."""

from .access_cells import NOBODY, Form, Page
from .access_requests_payments import ticks
from .access_rules import SEE_INVOICE

MINE = {"staff": NOBODY, "links": False}
DISPUTE = SEE_INVOICE | {"can_dispute"}
PROMISE = SEE_INVOICE | {"can_promise"}


def dispute_rows():
    invoice = {"kind": "invoice", "needs": DISPUTE, **MINE}
    yield Page(
        "form to dispute an invoice",
        routes=("/my/invoices/<int:invoice_id>/dispute",),
        url="/my/invoices/{id}/dispute",
        shows=lambda cell, response: (
            response.status_code == 200 and cell.things["mark"] in response.text
        ),
        fits=lambda target: target.payable,
        **invoice,
    )
    yield Form(
        "dispute an invoice",
        routes=("/my/invoices/<int:invoice_id>/dispute/send",),
        url="/my/invoices/{id}/dispute/send",
        data=lambda cell: {"line": cell.thing("line"), "reason": "price", "words": "Too dear"},
        done=lambda cell, response: cell.case.env["customer.portal.dispute"].search_count(
            [("invoice_id", "=", cell.document.id)]
        ),
        tries_misfits=True,
        fits=lambda target: target.payable,
        **invoice,
    )
    dispute = {"kind": "dispute", "needs": DISPUTE, **MINE}
    yield Form(
        "dispute it again",
        routes=("/my/invoices/<int:invoice_id>/dispute/<int:dispute_id>/reopen",),
        url=lambda cell: f"/my/invoices/{cell.document.invoice_id.id}/dispute/{cell.res_id}/reopen",
        data=lambda cell: {"words": "Look again"},
        done=lambda cell, response: cell.document.state == "open",
        **dispute,
    )
    yield Page(
        "file of a dispute",
        routes=("/my/invoices/<int:invoice_id>/dispute/<int:dispute_id>/file",),
        url=lambda cell: f"/my/invoices/{cell.document.invoice_id.id}/dispute/{cell.res_id}/file",
        shows=lambda cell, response: (
            response.status_code == 200 and response.content == cell.document.file_id.raw
        ),
        **dispute,
    )


def promise_rows():
    invoice = {"kind": "invoice", "needs": PROMISE, **MINE}
    yield Page(
        "what can be promised",
        routes=("/my/promises",),
        url="/my/promises",
        query=lambda cell: {"invoice": cell.res_id},
        shows=ticks,
        fits=lambda target: target.payable,
        compare=False,
        **invoice,
    )
    yield Form(
        "promise to pay an invoice",
        routes=("/my/promises/send",),
        url="/my/promises/send",
        data=lambda cell: {"invoice": cell.res_id, "day": cell.case.today.isoformat()},
        done=lambda cell, response: cell.case.env["customer.portal.promise.line"].search_count(
            [("invoice_id", "=", cell.document.id)]
        ),
        tries_misfits=True,
        fits=lambda target: target.payable,
        **invoice,
    )
