"""The overview: numbers by the rows they lead to, and nothing for who may not read those."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..models.overview.customer_portal_overview_lists import LISTS
from .common.payment import PaymentCase

MODELS = (
    "customer.portal.adoption",
    "customer.portal.due.amount",
    "customer.portal.online.payment",
    "customer.portal.opening",
    "customer.portal.quote.answer",
    "customer.portal.reminder.effect",
    "customer.portal.reply",
)
MONEY_MODELS = (
    "customer.portal.due.amount",
    "customer.portal.online.payment",
    "customer.portal.reminder.effect",
)


@tagged("post_install", "-at_install")
class TestOverview(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A salesperson of their own keeps what else is in the database out of the numbers.
        cls.seller = new_test_user(
            cls.env,
            login="portal_test_seller",
            groups="base.group_user,sales_team.group_sale_salesman_all_leads"
            ",account.group_account_manager",
            email="seller@example.com",
        )
        (cls.alfa | cls.beta).user_id = cls.seller
        cls.old = cls._create_invoice(
            cls.alfa, 100.0, days=-60, due_days=-40, invoice_user_id=cls.seller.id
        )
        cls.soon = cls._create_invoice(cls.beta, 70.0, due_days=20, invoice_user_id=cls.seller.id)

    def _overview(self, user=None, **values):
        self.env.invalidate_all()
        overviews = self.env["customer.portal.overview"].with_user(user or self.seller)
        return overviews.create({"user_id": self.seller.id, "days": "90", **values})

    def _rows(self, name, **values):
        self.env.invalidate_all()
        rows = self.env[f"customer.portal.{name}"].with_user(self.seller)
        return rows.search([("user_id", "=", self.seller.id)], **values)

    # === MONEY === #

    def test_money_by_age(self):
        overview = self._overview()
        self.assertEqual((overview.open, overview.overdue), (170.0, 100.0))
        self.assertEqual((overview.overdue_30, overview.overdue_60), (0.0, 100.0))
        self.assertEqual(overview.currency_id, self.company.currency_id)
        [row] = self._rows("due.amount").filtered("overdue")
        self.assertEqual((row.invoice_id, row.customer_id, row.age), (self.old, self.alfa, "2_60"))

    def test_money_of_other_currencies_is_in_that_of_the_company(self):
        foreign = self._foreign_currency(rate=2.0)
        self._create_invoice(
            self.alfa, 30.0, due_days=-4, currency_id=foreign.id, invoice_user_id=self.seller.id
        )
        self.assertEqual(self._overview().overdue_30, 15.0)

    def test_what_was_announced_is_on_its_way(self):
        tx = self._create_transaction([(self.old, 60.0)])
        tx.provider_id = self.env.ref("payment.payment_provider_transfer")
        tx._set_pending()
        overview = self._overview()
        self.assertEqual((overview.overdue, overview.on_its_way), (40.0, 60.0))

    def test_paid_through_the_portal_in_the_period(self):
        tx = self._create_transaction([(self.old, 60.0)])
        self.assertEqual(self._overview().paid, 0.0)
        self._confirm(tx)
        overview = self._overview()
        self.assertEqual((overview.paid, overview.payments), (60.0, 1))
        [row] = self._rows("online.payment")
        self.assertEqual((row.transaction_id, row.way), (tx, "online"))
        tx.last_state_change = fields.Datetime.now() - timedelta(days=100)
        self.assertEqual(self._overview().paid, 0.0)
        self.assertEqual(self._overview(days="365").paid, 60.0)

    def test_reminders_brought_what_was_paid_before_the_next_one(self):
        self.company.portal_send_reminders = True
        collection = self.env["customer.portal.collection"]
        collection.search([("customer_id", "=", self.alfa.id)]).action_remind()
        self._confirm(self._create_transaction([(self.old, 60.0)]))
        overview = self._overview()
        self.assertEqual((overview.reminded, overview.brought), (100.0, 60.0))
        mail = self.env["customer.portal.reminder.mail"].search(
            [("customer_id", "=", self.alfa.id)]
        )
        again = mail.copy({"date": self.today + timedelta(days=1)})
        line = mail.line_ids.copy({"mail_id": again.id})
        self.assertEqual(self._rows("reminder.effect").mapped("paid"), [0.0, 60.0])
        line.mail_id.date = self.today - timedelta(days=20)
        self.assertEqual(self._rows("reminder.effect").mapped("paid"), [60.0, 0.0])

    # === CONTACTS === #

    def test_contacts_by_how_they_use_it(self):
        users = self.user_full | self.user_colleague | self.user_own | self.user_stranger
        overview = self._overview()
        self.assertEqual((overview.contacts, overview.contacts_never), (4, 4))
        self.user_full.with_user(self.user_full)._update_last_login()
        self.user_own.with_user(self.user_own)._update_last_login()
        self.env.flush_all()
        self.user_own.log_ids.flush_recordset()
        self.env.cr.execute(
            "UPDATE res_users_log SET create_date = now() - interval '100 days'"
            " WHERE create_uid = %s",
            [self.user_own.id],
        )
        self.beta.portal_access = False
        overview = self._overview()
        self.assertEqual((overview.contacts_active, overview.contacts_never), (1, 1))
        stages = {row.contact_id: row.stage for row in self._rows("adoption")}
        self.assertEqual(
            [stages[user.partner_id] for user in users], ["active", "invited", "came", "blocked"]
        )

    # === QUOTES === #

    def test_quotes_by_their_answer(self):
        self.company.portal_allow_quote_rejection = True
        waiting, rejected, accepted, confirmed = orders = [
            self._create_order(self.alfa, user_id=self.seller.id) for _number in range(4)
        ]
        self.env.flush_all()
        for order in orders:
            self.env.cr.execute(
                "UPDATE sale_order SET create_date = now() - interval '10 hours' WHERE id = %s",
                [order.id],
            )
        rejected.write({"state": "cancel", "portal_rejected_on": fields.Datetime.now()})
        self.env["customer.portal.event"]._log(
            "accept", record=accepted, contact=self.user_full.partner_id
        )
        accepted.action_confirm()
        confirmed.action_confirm()
        answers = {row.order_id: row.answer for row in self._rows("quote.answer")}
        self.assertEqual(
            [answers[order] for order in (waiting, rejected, accepted, confirmed)],
            ["waiting", "rejected", "accepted", "confirmed"],
        )
        overview = self._overview()
        self.assertEqual((overview.quotes, overview.quotes_waiting), (4, 1))
        self.assertEqual((overview.quotes_accepted, overview.quotes_rejected), (1, 1))
        self.assertAlmostEqual(overview.quote_hours, 10.0, places=1)

    def test_drafts_were_not_sent(self):
        self._create_order(self.alfa, state="draft", user_id=self.seller.id)
        self.assertFalse(self._rows("quote.answer"))

    # === DOCUMENTS AND MESSAGES === #

    def test_documents_that_nobody_opened(self):
        overview = self._overview()
        self.assertEqual((overview.documents, overview.documents_unopened), (2, 2))
        self.env["customer.portal.event"]._log(
            "view", record=self.old, contact=self.user_full.partner_id, viewer="human"
        )
        self.env["customer.portal.event"]._log(
            "view", record=self.soon, contact=self.user_stranger.partner_id, viewer="scanner"
        )
        self.assertEqual(self._overview().documents_unopened, 1)
        self.soon.portal_visible = False
        self.assertEqual(self._overview().documents_unopened, 0)

    def test_messages_and_how_long_they_waited(self):
        conversation = self.env["customer.portal.conversation"].create(
            {
                "name": "Where is it?",
                "partner_id": self.user_full.partner_id.id,
                "user_id": self.seller.id,
            }
        )
        now = fields.Datetime.now().replace(microsecond=0)
        contact, staff = self.user_full.partner_id, self.seller.partner_id
        self.env["mail.message"].create(
            [
                {
                    "model": conversation._name,
                    "res_id": conversation.id,
                    "body": "Words",
                    "message_type": "comment",
                    "subtype_id": self.env.ref("mail.mt_comment").id,
                    "author_id": author.id,
                    "date": now - timedelta(hours=hours),
                }
                for author, hours in (
                    (contact, 20),
                    (contact, 18),
                    (staff, 16),
                    (staff, 15),
                    (contact, 2),
                )
            ]
        )
        overview = self._overview()
        self.assertEqual((overview.replies, overview.replies_waiting), (1, 1))
        self.assertAlmostEqual(overview.reply_hours, 4.0)
        conversation.state = "closed"
        self.assertEqual(self._overview().replies_waiting, 0)
        self.assertEqual(self._rows("reply").mapped("state"), ["closed", "answered"])

    # === WHERE NUMBERS LEAD === #

    def test_first_steps_are_offered_to_who_can_do_them(self):
        administrator = new_test_user(
            self.env,
            login="portal_test_system",
            groups="base.group_system,sales_team.group_sale_salesman",
        )
        overview = self._overview(administrator)
        settings = self.env["res.config.settings"].with_company(self.company).create({})
        self.assertTrue(settings.portal_steps_left)
        self.assertEqual(overview.steps_left, settings.portal_steps_left)
        self.assertEqual(overview.action_first_steps()["res_model"], "res.config.settings")
        self.assertEqual(self._overview(self.user_sales).steps_left, 0)

    def test_each_number_leads_to_its_rows(self):
        overview = self._overview()
        for number in LISTS:
            with self.subTest(number):
                self.assertIn(number, overview._fields)
                action = overview.action_show(number)
                self.assertIn(action["res_model"], MODELS)
                rows = self.env[action["res_model"]].with_user(self.seller)
                self.assertEqual(
                    rows.search_count(action["domain"]), len(rows.search(action["domain"]))
                )
        action = overview.action_show("overdue")
        rows = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(rows.invoice_id, self.old)
        with self.assertRaises(UserError):
            overview.action_show("company_id")

    def test_each_row_leads_to_its_record(self):
        order = self._create_order(self.alfa, user_id=self.seller.id)
        for name, record in (
            ("due.amount", self.old),
            ("quote.answer", order),
            ("adoption", self.user_stranger.partner_id),
        ):
            [row] = self._rows(name).filtered(lambda row, one=record: row._get_record() == one)
            action = row.action_open()
            self.assertEqual((action["res_model"], action["res_id"]), (record._name, record.id))
        rows = self._rows("opening")
        self.assertEqual(
            {(row._get_record()._name, row._get_record().name) for row in rows},
            {(one._name, one.name) for one in (self.old, self.soon, order)},
        )

    def test_views_and_measures_of_all_rows(self):
        """As their graph, pivot and list ask for them."""
        for model_name in MODELS:
            rows = self.env[model_name].with_user(self.seller)
            views = rows.get_views([(False, kind) for kind in ("list", "graph", "pivot", "search")])
            self.assertEqual(len(views["views"]), 4)
            names = [
                name
                for name, field in rows._fields.items()
                if field.store and field.type in ("monetary", "float") and field.aggregator
            ]
            groups = rows.formatted_read_group(
                [], ["company_id"], ["__count", *(f"{name}:sum" for name in names)]
            )
            self.assertIsInstance(groups, list, model_name)
            rows.web_search_read([], {name: {} for name in rows._fields if name != "id"}, limit=3)

    def test_menu_opens_it(self):
        action = self.env.ref("customer_portal_plus.customer_portal_overview_action")
        opened = action.with_user(self.seller).run()
        self.assertEqual(opened["res_model"], "customer.portal.overview")
        menu = self.env.ref("customer_portal_plus.menu_root").child_id.sorted("sequence")[0]
        self.assertEqual(menu.action, action)

    # === WALLS === #

    def test_who_reads_no_invoices_sees_no_money(self):
        overview = self._overview(self.user_sales)
        self.assertFalse(overview.sees_money)
        self.assertFalse(overview.open or overview.overdue or overview.paid or overview.reminded)
        for number in ("overdue", "paid", "brought"):
            with self.subTest(number), self.assertRaises(AccessError):
                overview.action_show(number)
        for model_name in MONEY_MODELS:
            with self.subTest(model_name), self.assertRaises(AccessError):
                self.env[model_name].with_user(self.user_sales).search([])

    def test_salespeople_see_their_own_quotes(self):
        own = new_test_user(
            self.env,
            login="portal_test_own_leads",
            groups="base.group_user,sales_team.group_sale_salesman",
        )
        order = self._create_order(self.alfa, user_id=own.id)
        self._create_order(self.alfa, user_id=self.seller.id)
        rows = self.env["customer.portal.quote.answer"].with_user(own)
        found = rows.search([("customer_id", "=", self.alfa.id)])
        self.assertEqual(found.order_id, order)
        opened = self.env["customer.portal.opening"].with_user(own)
        found = opened.search([("customer_id", "=", self.alfa.id)])
        self.assertEqual(found.mapped("name"), [order.name])

    def test_customers_read_nothing(self):
        for model_name in (*MODELS, "customer.portal.overview"):
            with self.subTest(model_name), self.assertRaises(AccessError):
                self.env[model_name].with_user(self.user_full).search([])
        with self.assertRaises(AccessError):
            self.env["customer.portal.overview"].with_user(self.user_full).create({})
        with self.assertRaises(AccessError):
            self.env["customer.portal.overview"].with_user(self.user_full).action_portal_overview()

    def test_other_companies_are_not_counted(self):
        other = self.env["res.company"].create({"name": "Otra Empresa SL"})
        self.seller.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        overview = self._overview()
        self.assertFalse(overview.open or overview.documents or overview.contacts)
