"""The demo's expenses: on an order and not yet, whichever was installed first."""

from odoo.tests import TransactionCase, tagged
from odoo.tools import convert_file

from odoo.addons.customer_portal_plus.tests.test_demo import demo_files

from ..hooks import post_init_hook

ADDON = "customer_portal_plus_expense"


@tagged("post_install", "-at_install")
class TestExpenseDemo(TransactionCase):
    def test_expenses_of_the_demo(self):
        if not self.env.ref("customer_portal_plus.demo_company", raise_if_not_found=False):
            for path in demo_files():
                convert_file(self.env, "customer_portal_plus", path, {}, mode="init", noupdate=True)
        for _time in range(2):
            convert_file(self.env, ADDON, "demo/expense_demo.xml", {}, mode="init", noupdate=True)
        # What runs after the installation leaves the demo as it is shown.
        post_init_hook(self.env)
        contact = self.env.ref("customer_portal_plus.demo_contact_talleres_gerencia")
        Expense = self.env["hr.expense"]
        seen = Expense.search(Expense._portal_domain(contact))
        self.assertEqual(len(seen), 3)
        self.assertEqual({one._portal_state() for one in seen}, {"approved", "on_order"})
        self.assertTrue(any(one._portal_receipts() for one in seen))
        stranger = self.env.ref("customer_portal_plus.demo_contact_hotel_recepcion")
        self.assertFalse(Expense.search(Expense._portal_domain(stranger)))
