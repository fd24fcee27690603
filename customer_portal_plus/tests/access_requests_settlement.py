"""Rows for what customers settle with the company: disputes, promises, payment plans, balances,
what late payment costs, and the check of the modelo 347."""

from datetime import date

from ..tools.evidence_chain import sha256
from .access_cells import (
    ACCOUNTANT,
    NOBODY,
    STAFF,
    Call,
    Form,
    Page,
    gives_record,
    is_pdf,
    led_to,
    shows_mark,
)
from .access_requests_payments import names_in, names_in_xlsx, ticks
from .access_rules import SEE_INVOICE, SEEING

MINE = {"staff": NOBODY, "links": False}
DISPUTE = SEE_INVOICE | {"can_dispute"}
PROMISE = SEE_INVOICE | {"can_promise"}
PLAN = SEE_INVOICE | {"can_plan"}


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


def balance_rows():
    balance = {"kind": "balance", "needs": SEEING["balance"]}
    yield Page(
        "list of balances to confirm",
        routes=("/my/balances",),
        url="/my/balances",
        shows=shows_mark,
        compare=False,
        **balance,
        **MINE,
    )
    yield Page(
        "balance to confirm",
        routes=("/my/balances/<int:balance_id>",),
        url="/my/balances/{id}",
        shows=shows_mark,
        staff=ACCOUNTANT,
        **balance,
    )
    yield Page(
        "file of a balance to confirm",
        routes=("/my/balances/<int:balance_id>/file",),
        url="/my/balances/{id}/file",
        shows=lambda cell, response: (
            response.status_code == 200 and response.content == cell.document._sent_pdf()
        ),
        staff=ACCOUNTANT,
        **balance,
    )
    yield Form(
        "answer whether a balance agrees",
        routes=("/my/balances/<int:balance_id>/answer",),
        url="/my/balances/{id}/answer",
        data=lambda cell: {"answer": "agreed"},
        done=led_to(r"/my/sign/\d+"),
        needs_proof=True,
        staff=NOBODY,
        **balance,
    )
    for method, kwargs in (("read", {}), ("web_read", {"specification": {"amount": {}}})):
        yield Call(
            f"balance by RPC, {method}",
            model="customer.portal.balance.confirmation",
            method=method,
            ids=lambda cell: [cell.res_id],
            kwargs=lambda cell, k=kwargs: k or {"fields": ["amount"]},
            done=gives_record,
            never=True,
            staff=ACCOUNTANT,
            **balance,
        )
    yield Call(
        "items of a balance by RPC",
        model="customer.portal.balance.confirmation.line",
        method="search_read",
        kwargs=lambda cell: {"domain": [["confirmation_id", "=", cell.res_id]], "fields": ["open"]},
        done=lambda cell, result: bool(result),
        never=True,
        staff=ACCOUNTANT,
        fits=lambda target: target.customer == "alfa",
        **balance,
    )
    yield Call(
        "withdraw a balance by RPC",
        model="customer.portal.balance.confirmation",
        method="action_withdraw",
        ids=lambda cell: [cell.res_id],
        done=lambda cell, result: cell.document.state == "cancel",
        never=True,
        staff=ACCOUNTANT,
        **balance,
    )


def _seen_offer(cell):
    """The form to agree to two instalments of an invoice, the first one today."""
    Plan, invoice = cell.case.env["customer.portal.plan"], cell.document
    today, total = cell.case.today, invoice.amount_residual or 100.0
    parts = Plan._split(invoice.currency_id, total, 2, today, 0, today)
    return {
        "invoice": cell.res_id,
        "number": "2",
        "day": today.isoformat(),
        "down": "0",
        "act": "agree",
        "seen": Plan._offer_digest(invoice, parts),
    }


def _wait_for_signature(cell):
    """Have the plan be one that is agreed on, and signed next."""
    cell.document.state = "to_sign"


def _sign_plan(cell):
    """Have the plan be signed, and its file be delivered."""
    plan = cell.document
    if plan._portal_signed_file():
        return
    signatures, pdf = cell.case.env["customer.portal.signature"], plan._portal_render_pdf()
    facts = {"signer_name": "Gerencia", "method": "type"}
    evidence = signatures._record(plan, plan.contact_id, pdf, "signed", {}, **facts)
    evidence.delivered_sha256 = sha256(pdf)
    plan._portal_attach("Plan (signed).pdf", pdf)


