"""Payment plans: within the company's policy or beyond it, what they ask for, and what became of
them."""

from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import tagged

from ..exceptions import PortalRefusal
from ..models.settlement import customer_portal_plan_proposal
from .common.settlement import SettlementCase


class PlanCase(SettlementCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Plan = cls.env["customer.portal.plan"]
        cls.company.write(
            {
                "portal_allow_plans": True,
                "portal_plan_number": 4,
                "portal_plan_days": 10,
                "portal_plan_smallest": 20.0,
                "portal_plan_down": 0,
                "portal_plan_grace": 2,
            }
        )
        cls.due_line = cls.invoice.line_ids.filtered(lambda x: x.display_type == "payment_term")

    def _offer(self, invoices=None, number=2, days=5, down=0):
        day = self.today + timedelta(days=days)
        return self.Plan._portal_offer(self.contact, invoices or self.invoice, number, day, down)

    def _propose(self, invoices=None, number=2, days=5, down=0):
        """Make a plan; by default of one invoice, in two instalments of 50, the first in 5 days."""
        invoices = invoices or self.invoice
        offer = self._offer(invoices, number, days, down)
        day = self.today + timedelta(days=days)
        return self.Plan._portal_propose(self.contact, invoices, number, day, down, offer["digest"])

    def _send(self, *invoices, **values):
        """Post the form as the one who is signed in; by default it was seen."""
        invoices = self.invoice.union(*invoices)
        data = {
            "invoice": invoices.ids,
            "number": 2,
            "day": (self.today + timedelta(days=5)).isoformat(),
            "down": "",
            "act": "agree",
            **values,
        }
        if "seen" not in data:
            try:
                data["seen"] = self._offer(invoices)["digest"]
            except PortalRefusal:
                data["seen"] = ""
        token = data.pop("csrf_token", None) or self.form_token()
        return self.url_open("/my/plans/send", data={"csrf_token": token, **data})

    def _plans(self):
        return self.Plan.search([])

    def _follow(self, days=0):
        self._run_job("customer.portal.plan", "_cron_follow", days)

    def _pay(self, amount, invoice=None):
        self._confirm(self._create_transaction([(invoice or self.invoice, amount)]))

    def _parts(self, plan):
        return [(line.number, line.amount) for line in plan.line_ids]

    def _agreed(self, invoices=None):
        """What is agreed on, by date: pairs of invoice and amount."""
        return [
            (claim["date"], self.env["account.move.line"].browse(claim["line_id"]).move_id, amount)
            for claim in (invoices or self.invoice)._portal_claims()
            if claim["is_agreed"] and (amount := self.company.currency_id.round(claim["amount"]))
        ]


@tagged("post_install", "-at_install")
class TestPlan(PlanCase):
    # === WHAT IS OFFERED === #

    def test_the_instalments_are_exactly_what_is_open(self):
        """The cents that are left over are in the last one; the months end where they end."""
        euro = self.company.currency_id
        parts = self.Plan._split(euro, 100.0, 3, date(2027, 1, 31), 10, date(2027, 1, 1))
        self.assertEqual(
            [(part["number"], str(part["date"]), part["amount"]) for part in parts],
            [
                (0, "2027-01-01", 10.0),
                (1, "2027-01-31", 30.0),
                (2, "2027-02-28", 30.0),
                (3, "2027-03-31", 30.0),
            ],
        )
        parts = self.Plan._split(euro, 100.0, 3, date(2027, 1, 31), 0, date(2027, 1, 1))
        self.assertEqual([part["amount"] for part in parts], [33.33, 33.33, 33.34])
        yen = self._foreign_currency()
        yen.rounding = 1.0
        parts = self.Plan._split(yen, 100.0, 3, date(2027, 1, 31), 0, date(2027, 1, 1))
        self.assertEqual([part["amount"] for part in parts], [33.0, 33.0, 34.0])
        for total, number, down in ((0.05, 6, 0), (0.02, 2, 10)):
            with self.assertRaises(PortalRefusal):
                self.Plan._split(euro, total, number, date(2027, 1, 31), down, date(2027, 1, 1))

    def test_each_part_of_the_policy(self):
        """At its bound it is agreed; beyond it staff are asked, with the words for that part."""
        for number, days, smallest, down, within, beyond, words in (
            (4, 10, 1.0, 0, {"number": 4}, {"number": 5}, "At most 4"),
            (4, 10, 1.0, 0, {"days": 10}, {"days": 11}, "The first one until"),
            (4, 10, 25.0, 0, {"number": 4}, {"number": 4, "down": 1}, "No instalment below"),
            (4, 10, 1.0, 20, {"down": 20}, {"down": 19}, "A down payment of at least 20"),
        ):
            self.company.write(
                {
                    "portal_plan_number": number,
                    "portal_plan_days": days,
                    "portal_plan_smallest": smallest,
                    "portal_plan_down": down,
                }
            )
            self.assertEqual(self._offer(**within)["beyond"], [], words)
            texts = self._offer(**beyond)["beyond"]
            self.assertEqual(len(texts), 1, texts)
            self.assertIn(words, texts[0])

    def test_the_smallest_instalment_is_in_the_companys_currency(self):
        currency = self._foreign_currency(rate=2.0)
        invoice = self._create_invoice(self.alfa, 100.0, currency_id=currency.id)
        self.company.portal_plan_smallest = 25.0  # 50 of that currency
        self.assertEqual(self._offer(invoice, number=2)["beyond"], [])
        self.assertTrue(self._offer(invoice, number=3)["beyond"])

    # === PROPOSING === #

    def test_within_the_policy_it_is_agreed_at_once(self):
        self.sign_in(self.user_full)
        url = f"/my/invoices/{self.invoice.id}"
        dates = self.due_line.date_maturity
        self.assertIn("/my/plans?invoice=", self.url_open(url).text)
        shown = self._send(act="show", seen="")
        self.assertEqual(shown.status_code, 200)
        self.assertIn("Agree to this plan", shown.text)
        self.assertFalse(self._plans())
        with self.leaving() as messages:
            answer = self._send()
        plan = self._plans()
        self.assertEqual(
            (plan.state, plan.contact_id, plan.total), ("running", self.contact, 100.0)
        )
        self.assertEqual(self._parts(plan), [(1, 50.0), (2, 50.0)])
        self.assertTrue(answer.url.endswith(f"/my/plans/{plan.id}?done=1"))
        self.assertIn("It is agreed", answer.text)
        html, _files = self._read(self._find_mail(messages, self.contact))
        self.assertIn("50.00", html)
        self.assertFalse(plan.activity_ids)
        event = self.env["customer.portal.event"].search([("detail", "ilike", "Payment plan:")])
        self.assertEqual((event.res_id, event.partner_id), (self.invoice.id, self.contact))
        # There and back.
        page = self.url_open(url).text
        self.assertNotIn("/my/plans?invoice=", page)
        self.assertIn(f"/my/plans/{plan.id}", page)
        self.assertIn(f'href="{url}"', answer.text)
        # The books know nothing of it.
        self.assertEqual(
            (self.due_line.date_maturity, self.invoice.amount_residual), (dates, 100.0)
        )

    def test_nothing_is_agreed_that_was_not_seen(self):
        self.sign_in(self.user_full)
        seen = self._offer()["digest"]
        for values in (
            {"seen": ""},
            {"seen": seen, "number": 3},
            {"seen": seen, "down": "10"},
            {"seen": seen, "day": (self.today + timedelta(days=6)).isoformat()},
        ):
            answer = self._send(**values)
            self.assertEqual(answer.status_code, 422, values)
            self.assertIn("have changed", answer.text)
            self.assertFalse(self._plans(), values)
        # The sums do not add up any more: a part of it was paid meanwhile.
        self._pay(10.0)
        self.assertEqual(self._send(seen=seen).status_code, 422)
        self.assertFalse(self._plans())

    def test_bad_input_plans_nothing(self):
        self.sign_in(self.user_full)
        foreign = self._create_invoice(self.beta)
        draft = self._create_invoice(self.alfa)
        draft.button_draft()
        in_other = self._create_invoice(self.alfa, currency_id=self._foreign_currency().id)
        day, token, seen = self.today.isoformat(), self.form_token(), self._offer()["digest"]
        for values in (
            {"number": "1"},
            {"number": "61"},
            {"number": "-3"},
            {"number": "three"},
            {"number": "9" * 30},
            {"number": ""},
            {"day": (self.today - timedelta(days=1)).isoformat()},
            {"day": (self.today + timedelta(days=367)).isoformat()},
            {"day": "9999-12-31"},
            {"day": "0001-01-01"},
            {"day": "soon"},
            {"down": "91"},
            {"down": "-1"},
            {"down": "much"},
            # Two instalments on one day.
            {"down": "10", "day": day},
            {"invoice": []},
            {"invoice": "x"},
            {"invoice": [self.invoice.id, foreign.id]},
            {"invoice": [self.invoice.id, draft.id]},
            {"invoice": [self.invoice.id, in_other.id]},
        ):
            answer = self._send(seen=seen, csrf_token=token, **values)
            self.assertEqual(answer.status_code, 422, values)
            self.assertFalse(self._plans(), values)
        # Without a chart of accounts, which takes long.
        other = self.env["res.company"].create({"name": "Otra Empresa SL"})
        elsewhere = self._create_invoice(self.alfa)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET company_id = %s WHERE id = %s", [other.id, elsewhere.id]
        )
        elsewhere.invalidate_recordset(["company_id"])
        for invoice in (in_other, elsewhere):
            with self.assertRaises(PortalRefusal) as caught:
                self._offer(self.invoice | invoice)
            self.assertEqual(caught.exception.code, "currency")

    def test_the_bounds_from_the_other_side(self):
        for values in (
            {"number": 60},
            {"days": 0},
            {"days": 366},
            {"days": 1, "down": 90},
        ):
            self.assertTrue(self._offer(**values)["parts"], values)

    def test_only_who_may(self):
        self._assert_only_who_may(
            self._send,
            self._plans,
            "/my/plans?invoice=",
            (self.profile_full, "can_plan"),
            (self.profile_full, "can_see_invoices"),
            (self.company, "portal_allow_plans"),
        )

    def test_what_can_not_be_planned(self):
        self.company.write({"portal_allow_disputes": True, "portal_allow_promises": True})
        paid, coming, disputed, promised, charged = (
            self._create_invoice(self.alfa) for _one in range(5)
        )
        self._pay(100.0, paid)
        self._create_transaction([(coming, 10.0)])._set_pending()
        self.env["customer.portal.dispute"]._portal_claim(
            self.contact, disputed, disputed.invoice_line_ids.ids, "price", ""
        )
        self.env["customer.portal.promise"]._portal_make(self.contact, promised, self.today)
        line = charged.line_ids.filtered(lambda x: x.display_type == "payment_term")
        self._announce_debit(charged, 100.0, line_id=line.id)
        self._propose()
        for invoice, code in (
            (paid, "nothing_due"),
            (coming, "on_its_way"),
            (disputed, "disputed"),
            (promised, "promised"),
            (charged, "on_its_way"),
            # Sent twice: there is one plan.
            (self.invoice, "planned"),
        ):
            with self.assertRaises(PortalRefusal) as caught:
                self._propose(invoice)
            self.assertEqual(caught.exception.code, code)
        self.assertEqual(len(self._plans()), 1)
        obstacles = self.invoice._portal_promise_obstacles(self.contact)
        self.assertEqual(obstacles, {self.invoice.id: "planned"})

    def test_of_two_at_once_the_second_is_told(self):
        digest, day = self._offer()["digest"], self.today + timedelta(days=5)
        order = self._locked_and_asked(
            customer_portal_plan_proposal,
            "_portal_plan_obstacles",
            lambda: self.Plan._portal_propose(self.contact, self.invoice, 2, day, 0, digest),
        )
        self.assertEqual(order, ["account.move", "res.partner", "asked"])

    # === BEYOND THE POLICY === #

    def test_staff_are_asked_and_accept(self):
        with self.leaving() as messages:
            plan = self._propose(number=5)
        self.assertEqual((plan.state, plan.beyond), ("asked", "At most 4 instalments."))
        self.assertEqual(plan.activity_ids.user_id.has_group("account.group_account_invoice"), True)
        self.assertIn("we look at it", self._find_mail(messages, self.contact)["Subject"])
        # Until then all is as before, but nothing is charged by its own date.
        self.assertEqual(self._asked(), 100.0)
        self._agree_to_debit()
        self.assertEqual(self._debited(), [])
        with self.leaving() as messages:
            plan.with_user(self.user_accountant).action_accept()
        self.assertEqual(plan.state, "running")
        self.assertFalse(plan.activity_ids)
        self.assertIn("is agreed", self._find_mail(messages, self.contact)["Subject"])
        self.assertEqual(self._asked(), 0.0)
        with self.assertRaises(UserError):
            plan.with_user(self.user_accountant).action_accept()

    def test_staff_refuse_with_a_reason(self):
        plan = self._propose(number=5).with_user(self.user_accountant)
        with self.assertRaises(UserError):
            plan.action_refuse()
        plan.answer = "Three would be fine."
        with self.leaving() as messages:
            plan.action_refuse()
        self.assertEqual(plan.state, "refused")
        html, _files = self._read(self._find_mail(messages, self.contact))
        self.assertIn("Three would be fine.", html)
        self.sign_in(self.user_full)
        self.assertIn("Three would be fine.", self.url_open(f"/my/plans/{plan.id}").text)
        self.assertEqual(self._propose(number=3).state, "running")

    def test_staff_accept_only_what_still_holds(self):
        plan = self._propose(number=5)
        self._pay(10.0)
        with self.assertRaises(UserError):
            plan.action_accept()
        other = self._create_two_lines()
        plan = self._propose(other, number=5)
        self.company.portal_allow_disputes = True
        dispute = self.env["customer.portal.dispute"]._portal_claim(
            self.contact, other, other.invoice_line_ids[0].ids, "price", ""
        )
        with self.assertRaises(UserError):
            plan.action_accept()
        dispute.answer = "No."
        dispute.action_refuse()
        plan.line_ids[0].date = self.today - timedelta(days=1)
        with self.assertRaises(UserError):
            plan.action_accept()
        plan.line_ids[0].date = self.today
        plan.action_accept()
        self.assertEqual(plan.state, "running")
        with self.assertRaises(AccessError):
            plan.with_user(self.user_sales).action_end()

    def test_staff_end_a_plan(self):
        plan = self._propose()
        self._pay(30.0)
        with self.leaving() as messages:
            plan.with_user(self.user_accountant).action_end()
        self.assertEqual((plan.state, plan.paid, plan.left), ("ended", 30.0, 70.0))
        self.assertIn("has ended", self._find_mail(messages, self.contact)["Subject"])
        self.assertEqual(self._asked(), 70.0)
        # What is paid afterwards was not paid by the plan.
        self._pay(70.0)
        self.assertEqual((plan.paid, plan.left), (30.0, 70.0))

    def test_customers_reach_no_row_by_rpc(self):
        plan = self._propose()
        for model in ("customer.portal.plan", "customer.portal.plan.line"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.user_full).search([])
        for act in ("action_accept", "action_refuse", "action_end"):
            with self.assertRaises(AccessError):
                getattr(plan.with_user(self.user_full), act)()
        with self.assertRaises(AccessError):
            plan.with_user(self.user_sales).write({"state": "kept"})


