"""What waits for a reported payment, and until when; seeing it again, and taking it back."""

from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common.payment import PaymentCase
from .common.sign_in import ALIAS, SignInCase
from .common.signature import make_pdf
from .test_debit import DebitCase

PRESSING = ("o_portal_sidebar_timeago", "btn btn-primary")


class ReportCase(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls._create_invoice(cls.alfa, 100.0, days=-60, due_days=-46)
        cls.journal = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )

    def _report(self, amount=None, contact=None, reference="TRF-1", invoice=None, **values):
        """Report a payment; a part of the invoice if an amount is given."""
        contact = contact or self.user_full.partner_id
        invoice = invoice or self.old
        choices = {invoice.id: str(amount)} if amount else {}
        basket = self.env["customer.portal.basket"]._build(contact, invoice, choices, online=False)
        return self.env["customer.portal.payment.report"]._declare(
            contact, basket, self.today - timedelta(days=1), "transfer", reference, "", **values
        )

    def _page(self, invoice=None):
        """Return the page of an invoice, as the contact sees it now."""
        self.env.flush_all()
        return self.url_open(f"/my/invoices/{(invoice or self.old).id}").text

    def _confirm_report(self, report):
        report.journal_id = self.journal
        report.with_user(self.user_accountant).action_confirm()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestPaymentReportUse(ReportCase):
    # === WHAT THE CUSTOMER IS TOLD === #

    def test_the_page_does_not_press_who_has_paid(self):
        self.sign_in(self.user_full)
        for words in (*PRESSING, "left to pay"):
            self.assertIn(words, self._page())
        self._report()
        page = self._page()
        self.assertIn("Payment reported", page)
        self.assertIn("A payment of $ 100.00 on", page.replace("\u00a0", " "))
        sidebar = page.split('class="row o_portal_invoice_sidebar"')[1].split("invoice_content")[0]
        for words in (*PRESSING, "left to pay", "Overdue"):
            self.assertNotIn(words, sidebar)
        self.assertIn("#pay_with", sidebar)  # It can be paid all the same.

    def test_part_that_was_reported(self):
        """What is left of the invoice is still asked for."""
        self.sign_in(self.user_full)
        self._report(30.0)
        page = self._page().replace("\u00a0", " ")
        self.assertIn("A payment of $ 30.00 on", page)
        self.assertIn("$ 70.00 left to pay", page)

    def test_the_list_does_not_press(self):
        self.sign_in(self.user_full)
        self.assertIn("Overdue", self.url_open("/my/invoices").text.split("<tbody>")[1])
        self._report()
        rows = self.url_open("/my/invoices").text.split("<tbody>")[1]
        self.assertNotIn("Overdue", rows)
        self.assertNotIn("payment=True", rows)
        [row] = self.old._portal_rows()
        self.assertEqual((row["state"], row["to_pay"]), ("reported", False))

    def test_confirmed_part_counts_no_more(self):
        """Confirmed, it is a payment: what is left is asked for as ever."""
        self._confirm_report(self._report(30.0))
        self.assertFalse(self.old._portal_reported())
        self.assertFalse(self.old._portal_waits_with_reminders())
        [row] = self.old._portal_rows()
        self.assertEqual((row["state"], row["remaining"]), ("overdue", 70.0))
        self.sign_in(self.user_full)
        page = self._page()
        self.assertNotIn("reported", page.lower())
        self.assertIn("btn btn-primary", page)
        self._report(30.0, reference="TRF-2")  # Another part of it can be reported.

    def test_refused_and_withdrawn_count_no_more(self):
        report = self._report()
        report._refuse("No ha llegado.")
        self.assertFalse(self.old._portal_reported())
        report = self._report()
        report._withdraw(self.user_full.partner_id)
        self.assertFalse(self.old._portal_reported())
        self._report()  # The same transfer, once more.
        self.assertEqual(self.old._portal_reported(), self.old)

    # === SEEN AGAIN === #

    def test_proof(self):
        report = self._report(proof=make_pdf())
        url = f"/my/payments/report/{report.id}/proof"
        self.sign_in(self.user_full)
        self.assertIn(url, self.url_open("/my/payments").text)
        answer = self.url_open(url)
        self.assertEqual(answer.content, report.proof_id.raw)
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        for user in (self.user_stranger, self.user_branch, self.user_colleague, self.user_own):
            self.sign_in(user)
            answer = self.url_open(url, allow_redirects=False)
            self.assertEqual(answer.status_code, 404, user.login)
        without = self._report(invoice=self._create_invoice(self.alfa), reference="TRF-2")
        self.sign_in(self.user_full)
        url = f"/my/payments/report/{without.id}/proof"
        self.assertNotIn(url, self.url_open("/my/payments").text)
        self.assertEqual(self.url_open(url, allow_redirects=False).status_code, 404)

    # === TAKEN BACK === #

    def _withdraw(self, report):
        self.env.flush_all()
        answer = self.post_form(
            f"/my/payments/report/{report.id}/withdraw", page="/my/payments", allow_redirects=True
        )
        self.env.invalidate_all()
        return answer

    def test_withdraw(self):
        report = self._report()
        self.assertTrue(report.activity_ids)
        self.sign_in(self.user_full)
        self.assertIn(f"/report/{report.id}/withdraw", self.url_open("/my/payments").text)
        answer = self._withdraw(report)
        self.assertIn("The report is withdrawn.", answer.text)
        self.assertNotIn(report.name, answer.text)
        self.assertEqual(report.state, "withdrawn")
        self.assertFalse(report.activity_ids)
        self.assertIn("withdrawn by", self.old.message_ids[:1].body)
        self.assertIn("left to pay", self._page())
        with self.assertRaises(UserError):
            report.with_user(self.user_accountant).action_confirm()
        self.assertIn("can't be withdrawn", self._withdraw(report).text)

    def test_withdraw_what_staff_have_taken_up(self):
        """Whoever looks for the money would not find the report any more."""
        report = self._report()
        report.with_user(self.user_accountant).action_take_up()
        taken_up_on = report.taken_up_on
        self.assertTrue(taken_up_on)
        self.sign_in(self.user_full)
        page = self.url_open("/my/payments").text
        self.assertIn("We are checking it", page)
        self.assertNotIn(f"/report/{report.id}/withdraw", page)
        self.assertIn("can't be withdrawn", self._withdraw(report).text)
        self.assertEqual(report.state, "declared")
        report.with_user(self.user_accountant).action_take_up()
        self.assertEqual(report.taken_up_on, taken_up_on)
        report._refuse("No ha llegado.")
        with self.assertRaises(ValidationError):
            report._withdraw(self.user_full.partner_id)
        again = self._report()
        again._withdraw(self.user_full.partner_id)
        with self.assertRaises(UserError):
            again.action_take_up()

    def test_state_that_the_customer_reads(self):
        report = self._report()
        self.assertEqual(report._portal_state(), "declared")
        report.with_user(self.user_accountant).action_take_up()
        self.assertEqual(report._portal_state(), "taken_up")
        report._refuse("No ha llegado.")
        self.assertEqual((report._portal_state(), report.state), (report.state, "refused"))

    def test_others_withdraw_nothing(self):
        report = self._report()
        reader = self._create_contact_user("Lectura", "reader", self.alfa, self.profile_read_only)
        for user in (
            self.user_stranger,
            self.user_branch,
            self.user_colleague,
            self.user_own,
            reader,
        ):
            self.sign_in(user)
            self._withdraw(report)
            self.assertEqual(report.state, "declared", user.login)
        self.sign_in(reader)
        self.assertNotIn(f"/report/{report.id}/withdraw", self.url_open("/my/payments").text)


