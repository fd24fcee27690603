"""What core leaves in English, or in the words of a program, on pages and paper."""

import re
from unittest.mock import patch

from lxml import html

from odoo import Command
from odoo.tests import tagged
from odoo.tools.translate import CodeTranslations

from ..tools import printer
from ..tools.file_size import file_size_text
from .common import PortalHttpCase

SPANISH = {
    "Your payment has been processed.": "Su pago se ha realizado.",
    "Payment terms: %s": "Condiciones de pago: %s",
}


@tagged("post_install", "-at_install")
class TestReaderLanguage(PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("es_ES")
        cls.term = cls.env["account.payment.term"].create(
            {"name": "30 Days", "note": "<span>Payment terms: 30 Days</span>"}
        )
        cls.term.with_context(lang="es_ES").name = "30 días"

    def spanish(self, record):
        return record.with_context(lang="es_ES")

    def translated(self):
        return patch.object(CodeTranslations, "get_python_translations", return_value=SPANISH)

    # === PAYMENT TERMS === #

    def test_terms_of_core(self):
        with self.translated():
            self.assertEqual(self.spanish(self.term)._portal_note(), "Condiciones de pago: 30 días")
        self.assertIn("Payment terms: 30 Days", self.term._portal_note())

    def test_terms_that_somebody_wrote(self):
        self.spanish(self.term).note = "<p>A 30 días, sin descuento</p>"
        self.assertIn("sin descuento", self.spanish(self.term)._portal_note())
        other = self.env["account.payment.term"].create({"name": "X", "note": "<p>On receipt</p>"})
        self.assertIn("On receipt", self.spanish(other)._portal_note())
        self.assertEqual(other.create({"name": "Y", "note": False})._portal_note(), "")

    def test_terms_on_pages(self):
        order = self._create_order(self.alfa, state="sale", payment_term_id=self.term.id)
        invoice = self._create_invoice(self.alfa, invoice_payment_term_id=self.term.id)
        (self.alfa | self.user_full.partner_id).lang = "es_ES"
        self.sign_in(self.user_full)
        with self.translated():
            for url in (f"/my/orders/{order.id}", f"/my/invoices/{invoice.id}?report_type=html"):
                page = self.url_open(url).content.decode()
                self.assertIn("Condiciones de pago: 30 días", page)
                self.assertNotIn("30 Days", page)

    # === PAYMENTS === #

    def test_message_of_a_provider(self):
        provider = self.env["payment.provider"].create({"name": "P", "code": "none"})
        self.spanish(provider).done_msg = "<span>Your payment has been processed.</span>"
        with self.translated():
            self.assertEqual(
                self.spanish(provider)._get_status_message("done"), "Su pago se ha realizado."
            )
        self.assertIn("has been processed", provider._get_status_message("done"))
        self.spanish(provider).done_msg = "<p>Gracias por su pago</p>"
        self.assertIn("Gracias por su pago", self.spanish(provider)._get_status_message("done"))
        self.assertFalse(provider._get_status_message("draft"))

    # === MESSAGES === #

    def test_words_of_scripts(self):
        """Of our own, and of the messages below a document, which another addon draws."""
        sent = self.env["ir.http"]._get_translation_frontend_modules_name()
        self.assertLessEqual({"mail", "customer_portal_plus"}, set(sent))

    def test_size_of_a_file(self):
        for size, text in ((0, "0 B"), (637, "637 B"), (1234, "1.2 kB"), (12_345_678, "12 MB")):
            self.assertEqual(file_size_text(self.env, size), text)
        spanish = self.env["res.lang"].with_context(lang="es_ES").env
        self.assertEqual(file_size_text(spanish, 1234), "1,2 kB")

    # === AMOUNTS AND DATES === #

    def test_part_to_be_paid_ahead(self):
        self.sign_in(self.user_full)
        for percent, text in ((0.3, "30"), (0.125, "12.5"), (1 / 3, "33.333")):
            order = self._create_order(self.alfa, require_payment=True, prepayment_percent=percent)
            self.assertEqual(order._portal_prepayment_number(), text)
        order.prepayment_percent = 0.3
        page = self.url_open(order.access_url).text
        self.assertNotIn("(30.0", page)
        self.assertRegex(page, r"\(30%\)")

    def test_sentences_keep_their_spaces(self):
        """Translations lose the space between two sentences of one paragraph."""
        (self.alfa | self.user_full.partner_id).lang = "es_ES"
        self.user_full.lang = "es_ES"
        order = self._create_order(self.alfa)
        self.sign_in(self.user_full)
        page = html.fromstring(self.url_open(order.access_url).content)
        form = "//form[contains(@class, 'o_portal_plus_accept_form')]"
        words = [p.text_content() for p in page.xpath(f"{form}//p")]
        self.assertIn("Se convierte en pedido", " ".join(words))
        self.assertFalse([one for one in words if re.search(r"[.!?][A-ZÁÉÍÓÚÑ]", one)])

    def test_one_day(self):
        self.sign_in(self.user_full)
        for days, text in ((1, "Due tomorrow"), (-1, "1 day overdue"), (2, "Due in 2 days")):
            parts = [
                Command.create({"value": "percent", "value_amount": 50, "nb_days": nb_days})
                for nb_days in (5 + days, 60)
            ]
            term = self.env["account.payment.term"].create({"name": text, "line_ids": parts})
            invoice = self._create_invoice(
                self.alfa, days=-5, invoice_payment_term_id=term.id, invoice_date_due=False
            )
            self.browser_js(
                f"/my/invoices/{invoice.id}",
                """
                const said = document.querySelector(".o_portal_sidebar_timeago").innerText.trim();
                if (said !== "TEXT") { throw new Error(said); }
                console.log("test successful");
                """.replace("TEXT", text),
                ready="Boolean(document.querySelector('.o_portal_sidebar_timeago').innerText)",
                login=self.user_full.login,
            )

    # === PAPER === #

    def test_paper_to_sign_invites_no_program(self):
        self.user_full.partner_id.parent_id = False
        order = self._create_order(self.user_full.partner_id)
        report = self.env["ir.actions.report"]
        with patch.object(type(order), "_get_edi_builders", lambda order: ["ubl"]):
            core = report._render_qweb_html("sale.action_report_saleorder", order.ids)[0]
            self.assertIn("Connect your software", str(core))
            ours = report.with_context(portal_paper=True)
            ours = ours._render_qweb_html("sale.action_report_saleorder", order.ids)[0]
            self.assertNotIn("Connect your software", str(ours))
        seen = []

        def render(report, *args, **kwargs):
            seen.append(report.env.context.get("portal_paper"))
            return b"%PDF", "pdf"

        with (
            patch.object(printer, "printer_state", return_value=printer.WHOLE),
            patch.object(type(report), "_render_qweb_pdf", render),
        ):
            order._portal_render_pdf()
        self.assertEqual(seen, [True])
