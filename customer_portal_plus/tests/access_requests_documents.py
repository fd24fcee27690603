"""Rows for invoices, quotes and orders: pages, lists, PDFs, chatter, attachments, RPC."""

import base64
import io
import json
import re

from PIL import Image, ImageDraw

from odoo.addons.payment import utils as payment_utils

from ..tools.evidence_chain import sha256
from .access_cells import (
    ACCEPT,
    ACCOUNTANT,
    NOBODY,
    PAY,
    SALES,
    SEE_ORDER,
    STAFF,
    Call,
    Form,
    Json,
    Page,
    gives_file,
    gives_mark,
    gives_message,
    gives_record,
    gives_transaction,
    goes_to_document,
    has_new_message,
    is_file,
    line_of,
    lists_document,
    model_of,
    shows_document,
)
from .access_rules import SEE_INVOICE

# A report's own rights are asked in the document: without the gates, through the record rules.
REPORT_ADDRESSES = (
    ("/report/<converter>/<reportname>/<docids>", "/report/html/REPORT/{id}"),
    ("/report/<converter>/<reportname>/<docids>", "/report/text/REPORT/{id}"),
    ("/report/<converter>/<reportname>/<docids>", "/report/pdf/REPORT/{id}"),
    ("/report/<converter>/<reportname>", "/report/html/REPORT?docids={id}"),
)

# === INVOICES === #


def legal_file(cell):
    """Return the address of the legal file of an invoice; a draft has none."""
    file_id = cell.document.sudo().invoice_pdf_report_id.id or 1
    return f"/my/invoices/{cell.res_id}/files/{file_id}"


INVOICE_PAGE = ("/my/invoices/<int:invoice_id>",)


def announced_transfer(cell):
    """Announce a transfer for an invoice, as its contact did before."""
    if not cell.document.transaction_ids:
        cell.case.announce_transfer(cell.document)
    return {}


