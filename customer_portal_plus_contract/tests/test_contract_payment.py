"""How a subscription is paid: by the customer's one consent, to its main method."""

from dateutil.relativedelta import relativedelta

from odoo.tests import tagged

from odoo.addons.customer_portal_plus.tests.test_debit import DebitCase

from .common import ContractCase


@tagged("post_install", "-at_install")
class TestContractPayment(DebitCase, ContractCase):
    def _page(self, user=None):
        self.sign_in(user or self.user_full)
        return self.url_open(self.contract.access_url).text

    def test_who_has_not_agreed(self):
        page = self._page()
        self.assertIn("You pay its invoices yourself.", page)
        self.assertIn('href="/my/pay/debit"', page)

    def test_who_has_agreed(self):
        debit = self._agree()
        page = self._page()
        self.assertIn("Charged automatically to", page)
        self.assertIn(debit.token_name.split()[-1], page)
        self.token.active = False
        self.assertIn("Nothing is charged now.", self._page())

    def test_whose_decision_it_is(self):
        self._agree()
        self.assertNotIn('name="portal_payment"', self._page(self.user_colleague))
        self.company.portal_allow_debit = False
        self.assertNotIn('name="portal_payment"', self._page())

    def test_invoices_take_part(self):
        """What the engine bills is announced and charged to the main method, once."""
        debit = self._agree()
        invoice = self._bill(self.contract)
        foreign = self._bill(self.foreign)
        invoice.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        ).date_maturity = self.today + relativedelta(days=3)
        attempts = debit._plan()
        self.assertEqual(attempts.invoice_id, invoice)
        self.assertEqual(attempts.amount, 121)
        self.assertEqual(attempts.debit_id.token_id, self.alfa.portal_main_token_id)
        self.assertFalse(debit._plan())
        self.assertFalse(self._attempts(foreign))
