"""The demo's expenses: on an order and not yet, whichever was installed first."""

from odoo.tests import tagged

from odoo.addons.customer_portal_plus.tests.common.demo import BridgeDemoCase

from ..hooks import post_init_hook

ADDON = "customer_portal_plus_expense"


@tagged("post_install", "-at_install")
class TestExpenseDemo(BridgeDemoCase):
    def test_expenses_of_the_demo(self):
        self.load_bridge_demo(ADDON, "demo/expense_demo.xml")
        # What runs after the installation leaves the demo as it is shown.
        post_init_hook(self.env)
        contact = self.demo("contact_talleres_gerencia")
        Expense = self.env["hr.expense"]
        seen = Expense.search(Expense._portal_domain(contact))
        self.assertEqual(len(seen), 3)
        self.assertEqual({one._portal_state() for one in seen}, {"approved", "on_order"})
        self.assertTrue(any(one._portal_receipts() for one in seen))
        stranger = self.demo("contact_hotel_recepcion")
        self.assertFalse(Expense.search(Expense._portal_domain(stranger)))