def invoice_rows():
    for report_type, download, shows in (
        ("", False, None),
        ("html", False, shows_document),
        ("text", False, shows_document),
        ("pdf", False, is_file),
        ("pdf", True, is_file),
    ):
        yield Page(
            f"invoice page {report_type} {'download' if download else ''}".strip(),
            "invoice",
            INVOICE_PAGE,
            needs=SEE_INVOICE,
            by_link=True,
            url="/my/invoices/{id}",
            query=lambda cell, r=report_type, d=download: {
                **({"report_type": r} if r else {}),
                **({"download": "true"} if d else {}),
            },
            # The page shows the document in a frame, so its own text is the reference.
            shows=shows
            or (lambda cell, response: response.status_code == 200
                and f"/my/invoices/{cell.document.id}" in response.text),
        )  # fmt: skip
    yield Page(
        "file that is kept for an invoice",
        "invoice",
        ("/my/invoices/<int:invoice_id>/files/<int:file_id>",),
        needs=SEE_INVOICE,
        by_link=True,
        url=legal_file,
        shows=lambda cell, response: response.content == b"%PDF-1.4 legal",
    )
    yield Page(
        "bank account for an invoice",
        "invoice",
        ("/my/invoices/<int:invoice_id>/transfer",),
        needs=SEE_INVOICE,
        by_link=True,
        url="/my/invoices/{id}/transfer",
        shows=lambda cell, response: 'data-transfer="account"' in response.text,
        fits=lambda target: target.payable,
    )
    yield Form(
        "take back the transfer that was announced for an invoice",
        "invoice",
        ("/my/invoices/<int:invoice_id>/transfer/cancel",),
        needs=PAY,
        by_link=True,
        staff=NOBODY,
        url="/my/invoices/{id}/transfer/cancel",
        data=announced_transfer,
        done=lambda cell, response: "cancel" in cell.document.transaction_ids.mapped("state"),
        fits=lambda target: target.payable,
    )
    for url in ("/my/invoices", "/my/invoices/page/1"):
        yield Page(
            f"list {url}",
            "invoice",
            ("/my/invoices", "/my/invoices/page/<page>"),
            needs=SEE_INVOICE,
            # A list shows the documents of one's own customer; staff are nobody's contact.
            staff=NOBODY,
            url=url,
            shows=lists_document("/my/invoices"),
            compare=False,
            fits=lambda target: target.published,
        )
    yield Page(
        "search for an invoice",
        "invoice",
        ("/my/search",),
        needs=SEE_INVOICE,
        staff=NOBODY,
        url="/my/search",
        query=lambda cell: {"search": cell.document.name},
        shows=lists_document("/my/invoices"),
        compare=False,
        fits=lambda target: target.published,
    )
    yield Form(
        "download of chosen invoices",
        "invoice",
        ("/my/invoices/download",),
        needs=SEE_INVOICE,
        staff=NOBODY,
        url="/my/invoices/download",
        data=lambda cell: {"invoice": cell.res_id},
        done=lambda cell, response: (
            response.status_code == 200 and response.content.startswith(b"PK")
        ),
        changes=False,
        fits=lambda target: target.published,
    )
    yield Json(
        "pay an invoice",
        "invoice",
        ("/invoice/transaction/<int:invoice_id>",),
        needs=PAY,
        by_link=True,
        url="/invoice/transaction/{id}",
        params=lambda cell: {
            "access_token": cell.token or None,
            "amount": 10.0,
            **cell.case.payment_values(),
        },
        done=gives_transaction,
        of_customers=True,
        fits=lambda target: target.payable,
    )
    yield Page(
        "payment link of an invoice",
        "invoice",
        ("/payment/pay",),
        needs=PAY,
        by_link=True,
        url="/payment/pay",
        query=lambda cell: {
            "invoice_id": cell.res_id,
            "amount": 10.0,
            "currency_id": cell.document.currency_id.id,
            "partner_id": cell.document.partner_id.id,
            "access_token": (
                payment_utils.generate_access_token(
                    cell.document.partner_id.id,
                    10.0,
                    cell.document.currency_id.id,
                    env=cell.case.env,
                )
                if cell.token_of_mail == cell.document.access_token
                else "junk"
            ),
        },
        shows=lambda cell, response: (
            response.status_code == 200
            and f"/invoice/transaction/{cell.document.id}" in response.text
        ),
        fits=lambda target: target.payable,
    )
    for url in (
        "/account/download_invoice_documents/{id}/pdf",
        "/account/download_invoice_documents/{id}/all",
    ):
        yield Page(
            f"download of the back office {url}",
            "invoice",
            (
                '/account/download_invoice_documents/<models("account.move"):invoices>'
                "/<string:filetype>",
            ),
            never=True,
            url=url,
            shows=is_file,
            fits=lambda target: target.name not in ("draft invoice", "cancelled invoice"),
        )
    for route, url in REPORT_ADDRESSES:
        yield Page(
            f"report {url}",
            "invoice",
            (route,),
            never=True,
            url=url.replace("REPORT", "account.report_invoice"),
            shows=is_file,
        )
    yield Form(
        "report as a download",
        "invoice",
        ("/report/download",),
        never=True,
        url="/report/download",
        data=lambda cell: {
            "data": json.dumps([f"/report/pdf/account.report_invoice/{cell.res_id}", "qweb-pdf"])
        },
        done=is_file,
    )
    yield Page(
        "download of attachments of invoices",
        "invoice",
        ('/account/download_move_attachments/<models("account.move"):moves>',),
        never=True,
        url="/account/download_move_attachments/{id}",
        shows=lambda cell, response: (
            response.status_code == 200 and response.content.startswith(b"PK")
        ),
        fits=lambda target: target.name not in ("draft invoice", "cancelled invoice"),
    )


# === QUOTES AND ORDERS === #

ORDER_PAGE = ("/my/orders/<int:order_id>",)


SIGNED_FILE = b"%PDF-1.4 signed, with its certificate"


def was_signed(cell):
    """The customer has signed it, and the signed file was delivered."""
    document_sudo = cell.document.sudo()
    evidence = cell.case.env["customer.portal.signature"]._record(
        document_sudo, cell.contact, b"%PDF-1.4", "signed", {}, signer_name="X", method="type"
    )
    document_sudo._portal_attach("signed.pdf", SIGNED_FILE)
    evidence.delivered_sha256 = sha256(SIGNED_FILE)


