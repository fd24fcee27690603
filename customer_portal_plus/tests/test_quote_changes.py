"""Asking for changes of a quote on its page."""

from odoo.tests import tagged

from .common import PortalHttpCase
from .common.live_notices import LiveNotices


@tagged("post_install", "-at_install")
class TestQuoteChanges(LiveNotices, PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quote = cls._create_order(cls.alfa, amount=1234.5)
        cls.line = cls.quote.order_line

    def _ask(self, message="Less, please", quote=None, **data):
        quote = quote or self.quote
        answer = self.post_form(
            f"/my/orders/{quote.id}/answer/changes",
            {"version": quote._portal_version(), "message": message, **data},
            page="/my" if self.session.uid else "/web/login",
        )
        self.env.invalidate_all()
        return answer

    def _line(self, words, line=None):
        return {f"line_{(line or self.line).id}": words}

    def _assert_nothing_asked(self, quote=None):
        quote = quote or self.quote
        self.assertFalse(quote.portal_changes_asked_on)
        self.assertFalse(quote.activity_ids)
        self.assertFalse(quote.message_ids.filtered(lambda m: m.message_type == "comment"))

    def test_ask(self):
        self.env["bus.bus"].sudo().search([]).unlink()
        version = self.quote._portal_version()
        self.sign_in(self.user_full)
        page = self.url_open(self.quote.access_url).text
        self.assertIn(f"{self.quote.access_url}/answer#changes", page)
        page = self.url_open(f"{self.quote.access_url}/answer").text
        self.assertIn(f'name="line_{self.line.id}"', page)
        answer = self._ask("Two\nweeks <b>earlier</b>", **self._line("Only 5 <i>boxes</i>"))
        self.assertEqual(answer.status_code, 200)
        self.assertIn("We told the person who made the quote", answer.text)
        self.assertIn("Changes asked for on", answer.text)
        self.assertIn("We will answer you", answer.text)
        self.assertEqual(self.quote.state, "sent")
        self.assertEqual(self.quote._portal_version(), version)
        message = self.quote.message_ids.filtered(lambda m: m.message_type == "comment")
        self.assertEqual(message.author_id, self.user_full.partner_id)
        self.assertIn("Two<br>weeks &lt;b&gt;earlier", message.body)
        self.assertIn("<strong>Tornillo de latón</strong><br>Only 5 &lt;i&gt;boxes", message.body)
        activity = self.quote.activity_ids
        self.assertEqual(activity.user_id, self.user_sales)
        self.assertIn("Only 5 &lt;i&gt;boxes", activity.note)
        mails = self.env["mail.mail"].search([("res_id", "=", self.quote.id)])
        mails = mails.filtered(lambda mail: self.user_sales.partner_id in mail.recipient_ids)
        self.assertEqual(len(mails), 1)
        self.assertIn("Only 5", mails.body_html)
        event = self.env["customer.portal.event"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", self.quote.id)], limit=1
        )
        self.assertEqual((event.kind, event.detail), ("message", "Asked for changes"))
        notices = self.live_notices(self.user_sales)
        self.assertEqual(len(notices), 1)
        self.assertIn("Changes", notices[0]["title"])

    def test_it_stays_open(self):
        self.sign_in(self.user_full)
        self._ask()
        self.assertEqual(self.quote._portal_next_act(self.user_full.partner_id), "accept")
        self.line.price_unit = 1000
        page = self.url_open(self.quote.access_url).text
        self.assertIn("The quote was changed since then", page)
        self.post_form(
            f"{self.quote.access_url}/answer/accept",
            {"version": self.quote._portal_version()},
            page="/my",
        )
        self.env.invalidate_all()
        self.assertEqual(self.quote.state, "sale")
        self.assertNotIn("Changes asked for", self.url_open(self.quote.access_url).text)

    def test_capabilities(self):
        """Who may write may ask, also without the right to accept."""
        profile = self.profile_read_only.copy({"name": "Writes", "can_message": True})
        self.user_colleague.partner_id.portal_profile_id = profile
        self.assertFalse(profile.can_accept)
        self.sign_in(self.user_colleague)
        self.assertIn("We told the person", self._ask().text)
        self.assertTrue(self.quote.portal_changes_asked_on)

    def test_strangers(self):
        profile = self.profile_read_only.copy({"name": "Reads", "can_message": False})
        self.user_colleague.partner_id.portal_profile_id = profile
        other_token = self._create_order(self.alfa)._portal_ensure_token()
        guest = self.env["res.users"]
        for user, data in (
            (self.user_stranger, {}),
            (self.user_branch, {}),
            (self.user_colleague, {}),
            (guest, {}),
            (guest, {"access_token": "x"}),
            (guest, {"access_token": other_token}),
        ):
            self.sign_in(user)
            answer = self._ask(**data)
            if user != self.user_colleague:
                self.assertEqual(answer.status_code, 404)
            self._assert_nothing_asked()
        self.sign_in(guest)
        self._ask(access_token=self.quote._portal_ensure_token())
        message = self.quote.message_ids.filtered(lambda m: m.message_type == "comment")
        self.assertEqual(message.author_id, self.alfa)

    def test_switched_off(self):
        self.company.portal_allow_quote_changes = False
        self.sign_in(self.user_full)
        self.assertNotIn("#changes", self.url_open(self.quote.access_url).text)
        self.assertNotIn('id="changes"', self.url_open(f"{self.quote.access_url}/answer").text)
        self.assertIn("not asked for online", self._ask().text)
        self._assert_nothing_asked()

    def test_bad_input(self):
        foreign = self._create_order(self.beta).order_line
        self.sign_in(self.user_full)
        for message, data, told in (
            ("", {}, "what we should change"),
            (" \n ", self._line("  "), "what we should change"),
            ("x" * 2001, {}, "too long"),
            ("", self._line("x" * 501), "too long"),
            ("Less", self._line("Mine?", foreign), "not part of this quote any more"),
            ("Less", {"line_x": "a"}, "not part of this quote any more"),
            ("Less", {f"line_{'9' * 30}": "a"}, "not part of this quote any more"),
            ("Less", {"version": "0" * 64}, "has changed since you opened it"),
        ):
            self.assertIn(told, self._ask(message, **data).text)
            self._assert_nothing_asked()

    def test_states(self):
        self.sign_in(self.user_full)
        for state, told in (("sale", "already accepted"), ("draft", None)):
            quote = self._create_order(self.alfa, state=state)
            answer = self._ask(quote=quote)
            self.assertIn(told, answer.text) if told else self.assertEqual(answer.status_code, 404)
            self.assertFalse(quote.portal_changes_asked_on)
        self.quote.validity_date = "2020-01-01"
        self.assertIn("no longer valid", self._ask().text)
        self._assert_nothing_asked()

    def test_asking_again_brings_no_second_activity(self):
        self.sign_in(self.user_full)
        self._ask("First")
        self._ask("Second")
        self.assertEqual(len(self.quote.activity_ids), 1)
        self.assertIn("Second", self.quote.activity_ids.note)
        self.assertEqual(self.quote.portal_changes_text, "Second")
