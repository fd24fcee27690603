"""What is said about a ticket: on its page, in the list of messages, by mail, and by staff."""

from odoo.tests import tagged

from odoo.addons.customer_portal_plus.exceptions import PortalRefusal

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestTicketMessages(TicketCase):
    def _conversation(self, ticket=None):
        return self.env["customer.portal.conversation"]._get_for(ticket or self.ticket)

    def _post(self, words, user=None, ticket=None):
        user = user or self.user_full
        ticket = (ticket or self.ticket).with_user(user)
        return ticket._portal_post_of(user.partner_id, words, [])

    def _answer_by_page(self, **data):
        url = self.ticket.access_url
        return self.post_form(f"{url}/answer", data, page="/my/account")

    # === LIST OF MESSAGES === #

    def test_stands_in_the_list_of_messages(self):
        conversation = self._conversation()
        self.assertEqual(conversation.commercial_partner_id, self.alfa)
        self.assertTrue(conversation.is_on_document)
        self.assertEqual(conversation.last_author_id, self.contact)
        self.assertIn("Texto de", conversation.last_preview)
        self.assertTrue(conversation.unanswered_since)
        for user, shown in ((self.user_full, True), (self.user_own, False),
                            (self.user_stranger, False)):  # fmt: skip
            self.sign_in(user)
            page = self.url_open("/my/messages").text
            self.assertEqual(f'href="{self.ticket.access_url}"' in page, shown, user.login)
            answer = self.url_open(f"/my/messages/{conversation.id}", allow_redirects=False)
            place = answer.headers.get("Location", "")
            self.assertEqual(place.endswith(self.ticket.access_url), shown, user.login)

    def test_profile_without_tickets(self):
        self.profile_full.can_see_tickets = False
        self.assertTrue(self._conversation()._portal_refusal(self.contact))
        self.sign_in(self.user_full)
        self.assertNotIn(self.ticket.number, self.url_open("/my/messages").text)

    def test_unread(self):
        self.answer(self.ticket, user=self.user_helpdesk)
        self.sign_in(self.user_full)
        self.assertIn(self.ticket.number, self.url_open("/my/messages?filterby=unread").text)
        self.assertIn("conversation with new messages", self.url_open("/my").text)
        self.assertIn("On Monday", self.url_open(self.ticket.access_url).text)
        self.assertNotIn(self.ticket.number, self.url_open("/my/messages?filterby=unread").text)

    def test_unread_where_there_is_no_page_of_messages(self):
        self.company.portal_allow_messages = False
        self.answer(self.ticket, user=self.user_helpdesk)
        self.answer(self.foreign, user=self.user_helpdesk)
        self.sign_in(self.user_full)
        self.assertIn("New message on a ticket", self.url_open("/my").text)
        self.assertIn(self.ticket.number, self.url_open("/my/tickets?filterby=unread").text)
        self.assertNotIn(self.of_own.number, self.url_open("/my/tickets?filterby=unread").text)
        self.url_open(self.ticket.access_url)
        self.assertNotIn("New message on a ticket", self.url_open("/my").text)

    def test_closed_and_opened_with_the_ticket(self):
        conversation = self._conversation()
        self.ticket.stage_id = self.done
        self.assertEqual(conversation.state, "closed")
        self.ticket.stage_id = self.in_progress
        self.assertEqual(conversation.state, "open")
        self.answer(self.ticket, user=self.user_helpdesk)
        self.ticket.stage_id = self.new
        self.assertEqual(conversation.state, "waiting", "moving it is no answer")

    def test_ticket_that_staff_made(self):
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "Por teléfono", "description": "Llamó ayer", "partner_id": self.contact.id}
        )
        self.assertFalse(self._conversation(ticket))
        self.answer(ticket, user=self.user_helpdesk)
        self.assertEqual(self._conversation(ticket).state, "waiting")
        self.assertEqual(ticket._portal_state(), "answered")

    # === ON THE PAGE === #

    def test_answer_by_the_page(self):
        self.sign_in(self.user_full)
        page = self._answer_by_page(body="Sigue <b>sin</b> arrancar").text
        self.assertIn("Your message was sent", page)
        self.assertIn("Sigue &lt;b&gt;sin", page)
        message = self.said(self.ticket)[:1]
        self.assertEqual(message.author_id, self.contact)

    def test_answers_that_won_t_do(self):
        self.sign_in(self.user_full)
        before = self.said(self.ticket)
        for body, words in (("  ", "write your message"), ("x" * 100_000, "too long")):
            answer = self._answer_by_page(body=body)
            self.assertEqual(answer.status_code, 422)
            self.assertIn(words, answer.text)
        self.assertEqual(self.said(self.ticket), before)

    def test_closed_tickets_are_not_answered(self):
        self.ticket.stage_id = self.done
        with self.assertRaises(PortalRefusal):
            self._post("Una cosa más")
        self.sign_in(self.user_full)
        self.assertEqual(self._answer_by_page(body="Una cosa más").status_code, 422)

    def test_answered_where_no_other_messages_are_taken(self):
        self.company.portal_allow_messages = False
        self.assertTrue(self._post("Sigue sin arrancar"))

    def test_notes_are_for_staff(self):
        self.ticket.with_user(self.user_helpdesk).message_post(
            body="Cliente difícil", subtype_xmlid="mail.mt_note"
        )
        self.answer(self.ticket, user=self.user_helpdesk)
        self.sign_in(self.user_full)
        page = self.url_open(self.ticket.access_url).text
        self.assertNotIn("Cliente difícil", page)
        self.assertIn("Soporte", page)

    # === STAFF AND MAILS === #

    def test_who_is_told(self):
        self.ticket.user_id = self.user_helpdesk
        message = self._post("Sigue sin arrancar")
        self.assertIn(self.user_helpdesk.partner_id, self.mailed(message))
        answer = self.answer(self.ticket, user=self.user_helpdesk)
        self.assertIn(self.contact, self.mailed(answer))

    def test_answer_by_mail(self):
        self.receive(self.contact.email, self.address(self.ticket, self.contact), "Ya funciona")
        self.assertIn("Ya funciona", self.said(self.ticket)[:1].body)
        before = self.said(self.ticket)
        self.receive("evil@example.com", self.address(self.ticket, self.contact), "Cierren")
        self.assertEqual(self.said(self.ticket), before)

    def test_ticket_of_a_mail(self):
        """What it begins with is shown once, though it is description and message."""
        self.env["helpdesk.ticket.team"].create(
            {"name": "Correo", "alias_name": "ayuda", "alias_domain_id": self.domain.id}
        )
        self.receive(self.contact.email, "ayuda@portal.example.com", "Se ha roto la hoja")
        ticket = self.env["helpdesk.ticket"].search([], order="id desc", limit=1)
        self.assertEqual(ticket.partner_id, self.contact)
        self.sign_in(self.user_full)
        page = self.url_open(ticket.access_url).text
        self.assertEqual(page.count("Se ha roto la hoja"), 1)
