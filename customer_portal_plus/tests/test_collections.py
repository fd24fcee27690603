"""The list of amounts to collect: one row a customer, the portal's own figures, bulk acts."""

import json
from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import PASSWORD
from .common.payment import PaymentCase

FIELDS = {
    "customer_id": {"fields": {"display_name": {}}},
    **{
        name: {}
        for name in (
            "open", "overdue", "overdue_since", "on_its_way", "promised", "reported", "on_hold",
            "reminded_on", "visited_on", "signs_in", "next_step",
        )
    },
}  # fmt: skip


@tagged("post_install", "-at_install")
class TestCollections(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls._create_invoice(cls.alfa, 100.0, days=-40, due_days=-20)
        cls.soon = cls._create_invoice(cls.user_own.partner_id, 70.0, due_days=20)
        cls.other = cls._create_invoice(cls.beta, 40.0, days=-30, due_days=-2)

    def _rows(self, customer=None, user=None):
        self.env.invalidate_all()
        rows = self.env["customer.portal.collection"].with_user(user or self.user_accountant)
        return rows.search([("customer_id", "in", (customer or self.alfa).ids)])

    # === FIGURES === #

    def test_one_row_a_customer_with_what_it_reads_itself(self):
        [row] = self._rows()
        balance = self.env["account.move"]._portal_balance(self.user_full.partner_id, self.company)
        [entry] = balance.values()
        self.assertEqual((row.open, row.overdue), (170.0, 100.0))
        self.assertEqual(row.overdue, entry["overdue"])
        self.assertEqual(row.open, entry["pending"] - entry["covered"])
        self.assertEqual(row.overdue_since, self.old.invoice_date_due)
        self.assertEqual((row.days_overdue, row.invoice_count), (20, 2))

    def test_neither_drafts_nor_credit_notes_nor_what_is_paid(self):
        self._create_invoice(self.alfa, 11.0, post=False)
        self._create_invoice(self.alfa, 12.0, move_type="out_refund")
        self._create_invoice(self.alfa, 13.0, move_type="in_invoice")
        paid = self._create_invoice(self.alfa, 14.0, due_days=-3)
        self._confirm(self._create_transaction([(paid, 14.0)]))
        self.assertEqual(self._rows().open, 170.0)

    def test_what_is_hidden_is_owed_all_the_same(self):
        self.old.portal_visible = False
        self.assertEqual(self._rows().overdue, 100.0)

    def test_what_is_due_today_is_not_overdue(self):
        self.old.line_ids.date_maturity = self.today
        row = self._rows()
        self.assertEqual((row.overdue, row.overdue_since), (0.0, False))
        self.assertEqual(row.next_step, "none")

    def test_currencies_and_companies_have_rows_of_their_own(self):
        foreign = self._foreign_currency()
        self._create_invoice(self.alfa, 30.0, due_days=-4, currency_id=foreign.id)
        rows = self._rows()
        self.assertEqual(len(rows), 2)
        self.assertEqual(rows.filtered(lambda row: row.currency_id == foreign).overdue, 30.0)
        self.assertEqual(rows.filtered(lambda row: row.currency_id != foreign).overdue, 100.0)

    def test_what_was_announced_is_not_asked_for(self):
        tx = self._create_transaction([(self.old, 60.0)])
        tx.provider_id = self.env.ref("payment.payment_provider_transfer")
        tx._set_pending()
        row = self._rows()
        self.assertEqual((row.overdue, row.open), (40.0, 110.0))
        self.assertEqual((row.promised, row.on_its_way), (60.0, 60.0))
        self.assertEqual(row.promised_on, self.today)

    def test_what_was_reported_is_to_be_checked(self):
        contact = self.user_full.partner_id
        basket = self.env["customer.portal.basket"]._build(contact, self.old, online=False)
        self.env["customer.portal.payment.report"]._declare(
            contact, basket, self.today, "transfer", "TRF 1", ""
        )
        row = self._rows()
        self.assertEqual((row.reported, row.overdue), (100.0, 0.0))
        self.assertEqual(row.next_step, "confirm")

    def test_what_is_disputed_is_to_be_decided(self):
        """It is not asked for, but nothing is on its way; once it is decided, it is owed."""
        self.company.portal_allow_disputes = True
        dispute = self.env["customer.portal.dispute"]._portal_claim(
            self.user_full.partner_id, self.old, [], "price", "", total="30"
        )
        row = self._rows()
        self.assertEqual((row.disputed, row.overdue, row.on_its_way), (30.0, 70.0, 0.0))
        self.assertEqual(row.next_step, "decide")
        dispute.answer = "No."
        dispute.action_refuse()
        self.assertEqual((self._rows().disputed, self._rows().overdue), (0.0, 100.0))

    def test_a_promise_is_waited_for(self):
        """If it is about all that is overdue."""
        self.company.portal_allow_promises = True
        contact = self.user_full.partner_id
        self.env["customer.portal.promise"]._portal_make(contact, self.old, self.today)
        row = self._rows()
        self.assertEqual((row.to_come, row.overdue, row.on_its_way), (100.0, 100.0, 0.0))
        self.assertEqual(row.next_step, "wait")
        self._create_invoice(self.alfa, 1.0, due_days=-3)
        self.assertEqual(self._rows().next_step, "remind")

    def test_what_is_left_out_of_follow_ups_is_on_hold(self):
        self.old.no_followup = True
        row = self._rows()
        self.assertEqual((row.on_hold, row.overdue, row.next_step), (100.0, 100.0, "hold"))

    def test_next_step_goes_from_invitation_to_call(self):
        self.assertEqual(self._rows().next_step, "remind")
        self.alfa.portal_access = False
        self.assertEqual(self._rows().next_step, "invite")
        self.alfa.portal_access = True
        self.company.portal_send_reminders = True
        self._rows().action_remind()
        self.assertEqual(self._rows().next_step, "reminded")
        mail = self.env["customer.portal.reminder.mail"].search(
            [("customer_id", "=", self.alfa.id)]
        )
        mail.date = self.today - timedelta(days=10)
        self.assertEqual(self._rows().next_step, "remind")
        self.old.line_ids.date_maturity = self.today - timedelta(days=60)
        self.assertEqual(self._rows().next_step, "call")
        self.env["customer.portal.conversation"].create(
            {
                "name": "Where is it?",
                "partner_id": self.user_full.partner_id.id,
                "unanswered_since": self.env.cr.now(),
            }
        )
        self.assertEqual(self._rows().next_step, "answer")

    def test_last_visit_is_that_of_a_person(self):
        Event = self.env["customer.portal.event"]
        contact = self.user_full.partner_id
        Event._log("view", record=self.old, contact=contact, viewer="scanner")
        Event._log("sign_in_failed", contact=contact)
        self.assertFalse(self._rows().visited_on)
        event = Event._log("view", record=self.old, contact=contact, viewer="human")
        self.assertEqual(self._rows().visited_on, event.date)

    def test_filters_and_groups(self):
        Collection = self.env["customer.portal.collection"].with_user(self.user_accountant)
        kinds = ("list", "pivot", "search")
        views = Collection.get_views([(False, kind) for kind in kinds])["views"]
        self.assertEqual(set(views), set(kinds))
        customers = (self.alfa | self.beta).ids
        domain = [("customer_id", "in", customers)]
        found = Collection.search([*domain, ("next_step", "=", "remind"), ("overdue", ">", 50)])
        self.assertEqual(found.customer_id, self.alfa)
        found = Collection.search([*domain, ("signs_in", "=", True)], order="overdue")
        self.assertEqual(found.customer_id, self.beta | self.alfa)
        [(step, total)] = Collection._read_group(domain, ["next_step"], ["overdue:sum"])
        self.assertEqual((step, total), ("remind", 140.0))

    # === COST === #

    def test_as_many_queries_for_many_as_for_one(self):
        Collection = self.env["customer.portal.collection"].with_user(self.user_accountant)

        def ask(customers):
            domain = [("customer_id", "in", customers.ids)]
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            answer = Collection.web_search_read(domain, FIELDS)
            return answer["length"], self.env.cr.sql_log_count - before

        customers = self.alfa
        ask(customers)
        first, queries = ask(customers)
        for number in range(8):
            customer = self._create_customer(f"Cliente {number}")
            self._create_invoice(customer, 10.0, due_days=-number)
            customers |= customer
        self.env.flush_all()
        ask(customers)  # As before: what the server keeps in mind is there.
        self.assertEqual((first, ask(customers)), (1, (9, queries)))
        self.assertLess(queries, 12)

    # === ACTS === #

    def test_remind(self):
        """Between two levels, too; once a day, and without disturbing the schedule."""
        self.company.portal_send_reminders = True
        rows = self._rows(self.alfa | self.beta)
        action = rows.action_remind()
        self.assertIn("2", action["params"]["message"])
        mails = self.env["customer.portal.reminder.mail"].search(
            [("customer_id", "in", (self.alfa | self.beta).ids)]
        )
        self.assertEqual(mails.mapped("date"), [self.today] * 2)
        # Two days late, the first level after the due date is not reached.
        beta = mails.filtered(lambda mail: mail.customer_id == self.beta)
        self.assertEqual((beta.level, beta.line_ids.level), ("First reminder", False))
        self.assertEqual(beta.line_ids.invoice_id, self.other)
        with self.assertRaises(UserError):
            self._rows().action_remind()

    def test_nobody_is_reminded_of_what_is_not_overdue(self):
        self.company.portal_send_reminders = True
        self.old.line_ids.date_maturity = self.today
        with self.assertRaises(UserError):
            self._rows().action_remind()

    def test_write(self):
        action = self._rows(self.alfa | self.beta).action_message()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard = wizard.with_user(self.user_accountant)
        contacts = (self.user_full | self.user_stranger).partner_id
        self.assertEqual(wizard.recipient_ids, contacts)
        with self.assertRaises(UserError):
            wizard.action_send()
        wizard.write({"subject": "Your account", "body": "<p>Please call us.</p>"})
        action = wizard.action_send()
        conversations = self.env["customer.portal.conversation"].search(action["domain"])
        self.assertEqual(conversations.partner_id, contacts)
        self.assertEqual(set(conversations.mapped("state")), {"waiting"})
        self.assertEqual(conversations.user_id, self.user_accountant)
        message = conversations[0].message_ids.filtered(lambda one: one.message_type == "comment")
        self.assertIn("Please call us.", message.body)

    def test_nobody_is_written_to_where_messages_are_off(self):
        action = self._rows().action_message()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.write({"subject": "Your account", "body": "<p>Please call us.</p>"})
        self.company.portal_allow_messages = False
        with self.assertRaises(UserError):
            wizard.action_send()

    def test_who_reads_no_messages_is_left_out(self):
        (
            self.user_full | self.user_colleague | self.user_own
        ).partner_id.portal_profile_id = self.profile_read_only
        action = self._rows().action_message()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((wizard.left_out_ids, bool(wizard.recipient_ids)), (self.alfa, False))

    def test_statement_and_invitation_open_their_dialogs(self):
        rows = self._rows(self.alfa | self.beta)
        action = rows.action_statement()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.customer_ids, self.alfa | self.beta)
        self.assertEqual(wizard.company_id, self.company)
        self.assertEqual(rows.action_invite()["res_model"], "customer.portal.invitation.wizard")

    def test_row_leads_to_its_invoices(self):
        action = self._rows().action_open_invoices()
        found = self.env["account.move"].search(action["domain"])
        self.assertEqual(found, self.old | self.soon)

    # === WALLS === #

    def test_only_for_who_reads_invoices(self):
        rows = self._rows()
        for user in (self.user_sales, self.user_full):
            mine = rows.with_user(user)
            with self.subTest(user.login), self.assertRaises(AccessError):
                mine.search([])
            for act in ("remind", "message", "statement", "invite", "open_invoices"):
                with self.subTest(user.login, act=act), self.assertRaises(AccessError):
                    getattr(mine, f"action_{act}")()

    def test_an_auditor_reads_and_reminds_nobody(self):
        auditor = self._new_staff("auditor", "account.group_account_readonly")
        rows = self._rows(user=auditor)
        self.assertEqual(rows.overdue, 100.0)
        with self.assertRaises(AccessError):
            rows.action_remind()

    def test_other_companies_are_not_shown(self):
        other = self.env["res.company"].create({"name": "Otra Empresa SL"})
        stranger = self._new_staff(
            "other_company",
            "account.group_account_invoice",
            company_ids=other.ids,
            company_id=other.id,
        )
        self.assertFalse(self._rows(user=stranger))

    def test_customers_are_refused_over_rpc(self):
        row = self._rows()
        self.authenticate(self.user_full.login, PASSWORD)
        for method in ("search_read", "read", "action_remind", "action_message"):
            params = {
                "model": row._name,
                "method": method,
                "args": [] if method == "search_read" else [row.ids],
                "kwargs": {},
            }
            with mute_logger("odoo.http"):
                answer = self.url_open(
                    f"/web/dataset/call_kw/{row._name}/{method}",
                    data=json.dumps({"params": params}),
                    headers={"Content-Type": "application/json"},
                ).json()
            self.assertEqual(answer["error"]["data"]["name"], "odoo.exceptions.AccessError", method)

    @classmethod
    def _new_staff(cls, key, group, **values):
        return new_test_user(
            cls.env,
            login=f"portal_test_{key}",
            groups=f"base.group_user,{group}",
            email=f"{key}@example.com",
            **values,
        )
