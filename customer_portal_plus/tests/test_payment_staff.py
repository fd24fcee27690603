"""What staff see of the payments that customers make in the portal: list, pivot, spreadsheet."""

import io
import json
from ast import literal_eval

from openpyxl import load_workbook

from odoo.http import Request
from odoo.tests import tagged

from .common.payment import PaymentCase


@tagged("post_install", "-at_install")
class TestPaymentStaff(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.online = cls._create_invoice(cls.alfa, 100.0)
        cls.elsewhere = cls._create_invoice(cls.alfa, 250.0)
        cls.by_staff = cls._create_invoice(cls.alfa, 70.0)
        cls.paid_online = cls._confirm(cls._create_transaction([(cls.online, 100.0)]))
        cls.journal = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.report = cls._report(cls.elsewhere)
        cls.report.journal_id = cls.journal
        cls.report.action_confirm()
        cls.paid_by_staff = (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=cls.by_staff.ids)
            .create({"journal_id": cls.journal.id})
            ._create_payments()
        )
        cls.user_accountant.group_ids |= cls.env.ref("base.group_allow_export")
        cls.action = cls.env.ref("customer_portal_plus.account_payment_portal_action")

    @classmethod
    def _report(cls, invoice):
        basket = cls.env["customer.portal.basket"]._build(
            cls.user_own.partner_id, invoice, online=False
        )
        return cls.env["customer.portal.payment.report"]._declare(
            cls.user_own.partner_id, basket, cls.today, "transfer", "TRF-1", ""
        )

    def _payments(self):
        Payment = self.env["account.payment"].with_user(self.user_accountant)
        return Payment.search(
            [*literal_eval(self.action.domain), ("partner_id", "=", self.alfa.id)]
        )

    def test_who_looks_at_payments(self):
        """The first who registers payments, works here, and is in this company."""
        second = self.user_accountant.copy({"login": "portal_test_second"})
        find = self.company._portal_bookkeeper
        self.assertEqual(find(second | self.user_accountant), second)
        self.assertEqual(find(self.user_accountant | second), self.user_accountant)
        for unfit in (self.user_sales, self.user_full):
            self.assertEqual(find(unfit | second), second)
        second.active = False
        self.assertEqual(find(second | self.user_accountant), self.user_accountant)
        second.active = True
        other = self.env["res.company"].create({"name": "Otra Empresa SL"})
        second.write({"company_ids": other.ids, "company_id": other.id})
        self.assertEqual(find(second | self.user_accountant), self.user_accountant)
        self.assertEqual(other._portal_bookkeeper(self.user_accountant | second), second)
        nobody = self.env["res.users"]
        self.assertTrue(find(nobody).has_group("account.group_account_invoice"))
        second.active = False
        self.assertEqual(other._portal_bookkeeper(nobody), self.env.ref("base.user_admin"))

    def test_all_portal_payments_and_no_others(self):
        self.assertEqual(self._payments(), self.paid_online | self.report.payment_id)
        self.assertTrue(self.paid_by_staff)

    def test_who_paid(self):
        self.assertEqual(self.paid_online.portal_contact_id, self.user_full.partner_id)
        self.assertEqual(self.report.payment_id.portal_contact_id, self.user_own.partner_id)

    def test_views(self):
        Payment = self.env["account.payment"].with_user(self.user_accountant)
        views = Payment.get_views(
            [(view.view_id.id, view.view_mode) for view in self.action.view_ids]
        )["views"]
        self.assertIn("portal_contact_id", views["list"]["arch"])
        self.assertIn('type="measure"', views["pivot"]["arch"])
        menus = self.env["ir.ui.menu"].with_user(self.user_accountant)._visible_menu_ids()
        for name in ("menu_portal_payments", "menu_payments", "menu_payment_reports"):
            self.assertIn(self.env.ref(f"customer_portal_plus.{name}").id, menus)

    def test_sums(self):
        [(total,)] = self.env["account.payment"]._read_group(
            [("id", "in", self._payments().ids)], [], ["amount_company_currency_signed:sum"]
        )
        self.assertEqual(total, 350.0)

    def test_spreadsheet(self):
        self.sign_in(self.user_accountant)
        names = ["date", "name", "partner_id", "portal_contact_id", "amount"]
        types = {name: self.env["account.payment"]._fields[name].type for name in names}
        answer = self.url_open(
            "/web/export/xlsx",
            data={
                "data": json.dumps(
                    {
                        "model": "account.payment",
                        "fields": [
                            {"name": name, "label": name, "type": types[name]} for name in names
                        ],
                        "ids": self._payments().ids,
                        "domain": [],
                        "groupby": [],
                        "context": {},
                        "import_compat": False,
                    }
                ),
                "csrf_token": Request.csrf_token(self),
            },
        )
        rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
        self.assertEqual(rows[0], tuple(names))
        self.assertEqual(
            {(row[1], row[4]) for row in rows[1:]},
            {(self.paid_online.name, 100.0), (self.report.payment_id.name, 250.0)},
        )

    def test_customers_get_none_of_it(self):
        for user in (self.user_full, self.user_sales):
            self.assertFalse(
                self.env["account.payment"].with_user(user).has_access("read"), user.login
            )
