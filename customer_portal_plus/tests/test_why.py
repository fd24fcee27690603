"""Why a contact sees a document or not: the sentence tells the gate, the button opens it."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import PortalCase


@tagged("post_install", "-at_install")
class TestWhy(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.user_full.partner_id
        cls.invoice = cls._create_invoice(cls.alfa)
        cls.quote = cls._create_order(cls.alfa)

    def _assert_why(self, document, contact, gate, words, mend=False):
        """Assert what is said, and that it is what the gates say."""
        answer = document._portal_why(contact)
        self.assertEqual(answer["gate"], gate, answer["sentence"])
        self.assertEqual(document._portal_refusal(contact), gate)
        self.assertIn(words, answer["sentence"])
        self.assertEqual(answer["mend"], mend)

    # === SENTENCES === #

    def test_open(self):
        self._assert_why(self.invoice, self.contact, None, "Sees it")
        contact = self.env["res.partner"].create({"name": "Almacén", "parent_id": self.alfa.id})
        self._assert_why(self.invoice, contact, None, "no user", "give_access")

    def test_company(self):
        self.company.portal_show_invoices = False
        words = f"{self.company.name} doesn't show invoices"
        self._assert_why(self.invoice, self.contact, "company", words, "settings")
        self.company.portal_show_quotes = False
        self._assert_why(self.quote, self.contact, "company", "show quotes", "settings")
        order = self._create_order(self.alfa, state="sale")
        self.company.portal_show_orders = False
        self._assert_why(order, self.contact, "company", "show orders", "settings")
        self.company.portal_enabled = False
        for document in (self.invoice, self.quote, order):
            words = f"portal of {self.company.name} is switched off"
            self._assert_why(document, self.contact, "company", words, "settings")

    def test_customer(self):
        self.alfa.portal_access = False
        for document in (self.invoice, self.quote):
            words = "access of Alfa Suministros SL is switched off"
            self._assert_why(document, self.contact, "customer", words, "access")

    def test_contact_of_another_customer(self):
        for user in (self.user_stranger, self.user_branch):
            words = "no contact of Alfa Suministros SL"
            self._assert_why(self.invoice, user.partner_id, "contact", words)

    def test_capability(self):
        contact = self.user_colleague.partner_id
        words = "Purchasing, doesn't include: See invoices"
        self._assert_why(self.invoice, contact, "contact", words, "profile")

    def test_scope(self):
        contact = self.user_own.partner_id
        for document in (self.invoice, self.quote):
            words = "own documents only; this one is for Alfa Suministros SL"
            self._assert_why(document, contact, "contact", words, "profile")

    def test_document(self):
        draft = self._create_invoice(self.alfa, post=False)
        self._assert_why(draft, self.contact, "document", "Drafts are never shown")
        draft.button_cancel()
        self._assert_why(draft, self.contact, "document", "Cancelled invoices")
        quote = self._create_order(self.alfa, state="draft")
        self._assert_why(quote, self.contact, "document", "not sent yet")
        quote._action_cancel()
        self._assert_why(quote, self.contact, "document", "Cancelled quotes")
        # That it is hidden comes first, whatever its state.
        unsent = self._create_order(self.alfa, state="draft")
        for document in (self.invoice, self.quote, draft, quote, unsent):
            document.portal_visible = False
            self._assert_why(document, self.contact, "document", "is hidden", "show")

    def test_document_in_another_state(self):
        """Of a module's model, which has states of its own."""
        sentence, remedy = self.quote._portal_why_document(self.user_full.partner_id)
        self.assertIn("Quotation Sent", sentence)
        self.assertFalse(remedy)

    # === WIZARD === #

    def _ask(self, user, document=None, contact=None):
        record = (contact or document).with_user(user)
        action = record.action_portal_why()
        return self.env[action["res_model"]].with_user(user).browse(action["res_id"])

    def _line(self, wizard, contact):
        return wizard.line_ids.filtered(lambda line: line.partner_id == contact)

    def test_all_contacts_of_the_customer(self):
        wizard = self._ask(self.user_accountant, self.invoice)
        seen = {line.partner_id: line.is_visible for line in wizard.line_ids}
        self.assertEqual(
            seen,
            {
                self.contact: True,
                self.user_colleague.partner_id: False,
                self.user_own.partner_id: False,
                self.alfa: True,
            },
            "those who sign in, and whom it is addressed to; nobody of the subsidiary",
        )
        self.assertFalse(wizard.more_contacts)

    def test_many_contacts(self):
        self.env["res.partner"].create(
            [{"name": f"Tienda {number}", "parent_id": self.alfa.id} for number in range(50)]
        )
        wizard = self._ask(self.user_sales, self.quote)
        self.assertEqual(len(wizard.line_ids), 40)
        self.assertEqual(wizard.more_contacts, 14)
        self.assertTrue(self._line(wizard, self.contact))

    def test_one_contact_and_a_document(self):
        contact = self.user_colleague.partner_id
        wizard = self._ask(self.user_sales, contact=contact)
        self.assertFalse(wizard.line_ids)
        wizard.document = self.quote
        wizard.action_ask()
        self.assertTrue(wizard.line_ids.is_visible)
        wizard.document = self.invoice
        wizard.action_ask()
        self.assertEqual(wizard.line_ids.gate, "contact")
        self.assertEqual(len(wizard.line_ids), 1)

    def test_mending(self):
        """Each gate shut, and opened with the button beside the sentence."""
        self.alfa.portal_access = False
        self.quote.portal_visible = False
        wizard = self._ask(self.user_sales, self.quote)
        line = self._line(wizard, self.contact)
        self.assertEqual(line.mend, "access")
        line.action_mend()
        self.assertTrue(self.alfa.portal_access)
        line = self._line(wizard, self.contact)
        self.assertEqual(line.mend, "show")
        line.action_mend()
        self.assertTrue(self.quote.portal_visible)
        self.assertTrue(self._line(wizard, self.contact).is_visible)

    def test_remedies_that_open_something(self):
        wizard = self._ask(self.user_accountant, self.invoice)
        action = self._line(wizard, self.user_colleague.partner_id).action_mend()
        self.assertEqual(action["res_id"], self.user_colleague.partner_id.id)
        action = self._line(wizard, self.alfa).action_mend()
        self.assertEqual(action["res_model"], "customer.portal.invitation.wizard")
        self.company.portal_enabled = False
        administrator = self.env.ref("base.user_admin")
        wizard = self._ask(administrator, self.invoice)
        action = self._line(wizard, self.contact).action_mend()
        self.assertEqual(action["res_model"], "res.config.settings")

    # === WHO MAY ASK === #

    def test_who_may_ask(self):
        plain = new_test_user(self.env, login="portal_test_plain", groups="base.group_user")
        for user in (plain, self.user_full, self.user_stranger, self.env.ref("base.public_user")):
            for record in (self.invoice, self.quote, self.contact):
                with self.subTest(user=user.login, record=record), self.assertRaises(AccessError):
                    record.with_user(user).action_portal_why()

    def test_documents_of_other_salespeople(self):
        salesman = new_test_user(
            self.env, login="portal_test_own_sales", groups="sales_team.group_sale_salesman"
        )
        with self.assertRaises(AccessError):
            self._ask(salesman, self.quote)
        own = self._create_order(self.alfa, user_id=salesman.id)
        self.assertTrue(self._ask(salesman, own).line_ids)
        wizard = self._ask(salesman, contact=self.contact)
        wizard.document = self.quote
        with self.assertRaises(AccessError):
            wizard.action_ask()

    def test_mending_takes_the_right_to_it(self):
        self.quote.portal_visible = False
        self.alfa.portal_access = False
        reader = new_test_user(
            self.env, login="portal_test_reader", groups="account.group_account_readonly"
        )
        self.invoice.portal_visible = False
        line = self._line(self._ask(reader, self.invoice), self.contact)
        with self.assertRaises(AccessError):
            line.action_mend()
        self.alfa.portal_access = True
        line = self._line(self._ask(reader, self.invoice), self.contact)
        self.assertEqual(line.mend, "show")
        with self.assertRaises(AccessError):
            line.action_mend()
        self.assertFalse(self.invoice.portal_visible)

    def test_profile_of_own_documents(self):
        """Choosing another profile opens the gate."""
        contact = self.user_own.partner_id
        contact.portal_profile_id = self.profile_full
        self._assert_why(self.invoice, contact, None, "Sees it")
        self.user_own.group_ids = [Command.set([self.env.ref("base.group_public").id])]
        self._assert_why(self.invoice, contact, None, "no user", "give_access")

    def test_a_line_of_no_wizard_shows_nothing(self):
        """Whoever calls it over RPC may name one that is none."""
        line = self.env["customer.portal.why.line"].with_user(self.user_full).browse([0])
        with self.assertRaisesRegex(UserError, "does not exist or is not yours to see"):
            line.action_preview()
