"""Only what the company offers is shown in the portal, and only that is taken."""

from odoo import Command
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from odoo.addons.payment import utils as payment_utils

from .common.payment import PaymentCase


@tagged("post_install", "-at_install")
class TestWaysToPay(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._create_invoice(cls.alfa, 100.0, days=-60, due_days=-30)
        cls.card = cls.env.ref("payment.payment_method_card")
        cls.paypal = cls.env.ref("payment.payment_method_paypal")
        cls.bizum = cls.env.ref("payment.payment_method_bizum")
        ways = cls.card | cls.paypal | cls.bizum
        cls.provider.write({"payment_method_ids": [Command.set(ways.ids)]})
        ways.write(
            {
                "active": True,
                # Bizum is for euros and Spain; here it stands for any other way.
                "supported_currency_ids": [Command.clear()],
                "supported_country_ids": [Command.clear()],
            }
        )
        # Whatever a database has beside them has no say here.
        cls.env["payment.provider"].search([("id", "!=", cls.provider.id)]).is_published = False
        cls.token = cls._create_token(cls.user_full.partner_id)

    @classmethod
    def _create_token(cls, partner, method=None, **values):
        return cls.env["payment.token"].create(
            {
                "provider_id": cls.provider.id,
                "payment_method_id": (method or cls.card).id,
                "payment_details": "1234",
                "partner_id": partner.id,
                "provider_ref": "saved",
                "demo_simulated_state": "done",
                **values,
            }
        )

    def _basket_id(self):
        self.sign_in(self.user_full)
        answer = self.post_form(
            "/my/pay/choose", data={"invoice": str(self.invoice.id)}, page="/my/pay"
        )
        return int(answer.url.rsplit("/", 1)[1])

    def _pay_values(self, method, **changes):
        return {
            "provider_id": self.provider.id,
            "payment_method_id": method.id,
            "token_id": None,
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": "/my",
            "amount": 100.0,
            **changes,
        }

    def _routes(self):
        """The ways on which a payment starts, as route and further values."""
        partner = self.user_full.partner_id
        currency = self.company.currency_id
        access_token = payment_utils.generate_access_token(
            partner.id, 100.0, currency.id, env=self.env
        )
        order = self._create_order(self.alfa, 100.0, state="sale")
        return {
            f"/my/pay/{self._basket_id()}/transaction": {},
            f"/invoice/transaction/{self.invoice.id}": {"access_token": None},
            "/invoice/transaction/overdue": {"payment_reference": "x"},
            f"/my/orders/{order.id}/transaction": {"access_token": None},
            "/payment/transaction": {
                "currency_id": currency.id,
                "partner_id": partner.id,
                "access_token": access_token,
                "reference_prefix": "x",
            },
        }

    def _assert_taken(self, method, taken, **changes):
        for route, more in self._routes().items():
            Transaction = self.env["payment.transaction"]
            last = Transaction.search([], order="id desc", limit=1).id or 0
            values = {**self._pay_values(method, **changes), **more}
            if taken:
                self.make_jsonrpc_request(route, values)
            else:
                with mute_logger("odoo.http"), self.assertRaises(JsonRpcException, msg=route) as no:
                    self.make_jsonrpc_request(route, values)
                self.assertIn("PortalRefusal", str(no.exception), route)
            started = Transaction.search([("id", ">", last)])
            self.assertEqual(bool(started), taken, route)
            started.unlink()

    def _shown(self):
        """The codes of the methods on the payment page of a basket."""
        page = self.url_open(f"/my/pay/{self._basket_id()}").text
        return {
            method.code
            for method in (self.card, self.paypal, self.bizum)
            if f'data-payment-method-code="{method.code}"' in page
        }

    def test_everything_by_default(self):
        self.assertEqual(self._shown(), {"card", "paypal", "bizum"})
        self._assert_taken(self.bizum, True)

    def test_chosen_methods_only(self):
        self.company.portal_payment_method_ids = self.card
        self.assertEqual(self._shown(), {"card"})
        self._assert_taken(self.card, True)
        self._assert_taken(self.bizum, False)

    def test_a_brand_goes_with_its_method(self):
        visa = self.env.ref("payment.payment_method_visa")
        self.company.portal_payment_method_ids = self.card
        self.assertEqual(self.company._portal_offered_methods(visa), visa)
        self.company.portal_payment_method_ids = self.bizum
        self.assertFalse(self.company._portal_offered_methods(visa))

    def test_no_paypal(self):
        self.company.portal_allow_paypal = False
        self.assertEqual(self._shown(), {"card", "bizum"})
        self._assert_taken(self.paypal, False)
        self._assert_taken(self.card, True)

    def test_a_provider_without_offered_methods(self):
        self.company.portal_payment_method_ids = self.env.ref("payment.payment_method_webpay")
        self.assertEqual(self._shown(), set())
        self._assert_taken(self.card, False)

    def test_saved_methods_switched_off(self):
        token = {"flow": "token", "token_id": self.token.id, "payment_method_id": None}
        self._assert_taken(self.card, True, **token)
        page = self.url_open(f"/my/pay/{self._basket_id()}").text
        self.assertIn(f"o_payment_token_{self.token.id}", page)
        self.company.portal_allow_saved_methods = False
        page = self.url_open(f"/my/pay/{self._basket_id()}").text
        self.assertNotIn(f"o_payment_token_{self.token.id}", page)
        self._assert_taken(self.card, False, **token)

    def test_nothing_is_saved_where_it_is_switched_off(self):
        self.provider.allow_tokenization = True
        self.card.support_tokenization = True
        wish = self._pay_values(self.card, tokenization_requested=True)
        route = f"/my/pay/{self._basket_id()}/transaction"
        self.assertIn("o_payment_tokenize_checkbox", self.url_open(route[:-12]).text)
        self.make_jsonrpc_request(route, wish)
        self.assertTrue(self.invoice.transaction_ids.tokenize)
        self.invoice.transaction_ids.unlink()
        self.company.portal_allow_saved_methods = False
        self.assertNotIn("o_payment_tokenize_checkbox", self.url_open(route[:-12]).text)
        self.make_jsonrpc_request(route, wish)
        self.assertFalse(self.invoice.transaction_ids.tokenize)

    def test_saved_method_of_a_way_that_is_not_offered(self):
        self.company.portal_payment_method_ids = self.bizum
        page = self.url_open(f"/my/pay/{self._basket_id()}").text
        self.assertNotIn(f"o_payment_token_{self.token.id}", page)
        self._assert_taken(
            self.bizum, False, flow="token", token_id=self.token.id, payment_method_id=None
        )

    def test_payment_link(self):
        """The page of a payment link offers the same."""
        self.company.portal_payment_method_ids = self.card
        link = self.env["payment.link.wizard"].create(
            {"res_model": "account.move", "res_id": self.invoice.id, "amount": 100.0}
        )
        self.sign_in(self.user_full)
        page = self.url_open(link.link).text
        self.assertIn('data-payment-method-code="card"', page)
        self.assertNotIn('data-payment-method-code="bizum"', page)

    def test_quote(self):
        self.company.portal_payment_method_ids = self.card
        order = self._create_order(self.alfa, require_payment=True)
        self.sign_in(self.user_full)
        page = self.url_open(f"/my/orders/{order.id}").text
        self.assertIn('data-payment-method-code="card"', page)
        self.assertNotIn('data-payment-method-code="bizum"', page)

    def test_elsewhere_nothing_is_left_out(self):
        """A shop or a point of sale ask without the portal."""
        self.company.write({"portal_allow_paypal": False, "portal_payment_method_ids": self.card})
        providers = self.env["payment.provider"]._get_compatible_providers(
            self.company.id, self.alfa.id, 10.0, currency_id=self.company.currency_id.id
        )
        methods = self.env["payment.method"]._get_compatible_payment_methods(
            providers.ids, self.alfa.id, currency_id=self.company.currency_id.id
        )
        self.assertIn(self.paypal, methods)

    def test_only_what_the_provider_can_do(self):
        """What no published provider does can't be asked for, either."""
        self.provider.payment_method_ids = self.card
        route = f"/my/pay/{self._basket_id()}/transaction"
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self.make_jsonrpc_request(route, self._pay_values(self.bizum))
        self.assertFalse(self.invoice.transaction_ids)
