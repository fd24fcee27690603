"""Access taken away ends at once all that it opened; giving it back revives nothing."""

from datetime import datetime, timedelta

from odoo import Command
from odoo.tests import tagged

from .common import PASSWORD, PortalHttpCase


@tagged("post_install", "-at_install")
class TestAccessTakenAway(PortalHttpCase):
    def _sign_in_with_password(self, user):
        """Sign in through the page, as a browser does, and return the answer."""
        self.authenticate(None, None)
        return self.post_form(
            "/web/login", {"login": user.login, "password": PASSWORD, "type": "password"}
        )

    def _api_key(self, user):
        self.env["ir.config_parameter"].sudo().set_param("portal.allow_api_keys", "True")
        keys = self.env["res.users.apikeys"].with_user(user).sudo()
        return keys._generate(None, "test", datetime.now() + timedelta(days=1))

    def _ask_with_key(self, key):
        return self.url_open(
            "/json/2/res.partner/search_read",
            json={"domain": [], "fields": ["name"], "limit": 1},
            headers={"Authorization": f"Bearer {key}"},
        )

    def _assert_in(self, inside):
        response = self.url_open("/my", allow_redirects=False)
        self.assertEqual(response.status_code, 200 if inside else 303)
        if not inside:
            self.assertIn("/web/login", response.headers["Location"])

    def test_installing_ends_no_session(self):
        """The new part of the session token is empty for all who never lost access."""
        values = dict(self.user_full._session_token_get_values())
        self.assertIsNone(values["portal_epoch"])

    def test_customer_ends_its_own_account(self):
        """Core asks for the password without naming a user."""
        self.sign_in(self.user_full)
        self.post_form(
            "/my/deactivate_account",
            {"validation": self.user_full.login, "password": PASSWORD},
            page="/my/security",
        )
        self.assertFalse(self.user_full.active)

    def test_session_of_all_contacts_ends(self):
        self.sign_in(self.user_colleague)
        self._assert_in(True)
        self.alfa.portal_access = False
        self._assert_in(False)

    def test_session_of_others_goes_on(self):
        for user in (self.user_stranger, self.user_branch, self.user_sales):
            self.sign_in(user)
            self.alfa.portal_access = False
            self.assertFalse(user.portal_epoch)
            response = self.url_open("/my", allow_redirects=False)
            self.assertEqual(response.status_code, 200, user.login)
            self.alfa.portal_access = True

    def test_session_does_not_come_back(self):
        self.sign_in(self.user_full)
        self.alfa.portal_access = False
        self.alfa.portal_access = True
        self._assert_in(False)
        self.sign_in(self.user_full)
        self._assert_in(True)

    def test_session_of_archived_user_does_not_come_back(self):
        self.sign_in(self.user_full)
        self.user_full.active = False
        self._assert_in(False)
        self.user_full.active = True
        self._assert_in(False)

    def test_session_of_user_archived_unwatched_does_not_come_back(self):
        """Who was archived before the addon was there loses it by the block, like all others."""
        self.sign_in(self.user_full)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_users SET active = false WHERE id = %s", [self.user_full.id]
        )
        self.env.invalidate_all()
        self.alfa.portal_access = False
        self.alfa.portal_access = True
        self.user_full.active = True
        self._assert_in(False)

    def test_revoked_by_core_wizard(self):
        self.sign_in(self.user_full)
        key = self._api_key(self.user_full)
        wizard = self.env["portal.wizard"].create({"partner_ids": self.user_full.partner_id.ids})
        wizard.user_ids.action_revoke_access()
        self._assert_in(False)
        self.authenticate(None, None)
        self.assertEqual(self._ask_with_key(key).status_code, 401)

    def test_contact_moved_to_a_blocked_customer(self):
        self.beta.portal_access = False
        self.sign_in(self.user_full)
        self.user_full.partner_id.parent_id = self.beta
        self._assert_in(False)

    def test_password_is_refused_in_words(self):
        self.assertEqual(self._sign_in_with_password(self.user_full).url, self.base_url() + "/my")
        self.alfa.portal_access = False
        answer = self._sign_in_with_password(self.user_full)
        self.assertIn("has been switched off", answer.text)
        self._assert_in(False)

    def test_wrong_password_learns_nothing(self):
        """Whether access is off is told only to who has the right password."""
        self.alfa.portal_access = False
        self.authenticate(None, None)
        answer = self.post_form(
            "/web/login",
            {"login": self.user_full.login, "password": "wrong", "type": "password"},
        )
        self.assertIn("Wrong login/password", answer.text)
        self.assertNotIn("has been switched off", answer.text)

    def test_api_key(self):
        key = self._api_key(self.user_full)
        self.authenticate(None, None)
        self.assertEqual(self._ask_with_key(key).status_code, 200)
        self.alfa.portal_access = False
        self.assertEqual(self._ask_with_key(key).status_code, 401)
        self.alfa.portal_access = True
        self.assertEqual(self._ask_with_key(key).status_code, 401, "the key is gone for good")

    def test_api_key_made_while_blocked(self):
        """Even a key that the block did not delete opens nothing."""
        self.alfa.portal_access = False
        key = self._api_key(self.user_full)
        self.authenticate(None, None)
        self.assertEqual(self._ask_with_key(key).status_code, 401)

    def test_staff_of_the_customer_stays(self):
        """An employee who is also filed as a contact of a blocked customer still works."""
        self.user_sales.partner_id.parent_id = self.alfa
        self.alfa.portal_access = False
        self.assertFalse(self.user_sales._portal_is_blocked())
        self.assertFalse(self.user_sales.portal_epoch)
        self.sign_in(self.user_sales)
        self.assertEqual(self.url_open("/my", allow_redirects=False).status_code, 200)

    def test_salesperson_ends_sessions(self):
        """Whoever may write on the customer needs no right on users or keys."""
        self._api_key(self.user_full)
        self.alfa.with_user(self.user_sales).portal_access = False
        self.assertEqual(self.user_full.portal_epoch, 1)
        self.assertFalse(self.user_full.api_key_ids)

    def test_epoch_can_not_be_read_or_written(self):
        for user in (self.user_full, self.user_sales):
            target = self.user_full.with_user(user)
            self.assertNotIn("portal_epoch", target.fields_get())

    def test_promoted_user_signs_in_again(self):
        self.sign_in(self.user_full)
        self.user_full.group_ids = [
            Command.unlink(self.env.ref("base.group_portal").id),
            Command.link(self.env.ref("base.group_user").id),
        ]
        self.assertEqual(self.user_full.portal_epoch, 1)
