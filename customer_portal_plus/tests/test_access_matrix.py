"""The access matrix: every actor asks for every document by every request.

``access_rules.py`` says in prose who gets in, ``access_requests.py`` lists what can be asked.
This file asks, and compares. For each change, of the documents of which the same rule says the
same to an actor and a request, one is asked for. What a rule shuts to everybody is asked for by a
guest and by somebody who has signed in, of those who would get in without that rule and of those
who wouldn't. A refusal is compared with that of a missing document as it looked to another guest,
or to another who had signed in, before it is asked for anew. ``./dev test --all`` asks for all.
"""

import re

from odoo.tests import tagged
from odoo.tools import mute_logger

from . import access_requests
from .access_cells import Cell
from .access_data import MatrixCase
from .access_requests import GROUPS, REQUESTS
from .access_rules import (
    ACTORS,
    MAILED,
    TARGETS,
    deciding_rule,
    expected,
    is_shut,
    may_see,
    standing,
)
from .common import EVERYTHING
from .common.routes import RoutesOfAddons

MISSING_ID = 900_000_000
QUIET = (
    "odoo.http",
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.base.models.ir_model",
    "odoo.addons.mail.models.mail_thread",
    "odoo.addons.rpc.controllers.json2",
    "odoo.models",
    "odoo.orm.models",
)
# What no customer may do at all is tried on one document that can be seen and one that can't.
ENOUGH = ("open invoice", "draft invoice", "quote to sign", "draft quote")