@tagged("post_install", "-at_install")
class TestReportByNobody(SignInCase, DebitCase, ReportCase):
    """At the express page, anybody with the tax ID reports a payment: nothing waits for that
    until staff have looked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.portal_security_level = "medium"
        cls.debit = cls._agree()

    def _report_by_nobody(self, proof=None):
        self.post("/tax_id", {"tax_id": self.alfa.vat})
        data = {
            "invoice": [self.env["customer.portal.express"]._key(self.old)],
            "date": self.today.isoformat(),
            "method": "transfer",
            "reference": "TRF-9",
        }
        files = {"proof": ("justificante.pdf", proof)} if proof is not None else None
        answer = self.post("/express/report", data, page=f"/p/{ALIAS}/express/report", files=files)
        self.env.invalidate_all()
        return answer

    def _find(self):
        return self.env["customer.portal.payment.report"].search(
            [("customer_id", "=", self.alfa.id), ("is_anonymous", "=", True)]
        )

    def _assert_waits(self, waits):
        line = self.old.line_ids.filtered(lambda one: one.display_type == "payment_term")
        self.assertEqual(bool(self.old._portal_reported()), waits)
        self.assertEqual(bool(self.old._portal_waits_with_reminders()), waits)
        self.assertEqual(bool(self.debit._line_obstacle(line)), waits)
        self.assertEqual(self.old._portal_rows()[0]["state"], "reported" if waits else "overdue")
        self.assertEqual(bool(self.old._portal_covered()), waits)
        self.assertEqual(bool(self.old._portal_due()[self.old.id]["overdue"]), not waits)

    def test_nothing_waits_until_staff_have_looked(self):
        self._report_by_nobody()
        report = self._find()
        self.assertEqual(report.state, "declared")
        self.assertTrue(report.activity_ids)
        self._assert_waits(False)
        page = self.page("/express").text  # Who has reported it sees that it came.
        self.assertIn("Payment reported", page)
        self.assertNotIn("Overdue since", page)
        self.sign_in(self.user_full)
        self.assertNotIn("Payment reported", self._page())
        self.assertIn("by somebody who knows your tax ID", self.url_open("/my/payments").text)
        report.with_user(self.user_accountant).action_take_up()
        self._assert_waits(True)
        report._refuse("Nunca llegó.")
        self._assert_waits(False)

    def test_report_with_a_proof(self):
        answer = self._report_by_nobody(b"%PDF-1.4 not really")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("PDF or a picture", answer.text)
        self.assertFalse(self._find())
        self._report_by_nobody(make_pdf())
        self.assertEqual(self._find().proof_id.mimetype, "application/pdf")

    def test_a_stranger_s_report_keeps_no_contact_from_reporting(self):
        self._report_by_nobody()
        report = self._report(reference="TRF-9")
        self.assertFalse(report.is_anonymous)
        self._assert_waits(True)
        # But not the other way round.
        answer = self._report_by_nobody()
        self.assertEqual(answer.status_code, 422)
        self.assertEqual(len(self._find()), 1)

    def test_the_customer_withdraws_a_stranger_s_report(self):
        self._report_by_nobody()
        report = self._find()
        report._withdraw(self.user_full.partner_id)
        self.assertEqual(report.state, "withdrawn")

    def test_choosing_a_bank_line_takes_it_up(self):
        self._report_by_nobody()
        line = self.env["account.bank.statement.line"].create(
            {"journal_id": self.journal.id, "date": self.today, "amount": 100.0}
        )
        line.with_context(portal_report_id=self._find().id).action_portal_choose()
        self._assert_waits(True)
