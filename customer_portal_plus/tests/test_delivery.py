"""How documents reach the customer: what is in the mail that leaves, whoever sends it and how."""

import base64
import contextlib
import io
import re
from unittest.mock import patch

from odoo.tests import Form, tagged
from odoo.tools import config, file_open
from odoo.tools.pdf import OdooPdfFileReader

from odoo.addons.base.models.ir_actions_report import IrActionsReport

from .common import PortalCase
from .common.mail import LeavingMails
from .common.signature import make_pdf

LINK = re.compile(r'href="[^"]*/p/[^"]*/d/[\w-]+')


@tagged("post_install", "-at_install")
class TestDelivery(LeavingMails, PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("es_ES")
        cls.env.user.email = "oficina@example.com"
        cls.alfa.invoice_edi_format = False
        cls.beta.invoice_edi_format = False

    def _assert_delivery(self, messages, delivery, partner=None):
        html, files = self._read(self._find_mail(messages, partner))
        # Odoo's tests make no PDF of a report, but the HTML for it.
        reports = [name for name in files if name.endswith((".pdf", ".html"))]
        self.assertEqual(bool(reports), delivery != "link", (delivery, files))
        self.assertEqual(bool(LINK.search(html)), delivery != "attachment", (delivery, html))
        if delivery == "attachment":
            self.assertNotRegex(html, r"/mail/view|/my/(invoices|orders)")
        return html, files

    def _each_delivery(self):
        """Yield the three values, set on the company and then on the customer over another one."""
        for delivery in ("attachment", "link", "both"):
            for on_customer in (False, True):
                with self.subTest(delivery=delivery, on_customer=on_customer):
                    other = "link" if delivery == "attachment" else "attachment"
                    self.company.portal_document_delivery = other if on_customer else delivery
                    self.alfa.portal_document_delivery = delivery if on_customer else False
                    yield delivery

    # === INVOICES === #

    def _send_by_hand(self, invoice, allow_fallback_pdf=True):
        action = invoice.with_user(self.user_accountant).action_send_and_print()
        wizard = self.env[action["res_model"]].with_user(self.user_accountant)
        wizard = wizard.with_context(**action["context"]).create({})
        wizard.action_send_and_print(allow_fallback_pdf=allow_fallback_pdf)
        return wizard

    def test_invoice_by_hand(self):
        for delivery in self._each_delivery():
            invoice = self._create_invoice(self.alfa)
            with self.leaving() as messages:
                self._send_by_hand(invoice)
            self._assert_delivery(messages, delivery)
            self.assertTrue(invoice.invoice_pdf_report_id, "made and kept in any case")

    def test_wizard_shows_what_is_sent(self):
        self.company.portal_document_delivery = "link"
        invoice = self._create_invoice(self.alfa)
        action = invoice.action_send_and_print()
        wizard = self.env[action["res_model"]].with_context(**action["context"]).create({})
        self.assertFalse(
            [data for data in wizard.mail_attachments_widget or [] if data["name"][-4:] == ".pdf"]
        )

    def test_what_staff_attach_is_sent(self):
        self.company.portal_document_delivery = "link"
        invoice = self._create_invoice(self.alfa)
        file = self.env["ir.attachment"].create({"name": "albaran.pdf", "raw": b"%PDF-1.4"})
        action = invoice.action_send_and_print()
        wizard = self.env[action["res_model"]].with_context(**action["context"]).create({})
        wizard.mail_attachments_widget = [
            *(wizard.mail_attachments_widget or []),
            {"id": file.id, "name": file.name, "mimetype": file.mimetype, "manual": True},
        ]
        with self.leaving() as messages:
            wizard.action_send_and_print(allow_fallback_pdf=True)
        _html, files = self._read(self._find_mail(messages))
        self.assertEqual(files, ["albaran.pdf"])

    def test_invoices_in_bulk_and_by_cron(self):
        """Each by the way of its own customer."""
        self.company.portal_document_delivery = "both"
        self.alfa.portal_document_delivery = "link"
        self.beta.portal_document_delivery = "attachment"
        invoices = self._create_invoice(self.alfa) | self._create_invoice(self.beta)
        wizard = self.env["account.move.send.batch.wizard"].with_context(
            active_model="account.move", active_ids=invoices.ids
        )
        wizard.create({}).action_send_and_print(allow_fallback_pdf=True)
        self.assertTrue(all(invoices.mapped("sending_data")), "left to the cron")
        with self.leaving() as messages, self.enter_registry_test_mode():
            self.env.ref("account.ir_cron_account_move_send").method_direct_trigger()
        self._assert_delivery(messages, "link")
        self._assert_delivery(messages, "attachment", self.beta)

    def _create_electronic_invoice(self, edi_format):
        """Create an invoice that has to be sent in an electronic format."""
        spain = self.env.ref("base.es")
        madrid = self.env.ref("base.state_es_m").id
        self.company.write(
            {
                "vat": "ESA12345674",
                "country_id": spain.id,
                "street": "Calle Mayor 2",
                "city": "Madrid",
                "zip": "28001",
                "state_id": madrid,
                "email": "facturas@example.com",
                "phone": "+34 910 000 000",
            }
        )
        bank = self.company.partner_id.bank_ids[:1] or self.env["res.partner.bank"].create(
            {"acc_number": "ES9121000418450200051332", "partner_id": self.company.partner_id.id}
        )
        bank.allow_out_payment = True
        self.alfa.write(
            {"vat": "ESB12345674", "state_id": madrid, "invoice_edi_format": edi_format}
        )
        tax = self.company.account_sale_tax_id
        if edi_format == "es_facturae":
            tax = self._prepare_facturae(spain)
        invoice = self._create_invoice(self.alfa, post=False, partner_bank_id=bank.id)
        invoice.invoice_line_ids.tax_ids = tax
        invoice.action_post()
        return invoice

    def _prepare_facturae(self, spain):
        """Have what a signed Facturae needs; return its tax."""
        self.company.account_fiscal_country_id = spain
        if not self.company.l10n_es_edi_facturae_certificate_ids:
            path = "l10n_es_edi_facturae/tests/data/certificate_test.pfx"
            with file_open(path, "rb") as file:
                content = base64.b64encode(file.read())
            self.env["certificate.certificate"].create(
                {
                    "name": "Facturae",
                    "content": content,
                    "pkcs12_password": "test",
                    "company_id": self.company.id,
                    "scope": "facturae",
                }
            )
        group = self.company.account_sale_tax_id.tax_group_id.copy({"country_id": spain.id})
        return self.env["account.tax"].create(
            {
                "name": f"IVA {group.id}",
                "amount": 21,
                "country_id": spain.id,
                "tax_group_id": group.id,
                "l10n_es_edi_facturae_tax_type": "01",
            }
        )

    def _each_electronic_format(self):
        """Yield the formats that go out as an XML of their own, and where it is kept: Facturae
        where it is installed (``./dev test --with l10n_es_edi_facturae``)."""
        with contextlib.ExitStack() as stack:
            yield "ubl_bis3", "ubl_cii_xml_id"
            if "l10n_es_edi_facturae_xml_id" in self.env["account.move"]._fields:
                stack.enter_context(
                    # The certificate of Odoo's own tests has long expired.
                    patch.object(
                        type(self.env["certificate.certificate"]),
                        "_compute_is_valid",
                        lambda certificates: certificates.update({"is_valid": True}),
                    )
                )
                yield "es_facturae", "l10n_es_edi_facturae_xml_id"

    def _read_files(self, message):
        return {
            part.get_filename(): part.get_payload(decode=True)
            for part in message.iter_attachments()
        }

    def test_electronic_invoice_is_untouched(self):
        """Whatever way of sending is chosen, it is made and sent as ever, to the last byte."""
        for edi_format, field in self._each_electronic_format():
            for delivery in self._each_delivery():
                invoice = self._create_electronic_invoice(edi_format)
                with self.leaving() as messages:
                    self._send_by_hand(invoice, allow_fallback_pdf=False)
                electronic = invoice[field]
                self.assertTrue(electronic, "the electronic invoice was made")
                files = self._read_files(self._find_mail(messages))
                self.assertEqual(files[electronic.name], electronic.raw)
                self.assertIn(invoice.name.rpartition("/")[2].encode(), electronic.raw)
                self.assertEqual(len(files), 1 if delivery == "link" else 2, files.keys())

    def test_electronic_invoices_in_bulk_and_by_cron(self):
        self.company.portal_document_delivery = "link"
        invoices = self._create_electronic_invoice("ubl_bis3")
        invoices |= self._create_electronic_invoice("ubl_bis3")
        wizard = self.env["account.move.send.batch.wizard"].with_context(
            active_model="account.move", active_ids=invoices.ids
        )
        wizard.create({}).action_send_and_print(allow_fallback_pdf=True)
        with self.leaving() as messages, self.enter_registry_test_mode():
            self.env.ref("account.ir_cron_account_move_send").method_direct_trigger()
        sent = {}
        for message in messages:
            sent.update(self._read_files(message))
        self.assertEqual(
            sent, {electronic.name: electronic.raw for electronic in invoices.ubl_cii_xml_id}
        )

    @contextlib.contextmanager
    def with_pdf(self):
        """Have reports made as PDF, and the XML put into it: Odoo's tests make no more than the
        HTML for a report."""
        pdf = make_pdf("Factura")

        def pre_render(report, report_ref, res_ids=None, data=None):
            streams = {
                res_id: {"stream": io.BytesIO(pdf), "attachment": None} for res_id in res_ids
            }
            return streams, "pdf"

        before = config["test_enable"]
        with patch.object(IrActionsReport, "_pre_render_qweb_pdf", pre_render):
            config["test_enable"] = False
            try:
                yield
            finally:
                config["test_enable"] = before

    def test_pdf_that_carries_the_electronic_invoice_is_sent(self):
        """Left out, the invoice that the law asks for would be left out with it."""
        for delivery in self._each_delivery():
            invoice = self._create_electronic_invoice("facturx")
            with self.leaving() as messages, self.with_pdf():
                self._send_by_hand(invoice, allow_fallback_pdf=False)
            files = self._read_files(self._find_mail(messages))
            name = invoice.invoice_pdf_report_id.name
            self.assertIn(name, files, delivery)
            inside = dict(OdooPdfFileReader(io.BytesIO(files[name]), strict=False).getAttachments())
            self.assertIn(invoice.name.encode(), inside["factur-x.xml"], delivery)

    def test_only_the_pdf_of_the_portal_stays_out(self):
        self.company.portal_document_delivery = "link"
        invoice = self._create_invoice(self.alfa)
        Send = self.env["account.move.send"]
        for edi_format, left_out in (("facturx", False), ("ubl_bis3", True), (False, True)):
            self.alfa.invoice_edi_format = edi_format
            self.assertEqual(Send._portal_leaves_pdf_out(invoice), left_out, edi_format)

    # === QUOTES === #

    def _compose(self, orders, template=None):
        action = orders.with_user(self.user_sales).action_quotation_send()
        composer = self.env["mail.compose.message"].with_user(self.user_sales)
        form = Form(composer.with_context(**action["context"]))
        if template:
            form.template_id = template
        return form.save()

    def test_quote_by_hand(self):
        for delivery in self._each_delivery():
            order = self._create_order(self.alfa, state="draft")
            with self.leaving() as messages:
                self._compose(order).action_send_mail()
            self._assert_delivery(messages, delivery)
            self.assertEqual(order.state, "sent")

    def test_quotes_in_bulk(self):
        template = self.env.ref("sale.email_template_edi_sale")
        for delivery in self._each_delivery():
            self.beta.portal_document_delivery = "attachment"
            orders = self._create_order(self.alfa) | self._create_order(self.beta)
            with self.leaving() as messages:
                self._compose(orders, template)._action_send_mail()
            self._assert_delivery(messages, delivery)
            self._assert_delivery(messages, "attachment", self.beta)

    def test_confirmation_by_cron(self):
        self.env["ir.config_parameter"].set_param("sale.async_emails", "True")
        for delivery in self._each_delivery():
            order = self._create_order(self.alfa)
            with self.leaving() as messages:
                order._send_order_confirmation_mail()
                self.assertFalse(messages)
                with self.enter_registry_test_mode():
                    self.env.ref("sale.send_pending_emails_cron").method_direct_trigger()
            self._assert_delivery(messages, delivery)

    def test_template_sent_by_itself(self):
        """As an automation sends it: without a layout, and so without a button."""
        template = self.env.ref("sale.email_template_edi_sale")
        order = self._create_order(self.alfa)
        self.company.portal_document_delivery = "link"
        with self.leaving() as messages:
            template.send_mail(order.id)
        html, _files = self._assert_delivery(messages, "link")
        self.assertIn(f"See {order.display_name} in your customer portal", html)
        self.company.portal_document_delivery = "attachment"
        with self.leaving() as messages:
            template.send_mail(order.id)
        self._assert_delivery(messages, "attachment")

    def test_pro_forma_is_a_file(self):
        self.company.portal_document_delivery = "link"
        order = self._create_order(self.alfa).with_context(proforma=True)
        with self.leaving() as messages:
            self._compose(order).action_send_mail()
        _html, files = self._read(self._find_mail(messages))
        self.assertTrue(files)

    # === A LINK THAT WOULD NOT OPEN === #

    def test_no_link_alone_to_a_closed_door(self):
        self.company.portal_document_delivery = "link"
        for record, field in (
            (self.company, "portal_enabled"),
            (self.company, "portal_show_quotes"),
            (self.alfa, "portal_access"),
        ):
            with self.subTest(field):
                record[field] = False
                order = self._create_order(self.alfa, state="draft")
                with self.leaving() as messages:
                    self._compose(order).action_send_mail()
                _html, files = self._read(self._find_mail(messages))
                self.assertTrue(files)
                record[field] = True
        order = self._create_order(self.alfa, state="draft", portal_visible=False)
        self.assertEqual(order._portal_delivery(), "both")

    # === WORDS === #

    def test_templates_are_edited_in_both_languages(self):
        for template, make, send in (
            (
                "account.email_template_edi_invoice",
                lambda: self._create_invoice(self.alfa),
                self._send_by_hand,
            ),
            (
                "sale.email_template_edi_sale",
                lambda: self._create_order(self.alfa, state="draft"),
                lambda order: self._compose(order).action_send_mail(),
            ),
        ):
            template = self.env.ref(template)
            for lang, words in (("en_US", "Here it is"), ("es_ES", "Aquí lo tiene")):
                template.with_context(lang=lang).write(
                    {"subject": f"{words}: {{{{ object.name }}}}", "body_html": f"<p>{words}</p>"}
                )
            for lang, words in (("en_US", "Here it is"), ("es_ES", "Aquí lo tiene")):
                self.alfa.lang = lang
                for delivery in ("attachment", "link"):
                    with self.subTest(template=template.name, lang=lang, delivery=delivery):
                        self.company.portal_document_delivery = delivery
                        document = make()
                        with self.leaving() as messages:
                            send(document)
                        html, _files = self._assert_delivery(messages, delivery)
                        self.assertIn(f"<p>{words}</p>", html.replace("\n", ""))
                        self.assertIn(words, self._find_mail(messages)["Subject"])

    def test_quote_in_spanish_with_the_subject_it_comes_with(self):
        """Odoo's own Spanish lacks a quotation mark there: no quote could be sent."""
        template = self.env.ref("sale.email_template_edi_sale")
        self.env["ir.module.module"]._load_module_terms(["sale"], ["es_ES"], overwrite=True)
        self.assertIn("Presupuesto", template.with_context(lang="es_ES").subject)
        self.alfa.lang = "es_ES"
        order = self._create_order(self.alfa, state="draft")
        with self.leaving() as messages:
            self._compose(order).action_send_mail()
        subject = self._find_mail(messages)["Subject"]
        self.assertIn(f"Presupuesto {order.name} · ", subject)
        self.assertIn(f" – {self.company.name}", subject)

    def test_new_company_sends_as_odoo_does(self):
        company = self.env["res.company"].create({"name": "Otra casa"})
        self.assertEqual(company.portal_document_delivery, "both")
        self.assertFalse(self._create_customer("Nueva").portal_document_delivery)
