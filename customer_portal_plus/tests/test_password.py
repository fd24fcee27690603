"""Passwords: neither a wrong one nor a forgotten one tells who is registered."""

import re
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import new_test_user, tagged

from .common import PASSWORD
from .common.sign_in import SignInCase


@tagged("post_install", "-at_install")
class TestPassword(SignInCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_full.login = "full@example.com"
        cls.env["ir.config_parameter"].set_param("auth_signup.reset_password", "True")
        cls.env["ir.config_parameter"].set_param("base.login_cooldown_after", "0")

    def _reset(self, login):
        page = self.post_form("/web/reset_password", {"login": login})
        self.assertEqual(page.status_code, 200)
        text = re.sub(r"csrf_token[^,>]*", "", page.text).replace(login, "")
        return re.sub(r"\b[0-9a-f]{40}o\d+\b|\d{10,}", "", text)

    def test_reset_says_the_same_to_everybody(self):
        unknown = self._reset("nobody@example.com")
        self.assertIn("Password reset instructions", unknown)
        self.assertNotIn("No account", unknown)
        self.assertFalse(self.run_sender())
        self.assertEqual(self._reset("full@example.com"), unknown)
        (message,) = self.run_sender()
        self.assertIn("full@example.com", message["To"])
        link = re.search(
            r'href="[^"]*?(/web/reset_password[^"]+)"', message.get_body(("html",)).get_content()
        )
        page = self.url_open(link.group(1).replace("&amp;", "&"))
        self.assertIn('name="confirm_password"', page.text)

    def test_reset_where_users_share_an_address(self):
        for login in ("second", "third"):
            new_test_user(
                self.env, login=login, groups="base.group_portal", email="both@example.com"
            )
        self.assertIn("Password reset instructions", self._reset("both@example.com"))
        self.assertEqual(len(self.run_sender()), 2)

    def test_reset_that_fails_says_the_same(self):
        """Such as for a user without an address."""
        unknown = self._reset("nobody@example.com")
        self.user_full.email = False
        self.env.flush_all()
        self.assertEqual(self._reset("full@example.com"), unknown)
        self.assertFalse(self.run_sender())

    def test_reset_for_a_member_of_staff(self):
        self._reset(self.user_sales.login)
        self.assertEqual(len(self.run_sender()), 1)

    @freeze_time("2026-03-01 10:10:00")
    def test_reset_many_times(self):
        """Nobody is flooded, nobody kept out."""
        for _try in range(9):
            page = self._reset("full@example.com")
            self.assertIn("Password reset instructions", page)
        self.assertEqual(len(self.run_sender()), 6)
        with freeze_time("2026-03-01 10:11:01"):
            self.assertEqual(len(self.run_sender()), 1)

    def test_reset_counts_for_the_network_that_asks(self):
        self._reset("nobody@example.com")
        counters = self.env["customer.portal.throttle"]
        counted = counters.search([("scope", "=", "mail.network")])
        self.assertEqual(counted.digest, counters._digest("mail.network", "127.0.0.1"))

    def test_reset_page_does_not_look_for_addresses(self):
        self.user_full._update_last_login()
        for path in ("/web/reset_password", "/web/signup"):
            answers = [
                self.url_open(f"{path}?signup_email={email}", allow_redirects=False)
                for email in (self.user_full.email, "nobody@example.com")
            ]
            known, unknown = (answer.status_code for answer in answers)
            self.assertEqual(known, unknown, path)

    def test_wrong_password_costs_the_same(self):
        """One slow digest, whoever is asked for."""
        done = []
        Users = self.registry["res.users"]
        context = Users._crypt_context(self.env["res.users"])

        class Counting:
            def __getattr__(self, name):
                found = getattr(context, name)
                if name not in ("hash", "verify", "verify_and_update"):
                    return found

                def count(*args):
                    if name == "hash" or str(args[-1]).startswith("$"):
                        done.append(name)
                    return found(*args)

                return count

        invited = self._create_contact_user("Sin clave", "sin@example.com", self.alfa)
        self.env.flush_all()
        self.cr.execute("UPDATE res_users SET password = NULL WHERE id = %s", [invited.id])
        with patch.object(Users, "_crypt_context", lambda self: Counting()):
            for login in ("full@example.com", "nobody@example.com", invited.login, "x" * 300):
                done.clear()
                page = self.post_form(
                    "/web/login", {"login": login, "password": "wrong", "type": "password"}
                )
                self.assertIn("Wrong login/password", page.text, login[:20])
                self.assertEqual(len(done), 1, login[:20])
            done.clear()
            self.post_form(
                "/web/login",
                {"login": "full@example.com", "password": PASSWORD, "type": "password"},
            )
            self.assertEqual(done, ["verify_and_update"])
