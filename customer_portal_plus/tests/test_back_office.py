"""What staff see and do: settings, flags, bulk actions, profiles."""

from lxml import etree

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import PortalCase


@tagged("post_install", "-at_install")
class TestSettings(PortalCase):
    def _portal_switches(self):
        return [
            name
            for name, field in self.env["res.company"]._fields.items()
            if name.startswith("portal_")
            and field.type == "boolean"
            and field._modules[0].startswith("customer_portal_plus")
        ]

    def test_each_switch_is_on_the_page_with_a_sentence(self):
        view = self.env["res.config.settings"].get_view(view_type="form")["arch"]
        page = etree.fromstring(view).find(".//app[@name='customer_portal_plus']")
        switches = self._portal_switches()
        self.assertIn("portal_show_invoices", switches)
        for name in switches:
            setting = page.xpath(f".//setting[.//field[@name='{name}']]")
            self.assertTrue(setting, f"{name} is not on the settings page")
            self.assertTrue(setting[0].get("help"), f"{name} has no sentence of help")

    def test_settings_are_of_the_current_company(self):
        other = self.env["res.company"].create({"name": "Otra Empresa SL"})
        settings = self.env["res.config.settings"].create({"portal_show_quotes": False})
        settings.execute()
        self.assertFalse(self.company.portal_show_quotes)
        self.assertTrue(other.portal_show_quotes)


@tagged("post_install", "-at_install")
class TestProfiles(PortalCase):
    def test_only_the_administrator_edits_profiles(self):
        administrator = self.env.ref("base.user_admin")
        profile = self.profile_accounting.with_user(administrator)
        profile.can_message = False
        self.assertFalse(self.profile_accounting.can_message)
        for user in (self.user_sales, self.user_accountant, self.user_full):
            with self.assertRaises(AccessError):
                self.profile_accounting.with_user(user).can_message = True

    def test_profile_tells_its_scope_and_how_many_have_it(self):
        own = self.profile_full.copy({"name": "Delegada", "scope": "own"})
        self.assertEqual(own.display_name, "Delegada (own documents)")
        self.assertEqual(self.profile_full.display_name, self.profile_full.name)
        self.assertEqual(own.contact_count, 0)
        self.user_full.partner_id.portal_profile_id = own
        own.invalidate_recordset(["contact_count"])
        self.assertEqual(own.contact_count, 1)

    def test_default_profile_is_not_archived(self):
        self.company.portal_default_profile_id = self.profile_read_only
        with self.assertRaises(ValidationError):
            self.profile_read_only.active = False
        self.company.portal_default_profile_id = self.profile_full
        self.profile_read_only.active = False

    def test_contacts_of_a_profile_are_counted(self):
        before = self.profile_purchasing.contact_count
        self.user_full.partner_id.portal_profile_id = self.profile_purchasing
        self.profile_purchasing.invalidate_recordset()
        self.assertEqual(self.profile_purchasing.contact_count, before + 1)
        action = self.profile_purchasing.action_portal_open_contacts()
        found = self.env["res.partner"].search(action["domain"])
        self.assertIn(self.user_full.partner_id, found)


