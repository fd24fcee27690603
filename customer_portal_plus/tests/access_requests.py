"""Everything a request can reach, one row each: the columns of the access matrix.

How to add a row: a route that shows or changes a customer's document goes into ``REQUESTS``,
with the helper class of its sort:

=========== ===============================================================================
Page        a page, PDF or download, by GET; the link's token is added as ``access_token``
Form        a form, by POST with a CSRF token; what it changed is looked at afterwards
Json        a ``type="jsonrpc"`` route
Call        a model's method, over ``/web/dataset/call_kw`` and over ``/json/2`` with an API key
=========== ===============================================================================

Say of it, in the words of ``access_rules.py`` and *before* running it:

* ``kind``: ``invoice`` or ``order``, whose targets it is asked with; empty for a page that
  shows no document of its own (``public=True`` if it needs no sign-in either);
* ``needs``: the capabilities without which a contact is refused;
* ``by_link``: the document's mailed link opens it; ``only_by_link``: nothing else does;
* ``staff``: which staff get in by Odoo's own rights (``sales``, ``accountant``);
* ``of_customers``: an act of customers, which staff do there only where a customer could;
* ``never``: no customer may do it, whatever its rights;
* ``fits``: which targets it makes sense for;
* ``routes``: the addresses as Odoo's routing map writes them.

A route without a row belongs into ``EXEMPT``, with the reason. A portal route in neither fails
the suite.
"""

import base64
import io
import json
import re
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from odoo.addons.payment import utils as payment_utils

STAFF = frozenset(["sales", "accountant"])
SALES = frozenset(["sales"])
ACCOUNTANT = frozenset(["accountant"])
NOBODY = frozenset()

SEE_INVOICE = frozenset(["can_see_invoices"])
PAY = frozenset(["can_see_invoices", "can_pay"])
SEE_ORDER = frozenset(["can_see_quotes"])
ACCEPT = frozenset(["can_see_quotes", "can_accept"])


@dataclass(frozen=True)
class Answer:
    """What came back.

    :param bool | str inside: whether the actor got what it asked for
    :param str looks: how the answer looks, to compare the refusal with that of a document which
        doesn't exist
    """

    inside: bool
    looks: str


@dataclass
class Cell:
    """One question: who asks for what. ``res_id`` may be an id that does not exist."""

    case: object
    actor: object
    target: object
    document: object
    res_id: int

    @property
    def exists(self):
        return self.res_id == self.document.id

    @property
    def token(self):
        """The token of the link that the actor holds, or an empty string."""
        if self.actor.link == "right":
            return self.document.access_token
        if self.actor.link == "other":
            return self.case.other_token(self.target)
        return ""

    @property
    def token_of_mail(self):
        """The token for those who hold the link, and for those who might have it from a colleague:
        contacts of the same customer, and staff."""
        knows = self.actor.customer == self.target.customer or self.actor.staff
        return self.document.access_token if knows else self.token

    @property
    def signature(self):
        """``pid`` and ``hash`` of the mailed link that the actor holds."""
        if self.actor.link == "right":
            document = self.document
        elif self.actor.link == "other":
            document = self.case.other_document(self.target)
        else:
            return {}
        recipient = document.partner_id
        return {"pid": recipient.id, "hash": document.sudo()._sign_token(recipient.id)}

    @property
    def contact(self):
        return self.case.user_of(self.actor).partner_id

    @property
    def things(self):
        """What hangs on the document: messages, attachments, lines, names."""
        return self.case.things[self.target.name]

    def thing(self, key):
        """The id of something on the document, or one that doesn't exist."""
        return self.things[key] if self.exists else self.res_id

    def normalise(self, text):
        """Take out of an answer what differs between two questions anyway."""
        text = text.replace("%2F", "/")
        text = re.sub(r"(?<![0-9a-f])[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID", text)
        text = re.sub(r"csrf_token[^,;>]*", "csrf", text)
        return re.sub(r"\d+", "N", text)


