"""What staff see and do: settings, flags, bulk actions, profiles."""

from lxml import etree

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

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
