"""What a cell of the access matrix is: who asks for what, and how; the helpers of its rows."""

import json
import re
from dataclasses import dataclass, field, replace

from .access_rules import SEEING

STAFF = frozenset(["sales", "accountant"])
SALES = frozenset(["sales"])
ACCOUNTANT = frozenset(["accountant"])
NOBODY = frozenset()

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
    # Whether a call over RPC is made by both of its routes, or by the session's alone.
    both_ways: bool = True

    @property
    def exists(self):
        return self.res_id == self.document.id

    @property
    def token(self):
        """The token of the link that the actor holds, or an empty string. A personal link has
        been opened before: the browser's session knows it."""
        if self.actor.mailed_to or "access_token" not in self.document:
            return ""
        if self.actor.link == "right":
            return self.document.access_token
        if self.actor.link == "other":
            return self.case.other_token(self.target)
        return ""

    @property
    def token_of_mail(self):
        """The token for those who hold the link, and for those who might have it from a colleague:
        contacts of the same customer, and staff."""
        actor = self.actor
        knows = actor.customer == self.target.customer or actor.staff
        if actor.mailed_to:
            knows = actor.link == "right" and SEEING[self.target.kind] <= actor.can
        return self.document.access_token if knows else self.token

    @property
    def signature(self):
        """``pid`` and ``hash`` of the mailed link that the actor holds."""
        if self.actor.mailed_to:
            return {}
        if self.actor.link == "right":
            document = self.document
        elif self.actor.link == "other":
            document = self.case.other_document(self.target)
        else:
            return {}
        recipient = document.partner_id
        return {"pid": recipient.id, "hash": document.sudo()._sign_token(recipient.id)}

    @property
    def secret(self):
        """The secret of the mail that the actor holds: of a sign-in mail, an invitation or a
        personal link; one that was never mailed for who holds none."""
        if self.actor.link == "right":
            return self.things["secret"] if self.exists else "never-mailed"
        if self.actor.link == "other":
            return self.case.other_things(self.target)["secret"]
        return "never-mailed"

    @property
    def customer(self):
        return getattr(self.case, self.target.customer)

    @property
    def contact(self):
        if self.actor.mailed_to:
            return self.case.mailed_to(self.actor, self.target)
        return self.case.user_of(self.actor).partner_id

    @property
    def things(self):
        """What hangs on the document: messages, attachments, lines, names."""
        return self.case.things[self.target.name]

    def thing(self, key):
        """The id of something on the document, or one that doesn't exist."""
        return self.things[key] if self.exists else self.res_id

    def normalise(self, text, asked=()):
        """Take out of an answer what differs between two questions anyway.

        :param asked: what was asked with, which a page may have in its links
        """
        text = text.replace("%2F", "/")
        for value in map(str, asked):
            if len(value) > 3 and not value.replace(".", "").isdigit():
                text = text.replace(value.replace("%2F", "/"), "ASKED")
        text = re.sub(r"(?<![0-9a-f])[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID", text)
        text = re.sub(r"csrf_token[^,;>]*", "csrf", text)
        return re.sub(r"\d+", "N", text)


@dataclass
class Request:
    """A row: see the top of ``access_requests.py``."""

    name: str
    kind: str = ""
    routes: tuple = ()
    needs: frozenset = NOBODY
    by_link: bool = False
    only_by_link: bool = False
    by_personal_link: bool | None = None
    guests_only: bool = False
    of_whole: bool = False
    changes_person: bool = False
    needs_proof: bool = False
    of_account: bool = False
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
    # (cell) -> None: what the browser or the customer has done before.
    before: callable = None
    # Whether the session is another one afterwards.
    signs_in: bool = False

    @property
    def opens_by_personal_link(self):
        return self.by_link if self.by_personal_link is None else self.by_personal_link

    def is_for(self, actor):
        """Return whether it is worth asking: who holds a link, or came in by one, is asked once
        more only where that can play a part."""
        if actor.mailed_to:
            return self.links and not self.never and self.kind in ("invoice", "order", "approval")
        if actor.weak:
            return self.needs_proof
        if self.kind == "seat" and actor.by_seat:
            return False  # The same person, who changes over from there, too.
        return self.links or not actor.link

    def seeing(self):
        """Return the request of just seeing what it is about; of what can't be seen apart from
        this request, the request itself."""
        if self.kind not in SEEING:
            return replace(self, needs_proof=False)
        by_link = self.links and self.kind in ("invoice", "order", "approval")
        return Request("see", self.kind, needs=SEEING[self.kind], by_link=by_link)

    def address(self, cell):
        return self.url(cell) if callable(self.url) else self.url.format(id=cell.res_id)

    def capability_of(self, actor):
        return self.needs <= actor.can and not self.only_by_link

    def staff_gets_in(self, actor, target):
        return actor.login in self.staff and self.fits(target)

    def ask(self, cell):
        """Do what comes before, and send the request.

        :rtype: Answer
        """
        if self.before:
            self.before(cell)
            cell.case.env.flush_all()
        return self.send(cell)

    def send(self, cell):
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

    def send(self, cell):
        params = dict(self.query(cell))
        if cell.token:
            params.setdefault("access_token", cell.token)
        url = self.address(cell)
        response = cell.case.url_open(url, params=params, allow_redirects=False)
        if response.headers.get("Location", "").split("?")[0] == url:
            # The same page, its token left out for who is signed in.
            response = cell.case.url_open(response.headers["Location"], allow_redirects=False)
        return Answer(
            bool(self.shows(cell, response)),
            f"{response.status_code} {cell.normalise(response.headers.get('Location', ''))}"
            + cell.normalise(
                response.text if response.status_code >= 400 else "", [url, *params.values()]
            ),
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

    def send(self, cell):
        data = {"csrf_token": cell.case.csrf_token(cell.actor), **self.data(cell)}
        if cell.token:
            data.setdefault("access_token", cell.token)
        url = self.address(cell)
        response = cell.case.url_open(
            url,
            data=data,
            files=self.files(cell),
            allow_redirects=False,
        )
        cell.case.env.invalidate_all()
        return Answer(
            bool(self.done(cell, response)),
            f"{response.status_code} {cell.normalise(response.headers.get('Location', ''))}"
            + cell.normalise(response.text if response.status_code == 404 else "", [url]),
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

    def send(self, cell):
        response = cell.case.url_open(
            self.address(cell),
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

    def send(self, cell):
        ids = self.ids(cell) if self.ids else None
        kwargs = self.kwargs(cell)
        with cell.case.rolled_back():
            by_session = self._by_session(cell, ids, dict(kwargs))
        if not cell.both_ways:
            return by_session
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


def is_pdf(cell, response):
    """A PDF came back."""
    return response.status_code == 200 and response.content.startswith(b"%PDF")


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


def wrote(text):
    """A message with this text was written, on whatever record."""

    def done(cell, result):
        return cell.case.env["mail.message"].search_count([("body", "ilike", text)])

    return done


def shows_mark(cell, response):
    return response.status_code == 200 and cell.things["mark"] in response.text


def led_to(path):
    """The answer leads to a page."""

    def shows(cell, response):
        return re.search(rf"{path}$", response.headers.get("Location", ""))

    return shows


def model_of(kind):
    return {"invoice": "account.move", "order": "sale.order"}[kind]


def line_of(kind):
    return {"invoice": "account.move.line", "order": "sale.order.line"}[kind]