def order_rows():
    for report_type, shows in (
        ("", shows_document),
        ("html", shows_document),
        ("text", shows_document),
        ("pdf", is_file),
    ):
        yield Page(
            f"order page {report_type}".strip(),
            "order",
            ORDER_PAGE,
            needs=SEE_ORDER,
            by_link=True,
            url="/my/orders/{id}",
            query=lambda cell, r=report_type: {"report_type": r} if r else {},
            shows=shows,
        )
    yield Page(
        "signed file of an order",
        "order",
        ("/my/orders/<int:order_id>/signed.pdf",),
        needs=SEE_ORDER,
        by_link=True,
        before=was_signed,
        changes=True,
        url="/my/orders/{id}/signed.pdf",
        shows=lambda cell, response: (
            response.status_code == 200 and response.content == SIGNED_FILE
        ),
    )
    for url, confirmed in (
        ("/my/quotes", False),
        ("/my/quotes/page/1", False),
        ("/my/orders", True),
        ("/my/orders/page/1", True),
    ):
        yield Page(
            f"list {url}",
            "order",
            ("/my/quotes", "/my/quotes/page/<page>", "/my/orders",
             "/my/orders/page/<page>"),
            needs=SEE_ORDER,
            staff=NOBODY,
            url=url,
            shows=lists_document("/my/orders"),
            compare=False,
            fits=lambda target, c=confirmed: target.published
            and (target.name == "confirmed order") == c,
        )  # fmt: skip
    yield Page(
        "search for a quote or order",
        "order",
        ("/my/search",),
        needs=SEE_ORDER,
        staff=NOBODY,
        url="/my/search",
        query=lambda cell: {"search": cell.document.name},
        shows=lists_document("/my/orders"),
        compare=False,
        fits=lambda target: target.published,
    )
    for route, url in REPORT_ADDRESSES:
        yield Page(
            f"report {url} of an order",
            "order",
            (route,),
            never=True,
            url=url.replace("REPORT", "sale.report_saleorder"),
            shows=is_file,
        )
    yield Json(
        "sign a quote at core's address, without evidence",
        "order",
        ("/my/orders/<int:order_id>/accept",),
        never=True,
        staff=NOBODY,
        url="/my/orders/{id}/accept",
        params=lambda cell: {
            "access_token": cell.token or None,
            "name": "Compras",
            "signature": SIGNATURE,
        },
        done=lambda cell, result: cell.document.signed_by,
    )
    yield Form(
        "start to sign a quote",
        "order",
        ("/my/orders/<int:order_id>/sign",),
        needs=ACCEPT,
        # It is signed by a contact who has signed in, in the contact's name.
        staff=NOBODY,
        url="/my/orders/{id}/sign",
        done=lambda cell, response: re.search(
            r"/my/sign/\d+$", response.headers.get("Location", "")
        ),
        tries_misfits=True,
        fits=lambda target: target.asks,
    )
    yield Form(
        "reject a quote",
        "order",
        ("/my/orders/<int:order_id>/decline",),
        needs=ACCEPT,
        by_link=True,
        url="/my/orders/{id}/decline",
        data=lambda cell: {"decline_message": "Demasiado caro"},
        done=lambda cell, response: cell.document.portal_rejected_on,
        of_customers=True,
        tries_misfits=True,
        fits=lambda target: target.asks,
    )
    yield Form(
        "accept a quote with one click",
        "order",
        ("/my/orders/<int:order_id>/answer/accept",),
        needs=ACCEPT,
        by_link=True,
        url="/my/orders/{id}/answer/accept",
        data=lambda cell: {"version": cell.document._portal_version()},
        done=lambda cell, response: cell.document.state == "sale" and not cell.target.payable,
        of_customers=True,
        tries_misfits=True,
        fits=lambda target: target.asks == "click",
    )
    yield Page(
        "page that asks once more before a quote is answered",
        "order",
        ("/my/orders/<int:order_id>/answer",),
        needs=SEE_ORDER,
        by_link=True,
        url="/my/orders/{id}/answer",
        shows=lambda cell, response: (
            response.status_code == 200 and cell.document.name in response.text
        ),
    )
    for name, needs, fits in (
        # Paying a quote is accepting it, so it asks for that right.
        ("a quote", ACCEPT, lambda target: target.asks == "payment"),
        ("an order", SEE_ORDER | {"can_pay"}, lambda target: target.payable),
    ):
        yield Json(
            f"pay {name}",
            "order",
            ("/my/orders/<int:order_id>/transaction",),
            needs=needs,
            by_link=True,
            url="/my/orders/{id}/transaction",
            params=lambda cell: {
                "access_token": cell.token or None,
                "amount": cell.document.amount_total,
                **cell.case.payment_values(),
            },
            done=gives_transaction,
            of_customers=True,
            fits=fits,
        )
    yield Page(
        "document of a product on a quote",
        "order",
        ("/my/orders/<int:order_id>/document/<int:document_id>",),
        needs=SEE_ORDER,
        by_link=True,
        url=lambda cell: f"/my/orders/{cell.res_id}/document/{cell.things['sheet']}",
        shows=lambda cell, response: (
            response.status_code == 200 and response.content == b"product sheet"
        ),
    )
    yield Page(
        "order as XML",
        "order",
        ("/my/orders/<int:order_id>/download_edi",),
        needs=SEE_ORDER,
        by_link=True,
        url="/my/orders/{id}/download_edi",
        shows=lambda cell, response: (
            response.status_code == 200 and cell.document.name in response.text
        ),
    )
    yield Json(
        "choose an optional line",
        "order",
        ("/my/orders/<int:order_id>/update_line_dict",),
        needs=ACCEPT,
        by_link=True,
        url="/my/orders/{id}/update_line_dict",
        params=lambda cell: {
            "access_token": cell.token or None,
            "line_id": cell.things["option"],
            "input_quantity": 7,
        },
        done=lambda cell, result: (
            cell.case.env["sale.order.line"].browse(cell.things["option"]).product_uom_qty == 7
        ),
        tries_misfits=True,
        fits=lambda target: target.asks,
    )


