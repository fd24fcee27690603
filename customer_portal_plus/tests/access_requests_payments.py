"""Rows for baskets, credit, saved methods, automatic debit, payments, and the home page."""

import io
import re

from openpyxl import load_workbook
from pypdf import PdfReader

from .access_cells import (
    NOBODY,
    PAY,
    SEE_ORDER,
    Form,
    Json,
    Page,
    gives_transaction,
    is_pdf,
    led_to,
    lists_document,
    shows_mark,
)
from .access_rules import SEE_INVOICE

ONLY_PAY = frozenset(["can_pay"])
MINE = {"staff": NOBODY, "links": False}


def ticks(cell, response):
    """The page offers this invoice to be chosen."""
    return response.status_code == 200 and re.search(
        rf'name="invoice"[^>]*value="{cell.document.id}"', response.text
    )


def _has_name(cell, text):
    """Whether a text names the document, and not only one whose number begins likewise."""
    name = cell.document.name
    return bool(name) and bool(re.search(rf"(?<!\w){re.escape(name)}(?!\d)", text))


def names_in(cell, response):
    return response.status_code == 200 and _has_name(cell, response.text)


def names_in_pdf(cell, response):
    if not response.content.startswith(b"%PDF"):
        return False
    pages = PdfReader(io.BytesIO(response.content)).pages
    return _has_name(cell, "\n".join(page.extract_text() for page in pages))


def texts_of_xlsx(response):
    """Return what is in the cells of a workbook; nothing if the answer is none."""
    if not response.content.startswith(b"PK"):
        return ""
    book = load_workbook(io.BytesIO(response.content), read_only=True)
    rows = (row for sheet in book for row in sheet.iter_rows(values_only=True))
    return "\n".join(str(value) for row in rows for value in row)


def names_in_xlsx(cell, response):
    return _has_name(cell, texts_of_xlsx(response))


def is_chosen(cell, response):
    return cell.case.env["customer.portal.basket.line"].search_count(
        [("invoice_id", "=", cell.document.id)]
    )


# === HOME === #


def home_rows():
    newest = {"kind": "newest quote", "needs": SEE_ORDER, "compare": False, **MINE}
    for url in ("/my", "/my/home"):
        yield Page(
            f"newest documents on {url}",
            routes=("/my", "/my/home"),
            url=url,
            shows=lists_document("/my/orders"),
            **newest,
        )
    yield Page(
        "all parts that pages are made of",
        routes=("/my/looks",),
        url="/my/looks",
        shows=lambda cell, response: response.status_code == 200 and "o_cpp_looks" in response.text,
        never=True,
        links=False,
    )
    yield Json(
        "how many there are of all",
        routes=("/my/counters",),
        url="/my/counters",
        changes=False,
        params=lambda cell: {"counters": ["quotation_count"]},
        # Each customer has another number of them.
        done=lambda cell, result: (
            result.get("quotation_count")
            == cell.case.env["sale.order"].search_count(
                [
                    ("portal_commercial_partner_id", "=", cell.customer.id),
                    ("state", "=", "sent"),
                    ("portal_visible", "=", True),
                ]
            )
        ),
        of_whole=True,
        fits=lambda target: target.published,
        **newest,
    )


# === BASKETS, CREDIT === #


