"""Signing in with a mailed code or link: what it opens, once, for whom, and for nobody else."""

import re
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from lxml import html

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import AccessDenied, UserError
from odoo.http import root
from odoo.tests import tagged
from odoo.tests.common import Opener

from ..models.sign_in.customer_portal_challenge import LIMITS
from ..models.sign_in.customer_portal_throttle import TooManyTries
from .common.sign_in import ALIAS, SignInCase


@tagged("post_install", "-at_install")
class TestSignInCode(SignInCase):
    def test_code(self):
        before = self.opener.cookies["session_id"]
        code = self.get_code("full@example.com")
        answer = self.type_code(code)
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(answer.headers["Location"].endswith("/my"))
        self.assert_signed_in(self.user_full)
        self.assertNotEqual(self.opener.cookies["session_id"], before, "the session's id changes")
        self.assertEqual(self.get_session()["portal_opened_by"], "mailed_code")

    def test_what_the_browser_held_is_over(self):
        """Of whoever used it before, but for the session itself."""
        code = self.get_code("full@example.com")
        session = self.get_session()
        held = (
            "portal_step_up",
            "portal_step_up_asked",
            "portal_links",
            "portal_guest_signer",
            "portal_seat",
        )
        session.update(dict.fromkeys(held, {}))
        root.session_store.save(session)
        self.type_code(code)
        session = self.get_session()
        self.assertEqual(session["uid"], self.user_full.id)
        self.assertFalse({"portal_sign_in", *held} & set(session))

    def test_code_of_one_leaves_that_of_another(self):
        self.get_code("stranger@example.com")
        others = self.last_challenge()
        self.new_browser()
        self.type_code(self.get_code("full@example.com"))
        self.assert_signed_in(self.user_full)
        others.invalidate_recordset()
        self.assertFalse(others.ticket_digest, "it was not their code that was right")

    def test_code_as_people_type_it(self):
        for address, spaced in (("FULL@Example.com ", "{} {}"), ("full@example.com", "{}-{}")):
            code = self.get_code(address)
            self.type_code(spaced.format(code[:3], code[3:]))
            self.assert_signed_in(self.user_full)
            self.new_browser()

    def test_link(self):
        self.ask_by_email("full@example.com")
        _to, _code, link = self.read_mail(self.run_sender()[0])
        page = self.url_open(link)
        self.assertIn("Sign in as", page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assert_signed_in(None)
        answer = self.post_form(
            link, {"contact": self.user_full.partner_id.id}, allow_redirects=False
        )
        self.assertEqual(answer.status_code, 303)
        self.assert_signed_in(self.user_full)
        self.assertEqual(self.get_session()["portal_opened_by"], "mailed_link")

    def test_looking_at_the_link_changes_nothing(self):
        """A mail scanner's HEAD, GET and POST without a cookie leave the link as it was."""
        self.ask_by_email("full@example.com")
        _to, _code, link = self.read_mail(self.run_sender()[0])
        self.env.flush_all()
        self.cr.execute("SELECT to_jsonb(s) FROM customer_portal_challenge s")
        rows = self.cr.fetchall()
        own_browser, self.opener = self.opener, Opener(self)
        self.assertEqual(self.url_open(link, method="HEAD").status_code, 200)
        self.assertEqual(self.url_open(link).status_code, 200)
        self.opener.cookies.clear()
        self.assertEqual(self.url_open(link, data={"contact": "1"}).status_code, 400)
        self.cr.execute("SELECT to_jsonb(s) FROM customer_portal_challenge s")
        self.assertEqual(self.cr.fetchall(), rows)
        self.opener = own_browser
        self.post_form(link)
        self.assert_signed_in(self.user_full)

    def test_link_while_a_colleague_is_signed_in(self):
        """Who used the browser before is signed out, and needs no rights on who comes."""
        self.ask_by_email("full@example.com")
        _to, code, link = self.read_mail(self.run_sender()[0])
        for former in (self.user_colleague, self.user_stranger):
            self.sign_in(former)
            self.post_form(link, {"code": code}, page=link)
            self.assert_signed_in(self.user_full)
            self.last_challenge().write({"used_on": False, "ticket_digest": False})
            self.env.flush_all()

    def test_link_in_another_browser_asks_for_the_code(self):
        self.ask_by_email("full@example.com")
        _to, code, link = self.read_mail(self.run_sender()[0])
        self.new_browser()
        self.assertIn('name="code"', self.url_open(link).text)
        answer = self.post_form(link, {"contact": self.user_full.partner_id.id})
        self.assertEqual(answer.status_code, 422)
        self.assert_signed_in(None)
        answer = self.post_form(link, {"code": "000000" if code != "000000" else "111111"})
        self.assertEqual(answer.status_code, 422)
        self.assert_signed_in(None)
        self.post_form(link, {"code": code})
        self.assert_signed_in(self.user_full)
        self.assertEqual(self.get_session()["portal_opened_by"], "mailed_code")

    def test_link_in_a_browser_that_asked_for_another_mail(self):
        """That it asked for something does not make it the one that asked for this."""
        self.ask_by_email("full@example.com")
        _to, _code, link = self.read_mail(self.run_sender()[0])
        self.new_browser()
        own = self.get_code("stranger@example.com")
        self.assertIn('name="code"', self.url_open(link).text)
        for code in ("", own):
            answer = self.post_form(link, {"contact": self.user_full.partner_id.id, "code": code})
            self.assertEqual(answer.status_code, 422)
            self.assert_signed_in(None)

    def test_code_belongs_to_the_browser_that_asked(self):
        code = self.get_code("full@example.com")
        self.new_browser()
        answer = self.post("/code", {"code": code})
        self.assertTrue(answer.headers["Location"].endswith(f"/p/{ALIAS}"), "nothing was asked for")
        self.assert_signed_in(None)
        self.ask_by_email("stranger@example.com")
        self.run_sender()
        self.assertEqual(self.type_code(code).status_code, 422)
        self.assert_signed_in(None)

    def test_used_once(self):
        self.ask_by_email("full@example.com")
        _to, code, link = self.read_mail(self.run_sender()[0])
        self.post_form(link)
        self.assert_signed_in(self.user_full)
        self.assertEqual(self.url_open(link).status_code, 410)
        self.assertEqual(self.post_form(link, page=f"/p/{ALIAS}").status_code, 410)
        self.new_browser()
        self.assertEqual(self.post_form(link, {"code": code}, page=f"/p/{ALIAS}").status_code, 410)
        self.assert_signed_in(None)

    def test_code_used_once(self):
        code = self.get_code("full@example.com")
        self.type_code(code)
        self.assert_signed_in(self.user_full)
        self.url_open("/web/session/logout")
        self.type_code(code)
        self.assert_signed_in(None)

    def test_expires_after_ten_minutes(self):
        self.ask_by_email("full@example.com")
        _to, code, link = self.read_mail(self.run_sender()[0])
        self.assertAlmostEqual(
            self.last_challenge().expires_on,
            fields.Datetime.now() + timedelta(minutes=10),
            delta=timedelta(minutes=1),
        )
        self.last_challenge().expires_on = fields.Datetime.now() - timedelta(seconds=1)
        self.env.flush_all()
        answer = self.type_code(code)
        self.assertEqual(answer.status_code, 422)
        self.assertIn("does not work any more", answer.text)
        self.assertEqual(self.url_open(link).status_code, 410)
        self.assertEqual(self.post_form(link, page=f"/p/{ALIAS}").status_code, 410)
        self.assert_signed_in(None)

    def test_five_tries(self):
        code = self.get_code("full@example.com")
        wrong = f"{(int(code) + 1) % 10**6:06}"
        for left in (4, 3, 2, 1):
            answer = self.type_code(wrong)
            self.assertEqual(answer.status_code, 422)
            self.assertIn(f"Tries left: {left}", answer.text)
        self.assertIn("Too many wrong codes", self.type_code(wrong).text)
        answer = self.type_code(code)
        self.assertEqual(answer.status_code, 422, "the right one is too late")
        self.assert_signed_in(None)

    def test_bad_codes(self):
        code = self.get_code("full@example.com")
        for bad in ("", " ", "abc", "9" * 10000, "١٢٣٤٥٦", "' OR 1=1 --"):
            answer = self.type_code(bad)
            self.assertEqual(answer.status_code, 422, bad[:20])
            self.last_challenge().tries = 0
        self.env.flush_all()
        self.type_code(code)
        self.assert_signed_in(self.user_full)

    def test_bad_links(self):
        for path in ("/in/x", "/in/" + "a" * 5000, "/in/%F0%9F%8D%89"):
            self.assertEqual(self.page(path).status_code, 410, path[:20])
            self.assertEqual(self.post(path).status_code, 410, path[:20])

    def test_link_of_another_company(self):
        other = self.env["res.company"].create({"name": "Melón SpA"})
        self.ask_by_email("full@example.com")
        _to, _code, link = self.read_mail(self.run_sender()[0])
        self.assertEqual(self.url_open(link.replace(ALIAS, other.portal_alias)).status_code, 410)
        self.assertEqual(self.url_open(link).status_code, 200)

    def test_ask_again(self):
        old = self.get_code("full@example.com")
        answer = self.post("/again")
        self.assertEqual(answer.status_code, 429)
        self.assertIn("Please wait", answer.text)
        self.assertNotIn("is-invalid", answer.text, "nothing is wrong with the code")
        # Where the script leads when the mail has left: this address takes no GET.
        self.assertIn(f'data-page="/p/{ALIAS}/code"', answer.text)
        self.assertEqual(self.page("/again").status_code, 405)
        with freeze_time(fields.Datetime.now() + timedelta(seconds=40)):
            answer = self.post("/again")
            self.assertEqual(answer.status_code, 303)
            (message,) = self.run_sender()
            new = self.read_mail(message)[1]
            if old != new:
                self.assertEqual(self.type_code(old).status_code, 422)
            self.type_code(new)
        self.assert_signed_in(self.user_full)

    def test_asked_for_again_it_has_all_its_tries(self):
        code = self.get_code("full@example.com")
        wrong = f"{(int(code) + 1) % 10**6:06}"
        self.assertIn("Tries left: 4", self.type_code(wrong).text)
        with freeze_time(fields.Datetime.now() + timedelta(seconds=40)):
            self.post("/again")
            code = self.read_mail(self.run_sender()[0])[1]
            wrong = f"{(int(code) + 1) % 10**6:06}"
            self.assertIn("Tries left: 4", self.type_code(wrong).text)
            self.type_code(code)
        self.assert_signed_in(self.user_full)

    def test_redirects_to_portal_pages_alone(self):
        for asked, expected in {
            "/my/invoices?filter=due": "/my/invoices?filter=due",
            "https://evil.example.com": "/my",
            "//evil.example.com": "/my",
            "/\\evil.example.com": "/my",
            "/my//evil.example.com": "/my",
            "/my/../web": "/my",
            "/myevil": "/my",
            "/odoo": "/my",
            "javascript:alert(1)": "/my",
            "/my\r\nX: y": "/my",
            "": "/my",
        }.items():
            self.new_browser()
            answer = self.ask_by_email("full@example.com", redirect=asked)
            self.assertEqual(answer.status_code, 303)
            code = self.read_mail(self.run_sender()[0])[1]
            answer = self.type_code(code)
            self.assertTrue(answer.headers["Location"].endswith(expected), asked)
            self.env["customer.portal.throttle"].search([]).unlink()
            self.env.flush_all()

    def test_second_factor_is_asked_for(self):
        self.env.flush_all()
        self.cr.execute(
            "UPDATE res_users SET totp_secret = 'JBSWY3DPEHPK3PXP' WHERE id = %s",
            [self.user_full.id],
        )
        self.env.registry.clear_cache()
        code = self.get_code("full@example.com")
        answer = self.type_code(code)
        self.assertIn("/web/login/totp", answer.headers["Location"])
        self.assert_signed_in(None)
        session = self.get_session()
        self.assertEqual(session["pre_uid"], self.user_full.id)
        self.assertFalse(session.get("uid"))
        # A wrong one is noted.
        self.post_form("/web/login/totp", {"totp_token": "000000"}, page="/web/login/totp")
        failed = self.env["customer.portal.event"].search([("kind", "=", "sign_in_failed")])
        self.assertEqual(
            [(one.partner_id, one.session_way) for one in failed],
            [(self.user_full.partner_id, "totp")],
        )

    def test_access_taken_away_meanwhile(self):
        self.ask_by_email("full@example.com")
        _to, code, link = self.read_mail(self.run_sender()[0])
        self.alfa.portal_access = False
        self.env.flush_all()
        self.assertEqual(self.type_code(code).status_code, 410)
        self.assertEqual(self.post_form(link, page=f"/p/{ALIAS}").status_code, 410)
        self.assert_signed_in(None)

    def test_address_changed_meanwhile(self):
        code = self.get_code("full@example.com")
        self.user_full.partner_id.email = "other@example.com"
        self.env.flush_all()
        self.assertEqual(self.type_code(code).status_code, 410)
        self.assert_signed_in(None)

    def test_way_switched_off(self):
        self.company.portal_allow_email_code = False
        self.assertNotIn("o_cpp_email_form", self.page().text)
        self.assertEqual(self.ask_by_email("full@example.com").status_code, 404)
        self.assertIn("o_cpp_way_in", self.url_open("/web/login").text, "by the tax ID")
        self.company.portal_allow_tax_id = False
        self.assertNotIn("o_cpp_tax_id_form", self.page().text)
        self.assertEqual(self.post("/tax_id", {"tax_id": "B85738045"}).status_code, 404)
        self.assertNotIn("o_cpp_way_in", self.url_open("/web/login").text)
        self.assertFalse(self.last_challenge())

    def test_core_page_without_scripts(self):
        """A script of core's shows the form; where none runs, a style does."""
        self.sign_in(None)
        page = html.fromstring(self.url_open("/web/login").content)
        self.assertIn("oe_login_form", "".join(page.xpath("//noscript/style/text()")))

    def test_core_page_leads_here(self):
        page = self.url_open("/web/login?redirect=/my/invoices")
        self.assertIn(f'href="/p/{ALIAS}?redirect=%2Fmy%2Finvoices"', page.text)
        self.assertIn(f'href="/p/{ALIAS}"', self.url_open("/web/login").text)
        self.company.portal_enabled = False
        self.assertNotIn("o_cpp_way_in", self.url_open("/web/login").text)

    def test_sign_in_form_can_not_forge_it(self):
        """The credential that stands for a code can't be posted to core's sign-in page."""
        answer = self.post_form(
            "/web/login",
            {
                "login": self.user_full.login,
                "password": "x",
                "type": "customer_portal_challenge",
                "challenge": "1",
                "secret": "x",
            },
        )
        self.assertEqual(answer.status_code, 200)
        self.assert_signed_in(None)

    def test_password_session_says_so(self):
        self.get_code("full@example.com")
        from .common import PASSWORD

        self.post_form(
            "/web/login",
            {"login": self.user_full.login, "password": PASSWORD, "type": "password"},
        )
        session = self.get_session()
        self.assertEqual(session["portal_opened_by"], "password")
        self.assertNotIn("portal_sign_in", session)


@tagged("post_install", "-at_install")
class TestWhoGetsIn(SignInCase):
    def _assert_code_for(self, address, allowed):
        """Assert that asking looks the same, and whether a mail is sent."""
        answer = self.ask_by_email(address)
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(answer.headers["Location"].endswith(f"/p/{ALIAS}/code"))
        self.assertEqual(len(self.run_sender()), int(allowed), address)
        page = self.page("/code")
        self.assertIn("We have sent a link and a code", page.text)
        self.assertEqual(self.last_challenge().state, "sent")

    def _contact(self, **values):
        return self.env["res.partner"].create(
            {"name": "Recepción", "parent_id": self.alfa.id, "email": "nuevo@example.com", **values}
        )

    def test_first_sign_in_makes_the_user(self):
        contact = self._contact()
        self.assertFalse(contact.user_ids)
        self.type_code(self.get_code("nuevo@example.com"))
        user = contact.user_ids
        self.assertEqual(len(user), 1)
        self.assertTrue(user._is_portal())
        self.assertEqual(user.login, "nuevo@example.com")
        self.assertEqual(user.company_id, self.company)
        self.assertEqual(contact.portal_profile_id, self.company.portal_default_profile_id)
        self.assert_signed_in(user)

    def test_unless_the_company_invites(self):
        self.company.portal_allow_self_registration = False
        self._contact()
        self._assert_code_for("nuevo@example.com", False)
        self._assert_code_for("full@example.com", True)

    def test_refused_without_saying_so(self):
        self._contact(email="archived@example.com", active=False)
        self._contact(email="ship@example.com", type="delivery")
        other = self.env["res.company"].create({"name": "Melón SpA"})
        self._contact(email="elsewhere@example.com", company_id=False).company_id = other
        gone = self._create_customer("Gamma SL", email="gamma@example.com")
        gone.active = False
        blocked = self._create_customer("Delta SL", email="delta@example.com")
        blocked.portal_access = False
        revoked = self._create_contact_user("Revocado", "revoked", self.alfa)
        revoked.active = False
        for address in (
            "nobody@example.com", "archived@example.com", "ship@example.com",
            "elsewhere@example.com", "gamma@example.com", "delta@example.com",
            "revoked@example.com", "hola@example.com",
        ):  # fmt: skip
            self._assert_code_for(address, False)
            self.env["customer.portal.throttle"].search([]).unlink()

    def test_employees_never_get_in_this_way(self):
        self._assert_code_for("ventas@example.com", False)
        self._contact(email="Ventas@example.com")
        self._assert_code_for("ventas@example.com", False)
        self._contact(email=self.env.ref("base.user_admin").login + "@example.com")
        self.user_sales.login = "otra@example.com"
        self._contact(email="otra@example.com")
        self._assert_code_for("otra@example.com", False)

    def test_deleted_account(self):
        self.user_full._deactivate_portal_user()
        self._assert_code_for("full@example.com", False)

    def test_sole_trader(self):
        trader = self.env["res.partner"].create(
            {"name": "Autónoma", "email": "autonoma@example.com", "vat": "ES00000014Z"}
        )
        self.type_code(self.get_code("autonoma@example.com"))
        self.assert_signed_in(trader.user_ids)

    def test_address_shared_by_two_contacts(self):
        """An adviser's mailbox is registered for two customers: it says for whom it comes."""
        first = self._contact(name="Asesoría (Alfa)")
        second = self._contact(name="Asesoría (Beta)", parent_id=self.beta.id)
        code = self.get_code("nuevo@example.com")
        page = self.type_code(code)
        self.assertEqual(page.status_code, 200)
        self.assertIn("Asesoría (Alfa)", page.text)
        self.assertIn("Asesoría (Beta)", page.text)
        self.assert_signed_in(None)
        self.type_code("", contact=second.id)
        self.assert_signed_in(second.user_ids)
        self.assertEqual(second.user_ids.login, "nuevo@example.com")
        self.assertFalse(first.user_ids)
        # The other one gets a user of its own.
        self.new_browser()
        self.ask_by_email("nuevo@example.com")
        _to, _code, link = self.read_mail(self.run_sender()[0])
        self.post_form(link, {"contact": first.id})
        self.assert_signed_in(first.user_ids)
        self.assertNotEqual(first.user_ids, second.user_ids)

    def test_shared_address_in_another_browser(self):
        first = self._contact(name="Asesoría (Alfa)")
        self._contact(name="Asesoría (Beta)", parent_id=self.beta.id)
        self.ask_by_email("nuevo@example.com")
        _to, code, link = self.read_mail(self.run_sender()[0])
        self.new_browser()
        answer = self.post_form(link, {"code": code})
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Please choose who you are", answer.text)
        self.post_form(link, {"code": code, "contact": first.id})
        self.assert_signed_in(first.user_ids)

    def test_chosen_contact_must_be_one_of_them(self):
        self._contact(name="Asesoría (Alfa)")
        self._contact(name="Asesoría (Beta)", parent_id=self.beta.id)
        stranger = self.user_stranger.partner_id
        code = self.get_code("nuevo@example.com")
        for bad in (stranger.id, "0", "-1", "abc", "9" * 400, "1;2"):
            page = self.type_code(code, contact=bad)
            self.assertIn("Who are you?", page.text)
            self.assert_signed_in(None)

    def test_merged_meanwhile(self):
        contact = self._contact()
        code = self.get_code("nuevo@example.com")
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (contact | self.user_full.partner_id).ids, self.user_full.partner_id
        )
        self.env.flush_all()
        self.assertEqual(self.type_code(code).status_code, 410)
        self.assert_signed_in(None)

    def test_user_of_another_company_of_the_group(self):
        other = self.env["res.company"].create({"name": "Melón SpA"})
        self.user_full.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.type_code(self.get_code("full@example.com"))
        self.assertIn(self.company, self.user_full.company_ids)
        self.company.portal_allow_self_registration = False
        self.user_full.company_ids = other
        self.new_browser()
        self._assert_code_for("full@example.com", False)

    def test_bad_addresses(self):
        for bad in ("", "x", "x@", "a b@c d", "x" * 10000 + "@example.com", "\x00@example.com"):
            answer = self.ask_by_email(bad)
            self.assertEqual(answer.status_code, 422, bad[:20])
        self.assertFalse(self.last_challenge())


