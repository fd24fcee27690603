"""Open credit: what it is, where from, and its use on an invoice with one click."""

from lxml import html

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..controllers import basket as basket_controller
from ..models.payment import customer_portal_basket_credit
from .common.payment import PaymentCase

PAGE = "/my/credit"


@tagged("post_install", "-at_install")
class TestCredit(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._create_invoice(cls.alfa, 100.0, days=-60, due_days=-30)
        cls.other = cls._create_invoice(cls.alfa, 250.0)
        cls.foreign = cls._create_invoice(cls.beta, 70.0)
        cls.refund = cls._create_invoice(cls.alfa, 40.0, move_type="out_refund")

    def _use(self, invoice):
        return self.post_form(f"{PAGE}/use", data={"invoice": str(invoice.id)}, page=PAGE)

    def _credit_line(self, move):
        return move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")

    def test_page(self):
        self.sign_in(self.user_full)
        page = self.url_open(PAGE).text
        self.assertIn(self.refund.name, page)
        self.assertIn("40.00", page)
        self.assertIn(self.invoice.name, page)
        self.assertNotIn(self.foreign.name, page)

    def test_more_credit_than_is_listed(self):
        """The oldest is listed, all of it counts."""
        self.assertEqual(customer_portal_basket_credit.MAX_LISTED, 50)
        self.patch(customer_portal_basket_credit, "MAX_LISTED", 1)
        self.patch(basket_controller, "MAX_CREDITS", 1)
        newer = self._create_invoice(self.alfa, 30.0, move_type="out_refund")
        self.sign_in(self.user_full)
        page = self.url_open(PAGE).text
        self.assertIn(self.refund.name, page)
        self.assertNotIn(newer.name, page)
        self.assertIn("70.00", page)
        self.assertIn("more, not listed", page)
        page = self.url_open("/my/pay").text
        self.assertEqual(page.count('name="credit"'), 1)
        self.assertIn("See all your credit", page)
        self.patch(basket_controller, "MAX_CREDITS", 2)
        page = self.url_open("/my/pay").text
        self.assertEqual(page.count('name="credit"'), 2)
        self.assertNotIn("See all your credit", page)

    def test_use_all_of_it(self):
        self.sign_in(self.user_full)
        answer = self._use(self.invoice)
        self.assertIn("Your credit was used.", answer.text)
        self.env.invalidate_all()
        self._assert_residuals(invoice=60.0, other=250.0, refund=0.0)
        self.assertTrue(self._credit_line(self.refund).reconciled)
        self.assertIn("There is no open credit.", answer.text)

    def test_use_a_part_of_it(self):
        big = self._create_invoice(self.alfa, 500.0, move_type="out_refund")
        self.sign_in(self.user_full)
        self._use(self.invoice)
        self.env.invalidate_all()
        self._assert_residuals(invoice=0.0, refund=0.0)
        self.assertEqual(big.amount_residual, 440.0)

    def test_surplus_of_a_payment(self):
        """What was paid twice is credit, with the payment's receipt."""
        first = self._create_transaction([(self.invoice, 100.0)])
        second = self._create_transaction([(self.invoice, 100.0)])
        self._confirm(first)
        payment = self._confirm(second)
        self.sign_in(self.user_full)
        page = self.url_open(PAGE).text
        self.assertIn(f"/my/payments/{payment.id}/receipt", page)
        self.assertIn("140.00", page)
        self._use(self.other)
        self.env.invalidate_all()
        self._assert_residuals(other=110.0)

    def test_with_an_early_payment_discount(self):
        """As in Odoo: once credit is reconciled with it, the discount is gone, and the rest is
        paid as the invoice says. The page tells before."""
        self.discounted = self._create_discounted()
        self.sign_in(self.user_full)
        page = " ".join(html.fromstring(self.url_open(PAGE).text).text_content().split())
        self.assertRegex(page, r"Its discount of .{0,3}20\.00.{0,3} for paying early would be lost")
        self._use(self.discounted)
        self.env.invalidate_all()
        self._assert_residuals(discounted=960.0, refund=0.0)
        self.assertNotIn("would be lost", self.url_open(PAGE).text)
        due = self.discounted._get_invoice_next_payment_values()
        self.assertEqual((due["installment_state"], due["amount_due"]), (None, 960.0))
        # The rest, still within the term.
        payment = self._confirm(self._create_transaction([(self.discounted, 960.0, 20.0)]))
        self._assert_residuals(discounted=0.0)
        self.assertEqual(payment.amount, 960.0)
        self._assert_balanced(payment)
        self.assertEqual(len(payment.move_id.line_ids), 2)  # nothing for a discount

    def test_basket_leaves_the_discount_alone(self):
        """Chosen credit goes to the invoices that would lose nothing by it."""
        self.discounted = self._create_discounted()
        self.sign_in(self.user_full)
        self.assertIn("are paid without credit", self.url_open("/my/pay").text)
        credit = self._credit_line(self.refund)
        answer = self.post_form(
            "/my/pay/choose",
            data={
                "invoice": [str(self.discounted.id), str(self.invoice.id)],
                "credit": str(credit.id),
            },
            page="/my/pay",
        )
        basket = self.env["customer.portal.basket"].browse(int(answer.url.rsplit("/", 1)[1]))
        self.assertEqual((basket.amount, basket.credit), (980.0 + 60.0, 40.0))
        used = basket.line_ids.filtered("credit_line_id")
        self.assertEqual(used.invoice_id, self.invoice)
        basket._check_still_payable()
        tx = self._create_transaction(
            [(self.discounted, 980.0, 20.0), (self.invoice, 60.0)],
            credits=[(self.invoice, 40.0, credit)],
        )
        payment = self._confirm(tx)
        self._assert_residuals(discounted=0.0, invoice=0.0, refund=0.0)
        self.assertEqual(payment.amount, 1040.0)
        self._assert_balanced(payment)

    def test_only_of_the_same_currency(self):
        usd = self.env.ref("base.USD")
        if self.company.currency_id == usd:
            usd = self.env.ref("base.EUR")
        usd.active = True
        dollars = self._create_invoice(self.alfa, 30.0, currency_id=usd.id)
        self.sign_in(self.user_full)
        self.assertNotIn(dollars.name, self.url_open(PAGE).text)
        self.assertEqual(self._use(dollars).status_code, 422)
        self.assertEqual(dollars.amount_residual, 30.0)

    def test_in_another_currency(self):
        """Its sum is that of its currency, whatever it is worth in the company's; and it pays
        invoices of that currency alone."""
        foreign = self._foreign_currency(rate=2.0)
        self.refund.button_draft()
        self.refund.button_cancel()
        self.theirs = self._create_invoice(self.alfa, 30.0, currency_id=foreign.id)
        credit = self._create_invoice(
            self.alfa, 44.44, currency_id=foreign.id, move_type="out_refund"
        )
        self.assertEqual(self._credit_line(credit).amount_residual, -22.22)
        self.sign_in(self.user_full)
        page = html.fromstring(self.url_open(PAGE).text).text_content()
        self.assertIn("44.44", page)
        self.assertNotIn("22.22", page)
        self.assertNotIn(self.invoice.name, page)
        self.assertEqual(self._use(self.invoice).status_code, 422)
        # Nor does a basket take it for invoices in the company's currency.
        answer = self.post_form(
            "/my/pay/choose",
            data={
                "invoice": str(self.invoice.id),
                "credit": str(self._credit_line(credit).id),
            },
            page="/my/pay",
        )
        self.assertRegex(answer.url, r"/my/pay/\d+$", answer.text[:300])
        basket = self.env["customer.portal.basket"].browse(int(answer.url.rsplit("/", 1)[1]))
        self.assertEqual((basket.amount, basket.credit), (100.0, 0.0))
        self.assertEqual(self._use(self.theirs).status_code, 200)
        self.env.invalidate_all()
        self._assert_residuals(invoice=100.0, other=250.0, theirs=0.0)
        self.assertEqual(credit.amount_residual, 14.44)

    def test_how_credit_is_called(self):
        """By its reference, and where it leads; what is hidden has neither."""
        self.refund.payment_reference = "RF-40"
        row = self._credit_line(self.refund)._portal_credit_row()
        self.assertEqual((row["name"], row["url"]), ("RF-40", self.refund.access_url))
        self.refund.payment_reference = False
        row = self._credit_line(self.refund)._portal_credit_row()
        self.assertEqual(row["name"], self.refund.name)
        self.refund.portal_visible = False
        row = self._credit_line(self.refund)._portal_credit_row()
        self.assertEqual((row["name"], row["url"], row["amount"]), ("", "", 40.0))
        self._confirm(self._create_transaction([(self.invoice, 100.0)]))
        payment = self._confirm(self._create_transaction([(self.invoice, 7.0)]))
        row = self._credit_line(payment.move_id)._portal_credit_row()
        self.assertEqual(
            (row["name"], row["url"]), (payment.name, f"/my/payments/{payment.id}/receipt")
        )
        # An entry that somebody made by hand.
        other = self.invoice.invoice_line_ids.account_id
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "line_ids": [
                    Command.create(
                        {"account_id": account.id, "partner_id": self.alfa.id, "balance": balance}
                    )
                    for account, balance in (
                        (self._credit_line(self.refund).account_id, -5.0), (other, 5.0),
                    )
                ],
            }
        )  # fmt: skip
        entry.action_post()
        row = self._credit_line(entry)._portal_credit_row()
        self.assertEqual((row["name"], row["url"], row["amount"]), (entry.name, "", 5.0))

    def test_what_is_no_credit(self):
        """What the customer owes, however little; what we owe it as its customers; what is not
        posted, another's, or another company's."""
        self._create_invoice(self.alfa, 500.0, "in_invoice")
        self._create_invoice(self.alfa, 0.5)
        self._create_invoice(self.alfa, 60.0, "out_refund", post=False)
        self._create_invoice(self.beta, 70.0, "out_refund")
        contact, Basket = self.user_full.partner_id, self.env["customer.portal.basket"]
        self.assertEqual(Basket._open_credits(contact, self.company).move_id, self.refund)
        other = self.env["res.company"].create({"name": "Otra Empresa SL"})
        self.assertFalse(Basket._open_credits(contact, other))
        self.assertFalse(Basket._open_credits(self.user_own.partner_id, self.company))
        self.assertFalse(Basket._open_credits(self.user_colleague.partner_id, self.company))
        self.company.portal_show_credit = False
        self.assertFalse(Basket._open_credits(contact, self.company))

    def test_what_credit_would_settle(self):
        """Of each invoice as much as there is, by currency; what can't be paid is not offered."""
        foreign = self._foreign_currency()
        self._create_invoice(self.alfa, 30.0, move_type="out_refund", currency_id=foreign.id)
        small = self._create_invoice(self.alfa, 12.0)
        theirs = self._create_invoice(self.alfa, 44.0, currency_id=foreign.id)
        paying = self._create_invoice(self.alfa, 5.0)
        self._create_transaction([(paying, 5.0)])._set_pending()
        Basket, contact = self.env["customer.portal.basket"], self.user_full.partner_id
        groups = Basket._portal_credit_groups(
            contact, self.company, self.invoice | small | theirs | paying
        )
        self.assertEqual(
            [
                (
                    group["currency"], group["total"], group["more"],
                    [
                        (row["id"], row["residual"], row["used"], row["discount"])
                        for row in group["invoices"]
                    ],
                )
                for group in groups
            ],
            [
                (
                    self.company.currency_id, 40.0, 0,
                    [(self.invoice.id, 100.0, 40.0, 0.0), (small.id, 12.0, 12.0, 0.0)],
                ),
                (foreign, 30.0, 0, [(theirs.id, 44.0, 30.0, 0.0)]),
            ],
        )  # fmt: skip

    def test_credit_pays_what_it_covers_altogether(self):
        """A basket with something left to pay is not settled by its credit alone."""
        Basket, contact = self.env["customer.portal.basket"], self.user_full.partner_id
        credit = self._credit_line(self.refund)
        basket = Basket._build(contact, self.invoice, credits=credit)
        self.assertEqual((basket.amount, basket.credit), (60.0, 40.0))
        with self.assertRaisesRegex(UserError, "still something to pay"):
            basket._pay_with_credit()
        self._assert_residuals(invoice=100.0, refund=40.0)
        # A part is paid without credit; an invoice that is just as much, with it.
        part = Basket._build(contact, self.invoice, {self.invoice.id: "40"}, credits=credit)
        self.assertEqual((part.amount, part.credit), (40.0, 0.0))
        self.assertEqual(part.line_ids.discount, 0.0)
        self.exact = self._create_invoice(self.alfa, 40.0)
        whole = Basket._build(contact, self.exact, credits=credit)
        self.assertEqual((whole.amount, whole.credit, len(whole.line_ids)), (0.0, 40.0, 1))
        whole._pay_with_credit()
        self._assert_residuals(exact=0.0, refund=0.0)

    def test_credit_goes_from_invoice_to_invoice(self):
        """The oldest credit first, and what one leaves of it to the next."""
        newer = self._create_invoice(self.alfa, 100.0, move_type="out_refund")
        credits = self._credit_line(self.refund) | self._credit_line(newer)
        basket = self.env["customer.portal.basket"]._build(
            self.user_full.partner_id, self.invoice | self.other, credits=credits
        )
        self.assertEqual(
            [
                (line.invoice_id, line.amount, line.credit_line_id.move_id)
                for line in basket.line_ids
            ],
            [
                (self.invoice, 40.0, self.refund), (self.invoice, 60.0, newer),
                (self.other, 40.0, newer), (self.other, 210.0, self.other.browse()),
            ],
        )  # fmt: skip

    def test_what_is_not_to_be_paid(self):
        draft = self._create_invoice(self.alfa, post=False)
        hidden = self._create_invoice(self.alfa)
        hidden.portal_visible = False
        paid = self._create_invoice(self.alfa, 10.0)
        self._confirm(self._create_transaction([(paid, 10.0)]))
        self.sign_in(self.user_full)
        for invoice in (self.foreign, draft, hidden, paid, self.refund):
            answer = self._use(invoice)
            self.assertEqual(answer.status_code, 422, invoice.name)
            self.assertIn("not to be paid any more", answer.text)
        for junk in ("", "x", "-1", "99999999999999999999", "0"):
            answer = self.post_form(f"{PAGE}/use", data={"invoice": junk}, page=PAGE)
            self.assertEqual(answer.status_code, 422, junk)
        self.assertEqual(self.refund.amount_residual, 40.0)

    def test_used_meanwhile(self):
        self.sign_in(self.user_full)
        self._use(self.invoice)
        answer = self.post_form(f"{PAGE}/use", data={"invoice": str(self.other.id)}, page="/my/pay")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("used meanwhile", answer.text)
        self._assert_residuals(other=250.0)

    def test_payment_under_way(self):
        tx = self._create_transaction([(self.invoice, 100.0)])
        tx._set_pending()
        self.sign_in(self.user_full)
        self.assertEqual(self._use(self.invoice).status_code, 422)
        with self.assertRaisesRegex(ValidationError, "can't be paid now"):
            self.env["customer.portal.basket"]._use_credit_on(
                self.user_full.partner_id, self.invoice
            )
        self._assert_residuals(invoice=100.0, refund=40.0)

    def test_deposit_of_an_order_is_not_free(self):
        """What was paid for a quote is bound to it until it is invoiced."""
        self.refund.button_draft()
        order = self._create_order(self.alfa, amount=300.0)
        tx = self._create_transaction([])
        tx.write({"amount": 90.0, "sale_order_ids": [Command.set(order.ids)]})
        payment = self._confirm(tx)
        line = self._credit_line(payment.move_id)
        self.assertEqual((order.state, line.reconciled), ("sale", False))
        contact, Basket = self.user_full.partner_id, self.env["customer.portal.basket"]
        self.assertFalse(Basket._open_credits(contact, self.company))
        self.sign_in(self.user_full)
        self.assertIn("There is no open credit.", self.url_open(PAGE).text)
        self.assertEqual(self._use(self.invoice).status_code, 422)
        self._assert_residuals(invoice=100.0)
        # Reminders do not take it for the payment of another invoice, either.
        due = self._credit_line(self.invoice)
        level = self.env["customer.portal.reminder"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        self.assertFalse(level._is_covered(self.alfa, due))
        # A draft of the invoice binds it as well; what the posted one leaves is free.
        invoice = order._create_invoices()
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertFalse(Basket._open_credits(contact, self.company))
        invoice.invoice_line_ids.price_unit = 50.0
        invoice.action_post()
        self.assertEqual(invoice.amount_residual, 0.0)
        credit = Basket._open_credits(contact, self.company)
        self.assertEqual(credit.amount_residual_currency, -40.0)

    def test_deposit_is_bound_whatever_the_state(self):
        self.refund.button_draft()
        order = self._create_order(self.alfa, amount=300.0)
        tx = self._create_transaction([])
        tx.write({"amount": 90.0, "sale_order_ids": [Command.set(order.ids)]})
        line = self._credit_line(self._confirm(tx).move_id)
        contact, Basket = self.user_full.partner_id, self.env["customer.portal.basket"]
        for state, is_free in (
            ("draft", False), ("sent", False), ("sale", False), ("cancel", True),
        ):  # fmt: skip
            order.state = state
            self.env.flush_all()
            found = Basket._open_credits(contact, self.company)
            self.assertEqual(found, line if is_free else line.browse(), state)
        order.state = "sale"
        self.env.flush_all()
        for status, is_free in (
            ("no", False), ("to invoice", False), ("invoiced", True), ("upselling", True),
        ):  # fmt: skip
            self.env.cr.execute(
                "UPDATE sale_order SET invoice_status = %s WHERE id = %s", [status, order.id]
            )
            self.env.invalidate_all()
            found = Basket._open_credits(contact, self.company)
            self.assertEqual(found, line if is_free else line.browse(), status)

    def test_deposit_of_a_cancelled_order_is_free(self):
        order = self._create_order(self.alfa, amount=300.0)
        tx = self._create_transaction([])
        tx.write({"amount": 90.0, "sale_order_ids": [Command.set(order.ids)]})
        payment = self._confirm(tx)
        order._action_cancel()
        credits = self.env["customer.portal.basket"]._open_credits(
            self.user_full.partner_id, self.company
        )
        self.assertIn(self._credit_line(payment.move_id), credits)

    def test_not_for_what_is_on_its_way(self):
        """Nobody spends credit on an invoice that was reported as paid or is being paid."""
        contact, Basket = self.user_full.partner_id, self.env["customer.portal.basket"]
        self.env["customer.portal.payment.report"]._declare(
            contact,
            Basket._build(contact, self.invoice, online=False),
            self.invoice.invoice_date,
            "transfer",
            "TRF-1",
            "",
        )
        self.sign_in(self.user_full)
        page = html.fromstring(self.url_open(PAGE).text)
        self.assertEqual(page.xpath("//*[@name='invoice']/@value"), [str(self.other.id)])
        self.assertEqual(self._use(self.invoice).status_code, 422)
        with self.assertRaisesRegex(ValidationError, "can't be paid now"):
            Basket._use_credit_on(contact, self.invoice)
        baskets = Basket._build(contact, self.invoice, credits=self._credit_line(self.refund))
        self.assertFalse(baskets.line_ids.credit_line_id)
        self.assertEqual(baskets.amount, 100.0)
        self._assert_residuals(invoice=100.0)
        self._use(self.other)
        self.env.invalidate_all()
        self._assert_residuals(other=210.0)

    def test_hidden_credit_is_not_named(self):
        self.refund.portal_visible = False
        self.sign_in(self.user_full)
        for url in (PAGE, "/my/pay"):
            page = self.url_open(url).text
            self.assertIn("40.00", page)
            self.assertIn("Other items", page)
            self.assertNotIn(self.refund.name, page)
            self.assertNotIn(f"/my/invoices/{self.refund.id}", page)

    def test_strangers(self):
        for user in (self.user_own, self.user_colleague):
            self.sign_in(user)
            self.assertEqual(self.url_open(PAGE, allow_redirects=False).status_code, 404)
            self.post_form(f"{PAGE}/use", data={"invoice": self.invoice.id}, page="/my/account")
        for user in (self.user_stranger, self.user_branch):
            self.sign_in(user)
            self.assertNotIn(self.refund.name, self.url_open(PAGE).text)
            self.assertEqual(self._use_from_account(self.invoice).status_code, 422)
        self.sign_in(None)
        self.assertIn("/web/login", self.url_open(PAGE).url)
        self._assert_residuals(invoice=100.0, refund=40.0)

    def _use_from_account(self, invoice):
        return self.post_form(f"{PAGE}/use", data={"invoice": str(invoice.id)}, page="/my/account")

    def test_without_the_right_to_pay(self):
        """Who may only read sees the credit, and does not use it."""
        self.user_full.partner_id.portal_profile_id = self.profile_read_only
        self.sign_in(self.user_full)
        page = self.url_open(PAGE).text
        self.assertIn(self.refund.name, page)
        self.assertNotIn("/my/credit/use", page)
        self._use_from_account(self.invoice)
        self._assert_residuals(invoice=100.0, refund=40.0)

    def test_switched_off(self):
        self.company.portal_show_credit = False
        self.sign_in(self.user_full)
        self.assertEqual(self.url_open(PAGE, allow_redirects=False).status_code, 404)
        self._use_from_account(self.invoice)
        self.assertNotIn("Use your credit", self.url_open("/my/pay").text)
        self._assert_residuals(invoice=100.0, refund=40.0)
