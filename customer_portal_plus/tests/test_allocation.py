"""Each invoice gets exactly what was chosen for it: residuals and payment lines, asserted."""

from odoo import Command
from odoo.tests import tagged

from .common.payment import PaymentCase


@tagged("post_install", "-at_install")
class TestAllocation(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls._create_invoice(cls.alfa, 100.0, days=-60, due_days=-30)
        cls.new = cls._create_invoice(cls.alfa, 250.0, days=-10, due_days=20)

    def _lines_for(self, payment, invoice):
        return payment.move_id.line_ids.filtered(
            lambda line: line.portal_allocation_id.invoice_id == invoice
        )

    def _assert_lines(self, payment, amounts):
        """Assert the journal items of a payment: for each invoice what was meant for it, settled
        with that invoice alone, and what went to the bank.

        :param dict amounts: invoice -> what its items of the payment say, in its currency
        """
        self._assert_balanced(payment)
        for invoice, amount in amounts.items():
            lines = self._lines_for(payment, invoice)
            self.assertAlmostEqual(sum(lines.mapped("amount_currency")), -amount)
            self.assertEqual(
                lines.matched_debit_ids.debit_move_id.move_id, invoice if lines else lines.move_id
            )
            self.assertFalse(any(lines.mapped("amount_residual_currency")))
        liquidity, _counterpart, _others = payment._seek_for_lines()
        self.assertAlmostEqual(sum(liquidity.mapped("amount_currency")), payment.amount)

    def _discount_terms(self):
        return self._create_terms(
            (100, 30), early_discount=True, discount_percentage=2, discount_days=10
        )

    def test_the_due_amount_that_is_meant(self):
        """The one that is named, while it is open; else all that are."""
        terms = self.env["account.payment.term"].create(
            {
                "name": "In two parts",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 40, "nb_days": 10}),
                    Command.create({"value": "percent", "value_amount": 60, "nb_days": 50}),
                ],
            }
        )
        invoice = self._create_invoice(self.alfa, invoice_payment_term_id=terms.id)
        parts = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.assertEqual(len(parts), 2)
        paid = self._create_transaction([(invoice, 60.0)]).portal_allocation_ids
        self.assertEqual(paid._receivable_lines(), parts)
        paid.due_line_id = parts[1]
        self.assertEqual(paid._receivable_lines(), parts[1])

    def test_exact_parts(self):
        """Core would pay the oldest first; here the newer one is paid in part, as chosen."""
        payment = self._confirm(self._create_transaction([(self.new, 80.0), (self.old, 40.0)]))
        self._assert_residuals(new=170.0, old=60.0)
        self.assertEqual(self._lines_for(payment, self.new).balance, -80.0)
        self.assertEqual(self._lines_for(payment, self.old).balance, -40.0)
        self.assertEqual(payment.amount, 120.0)
        self._assert_balanced(payment)

    def test_each_invoice_tells_of_what_is_being_paid_of_it(self):
        """Of those that are asked about alone, whatever else the same payment is for."""
        self._create_transaction([(self.new, 80.0), (self.old, 40.0)])._set_pending()
        [covering] = self.old._portal_coverings()[self.old.id]
        self.assertEqual((covering["kind"], covering["amount"]), ("processing", 40.0))
        other = self._create_invoice(self.alfa, 10.0)
        told = (self.old | other)._portal_coverings()
        self.assertEqual(set(told), {self.old.id})

    def test_parts_of_what_came(self):
        """In the order in which they were chosen, no more than was paid, down to a cent."""
        tx = self._create_transaction([(self.old, 100.0), (self.new, 0.01), (self.new, 50.0)])
        values = tx._portal_prepare_payment_values()
        for amount, expected in (
            (150.01, [100.0, 0.01, 50.0]), (100.01, [100.0, 0.01]), (100.0, [100.0]),
            (30.0, [30.0]), (0.01, [0.01]),
        ):  # fmt: skip
            draft = self.env["account.payment"].new({**values, "amount": amount})
            parts = tx.portal_allocation_ids._get_payment_parts(draft)
            self.assertEqual([part["amount"] for part in parts], expected)

    def test_in_full(self):
        payment = self._confirm(self._create_transaction([(self.new, 250.0), (self.old, 100.0)]))
        self._assert_residuals(new=0.0, old=0.0)
        self.assertIn(self.new.payment_state, ("paid", "in_payment"))
        self.assertEqual(payment.reconciled_invoice_ids, self.new | self.old)
        self._assert_lines(payment, {self.new: 250.0, self.old: 100.0})

    def test_paid_otherwise_meanwhile(self):
        """What does not fit any more stays as credit; the other invoice gets no more of it."""
        tx = self._create_transaction([(self.old, 100.0), (self.new, 50.0)])
        self._confirm(self._create_transaction([(self.old, 70.0)]))
        payment = self._confirm(tx)
        self._assert_residuals(old=0.0, new=200.0)
        surplus = payment.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
        self.assertEqual(surplus.amount_residual, -70.0)
        self._assert_balanced(payment)

    def test_cancelled_meanwhile(self):
        tx = self._create_transaction([(self.old, 100.0), (self.new, 50.0)])
        self.old.button_draft()
        self.old.button_cancel()
        payment = self._confirm(tx)
        self._assert_residuals(new=200.0)
        self._assert_lines(payment, {self.old: 0.0, self.new: 50.0})
        credit = payment.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
        self.assertEqual(credit.amount_residual, -100.0)

    def test_processed_twice(self):
        """A provider's notice that comes again creates nothing."""
        tx = self._create_transaction([(self.old, 100.0)])
        payment = self._confirm(tx)
        tx._post_process()
        self.assertEqual(tx.payment_id, payment)
        self.assertEqual(
            self.env["account.payment"].search_count([("payment_transaction_id", "=", tx.id)]), 1
        )

    def test_instalments(self):
        """A part pays the instalments of that invoice in the order of their due dates."""
        self.parts = self._create_in_parts(self.alfa, 200.0, (50, 0), (50, 60))
        payment = self._confirm(self._create_transaction([(self.parts, 100.0), (self.new, 10.0)]))
        self._assert_residuals(parts=100.0, new=240.0)
        self._assert_lines(payment, {self.parts: 100.0, self.new: 10.0})
        lines = self.parts.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.assertEqual(lines.sorted("date_maturity").mapped("amount_residual"), [0.0, 100.0])

    def test_early_payment_discount(self):
        term = self._discount_terms()
        self.discounted = self._create_invoice(
            self.alfa, 1000.0, invoice_payment_term_id=term.id, invoice_date_due=False
        )
        tx = self._create_transaction([(self.discounted, 980.0, 20.0), (self.old, 100.0)])
        payment = self._confirm(tx)
        self._assert_residuals(discounted=0.0, old=0.0)
        self.assertEqual(payment.amount, 1080.0)
        self._assert_lines(payment, {self.discounted: 1000.0, self.old: 100.0})
        _liquidity, _counterpart, discount = payment._seek_for_lines()
        self.assertEqual(sum(discount.mapped("balance")), 20.0)

    def test_discount_that_came_too_late(self):
        """The discount was offered, the payment arrived after its day: it is paid in part."""
        term = self._discount_terms()
        self.discounted = self._create_invoice(
            self.alfa, 1000.0, days=-11, invoice_payment_term_id=term.id, invoice_date_due=False
        )
        payment = self._confirm(self._create_transaction([(self.discounted, 980.0, 20.0)]))
        self._assert_residuals(discounted=20.0)
        self._assert_lines(payment, {self.discounted: 980.0})

    def test_credit_note(self):
        """A credit pays its part, the payment the rest."""
        refund = self._create_invoice(self.alfa, 30.0, move_type="out_refund")
        credit = refund.line_ids.filtered(lambda line: line.display_type == "payment_term")
        tx = self._create_transaction(
            [(self.old, 70.0), (self.new, 250.0)], credits=[(self.old, 30.0, credit)]
        )
        payment = self._confirm(tx)
        self._assert_residuals(old=0.0, new=0.0)
        self.assertTrue(credit.reconciled)
        self.assertEqual(payment.amount, 320.0)
        self._assert_lines(payment, {self.old: 70.0, self.new: 250.0})
        self.assertEqual(credit.matched_debit_ids.debit_move_id.move_id, self.old)
        self.assertEqual(credit.matched_debit_ids.amount, 30.0)

    def test_foreign_currency_with_discount_and_credit(self):
        """Everything at once: the entry balances to the cent, each invoice gets its part."""
        usd = self._foreign_currency(1.0937)
        self.discounted = self._create_invoice(
            self.alfa,
            333.33,
            currency_id=usd.id,
            invoice_payment_term_id=self._discount_terms().id,
            invoice_date_due=False,
        )
        self.other = self._create_invoice(self.alfa, 66.67, currency_id=usd.id)
        refund = self._create_invoice(self.alfa, 11.11, currency_id=usd.id, move_type="out_refund")
        credit = refund.line_ids.filtered(lambda line: line.display_type == "payment_term")
        due = self.discounted._get_invoice_next_payment_values()
        discount = due["epd_discount_amount_currency"]
        tx = self._create_transaction(
            [(self.discounted, due["amount_due"], discount), (self.other, 55.56)],
            currency=usd,
            credits=[(self.other, 11.11, credit)],
        )
        payment = self._confirm(tx)
        self._assert_residuals(discounted=0.0, other=0.0)
        self.assertTrue(credit.reconciled)
        self._assert_lines(payment, {self.discounted: 333.33, self.other: 55.56})
        _liquidity, _counterpart, others = payment._seek_for_lines()
        self.assertAlmostEqual(sum(others.mapped("amount_currency")), discount)

    def test_foreign_currency(self):
        """Rates that don't divide evenly: the journal entry balances, the invoices are settled."""
        usd = self._foreign_currency(1.0937)
        self.foreign_a = self._create_invoice(self.alfa, 33.33, currency_id=usd.id)
        self.foreign_b = self._create_invoice(self.alfa, 66.67, currency_id=usd.id)
        tx = self._create_transaction(
            [(self.foreign_a, 33.33), (self.foreign_b, 20.01)], currency=usd
        )
        payment = self._confirm(tx)
        self._assert_residuals(foreign_a=0.0, foreign_b=46.66)
        self._assert_lines(payment, {self.foreign_a: 33.33, self.foreign_b: 20.01})

    def test_without_allocations_core_does_it(self):
        tx = self._create_transaction([(self.old, 100.0)])
        tx.portal_allocation_ids.unlink()
        self._confirm(tx)
        self._assert_residuals(old=0.0)
