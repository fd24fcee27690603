"""Quotes that are signed or accepted with one click: the same evidence as for contracts, the
customer's own order number, and what makes a signature one of an earlier version."""

import base64
import io
from unittest.mock import patch

from pypdf import PdfReader

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..cli.portalverify import verify
from ..tools import evidence_chain
from .common.signature import SignatureCase, make_pdf, make_signature_png


@tagged("post_install", "-at_install")
class TestQuoteSignature(SignatureCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quote = cls._create_order(cls.alfa, amount=1234.5, require_signature=True)
        cls.plain = cls._create_order(cls.alfa, amount=80.0)

    def _accept(self, quote, **posted):
        url = f"/my/orders/{quote.id}"
        return self.post_form(
            f"{url}/answer/accept",
            {"version": quote._portal_version(), **posted},
            page="/my",
            **({"files": posted.pop("files")} if "files" in posted else {}),
        )

    # === SIGNING === #

    def test_sign_by_drawing(self):
        self.sign_in(self.user_full)
        page, _html = self._open_signing(self.quote)
        shown = self.url_open(f"{page}/document.pdf").content
        png = make_signature_png()
        answer = self._sign(
            self.quote,
            signing_url=page,
            method="draw",
            drawing="data:image/png;base64," + base64.b64encode(png).decode(),
        )
        self.assertIn("message=sign_ok", answer.url)
        self.quote.invalidate_recordset()
        self.assertEqual(self.quote.state, "sale")
        self.assertEqual(self.quote.signed_by, "Gerencia de Alfa")
        self.assertEqual(base64.b64decode(self.quote.signature), png)
        evidence = self._evidence(self.quote)
        self.assertEqual(evidence.act, "signed")
        self.assertEqual(evidence.document_sha256, evidence_chain.sha256(shown))
        self.assertEqual(evidence.customer_id, self.alfa)
        self.assertTrue(evidence.amount_text)
        self.assertEqual(self.quote.portal_signature_state, "valid")
        self.assertIn(self.user_sales, self.quote.activity_ids.user_id)

    def test_sign_by_typed_name(self):
        """Core asks for a picture: a typed name gets one."""
        self.sign_in(self.user_full)
        self._sign(self.quote)
        self.quote.invalidate_recordset()
        self.assertEqual(self.quote.state, "sale")
        self.assertTrue(base64.b64decode(self.quote.signature).startswith(b"\x89PNG"))
        self.assertEqual(self._evidence(self.quote).method, "type")

    def test_signed_where_payment_is_asked_too(self):
        self.quote.write({"require_payment": True, "prepayment_percent": 1.0})
        self.sign_in(self.user_full)
        answer = self._sign(self.quote)
        self.assertIn("allow_payment=yes", answer.url)
        self.quote.invalidate_recordset()
        self.assertEqual(self.quote.state, "sent")
        self.assertTrue(self.quote.signature)
        answer = self.post_form(f"/my/orders/{self.quote.id}/sign", page="/my")
        self.assertNotIn("/my/sign/", answer.url)
        self.assertEqual(len(self._evidence(self.quote)), 1)

    def test_certificate(self):
        self.sign_in(self.user_full)
        self._sign(self.quote)
        self._deliver()
        evidence = self._evidence(self.quote)
        delivered = evidence._attachment(evidence.delivered_sha256)
        text = "".join(
            page.extract_text() for page in PdfReader(io.BytesIO(delivered.raw)).pages
        ).replace("\n", "")
        for value in (self.quote.name, evidence.document_sha256, evidence.hash):
            self.assertIn(value, text)
        message = self.quote.message_ids.filtered(lambda m: delivered in m.attachment_ids)
        self.assertIn(self.user_full.partner_id, message.notified_partner_ids)
        self.assertTrue(verify(self.env, [delivered.raw], lambda line: None))

    def test_certificate_says_how_it_was_confirmed(self):
        Signature = self.env["customer.portal.signature"]
        ways = self.env["customer.portal.event"]._get_way_labels()
        where = ", f•••@example.com, 10:10"
        for step_up, shown in ((f"mailed_code{where}", f"{ways['mailed_code']}{where}"), ("", "")):
            evidence = Signature.new(
                {"lang": "en_US", "step_up": step_up, "signed_at": fields.Datetime.now()}
            )
            rows = dict(row for _title, rows in evidence._certificate_sections() for row in rows)
            self.assertEqual(rows.get("Confirmed by", ""), shown)

    def test_changed_afterwards(self):
        """A changed amount makes the signature one of an earlier version; a note does not."""
        self.sign_in(self.user_full)
        self._sign(self.quote)
        self.quote.invalidate_recordset()
        self.quote.message_post(body="Nota interna", subtype_xmlid="mail.mt_note")
        self.assertEqual(self.quote.portal_signature_state, "valid")
        self.quote.order_line.price_unit = 9999
        self.quote.invalidate_recordset(["portal_signature_state"])
        self.assertEqual(self.quote.portal_signature_state, "outdated")

    def test_changed_between_reading_and_signing(self):
        self.sign_in(self.user_full)
        page, _html = self._open_signing(self.quote)
        self.quote.order_line.price_unit = 1
        answer = self._sign(self.quote, signing_url=page)
        self.assertEqual(answer.status_code, 422)
        self.assertIn("has changed since you opened it", answer.text)
        self.assertEqual(self.quote.state, "sent")
        self.assertFalse(self._evidence(self.quote))

    def test_a_drawing_alone_is_no_signature(self):
        """Core's own address takes a picture without the file that is signed: refused."""
        self.sign_in(self.user_full)
        result = self.make_jsonrpc_request(
            f"/my/orders/{self.quote.id}/accept",
            {"name": "X", "signature": base64.b64encode(make_signature_png()).decode()},
        )
        self.assertIn("own page", result["error"])
        self.assertEqual(self.quote.state, "sent")

    def test_guest_shows_first_who_it_is(self):
        """The holder of a mere link is nobody in particular."""
        token = self.quote._portal_ensure_token()
        self.sign_in(None)
        answer = self.post_form(
            f"/my/orders/{self.quote.id}/sign",
            {"access_token": token},
            page=f"/my/orders/{self.quote.id}?access_token={token}",
        )
        self.assertIn(f"/my/orders/{self.quote.id}/sign/who", answer.url)
        self.assertFalse(self._evidence(self.quote))

    def test_strangers(self):
        self.user_colleague.partner_id.portal_profile_id = self.profile_read_only
        for user in (self.user_stranger, self.user_branch, self.user_colleague, self.user_own):
            self.sign_in(user)
            answer = self.post_form(f"/my/orders/{self.quote.id}/sign", page="/my")
            self.assertNotIn("/my/sign/", answer.url, user.login)
        frozen = self.env["customer.portal.frozen.document"].search(
            [("res_id", "=", self.quote.id)]
        )
        self.assertFalse(frozen)

    # === ONE CLICK === #

    def test_one_click_leaves_evidence(self):
        self.sign_in(self.user_full)
        self._accept(self.plain)
        self.plain.invalidate_recordset()
        self.assertEqual(self.plain.state, "sale")
        evidence = self._evidence(self.plain)
        self.assertEqual((evidence.act, evidence.method), ("accepted", "click"))
        self.assertEqual(evidence.contact_id, self.user_full.partner_id)
        self.assertIn(self.alfa.name, evidence.consent_text)
        self._deliver()
        self.assertTrue(evidence.delivered_sha256)

    # === THE CUSTOMER'S OWN ORDER NUMBER === #

    def test_one_click_gets_a_certificate(self):
        self.sign_in(self.user_full)
        self._accept(self.plain)
        self._deliver()
        message = self.plain.message_ids.filtered("attachment_ids")[:1]
        self.assertIn("accepted. The certificate", message.body)
        self.assertIn(self.user_full.partner_id, message.notified_partner_ids)

    def test_order_number_and_file(self):
        self.sign_in(self.user_full)
        page, html = self._open_signing(self.quote)
        self.assertIn("Your order number", html)
        self.post_form(
            f"{page}/confirm",
            data={
                "sha256": html.split('name="sha256" value="')[1][:64],
                "signer_name": "Compras",
                "method": "type",
                "consent": "1",
                "order_ref": "  PO  2026/1 ",
            },
            page=page,
            files={"order_file": ("pedido.pdf", make_pdf("Pedido"))},
        )
        self.quote.invalidate_recordset()
        self.assertEqual(self.quote.client_order_ref, "PO 2026/1")
        self.assertEqual(self._evidence(self.quote).order_ref, "PO 2026/1")
        self.assertEqual(self.quote.portal_signature_state, "valid")
        self.assertIn("PO 2026/1", self.url_open("/my/orders?search=PO+2026").text)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", self.quote.id)]
        )
        self.assertIn(make_pdf("Pedido")[:8], {file.raw[:8] for file in files})
        self.quote.order_line.qty_delivered = 1
        invoice = self.quote._create_invoices()
        self.assertEqual(invoice.ref, "PO 2026/1")

    def test_order_number_is_compulsory(self):
        self.alfa.portal_require_order_ref = True
        self.sign_in(self.user_full)
        answer = self._sign(self.quote)
        self.assertEqual(answer.status_code, 422)
        self.assertIn("number of your own order", answer.text)
        answer = self._accept(self.plain)
        self.assertIn("number of your own order", answer.text)
        self.assertEqual(self.plain.state, "sent")
        self._accept(self.plain, order_ref="PO-7")
        self.plain.invalidate_recordset()
        self.assertEqual((self.plain.state, self.plain.client_order_ref), ("sale", "PO-7"))

    @mute_logger("odoo.http")
    def test_bad_order_number_and_file(self):
        self.sign_in(self.user_full)
        for data, files, words in (
            ({"order_ref": "x" * 5000}, None, "too long"),
            ({}, {"order_file": ("x.pdf", b"<script>alert(1)</script>")}, "must be a PDF"),
        ):
            url = f"/my/orders/{self.plain.id}"
            answer = self.post_form(
                f"{url}/answer/accept",
                {"version": self.plain._portal_version(), **data},
                page="/my",
                files=files,
            )
            self.assertIn(words, answer.text)
            self.assertEqual(self.plain.state, "sent")
        self.assertFalse(self._evidence(self.plain))

    # === WHAT MAY HAPPEN LATER === #

    def test_deleted_quote_leaves_evidence(self):
        """A quote that was signed, cancelled and deleted: its evidence still verifies."""
        self.sign_in(self.user_full)
        self._sign(self.quote)
        self._deliver()
        evidence = self._evidence(self.quote)
        delivered = evidence._attachment(evidence.delivered_sha256).raw
        name = self.quote.name
        self.quote._action_cancel()
        self.quote.unlink()
        self.env.invalidate_all()
        self.assertEqual(evidence.document_name, name)
        self.assertTrue(verify(self.env, [delivered], lambda line: None))
        self.sign_in(None)
        answer = self.post_form(
            "/portal/verify/file", page="/portal/verify", files={"file": ("x.pdf", delivered)}
        )
        self.assertIn("Genuine.", answer.text)

    def test_quote_deleted_before_its_certificate_is_drawn(self):
        self.sign_in(self.user_full)
        self._sign(self.quote)
        evidence = self._evidence(self.quote)
        self.quote._action_cancel()
        self.quote.unlink()
        self._deliver()
        self.assertTrue(evidence.hash)
        self.assertTrue(evidence.delivered_sha256)
        self.assertTrue(verify(self.env, [], lambda line: None))

    def test_pdf_that_cannot_be_rendered(self):
        """Nothing is signed or accepted, and it is said in words."""
        self.sign_in(self.user_full)

        def fail(order):
            raise UserError(order.name)

        Order = self.registry["sale.order"]
        with (
            patch.object(Order, "_portal_render_pdf", fail),
            mute_logger("odoo.addons.customer_portal_plus.controllers.quote_page"),
            mute_logger("odoo.addons.customer_portal_plus.controllers.signature"),
        ):
            self.assertIn("write to us", self._accept(self.plain).text)
            answer = self.post_form(f"/my/orders/{self.quote.id}/sign", page="/my")
        self.assertEqual(answer.status_code, 500)
        self.assertIn("be signed now", answer.text)
        self.env.invalidate_all()
        for quote in (self.plain, self.quote):
            self.assertEqual(quote.state, "sent")
            self.assertFalse(self._evidence(quote))

    def test_order_number_reaches_the_invoice(self):
        self.sign_in(self.user_full)
        self._accept(self.plain, order_ref="PO-2026-77")
        self.plain.order_line.qty_delivered = 1
        invoice = self.plain._create_invoices()
        self.assertEqual(invoice.ref, "PO-2026-77")
        invoice.action_post()
        for page in ("/my/orders", "/my/invoices"):
            found = self.url_open(f"{page}?search=PO-2026-77&filterby=all").text
            self.assertIn("PO-2026-77", found, page)
        listed = self.env["sale.order"].search([("client_order_ref", "ilike", "PO-2026-77")])
        self.assertEqual(listed, self.plain)
