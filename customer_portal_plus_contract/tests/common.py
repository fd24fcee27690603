"""Subscriptions of the two customers."""

from dateutil.relativedelta import relativedelta

from odoo import Command

from odoo.addons.customer_portal_plus.tests.common.message import MessageCase

MODEL = "contract.contract"
REQUEST = "customer.portal.contract.request"
NOTICE = 30
TERMS = ("date_start", "recurring_rule_type", "recurring_invoicing_type")


class ContractCase(MessageCase):
    """Alfa has a subscription of its own and one of its contact with scope *own*; Beta has one.
    All of them are billed every month, in advance, from the first day of this month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "portal_show_subscriptions": True,
                "portal_subscriptions_by_profile": True,
                "portal_allow_subscription_requests": True,
                "portal_subscription_notice_days": NOTICE,
            }
        )
        cls.begin_on = cls.today.replace(day=1)
        cls.tax = cls.env["account.tax"].create(
            {"name": "IVA 21 %", "amount": 21.0, "type_tax_use": "sale"}
        )
        cls.service = cls.env["product.product"].create(
            {
                "name": "Revisión",
                "type": "service",
                "list_price": 100.0,
                "taxes_id": [Command.set(cls.tax.ids)],
            }
        )
        cls.contract = cls._subscribe(cls.alfa, "Mantenimiento de Alfa", code="MAN-1")
        cls.of_own = cls._subscribe(cls.user_own.partner_id, "Alquiler del delegado")
        cls.foreign = cls._subscribe(cls.beta, "Suscripción de Beta")
        cls.contact = cls.user_full.partner_id
        cls.line = cls.contract.contract_line_ids

    @classmethod
    def _subscribe(cls, partner, name="Mantenimiento", quantity=2, **values):
        """Make a contract; nothing of it is billed. What forms do, lines get the same dates."""
        terms = {
            "date_start": cls.begin_on,
            "recurring_rule_type": "monthly",
            **{name: values[name] for name in TERMS if name in values},
        }
        return cls.env[MODEL].create(
            {
                "name": name,
                "partner_id": partner.id,
                "user_id": cls.user_accountant.id,
                "line_recurrence": False,
                **terms,
                "contract_line_ids": [
                    Command.create(
                        {
                            "product_id": cls.service.id,
                            "name": "Revisión de #START# a #END#",
                            "quantity": quantity,
                            "price_unit": 50,
                            **terms,
                        }
                    )
                ],
                **values,
            }
        )

    @classmethod
    def _bill(cls, contract, post=True):
        """Have the engine make the next invoice."""
        invoice = contract._recurring_create_invoice()
        if post:
            invoice.action_post()
        return invoice

    @classmethod
    def _day(cls, **ahead):
        return cls.today + relativedelta(**ahead)

    def _ask(self, contract=None, kind="stop", user=None, **typed):
        """Have a contact ask for something, by default a stop that may be asked for."""
        contract = contract or self.contract
        user = user or self.user_full
        day = contract._portal_earliest(kind).isoformat()
        request = contract.with_user(user)._portal_ask(
            user.partner_id.sudo(),
            kind,
            {"date": day, "words": "Ya no lo necesitamos", **typed},
        )
        return request.with_env(self.env)
