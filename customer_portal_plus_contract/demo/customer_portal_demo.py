from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Command


class CustomerPortalDemo(models.AbstractModel):
    _inherit = "customer.portal.demo"

    @api.model
    def _load_subscriptions(self):
        """Make subscriptions of the demo, once: when the demo data is loaded again, they are there.
        One that was billed for months, one of which more is asked for, one that ends, and those of
        two other customers, of which one has them charged automatically."""
        company = self._ref("demo_company")
        demo = self._in_demo_company()
        if demo.env["contract.contract"].search_count([("company_id", "=", company.id)], limit=1):
            return
        company.write(
            {
                "portal_show_subscriptions": True,
                "portal_subscriptions_by_profile": True,
                "portal_allow_subscription_requests": True,
                "portal_subscription_notice_days": 30,
            }
        )
        # Who may change contracts accepts that one ends.
        manager = self.env.ref("account.group_account_manager")
        self._ref("demo_user_accountant").group_ids = [Command.link(manager.id)]
        demo._make_demo_subscriptions(company)

    @api.model
    def _make_demo_subscriptions(self, company):
        """Make the contracts, bill what is past, and have customers ask for something."""
        care = self._make_subscription(
            company,
            "demo_customer_talleres",
            "Mantenimiento del compresor",
            "MAN-0107",
            months=5,
            lines=[("Revisión y puesta a punto, de #START# a #END#", 1, 45.0)],
        )
        self._bill_subscription(care)
        rental = self._make_subscription(
            company,
            "demo_customer_talleres",
            "Alquiler de taladros percutores",
            "ALQ-0042",
            months=4,
            rule="quarterly",
            lines=[
                ("Taladro percutor 750 W, con reposición en 24 horas", 3, 29.0),
                ("Seguro a todo riesgo", 3, 4.5),
            ],
        )
        self._bill_subscription(rental)
        self._ask_for_demo(
            rental,
            "talleres_compras",
            "quantity",
            line=str(rental.contract_line_ids[:1].id),
            quantity="5",
            words="Abrimos un segundo taller en enero.",
        )
        sharpening = self._make_subscription(
            company,
            "demo_contact_talleres_almacen",
            "Afilado de herramientas",
            "AFI-0311",
            months=14,
            rule="yearly",
            lines=[("Recogida y afilado, hasta 40 piezas al mes", 1, 380.0)],
        )
        self._bill_subscription(sharpening)
        stop = self._ask_for_demo(
            sharpening,
            "talleres_gerencia",
            "stop",
            words="Hemos comprado una afiladora propia.",
        )
        stop.answer = "Lo sentimos, y gracias por estos años. Vuelva cuando quiera."
        stop.action_accept()
        hotel = self._make_subscription(
            company,
            "demo_customer_hotel",
            "Mantenimiento de herramientas del hotel",
            "MAN-0120",
            months=2,
            lines=[("Visita mensual de un técnico", 1, 120.0)],
        )
        self._bill_subscription(hotel)
        charged = self._make_subscription(
            company,
            "demo_customer_fontaneria",
            "Alquiler de una prensa de tubos",
            "ALQ-0057",
            months=3,
            lines=[("Prensa de tubos con maletín", 1, 89.0)],
        )
        self._bill_subscription(charged)

    @api.model
    def _make_subscription(self, company, partner, name, code, months, lines, rule="monthly"):
        """Make a contract that began some months ago.

        :param list lines: what is billed each time: text, quantity and price
        """
        begin = fields.Date.today().replace(day=1) - relativedelta(months=months)
        product = self._ref("demo_product_sharpening")
        return self.env["contract.contract"].create(
            {
                "name": name,
                "code": code,
                "company_id": company.id,
                "partner_id": self._ref(partner).id,
                "user_id": self._ref("demo_user_accountant").id,
                "date": begin,
                "date_start": begin,
                "recurring_rule_type": rule,
                "line_recurrence": False,
                "payment_term_id": self.env.ref("account.account_payment_term_30days").id,
                "contract_line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "name": text,
                            "quantity": quantity,
                            "price_unit": price,
                            "date_start": begin,
                            "recurring_rule_type": rule,
                        }
                    )
                    for text, quantity, price in lines
                ],
            }
        )

    @api.model
    def _bill_subscription(self, contract):
        """Have the engine bill what is past; what is older than six weeks is paid."""
        today = fields.Date.today()
        invoices = self.env["account.move"]
        while contract.recurring_next_date and contract.recurring_next_date <= today:
            invoices |= contract._recurring_create_invoice()
        invoices.action_post()
        long_ago = today - timedelta(days=42)
        if old := invoices.filtered(lambda move: move.invoice_date < long_ago):
            self._pay(old)

    @api.model
    def _ask_for_demo(self, contract, key, kind, **typed):
        """Have a contact ask for something as early as it may; return the request."""
        user = self._ref(f"demo_user_{key}")
        theirs = contract.with_user(user)  # Their day may have begun before ours.
        request = theirs._portal_ask(
            user.partner_id.with_user(user).sudo(),
            kind,
            {"date": theirs._portal_earliest(kind).isoformat(), **typed},
        )
        return request.with_env(self.env)
