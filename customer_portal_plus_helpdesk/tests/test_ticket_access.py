"""Who sees a ticket, by the pages, by the helpdesk's addresses and over RPC: our matrix."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.customer_portal_plus.tests.common.routes import AccessOfAddon

from ..hooks import post_init_hook, uninstall_hook
from .common import MODEL, TicketCase

# What each act changes is looked at, too; see ``_facts``.
ACTING_ROUTES = (
    ("/my/ticket/{id}/answer", {"body": "Una palabra más"}),
    ("/my/ticket/{id}/close", {}),
    ("/ticket/close", {"ticket_id": "{id}", "stage_id": "{stage}"}),
    ("/my/ticket/{id}/reopen", {"body": "Sigue igual"}),
    ("/my/ticket/{id}/rate", {"grade": "5"}),
)


@tagged("post_install", "-at_install")
class TestTicketAccess(AccessOfAddon, TicketCase):
    addon = "customer_portal_plus_helpdesk"
    routes = frozenset(
        [
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
        ]
    )
    list_url = "/my/tickets"
    list_mark = "data-ticket"
    name_field = "number"
    reading_routes = ("/my/ticket/{id}",)
    acting_routes = ACTING_ROUTES
    switch = "portal_show_tickets"
    capability = "can_see_tickets"
    foreign_rule = "helpdesk_mgmt.helpdesk_ticket_rule_portal"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.ticket

    def _act(self, route, document_id, **data):
        url, typed = route
        values = {
            key: value.format(id=document_id, stage=self.done.id) for key, value in typed.items()
        }
        return self.url_open(
            url.format(id=document_id),
            data={"csrf_token": self._csrf(), **values, **data},
            allow_redirects=False,
        )

    def _facts(self, document):
        document.invalidate_recordset()
        return (
            document.stage_id,
            document.rating_count,
            len(document.message_ids),
            document.write_date,
        )

    # === GATES === #

    def test_acts_on_tickets_that_are_not_one_s_own(self):
        self._assert_nothing_done(self.ticket, ("own", "stranger", "branch"))
        self.ticket.stage_id = self.done
        self._assert_nothing_done(self.ticket, ("own", "stranger", "branch"))
        self.ticket.portal_visible = False
        self._assert_nothing_done(self.ticket, ("full",))

    def test_company_switches(self):
        """Override: nor is one opened."""
        super().test_company_switches()
        answer = self.url_open("/my/tickets/new", allow_redirects=False)
        self.assertEqual(answer.status_code, 404)

    def test_who_reads_but_does_not_write(self):
        self.profile_purchasing.can_write_tickets = False
        self.sign_in(self.user_colleague)
        page = self.url_open(self.ticket.access_url).text
        self.assertIn(self.ticket.name, page)
        for word in ("/answer", "/close", "/my/tickets/new"):
            self.assertNotIn(word, page)
        before = self._facts(self.ticket)
        for route in ACTING_ROUTES:
            self._act(route, self.ticket.id)
            self.assertEqual(self._facts(self.ticket), before, route)
        self.ticket.stage_id = self.done
        before = self._facts(self.ticket)
        for route in ACTING_ROUTES:
            self._act(route, self.ticket.id)
            self.assertEqual(self._facts(self.ticket), before, route)
        count = self.env[MODEL].search_count([])
        self._act(("/my/tickets/new", {"subject": "x", "description": "y"}), 1)
        self.assertEqual(self.env[MODEL].search_count([]), count)

    def test_archived(self):
        self.ticket.active = False
        self.assertEqual(self._refusal(self.ticket), "document")
        self.assertEqual(self._seen_by(self.ticket, ("full",)), set())

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
        self._assert_refused_over_rpc((MODEL, *call) for call in calls)
        self.assertEqual(self._facts(self.of_own), before)
        self.assertEqual(self.env[MODEL].with_context(active_test=False).search_count([]), count)
        self.assertEqual(self.foreign.stage_id, self.new)

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
        self._assert_no_button_of_what_is_hidden()
        self.ticket.active = False
        groups = self._mail_groups(self.ticket)
        self.assertNotIn("portal_customer", groups)
        self.assertFalse(groups["portal"]["has_button_access"])

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
