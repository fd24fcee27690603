"""Staff print, download and mail account statements."""

import base64
import csv
import io

from dateutil.relativedelta import relativedelta
from openpyxl import load_workbook
from pypdf import PdfReader

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from .common.statement import StatementData


@tagged("post_install", "-at_install")
class TestStatementStaff(StatementData, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._create_invoice(cls.alfa, 100.0, days=-50, due_days=-20)
        cls.hidden = cls._create_invoice(cls.alfa, 30.0)
        cls.hidden.portal_visible = False
        cls.foreign = cls._create_invoice(cls.beta, 70.0)
        cls.payable = cls.user_full.partner_id

    def _wizard(self, customers=None, user=None, **values):
        customers = customers if customers is not None else self.alfa
        action = customers.with_user(user or self.user_accountant).action_portal_statement()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard = wizard.with_user(user or self.user_accountant)
        wizard.write({"begin": self.today - relativedelta(years=1), **values})
        return wizard

    def _sent(self):
        return self.env["customer.portal.statement.mail"].search(
            [("customer_id", "in", (self.alfa | self.beta | self.alfa_norte).ids)]
        )

    def _download(self, wizard):
        action = wizard.action_download()
        self.assertIn(f"/web/content/{wizard._name}/{wizard.id}/file/", action["url"])
        self.assertIn(f".{wizard.file_type}?", action["url"])
        return io.BytesIO(base64.b64decode(wizard.file))

    # === FILES === #

    def test_file_of_one_customer(self):
        """What its contacts would read."""
        [page] = PdfReader(self._download(self._wizard())).pages
        text = page.extract_text()
        for words in (self.alfa.name, self.invoice.name, "Other items", "130.00"):
            self.assertIn(words, text)
        self.assertNotIn(self.hidden.name, text)
        self.assertNotIn(self.foreign.name, text)

    def test_file_of_a_contact_is_that_of_its_customer(self):
        wizard = self._wizard(self.user_own.partner_id)
        self.assertEqual(wizard.customer_ids, self.alfa)

    def test_file_of_several_customers(self):
        customers = self.alfa | self.beta | self.alfa_norte
        table = self._download(self._wizard(customers, file_type="csv"))
        rows = list(csv.DictReader(io.StringIO(table.read().decode("utf-8-sig"))))
        self.assertEqual({row["Customer"] for row in rows}, {self.alfa.name, self.beta.name})
        book = load_workbook(self._download(self._wizard(customers, file_type="xlsx")))
        self.assertEqual(len(book.sheetnames), 2)
        self.assertEqual(len(PdfReader(self._download(self._wizard(customers))).pages), 2)

    def test_file_for_who_has_no_access(self):
        """Paper needs no portal."""
        self.alfa.portal_access = False
        self.company.portal_show_statement = False
        [page] = PdfReader(self._download(self._wizard())).pages
        self.assertIn(self.invoice.name, page.extract_text())

    def test_nothing_to_print(self):
        with self.assertRaises(UserError):
            self._wizard(self.alfa_norte).action_download()
        with self.assertRaises(UserError):
            self._wizard(end=self.today - relativedelta(years=3)).action_download()

    # === MAIL === #

    def test_mail(self):
        wizard = self._wizard(self.alfa | self.beta)
        self.assertEqual(wizard.recipient_ids, (self.user_full | self.user_stranger).partner_id)
        self.assertFalse(wizard.left_out_ids)
        wizard.action_send()
        sent = self._sent()
        self.assertEqual(sent.customer_id, self.alfa | self.beta)
        mail = sent.filtered(lambda one: one.customer_id == self.alfa)
        self.assertEqual(mail.recipient_ids, self.payable)
        message = mail.message_ids.filtered("attachment_ids")
        self.assertEqual(message.partner_ids, self.payable)
        self.assertIn(self.company.name, message.subject)
        body = message.body.replace("\xa0", " ").replace("&nbsp;", " ")
        self.assertIn("$ 130.00", body)
        self.assertIn("$ 100.00", body)
        self.assertIn("/my/statement?kind=movements", body)
        text = PdfReader(io.BytesIO(message.attachment_ids.raw)).pages[0].extract_text()
        self.assertIn(self.invoice.name, text)
        self.assertNotIn(self.foreign.name, text)

    def test_who_gets_it(self):
        """The address for invoices first; nobody who may not see all of it in the portal."""
        office = self.env["res.partner"].create(
            {
                "name": "Administración",
                "type": "invoice",
                "parent_id": self.alfa.id,
                "email": "administracion@example.com",
            }
        )
        get = self.alfa._portal_statement_recipients
        self.assertEqual(get(self.company), office)
        office.portal_profile_id = self.profile_purchasing
        self.assertEqual(get(self.company), self.payable)
        self.profile_full.can_see_statement = False
        self.profile_full.flush_recordset()
        self.assertFalse(get(self.company))
        self.profile_full.can_see_statement = True
        for switch in ("portal_enabled", "portal_show_statement", "portal_show_invoices"):
            self.company[switch] = False
            self.assertFalse(get(self.company), switch)
            self.company[switch] = True
        self.alfa.portal_access = False
        self.assertFalse(get(self.company))

    def test_nobody_without_access_gets_a_mail(self):
        self.alfa.portal_access = False
        wizard = self._wizard(self.alfa | self.beta)
        self.assertEqual(wizard.left_out_ids, self.alfa)
        wizard.action_send()
        self.assertEqual(self._sent().customer_id, self.beta)
        with self.assertRaises(UserError):
            self._wizard(self.alfa).action_send()

    def test_nothing_to_mail(self):
        with self.assertRaises(UserError):
            self._wizard(self.alfa_norte).action_send()
        self.assertFalse(self._sent())

    def test_in_the_reader_s_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.payable.lang = "es_ES"
        self.company.currency_id.position = "after"
        self._wizard(kind="open").action_send()
        message = self._sent().message_ids.filtered("attachment_ids")
        self.assertIn("130,00", message.body)

    # === WALLS === #

    def test_who_may(self):
        with self.assertRaises(AccessError):
            self._wizard(user=self.user_sales)
        for user in (self.user_full, self.user_stranger):
            with self.assertRaises(AccessError):
                self._wizard(user=user)
            with self.assertRaises(AccessError):
                self.env["customer.portal.statement.mail"].with_user(user).search([])

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Segunda SL"})
        with self.assertRaises(UserError):
            self._wizard(company_id=other.id).action_download()
        self.user_accountant.company_ids = [Command.link(other.id)]
        with self.assertRaises(UserError):
            self._wizard(company_id=other.id).action_send()
        self.assertFalse(self._sent())
