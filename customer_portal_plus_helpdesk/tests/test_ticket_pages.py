"""List, page, card and settings of tickets."""

from lxml import html

from odoo.tests import Form, tagged

from .common import MODEL, TicketCase


@tagged("post_install", "-at_install")
class TestTicketPages(TicketCase):
    def _listed(self, **params):
        page = self.url_open("/my/tickets", params=params).text
        tickets = self.ticket | self.of_own | self.foreign
        return tickets.filtered(lambda ticket: f'data-ticket="{ticket.id}"' in page)

    # === STATES === #

    def test_states(self):
        self.assertEqual(self.ticket._portal_state(), "received")
        self.ticket.stage_id = self.in_progress
        self.assertEqual(self.ticket._portal_state(), "working")
        self.answer(self.ticket, user=self.user_helpdesk)
        self.assertEqual(self.ticket._portal_state(), "answered")
        user = self.user_full
        self.ticket.with_user(user)._portal_post_of(user.partner_id, "Gracias", [])
        self.assertEqual(self.ticket._portal_state(), "working")
        self.ticket.stage_id = self.rejected
        self.assertEqual(self.ticket._portal_state(), "closed")

    def test_filters(self):
        self.sign_in(self.user_full)
        both = self.ticket | self.of_own
        self.assertEqual(self._listed(), both)
        self.of_own.stage_id = self.done
        self.answer(self.ticket, user=self.user_helpdesk)
        self.assertEqual(self._listed(filterby="open"), self.ticket)
        self.assertEqual(self._listed(filterby="answered"), self.ticket)
        self.assertEqual(self._listed(filterby="closed"), self.of_own)
        self.assertEqual(self._listed(filterby="strange"), both)

    def test_search(self):
        self.sign_in(self.user_full)
        for text in (self.ticket.number, "TALADRO", "arranca"):
            self.assertEqual(self._listed(search=text), self.ticket, text)
        self.assertFalse(self._listed(search="100%"))
        self.assertFalse(self._listed(date_end="2020-01-01"))

    def test_empty(self):
        self.sign_in(self.user_branch)
        page = self.url_open("/my/tickets").text
        self.assertIn("You have no tickets yet", page)
        self.assertIn('href="/my/tickets/new"', page)

    def test_file(self):
        self.sign_in(self.user_full)
        text = self.url_open("/my/tickets/export.csv").text
        self.assertIn("El taladro no arranca", text)
        self.assertIn("Received", text)
        self.assertNotIn("Pregunta de Beta", text)

    def test_no_query_for_each_row(self):
        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            Ticket = self.env[MODEL].with_user(self.user_full)
            Ticket.sudo().search(Ticket._portal_domain(self.contact))._portal_rows()
            return self.env.cr.sql_log_count - before

        (self.ticket | self.of_own).category_id = self.category
        count()
        first = count()
        for number in range(6):
            self._open(self.user_full, f"Uno más, {number}", category=str(self.category.id))
        self.assertLessEqual(count(), first + 2)

    # === HOME AND MENU === #

    def test_card_stands_once(self):
        self.sign_in(self.user_full)
        page = self.url_open("/my").text
        self.assertEqual(page.count('data-placeholder_count="ticket_count"'), 1)
        self.assertNotIn("/new/ticket", page)
        self.assertIn("Ask us for help", page)
        for language in ("es_ES", "es_419"):
            self.env["res.lang"]._activate_lang(language)
            self.user_full.lang = language
            page = self.url_open("/my").text
            self.assertEqual(page.count('data-placeholder_count="ticket_count"'), 1, language)
        counted = self.make_jsonrpc_request("/my/counters", {"counters": ["ticket_count"]})
        self.assertEqual(counted["ticket_count"], 1)
        self.sign_in(self.user_branch)
        counted = self.make_jsonrpc_request("/my/counters", {"counters": ["ticket_count"]})
        self.assertEqual(counted["ticket_count"], 0)
        self.sign_in(self.user_helpdesk)
        counted = self.make_jsonrpc_request("/my/counters", {"counters": ["ticket_count"]})
        self.assertGreaterEqual(counted["ticket_count"], 3)

    def test_title_and_heading(self):
        self.sign_in(self.user_full)
        for url, title in (
            ("/my/tickets", "Tickets"),
            ("/my/tickets/new", "How can we help you?"),
            (self.ticket.access_url, self.ticket.name),
        ):
            page = html.fromstring(self.url_open(url).content)
            told = " ".join(page.findtext(".//title").split())
            self.assertEqual(told, f"{title} · {self.company.name}")
            self.assertEqual(len(page.xpath("//h1")), 1, url)

    def test_addresses_of_forms_lead_to_the_page(self):
        self.sign_in(self.user_full)
        for act in ("answer", "close", "reopen", "rate", "1b2e-token"):
            answer = self.url_open(f"{self.ticket.access_url}/{act}")
            self.assertTrue(answer.url.endswith(self.ticket.access_url), act)

    # === STAFF === #

    def test_back_office(self):
        with Form(self.ticket.with_user(self.user_helpdesk)) as form:
            form.name = "El taladro arranca a veces"
        self.assertEqual(self.ticket.name, "El taladro arranca a veces")
        page = self._staff_page()
        self.assertEqual(page.status_code, 200)
        self.assertIn("El taladro arranca a veces", page.text)

    def _staff_page(self):
        """The helpdesk's own page, which staff open from a ticket."""
        self.sign_in(self.user_helpdesk)
        return self.url_open(self.ticket.access_url)

    def test_settings(self):
        with Form(self.env["res.config.settings"]) as form:
            form.portal_ticket_reopen_days = 3
        form.save().execute()
        self.assertEqual(self.company.portal_ticket_reopen_days, 3)

    def test_long_conversation(self):
        for number in range(55):
            self.answer(self.ticket, f"Palabra {number:02}", user=self.user_helpdesk)
        self.sign_in(self.user_full)
        page = self.url_open(self.ticket.access_url).text
        self.assertNotIn("Palabra 03", page)
        self.assertNotIn("Texto de:", page)
        oldest = self.said(self.ticket)[49].id
        page = self.url_open(f"{self.ticket.access_url}?before={oldest}").text
        self.assertIn("Palabra 03", page)
        self.assertIn("Texto de:", page)
        for before in ("x", "-1", "9" * 30):
            answer = self.url_open(f"{self.ticket.access_url}?before={before}")
            self.assertEqual(answer.status_code, 200)