def basket_rows():
    choice = {"kind": "invoice", "needs": PAY, **MINE}
    for url in ("/my/pay", "/my/pay?select=all"):
        yield Page(
            f"what can be paid {url}",
            routes=("/my/pay",),
            url=url,
            query=lambda cell: {"invoice": cell.res_id},
            shows=ticks,
            fits=lambda target: target.payable,
            compare=False,
            **choice,
        )
    yield Form(
        "choose an invoice",
        routes=("/my/pay/choose",),
        url="/my/pay/choose",
        data=lambda cell: {"invoice": cell.res_id, f"how_{cell.res_id}": "all"},
        done=is_chosen,
        tries_misfits=True,
        fits=lambda target: target.payable,
        **choice,
    )
    yield Form(
        "choose an invoice beside one's own",
        routes=("/my/pay/choose",),
        url="/my/pay/choose",
        data=lambda cell: {"invoice": [cell.case.own_invoice(cell), cell.res_id]},
        done=is_chosen,
        tries_misfits=True,
        fits=lambda target: target.payable,
        **choice,
    )
    yield Form(
        "choose all",
        routes=("/my/pay/choose",),
        url="/my/pay/choose",
        data=lambda cell: {"everything": "all"},
        done=is_chosen,
        tries_misfits=True,
        fits=lambda target: target.payable,
        compare=False,
        **choice,
    )
    yield Form(
        "use the credit on an invoice",
        routes=("/my/credit/use",),
        of_whole=True,
        url="/my/credit/use",
        data=lambda cell: {"invoice": cell.res_id},
        done=lambda cell, response: 0 < cell.document.amount_residual < cell.document.amount_total,
        tries_misfits=True,
        fits=lambda target: target.payable,
        **choice,
    )
    yield Json(
        "pay all that is overdue",
        routes=("/invoice/transaction/overdue",),
        url="/invoice/transaction/overdue",
        params=lambda cell: {"payment_reference": "all", **cell.case.payment_values()},
        done=lambda cell, result: (
            gives_transaction(cell, result)
            and cell.document
            in cell.case.env["payment.transaction"]
            .search([("reference", "=", result["reference"])])
            .invoice_ids
        ),
        fits=lambda target: target.payable,
        compare=False,
        **choice,
    )
    yield Page(
        "page that pays what is overdue",
        "",
        ("/my/invoices/overdue",),
        needs=PAY,
        url="/my/invoices/overdue",
        shows=lambda cell, response: (
            response.status_code == 200
            or led_to(r"/my/(pay\?select=overdue|invoices)")(cell, response)
        ),
        links=False,
    )
    yield Page(
        "credit",
        "credit",
        ("/my/credit",),
        needs=SEE_INVOICE,
        url="/my/credit",
        shows=shows_mark,
        compare=False,
        **MINE,
    )

    basket = {"kind": "basket", "needs": PAY, **MINE}
    yield Page(
        "basket",
        routes=("/my/pay/<int:basket_id>",),
        url="/my/pay/{id}",
        shows=shows_mark,
        **basket,
    )
    yield Page(
        "bank account for a basket",
        routes=("/my/pay/<int:basket_id>/transfer",),
        url="/my/pay/{id}/transfer",
        shows=lambda cell, response: (
            response.status_code == 200 and cell.things["mark"] in response.text
        ),
        **basket,
    )
    yield Json(
        "pay a basket",
        routes=("/my/pay/<int:basket_id>/transaction",),
        url="/my/pay/{id}/transaction",
        params=lambda cell: cell.case.payment_values(),
        done=gives_transaction,
        **basket,
    )
    yield Page(
        "go on to the next basket",
        routes=("/my/pay/<int:basket_id>/done",),
        url="/my/pay/{id}/done",
        shows=led_to(r"/my/pay/\d+"),
        **basket,
    )
    yield Form(
        "settle a basket with credit",
        "credit basket",
        ("/my/pay/<int:basket_id>/credit",),
        needs=PAY,
        url="/my/pay/{id}/credit",
        done=lambda cell, response: not cell.things["invoice"].amount_residual,
        **MINE,
    )
    yield Json(
        "start a payment for a customer without its signed link",
        "customer",
        ("/payment/transaction",),
        never=True,
        staff=NOBODY,
        links=False,
        url="/payment/transaction",
        params=lambda cell: {
            "amount": 10.0,
            "currency_id": cell.case.company.currency_id.id,
            "partner_id": cell.res_id,
            "reference_prefix": "matrix",
            "access_token": "made-up",
            **cell.case.payment_values(),
        },
        done=gives_transaction,
    )


# === PAYMENTS, REPORTS === #


def history_rows():
    payment = {"kind": "payment", "needs": SEE_INVOICE, **MINE}
    for url in ("/my/payments", "/my/payments/page/1"):
        yield Page(
            f"list {url}",
            routes=("/my/payments", "/my/payments/page/<int:page>"),
            url=url,
            shows=shows_mark,
            compare=False,
            **payment,
        )
    yield Page(
        "search for a payment",
        routes=("/my/search",),
        url="/my/search",
        query=lambda cell: {"search": cell.document.name or "draft"},
        # What was typed stands on the page in any case.
        shows=lambda cell, response: f">{cell.document.name}</a>" in response.text,
        compare=False,
        **payment,
    )
    yield Page(
        "receipt",
        routes=("/my/payments/<int:payment_id>/receipt",),
        url="/my/payments/{id}/receipt",
        shows=is_pdf,
        # What was paid back stands in the list; a receipt is for what was received.
        tries_misfits=True,
        fits=lambda target: "to the customer" not in target.name,
        **payment,
    )


def statement_rows():
    line = {
        "kind": "invoice",
        "needs": SEE_INVOICE | {"can_see_statement"},
        "compare": False,
        **MINE,
    }
    for path in ("/my/statement", "/my/statement/page/1"):
        yield Page(
            f"movements on {path}",
            routes=("/my/statement", "/my/statement/page/<page>"),
            url=f"{path}?date_begin=2000-01-01&date_end=2100-01-01",
            shows=lists_document("/my/invoices"),
            **line,
        )
    export = "/my/statement/export.<any(pdf,xlsx,csv):extension>"
    for extension, shows in (("pdf", names_in_pdf), ("xlsx", names_in_xlsx), ("csv", names_in)):
        yield Page(
            f"statement as {extension}",
            routes=(export,),
            url=f"/my/statement/export.{extension}?date_begin=2000-01-01&date_end=2100-01-01",
            shows=shows,
            **line,
        )
    yield Page(
        "open items of the statement",
        routes=("/my/statement",),
        url="/my/statement?kind=open",
        shows=lists_document("/my/invoices"),
        fits=lambda target: target.payable,
        **line,
    )


