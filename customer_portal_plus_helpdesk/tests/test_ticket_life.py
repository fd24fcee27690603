"""Closing, reopening within the limit, rating: who may, when, and once."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.customer_portal_plus.exceptions import PortalRefusal

from .common import TicketCase


@tagged("post_install", "-at_install")
class TestTicketLife(TicketCase):
    def _act(self, name, *args, ticket=None, user=None):
        user = user or self.user_full
        ticket = (ticket or self.ticket).with_user(user)
        getattr(ticket, f"_portal_{name}")(user.partner_id, *args)

    def _assert_refused(self, name, *args, code=None, **kwargs):
        with self.assertRaises(PortalRefusal) as caught:
            self._act(name, *args, **kwargs)
        self.assertEqual(caught.exception.code, code or name)

    def _closed(self, days=0):
        self.ticket.stage_id = self.done
        self.ticket.closed_date = fields.Datetime.now() - timedelta(days=days)

    # === CLOSING === #

    def test_close(self):
        self._act("close")
        self.assertEqual(self.ticket.stage_id, self.done)
        self.assertTrue(self.ticket.closed_date)
        self._assert_refused("close")

    def test_close_by_the_page(self):
        self.sign_in(self.user_full)
        url = self.ticket.access_url
        self.assertIn("Close ticket", self.url_open(url).text)
        page = self.post_form(f"{url}/close", page=url).text
        self.assertIn("It was closed on", page)
        self.assertNotIn("Close ticket", page)
        self.assertNotIn(f"{url}/answer", page)

    def test_where_no_stage_closes_from_the_portal(self):
        self.env["helpdesk.ticket.stage"].search([]).close_from_portal = False
        self._assert_refused("close")
        self.sign_in(self.user_full)
        self.assertNotIn("Close ticket", self.url_open(self.ticket.access_url).text)

    # === REOPENING === #

    def test_reopen(self):
        self._closed(days=13)
        self._act("reopen", "Ha vuelto a pasar", [])
        self.assertEqual(self.ticket.stage_id, self.new)
        self.assertFalse(self.ticket.closed_date)
        self.assertIn("Ha vuelto a pasar", self.said(self.ticket)[:1].body)
        self._assert_refused("reopen", "Otra vez", [])

    def test_reopen_after_the_limit(self):
        self._closed(days=15)
        self._assert_refused("reopen", "Ha vuelto a pasar", [])
        self.sign_in(self.user_full)
        url = self.ticket.access_url
        page = self.url_open(url).text
        self.assertNotIn(f"{url}/reopen", page)
        self.assertIn("Open a new ticket", page)
        answer = self.post_form(f"{url}/reopen", {"body": "Pese a todo"}, page="/my/account")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("be reopened any more", answer.text)
        self.assertTrue(self.ticket.closed)
        self.assertNotIn("Pese a todo", str(self.said(self.ticket).mapped("body")))

    def test_reopen_where_it_is_switched_off(self):
        self._closed()
        self.company.portal_ticket_reopen_days = 0
        self._assert_refused("reopen", "Ha vuelto a pasar", [])

    def test_reopen_without_an_open_stage(self):
        self._closed()
        self.env["helpdesk.ticket.stage"].search([]).closed = True
        self._assert_refused("reopen", "Ha vuelto a pasar", [])

    def test_reopen_without_words(self):
        self._closed()
        self._assert_refused("reopen", "  ", [], code="no_words")
        self._assert_refused("reopen", "x" * 100_000, [], code="long")
        self.assertTrue(self.ticket.closed)

    def test_unknown_day_of_closing(self):
        """A ticket that was closed without a date: the last change of its stage counts."""
        self._closed()
        self.ticket.write({"closed_date": False})
        self.ticket.last_stage_update = fields.Datetime.now() - timedelta(days=20)
        self._assert_refused("reopen", "Ha vuelto a pasar", [])

    def test_reopen_by_the_page(self):
        self._closed()
        self.sign_in(self.user_full)
        url = self.ticket.access_url
        page = self.post_form(f"{url}/reopen", {"body": "Ha vuelto a pasar"}, page=url).text
        self.assertIn("Your ticket is open again", page)
        self.assertIn("Ha vuelto a pasar", page)

    # === RATING === #

    def test_rate(self):
        self.ticket.user_id = self.user_helpdesk
        self._closed()
        self._act("rate", "3", "Tardaron un poco")
        rating = self.ticket.rating_ids
        self.assertEqual((rating.rating, rating.feedback), (3, "Tardaron un poco"))
        self.assertEqual(rating.rated_partner_id, self.user_helpdesk.partner_id)
        self.assertEqual(rating.partner_id, self.contact)
        self.assertEqual(self.ticket.rating_last_text, "ok")
        note = self.last(self.ticket)
        self.assertIn("So-so", note.body)
        self.assertTrue(note.subtype_id.internal)
        self._assert_refused("rate", "5", "")
        self.assertEqual(len(self.ticket.rating_ids), 1)

    def test_rate_once_more_after_it_was_reopened(self):
        self._closed(days=2)
        self._act("rate", "1", "")
        self.ticket.rating_ids.rated_on = fields.Datetime.now() - timedelta(days=1)
        self._act("reopen", "Sigue igual", [])
        self._act("close")
        self._act("rate", "5", "")
        self.assertEqual(self.ticket._portal_last_rating().rating, 5)
        self.assertEqual(len(self.ticket.rating_ids), 2)

    def test_rate_what_won_t_do(self):
        self._assert_refused("rate", "5", "")
        self._closed()
        for grade in ("", "4", "0", "-1", "5.0", "ñ", None, ["5"]):
            self._assert_refused("rate", str(grade), "", code="grade")
        self._assert_refused("rate", "5", "x" * 1001, code="long")
        self.company.portal_allow_ticket_rating = False
        self._assert_refused("rate", "5", "")
        self.assertFalse(self.ticket.rating_ids)

    def test_rate_by_the_page(self):
        self._closed()
        self.sign_in(self.user_full)
        url = self.ticket.access_url
        self.assertIn("How did we do?", self.url_open(url).text)
        form = {"grade": "5", "words": "<b>Perfecto</b>"}
        page = self.post_form(f"{url}/rate", form, page=url).text
        self.assertIn("Thank you for telling us", page)
        self.assertIn("&lt;b&gt;Perfecto", page)
        self.assertNotIn("How did we do?", page)
        # The next one who closes it is asked again.
        self.company.portal_allow_ticket_rating = False
        self.assertIn("Your rating:", self.url_open(url).text)

    # === WHO === #

    def test_who_may_not(self):
        for user in (self.user_stranger, self.user_branch, self.user_own, self.user_sales):
            self._assert_refused("close", user=user)
        self._closed()
        for user in (self.user_stranger, self.user_branch, self.user_own, self.user_sales):
            self._assert_refused("reopen", "x", [], user=user)
            self._assert_refused("rate", "5", "", user=user)
        self.profile_full.can_write_tickets = False
        self._assert_refused("reopen", "x", [])
        self._assert_refused("rate", "5", "")
        self.assertEqual(self.ticket.stage_id, self.done)

    def test_colleagues_go_on_with_it(self):
        self._act("close", user=self.user_colleague)
        self._act("reopen", "Sigue igual", [], user=self.user_colleague)
        self.assertFalse(self.ticket.closed)
