from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..lists.payment_transaction_under_way import IS_PAYMENT


class CustomerPortalOnlinePayment(models.Model):
    """One payment that came through the portal: paid online, by automatic debit, or by a transfer
    that was announced there."""

    _name = "customer.portal.online.payment"
    _inherit = ["customer.portal.figures.mixin"]
    _description = "Payments through the Portal"
    _auto = False
    _order = "paid_on DESC, id DESC"
    _rec_name = "transaction_id"
    _depends = {
        "payment.transaction": ["amount", "last_state_change", "operation", "payment_id", "state"],
        "account.payment": ["amount_company_currency_signed"],
        "res.partner": ["commercial_partner_id", "user_id"],
    }

    transaction_id = fields.Many2one("payment.transaction", "Payment", readonly=True)
    company_currency_id = fields.Many2one(
        "res.currency", related="company_id.currency_id", string="Company currency"
    )
    paid_on = fields.Datetime(readonly=True)
    way = fields.Selection(
        [("online", "Paid online"), ("debit", "Automatic debit"), ("transfer", "Bank transfer")],
        readonly=True,
    )
    method_id = fields.Many2one("payment.method", "Way to pay", readonly=True)
    amount = fields.Monetary(
        readonly=True, currency_field="company_currency_id", help="In the company's currency."
    )

    @api.model
    def _rows_query(self):
        """Override: the confirmed payments of the companies of the current user."""
        # Sudo: these sums are for who reads invoices, as the access rights of this model say.
        transactions = self.env["payment.transaction"].sudo()
        domain = (
            IS_PAYMENT
            & Domain("state", "=", "done")
            & Domain("portal_part_ids", "=", False)  # They are counted themselves.
            & Domain("company_id", "in", self.env.companies.ids)
        )
        columns = (
            "id", "partner_id", "company_id", "currency_id", "last_state_change", "operation",
            "amount", "payment_id", "payment_method_id", "provider_id",
        )  # fmt: skip
        return SQL(
            """
            SELECT paid.id, paid.id AS transaction_id,
                   contact.commercial_partner_id AS customer_id, customer.user_id,
                   paid.company_id, paid.last_state_change AS paid_on,
                   paid.payment_method_id AS method_id,
                   CASE
                       WHEN provider.code IN ('none', 'custom') THEN 'transfer'
                       WHEN paid.operation = 'offline' THEN 'debit'
                       ELSE 'online'
                   END AS way,
                   COALESCE(booked.amount_company_currency_signed, paid.amount) AS amount
              FROM %(paid)s paid
              JOIN payment_provider provider ON provider.id = paid.provider_id
              JOIN res_partner contact ON contact.id = paid.partner_id
              LEFT JOIN res_partner customer ON customer.id = contact.commercial_partner_id
              LEFT JOIN account_payment booked ON booked.id = paid.payment_id
            """,
            paid=self._columns_of(transactions, domain, *columns),
        )

    def _get_record(self):
        return self.transaction_id
