"""Saved payment methods: the main one, deleting, what expires, and whose they are."""

from datetime import date, timedelta

from lxml import html

from odoo import fields
from odoo.fields import Domain
from odoo.tests import TransactionCase, tagged

from ..models.payment.payment_token import find_expiry
from .common.payment import PaymentCase

PAGE = "/my/payment_method"


@tagged("post_install", "-at_install")
class TestSavedMethods(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        contact = cls.user_full.partner_id
        cls.first, cls.second = cls._create_token(contact, "1111"), cls._create_token(contact, "22")
        cls.shared = cls._create_token(cls.alfa, "9999")
        cls.other = cls._create_token(cls.user_stranger.partner_id, "4444")
        cls.delegate = cls._create_token(cls.user_own.partner_id, "5555")

    @classmethod
    def _create_token(cls, partner, details):
        return cls.env["payment.token"].create(
            {
                "provider_id": cls.provider.id,
                "payment_method_id": cls.method.id,
                "payment_details": details,
                "partner_id": partner.id,
                "provider_ref": details,
                "demo_simulated_state": "done",
            }
        )

    def _post(self, token, act):
        return self.post_form(f"{PAGE}/{token.id}/{act}", page=PAGE)

    def test_page(self):
        self.sign_in(self.user_full)
        page = self.url_open(PAGE).text
        for token in (self.first, self.second, self.shared):
            self.assertIn(token.display_name, page)
        for token in (self.other, self.delegate):
            self.assertNotIn(token.display_name, page)

    def test_main_method_is_chosen_beforehand(self):
        invoice = self._create_invoice(self.alfa)
        self.sign_in(self.user_full)
        self._post(self.first, "main")
        self.assertEqual(self.alfa.portal_main_token_id, self.first)
        page = self.url_open(f"/my/invoices/{invoice.id}").text
        self.assertRegex(page, rf'o_payment_token_{self.first.id}"[^>]*checked')
        self._post(self.second, "main")
        self.assertEqual(self.alfa.portal_main_token_id, self.second)
        page = self.url_open(f"/my/invoices/{invoice.id}").text
        self.assertRegex(page, rf'o_payment_token_{self.second.id}"[^>]*checked')
        self.assertNotRegex(page, rf'o_payment_token_{self.first.id}"[^>]*checked')

    def _offered(self, user, invoice):
        """Return the ids of the saved methods offered to pay an invoice, the preselected first."""
        self.sign_in(user)
        page = html.fromstring(self.url_open(f"/my/invoices/{invoice.id}").text)
        radios = page.xpath("//input[@data-payment-option-type='token']")
        radios.sort(key=lambda radio: radio.get("checked") is None)
        return [int(radio.get("data-payment-option-id")) for radio in radios]

    def test_method_of_the_customer_is_paid_with(self):
        """What is saved for the customer itself is there for whoever manages it."""
        invoice = self._create_invoice(self.alfa, 100.0)
        self.alfa.portal_main_token_id = self.shared
        offered = self._offered(self.user_full, invoice)
        self.assertEqual(offered[0], self.shared.id)
        self.assertEqual(set(offered), {self.shared.id, self.first.id, self.second.id})
        answer = self.post_form("/my/pay/choose", data={"invoice": str(invoice.id)}, page="/my/pay")
        values = self.make_jsonrpc_request(
            f"/my/pay/{answer.url.rsplit('/', 1)[1]}/transaction",
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "token_id": self.shared.id,
                "flow": "token",
                "tokenization_requested": False,
                "landing_route": "/my",
            },
        )
        tx = self.env["payment.transaction"].search([("reference", "=", values["reference"])])
        self.make_jsonrpc_request("/payment/status/poll", {})
        self.env.invalidate_all()
        self.assertEqual((tx.state, tx.token_id), ("done", self.shared))
        self.assertEqual(invoice.amount_residual, 0.0)
        self._assert_balanced(tx.payment_id)

    def test_method_of_the_customer_is_not_for_everybody(self):
        """Neither for a contact that sees only its own documents, nor for a guest with a link."""
        own = self._create_invoice(self.user_own.partner_id, 100.0)
        self.assertEqual(self._offered(self.user_own, own), [self.delegate.id])
        invoice = self._create_invoice(self.alfa, 100.0)
        self.sign_in(None)
        token = invoice._portal_ensure_token()
        page = self.url_open(f"/my/invoices/{invoice.id}?access_token={token}").text
        self.assertIn(invoice.name, page)
        self.assertNotIn("9999", page)

    def test_delete(self):
        self.sign_in(self.user_full)
        self._post(self.first, "main")
        self._post(self.first, "delete")
        self.assertFalse(self.alfa.portal_main_token_id)
        self._post(self.shared, "delete")
        self.assertFalse(self.first.active or self.shared.active)
        self.assertTrue(self.second.active)
        self.assertNotIn(self.first.display_name, self.url_open(PAGE).text)

    def test_another_contacts_are_untouchable(self):
        self.sign_in(self.user_full)
        for token in (self.other, self.delegate):
            for act in ("main", "delete"):
                self.assertEqual(self._post(token, act).status_code, 200)
            self.make_jsonrpc_request("/payment/archive_token", {"token_id": token.id})
            self.assertTrue(token.active)
        self.assertFalse((self.alfa | self.beta).portal_main_token_id)
        self._post(self.first.browse(99999999), "delete")

    def test_own_scope_leaves_the_customers(self):
        """Whoever sees only its own documents does not delete the customer's card."""
        self.sign_in(self.user_own)
        page = self.url_open(PAGE).text
        self.assertIn(self.delegate.display_name, page)
        self.assertNotIn(self.shared.display_name, page)
        self.assertNotIn("Make it the main one", page)
        self._post(self.shared, "delete")
        self._post(self.delegate, "main")
        self.make_jsonrpc_request("/payment/archive_token", {"token_id": self.shared.id})
        self.assertTrue(self.shared.active)
        self.assertFalse(self.alfa.portal_main_token_id)
        self.make_jsonrpc_request("/payment/archive_token", {"token_id": self.delegate.id})
        self.assertFalse(self.delegate.active)

    def test_without_the_right_to_pay(self):
        own = self._create_token(self.user_colleague.partner_id, "7777")
        self.sign_in(self.user_colleague)
        answer = self.url_open(PAGE, allow_redirects=False)
        self.assertEqual(answer.status_code, 404)
        for act in ("main", "delete"):
            self.post_form(f"{PAGE}/{own.id}/{act}", page="/my/account")
        self.make_jsonrpc_request("/payment/archive_token", {"token_id": own.id})
        self.assertTrue(own.active)
        self.assertFalse(self.alfa.portal_main_token_id)

    def test_whose_methods(self):
        """Asked of the domain alone, which pages and payments share."""
        Token = self.env["payment.token"]
        every = self.first | self.second | self.shared | self.other | self.delegate

        def seen(contact):
            return Token.search(Token._portal_domain(contact) & Domain("id", "in", every.ids))

        contact = self.user_full.partner_id
        self.assertEqual(seen(contact), self.first | self.second | self.shared)
        self.assertEqual(seen(self.user_own.partner_id), self.delegate)
        self.assertEqual(seen(self.user_stranger.partner_id), self.other)
        self.assertFalse(seen(self.user_branch.partner_id))
        self.assertFalse(seen(self.env["res.partner"]))
        self.company.portal_allow_saved_methods = False
        self.assertFalse(seen(contact))
        self.company.portal_allow_saved_methods = True
        contact.portal_profile_id = self.profile_read_only
        self.assertFalse(seen(contact))

    def test_methods_that_are_offered(self):
        """Those of the customer to who manages them and pays as itself, on pages of the portal."""
        contact, other = self.user_full.partner_id, self.user_own.partner_id
        tokens = self.env["payment.token"].with_user(self.user_full).sudo()
        portal = tokens.with_context(portal_ways_company_id=self.company.id)
        providers = self.provider.ids
        own = self.first | self.second
        self.assertEqual(portal._get_available_tokens(providers, contact.id), own | self.shared)
        self.assertEqual(tokens._get_available_tokens(providers, contact.id), own)
        self.assertEqual(portal._get_available_tokens(providers, other.id), self.delegate)
        self.assertFalse(portal._get_available_tokens([], contact.id))
        self.company.portal_allow_saved_methods = False
        self.assertFalse(portal._get_available_tokens(providers, contact.id))

    def test_the_day_a_card_expires(self):
        for days, tone in ((-1, "danger"), (0, "warning"), (60, "warning"), (61, "muted")):
            self.first.portal_expires_on = fields.Date.context_today(self.first) + timedelta(days)
            self.assertEqual(self.first._portal_expiry()["tone"], tone, days)
        self.first.portal_expires_on = False
        self.assertIsNone(self.first._portal_expiry())

    def test_switched_off(self):
        self.sign_in(self.user_full)
        self.assertIn(PAGE, self.url_open("/my").text)
        self.assertIn(PAGE, self.url_open("/my/payments").text)
        self.company.portal_allow_saved_methods = False
        self.assertNotIn(PAGE, self.url_open("/my").text)
        self.assertNotIn(PAGE, self.url_open("/my/payments").text)
        self.assertEqual(self.url_open(PAGE, allow_redirects=False).status_code, 404)
        self.post_form(f"{PAGE}/{self.first.id}/delete", page="/my/account")
        self.assertTrue(self.first.active)

    def test_guest(self):
        self.sign_in(None)
        self.assertIn("/web/login", self.url_open(PAGE).url)

    def test_what_expires_is_said(self):
        self.sign_in(self.user_full)
        for days, words in ((-1, "Expired on"), (30, "Expires soon"), (300, "Valid until")):
            self.first.portal_expires_on = self.today + timedelta(days=days)
            self.assertIn(words, self.url_open(PAGE).text)

    def test_expiry_comes_from_the_provider(self):
        tx = self._create_transaction([(self._create_invoice(self.alfa), 10.0)])
        tx.tokenize = True
        tx._tokenize(
            {
                "payment_details": "88",
                "simulated_state": "done",
                "card": {"exp_month": 2, "exp_year": 2031},
            }
        )
        self.assertEqual(tx.token_id.portal_expires_on, date(2031, 2, 28))

    def test_staff_have_odoos_page(self):
        self.sign_in(self.user_accountant)
        self.assertEqual(self.url_open(PAGE).status_code, 200)


@tagged("post_install", "-at_install")
class TestFindExpiry(TransactionCase):
    def test_find_expiry(self):
        for data, expected in (
            ({"Ds_ExpiryDate": "3104"}, date(2031, 4, 30)),
            ({"additionalData": {"expiryDate": "03/2030"}}, date(2030, 3, 31)),
            ({"payment_method": {"card": {"exp_month": 12, "exp_year": 2029}}}, date(2029, 12, 31)),
            ({"cards": [{"expiry": "2030-02"}]}, date(2030, 2, 28)),
            ({"expiryDate": "99/2030"}, None),
            ({"exp_month": "x", "exp_year": 2030}, None),
            ({}, None),
            (None, None),
        ):
            self.assertEqual(find_expiry(data), expected, data)