@tagged("post_install", "-at_install")
class TestAccessMatrix(RoutesOfAddons, MatrixCase):
    """One test a kind of request, so that a failure names its family."""

    def _run(self, group):
        requests = GROUPS[group]
        differing, seen_in, cells = [], set(), 0
        decided = set()
        # How the refusals of what doesn't exist look, by request; of guests, and of who signed in.
        known_looks = {False: {}, True: {}}
        for actor in ACTORS:
            self.sign_in_as(actor)
            for request in requests:
                if not request.is_for(actor):
                    continue
                refused_looks = {}
                for target in TARGETS:
                    if (
                        request.never
                        and target.kind in ("invoice", "order")
                        and target.name not in ENOUGH
                    ):
                        continue
                    if actor.link == "other" and is_shut(target):
                        continue  # Its own link opens nothing there, either.
                    fits = request.fits(target)
                    # That nothing can be done twice is for customers to try.
                    worth_trying = fits or (request.tries_misfits and not actor.staff)
                    if target.kind != request.kind or not worth_trying:
                        continue
                    wanted = expected(actor, target, request)
                    rule = deciding_rule(actor, target, request)
                    decision = (request.name, rule.sentence, wanted, fits)
                    who = standing(actor, target, request)
                    if (who, decision) in decided and not EVERYTHING:
                        continue
                    # Both ways of RPC come to the same method: once for each decision is enough.
                    both_ways = EVERYTHING or decision not in decided
                    both_ways = both_ways and not actor.by_seat  # It has no API key that works.
                    decided |= {decision, (who, decision)}
                    cells += 1
                    answer = self._ask(request, actor, target, both_ways=both_ways)
                    if wanted and answer.inside:
                        seen_in.add(request.name)
                    if wanted != answer.inside:
                        differing.append(
                            f"{actor.name} | {target.name} | {request.name}: must be"
                            f" {'allowed' if wanted else 'refused'} and is not, because:"
                            f" {rule.sentence}"
                            f" [{self._short(answer.looks)}]"
                        )
                    elif (
                        not wanted
                        and request.compare
                        # Another mail opens what it opens, whatever it was not sent for.
                        and not (actor.link == "other" and target.kind in MAILED)
                        and not actor.staff
                        and not may_see(actor, target, request)
                    ):
                        known = known_looks[bool(actor.login)].setdefault(request.name, set())
                        if answer.looks in known and not EVERYTHING:
                            continue
                        if both_ways not in refused_looks:
                            refused_looks[both_ways] = self._ask(
                                request, actor, target, missing=True, both_ways=both_ways
                            ).looks
                            known.add(refused_looks[both_ways])
                        if answer.looks != refused_looks[both_ways]:
                            differing.append(
                                f"{actor.name} | {target.name} | {request.name}: the refusal"
                                f" differs from that of a missing document:"
                                f" [{self._short(answer.looks)}]"
                                f" / [{self._short(refused_looks[both_ways])}]"
                            )
        if differing:
            self.fail(f"{len(differing)} of {cells} cells differ:\n" + "\n".join(differing))
        alone = {request.name for request in requests if not request.never} - seen_in
        self.assertFalse(alone, "Nobody at all gets in: the refusals prove nothing.")

    def _short(self, looks):
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", looks))[:200]

    def _ask(self, request, actor, target, missing=False, both_ways=True):
        document = self.documents[target.name]
        asked_id = MISSING_ID if missing else document.id
        cell = Cell(self, actor, target, document, asked_id, both_ways)
        self.last_challenge = (
            self.env["customer.portal.challenge"].search([], limit=1, order="id desc").id
        )
        if actor.mailed_to:
            self.open_personal_link(actor, target)
        try:
            with mute_logger(*QUIET):
                if request.changes:
                    with self.rolled_back():
                        return request.ask(cell)
                return request.ask(cell)
        finally:
            if request.signs_in or request.before:
                self.sign_in_as(actor)

    def test_invoices(self):
        self._run("invoices")

    def test_orders(self):
        self._run("orders")

    def test_chatter_of_invoices(self):
        self._run("chatter of invoices")

    def test_chatter_of_orders(self):
        self._run("chatter of orders")

    def test_express_page(self):
        self.company.portal_security_level = "medium"
        self._run("express page")

    def test_rpc_on_invoices(self):
        self._run("RPC on invoices")

    def test_rpc_on_orders(self):
        self._run("RPC on orders")

    def test_signing_in(self):
        self._run("signing in")

    def test_personal_links(self):
        self._run("personal links")

    def test_invitations(self):
        self._run("invitations")

    def test_team(self):
        self._run("team")

    def test_account(self):
        self._run("account")

    def test_seats(self):
        self._run("seats")

    def test_seats_together(self):
        self._run("seats together")

    def test_messages(self):
        self._run("messages")

    def test_announcements(self):
        self._run("announcements")

    def test_shared_files(self):
        self._run("shared files")

    def test_files_asked_for(self):
        self._run("files asked for")

    def test_signing(self):
        self._run("signing")

    def test_questions(self):
        self._run("questions")

    def test_home(self):
        self._run("home")

    def test_baskets(self):
        self._run("baskets")

    def test_payments(self):
        self._run("payments")

    def test_disputes(self):
        self._run("disputes")

    def test_promises(self):
        self._run("promises")

    def test_balances(self):
        self._run("balances")

    def test_plans(self):
        self._run("plans")

    def test_statement(self):
        self._run("statement")

    def test_lists_as_files(self):
        self._run("lists as files")

    def test_interest(self):
        self._run("interest")

    def test_modelo_347(self):
        self._run("modelo 347")

    def test_purchases(self):
        self._run("purchases")

    def test_archives(self):
        self._run("archives")

    def test_saved_methods(self):
        self._run("saved methods")

    def test_every_group_is_run(self):
        tests = {name for name in dir(self) if name.startswith("test_")}
        for group in GROUPS:
            self.assertIn(f"test_{group.lower().replace(' ', '_')}", tests)

    def test_every_route_is_listed(self):
        """A route that could show a customer's document has a row, or a reason for none."""
        listed = {route for request in REQUESTS for route in request.routes}
        exempt = [re.compile(pattern) for pattern in access_requests.EXEMPT]
        family = re.compile("|".join(access_requests.FAMILIES))
        unlisted, known = set(), set()
        for route, addons in self._routes():
            known.add(route)
            # Each bridge holds its own routes against its own access tests.
            ours = "customer_portal_plus" in addons
            if not ours and not (family.match(route) and addons & set(access_requests.MODULES)):
                continue
            if route in listed or any(p.fullmatch(route) for p in exempt):
                continue
            unlisted.add(route)
        self.assertEqual(sorted(unlisted), [], "Routes without a row in access_requests.py")
        self.assertEqual(sorted(listed - known), [], "Rows for routes that do not exist")
