"""The basket through its pages: choosing, checking, paying, and everything that can be wrong."""

import json
from datetime import timedelta

from lxml import html

from odoo.exceptions import MissingError, ValidationError
from odoo.fields import Domain
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from ..controllers import basket as basket_controller
from ..models.payment import customer_portal_basket
from ..tools.parsing import parse_money
from .common.payment import PaymentCase


@tagged("post_install", "-at_install")
class TestBasket(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls._create_invoice(cls.alfa, 100.0, days=-60, due_days=-30)
        cls.new = cls._create_invoice(cls.alfa, 250.0, days=-10, due_days=20)
        cls.foreign = cls._create_invoice(cls.beta, 70.0)

    def _choose(self, *invoices, **posted):
        """Choose invoices on the page; return the answer."""
        data = {"invoice": [str(invoice.id) for invoice in invoices], **posted}
        return self.post_form("/my/pay/choose", data=data, page="/my/pay")

    def _refusal(self, url, **params):
        """Ask to start a payment; return in which words that is refused, empty if it is not."""
        values = self._form_values(**params)
        answer = self.url_open(url, json={"jsonrpc": "2.0", "id": 0, "params": values}).json()
        return answer.get("error", {}).get("data", {}).get("message", "")

    def _basket(self, answer):
        self.assertRegex(answer.url, r"/my/pay/\d+$", answer.text[:300])
        return self.env["customer.portal.basket"].browse(int(answer.url.rsplit("/", 1)[1]))

    def _start(self, basket, **kwargs):
        """Start the payment as the payment form does; return the transaction."""
        values = self.make_jsonrpc_request(
            f"/my/pay/{basket.id}/transaction", self._form_values(**kwargs)
        )
        return self.env["payment.transaction"].search([("reference", "=", values["reference"])])

    def _pay(self, basket):
        """Pay a basket through HTTP with the demo provider, up to its post-processing."""
        tx = self._start(basket)
        self.make_jsonrpc_request(
            "/payment/demo/simulate_payment",
            {
                "reference": tx.reference,
                "payment_details": "1234",
                "simulated_state": "done",
            },
        )
        self.make_jsonrpc_request("/payment/status/poll", {})
        self.env.invalidate_all()
        self._assert_booked(tx)
        return tx

    def _assert_booked(self, tx):
        """Assert what the books say of a payment: each invoice got what was chosen for it."""
        payment = tx.payment_id
        self.assertEqual(payment.amount, tx.amount)
        self._assert_balanced(payment)
        for part in tx.portal_allocation_ids.filtered(lambda one: not one.credit_line_id):
            lines = payment.move_id.line_ids.filtered(
                lambda line, part=part: line.portal_allocation_id == part
            )
            booked = -sum(lines.mapped("amount_currency"))
            self.assertAlmostEqual(booked, part.amount + part.discount)
            self.assertTrue(all(lines.mapped("reconciled")))
            self.assertEqual(lines.matched_debit_ids.debit_move_id.move_id, part.invoice_id)

    # === HAPPY PATHS === #

    def test_pay_two_invoices(self):
        self.sign_in(self.user_full)
        basket = self._basket(self._choose(self.old, self.new))
        self.assertEqual(basket.amount, 350.0)
        tx = self._pay(basket)
        self.assertEqual((tx.state, tx.amount), ("done", 350.0))
        self._assert_residuals(old=0.0, new=0.0)
        self.assertEqual(tx.payment_id.reconciled_invoice_ids, self.old | self.new)
        self._assert_balanced(tx.payment_id)

    def test_thanks_afterwards(self):
        """Who has paid is thanked where the payment is listed; who has not paid is not."""
        self.sign_in(self.user_full)
        basket = self._basket(self._choose(self.old))
        self._start(basket)
        answer = self.url_open(f"/my/pay/{basket.id}/done")
        self.assertTrue(answer.url.endswith(f"/my/pay/{basket.id}"), "The choice is kept.")
        self.assertNotIn("Thank you", answer.text)
        tx = self._pay(basket)
        answer = self.url_open(f"/my/pay/{basket.id}/done")
        self.assertIn("Thank you for your payment", answer.text)
        self.assertIn(tx.payment_id.name, answer.text)

    def test_part_of_one(self):
        self.sign_in(self.user_full)
        answer = self._choose(
            self.old,
            self.new,
            **{f"how_{self.new.id}": "other", f"amount_{self.new.id}": "50,25"},
        )
        self._pay(self._basket(answer))
        self._assert_residuals(old=0.0, new=199.75)

    def test_what_is_due_next(self):
        """Of an invoice in instalments the next one, together with another invoice."""
        self.parts = self._create_in_parts(self.alfa, 200.0, (40, 0), (60, 60))
        self.sign_in(self.user_full)
        answer = self._choose(self.old, self.parts, **{f"how_{self.parts.id}": "next"})
        self.assertEqual(self._basket(answer).amount, 180.0)
        self.assertEqual(self._basket(answer).line_ids.mapped("discount"), [0.0, 0.0])
        self._pay(self._basket(answer))
        self._assert_residuals(old=0.0, parts=120.0)
        due = self.parts.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.assertEqual(due.sorted("date_maturity").mapped("amount_residual"), [0.0, 120.0])

    def test_instalments_by_their_dates(self):
        """Each with those before it; also where parts of any amount are not taken."""
        self.parts = self._create_in_parts(self.alfa, 200.0, (20, 0), (30, 30), (50, 60))
        self.company.portal_allow_part_payment = False
        second = f"until:{(self.today + timedelta(days=30)).isoformat()}"
        self.sign_in(self.user_full)
        page = html.fromstring(self.url_open("/my/pay").content)
        choices = page.xpath(f"//input[@name='how_{self.parts.id}']")
        self.assertEqual([one.get("value") for one in choices], ["all", "next", second])
        self.assertEqual(choices[-1].get("data-amount"), "100.0")
        for bad in ("until:", "until:2020-01-01", "until:x"):
            answer = self._choose(self.parts, **{f"how_{self.parts.id}": bad})
            self.assertEqual(answer.status_code, 422, bad[:30])
        typed = {f"how_{self.parts.id}": "other", f"amount_{self.parts.id}": second}
        self.assertEqual(self._choose(self.parts, **typed).status_code, 422)
        answer = self._choose(self.parts, **{f"how_{self.parts.id}": second})
        self.assertEqual(self._basket(answer).amount, 100.0)
        self._pay(self._basket(answer))
        due = self.parts.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.assertEqual(due.sorted("date_maturity").mapped("amount_residual"), [0.0, 0.0, 100.0])

    def test_sums_are_read_out(self):
        self.sign_in(self.user_full)
        page = html.fromstring(self.url_open("/my/pay").content)
        (total,) = page.xpath("//*[contains(@class, 'o_cpp_basket_sum')]")
        self.assertEqual((total.get("role"), total.get("aria-atomic")), ("status", "true"))
        currency = self.company.currency_id
        for position in ("before", "after"):
            currency.position = position
            page = html.fromstring(self.url_open("/my/pay").content)
            (total,) = page.xpath("//*[contains(@class, 'o_cpp_basket_sum')]/strong")
            (sum_,) = total.xpath("span")
            before, after = total.text.strip(), sum_.tail.strip()
            sides = {"before": (currency.symbol, ""), "after": ("", currency.symbol)}
            self.assertEqual((before, after), sides[position])

    def test_bank_transfer_promised(self):
        """Odoo's own wire transfer: promised, nothing is booked; when the money has arrived and
        staff say so, each invoice gets its part, once."""
        self.provider = self.env.ref("payment.payment_provider_transfer")
        self.provider.write(
            {"state": "enabled", "is_published": True, "company_id": self.company.id}
        )
        self.method = self.provider.payment_method_ids
        self.method.active = True
        self.sign_in(self.user_full)
        answer = self._choose(
            self.old,
            self.new,
            **{f"how_{self.new.id}": "other", f"amount_{self.new.id}": "80"},
        )
        tx = self._start(self._basket(answer), flow="redirect")
        page = self.url_open("/payment/custom/process", data={"reference": tx.reference}).text
        # What the transfer must say: all the invoices that it pays.
        self.assertIn(f"{self.old.payment_reference} {self.new.payment_reference}", page)
        self.make_jsonrpc_request("/payment/status/poll", {})
        self.env.invalidate_all()
        self.assertEqual((tx.state, tx.payment_id.id), ("pending", False))
        self._assert_residuals(old=100.0, new=250.0)
        self.assertIn("Transfer announced", self.url_open("/my/payments").text)
        both = self.old | self.new
        self.assertEqual(both._portal_waits_with_reminders(), both)
        # The money has arrived.
        self.provider.journal_id = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        self._confirm(tx)
        tx._post_process()
        self._assert_booked(tx)
        self._assert_residuals(old=0.0, new=170.0)
        self.assertEqual(
            self.env["account.payment"].search_count([("payment_transaction_id", "=", tx.id)]), 1
        )

    def test_everything_and_overdue(self):
        self.sign_in(self.user_full)
        self.assertEqual(self._basket(self._choose(everything="overdue")).amount, 100.0)
        self.assertEqual(self._basket(self._choose(everything="all")).amount, 350.0)

    def test_everything_leaves_out_what_was_reported_as_paid(self):
        """Who pays everything does not pay a second time what it says to have paid."""
        basket = self.env["customer.portal.basket"]._build(
            self.user_full.partner_id, self.old, online=False
        )
        self.env["customer.portal.payment.report"]._declare(
            self.user_full.partner_id, basket, self.today, "transfer", "TRF-1", "", None, ""
        )
        self.sign_in(self.user_full)
        page = html.fromstring(self.url_open("/my/pay?select=all").text)
        self.assertIn("Payment reported", page.text_content())
        ticked = page.xpath("//input[@name='invoice'][@checked]/@value")
        self.assertEqual(ticked, [str(self.new.id)])
        self.assertEqual(self._basket(self._choose(everything="all")).amount, 250.0)
        self._assert_refused(self._choose(everything="overdue"), "choose at least one")
        # Chosen by hand, it is paid: the report may have been a mistake.
        self.assertEqual(self._basket(self._choose(self.old)).amount, 100.0)

    def test_free_sum_oldest_first(self):
        self.sign_in(self.user_full)
        basket = self._basket(self._choose(self.new, self.old, free_amount="130"))
        self._pay(basket)
        self._assert_residuals(old=0.0, new=220.0)

    def test_what_is_ticked_beforehand(self):
        """What was chosen before, what is overdue, all; and never what can't be paid now."""
        both = self.old | self.new
        credits = self.env["account.move.line"]
        totals = both._portal_payable_totals(Domain("id", "in", both.ids))

        def ticked(select="", chosen=()):
            (group,) = both._portal_payable_groups(select, list(chosen), credits, totals)
            return [row["id"] for row in group["rows"] if row["ticked"]]

        self.assertEqual(ticked(), [])
        self.assertEqual(ticked(chosen=self.new.ids), self.new.ids)
        self.assertEqual(ticked("overdue"), self.old.ids)
        self.assertEqual(ticked("overdue", self.new.ids), both.ids)
        self.assertEqual(ticked("all"), both.ids)
        self._create_transaction([(self.old, 100.0)])._set_pending()
        self.env.invalidate_all()
        self.assertEqual(ticked("all", both.ids), self.new.ids)

    # === MANY INVOICES === #

    def _listed(self, answer):
        """Return which invoices a page of the choice lists, which of them are ticked, and what it
        says is left of all."""
        page = html.fromstring(answer.text)
        listed, ticked = (
            [int(box) for box in page.xpath(f"//input[@name='invoice']{which}/@value")]
            for which in ("", "[@checked]")
        )
        legend = page.xpath("//legend")[0].text_content() if page.xpath("//legend") else ""
        return listed, ticked, legend

    def test_pages_keep_what_is_chosen(self):
        self.patch(basket_controller, "PAGE_SIZE", 1)
        self.sign_in(self.user_full)
        listed, ticked, legend = self._listed(self.url_open("/my/pay"))
        self.assertEqual((listed, ticked), (self.old.ids, []))
        self.assertIn("350.00", legend, "What is left of all, not of this page.")
        amount = {f"how_{self.old.id}": "other", f"amount_{self.old.id}": "12.34"}
        answer = self._choose(self.old, page="2", **amount)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self._listed(answer)[:2], ((self.old | self.new).ids, self.old.ids))
        self.assertIn('value="12.34"', answer.text, "What was typed is kept.")
        self.assertEqual(self._basket(self._choose(self.old, self.new, **amount)).amount, 262.34)
        # What is no page is the first one, what is beyond the last one is the last one.
        self.assertEqual(self._listed(self._choose(page="9"))[0], self.new.ids)
        self.assertEqual(self._listed(self._choose(page="x", find="1"))[0], self.old.ids)
        # An invoice of somebody else is not listed because it is asked for.
        self.assertEqual(self._listed(self._choose(self.foreign, page="1"))[0], self.old.ids)

    def test_searching_what_to_pay(self):
        self.patch(basket_controller, "PAGE_SIZE", 1)
        self.sign_in(self.user_full)
        answer = self._choose(search=self.new.name, find="1")
        self.assertEqual(self._listed(answer)[0], self.new.ids)
        answer = self._choose(self.old, search="250", find="1")
        self.assertEqual(self._listed(answer)[:2], ((self.old | self.new).ids, self.old.ids))
        answer = self._choose(search="zeppelin" * 500, find="1")
        self.assertIn("Nothing was found", answer.text)
        self.assertNotIn("There is nothing to pay", answer.text)
        self.assertEqual(self._choose(search="%_\x00\\", find="1").status_code, 200)
        self.assertFalse(self.env["customer.portal.basket"].search([]))

    def test_everything_is_more_than_can_be_paid_at_once(self):
        """Then it is the oldest ones, and that is said."""
        self.sign_in(self.user_full)
        self.assertNotIn("At most", self._choose(everything="all").text)
        self.patch(basket_controller, "MAX_INVOICES", 1)
        answer = self._choose(everything="all")
        self.assertIn("At most 1 invoices are paid at once", answer.text)
        basket = self.env["customer.portal.basket"].search([], order="id desc", limit=1)
        self.assertEqual(basket.line_ids.invoice_id, self.old)

    def test_free_sum_of_all(self):
        """Exactly what is due is taken, and not a cent more."""
        both, Basket = self.old | self.new, self.env["customer.portal.basket"]
        contact = self.user_full.partner_id
        basket = Basket._build(contact, both, free_amount="350.00")
        self.assertEqual((basket.amount, basket.line_ids.invoice_id), (350.0, both))
        with self.assertRaisesRegex(ValidationError, "At most"):
            Basket._build(contact, both, free_amount="350.01")
        self.assertEqual(Basket._build(contact, both, free_amount="0.01").amount, 0.01)
        with self.assertRaisesRegex(ValidationError, "type an amount"):
            Basket._build(contact, both, free_amount="0")

    def test_all_of_an_invoice_with_a_discount(self):
        saving, Basket = self._create_discounted(), self.env["customer.portal.basket"]
        line = Basket._build(self.user_full.partner_id, saving).line_ids
        self.assertEqual((line.amount, line.discount), (980.0, 20.0))

    def test_as_many_as_can_be_paid_at_once(self):
        self.patch(customer_portal_basket, "MAX_INVOICES", 1)
        Basket, contact = self.env["customer.portal.basket"], self.user_full.partner_id
        self.assertEqual(Basket._build(contact, self.old).amount, 100.0)
        with self.assertRaisesRegex(ValidationError, "at most 1 invoices"):
            Basket._build(contact, self.old | self.new)

    def test_what_the_page_offers(self):
        """By currency, with the credit of that currency; what an early payment saves is told."""
        foreign = self._foreign_currency()
        theirs = self._create_invoice(self.alfa, 44.0, currency_id=foreign.id)
        self._create_invoice(self.alfa, 30.0, move_type="out_refund", currency_id=foreign.id)
        saving = self._create_discounted()
        reported = self._create_invoice(self.alfa, 70.0)
        Basket, contact = self.env["customer.portal.basket"], self.user_full.partner_id
        self.env["customer.portal.payment.report"]._declare(
            contact,
            Basket._build(contact, reported, {reported.id: "40"}, online=False),
            self.today, "transfer", "TRF-1", "",
        )  # fmt: skip
        invoices = self.old | self.new | saving | reported | theirs
        totals = invoices._portal_payable_totals(Domain("id", "in", invoices.ids))
        credits = Basket._open_credits(contact, self.company)
        own, other = invoices._portal_payable_groups("overdue", [self.new.id], credits, totals)
        self.assertEqual((own["total"], own["credits"]), (1420.0, []))
        self.assertEqual((other["currency"], other["total"]), (foreign, 44.0))
        self.assertEqual([credit["amount"] for credit in other["credits"]], [30.0])
        self.assertEqual(
            [(row["id"], row["ticked"], row["how"], row["to_pay"]) for row in own["rows"]],
            [
                (self.old.id, True, "all", 100.0), (self.new.id, True, "all", 250.0),
                (saving.id, False, "all", 980.0), (reported.id, False, "all", 30.0),
            ],
        )  # fmt: skip

    def test_a_sum_goes_to_what_is_due_first(self):
        """Whichever of the invoices is older."""
        first = self._create_invoice(self.alfa, 20.0, days=-50, due_days=5)
        second = self._create_invoice(self.alfa, 50.0, days=-20, due_days=-1)
        baskets = self.env["customer.portal.basket"]._build(
            self.user_full.partner_id, first | second, free_amount="60"
        )
        self.assertEqual(
            [(line.invoice_id, line.amount, line.discount) for line in baskets.line_ids],
            [(second, 50.0, 0.0), (first, 10.0, 0.0)],
        )

    def test_what_can_be_chosen(self):
        """Whatever owes something, down to the cent, and also if the bank has not said so yet."""
        cent = self._create_invoice(self.alfa, 0.01)
        half, settled = self._create_invoice(self.alfa, 8.0), self._create_invoice(self.alfa, 8.0)
        refund = self._create_invoice(self.alfa, 5.0, "out_refund")
        draft = self._create_invoice(self.alfa, 5.0, post=False)
        nothing = self._create_invoice(self.alfa, 0.0)
        self._confirm(self._create_transaction([(self.old, 30.0)]))
        self.env.flush_all()
        # As payments do whose bank line is waited for.
        for invoice, left in ((half, 3.0), (settled, 0.0)):
            self.env.cr.execute(
                "UPDATE account_move SET payment_state = 'in_payment', amount_residual = %s"
                " WHERE id = %s",
                [left, invoice.id],
            )
        self.env.invalidate_all()
        every = cent | half | settled | refund | draft | nothing | self.old | self.new
        found = self.env["account.move"].search(
            self.env["customer.portal.basket"]._open_invoices_domain()
            & Domain("id", "in", every.ids)
        )
        self.assertEqual(found, cent | half | self.old | self.new)

    def test_how_a_basket_is_paid_by_transfer(self):
        """With what is left of it; there is nothing to transfer where credit pays it all."""
        self.company.partner_id.bank_ids.unlink()
        contact, Basket = self.user_full.partner_id, self.env["customer.portal.basket"]
        cent = self._create_invoice(self.alfa, 0.01)
        self.assertIsNone(Basket._build(contact, cent)._portal_transfer(), "no account")
        self.env["res.partner.bank"].create(
            {
                "partner_id": self.company.partner_id.id,
                "acc_number": "ES91 2100 0418 4502 0005 1332",
            }
        )
        self.assertEqual(Basket._build(contact, cent)._portal_transfer()["amount"], 0.01)
        refund = self._create_invoice(self.alfa, 40.0, move_type="out_refund")
        credit = refund.line_ids.filtered(lambda line: line.display_type == "payment_term")
        part = Basket._build(contact, self.old, credits=credit)
        self.assertEqual(part._portal_transfer()["amount"], 60.0)
        self.assertIsNone(Basket._build(contact, cent, credits=credit)._portal_transfer())

    def test_the_least_part(self):
        self.company.portal_part_payment_minimum = 40.0
        for amount, refused in ((39.99, True), (40.0, False), (40.01, False), (100.0, False)):
            self.assertEqual(bool(self.old._portal_part_refusal(amount)), refused, amount)
        # All of an invoice is no part, however little it is.
        small = self._create_invoice(self.alfa, 0.5)
        self.assertFalse(small._portal_part_refusal(0.5))
        self.assertTrue(small._portal_part_refusal(0.51))

    def test_the_least_part_in_another_currency(self):
        """The company says it in its own."""
        foreign = self._foreign_currency(rate=2.0)
        invoice = self._create_invoice(self.alfa, 500.0, currency_id=foreign.id)
        self.company.portal_part_payment_minimum = 40.0
        for amount, refused in ((79.99, True), (80.0, False), (500.0, False), (500.01, True)):
            self.assertEqual(bool(invoice._portal_part_refusal(amount)), refused, amount)
        # What was paid elsewhere may be any part, where parts are off as well.
        self.company.portal_allow_part_payment = False
        self.assertTrue(invoice._portal_part_refusal(90.0))
        for amount, refused in ((90.0, False), (0.01, False), (500.01, True), (0.0, True)):
            found = invoice._portal_part_refusal(amount, online=False)
            self.assertEqual(bool(found), refused, amount)

    def test_amounts_that_can_be_asked_for(self):
        """A number above zero, at most what is left; whatever else comes with a request."""
        for amount, is_due in (
            (0.01, True), (1, True), (99.99, True), (100, True), (100.0, True),
            (0, False), (0.0, False), (-0.01, False), (0.001, False), (100.01, False),
            (1e15, False), (1e300, False), (float("nan"), False), (float("inf"), False),
            (True, False), ("5", False), (None, False), ([5], False),
        ):  # fmt: skip
            self.assertEqual(self.old._portal_is_amount_due(amount), is_due, amount)

    def test_currencies_are_paid_one_after_another(self):
        usd = self.env.ref("base.USD")
        if self.company.currency_id == usd:
            usd = self.env.ref("base.EUR")
        usd.active = True
        self.dollars = self._create_invoice(self.alfa, 30.0, currency_id=usd.id, due_days=60)
        self.sign_in(self.user_full)
        answer = self._choose(self.old, self.dollars)
        basket = self._basket(answer)
        self.assertEqual((basket.currency_id, basket.amount), (self.company.currency_id, 100.0))
        self._pay(basket)
        following = self.url_open(f"/my/pay/{basket.id}/done")
        second = self._basket(following)
        self.assertEqual((second.currency_id, second.amount), (usd, 30.0))
        self._pay(second)
        self._assert_residuals(old=0.0, dollars=0.0, new=250.0)

    def test_credit_pays_a_part(self):
        refund = self._create_invoice(self.alfa, 40.0, move_type="out_refund")
        credit = refund.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.sign_in(self.user_full)
        basket = self._basket(self._choose(self.old, credit=str(credit.id)))
        self.assertEqual((basket.amount, basket.credit), (60.0, 40.0))
        self._pay(basket)
        self._assert_residuals(old=0.0)
        self.assertTrue(credit.reconciled)

    def test_what_is_left_of_each_invoice(self):
        refund = self._create_invoice(self.alfa, 40.0, move_type="out_refund")
        credit = refund.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.sign_in(self.user_full)
        part = {f"how_{self.new.id}": "other", f"amount_{self.new.id}": "30"}
        basket = self._basket(self._choose(self.old, self.new, credit=str(credit.id), **part))
        rows = {row["name"]: row for row in basket._portal_rows()}
        self.assertEqual(
            [
                tuple(rows[invoice.name][key] for key in ("amount", "credit", "discount", "left"))
                for invoice in (self.old, self.new)
            ],
            [(60.0, 40.0, 0.0, 0.0), (30.0, 0.0, 0.0, 220.0)],
        )
        self.assertIn("220.00", self.url_open(f"/my/pay/{basket.id}").text)

    def test_credit_pays_all(self):
        refund = self._create_invoice(self.alfa, 140.0, move_type="out_refund")
        credit = refund.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.sign_in(self.user_full)
        basket = self._basket(self._choose(self.old, credit=str(credit.id)))
        self.post_form(f"/my/pay/{basket.id}/credit", page=f"/my/pay/{basket.id}")
        self._assert_residuals(old=0.0)
        self.assertEqual(refund.amount_residual, 40.0)

    def test_amount_with_the_discount_typed_by_hand(self):
        """Who types what is to be paid with the discount pays all of it, not a part."""
        self.discounted = self._create_discounted()
        self.company.portal_allow_part_payment = False
        self.sign_in(self.user_full)
        typed = {f"how_{self.discounted.id}": "other", f"amount_{self.discounted.id}": "980,00"}
        tx = self._pay(self._basket(self._choose(self.discounted, **typed)))
        self._assert_residuals(discounted=0.0)
        self.assertEqual(tx.payment_id.amount, 980.0)
        self._assert_balanced(tx.payment_id)

    # === BAD INPUT === #

    def _assert_refused(self, answer, words):
        self.assertEqual(answer.status_code, 422)
        self.assertIn(words, answer.text)

    def test_how_many_at_once(self):
        Basket = self.env["customer.portal.basket"]
        many = self.env["account.move"].browse(range(10**9, 10**9 + 201))
        contact = self.user_full.partner_id
        with self.assertRaisesRegex(ValidationError, "at most 200 invoices"):
            Basket._build(contact, many)
        # One less is looked at: these are none.
        with self.assertRaises(MissingError):
            Basket._build(contact, many[:200])

    def test_nothing_chosen(self):
        self.sign_in(self.user_full)
        self._assert_refused(self._choose(), "choose at least one")

    def test_invoices_that_are_not_to_be_paid(self):
        draft = self._create_invoice(self.alfa, post=False)
        cancelled = self._create_invoice(self.alfa, post=False)
        cancelled.button_cancel()
        paid = self._create_invoice(self.alfa, 10.0)
        self._confirm(self._create_transaction([(paid, 10.0)]))
        hidden = self._create_invoice(self.alfa)
        hidden.portal_visible = False
        self.sign_in(self.user_full)
        for invoice in (self.foreign, draft, cancelled, paid, hidden):
            self._assert_refused(self._choose(self.old, invoice), "not to be paid any more")

    def test_bad_amounts(self):
        self.sign_in(self.user_full)
        self.company.portal_part_payment_minimum = 5
        for typed, words in (
            ("", "type an amount"),
            ("-5", "type an amount"),
            ("0", "type an amount"),
            ("abc", "type an amount"),
            ("all", "type an amount"),
            ("1e9", "type an amount"),
            ("nan", "type an amount"),
            ("100.01", "at most"),
            ("99999999999", "at most"),
            ("10.005", "decimals"),
            ("4.99", "at least"),
        ):
            answer = self._choose(
                self.old, **{f"how_{self.old.id}": "other", f"amount_{self.old.id}": typed}
            )
            self._assert_refused(answer, words)

    def test_parts_switched_off(self):
        self.company.portal_allow_part_payment = False
        self.sign_in(self.user_full)
        answer = self._choose(
            self.old, **{f"how_{self.old.id}": "other", f"amount_{self.old.id}": "10"}
        )
        self._assert_refused(answer, "only be paid in full")

    def test_amount_and_currency_come_from_the_server(self):
        self.sign_in(self.user_full)
        basket = self._basket(self._choose(self.old))
        tx = self._start(basket, amount=0.01, is_validation=True)
        self.assertEqual((tx.amount, tx.operation), (100.0, "online_direct"))
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self._start(basket, currency_id=self.env.ref("base.USD").id)

    @mute_logger("odoo.http")
    def test_paid_meanwhile(self):
        """Of two contacts with the same invoice, the second is told and pays nothing."""
        self.sign_in(self.user_full)
        second = self._basket(self._choose(self.old))
        colleague = self.user_colleague
        self._confirm(self._create_transaction([(self.old, 100.0)], user=colleague))
        with self.assertRaises(JsonRpcException) as refused:
            self._start(second)
        self.assertIn("ValidationError", str(refused.exception))
        self._assert_residuals(old=0.0)

    @mute_logger("odoo.http")
    def test_residual_changed_meanwhile(self):
        """A part was paid, or a credit note used, after the page was made: nothing is started
        until the customer has chosen again."""
        self.sign_in(self.user_full)
        basket = self._basket(self._choose(self.old))
        self._confirm(self._create_transaction([(self.old, 30.0)]))
        with self.assertRaises(JsonRpcException) as refused:
            self._start(basket)
        self.assertIn("ValidationError", str(refused.exception))
        self.assertEqual(self._basket(self._choose(self.old)).amount, 70.0)

    @mute_logger("odoo.http")
    def test_cancelled_meanwhile(self):
        self.sign_in(self.user_full)
        basket = self._basket(self._choose(self.old))
        self.old.button_draft()
        self.old.button_cancel()
        self.assertEqual(self.url_open(f"/my/pay/{basket.id}").status_code, 200)
        with self.assertRaises(JsonRpcException):
            self._start(basket)
        self.assertFalse(self.old.transaction_ids)

    def test_junk(self):
        """Ids and fields that make no sense are told so, and nothing breaks."""
        self.sign_in(self.user_full)
        for invoice in ("x", "-1", "0", "9" * 30, "1e3", "'; --", "\x00"):
            answer = self.post_form("/my/pay/choose", data={"invoice": invoice}, page="/my/pay")
            self.assertEqual(answer.status_code, 422, invoice)
        for url in ("/my/pay?invoice=x", "/my/pay?select=junk", "/my/pay/99999999", "/my/pay/0"):
            self.assertEqual(self.url_open(url).status_code, 200, url)
        self._assert_refused(self._choose(self.old, free_amount="9" * 18), "type an amount")
        self._assert_refused(self._choose(self.old, free_amount="-3"), "type an amount")
        self._assert_refused(self._choose(self.old, free_amount="100.01"), "At most")

    def test_parse_money(self):
        for text, value in {
            "150": 150.0,
            "150,5": 150.5,
            "1.234,50": 1234.5,
            "1,234.50": 1234.5,
            "1.234": 1234.0,
            "0.123": 0.123,
            "1 234,50 €": 1234.5,
            "1.234.567": 1234567.0,
            "-1": None,
            "1e5": None,
            "": None,
            "inf": None,
            "9" * 40: None,
        }.items():
            lang = self.env["res.lang"]._get_data(code="es_ES")
            self.assertEqual(parse_money(text, self.company.currency_id, lang), value, text)

    def test_the_page_reads_amounts_as_the_server_does(self):
        """What the script shows while one types is what is going to be paid."""
        texts = ["150", "150,5", "1.234", "1,234", "1.234,50", "0.123", "12.", "1 234,5 €"]
        texts += ["1'234.50", "1.23.456", "-1", "1e5", "", "NaN", "12.345", "9" * 40]
        langs = [self.env["res.lang"]._get_data(code=code) for code in ("en_US", "es_ES")]
        currencies = self.company.currency_id | self.env.ref("base.KWD")
        cases = [
            [text, one.decimal_places, lang.decimal_point, parse_money(text, one, lang)]
            for text in texts
            for lang in langs
            for one in currencies
        ]
        self.sign_in(self.user_full)
        self.browser_js(
            "/my/pay",
            """
            const { parseMoney } = odoo.loader.modules.get(
                "@customer_portal_plus/interactions/portal_money");
            const wrong = CASES.filter(([text, decimals, mark, value]) =>
                parseMoney(text, decimals, mark) !== value);
            if (wrong.length) { throw new Error(JSON.stringify(wrong)); }
            console.log("test successful");
            """.replace("CASES", json.dumps(cases)),
            ready="odoo.loader.modules.has('@customer_portal_plus/interactions/portal_money')",
            login=self.user_full.login,
        )

    def test_three_decimals(self):
        dinar = self.env.ref("base.KWD")
        dinar.active = True
        invoice = self._create_invoice(self.alfa, 20000.0, currency_id=dinar.id)
        self.sign_in(self.user_full)
        for text, lang, amount in (("12.345", "en_US", 12.345), ("12,345", "es_ES", 12.345),
                                   ("12.345", "es_ES", 12345.0)):  # fmt: skip
            self.user_full.lang = lang
            self.sign_in(self.user_full)
            answer = self._choose(
                invoice, **{f"how_{invoice.id}": "other", f"amount_{invoice.id}": text}
            )
            self.assertEqual(self._basket(answer).amount, amount, (text, lang))

    # === PAID ONCE === #

    def test_a_declined_part_does_not_come_back(self):
        """Part 10 is declined, part 20 of the same invoice is paid: nothing else is asked for."""
        self.sign_in(self.user_full)
        other = {f"how_{self.old.id}": "other"}
        ten = self._basket(self._choose(self.old, **other, **{f"amount_{self.old.id}": "10"}))
        self._start(ten)._set_error("declined")
        twenty = self._basket(self._choose(self.old, **other, **{f"amount_{self.old.id}": "20"}))
        self.assertFalse(ten.exists(), "Choosing anew ends what was chosen before.")
        self._pay(twenty)
        self._assert_residuals(old=80.0)
        answer = self.url_open(f"/my/pay/{twenty.id}/done")
        self.assertTrue(answer.url.split("?")[0].endswith("/my/payments"), answer.url)
        self.assertFalse(twenty._portal_other_baskets())
        # The basket that was paid is not paid again, though 20 are still open.
        self.assertTrue(self.url_open(f"/my/pay/{twenty.id}").url.endswith("/my/pay"))
        self.assertIn("paid already", self._refusal(f"/my/pay/{twenty.id}/transaction"))
        self._assert_residuals(old=80.0)

    def test_choosing_again_pays_what_is_chosen_then(self):
        self.sign_in(self.user_full)
        both = self._basket(self._choose(self.old, self.new))
        one = self._basket(self._choose(self.old))
        self.assertFalse(both.exists())
        self._pay(one)
        self.assertFalse(one._portal_other_baskets())
        self._assert_residuals(old=0.0, new=250.0)

    def test_two_currencies_of_one_choice(self):
        """The second one follows the first, and the first does not come back after the second."""
        pounds = self.env.ref("base.GBP")
        pounds.active = True
        abroad = self._create_invoice(self.alfa, 60.0, currency_id=pounds.id)
        self.sign_in(self.user_full)
        other = {f"how_{self.old.id}": "other", f"amount_{self.old.id}": "30"}
        first = self._basket(self._choose(self.old, abroad, **other))
        [next_one] = first._portal_other_baskets()
        self._pay(first)
        second = first.browse(int(next_one["url"].rsplit("/", 1)[1]))
        self.assertEqual(second.currency_id, pounds)
        self.assertTrue(
            self.url_open(f"/my/pay/{first.id}/done").url.endswith(f"/my/pay/{second.id}")
        )
        self.assertFalse(second._portal_other_baskets(), "70 are open, but not of this choice.")

    def test_paid_and_not_booked_yet(self):
        """Between the provider's answer and the books, nothing is to be paid a second time."""
        self.sign_in(self.user_full)
        basket = self._basket(self._choose(self.old))
        tx = self._start(basket)
        second = self.env["customer.portal.basket"]._build(self.user_full.partner_id, self.old)
        tx._set_done()
        self.assertFalse(tx.is_post_processed)
        self.assertEqual(self.old.amount_residual, 100.0)
        self.assertIn("paid already", self._refusal(f"/my/pay/{basket.id}/transaction"))
        self.assertIn("has changed", self._refusal(f"/my/pay/{second.id}/transaction"))
        self._assert_refused(self._choose(self.old), "Perhaps a payment is under way")
        own_page = f"/invoice/transaction/{self.old.id}"
        self.assertIn("under way", self._refusal(own_page, amount=100.0))
        # Core's page of all that is overdue takes no part in baskets.
        all_overdue = self._refusal("/invoice/transaction/overdue", payment_reference="X")
        self.assertIn("under way", all_overdue)
        self.assertEqual(len(self.old.transaction_ids), 1)
        self.assertTrue(self.old._portal_is_being_paid(), "No automatic debit, either.")
        self.assertTrue(self.old._portal_waits_with_reminders())
        page = self.url_open(f"/my/invoices/{self.old.id}").text
        self.assertIn("Payment being processed", page)
        self.assertNotIn("Pay Now", page)
        tx._post_process()
        self._assert_residuals(old=0.0)

    def test_what_is_no_payment_under_way(self):
        """A page of a provider that was left, a refund, a saved method, a promise, a failure."""
        tx = self._create_transaction([(self.old, 100.0)])
        self.assertFalse(self.old._portal_payment_under_way())
        for values in (
            {"state": "error"},
            {"state": "cancel"},
            {"state": "pending", "operation": "validation"},
            {"state": "pending", "operation": "refund"},
            {"state": "done", "is_post_processed": True, "operation": "online_direct"},
        ):
            tx.write(values)
            self.assertFalse(self.old._portal_payment_under_way(), values)
        for values in (
            {"state": "pending", "is_post_processed": False},
            {"state": "authorized"},
            {"state": "done"},
            {"state": "draft", "operation": "online_token"},
            {"state": "draft", "operation": "offline"},
        ):
            tx.write(values)
            self.assertTrue(self.old._portal_payment_under_way(), values)
            self.assertFalse(self.old._has_to_be_paid())
            self.assertEqual(self.old._portal_under_way_ids(), {self.old.id}, values)

    def test_what_was_paid_meanwhile_leaves_the_basket(self):
        self.sign_in(self.user_full)
        basket = self._basket(self._choose(self.old, self.new))
        self._confirm(self._create_transaction([(self.old, 100.0)]))
        page = self.url_open(f"/my/pay/{basket.id}")
        self.assertIn("not to be paid any more", page.text)
        self.assertEqual(basket.amount, 250.0)
        self._confirm(self._create_transaction([(self.new, 250.0)]))
        self.assertTrue(self.url_open(f"/my/pay/{basket.id}").url.endswith("/my/pay"))

    def test_one_credit_is_not_used_twice(self):
        """What is taken from one credit for several invoices is looked at as a whole."""
        refund = self._create_invoice(self.alfa, 120.0, move_type="out_refund")
        credit = refund.line_ids.filtered(lambda line: line.display_type == "payment_term")
        basket = self.env["customer.portal.basket"]._build(
            self.user_full.partner_id, self.old | self.new, credits=credit
        )
        self.assertEqual(basket.credit, 120.0)
        basket.line_ids.filtered(
            lambda line: line.invoice_id == self.new and line.credit_line_id
        ).amount = 30.0
        basket.line_ids.filtered(
            lambda line: line.invoice_id == self.new and not line.credit_line_id
        ).amount = 220.0
        with self.assertRaisesRegex(ValidationError, "credit was used"):
            basket._check_still_payable()
        self.assertFalse(credit.reconciled)

    def test_parts_on_the_invoices_own_page(self):
        """The company's rule for parts holds on every way to pay."""

        self.sign_in(self.user_full)
        self.company.portal_part_payment_minimum = 50.0
        url = f"/invoice/transaction/{self.old.id}"
        self.assertIn("at least", self._refusal(url, amount=0.01))
        self.company.portal_allow_part_payment = False
        self.assertIn("only be paid in full", self._refusal(url, amount=60.0))
        self.assertIn("decimals", self._refusal(url, amount=60.001))
        self.assertFalse(self.old.transaction_ids)
        self.assertFalse(self._refusal(url, amount=100.0))
        self.assertEqual(self.old.transaction_ids.amount, 100.0)

    # === WALLS === #

    @mute_logger("odoo.http")
    def test_strangers(self):
        self.sign_in(self.user_full)
        basket = self._basket(self._choose(self.old))
        for user in (self.user_stranger, self.user_branch, self.user_colleague, None):
            self.sign_in(user)
            page = self.url_open(f"/my/pay/{basket.id}", allow_redirects=False)
            self.assertEqual(page.status_code, 303)
            with self.assertRaises(JsonRpcException):
                self._start(basket)
        self.assertFalse(self.old.transaction_ids)

    def test_own_scope(self):
        """Whoever sees its own invoices pays those, and no credit of the customer's."""
        own = self._create_invoice(self.user_own.partner_id, 20.0)
        refund = self._create_invoice(self.alfa, 40.0, move_type="out_refund")
        credit = refund.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.sign_in(self.user_own)
        basket = self._basket(self._choose(own, credit=str(credit.id)))
        self.assertEqual((basket.amount, basket.credit), (20.0, 0.0))
        self._assert_refused(self._choose(self.old), "not to be paid any more")

    def test_switched_off(self):
        self.sign_in(self.user_full)
        basket = self._basket(self._choose(self.old))
        self.company.portal_allow_payment = False
        for url in ("/my/pay", f"/my/pay/{basket.id}"):
            self.assertEqual(self.url_open(url).status_code, 404)

    def test_model_checks_again(self):
        """The basket does not trust the page that made it."""
        basket = self.env["customer.portal.basket"]._build(
            self.user_full.partner_id, self.old, {self.old.id: "all"}
        )
        self.old.portal_visible = False
        with self.assertRaises(ValidationError):
            basket._check_still_payable()
