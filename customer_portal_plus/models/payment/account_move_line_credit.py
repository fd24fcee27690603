from odoo import api, models
from odoo.fields import Domain
from odoo.tools.misc import format_date


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.model
    def _portal_free_credit_domain(self, customer, companies):
        """Return the domain of a customer's open credit that can be set against any invoice:
        credit notes and surplus, not what was paid for a quote or order that is still to be
        invoiced.

        :param res.partner customer: a commercial partner
        :param res.company companies: whose credit
        :rtype: Domain
        """
        orders = Domain("state", "in", ("draft", "sent", "sale")) & (
            Domain("invoice_status", "not in", ("invoiced", "upselling"))
            | Domain("order_line.invoice_lines.move_id.state", "=", "draft")
        )
        bound = Domain("payment_id.payment_transaction_id.sale_order_ids", "any", orders)
        return (
            Domain("account_type", "=", "asset_receivable")
            & Domain("reconciled", "=", False)
            & Domain("partner_id", "=", customer.id)
            & Domain("parent_state", "=", "posted")
            & Domain("company_id", "in", companies.ids)
            & Domain("amount_residual_currency", "<", 0)
            & ~bound
        )

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
