from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CustomerPortalQuoteAnswer(models.Model):
    """One quote that was sent: what the customer answered in the portal, and how fast."""

    _name = "customer.portal.quote.answer"
    _inherit = ["customer.portal.figures.mixin"]
    _description = "Answers to Quotes"
    _auto = False
    _order = "sent_on DESC, id DESC"
    _rec_name = "order_id"
    _depends = {
        "sale.order": [
            "amount_total", "currency_rate", "portal_approved_on", "portal_changes_asked_on",
            "portal_rejected_on", "signed_on", "state", "user_id",
        ],
        "customer.portal.event": ["date", "kind"],
        "customer.portal.link": ["create_date"],
    }  # fmt: skip

    order_id = fields.Many2one("sale.order", "Quote", readonly=True)
    company_currency_id = fields.Many2one(
        "res.currency", related="company_id.currency_id", string="Company currency"
    )
    sent_on = fields.Datetime(
        readonly=True,
        help="When the first mail with it left, as far as that is known, else when it was made.",
    )
    answered_on = fields.Datetime("Answered on", readonly=True)
    answer = fields.Selection(
        [
            ("waiting", "Not answered"),
            ("accepted", "Accepted"),
            ("changes", "Changes asked for"),
            ("rejected", "Rejected"),
            ("confirmed", "Confirmed without an answer in the portal"),
        ],
        readonly=True,
    )
    hours = fields.Float("Hours until the answer", readonly=True, aggregator="avg", digits=(16, 1))
    amount = fields.Monetary(
        "Total",
        readonly=True,
        currency_field="company_currency_id",
        help="In the company's currency.",
    )

    @api.model
    def _rows_query(self):
        """Override: quotes that were sent, of those that the current user may read."""
        orders = self.env["sale.order"]
        domain = Domain("company_id", "in", self.env.companies.ids) & (
            Domain("state", "in", ("sent", "sale"))
            | Domain("state", "=", "cancel") & Domain("portal_rejected_on", "!=", False)
        )
        columns = (
            "id", "portal_commercial_partner_id", "user_id", "company_id", "state", "create_date",
            "amount_total", "currency_rate", "portal_rejected_on", "portal_changes_asked_on",
        )  # fmt: skip
        return SQL(
            """
            SELECT quote.id, quote.order_id, quote.customer_id, quote.user_id, quote.company_id,
                   quote.sent_on, quote.answer, quote.answered_on, quote.amount,
                   CASE
                       WHEN quote.answered_on > quote.sent_on
                       THEN EXTRACT(EPOCH FROM quote.answered_on - quote.sent_on) / 3600
                       WHEN quote.answered_on IS NOT NULL THEN 0
                   END AS hours
              FROM (
                SELECT sent.id, sent.id AS order_id,
                       sent.portal_commercial_partner_id AS customer_id, sent.user_id,
                       sent.company_id,
                       COALESCE(mail.sent_on, sent.create_date) AS sent_on,
                       CASE
                           WHEN sent.portal_rejected_on IS NOT NULL THEN 'rejected'
                           WHEN sent.state = 'sale' AND accepted.date IS NOT NULL THEN 'accepted'
                           WHEN sent.state = 'sale' THEN 'confirmed'
                           WHEN sent.portal_changes_asked_on IS NOT NULL THEN 'changes'
                           ELSE 'waiting'
                       END AS answer,
                       CASE
                           WHEN sent.portal_rejected_on IS NOT NULL THEN sent.portal_rejected_on
                           WHEN sent.state = 'sale' THEN accepted.date
                           ELSE sent.portal_changes_asked_on
                       END AS answered_on,
                       sent.amount_total / COALESCE(NULLIF(sent.currency_rate, 0), 1) AS amount
                  FROM %(sent)s sent
                  LEFT JOIN (
                        SELECT res_id, MIN(create_date) AS sent_on
                          FROM customer_portal_link
                         WHERE res_model = 'sale.order'
                         GROUP BY res_id
                       ) mail ON mail.res_id = sent.id
                  LEFT JOIN (
                        SELECT res_id, MAX(date) AS date
                          FROM customer_portal_event
                         WHERE res_model = 'sale.order' AND kind = 'accept'
                         GROUP BY res_id
                       ) accepted ON accepted.res_id = sent.id
              ) quote
            """,
            sent=self._columns_of(orders, domain, *columns),
        )

    def _get_record(self):
        return self.order_id
