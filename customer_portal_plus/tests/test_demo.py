"""The demo data: absent unless asked for, and complete when loaded."""

import re

from odoo import fields
from odoo.tests import TransactionCase, tagged
from odoo.tools import file_open

from .common.demo import ADDON, demo_files, load_demo


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        module = cls.env["ir.module.module"].search([("name", "=", ADDON)])
        cls.present = [
            name
            for name in ("demo_company", "demo_user_sales")
            if cls.env.ref(f"{ADDON}.{name}", raise_if_not_found=False)
        ]
        cls.expected = ["demo_company", "demo_user_sales"] if module.demo else []
        load_demo(cls.env)
        cls.company = cls._ref("demo_company")
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})

    @classmethod
    def _ref(cls, name):
        return cls.env.ref(f"{ADDON}.{name}")

    def _invoices(self, customer, **values):
        domain = [(name, "=", value) for name, value in values.items()]
        return self.env["account.move"].search(
            [
                ("company_id", "=", self.company.id),
                ("commercial_partner_id", "=", self._ref(customer).id),
                ("move_type", "in", ("out_invoice", "out_refund")),
                *domain,
            ]
        )

    def test_demo_data_is_there_only_when_asked_for(self):
        self.assertEqual(self.present, self.expected)

    def test_everybody_signs_in_with_the_same_password(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", ADDON), ("model", "=", "res.users"), ("name", "like", "demo_user_")]
        )
        users = self.env["res.users"].browse(data.mapped("res_id"))
        self.assertGreaterEqual(len(users.filtered("share")), 6)
        self.assertTrue(users.filtered(lambda user: user.has_group("base.group_system")))
        # The customer whose access is off is refused even with the right password.
        for user in users - self._ref("demo_user_panaderia_gerencia"):
            with self.subTest(user.login):
                self.assertRegex(user.login, r"@example\.com$")
                self.assertEqual(user.company_id, self.company)
                credential = {
                    "type": "password",
                    "login": user.login,
                    "password": "portal-demo-2026",
                }
                user.with_user(user)._check_credentials(credential, {"interactive": True})

    def test_one_customer_has_invoices_in_all_states(self):
        customer = "demo_customer_talleres"
        invoices = self._invoices(customer, state="posted")
        states = set(invoices.mapped("payment_state"))
        self.assertLessEqual({"paid", "partial", "not_paid"}, states)
        self.assertEqual(set(invoices.currency_id.mapped("name")), {"EUR", "USD"})
        today = fields.Date.today()
        due = invoices.filtered(lambda move: move.payment_state == "not_paid")
        self.assertTrue(due.filtered(lambda move: move.invoice_date_due < today))
        self.assertTrue(due.filtered(lambda move: move.invoice_date_due > today))
        self.assertGreater((today - min(invoices.mapped("invoice_date"))).days, 700)
        self.assertTrue(self._invoices(customer, move_type="out_refund", state="posted"))
        self.assertTrue(self._invoices(customer, portal_visible=False))
        self.assertTrue(self._invoices(customer, state="draft"))

    def test_there_are_quotes_in_all_states(self):
        orders = self.env["sale.order"].search([("company_id", "=", self.company.id)])
        self.assertEqual(set(orders.mapped("state")), {"draft", "sent", "sale", "cancel"})
        sent = orders.filtered(lambda order: order.state == "sent")
        self.assertTrue(sent.filtered("require_signature"))
        self.assertTrue(sent.filtered("require_payment"))
        self.assertTrue(sent.filtered("is_expired"))
        self.assertTrue(orders.filtered("portal_rejected_on"))
        self.assertTrue(orders.filtered("signed_by"))
        invoiced = orders.filtered(lambda order: order.state == "sale").mapped("invoice_status")
        self.assertLessEqual({"to invoice", "invoiced"}, set(invoiced))

    def test_what_waits_for_somebody(self):
        """A reported payment for staff to confirm, a contract for the customer to sign."""
        customer = self._ref("demo_customer_talleres")
        report = self.env["customer.portal.payment.report"].search(
            [("customer_id", "=", customer.id)]
        )
        self.assertEqual((report.state, len(report.invoice_ids)), ("declared", 1))
        self.assertEqual(report.amount, report.invoice_ids.amount_residual)
        self.assertTrue(report.activity_ids)
        dispute = self.env["customer.portal.dispute"].search([("customer_id", "=", customer.id)])
        self.assertEqual((dispute.state, len(dispute.line_ids)), ("open", 1))
        promise = self.env["customer.portal.promise"].search([("customer_id", "=", customer.id)])
        self.assertEqual((promise.state, len(promise.line_ids)), ("open", 1))
        balance = self.env["customer.portal.balance.confirmation"].search(
            [("partner_id", "=", customer.id)], limit=1
        )
        self.assertEqual((balance.state, bool(balance.sha256)), ("sent", True))
        plan = self.env["customer.portal.plan"].search([("customer_id", "=", customer.id)])
        self.assertEqual((plan.state, len(plan.line_ids)), ("running", 3))
        invoices = self.env["account.move"].search([("partner_id", "=", customer.id)])
        self.assertTrue(invoices._portal_interest_values())
        Answer = self.env["customer.portal.347.answer"]
        year = self.env["account.move"]._portal_347_years()[0]
        company = self._ref("demo_company").sudo()
        self.assertTrue(Answer._portal_declarations(customer, company, year)[0]["is_declared"])
        user = self._ref("demo_user_talleres_gerencia")
        seen = self.env["customer.portal.document"].with_user(user).search([])
        contract = seen.sudo().filtered("to_sign")
        self.assertEqual(len(contract), 1)
        self.assertTrue(contract._portal_has_to_be_answered())

    def test_saved_cards_and_automatic_debit(self):
        """A customer with two cards, one of which expires soon; another one that agreed to be
        charged, and sees what will be."""
        customer = self._ref("demo_customer_talleres")
        tokens = self.env["payment.token"].search(
            [("partner_id.commercial_partner_id", "=", customer.id)]
        )
        self.assertEqual(len(tokens), 2)
        self.assertIn(customer.portal_main_token_id, tokens)
        tones = {token._portal_expiry()["tone"] for token in tokens}
        self.assertEqual(tones, {"muted", "warning"})
        debit = self.env["customer.portal.debit"].search([("company_id", "=", self.company.id)])
        self.assertEqual((debit.state, debit.problem), ("on", ""))
        self.assertEqual(set(debit.attempt_ids.mapped("state")), {"announced"})

    def test_the_portal_has_an_address_and_lets_contacts_in(self):
        self.assertEqual(self.company.portal_alias, "ferreteria-ejemplo")
        self.assertTrue(self.company.portal_allow_self_registration)

    def test_customers_differ(self):
        self.assertFalse(self._ref("demo_customer_panaderia").portal_access)
        self.assertEqual(
            self._ref("demo_customer_talleres_norte").parent_id, self._ref("demo_customer_talleres")
        )
        profiles = self._ref("demo_customer_talleres").portal_contact_ids.portal_profile_id
        self.assertGreaterEqual(len(profiles), 3)
        self.assertFalse(self._invoices("demo_customer_novedades"))

    def test_a_customer_sees_its_documents(self):
        user = self._ref("demo_user_talleres_gerencia")
        for model in ("account.move", "sale.order"):
            with self.subTest(model):
                seen = self.env[model].with_user(user).search([])
                self.assertGreater(len(seen), 5)
        blocked = self._ref("demo_user_panaderia_gerencia")
        for model in ("account.move", "sale.order"):
            self.assertFalse(self.env[model].with_user(blocked).search([]))

    def test_words_are_there_before_odoo_loads_them(self):
        label = self._ref("selection__customer_portal_dispute__reason__damaged")
        # As they are while an addon is being installed.
        label.update_field_translations("name", {"es_ES": False})
        module = self.env["ir.module.module"].search([("name", "=", ADDON)])
        module.state = "to install"
        self.env.registry.clear_all_caches()
        demo = self.env["customer.portal.demo"]._in_demo_company()
        reasons = demo.env["customer.portal.dispute"]._fields["reason"]
        self.assertEqual(dict(reasons._description_selection(demo.env))["damaged"], "Dañado")

    def test_no_address_leads_anywhere(self):
        text = ""
        for path in demo_files():
            with file_open(f"{ADDON}/{path}") as file:
                text += file.read()
        domains = re.findall(r"[\w.-]+@([\w.-]+)|https?://([\w.-]+)", text)
        self.assertTrue(domains)
        for domain in domains:
            self.assertRegex("".join(domain), r"(^|\.)example\.com$")
