"""The clocks beside the localisations of their countries: which invoices they are about is found by
the types of documents, tax IDs and accounts that Odoo itself has for them."""

from datetime import date, datetime, timedelta

from odoo.tests import tagged

from ..tools.working_days import local_day
from .common import EinvoiceCase
from .localisations import ARE_INSTALLED, LocalisedCase

if ARE_INSTALLED:

    @tagged("post_install", "-at_install")
    class TestEinvoiceLocalisations(LocalisedCase, EinvoiceCase):
        def _assert_of_country(self, name, invoice):
            """What is expected is what the clock says, and the customer is led to the register."""
            clock = self.clocks[name]
            duty = self.Duty.search([("invoice_id", "=", invoice.id)])
            self.assertEqual(duty.clock_id, clock)
            self.assertEqual(duty.begins_on, local_day(datetime.now(), clock.tz))
            self.assertEqual(duty.deadline_day, clock._last_day(duty.begins_on))
            [row] = invoice._portal_einvoice_values(self.contact)["duties"]
            self.assertEqual(row["register"]["url"], clock.register_url)
            self.sign_in(self.user_full)
            self.assertIn(f'href="{clock.register_url}"', self.url_open(invoice.access_url).text)
            self.assertIn(invoice.name, self.url_open("/my/einvoices").text)

        def test_chile_localised(self):
            company = self._localise("cl")
            for code in ("33", "34"):
                self._assert_of_country("cl_answer", self._invoice_of(company, code))
            self.assertFalse(self._duty(self._invoice_of(company, "39")), "a receipt")

        def test_peru_localised(self):
            company = self._localise("pe")
            later = {"invoice_date_due": self.today + timedelta(days=30)}
            self._assert_of_country("pe_answer", self._invoice_of(company, "01", **later))
            self.assertFalse(self._duty(self._invoice_of(company, "01")), "paid at once")
            self.assertFalse(self._duty(self._invoice_of(company, "03", **later)), "a receipt")

        def test_argentina_localised(self):
            company = self._localise("ar")
            self.assertFalse(self._duty(self._invoice_of(company, "201")), "not renewed")
            self.clocks["ar_answer"].date_until = False
            self._assert_of_country("ar_answer", self._invoice_of(company, "201"))
            self.assertFalse(self._duty(self._invoice_of(company, "1")), "no credit invoice")

        def test_colombia_localised(self):
            company = self._localise("co")
            later = {"invoice_date_due": self.today + timedelta(days=30)}
            self._assert_of_country("co_answer", self._invoice_of(company, **later))
            self.assertFalse(self._duty(self._invoice_of(company)), "paid at once")

        def test_mexico_localised(self):
            company = self._localise("mx")
            later = {"invoice_date_due": self.today + timedelta(days=60)}
            invoice = self._invoice_of(company, **later)
            self.assertFalse(self.Duty.search([("invoice_id", "=", invoice.id)]))
            self.journal = self.env["account.journal"].search(
                [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
            )
            self.journal.inbound_payment_method_line_ids.payment_account_id = (
                company.transfer_account_id
            )
            self._pay(invoice, invoice.amount_total, date(2026, 12, 15))
            self._follow()
            duty = self._duty(invoice, "complement")
            self.assertEqual(duty.clock_id, self.clocks["mx_complement"])
            self.assertEqual(duty.deadline_day, date(2027, 1, 5))
