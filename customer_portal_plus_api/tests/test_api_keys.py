"""How contacts make and revoke keys, and what becomes of them."""

import re
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.customer_portal_plus.tests.test_sign_in_step_up import StepUpCase

from ..hooks import uninstall_hook
from ..models.res_users_api import MAX_KEYS, SCOPE
from .common import BASE


@tagged("post_install", "-at_install")
class TestApiKeys(StepUpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.portal_allow_api = True

    def _make(self, name="Contabilidad", days="90"):
        return self.post_form("/my/api/keys/make", {"name": name, "days": days}, page="/my/api")

    def _opens(self, key, header="Bearer {}"):
        headers = {"Authorization": header.format(key)}
        return self.url_open(f"{BASE}/quotes", headers=headers).status_code == 200

    def test_made_shown_once_and_revoked(self):
        self.sign_in(self.user_full)
        self.assertIn('href="/my/api"', self.url_open("/my").text)
        answer = self._make()
        self.assertEqual(answer.headers["Cache-Control"], "private, no-store")
        key = re.search(r'data-api-key="1">(\w+)<', answer.text)[1]
        for header in ("Bearer {}", "bearer {}", "BEARER  {}"):
            self.assertTrue(self._opens(key, header), header)
        self.assertFalse(self._opens(key[:-1] + "x"))
        self.assertFalse(self._opens(key, "Basic {}"))
        self.assertFalse(self._opens(key, "Bearer {}\u00e9"))
        page = self.url_open("/my/api").text
        self.assertNotIn(key, page)
        self.assertIn("Contabilidad", page)
        self.env.cr.execute("SELECT key FROM res_users_apikeys WHERE scope = %s", [SCOPE])
        [[stored]] = self.env.cr.fetchall()
        self.assertNotIn(key, stored)
        own = self.user_full._portal_api_keys()
        days = (own.expiration_date - fields.Datetime.now()) / timedelta(days=1)
        self.assertAlmostEqual(days, 90, delta=1)
        answer = self.post_form("/my/api/keys/revoke", {"key_id": own.id}, page="/my/api")
        self.assertIn("The key is revoked", answer.text)
        self.assertFalse(self._opens(key))
        told = self.env["customer.portal.event"].search([("kind", "=", "rights")]).mapped("detail")
        self.assertIn("API key made: Contabilidad", told)
        self.assertIn("API key revoked: Contabilidad", told)

    def test_what_is_refused(self):
        self.sign_in(self.user_full)
        for name, days in (
            ("", "90"),
            ("  ", "90"),
            ("A", "91"),
            ("A", ""),
            ("A", "x"),
            ("A", "0"),
        ):
            answer = self._make(name, days)
            self.assertEqual(answer.status_code, 422, (name, days))
        self.assertFalse(self.user_full._portal_api_keys())
        user = self.user_full.with_user(self.user_full)
        for number in range(MAX_KEYS):
            user._portal_make_api_key(str(number), 30)
        with self.assertRaises(UserError):
            user._portal_make_api_key("x", 30)
        self.assertEqual(self._make().status_code, 422)

    def test_somebody_else_s_key(self):
        user = self.user_colleague.with_user(self.user_colleague)
        key = user._portal_make_api_key("A", 30)
        self.sign_in(self.user_full)
        self.assertNotIn("data-key=", self.url_open("/my/api").text)
        number = self.user_colleague._portal_api_keys().id
        self.post_form("/my/api/keys/revoke", {"key_id": number}, page="/my/api")
        self.assertTrue(self._opens(key))

    def test_keys_of_core_are_others(self):
        """A key for something else of Odoo opens nothing here, and is not revoked here."""
        core_sudo = self.env["res.users.apikeys"].with_user(self.user_full).sudo()
        key = core_sudo._generate("rpc", "of core", fields.Datetime.now() + timedelta(days=1))
        self.assertFalse(self._opens(key))
        self.assertFalse(self.user_full._portal_api_keys())
        [number] = core_sudo.search([("name", "=", "of core")]).ids
        self.assertFalse(self.user_full.with_user(self.user_full)._portal_revoke_api_key(number))
        self.assertTrue(core_sudo.browse(number).exists())

    def test_off_until_it_is_switched_on(self):
        self.assertFalse(self.env["res.company"].create({"name": "Nueva"}).portal_allow_api)

    def test_who_has_no_page(self):
        self.sign_in(self.user_full)
        token = self.form_token()

        def statuses():
            form = {"csrf_token": token, "name": "A", "days": "30", "key_id": "1"}
            return {
                self.url_open("/my/api").status_code,
                self.url_open("/my/api/keys/make", data=form).status_code,
                self.url_open("/my/api/keys/revoke", data=form).status_code,
            }

        for record, switch in (
            (self.company, "portal_allow_api"),
            (self.profile_full, "can_use_api"),
        ):
            record[switch] = False
            self.assertEqual(statuses(), {404}, switch)
            self.assertNotIn('href="/my/api"', self.url_open("/my").text)
            record[switch] = True
        self.assertFalse(self.user_full._portal_api_keys())
        self.assertFalse(self.user_sales._portal_may_use_api())

    def test_seat_has_none(self):
        self.company.portal_allow_seats = True
        seat = self._create_seat(self.user_stranger, self.alfa)
        self.assertFalse(seat.user_id._portal_may_use_api())
        user = seat.user_id.with_user(seat.user_id)
        self.assertFalse(self._opens(user._portal_make_api_key("A", 30)))

    def test_link_of_a_document_is_confirmed_first(self):
        self.open_session()
        page = self.url_open("/my/api").text
        self.assertNotIn("/my/api/keys/make", page)
        self.assertIn("/my/step_up", page)
        for path, form in (("make", {"name": "A", "days": "30"}), ("revoke", {"key_id": "1"})):
            answer = self.post_form(
                f"/my/api/keys/{path}", form, page="/my/account", allow_redirects=False
            )
            self.assertEqual(answer.status_code, 303, path)
            self.assertIn("/my/step_up", answer.headers["Location"])
        self.assertFalse(self.user_full._portal_api_keys())

    def test_expired_and_ended(self):
        user = self.user_full.with_user(self.user_full)
        key = user._portal_make_api_key("A", 30)
        self.assertTrue(self._opens(key))
        self.env.cr.execute(
            "UPDATE res_users_apikeys SET expiration_date = now() - interval '1 day'"
        )
        self.assertFalse(self._opens(key))
        key = user._portal_make_api_key("B", 30)
        self.user_full.active = False
        self.assertFalse(self._opens(key))

    def test_removal_of_the_addon_revokes_its_keys(self):
        user = self.user_full.with_user(self.user_full)
        key = user._portal_make_api_key("A", 30)
        other = self.env["res.users.apikeys"].sudo()
        other._generate("rpc", "of core", fields.Datetime.now() + timedelta(days=1))
        uninstall_hook(self.env)
        self.assertFalse(self._opens(key))
        self.assertTrue(other.search([("name", "=", "of core")]))
