from odoo import models
from odoo.tools.misc import format_date


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _portal_credit_rows(self):
        """Return what the customer sees of its open credit. A document that is hidden from it is
        counted, and not named.

        :return: dicts with ``id``, ``name``, ``origin``, ``url``, ``date`` and ``amount``
            (positive)
        :rtype: list[dict]
        """
        return [line._portal_credit_row() for line in self]

    def _portal_credit_row(self):
        self.ensure_one()
        move, payment = self.move_id, self.payment_id
        name, url = move.payment_reference or move.name, ""
        if move.is_invoice(include_receipts=True):
            if move.portal_visible:
                origin = self.env._("Credit note")
                url = move.access_url
            else:
                origin, name = self.env._("Other items"), ""
        else:
            origin = self.env._("Payment of %s", format_date(self.env, self.date))
            name = payment.name or name
            url = f"/my/payments/{payment.id}/receipt" if payment else ""
        return {
            "id": self.id,
            "name": name,
            "origin": origin,
            "url": url,
            "date": self.date,
            "amount": -self.amount_residual_currency,
        }
