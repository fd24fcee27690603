"""The file of an invoice: which one a customer gets, what it is called, what is in it."""

import io
import re
from contextlib import contextmanager
from unittest.mock import patch

from pypdf import PdfReader

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools import printer
from .common import PortalHttpCase

WARNS = "odoo.addons.customer_portal_plus.models.payment.account_move_pdf"


def read(pdf):
    """Return the words of a PDF, one blank between them."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


@tagged("post_install", "-at_install")
class TestInvoiceFile(PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._create_invoice(cls.alfa)
        cls.url = f"/my/invoices/{cls.invoice.id}"

    @contextmanager
    def printing(self, state, error=None):
        """Have reports printed whole, partially or not at all; what is printed is a word."""
        self.contexts = []

        def render(report, *args, **kwargs):
            if error:
                raise error
            self.contexts.append(report.env.context)
            return b"%PDF core", "pdf"

        report = type(self.env["ir.actions.report"])
        with (
            patch.object(printer, "printer_state", return_value=state),
            patch.object(report, "_render_qweb_pdf", render),
        ):
            yield

    def download(self, query="report_type=pdf&download=true", **options):
        response = self.url_open(f"{self.url}?{query}", **options)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        return response

    # === WHICH ONE === #

    def test_official_file_first(self):
        attachment = self.env["ir.attachment"].create(
            {
                "name": "official.pdf",
                "raw": b"%PDF official",
                "res_model": "account.move",
                "res_id": self.invoice.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        self.invoice.invalidate_recordset(["invoice_pdf_report_id"])
        self.assertEqual(self.invoice.invoice_pdf_report_id, attachment)
        self.sign_in(self.user_full)
        for state in (printer.WHOLE, printer.PARTIAL, printer.MISSING):
            for query in ("report_type=pdf", "report_type=pdf&download=true"):
                with self.subTest(state=state, query=query), self.printing(state):
                    self.assertEqual(self.download(query).content, b"%PDF official")

    def test_report_that_comes_out_whole(self):
        self.sign_in(self.user_full)
        for query in ("report_type=pdf", "report_type=pdf&download=true"):
            with self.printing(printer.WHOLE):
                response = self.download(query)
            self.assertEqual(response.content, b"%PDF core")
            self.assertFalse(self.contexts[0].get("proforma_invoice"))
            name = response.headers["Content-Disposition"]
            self.assertNotIn("proforma", name.lower())
            self.assertIn(self.invoice.name.replace("/", "_"), name)

    def test_report_that_the_customer_has(self):
        """Of who the invoice goes to, where somebody chose one; else the company's."""
        printed = []
        invoices = self.env.ref("account.account_invoices")
        own = invoices.copy({"report_name": "customer_portal_plus.report_own"})

        def print_report(move, name, **options):
            printed.append(name)
            return b"%PDF"

        with patch.object(printer, "print_report", print_report):
            self.invoice._portal_print_report()
            self.alfa.invoice_template_pdf_report_id = own
            self.invoice._portal_print_report()
        self.assertEqual(printed, ["account.account_invoices", own.report_name])

    def test_copy_where_it_does_not(self):
        """Who issued an invoice must stand on it, whatever the program leaves out."""
        self.sign_in(self.user_full)
        for state in (printer.PARTIAL, printer.MISSING):
            for query in ("report_type=pdf", "report_type=pdf&download=true"):
                with self.subTest(state=state, query=query), self.printing(state):
                    response = self.download(query)
                    self.assertIn("Copy for information", read(response.content))
                    self.assertFalse(self.contexts)
                    self.assertIn("Copy_for_information", response.headers["Content-Disposition"])

    @mute_logger(WARNS)
    def test_copy_where_the_program_fails(self):
        self.sign_in(self.user_full)
        with self.printing(printer.WHOLE, UserError("Wkhtmltopdf failed")):
            self.assertIn("Copy for information", read(self.download().content))

    def test_guest_with_the_link(self):
        token = self.invoice._portal_ensure_token()
        with self.printing(printer.MISSING):
            response = self.download(f"access_token={token}&report_type=pdf&download=true")
            self.assertIn(self.invoice.name, read(response.content))
            wrong = self.url_open(
                f"{self.url}?access_token=x&report_type=pdf&download=true", allow_redirects=False
            )
            self.assertEqual(wrong.status_code, 404)

    def test_hidden_invoice_has_no_file(self):
        self.invoice.portal_visible = False
        self.sign_in(self.user_full)
        with self.printing(printer.MISSING):
            refused = self.url_open(f"{self.url}?report_type=pdf", allow_redirects=False)
            self.assertEqual(refused.status_code, 404)

    # === WHAT IT IS CALLED === #

    def test_posted_is_no_proforma(self):
        self.sign_in(self.user_full)
        shown = self.url_open(f"{self.url}?report_type=html").text
        self.assertIn(self.invoice.name, shown)
        self.assertNotIn("proforma", shown.lower())

    def test_refund_is_no_proforma(self):
        refund = self._create_invoice(self.alfa, move_type="out_refund")
        self.sign_in(self.user_full)
        shown = self.url_open(f"/my/invoices/{refund.id}?report_type=html").text
        self.assertIn(refund.name, shown)
        self.assertNotIn("proforma", shown.lower())

    # === WHAT IS IN IT === #

    def test_copy_says_all(self):
        self.company.write({"vat": "ESA12345674", "portal_show_bank_account": True})
        self.alfa.vat = "ES12345678Z"
        account = self.env["res.partner.bank"].create(
            {
                "acc_number": "ES9121000418450200051332",
                "partner_id": self.company.partner_id.id,
                "allow_out_payment": True,
            }
        )
        term = self._create_terms((40, 10), (60, 50), name="In two parts")
        invoice = self._create_invoice(self.alfa, post=False)
        invoice.write(
            {
                "partner_bank_id": account.id,
                "invoice_payment_term_id": term.id,
                "narration": "<p>Pallets come back.</p>",
            }
        )
        invoice.invoice_line_ids.name = "Pipe & <valve>"
        invoice.action_post()
        words = read(invoice._portal_draw_copy())
        parts = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.assertEqual(len(parts), 2)
        self.assertFalse(self.invoice._portal_copy_parts(), "all of it is due at once")
        for text in (
            invoice.name,
            self.company.name,
            "ESA12345674",
            self.alfa.name,
            "ES12345678Z",
            "Pipe & <valve>",
            account.acc_number,
            invoice.payment_reference,
            "Pallets come back.",
            "In two parts",
            "Part 1",
            "Part 2",
            *(invoice.currency_id.format(part.amount_currency) for part in parts),
            invoice.currency_id.format(invoice.amount_total),
        ):
            self.assertIn(re.sub(r"\s+", " ", text), words)

    def test_copy_has_the_codes(self):
        """One for the bank's app, where the currency has one, and one that leads to the portal."""

        def codes(invoice):
            return sum(
                len(page.images)
                for page in PdfReader(io.BytesIO(invoice._portal_draw_copy())).pages
            ) - bool(self.company.logo)

        self.company.write({"portal_show_pay_link": False, "portal_show_bank_account": False})
        none = codes(self.invoice)
        self.env["res.partner.bank"].create(
            {
                "acc_number": "ES9121000418450200051332",
                "partner_id": self.company.partner_id.id,
                "allow_out_payment": True,
            }
        )
        self.company.portal_show_bank_account = True
        transfer = self.invoice._portal_transfer()
        self.assertEqual(codes(self.invoice) - none, 1 if transfer["qr_code"] else 0)
        self.company.write({"portal_show_pay_link": True, "portal_allow_payment": True})
        self.assertEqual(codes(self.invoice) - none, 2 if transfer["qr_code"] else 1)

    def test_copy_shows_no_account_that_is_not_shown(self):
        account = self.env["res.partner.bank"].create(
            {"acc_number": "ES9121000418450200051332", "partner_id": self.company.partner_id.id}
        )
        self.company.portal_show_bank_account = True
        self.assertIn(account.acc_number, read(self.invoice._portal_draw_copy()))
        self.company.portal_show_bank_account = False
        self.assertNotIn(account.acc_number, read(self.invoice._portal_draw_copy()))

    # === WHERE THE LAW WANTS MORE === #

    def localise(self, addon, country):
        """Have an addon of a country print something on invoices."""
        self.company.account_fiscal_country_id = self.env.ref(f"base.{country}")
        view = self.env["ir.ui.view"].create(
            {
                "name": "printed code",
                "type": "qweb",
                "inherit_id": self.env.ref("account.report_invoice_document").id,
                "arch": "<data><div name='comment' position='after'><p>Code</p></div></data>",
            }
        )
        self.env["ir.model.data"].create(
            {"module": addon, "name": "printed_code", "model": view._name, "res_id": view.id}
        )

    def assert_refused(self, query=""):
        for state in (printer.PARTIAL, printer.MISSING):
            with self.printing(state):
                response = self.url_open(f"{self.url}?report_type=pdf&download=true{query}")
                self.assertIn("text/html", response.headers["Content-Type"])
                self.assertIn("we will send you the official PDF", response.text)
                self.assertFalse(self.contexts)

    def test_no_copy_where_a_code_is_printed(self):
        self.localise("l10n_se_edi", "se")
        self.sign_in(self.user_full)
        self.assert_refused()

    def test_no_copy_for_a_guest_either(self):
        self.localise("l10n_se_edi", "se")
        self.assert_refused(f"&access_token={self.invoice._portal_ensure_token()}")

    def test_no_copy_where_invoices_are_stamped(self):
        self.sign_in(self.user_full)
        for country in ("cl", "mx"):
            self.company.account_fiscal_country_id = self.env.ref(f"base.{country}")
            self.assert_refused()

    def test_no_copy_of_a_document_of_its_own_kind(self):
        self.sign_in(self.user_full)
        move = type(self.env["account.move"])
        template = "l10n_zz.report_invoice_document"
        with patch.object(move, "_get_name_invoice_report", return_value=template):
            self.assert_refused()

    def test_copy_where_another_country_prints_a_code(self):
        self.localise("l10n_se_edi", "se")
        self.company.account_fiscal_country_id = self.env.ref("base.fi")
        self.assertFalse(self.invoice._portal_has_printed_elements())
        self.localise("l10n_es", "es")
        self.assertFalse(self.invoice._portal_has_printed_elements())
        self.localise("l10n_es_edi_verifactu", "es")
        self.assertTrue(self.invoice._portal_has_printed_elements())

    def test_whole_report_keeps_the_word_of_the_law(self):
        """Before it was sent, such an invoice has no code: core's word for it stands."""
        self.localise("l10n_se_edi", "se")
        self.sign_in(self.user_full)
        with self.printing(printer.WHOLE):
            self.download()
        self.assertTrue(self.contexts[0]["proforma_invoice"])

    # === THE ADMINISTRATOR === #

    def test_settings_tell(self):
        for state in (printer.WHOLE, printer.PARTIAL, printer.MISSING):
            with patch(
                "odoo.addons.customer_portal_plus.models.access.res_config_settings.printer_state",
                return_value=state,
            ):
                self.assertEqual(
                    self.env["res.config.settings"].create({}).portal_printer_state, state
                )

    def test_state_of_the_printer(self):
        info = printer._wkhtml()
        for state, patched, expected in (
            ("ok", True, printer.WHOLE),
            ("ok", False, printer.PARTIAL),
            ("install", False, printer.MISSING),
            ("broken", True, printer.MISSING),
        ):
            program = info._replace(state=state, is_patched_qt=patched)
            with patch.object(printer, "_wkhtml", return_value=program):
                self.assertEqual(printer.printer_state(), expected)
