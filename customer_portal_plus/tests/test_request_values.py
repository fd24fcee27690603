"""What comes in with a request may be anything; no page of ours answers to it with an error of
the server."""

import inspect
import io
import itertools
import json
import logging
import re
import sys
from unittest.mock import patch
from urllib.parse import quote

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import EVERYTHING
from .common.document import DocumentCase
from .common.routes import parameter_names
from .common.sign_in import ALIAS, SignInCase

ADDON = "odoo.addons.customer_portal_plus"
# As text of a query string or a form.
TEXTS = ("", "a\x00b", "٣", "9" * 40, "-1", "nan")
# As a value in JSON.
VALUES = (None, True, [], {}, [[1]], -1, 2**70, 1.5, "", "a\x00b", "\ud800", "9" * 40, {"id": [1]})
# Core compares these as ASCII; the walls before them have tests of their own.
TOKENS = ("access_token", "token")
# What an act may say of them without being an error of the server.
REFUSALS = (
    "werkzeug.exceptions.NotFound",
    "werkzeug.exceptions.Forbidden",
    "werkzeug.exceptions.BadRequest",
    "odoo.exceptions.AccessError",
    "odoo.exceptions.MissingError",
    "odoo.exceptions.UserError",
    "odoo.exceptions.ValidationError",
    "odoo.http.SessionExpiredException",
    f"{ADDON}.exceptions.PortalRefusal",
)
# Routes that end the session of whoever asks for them.
LEFT_OUT = re.compile(r"^/(web/session/logout|odoo/)")


