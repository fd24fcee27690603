"""Sessions that began with a document's link confirm who it is before acts that matter."""

import re
from base64 import b64encode
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessDenied
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .common.payment import PaymentCase
from .common.sign_in import SignInCase
from .common.signature import make_signature_png

STEP_UP = "odoo.addons.customer_portal_plus.controllers.step_up_session.time"


class StepUpCase(SignInCase, PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order(cls.user_full.partner_id, require_signature=True)

    def open_session(self, user=None, way="document_link", minutes_ago=None):
        """Sign in, and have the session say that it was opened in some way."""
        from odoo.http import root

        user = user or self.user_full
        self.sign_in(user)
        session = root.session_store.get(self.opener.cookies["session_id"])
        session["portal_opened_by"] = way
        if minutes_ago is not None:
            now = fields.Datetime.now().timestamp()
            session["portal_step_up"] = {
                "until": now + (15 - minutes_ago) * 60, "evidence": "mailed_code, f•••@e•••.com",
            }  # fmt: skip
        root.session_store.save(session)

    def step_up_send(self, redirect="/my/team"):
        return self.post_form(
            "/my/step_up/send",
            {"redirect": redirect},
            page="/my/step_up",
            allow_redirects=False,
        )

    def step_up_code(self, code, redirect="/my/team"):
        return self.post_form(
            "/my/step_up/code",
            {"code": code, "redirect": redirect},
            page="/my/step_up",
            allow_redirects=False,
        )

    def assert_asked(self, answer, back=None):
        location = answer.headers.get("Location", "")
        self.assertIn(answer.status_code, (302, 303))
        self.assertIn("/my/step_up?redirect=", location)
        if back:
            self.assertIn(back.replace("/", "%2F"), location)


@tagged("post_install", "-at_install")
class TestStepUp(StepUpCase):
    # === HOW IT IS OPENED === #

    def test_session_from_a_document_link(self):
        """From the link of a document by a mailed code: the session says so, and the code that was
        just typed is good for 15 minutes."""
        link_url = self.env["customer.portal.link"]._make(self.order, self.user_full.partner_id)
        page = self.url_open(link_url)
        self.assertEqual(page.status_code, 200)
        form = {"model": "sale.order", "res_id": self.order.id}
        answer = self.post("/lead_on", form, page=f"/my/orders/{self.order.id}")
        self.assertEqual(answer.status_code, 303, answer.text[:300])
        (message,) = self.run_sender()
        self.assertEqual(self.type_code(self.read_mail(message)[1]).status_code, 303)
        self.assert_signed_in(self.user_full)
        session = self.get_session()
        self.assertEqual(session["portal_opened_by"], "document_link")
        evidence = session["portal_step_up"]["evidence"]
        self.assertRegex(
            evidence, r"^mailed_code, fu?•••l?@e•••\.com, \d{4}-\d\d-\d\d \d\d:\d\d UTC$"
        )
        answer = self.post_form(
            "/my/team/invite", {"name": "A", "email": "bad"}, page="/my", allow_redirects=False
        )
        self.assertEqual(answer.status_code, 422)  # the team's own answer
        with patch(STEP_UP) as clock:
            clock.time.return_value = fields.Datetime.now().timestamp() + 16 * 60
            answer = self.post_form(
                "/my/team/invite", {"name": "A", "email": "bad"}, page="/my", allow_redirects=False
            )
        self.assert_asked(answer, "/my/team")

    def test_other_sessions_are_not_asked(self):
        for way in ("password", "passkey", "mailed_code", "mailed_link"):
            self.open_session(way=way)
            answer = self.url_open("/my/step_up?redirect=/my/team", allow_redirects=False)
            self.assertTrue(answer.headers["Location"].endswith("/my/team"), way)
            self.assertEqual(self.url_open("/my/account/billing").status_code, 200, way)

    # === THE CODE === #

    def test_code(self):
        self.open_session()
        self.assertIn("o_cpp_step_up_send", self.url_open("/my/step_up").text)
        self.assertFalse(self.run_sender())  # looking sends nothing
        answer = self.step_up_send()
        self.assertEqual(answer.status_code, 303)
        page = self.url_open(answer.headers["Location"])
        self.assertIn("•••@e•••.com", page.text)
        (message,) = self.run_sender()
        address, code, link = self.read_mail(message)
        self.assertIn("full@example.com", address)
        self.assertFalse(link)
        answer = self.step_up_code(code)
        self.assertTrue(answer.headers["Location"].endswith("/my/team"))
        self.assertTrue(self.get_session()["portal_step_up"]["evidence"])
        answer = self.url_open("/my/account/billing", allow_redirects=False)
        self.assertEqual(answer.status_code, 200)

    def test_another_code(self):
        """After a short wait, in place of the one before."""
        self.open_session()
        self.step_up_send()
        old = self.read_mail(*self.run_sender())[1]
        answer = self.step_up_send()
        self.assertEqual(answer.status_code, 429)
        self.assertIn("Please wait", answer.text)
        self.assertNotIn("is-invalid", answer.text)
        with freeze_time(fields.Datetime.now() + timedelta(seconds=40)):
            answer = self.step_up_send()
            self.assertEqual(answer.status_code, 303)
            self.assertIn(
                "A new code is on its way", self.url_open(answer.headers["Location"]).text
            )
            new = self.read_mail(*self.run_sender())[1]
            if old != new:
                self.assertEqual(self.step_up_code(old).status_code, 422)
            self.assertEqual(self.step_up_code(new).status_code, 303)
        self.assertTrue(self.get_session()["portal_step_up"]["evidence"])

    def test_back_leads_to_no_page_that_asks_again(self):
        self.open_session()
        for asked, back in (
            ("/my/team", "/my/team"),
            (f"/my/orders/{self.order.id}", f"/my/orders/{self.order.id}"),
            ("/my/account/billing", "/my"),
            ("/my/payment_method", "/my"),
        ):
            page = self.url_open(f"/my/step_up?redirect={asked}").text
            self.assertIn(f'<a class="small" href="{back}">Back</a>', page)
            self.assertEqual(self.url_open(back, allow_redirects=False).status_code, 200)

    def test_pages_with_forms_say_so_first(self):
        """Nobody types something that is lost on the way to the code."""
        for path, form in (
            ("/my/team", "/my/team/invite"),
            ("/my/account", None),
            ("/my/addresses", None),
        ):
            self.open_session()
            page = self.url_open(path).text
            self.assertIn("o_cpp_step_up_note", page, path)
            if form:
                self.assertNotIn(f'action="{form}"', page)
            self.open_session(minutes_ago=3)
            page = self.url_open(path).text
            self.assertNotIn("o_cpp_step_up_note", page, path)
            if form:
                self.assertIn(f'action="{form}"', page)

    def test_bad_codes(self):
        self.open_session()
        self.step_up_send()
        (message,) = self.run_sender()
        code = self.read_mail(message)[1]
        wrong = f"{(int(code) + 1) % 10**6:06}"
        for typed in ("", "x" * 10000, "\x00", wrong):
            self.assertEqual(self.step_up_code(typed).status_code, 422, typed[:9])
        self.assertIn("Too many", self.step_up_code(wrong).text)
        self.assertEqual(self.step_up_code(code).status_code, 422)
        self.assertNotIn("portal_step_up", self.get_session())
        self.assert_asked(self.url_open("/my/account/billing", allow_redirects=False))

    def test_code_works_once_and_for_ten_minutes(self):
        self.open_session()
        self.step_up_send()
        (message,) = self.run_sender()
        self.last_challenge().expires_on = fields.Datetime.now()
        self.assertEqual(self.step_up_code(self.read_mail(message)[1]).status_code, 422)
        self.assertNotIn("portal_step_up", self.get_session())

    def test_code_is_no_way_in(self):
        """A code for confirming signs nobody in, and one for signing in confirms nothing."""
        self.open_session()
        self.step_up_send()
        (message,) = self.run_sender()
        code = self.read_mail(message)[1]
        challenge = self.last_challenge()
        self.new_browser()
        self.ask_by_email("full@example.com")
        self.assertEqual(self.type_code(code).status_code, 422)
        with self.registry.cursor() as cr:
            challenge = challenge.with_env(self.env(cr=cr))
            ticket = challenge._try_code(code, "127.0.0.1")
        with self.assertRaises(AccessDenied):
            self.user_full.sudo()._portal_check_challenge(
                {"challenge": challenge.id, "secret": ticket}
            )
        self.assert_signed_in(None)

    def test_code_of_somebody_else(self):
        self.open_session(self.user_stranger)
        self.step_up_send()
        (message,) = self.run_sender()
        code = self.read_mail(message)[1]
        self.open_session()
        self.assert_asked(self.step_up_code(code))
        self.assert_asked(self.url_open("/my/account/billing", allow_redirects=False))

    def test_without_an_address(self):
        self.user_full.partner_id.email = False
        self.open_session()
        answer = self.step_up_send()
        self.assertEqual(answer.status_code, 422)
        self.assertIn("no e-mail address", answer.text)

    def test_leads_to_portal_pages_alone(self):
        self.open_session(way="password")
        for bad in ("https://evil.example.com", "//evil.example.com", "/web", "/my/../web"):
            answer = self.url_open(f"/my/step_up?redirect={bad}", allow_redirects=False)
            self.assertTrue(answer.headers["Location"].endswith("/my"), bad)

    def test_guest(self):
        answer = self.url_open("/my/step_up", allow_redirects=False)
        self.assertIn("/web/login", answer.headers["Location"])

    def test_next_sign_in_starts_anew(self):
        self.open_session(minutes_ago=1)
        self.sign_in(self.user_stranger)
        self.assertNotIn("portal_step_up", self.get_session())

    # === THE ACTS === #

    def test_signing(self):
        self.open_session()
        url = f"/my/orders/{self.order.id}"
        answer = self.post_form(f"{url}/sign", page=url, allow_redirects=False)
        self.assert_asked(answer, url)
        self.assertFalse(self.env["customer.portal.frozen.document"].search([]))
        self.open_session(minutes_ago=3)
        answer = self.post_form(f"{url}/sign", page=url, allow_redirects=False)
        signing_url = re.search(r"/my/sign/\d+", answer.headers["Location"]).group()
        sha256 = re.search(r'name="sha256" value="(\w+)"', self.url_open(signing_url).text).group(1)
        form = {
            "sha256": sha256, "consent": "1", "method": "draw", "signer_name": "Gerencia",
            "drawing": f"data:image/png;base64,{b64encode(make_signature_png()).decode()}",
        }  # fmt: skip
        self.open_session(minutes_ago=16)
        answer = self.post_form(
            f"{signing_url}/confirm", form, page=signing_url, allow_redirects=False
        )
        self.assert_asked(answer, signing_url)
        self.assertEqual(self.order.state, "sent")
        self.open_session(minutes_ago=3)
        answer = self.post_form(
            f"{signing_url}/confirm", form, page=signing_url, allow_redirects=False
        )
        self.assertEqual(answer.status_code, 303, answer.text[-2000:])
        self.assertEqual(self.order.state, "sale")
        evidence = self.env["customer.portal.signature"].search([], order="id DESC", limit=1)
        self.assertEqual(evidence.opened_by, "document_link")
        self.assertEqual(evidence.step_up, "mailed_code, f•••@e•••.com")
        words = dict(row for _heading, rows in evidence._certificate_sections() for row in rows)
        self.assertEqual(words["Session opened by"], "Personal link of the document")
        self.assertEqual(words["Confirmed by"], "Mailed code, f•••@e•••.com")

    def test_team(self):
        self.open_session()
        colleague = self.user_colleague.partner_id
        for path, data in (
            ("invite", {"name": "Caja", "email": "caja@example.com"}),
            (f"{colleague.id}/change", {"name": "X", "profile_id": self.profile_full.id}),
            (f"{colleague.id}/remove", {}),
        ):
            answer = self.post_form(
                f"/my/team/{path}", data, page="/my/team", allow_redirects=False
            )
            self.assert_asked(answer, "/my/team")
        self.assertEqual(colleague.portal_profile_id, self.profile_purchasing)
        self.assertTrue(self.user_colleague.active)

    def test_email_change(self):
        self.open_session()
        contact = self.user_full.partner_id
        form = {"name": contact.name, "phone": "+34 600 000 000"}
        answer = self.post_form(
            "/my/account/contact", {**form, "email": "new@example.com"}, page="/my/account",
            allow_redirects=False,
        )  # fmt: skip
        self.assert_asked(answer, "/my/account")
        self.assertEqual((contact.email, contact.phone), ("full@example.com", False))
        # Its own telephone is no secret to steal.
        self.post_form("/my/account/contact", {**form, "email": contact.email}, page="/my/account")
        self.assertEqual(contact.phone, "+34 600 000 000")

    def test_billing_data(self):
        self.open_session()
        answer = self.url_open("/my/account/billing", allow_redirects=False)
        self.assert_asked(answer, "/my/account/billing")
        form = {"name": self.alfa.name, "street": "Calle Robada 1", "city": "Madrid"}
        answer = self.post_form(
            "/my/account/billing", form, page="/my/account", allow_redirects=False
        )
        self.assert_asked(answer, "/my/account/billing")
        for partner in (self.alfa, self.user_full.partner_id, self.alfa.browse()):
            answer = self.post_form(
                "/my/address/submit",
                {**form, "partner_id": partner.id or "", "email": "new@example.com"},
                page="/my/account",
                allow_redirects=False,
            )
            self.assertIn("/my/step_up", answer.text)
        self.assertEqual(self.alfa.street, "Calle Mayor 1")
        self.assertEqual(self.user_full.partner_id.email, "full@example.com")
        self.assertFalse(self.env["res.partner"].search([("street", "=", "Calle Robada 1")]))

    def _create_saved_method(self):
        return self.env["payment.token"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "partner_id": self.user_full.partner_id.id,
                "provider_ref": "saved",
                "payment_details": "4321",
                "demo_simulated_state": "done",
            }
        )

    def test_saved_methods(self):
        token = self._create_saved_method()
        invoice = self._create_invoice(self.user_full.partner_id, 50.0)
        self.open_session()
        page = self.url_open(f"/my/invoices/{invoice.id}").text
        self.assertNotIn("4321", page)
        self.assertIn("o_cpp_step_up_link", page)
        answer = self.url_open("/my/payment_method", allow_redirects=False)
        self.assert_asked(answer, "/my/payment_method")
        kwargs = {
            "provider_id": self.provider.id, "payment_method_id": self.method.id,
            "token_id": token.id, "flow": "token", "tokenization_requested": False,
            "landing_route": "/my", "amount": 50.0, "access_token": None,
        }  # fmt: skip
        with mute_logger("odoo.http"):
            with self.assertRaises(JsonRpcException):
                self.make_jsonrpc_request(f"/invoice/transaction/{invoice.id}", kwargs)
            with self.assertRaises(JsonRpcException):
                self.make_jsonrpc_request("/payment/archive_token", {"token_id": token.id})
        self.assertTrue(token.active)
        self.assertFalse(invoice.transaction_ids)
        self.open_session(minutes_ago=1)
        self.assertIn("4321", self.url_open(f"/my/invoices/{invoice.id}").text)
        self.make_jsonrpc_request(f"/invoice/transaction/{invoice.id}", kwargs)
        self.assertEqual(invoice.transaction_ids.token_id, token)

    def test_saved_methods_and_the_link_itself(self):
        """Who has but the link of an invoice neither sees nor uses saved methods."""
        token = self._create_saved_method()
        invoice = self._create_invoice(self.user_full.partner_id, 50.0)
        access_token = invoice._portal_ensure_token()
        page = self.url_open(f"/my/invoices/{invoice.id}?access_token={access_token}")
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("4321", page.text)
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self.make_jsonrpc_request(
                f"/invoice/transaction/{invoice.id}",
                {
                    "provider_id": self.provider.id, "payment_method_id": self.method.id,
                    "token_id": token.id, "flow": "token", "tokenization_requested": False,
                    "landing_route": "/my", "amount": 50.0, "access_token": access_token,
                },
            )  # fmt: skip
        self.assertFalse(invoice.transaction_ids)
