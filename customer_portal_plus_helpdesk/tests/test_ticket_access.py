"""Who sees a ticket, by the pages, by the helpdesk's addresses and over RPC: our matrix."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from odoo.addons.customer_portal_plus.tests.common.routes import RoutesOfAddons

from ..hooks import post_init_hook, uninstall_hook
from .common import MODEL, TicketCase

MISSING_ID = 900_000_000
ACTORS = ("full", "colleague", "own", "stranger", "branch")
READING_ROUTES = ("/my/ticket/{id}",)
# What each act changes is looked at, too; see ``_facts``.
ACTING_ROUTES = (
    ("/my/ticket/{id}/answer", {"body": "Una palabra más"}),
    ("/my/ticket/{id}/close", {}),
    ("/ticket/close", {"ticket_id": "{id}", "stage_id": "{stage}"}),
    ("/my/ticket/{id}/reopen", {"body": "Sigue igual"}),
    ("/my/ticket/{id}/rate", {"grade": "5"}),
)


@tagged("post_install", "-at_install")
class TestTicketAccess(RoutesOfAddons, TicketCase):
    def sign_in(self, user):
        """Override: the token for forms is asked for once."""
        super().sign_in(user)
        self.token = None

    def _post(self, url, data, ticket_id):
        values = {
            key: value.format(id=ticket_id, stage=self.done.id) for key, value in data.items()
        }
        return self.url_open(
            url.format(id=ticket_id),
            data={"csrf_token": self._csrf(), **values},
            allow_redirects=False,
        )

    def _csrf(self):
        if not self.token:
            self.token = self.form_token()
        return self.token

    def _facts(self, ticket):
        ticket.invalidate_recordset()
        return (ticket.stage_id, ticket.rating_count, len(ticket.message_ids), ticket.write_date)

    def _seen_by(self, ticket, users=ACTORS):
        """Return those who see a ticket; list, page, file, search and gate must agree."""
        seen = set()
        for key in users:
            user = getattr(self, f"user_{key}")
            self.sign_in(user)
            answers = {
                "list": f'data-ticket="{ticket.id}"' in self.url_open("/my/tickets").text,
                "file": ticket.number in self.url_open("/my/tickets/export.csv").text,
                "search": f"/my/ticket/{ticket.id}"
                in self.url_open(f"/my/search?search={ticket.number}").text,
                "gate": not ticket._portal_refusal(user.partner_id),
            }
            for url in READING_ROUTES:
                response = self.url_open(url.format(id=ticket.id), allow_redirects=False)
                answers[url] = response.status_code == 200 and ticket.name in response.text
                if not answers[url]:
                    missing = self.url_open(url.format(id=MISSING_ID), allow_redirects=False)
                    self.assert_same_refusal(response, missing, (key, url))
            self.assertEqual(len(set(answers.values())), 1, (key, answers))
            if answers["list"]:
                seen.add(key)
        return seen

    def _assert_nothing_done(self, ticket, users):
        """A refusal looks like that of what does not exist, and changes nothing."""
        before = self._facts(ticket)
        for key in users:
            self.sign_in(getattr(self, f"user_{key}"))
            for url, data in ACTING_ROUTES:
                response = self._post(url, data, ticket.id)
                missing = self._post(url, data, MISSING_ID)
                self.assert_same_refusal(response, missing, (key, url))
                self.assertEqual(self._facts(ticket), before, (key, url))

    # === GATES === #

    def test_acts_on_tickets_that_are_not_one_s_own(self):
        self._assert_nothing_done(self.ticket, ("own", "stranger", "branch"))
        self.ticket.stage_id = self.done
        self._assert_nothing_done(self.ticket, ("own", "stranger", "branch"))
        self.ticket.portal_visible = False
        self._assert_nothing_done(self.ticket, ("full",))

    def test_whole_customer_and_scope(self):
        self.assertEqual(self._seen_by(self.ticket), {"full", "colleague"})
        self.assertEqual(self._seen_by(self.of_own), {"full", "colleague", "own"})
        self.assertEqual(self._seen_by(self.foreign), {"stranger"})

    def test_company_switches(self):
        for switch in ("portal_show_tickets", "portal_enabled"):
            with self.subTest(switch=switch):
                self.company[switch] = False
                self.assertEqual(self.ticket._portal_refusal(self.contact), "company")
                self.company[switch] = True
        self.company.portal_show_tickets = False
        self.assertEqual(self._seen_by(self.ticket, ("full",)), set())
        self.assertNotIn("/my/tickets", self.url_open("/my").text)
        answer = self.url_open("/my/tickets/new", allow_redirects=False)
        self.assertTrue(answer.headers["Location"].endswith("/my"))

    def test_customer_access(self):
        self.alfa.portal_access = False
        self.assertEqual(self.ticket._portal_refusal(self.contact), "customer")

    def test_capability(self):
        self.profile_purchasing.can_see_tickets = False
        self.assertEqual(self.ticket._portal_refusal(self.user_colleague.partner_id), "contact")
        self.assertEqual(self._seen_by(self.ticket, ("full", "colleague")), {"full"})

    def test_who_reads_but_does_not_write(self):
        self.profile_purchasing.can_write_tickets = False
        self.sign_in(self.user_colleague)
        page = self.url_open(self.ticket.access_url).text
        self.assertIn(self.ticket.name, page)
        for word in ("/answer", "/close", "/my/tickets/new"):
            self.assertNotIn(word, page)
        before = self._facts(self.ticket)
        for url, data in ACTING_ROUTES:
            self._post(url, data, self.ticket.id)
            self.assertEqual(self._facts(self.ticket), before, url)
        self.ticket.stage_id = self.done
        before = self._facts(self.ticket)
        for url, data in ACTING_ROUTES:
            self._post(url, data, self.ticket.id)
            self.assertEqual(self._facts(self.ticket), before, url)
        count = self.env[MODEL].search_count([])
        self._post("/my/tickets/new", {"subject": "x", "description": "y"}, 1)
        self.assertEqual(self.env[MODEL].search_count([]), count)

    def test_hidden_and_archived(self):
        for name in ("portal_visible", "active"):
            with self.subTest(name=name):
                self.ticket[name] = False
                self.assertEqual(self.ticket._portal_refusal(self.contact), "document")
                self.assertEqual(self._seen_by(self.ticket, ("full",)), set())
                self.ticket[name] = True

    def test_another_company(self):
        """Who is not a user of the company sees nothing of it in lists."""
        other = self.env["res.company"].create({"name": "Otra", "portal_show_tickets": True})
        self.sign_in(self.user_full)
        self.assertIn(self.ticket.number, self.url_open("/my/tickets").text)
        self.user_full.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertNotIn(self.ticket.number, self.url_open("/my/tickets").text)

    def test_contact_that_moves_leaves_its_tickets_behind(self):
        contact = self.user_own.partner_id
        contact.parent_id = self.beta
        self.assertEqual(self.of_own.portal_commercial_partner_id, self.alfa)
        self.assertEqual(self.of_own._portal_refusal(contact), "contact")

    def test_ticket_of_nobody(self):
        ticket = self.env[MODEL].create({"name": "Por correo", "description": "x"})
        self.assertEqual(self._seen_by(ticket), set())

    def test_followers(self):
        """Who merely follows a ticket of another customer does not see it."""
        self.ticket.message_subscribe(self.user_stranger.partner_id.ids)
        self.assertEqual(self._seen_by(self.ticket, ("stranger",)), set())

    # === GUESTS === #

    def test_guests(self):
        """With no token, with that of the ticket, with that of another one or an invoice."""
        self.sign_in(None)
        invoice = self._create_invoice(self.alfa)
        before = self._facts(self.ticket)
        tokens = [
            self.ticket.sudo()._portal_ensure_token(),
            self.foreign.sudo()._portal_ensure_token(),
            invoice._portal_ensure_token(),
            "ñ",
        ]
        before = self._facts(self.ticket)
        for url in (
            "/my/tickets",
            "/my/tickets/new",
            f"/my/ticket/{self.ticket.id}",
            *(f"/my/ticket/{self.ticket.id}/{token}" for token in tokens),
            *(f"/my/ticket/{self.ticket.id}?access_token={token}" for token in tokens),
        ):
            response = self.url_open(url, allow_redirects=False)
            self.assertIn("/web/login", response.headers.get("Location", ""), url)
            self.assertNotIn(self.ticket.name, response.text)
        token = self.form_token("/web/login")
        for url, data in ACTING_ROUTES:
            values = {
                key: value.format(id=self.ticket.id, stage=self.done.id)
                for key, value in data.items()
            }
            response = self.url_open(
                url.format(id=self.ticket.id),
                data={"csrf_token": token, **values, "access_token": tokens[0]},
                allow_redirects=False,
            )
            self.assertIn("/web/login", response.headers.get("Location", ""), url)
        self.assertEqual(self._facts(self.ticket), before)

    def test_no_link_opens_it(self):
        self.assertEqual(self.ticket._portal_refusal(self.env["res.partner"]), "document")
        token = self.ticket.sudo()._portal_ensure_token()
        for user in (None, self.user_stranger):
            self.sign_in(user)
            for data in ({"token": token}, {"hash": self.ticket._sign_token(1), "pid": 1}, {}):
                answer = (
                    self.make_jsonrpc_request(
                        "/mail/thread/messages",
                        {"thread_model": MODEL, "thread_id": self.ticket.id, **data},
                    )
                    if user
                    else {}
                )
                self.assertNotIn("Texto de", str(answer))

    # === RPC === #

    def _rpc(self, method, *args, **kwargs):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{MODEL}/{method}",
            {"model": MODEL, "method": method, "args": args, "kwargs": kwargs},
        )

    def test_read_over_rpc(self):
        for key, ticket in (
            ("full", self.ticket | self.of_own),
            ("own", self.of_own),
            ("stranger", self.foreign),
            ("branch", self.env[MODEL]),
        ):
            found = self.env[MODEL].with_user(getattr(self, f"user_{key}")).search([])
            self.assertEqual(found.sudo(), ticket.sudo().sorted(), key)
        own = self.of_own.with_user(self.user_own)
        self.assertEqual(own.read(["name"])[0]["name"], "Falta el manual")
        for name in (
            "access_token",
            "partner_email",
            "portal_about",
            "portal_sale_order_id",
            "rating_ids",
            "rating_last_feedback",
            "message_ids",
            "properties",
        ):
            with self.assertRaises(AccessError, msg=name):
                own.read([name])
        self.company.portal_show_tickets = False
        self.assertFalse(self.env[MODEL].with_user(self.user_own).search([]))

    def test_nothing_is_written_over_rpc(self):
        self.sign_in(self.user_own)
        before = self._facts(self.of_own)
        count = self.env[MODEL].with_context(active_test=False).search_count([])
        calls = (
            ("write", [self.of_own.id], {"stage_id": self.done.id}),
            ("write", [self.foreign.id], {"stage_id": self.done.id}),
            ("create", [{"name": "x", "description": "y", "partner_id": self.alfa.id}]),
            ("copy", [self.of_own.id]),
            ("unlink", [self.of_own.id]),
            ("message_post", [self.of_own.id]),
            ("message_subscribe", [self.of_own.id], self.user_own.partner_id.ids),
            ("assign_to_me", [self.of_own.id]),
            ("action_portal_hide", [self.of_own.id]),
            ("action_portal_open_document", [self.foreign.id]),
            ("rating_apply", [self.of_own.id], 5),
            ("_portal_close", [self.foreign.id]),
            ("_portal_move_to_close", [self.foreign.id]),
        )
        for method, *args in calls:
            with (
                self.subTest(method=method),
                mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"),
                self.assertRaises(JsonRpcException),
            ):
                self._rpc(method, *args)
        self.assertEqual(self._facts(self.of_own), before)
        self.assertEqual(self.env[MODEL].with_context(active_test=False).search_count([]), count)
        self.assertEqual(self.foreign.stage_id, self.new)

    # === ROUTES === #

    def test_every_route_is_tried(self):
        """A route of this addon that nobody has thought of fails here."""
        self.assert_routes_listed(
            "customer_portal_plus_helpdesk",
            {
                "/my/tickets",
                "/my/tickets/page/<page>",
                "/my/tickets/new",
                "/my/ticket/<int:ticket_id>",
                "/my/ticket/<int:ticket_id>/<access_token>",
                "/my/ticket/<int:ticket_id>/answer",
                "/my/ticket/<int:ticket_id>/close",
                "/my/ticket/<int:ticket_id>/file/<int:attachment_id>",
                "/my/ticket/<int:ticket_id>/rate",
                "/my/ticket/<int:ticket_id>/reopen",
                "/my/messages/<int:conversation_id>",
                "/new/ticket",
                "/submitted/ticket",
                "/ticket/close",
            },
        )

    # === RULES OF OTHERS === #

    def test_rule_of_an_administrator(self):
        """What hides a ticket over RPC hides it on the pages; the helpdesk's own rule, once
        somebody has changed it, is such a one."""
        rule = self.env.ref("helpdesk_mgmt.helpdesk_ticket_rule_portal")
        rule.domain_force = "[('partner_id', '=', user.partner_id.id)]"
        self.assertEqual(self._seen_by(self.of_own, ("full", "own")), {"own"})
        self.assertEqual(self.of_own._portal_refusal(self.contact), "rule")

    # === STAFF === #

    def test_why(self):
        self.company.portal_show_tickets = False
        why = self.ticket._portal_why(self.contact)
        self.assertEqual((why["gate"], why["mend"]), ("company", "settings"))
        self.assertIn("tickets", why["sentence"])
        self.company.portal_show_tickets = True
        self.profile_purchasing.can_see_tickets = False
        why = self.ticket._portal_why(self.user_colleague.partner_id)
        self.assertIn("See tickets", why["sentence"])
        self.ticket.portal_visible = False
        self.assertEqual(self.ticket._portal_why(self.contact)["mend"], "show")
        self.ticket.write({"portal_visible": True, "active": False})
        self.assertIn("archived", self.ticket._portal_why(self.contact)["sentence"])

    def test_mails_of_what_is_not_shown_have_no_button(self):
        def groups():
            message = self.ticket.message_post(body="x", subtype_xmlid="mail.mt_comment")
            return {
                name: data
                for name, _is_for, data in self.ticket._notify_get_recipients_groups(
                    message, "Ticket"
                )
            }

        shown = groups()["portal_customer"]["button_access"]
        self.assertTrue(shown["url"].endswith(self.ticket.access_url))
        for record, switch in (
            (self.company, "portal_show_tickets"),
            (self.company, "portal_enabled"),
            (self.alfa, "portal_access"),
            (self.ticket, "portal_visible"),
            (self.ticket, "active"),
        ):
            record[switch] = False
            self.assertNotIn("portal_customer", groups(), switch)
            self.assertFalse(groups()["portal"]["has_button_access"])
            record[switch] = True

    def test_companies_that_were_there(self):
        new = self.env["res.company"].create({"name": "Nueva"})
        self.assertTrue(new.portal_show_tickets and new.portal_allow_ticket_reports)
        self.assertTrue(new.portal_allow_ticket_rating)
        self.assertEqual(new.portal_ticket_reopen_days, 14)
        post_init_hook(self.env)
        self.assertTrue(self.company.portal_show_tickets, "the helpdesk shows them by itself")
        self.assertFalse(self.company.portal_allow_ticket_reports)
        self.assertFalse(self.company.portal_allow_ticket_rating)
        self.assertFalse(self.company.portal_ticket_reopen_days)

    def test_what_is_taken_away_when_it_is_uninstalled(self):
        other = self.begin()
        self.assertTrue(self.ticket.portal_conversation_ids)
        uninstall_hook(self.env)
        self.assertFalse(self.ticket.portal_conversation_ids)
        self.assertTrue(other.exists() and self.ticket.exists())
