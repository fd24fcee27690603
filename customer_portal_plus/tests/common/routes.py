"""The routes that an addon has, found in Odoo's routing map, how they refuse, and to whom."""

import ast
import inspect
import re

from odoo import Command
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

MISSING_ID = 900_000_000
# Whole customer twice (the other one with the profile *purchasing*), its contact with scope *own*,
# a contact of another customer, one of a customer below the first.
ACTORS = ("full", "colleague", "own", "stranger", "branch")


# What a controller calls the values of a request that it takes by name.
_REST = ("posted", "form", "kwargs", "kw", "params", "post", "data")


def parameter_names(method):
    """Return the names of the values that a route reads: of its parameters, and those that its
    file takes out of the rest.

    :param method: what the routing map has as its function, bound to a controller
    :rtype: set[str]
    """
    function = inspect.unwrap(method.__func__)
    names = set()
    for cls in type(method.__self__).__mro__:
        if overridden := cls.__dict__.get(function.__name__):
            names |= {
                parameter.name
                for parameter in inspect.signature(overridden).parameters.values()
                if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
            }
    parameters = inspect.signature(function).parameters.values()
    if any(parameter.kind == parameter.VAR_KEYWORD for parameter in parameters):
        for node in ast.walk(ast.parse(inspect.getsource(inspect.getmodule(function)))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.func.attr in ("get", "pop") and node.args:
                    node = ast.Subscript(value=node.func.value, slice=node.args[0])
            if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
                if isinstance(node.value, ast.Name) and node.value.id in _REST:
                    names.add(node.slice.value)
    return {name for name in names if isinstance(name, str)} - {"self"}


def addons_of(method):
    """Return the addons that have a part in the method of a route.

    :param method: what the routing map has as its function, bound to a controller
    :rtype: set[str]
    """
    return {
        controller.__module__.split(".")[2]
        for controller in type(method.__self__).__mro__
        if controller.__module__.startswith("odoo.addons.") and method.__name__ in vars(controller)
    }


class RoutesOfAddons:
    """For test cases that ask every route of an addon."""

    def _routes(self):
        """Return every route with the addons that have a part in its method.

        :rtype: list[tuple[str, set[str]]]
        """
        self.url_open("/web/health")  # a request fills the routing map
        rules = self.env["ir.http"].routing_map().iter_rules()
        return [(rule.rule, addons_of(rule.endpoint.func)) for rule in rules]

    def assert_same_refusal(self, response, missing, about):
        """Fail when a refusal tells that there is something, other than what does not exist.

        :param response: the answer to who may not see a record
        :param missing: the answer to the same request for a record that does not exist
        :param about: what was asked, by whom
        """
        # Some lead to the page of the number that was asked for, which says the same of both.
        ways = [
            (answer.status_code, re.sub(r"\d+", "N", answer.headers.get("Location", "")))
            for answer in (response, missing)
        ]
        self.assertEqual(*ways, about)
        if response.status_code == 404:
            self.assertEqual(self._without_numbers(response), self._without_numbers(missing), about)

    def _without_numbers(self, response):
        """Return a page without what differs between two requests anyway."""
        return re.sub(r"\d+", "N", re.sub(r"csrf_token[^,;>]*", "csrf", response.text))

    def assert_routes_listed(self, addon, listed):
        """Fail when an addon has a route that nobody has thought of, or has one no more.

        :param str addon: technical name
        :param set listed: the addresses that its access tests ask for, as werkzeug writes them
        """
        ours = {route for route, addons in self._routes() if addon in addons}
        self.assertEqual(sorted(ours), sorted(listed))


class AccessOfAddon(RoutesOfAddons):
    """For test cases of who sees the documents of an addon: the frame of its matrix, and the tests
    that all of them have in common. A case gives what is here, and in ``setUpClass`` ``document``,
    one of Alfa; its fixtures give ``of_own`` and ``foreign``.
    """

    # Technical name, and the addresses that it tries, as werkzeug writes them.
    addon = ""
    routes = frozenset()
    # The list, the attribute by which its rows tell their document, and the field that names one
    # in the list, in its files and in the search.
    list_url = ""
    list_mark = ""
    name_field = "name"
    # Addresses of one document, with ``{id}`` in them.
    reading_routes = ()
    # What ``_act`` takes of each thing that may be done with one.
    acting_routes = ()
    # Switch, capability and the record rule of whoever made the model.
    switch = ""
    capability = ""
    foreign_rule = ""

    def sign_in(self, user):
        """Override: the token for forms is asked for once."""
        super().sign_in(user)
        self.token = None

    def _csrf(self):
        if not self.token:
            self.token = self.form_token()
        return self.token

    def _refusal(self, document, key="full"):
        return document._portal_refusal(getattr(self, f"user_{key}").partner_id)

    def _ask_page(self, url, document_id):
        return self.url_open(url.format(id=document_id), allow_redirects=False)

    def _is_inside(self, response, document):
        """Return whether an answer is more than the refusal that everybody gets."""
        return response.status_code == 200 and (
            response.content.startswith(b"%PDF") or document[self.name_field] in response.text
        )

    def _pages_seen(self, document, user):
        """Return for each address whether it shows a document; a refusal looks like that of what
        does not exist."""
        seen = {}
        for url in self.reading_routes:
            response = self._ask_page(url, document.id)
            seen[url] = self._is_inside(response, document)
            if not seen[url]:
                missing = self._ask_page(url, MISSING_ID)
                self.assert_same_refusal(response, missing, (user.login, url))
        return seen

    def _seen_by(self, document, users=ACTORS):
        """Return the keys of those who see a document; list, file, search, pages and gate must
        agree."""
        seen = set()
        name = document[self.name_field]
        for key in users:
            user = getattr(self, f"user_{key}")
            self.sign_in(user)
            answers = {
                "list": f'{self.list_mark}="{document.id}"' in self.url_open(self.list_url).text,
                "file": name in self.url_open(f"{self.list_url}/export.csv").text,
                "search": f'href="{document.access_url}"'
                in self.url_open(f"/my/search?search={name}").text,
                "gate": not document._portal_refusal(user.partner_id),
                **self._pages_seen(document, user),
            }
            self.assertEqual(len(set(answers.values())), 1, (key, answers))
            if answers["list"]:
                seen.add(key)
        return seen

    def _act(self, route, document_id, **data):
        """Return the answer to something that is done with a document."""
        raise NotImplementedError

    def _facts(self, document):
        """Return what acts change of a document."""
        raise NotImplementedError

    def _assert_nothing_done(self, document, users, **data):
        """A refusal looks like that of what does not exist, and changes nothing."""
        before = self._facts(document)
        for key in users:
            self.sign_in(getattr(self, f"user_{key}"))
            for route in self.acting_routes:
                response = self._act(route, document.id, **data)
                missing = self._act(route, MISSING_ID, **data)
                self.assert_same_refusal(response, missing, (key, route))
                self.assertEqual(self._facts(document), before, (key, route))

    def _assert_refused_over_rpc(self, calls):
        """Fail when somebody may call one of these methods.

        :param calls: model, method and arguments of each
        """
        for model, method, *args in calls:
            with (
                self.subTest(model=model, method=method),
                mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"),
                self.assertRaises(JsonRpcException),
            ):
                self.make_jsonrpc_request(
                    f"/web/dataset/call_kw/{model}/{method}",
                    {"model": model, "method": method, "args": args, "kwargs": {}},
                )

    def _mail_groups(self, document):
        """Return the groups of receivers of a mail of a document, by name."""
        message = document.message_post(body=document.display_name, subtype_xmlid="mail.mt_comment")
        groups = document._notify_get_recipients_groups(message, "Document")
        return {name: data for name, _is_for, data in groups}

    def _assert_no_button_of_what_is_hidden(self):
        """A mail of a document leads its customer to the page, unless a gate is shut."""
        shown = self._mail_groups(self.document)["portal_customer"]["button_access"]
        self.assertTrue(shown["url"].endswith(self.document.access_url))
        for record, switch in (
            (self.company, self.switch),
            (self.company, "portal_enabled"),
            (self.alfa, "portal_access"),
            (self.document, "portal_visible"),
        ):
            record[switch] = False
            groups = self._mail_groups(self.document)
            self.assertNotIn("portal_customer", groups, switch)
            self.assertFalse(groups["portal"]["has_button_access"], switch)
            record[switch] = True

    # === GATES === #

    def test_whole_customer_and_scope(self):
        self.assertEqual(self._seen_by(self.document), {"full", "colleague"})
        self.assertEqual(self._seen_by(self.of_own), {"full", "colleague", "own"})
        self.assertEqual(self._seen_by(self.foreign), {"stranger"})

    def test_company_switches(self):
        for switch in (self.switch, "portal_enabled"):
            with self.subTest(switch=switch):
                self.company[switch] = False
                self.assertEqual(self._refusal(self.document), "company")
                self.company[switch] = True
        self.company[self.switch] = False
        self.assertEqual(self._seen_by(self.document, ("full",)), set())
        self.assertNotIn(self.list_url, self.url_open("/my").text)

    def test_customer_access(self):
        self.alfa.portal_access = False
        self.assertEqual(self._refusal(self.document), "customer")
        self.assertEqual(self.document._portal_refusal(self.env["res.partner"]), "customer")

    def test_capability(self):
        self.profile_purchasing[self.capability] = False
        self.assertEqual(self._refusal(self.document, "colleague"), "contact")
        self.assertEqual(self._seen_by(self.document, ("full", "colleague")), {"full"})

    def test_hidden(self):
        self.document.portal_visible = False
        self.assertEqual(self._refusal(self.document), "document")
        self.assertEqual(self._seen_by(self.document, ("full",)), set())

    def test_another_company(self):
        """Who is not a user of the document's company sees nothing of it in lists."""
        other = self.env["res.company"].create({"name": "Otra"})
        self.assertTrue(other[self.switch])
        name = self.document[self.name_field]
        self.sign_in(self.user_full)
        self.assertIn(name, self.url_open(self.list_url).text)
        self.user_full.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertNotIn(name, self.url_open(self.list_url).text)

    def test_contact_that_moves_leaves_its_documents_behind(self):
        self.user_own.partner_id.parent_id = self.beta
        self.assertEqual(self.of_own._portal_customer(), self.alfa)
        self.assertEqual(self._refusal(self.of_own, "own"), "contact")

    # === ROUTES AND RULES === #

    def test_every_route_is_tried(self):
        """A route of this addon that nobody has thought of fails here."""
        self.assert_routes_listed(self.addon, self.routes)

    def test_rule_of_an_administrator(self):
        """What hides a document over RPC hides it on the pages; the rule of whoever made the model,
        once somebody has changed it, is such a one."""
        rule = self.env.ref(self.foreign_rule)
        rule.domain_force = "[('partner_id', '=', user.partner_id.id)]"
        self.assertEqual(self._seen_by(self.of_own, ("full", "own")), {"own"})
        self.assertEqual(self._refusal(self.of_own), "rule")
