"""Signing a quote by its mailed link: only who reads a mailbox of the customer's people can, and it
signs as that person."""

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .common.sign_in import SignInCase, within_one_hour
from .common.signature import SignatureCase


@tagged("post_install", "-at_install")
class TestGuestSigning(SignInCase, SignatureCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Contacts without a user sign as well, also where nobody signs in uninvited.
        cls.company.portal_allow_self_registration = False
        cls.buyer = cls.env["res.partner"].create(
            {"name": "Ana", "parent_id": cls.alfa.id, "email": "ana.compras@example.com"}
        )
        cls.quote = cls._create_order(cls.buyer, amount=900.0, require_signature=True)
        cls.token = cls.quote._portal_ensure_token()
        cls.url = f"/my/orders/{cls.quote.id}"

    def _ask(self, masked=None):
        """Go from the quote's page to where the code is typed, as a guest with its link."""
        answer = self.post_form(
            f"{self.url}/sign",
            {"access_token": self.token},
            page=f"{self.url}?access_token={self.token}",
        )
        self.assertIn("/sign/who", answer.url)
        choices = dict(self._choices(answer.text))
        key = choices[masked] if masked else next(iter(choices.values()))
        return self.post_form(
            f"{self.url}/sign/who",
            {"access_token": self.token, "choice": key},
            page=answer.url,
        )

    def _choices(self, html):
        for part in html.split('name="choice"')[1:]:
            key = part.split('value="')[1].split('"')[0]
            yield part.split("</label>")[0].rpartition(">")[2].strip(), key

    def _type(self, code):
        return self.post_form(f"{self.url}/sign/code", {"code": code}, page=f"{self.url}/sign/code")

    def test_sign_with_a_mailed_code(self):
        answer = self._ask()
        self.assertIn("an•••s@e•••.com", answer.text)
        self.assertNotIn("ana.compras@example.com", answer.text)
        (message,) = self.run_sender()
        address, code, link = self.read_mail(message)
        self.assertIn("ana.compras@example.com", address)
        self.assertFalse(link, "the code signs, it is no way into the portal")
        answer = self._type(code)
        self.assertRegex(answer.url, r"/my/sign/\d+")
        shown = self.url_open(f"{answer.url}/document.pdf")
        self.assertEqual(shown.content[:5], b"%PDF-")
        answer = self._sign(self.quote, signing_url=answer.url, signer_name="Ana")
        self.assertEqual(answer.status_code, 200)
        self.assertIn(self.quote.name, answer.text)
        self.assertEqual(self.quote.state, "sale")
        evidence = self._evidence(self.quote)
        self.assertEqual(evidence.contact_id, self.buyer)
        self.assertEqual(evidence.step_up, "mailed_code")
        self.assertEqual(evidence.signer_email, "ana.compras@example.com")
        # It is no session: nothing but this quote opened.
        self.assert_signed_in(None)

    def test_who_is_offered(self):
        """Those of the customer who may accept, masked; nobody of another one."""
        self.user_colleague.partner_id.portal_profile_id = self.profile_read_only
        page = self.url_open(f"{self.url}/sign/who?access_token={self.token}").text
        offered = [masked for masked, _key in self._choices(page)]
        self.assertEqual(offered[0], "an•••s@e•••.com", "whom the quote is for comes first")
        self.assertIn("f•••@e•••.com", offered)
        self.assertNotIn("co•••e@e•••.com", offered)
        for secret in ("@example.com", self.buyer.name, self.user_full.name):
            self.assertNotIn(secret, page.split("<main")[1].split("</main")[0])

    def test_wrong_codes(self):
        self._ask()
        (message,) = self.run_sender()
        _address, code, _link = self.read_mail(message)
        wrong = f"{(int(code) + 1) % 10**6:06}"
        for _try in range(5):
            answer = self._type(wrong)
            self.assertEqual(answer.status_code, 422)
        answer = self._type(code)
        self.assertEqual(answer.status_code, 422)
        self.assertIn("does not work any more", answer.text)
        self.assertFalse(self._evidence(self.quote))

    def test_too_many_codes(self):
        """Whoever holds a link can't fill somebody's mailbox."""
        page = f"{self.url}/sign/who?access_token={self.token}"
        key = dict(self._choices(self.url_open(page).text))["an•••s@e•••.com"]
        form = {"access_token": self.token, "choice": key}
        with within_one_hour():
            statuses = [
                self.post_form(f"{self.url}/sign/who", form, page=page).status_code
                for _ in range(7)
            ]
        self.assertEqual(statuses, [200] * 6 + [429])

    def test_code_expires(self):
        self._ask()
        (message,) = self.run_sender()
        code = self.read_mail(message)[1]
        later = fields.Datetime.add(fields.Datetime.now(), minutes=11)
        with freeze_time(later):
            self.assertIn("does not work any more", self._type(code).text)

    def test_choice_that_was_not_offered(self):
        for choice in ("", "x", "0" * 16):
            answer = self.post_form(
                f"{self.url}/sign/who",
                {"access_token": self.token, "choice": choice},
                page=f"{self.url}/sign/who?access_token={self.token}",
            )
            self.assertEqual(answer.status_code, 422)
            self.assertIn("choose one of the addresses", answer.text)
        self.assertFalse(self.run_sender())

    def test_without_or_with_another_token(self):
        other = self._create_order(self.alfa, amount=900.0, require_signature=True)
        for token in ("", "x", other._portal_ensure_token()):
            answer = self.url_open(f"{self.url}/sign/who?access_token={token}")
            self.assertEqual(answer.status_code, 404)
            self.assertNotIn("•••", answer.text)
        self.assertEqual(self.url_open(f"{self.url}/sign/code").status_code, 404)

    def test_code_of_one_quote_signs_no_other(self):
        other = self._create_order(self.buyer, amount=900.0, require_signature=True)
        self._ask()
        (message,) = self.run_sender()
        signing = self._type(self.read_mail(message)[1]).url
        token = other._portal_ensure_token()
        answer = self.post_form(
            f"/my/orders/{other.id}/sign", {"access_token": token}, page=f"{self.url}/sign/code"
        )
        self.assertIn(f"/my/orders/{other.id}/sign/who", answer.url)
        # Another browser has nothing of it, with the address of the signing page either.
        self.new_browser()
        for address in (signing, f"{signing}/document.pdf"):
            answer = self.url_open(address, allow_redirects=False)
            self.assertEqual(answer.status_code, 404)
            self.assertNotIn(b"%PDF", answer.content)

    def test_gates_shut_meanwhile(self):
        """Between the code and the signature the quote is hidden, or the contact may no more."""
        self._ask()
        (message,) = self.run_sender()
        signing = self._type(self.read_mail(message)[1]).url
        html = self.url_open(signing).text
        form = {
            "csrf_token": html.split('csrf_token" value="')[1].split('"')[0],
            "sha256": html.split('name="sha256" value="')[1][:64],
            "signer_name": "Ana",
            "method": "type",
            "consent": "1",
        }
        self.quote.portal_visible = False
        self.url_open(f"{signing}/confirm", data=form)
        self.quote.portal_visible = True
        self.buyer.portal_profile_id = self.profile_read_only
        answer = self.url_open(f"{signing}/confirm", data=form)
        self.assertIn("ask a colleague who may", answer.text)
        self.assertFalse(self._evidence(self.quote))
        self.assertEqual(self.quote.state, "sent")

    def test_nobody_can(self):
        for contact in self.env["res.partner"].search(
            [("commercial_partner_id", "=", self.alfa.id)]
        ):
            contact.portal_profile_id = self.profile_read_only
        page = self.url_open(f"{self.url}/sign/who?access_token={self.token}").text
        self.assertIn("Nobody of your company can sign this", page)

    def test_who_is_signed_in_needs_no_code(self):
        self.sign_in(self.user_full)
        answer = self.url_open(
            f"{self.url}/sign/who?access_token={self.token}", allow_redirects=False
        )
        self.assertEqual(answer.status_code, 303)
        self.assertIn(self.url, answer.headers["Location"])

    def test_personal_link_asks_for_its_own_address_alone(self):
        path = self.env["customer.portal.link"]._make(self.quote, self.buyer)
        page = self.url_open(path)
        self.assertEqual(page.status_code, 200)
        answer = self.post_form(f"{self.url}/sign", page=self.url)
        self.assertIn("/sign/who", answer.url)
        offered = [masked for masked, _key in self._choices(answer.text)]
        self.assertEqual(offered, ["an•••s@e•••.com"])
