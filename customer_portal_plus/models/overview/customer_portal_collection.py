from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..lists.account_move_list import INVOICE_TYPES, UNPAID_STATES

# A reminder is given so many days to bring something before the next step is proposed.
PATIENCE_DAYS = 7
# Whoever was reminded and still owes after so many days is called.
CALL_AFTER_DAYS = 45


class CustomerPortalCollection(models.Model):
    """What a customer owes a company in a currency, and what to do next: the list by which staff
    collect.

    Rows are read from the books at the moment they are asked for. Open and overdue are what the
    customer reads in the portal, from the same query; see ``account_move_due.py``. What is hidden
    from the customer is owed all the same, and counted here.
    """

    _name = "customer.portal.collection"
    _description = "Amounts to Collect"
    _auto = False
    _order = "overdue_since, id"
    _rec_name = "customer_id"
    _depends = {
        "account.move": ["commercial_partner_id", "move_type", "payment_state", "state"],
        "account.move.line": ["amount_residual_currency", "date_maturity", "no_followup"],
        "customer.portal.conversation": ["unanswered_since"],
        "customer.portal.event": ["date"],
        "customer.portal.dispute": ["amount", "state"],
        "customer.portal.payment.report": ["amount", "state"],
        "customer.portal.promise": ["amount", "state", "waits_until"],
        "customer.portal.allocation": ["amount"],
        "customer.portal.reminder.mail": ["date"],
        "customer.portal.statement.mail": ["end"],
        "payment.transaction": ["amount", "state"],
        "res.partner": ["user_id"],
        "res.users": ["active"],
    }

    customer_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    invoice_count = fields.Integer("Unpaid invoices", readonly=True)
    open = fields.Monetary(readonly=True, help="What is asked for: payments on their way are off.")
    overdue = fields.Monetary(readonly=True)
    overdue_since = fields.Date("Oldest", readonly=True, help="The first date that has passed.")
    days_overdue = fields.Integer("Days overdue", readonly=True, aggregator="max")
    on_its_way = fields.Monetary(
        "Payment on its way",
        readonly=True,
        help="Being paid online, announced, reported, or about to be debited.",
    )
    promised = fields.Monetary(
        readonly=True, help="Bank transfers that the customer announced in the portal."
    )
    promised_on = fields.Date(readonly=True, help="When the last one was announced.")
    reported = fields.Monetary(
        readonly=True, help="Payments that the customer reported and you have not confirmed."
    )
    disputed = fields.Monetary(
        readonly=True, help="What the customer holds to be wrong, and you have not decided."
    )
    to_come = fields.Monetary(
        "Promised for a day",
        readonly=True,
        help="Invoices that the customer has promised to pay on a day, and that you wait for.",
    )
    on_hold = fields.Monetary(
        readonly=True, help="Invoices that are blocked, or left out of follow-ups."
    )
    reminded_on = fields.Date("Last reminder", readonly=True)
    statement_on = fields.Date("Last statement", readonly=True)
    visited_on = fields.Datetime(
        "Last visit", readonly=True, help="When somebody of the customer was last in the portal."
    )
    signs_in = fields.Boolean(
        "Signs in", readonly=True, help="Somebody of the customer has access to the portal."
    )
    next_step = fields.Selection(
        [
            ("confirm", "Check a reported payment"),
            ("decide", "Decide a dispute"),
            ("answer", "Answer a message"),
            ("none", "Nothing is overdue"),
            ("hold", "On hold"),
            ("wait", "Wait: promised"),
            ("invite", "Invite to the portal"),
            ("reminded", "Wait: reminded lately"),
            ("call", "Call"),
            ("remind", "Remind"),
        ],
        readonly=True,
    )

    @property
    def _table_query(self):
        return self._rows_query()

    @api.model
    def _rows_query(self):
        """Return the query for the rows, by the rights and the day of the current user.

        For a module to add a column, it must extend this method.

        :rtype: SQL
        """
        today = self.env["account.move"]._portal_today()
        return SQL(
            """
            SELECT owed.*,
                   %(today)s - owed.overdue_since AS days_overdue,
                   CASE
                       WHEN owed.reported > 0 THEN 'confirm'
                       WHEN owed.disputed > 0 THEN 'decide'
                       WHEN owed.is_unanswered THEN 'answer'
                       WHEN owed.overdue = 0 THEN 'none'
                       WHEN owed.overdue_followed = 0 THEN 'hold'
                       WHEN owed.to_come >= owed.overdue THEN 'wait'
                       WHEN NOT owed.signs_in THEN 'invite'
                       WHEN owed.reminded_on > %(patience)s THEN 'reminded'
                       WHEN owed.reminded_on IS NOT NULL AND owed.overdue_since <= %(call)s
                       THEN 'call'
                       ELSE 'remind'
                   END AS next_step
              FROM (%(owed)s) owed
            """,
            owed=self._owed_query(),
            today=today,
            patience=fields.Date.subtract(today, days=PATIENCE_DAYS),
            call=fields.Date.subtract(today, days=CALL_AFTER_DAYS),
        )

    @api.model
    def _owed_query(self):
        """Return the query for what each customer owes, with all that the next step depends on.

        What is asked for each row stands in the list of columns: what a view does not show is not
        looked up.

        :rtype: SQL
        """
        companies = tuple(self.env.companies.ids) or (0,)
        conversations = self.env["customer.portal.conversation"]
        unanswered = Domain("unanswered_since", "!=", False)
        if not conversations.has_access("read"):
            # Sudo, for nothing: an auditor, who may not read conversations, is told of none.
            conversations, unanswered = conversations.sudo(), Domain.FALSE
        return SQL(
            """
            SELECT owed.id, owed.customer_id, owed.company_id, owed.currency_id,
                   owed.invoice_count, owed.open, owed.overdue, owed.overdue_followed,
                   owed.overdue_since, owed.on_hold,
                   -- What is held back is not asked for, either, but nothing is on its way.
                   GREATEST(owed.on_its_way - COALESCE(dispute.amount, 0), 0) AS on_its_way,
                   COALESCE(dispute.amount, 0) AS disputed,
                   COALESCE(agreed.amount, 0) AS to_come,
                   customer.user_id,
                   COALESCE(promise.amount, 0) AS promised,
                   promise.announced_on AS promised_on,
                   COALESCE(report.amount, 0) AS reported,
                   (SELECT MAX(mail.date)
                      FROM customer_portal_reminder_mail mail
                     WHERE mail.customer_id = owed.customer_id
                       AND mail.company_id = owed.company_id) AS reminded_on,
                   (SELECT MAX(mail.create_date)::date
                      FROM customer_portal_statement_mail mail
                     WHERE mail.customer_id = owed.customer_id
                       AND mail.company_id = owed.company_id) AS statement_on,
                   (SELECT event.date
                      FROM customer_portal_event event
                     WHERE event.customer_id = owed.customer_id
                       AND (event.company_id IS NULL OR event.company_id IN %(companies)s)
                       AND (event.kind = 'sign_in'
                            OR event.kind IN ('view', 'download') AND event.viewer = 'human')
                     ORDER BY event.date DESC, event.id DESC
                     LIMIT 1) AS visited_on,
                   customer.portal_access IS TRUE AND EXISTS (
                       SELECT 1
                         FROM res_partner contact
                         JOIN res_users account ON account.partner_id = contact.id
                        WHERE contact.commercial_partner_id = owed.customer_id
                          AND account.active AND account.share
                   ) AS signs_in,
                   EXISTS (
                       SELECT 1
                         FROM %(unanswered)s unanswered
                        WHERE unanswered.commercial_partner_id = owed.customer_id
                          AND unanswered.company_id = owed.company_id
                   ) AS is_unanswered
              FROM (%(sums)s) owed
              JOIN res_partner customer ON customer.id = owed.customer_id
              LEFT JOIN (%(promises)s) promise
                ON (promise.customer_id, promise.company_id, promise.currency_id)
                 = (owed.customer_id, owed.company_id, owed.currency_id)
              LEFT JOIN (
                    SELECT customer_id, company_id, currency_id, SUM(amount) AS amount
                      FROM customer_portal_payment_report
                     WHERE state = 'declared'
                     GROUP BY customer_id, company_id, currency_id
                   ) report
                ON (report.customer_id, report.company_id, report.currency_id)
                 = (owed.customer_id, owed.company_id, owed.currency_id)
              LEFT JOIN (
                    SELECT dispute.customer_id, dispute.company_id, dispute.currency_id,
                           SUM(LEAST(dispute.amount, move.amount_residual)) AS amount
                      FROM customer_portal_dispute dispute
                      JOIN account_move move ON move.id = dispute.invoice_id
                     WHERE dispute.state = 'open'
                     GROUP BY dispute.customer_id, dispute.company_id, dispute.currency_id
                   ) dispute
                ON (dispute.customer_id, dispute.company_id, dispute.currency_id)
                 = (owed.customer_id, owed.company_id, owed.currency_id)
              LEFT JOIN (
                    SELECT customer_id, company_id, currency_id, SUM(amount) AS amount
                      FROM customer_portal_promise
                     WHERE state = 'open' AND waits_until >= %(today)s
                     GROUP BY customer_id, company_id, currency_id
                   ) agreed
                ON (agreed.customer_id, agreed.company_id, agreed.currency_id)
                 = (owed.customer_id, owed.company_id, owed.currency_id)
            """,
            companies=companies,
            today=self.env["account.move"]._portal_today(),
            unanswered=conversations._search(unanswered).subselect(
                *(
                    SQL.identifier(conversations._table, column)
                    for column in ("commercial_partner_id", "company_id")
                )
            ),
            sums=self._sums_query(),
            promises=self._promises_query(),
        )

    @api.model
    def _sums_query(self):
        """Return the query for what each customer owes, by company and currency.

        The number of a row is that of its oldest instalment: it is the same as long as that one is
        not paid.

        :rtype: SQL
        """
        moves = self.env["account.move"]
        return SQL(
            """
            SELECT MIN(part.id) AS id,
                   move.commercial_partner_id AS customer_id, part.company_id, part.currency_id,
                   COUNT(DISTINCT part.move_id) AS invoice_count,
                   COALESCE(SUM(part.asked) FILTER (WHERE %(unpaid)s), 0) AS open,
                   COALESCE(SUM(part.asked) FILTER (WHERE %(unpaid)s AND %(late)s), 0) AS overdue,
                   COALESCE(
                       SUM(part.asked) FILTER (
                           WHERE %(unpaid)s AND %(late)s AND item.no_followup IS NOT TRUE
                       ), 0
                   ) AS overdue_followed,
                   MIN(part.due_on) FILTER (
                       WHERE %(unpaid)s AND %(late)s AND part.asked <> 0
                   ) AS overdue_since,
                   SUM(part.residual - part.claim) AS on_its_way,
                   COALESCE(
                       SUM(part.residual) FILTER (WHERE NOT %(unpaid)s OR item.no_followup), 0
                   ) AS on_hold
              FROM %(instalments)s part
              -- Each has one; so PostgreSQL leaves them alone where nobody asks what they say.
              LEFT JOIN account_move_line item ON item.id = part.id
              JOIN %(moves)s move ON move.id = part.move_id
             GROUP BY move.commercial_partner_id, part.company_id, part.currency_id
            """,
            unpaid=SQL("move.payment_state IN %s", UNPAID_STATES),
            late=SQL("part.due_on < %s", moves._portal_today()),
            # Named for the index on open lines.
            instalments=moves._portal_instalments(SQL("line.partner_id IS NOT NULL")),
            moves=moves._search(self._invoices_domain()).subselect(
                *(
                    SQL.identifier(moves._table, column)
                    for column in ("id", "commercial_partner_id", "payment_state")
                )
            ),
        )

    @api.model
    def _promises_query(self):
        """Return the query for the transfers that customers announced, by company and currency.

        :rtype: SQL
        """
        return SQL(
            """
            SELECT move.commercial_partner_id AS customer_id, move.company_id, move.currency_id,
                   SUM(LEAST(promise.amount, move.amount_residual)) AS amount,
                   MAX(transfer.create_date)::date AS announced_on
              FROM (%s) promise
              JOIN account_move move ON move.id = promise.move_id
              JOIN payment_transaction transfer ON transfer.id = promise.transaction_id
             GROUP BY move.commercial_partner_id, move.company_id, move.currency_id
            """,
            self.env["account.move"]._portal_promises_query(),
        )

    @api.model
    def _invoices_domain(self):
        """Return the domain of the invoices that are collected. The rules of the current user are
        added when it is searched.

        :rtype: Domain
        """
        return (
            Domain("move_type", "in", INVOICE_TYPES)
            & Domain("state", "=", "posted")
            & Domain("payment_state", "in", (*UNPAID_STATES, "blocked"))
            & Domain("company_id", "in", self.env.companies.ids)
        )
