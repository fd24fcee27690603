"""What is overdue is said in one place: home, list, filter, basket and invoice agree."""

from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.fields import Domain
from odoo.tests import tagged

from .common.payment import PaymentCase


@tagged("post_install", "-at_install")
class TestDue(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.company)
        # 30 and 30 past their dates, 40 to come.
        cls.parts = cls._create_in_parts(cls.alfa, 100.0, (30, 0), (30, 30), (40, 90), days=-45)
        cls.due_today = cls._create_invoice(cls.alfa, 7.0, days=-5, due_days=0)
        cls.whole = cls._create_invoice(cls.alfa, 200.0, days=-60, due_days=-20)
        cls.later = cls._create_invoice(cls.alfa, 500.0, due_days=20)

    def _balance(self):
        Move, contact = self.env["account.move"], self.user_full.partner_id
        [balance] = Move._portal_balance(contact, self.company).values()
        return balance

    def _filtered(self, filterby="overdue"):
        self.sign_in(self.user_full)
        page = html.fromstring(self.url_open(f"/my/invoices?filterby={filterby}").text)
        return page.xpath("//tbody/tr/th/a/text()")

    def _pay_all_overdue(self):
        """Return what "Pay all overdue" asks, invoice by invoice."""
        self.sign_in(self.user_full)
        answer = self.post_form("/my/pay/choose", data={"everything": "overdue"}, page="/my/pay")
        self.assertRegex(answer.url, r"/my/pay/\d+$", answer.text[:300])
        basket = self.env["customer.portal.basket"].browse(int(answer.url.rsplit("/", 1)[1]))
        return {line.invoice_id: line.amount for line in basket.line_ids}

    def _assert_overdue(self, expected):
        """:param dict expected: invoice -> what of it is overdue"""
        total = sum(expected.values())
        balance = self._balance()
        self.assertAlmostEqual(balance["overdue"], total)
        self.assertEqual(balance["overdue_count"], len(expected))
        self.assertEqual(sorted(self._filtered()), sorted(one.name for one in expected))
        if expected:
            self.assertEqual(self._pay_all_overdue(), expected)
        everything = self.parts | self.due_today | self.whole | self.later
        for invoice, row in zip(everything, everything._portal_rows(), strict=True):
            self.assertAlmostEqual(row["overdue"], expected.get(invoice, 0.0), msg=invoice.name)
        totals = everything._portal_payable_totals(Domain("id", "in", everything.ids))
        [group] = everything._portal_payable_groups(None, [], self.env["account.move.line"], totals)
        self.assertAlmostEqual(sum(row["overdue"] for row in group["rows"]), total)
        self.assertEqual(
            everything.filtered_domain(everything._portal_overdue_domain()),
            self.env["account.move"].union(*expected),
        )

    def test_instalments_past_their_date(self):
        self._assert_overdue({self.parts: 60.0, self.whole: 200.0})
        due = self.parts._portal_due()[self.parts.id]
        self.assertEqual(due["overdue_since"], self.today - timedelta(days=45))
        self.assertEqual((due["open"], due["next"]), (100.0, 30.0))

    def test_due_today_is_not_overdue(self):
        self.assertFalse(self.due_today._portal_due()[self.due_today.id]["overdue_since"])
        self.assertEqual(self.due_today._portal_state(), "pending")
        self.assertEqual(self._balance()["next_due"], self.today)
        self.assertNotIn(self.due_today.name, self._filtered())
        self.due_today.line_ids.date_maturity = self.today - timedelta(days=1)
        self.env.flush_all()
        self.assertIn(self.due_today.name, self._filtered())

    def test_pages_tell_the_part(self):
        self.sign_in(self.user_full)
        rows = self.url_open("/my/invoices").text.replace("\xa0", " ")
        self.assertIn(
            "$ 60.00</span> of it",
            rows.replace('<span class="oe_currency_value">', "").replace(
                "</span></span>", "</span>"
            ),
        )
        page = self.url_open(f"/my/invoices/{self.parts.id}").text.replace("\xa0", " ")
        self.assertIn("$ 100.00 left to pay; $ 60.00 of it was due on", page)
        whole = self.url_open(f"/my/invoices/{self.whole.id}").text.replace("\xa0", " ")
        self.assertIn("$ 200.00 left to pay. Due on", whole)

    def test_basket_proposes_what_is_overdue(self):
        self.sign_in(self.user_full)
        page = html.fromstring(self.url_open("/my/pay?select=overdue").text)
        ticked = page.xpath("//input[@name='invoice'][@checked]/@value")
        self.assertEqual(sorted(map(int, ticked)), sorted((self.parts | self.whole).ids))
        how = page.xpath(f"//input[@name='how_{self.parts.id}'][@checked]/@value")
        self.assertEqual(how, ["next"])
        answer = self.post_form(
            "/my/pay/choose",
            data={"invoice": str(self.parts.id), f"how_{self.parts.id}": "next"},
            page="/my/pay",
        )
        self.assertIn("60.00", answer.text)

    def test_instalments_are_paid_where_parts_are_not(self):
        self.company.portal_allow_part_payment = False
        self._assert_overdue({self.parts: 60.0, self.whole: 200.0})
        page = html.fromstring(self.url_open("/my/pay").text)
        values = page.xpath(f"//input[@name='how_{self.parts.id}']/@value")
        self.assertEqual(values, ["all", "next"])

    def test_what_is_on_its_way_is_taken_off_the_oldest(self):
        """Reported: 40, so that of the first 30 nothing is asked for, of the second 20."""
        basket = self.env["customer.portal.basket"]._build(
            self.user_full.partner_id, self.parts, {self.parts.id: "40"}, online=False
        )
        self.env["customer.portal.payment.report"]._declare(
            self.user_full.partner_id, basket, self.today, "transfer", "TRF-1", ""
        )
        self._assert_overdue({self.parts: 20.0, self.whole: 200.0})
        due = self.parts._portal_due()[self.parts.id]
        self.assertEqual(due["overdue_since"], self.today - timedelta(days=15))
        self.assertEqual((due["open"], due["next"]), (60.0, 20.0))
        balance = self._balance()
        self.assertAlmostEqual(balance["covered"], 40.0)
        self.assertEqual(balance["covered_count"], 0)
        self.assertAlmostEqual(balance["pending"], 807.0)
        # Whoever pays everything pays what is not on its way.
        answer = self.post_form("/my/pay/choose", data={"everything": "all"}, page="/my/pay")
        basket = self.env["customer.portal.basket"].browse(int(answer.url.rsplit("/", 1)[1]))
        self.assertAlmostEqual(basket.amount, 767.0)

    def test_what_is_being_paid_is_not_asked_for(self):
        tx = self._create_transaction([(self.whole, 10.0)])
        self._assert_overdue({self.parts: 60.0, self.whole: 200.0})
        tx._set_pending()
        self._assert_overdue({self.parts: 60.0})
        tx._set_canceled()
        self._assert_overdue({self.parts: 60.0, self.whole: 200.0})

    def test_one_instalment_that_will_be_debited(self):
        """Automatic debit takes one due amount: the others are asked for as ever."""
        first = self.parts.line_ids.filtered(lambda line: line.amount_currency == 30.0).sorted(
            "date_maturity"
        )[0]
        self._announce_debit(self.parts, 30.0, line_id=first.id, due_date=first.date_maturity)
        self._assert_overdue({self.parts: 30.0, self.whole: 200.0})
        [row] = self.parts._portal_rows()
        self.assertEqual(row["state"], "overdue", "What pays itself hides nothing else.")
