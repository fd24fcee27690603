"""The paths of people in a real browser: invitation, team, billing data."""

import re

from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCase

from .common import PortalHttpCase


@tagged("post_install", "-at_install")
class TestPeopleTours(MailCase, PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.email = "portal@example.com"
        cls.contact = cls.env["res.partner"].create(
            {"name": "Almacén", "parent_id": cls.alfa.id, "email": "almacen@example.com"}
        )
        cls.alfa.write({"phone": "+34 910 000 000", "state_id": cls.env.ref("base.state_es_m").id})

    def test_invitation(self):
        """From the contact's form, by the mail and over the password, to the portal."""
        self.user_sales.lang = "en_US"
        self.user_sales.group_ids += self.env.ref("base.group_partner_manager")
        with self.mock_mail_gateway(), self.without_library_for_calls():
            self.start_tour(
                f"/odoo/res.partner/{self.contact.id}",
                "portal_give_access",
                login=self.user_sales.login,
                timeout=180,
            )
        (mail,) = self._mails
        link = re.search(r'href="[^"]*(/my/invitation/[^"]+)"', mail["body"]).group(1)
        self.start_tour(link, "portal_invitation")
        self.assertEqual(self.contact.portal_status, "active")

    def test_team(self):
        self.user_full.password = self.user_full.login
        self.start_tour("/my", "portal_team", login=self.user_full.login)
        invited = self.env["res.partner"].search([("email", "=", "caja@example.com")])
        self.assertEqual(invited.portal_profile_id, self.profile_accounting)
        self.assertFalse(self.user_colleague.active)

    def test_billing(self):
        self._create_invoice(self.alfa)
        self.user_full.password = self.user_full.login
        self.start_tour("/my/account", "portal_billing", login=self.user_full.login)
        self.assertEqual(self.alfa.street, "Avenida Nueva 7")
        self.assertEqual(self.alfa.name, "Alfa Suministros SL")