@tagged("post_install", "-at_install")
class TestRequestValues(SignInCase, DocumentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.portal_security_level = "medium"
        cls.invoice = cls._create_invoice(cls.user_full.partner_id, 100.0)
        cls.order = cls._create_order(cls.user_full.partner_id)
        cls.document = cls._share(to_sign=True)
        cls.request = cls.env["customer.portal.document.request"].create(
            {"name": "DNI", "partner_id": cls.alfa.id, "user_id": cls.user_sales.id}
        )
        cls.request.action_send()
        cls.company.portal_allow_confirmations = True
        inquiry = cls.env["customer.portal.balance.inquiry"].create(
            {"name": "Saldos", "date": cls.today, "customer_ids": [(6, 0, cls.alfa.ids)]}
        )
        cls.balance = cls.env["customer.portal.balance.confirmation"]._freeze(inquiry)
        cls.invoice.with_user(cls.user_full).sudo().message_post(
            body="Hola", author_id=cls.user_full.partner_id.id, message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )  # fmt: skip
        cls.conversation = cls.invoice._portal_conversation()
        cls.basket = cls.env["customer.portal.basket"]._build(cls.user_full.partner_id, cls.invoice)

    # === WHAT THERE IS TO ASK FOR === #

    def _routes(self, kind, guest):
        """Give ``(address, methods, names of parameters)`` of the addon's routes of a type."""
        seen = set()
        for rule in self.env["ir.http"].routing_map().iter_rules():
            routing = rule.endpoint.routing
            function = rule.endpoint.func.__func__
            function = inspect.unwrap(function)
            if routing["type"] != kind or LEFT_OUT.match(rule.rule):
                continue
            if not function.__module__.startswith(ADDON) or (guest and routing["auth"] == "user"):
                continue
            url = self._fill(rule)
            if url in seen:
                continue
            seen.add(url)
            methods = set(routing.get("methods") or ("GET", "POST")) & {"GET", "POST"}
            names = parameter_names(rule.endpoint.func) - set(rule.arguments)
            yield url, sorted(methods), sorted(names)

    def _fill(self, rule):
        """Return the address of a route, with records that there are."""

        def value(match):
            before = rule.rule[: match.start()]
            if "alias" in match.group():
                return ALIAS
            for part, record in (
                ("/requests/", self.request),
                ("/invoices/", self.invoice),
                ("/orders/", self.order),
                ("/documents/", self.document),
                ("/messages/", self.conversation),
                ("/pay/", self.basket),
                ("/balances/", self.balance),
            ):
                if before.endswith(part):
                    return str(record.id)
            if "int:" in match.group() or "model(" in match.group():
                return "1"
            return "customer.portal.document" if "model" in match.group() else "x"

        return re.sub(r"<[^>]+>", value, rule.rule)

    # === ASKING === #

    def _assert_none_failed(self, failed):
        self.assertFalse(failed, "\n".join(map(str, failed)))

    def _begin(self, user):
        """Sign in, or come to the express page as a guest; return the token of forms."""
        self.sign_in(user)
        if not user:
            self.post("/tax_id", {"tax_id": self.alfa.vat})
        page = self.url_open("/my" if user else f"/p/{ALIAS}").text
        return re.search(r'csrf_token: "([^"]+)"', page).group(1)

    def _requests(self):
        for user in (self.user_full, None):
            token = self._begin(user)
            for url, methods, names in self._routes("http", guest=not user):
                for method in methods:
                    yield user, url, method, names, token

    def test_files_in_the_place_of_text(self):
        failed, count = [], 0
        for _user, url, method, names, token in self._requests():
            if method != "POST":
                continue
            for name in names:
                self.env.invalidate_all()
                answer = self._ask(
                    url,
                    data={"csrf_token": token},
                    files={name: ("a.txt", io.BytesIO(b"a"), "text/plain")},
                )
                count += 1
                if answer.status_code >= 500:
                    failed.append((url, name, self.errors))
        self.assertGreater(count, 150)
        self._assert_none_failed(failed)

    def test_file_in_the_place_of_the_token_of_forms(self):
        """Core compares it as text, and failed."""
        self._begin(self.user_full)
        for url in ("/my/pay/choose", "/web/login"):
            answer = self._ask(url, files={"csrf_token": ("a.txt", io.BytesIO(b"a"), "text/plain")})
            self.assertEqual(answer.status_code, 400, url)

    def test_odd_text(self):
        failed, count = [], 0
        for number, (_user, url, method, names, token) in enumerate(self._requests()):
            # All names get the same text; how they go together matters to nothing. For each
            # change, a request gets two of the texts, the next one begins one further on.
            texts = TEXTS if EVERYTHING else (TEXTS * 2)[number % len(TEXTS) :][:2]
            for text in texts:
                values = {name: text for name in names if text.isascii() or name not in TOKENS}
                if method == "GET":
                    query = "&".join(
                        f"{name}={quote(value[:500])}" for name, value in values.items()
                    )
                    answer = self._ask(f"{url}?{query}")
                else:
                    answer = self._ask(url, data={**values, "csrf_token": token})
                count += 1
                if answer.status_code >= 500:
                    failed.append((url, method, text[:20], self.errors))
        self.assertGreater(count, 1000 if EVERYTHING else 300)
        self._assert_none_failed(failed)

    def test_odd_json(self):
        failed, count = [], 0
        for user in (self.user_full, None):
            self._begin(user)
            for url, _methods, names in self._routes("jsonrpc", guest=not user):
                for name, value in itertools.product(names, VALUES):
                    params = {
                        "thread_model": "account.move",
                        "thread_id": self.invoice.id,
                        "order_id": self.order.id,
                        "invoice_id": self.invoice.id,
                        name: value,
                    }
                    params = {key: value for key, value in params.items() if key in names}
                    answer = self._ask(
                        url,
                        data=json.dumps({"params": params}),
                        headers={"Content-Type": "application/json"},
                    )
                    count += 1
                    error = answer.json().get("error") if answer.status_code == 200 else None
                    if answer.status_code >= 500:
                        failed.append((url, name, value, self.errors))
                    elif error and self._is_our_error(error["data"]):
                        failed.append(
                            (url, name, value, error["data"]["name"], error["data"]["message"])
                        )
        self.assertGreater(count, 50)
        self._assert_none_failed(failed)

    def _is_our_error(self, data):
        """Return whether a page of ours stumbled: not what says no, and not what core can't read
        of requests to itself."""
        frames = re.findall(r'File "([^"]+)", line', data["debug"])
        return data["name"] not in REFUSALS and "/customer_portal_plus" in frames[-1]

    def _ask(self, url, **kwargs):
        """Ask for an address; what goes wrong in the server meanwhile stands in ``self.errors``."""
        self.errors = []

        def note(_level, message, args, exc_info=None, **_kwargs):
            self.errors.append(f"{message % args if args else message} {sys.exc_info()[1]!r}"[:300])

        with (
            mute_logger("odoo.sql_db", "odoo.addons.base.models.ir_qweb", "werkzeug"),
            patch.object(logging.getLogger("odoo.http"), "_log", note),
        ):
            return self.url_open(url, allow_redirects=False, **kwargs)
