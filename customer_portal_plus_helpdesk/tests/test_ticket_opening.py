"""Opening a ticket: what it needs, what it refuses, and what becomes of it."""

from odoo.tests import tagged

from odoo.addons.customer_portal_plus.exceptions import PortalRefusal

from ..models.helpdesk_ticket_opening import MAX_PER_HOUR
from .common import MODEL, TicketCase

FORM = {"subject": "No carga la batería", "description": "Parpadea en rojo."}


@tagged("post_install", "-at_install")
class TestTicketOpening(TicketCase):
    def _send(self, user=None, **values):
        self.sign_in(user or self.user_full)
        return self.post_form("/my/tickets/new", {**FORM, **values}, page="/my/account")

    def _sent(self):
        return self.env[MODEL].search([("name", "=", FORM["subject"])])

    def _assert_refused(self, code, **typed):
        count = self.env[MODEL].search_count([])
        with self.assertRaises(PortalRefusal) as caught:
            self._open(self.user_full, **{"subject": FORM["subject"], **typed})
        self.assertEqual(caught.exception.code, code)
        self.assertEqual(self.env[MODEL].search_count([]), count)

    # === HOW IT IS MADE === #

    def test_opened_by_the_page(self):
        answer = self._send(category=self.category.id)
        ticket = self._sent()
        self.assertIn(ticket.access_url, answer.url)
        self.assertIn("we have got your ticket", answer.text)
        self.assertIn("Parpadea en rojo.", answer.text)
        self.assertEqual(ticket.partner_id, self.contact)
        self.assertEqual(ticket.partner_email, self.contact.email)
        self.assertEqual(ticket.portal_commercial_partner_id, self.alfa)
        self.assertEqual(ticket.company_id, self.company)
        self.assertEqual(ticket.category_id, self.category)
        self.assertEqual(ticket.stage_id, self.new)
        channel = self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_web")
        self.assertEqual(ticket.channel_id, channel)
        self.assertFalse(ticket.user_id, "staff assign it, as tickets of the helpdesk's form")
        self.assertIn(self.contact, ticket.message_partner_ids)
        event = self.env["customer.portal.event"].search([], order="id desc", limit=1)
        self.assertEqual((event.kind, event.detail), ("message", "Ticket opened"))

    def test_team_and_its_stage(self):
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "Taller", "company_id": self.company.id, "user_ids": self.user_helpdesk.ids}
        )
        team.message_subscribe(self.user_helpdesk.partner_id.ids)
        stage = self.new.copy({"name": "En el taller", "sequence": 0, "team_ids": team.ids})
        self.company.helpdesk_mgmt_portal_select_team = True
        self._assert_refused("team")
        ticket = self._open(self.user_full, FORM["subject"], team=str(team.id))
        self.assertEqual((ticket.team_id, ticket.stage_id), (team, stage))
        team.show_in_portal = False
        self._assert_refused("team", subject="Otra cosa", team=str(team.id))

    def test_pressed_twice(self):
        first = self._open(self.user_full, FORM["subject"])
        self.assertEqual(self._open(self.user_full, FORM["subject"]), first)
        self.assertNotEqual(self._open(self.user_colleague, FORM["subject"]), first)
        other = self._open(self.user_full, FORM["subject"], description="Otra cosa")
        self.assertNotEqual(other, first)
        words = f"Texto de: {FORM['subject']}"
        other = self._open(self.user_full, "Otro título", description=words)
        self.assertNotEqual(other, first)
        self.env.cr.execute("UPDATE helpdesk_ticket SET create_date = now() - interval '6 minutes'")
        self.env.invalidate_all()
        self.assertNotEqual(self._open(self.user_full, FORM["subject"]), first)

    # === WHAT WON'T DO === #

    def test_words(self):
        for code, typed in (
            ("subject", {"subject": "  "}),
            ("long", {"subject": "x" * 151}),
            ("no_words", {"description": " \n "}),
            ("long", {"description": "x" * 100_000}),
        ):
            self._assert_refused(code, **typed)
        self.assertTrue(self._open(self.user_full, "x" * 150, description="y" * 20_000))

    def test_long_text_by_the_page(self):
        answer = self._send(description="palabra " * 12_500)
        self.assertEqual(answer.status_code, 422)
        self.assertIn("too long", answer.text)
        self.assertIn(FORM["subject"], answer.text, "what was typed is there still")
        self.assertFalse(self._sent())

    def test_markup_stays_text(self):
        answer = self._send(
            subject="<b>x</b><script>alert(1)</script>", description="<script>alert(2)</script>"
        )
        self.assertEqual(answer.status_code, 200)
        self.assertNotIn("<script>alert", answer.text)
        self.assertIn("&lt;script&gt;alert(2)", answer.text)

    def test_hostile_categories(self):
        other = self.env["res.company"].create({"name": "Otra"})
        elsewhere = self.env["helpdesk.ticket.category"].create(
            {"name": "De otra", "company_id": other.id}
        )
        shown = self.category
        for value in (
            str(self.hidden_category.id),
            str(elsewhere.id),
            "900000000",
            "-1",
            "9" * 40,
            "abc",
            f"{shown.id} OR 1=1",
            f"{shown.id}.0",
            "ñ",
        ):
            self._assert_refused("category", category=value)
        shown.active = False
        self._assert_refused("category", category=str(shown.id))
        for value in (str(elsewhere.id), "[]"):
            self.assertEqual(self._send(category=value).status_code, 422, value)
        self.assertFalse(self._sent())

    def test_category_that_is_needed(self):
        self.company.helpdesk_mgmt_portal_category_id_required = True
        self._assert_refused("category")
        self.company.helpdesk_mgmt_portal_select_category = False
        self.assertTrue(self._open(self.user_full, FORM["subject"]))

    def test_too_many(self):
        limit = MAX_PER_HOUR - 1
        self.env[MODEL].create(
            [
                # Those that staff have archived count as well.
                {"name": f"{n}", "description": "x", "partner_id": self.contact.id, "active": n > 2}
                for n in range(limit)
            ]
        )
        self._assert_refused("pace")
        self.assertTrue(self._open(self.user_colleague, FORM["subject"]))
        self.env.cr.execute("UPDATE helpdesk_ticket SET create_date = now() - interval '2 hours'")
        self.env.invalidate_all()
        self.assertTrue(self._open(self.user_full, FORM["subject"]))

    def test_switched_off(self):
        self.company.portal_show_tickets = False
        self._assert_refused("off")

    def test_who_may_not(self):
        self.profile_full.can_write_tickets = False
        self._assert_refused("shut")
        self.profile_full.write({"can_write_tickets": True, "can_see_tickets": False})
        self._assert_refused("shut")

    # === FROM A DOCUMENT === #

    def test_from_an_invoice(self):
        invoice = self._create_invoice(self.alfa)
        self.sign_in(self.user_full)
        page = self.url_open(f"/my/invoices/{invoice.id}").text
        url = f"/my/tickets/new?about=invoice-{invoice.id}"
        self.assertIn(url, page)
        form = self.url_open(url).text
        self.assertIn(f'value="invoice-{invoice.id}" selected="selected"', form)
        answer = self._send(about=f"invoice-{invoice.id}")
        ticket = self._sent()
        self.assertEqual(ticket.portal_account_move_id, invoice)
        self.assertIn(f"/my/invoices/{invoice.id}", answer.text)
        self.assertIn(invoice.name, ticket.portal_about)
        # Staff who may read invoices open it; others read what it is called.
        self.assertIn(invoice.name, ticket.with_user(self.user_helpdesk).portal_about)
        self.user_accountant.group_ids += self.env.ref("helpdesk_mgmt.group_helpdesk_user")
        action = ticket.with_user(self.user_accountant).action_portal_open_document()
        self.assertEqual((action["res_model"], action["res_id"]), ("account.move", invoice.id))
        self.assertFalse(self.ticket.action_portal_open_document())

    def test_document_that_is_not_the_reader_s(self):
        """A colleague who sees no invoices is not told of which one a ticket is."""
        invoice = self._create_invoice(self.alfa)
        ticket = self._open(self.user_full, document=invoice, description="Otra cosa")
        self.sign_in(self.user_colleague)
        page = self.url_open(ticket.access_url).text
        self.assertIn(ticket.name, page)
        self.assertNotIn(invoice.name, page)

    def test_from_a_quote_and_an_order(self):
        self.sign_in(self.user_full)
        for state in ("sent", "sale"):
            order = self._create_order(self.alfa, state=state)
            page = self.url_open(f"/my/orders/{order.id}").text
            self.assertIn(f"/my/tickets/new?about=order-{order.id}", page)
            self._send(about=f"order-{order.id}", description=f"Pedido {state}")
        orders = self._sent().portal_sale_order_id
        self.assertEqual(len(orders), 2)

    def test_documents_that_are_not_to_be_named(self):
        own = self._create_invoice(self.alfa)
        hidden = self._create_invoice(self.alfa, portal_visible=False)
        draft = self._create_invoice(self.alfa, post=False)
        foreign = self._create_invoice(self.beta)
        order = self._create_order(self.beta)
        for about in (
            f"invoice-{hidden.id}",
            f"invoice-{draft.id}",
            f"invoice-{foreign.id}",
            f"order-{order.id}",
            f"ticket-{self.foreign.id}",
            "invoice-900000000",
            "invoice-",
            "partner-1",
            "ñ-1",
        ):
            answer = self._send(about=about)
            self.assertEqual(answer.status_code, 422, about)
            self.assertNotIn(foreign.name, answer.text)
        answer = self._send(self.user_own, about=f"invoice-{own.id}")
        self.assertEqual(answer.status_code, 422, "the scope is asked, too")
        self.assertFalse(self._sent())
        self.sign_in(self.user_full)
        form = self.url_open(f"/my/tickets/new?about=invoice-{foreign.id}")
        self.assertEqual(form.status_code, 200)
        self.assertNotIn(foreign.name, form.text)

    def test_who_is_not_offered_to_report(self):
        invoice = self._create_invoice(self.alfa)
        url = f"/my/invoices/{invoice.id}"
        self.sign_in(self.user_full)
        self.assertIn("Report a problem", self.url_open(url).text)
        for record, switch in (
            (self.company, "portal_allow_ticket_reports"),
            (self.company, "portal_show_tickets"),
            (self.profile_full, "can_write_tickets"),
        ):
            record[switch] = False
            self.assertNotIn("Report a problem", self.url_open(url).text, switch)
            record[switch] = True
        token = invoice._portal_ensure_token()
        for user in (None, self.user_stranger, self.user_accountant):
            self.sign_in(user)
            page = self.url_open(f"{url}?access_token={token}").text
            self.assertIn(invoice.name, page)
            self.assertNotIn("Report a problem", page)

    def test_reports_switched_off(self):
        invoice = self._create_invoice(self.alfa)
        self.company.portal_allow_ticket_reports = False
        answer = self._send(about=f"invoice-{invoice.id}")
        self.assertEqual(answer.status_code, 422)
        self.assertFalse(self._sent())
        self.assertNotIn("portal_ticket_about", self.url_open("/my/tickets/new").text)