@tagged("post_install", "-at_install")
class TestSecret(SignInCase):
    """What a challenge is used up by, asked of the model alone: pages ask more."""

    def setUp(self):
        super().setUp()
        self.ask_by_email("full@example.com")
        self.challenge = self.last_challenge()
        self.code, self.token = self.challenge._draw_secrets()
        self.env.flush_all()

    def _try(self, code, network="192.0.2.1"):
        """Try a code as a request does, which may commit; return the ticket, or the error.

        Not within ``assertRaises``, which would take back what is counted."""
        self.env.flush_all()
        with self.registry.cursor() as cr:
            challenge = self.challenge.with_env(api.Environment(cr, SUPERUSER_ID, {}))
            try:
                found = challenge._try_code(code, network)
            except UserError as error:
                found = error
        self.env.invalidate_all()
        return found

    def _assert_refused(self, found, words="does not work any more"):
        self.assertIsInstance(found, UserError)
        self.assertNotIsInstance(found, TooManyTries)
        self.assertIn(words, str(found))

    def _assert_denied(self, secret, challenge=None):
        with self.assertRaises(AccessDenied):
            (challenge or self.challenge)._consume(secret)
        self.assertFalse((challenge or self.challenge).used_on)

    def test_token_once(self):
        self.assertEqual(self.challenge._consume(self.token), self.user_full.partner_id.ids)
        self.assertTrue(self.challenge.used_on)
        with self.assertRaises(AccessDenied):
            self.challenge._consume(self.token)

    def test_other_secrets(self):
        self.new_browser()
        self.ask_by_email("stranger@example.com")
        other = self.last_challenge()
        _code, other_token = other._draw_secrets()
        for secret in ("", None, "x", self.code, other_token, self.token.swapcase()):
            self._assert_denied(secret)
        self._assert_denied(self.token, other)

    def test_before_it_is_sent_and_after_it_ended(self):
        for state in ("queued", "replaced", "ended"):
            self.challenge.state = state
            self._assert_denied(self.token)
        self.challenge.state = "sent"
        self.challenge.expires_on = fields.Datetime.now() - timedelta(seconds=1)
        self._assert_denied(self.token)
        self.challenge.expires_on = False
        self._assert_denied(self.token)

    def test_the_moment_it_expires(self):
        """From then on it is over, and until then it is not."""
        moment = datetime(2026, 3, 1, 10, 10)
        self.challenge.expires_on = moment
        with freeze_time(moment):
            self.assertFalse(self.challenge._is_open())
            self._assert_denied(self.token)
            self._assert_refused(self._try(self.code))
        with freeze_time(moment - timedelta(seconds=1)):
            self.assertTrue(self.challenge._is_open())
            self.assertIsInstance(self._try(self.code), str)
            self.assertTrue(self.challenge._consume(self.token))

    def test_ticket_once(self):
        ticket = self._try(self.code)
        self.assertIsInstance(ticket, str)
        self.assertNotEqual(ticket, self.code)
        self._assert_refused(self._try(self.code))
        self._assert_refused(self._try("wrong"))
        self.assertTrue(self.challenge._consume(ticket))
        with self.assertRaises(AccessDenied):
            self.challenge._consume(ticket)
        with self.assertRaises(AccessDenied):
            self.challenge._consume(self.token)

    def test_ticket_of_one_challenge_alone(self):
        self.new_browser()
        self.ask_by_email("stranger@example.com")
        other = self.last_challenge()
        other._draw_secrets()
        ticket = self._try(self.code)
        self.assertIsInstance(ticket, str)
        self._assert_denied(ticket, other)
        self.assertTrue(self.challenge._consume(ticket))

    def test_credential_of_its_own_user_alone(self):
        """What stands for a mailed code when the session is made: asked of the user itself."""

        def check(user, **values):
            credential = {"challenge": self.challenge.id, "secret": self.token, **values}
            return user.with_user(user)._check_credentials(
                {"type": "customer_portal_challenge", **credential}, {"interactive": False}
            )

        def assert_denied(user, **values):
            # Not used up: what was done is taken back with the error.
            with self.assertRaises(AccessDenied):
                check(user, **values)

        user = self.user_full
        for wrong in (
            {"secret": ""}, {"secret": None}, {"secret": self.code}, {"challenge": None},
            {"challenge": str(self.challenge.id)}, {"challenge": self.challenge.id + 1000},
        ):  # fmt: skip
            assert_denied(user, **wrong)
        for purpose in ("step_up", "document", "password"):
            self.challenge.purpose = purpose
            assert_denied(user)
        self.challenge.purpose = "sign_in"
        for other in (self.user_stranger, self.user_colleague, self.user_sales):
            assert_denied(other)
        self.alfa.portal_access = False
        assert_denied(user)
        self.alfa.portal_access = True
        self.assertEqual(
            check(user, way="mailed_code"),
            {"uid": user.id, "auth_method": "mailed_code", "mfa": "default"},
        )
        assert_denied(user)

    def test_link_used_ends_the_code(self):
        self.challenge._consume(self.token)
        self._assert_refused(self._try(self.code))
        # Nor is it told any more whether a code is the right one.
        self._assert_refused(self._try("wrong"))

    def test_code_of_what_is_not_open(self):
        for values in (
            {"state": "queued"},
            {"state": "ended"},
            {"expires_on": fields.Datetime.now() - timedelta(seconds=1)},
            {"tries": 5},
        ):
            before = {name: self.challenge[name] for name in values}
            self.challenge.write(values)
            self._assert_refused(self._try(self.code))
            self.challenge.write(before)
        self.assertIsInstance(self._try(self.code), str)

    def test_each_secret_is_another(self):
        drawn = {self.challenge._draw_secrets() for _time in range(20)}
        self.assertEqual(len({token for _code, token in drawn}), 20)
        self.assertGreater(len({code for code, _token in drawn}), 10)
        for code, token in drawn:
            self.assertRegex(code, r"^\d{6}$")
            self.assertGreaterEqual(len(token), 43)  # 256 bits

    def test_how_long_secrets_are_good(self):
        with freeze_time("2026-03-01 10:10:00"):
            self.challenge._draw_secrets()
        self.assertEqual(self.challenge.expires_on, datetime(2026, 3, 1, 10, 20))

    def test_how_often_it_is_tried_to_send(self):
        """Every half a minute, twenty times; then it is given up."""
        with freeze_time("2026-03-01 10:10:00"):
            for number in range(1, 20):
                self.challenge._requeue()
                self.assertEqual(
                    (self.challenge.state, self.challenge.sendings), ("queued", number)
                )
                self.assertEqual(self.challenge.send_on, datetime(2026, 3, 1, 10, 10, 30))
                self.assertFalse(self.challenge.code_hash or self.challenge.token_digest)
            self.challenge._requeue()
        self.assertEqual(self.challenge.state, "ended")

    def test_how_soon_it_can_be_asked_for_again(self):
        self.env.cr.execute("UPDATE customer_portal_challenge SET create_date = '2026-03-01 10:10'")
        self.env.invalidate_all()
        with freeze_time("2026-03-01 10:10:29"), self.assertRaisesRegex(UserError, "wait 2 sec"):
            self.challenge._ask_again("nonce", "192.0.2.1")
        with freeze_time("2026-03-01 10:10:30"):
            again = self.challenge._ask_again("nonce", "192.0.2.1")
        self.assertEqual((again.state, self.challenge.state), ("queued", "ended"))
        self.assertTrue(again._is_from_browser("nonce"))
        self.assertFalse(again._is_from_browser("other") or again._is_from_browser(""))

    def test_asked_for_again_it_counts_for_the_same_contact(self):
        self.env.cr.execute("UPDATE customer_portal_challenge SET create_date = '2026-03-01 10:10'")
        self.env.invalidate_all()
        one, network = self.challenge, "192.0.2.1"
        with freeze_time("2026-03-01 10:10:30"):
            one._count_mail(one.company_id, one.address_digest, one.contacts, network, one.purpose)
            one._ask_again("nonce", network)
        self.env.cr.execute(
            "SELECT tries FROM customer_portal_throttle"
            " WHERE scope = 'mail.contact' AND hour = '2026-03-01 10:00'"
        )
        self.assertEqual(self.env.cr.fetchall(), [(2,)])

    def test_secrets_drawn_anew_end_the_old_ones(self):
        code, token = self.challenge._draw_secrets()
        self.env.flush_all()
        self._assert_denied(self.token)
        self.assertTrue(self.challenge._consume(token))

    @freeze_time("2026-03-01 10:10:00")
    def test_codes_from_one_network(self):
        """Sixty an hour, right or wrong, of whatever challenge; then not even the right one."""
        self.challenge.expires_on = fields.Datetime.now() + timedelta(minutes=10)
        for number in range(60):
            self.challenge.tries = number % 4
            self._assert_refused(self._try("wrong"), "This code is not right")
        self.challenge.tries = 0
        self.assertIsInstance(self._try(self.code), TooManyTries)
        self.assertEqual(self.challenge.tries, 0, "what is refused is no try")
        self.assertIsInstance(self._try(self.code, "192.0.2.2"), str)

    @freeze_time("2026-03-01 10:10:00")
    def test_codes_from_one_network_on_the_page(self):
        self.challenge.expires_on = fields.Datetime.now() + timedelta(minutes=10)
        self.env.flush_all()
        with patch.dict(LIMITS, {"code.network": 3}):
            statuses = [self.type_code("000000").status_code for _try in range(4)]
            self.assertEqual(statuses, [422, 422, 422, 429])
            self.assertEqual(self.type_code(self.code).status_code, 429)
        self.assert_signed_in(None)