@dataclass
class Request:
    """A row: see the top of this file."""

    name: str
    kind: str = ""
    routes: tuple = ()
    needs: frozenset = NOBODY
    by_link: bool = False
    only_by_link: bool = False
    public: bool = False
    never: bool = False
    staff: frozenset = STAFF
    of_customers: bool = False
    changes: bool = False
    # Whether customers try it where it doesn't fit the document's state, too.
    tries_misfits: bool = False
    fits: callable = field(default=lambda target: True)
    # Whether asking for a document that doesn't exist makes sense, to compare the refusals.
    compare: bool = True
    # Whether a link can play a part; if not, those who hold one are not asked once more.
    links: bool = True

    def seeing(self):
        """Return the request of just seeing the document."""
        return Request(
            "see",
            self.kind,
            needs=SEE_INVOICE if self.kind == "invoice" else SEE_ORDER,
            by_link=self.links,
        )

    def capability_of(self, actor):
        return self.needs <= actor.can and not self.only_by_link

    def staff_gets_in(self, actor, target):
        return actor.login in self.staff and self.fits(target)

    def ask(self, cell):
        """Send the request.

        :rtype: Answer
        """
        raise NotImplementedError


@dataclass
class Page(Request):
    """:param str | callable url: with ``{id}``, or (cell) -> address
    :param callable shows: (cell, response) -> whether the page shows what was asked for
    :param callable query: (cell) -> query string parameters besides the token
    """

    url: str = ""
    shows: callable = None
    query: callable = field(default=lambda cell: {})

    def ask(self, cell):
        params = dict(self.query(cell))
        if cell.token:
            params.setdefault("access_token", cell.token)
        url = self.url(cell) if callable(self.url) else self.url.format(id=cell.res_id)
        response = cell.case.url_open(url, params=params, allow_redirects=False)
        if response.headers.get("Location", "").split("?")[0] == url:
            # The same page, its token left out for who is signed in.
            response = cell.case.url_open(response.headers["Location"], allow_redirects=False)
        return Answer(
            bool(self.shows(cell, response)),
            f"{response.status_code} {cell.normalise(response.headers.get('Location', ''))}"
            + cell.normalise(response.text[:3000] if response.status_code >= 400 else ""),
        )


@dataclass
class Form(Request):
    """:param callable data: (cell) -> posted values
    :param callable done: (cell, response) -> whether what was asked for has happened
    """

    url: str = ""
    data: callable = field(default=lambda cell: {})
    done: callable = None
    files: callable = field(default=lambda cell: None)
    changes: bool = True

    def ask(self, cell):
        data = {"csrf_token": cell.case.csrf_token(cell.actor), **self.data(cell)}
        if cell.token:
            data.setdefault("access_token", cell.token)
        response = cell.case.url_open(
            self.url.format(id=cell.res_id),
            data=data,
            files=self.files(cell),
            allow_redirects=False,
        )
        cell.case.env.invalidate_all()
        return Answer(
            bool(self.done(cell, response)),
            f"{response.status_code} {cell.normalise(response.headers.get('Location', ''))}",
        )


def _json_looks(cell, answer):
    if error := answer.get("error"):
        data = error.get("data", {})
        return cell.normalise(f"{error.get('code')} {data.get('name')} {data.get('message')}")
    return cell.normalise(json.dumps(answer.get("result"), sort_keys=True, default=str)[:3000])


@dataclass
class Json(Request):
    """:param callable params: (cell) -> parameters
    :param callable done: (cell, result) -> whether what was asked for was given or has happened
    """

    url: str = ""
    params: callable = field(default=lambda cell: {})
    done: callable = None
    changes: bool = True

    def ask(self, cell):
        response = cell.case.url_open(
            self.url.format(id=cell.res_id),
            json={"jsonrpc": "2.0", "method": "call", "id": 0, "params": self.params(cell)},
            allow_redirects=False,
        )
        if "json" not in response.headers.get("Content-Type", ""):
            return Answer(False, f"{response.status_code}")
        answer = response.json()
        cell.case.env.invalidate_all()
        return Answer(
            "error" not in answer and bool(self.done(cell, answer.get("result"))),
            _json_looks(cell, answer),
        )


