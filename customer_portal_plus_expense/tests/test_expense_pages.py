"""What the list and the page of an expense say."""

from odoo.tests import tagged

from .common import ExpenseCase


@tagged("post_install", "-at_install")
class TestExpensePages(ExpenseCase):
    def _state(self, expense):
        return expense.sudo()._portal_state()

    def test_amount_is_that_of_the_order(self):
        [row] = self.expense._portal_rows()
        self.assertEqual((row["total"], row["currency"]), (150.0, self.order.currency_id))
        self.assertEqual(self.approved._portal_rows()[0]["total"], None)
        self.sign_in(self.user_full)
        self.assertIn("150.00", self.url_open(self.expense.access_url).text)
        self.assertNotIn("portal_expense_total", self.url_open(self.approved.access_url).text)

    def test_states(self):
        self.assertEqual(self._state(self.approved), "approved")
        self.assertEqual(self._state(self.expense), "on_order")
        invoice = self.order._create_invoices()
        self.assertEqual(self._state(self.expense), "on_order", "A draft is not told of")
        self.assertFalse(self.expense._portal_invoices())
        invoice.action_post()
        self.assertEqual(self._state(self.expense), "invoiced")
        self.sign_in(self.user_full)
        page = self.url_open(self.expense.access_url).text
        self.assertIn(f'href="{invoice.access_url}"', page)
        self.assertIn(f'href="{self.order.access_url}"', page)

    def test_refunded(self):
        invoice = self.order._create_invoices()
        invoice.action_post()
        refund = invoice._reverse_moves()
        refund.action_post()
        self.assertEqual(self._state(self.expense), "on_order")

    def test_links_ask_the_gates_of_what_they_lead_to(self):
        invoice = self.order._create_invoices()
        invoice.action_post()
        self.company.write({"portal_show_invoices": False, "portal_show_orders": False})
        self.sign_in(self.user_full)
        page = self.url_open(self.expense.access_url).text
        self.assertNotIn(invoice.access_url, page)
        self.assertNotIn(f'href="{self.order.access_url}"', page)

    # === FROM ORDER AND INVOICE === #

    def _bill(self):
        invoice = self.order._create_invoices()
        invoice.action_post()
        return invoice

    def _led_to(self, document, user=None):
        """Return the expenses that the page of an order or invoice leads to, for somebody."""
        self.sign_in(user)
        url = document.access_url
        if not user:
            url = f"{url}?access_token={document._portal_ensure_token()}"
        page = self.url_open(url, allow_redirects=False)
        if page.status_code != 200:
            return None
        found = self.expense | self.approved | self.of_own | self.foreign
        led = found.filtered(lambda expense: f'href="{expense.access_url}"' in page.text)
        self.assertEqual(bool(led), 'name="portal_expenses"' in page.text)
        return led

    def test_order_and_invoice_lead_to_their_expenses(self):
        invoice = self._bill()
        for user in (self.user_full, self.user_colleague):
            self.assertEqual(self._led_to(self.order, user), self.expense | self.approved)
        self.assertEqual(self._led_to(invoice, self.user_full), self.expense)
        self.assertEqual(self._led_to(self.of_own.sale_order_id, self.user_own), self.of_own)

    def test_who_may_not_see_expenses_is_not_led_to_them(self):
        invoice = self._bill()
        none = self.env["hr.expense"]
        self.profile_purchasing.write({"can_see_expenses": False, "can_see_invoices": True})
        for document in (self.order, invoice):
            self.assertEqual(self._led_to(document, self.user_colleague), none)
            self.assertEqual(self._led_to(document), none, "Links of documents open no expense")
            self.assertIsNone(self._led_to(document, self.user_own))
            self.assertIsNone(self._led_to(document, self.user_stranger))
            self.assertTrue(self._led_to(document, self.user_full))
        self.expense.portal_visible = False
        self.assertEqual(self._led_to(self.order, self.user_full), self.approved)
        self.assertEqual(self._led_to(invoice, self.user_full), none)
        self.company.portal_show_expenses = False
        self.assertEqual(self._led_to(self.order, self.user_full), none)

    def test_invoice_to_another_customer(self):
        """It bills what belongs to somebody else's order: whose the expense is, that one sees."""
        invoice = self._create_invoice(self.beta)
        invoice.invoice_line_ids.sale_line_ids = self.expense.sale_order_line_id
        self.assertEqual(invoice._portal_expenses(), self.expense)
        self.assertFalse(self._led_to(invoice, self.user_stranger))
        self.assertIsNone(self._led_to(invoice, self.user_full))

    # === LIST AND HOME === #

    def test_list(self):
        self.sign_in(self.user_full)
        for query, found in (
            ("", True),
            ("?search=bilbao", True),
            ("?search=PED-77", True),
            ("?search=nada", False),
            ("?filterby=on_order", True),
            ("?filterby=approved", False),
            ("?date_end=2000-01-01", False),
            ("?date_begin=2000-01-01", True),
            ("?filterby=x&sortby=%00&page=x&date_begin=x", True),
        ):
            page = self.url_open(f"/my/expenses{query}")
            self.assertEqual(page.status_code, 200, query)
            self.assertEqual(f'data-expense="{self.expense.id}"' in page.text, found, query)

    def test_files_of_the_list(self):
        self.sign_in(self.user_full)
        csv = self.url_open("/my/expenses/export.csv")
        self.assertIn(self.approved.name, csv.text)
        self.assertIn("150", csv.text)
        self.assertTrue(self.url_open("/my/expenses/export.xlsx").content.startswith(b"PK"))

    def test_home(self):
        self.sign_in(self.user_full)
        self.assertIn("/my/expenses", self.url_open("/my").text)
