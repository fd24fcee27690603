"""The bank account page, and the pay link on paper and in mails."""

import base64
import io
from urllib.parse import parse_qs, unquote, urlsplit

import qrcode
from lxml import html

from odoo.tests import tagged

from .common.mail import LeavingMails
from .common.payment import PaymentCase


@tagged("post_install", "-at_install")
class TestBankTransfer(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.bank_ids.unlink()
        cls.bank = cls.env["res.partner.bank"].create(
            {
                "partner_id": cls.company.partner_id.id,
                "acc_number": "ES91 2100 0418 4502 0005 1332",
                "acc_holder_name": "Nuestra Empresa",
            }
        )
        cls.euro = cls.env.ref("base.EUR")
        cls.euro.active = True
        cls.old = cls._create_invoice(cls.alfa, 100.0, due_days=-30, currency_id=cls.euro.id)
        cls.new = cls._create_invoice(cls.alfa, 250.5, due_days=20, currency_id=cls.euro.id)
        cls.foreign = cls._create_invoice(cls.beta, 70.0, currency_id=cls.euro.id)

    def _page(self, url, **kwargs):
        answer = self.url_open(url, **kwargs)
        tree = html.fromstring(answer.text)
        facts = {
            node.get("data-transfer"): " ".join(node.text_content().split())
            for node in tree.xpath("//*[@data-transfer]")
        }
        codes = tree.xpath("//figure/img/@src")
        return facts, codes

    def _assert_code_says(self, source, text):
        """Compare with the code of a text: what draws it is the same library."""
        code = qrcode.QRCode(
            error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=5, border=4
        )
        code.add_data(text)
        buffer = io.BytesIO()
        code.make_image().save(buffer)
        self.assertEqual(base64.b64decode(source.split(",")[1]), buffer.getvalue())

    def _payload(self, amount, reference):
        return "\n".join(
            self.bank._get_qr_vals("sct_qr", amount, self.euro, self.alfa, reference, reference)
        )

    def test_one_invoice(self):
        self.sign_in(self.user_full)
        page = self.url_open(f"/my/invoices/{self.new.id}").text
        self.assertIn(f"/my/invoices/{self.new.id}/transfer", page)
        facts, codes = self._page(f"/my/invoices/{self.new.id}/transfer")
        self.assertEqual(facts["account"], self.bank.acc_number)
        self.assertIn("250.50", facts["amount"])
        self.assertEqual(facts["reference"], self.new.payment_reference)
        payload = self._payload(250.5, self.new.payment_reference)
        self.assertIn("EUR250.5", payload)
        self._assert_code_says(codes[0], payload)

    def test_basket(self):
        self.sign_in(self.user_full)
        answer = self.post_form(
            "/my/pay/choose",
            data={"invoice": [str(self.old.id), str(self.new.id)]},
            page="/my/pay",
        )
        self.assertIn(f"/my/pay/{answer.url.rsplit('/', 1)[1]}/transfer", answer.text)
        facts, codes = self._page(f"{answer.url}/transfer")
        self.assertIn("350.50", facts["amount"])
        reference = f"{self.old.payment_reference} {self.new.payment_reference}"
        self.assertEqual(facts["reference"], reference)
        self._assert_code_says(codes[0], self._payload(350.5, reference))

    def test_what_can_be_transferred(self):
        """Whatever is left of a posted invoice, down to the last cent."""
        cent = self._create_invoice(self.alfa, 0.01, currency_id=self.euro.id)
        self.assertEqual(cent._portal_transfer()["amount"], 0.01)
        for document in (
            self._create_invoice(self.alfa, 0.0, currency_id=self.euro.id),
            self._create_invoice(self.alfa, 5.0, currency_id=self.euro.id, post=False),
            self._create_invoice(self.alfa, 5.0, "out_refund", currency_id=self.euro.id),
        ):
            self.assertIsNone(document._portal_transfer())

    def test_reference_as_full_as_can_be(self):
        """As many references as fit into 140 letters, and how many there are besides."""
        invoices = self.env["account.move"].union(
            *(self._create_invoice(self.alfa, 1.0) for _number in range(22))
        )
        for number, invoice in enumerate(invoices):
            invoice.payment_reference = f"REF-{number:05}"
        for length, shown in ((15, 13), (16, 12)):
            invoices[12].payment_reference = "X" * length
            words = invoices[:shown].mapped("payment_reference")
            self.assertEqual(
                invoices._portal_transfer_reference(), " ".join(words) + f" +{22 - shown}"
            )
        self.assertEqual(invoices[:3]._portal_transfer_reference(), "REF-00000 REF-00001 REF-00002")

    def test_reference_fits_a_transfer(self):
        invoices = self.env["account.move"].union(
            *(self._create_invoice(self.alfa, 1.0) for _number in range(30))
        )
        reference = invoices._portal_transfer_reference()
        self.assertLessEqual(len(reference), 140)
        named, rest = reference.rsplit(" +", 1)
        self.assertEqual(len(named.split()) + int(rest), 30)

    def test_a_currency_without_code(self):
        """No code, no error: account, amount and reference are there to be typed."""
        usd = self.env.ref("base.USD")
        usd.active = True
        invoice = self._create_invoice(self.alfa, 10.0, currency_id=usd.id)
        self.sign_in(self.user_full)
        answer = self.post_form("/my/pay/choose", data={"invoice": str(invoice.id)}, page="/my/pay")
        for url in (f"/my/invoices/{invoice.id}/transfer", f"{answer.url}/transfer"):
            page = self.url_open(url)
            self.assertEqual(page.status_code, 200)
            self.assertNotIn("Scan it with", page.text)
            facts, codes = self._page(url)
            self.assertEqual(facts["account"], self.bank.acc_number)
            self.assertEqual(facts["amount"].replace(" ", ""), "$10.00")
            self.assertEqual(facts["reference"], invoice.payment_reference)
            self.assertFalse(codes)

    def test_an_account_that_takes_no_code(self):
        """Euros, to an account that is no IBAN."""
        self.bank.acc_number = "0049 1500 05 1234567892"
        self.sign_in(self.user_full)
        facts, codes = self._page(f"/my/invoices/{self.new.id}/transfer")
        self.assertEqual(facts["account"], self.bank.acc_number)
        self.assertFalse(codes)

    def test_account_of_the_invoice_first(self):
        other = self.env["res.partner.bank"].create(
            {"partner_id": self.company.partner_id.id, "acc_number": "ES7921000813610123456789"}
        )
        self.new.partner_bank_id = other
        self.assertEqual(self.new._portal_bank_account(), other)

    def test_what_a_transfer_says(self):
        """The invoice's reference, else its number; what a discount leaves; whose account it is."""
        self.new.payment_reference = "RF18 5390"
        told = self.new._portal_transfer()
        self.assertEqual((told["reference"], told["holder"]), ("RF18 5390", "Nuestra Empresa"))
        self.assertEqual((told["bank"], told["bic"]), ("", ""))
        self.new.payment_reference = False
        self.bank.acc_holder_name = False
        self.bank.bank_id = self.env["res.bank"].create({"name": "Banco", "bic": "CAIXESBBXXX"})
        told = self.new._portal_transfer()
        self.assertEqual((told["reference"], told["amount"]), (self.new.name, 250.5))
        self.assertEqual(told["holder"], self.company.partner_id.name)
        self.assertEqual((told["bank"], told["bic"]), ("Banco", "CAIXESBBXXX"))
        discounted = self._create_discounted()
        self.assertEqual(discounted._portal_transfer()["amount"], 980.0)

    def test_account_that_fits(self):
        """Of this company and currency, or of none; never one of somebody else."""
        account = self.new._portal_bank_account
        other = self.env["res.company"].create({"name": "Otra Empresa SL"})
        foreign = self._foreign_currency()
        update = "UPDATE account_move SET partner_bank_id = %s WHERE id = %s"
        self.env.cr.execute(update, [None, self.new.id])
        self.new.invalidate_recordset()
        for values, fits in (
            ({"company_id": self.company.id, "currency_id": self.euro.id}, True),
            ({"company_id": other.id, "currency_id": False}, False),
            ({"company_id": False, "currency_id": foreign.id}, foreign == self.euro),
            ({"company_id": False, "currency_id": False}, True),
        ):
            self.bank.write(values)
            self.assertEqual(account(), self.bank if fits else self.bank.browse(), values)
        theirs = self.env["res.partner.bank"].create(
            {"partner_id": self.alfa.id, "acc_number": "ES7921000813610123456789"}
        )
        self.env.cr.execute(update, [theirs.id, self.new.id])
        self.new.invalidate_recordset()
        self.assertEqual(account(), self.bank)
        self.company.portal_show_bank_account = False
        self.assertFalse(account())

    def test_reporting_is_one_click_away(self):
        self.sign_in(self.user_full)
        page = self.url_open(f"/my/invoices/{self.new.id}/transfer").text
        self.assertIn(f"/my/payments/report?invoice={self.new.id}", page)

    def test_nothing_to_transfer(self):
        self.sign_in(self.user_full)
        self._confirm(self._create_transaction([(self.old, 100.0)], currency=self.euro))
        url = f"/my/invoices/{self.old.id}/transfer"
        self.assertEqual(self.url_open(url).url.rsplit("/", 1)[1], str(self.old.id))
        self.assertNotIn(url, self.url_open(f"/my/invoices/{self.old.id}").text)

    def test_switched_off(self):
        self.sign_in(self.user_full)
        answer = self.post_form(
            "/my/pay/choose", data={"invoice": str(self.old.id)}, page="/my/pay"
        )
        self.company.portal_show_bank_account = False
        for url in (f"/my/invoices/{self.old.id}/transfer", f"{answer.url}/transfer"):
            self.assertNotIn("2100 0418", self.url_open(url).text)
        for url in (f"/my/invoices/{self.old.id}", answer.url):
            self.assertNotIn("/transfer", self.url_open(url).text)

    def test_strangers(self):
        self.sign_in(self.user_full)
        answer = self.post_form(
            "/my/pay/choose", data={"invoice": str(self.old.id)}, page="/my/pay"
        )
        token = self.old._portal_ensure_token()
        wrong = self.foreign._portal_ensure_token()
        for user in (self.user_stranger, self.user_branch, self.user_colleague, self.user_own):
            self.sign_in(user)
            for url in (f"/my/invoices/{self.old.id}/transfer", f"{answer.url}/transfer"):
                self.assertNotIn("2100 0418", self.url_open(url).text, user.login)
        self.sign_in(None)
        url = f"/my/invoices/{self.old.id}/transfer"
        self.assertNotIn("2100 0418", self.url_open(url).text)
        self.assertNotIn("2100 0418", self.url_open(f"{url}?access_token={wrong}").text)
        self.assertIn("2100 0418", self.url_open(f"{url}?access_token={token}").text)


@tagged("post_install", "-at_install")
class TestPayLink(LeavingMails, PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._create_invoice(cls.alfa, 100.0)

    def test_on_paper(self):
        paper = self._report(self.invoice)
        link = f"/p/{self.company.portal_alias}?redirect=/my/invoices/{self.invoice.id}"
        self.assertIn(link, paper)
        self.assertIn("Pay here", paper)
        self.assertNotIn("access_token", paper)

    def _report(self, invoice):
        """The invoice as the program that makes PDF files gets it."""
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        content, _kind = report._render_qweb_html(
            "account.account_invoices", invoice.ids, {"report_type": "pdf"}
        )
        return content.decode()

    def test_not_on_paper(self):
        self.company.portal_show_pay_link = False
        self.assertNotIn("Pay here", self._report(self.invoice))
        self.company.portal_show_pay_link = True
        refund = self._create_invoice(self.alfa, 30.0, move_type="out_refund")
        self.assertNotIn("Pay here", self._report(refund))
        self.invoice.portal_visible = False
        self.assertNotIn("Pay here", self._report(self.invoice))

    def test_odoos_own_link_carries_no_key(self):
        self.company.link_qr_code = True
        link = self.invoice._get_portal_payment_link()
        self.assertEqual(link, self.invoice._portal_pay_url())
        code = self.invoice._portal_pay_qr_code()
        self.assertEqual(self.invoice._generate_portal_payment_qr(), code)
        # Where ours is not printed, Odoo's is.
        self.company.portal_show_pay_link = False
        self.assertNotEqual(self.invoice._get_portal_payment_link(), link)
        self.assertNotIn(self.invoice._generate_portal_payment_qr(), ["", code])

    def test_where_it_leads(self):
        url = self.invoice._portal_pay_url().split("/p/", 1)[1]
        self.sign_in(None)
        page = self.url_open(f"/p/{url}")
        self.assertIn(f"/my/invoices/{self.invoice.id}", page.text)
        self.sign_in(self.user_full)
        self.assertIn(f"/my/invoices/{self.invoice.id}", self.url_open(f"/p/{url}").url)
        self.sign_in(self.user_stranger)
        self.assertNotIn(self.invoice.name, self.url_open(f"/p/{url}").text)

    def test_in_the_mail(self):
        self.assertIn("Pay here", self._mail())
        self.company.portal_show_pay_link = False
        self.assertNotIn("Pay here", self._mail())

    def _codes(self, mail):
        """Return the addresses of the pictures of codes in a mail."""
        pictures = [picture.get("src") for picture in html.fromstring(mail).iter("img")]
        return [address for address in pictures if "/report/barcode" in address]

    def test_code_in_the_mail(self):
        """A picture of the company's own server, that anybody may fetch: it says no more than the
        paper does."""
        [address] = self._codes(self._mail())
        query = parse_qs(urlsplit(address).query)
        self.assertEqual(query["value"], [self.invoice._portal_pay_url()])
        self.assertNotIn("access_token", unquote(address))
        self.sign_in(None)
        picture = self.url_open(address)
        self.assertEqual((picture.status_code, picture.headers["Content-Type"]), (200, "image/png"))
        self.assertTrue(picture.content.startswith(b"\x89PNG"))

    def test_code_follows_the_switch(self):
        self.company.portal_show_pay_link = False
        self.assertEqual(self._codes(self._mail()), [])

    def test_no_code_where_documents_are_sent_as_files(self):
        """Who gets the PDF alone finds the code on it."""
        self.company.portal_document_delivery = "attachment"
        self.assertEqual(self._codes(self._mail()), [])

    def test_no_code_in_other_messages(self):
        with self.leaving() as sent:
            self.invoice.message_post(
                body="Thank you for your call.",
                partner_ids=self.alfa.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
            self.env.cr.flush()
            self.env["mail.mail"].search([]).send()
        self.assertTrue(sent)
        for mail in sent:
            self.assertEqual(self._codes(mail.get_body(("html",)).get_content()), [])

    def _mail(self):
        """The mail with which the invoice is sent to its customer."""
        with self.leaving() as sent:
            wizard = self.env["account.move.send.wizard"].create({"move_id": self.invoice.id})
            wizard.sending_methods = ["email"]
            wizard.action_send_and_print(allow_fallback_pdf=True)
        [mail] = [mail for mail in sent if self.alfa.email in mail["To"]]
        return mail.get_body(("html",)).get_content()
