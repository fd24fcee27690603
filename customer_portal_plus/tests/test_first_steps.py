"""The first steps on the settings page: what is done, what is missing, and where each is done."""

import base64
import io
from unittest.mock import patch

from lxml import etree
from PIL import Image

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, TransactionCase, new_test_user, tagged

from ..models.overview import res_config_settings_steps
from ..models.overview.res_config_settings_steps import STEPS


@tagged("post_install", "-at_install")
class TestFirstSteps(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Nueva Empresa SL"})
        cls.env["ir.mail_server"].search([]).active = False
        cls.env["fetchmail.server"].search([]).state = "draft"

    def _settings(self):
        self.env.invalidate_all()
        return (
            self.env["res.config.settings"]
            .with_context(allowed_company_ids=self.company.ids)
            .create({})
        )

    def _assert_done_by(self, step, do):
        """Assert that a step is missing before something was done, and done afterwards."""
        before = self._settings()
        self.assertFalse(before[f"portal_step_{step}"])
        left = before.portal_steps_left
        do()
        after = self._settings()
        self.assertTrue(after[f"portal_step_{step}"])
        self.assertEqual(after.portal_steps_left, left - 1)

    def test_address(self):
        alias, self.company.portal_enabled = self.company.portal_alias, False
        self.assertTrue(alias)
        self._assert_done_by("address", lambda: self.company.write({"portal_enabled": True}))

    def test_logo_and_colour(self):
        picture = io.BytesIO()
        Image.new("RGB", (4, 4), "#0b6e4f").save(picture, "PNG")
        self.company.logo = base64.b64encode(picture.getvalue())
        self.company.primary_color = False
        self._assert_done_by("look", lambda: self.company.write({"primary_color": "#0b6e4f"}))

    def test_bank_account_and_its_holder(self):
        account = self.env["res.partner.bank"].create(
            {
                "partner_id": self.company.partner_id.id,
                "acc_number": "ES9121000418450200051332",
            }
        )
        account.acc_holder_name = False
        self._assert_done_by("bank", lambda: account.write({"acc_holder_name": "Nueva SL"}))

    def test_first_bank_account_is_typed_at_once(self):
        action = self._settings().action_portal_step("bank")
        self.assertEqual((action["views"], action["target"]), ([(False, "form")], "new"))
        bank = self.env["res.partner.bank"].with_context(**action["context"])
        account = bank.create({"acc_number": "ES9121000418450200051332"})
        self.assertEqual(account.partner_id, self.company.partner_id)
        action = self._settings().action_portal_step("bank")
        self.assertNotIn("target", action)
        self.assertEqual(self.env["res.partner.bank"].search(action["domain"]), account)

    def test_holder_that_is_not_the_company(self):
        """Banks compare the name that customers are told."""
        account = self.env["res.partner.bank"].create(
            {"partner_id": self.company.partner_id.id, "acc_number": "ES9121000418450200051332"}
        )
        self.assertFalse(self._settings().portal_holder_problem)
        account.acc_holder_name = "NUEVA EMPRESA SL"
        self.assertFalse(self._settings().portal_holder_problem)
        account.acc_holder_name = "Nueva SL"
        problem = self._settings().portal_holder_problem
        self.assertIn("“Nueva SL”, not “Nueva Empresa SL”", problem)

    def test_provider(self):
        """One in test mode takes nobody's money."""
        provider = self.env["payment.provider"].create(
            {
                "name": "Provider",
                "code": "none",
                "state": "test",
                "is_published": True,
                "company_id": self.company.id,
            }
        )
        self._assert_done_by("provider", lambda: provider.write({"state": "enabled"}))

    def test_outgoing_mail(self):
        values = {"name": "Mail", "smtp_host": "mail.example.com"}
        self._assert_done_by("outgoing_mail", lambda: self.env["ir.mail_server"].create(values))

    def test_incoming_mail(self):
        self.env["fetchmail.server"].create({"name": "Mail", "state": "done"})
        domain = self.env["mail.alias.domain"].create({"name": "nueva.example.com"})
        self.company.alias_domain_id = False  # The first one is that of all companies.
        self._assert_done_by(
            "incoming_mail", lambda: self.company.write({"alias_domain_id": domain.id})
        )

    def test_pdf_files(self):
        for state, done in (("whole", True), ("partial", False), ("missing", False)):
            with patch.object(res_config_settings_steps, "printer_state", return_value=state):
                self.assertEqual(self._settings().portal_step_printer, done, state)

    def test_invitation(self):
        self.env["res.partner"].search(
            [("portal_invited_on", "!=", False)]
        ).portal_invited_on = False
        user = new_test_user(self.env, login="portal_test_invited", groups="base.group_portal")
        self._assert_done_by(
            "invitation",
            lambda: user.partner_id.write({"portal_invited_on": fields.Datetime.now()}),
        )

    def test_invitation_of_a_new_customer(self):
        """In the dialog of the step: its name and address are all that is typed."""
        action = self._settings().action_portal_step("invitation")
        wizard = Form(self.env[action["res_model"]].with_context(**action["context"]))
        partner = self.env["res.partner"].create({"name": "Primera SL", "is_company": True})
        wizard.partner_ids.add(partner)
        self.assertEqual(len(wizard.line_ids), 1)
        with wizard.line_ids.edit(0) as line:
            self.assertFalse(line.selected)
            line.email = "primera@example.com"
            self.assertTrue(line.selected)
        wizard.save().action_invite()
        self.assertTrue(partner.portal_invited_on)
        self.assertEqual(partner.user_ids.login, "primera@example.com")

    def test_each_step_has_a_button_that_leads_somewhere(self):
        view = self.env["res.config.settings"].get_view(view_type="form")["arch"]
        block = etree.fromstring(view).find(".//block[@name='portal_first_steps']")
        buttons = block.findall(".//button")
        self.assertEqual([button.get("args") for button in buttons], [f"['{s}']" for s in STEPS])
        settings = self._settings()
        for step in STEPS:
            action = settings.action_portal_step(step)
            self.assertTrue(action.get("res_model") or action.get("url"), step)
        with self.assertRaises(UserError):
            settings.action_portal_step("unlink")

    def test_only_for_administrators(self):
        staff = new_test_user(
            self.env, login="portal_test_staff", groups="sales_team.group_sale_manager"
        )
        with self.assertRaises(AccessError):
            self.env["res.config.settings"].with_user(staff).create({})