@dataclass
class Call(Request):
    """A method over both ways of RPC; both must give the same answer.

    :param str model: the model's name
    :param str method: its method
    :param callable ids: (cell) -> ids; None for a method of the model
    :param callable kwargs: (cell) -> keyword arguments
    :param callable done: (cell, result) -> whether what was asked for was given or has happened
    """

    routes: tuple = (
        "/web/dataset/call_kw",
        "/web/dataset/call_kw/<path:path>",
        "/json/2/<__model__>/<__method__>",
    )
    model: str = ""
    method: str = ""
    ids: callable = None
    kwargs: callable = field(default=lambda cell: {})
    done: callable = field(default=lambda cell, result: True)
    links: bool = False

    def ask(self, cell):
        ids = self.ids(cell) if self.ids else None
        kwargs = self.kwargs(cell)
        with cell.case.rolled_back():
            by_session = self._by_session(cell, ids, dict(kwargs))
        with cell.case.rolled_back():
            by_key = self._by_key(cell, ids, kwargs)
        inside = by_session.inside if by_session.inside == by_key.inside else "in one way only"
        return Answer(inside, f"{by_session.looks} / {by_key.looks}")

    def _by_session(self, cell, ids, kwargs):
        args = [] if ids is None else [ids]
        if self.method == "create":
            args = [kwargs.pop("vals_list")]  # call_kw looks for them there
        response = cell.case.url_open(
            f"/web/dataset/call_kw/{self.model}.{self.method}",
            json={
                "jsonrpc": "2.0",
                "method": "call",
                "id": 0,
                "params": {
                    "model": self.model,
                    "method": self.method,
                    "args": args,
                    "kwargs": kwargs,
                },
            },
        )
        answer = response.json()
        cell.case.env.invalidate_all()
        return Answer(
            "error" not in answer and bool(self.done(cell, answer.get("result"))),
            _json_looks(cell, answer),
        )

    def _by_key(self, cell, ids, kwargs):
        key = cell.case.api_key(cell.actor)
        response = cell.case.url_open(
            f"/json/2/{self.model}/{self.method}",
            json={**kwargs, **({} if ids is None else {"ids": ids})},
            headers={"Authorization": f"Bearer {key}"} if key else {},
        )
        cell.case.env.invalidate_all()
        answer = response.json() if "json" in response.headers.get("Content-Type", "") else None
        inside = response.status_code == 200 and bool(self.done(cell, answer))
        message = answer.get("message") if isinstance(answer, dict) else ""
        return Answer(inside, cell.normalise(f"{response.status_code} {message}"))


# === WHAT AN ANSWER LOOKS LIKE FROM INSIDE === #


def shows_document(cell, response):
    """The page shows the text of the document's line."""
    return response.status_code == 200 and cell.things["mark"] in response.text


def is_file(cell, response):
    """A PDF or XML came back, of this document (without wkhtmltopdf, tests get HTML)."""
    return response.status_code == 200 and bool(
        response.content.startswith((b"%PDF", b"PK")) or cell.things["mark"] in response.text
    )


def lists_document(address):
    """The page links to the document."""

    def shows(cell, response):
        return response.status_code == 200 and re.search(
            rf"{address}/{cell.document.id}(?!\d)", response.text
        )

    return shows


def is_page(cell, response):
    return response.status_code == 200


def gives_file(key):
    def shows(cell, response):
        return response.status_code == 200 and response.content == cell.things[key]

    return shows


def goes_to_document(cell, response):
    location = response.headers.get("Location", "")
    return response.status_code in (302, 303) and re.search(
        rf"/my/(invoices|orders)/{cell.document.id}(?!\d)"
        rf"|/odoo/(account\.move|sale\.order)/{cell.document.id}(?!\d)",
        location,
    )


def gives_transaction(cell, result):
    return isinstance(result, dict) and result.get("reference")


def gives_record(cell, result):
    return isinstance(result, list) and any(
        isinstance(row, dict) and row.get("id") == cell.document.id for row in result
    )


def gives_mark(cell, result):
    return cell.things["mark"] in json.dumps(result, default=str)


