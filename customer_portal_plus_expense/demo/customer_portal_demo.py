from odoo import Command, api, fields, models


class CustomerPortalDemo(models.AbstractModel):
    _inherit = "customer.portal.demo"

    @api.model
    def _load_expenses(self):
        """Give one customer expenses, on its order and not yet, once: when the demo data is loaded
        again, they are there."""
        company = self._ref("demo_company")
        demo = self._in_demo_company()
        if demo.env["hr.expense"].search_count([("company_id", "=", company.id)], limit=1):
            return
        company.write({"portal_show_expenses": True, "portal_show_receipts": True})
        order = demo._make_order("demo_customer_talleres", 2, days=10, client_order_ref="TN-2140")
        travel = demo.env["product.product"].create(
            {
                "name": "Desplazamiento",
                "type": "service",
                "can_be_expensed": True,
                "invoice_policy": "delivery",
                "expense_policy": "cost",
                "company_id": company.id,
                "taxes_id": [Command.clear()],
                "supplier_taxes_id": [Command.clear()],
            }
        )
        employee = demo.env["hr.employee"].create(
            {"name": "Técnico de montaje", "company_id": company.id}
        )
        for name, days, amount, post in (
            ("Tren a Bilbao, ida y vuelta", 8, 96.4, True),
            ("Hotel en Bilbao, una noche", 7, 118.0, True),
            ("Taxi a la nave", 2, 23.5, False),
        ):
            expense = demo.env["hr.expense"].create(
                {
                    "name": name,
                    "date": fields.Date.subtract(fields.Date.today(), days=days),
                    "employee_id": employee.id,
                    "product_id": travel.id,
                    "quantity": 1,
                    "total_amount_currency": amount,
                    "payment_mode": "company_account",
                    "sale_order_id": order.id,
                    "company_id": company.id,
                }
            )
            demo.env["ir.attachment"].create(
                {
                    "name": f"{name}.pdf",
                    "raw": demo._draw_pdf(name, "Gracias por su visita."),
                    "res_model": expense._name,
                    "res_id": expense.id,
                }
            )
            expense.action_submit()
            if expense.state != "approved":
                expense.action_approve()
            if post:
                expense.action_post()
