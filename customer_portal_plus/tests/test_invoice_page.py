"""The page of an invoice, and paying it with a payment provider through HTTP."""

import json
import threading
from unittest.mock import patch

from lxml import html

from odoo.exceptions import UserError
from odoo.http import root
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.payment import utils as payment_utils

from .common import PortalHttpCase


class PaymentProviderData:
    """The demo provider, ready to take payments of the test company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = cls._create_provider()
        cls.method = cls.provider.payment_method_ids[:1]

    @classmethod
    def _create_provider(cls):
        journal = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        provider = cls.env["payment.provider"].search([("code", "=", "demo")], limit=1)
        provider = provider.filtered(lambda p: p.company_id == cls.company) or provider.copy(
            {"company_id": cls.company.id}
        )
        provider.payment_method_ids.active = True
        provider.write({"state": "test", "is_published": True})
        provider.journal_id = journal
        cls.env["ir.config_parameter"].sudo().set_param(
            "account_payment.enable_portal_payment", "True"
        )
        return provider

    def transaction_values(self, amount, **values):
        return {
            "provider_id": self.provider.id,
            "payment_method_id": self.method.id,
            "token_id": None,
            "amount": amount,
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": "https://evil.example.com",
            "is_validation": False,
            **values,
        }

    def start(self, url, amount, **values):
        return self.make_jsonrpc_request(url, self.transaction_values(amount, **values))

    def simulate(self, processing_values, state="done"):
        """Let the demo provider answer, and poll as the status page does.

        :return: what the poll answers
        """
        self.make_jsonrpc_request(
            "/payment/demo/simulate_payment",
            {
                "reference": processing_values["reference"],
                "payment_details": "1234",
                "simulated_state": state,
            },
        )
        return self.make_jsonrpc_request("/payment/status/poll", {})

    def assert_refused(self, words, url, amount, **values):
        before = self.env["payment.transaction"].search_count([])
        params = self.transaction_values(amount, **values)
        with mute_logger("odoo.http"):
            answer = self.url_open(
                url,
                data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
                headers={"Content-Type": "application/json"},
            ).json()
        self.assertIn("error", answer)
        self.assertIn(words, answer["error"]["data"]["message"])
        self.assertEqual(self.env["payment.transaction"].search_count([]), before)


@tagged("post_install", "-at_install")
class TestInvoicePage(PaymentProviderData, PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._create_invoice(cls.alfa, amount=250.0)
        cls.url = f"/my/invoices/{cls.invoice.id}"
        cls.pay_url = f"/invoice/transaction/{cls.invoice.id}"

    def _page(self, invoice=None, query=""):
        return self.url_open(f"/my/invoices/{(invoice or self.invoice).id}{query}").text

    def _register_payment(self, invoice, amount, days=0):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": amount, "payment_date": self.today})._create_payments()

    # === PAGE === #

    def test_paying_leads_on_without_scripts(self):
        """The button that opens the dialog is a link to the page where one chooses."""
        invoice = self._create_invoice(self.alfa)
        self.sign_in(self.user_full)
        page = html.fromstring(self.url_open(f"/my/invoices/{invoice.id}").text)
        hrefs = set(page.xpath("//a[@data-bs-target='#pay_with']/@href"))
        self.assertEqual(hrefs, {f"/my/pay?invoice={invoice.id}"})
        page = html.fromstring(self.url_open(hrefs.pop()).text)
        self.assertTrue(page.xpath(f"//input[@name='invoice'][@value='{invoice.id}'][@checked]"))

    def test_paying_leads_a_guest_on_without_scripts(self):
        self.sign_in(None)
        url = self.invoice.get_portal_url()
        page = html.fromstring(self.url_open(url).text)
        (href,) = page.xpath("//a[@data-bs-target='#pay_with']/@href")
        self.assertNotEqual(href, "#")
        (form,) = page.xpath("//form[@id='o_payment_form']")
        self.assertIn("JavaScript", "".join(form.xpath(".//noscript//text()")))

    def test_what_comes_first(self):
        """The number is what is left; then the document, then payments and the conversation; no
        button twice."""
        self._register_payment(self.invoice, 50.0)
        self.sign_in(self.user_full)
        page = html.fromstring(self._page())
        (hero,) = page.xpath("//*[@name='portal_hero']")
        self.assertEqual(hero.text_content().replace("\u00a0", " ").strip(), "$ 200.00")
        total = self.invoice.amount_total
        note = self.invoice._portal_hero(total - 50.0)["note"]
        self.assertIn(self.invoice.currency_id.format(total), note)
        self.assertFalse(self.invoice._portal_hero(total)["note"])
        (h1,) = page.xpath("//h1")
        self.assertEqual(" ".join(h1.text_content().split()), f"Invoice {self.invoice.name}")
        marks = page.xpath(
            "//*[@name='portal_hero' or @data-bs-target='#pay_with' or @id='invoice_html'"
            " or @name='portal_line_questions' or @name='portal_payments' or @id='discussion']"
        )
        self.assertEqual(
            [mark.get("name") or mark.get("id") or "pay" for mark in marks],
            ["portal_hero", "pay", "invoice_html", "portal_line_questions", "portal_payments",
             "discussion"],
        )  # fmt: skip
        (bar,) = page.xpath("//*[contains(@class, 'o_cpp_bar')]")
        self.assertEqual(len(bar.xpath(".//a | .//button")), 1)
        (written,) = page.xpath("//noscript//a[contains(@href, '/my/messages/new')]/@href")
        self.assertEqual(written, f"/my/messages/new?about=invoice-{self.invoice.id}")

    def test_scripts_of_providers_that_are_not_offered(self):
        """The addon of a provider adds its script to each form of payments."""
        self.env["ir.ui.view"].create(
            {
                "name": "scripts",
                "key": "customer_portal_plus.test_scripts",
                "type": "qweb",
                "inherit_id": self.env.ref("payment.form").id,
                "arch": """
                    <xpath expr="." position="inside">
                        <script src="https://js.custom.example.com/v3/"></script>
                        <link rel="stylesheet" href="https://custom.example.com/a.css"/>
                        <script src="https://js.demo.example.com/v3/"></script>
                        <script src="https://elsewhere.example.com/v3/"></script>
                    </xpath>
                """,
            }
        )
        self.sign_in(self.user_full)
        page = self._page()
        self.assertNotIn("custom.example.com", page)
        self.assertIn("js.demo.example.com", page)
        self.assertIn("elsewhere.example.com", page)
        self.provider.is_published = False
        self.assertNotIn("js.demo.example.com", self._page())

    def test_short_walk(self):
        """From its id to its page, an invoice is asked about once, and no code of quotes runs."""
        self.sign_in(self.user_full)
        self.url_open(f"/my/invoices/{self.invoice.id}")  # what is only done once is done
        called = []

        def note(frame, event, _argument):
            if event == "call" and "/customer_portal_plus/" in frame.f_code.co_filename:
                file = frame.f_code.co_filename.rpartition("/customer_portal_plus/")[2]
                called.append((file, frame.f_code.co_name))

        threading.setprofile(note)  # of the threads that serve the next requests
        try:
            self.assertIn(self.invoice.name, self.url_open(f"/my/invoices/{self.invoice.id}").text)
        finally:
            threading.setprofile(None)
        asked = [name for _file, name in called if name == "_portal_refusal"]
        self.assertEqual(len(asked), 1, asked)
        quotes = {file for file, _name in called if "quote" in file}
        self.assertFalse(quotes)

    def test_states_in_words(self):
        self.sign_in(self.user_full)
        page = self._page()
        self.assertIn("Pending", page)
        self.assertIn("250.00", page)
        overdue = self._create_invoice(self.alfa, days=-60, due_days=-30)
        self.assertIn("Overdue", self._page(overdue))
        refund = self._create_invoice(self.alfa, move_type="out_refund")
        self.assertIn("in your favour", self._page(refund))

    def test_payments_are_listed(self):
        self._register_payment(self.invoice, 100.0)
        self.sign_in(self.user_full)
        page = self._page()
        self.assertIn("Partly paid", page)
        self.assertIn("portal_payments", page)
        self.assertIn("100.00", page)
        self.assertIn("150.00", page)
        self._register_payment(self.invoice, 150.0)
        page = self._page()
        self.assertIn("Paid on", page)

    def test_credit_note_among_the_payments(self):
        refund = self._create_invoice(self.alfa, amount=50.0, move_type="out_refund")
        lines = (self.invoice + refund).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        lines.reconcile()
        self.sign_in(self.user_full)
        self.assertIn(refund.name, self._page())
        refund.portal_visible = False
        page = self._page()
        self.assertNotIn(refund.name, page)
        self.assertIn("Other items", page)

    def test_discount_that_cannot_be_had(self):
        """It is told of while all that is left can be paid, and not of a rest."""
        being_paid, disputed = (self._create_discounted() for _number in range(2))
        self.sign_in(self.user_full)
        for invoice in (being_paid, disputed):
            self.assertIn("Discount of", self._page(invoice))
        self.simulate(self.start(f"/invoice/transaction/{being_paid.id}", 980.0), "pending")
        self.company.portal_allow_disputes = True
        line = disputed.invoice_line_ids
        self.env["customer.portal.dispute"]._portal_claim(
            self.user_full.partner_id,
            disputed,
            lines=line.ids,
            reason="damaged",
            words="Rusty",
            rights={line.id: "900"},
        )
        for invoice in (being_paid, disputed):
            self.assertNotIn("Discount of", self._page(invoice))

    def test_no_token_for_who_is_signed_in(self):
        self.sign_in(self.user_full)
        page = self._page()
        self.assertIn("Pay Now", page)
        self.assertNotIn("access_token=", page)
        self.assertNotIn("data-access-token", page)
        self.assertFalse(self.invoice.access_token, "Showing a page makes no token")
        token = self.invoice._portal_ensure_token()
        self.env.flush_all()
        response = self.url_open(f"{self.url}?access_token={token}&pid=1&hash=x&payment=1")
        self.assertTrue(response.url.endswith(f"{self.url}?payment=1"))
        self.assertNotIn(token, response.text)
        self.assertNotIn(token, self._page(query="?report_type=html"))

    def test_guest_keeps_working_links(self):
        token = self.invoice._portal_ensure_token()
        self.sign_in(None)
        page = self._page(query=f"?access_token={token}")
        self.assertIn("Pay Now", page)
        self.assertIn(f'data-access-token="{token}"', page)
        other = self._create_invoice(self.alfa)._portal_ensure_token()
        for bad in ("", "x", other):
            self.assertNotIn(self.invoice.name, self._page(query=f"?access_token={bad}"))

    def test_who_does_not_see_it(self):
        for user in (self.user_stranger, self.user_branch, self.user_colleague, self.user_own):
            self.sign_in(user)
            response = self.url_open(self.url, allow_redirects=False)
            self.assertEqual(response.status_code, 404)
            self.assertNotIn(self.invoice.name, response.text)
        self.sign_in(self.user_full)
        self.assertEqual(self.url_open(self.url).status_code, 200)

    def test_neighbours(self):
        second = self._create_invoice(self.alfa, days=-1)
        hidden = self._create_invoice(self.alfa, days=-2)
        self.sign_in(self.user_full)
        self.session["my_invoices_history"] = [self.invoice.id, second.id, hidden.id, 2**40, "x"]
        root.session_store.save(self.session)
        self.assertIn(f'href="/my/invoices/{second.id}"', self._page())
        self.assertIn(f'href="/my/invoices/{hidden.id}"', self._page(second))
        hidden.portal_visible = False
        page = self._page(second)
        self.assertNotIn(f'href="/my/invoices/{hidden.id}"', page)

    def test_bad_addresses(self):
        self.sign_in(self.user_full)
        for invoice_id in (0, 2**31, 10**30, "x"):
            response = self.url_open(f"/my/invoices/{invoice_id}")
            self.assertIn(response.status_code, (200, 404))
        for query in (
            "amount=abc",
            "amount=1",
            "amount=nan&payment_token=x",
            "report_type=x",
            "error=x&success=y&warning=z",
            "payment=1",
            "pid=x&hash=y",
        ):
            self.assertEqual(self.url_open(f"{self.url}?{query}").status_code, 200, query)

    def test_copy_without_wkhtmltopdf(self):
        self.sign_in(self.user_full)
        missing = UserError("Unable to find Wkhtmltopdf on this system.")
        report = type(self.env["ir.actions.report"])
        with (
            patch.object(report, "_render_qweb_pdf", side_effect=missing),
            patch.object(report, "_pre_render_qweb_pdf", side_effect=missing),
        ):
            for query in ("report_type=pdf", "report_type=pdf&download=true"):
                response = self.url_open(f"{self.url}?{query}")
                self.assertEqual(response.headers["Content-Type"], "application/pdf")
                self.assertTrue(response.content.startswith(b"%PDF"))

    # === PAYING === #

    def test_pay(self):
        self.sign_in(self.user_full)
        self._page()
        values = self.start(self.pay_url, 250.0)
        status = self.simulate(values)
        self.assertEqual(status["state"], "done")
        self.assertEqual(status["landing_route"], self.url)
        self.assertEqual(self.invoice.amount_residual, 0)
        self.assertIn(self.invoice.payment_state, ("paid", "in_payment"))
        receivable = self.invoice.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        self.assertTrue(receivable.reconciled)
        counterpart = receivable.matched_credit_ids.credit_move_id
        self.assertEqual(counterpart.payment_id.payment_transaction_id.invoice_ids, self.invoice)
        page = self.url_open(status["landing_route"]).text
        self.assertIn("Paid on", page)
        self.assertIn("Online payment", page)
        self.assertNotIn("Pay Now", page)
        self.assert_refused("nothing left to pay", self.pay_url, 250.0)

    def test_pay_a_part(self):
        self.sign_in(self.user_full)
        self.simulate(self.start(self.pay_url, 100.0))
        self.assertEqual(self.invoice.amount_residual, 150)
        self.assertEqual(self.invoice.payment_state, "partial")
        self.assert_refused("at most", self.pay_url, 150.01)

    def test_pending_payment(self):
        self.sign_in(self.user_full)
        self.simulate(self.start(self.pay_url, 250.0), "pending")
        self.assertEqual(self.invoice.amount_residual, 250)
        self.assertIn("Payment being processed", self._page())
        self.assert_refused("under way", self.pay_url, 250.0)

    def test_failed_payment_can_be_tried_again(self):
        self.sign_in(self.user_full)
        for state in ("cancel", "error"):
            self.simulate(self.start(self.pay_url, 250.0), state)
            self.assertEqual(self.invoice.amount_residual, 250)
            self.assertIn("Pay Now", self._page())

    def test_guest_pays_with_the_token(self):
        token = self.invoice._portal_ensure_token()
        self.sign_in(None)
        self.assert_refused("not yours to pay", self.pay_url, 250.0, access_token="x")
        self.assert_refused("not yours to pay", self.pay_url, 250.0)
        status = self.simulate(self.start(self.pay_url, 250.0, access_token=token))
        self.assertEqual(status["landing_route"], f"{self.url}?access_token={token}")
        self.assertEqual(self.invoice.amount_residual, 0)
        self.assertIn("Paid on", self.url_open(status["landing_route"]).text)

    def test_amounts(self):
        self.sign_in(self.user_full)
        for amount in (0, -1, 250.01, 1e15, float("1e308"), "250", None, [250], True, {}):
            self.assert_refused("The amount must be", self.pay_url, amount)

    def test_currency(self):
        self.sign_in(self.user_full)
        other = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("id", "!=", self.invoice.currency_id.id)], limit=1)
        )
        self.assert_refused("is paid in", self.pay_url, 250.0, currency_id=other.id)

    def test_ways_of_paying_that_are_not_offered(self):
        self.sign_in(self.user_full)
        other_provider = self.env["payment.provider"].search(
            [("id", "!=", self.provider.id), ("state", "=", "disabled")], limit=1
        )
        for values in (
            {"provider_id": other_provider.id},
            {"provider_id": 0},
            {"provider_id": "x"},
            {"provider_id": None},
            {"payment_method_id": 0},
            {"payment_method_id": None},
            {"flow": "token", "token_id": 999999},
            {"flow": "token", "token_id": None},
            {"is_validation": True},
        ):
            self.assert_refused("is not available", self.pay_url, 250.0, **values)

    def test_saved_method_of_another_customer(self):
        token = self.env["payment.token"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "partner_id": self.user_stranger.partner_id.id,
                "provider_ref": "x",
                "payment_details": "1234",
            }
        )
        self.sign_in(self.user_full)
        self.assert_refused(
            "is not available", self.pay_url, 250.0, flow="token", token_id=token.id
        )

    def test_switched_off(self):
        self.company.portal_allow_payment = False
        token = self.invoice._portal_ensure_token()
        for user, query, values in (
            (self.user_full, "", {}),
            (None, f"?access_token={token}", {"access_token": token}),
        ):
            self.sign_in(user)
            page = self._page(query=query)
            self.assertNotIn("Pay Now", page)
            self.assertIn("not paid online", page)
            self.assert_refused("not paid online", self.pay_url, 250.0, **values)

    def test_without_the_capability(self):
        self.user_full.partner_id.portal_profile_id = self.profile_read_only
        self.sign_in(self.user_full)
        page = self._page()
        self.assertNotIn("Pay Now", page)
        self.assertIn("ask a colleague who may", page)
        self.assert_refused("ask a colleague who may", self.pay_url, 250.0)
        token = self.invoice._portal_ensure_token()
        self.assert_refused("ask a colleague who may", self.pay_url, 250.0, access_token=token)

    def test_not_the_customers(self):
        for user in (self.user_stranger, self.user_branch, self.user_colleague, self.user_own):
            self.sign_in(user)
            self.assert_refused("not yours to pay", self.pay_url, 250.0)
            for missing_id in (2**30, 10**30):
                self.assert_refused("not yours to pay", f"/invoice/transaction/{missing_id}", 250.0)

    def test_payment_link(self):
        """The link of core's wizard, signed over partner, amount and currency."""
        partner = self.invoice.partner_id
        signed = payment_utils.generate_access_token(
            partner.id, 250.0, self.invoice.currency_id.id, env=self.env
        )
        link = f"/payment/pay?amount=250.0&access_token={signed}&invoice_id="
        self.sign_in(None)
        page = self.url_open(f"{link}{self.invoice.id}")
        self.assertIn("o_payment_form", page.text)
        self.invoice.portal_visible = False
        self.assertEqual(self.url_open(f"{link}{self.invoice.id}").status_code, 404)
        self.assertEqual(self.url_open(f"{link}{10**30}").status_code, 404)
        self.invoice.portal_visible = True
        self.invoice._portal_ensure_token()
        self.sign_in(self.user_full)
        page = self.url_open(f"{link}{self.invoice.id}")
        self.assertIn("o_payment_form", page.text)
        self.assertNotIn(self.invoice.access_token, page.text)

    def test_credit_notes_are_not_paid(self):
        refund = self._create_invoice(self.alfa, move_type="out_refund")
        self.sign_in(self.user_full)
        self.assert_refused("can't be paid online", f"/invoice/transaction/{refund.id}", 100.0)


