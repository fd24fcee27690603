"""Requests by chance to every route, and what no answer may be."""

import io
import json
import random
import re
import zipfile

import requests
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from .browser import Browser, form_token
from .common import note
from .demo import PASSWORD

# What a page that is only read may write, and why.
NOTES = {
    "customer_portal_event": "who opened what, which staff see",
    "customer_portal_opening": "the same, for the overview",
    "customer_portal_link": "when a personal link was opened last",
    "customer_portal_throttle": "how often a stranger tries",
    "customer_portal_reading": "up to where a conversation was read",
    "ir_attachment": "bundles of scripts and styles, and files that core makes once",
    "res_device_log": "core's list of a user's devices",
    "res_users_log": "core's last sign-in",
    "bus_presence": "core's live connections",
    "ir_sequence": "core's number of an order's invoice",
}
# What core writes into the log for what it refuses, before it gets to anything of ours.
CORES = (
    # The token of an invitation to a meeting, with a NUL sign.
    'WHERE "calendar_attendee"."access_token" IN',
)
SECONDS = 60
# After so many requests it is asked whether an actor is signed in still.
REQUESTS_UNSEEN = 10
SCRIPT = "<script>alert(1)</script>"
# Odd as text of a query, a form or a path; what is odd in JSON is made of them, too.
TEXTS = (
    "", " ", "0", "-1", "1", "2147483648", "9223372036854775808", "9" * 400, "1e309", "nan", "1,5",
    "1.000,00", "true", "null", "[]", "{}", "a\x00b", "\ufeff", "٣", "ñandú", "🧾" * 40, "%", "_",
    "%25%00", "../../etc/passwd", "'; --", SCRIPT, "${7*7}", "{{7*7}}",
    "2026-02-30", "0001-01-01", "9999-12-31", "2026-01-31T25:00", "=1+1", "a" * 20_000,
    "https://example.com/", "//example.com", "/my/%2e%2e/web", "javascript:alert(1)", "res.partner",
    "account.move", "es_ES", "xx_XX",
)  # fmt: skip
# Errors of a call that say no; any other one is a stumble.
REFUSALS = (
    "werkzeug.exceptions.", "odoo.exceptions.", "odoo.http.SessionExpiredException",
    "odoo.addons.customer_portal_plus.exceptions.", "odoo.addons.portal.", "builtins.TypeError: ",
)  # fmt: skip
CONTENT_TYPES = (None, "application/json", "text/xml", "multipart/form-data", "text/plain", "x")
STRANGE_METHODS = ("PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")


class Leak(AssertionError):
    """What an answer must not be."""


class Actor:
    """A browser: of a contact, or of a guest.

    :param dict contact: its login and customer; None for a guest
    """

    def __init__(self, base_url, contact):
        self.base_url = base_url
        self.contact = contact
        self.name = contact["login"] if contact else "guest"
        self.sign_in()

    def sign_in(self):
        """Begin anew, with a token for forms."""
        self.session = Browser(self.base_url)
        path = "/web/login"
        if self.contact:
            path = "/my/security"
            self.session.sign_in(self.contact["login"], PASSWORD)
        page = self.session.get(self.base_url + path, timeout=SECONDS)
        self.csrf = form_token(page.text)
        if path not in page.url or not self.csrf:
            raise Leak(f"{self.name} could not sign in: {page.status_code} {page.url}")

    def is_signed_in(self):
        """Return whether the session is what it was."""
        page = self.session.get(f"{self.base_url}/my/security", timeout=SECONDS)
        return "/my/security" in page.url


