"""Disputes: which part of an invoice is not asked for, who may say so, and how it is decided."""

from unittest.mock import patch

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.settlement import customer_portal_dispute_claim
from .common.settlement import SettlementCase
from .common.signature import make_pdf


class DisputeCase(SettlementCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.portal_allow_disputes = True

    def _send(self, files=None, invoice=None, **values):
        """Post the form as the one who is signed in; by default the second line, altogether."""
        url = f"/my/invoices/{(invoice or self.invoice).id}/dispute"
        data = {"line": self.nuts.id, "reason": "damaged", "words": "Rusty", **values}
        return self.post_form(f"{url}/send", data, page="/my/account", files=files)

    def _disputes(self):
        return self.env["customer.portal.dispute"].search([])

    def _claim(self, **values):
        arguments = {"lines": self.nuts.ids, "reason": "damaged", "words": "Rusty", **values}
        return self.env["customer.portal.dispute"]._portal_claim(
            self.contact, self.invoice, **arguments
        )


@tagged("post_install", "-at_install")
class TestDispute(DisputeCase):
    def test_a_part_of_a_line_is_not_asked_for(self):
        """The rest is to be paid at once; the books are as before."""
        books = self.invoice.line_ids.read(["balance", "amount_residual", "reconciled"])
        self.sign_in(self.user_full)
        page = self.url_open(f"/my/invoices/{self.invoice.id}").text
        self.assertIn("Something is wrong with this invoice", page)
        form = self.url_open(f"/my/invoices/{self.invoice.id}/dispute").text
        self.assertIn("Tuercas", form)
        with self.leaving() as messages:
            answer = self._send(
                files={"file": ("../photo.pdf", make_pdf())},
                **{f"right_{self.nuts.id}": "10,00"},
            )
        self.assertIn("Thank you. We look into it", answer.text)
        self.assertRegex(answer.text, r'data-amount="70\.0"')
        self.assertNotIn("Something is wrong with this invoice", answer.text)
        dispute = self._disputes()
        self.assertEqual((dispute.amount, dispute.right_amount), (30.0, 10.0))
        self.assertEqual(dispute.line_ids.line_id, self.nuts)
        self.assertEqual(dispute.contact_id, self.contact)
        self.assertTrue(dispute.activity_ids)
        self.assertNotIn("photo", dispute.file_id.name)
        file = f"/my/invoices/{self.invoice.id}/dispute/{dispute.id}/file"
        self.assertIn(f'href="{file}"', answer.text)
        shown = self.url_open(file)
        self.assertTrue(shown.content.startswith(b"%PDF"))
        # Who may not dispute is led to no file.
        self.profile_full.can_dispute = False
        page = self.url_open(f"/my/invoices/{self.invoice.id}").text
        self.assertIn("What you dispute", page)
        self.assertNotIn(file, page)
        html, _files = self._read(self._find_mail(messages, self.contact))
        self.assertIn("30.00", html)
        conversation = self.env["customer.portal.conversation"]._get_for(self.invoice)
        self.assertTrue(conversation.unanswered_since)
        self.assertEqual(
            self.invoice.line_ids.read(["balance", "amount_residual", "reconciled"]), books
        )
        self.assertEqual(self._asked(), 70.0)
        (row,) = self.env["customer.portal.express"]._rows(self.invoice.sudo())
        self.assertEqual((row["amount"], row["covered"]), (70.0, False))
        event = self.env["customer.portal.event"].search([("detail", "ilike", "Disputed:")])
        self.assertEqual((event.res_id, event.partner_id), (self.invoice.id, self.contact))
        self.assertIn('data-residual="70.0"', self.url_open("/my/pay?select=all").text)
        self.post_form("/my/pay/choose", {"invoice": self.invoice.id}, page="/my/pay")
        self.assertEqual(
            self.env["customer.portal.basket.line"].search([]).mapped("amount"), [70.0]
        )

    def test_bad_input_disputes_nothing(self):
        self.sign_in(self.user_full)
        other = self._create_invoice(self.alfa).invoice_line_ids
        right, nothing = f"right_{self.nuts.id}", {"line": []}
        for values in (
            {right: "40"},
            {right: "40.01"},
            {right: "1e9"},
            {right: "-1"},
            {"line": [self.nuts.id, self.nuts.id]},
            {"line": [self.nuts.id, other.id]},
            {"line": "x"},
            {"line": 2**40},
            {"reason": "nonsense"},
            {"reason": "other", "words": " "},
            {"words": "x" * 2001},
            {**nothing},
            {**nothing, "total": "100.01"},
            {**nothing, "total": "0"},
            {**nothing, "total": "10.001"},
            {**nothing, "total": "10", "right": "10"},
            {**nothing, "total": "9" * 41},
        ):
            answer = self._send(**values)
            self.assertEqual(answer.status_code, 422, values)
            self.assertFalse(self._disputes(), values)
        self.assertIn("must be an amount below", self._send(**{right: "40"}).text)
        answer = self._send(files={"file": ("photo.pdf", b"<script>")})
        self.assertEqual((answer.status_code, len(self._disputes())), (422, 0))
        # The bound from the other side.
        self._send(**{right: "39.99"})
        self.assertAlmostEqual(self._disputes().amount, 0.01)

    def test_only_who_may(self):
        for user in (self.user_own, self.user_colleague, self.user_stranger, self.user_branch):
            self.sign_in(user)
            answer = self._send()
            self.assertEqual(answer.status_code, 404, user.login)
        self.sign_in(self.user_full)
        for record, name in (
            (self.profile_full, "can_dispute"),
            (self.company, "portal_allow_disputes"),
            (self.invoice, "portal_visible"),
        ):
            record[name] = False
            self.assertEqual(self._send().status_code, 404, name)
            page = self.url_open(f"/my/invoices/{self.invoice.id}").text
            self.assertNotIn("Something is wrong with this invoice", page, name)
            record[name] = True
        self.assertFalse(self._disputes())

    def test_not_what_is_paid_cancelled_or_being_paid(self):
        self.sign_in(self.user_full)
        tx = self._create_transaction([(self.invoice, 100.0)])
        tx._set_pending()
        self.assertIn("under way", self._send().text)
        self._confirm(tx)
        self.assertIn("nothing left to pay", self._send().text)
        cancelled = self._create_two_lines()
        cancelled.button_draft()
        cancelled.button_cancel()
        self.assertEqual(self._send(invoice=cancelled).status_code, 404)
        self.assertFalse(self._disputes())

    def test_one_at_a_time_and_each_line_once(self):
        self.sign_in(self.user_full)
        self._send()
        self.assertIn("disputed already", self._send(line=self.bolts.id).text)
        dispute = self._disputes()
        dispute.answer = "They are new."
        dispute.action_refuse()
        self.assertIn("disputed before", self._send().text)
        self._send(line=[], total="20")
        dispute = self._disputes() - dispute
        dispute.answer = "No."
        dispute.action_refuse()
        self.assertIn("disputed before", self._send(line=[], total="20").text)
        self._send(line=self.bolts.id)
        self.assertEqual(len(self._disputes()), 3)

    def test_of_two_at_once_the_second_is_told(self):
        """What keeps one from it is asked under the lock; the database takes no second row."""
        order = self._locked_and_asked(
            customer_portal_dispute_claim, "_portal_dispute_obstacle", self._claim
        )
        self.assertEqual(order[:2], ["account.move", "asked"])
        with (
            self.assertRaises(psycopg2.errors.UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
            patch.object(type(self.invoice), "_portal_dispute_obstacle", lambda *args: None),
        ):
            self._claim(lines=self.bolts.ids)

    def test_reminders_ask_for_the_rest(self):
        dispute = self._claim()
        self.assertEqual(self._reminded(), {self.invoice: 60.0})
        dispute.answer = "They are new."
        dispute.action_refuse()
        self.assertEqual(self._reminded(days=15), {self.invoice: 100.0})

    def test_nobody_is_reminded_of_what_is_disputed_altogether(self):
        dispute = self._claim(lines=[], total="100")
        self.assertEqual(self._reminded(), {})
        self.assertEqual(self._asked(), 0.0)
        overdue = self.env["account.move"]._portal_overdue_domain()
        self.assertNotIn(self.invoice, self.env["account.move"].search(overdue))
        dispute.answer = "They are new."
        dispute.action_explain()
        self.assertEqual(self._reminded(), {self.invoice: 100.0})

    def test_automatic_debit_takes_the_rest(self):
        """What was announced is taken back, and announced anew with the amount that is left."""
        self._agree_to_debit()
        self.assertEqual(self._debited(), [("announced", 100.0)])
        self._claim()
        self.assertEqual(self._debited(days=1), [("dropped", 100.0), ("announced", 60.0)])
        self.assertEqual(self._debited(days=6), [("dropped", 100.0), ("done", 60.0)])
        self._assert_residuals(invoice=40.0)

    def test_automatic_debit_leaves_alone_what_is_disputed_altogether(self):
        self._agree_to_debit()
        self._claim(lines=[], total="100")
        self.assertEqual(self._debited(), [])


@tagged("post_install", "-at_install")
class TestDisputeDecision(DisputeCase):
    def _as_staff(self, dispute):
        return dispute.with_user(self.user_accountant)

    def test_credit_note_of_the_line(self):
        """Nothing is decided by the draft; once it is confirmed it goes against the invoice."""
        dispute = self._claim(rights={self.nuts.id: "10"})
        action = self._as_staff(dispute).action_credit()
        refund = self.env["account.move"].browse(action["res_id"])
        self.assertEqual((refund.state, refund.amount_total), ("draft", 30.0))
        self.assertEqual(refund.invoice_line_ids.name, "Tuercas")
        self.assertEqual(dispute.state, "open")
        self.assertEqual(self._as_staff(dispute).action_credit()["res_id"], refund.id)
        dispute.answer = "No."
        with self.assertRaises(UserError):
            self._as_staff(dispute).action_refuse()
        with self.leaving() as messages:
            refund.with_user(self.user_accountant).action_post()
        self._assert_residuals(invoice=70.0)
        self.assertEqual((dispute.state, dispute.days_to_close), ("credited", 0))
        self.assertFalse(dispute.activity_ids)
        html, _files = self._read(self._find_mail(messages, self.contact))
        self.assertIn(refund.name, html)
        self.assertEqual(self._asked(), 70.0)

    def test_credit_note_of_a_whole_line_is_as_the_line_was(self):
        dispute = self._claim(lines=self.bolts.ids)
        refund = self.env["account.move"].browse(dispute.action_credit()["res_id"])
        line = refund.invoice_line_ids
        self.assertEqual((line.quantity, line.price_unit, line.price_total), (3.0, 20.0, 60.0))
        self.assertEqual(refund.reversed_entry_id, self.invoice)

    def test_credit_note_of_a_sum_takes_of_each_tax(self):
        tax = self.env["account.tax"].create({"name": "IVA 21", "amount": 21.0})
        self.invoice.button_draft()
        self.bolts.tax_ids = [Command.set(tax.ids)]
        self.invoice.action_post()
        dispute = self._claim(lines=[], total=f"{self.invoice.amount_total / 2:.2f}")
        refund = self.env["account.move"].browse(dispute.action_credit()["res_id"])
        self.assertAlmostEqual(refund.amount_total, dispute.amount)
        self.assertAlmostEqual(refund.amount_tax, self.invoice.amount_tax / 2)

    def test_an_answer_is_written_and_read(self):
        dispute = self._claim()
        with self.assertRaises(UserError):
            self._as_staff(dispute).action_explain()
        self._as_staff(dispute).answer = "The coating looks like that."
        with self.leaving() as messages:
            self._as_staff(dispute).action_explain()
        self.assertEqual((dispute.state, dispute.closed_by_id), ("explained", self.user_accountant))
        html, _files = self._read(self._find_mail(messages, self.contact))
        self.assertIn("The coating looks like that.", html)
        with self.assertRaises(UserError):
            self._as_staff(dispute).action_refuse()
        with self.assertRaises(UserError):
            self._as_staff(dispute)._check_open()
        self.assertEqual(self._asked(), 100.0)
        self.sign_in(self.user_full)
        page = self.url_open(f"/my/invoices/{self.invoice.id}").text
        self.assertIn("The coating looks like that.", page)
        self.assertIn("I still do not agree", page)

    def test_it_is_reopened_once(self):
        dispute = self._claim()
        url = f"/my/invoices/{self.invoice.id}/dispute/{dispute.id}/reopen"
        self.sign_in(self.user_full)

        def reopen(words="Look again"):
            return self.post_form(url, {"words": words}, page="/my/account")

        self.assertIn("was not sent. This invoice is disputed already", reopen().text)
        dispute.answer = "No."
        dispute.action_refuse()
        self.assertIn("was not sent. Please say in a few words", reopen(" ").text)
        self.assertIn("was not sent. Please say in a few words", reopen("x" * 2001).text)
        self.assertEqual(dispute.state, "refused")
        self.assertIn("Thank you. We look into it", reopen().text)
        self.assertEqual((dispute.state, dispute.is_reopened), ("open", True))
        self.assertEqual(self._asked(), 60.0)
        self.assertTrue(dispute.activity_ids)
        dispute.answer = "Still no."
        dispute.action_refuse()
        self.assertIn("was not sent. We have answered this already", reopen().text)
        self.assertEqual((dispute.state, self._asked()), ("refused", 100.0))
        page = self.url_open(f"/my/invoices/{self.invoice.id}?disputed=anything").text
        self.assertNotIn("was not sent", page)

    def test_customers_and_sales_decide_nothing(self):
        dispute = self._claim()
        for user in (self.user_full, self.user_sales):
            for act in ("action_credit", "action_explain", "action_refuse"):
                with self.assertRaises(AccessError):
                    getattr(dispute.with_user(user), act)()
        for model in ("customer.portal.dispute", "customer.portal.dispute.line"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.user_full).search([])
        self.assertEqual(dispute.state, "open")
