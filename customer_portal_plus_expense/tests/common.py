"""Expenses of the two customers, posted and not."""

from odoo import Command

from odoo.addons.customer_portal_plus.tests.common import PortalHttpCase
from odoo.addons.customer_portal_plus.tests.common.signature import make_pdf


class ExpenseCase(PortalHttpCase):
    """Alfa has an expense on its order with a receipt, one that is approved only, and one of its
    contact with scope *own*; Beta has one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"portal_show_expenses": True, "portal_show_receipts": True})
        cls.employee = cls.env["hr.employee"].create(
            {"name": "Empleada Reservada", "company_id": cls.company.id}
        )
        cls.travel = cls.env["product.product"].create(
            {
                "name": "Viaje",
                "type": "service",
                "can_be_expensed": True,
                "invoice_policy": "delivery",
                "expense_policy": "sales_price",
                "list_price": 150.0,
                "standard_price": 0.0,
                "taxes_id": [Command.clear()],
                "supplier_taxes_id": [Command.clear()],
            }
        )
        cls.pdf = make_pdf("Billete")
        cls.order = cls._create_order(cls.alfa, state="sale", client_order_ref="PED-77")
        cls.expense = cls._create_expense(cls.order, "Tren a Bilbao", receipt=cls.pdf)
        cls.approved = cls._create_expense(cls.order, "Hotel en Vigo", post=False)
        own_order = cls._create_order(cls.user_own.partner_id, state="sale")
        cls.of_own = cls._create_expense(own_order, "Taxi al puerto", receipt=cls.pdf)
        beta_order = cls._create_order(cls.beta, state="sale")
        cls.foreign = cls._create_expense(beta_order, "Peaje de Beta", receipt=cls.pdf)

    @classmethod
    def _create_expense(cls, order, name, post=True, approve=True, receipt=None, **values):
        """Create an expense of an employee for an order, approved and posted."""
        expense = cls.env["hr.expense"].create(
            {
                "name": name,
                "employee_id": cls.employee.id,
                "product_id": cls.travel.id,
                "quantity": 1,
                "total_amount_currency": 83.21,
                "payment_mode": "company_account",
                "sale_order_id": order.id,
                "description": "Nota reservada",
                "company_id": cls.company.id,
                **values,
            }
        )
        if receipt:
            cls._attach(expense, receipt)
        if approve:
            expense.action_submit()
            if expense.state != "approved":
                expense.action_approve()
            if post:
                expense.action_post()
        return expense

    @classmethod
    def _attach(cls, expense, content, name="Empleada Reservada.pdf"):
        return cls.env["ir.attachment"].create(
            {"name": name, "raw": content, "res_model": expense._name, "res_id": expense.id}
        )