def gives_message(cell, result):
    return cell.things["message"] in json.dumps(result, default=str)


def has_new_message(text):
    def done(cell, result):
        return cell.case.env["mail.message"].search_count(
            [
                ("model", "=", cell.document._name),
                ("res_id", "=", cell.document.id),
                ("body", "ilike", text),
            ]
        )

    return done


def model_of(kind):
    return {"invoice": "account.move", "order": "sale.order"}[kind]


def line_of(kind):
    return {"invoice": "account.move.line", "order": "sale.order.line"}[kind]


# A report's own rights are asked in the document: without the gates, through the record rules.
REPORT_ADDRESSES = (
    ("/report/<converter>/<reportname>/<docids>", "/report/html/REPORT/{id}"),
    ("/report/<converter>/<reportname>/<docids>", "/report/text/REPORT/{id}"),
    ("/report/<converter>/<reportname>/<docids>", "/report/pdf/REPORT/{id}"),
    ("/report/<converter>/<reportname>", "/report/html/REPORT?docids={id}"),
)

# === INVOICES === #

INVOICE_PAGE = ("/my/invoices/<int:invoice_id>",)


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
        "bank account for an invoice",
        "invoice",
        ("/my/invoices/<int:invoice_id>/transfer",),
        needs=SEE_INVOICE,
        by_link=True,
        url="/my/invoices/{id}/transfer",
        shows=lambda cell, response: 'data-transfer="account"' in response.text,
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
        done=lambda cell, result: isinstance(result, list),
    )
    yield Json(
        f"recipients with another customer's ({kind})",
        kind,
        ("/mail/thread/recipients/get_suggested_recipients",),
        never=True,
        url="/mail/thread/recipients/get_suggested_recipients",
        params=thread_of,
        done=lambda cell, result: isinstance(result, list),
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


# Each group is one test: a row of a new page family may make a group of its own.
GROUPS = {
    "invoices": [*invoice_rows()],
    "orders": [*order_rows()],
    "chatter of invoices": [*chatter_rows("invoice")],
    "chatter of orders": [*chatter_rows("order")],
    "express page": [*express_rows()],
    "RPC on invoices": [*rpc_rows("invoice")],
    "RPC on orders": [*rpc_rows("order")],
}
REQUESTS = [request for group in GROUPS.values() for request in group]

# === ROUTES WITHOUT A ROW === #

# Families of addresses in which customers' documents could be reached: a route in them must be
# in a row above or below. Routes of this addon and its bridges must be, whatever their address.
FAMILIES = (
    r"/my(/|$)",
    r"/invoice/",
    r"/payment/",
    r"/portal/",
    r"/mail/",
    r"/account/",
    r"/report/",
    r"/web/content",
    r"/web/image",
    r"/web/dataset",
    r"/web/export",
    r"/web/pivot",
    r"/json",
    r"/product/catalog",
)

# Modules whose routes are looked at: core's for these models. Other modules bring documents of
# their own, with their own walls.
MODULES = (
    "account",
    "account_payment",
    "mail",
    "payment",
    "portal",
    "product",
    "rpc",
    "sale",
    "sale_management",
    "web",
)

# Regular expression of the route -> why it needs no row.
EXEMPT = {
    r"/my(/home)?": "Shows sums and the newest documents, tested with the home page.",
    r"/my/counters": "Gives numbers, counted through the record rules.",
    r"/my/(account|security|deactivate_account)": "The contact's own data.",
    r"/my/address.*": "Addresses, tested with the billing data.",
    r"/my/payment_method(/.*)?": "Saved payment methods: tested with them.",
    r"/my/credit(/.*)?": "Sums of the customer: tested with the credit.",
    r"/my/account/.*": "Data of the contact and its customer, tested with the billing data.",
    r"/my/step_up(/.*)?": "Confirms who has signed in; shows no document: tested with step-up.",
    r"/my/team(/.*)?": "People of the customer, tested with the team.",
    r"/p/<string:alias>(/.*)?": "Ways of signing in, and personal links, which lead to the page of"
    " a document: tested with each.",
    r"/my/(orders|invoices)/<int:document_id>/question": "Tested with the questions.",
    r"/my/orders/<int:order_id>/sign/(who|code)": "Tested with the signatures of guests.",
    r"/my/orders/<int:order_id>/answer/approval": "Tested with the approvals of colleagues.",
    r"/my/orders/<int:order_id>/answer/changes": "Tested with the changes asked for.",
    r"/my/journal/<int:journal_id>/unsubscribe": "A signed link of a supplier's mail.",
    r"/my/beacon": "Notes what a signed token names; answers always the same.",
    r"/my/documents(/.*)?": "Shared files, a model of their own: tested with the documents.",
    r"/my/messages(/.*)?": "Conversations, a model of their own: tested with the messages.",
    r"/my/sign/.*": "Frozen for one contact, who alone is let in: tested with the signatures.",
    r"/portal/verify(/.*)?": "Tells of a signature to who holds its code or the signed file.",
    r"/my/pay/debit(/.*)?": "The customer's own consent: tested with the automatic debit.",
    r"/my/pay(/.*)?": "Many invoices at once: tested with the basket.",
    r"/my/payments(/.*)?": "Payments, not documents: tested with the payments.",
    r"/my/preview/leave": "Ends what staff see as a customer.",
    r"/my/invitation.*": "By an invitation's own token; gives access, shows no document.",
    r"/my/invoices/overdue": "Tested with the payments: many invoices at once.",
    r"/invoice/transaction/overdue": "Tested with the payments: many invoices at once.",
    r"/payment/(transaction|confirmation)": "Signed amount and partner; shows no document.",
    r"/payment/(status|status/poll)": "The transaction of the visitor's own session.",
    r"/payment/archive_token": "The contact's own payment methods.",
    r"/portal/attachment/remove": "Pending uploads only, by their own token.",
    r"/mail/attachment/(delete|update_thumbnail)": "By the file's own ownership token.",
    r"/mail/(data|action)": "Tested below: what of a thread it tells.",
    r"/mail/attachment/(zip|pdf_first_page.*)": "Reads files as /web/content does.",
    r"/mail/font_to_img.*": "Draws icons.",
    r"/mail/guest/.*": "Guests of discussion channels.",
    r"/mail/(history|inbox|starred)/messages": "Searches messages as mail.message.search does.",
    r"/mail/link_preview.*": "Previews of links in a message that is read first.",
    r"/mail/message/translate": "Translates a message that is read first.",
    r"/mail/partner/from_email": "Names of partners that the user may read.",
    r"/mail/read_subscription_data": "Followers can't be read by customers.",
    r"/mail/rtc/.*": "Calls in discussion channels.",
    r"/mail/set_manual_im_status": "The user's own status.",
    r"/mail/thread/recipients/fields": "Names of fields.",
    r"/mail/unfollow": "A signed link of a mail, which ends just these mails.",
    r"/mail/update_is_internal": "Writes a message through its own rights.",
    r"/account/(init|post)_tests_shared_js_python": "Odoo's own tests.",
    r"/account/download_invoice_attachments/.*": "Reads files as /web/content does.",
    r"/report/barcode.*": "Draws what is in the address.",
    r"/report/check_wkhtmltopdf": "Tells about a program.",
    r"/web/content/<string:xmlid>.*": "Named records are none of a customer's documents.",
    r"/web/image/<string:xmlid>.*": "Named records are none of a customer's documents.",
    r"/web/(content|image).*": "Another spelling of the addresses that have a row.",
    r"/web/dataset/call_button.*": "The same methods as call_kw.",
    r"/web/export/.*": "Needs a right that portal users never have.",
    r"/web/pivot/export_xlsx": "Draws what is posted.",
    r"/json/1/.*|/json/<path:subpath>": "Needs an internal user.",
    r"/json/2(/<path:subpath>)?": "Answers that there is nothing.",
    r"/json/version": "Tells a version.",
    r"/jsonrpc": "The same methods as call_kw.",
    r"/product/catalog/.*": "Works through the rights on the order's lines.",
}
