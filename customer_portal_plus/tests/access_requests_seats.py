"""Rows for seats: changing over to a customer, giving a seat back, accepting one, granting one."""

from .access_cells import NOBODY, Form, Page, led_to
from .access_requests_people import TEAM, asks_for

MINE = {"kind": "seat", "staff": NOBODY, "links": False}
PATH = "/my/seats/invitation"


def acts_by_it(cell, response):
    """The browser's session is that of the seat's user now."""
    session = cell.case.session_of_browser()
    return session.uid == cell.document.user_id.id


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