# === EXPRESS PAGE === #


def express_key(cell):
    """What the forms of the express page name an invoice by."""
    return cell.case.env["customer.portal.express"]._key(cell.document.browse(cell.res_id))


def express_rows():
    """The express page opens with what was typed in the browser, a tax ID: no session, profile or
    link of a document opens it, and none makes it give more."""
    never = {"never": True, "staff": NOBODY}
    yield Page(
        "express page",
        "invoice",
        ("/p/<string:alias>/express",),
        url="/p/matrix/express",
        shows=lambda cell, response: express_key(cell) in response.text,
        **never,
    )
    yield Page(
        "express page, to pay",
        "invoice",
        ("/p/<string:alias>/express/payment",),
        url="/p/matrix/express/payment",
        shows=lambda cell, response: "o_payment_form" in response.text,
        **never,
    )
    yield Page(
        "express page, the transfer that was announced",
        "invoice",
        ("/p/<string:alias>/express/transfer",),
        url="/p/matrix/express/transfer",
        shows=lambda cell, response: "data-transfer" in response.text,
        **never,
    )
    yield Form(
        "choose an invoice on the express page",
        "invoice",
        ("/p/<string:alias>/express/pay",),
        url="/p/matrix/express/pay",
        data=lambda cell: {"invoice": express_key(cell)},
        done=lambda cell, response: cell.case.env["customer.portal.basket"].search_count(
            [("line_ids.invoice_id", "=", cell.res_id)]
        ),
        **never,
    )
    yield Json(
        "pay on the express page",
        "invoice",
        ("/p/<string:alias>/express/transaction",),
        url="/p/matrix/express/transaction",
        params=lambda cell: {"amount": 10.0, **cell.case.payment_values()},
        done=gives_transaction,
        **never,
    )
    yield Form(
        "report a payment on the express page",
        "invoice",
        ("/p/<string:alias>/express/report",),
        url="/p/matrix/express/report",
        data=lambda cell: {"invoice": express_key(cell), "date": "2026-01-01"},
        done=lambda cell, response: cell.case.env["customer.portal.payment.report"].search_count(
            [("invoice_ids", "=", cell.res_id)]
        ),
        **never,
    )


# === CHATTER, ATTACHMENTS === #


def _draw_signature():
    """Return the picture of a stroke, as the signature field sends it."""
    picture = Image.new("RGBA", (120, 60))
    ImageDraw.Draw(picture).line((5, 5, 60, 50, 115, 5), fill="black", width=4)
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return base64.b64encode(stream.getvalue()).decode()


SIGNATURE = _draw_signature()


def thread_of(cell):
    return {"thread_model": cell.document._name, "thread_id": cell.res_id}


def names_somebody(cell, result):
    """Somebody is suggested; to staff, that may be nobody."""
    return isinstance(result, list) and bool(result or cell.actor.staff)