@tagged("post_install", "-at_install")
class TestFlags(PortalCase):
    def _run(self, action, records, user):
        """Run a bulk action as the list view does."""
        action = self.env.ref(f"customer_portal_plus.{action}").with_user(user)
        return action.with_context(active_model=records._name, active_ids=records.ids).run()

    def test_portal_access_is_switched_for_the_whole_customer(self):
        contact = self.user_full.partner_id
        told = self._run("res_partner_action_portal_access_off", contact, self.user_sales)
        self.assertFalse(self.alfa.portal_access)
        self.assertIn("switched off: 1", told["params"]["message"])
        self.assertTrue(self.beta.portal_access)
        found = self.env["res.partner"].search(
            [("commercial_partner_id.portal_access", "=", False), ("id", "child_of", self.alfa.id)]
        )
        self.assertIn(contact, found)
        self.assertNotIn(self.alfa_norte, found)
        both = contact | self.beta
        told = self._run("res_partner_action_portal_access_on", both, self.user_sales)
        self.assertTrue(self.alfa.portal_access)
        self.assertIn("switched on: 2", told["params"]["message"])

    def test_documents_are_hidden_and_shown(self):
        documents = {
            self._create_invoice(self.alfa): ("account_move", self.user_accountant),
            self._create_order(self.alfa): ("sale_order", self.user_sales),
        }
        for document, (prefix, staff) in documents.items():
            with self.subTest(document._name):
                told = self._run(f"{prefix}_action_portal_hide", document, staff)
                self.assertFalse(document.portal_visible)
                self.assertEqual(told["params"]["message"], "Documents hidden in the portal: 1")
                told = self._run(f"{prefix}_action_portal_show", document, staff)
                self.assertTrue(document.portal_visible)
                self.assertEqual(told["params"]["message"], "Documents shown in the portal: 1")

    def test_only_staff_who_write_documents_hide_them(self):
        invoice, quote = self._create_invoice(self.alfa), self._create_order(self.alfa)
        refused = (
            ("account_move_action_portal_hide", invoice, self.user_full),
            ("sale_order_action_portal_hide", quote, self.user_full),
            ("sale_order_action_portal_hide", quote, self.user_accountant),
            ("res_partner_action_portal_access_off", self.alfa, self.user_full),
        )
        for action, records, user in refused:
            with self.subTest(action, user=user.login), self.assertRaises(AccessError):
                self._run(action, records, user)
        for record in (invoice, quote):
            with self.subTest(record._name), self.assertRaises(AccessError):
                record.with_user(self.user_full).action_portal_hide()
        with self.assertRaises(AccessError):
            self.alfa.with_user(self.user_full).action_portal_access_off()
        self.assertTrue(invoice.portal_visible and quote.portal_visible)
        self.assertTrue(self.alfa.portal_access)

    def test_vendor_bills_are_left_alone(self):
        bill = self._create_invoice(self.beta, move_type="in_invoice", post=False)
        invoice = self._create_invoice(self.beta)
        (bill | invoice).action_portal_hide()
        self.assertTrue(bill.portal_visible)
        self.assertFalse(invoice.portal_visible)
        action = self.env.ref("customer_portal_plus.account_move_action_portal_hide").id
        for move_type, offered in (("out_invoice", True), ("in_invoice", False)):
            moves = self.env["account.move"].with_context(default_move_type=move_type)
            views = moves.with_user(self.env.ref("base.user_admin")).get_views(
                [(False, "list")], {"toolbar": True}
            )
            actions = [a["id"] for a in views["views"]["list"]["toolbar"].get("action", [])]
            self.assertEqual(action in actions, offered)

    def test_profile_is_given_to_several_contacts(self):
        contacts = self.user_full.partner_id | self.user_colleague.partner_id
        wizard = (
            self.env["customer.portal.profile.wizard"]
            .with_user(self.user_sales)
            .with_context(active_model="res.partner", active_ids=contacts.ids)
            .create({"profile_id": self.profile_read_only.id})
        )
        self.assertEqual(wizard.partner_ids, contacts)
        wizard.action_apply()
        self.assertEqual(contacts.portal_profile_id, self.profile_read_only)

    def test_profile_is_not_given_by_who_may_not_write_contacts(self):
        wizard = self.env["customer.portal.profile.wizard"].create(
            {
                "partner_ids": self.user_full.partner_id.ids,
                "profile_id": self.profile_read_only.id,
            }
        )
        reader = new_test_user(self.env, login="portal_test_reader", groups="base.group_user")
        for user in (reader, self.user_full):
            with self.subTest(user.login), self.assertRaises(AccessError):
                wizard.with_user(user).action_apply()

    def test_form_tells_who_signs_in(self):
        self.assertEqual(
            self.alfa.portal_contact_ids,
            (self.user_full | self.user_colleague | self.user_own).partner_id,
        )
        self.assertFalse(self.user_full.partner_id.portal_last_sign_in)

    def test_last_sign_in_of_a_contact_with_several_users(self):
        """Of whom one has never come."""
        contact = self.user_full.partner_id
        second = new_test_user(
            self.env, login="portal_test_second", groups="base.group_portal", partner_id=contact.id
        )
        self.assertFalse(contact.portal_last_sign_in)
        second.with_user(second)._update_last_login()
        contact.invalidate_recordset()
        values = contact.with_user(self.user_sales).web_read({"portal_last_sign_in": {}})
        self.assertEqual(values[0]["portal_last_sign_in"], second.login_date)
        # Both have come: the last one counts.
        self.user_full.with_user(self.user_full)._update_last_login()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_users_log SET create_date = '2020-01-01' WHERE create_uid = %s",
            [self.user_full.id],
        )
        self.env.invalidate_all()
        self.assertTrue(self.user_full.login_date)
        self.assertEqual(contact.portal_last_sign_in, second.login_date)