@tagged("post_install", "-at_install")
class TestSending(SignInCase):
    def test_mail(self):
        self.user_full.partner_id.name = "Gerencia"
        self.ask_by_email("full@example.com")
        (message,) = self.run_sender()
        to, code, link = self.read_mail(message)
        self.assertEqual(to, '"Gerencia" <full@example.com>')
        self.assertIn("hola@example.com", message["From"])
        self.assertIn("Pepino Tech SpA", message["Subject"])
        self.assertNotIn(code, message["Subject"])
        text = message.get_body(("plain",)).get_content()
        self.assertIn(code, text)
        self.assertIn(link, text)
        self.assertEqual(message["Auto-Submitted"], "auto-generated")

    def test_mail_server_down(self):
        """The customer is told, the request is kept, and the mail comes when it is up again."""
        for address in ("full@example.com", "nobody@example.com"):
            self.new_browser()
            self.ask_by_email(address)
            self.assertIn("on their way", self.page("/code").text)
            self.assertFalse(self.run_sender(down=True))
            self.assertIn("We can't send mails just now", self.page("/code").text, address)
            self.assertEqual(self.page("/status").json(), {"state": "delayed"})
            self.assertFalse(self.run_sender(), "not at once again")
            with freeze_time(fields.Datetime.now() + timedelta(seconds=40)):
                sent = self.run_sender()
                self.assertEqual(len(sent), int(address == "full@example.com"))
                self.assertIn("We have sent", self.page("/code").text)
                if sent:
                    self.type_code(self.read_mail(sent[0])[1])
                    self.assert_signed_in(self.user_full)

    def test_mail_server_down_for_long(self):
        self.ask_by_email("full@example.com")
        challenge = self.last_challenge()
        challenge.sendings = 19
        self.env.flush_all()
        self.run_sender(down=True)
        self.assertEqual(challenge.state, "ended")
        self.assertIn("We could not send the mail", self.page("/code").text)

    def test_mail_server_fails_while_sending(self):
        self.ask_by_email("full@example.com")
        self.run_sender(refuse=ConnectionResetError("gone"))
        challenge = self.last_challenge()
        self.assertEqual((challenge.state, challenge.sendings), ("queued", 1))
        self.cr.execute("SELECT code_hash, token_digest FROM customer_portal_challenge")
        self.assertEqual(self.cr.fetchall(), [(None, None)])

    def test_refused_address_looks_like_any_other(self):
        from odoo.addons.base.models.ir_mail_server import MailDeliveryException

        self.ask_by_email("full@example.com")
        self.run_sender(refuse=MailDeliveryException("refused", "550 no such mailbox"))
        self.assertIn("We have sent", self.page("/code").text)

    def test_access_taken_away_before_it_is_sent(self):
        self.ask_by_email("full@example.com")
        self.alfa.portal_access = False
        self.assertFalse(self.run_sender())

    def test_old_requests_are_forgotten(self):
        self.ask_by_email("full@example.com")
        self.run_sender()
        with freeze_time(fields.Datetime.now() + timedelta(days=2)):
            self.Challenge._gc_challenges()
            self.env["customer.portal.throttle"]._gc_throttle()
        self.assertFalse(self.last_challenge())
        self.assertFalse(self.env["customer.portal.throttle"].search([]))

    def test_how_long_requests_are_kept(self):
        """A day; counters of an hour for three more."""
        self.ask_by_email("full@example.com")
        self.env.cr.execute("UPDATE customer_portal_challenge SET create_date = '2026-03-01 10:10'")
        self.env.cr.execute("UPDATE customer_portal_throttle SET hour = '2026-03-01 10:00'")
        throttle = self.env["customer.portal.throttle"]
        for moment, counters, challenges in (
            ("2026-03-01 12:59:59", True, True), ("2026-03-01 13:00:01", False, True),
            ("2026-03-02 10:09:59", False, True), ("2026-03-02 10:10:01", False, False),
        ):  # fmt: skip
            with freeze_time(moment):
                self.Challenge._gc_challenges()
                throttle._gc_throttle()
            self.env.invalidate_all()
            self.assertEqual(bool(throttle.search([])), counters, moment)
            self.assertEqual(bool(self.last_challenge()), challenges, moment)

    def test_mail_in_the_language_of_the_contact(self):
        self.env["res.lang"]._activate_lang("es_ES")
        template = self.env.ref("customer_portal_plus.mail_template_sign_in")
        template.with_context(lang="es_ES").subject = "Su enlace"
        self.user_full.partner_id.lang = "es_ES"
        self.ask_by_email("full@example.com")
        self.assertEqual(self.run_sender()[0]["Subject"], "Su enlace")


