from odoo import api, fields, models


class CustomerPortalDemo(models.AbstractModel):
    _inherit = "customer.portal.demo"

    @api.model
    def _load_einvoices(self):
        """Have the demo's company answer by the law of Spain, before its day has come, once: an
        invoice to answer, one that was accepted, one that was rejected, and one said to be paid."""
        company = self._ref("demo_company")
        if company.portal_answer_einvoices:
            return
        demo = self._in_demo_company()
        for name in ("answer", "paid"):
            self.env.ref(f"customer_portal_plus_einvoice.clock_es_{name}").date_from = False
        self.env.ref("customer_portal_plus.profile_full").can_answer_einvoices = True
        company.write(
            {
                "portal_answer_einvoices": True,
                "portal_einvoice_since": self._day(),
            }
        )
        customer = self._ref("demo_customer_talleres")
        made = [
            demo._make_einvoice(customer, name, price)
            for name, price in (
                ("Revisión del compresor", 180.0),
                ("Juego de brocas", 64.5),
                ("Discos de corte, caja", 39.9),
                ("Afilado de herramienta", 55.0),
            )
        ]
        demo.env["customer.portal.einvoice.duty"]._follow_all()
        user = self._ref("demo_user_talleres_gerencia")
        contact = user.partner_id.sudo()
        today = fields.Date.to_string(self._day())
        for invoice, kind, act, reason in (
            (made[1], "answer", "accepted", ""),
            (made[2], "answer", "rejected", "La caja llegó con diez discos, no con doce."),
            (made[3], "answer", "accepted", ""),
            (made[3], "paid", "paid", ""),
        ):
            duty = demo.env["customer.portal.einvoice.duty"].search(
                [("invoice_id", "=", invoice.id), ("kind", "=", kind)]
            )
            duty._portal_answer(contact, act, reason, today)

    @api.model
    def _make_einvoice(self, customer, name, price):
        """Post an invoice of today, and note that it was sent.

        :rtype: account.move
        """
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": customer.id,
                "invoice_date": self._day(),
                "invoice_user_id": self._ref("demo_user_sales").id,
                "invoice_line_ids": [
                    fields.Command.create(
                        {
                            "name": name,
                            "product_id": self._ref("demo_product_sharpening").id,
                            "price_unit": price,
                        }
                    )
                ],
            }
        )
        invoice.action_post()
        invoice.is_move_sent = True
        return invoice
