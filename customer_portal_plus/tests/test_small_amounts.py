"""Less than one unit is money, too: forty cents are asked for, paid, and used as credit."""

from odoo.tests import tagged

from .common.payment import PaymentCase


@tagged("post_install", "-at_install")
class TestSmallAmounts(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._create_invoice(cls.alfa, 0.4, days=-60, due_days=-30)
        cls.contact = cls.user_full.partner_id
        cls.env["res.partner.bank"].create(
            {
                "acc_number": "ES9121000418450200051332",
                "partner_id": cls.company.partner_id.id,
                "allow_out_payment": True,
            }
        )
        cls.company.write({"portal_show_bank_account": True, "portal_show_pay_link": True})
        cls.Basket = cls.env["customer.portal.basket"]

    def test_it_can_be_chosen_transferred_and_paid(self):
        domain = self.Basket._open_invoices_domain()
        self.assertEqual(self.invoice.filtered_domain(domain), self.invoice)
        part = self.Basket._build(self.contact, self.invoice, {self.invoice.id: "0.30"})
        self.assertEqual(part.amount, 0.3)
        self.assertTrue(part._portal_transfer())
        self.assertTrue(self.invoice._portal_transfer())
        self.assertTrue(self.invoice._portal_has_pay_link())
        self._confirm(self._create_transaction([(self.invoice, 0.4)]))
        self._assert_residuals(invoice=0.0)
        self.assertIsNone(self.invoice._portal_transfer())
        self.assertFalse(self.invoice._portal_has_pay_link())
        # Also where Odoo waits for the bank to confirm it.
        self.invoice.payment_state = "in_payment"
        self.assertFalse(self.invoice.filtered_domain(domain))

    def test_which_amounts_can_be_paid(self):
        is_due, refusal = self.invoice._portal_is_amount_due, self.invoice._portal_part_refusal
        self.assertTrue(is_due(0.4) and is_due(0.01))
        self.assertFalse(any(map(is_due, (0, 0.0, 0.001, 0.41, -0.4, True, "0.4", None))))
        self.company.portal_part_payment_minimum = 0.2
        self.assertEqual([refusal(amount) for amount in (0.2, 0.3, 0.4)], [""] * 3)
        self.assertIn("at least", refusal(0.19))
        self.assertIn("at most", refusal(0.41))
        self.assertIn("has 2 decimals", refusal(0.305))
        self.assertIn("please type an amount", refusal(0.0))

    def test_it_is_asked_for(self):
        self.company.portal_send_reminders = True
        levels = self.env["customer.portal.reminder"].search([("company_id", "=", self.company.id)])
        due = self.env["account.move.line"].search(levels._due_domain())
        self.assertIn(self.invoice, due.move_id)
        debit = self.env["customer.portal.debit"].new(
            {"company_id": self.company.id, "customer_id": self.alfa.id}
        )
        self.assertIn(self.invoice, debit._due_lines(self.today).move_id)

    def test_what_is_left_beside_a_report(self):
        self.env["customer.portal.payment.report"]._declare(
            self.contact,
            self.Basket._build(
                self.contact, self.invoice, {self.invoice.id: "0.10"}, online=False
            ),
            self.today, "transfer", "TRF-1", "",
        )  # fmt: skip
        text = self.invoice._portal_status()["text"]
        self.assertIn("was reported to us", text)
        self.assertIn(f"{self.invoice.currency_id.format(0.3)} left to pay", text)
        # Nothing is asked for any more.
        reported = self.env["customer.portal.allocation"].search(
            [("invoice_id", "=", self.invoice.id)]
        )
        reported.amount = 0.4
        self.env.flush_all()
        self.assertNotIn("left to pay", self.invoice._portal_status()["text"])

    def test_it_is_credit(self):
        self._create_invoice(self.alfa, 0.4, move_type="out_refund")
        credits = self.Basket._open_credits(self.contact, self.company)
        self.assertEqual(credits.amount_residual_currency, -0.4)
        self.assertTrue(
            self.env["customer.portal.reminder"]
            .new({"company_id": self.company.id})
            ._is_covered(
                self.alfa,
                self.invoice.line_ids.filtered(lambda line: line.display_type == "payment_term"),
            )
        )
        basket = self.Basket._build(self.contact, self.invoice, credits=credits)
        self.assertEqual((basket.credit, basket.amount), (0.4, 0.0))
        self.assertIsNone(basket._portal_transfer())
        basket._pay_with_credit()
        self._assert_residuals(invoice=0.0)
