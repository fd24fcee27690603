"""The team page: who may see it, invite, change and take away, and how far."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCase

from .common import PASSWORD, PortalHttpCase


@tagged("post_install", "-at_install")
class TestTeam(MailCase, PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls.user_full.partner_id
        cls.buyer = cls.user_colleague.partner_id
        cls.warehouse = cls.env["res.partner"].create(
            {"name": "Almacén", "parent_id": cls.alfa.id, "email": "almacen@example.com"}
        )
        # Somebody who manages the team, but may do less than Full access.
        cls.profile_lead = cls.profile_purchasing.copy(
            {"name": "Jefatura de compras", "can_manage_team": True, "portal_offered": False}
        )
        cls.alfa.user_id = cls.user_sales
        cls.company.email = "portal@example.com"

    def setUp(self):
        super().setUp()
        self.sign_in(self.user_full)

    def _invite(self, name="Caja", email="caja@example.com", profile=None, **kwargs):
        profile_id = (profile or self.profile_purchasing).id
        with self.mock_mail_gateway():
            return self.post_form(
                "/my/team/invite",
                {"name": name, "email": email, "profile_id": profile_id},
                page="/my/team",
                **kwargs,
            )

    def _act(self, contact, act, page="/my/team", **data):
        with self.mock_mail_gateway():
            return self.post_form(f"/my/team/{contact.id}/{act}", data, page=page)

    def _find(self, email="caja@example.com"):
        return self.env["res.partner"].search([("email", "=", email)])

    # === SEEING === #

    def test_page_lists_the_people_of_the_customer(self):
        self.env["res.partner"].create(
            [
                {"name": "Muelle Sur", "type": "delivery", "parent_id": self.alfa.id},
                {"name": "Espía", "parent_id": self.alfa.id, "email": "espia@example.com"},
            ]
        )
        spy = self._find("espia@example.com")
        self.user_sales.partner_id = spy  # A member of the staff who is a contact here, too
        page = self.url_open("/my/team")
        self.assertEqual(page.status_code, 200)
        for shown in (self.boss, self.buyer, self.user_own.partner_id, self.warehouse):
            self.assertIn(f'data-person="{shown.id}"', page.text, shown.name)
        for hidden in (self.user_branch, self.user_stranger, self.user_sales):
            self.assertNotIn(f'data-person="{hidden.partner_id.id}"', page.text, hidden.name)
        self.assertNotIn("Muelle Sur", page.text)
        self.assertIn("almacen@example.com", page.text)

    def test_menu(self):
        self.assertIn('data-portal-menu="team"', self.url_open("/my").text)

    def _assert_refused(self, user):
        self.sign_in(user)
        page = self.url_open("/my/team", allow_redirects=False)
        self.assertEqual(page.status_code, 404)
        home = self.url_open("/my/account")
        self.assertNotIn('data-portal-menu="team"', home.text)
        for url, data in (
            ("/my/team/invite", {"name": "Caja", "email": "caja@example.com"}),
            (f"/my/team/{self.buyer.id}/remove", {}),
            (f"/my/team/{self.buyer.id}/change", {"profile_id": self.profile_full.id}),
            (f"/my/team/{self.buyer.id}/invite", {}),
            ("/my/team/request/1/withdraw", {}),
        ):
            with self.mock_mail_gateway():
                response = self.post_form(url, data, page="/my/account", allow_redirects=False)
            self.assertEqual(response.status_code, 404, url)
            self.assertFalse(self._mails)
        self.assertFalse(self._find())
        self.assertTrue(self.user_colleague.active)
        self.assertEqual(self.buyer.portal_profile_id, self.profile_purchasing)

    def test_colleague_without_the_right(self):
        self._assert_refused(self.user_colleague)

    def test_switched_off(self):
        self.company.portal_allow_team = False
        self._assert_refused(self.user_full)

    def test_portal_off(self):
        self.company.portal_enabled = False
        self._assert_refused(self.user_full)

    def test_staff_have_no_team(self):
        self.sign_in(self.user_sales)
        response = self.url_open("/my/team", allow_redirects=False)
        self.assertEqual(response.status_code, 404)

    def test_guest(self):
        self.authenticate(None, None)
        response = self.url_open("/my/team", allow_redirects=False)
        self.assertIn("/web/login", response.headers["Location"])
        for url in ("/my/team/invite", f"/my/team/{self.buyer.id}/remove"):
            response = self.post_form(url, page="/web/login?login=x", allow_redirects=False)
            self.assertIn("/web/login", response.headers["Location"])
        self.assertTrue(self.user_colleague.active)

    def test_other_customers_people_do_not_exist(self):
        """Contacts of others, of the subsidiary, addresses and staff look like none."""
        dock = self.env["res.partner"].create(
            {"name": "Muelle", "type": "delivery", "parent_id": self.alfa.id}
        )
        strangers = self.user_stranger.partner_id | self.user_branch.partner_id | dock
        strangers |= self.user_sales.partner_id | self.alfa_norte | self.company.partner_id
        missing = self.env["res.partner"].browse(2**31 - 1)
        answers = set()
        for contact in [*strangers, missing]:
            for act in ("remove", "change", "invite"):
                response = self._act(contact, act, profile_id=self.profile_read_only.id, name="X")
                self.assertEqual(response.status_code, 404, (contact, act))
                answers.add(response.text.count("does not exist or is not of your team"))
        self.assertEqual(answers, {1})
        self.assertTrue(self.user_stranger.active and self.user_branch.active)
        self.assertFalse(strangers.filtered(lambda contact: contact.name == "X"))
        response = self._act(self.env["res.partner"].browse(10**15), "remove")
        self.assertEqual(response.status_code, 404)

    # === INVITING === #

    def test_invite(self):
        response = self._invite()
        self.assertIn("done=invited", response.url)
        self.assertIn("Your colleague gets a mail", response.text)
        contact = self._find()
        self.assertEqual(contact.parent_id, self.alfa)
        self.assertEqual(contact.type, "contact")
        self.assertEqual(contact.portal_profile_id, self.profile_purchasing)
        self.assertTrue(contact.user_ids._is_portal())
        self.assertEqual(contact.portal_invited_by_id, self.boss)
        to_colleague = [mail for mail in self._mails if "caja@" in mail["email_to"][0]]
        self.assertEqual(len(to_colleague), 1)
        self.assertIn("/my/invitation/", to_colleague[0]["body"])
        self.assertIn("Gerencia", to_colleague[0]["body"])
        self.assertEqual(to_colleague[0]["email_from"], self.company.email_formatted)
        note = self.alfa.message_ids[0]
        self.assertIn("invited Caja", note.body)
        self.assertEqual(note.author_id, self.boss)
        self.assertIn(self.user_sales.partner_id, note.notified_partner_ids)

    def test_company_without_an_address(self):
        """The mail goes out all the same, in the name of who looks after the customer."""
        self.company.email = False
        self.assertIn("done=invited", self._invite().url)
        self.assertIn("ventas@example.com", self._mails[0]["email_from"])

    def test_registered_contact_is_not_doubled(self):
        self._invite(name="Otro nombre", email="Almacen@example.com")
        self.assertEqual(self.warehouse.user_ids.login, "almacen@example.com")
        self.assertEqual(self.warehouse.name, "Almacén")
        self.assertEqual(len(self._find("almacen@example.com")), 1)

    def test_twice(self):
        self._invite()
        response = self._invite()
        self.assertEqual(response.status_code, 422)
        self.assertIn("has access already", response.text)
        self.assertEqual(len(self._find()), 1)
        self.assertFalse(self._mails)

    def test_who_signs_in_for_another_customer_is_invited_like_anybody(self):
        """What the page answers does not tell who is a user."""
        self.user_stranger.login = "stranger@example.com"
        archived = self._create_contact_user("Antiguo", "old", self.beta)
        archived.write({"login": "old@example.com", "active": False})
        pages = []
        for email in ("nobody@example.com", "stranger@example.com", "old@example.com"):
            response = self._invite(email=email)
            self.assertEqual(response.status_code, 200, email)
            self.assertIn("Invited. Your colleague gets a mail", response.text)
            self.assertEqual(
                len([mail for mail in self._mails if email in str(mail["email_to"])]), 1, email
            )
            colleague = self._find(email).filtered(lambda c: c.parent_id == self.alfa)
            self.assertEqual(colleague.portal_status, "invited", email)
            pages.append((colleague.user_ids.login, colleague.id))
        (first, _id), *others = pages
        self.assertEqual(first, "nobody@example.com")
        self.assertEqual(
            [login for login, _id in others],
            [f"{email}/{number}" for email, (_login, number) in zip(
                ("stranger@example.com", "old@example.com"), others, strict=True)],
        )  # fmt: skip
        self.assertEqual(self.user_stranger.login, "stranger@example.com")
        self.assertFalse(archived.active)

    def test_addresses_of_staff_are_refused_in_the_same_words(self):
        self.user_accountant.login = "jefe@example.com"
        for email in ("ventas@example.com", "JEFE@example.com"):
            response = self._invite(email=email)
            self.assertEqual(response.status_code, 422, email)
            self.assertIn("be invited. Please contact us about it.", response.text)
            self.assertIn(f'value="{email}"', response.text)
        self.assertFalse(self.alfa.child_ids.filtered(lambda contact: contact.name == "Caja"))

    def test_bad_forms(self):
        profile = self.profile_purchasing.id
        forms = [
            {},
            {"name": "", "email": "caja@example.com", "profile_id": profile},
            {"name": "  ", "email": "caja@example.com", "profile_id": profile},
            {"name": "Caja", "email": "", "profile_id": profile},
            {"name": "Caja", "email": "caja", "profile_id": profile},
            {"name": "Caja", "email": "a@example.com, b@example.com", "profile_id": profile},
            {"name": "C" * 5000, "email": "caja@example.com", "profile_id": profile},
            {"name": "Caja", "email": "c" * 5000 + "@example.com", "profile_id": profile},
            {"name": "Caja", "email": "caja@example.com"},
            {"name": "Caja", "email": "caja@example.com", "profile_id": "x"},
            {"name": "Caja", "email": "caja@example.com", "profile_id": "9" * 30},
            {"name": "Caja", "email": "caja@example.com", "profile_id": "-1"},
        ]
        for form in forms:
            response = self.post_form("/my/team/invite", form, page="/my/team")
            self.assertEqual(response.status_code, 422, form)
            self.assertIn('role="alert"', response.text)
        self.assertFalse(self._find())
        hostile = "<script>alert(1)</script>"
        self._invite(name=hostile)
        self.assertNotIn(hostile, self.url_open("/my/team").text)
        self.assertNotIn(hostile, self.alfa.message_ids[0].body)
        for page in ("0", "x", "9" * 40, "-1"):
            self.assertEqual(self.url_open(f"/my/team/page/{page}").status_code, 200)

    def test_what_is_no_address(self):
        for bad in ("a@b", "<script>@example.com", "a@b.c", "x y@example.com", "a@example.com>"):
            response = self._invite(email=bad)
            self.assertEqual(response.status_code, 422, bad)
            self.assertIn("valid e-mail address", response.text)
        self.assertFalse(self.alfa.child_ids.filtered(lambda contact: contact.name == "Caja"))

    # === WHO VOUCHES FOR WHOM === #

    def test_who_was_invited_is_told_so(self):
        self._invite()
        colleague = self._find()
        self.assertEqual(colleague.portal_introduced_by_id, self.boss)
        self.assertIn("Brought in by", self.url_open("/my/team").text)
        self.assertNotIn(f"/my/team/{colleague.id}/confirm", self.url_open("/my/team").text)
        response = self._act(colleague, "confirm")
        self.assertEqual(response.status_code, 422)
        self.assertIn("Somebody else has to confirm", response.text)
        self.assertEqual(colleague.portal_introduced_by_id, self.boss)

    def test_third_colleague_confirms(self):
        self._invite()
        colleague = self._find()
        self.buyer.portal_profile_id = self.boss._portal_profile()
        self.sign_in(self.user_colleague)
        self.assertIn(f"/my/team/{colleague.id}/confirm", self.url_open("/my/team").text)
        response = self._act(colleague, "confirm")
        self.assertIn("Confirmed.", response.text)
        self.assertFalse(colleague.portal_introduced_by_id)
        self.assertIn(colleague.name, self.alfa.message_ids[:1].body)
        self.assertEqual(self._act(colleague, "confirm").status_code, 422)

    def test_who_is_not_confirmed_confirms_nobody(self):
        """Nor does it invite a third who would."""
        self.buyer.portal_profile_id = self.boss._portal_profile()
        self.buyer.portal_introduced_by_id = self.boss
        self._invite()
        colleague = self._find()
        self.sign_in(self.user_colleague)
        self.assertEqual(self._act(colleague, "confirm").status_code, 422)
        self._invite(name="Otra", email="otra@example.com")
        other = self._find("otra@example.com")
        self.assertTrue(other._portal_was_introduced_by(self.buyer))
        self.assertTrue(other._portal_was_introduced_by(self.boss))
        self.assertFalse(other._portal_was_introduced_by(colleague))
        self.boss.portal_introduced_by_id = other  # a circle ends
        self.assertFalse(other._portal_was_introduced_by(colleague))

    def test_staff_confirm(self):
        self._invite()
        colleague = self._find()
        colleague.with_user(self.user_sales).action_portal_confirm_person()
        self.assertFalse(colleague.portal_introduced_by_id)
        with self.assertRaises(AccessError):
            self.buyer.with_user(self.user_full).action_portal_confirm_person()

    def test_whom_staff_let_in_needs_no_confirmation(self):
        self.company.portal_team_approval = True
        self._invite()
        request = self.env["customer.portal.change.request"].search([], limit=1)
        with self.mock_mail_gateway():
            request.with_user(self.user_sales).action_accept()
        self.assertTrue(self._find().user_ids)
        self.assertFalse(self._find().portal_introduced_by_id)

    def test_address_that_a_contact_wrote(self):
        """It may sign in by it, where the company needs no invitations."""
        self.warehouse._portal_cap_profile(self.boss)
        self.assertEqual(self.warehouse.portal_introduced_by_id, self.boss)
        self.boss._portal_introduce(self.boss)
        self.assertFalse(self.boss.portal_introduced_by_id)

    def test_many_people_have_pages(self):
        self.env["res.partner"].create(
            [{"name": f"Persona {number:03}", "parent_id": self.alfa.id} for number in range(60)]
        )
        first, second = self.url_open("/my/team").text, self.url_open("/my/team/page/2").text
        self.assertIn("Persona 000", first)
        self.assertNotIn("Persona 059", first)
        self.assertIn("Persona 059", second)

    def test_no_profile_above_its_own(self):
        """Neither more capabilities nor a wider scope, nor one that is not offered."""
        self.buyer.portal_profile_id = self.profile_lead
        self.sign_in(self.user_colleague)
        page = self.url_open("/my/team")
        radio = 'id="team_profile_%s"'
        self.assertIn(radio % self.profile_purchasing.id, page.text)
        for profile in (self.profile_full, self.profile_read_only, self.profile_lead):
            self.assertNotIn(radio % profile.id, page.text)
            response = self._invite(profile=profile)
            self.assertEqual(response.status_code, 422)
        self.assertFalse(self._find())
        self._invite(profile=self.profile_purchasing)
        self.assertEqual(self._find().portal_profile_id, self.profile_purchasing)

    def test_own_scope_gives_no_whole_scope(self):
        self.profile_own.portal_offered = True
        self.sign_in(self.user_own)
        self.assertEqual(self._invite(profile=self.profile_purchasing).status_code, 422)
        self.assertFalse(self._find())
        self._invite(profile=self.profile_own)
        self.assertEqual(self._find().portal_profile_id, self.profile_own)

    def test_pace(self):
        for number in range(20):
            self._invite(email=f"c{number}@example.com")
        response = self._invite()
        self.assertEqual(response.status_code, 422)
        self.assertIn("a lot of invitations", response.text)
        self.assertFalse(self._find())

    def test_invite_again(self):
        self._invite()
        contact = self._find()
        response = self._act(contact, "invite")
        self.assertEqual(response.status_code, 422)
        self.assertIn("a moment ago", response.text)
        contact.portal_invited_on -= timedelta(days=9)
        self.assertIn("Invitation expired", self.url_open("/my/team").text)
        response = self._act(contact, "invite")
        self.assertIn("done=sent", response.url)
        self.assertEqual(len(self._mails), 1)
        self.assertIn("/my/invitation/", self._mails[0]["body"])
        self.env["res.users.log"].with_user(contact.user_ids).sudo().create({})
        self.env.invalidate_all()
        contact.portal_invited_on -= timedelta(days=9)
        self.assertEqual(self._act(contact, "invite").status_code, 422)
        self.assertEqual(self._act(self.warehouse, "invite").status_code, 422)

    # === CHANGING AND TAKING AWAY === #

    def test_change(self):
        response = self._act(
            self.buyer, "change", name="Compras y almacén", profile_id=self.profile_read_only.id
        )
        self.assertIn("done=changed", response.url)
        self.assertEqual(self.buyer.portal_profile_id, self.profile_read_only)
        self.assertEqual(self.buyer.name, "Compras y almacén")
        self.assertIn("Read only", self.alfa.message_ids[0].body)

    def test_change_to_what_is_not_offered(self):
        self.profile_read_only.portal_offered = False
        response = self._act(self.buyer, "change", profile_id=self.profile_read_only.id)
        self.assertEqual(response.status_code, 422)
        self.assertEqual(self.buyer.portal_profile_id, self.profile_purchasing)

    def test_who_may_do_more_is_out_of_reach(self):
        self.buyer.portal_profile_id = self.profile_lead
        self.sign_in(self.user_colleague)
        for act in ("remove", "change", "invite"):
            response = self._act(self.boss, act, profile_id=self.profile_purchasing.id)
            self.assertEqual(response.status_code, 422, act)
            self.assertIn("may do more than you", response.text)
        self.assertTrue(self.user_full.active)
        self.assertEqual(self.boss.portal_profile_id, self.profile_full)

    def test_not_itself(self):
        for act in ("remove", "change", "invite"):
            response = self._act(self.boss, act, profile_id=self.profile_read_only.id)
            self.assertEqual(response.status_code, 422, act)
        self.assertTrue(self.user_full.active)
        self.assertEqual(self.boss.portal_profile_id, self.profile_full)

    def test_remove_ends_the_session_at_once(self):
        self.sign_in(self.user_colleague)
        self.assertEqual(self.url_open("/my", allow_redirects=False).status_code, 200)
        self.user_full.partner_id._portal_team_remove(self.buyer.id)
        self.env.flush_all()
        response = self.url_open("/my", allow_redirects=False)
        self.assertIn("/web/login", response.headers["Location"])

    def test_remove(self):
        response = self._act(self.buyer, "remove")
        self.assertIn("done=removed", response.url)
        self.assertFalse(self.user_colleague.active)
        self.assertTrue(self.buyer.active)
        self.assertFalse(self.buyer.portal_profile_id)
        self.assertIn("away from Compras", self.alfa.message_ids[0].body)
        self.assertEqual(self._act(self.buyer, "remove").status_code, 422)
        self.assertEqual(self._act(self.buyer, "change").status_code, 422)

    def test_session_that_lost_the_right_meanwhile(self):
        """The page is open, the right is gone: nothing happens."""
        html = self.url_open("/my/team").text
        self.boss.portal_profile_id = self.profile_read_only
        token = html.split('name="csrf_token" value="')[1].split('"')[0]
        response = self.url_open(
            f"/my/team/{self.buyer.id}/remove", data={"csrf_token": token}, allow_redirects=False
        )
        self.assertEqual(response.status_code, 404)
        self.assertTrue(self.user_colleague.active)

    def test_methods_ask_themselves(self):
        """The rule is in the model: calling it without the page changes nothing about it."""
        with self.assertRaises(AccessError):
            self.buyer._portal_team_invite("Caja", "caja@example.com", self.profile_full.id)
        with self.assertRaises(AccessError):
            self.buyer._portal_team_remove(self.boss.id)
        with self.assertRaises(AccessError):
            self.warehouse._portal_team_remove(self.buyer.id)
        with self.assertRaises(UserError):
            self.boss._portal_team_remove(self.boss.id)
        self.assertTrue(self.user_full.active and self.user_colleague.active)

    def test_without_csrf_token(self):
        with mute_logger("odoo.http"):
            response = self.url_open(f"/my/team/{self.buyer.id}/remove", data={"x": "1"})
        self.assertEqual(response.status_code, 400)
        self.assertTrue(self.user_colleague.active)

    def test_get_changes_nothing(self):
        response = self.url_open(f"/my/team/{self.buyer.id}/remove")
        self.assertEqual(response.status_code, 405)
        self.assertTrue(self.user_colleague.active)

    # === APPROVAL === #

    def test_approval(self):
        self.company.portal_team_approval = True
        response = self._invite()
        self.assertIn("done=requested", response.url)
        self.assertFalse(self._find())
        request = self.env["customer.portal.change.request"].search(
            [("customer_id", "=", self.alfa.id)]
        )
        self.assertEqual(request.state, "pending")
        self.assertEqual(request.user_id, self.user_sales)
        self.assertEqual(request.activity_ids.user_id, self.user_sales)
        self.assertIn("Caja", self.url_open("/my/team").text)
        response = self._invite()
        self.assertEqual(response.status_code, 422)
        self.assertIn("waiting to be approved already", response.text)
        with self.mock_mail_gateway():
            request.with_user(self.user_sales).action_accept()
        contact = self._find()
        self.assertEqual(request.partner_id, contact)
        self.assertEqual(contact.portal_profile_id, self.profile_purchasing)
        self.assertEqual(contact.portal_invited_by_id, self.boss)
        self.assertFalse(request.activity_ids)
        told = [address for mail in self._mails for address in mail["email_to"]]
        self.assertEqual(len(told), 2)
        self.assertIn('"Caja" <caja@example.com>', told)
        self.assertTrue(any("full@example.com" in address for address in told))
        with self.assertRaises(UserError):
            request.with_user(self.user_sales).action_accept()

    def test_approval_refused(self):
        self.company.portal_team_approval = True
        self._invite()
        request = self.env["customer.portal.change.request"].search([], limit=1)
        action = request.with_user(self.user_sales).action_refuse()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.user_sales)
            .with_context(**action["context"])
            .create({"reason": "No trabaja ahí."})
        )
        with self.mock_mail_gateway():
            wizard.action_refuse()
        self.assertEqual(request.state, "refused")
        self.assertFalse(self._find())
        self.assertEqual(len(self._mails), 1)
        self.assertIn("No trabaja ahí.", self._mails[0]["body"])

    def test_withdraw(self):
        self.company.portal_team_approval = True
        self._invite()
        request = self.env["customer.portal.change.request"].search([], limit=1)
        url = f"/my/team/request/{request.id}/withdraw"
        self.company.portal_default_profile_id = self.profile_full
        self.sign_in(self.user_stranger)
        self.assertEqual(self.post_form(url, page="/my/team").status_code, 404)
        self.assertEqual(request.state, "pending")
        self.sign_in(self.user_full)
        self.assertIn("done=withdrawn", self.post_form(url, page="/my/team").url)
        self.assertEqual(request.state, "withdrawn")
        self.assertEqual(self.post_form(url, page="/my/team").status_code, 404)

    def test_sole_trader_invites(self):
        """A customer that is one person may have a team, too."""
        trader = self.env["res.partner"].create({"name": "Prisma", "email": "prisma@example.com"})
        trader.portal_profile_id = self.profile_full
        user = new_test_user(
            self.env,
            login="prisma@example.com",
            password=PASSWORD,
            groups="base.group_portal",
            partner_id=trader.id,
        )
        self.sign_in(user)
        self._invite()
        self.assertEqual(self._find().commercial_partner_id, trader)
        self.assertIn(f'data-person="{trader.id}"', self.url_open("/my/team").text)
