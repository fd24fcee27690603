"""The discount that payment terms grant for paying early."""

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _portal_early_installment(self, date):
        """Return what settles this invoice on a day, if its terms grant a discount for that.

        :param datetime.date date: when it is paid
        :return: see core's ``_get_installments_data``; None if there is no discount
        :rtype: dict | None
        """
        self.ensure_one()
        terms = self.line_ids.filtered(lambda line: line.display_type == "payment_term")
        installments = terms._get_installments_data(payment_date=date)
        return next((one for one in installments if one["type"] == "early_payment_discount"), None)

    def _portal_discount(self, values=None):
        """Return the discount of who pays all that is left today, and how the page tells of it.

        :param dict values: what core's ``_get_invoice_next_payment_values`` gave, if it was asked
        :return: the discount, 0 if there is none; and a sentence, then empty
        :rtype: tuple[float, str]
        """
        values = values or self._get_invoice_next_payment_values()
        return values.get("epd_discount_amount_currency", 0.0), values.get("epd_discount_msg", "")

    def _portal_discount_of(self, amount, date):
        """Return the discount that a payment of just this amount on a day gets; 0 if none.

        :rtype: float
        """
        early = self._portal_early_installment(date)
        if not early or self.currency_id.compare_amounts(
            amount, early["amount_residual_currency_unsigned"]
        ):
            return 0.0
        return early["discount_amount_currency"]
