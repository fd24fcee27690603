"""Which line of the bank statement a reported payment is confirmed with: whose, and which sum."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common.payment import PaymentCase


@tagged("post_install", "-at_install")
class TestPaymentReportBank(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._create_invoice(cls.alfa, 100.0, days=-10, due_days=-2)
        cls._use_bank()
        cls.dollar = cls.env.ref("base.USD")
        if cls.dollar == cls.company.currency_id:
            cls.dollar = cls.env.ref("base.EUR")
        cls.dollar.active = True

    def _report(self, invoice=None, reference="TRF 2026/77", days=-1):
        contact = self.user_full.partner_id
        basket = self.env["customer.portal.basket"]._build(
            contact, invoice or self.invoice, online=False
        )
        report = self.env["customer.portal.payment.report"]._declare(
            contact, basket, self.today + timedelta(days=days), "transfer", reference, ""
        )
        return report.with_user(self.user_accountant)

    def _bank_line(self, amount=100.0, payment_ref="Transferencia", days=0, **values):
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.journal.id,
                "date": self.today + timedelta(days=days),
                "payment_ref": payment_ref,
                "amount": amount,
                **values,
            }
        )

    def _assert_unsure(self, report, lines):
        """Assert that none of these lines is taken, and all of them are shown."""
        self.assertFalse(report.statement_line_id)
        self.assertEqual(report.candidate_line_ids, lines)
        report.journal_id = self.journal
        report.action_confirm()
        self.assertEqual(report.state, "confirmed")
        self.assertFalse(any(lines.mapped("is_reconciled")))

    # === WHICH SUM === #

    def test_the_amount_is_that_of_the_report_s_currency(self):
        """A bank account in euros shows what came in dollars: the sum of the report is that one,
        not the euros which arrived."""
        invoice = self._create_invoice(self.alfa, 100.0, currency_id=self.dollar.id)
        foreign = {"foreign_currency_id": self.dollar.id}
        wrong = self._bank_line(100.0, "TRF2026-77", amount_currency=111.0, **foreign)
        right = self._bank_line(90.0, "TRF2026-77", amount_currency=100.0, **foreign)
        home = self._bank_line(100.0, "TRF2026-77")
        report = self._report(invoice)
        self.assertEqual(report.statement_line_id, right)
        self.assertEqual(report.candidate_line_ids, right)
        report.action_confirm()
        self.assertTrue(right.is_reconciled)
        self.assertFalse(wrong.is_reconciled or home.is_reconciled)
        self.assertEqual(invoice.amount_residual, 0.0)

    def test_home_amount_in_a_foreign_line(self):
        """Of a line in another currency, the euros are no payment in euros."""
        self._bank_line(
            100.0, "TRF2026-77", foreign_currency_id=self.dollar.id, amount_currency=111.0
        )
        report = self._report()
        self.assertFalse(report.candidate_line_ids)
        with self.assertRaisesRegex(UserError, "choose the bank"):
            report.action_confirm()

    def test_other_sums_and_days(self):
        for amount, days in ((99.99, 0), (100.01, 0), (-100.0, 0), (100.0, -7), (100.0, 30)):
            self._bank_line(amount, "TRF2026-77", days=days)
        report = self._report()
        self.assertFalse(report.candidate_line_ids)
        lines = self._bank_line(days=-6) | self._bank_line(days=29)
        report.invalidate_recordset()
        self.assertEqual(report.candidate_line_ids, lines)

    # === WHOSE === #

    def test_line_of_another_customer(self):
        self._bank_line(payment_ref="TRF2026-77", partner_id=self.beta.id)
        self._bank_line(payment_ref="TRF2026-77", partner_id=self.alfa_norte.id)
        self.assertFalse(self._report().candidate_line_ids)

    def test_line_of_the_customer(self):
        """Known to be the customer's, it is taken without a reference; an unknown payer's never."""
        anonymous = self._bank_line()
        own = self._bank_line(partner_id=self.user_colleague.partner_id.id)
        report = self._report()
        self.assertEqual(report.candidate_line_ids, anonymous | own)
        self.assertEqual(report.statement_line_id, own)
        report.action_confirm()
        self.assertTrue(own.is_reconciled)
        self.assertFalse(anonymous.is_reconciled)

    def test_two_lines_of_the_customer(self):
        lines = self._bank_line(partner_id=self.alfa.id) | self._bank_line(partner_id=self.alfa.id)
        self._assert_unsure(self._report(), lines)

    def test_one_line_of_nobody_knows_whom(self):
        self._assert_unsure(self._report(), self._bank_line())

    def test_two_lines_with_the_reference(self):
        lines = self._bank_line(payment_ref="TRF2026-77") | self._bank_line(
            payment_ref="trf 2026 77"
        )
        self._assert_unsure(self._report(), lines)

    def test_reference_that_tells_nothing(self):
        """A figure or two is in every label."""
        self._assert_unsure(self._report(reference="26-"), self._bank_line(payment_ref="Abono 26"))

    def test_reference_of_four_characters(self):
        """They are enough, three are not."""
        line = self._bank_line(payment_ref="Abono AB 12 de Alfa")
        self.assertEqual(self._report(reference="ab-12").statement_line_id, line)
        other = self._create_invoice(self.alfa, 100.0)
        self.assertFalse(self._report(other, reference="ab1").statement_line_id)

    def test_another_bank(self):
        line = self._bank_line(payment_ref="TRF2026-77")
        report = self._report()
        self.assertEqual(report.statement_line_id, line)
        report.journal_id = self.journal.copy()
        self.assertFalse(report.candidate_line_ids)

    # === CHOOSING === #

    def test_choose(self):
        lines = self._bank_line() | self._bank_line()
        report = self._report()
        lines[1].with_user(self.user_accountant).with_context(
            portal_report_id=report.id
        ).action_portal_choose()
        self.assertEqual(report.statement_line_id, lines[1])
        report.action_confirm()
        self.assertTrue(lines[1].is_reconciled)
        self.assertFalse(lines[0].is_reconciled)
        self.assertEqual(self.invoice.amount_residual, 0.0)

    def test_choose_against_the_reference(self):
        by_reference, meant = self._bank_line(payment_ref="TRF2026-77"), self._bank_line()
        report = self._report()
        self.assertEqual(report.statement_line_id, by_reference)
        meant.with_context(portal_report_id=report.id).action_portal_choose()
        report.action_confirm()
        self.assertTrue(meant.is_reconciled)
        self.assertFalse(by_reference.is_reconciled)

    def test_chosen_line_is_matched_meanwhile(self):
        """What staff chose is never exchanged for another line."""
        line = self._bank_line()
        report, other = (
            self._report(),
            self._report(self._create_invoice(self.alfa, 100.0), reference="TRF 2026/78"),
        )
        for one in report | other:
            line.with_context(portal_report_id=one.id).action_portal_choose()
        other.action_confirm()
        self._bank_line(payment_ref="TRF2026-77")
        report.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "choose the bank line again"):
            report.action_confirm()
        self.assertEqual(report.state, "declared")

    def test_no_account_between_payment_and_bank(self):
        """There is nothing then to match the line with; the payment counts all the same."""
        bank = self.journal.default_account_id
        self.journal.inbound_payment_method_line_ids.payment_account_id = bank
        line = self._bank_line(payment_ref="TRF2026-77")
        report = self._report()
        self.assertEqual(report.statement_line_id, line)
        report.action_confirm()
        self.assertEqual(report.state, "confirmed")
        self.assertFalse(line.is_reconciled)
        self.assertEqual(self.invoice.amount_residual, 0.0)

    def test_choose_no_other_line(self):
        """Only one of those that are shown, and only who may confirm."""
        stray = self._bank_line(1.0)
        report = self._report()
        with self.assertRaises(UserError):
            stray.with_context(portal_report_id=report.id).action_portal_choose()
        line = self._bank_line()
        with self.assertRaises(AccessError):
            # Sudo: only whether the report may be written counts.
            line.with_user(self.user_sales).with_context(
                portal_report_id=report.id
            ).action_portal_choose()

    def test_form(self):
        lines = self._bank_line() | self._bank_line()
        form = Form(self._report())
        self.assertEqual(form.candidate_line_ids.ids, lines.ids)
        self.assertFalse(form.statement_line_id)
