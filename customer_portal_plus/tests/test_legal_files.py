"""The files that are kept for an invoice, on its page: by name and meaning. As Odoo's own modules
of electronic invoicing make them, where they are installed."""

from unittest import SkipTest

from lxml import etree, html

from odoo.tests import tagged

from ..tools.xml_document import xml_document_kind
from .common import PortalHttpCase


@tagged("post_install", "-at_install")
class TestLegalFiles(PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"vat": "ESA12345674", "country_id": cls.env.ref("base.es").id})
        cls.alfa.vat = "ESB12345674"
        cls.invoice = cls._create_invoice(cls.alfa)

    def _keep(self, name, content, field, invoice=None, **values):
        return self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": content,
                "res_model": "account.move",
                "res_id": (invoice or self.invoice).id,
                "res_field": field,
                **values,
            }
        )

    def _told(self, url=None):
        """Return what the page says of files: name -> meaning, and name -> address."""
        page = html.fromstring(self.url_open(url or self.invoice.access_url).text)
        told, addresses = {}, {}
        for row in page.xpath("//li[@data-file]"):
            [link] = row.xpath("a")
            told[link.text_content().strip()] = row.xpath("span")[0].text_content()
            addresses[link.text_content().strip()] = link.get("href")
        return told, addresses

    def _need(self, field):
        if field not in self.env["account.move"]._fields:
            raise SkipTest(f"no module that makes {field} is installed")

    # === AS CORE MAKES THEM === #

    def test_ubl_and_cii(self):
        self._need("ubl_cii_xml_file")
        builders = {"ubl.xml": "account.edi.xml.ubl_bis3", "cii.xml": "account.edi.xml.cii"}
        for name, builder in builders.items():
            content, _errors = self.env[builder]._export_invoice(self.invoice)
            self._keep(name, content, "ubl_cii_xml_file", mimetype="application/xml")
        self.sign_in(self.user_full)
        told, addresses = self._told()
        self.assertEqual(
            told,
            {
                "ubl.xml": "UBL, the invoice for your programs",
                "cii.xml": "CII (Factur-X, ZUGFeRD), the invoice for your programs",
            },
        )
        self.assertIn(b"CrossIndustryInvoice", self.url_open(addresses["cii.xml"]).content)

    def test_facturae(self):
        self._need("l10n_es_edi_facturae_xml_file")
        # Its signature wants a certificate of the authorities.
        self.patch(
            self.env.registry["account.move"],
            "_l10n_es_facturae_sign_xml",
            lambda move, tree, values: etree.tostring(tree),
        )
        content, errors = self.invoice._l10n_es_edi_facturae_render_facturae()
        self.assertFalse(errors)
        field = "l10n_es_edi_facturae_xml_file"
        self._keep("facturae_signed.xml", content, field, mimetype="application/xml")
        self._keep("official.pdf", b"%PDF official", "invoice_pdf_report_file")
        self.sign_in(self.user_full)
        told, addresses = self._told()
        self.assertEqual(
            told,
            {
                "official.pdf": "PDF, for people to read",
                "facturae_signed.xml": "Facturae, the legal invoice",
            },
        )
        answer = self.url_open(addresses["facturae_signed.xml"])
        self.assertEqual(answer.content, content)
        self.assertIn("facturae_signed.xml", answer.headers["Content-Disposition"])
        self.assertTrue(answer.headers["Content-Disposition"].startswith("attachment"))

    # === WHO GETS WHICH === #

    def test_only_the_pdf(self):
        """The page offers that anyway."""
        self.sign_in(self.user_full)
        self.assertEqual(self._told(), ({}, {}))
        self._keep("official.pdf", b"%PDF official", "invoice_pdf_report_file")
        self.assertEqual(self._told(), ({}, {}))

    def test_files_of_others(self):
        other = self._create_invoice(self.alfa)
        beta = self._create_invoice(self.beta)
        field = "invoice_pdf_report_file"
        own = self._keep("own.pdf", b"%PDF own", field)
        shut = {
            "of another invoice": self._keep("other.pdf", b"%PDF other", field, other),
            "of another customer": self._keep("beta.pdf", b"%PDF beta", field, beta),
            "hung on it by staff": self._keep("margin.xml", b"<margin/>", False),
        }
        self.sign_in(self.user_full)
        url = f"{self.invoice.access_url}/files"
        self.assertEqual(self.url_open(f"{url}/{own.id}").content, b"%PDF own")
        for name, file in shut.items():
            answer = self.url_open(f"{url}/{file.id}", allow_redirects=False)
            self.assertEqual(answer.status_code, 303, name)
            self.assertNotIn(file.raw, answer.content, name)
        self.sign_in(self.user_stranger)
        answer = self.url_open(f"{url}/{own.id}", allow_redirects=False)
        self.assertNotIn(b"%PDF", answer.content)

    def test_by_the_link_of_a_guest(self):
        self.patch(
            self.env.registry["account.move"], "_portal_legal_fields", lambda self: ["l10n_xx"]
        )
        self._keep("country.xml", b"<a/>", "l10n_xx")
        told, addresses = self._told(self.invoice.get_portal_url())
        self.assertEqual(told, {"country.xml": "Electronic document (XML)"})
        self.assertEqual(self.url_open(addresses["country.xml"]).content, b"<a/>")
        without = addresses["country.xml"].split("?")[0]
        self.assertNotEqual(self.url_open(without).content, b"<a/>")

    # === KINDS === #

    def test_kinds(self):
        root = '<x:{0} xmlns:x="{1}"><x:Invoice/></x:{0}>'
        facturae = "http://www.facturae.gob.es/formato/Versiones/Facturaev3_2_2.xml"
        ubl = "urn:oasis:names:specification:ubl:schema:xsd:{0}-2"
        cii = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
        for name, namespace, kind in (
            ("Facturae", facturae, "facturae"),
            ("Facturae", "http://www.facturae.es/Facturae/2014/v3.2.1/Facturae", "facturae"),
            ("FatturaElettronica", "http://ivaservizi.gov.it/docs/xsd/fatturapa/v1", "fatturapa"),
            ("Comprobante", "http://www.sat.gob.mx/cfd/4", "cfdi"),
            ("DTE", "http://www.sii.cl/SiiDte", "dte"),
            ("EnvioDTE", "http://www.sii.cl/SiiDte", "dte"),
            ("Invoice", ubl.format("Invoice"), "ubl"),
            ("CreditNote", ubl.format("CreditNote"), "ubl"),
            ("CrossIndustryInvoice", cii, "cii"),
            ("Invoice", "urn:example", "xml"),
            ("Envelope", facturae, "xml"),
        ):
            self.assertEqual(xml_document_kind(root.format(name, namespace).encode()), kind, name)
        for data in (b"", b"%PDF-1.7", b"<", b"{}", b"\xff\xfe\x00"):
            self.assertIsNone(xml_document_kind(data), data)

    def test_hostile_xml(self):
        """Neither entities nor files of this machine are read, and the rest is not looked at."""
        bomb = b'<!DOCTYPE a [<!ENTITY b "' + b"x" * 1000 + b'">]><a>&b;&b;</a>'
        self.assertEqual(xml_document_kind(bomb), "xml")
        outside = b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'
        self.assertEqual(xml_document_kind(outside), "xml")
        self.assertEqual(xml_document_kind(b"<a><b></c>"), "xml")
