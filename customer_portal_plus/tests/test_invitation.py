"""Giving access, inviting, setting the password by the link, taking access away."""

import re
from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCase

from .common import PASSWORD, PortalCase, PortalHttpCase

NEW_PASSWORD = "gato-verde-7-lunas"


class InvitationCase(MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.env["res.partner"].create(
            {"name": "Almacén", "parent_id": cls.alfa.id, "email": "Almacen@example.com"}
        )

    def _invite(self, contacts, user=None, profile=None):
        """Invite as staff do, and return the mails that went out."""
        contacts = contacts.with_user(user or self.user_sales)
        with self.mock_mail_gateway():
            action = contacts.action_portal_give_access()
            wizard = self.env[action["res_model"]].with_user(contacts.env.user)
            self.wizard = wizard.browse(action["res_id"])
            self.wizard.profile_id = profile
            self.wizard.line_ids.selected = True
            self.result = self.wizard.action_invite()
        return self._mails

    def _token(self, mails):
        """Return the token in the link of the only mail that was sent."""
        self.assertEqual(len(mails), 1)
        links = set(re.findall(r'href="[^"]*/my/invitation/([^"]+)"', mails[0]["body"]))
        self.assertEqual(len(links), 1, mails[0]["body"])
        return links.pop()


@tagged("post_install", "-at_install")
class TestGivingAccess(InvitationCase, PortalCase):
    def _refusal(self, contact):
        code, _sentence = contact._portal_invitation_refusals().get(contact, (None, None))
        return code

    def test_user_profile_and_mail(self):
        mails = self._invite(self.contact, profile=self.profile_purchasing)
        user = self.contact.user_ids
        self.assertEqual(user.login, "almacen@example.com")
        self.assertTrue(user.share)
        self.assertTrue(user._is_portal())
        self.assertEqual(user.company_ids, self.company)
        self.assertEqual(self.contact.portal_profile_id, self.profile_purchasing)
        self.assertEqual(self.contact.portal_status, "invited")
        self.assertEqual(self.contact.portal_invited_by_id, self.user_sales.partner_id)
        self.assertEqual(
            [mail["email_to"] for mail in mails], [['"Almacén" <almacen@example.com>']]
        )
        body = mails[0]["body"]
        self.assertIn(self.company.name, body)
        self.assertIn("almacen@example.com", body)
        self.assertIn("accept or reject", body)
        self.assertNotIn("download your invoices", body)
        self.assertTrue(self._token(mails))

    def test_default_profile(self):
        self.company.portal_default_profile_id = self.profile_read_only
        self._invite(self.contact)
        self.assertEqual(self.contact.portal_profile_id, self.profile_read_only)

    def test_template_is_editable(self):
        template = self.env.ref("customer_portal_plus.mail_template_invitation")
        template.write({"subject": "Pase, {{ object.name }}"})
        mails = self._invite(self.contact)
        self.assertEqual(mails[0]["subject"], "Pase, Almacén")

    def test_mail_in_the_language_of_the_contact(self):
        template = self.env.ref("customer_portal_plus.mail_template_invitation")
        template.with_context(lang="es_ES").subject = "Su acceso"
        self.contact.lang = "es_ES"
        self.assertEqual(self._invite(self.contact)[0]["subject"], "Su acceso")

    def test_no_link_is_stored(self):
        token = self._token(self._invite(self.contact))
        self.env.flush_all()
        bodies = (
            self.env["mail.message"]
            .search([("model", "=", "res.partner"), ("res_id", "=", self.contact.id)])
            .mapped("body")
        )
        bodies += self._new_mails.mapped("body_html")
        self.assertTrue(any("/my/invitation" in body for body in bodies))
        self.assertFalse([body for body in bodies if token in body])

    def test_link_is_for_the_invited_contact_alone(self):
        """A follower who gets the note, or another recipient, gets no link."""
        self._invite(self.contact)
        mail = self._new_mails[0]
        own = mail._personalize_outgoing_body(mail.body_html, partner=self.contact)
        other = mail._personalize_outgoing_body(
            mail.body_html, partner=self.user_colleague.partner_id
        )
        self.assertIn("/my/invitation/", own)
        self.assertNotIn("/my/invitation/", other)

    def test_refusals(self):
        create = self.env["res.partner"].create
        values = {"parent_id": self.alfa.id}
        cases = {
            None: self.contact,
            "no_email": create({**values, "name": "Sin correo"}),
            "staff": create({**values, "name": "Espía", "email": "Ventas@example.com"}),
            "has_access": self.user_full.partner_id,
            "archived": create(
                {**values, "name": "Antiguo", "email": "antiguo@example.com", "active": False}
            ),
        }
        for code, contact in cases.items():
            self.assertEqual(self._refusal(contact), code, contact.name)
        self.assertEqual(self._refusal(self.user_sales.partner_id), "staff")
        junk = create({**values, "name": "Mal", "email": "no es un correo"})
        self.assertEqual(self._refusal(junk), "no_email")
        taken = create({**values, "name": "Otro", "email": self.user_stranger.login})
        self.assertEqual(self._refusal(taken), "no_email")  # A login that is no address
        self.user_stranger.login = "stranger@example.com"
        taken.email = "Stranger@example.com"
        self.assertEqual(self._refusal(taken), "taken")
        self.alfa.portal_access = False
        self.assertEqual(self._refusal(self.contact), "blocked")

    def test_refused_without_anything_done(self):
        nobody = self.env["res.partner"].create({"name": "Sin correo", "parent_id": self.alfa.id})
        with self.assertRaises(UserError), self.cr.savepoint():
            (self.contact | nobody).with_user(self.user_sales)._portal_give_access()
        self.assertFalse((self.contact | nobody).user_ids)
        self.assertFalse(self.contact.portal_invited_on)

    def test_bulk_with_summary(self):
        """Those who can be invited are; each of the others is named with its reason."""
        create = self.env["res.partner"].create
        nobody = create({"name": "Sin correo", "parent_id": self.alfa.id})
        twins = create(
            [
                {"name": f"Gemelo {n}", "parent_id": self.alfa.id, "email": "g@example.com"}
                for n in "12"
            ]
        )
        mails = self._invite(self.contact | nobody | twins)
        self.assertEqual(len(mails), 1)
        self.assertTrue(self.contact.user_ids)
        self.assertFalse((nobody | twins).user_ids)
        message = self.result["params"]["message"]
        for contact in nobody | twins:
            self.assertIn(contact.name, message)
        self.assertNotIn("Almacén", message)

    def test_one_of_two_with_the_same_address(self):
        twins = self.env["res.partner"].create(
            [
                {"name": f"Gemelo {n}", "parent_id": self.alfa.id, "email": "g@example.com"}
                for n in "12"
            ]
        )
        action = twins.with_user(self.user_sales).action_portal_give_access()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.line_ids.selected = False
        wizard.line_ids[0].selected = True
        self.assertFalse(wizard.line_ids[0].refusal)
        with self.mock_mail_gateway():
            wizard.with_user(self.user_sales).action_invite()
        self.assertEqual(len(twins.user_ids), 1)

    def test_wizard_of_a_customer_offers_its_people(self):
        """Not its addresses, not its subsidiaries, and the company only if nobody else."""
        self.env["res.partner"].create(
            {
                "name": "Muelle",
                "type": "delivery",
                "parent_id": self.alfa.id,
                "email": "m@example.com",
            }
        )
        action = self.alfa.with_user(self.user_sales).action_portal_give_access()
        lines = self.env[action["res_model"]].browse(action["res_id"]).line_ids
        people = (self.user_full | self.user_colleague | self.user_own).partner_id | self.contact
        self.assertEqual(lines.partner_id, self.alfa | people)
        self.assertEqual(lines.filtered("selected").partner_id, self.contact)
        alone = self._create_customer("Gamma SL")
        action = alone.with_user(self.user_sales).action_portal_give_access()
        lines = self.env[action["res_model"]].browse(action["res_id"]).line_ids
        self.assertEqual(lines.filtered("selected").partner_id, alone)

    def test_address_is_mended_in_the_wizard(self):
        self.contact.email = False
        action = self.contact.with_user(self.user_sales).action_portal_give_access()
        wizard = self.env[action["res_model"]].with_user(self.user_sales).browse(action["res_id"])
        self.assertTrue(wizard.line_ids.refusal)
        wizard.line_ids.write({"email": "almacen@example.com", "selected": True})
        self.assertFalse(wizard.line_ids.refusal)
        with self.mock_mail_gateway():
            wizard.action_invite()
        self.assertEqual(self.contact.user_ids.login, "almacen@example.com")
        self.assertEqual(self.contact.email, "almacen@example.com")

    def test_menu_of_core_opens_the_same_wizard(self):
        action = (
            self.env.ref("portal.partner_wizard_action_create_and_open")
            .with_user(self.user_sales)
            .with_context(active_model="res.partner", active_ids=self.contact.ids)
            .run()
        )
        self.assertEqual(action["res_model"], "customer.portal.invitation.wizard")

    def test_who_may_not_write_contacts_gives_no_access(self):
        reader = new_test_user(self.env, login="portal_test_reader", groups="base.group_user")
        for user in (reader, self.user_full, self.user_stranger):
            contact = self.contact.with_user(user)
            for method in ("give_access", "invite_again", "take_away"):
                with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                    getattr(contact, f"action_portal_{method}")()
        self.assertFalse(self.contact.user_ids)

    def test_new_customers_are_invited_if_the_company_wants_it(self):
        def create(**values):
            with self.mock_mail_gateway():
                customer = (
                    self.env["res.partner"]
                    .with_user(self.user_sales)
                    .create({"name": "Delta SL", "is_company": True, "customer_rank": 1, **values})
                )
            return customer.with_user(self.env.user), len(self._mails)

        self.assertFalse(create(email="d1@example.com")[0].user_ids)
        self.company.portal_auto_invite = True
        customer, mails = create(email="d2@example.com")
        self.assertEqual(customer.user_ids.login, "d2@example.com")
        self.assertEqual(mails, 1)
        customer, mails = create(
            email="d3@example.com",
            child_ids=[Command.create({"name": "Caja", "email": "caja@example.com"})],
        )
        self.assertFalse(customer.user_ids)
        self.assertEqual(customer.child_ids.user_ids.login, "caja@example.com")
        for values in ({}, {"email": "ventas@example.com"}, {"email": "d2@example.com"}):
            customer, mails = create(**values)
            self.assertFalse(customer.user_ids, values)
            self.assertEqual(mails, 0)
        customer, mails = create(email="d4@example.com", customer_rank=0)
        self.assertFalse(customer.user_ids)
        with self.mock_mail_gateway():
            self._create_invoice(customer)
        self.assertEqual(customer.user_ids.login, "d4@example.com")
        self.assertEqual(len(self._mails), 1)
        with self.mock_mail_gateway():
            customer.user_ids.active = False
            self._create_invoice(customer)
        self.assertFalse(customer.user_ids.filtered("active"))

    def test_import_invites_nobody(self):
        self.company.portal_auto_invite = True
        customer = (
            self.env["res.partner"]
            .with_user(self.user_sales)
            .with_context(import_file=True)
            .create({"name": "Delta SL", "email": "d@example.com", "customer_rank": 1})
        )
        self.assertFalse(customer.user_ids)

    def test_status(self):
        def found(status):
            return (
                self.env["res.partner"]
                .with_user(self.user_sales)
                .search([("portal_status", "=", status), ("id", "in", people.ids)])
            )

        people = self.contact | self.user_full.partner_id | self.user_sales.partner_id
        self.env["res.users.log"].with_user(self.user_full).sudo().create({})
        self.env.invalidate_all()
        expected = {"none": self.contact, "active": self.user_full.partner_id}
        expected[False] = self.user_sales.partner_id
        statuses = ["none", "invited", "undelivered", "expired", "active", "blocked", False]

        def check():
            self.env.invalidate_all()
            for status in statuses:
                contacts = expected.get(status, self.env["res.partner"])
                self.assertEqual(found(status), contacts, status)
                for contact in contacts:
                    self.assertEqual(contact.portal_status, status)

        check()
        self._invite(self.contact)
        expected = {**expected, "none": people.browse(), "invited": self.contact}
        check()
        notification = self.contact.portal_invitation_message_id.notification_ids
        self.assertEqual(notification.res_partner_id, self.contact)
        notification.write(
            {"notification_status": "bounce", "failure_reason": "550 No such mailbox"}
        )
        expected = {**expected, "invited": people.browse(), "undelivered": self.contact}
        check()
        self.assertEqual(self.contact.portal_invitation_problem, "550 No such mailbox")
        notification.notification_status = "sent"
        with freeze_time(fields.Datetime.now() + timedelta(days=8)):
            expected = {**expected, "undelivered": people.browse(), "expired": self.contact}
            check()
        self.alfa.portal_access = False
        blocked = self.contact | self.user_full.partner_id
        expected = {False: self.user_sales.partner_id, "blocked": blocked}
        check()

    def test_bounce_is_seen(self):
        """A bounce that comes in by mail shows on the contact."""
        self._invite(self.contact)
        message = self.contact.portal_invitation_message_id
        self.env["mail.thread"]._routing_handle_bounce(
            False,
            {
                "bounced_email": "almacen@example.com",
                "bounced_partner": self.contact,
                "bounced_msg_ids": [message.message_id],
                "bounced_message": message,
                "message_id": "<bounce@example.com>",
                "email_from": "MAILER-DAEMON@example.com",
                "to": "bounce@example.com",
                "body": "Mailbox unknown",
            },
        )
        self.env.invalidate_all()
        self.assertEqual(self.contact.portal_status, "undelivered")
        self.assertTrue(self.contact.portal_invitation_problem)

    def test_mail_server_down(self):
        """The access is given, the contact shows that the mail did not leave."""
        with self.mock_mail_gateway(), mute_logger("odoo.addons.mail.models.mail_mail"):
            self.connect_mocked.side_effect = OSError("mail server is down")
            self.contact.with_user(self.user_sales)._portal_give_access()
        self.env.invalidate_all()
        self.assertTrue(self.contact.user_ids)
        self.assertEqual(self.contact.portal_status, "undelivered")
        self.assertIn("Connection failed", self.contact.portal_invitation_problem)

    def test_access_taken_away(self):
        self._invite(self.contact, profile=self.profile_purchasing)
        user = self.contact.user_ids
        self.contact.with_user(self.user_sales).action_portal_take_away()
        self.assertFalse(user.active)
        self.assertFalse(self.contact.portal_profile_id)
        self.assertFalse(self.contact.portal_invited_on)
        self.assertEqual(self.contact.portal_status, "none")
        with self.assertRaises(UserError):
            self.contact.with_user(self.user_sales).action_portal_take_away()

    def test_wizard_of_core_resets_the_profile(self):
        wizard = self.env["portal.wizard"].create(
            {"partner_ids": [Command.set(self.user_colleague.partner_id.ids)]}
        )
        wizard.user_ids.action_revoke_access()
        self.assertFalse(self.user_colleague.active)
        self.assertFalse(self.user_colleague.partner_id.portal_profile_id)

    def test_access_given_again(self):
        """The user comes back with the new address and the default profile, not its password."""
        contact = self.user_colleague.partner_id
        contact.email = "compras2@example.com"
        contact.with_user(self.user_sales).action_portal_take_away()
        self._invite(contact)
        self.assertEqual(contact.user_ids, self.user_colleague)
        self.assertEqual(self.user_colleague.login, "compras2@example.com")
        self.assertEqual(contact.portal_profile_id, self.profile_full)
        self.assertFalse(self.user_colleague.group_ids - self.env.ref("base.group_portal"))


@tagged("post_install", "-at_install")
class TestInvitationLink(InvitationCase, PortalHttpCase):
    def setUp(self):
        super().setUp()
        self.authenticate(None, None)
        self.token = self._token(self._invite(self.contact))
        self.url = f"/my/invitation/{self.token}"

    def _accept(self, password=NEW_PASSWORD, confirm=None, url=None, **kwargs):
        return self.post_form(
            url or self.url,
            {"password": password, "confirm_password": confirm or password},
            **kwargs,
        )

    def _sign_in_with_password(self, password):
        self.authenticate(None, None)
        return self.post_form(
            "/web/login",
            {"login": "almacen@example.com", "password": password, "type": "password"},
            page="/web/login?login=x",
            allow_redirects=False,
        )

    def test_from_mail_to_portal(self):
        """Open the link, choose a password, be in; later sign in with name and password."""
        page = self.url_open(self.url)
        self.assertEqual(page.status_code, 200)
        self.assertIn("almacen@example.com", page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("no-store", page.headers["Cache-Control"])
        # The page wears the company whose portal it is.
        self.assertIn(f'href="/p/{self.company.portal_alias}"', page.text)
        self.assertIn(self.company.name, page.text)
        before = self.opener.cookies["session_id"]
        response = self._accept()
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.url.endswith("/my"), response.url)
        self.assertNotEqual(self.opener.cookies["session_id"], before)
        self.assertEqual(self.contact.portal_status, "active")
        response = self._sign_in_with_password(NEW_PASSWORD)
        self.assertEqual(response.status_code, 303)
        self.assertEqual(self.url_open("/my", allow_redirects=False).status_code, 200)
        self.assertEqual(self._sign_in_with_password("otra-cosa-99").status_code, 200)

    def test_looking_changes_nothing(self):
        for _try in range(3):
            self.assertEqual(self.url_open(self.url).status_code, 200)
            self.assertEqual(self.opener.head(self.base_url() + self.url).status_code, 200)
        self.assertEqual(self.contact._portal_invitation_from_token(self.token)[1], "valid")
        self.assertFalse(self.contact.user_ids.log_ids)

    def test_post_without_csrf_token(self):
        with mute_logger("odoo.http"):
            response = self.url_open(self.url, data={"password": "x", "confirm_password": "x"})
        self.assertEqual(response.status_code, 400)
        self.assertEqual(self.contact._portal_invitation_from_token(self.token)[1], "valid")

    def test_works_once(self):
        self._accept()
        self.authenticate(None, None)
        page = self.url_open(self.url)
        self.assertEqual(page.status_code, 410)
        self.assertIn("has been used", page.text)
        response = self._accept("segunda-vez-123", page="/web/login?login=x")
        self.assertEqual(response.status_code, 410)
        self.assertEqual(self._sign_in_with_password(NEW_PASSWORD).status_code, 303)

    def test_bad_passwords(self):
        self.env["ir.config_parameter"].sudo().set_param("auth_password_policy.minlength", 8)
        cases = [("", ""), ("   ", "   "), (NEW_PASSWORD, "distinta-12345")]
        if "auth_password_policy" in self.env.registry._init_modules:
            cases.append(("corta", "corta"))
        for password, confirm in cases:
            response = self.post_form(self.url, {"password": password, "confirm_password": confirm})
            self.assertEqual(response.status_code, 422, password)
            self.assertIn("alert-danger", response.text)
        self.assertEqual(self.contact._portal_invitation_from_token(self.token)[1], "valid")
        self.assertEqual(self.contact.signup_type, "signup")

    def test_still_works_after_signing_in_otherwise(self):
        """Who came by a mailed code meanwhile may still choose a password."""
        self.env["res.users.log"].with_user(self.contact.user_ids).sudo().create({})
        self.env.invalidate_all()
        self.assertTrue(self._accept().url.endswith("/my"))

    def test_expired(self):
        """Good for 7 days; then the page offers a new one to the same address."""
        invited = self.contact.portal_invited_on
        self.contact.portal_invited_on = invited - timedelta(days=7, minutes=-5)
        self.env["res.partner"].flush_model()
        fresh = self.contact._portal_invitation_token()
        self.assertEqual(self.url_open(f"/my/invitation/{fresh}").status_code, 200)
        self.contact.portal_invited_on = invited - timedelta(days=7, minutes=1)
        old = f"/my/invitation/{self.contact._portal_invitation_token()}"
        page = self.url_open(old)
        self.assertEqual(page.status_code, 410)
        self.assertIn("has expired", page.text)
        self.assertIn("a•••@example.com", page.text)
        self.assertNotIn("almacen@example.com", page.text)
        response = self._accept(url=old)
        self.assertEqual(response.status_code, 410)
        with self.mock_mail_gateway():
            response = self.post_form(f"{old}/renew", page=old)
        self.assertIn("We have sent", response.text)
        self.assertEqual(self._mails[0]["email_to"], ['"Almacén" <almacen@example.com>'])
        token = self._token(self._mails)
        with self.mock_mail_gateway():
            response = self.post_form(f"{old}/renew", page="/web/login?login=x")
        self.assertIn("A newer invitation", response.text)
        self.assertFalse(self._mails)
        self.assertTrue(self._accept(url=f"/my/invitation/{token}").url.endswith("/my"))

    def test_renewing_needs_an_expired_one(self):
        with self.mock_mail_gateway():
            self.post_form(f"{self.url}/renew", page=self.url)
            self.post_form("/my/invitation/junk/renew", page="/web/login?login=x")
        self.assertFalse(self._mails)

    def test_newer_invitation_replaces_the_older(self):
        with (
            freeze_time(fields.Datetime.now() + timedelta(minutes=1)),
            self.mock_mail_gateway(),
        ):
            self.contact.with_user(self.user_sales).action_portal_invite_again()
        new_token = self._token(self._mails)
        page = self.url_open(self.url)
        self.assertEqual(page.status_code, 410)
        self.assertIn("A newer invitation", page.text)
        self.assertEqual(self.url_open(f"/my/invitation/{new_token}").status_code, 200)

    def test_dies_with_the_access(self):
        for taken in ("action_portal_take_away", "action_portal_access_off", "portal"):
            contact = self.env["res.partner"].create(
                {"name": "Caja", "parent_id": self.beta.id, "email": f"{taken}@example.com"}
            )
            token = self._token(self._invite(contact))
            if taken == "portal":
                self.company.portal_enabled = False
            else:
                getattr(contact.with_user(self.user_sales), taken)()
            page = self.url_open(f"/my/invitation/{token}")
            self.assertEqual(page.status_code, 404, taken)
            self.assertNotIn("Caja", page.text)
            response = self._accept(url=f"/my/invitation/{token}", page="/web/login?login=x")
            self.assertEqual(response.status_code, 404, taken)
            self.beta.portal_access = True

    def test_junk(self):
        """Wrong and foreign tokens look all the same, and never break the page."""
        other = self.env["res.partner"]._portal_invitation_from_token
        junk = ["x", "%00", "A" * 10000, self.token[:-4], self.token[4:], "ñandú", "../my"]
        junk.append(self.contact._generate_signup_token())
        for token in junk:
            page = self.url_open(f"/my/invitation/{token}")
            self.assertEqual(page.status_code, 404, token[:50])
        self.assertEqual(self.url_open("/my/invitation").status_code, 404)
        self.assertEqual(other("")[1], "invalid")

    def test_second_factor_is_asked_for(self):
        user = self.contact.user_ids
        user.sudo().totp_secret = "JBSWY3DPEHPK3PXP"
        self.env.flush_all()
        response = self._accept(allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login/totp", response.headers["Location"])
        self.assertIn("/web/login", self.url_open("/my", allow_redirects=False).headers["Location"])

    def test_old_password_does_not_come_back(self):
        contact = self.user_colleague.partner_id
        contact.with_user(self.user_sales).action_portal_take_away()
        self._invite(contact)
        self.authenticate(None, None)
        response = self.post_form(
            "/web/login",
            {"login": self.user_colleague.login, "password": PASSWORD, "type": "password"},
            page="/web/login?login=x",
            allow_redirects=False,
        )
        self.assertEqual(response.status_code, 200)
