"""The holes of the helpdesk's own portal, each shut: by page and over RPC."""

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from .common import MODEL, SVG, TicketCase

HOSTILE = ("zzz", "date desc; DROP TABLE x", "__class__", "0", "-1", "ñ", "9" * 40, "")
QUERY = ("sortby", "groupby", "filterby", "search_in", "search", "date_begin", "date_end")
STAGE = "helpdesk.ticket.stage"


@tagged("post_install", "-at_install")
class TestTicketEngine(TicketCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_plain = cls._create_staff("Empleado", "plain", "empleado@example.com")

    def _close_by_form(self, ticket_id, stage_id):
        return self.url_open(
            "/ticket/close",
            data={"csrf_token": self.form_token(), "ticket_id": ticket_id, "stage_id": stage_id},
            allow_redirects=False,
        )

    def _assert_leads_to_no_ticket(self, answer, ticket_id):
        self.assertTrue(answer.headers["Location"].endswith(f"/my/ticket/{ticket_id}"))
        page = self.url_open(answer.headers["Location"])
        self.assertEqual(page.status_code, 404)
        self.assertIn("This document is not available", page.text)

    # === CLOSING === #

    def test_closing_the_ticket_of_another_customer(self):
        for user in (self.user_stranger, self.user_branch, self.user_own):
            self.sign_in(user)
            answer = self._close_by_form(self.ticket.id, self.done.id)
            self._assert_leads_to_no_ticket(answer, self.ticket.id)
            self.assertEqual(self.ticket.stage_id, self.new)
            with (
                self.assertRaises(AccessError),
                mute_logger("odoo.addons.base.models.ir_rule"),
            ):
                self.ticket.with_user(user).write({"stage_id": self.done.id})
        self.sign_in(self.user_full)
        answer = self._close_by_form(self.ticket.id, self.done.id)
        self.assertTrue(answer.headers["Location"].endswith(self.ticket.access_url))
        self.assertEqual(self.ticket.stage_id, self.done)

    def test_closing_by_get(self):
        self.sign_in(self.user_full)
        for url in (
            f"/ticket/close?ticket_id={self.ticket.id}&stage_id={self.done.id}",
            f"/my/ticket/{self.ticket.id}/close",
        ):
            self.url_open(url)
            self.assertEqual(self.ticket.stage_id, self.new, url)
        answer = self.url_open("/ticket/close", allow_redirects=False)
        self.assertEqual(answer.status_code, 405)

    @mute_logger("odoo.http")
    def test_closing_without_the_token_of_the_page(self):
        self.sign_in(self.user_full)
        for url in ("/ticket/close", f"/my/ticket/{self.ticket.id}/close"):
            answer = self.url_open(
                url, data={"ticket_id": self.ticket.id, "stage_id": self.done.id}
            )
            self.assertEqual(answer.status_code, 400)
        self.assertEqual(self.ticket.stage_id, self.new)

    def test_closing_with_stages_that_are_none(self):
        self.sign_in(self.user_full)
        elsewhere = self.done.copy({"name": "De otro equipo"})
        elsewhere.team_ids = self.env["helpdesk.ticket.team"].create({"name": "Otro equipo"})
        for stage_id in (self.in_progress.id, self.rejected.id, elsewhere.id, 10**9, *HOSTILE):
            answer = self._close_by_form(self.ticket.id, stage_id)
            self.assertEqual(answer.status_code, 302)
            self.assertFalse(self.ticket.closed, stage_id)
        for ticket_id in HOSTILE:
            answer = self._close_by_form(ticket_id, self.done.id)
            self._assert_leads_to_no_ticket(answer, 0)

    def test_closing_by_staff(self):
        """Staff close what they may read, as the helpdesk lets them."""
        self.sign_in(self.user_plain)
        answer = self._close_by_form(self.ticket.id, self.done.id)
        self.assertTrue(answer.headers["Location"].endswith(f"/my/ticket/{self.ticket.id}"))
        self.assertTrue(self.url_open(answer.headers["Location"]).url.endswith("/my"))
        self.assertEqual(self.ticket.stage_id, self.new)
        self.sign_in(self.user_helpdesk)
        self._close_by_form(self.ticket.id, self.in_progress.id)
        self.assertEqual(self.ticket.stage_id, self.new)
        self._close_by_form(self.ticket.id, self.done.id)
        self.assertEqual(self.ticket.stage_id, self.done)

    def test_form_on_the_page_of_staff(self):
        """It would close by GET, where the helpdesk shows it."""
        view = self.env.ref("helpdesk_mgmt.portal_helpdesk_ticket_page")
        [form] = view._get_combined_arch().xpath("//form[@t-attf-action='/ticket/close']")
        self.assertEqual(form.get("method"), "POST")
        self.assertTrue(form.xpath("input[@name='csrf_token']"))

    # === LIST === #

    def test_hostile_queries(self):
        for user in (self.user_full, self.user_helpdesk):
            self.sign_in(user)
            for value in HOSTILE:
                query = dict.fromkeys(QUERY, value)
                answer = self.url_open("/my/tickets", params=query)
                self.assertEqual(answer.status_code, 200, (user.login, query))
        self.sign_in(self.user_full)
        for page in ("x", "0", "-3", "9" * 30):
            self.assertEqual(self.url_open(f"/my/tickets/page/{page}").status_code, 200)

    def test_queries_that_staff_make(self):
        self.sign_in(self.user_helpdesk)
        page = self.url_open("/my/tickets", params={"filterby": self.done.id}).text
        self.assertNotIn(self.ticket.number, page)
        page = self.url_open("/my/tickets", params={"sortby": "name", "groupby": "stage"}).text
        self.assertIn(self.ticket.number, page)

    # === STAGES === #

    def test_stages_are_not_for_guests_to_change(self):
        public = self.env.ref("base.public_user")
        acl = self.env.ref("helpdesk_mgmt.access_helpdesk_ticket_stage_public")
        self.assertTrue(acl.perm_write, "the helpdesk's own right is left as it is")
        for user in (public, self.user_full):
            stage = self.done.with_user(user)
            self.assertFalse(stage.has_access("write"))
            self.assertFalse(self.env[STAGE].with_user(user).has_access("write"))
            with self.assertRaises(AccessError):
                stage.write({"close_from_portal": False, "name": "Hackeado"})
            with self.assertRaises(AccessError):
                stage.unlink()
        self.assertTrue(self.done.with_user(self.user_full).read(["name"]))
        self.sign_in(self.user_full)
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self.make_jsonrpc_request(
                f"/web/dataset/call_kw/{STAGE}/write",
                {
                    "model": STAGE,
                    "method": "write",
                    "args": [[self.done.id], {"close_from_portal": False}],
                    "kwargs": {},
                },
            )
        self.assertTrue(self.done.close_from_portal)
        self.env.user.group_ids += self.env.ref("helpdesk_mgmt.group_helpdesk_manager")
        self.assertTrue(self.done.has_access("write"))

    # === FORM === #

    def _submit(self, files=(), **values):
        return self.url_open(
            "/submitted/ticket",
            data={
                "csrf_token": self.form_token(),
                "subject": "Por el formulario antiguo",
                "description": "Primera\nSegunda",
                **values,
            },
            files=[("attachment", file) for file in files] or None,
        )

    def _submitted(self):
        return self.env[MODEL].search([("name", "=", "Por el formulario antiguo")])

    def test_unchecked_uploads(self):
        for user, content in (
            (self.user_full, SVG),
            (self.user_full, b"\x89PNG" * (15 * 2**20)),
            (self.user_helpdesk, SVG),
            (self.user_helpdesk, b""),
        ):
            self.sign_in(user)
            answer = self._submit(files=[("x.png", content, "image/png")])
            self.assertIn(answer.status_code, (422, 400), user.login)
            self.assertFalse(self._submitted(), user.login)

    def test_old_form(self):
        self.sign_in(self.user_full)
        answer = self._submit(category=self.category.id)
        ticket = self._submitted()
        self.assertEqual(answer.status_code, 200)
        self.assertIn(ticket.access_url, answer.url)
        self.assertEqual((ticket.partner_id, ticket.category_id), (self.contact, self.category))
        self.assertIn("Primera<br>Segunda", ticket.description)
        answer = self.url_open("/new/ticket", allow_redirects=False)
        self.assertTrue(answer.headers["Location"].endswith("/my/tickets/new"))

    def test_old_form_by_get(self):
        self.sign_in(self.user_full)
        answer = self.url_open("/submitted/ticket?subject=x&description=y")
        self.assertEqual(answer.status_code, 405)

    def test_old_form_of_staff(self):
        self.sign_in(self.user_helpdesk)
        self.assertEqual(self.url_open("/new/ticket").status_code, 200)
        for value in HOSTILE:
            answer = self._submit(category=value, team=value)
            self.assertLess(answer.status_code, 500, value)
        self.assertTrue(self._submitted())
