"""Rows for seats: changing over to a customer, giving a seat back, accepting one, granting one."""

from odoo.fields import Command

from .access_cells import NOBODY, Form, Json, Page, led_to
from .access_requests_packs import is_packed
from .access_requests_people import TEAM, asks_for

MINE = {"kind": "seat", "staff": NOBODY, "links": False}
PATH = "/my/seats/invitation"
PAY = "/my/seats/pay"
NO_INVOICE = 2**31 - 1


def acts_by_it(cell, response):
    """The browser's session is that of the seat's user now."""
    session = cell.case.session_of_browser()
    return session.uid == cell.document.user_id.id


def invoice_of(cell):
    """An invoice of the seat's customer; of a seat that does not exist, one that does not."""
    return cell.things["invoice"].id if cell.exists else NO_INVOICE


def joint_of(cell):
    """What the holder of the seat chose to pay for its customer, while it could."""
    if not cell.exists:
        return NO_INVOICE
    seat, invoice = cell.document, cell.things["invoice"]
    basket = {
        "contact_id": seat.contact_id.id,
        "company_id": invoice.company_id.id,
        "currency_id": invoice.currency_id.id,
        "line_ids": [Command.create({"invoice_id": invoice.id, "amount": 23.0})],
    }
    joint = cell.case.env["customer.portal.joint"].create(
        {
            "holder_id": seat.holder_id.id,
            "company_id": invoice.company_id.id,
            "currency_id": invoice.currency_id.id,
            "choice": "matrix",
            "basket_ids": [Command.create(basket)],
        }
    )
    cell.case.env.flush_all()
    return joint.id


def is_chosen_for_customer(cell, response):
    lines = cell.case.env["customer.portal.basket.line"].search(
        [
            ("invoice_id", "=", cell.things["invoice"].id),
            ("basket_id.joint_id.choice", "!=", "matrix"),
        ]
    )
    return cell.exists and lines.basket_id.contact_id == cell.document.contact_id


def is_paid_for_customer(cell, result):
    parts = cell.case.env["payment.transaction"].search(
        [("portal_joint_id.reference", "=", result["reference"])]
    )
    return parts.partner_id == cell.document.contact_id


def day_of(cell):
    day = cell.things["invoice"].invoice_date.isoformat()
    return {"date_begin": day, "date_end": day}


def use_cards(cell):
    """A promised transfer, which is the matrix's way to pay, is none for several customers."""
    cell.case.provider.code = "demo"


def is_packed_for_customer(cell, response):
    cell.things["number"] = cell.things["invoice"].name
    return is_packed(cell, response)


def joint_rows():
    """Paying for several customers, and the archive over all of them."""
    own = {**MINE, "needs_proof": True}
    yield Page(
        "what is to be paid of several customers",
        routes=(PAY,),
        url=PAY,
        shows=asks_for("data-seat-invoice", lambda cell: cell.things["invoice"].id),
        compare=False,
        **own,
    )
    yield Form(
        "choose an invoice of one of several customers",
        routes=(f"{PAY}/choose",),
        url=f"{PAY}/choose",
        data=lambda cell: {"invoice": invoice_of(cell)},
        done=is_chosen_for_customer,
        **own,
    )
    yield Page(
        "what was chosen of several customers",
        routes=(f"{PAY}/<int:joint_id>",),
        url=lambda cell: f"{PAY}/{joint_of(cell)}",
        shows=lambda cell, response: "data-seat-part" in response.text,
        compare=False,
        **own,
    )
    yield Json(
        "pay for several customers",
        routes=(f"{PAY}/<int:joint_id>/transaction",),
        url=lambda cell: f"{PAY}/{joint_of(cell)}/transaction",
        params=lambda cell: cell.case.payment_values(),
        before=use_cards,
        done=is_paid_for_customer,
        compare=False,  # Who chose it is told what has changed since.
        **own,
    )
    yield Form(
        "archive over all customers",
        routes=("/my/seats/download",),
        url="/my/seats/download",
        data=day_of,
        done=is_packed_for_customer,
        changes=False,
        compare=False,
        **own,
    )


def seat_rows():
    for url in ("/my/seats", "/my/seats/page/1"):
        yield Page(
            f"all customers {url}",
            routes=("/my/seats", "/my/seats/page/<page>"),
            url=url,
            shows=asks_for("data-seat-row", lambda cell: cell.document.id),
            compare=False,
            **MINE,
        )
    yield Form(
        "change over to a customer",
        routes=("/my/seats/<int:seat_id>/enter",),
        needs_proof=True,
        url="/my/seats/{id}/enter",
        done=acts_by_it,
        signs_in=True,
        **MINE,
    )
    yield Form(
        "give a seat back",
        routes=("/my/seats/<int:seat_id>/end",),
        needs_proof=True,
        url="/my/seats/{id}/end",
        done=lambda cell, response: cell.document.state == "ended" and cell.target.published,
        **MINE,
    )
    yield Form(
        "go back to one's own account",
        "",
        ("/my/seats/leave",),
        staff=NOBODY,
        links=False,
        url="/my/seats/leave",
        done=led_to("/my"),
        signs_in=True,
    )
    yield Page(
        "a seat has ended",
        "",
        ("/my/seats/over",),
        links=False,
        url="/my/seats/over",
        shows=lambda cell, response: 'data-notice="over"' in response.text,
    )
    # To who does not act for anybody it leads home.
    yield Page(
        "closed while one acts for a customer",
        "",
        ("/my/seats/closed",),
        never=True,
        staff=NOBODY,
        links=False,
        url="/my/seats/closed",
        shows=lambda cell, response: False,
    )
    offered = {"kind": "invitation to a seat", "staff": NOBODY, "links": False}
    yield Form(
        "accept a seat",
        routes=(f"{PATH}/<string:token>/accept",),
        url=lambda cell: (
            f"{PATH}/{cell.things['secret'] if cell.exists else 'never-mailed'}/accept"
        ),
        done=lambda cell, response: cell.document.state == "active",
        compare=False,  # Who holds the mail is told whom it is for.
        **offered,
    )
    team = {"kind": "offered seat", "needs": TEAM, "staff": NOBODY, "links": False}
    yield Page(
        "seats that wait for an answer",
        routes=("/my/team",),
        url="/my/team",
        shows=asks_for("data-seat-waiting", lambda cell: cell.document.id),
        compare=False,
        **team,
    )
    yield Form(
        "take back a seat that was offered",
        routes=("/my/team/seat/<int:seat_id>/withdraw",),
        needs_proof=True,
        url="/my/team/seat/{id}/withdraw",
        done=lambda cell, response: cell.document.state == "ended",
        **team,
    )
    yield Form(
        "let somebody act for the customer",
        "customer",
        ("/my/team/seat",),
        needs=TEAM,
        staff=NOBODY,
        links=False,
        needs_proof=True,
        url="/my/team/seat",
        data=lambda cell: {
            "name": "Gestoría",
            "email": "gestoria@example.com",
            "profile_id": cell.case.profile_narrow.id,
            "customer_id": cell.res_id,
        },
        done=lambda cell, response: cell.case.env["customer.portal.seat"].search_count(
            [("email", "=", "gestoria@example.com"), ("customer_id", "=", cell.document.id)]
        ),
        compare=False,
    )