@tagged("post_install", "-at_install")
class TestQuotePayment(PaymentProviderData, PortalHttpCase):
    """Accepting a quote by paying what it asks for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quote = cls._create_order(
            cls.alfa, amount=400.0, require_payment=True, prepayment_percent=0.25
        )
        cls.url = f"/my/orders/{cls.quote.id}"
        cls.pay_url = f"{cls.url}/transaction"

    def test_what_comes_first(self):
        """What is to be paid ahead, and each act once; without scripts they are links."""
        self.quote.prepayment_percent = 0.5
        self.sign_in(self.user_full)
        page = html.fromstring(self.url_open(self.quote.access_url).text)
        (hero,) = page.xpath("//*[@name='portal_hero']")
        half = self.quote.currency_id.format(self.quote.amount_total / 2)
        self.assertEqual(hero.text_content().strip(), half)
        self.assertEqual(len(page.xpath("//h1")), 1)
        (pay,) = page.xpath("//a[@data-bs-target='#modalaccept']")
        self.assertEqual(pay.get("href"), f"{self.quote.access_url}/answer")
        self.assertTrue(pay.xpath("ancestor::*[contains(@class, 'o_cpp_bar')]"))
        self.assertEqual(len(page.xpath("//a[contains(@class, 'o_portal_plus_reject')]")), 1)
        self.assertFalse(page.xpath("//*[@name='portal_head']//a[@href='#']"))
        answer = html.fromstring(self.url_open(pay.get("href")).text)
        self.assertIn("JavaScript", "".join(answer.xpath("//noscript//text()")))

    def test_pay_to_accept(self):
        self.sign_in(self.user_full)
        self.assertIn("Accept & Pay", self.url_open(self.url).text)
        status = self.simulate(self.start(self.pay_url, 100.0))
        self.assertEqual(status["landing_route"], self.url)
        self.assertEqual(self.quote.state, "sale")
        self.assertIn("Confirmed", self.url_open(self.url).text)
        self.assertEqual(self.quote.activity_ids.user_id, self.user_sales)
        mails = self.env["mail.mail"].search([("subject", "=like", "Accepted:%")])
        self.assertEqual(mails.recipient_ids, self.user_sales.partner_id)

    def test_amounts(self):
        self.sign_in(self.user_full)
        for amount in (0, 99.99, 400.01, None, "100", True):
            self.assert_refused("The amount must be", self.pay_url, amount)

    def test_rights_are_those_of_accepting(self):
        self.user_full.partner_id.portal_profile_id = self.profile_read_only
        self.sign_in(self.user_full)
        self.assertNotIn("Accept & Pay", self.url_open(self.url).text)
        self.assert_refused("ask a colleague who may", self.pay_url, 100.0)
        self.company.portal_allow_quote_acceptance = False
        self.sign_in(self.user_colleague)
        self.assert_refused("not accepted online", self.pay_url, 100.0)
        for user in (self.user_stranger, self.user_own, None):
            self.sign_in(user)
            self.assert_refused("not yours to pay", self.pay_url, 100.0)

    def test_payment_does_not_replace_the_signature(self):
        self.quote.require_signature = True
        self.sign_in(self.user_full)
        self.assert_refused("asks for a signature", self.pay_url, 100.0)
        page = self.url_open(f"{self.url}?payment_amount=100").text
        self.assertIn("Sign and pay", page)
        self.assertNotIn("o_payment_form", page)

    def test_rejecting_while_a_payment_is_under_way(self):
        self.sign_in(self.user_full)
        self.simulate(self.start(self.pay_url, 100.0), "pending")
        page = self.post_form(
            f"{self.url}/decline",
            {"decline_message": "No", "version": self.quote._portal_version()},
            page="/my",
        )
        self.assertIn("under way", page.text)
        self.assertEqual(self.quote.state, "sent")

    def test_guest_pays_with_the_token(self):
        token = self.quote._portal_ensure_token()
        self.sign_in(None)
        status = self.simulate(self.start(self.pay_url, 400.0, access_token=token))
        self.assertIn(token, status["landing_route"])
        self.assertEqual(self.quote.state, "sale")

    def test_confirmed_order_by_payment_link(self):
        """A payment link of a confirmed order asks for the right to pay."""
        self.quote.action_confirm()
        self.sign_in(self.user_colleague)  # accepts quotes, pays no invoices
        self.assert_refused("ask a colleague who may", self.pay_url, 100.0)
        self.sign_in(self.user_full)
        self.simulate(self.start(self.pay_url, 50.0))
        self.assertEqual(self.quote.amount_paid, 50.0)