def chatter_rows(kind):
    see = SEE_INVOICE if kind == "invoice" else SEE_ORDER
    yield Json(
        f"read the chatter ({kind})",
        kind,
        ("/mail/chatter_fetch",),
        needs=see,
        by_link=True,
        changes=False,
        url="/mail/chatter_fetch",
        params=lambda cell: {**thread_of(cell), "token": cell.token or None},
        done=gives_message,
    )
    yield Json(
        f"open the chatter ({kind})",
        kind,
        ("/portal/chatter_init",),
        needs=see,
        by_link=True,
        changes=False,
        url="/portal/chatter_init",
        params=lambda cell: {**thread_of(cell), "token": cell.token or None},
        done=lambda cell, result: any(
            thread.get("id") == cell.document.id for thread in (result or {}).get("mail.thread", ())
        ),
    )
    yield Json(
        f"messages of the thread ({kind})",
        kind,
        ("/mail/thread/messages",),
        needs=see,
        url="/mail/thread/messages",
        params=thread_of,
        done=gives_message,
    )
    yield Json(
        f"recipients that are suggested to staff ({kind})",
        kind,
        ("/mail/thread/recipients",),
        never=True,
        url="/mail/thread/recipients",
        params=thread_of,
        done=names_somebody,
    )
    yield Json(
        f"recipients with another customer's ({kind})",
        kind,
        ("/mail/thread/recipients/get_suggested_recipients",),
        never=True,
        url="/mail/thread/recipients/get_suggested_recipients",
        params=thread_of,
        done=names_somebody,
    )
    stranger_of = lambda cell: cell.case.user_stranger.partner_id  # noqa: E731
    yield Json(
        f"make somebody else a follower ({kind})",
        kind,
        ("/mail/thread/subscribe",),
        never=True,
        staff=ACCOUNTANT if kind == "invoice" else STAFF,
        url="/mail/thread/subscribe",
        params=lambda cell: {
            "res_model": cell.document._name,
            "res_id": cell.res_id,
            "partner_ids": stranger_of(cell).ids,
        },
        done=lambda cell, result: stranger_of(cell) in cell.document.message_partner_ids,
    )
    yield Json(
        f"remove a follower ({kind})",
        kind,
        ("/mail/thread/unsubscribe",),
        never=True,
        staff=ACCOUNTANT if kind == "invoice" else STAFF,
        url="/mail/thread/unsubscribe",
        params=lambda cell: {
            "res_model": cell.document._name,
            "res_id": cell.res_id,
            "partner_ids": cell.case.follower.ids,
        },
        done=lambda cell, result: cell.case.follower not in cell.document.message_partner_ids,
    )
    yield Json(
        f"post by the bare link ({kind})",
        kind,
        ("/mail/message/post",),
        never=True,
        url="/mail/message/post",
        params=lambda cell: {
            **thread_of(cell),
            "post_data": {"body": "Written by the bare link"},
            "token": cell.token or None,
        },
        done=has_new_message("Written by the bare link"),
    )
    yield Json(
        f"post from the document's page ({kind})",
        kind,
        ("/mail/message/post",),
        needs=see | {"can_message"},
        # In the name of the contact to whom it was mailed.
        by_personal_link=True,
        url="/mail/message/post",
        params=lambda cell: {
            **thread_of(cell),
            "post_data": {"body": "Written on the page"},
            "token": cell.case.chatter_token(cell),
        },
        done=has_new_message("Written on the page"),
    )
    yield Json(
        f"post by the signed link of a mail ({kind})",
        kind,
        ("/mail/message/post",),
        by_link=True,
        only_by_link=True,
        by_personal_link=False,
        url="/mail/message/post",
        params=lambda cell: {
            **thread_of(cell),
            "post_data": {"body": "Written by the mail's link"},
            "token": cell.token or None,
            **cell.signature,
        },
        done=has_new_message("Written by the mail's link"),
    )
    yield Form(
        f"attach a file by the bare link ({kind})",
        kind,
        ("/mail/attachment/upload",),
        never=True,
        url="/mail/attachment/upload",
        data=lambda cell: {**thread_of(cell), "token": cell.token},
        files=lambda cell: {"ufile": ("sheet.txt", b"text", "text/plain")},
        done=lambda cell, response: (
            response.status_code == 200 and "attachment_id" in response.text
        ),
        compare=False,
    )
    yield Form(
        f"attach a file from the document's page ({kind})",
        kind,
        ("/mail/attachment/upload",),
        needs=see | {"can_message"},
        # In the name of the contact to whom it was mailed.
        by_personal_link=True,
        url="/mail/attachment/upload",
        data=lambda cell: {**thread_of(cell), "token": cell.case.chatter_token(cell) or ""},
        files=lambda cell: {"ufile": ("sheet.txt", b"text", "text/plain")},
        done=lambda cell, response: (
            response.status_code == 200 and "attachment_id" in response.text
        ),
    )
    yield Json(
        f"react by the bare link ({kind})",
        kind,
        ("/mail/message/reaction",),
        never=True,
        url="/mail/message/reaction",
        params=lambda cell: {
            "message_id": cell.thing("message_id"),
            "content": "👍",
            "action": "add",
            "token": cell.token or None,
        },
        done=lambda cell, result: cell.case.env["mail.message.reaction"].search_count(
            [("message_id", "=", cell.things["message_id"])]
        ),
    )
    yield Json(
        f"edit a message by the bare link ({kind})",
        kind,
        ("/mail/message/update_content",),
        never=True,
        staff=SALES,  # who wrote it
        url="/mail/message/update_content",
        params=lambda cell: {
            "message_id": cell.thing("message_id"),
            "update_data": {"body": "Overwritten"},
            "token": cell.token or None,
        },
        done=has_new_message("Overwritten"),
    )
    yield Page(
        f"link in a mail ({kind})",
        kind,
        ("/mail/view",),
        needs=see,
        by_link=True,
        url="/mail/view",
        query=lambda cell: {"model": cell.document._name, "res_id": cell.res_id},
        shows=goes_to_document,
    )
    yield Page(
        f"link to a message ({kind})",
        kind,
        ("/mail/message/<int:message_id>",),
        needs=see,
        url=lambda cell: f"/mail/message/{cell.thing('message_id')}",
        shows=goes_to_document,
    )
    yield Page(
        f"avatar of an author ({kind})",
        kind,
        ("/mail/avatar/mail.message/<int:res_id>/author_avatar/<int:width>x<int:height>",),
        needs=see,
        by_link=True,
        url=lambda cell: (
            f"/mail/avatar/mail.message/{cell.thing('message_id')}/author_avatar/50x50"
        ),
        # Only who brings a token gets more than a placeholder; contacts might have it from a mail.
        query=lambda cell: {"access_token": cell.token_of_mail},
        shows=lambda cell, response: "svg" in response.headers.get("Content-Type", ""),
    )
    for url, route, thing in (
        ("/web/content/", "/web/content/<int:id>", "file"),
        ("/web/image/", "/web/image/<int:id>", "picture"),
    ):
        for owner, prefix in (("a message", ""), ("an internal note", "note_")):
            yield Page(
                f"{thing} of {owner} ({kind})",
                kind,
                (route,),
                # Odoo itself gives portal users files by their own tokens alone, and takes
                # pictures off an invoice: then not even staff get them so.
                never=True,
                staff=NOBODY if thing == "picture" and kind == "invoice" else STAFF,
                url=lambda cell, u=url, k=f"{prefix}{thing}": f"{u}{cell.thing(f'{k}_id')}",
                shows=gives_file(f"{prefix}{thing}"),
            )
        yield Page(
            f"{thing} of a message by its own token ({kind})",
            kind,
            (route,),
            needs=see,
            by_link=True,
            url=lambda cell, u=url, t=thing: f"{u}{cell.thing(f'{t}_id')}",
            # Whoever sees the chatter is given the file's own token by it. Contacts of the
            # customer try with it, too: they might have it from a colleague.
            query=lambda cell, t=thing: {
                "access_token": cell.things[f"{t}_token"]
                if cell.token_of_mail == cell.document.access_token
                else ""
            },
            shows=gives_file(thing),
        )
    yield Call(
        f"messages by RPC ({kind})",
        kind,
        needs=see,
        model="mail.message",
        method="search_read",
        kwargs=lambda cell: {
            "domain": [["model", "=", cell.document._name], ["res_id", "=", cell.res_id]],
            "fields": ["body"],
        },
        done=gives_message,
    )
    yield Call(
        f"internal notes by RPC ({kind})",
        kind,
        never=True,
        model="mail.message",
        method="search_read",
        kwargs=lambda cell: {
            "domain": [["model", "=", cell.document._name], ["res_id", "=", cell.res_id]],
            "fields": ["body"],
        },
        done=lambda cell, result: cell.things["note"] in json.dumps(result, default=str),
        compare=False,  # the other messages are given
    )
    yield Call(
        f"a message by RPC ({kind})",
        kind,
        needs=see,
        model="mail.message",
        method="read",
        ids=lambda cell: [cell.things["message_id"]],
        kwargs=lambda cell: {"fields": ["body"]},
        done=gives_message,
        compare=False,
    )
    yield Call(
        f"create a message by RPC ({kind})",
        kind,
        never=True,
        model="mail.message",
        method="create",
        kwargs=lambda cell: {
            "vals_list": [
                {
                    "model": cell.document._name,
                    "res_id": cell.res_id,
                    "body": "Created by RPC",
                    "message_type": "comment",
                }
            ]
        },
        done=has_new_message("Created by RPC"),
        compare=False,
    )
    yield Call(
        f"files by RPC ({kind})",
        kind,
        needs=see,
        model="ir.attachment",
        method="search_read",
        kwargs=lambda cell: {
            "domain": [["res_model", "=", cell.document._name], ["res_id", "=", cell.res_id]],
            "fields": ["name"],
        },
        done=lambda cell, result: "file of a message" in json.dumps(result, default=str),
        # Portal users have no right on the model at all; files come by their addresses.
        never=True,
    )


