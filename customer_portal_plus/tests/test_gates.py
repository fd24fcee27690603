"""The four gates, each shut in turn, asked by rule and by refusal: the answers must agree."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import new_test_user, tagged

from .common import PortalCase


@tagged("post_install", "-at_install")
class TestGates(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._create_invoice(cls.alfa)
        cls.quote = cls._create_order(cls.alfa)

    def _assert_seen(self, document, user, gate):
        """Assert that rule, search and refusal agree: seen, or kept back by ``gate``."""
        self.env.flush_all()
        document = document.with_user(user)
        self.assertEqual(document._portal_refusal(user.partner_id), gate)
        self.assertEqual(document.has_access("read"), gate is None)
        found = document.search([("id", "=", document.id)])
        self.assertEqual(found, document if gate is None else document.browse())

    def test_open_gates(self):
        for document in (self.invoice, self.quote):
            self._assert_seen(document, self.user_full, None)

    def test_company_gate(self):
        self.company.portal_enabled = False
        for document in (self.invoice, self.quote):
            self._assert_seen(document, self.user_full, "company")

    def test_company_switch_of_one_function(self):
        self.company.portal_show_invoices = False
        self._assert_seen(self.invoice, self.user_full, "company")
        self._assert_seen(self.quote, self.user_full, None)

    def test_quotes_and_orders_have_a_switch_each(self):
        order = self._create_order(self.alfa, state="sale")
        self.company.portal_show_quotes = False
        self._assert_seen(self.quote, self.user_full, "company")
        self._assert_seen(order, self.user_full, None)
        self.company.write({"portal_show_quotes": True, "portal_show_orders": False})
        self._assert_seen(self.quote, self.user_full, None)
        self._assert_seen(order, self.user_full, "company")

    def test_customer_gate(self):
        self.alfa.portal_access = False
        for document in (self.invoice, self.quote):
            self._assert_seen(document, self.user_full, "customer")

    def test_contact_gate_other_customer(self):
        for user in (self.user_stranger, self.user_branch):
            for document in (self.invoice, self.quote):
                self._assert_seen(document, user, "contact")

    def test_contact_gate_capability(self):
        self._assert_seen(self.invoice, self.user_colleague, "contact")
        self._assert_seen(self.quote, self.user_colleague, None)

    def test_contact_gate_capability_of_each_kind(self):
        """Who sees one kind of documents sees nothing of the other."""
        order = self._create_order(self.alfa, state="sale")
        contact = self.user_full.partner_id
        for capability, shut, opened in (
            ("can_see_invoices", self.invoice, self.quote),
            ("can_see_quotes", self.quote, self.invoice),
            ("can_see_quotes", order, self.invoice),
        ):
            contact.portal_profile_id = self.profile_full.copy({"name": "X", capability: False})
            self._assert_seen(shut, self.user_full, "contact")
            self._assert_seen(opened, self.user_full, None)
            self.assertFalse(contact._portal_can(capability))

    def test_nobody(self):
        """Without a contact there is neither a list nor a right."""
        nobody = self.env["res.partner"]
        for document in (self.invoice, self.quote):
            self.assertEqual(document._portal_domain(nobody), Domain.FALSE)
        for capability in self.profile_full._portal_capabilities():
            self.assertIs(nobody._portal_can(capability), False)

    def test_every_kind_of_customers_documents(self):
        """Credit notes and receipts stand behind the gates, as invoices do."""
        for move_type in ("out_refund", "out_receipt"):
            document = self._create_invoice(self.alfa, move_type=move_type)
            self.assertTrue(document._portal_in_scope())
            for user, gate in (
                (self.user_full, None), (self.user_colleague, "contact"),
                (self.user_stranger, "contact"),
            ):  # fmt: skip
                self.assertEqual(document._portal_refusal(user.partner_id), gate)
            document.portal_visible = False
            self.assertEqual(document._portal_refusal(self.user_full.partner_id), "document")
            document.portal_visible = True
            self.company.portal_enabled = False
            self.assertEqual(document._portal_refusal(self.user_full.partner_id), "company")
            self.company.portal_enabled = True

    def test_contact_gate_scope(self):
        own_invoice = self._create_invoice(self.user_own.partner_id)
        own_quote = self._create_order(self.user_own.partner_id)
        for document in (self.invoice, self.quote):
            self._assert_seen(document, self.user_own, "contact")
        for document in (own_invoice, own_quote):
            self._assert_seen(document, self.user_own, None)
        # Who is to pay it sees it as well; whom it is delivered to does not.
        contact = self.user_own.partner_id
        to_pay = self._create_order(self.alfa, partner_invoice_id=contact.id)
        self._assert_seen(to_pay, self.user_own, None)
        to_deliver = self._create_order(self.alfa, partner_shipping_id=contact.id)
        self._assert_seen(to_deliver, self.user_own, "contact")

    def test_document_gate_hidden(self):
        for document in (self.invoice, self.quote):
            document.portal_visible = False
            self._assert_seen(document, self.user_full, "document")

    def test_document_gate_unpublished(self):
        self._assert_seen(self._create_invoice(self.alfa, post=False), self.user_full, "document")
        self._assert_seen(self._create_order(self.alfa, state="draft"), self.user_full, "document")
        self.quote.action_cancel()
        self._assert_seen(self.quote, self.user_full, "document")
        # Who rejected it sees that.
        self.quote.portal_rejected_on = self.env.cr.now()
        self._assert_seen(self.quote, self.user_full, None)
        self.quote.portal_visible = False
        self._assert_seen(self.quote, self.user_full, "document")

    def test_rights_change_at_once(self):
        """The profile and the customer of a contact are part of the rule cache's key."""
        self._assert_seen(self.invoice, self.user_full, None)
        self.user_full.partner_id.portal_profile_id = self.profile_purchasing
        self._assert_seen(self.invoice, self.user_full, "contact")
        self._assert_seen(self.quote, self.user_full, None)
        self.user_full.partner_id.parent_id = self.beta
        self._assert_seen(self.quote, self.user_full, "contact")

    def test_old_quotes_stay_with_the_old_customer(self):
        """A contact that moves to another customer takes no documents along."""
        contact = self.user_own.partner_id
        quote = self._create_order(contact)
        contact.parent_id = self.beta
        self.env.flush_all()
        self.assertEqual(quote.portal_commercial_partner_id, self.alfa)
        self._assert_seen(quote, self.user_stranger, "contact")

    def test_contact_without_user(self):
        """The question can be asked of a contact that never signed in."""
        contact = self.env["res.partner"].create({"name": "Almacén", "parent_id": self.alfa.id})
        self.assertIsNone(self.invoice._portal_refusal(contact))
        contact.portal_profile_id = self.profile_purchasing
        self.assertEqual(self.invoice._portal_refusal(contact), "contact")

    def test_columns(self):
        """A readable record does not make all its columns readable."""
        invoice = self.invoice.with_user(self.user_full)
        for name in ("access_token", "narration", "invoice_user_id", "portal_visible"):
            with self.assertRaises(AccessError):
                invoice.read([name])
            with self.assertRaises(AccessError):
                invoice.search([(name, "!=", False)])
        colleague = self.user_colleague.partner_id.with_user(self.user_full)
        for name in ("comment", "email", "ref", "portal_profile_id"):
            with self.assertRaises(AccessError):
                colleague.read([name])

    def test_users_are_given_by_name(self):
        """Core's order has the login in it, which customers neither read nor find out."""
        colleagues = self.user_full | self.user_colleague | self.user_own
        domain = [("id", "in", colleagues.ids)]
        users = self.env["res.users"].with_user(self.user_full)
        self.assertEqual(users.search(domain).ids, colleagues.sorted("name").ids)
        self.assertEqual(users.search(domain, order="id").ids, sorted(colleagues.ids))
        with self.assertRaises(AccessError):
            users.search(domain, order="login")
        # Staff have core's.
        self.user_full.login = "zzz"
        found = users.with_user(self.user_sales).search(domain)
        self.assertEqual(found, colleagues.sorted(lambda user: (user.name, user.login)))

    def test_partners_of_the_customer_alone(self):
        partners = self.env["res.partner"].with_user(self.user_full).search([])
        self.assertIn(self.user_colleague.partner_id, partners)
        self.assertNotIn(self.alfa_norte, partners)
        self.assertNotIn(self.user_branch.partner_id, partners)

    def test_vendor_bills_stay_as_core_has_them(self):
        bill = self._create_invoice(self.alfa, move_type="in_invoice")
        self.company.portal_enabled = False
        self._assert_seen_as_vendor(bill)

    def _assert_seen_as_vendor(self, bill):
        self.env.flush_all()
        self.assertTrue(bill.with_user(self.user_full).has_access("read"))

    def test_which_of_many_are_shut(self):
        """Asked of many at once, as for files and messages: the same answers as one by one."""
        draft = self._create_invoice(self.alfa, post=False)
        bill = self._create_invoice(self.beta, move_type="in_invoice", post=False)
        own = self._create_invoice(self.user_own.partner_id)
        missing = self.invoice.browse(2_000_000_000)
        moves = self.invoice | draft | bill | own | missing
        # Who is no contact of the customer can only come with the document's link.
        for user, shut in (
            (self.user_full, draft | missing),
            (self.user_own, self.invoice | draft | missing),
            (self.user_colleague, self.invoice | draft | own | missing),
            (self.user_stranger, draft | missing),
            (self.env.ref("base.public_user"), draft | missing),
        ):
            self.assertEqual(moves._portal_filter_shut(user), shut, user.login)
            self.assertEqual(moves.with_user(user)._portal_filter_shut(user).ids, shut.ids)

    def test_token(self):
        """A document that has none is opened by nothing; one that has, by just that."""
        for document in (self.invoice, self.quote):
            document.access_token = False
            for wrong in (None, False, "", "False", "x", 3, ["x"], "٣"):
                with self.assertRaises(AccessError):
                    document._portal_check_token(wrong)
            token = document._portal_ensure_token()
            for wrong in (None, "", token[:-1], f"{token}x", token.upper(), [token], "٣"):
                with self.assertRaises(AccessError):
                    document._portal_check_token(wrong)
            self.assertIsNone(document._portal_check_token(token))

    def test_who_is_responsible(self):
        """The likeliest of staff who works here and may open the document."""
        administrator = self.env.ref("base.user_admin")
        plain = new_test_user(self.env, login="portal_test_plain", groups="base.group_user")
        team = self.env["crm.team"].create({"name": "Norte", "user_id": False})
        for document, name, staff in (
            (self.quote, "user_id", self.user_sales),
            (self.invoice, "invoice_user_id", self.user_accountant),
        ):
            for user, of_team, of_customer, responsible in (
                (None, None, None, None), (staff, None, None, staff), (plain, None, None, None),
                (self.user_full, None, None, None), (plain, staff, None, staff),
                (None, staff, None, staff), (None, None, staff, staff),
                (None, staff, administrator, staff), (staff, administrator, None, staff),
                (self.user_full, plain, administrator, administrator),
            ):  # fmt: skip
                document[name] = user
                document.team_id = team  # Odoo chooses one by the user.
                team.user_id, self.alfa.user_id = of_team, of_customer
                found = document._portal_responsible()
                self.assertEqual(found, responsible or found.browse())
            document[name] = staff
            document.team_id = team
            staff.active = False
            self.assertEqual(document._portal_responsible(), administrator)
            staff.active = True

    def test_what_a_website_publishes(self):
        """Where a website shows partners, customers see these besides their own."""
        partners = self.env["res.partner"]
        own = Domain("commercial_partner_id", "=", self.alfa.id)
        self.assertEqual(partners.portal_rule_domain(self.user_full), list(own))
        known = {**partners._fields, "is_published": partners._fields["active"]}
        with patch.object(self.env.registry["res.partner"], "_fields", known):
            self.assertEqual(
                partners.portal_rule_domain(self.user_full),
                list(own | Domain("is_published", "=", True)),
            )
        public = self.env.ref("base.public_user")
        self.assertEqual(partners.portal_rule_domain(public), list(Domain.TRUE))

    def test_default_profile(self):
        self.company.portal_default_profile_id = self.profile_read_only
        user = self._create_contact_user("Nuevo", "new", self.alfa)
        self.assertEqual(user.partner_id.portal_profile_id, self.profile_read_only)

    def test_companies_of_a_contact(self):
        """Its user's come first, then its own, then the present one; so does the profile."""
        other = self.env["res.company"].create({"name": "Otra Empresa SL"})
        other.portal_default_profile_id = self.profile_read_only
        contact = self.env["res.partner"].create({"name": "Almacén", "parent_id": self.alfa.id})
        self.assertEqual(contact._portal_company_ids(), self.company.ids)
        self.assertEqual(contact._portal_profile(), self.company.portal_default_profile_id)
        contact.company_id = other
        self.assertEqual(contact._portal_company_ids(), other.ids)
        self.assertEqual(contact._portal_profile(), self.profile_read_only)
        contact.portal_profile_id = self.profile_accounting
        self.assertEqual(contact._portal_profile(), self.profile_accounting)
        user = self.user_stranger
        user.partner_id.portal_profile_id = False
        self.assertEqual(user.partner_id._portal_company_ids(), user.company_ids.ids)
        user.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertEqual(user.partner_id._portal_company_ids(), other.ids)
        self.assertEqual(user.partner_id._portal_profile(), self.profile_read_only)

    def test_access_given_again_starts_from_the_default(self):
        user = self.user_colleague
        user.partner_id.portal_profile_id = False
        user.active = False
        portal = self.env.ref("base.group_portal")
        user.write({"active": True, "group_ids": [Command.link(portal.id)]})
        self.assertEqual(user.partner_id.portal_profile_id, self.profile_full)
