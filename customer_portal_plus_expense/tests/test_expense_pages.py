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