def plan_rows():
    invoice = {"kind": "invoice", "needs": PLAN, **MINE}
    yield Page(
        "what can be paid in instalments",
        routes=("/my/plans",),
        url="/my/plans",
        query=lambda cell: {"invoice": cell.res_id},
        shows=ticks,
        fits=lambda target: target.payable,
        compare=False,
        **invoice,
    )
    yield Form(
        "agree to pay an invoice in instalments",
        routes=("/my/plans/send",),
        url="/my/plans/send",
        data=_seen_offer,
        done=lambda cell, response: cell.case.env["customer.portal.plan"].search_count(
            [("invoice_ids", "in", cell.document.ids)]
        ),
        tries_misfits=True,
        fits=lambda target: target.payable,
        **invoice,
    )
    plan = {"kind": "plan", **MINE}
    yield Page(
        "a payment plan",
        routes=("/my/plans/<int:plan_id>",),
        url="/my/plans/{id}",
        shows=lambda cell, response: (
            response.status_code == 200 and cell.things["mark"] in response.text
        ),
        needs=SEE_INVOICE,
        **plan,
    )
    yield Form(
        "go on to sign a plan",
        routes=("/my/plans/<int:plan_id>/sign",),
        url="/my/plans/{id}/sign",
        before=_wait_for_signature,
        data=lambda cell: {},
        done=led_to(r"/my/sign/\d+"),
        needs_proof=True,
        needs=PLAN,
        **plan,
    )
    yield Page(
        "a plan as it was signed",
        routes=("/my/plans/<int:plan_id>/file",),
        url="/my/plans/{id}/file",
        before=_sign_plan,
        shows=is_pdf,
        needs=SEE_INVOICE,
        **plan,
    )
    yield Call(
        "plan by RPC",
        model="customer.portal.plan",
        method="read",
        ids=lambda cell: [cell.res_id],
        kwargs=lambda cell: {"fields": ["total"]},
        done=gives_record,
        never=True,
        kind="plan",
        staff=STAFF,
        links=False,
        needs=SEE_INVOICE,
    )
    yield Form(
        "pay the next instalment of a plan",
        routes=("/my/plans/<int:plan_id>/pay",),
        url="/my/plans/{id}/pay",
        data=lambda cell: {},
        done=lambda cell, response: cell.case.env["customer.portal.basket.line"].search_count(
            [("invoice_id", "in", cell.document.invoice_ids.ids)]
        ),
        needs=SEE_INVOICE | {"can_pay"},
        **plan,
    )


def interest_rows():
    yield Page(
        "late-payment interest",
        "invoice",
        routes=("/my/interest",),
        url="/my/interest",
        needs=SEE_INVOICE,
        shows=names_in,
        fits=lambda target: target.payable,
        compare=False,
        **MINE,
    )


def _declare(cell):
    """Have the invoice be of last year, and declared, whatever its amount."""
    case = cell.case
    if not case.company.portal_show_347:
        case.company.write(
            {
                "account_fiscal_country_id": case.env.ref("base.es").id,
                "portal_show_347": True,
                "portal_347_threshold": 0,
            }
        )
    # In SQL: a posted invoice stays in its period.
    case.env.cr.execute(
        "UPDATE account_move SET date = %s WHERE id = %s",
        [date(case.today.year - 1, 5, 5), cell.document.id],
    )
    case.env.invalidate_all()


def _shown(cell):
    """Return the figures that the page shows to contacts of the invoice's customer."""
    (declared,) = cell.case.env["customer.portal.347.answer"]._portal_declarations(
        cell.customer, cell.case.company, cell.case.today.year - 1
    )
    return declared["shown"]


def modelo_347_rows():
    declared = {
        "kind": "invoice",
        "needs": SEE_INVOICE | {"can_check_347"},
        "of_whole": True,
        "before": _declare,
        "compare": False,
        **MINE,
    }
    for url, shows in (("/my/347", names_in), ("/my/347/export.xlsx", names_in_xlsx)):
        yield Page(f"modelo 347 on {url}", routes=(url,), url=url, shows=shows, **declared)
    yield Form(
        "answer to the modelo 347",
        routes=("/my/347/send",),
        url="/my/347/send",
        data=lambda cell: {
            "company": cell.case.company.id,
            "shown": _shown(cell),
            "act": "agree",
        },
        done=lambda cell, response: cell.case.env["customer.portal.347.answer"].search_count(
            [("customer_id", "=", cell.customer.id)]
        ),
        fits=lambda target: target.payable and target.published,
        **declared,
    )