# === RPC ON THE DOCUMENTS === #


def rpc_rows(kind):
    see = SEE_INVOICE if kind == "invoice" else SEE_ORDER
    model, line = model_of(kind), line_of(kind)
    parent = "move_id" if kind == "invoice" else "order_id"
    by_id = lambda cell: [cell.res_id]  # noqa: E731
    domain = lambda cell: {"domain": [["id", "=", cell.res_id]]}  # noqa: E731
    given = lambda cell, result: bool(result)  # noqa: E731

    yield Call(f"{model}.read", kind, needs=see, model=model, method="read", ids=by_id,
               kwargs=lambda cell: {"fields": ["name", "amount_total"]}, done=gives_record)  # fmt: skip  # noqa: E501
    yield Call(f"{model}.search", kind, needs=see, model=model, method="search",
               kwargs=domain, done=given)  # fmt: skip
    yield Call(f"{model}.search_count", kind, needs=see, model=model, method="search_count",
               kwargs=domain, done=given)  # fmt: skip
    yield Call(f"{model}.search_read", kind, needs=see, model=model, method="search_read",
               kwargs=lambda cell: {**domain(cell), "fields": ["name"]}, done=gives_record)  # fmt: skip  # noqa: E501
    yield Call(f"{model}.web_search_read", kind, needs=see, model=model,
               method="web_search_read",
               kwargs=lambda cell: {**domain(cell), "specification": {"name": {}}},
               done=lambda cell, result: result and result["records"])  # fmt: skip
    yield Call(f"{model}.web_read", kind, needs=see, model=model, method="web_read", ids=by_id,
               kwargs=lambda cell: {"specification": {"name": {}}}, done=gives_record)  # fmt: skip
    yield Call(f"{model}.name_search", kind, needs=see, model=model, method="name_search",
               kwargs=domain, done=given)  # fmt: skip
    yield Call(f"{model}.formatted_read_group", kind, needs=see, model=model,
               method="formatted_read_group",
               kwargs=lambda cell: {**domain(cell), "groupby": ["partner_id"],
                                    "aggregates": ["amount_total:sum"]},
               done=given)  # fmt: skip
    yield Call(f"{model}.read_group", kind, needs=see, model=model, method="read_group",
               kwargs=lambda cell: {**domain(cell), "groupby": ["partner_id"],
                                    "fields": ["amount_total:sum"]},
               done=given)  # fmt: skip
    yield Call(f"{model}.export_data", kind, needs=see, model=model, method="export_data",
               ids=by_id, kwargs=lambda cell: {"fields_to_export": ["name"]},
               # Exporting is a right of its own, which these staff don't have.
               never=True, staff=NOBODY, done=given)  # fmt: skip
    yield Call(f"{line}.search_read", kind, needs=see, model=line, method="search_read",
               kwargs=lambda cell: {"domain": [[parent, "=", cell.res_id]],
                                    "fields": ["name"]},
               done=gives_mark)  # fmt: skip
    yield Call(f"{line}.formatted_read_group", kind, needs=see, model=line,
               method="formatted_read_group",
               kwargs=lambda cell: {"domain": [[parent, "=", cell.res_id]],
                                    "groupby": [parent], "aggregates": ["__count"]},
               done=given)  # fmt: skip

    secrets = ["access_token", "portal_visible"]
    secrets += ["narration", "invoice_user_id"] if kind == "invoice" else ["note", "user_id"]
    for name in secrets:
        searched = [["id", "=", "ID"], [name, "!=", "never this"]]
        of = lambda cell, d=searched: [["id", "=", cell.res_id], *d[1:]]  # noqa: E731
        yield Call(f"{model}.read of {name}", kind, never=True, model=model, method="read",
                   ids=by_id, kwargs=lambda cell, n=name: {"fields": [n]},
                   done=gives_record)  # fmt: skip
        yield Call(f"{model}.search by {name}", kind, never=True, model=model,
                   method="search_count",
                   kwargs=lambda cell, of=of: {"domain": of(cell)}, done=given)  # fmt: skip
        yield Call(f"{model}.formatted_read_group by {name}", kind, never=True, model=model,
                   method="formatted_read_group",
                   kwargs=lambda cell, n=name: {**domain(cell), "groupby": [n],
                                                "aggregates": ["__count"]},
                   done=given)  # fmt: skip
    yield Call(f"{line}.search by the token of its document", kind, never=True, model=line,
               method="search_count",
               kwargs=lambda cell: {"domain": [[parent, "=", cell.res_id],
                                               [f"{parent}.access_token", "!=", False]]},
               done=given)  # fmt: skip
    cost = "balance" if kind == "invoice" else "product_packaging_id"
    hidden = (
        ["account_id", cost] if kind == "invoice" else ["customer_lead", "analytic_distribution"]
    )
    for name in hidden:
        yield Call(f"{line}.read of {name}", kind, never=True, model=line,
                   method="search_read",
                   kwargs=lambda cell, n=name: {"domain": [[parent, "=", cell.res_id]],
                                                "fields": [n]},
                   done=given)  # fmt: skip

    # Sales staff read invoices and write orders; accountants write invoices and orders, but a
    # posted or cancelled document is guarded by Odoo itself, so staff are asked to write what
    # always can be written, and nobody but staff gets anything written.
    writers = ACCOUNTANT if kind == "invoice" else STAFF
    written = "ref" if kind == "invoice" else "client_order_ref"
    yield Call(f"{model}.write", kind, never=True, staff=writers, model=model, method="write",
               ids=by_id, kwargs=lambda cell: {"vals": {written: "written by RPC"}},
               done=lambda cell, result: cell.document[written] == "written by RPC")  # fmt: skip
    yield Call(f"{model}.web_save", kind, never=True, staff=writers, model=model,
               method="web_save", ids=by_id,
               kwargs=lambda cell: {"vals": {written: "saved by RPC"}, "specification": {}},
               done=lambda cell, result: cell.document[written] == "saved by RPC")  # fmt: skip
    yield Call(f"{model}.create", kind, never=True, staff=writers if kind == "invoice" else SALES,
               model=model, method="create",
               kwargs=lambda cell: {"vals_list": [
                   {"partner_id": cell.document.partner_id.id,
                    **({"move_type": "out_invoice"} if kind == "invoice" else {})}]},
               done=given, compare=False)  # fmt: skip
    yield Call(f"{model}.unlink", kind, never=True, staff=NOBODY, model=model, method="unlink",
               ids=by_id, done=lambda cell, result: not cell.document.exists(),
               fits=lambda target: target.published)  # fmt: skip
    yield Call(f"{model}.message_post", kind, never=True, model=model, method="message_post",
               ids=by_id, kwargs=lambda cell: {"body": "Posted by RPC"},
               done=has_new_message("Posted by RPC"))  # fmt: skip
    yield Call(f"{model}.message_subscribe of a colleague", kind, never=True,
               staff=writers, model=model, method="message_subscribe", ids=by_id,
               kwargs=lambda cell: {"partner_ids": [cell.case.user_stranger.partner_id.id]},
               done=lambda cell, result: cell.case.user_stranger.partner_id
               in cell.document.message_partner_ids)  # fmt: skip
