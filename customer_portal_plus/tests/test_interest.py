"""Interest of late payment: each day once, on what was open of it then, and never by itself."""

from datetime import date, timedelta
from decimal import Decimal

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..models.settlement import customer_portal_interest_charge
from ..tools.interest import day_without_rate, open_spans, reckon
from .common.interest import InterestCase


class TestReckoning(BaseCase):
    def test_day_of_payment_counts(self):
        spans = open_spans(Decimal(100), date(2026, 1, 10), [(date(2026, 1, 11), Decimal(100))])
        self.assertEqual(spans, [(date(2026, 1, 11), date(2026, 1, 11), Decimal(100))])

    def test_paid_in_time_or_early(self):
        for day in (date(2026, 1, 10), date(2025, 12, 1)):
            self.assertFalse(open_spans(Decimal(100), date(2026, 1, 10), [(day, Decimal(100))]))

    def test_leap_day_and_bounds(self):
        spans = [(date(2024, 2, 28), None, Decimal(365))]
        rates = [(date(2024, 1, 1), None, Decimal(10))]
        (period,) = reckon(spans, rates, date.min, date(2024, 3, 1))
        self.assertEqual((period.days, period.interest), (3, Decimal("0.3")))
        (period,) = reckon(spans, rates, date(2024, 3, 1), date(2024, 3, 1))
        self.assertEqual((period.first, period.days), (date(2024, 3, 1), 1))

    def test_day_without_rate(self):
        spans = [(date(2026, 1, 1), date(2026, 1, 31), Decimal(1))]
        for rates, missing in (
            ([], date(2026, 1, 1)),
            ([(date(2026, 1, 2), None, Decimal(1))], date(2026, 1, 1)),
            ([(date(2026, 1, 1), date(2026, 1, 30), Decimal(1))], date(2026, 1, 31)),
            ([(date(2025, 1, 1), date(2026, 1, 31), Decimal(1))], None),
            (
                [
                    (date(2026, 1, 16), None, Decimal(1)),
                    (date(2025, 1, 1), date(2026, 1, 15), Decimal(2)),
                ],
                None,
            ),
        ):
            self.assertEqual(
                day_without_rate(spans, rates, date.min, date(2026, 2, 1)), missing, rates
            )


