"""Whether a bank account is really the company's: asked with what is printed on an invoice."""

from odoo import models
from odoo.fields import Domain

from ...tools.parsing import parse_money

# Per hour. A number that is typed often is guessed at; a company's customers share its limit,
# which only makes strangers of a busy hour slower.
LIMITS = {
    "verify.network": 20,
    "verify.number": 10,
    # Whoever uses up a number's tries keeps nobody else from it.
    "verify.number_busy": 3,
    "verify.company": 500,
    "verify.busy": 3,
}


class ResCompany(models.Model):
    _inherit = "res.company"

    def _portal_verify_account(self, number, date, amount, network):
        """Return the bank account that is printed on an invoice of this company, to a stranger who
        types what else is printed there.

        Nothing tells a wrong number from a wrong day or amount: not the answer, nor the queries.

        :param str number: the invoice's number, as typed
        :param datetime.date date: the invoice's date; None if it could not be read
        :param str amount: its total, as typed
        :param str network: network address of who asks
        :return: ``account`` (the last characters; empty if none is printed) and ``holder``; None
            if there is no such invoice
        :rtype: dict | None
        :raise TooManyTries: if that is tried too often
        """
        self.ensure_one()
        number = " ".join(number[:60].split())
        who = self.env["customer.portal.challenge"]._network(network)
        self.env["customer.portal.throttle"]._count_at_company(
            self, "verify", who, LIMITS, number=f"{self.id} {number.upper()}"
        )
        # Sudo: a guest asks. Whoever has all three in hand has the invoice in hand.
        found_sudo = (
            self.env["account.move"]
            .sudo()
            .search(
                Domain("name", "in", [number, number.upper()])
                & Domain("move_type", "=", "out_invoice")
                & Domain("state", "=", "posted")
                & Domain("company_id", "=", self.id)
                & Domain("invoice_date", "=", date)
                & self._portal_total_domain(amount),
                limit=2,
            )
        )
        if len(found_sudo) != 1 or not date:
            return None
        events = self.env["customer.portal.event"]
        events._log(
            "view",
            record=found_sudo,
            contact=self.env["res.partner"],
            detail=events._company_words(self)._("Somebody made sure of the bank account"),
        )
        account_sudo = found_sudo.partner_bank_id
        return {
            "account": account_sudo._portal_ending(),
            "holder": account_sudo._portal_holder() if account_sudo else "",
        }

    def _portal_total_domain(self, text):
        """Return the domain of the invoices whose total is what somebody typed, in any currency
        that is in use: which one it is would be told by another query.

        :rtype: Domain
        """
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        currencies_sudo = self.env["res.currency"].sudo().search([("active", "=", True)])
        amounts = [(parse_money(text, currency, lang), currency) for currency in currencies_sudo]
        return Domain.OR(
            Domain("currency_id", "=", currency.id)
            & Domain("amount_total", ">", amount - currency.rounding / 2)
            & Domain("amount_total", "<", amount + currency.rounding / 2)
            for amount, currency in amounts
            if amount is not None
        )
