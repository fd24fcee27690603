"""Questions about one line: asked on the page, answered by staff, shown at the line."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PortalHttpCase
from .common.live_notices import LiveNotices


@tagged("post_install", "-at_install")
class TestQuestion(LiveNotices, PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quote = cls._create_order(cls.alfa)
        cls.invoice = cls._create_invoice(cls.alfa, invoice_user_id=cls.user_sales.id)

    def _ask(self, document=None, words="Which <b>colour</b>?", line_id=None, **data):
        document = document or self.quote
        if line_id is None:
            lines = document["order_line" if document._name == "sale.order" else "invoice_line_ids"]
            line_id = lines[:1].id
        return self.post_form(
            f"{document.access_url}/question",
            {"line_id": line_id, "question": words, **data},
            page="/my" if self.session.uid else "/web/login",
        )

    def _questions(self):
        return self.env["customer.portal.question"].search(
            ["|", ("sale_order_id", "=", self.quote.id), ("account_move_id", "=", self.invoice.id)]
        )

    def test_ask_and_answer(self):
        self.sign_in(self.user_full)
        for document, staff in (
            (self.quote, self.user_sales),
            (self.invoice, self.user_accountant),
        ):
            self.env["bus.bus"].sudo().search([]).unlink()
            self.assertIn("Ask about this line", self.url_open(document.access_url).text)
            page = self._ask(document).text
            self.assertIn("We answer your question by mail", page)
            self.assertIn("We have not answered yet", page)
            self.assertIn("Which &lt;b&gt;colour", page)
            question = self._questions().filtered(lambda q: q.state == "open")
            self.assertEqual(question.line_name, "Tornillo de latón")
            self.assertEqual(question.partner_id, self.user_full.partner_id)
            message = document.message_ids.filtered(lambda m: "Which" in (m.body or ""))
            self.assertEqual(message.author_id, self.user_full.partner_id)
            self.assertIn("<strong>Tornillo de latón</strong>", message.body)
            if question.user_id:
                self.assertEqual(len(self.live_notices(question.user_id)), 1)
            question = question.with_user(staff)
            with self.assertRaises(UserError):
                question.action_answer()
            question.answer = "Gold <i>yellow</i>"
            self.assertNotIn("Gold", self.url_open(document.access_url).text)
            question.action_answer()
            self.assertEqual((question.state, question.answered_by_id), ("answered", staff))
            page = self.url_open(document.access_url).text
            self.assertIn("Gold &lt;i&gt;yellow", page)
            self.assertNotIn("We have not answered yet", page)
            answer = document.message_ids.filtered(lambda m: "Gold" in (m.body or ""))
            self.assertEqual(answer.author_id, staff.partner_id)
            self.assertIn(self.user_full.partner_id, answer.notified_partner_ids)
            with self.assertRaises(UserError):
                question.action_answer()

    def test_strangers(self):
        self.user_colleague.partner_id.portal_profile_id = self.profile_read_only.copy(
            {"name": "Reads", "can_message": False}
        )
        token = self.quote._portal_ensure_token()
        guest = self.env["res.users"]
        for user in (self.user_stranger, self.user_branch, self.user_colleague, guest):
            self.sign_in(user)
            for data in ({}, {"access_token": token}):
                for document in (self.quote, self.invoice):
                    self._ask(document, **data)
                    self.assertFalse(self._questions(), user.login)
        self.sign_in(self.user_colleague)
        self.assertNotIn("Ask about this line", self.url_open(self.quote.access_url).text)
        with self.assertRaises(AccessError):
            self.env["customer.portal.question"].with_user(self.user_full).search([]).read()
        self.sign_in(self.user_full)
        self._ask()
        self.assertTrue(self._questions())

    def test_staff_see_their_kind(self):
        self.sign_in(self.user_full)
        self._ask()
        self._ask(self.invoice)
        for user, field in (
            (self.user_sales, "sale_order_id"),
            (self.user_accountant, "account_move_id"),
        ):
            seen = self._questions().with_user(user)._filtered_access("read")
            self.assertEqual(len(seen), 1, user.login)
            self.assertTrue(seen[field])

    def test_switched_off(self):
        self.sign_in(self.user_full)
        self._ask()
        self.company.portal_allow_line_questions = False
        page = self._ask().text
        self.assertIn("not asked here", page)
        self.assertIn("Which &lt;b&gt;colour", page)
        self.assertNotIn("Ask about this line", page)
        self.assertEqual(len(self._questions()), 1)

    def test_bad_input(self):
        foreign = self._create_order(self.beta).order_line
        self.sign_in(self.user_full)
        for words, line_id, told in (
            ("", None, "write your question"),
            (" \n", None, "write your question"),
            ("x" * 1001, None, "too long"),
            ("Mine?", foreign.id, "not part of the document"),
            ("Mine?", "x", "not part of the document"),
            ("Mine?", "9" * 40, "not part of the document"),
            ("Mine?", "", "not part of the document"),
        ):
            self.assertIn(told, self._ask(words=words, line_id=line_id).text)
            self.assertFalse(self._questions())

    def test_too_many(self):
        contact = self.user_full.partner_id
        line_id = str(self.quote.order_line.id)
        for _count in range(20):
            self.env["customer.portal.question"]._portal_ask(self.quote, contact, line_id, "Why?")
        self.sign_in(self.user_full)
        self.assertIn("wait until we have answered", self._ask().text)
        self.assertEqual(len(self._questions()), 20)