@tagged("post_install", "-at_install")
class TestInterest(InterestCase):
    def _reckon(self, invoice, until=date(2025, 7, 31)):
        return invoice._portal_interest(until)[invoice.id]

    def _rows(self, invoice, until=date(2025, 7, 31)):
        """Return days, amount and interest of each period of an invoice."""
        return [
            (period["days"], period["amount"], period["interest"])
            for one in self._reckon(invoice, until)["instalments"]
            for period in one["periods"]
        ]

    def _charge(self, *invoices, user=None, days=0):
        """Have interest of invoices drafted by a member of staff; return the drafts."""
        before = self.env["customer.portal.interest.charge"].search([])
        chosen = self.env["account.move"].union(*(invoices or [self.invoice]))
        with freeze_time(self.now + timedelta(days=days)):
            chosen.with_user(user or self.user_accountant).action_portal_charge_interest()
        return (self.env["customer.portal.interest.charge"].search([]) - before).move_id

    # === HOW MUCH === #

    def test_over_a_change_of_the_rate(self):
        """1,000 for 30 days at 11.15 % and 31 days at 10.95 %."""
        invoice = self._create_due()
        self.assertEqual(self._rows(invoice), [(30, 1000.0, 9.16), (31, 1000.0, 9.30)])
        found = self._reckon(invoice)
        self.assertEqual((found["interest"], found["fixed"], found["total"]), (18.46, 40.0, 58.46))
        self.assertEqual((found["instalments"][0]["days"], found["missing"]), (61, None))
        # On the day it is due nothing grows, on the next one it does.
        self.assertEqual(self._reckon(invoice, self.due)["total"], 0.0)
        self.assertEqual(self._rows(invoice, date(2025, 6, 1)), [(1, 1000.0, 0.31)])
        self.assertEqual(self._rows(invoice, CHANGE := date(2025, 7, 1))[1], (1, 1000.0, 0.3))
        self.assertEqual(self._reckon(invoice, CHANGE)["instalments"][0]["days"], 31)

    def test_rounded_once(self):
        """4.58 and 4.65 cents are 9, not 10; and the parts add up to it."""
        invoice = self._create_due(5.0)
        self.assertEqual(self._reckon(invoice)["interest"], 0.09)
        self.assertEqual([row[2] for row in self._rows(invoice)], [0.05, 0.04])

    def test_parts_count_until_they_were_paid(self):
        invoice = self._create_due()
        self._pay_on(invoice, 400.0, date(2025, 6, 15))
        rows = [(15, 1000.0, 4.58), (15, 600.0, 2.75), (31, 600.0, 5.58)]
        self.assertEqual(self._rows(invoice), rows)
        # What was paid late is late, though nothing is left now.
        self._pay_on(invoice, 600.0, date(2025, 7, 10))
        self.assertEqual(self._rows(invoice)[2], (10, 600.0, 1.80))
        self.assertEqual(self._reckon(invoice)["instalments"][0]["days"], 40)
        in_time = self._create_due()
        self._pay_on(in_time, 1000.0, self.due)
        self.assertEqual(self._reckon(in_time)["total"], 0.0)

    def test_what_was_credited_was_never_owed(self):
        invoice = self._create_due()
        note = invoice._reverse_moves([{"invoice_date": date(2025, 7, 15)}])
        note.invoice_line_ids.price_unit = 400.0
        note.action_post()
        both = (note | invoice).line_ids.filtered(lambda one: one.display_type == "payment_term")
        both.reconcile()
        self.assertEqual([row[1] for row in self._rows(invoice)], [600.0, 600.0])

    def test_each_instalment_by_its_date(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Dos plazos",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days})
                    for days in (30, 60)
                ],
            }
        )
        invoice = self._create_due(invoice_payment_term_id=term.id, invoice_date_due=False)
        found = self._reckon(invoice)
        self.assertEqual(
            [(one["due"], one["days"]) for one in found["instalments"]],
            [(date(2025, 5, 31), 61), (date(2025, 6, 30), 31)],
        )
        # 500 from June, and 500 from July on; the fixed sum once.
        self.assertEqual([row[2] for row in self._rows(invoice)], [4.58, 4.65, 4.65])
        self.assertEqual(found["total"], 53.88)

    def test_disputed_is_left_out(self):
        invoice = self._create_two_lines()
        self.company.portal_allow_disputes = True
        self.env["customer.portal.dispute"]._portal_claim(
            self.contact, invoice, invoice.invoice_line_ids[1].ids, "price", ""
        )
        self.assertEqual(self._rows(invoice, self.today), [(5, 60.0, 0.09)])

    def test_who_keeps_to_a_plan_owes_none(self):
        """The page and the charge of staff agree: while a plan runs and after it was paid, nothing
        else is asked for; of one that was missed, all is as if there had been none."""
        self.company.portal_allow_plans = True
        Plan = self.env["customer.portal.plan"]
        wishes = (self.contact, self.invoice, 2, self.today, 0)
        plan = Plan._portal_propose(*wishes, Plan._portal_offer(*wishes)["digest"])
        before = [(5, 100.0, 0.15)]
        for state, rows in (
            ("asked", before),
            ("running", None),
            ("broken", before),
            ("ended", before),
            ("refused", before),
            # What came back after it was paid.
            ("kept", before),
        ):
            plan.state = state
            self.invoice.invalidate_recordset()
            found = self.invoice._portal_interest(self.today)
            self.assertEqual(bool(found), bool(rows), state)
            self.assertEqual(self.invoice.portal_can_charge_interest, bool(rows), state)
            self.assertEqual(bool(self.invoice._portal_interest_values()), bool(rows), state)
            if rows:
                self.assertEqual(self._rows(self.invoice, self.today), rows, state)
            else:
                with self.assertRaisesRegex(UserError, "no interest to charge"):
                    self._charge()
        other = self._create_two_lines()
        self._pay_on(self.invoice, 100.0, self.today)
        self.assertFalse((self.invoice | other)._portal_interest(self.today).get(self.invoice.id))
        self.assertTrue(other._portal_interest(self.today))
        plan.state = "broken"
        self.assertEqual(self._rows(self.invoice, self.today), before)

    def test_of_whom_it_is_claimed(self):
        self.assertEqual(self._rows(self.invoice, self.today), [(5, 100.0, 0.15)])
        for record, name, value in (
            (self.company, "portal_claim_interest", False),
            (self.alfa, "is_company", False),
            (self.invoice, "no_followup", True),
        ):
            before = record[name]
            record[name] = value
            self.assertFalse(self.invoice._portal_interest(), name)
            self.assertFalse(self.invoice.portal_can_charge_interest, name)
            with self.assertRaisesRegex(UserError, "no interest to charge"):
                self._charge()
            record[name] = before
            self.invoice.invalidate_recordset()
        self.assertTrue(self.invoice.portal_can_charge_interest)
        self.company.portal_claim_fixed_sum = False
        self.assertEqual(self._reckon(self.invoice, self.today)["fixed"], 0.0)
        self.assertFalse(self._create_invoice(self.alfa).portal_can_charge_interest)
        draft = self._create_invoice(self.alfa, due_days=-5, post=False)
        refund = self._create_invoice(self.alfa, move_type="out_refund", due_days=-5)
        self.assertFalse((draft | refund)._portal_interest())

    def test_rates_of_the_country(self):
        """Those of other countries are nobody's; what none covers is told to staff, not guessed."""
        invoice = self._create_due()
        self.rate.country_id = self.env.ref("base.pt")
        self.assertEqual(self._rows(invoice), [(30, 1000.0, 9.16)])
        self.assertEqual(self._reckon(invoice)["missing"], date(2025, 7, 1))
        with self.assertRaisesRegex(UserError, "No rate .* 07/01/2025"):
            self._charge(invoice)
        self.assertFalse(self.env["customer.portal.interest.charge"].search([]))

    def test_rates_are_sound(self):
        for values in (
            {"date_to": date(2025, 7, 1)},
            {"date_to": False},
            {"source_url": "javascript:alert(1)"},
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.rate_before.write(values)
        for values in (
            {"percentage": -1.0},
            {"percentage": 101.0},
            {"fixed_amount": -1.0},
            {"date_to": date(1999, 1, 1)},
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.rate_before.write(values)
        self.assertEqual(self.rate_before.percentage, 11.15)

    def test_another_currency(self):
        """Interest is in the invoice's, and so is the fixed sum, at today's exchange rate."""
        other = self.env.ref("base.CHF")
        other.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": other.id, "name": date(2000, 1, 1), "rate": 2.0}
        )
        own = self.company.currency_id._convert(1.0, other, self.company, self.today)
        invoice = self._create_invoice(self.alfa, due_days=-5, currency_id=other.id)
        found = self._reckon(invoice, self.today)
        self.assertEqual((found["interest"], found["fixed"]), (0.15, round(40.0 * own, 2)))
        draft = self._charge(invoice)
        self.assertEqual((draft.currency_id, draft.amount_total), (other, found["total"]))

    def test_as_many_queries_for_many(self):
        few = self.invoice | self._create_two_lines()
        many = few.union(*(self._create_two_lines() for _number in range(6)))
        counts = []
        self.assertTrue(many._portal_interest_values())  # What is cached for good, is.
        for invoices in (few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(invoices._portal_interest_values()), len(invoices))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    # === CHARGING === #

    def test_draft_without_tax(self):
        tax = self.env["account.tax"].create(
            {"name": "IVA", "amount": 21.0, "type_tax_use": "sale"}
        )
        self.company.account_sale_tax_id = tax
        draft = self._charge()
        self.assertEqual((draft.state, draft.partner_id), ("draft", self.alfa))
        self.assertEqual(draft.invoice_line_ids.mapped("price_unit"), [0.15, 40.0])
        self.assertFalse(draft.invoice_line_ids.tax_ids)
        self.assertEqual(draft.invoice_line_ids.account_id, draft.journal_id.default_account_id)
        words = draft.invoice_line_ids[0].name
        self.assertIn(self.invoice.name, words)
        amount = self.company.currency_id.format(100.0)
        self.assertIn(f"{amount} at 10.95 % (BOE today)", words)
        self.assertIn("Late-payment interest was drafted", self.invoice.message_ids[0].body)
        # The company's product and journal; of its taxes only those of nothing.
        none = tax.copy({"name": "No sujeto", "amount": 0.0})
        account = draft.journal_id.default_account_id.copy({"code": "769099"})
        journal = draft.journal_id.copy({"code": "DEMO9", "default_account_id": account.id})
        product = self.env["product.product"].create(
            {
                "name": "Intereses de demora",
                "type": "service",
                "taxes_id": [Command.set((tax | none).ids)],
            }
        )
        income = account.copy({"code": "769098"})
        product.with_company(self.company).property_account_income_id = income
        self.company.write(
            {
                "portal_interest_product_id": product.id,
                "portal_interest_journal_id": journal.id,
            }
        )
        draft.unlink()
        draft = self._charge()
        self.assertEqual(draft.journal_id, journal)
        self.assertEqual(draft.invoice_line_ids.product_id, product)
        self.assertEqual(draft.invoice_line_ids.account_id, income)
        self.assertEqual(draft.invoice_line_ids.tax_ids, none)
        self.company.portal_interest_product_id = False
        draft.unlink()
        self.assertEqual(self._charge().invoice_line_ids.account_id, account)

    def test_never_twice_for_the_same_days(self):
        draft = self._charge()
        with self.assertRaisesRegex(UserError, "each day once"):
            self._charge()
        # Ten days later: ten days, and no fixed sum.
        self.assertEqual(self._charge(days=10).invoice_line_ids.mapped("price_unit"), [0.3])
        # What was charged bears no interest itself.
        draft.invoice_date_due = self.today - timedelta(days=9)
        draft.action_post()
        self.assertFalse(draft._portal_interest())

    def test_of_two_at_once_the_second_finds_the_first(self):
        """What was charged is asked under the lock."""
        order = self._locked_and_asked(
            customer_portal_interest_charge, "_portal_interest", self._charge
        )
        self.assertEqual(order[:2], ["account.move", "asked"])

    def test_what_was_taken_back_can_be_charged_again(self):
        self._charge().unlink()
        self.assertEqual(self._charge().amount_total, 40.15)
        charge = self.env["customer.portal.interest.charge"].search([]).move_id
        charge.button_cancel()
        self.assertEqual(self._charge().amount_total, 40.15)

    def test_several_at_once(self):
        """One draft for each customer, and nothing of those that bear none."""
        second = self._create_two_lines()
        foreign = self._create_invoice(self.beta, due_days=-1)
        not_due = self._create_invoice(self.alfa)
        drafts = self._charge(self.invoice, second, foreign, not_due)
        self.assertEqual(drafts.partner_id, self.alfa | self.beta)
        self.assertEqual(
            {draft.partner_id: draft.amount_total for draft in drafts},
            {self.alfa: 80.3, self.beta: 40.03},
        )
        self.assertNotIn(not_due.name, str(drafts.invoice_line_ids.mapped("name")))

    def test_who_charges(self):
        for user in (self.user_full, self.user_stranger):
            with self.assertRaises(AccessError):
                self._charge(user=user)
            for name in ("customer.portal.interest.rate", "customer.portal.interest.charge"):
                with self.assertRaises(AccessError):
                    self.env[name].with_user(user).search([])
        rate = self.rate.with_user(self.user_sales)
        with self.assertRaises(AccessError):
            rate.percentage = 1.0
        self.rate.with_user(self.user_accountant).percentage = 10.0
        self.assertEqual(self.rate.percentage, 10.0)

    # === PAGES === #

    def test_invoice_page(self):
        self.sign_in(self.user_full)
        url = f"/my/invoices/{self.invoice.id}"
        page = self.url_open(url).text
        self.assertIn("If it is paid late", page)
        self.assertIn("https://www.boe.es/today", page)
        for amount in ("0.15", "40.00", "0.90"):
            self.assertIn(amount, page)
        # What stands in a draft is not charged yet; what is confirmed is.
        draft = self._charge()
        self.assertIn("40.00", self.url_open(url).text.partition("If it is paid late")[2])
        draft.action_post()
        self.assertNotIn("If it is paid late", self.url_open(url).text)
        self.company.portal_claim_interest = False
        self.assertNotIn("If it is paid late", self.url_open(url).text)

    def test_not_once_it_is_on_its_way(self):
        self._create_transaction([(self.invoice, 100.0)])._set_pending()
        self.assertFalse(self.invoice._portal_interest_values())

    def test_page_of_all(self):
        second = self._create_two_lines()
        foreign = self._create_invoice(self.beta, due_days=-5)
        self.sign_in(self.user_full)
        page = self.url_open("/my/interest").text
        self.assertIn(self.invoice.name, page)
        self.assertIn(second.name, page)
        self.assertNotIn(foreign.name, page)
        self.assertIn("80.30", page)
        self.assertIn("1.80", page)
        self.assertIn("/my/interest", self.url_open("/my/payments").text)
        second.portal_visible = False
        self.assertNotIn(second.name, self.url_open("/my/interest").text)
        self.sign_in(self.user_own)
        self.assertNotIn(self.invoice.name, self.url_open("/my/interest").text)
        self.sign_in(self.user_colleague)
        self.assertEqual(self.url_open("/my/interest").status_code, 404)
        self.sign_in(self.user_full)
        for record, name in ((self.company, "portal_claim_interest"), (self.alfa, "is_company")):
            record[name] = False
            self.assertEqual(self.url_open("/my/interest").status_code, 404, name)
            self.assertNotIn("/my/interest", self.url_open("/my/payments").text, name)
            record[name] = True
