"""The rules by which quotes of a customer need a second person."""

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount

from ...tools.parsing import parse_id, parse_money
from ..payment.account_move_page import MAX_AMOUNT


class ResPartner(models.Model):
    _inherit = "res.partner"

    portal_approval_rule_ids = fields.One2many(
        "customer.portal.approval.rule",
        "customer_id",
        "Quotes that need a second person",
        groups="base.group_partner_manager,sales_team.group_sale_salesman",
        help="Made by the customer itself: above these amounts a second one of its people must"
        " approve a quote before it becomes an order.",
    )

    def _portal_approval_rules(self):
        """Return the rules of this contact's customer, in sudo.

        :rtype: customer.portal.approval.rule
        """
        return (
            self.env["customer.portal.approval.rule"]
            .sudo()
            .search([("customer_id", "=", self.commercial_partner_id.id)])
        )

    def _portal_approval_companies(self):
        """Return the companies for which this contact may make rules, in sudo.

        :rtype: res.company
        """
        return self._portal_user()._portal_companies("portal_allow_quote_acceptance")

    def _portal_can_be_approved(self):
        """Return whether this contact's customer has two people who can accept quotes.

        :rtype: bool
        """
        people = self.sudo().search(  # The customer's people, counted for one of them.
            [
                ("commercial_partner_id", "=", self.commercial_partner_id.id),
                ("user_ids.share", "=", True),
            ]
        )
        able = people.filtered(
            lambda person: (
                person._portal_user()
                and person._portal_can("can_accept")
                and not person.portal_introduced_by_id
            )
        )
        return len({person.email_normalized or person.id for person in able}) > 1

    def _portal_set_approval_rule(self, company_id, currency_id, amount):
        """Rule from which amount on quotes of this contact's customer need a second person.

        :param int company_id: whose quotes
        :param int currency_id: in which currency
        :param str amount: as typed
        :raise AccessError: if the contact does not manage the team
        :raise UserError: in words for the customer, if that can't be a rule
        """
        self._portal_team_begin()
        company = self._portal_approval_companies().filtered(lambda own: own.id == company_id)
        currency = self.env["res.currency"].sudo().search([("id", "=", parse_id(currency_id))])
        if not company or not currency:
            raise UserError(self.env._("Please choose a company and a currency."))
        value = self._portal_parse_rule_amount(amount, currency)
        Rule = self.env["customer.portal.approval.rule"].sudo()
        rules = self._portal_approval_rules().filtered(
            lambda rule: rule.company_id == company and rule.currency_id == currency
        )
        rules.unlink()
        Rule.create(
            {
                "customer_id": self.commercial_partner_id.id,
                "company_id": company.id,
                "currency_id": currency.id,
                "amount": value,
            }
        )
        self.commercial_partner_id._portal_tell_staff(
            self.env._(
                "%(contact)s ruled that quotes of %(company)s above %(amount)s need a second"
                " person.",
                contact=self.name,
                company=company.name,
                amount=format_amount(self.env, value, currency),
            ),
            self,
        )

    def _portal_parse_rule_amount(self, amount, currency):
        lang = self.env["res.lang"]._get_data(code=self.env.lang)
        value = parse_money(amount, currency, lang)
        if value is None or not value < MAX_AMOUNT:
            raise UserError(self.env._("Please type an amount, zero or more."))
        return value

    def _portal_remove_approval_rule(self, rule_id):
        """Take back a rule of this contact's customer.

        :param int rule_id: an id that came from outside
        :raise AccessError: if the contact does not manage the team, or there is no such rule
        """
        self._portal_team_begin()
        rule = self._portal_approval_rules().filtered(lambda own: own.id == rule_id)
        if not rule:
            raise AccessError(self.env._("This rule does not exist any more."))
        self.commercial_partner_id._portal_tell_staff(
            self.env._(
                "%(contact)s took back that quotes of %(company)s above %(amount)s need a second"
                " person.",
                contact=self.name,
                company=rule.company_id.name,
                amount=format_amount(self.env, rule.amount, rule.currency_id),
            ),
            self,
        )
        rule.unlink()