@tagged("post_install", "-at_install")
class TestLimits(SignInCase):
    def _use_up(self, address="full@example.com"):
        for _try in range(6):
            self.new_browser()
            self.assertEqual(self.ask_by_email(address).status_code, 303)

    def test_limits_are_those_that_are_promised(self):
        """Those that ``docs/sign_in.md`` tells, and those that nobody guesses a code within."""
        self.assertEqual(
            LIMITS,
            {
                "mail.address": 6,
                "mail.contact": 12,
                "mail.network": 30,
                "mail.company": 600,
                "mail.busy": 5,
                "code.network": 60,
                "tax_id.network": 40,
                "tax_id.number": 20,
                "tax_id.company": 2000,
                "tax_id.busy": 5,
            },
        )

    @freeze_time("2026-03-01 10:10:00")
    def test_mails_to_one_address(self):
        """The seventh is not refused: it leaves a minute after the last one."""
        self._use_up()
        self.assertEqual(len(self.run_sender()), 6)
        self.new_browser()
        self.assertEqual(self.ask_by_email("full@example.com").status_code, 303)
        page = self.page("/code")
        self.assertIn("a minute", page.text)
        self.assertNotIn('name="code"', page.text)
        self.assertFalse(self.run_sender())
        self.assertEqual(self.ask_by_email("stranger@example.com").status_code, 303)
        self.assertEqual(len(self.run_sender()), 1)
        with freeze_time("2026-03-01 10:11:01"):
            self.assertEqual(len(self.run_sender()), 1)

    @freeze_time("2026-03-01 10:10:00")
    def test_asked_for_by_a_stranger_it_signs_in_all_the_same(self):
        """Whoever asks, with the mail that comes its owner gets in."""
        self._use_up()
        *_others, last = self.run_sender()
        _to, code, link = self.read_mail(last)
        self.new_browser()
        self.ask_by_email("full@example.com")
        self.post_form(link, {"code": code})
        self.assert_signed_in(self.user_full)

    @freeze_time("2026-03-01 10:10:00")
    def test_mails_that_wait_replace_each_other(self):
        self._use_up()
        self.run_sender()
        for _try in range(5):
            self.new_browser()
            self.assertEqual(self.ask_by_email("full@example.com").status_code, 303)
        states = self.Challenge.search([], order="id").mapped("state")
        self.assertEqual(states, ["sent"] * 6 + ["replaced"] * 4 + ["queued"])
        with freeze_time("2026-03-01 10:11:01"):
            (message,) = self.run_sender()
            _to, code, link = self.read_mail(message)
            self.post_form(link)
            self.assert_signed_in(self.user_full)

    @freeze_time("2026-03-01 10:10:00")
    def test_who_was_replaced_is_told(self):
        self._use_up()
        self.new_browser()
        self.ask_by_email("full@example.com")
        own_browser, self.opener = self.opener, Opener(self)
        self.ask_by_email("full@example.com")
        self.opener = own_browser
        self.assertEqual(self.page("/status").json(), {"state": "replaced"})
        self.assertIn("Another mail to this address", self.page("/code").text)

    @freeze_time("2026-03-01 10:10:00")
    def test_code_alone_is_not_enough_after_many_mails(self):
        """Nobody goes on guessing the codes of one address."""
        self._use_up()
        self.ask_by_email("full@example.com")
        with freeze_time("2026-03-01 10:11:01"):
            *_others, message = self.run_sender()
            _to, code, link = self.read_mail(message)
            token = re.search(r'csrf_token" value="([^"]+)"', self.page().text).group(1)
            answer = self.page("/code", data={"csrf_token": token, "code": code})
            self.assertEqual(answer.status_code, 422)
            self.assert_signed_in(None)
            self.post_form(link)
            self.assert_signed_in(self.user_full)

    @freeze_time("2026-03-01 10:10:00")
    def test_unknown_address_is_limited_alike(self):
        self._use_up("nobody@example.com")
        self.run_sender()
        self.ask_by_email("nobody@example.com")
        self.assertEqual(self.last_challenge().state, "queued")
        self.assertIn("a minute", self.page("/code").text)
        self.run_sender()
        self.assertEqual(self.last_challenge().state, "queued")

    @freeze_time("2026-03-01 10:10:00")
    def test_asking_again_is_counted_with_asking(self):
        self._use_up()
        self.run_sender()
        with freeze_time("2026-03-01 10:10:45"):
            self.assertEqual(self.post("/again").status_code, 303)
            self.assertTrue(self.last_challenge().needs_link)
            self.assertFalse(self.run_sender())
        with freeze_time("2026-03-01 10:11:01"):
            self.assertEqual(len(self.run_sender()), 1)

    @freeze_time("2026-03-01 10:10:00")
    def test_what_is_refused_uses_up_nothing(self):
        """One network asks as often as it likes: the others go on as before."""
        for number in range(40):
            self.ask_by_email(f"x{number}@example.com")
        for _try in range(10):
            self.assertEqual(self.ask_by_email("full@example.com").status_code, 429)
        counted = {
            scope: self.env["customer.portal.throttle"].search([("scope", "=", scope)])
            for scope in ("mail.network", "mail.company", "mail.address")
        }
        self.assertEqual(counted["mail.network"].tries, 30)
        self.assertEqual(counted["mail.company"].tries, 30)
        self.assertEqual(len(counted["mail.address"]), 30)

    @freeze_time("2026-03-01 10:10:00")
    def test_company_that_is_asked_for_too_often_slows_down(self):
        """After the limit of a company each network still gets some mails, none gets many."""
        with patch.dict(LIMITS, {"mail.company": 8}):
            statuses = [
                self.ask_by_email(f"x{number}@example.com").status_code for number in range(14)
            ]
            self.assertEqual(statuses, [303] * 13 + [429])
            counter = self.env["customer.portal.throttle"]
            self.assertEqual(counter.search([("scope", "=", "mail.company")]).tries, 8)
            self.assertEqual(len(counter.search([("scope", "=", "mail.address")])), 13)
            with patch.object(
                self.registry[self.Challenge._name], "_network", lambda self, address: "other"
            ):
                self.assertEqual(self.ask_by_email("full@example.com").status_code, 303)
        self.assertEqual(len(self.run_sender()), 1)

    def test_several_limits_at_once(self):
        """The first one is counted also if another refuses, which then uses up nothing."""
        Throttle = self.env["customer.portal.throttle"]

        def tries():
            found = Throttle.search([("scope", "=like", "try.%")])
            found.invalidate_recordset()
            return {row.scope: row.tries for row in found}

        def refused(*limits):
            # Not within ``assertRaises``, which would take back what is counted.
            try:
                Throttle._count(*limits)
            except TooManyTries:
                return
            self.fail("Not refused")

        with freeze_time("2026-03-01 10:10:00"):
            limits = {("try.who", "a"): 9, ("try.what", "b"): 9, ("try.one", "c"): 1}
            self.assertEqual(Throttle._count(limits), set())
            refused(limits)
            self.assertEqual(tries(), {"try.who": 2, "try.what": 1, "try.one": 1})
            passed = Throttle._count(limits, {("try.one", "c"): None})
            self.assertEqual(passed, {("try.one", "c")})
            self.assertEqual(tries(), {"try.who": 3, "try.what": 2, "try.one": 1})
            stricter = {("try.one", "c"): (("try.busy", "a"), 1)}
            Throttle._count(limits, stricter)
            refused(limits, stricter)
            self.assertEqual(tries(), {"try.who": 5, "try.what": 3, "try.one": 1, "try.busy": 1})

    @freeze_time("2026-03-01 10:10:00")
    def test_mails_from_one_network(self):
        for number in range(30):
            self.assertEqual(self.ask_by_email(f"x{number}@example.com").status_code, 303)
        self.assertEqual(self.ask_by_email("full@example.com").status_code, 429)

    def test_limit_counts_an_hour(self):
        with freeze_time("2026-03-01 10:59:00"):
            for number in range(31):
                answer = self.ask_by_email(f"x{number}@example.com")
            self.assertEqual(answer.status_code, 429)
        with freeze_time("2026-03-01 11:00:01"):
            self.assertEqual(self.ask_by_email("full@example.com").status_code, 303)

    def test_networks(self):
        same = self.Challenge._network
        self.assertEqual(same("2001:db8:1:2::5"), same("2001:db8:1:2:ffff::1"))
        self.assertNotEqual(same("2001:db8:1:2::5"), same("2001:db8:1:3::5"))
        self.assertEqual(same("::ffff:192.0.2.7"), "192.0.2.7")
        self.assertNotEqual(same("192.0.2.7"), same("192.0.2.8"))
        self.assertEqual(same(None), "")

    def test_what_a_request_begins_with(self):
        self.ask_by_email("full@example.com")
        asked = self.last_challenge()
        self.assertEqual((asked.link, asked.purpose, asked.state), (0, "sign_in", "queued"))

    def test_counters_tell_nothing(self):
        self.ask_by_email("full@example.com")
        self.cr.execute("SELECT to_jsonb(t)::text FROM customer_portal_throttle t")
        rows = self.cr.fetchall()
        self.assertTrue(rows)
        for (row,) in rows:
            self.assertNotIn("example.com", row)
            self.assertNotIn("127.0.0.1", row)


@tagged("post_install", "-at_install")
class TestNobodyReads(SignInCase):
    def test_no_rights_on_the_tables(self):
        self.get_code("full@example.com")
        from odoo.exceptions import AccessError

        for user in (self.user_full, self.user_sales, self.env.ref("base.user_admin")):
            for model in ("customer.portal.challenge", "customer.portal.throttle"):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])
