"""Answering a quote on its page: each state, each way, who may and who may not."""

import base64
from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from ..exceptions import PortalRefusal
from .common import PortalCase, PortalHttpCase
from .common.signature import make_signature_png

signature = base64.b64encode(make_signature_png()).decode()


class QuoteAnswerData:
    """What the tests of answering share: asking as somebody, and looking at what became of it."""

    def assert_nothing_changed(self, quote, state="sent"):
        quote.invalidate_recordset()
        self.assertEqual(quote.state, state)
        self.assertFalse(quote.signature)
        self.assertFalse(quote.activity_ids)
        self.assertFalse(quote.message_ids.filtered(lambda m: m.message_type == "comment"))

    def staff_mails(self, quote):
        return (
            self.env["mail.mail"]
            .sudo()
            .search([("model", "=", "sale.order"), ("res_id", "=", quote.id)])
            .filtered(lambda mail: self.user_sales.partner_id in mail.recipient_ids)
        )


@tagged("post_install", "-at_install")
class TestQuoteAnswerRules(QuoteAnswerData, PortalCase):
    """The conditions, asked of the model."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quote = cls._create_order(cls.alfa)
        cls.contact = cls.user_full.partner_id

    def _assert_obstacle(self, obstacle, partner=None, quote=None):
        quote = quote or self.quote
        partner = self.contact if partner is None else partner
        self.assertEqual(quote._portal_accept_obstacle(partner), obstacle)
        if obstacle:
            self.assertTrue(quote._portal_obstacle_texts()[obstacle])

    def test_open(self):
        self._assert_obstacle(None)
        self._assert_obstacle(None, self.env["res.partner"])  # a guest with the token

    def test_can_accept_is_for_the_current_user(self):
        self.assertTrue(self.quote.with_user(self.user_full).portal_can_accept)
        self.contact.portal_profile_id = self.profile_read_only
        self.env.invalidate_all()
        self.assertFalse(self.quote.with_user(self.user_full).portal_can_accept)
        self.assertTrue(self.quote.with_user(self.user_colleague).portal_can_accept)

    def test_states(self):
        self._assert_obstacle("draft", quote=self._create_order(self.alfa, state="draft"))
        self._assert_obstacle("accepted", quote=self._create_order(self.alfa, state="sale"))
        self.quote.action_cancel()
        self._assert_obstacle("unavailable")

    def test_expired(self):
        self.quote.validity_date = self.today - timedelta(days=1)
        self._assert_obstacle("expired")
        self.quote.validity_date = self.today
        self.quote.invalidate_recordset(["is_expired"])
        self._assert_obstacle(None)

    def test_other_customer_is_a_guest_here(self):
        """Somebody of another customer is judged as the holder of a link, nothing else."""
        self._assert_obstacle(None, self.user_stranger.partner_id)
        self.assertFalse(self.quote._portal_as_contact(self.user_stranger.partner_id))

    def test_capability(self):
        self.contact.portal_profile_id = self.profile_read_only
        self._assert_obstacle("no_right")
        self.contact.portal_profile_id = self.profile_accounting
        self._assert_obstacle("unavailable")

    def test_switches(self):
        self.company.portal_allow_quote_acceptance = False
        self._assert_obstacle("acceptance_off")
        self.assertIsNone(self.quote._portal_reject_obstacle(self.contact))
        self.company.portal_allow_quote_acceptance = True
        self.company.portal_allow_quote_rejection = False
        self._assert_obstacle(None)
        self.assertEqual(self.quote._portal_reject_obstacle(self.contact), "rejection_off")

    def test_prepayment_needs_online_payment(self):
        self.quote.require_payment = True
        self.quote.prepayment_percent = 1.0
        self.assertEqual(self.quote._portal_next_act(self.contact), "pay")
        self.company.portal_allow_payment = False
        self._assert_obstacle("payment_off")

    def test_next_act(self):
        self.assertEqual(self.quote._portal_next_act(self.contact), "accept")
        self.quote.require_signature = True
        self.assertEqual(self.quote._portal_next_act(self.contact), "sign")
        self.quote.require_payment = True
        self.assertEqual(self.quote._portal_next_act(self.contact), "sign")

    def test_line_without_product(self):
        self.quote.order_line.product_id = False
        self._assert_obstacle("incomplete")

    def test_version_changes_with_what_is_agreed(self):
        version = self.quote._portal_version()
        line = self.quote.order_line
        for record, values in (
            (line, {"price_unit": 99.0}),
            (line, {"product_uom_qty": 2}),
            (line, {"discount": 5}),
            (line, {"name": "Tornillo de acero"}),
            (self.quote, {"note": "<p>Other terms</p>"}),
            (self.quote, {"partner_invoice_id": self.user_own.partner_id.id}),
            (self.quote, {"validity_date": self.today + timedelta(days=3)}),
            (self.quote, {"require_signature": True}),
        ):
            record.write(values)
            self.assertNotEqual(self.quote._portal_version(), version, values)
            version = self.quote._portal_version()

    def test_version_ignores_what_is_internal(self):
        version = self.quote._portal_version()
        self.quote.message_post(body="Give them a discount if they ask")
        self.quote.user_id = False
        self.quote.order_line.customer_lead = 9
        self.assertEqual(self.quote._portal_version(), version)
        in_spanish = self.quote.with_context(lang="es_ES").with_user(self.user_sales)
        self.assertEqual(in_spanish._portal_version(), version)

    def test_working_on_a_rejected_quote_again(self):
        self.quote._portal_reject_quote(self.contact, "Too expensive")
        self.assertIsNone(self.quote._portal_refusal(self.contact))
        self.quote.action_draft()
        self.assertFalse(self.quote.portal_rejected_on)
        self.assertEqual(self.quote._portal_refusal(self.contact), "document")

    def test_nobody_responsible(self):
        """The answer reaches the company's address, and somebody else's right is no obstacle."""
        self.quote.user_id = False
        self.quote.team_id = False
        self.alfa.user_id = False
        self.company.email = "info@example.com"
        self.quote._portal_accept_quote(self.contact)
        self.assertEqual(self.quote.state, "sale")
        mail = self.env["mail.mail"].search(
            [("res_id", "=", self.quote.id), ("email_to", "ilike", "info@example.com")]
        )
        self.assertEqual(len(mail), 1)

    def test_salesperson_who_left(self):
        self.user_sales.active = False
        self.quote._portal_accept_quote(self.contact)
        self.assertEqual(self.quote.state, "sale")

    def test_refused_act_of_another_module(self):
        """Whatever keeps a quote from being confirmed, the act happens whole or not at all."""
        with (
            self.assertRaises(UserError),
            self.env.cr.savepoint(),
            self._patch_confirm(UserError("Analytic distribution missing")),
        ):
            self.quote._portal_accept_quote(self.contact)
        self.quote.invalidate_recordset()
        self.assert_nothing_changed(self.quote)

    def _patch_confirm(self, error):
        def raise_error(orders):
            raise error

        from unittest.mock import patch

        return patch.object(type(self.env["sale.order"]), "_validate_order", raise_error)

    def test_refusal_code(self):
        with self.assertRaises(PortalRefusal) as caught:
            self.quote._portal_accept_quote(self.contact, version="0" * 64)
        self.assertEqual(caught.exception.code, "changed")


@tagged("post_install", "-at_install")
class TestQuoteAnswerPage(QuoteAnswerData, PortalHttpCase):
    """The acts through HTTP, as the browser does them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quote = cls._create_order(cls.alfa, amount=1234.5)
        cls.url = f"/my/orders/{cls.quote.id}"

    def _accept(self, quote=None, version=None, **data):
        quote = quote or self.quote
        url = f"/my/orders/{quote.id}"
        return self.post_form(
            f"{url}/answer/accept",
            {"version": version or quote._portal_version(), **data},
            page="/my",
        )

    def _reject(self, reason="Too expensive", quote=None, **data):
        quote = quote or self.quote
        return self.post_form(
            f"/my/orders/{quote.id}/decline",
            {"version": quote._portal_version(), "decline_message": reason, **data},
            page="/my",
        )

    def _sign(self, name="Compras", image=None, quote=None, query=""):
        quote = quote or self.quote
        return self.make_jsonrpc_request(
            f"/my/orders/{quote.id}/accept{query}",
            {"name": name, "signature": signature if image is None else image},
        )

    # === ONE CLICK === #

    def test_accept_with_one_click(self):
        self.sign_in(self.user_full)
        page = self.url_open(self.url)
        self.assertIn("Accept quote", page.text)
        self.assertIn("1,234.50", page.text)
        page = self._accept()
        self.assertEqual(page.status_code, 200)
        self.assertIn("Thank you! Your order is confirmed.", page.text)
        self.assertIn("Confirmed", page.text)
        self.assertEqual(self.quote.state, "sale")

    def test_accepting_tells_staff(self):
        self.sign_in(self.user_full)
        self._accept()
        activity = self.quote.activity_ids
        self.assertEqual(activity.user_id, self.user_sales)
        self.assertEqual(
            activity.activity_type_id,
            self.env.ref("customer_portal_plus.mail_activity_type_quote_accepted"),
        )
        mails = self.staff_mails(self.quote)
        self.assertEqual(len(mails), 1, "One notice, not three")
        self.assertIn(self.quote.name, mails.subject)
        self.assertIn(self.user_full.name, mails.body_html)

    def test_accepting_is_said_in_the_customers_name(self):
        self.sign_in(self.user_full)
        self._accept()
        messages = self.quote.message_ids.filtered(
            lambda m: m.author_id == self.user_full.partner_id
        )
        self.assertEqual(len(messages), 1)
        self.assertIn("1,234.50", messages.body)

    def test_the_dialogs_do_without_scripts(self):
        """The buttons are links to a page that asks the same and posts the same forms."""
        self.sign_in(self.user_full)
        self.assertIn(f'href="{self.url}/answer"', self.url_open(self.url).text)
        page = self.url_open(f"{self.url}/answer").text
        self.assertIn(f'action="{self.url}/answer/accept"', page)
        self.assertIn(f'action="{self.url}/decline"', page)
        self.assertIn("1,234.50", page)
        self.assertIn(self.alfa.name, page)

    def test_second_click_is_told(self):
        self.sign_in(self.user_full)
        self._accept()
        page = self._accept()
        self.assertIn("already accepted", page.text)
        self.assertEqual(len(self.quote.activity_ids), 1)
        self.assertEqual(len(self.staff_mails(self.quote)), 1)

    def test_second_contact_is_told(self):
        self.sign_in(self.user_full)
        self._accept()
        self.sign_in(self.user_colleague)
        self.assertIn("already accepted", self._accept().text)
        self.assertIn("already accepted", self._reject().text)
        self.assertEqual(self.quote.state, "sale")

    def test_changed_since_loaded(self):
        version = self.quote._portal_version()
        self.quote.order_line.price_unit = 2000
        self.sign_in(self.user_full)
        page = self._accept(version=version)
        self.assertIn("has changed since you opened it", page.text)
        self.assert_nothing_changed(self.quote)
        self.assertIn("Thank you", self._accept().text)

    def test_junk_version(self):
        self.sign_in(self.user_full)
        page = self._accept(version="é" * 5000)
        self.assertIn("has changed since you opened it", page.text)
        self.assert_nothing_changed(self.quote)

    def test_without_csrf_token(self):
        self.sign_in(self.user_full)
        with mute_logger("odoo.http"):
            response = self.url_open(f"{self.url}/answer/accept", data={"version": "x"})
        self.assertEqual(response.status_code, 400)
        self.assert_nothing_changed(self.quote)

    def test_one_click_where_a_signature_is_asked(self):
        self.quote.require_signature = True
        self.sign_in(self.user_full)
        self.assertIn("asks for a signature", self._accept().text)
        self.assert_nothing_changed(self.quote)

    def test_one_click_where_a_payment_is_asked(self):
        self.quote.write({"require_payment": True, "prepayment_percent": 0.5})
        self.sign_in(self.user_full)
        self.assertIn("asks for a payment", self._accept().text)
        self.assert_nothing_changed(self.quote)

    # === WHO AND WHEN === #

    def _assert_refused(self, words, user, status=200, url=None):
        """Assert that accepting, signing and rejecting are refused, in words, by the server."""
        self.sign_in(user)
        for page in (self._accept(), self._reject()):
            self.assertEqual(page.status_code, status)
            if words:
                self.assertIn(words, page.text)
        self.assertTrue(self._sign()["error"])

    def test_expired(self):
        self.quote.validity_date = self.today - timedelta(days=1)
        self._assert_refused("no longer valid", self.user_full)
        self.assert_nothing_changed(self.quote)
        page = self.url_open(self.url).text
        self.assertIn("Expired", page)
        self.assertNotIn("Accept quote", page)
        self.assertNotIn("modaldecline_reason", page)

    def test_no_capability(self):
        self.user_full.partner_id.portal_profile_id = self.profile_read_only
        self._assert_refused("ask a colleague who may", self.user_full)
        self.assert_nothing_changed(self.quote)
        page = self.url_open(self.url).text
        self.assertIn("ask a colleague who may", page)
        self.assertNotIn("Accept quote", page)

    def test_own_scope(self):
        self._assert_refused("not available", self.user_own, 404)
        self.assert_nothing_changed(self.quote)
        own_quote = self._create_order(self.user_own.partner_id)
        self.sign_in(self.user_own)
        self.assertIn("Thank you", self._accept(own_quote).text)

    def test_other_customers(self):
        for user in (self.user_stranger, self.user_branch):
            self._assert_refused("not available", user, 404)
        self.assert_nothing_changed(self.quote)

    def test_what_does_not_exist_looks_the_same(self):
        self.sign_in(self.user_stranger)
        hidden = self.url_open(f"{self.url}/answer")
        for missing_id in (2**30, 2**31, 10**30, 0):
            missing = self.url_open(f"/my/orders/{missing_id}/answer")
            self.assertEqual(missing.status_code, hidden.status_code)

    def test_switched_off(self):
        self.company.portal_allow_quote_acceptance = False
        self.sign_in(self.user_full)
        self.assertIn("not accepted online", self._accept().text)
        self.assertTrue(self._sign()["error"])
        self.assert_nothing_changed(self.quote)
        page = self.url_open(self.url).text
        self.assertIn("not accepted online", page)
        self.assertNotIn("Accept quote", page)
        self.assertIn("modaldecline_reason", page)

    def test_draft_and_cancelled(self):
        draft = self._create_order(self.alfa, state="draft")
        self.sign_in(self.user_full)
        self.assertEqual(self._accept(draft).status_code, 404)
        self.assertEqual(self._reject(quote=draft).status_code, 404)
        self.assert_nothing_changed(draft, "draft")
        self.quote.action_cancel()
        self.assertEqual(self._accept().status_code, 404)
        self.assert_nothing_changed(self.quote, "cancel")

    def test_hidden(self):
        self.quote.portal_visible = False
        self._assert_refused("not available", self.user_full, 404)

    def test_customer_switched_off(self):
        self.sign_in(self.user_full)
        self.alfa.portal_access = False
        self.assertTrue(self._sign()["error"])
        self.assert_nothing_changed(self.quote)

    # === GUESTS === #

    def test_guest_with_the_token(self):
        token = self.quote._portal_ensure_token()
        self.sign_in(None)
        page = self.url_open(f"{self.url}?access_token={token}")
        self.assertIn("Accept quote", page.text)
        page = self.post_form(
            f"{self.url}/answer/accept",
            {"version": self.quote._portal_version(), "access_token": token},
            page=f"{self.url}?access_token={token}",
        )
        self.assertIn("Thank you! Your order is confirmed.", page.text)
        self.assertEqual(self.quote.state, "sale")
        answer = self.quote.message_ids.filtered(lambda m: "I accept" in (m.body or ""))
        self.assertEqual(answer.author_id, self.alfa)

    def test_guest_without_or_with_another_token(self):
        other = self._create_order(self.alfa)._portal_ensure_token()
        self.sign_in(None)
        for token in ("", "x", other):
            page = self.post_form(
                f"{self.url}/answer/accept",
                {"version": self.quote._portal_version(), "access_token": token},
                page="/web/login",
            )
            self.assertEqual(page.status_code, 404)
            self.assertIn("error", self._sign(query=f"?access_token={token}" if token else ""))
        self.assert_nothing_changed(self.quote)

    def test_token_does_not_lift_a_contacts_rights(self):
        self.user_full.partner_id.portal_profile_id = self.profile_read_only
        token = self.quote._portal_ensure_token()
        self.sign_in(self.user_full)
        page = self._accept(access_token=token)
        self.assertIn("ask a colleague who may", page.text)
        self.assert_nothing_changed(self.quote)

    # === REJECTION === #

    def test_reject(self):
        for require_signature in (True, False):
            quote = self._create_order(self.alfa, require_signature=require_signature)
            self.sign_in(self.user_full)
            page = self._reject("We found it cheaper.\nSorry.", quote)
            self.assertIn("The quote is rejected", page.text)
            self.assertIn("Rejected on", page.text)
            self.assertEqual(quote.state, "cancel")
            self.assertTrue(quote.portal_rejected_on)
            activity = quote.activity_ids
            self.assertEqual(activity.user_id, self.user_sales)
            self.assertIn("cheaper", activity.note)
            mails = self.staff_mails(quote)
            self.assertEqual(len(mails), 1)
            self.assertIn("cheaper", mails.body_html)
            message = quote.message_ids.filtered(lambda m: m.author_id == self.user_full.partner_id)
            self.assertIn("cheaper.<br>Sorry.", message.body)

    def test_reject_without_reason(self):
        self.sign_in(self.user_full)
        for reason in ("", "   \n "):
            self.assertIn("tell us why", self._reject(reason).text)
            self.assert_nothing_changed(self.quote)
        self.assertIn("too long", self._reject("x" * 2001).text)
        self.assert_nothing_changed(self.quote)

    def test_reject_with_script(self):
        self.sign_in(self.user_full)
        page = self._reject("<script>alert('x')</script><img src=x onerror=alert(1)>")
        self.assertEqual(self.quote.state, "cancel")
        self.assertNotIn("<script>alert", page.text)
        for html in (
            self.quote.activity_ids.note,
            self.staff_mails(self.quote).body_html,
            self.quote.message_ids.filtered(lambda m: "I reject" in (m.body or "")).body,
        ):
            self.assertNotIn("<script>", html)
            self.assertNotIn("<img", html)
            self.assertIn("alert", html)

    def test_reject_switched_off(self):
        self.company.portal_allow_quote_rejection = False
        self.sign_in(self.user_full)
        self.assertIn("not rejected online", self._reject().text)
        self.assert_nothing_changed(self.quote)
        self.assertNotIn("modaldecline_reason", self.url_open(self.url).text)
        self.assertIn("Thank you", self._accept().text)

    def test_reject_twice(self):
        self.sign_in(self.user_full)
        self._reject()
        self.assertIn("already rejected", self._reject().text)
        self.assertIn("already rejected", self._accept().text)
        self.assertEqual(len(self.quote.activity_ids), 1)

    # === OPTIONAL LINES === #

    def test_quantities_of_optional_lines(self):
        section = self.env["sale.order.line"].create(
            {
                "order_id": self.quote.id,
                "display_type": "line_section",
                "name": "Options",
                "is_optional": True,
                "sequence": 90,
            }
        )
        line = self.env["sale.order.line"].create(
            {
                "order_id": self.quote.id,
                "product_id": self.product.id,
                "product_uom_qty": 0,
                "sequence": section.sequence + 1,
            }
        )
        url = f"{self.url}/update_line_dict"
        self.sign_in(self.user_full)
        self.make_jsonrpc_request(url, {"line_id": line.id, "input_quantity": 3})
        self.assertEqual(line.product_uom_qty, 3)
        for quantity in (-5, "x", 1e12, "nan", "inf", [1]):
            with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
                self.make_jsonrpc_request(url, {"line_id": line.id, "input_quantity": quantity})
            self.assertEqual(line.product_uom_qty, 3)
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self.make_jsonrpc_request(url, {"line_id": "x", "input_quantity": 1})
        self.user_full.partner_id.portal_profile_id = self.profile_read_only
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self.make_jsonrpc_request(url, {"line_id": line.id, "input_quantity": 4})
        self.assertEqual(line.product_uom_qty, 3)

    # === TOKENS === #

    def test_no_token_for_who_is_signed_in(self):
        invoiced = self._create_order(self.alfa, state="sale")
        invoiced.order_line.qty_delivered = 1
        invoice = invoiced._create_invoices()
        invoice.action_post()
        self.sign_in(self.user_full)
        for quote in (
            self.quote,
            self._create_order(self.alfa, require_signature=True),
            self._create_order(self.alfa, require_payment=True, prepayment_percent=0.5),
            invoiced,
        ):
            page = self.url_open(f"/my/orders/{quote.id}").text
            self.assertNotIn("access_token=", page)
            self.assertFalse(quote.access_token, "Showing a page makes no token")
            token = quote._portal_ensure_token()
            self.env.flush_all()
            page = self.url_open(f"/my/orders/{quote.id}?access_token={token}").text
            self.assertNotIn(token, page)
        self.assertFalse(invoice.access_token)

    def test_guest_keeps_working_links(self):
        token = self.quote._portal_ensure_token()
        self.sign_in(None)
        page = self.url_open(f"{self.url}?access_token={token}").text
        self.assertIn("report_type=pdf", page)
        self.assertIn(token, page)
        pdf = self.url_open(f"{self.url}?access_token={token}&report_type=pdf&download=true")
        self.assertTrue(pdf.content.startswith(b"%PDF"))

    def test_order_and_invoice_lead_to_each_other(self):
        order = self._create_order(self.alfa, state="sale")
        order.order_line.qty_delivered = 1
        invoice = order._create_invoices()
        invoice.action_post()
        to_order, to_invoice = (f'href="{one.access_url}"' for one in (order, invoice))
        self.sign_in(self.user_full)
        page = self.url_open(order.access_url).text
        self.assertIn(to_invoice, page)
        self.assertIn(invoice.name, page)
        self.assertIn(to_order, self.url_open(invoice.access_url).text)
        order.portal_visible = False
        self.assertNotIn(to_order, self.url_open(invoice.access_url).text)
        order.portal_visible = True
        invoice.portal_visible = False
        self.assertNotIn(invoice.name, self.url_open(order.access_url).text)
        invoice.portal_visible = True
        self.sign_in(self.user_colleague)  # sees no invoices
        self.assertNotIn(invoice.name, self.url_open(order.access_url).text)

    # === PDF === #

    def test_pdf_without_wkhtmltopdf(self):
        """The test framework renders no PDF, just as a machine without wkhtmltopdf."""
        self.quote.order_line[0].name = "Tornillo\n" + "muy largo " * 2000
        self.sign_in(self.user_full)
        pdf = self.url_open(f"{self.url}?report_type=pdf&download=true")
        self.assertEqual(pdf.headers["Content-Type"], "application/pdf")
        self.assertIn("attachment", pdf.headers["Content-Disposition"])
        self.assertTrue(pdf.content.startswith(b"%PDF"))

    def test_bad_query_strings(self):
        self.sign_in(self.user_full)
        for query in (
            "report_type=zzz",
            "message=zzz",
            "payment_amount=abc",
            "payment_amount=nan",
            "payment_amount=-1",
            "payment_amount=inf",
            "amount_selection=zzz",
            "access_token=zzz",
            "error=<script>",
        ):
            page = self.url_open(f"{self.url}?{query}")
            self.assertEqual(page.status_code, 200, query)
            self.assertIn(self.quote.name, page.text)