def report_rows():
    yield Page(
        "list of reported payments",
        "payment report",
        ("/my/payments",),
        needs=SEE_INVOICE,
        url="/my/payments",
        shows=shows_mark,
        compare=False,
        **MINE,
    )
    yield Page(
        "proof of a reported payment",
        "payment report",
        ("/my/payments/report/<int:report_id>/proof",),
        needs=SEE_INVOICE,
        url="/my/payments/report/{id}/proof",
        shows=lambda cell, response: (
            response.status_code == 200 and response.content == cell.document.proof_id.raw
        ),
        **MINE,
    )
    yield Form(
        "withdraw a report",
        "payment report",
        ("/my/payments/report/<int:report_id>/withdraw",),
        needs=PAY,
        url="/my/payments/report/{id}/withdraw",
        done=lambda cell, response: cell.document.state == "withdrawn",
        **MINE,
    )
    report = {"kind": "invoice", "needs": PAY, **MINE}
    yield Page(
        "form to report a payment",
        routes=("/my/payments/report",),
        url="/my/payments/report",
        query=lambda cell: {"invoice": cell.res_id},
        shows=ticks,
        fits=lambda target: target.payable,
        compare=False,
        **report,
    )
    yield Form(
        "report a payment",
        routes=("/my/payments/report/send",),
        url="/my/payments/report/send",
        data=lambda cell: {
            "invoice": cell.res_id,
            "date": cell.case.today.isoformat(),
            "method": "transfer",
            "reference": "TRF 1",
        },
        done=lambda cell, response: cell.case.env["customer.portal.payment.report"].search_count(
            [("invoice_ids", "=", cell.document.id)]
        ),
        tries_misfits=True,
        fits=lambda target: target.payable,
        **report,
    )


# === SAVED METHODS, AUTOMATIC DEBIT === #


def debit_was_on(cell):
    """The customer of the target has agreed to automatic debit."""
    Debit = cell.case.env["customer.portal.debit"]
    contact = cell.case.receiver("full", cell.target)
    text = Debit._consent_text(cell.customer, cell.customer.portal_main_token_id)
    Debit._agree(contact, Debit._text_digest(text))


def digest_of(cell):
    Debit = cell.case.env["customer.portal.debit"]
    text = Debit._consent_text(cell.customer, cell.customer.portal_main_token_id)
    return Debit._text_digest(text)


def is_on(cell):
    return cell.case.env["customer.portal.debit"].search_count(
        [("customer_id", "=", cell.customer.id), ("state", "=", "on")]
    )


def saved_method_rows():
    method = {"kind": "saved method", "needs": ONLY_PAY, "of_account": True, **MINE}
    yield Page(
        "list of saved methods",
        routes=("/my/payment_method",),
        needs_proof=True,
        url="/my/payment_method",
        shows=shows_mark,
        compare=False,
        **method,
    )
    yield Form(
        "make a saved method the main one",
        routes=("/my/payment_method/<int:token_id>/main",),
        of_whole=True,
        needs_proof=True,
        url="/my/payment_method/{id}/main",
        done=lambda cell, response: cell.customer.portal_main_token_id == cell.document,
        **method,
    )
    yield Form(
        "delete a saved method",
        routes=("/my/payment_method/<int:token_id>/delete",),
        needs_proof=True,
        # What was deleted already is none to delete.
        fits=lambda target: target.published,
        url="/my/payment_method/{id}/delete",
        done=lambda cell, response: not cell.document.active,
        **method,
    )
    yield Json(
        "delete a saved method at core's address",
        routes=("/payment/archive_token",),
        needs_proof=True,
        fits=lambda target: target.published,
        url="/payment/archive_token",
        params=lambda cell: {"token_id": cell.res_id},
        done=lambda cell, result: not cell.document.active,
        **method,
    )

    debit = {"kind": "debit", "needs": PAY, "compare": False, "of_account": True, **MINE}
    yield Page(
        "automatic debit",
        routes=("/my/pay/debit",),
        url="/my/pay/debit",
        shows=shows_mark,
        **debit,
    )
    yield Form(
        "switch automatic debit on",
        routes=("/my/pay/debit/on",),
        needs_proof=True,
        url="/my/pay/debit/on",
        data=lambda cell: {
            "agree": "1", "digest": digest_of(cell), "customer_id": cell.res_id,
        },
        done=lambda cell, response: is_on(cell),
        **debit,
    )  # fmt: skip
    yield Form(
        "switch automatic debit off",
        routes=("/my/pay/debit/off",),
        before=debit_was_on,
        url="/my/pay/debit/off",
        data=lambda cell: {"customer_id": cell.res_id},
        done=lambda cell, response: not is_on(cell),
        **debit,
    )