@tagged("post_install", "-at_install")
class TestPlanKeeping(PlanCase):
    # === WHAT IS ASKED FOR === #

    def test_only_what_is_due_by_the_plan_is_asked_for(self):
        Move = self.env["account.move"]
        plan = self._propose(days=0)
        second = plan.line_ids[1]
        due = self.invoice._portal_due()[self.invoice.id]
        self.assertEqual((due["open"], due["later"], due["overdue"]), (50.0, 50.0, 0.0))
        self.assertEqual(due["date"], self.today)
        self.assertEqual(due["instalments"], [(self.today, 50.0), (second.date, 50.0)])
        self.assertFalse(
            Move.search(Move._portal_overdue_domain() & Domain("id", "=", due and self.invoice.id))
        )
        self.assertEqual(self.invoice._portal_asked(), self.invoice)
        self._pay(50.0)
        self.assertFalse(self.invoice._portal_asked())
        due = self.invoice._portal_due()[self.invoice.id]
        self.assertEqual((due["open"], due["later"], due["date"]), (0.0, 50.0, second.date))

    def test_a_missed_instalment_is_overdue_before_the_invoice_is(self):
        """In the list, its filter, and on the home page."""
        Move = self.env["account.move"]
        later = self._create_invoice(self.alfa, 100.0, due_days=60)
        plan = self._propose(later, days=0)
        plan.line_ids[0].date = self.today - timedelta(days=1)
        self.assertEqual(later._portal_due()[later.id]["overdue"], 50.0)
        found = Move.search(Move._portal_overdue_domain() & Domain("partner_id", "=", self.alfa.id))
        self.assertEqual(found, later | self.invoice)
        plan.line_ids[0].date = self.today
        found = Move.search(Move._portal_overdue_domain() & Domain("partner_id", "=", self.alfa.id))
        self.assertEqual(found, self.invoice)

    def test_instalments_over_several_invoices(self):
        """The oldest are paid first, whatever the customer pays is counted, and no cent is lost."""
        small = self._create_invoice(self.alfa, 30.5, due_days=5)
        plan = self._propose(self.invoice | small, number=3)
        first, second, third = plan.line_ids.mapped("date")
        self.assertEqual([line.amount for line in plan.line_ids], [43.5, 43.5, 43.5])
        both = self.invoice | small
        self.assertEqual(
            self._agreed(both),
            [
                (first, self.invoice, 43.5),
                (second, self.invoice, 43.5),
                (third, self.invoice, 13.0),
                (third, small, 30.5),
            ],
        )
        # Whichever of them is paid.
        self._pay(30.5, small)
        self.assertEqual([line.left for line in plan.line_ids], [13.0, 43.5, 43.5])
        self.assertEqual(
            self._agreed(both),
            [
                (first, self.invoice, 13.0),
                (second, self.invoice, 43.5),
                (third, self.invoice, 43.5),
            ],
        )
        self._pay(20.0)
        self.assertEqual((plan.paid, plan.left), (50.5, 80.0))
        self.assertEqual([line.left for line in plan.line_ids], [0.0, 36.5, 43.5])
        # Undone, it is as before: nothing of this is booked twice.
        self.invoice.line_ids.remove_move_reconcile()
        self.assertEqual([line.left for line in plan.line_ids], [13.0, 43.5, 43.5])

    def test_a_payment_undone_that_was_made_before_the_plan(self):
        """It comes on top of the first instalment: no cent of the invoice is forgotten."""
        self._pay(20.0)
        plan = self._propose()
        self.invoice.line_ids.remove_move_reconcile()
        self.assertEqual((plan.paid, plan.left), (-20.0, 100.0))
        self.assertEqual([line.left for line in plan.line_ids], [60.0, 40.0])
        self.assertEqual([amount for _day, _invoice, amount in self._agreed()], [60.0, 40.0])

    def test_reminders_go_by_the_dates_of_the_plan(self):
        """Before the day as the schedule says, and of what is due alone."""
        self.company.portal_plan_grace = 30
        self._propose(days=10)
        self.assertEqual(self._reminded(), {})
        self.assertEqual(self._reminded(days=6), {})
        self.assertEqual(self._reminded(days=7), {self.invoice: 50.0})
        self.assertEqual(self._reminded(days=12), {})
        self.assertEqual(self._reminded(days=13), {self.invoice: 50.0})
        self.assertEqual(self._reminded(days=14), {})

    def test_automatic_debit_charges_each_instalment_on_its_day(self):
        plan = self._propose(days=10)
        self._agree_to_debit()
        first, second = ((line.date - self.today).days for line in plan.line_ids)
        self.assertEqual(self._debited(), [])
        notice = self.company.portal_debit_notice_days
        self.assertEqual(self._debited(days=first - notice - 1), [])
        self.assertEqual(self._debited(days=first - notice), [("announced", 50.0)])
        attempt = self.env["customer.portal.debit.attempt"].search([])
        self.assertEqual((attempt.due_date, attempt.charge_on), (plan.line_ids[0].date,) * 2)
        # That one is on its way, the other is not.
        due = self.invoice._portal_due()[self.invoice.id]
        self.assertEqual(due["instalments"], [(plan.line_ids[1].date, 50.0)])
        self.assertEqual(self._debited(days=first), [("done", 50.0)])
        self.assertEqual((plan.paid, self.invoice.amount_residual), (50.0, 50.0))
        self.assertEqual(self._debited(days=first + 1), [("done", 50.0)])
        self.assertEqual(self._debited(days=second - notice), [("done", 50.0), ("announced", 50.0)])
        self.assertEqual(self._debited(days=second), [("done", 50.0), ("done", 50.0)])
        self._follow(days=second)
        self.assertEqual((plan.state, plan.paid), ("kept", 100.0))

    def test_what_was_announced_is_not_charged_once_the_plan_has_ended(self):
        plan = self._propose(days=3)
        self._agree_to_debit()
        self.company.portal_debit_notice_days = 3
        self.assertEqual(self._debited(), [("announced", 50.0)])
        plan.action_end()
        self.assertEqual(self._debited(days=1), [("dropped", 50.0), ("announced", 100.0)])

    # === PAYING === #

    def test_paying_from_the_page_of_the_plan(self):
        """The server says how much; all of what is due, else the next instalment."""
        self.company.portal_allow_part_payment = False
        small = self._create_invoice(self.alfa, 50.0, due_days=5)
        plan = self._propose(self.invoice | small, number=3)
        self.sign_in(self.user_full)
        url = f"/my/plans/{plan.id}"
        Basket = self.env["customer.portal.basket"]
        for paid, invoices in (
            (50.0, self.invoice),
            (100.0, self.invoice),
            (150.0, small),
        ):
            self.assertIn("50.00", self.url_open(url).text)
            self.post_form(f"{url}/pay", {"amount": "0.01"}, page="/my/account")
            basket = Basket.search([("contact_id", "=", self.contact.id)])
            self.assertEqual((basket.amount, basket.line_ids.invoice_id), (50.0, invoices))
            self._pay(50.0, invoices)
            self.assertEqual((plan.paid, plan.left), (paid, 150.0 - paid))
        answer = self.post_form(f"{url}/pay", {}, page="/my/account")
        self.assertEqual(answer.status_code, 422)
        self._follow()
        self.assertEqual(plan.state, "kept")
        self.assertEqual(self.post_form(f"{url}/pay", {}, page="/my/account").status_code, 422)

    def test_what_is_due_is_paid_together(self):
        plan = self._propose(number=3, days=0)
        plan.line_ids[0].date = self.today - timedelta(days=31)
        plan.line_ids[1].date = self.today
        payment = plan._portal_next_payment()
        self.assertEqual((payment["amount"], payment["date"]), (66.66, self.today))
        # Not what is on its way, and not while it is being paid.
        self._create_transaction([(self.invoice, 10.0)])._set_pending()
        self.assertIsNone(plan._portal_next_payment())

    def test_who_may_not_pay_sees_the_plan_alone(self):
        plan = self._propose()
        self.profile_full.can_pay = False
        self.sign_in(self.user_full)
        url = f"/my/plans/{plan.id}"
        page = self.url_open(url)
        self.assertEqual(page.status_code, 200)
        self.assertNotIn(f"{url}/pay", page.text)
        self.assertEqual(self.post_form(f"{url}/pay", {}, page="/my/account").status_code, 404)

    def test_pages(self):
        plan = self._propose(days=0)
        self.sign_in(self.user_full)
        home = self.url_open("/my").text
        self.assertIn('data-todo="instalment"', home)
        self.assertIn("Instalment 1 of 2", home)
        page = self.url_open(f"/my/invoices/{self.invoice.id}").text
        self.assertIn("in instalments, as agreed", page)
        self.assertIn("See the plan", page)
        self.assertIn("Payment plan", self.url_open("/my/invoices").text)
        # One plan needs no list, two do.
        self.assertNotIn('href="/my/plans"', self.url_open(f"/my/plans/{plan.id}").text)
        self._propose(self._create_invoice(self.alfa))
        self.assertIn('href="/my/plans"', self.url_open(f"/my/plans/{plan.id}").text)
        self.assertEqual(self.url_open("/my/plans").text.count(f"/my/plans/{plan.id}"), 1)
        self.company.portal_allow_plans = False
        self.assertEqual(self.url_open(f"/my/plans/{plan.id}").status_code, 404)
        self.assertEqual(self.url_open("/my/plans").status_code, 404)
        self.assertNotIn('data-todo="instalment"', self.url_open("/my").text)

    # === WHAT BECAME OF IT === #

    def test_a_missed_instalment_ends_the_plan_after_the_grace(self):
        plan = self._propose()
        # What was agreed holds, whatever the policy is by now.
        self.company.portal_plan_grace = 0
        self._pay(20.0)
        self._follow(days=7)
        self.assertEqual(plan.state, "running")
        with self.leaving() as messages:
            self._follow(days=8)
        self.assertEqual((plan.state, plan.paid, plan.left), ("broken", 20.0, 80.0))
        self.assertEqual(plan.closed_on, self.today + timedelta(days=8))
        mail = self._find_mail(messages, self.contact)
        self.assertIn("an instalment is missing", mail["Subject"])
        html, _files = self._read(mail)
        self.assertIn("80.00", html)
        activity = plan.activity_ids
        self.assertIn("missed an instalment", activity.summary)
        self.assertTrue(self._find_mail(messages, activity.user_id.partner_id))
        # By its own date again, but not in two mails of one day.
        self.assertEqual(self._reminded(days=8), {})
        self.assertEqual(self._reminded(days=9), {self.invoice: 80.0})
        self.assertEqual(self._asked(), 80.0)

    def test_paid_in_time_it_goes_on(self):
        plan = self._propose()
        self._pay(50.0)
        self._follow(days=8)
        self.assertEqual(plan.state, "running")
        self.assertEqual(plan.next_date, plan.line_ids[1].date)
        self._pay(50.0)
        with self.leaving() as messages:
            self._follow(days=8)
        self.assertEqual((plan.state, plan.paid, plan.left), ("kept", 100.0, 0.0))
        self.assertFalse(messages)

    def test_a_payment_on_its_way_is_waited_for(self):
        plan = self._propose()
        tx = self._create_transaction([(self.invoice, 50.0)])
        tx._set_pending()
        self._follow(days=8)
        self.assertEqual(plan.state, "running")
        tx._set_canceled()
        self._follow(days=8)
        self.assertEqual(plan.state, "broken")

    def test_what_is_disputed_or_on_hold_is_not_missed(self):
        plan = self._propose()
        self.company.portal_allow_disputes = True
        self.env["customer.portal.dispute"]._portal_claim(
            self.contact, self.invoice, self.bolts.ids, "price", ""
        )
        self._follow(days=8)
        self.assertEqual(plan.state, "running")
        other = self._create_two_lines()
        held = self._propose(other)
        other.no_followup = True
        self._follow(days=8)
        self.assertEqual(held.state, "running")
        other.no_followup = False
        self._follow(days=8)
        self.assertEqual((plan.state, held.state), ("running", "broken"))

    def test_a_credit_note_counts(self):
        plan = self._propose()
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=self.invoice.ids)
            .create({"journal_id": self.invoice.journal_id.id})
        )
        wizard.refund_moves()
        refund = wizard.new_move_ids
        refund.invoice_line_ids[0].unlink()
        refund.action_post()
        lines = (refund | self.invoice).line_ids.filtered(
            lambda x: x.display_type == "payment_term"
        )
        lines.filtered(lambda x: not x.reconciled).reconcile()
        self.assertEqual((plan.paid, [line.left for line in plan.line_ids]), (40.0, [10.0, 50.0]))

    def test_the_list_of_staff_counts_each_amount_once(self):
        self._propose(days=0)
        rows = self.env["customer.portal.due.amount"].search([("invoice_id", "=", self.invoice.id)])
        self.assertEqual((len(rows), rows.open, rows.overdue), (1, 50.0, 0.0))
        row = self.env["customer.portal.collection"].search([("customer_id", "=", self.alfa.id)])
        self.assertEqual((row.open, row.on_its_way), (50.0, 0.0))