class RouteTorture:
    """Ask every route as everybody, with values by chance.

    :param LiveServer server: with the world of ``torture_world`` in its database
    :param dict world: see ``torture_world.prepare``
    """

    def __init__(self, server, world):
        self.server = server
        self.world = world
        self.guest = Actor(server.base_url, None)
        self.actors = [self.guest, *(Actor(server.base_url, one) for one in world["actors"])]
        self.counts = {}
        # One of each route and kind.
        self.failures = {}
        self.asked = set()
        # Requests of each actor since it was known to be signed in.
        self._unseen = {}
        self._log_size = server.log.stat().st_size
        self._connection = server.connect()
        self._connection.autocommit = True
        self._writes()

    # === WHAT IS ASKED === #

    def _numbers(self, rule):
        """Give numbers for a path: of documents of the kind that the route seems to be about."""
        known = [
            number
            for model, rows in self.world["records"].items()
            if any(part in rule for part in _WORDS.get(model, ()))
            for number, _customer in rows
        ]
        odd = st.sampled_from([0, 1, 2, -1, 2**31, 2**63, 10**30])
        return st.one_of(st.sampled_from(known), odd) if known else odd

    def _path(self, draw, rule):
        def value(match):
            word = match.group()
            if "int:" in word or "model(" in word:
                return str(draw(self._numbers(rule)))
            if "alias" in word and draw(st.booleans()):
                return self.world["alias"]
            # Core looks up any address that there is not, and fails on this sign, whoever asks.
            text = draw(st.sampled_from(TEXTS))[:300].replace("\x00", "")
            return requests.utils.quote(text, safe="") or "x"

        return re.sub(r"<[^>]+>", value, rule)

    def _values(self, draw, names):
        tokens = [row for rows in self.world["tokens"].values() for row in rows]
        numbers = [number for rows in self.world["records"].values() for number, _one in rows]
        anything = st.one_of(
            st.sampled_from(TEXTS),
            st.sampled_from(numbers).map(str),
            st.sampled_from([token for _number, _customer, token in tokens]),
            st.text(max_size=30),
        )
        chosen = draw(st.lists(st.sampled_from(names), max_size=6)) if names else []
        # Some come twice.
        return [(name, draw(anything)) for name in chosen]

    @staticmethod
    def _json(draw, values):
        odd = st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.text(max_size=8), inner, max_size=3)
            ),
            max_leaves=6,
        )
        return {
            name: (int(value) if re.fullmatch(r"\d{1,18}", value) else value)
            if draw(st.booleans())
            else draw(odd)
            for name, value in values
        }

    def requests(self, route):
        """Return the strategy for a route: actor, method, path and what else ``requests`` is given.

        :param dict route: see ``torture_world.prepare``
        :rtype: hypothesis.strategies.SearchStrategy
        """

        @st.composite
        def one(draw):
            actor = draw(st.sampled_from(self.actors))
            path = self._path(draw, route["rule"])
            values = self._values(draw, route["names"])
            method = draw(st.sampled_from(route["methods"]))
            if draw(st.integers(0, 19)) == 19:
                method = draw(st.sampled_from(STRANGE_METHODS))
            more = {}
            if route["type"] != "http" and draw(st.integers(0, 9)) != 9:
                body = {"jsonrpc": "2.0", "params": self._json(draw, values)}
                more["data"] = json.dumps(body)
                more["headers"] = {"Content-Type": "application/json"}
                method = "POST"
            elif method == "GET":
                more["params"] = _sendable(values)
            else:
                form = _sendable(values)
                if draw(st.integers(0, 9)) != 9:
                    form.append(("csrf_token", actor.csrf))
                if draw(st.integers(0, 5)) == 5 and form:
                    name = draw(st.sampled_from([name for name, _value in form]))
                    more["files"] = {name: ("a.pdf", b"%PDF-1.4 x", "application/pdf")}
                more["data"] = form
                if draw(st.integers(0, 19)) == 19:
                    kind = draw(st.sampled_from(CONTENT_TYPES))
                    more["headers"] = {"Content-Type": kind}
            return actor, method, path, more

        return one()

    # === WHAT NO ANSWER MAY BE === #

    def ask(self, route, actor, method, path, more):
        """Ask once, and look at the answer.

        :raise Leak: an error of the server, a word of another customer, a write by reading
        """
        what = f"{actor.name}: {method} {path} {str(more)[:600]}"
        answer = self._answer(actor, method, path, more)
        if answer is None:
            raise Leak(f"{what}\ngot no answer")
        self.asked.add(route["rule"])
        self.counts[answer.status_code] = self.counts.get(answer.status_code, 0) + 1
        if answer.status_code >= 500 or b"Traceback (most recent call last)" in answer.content:
            if not self._is_refusal(answer):
                raise Leak(f"{what}\nanswered {answer.status_code}: {answer.text[-800:]}")
        if error := self._stumble(answer):
            raise Leak(f"{what}\nstumbled: {error}")
        self._check_words(actor, answer, what)
        if SCRIPT in answer.text and "html" in answer.headers.get("Content-Type", ""):
            raise Leak(f"{what}\nwrites a script of the request into the page")
        written = self._writes()
        if method in ("GET", "HEAD", "OPTIONS"):
            wrong = sorted(one for one in written if one.split()[0] not in NOTES)
            if wrong:
                raise Leak(f"{what}\nwrote to {', '.join(wrong)}")
        self._keep_signed_in(actor, answer)

    def _answer(self, actor, method, path, more):
        """Ask; once more if the server has closed the connection while nothing was asked.

        :return: the answer; None if there is none
        """
        for _time in range(2):
            try:
                return actor.session.request(
                    method,
                    self.server.base_url + path,
                    allow_redirects=False,
                    timeout=SECONDS,
                    **more,
                )
            except requests.ConnectionError:
                continue
        return None

    def _keep_signed_in(self, actor, answer):
        """Sign in again who was signed out: an answer that leads to the door tells so, and who
        was led nowhere is looked after now and then, since looking is a request, too."""
        if not actor.contact:
            return
        self._unseen[actor.name] = self._unseen.get(actor.name, 0) + 1
        is_shown_out = "/web/login" in answer.headers.get("Location", "") or (
            "Session" in answer.text[:2000] and answer.status_code != 200
        )
        if is_shown_out or self._unseen[actor.name] >= REQUESTS_UNSEEN:
            self._unseen[actor.name] = 0
            if not actor.is_signed_in():
                actor.sign_in()

    @staticmethod
    def _is_refusal(answer):
        """Core tells of a refused call with its traceback, and status 200."""
        return answer.status_code == 200 and b'"error"' in answer.content

    @staticmethod
    def _stumble(answer):
        if "json" not in answer.headers.get("Content-Type", ""):
            return None
        try:
            error = answer.json().get("error")
        except (ValueError, AttributeError):
            return None
        if not isinstance(error, dict) or "data" not in error:
            return None
        name = error["data"].get("name", "")
        if name.startswith(REFUSALS):
            return None
        if _is_wrong_call(name, error["data"].get("debug", "")):
            return None
        return f"{name}: {error['data'].get('message')}\n{error['data'].get('debug', '')[-800:]}"

    def _check_words(self, actor, answer, what):
        own = actor.contact and str(actor.contact["customer"])
        text = _text_of(answer)
        for customer, word in self.world["secrets"].items():
            if customer != own and word in text:
                if not actor.contact and self._guest_may_read(customer, what):
                    continue
                place = text.index(word)
                around = text[max(0, place - 200) : place + 100]
                raise Leak(f"{what}\nshows a word of customer {customer}: …{around}…")

    def _guest_may_read(self, customer, what):
        """Whoever holds a document's token reads that document."""
        return any(
            token in what
            for rows in self.world["tokens"].values()
            for _number, one, token in rows
            if str(one) == customer
        )

    def _writes(self):
        """Return to which tables was written since the last time, and how."""
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT name FROM torture_write")
            found = {name for (name,) in cursor.fetchall()}
            if found:
                cursor.execute("TRUNCATE torture_write")
        return found

    def fail(self, kind, text):
        """Keep what is wrong, one of each kind, and tell of it at once: a run takes long."""
        if kind not in self.failures:
            self.failures[kind] = text
            note(text[:600])

    def log_errors(self):
        """Return what the server's log, since the beginning, tells of errors, but for calls with
        words that a method does not take, which are core's to refuse.

        :rtype: list[str]
        """
        with open(self.server.log, errors="replace") as log:
            log.seek(self._log_size)
            records = re.split(r"^(?=\d{4}-\d\d-\d\d \d\d:)", log.read(), flags=re.MULTILINE)
        return [
            record[-1500:]
            for record in records
            if re.match(r"\S+ \S+ \d+ (ERROR|CRITICAL) ", record)
            and not any(one in record for one in CORES)
            and not _is_wrong_call(record.rstrip().rsplit("\n", 1)[-1], record)
        ]

    def run(self, count, chance, progress):
        """Ask each route as often as the others; what fails is kept in ``failures``.

        :param int count: requests to all of them
        :param int chance: the beginning of chance: the same one asks the same
        :param progress: called after each request
        """
        each = max(1, count // len(self.world["routes"]))
        turns = random.Random(chance)
        for route in turns.sample(self.world["routes"], len(self.world["routes"])):
            self._run_one(route, each, turns.randrange(10**9), progress)

    def _run_one(self, route, count, chance, progress):
        @seed(chance)
        @settings(
            max_examples=count,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(self.requests(route))
        def torture(one):
            try:
                self.ask(route, *one)
            except Leak as leak:
                self.fail((route["rule"], str(leak).split("\n")[1][:30]), str(leak))
            progress()

        torture()


def _text_of(answer):
    """Return what an answer tells, also what is packed in it."""
    kind = answer.headers.get("Content-Type", "")
    content = io.BytesIO(answer.content)
    if answer.content.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in PdfReader(content).pages)
    if answer.content.startswith(b"PK") and "html" not in kind:
        with zipfile.ZipFile(content) as archive:
            return "\n".join(
                archive.read(name).decode(errors="replace") for name in archive.namelist()
            )
    return answer.text


def _is_wrong_call(name, traceback):
    """Return whether a call had words that its method does not take: those are core's to refuse,
    what stumbles in ours is not.

    :param str name: of the exception, or its last line
    """
    frames = re.findall(r'File "([^"]+)", line', traceback)
    ours = frames and "/customer_portal_plus" in frames[-1]
    return "TypeError" in name and not ours


def _sendable(values):
    """Return pairs of text that UTF-8 can tell."""
    return [(name, text.encode("utf-8", "replace").decode()) for name, text in values]


# Words of addresses that tell which documents a route is about.
_WORDS = {
    "account.move": ("invoice", "dispute"),
    "sale.order": ("order", "quote"),
    "customer.portal.document": ("document",),
    "customer.portal.conversation": ("message",),
    "customer.portal.payment.report": ("report",),
    "stock.picking": ("deliver", "picking"),
    "helpdesk.ticket": ("ticket",),
    "project.task": ("task",),
    "project.project": ("project",),
    "contract.contract": ("contract", "subscription"),
    "resource.booking": ("booking",),
    "hr.expense": ("expense",),
}
