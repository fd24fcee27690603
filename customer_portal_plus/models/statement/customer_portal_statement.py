"""What a customer owes by the receivable ledger: which items, and what they add up to."""

from dataclasses import dataclass
from functools import cached_property

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, Query

from ..access.account_move import CUSTOMER_MOVE_TYPES


@dataclass(frozen=True)
class Reader:
    """Whose account is read, and by whom.

    :param res.partner customer: a commercial partner
    :param res.partner contact: the contact of it who reads; None for staff, who read what a
        contact would that sees all of its customer
    """

    customer: models.Model
    contact: models.Model | None = None

    @property
    def own_only(self):
        """Whether it is about the contact's own documents alone."""
        return self.contact is not None and self.contact._portal_scope() == "own"

    @cached_property
    def partner_ids(self):
        """The ids of all partners of the customer, looked up once."""
        domain = [("commercial_partner_id", "=", self.customer.id)]
        return self._ledger["res.partner"].search(domain, order="id").ids

    @cached_property
    def account_ids(self):
        """The ids of all receivable accounts, looked up once."""
        domain = [("account_type", "=", "asset_receivable")]
        return self._ledger["account.account"].search(domain, order="id").ids

    @property
    def _ledger(self):
        # Sudo, and archived ones too: the ledger is what it is, whoever looks at it.
        return self.customer.sudo().with_context(active_test=False).env


class CustomerPortalStatement(models.AbstractModel):
    """The account statement of a customer, as one of its contacts sees it.

    Its items are the posted receivable lines of a customer, by company and currency. An item
    belongs to the customer of its document; one without a document to that of its partner.

    * **What is open** on a day is the amount of each item less the reconciliations that were dated
      up to it: never what is left of it now.
    * **Movements** of a period are the items with a date in it, and what reconciliations with
      something else (an item in another currency, of another customer, an exchange difference)
      took off or added to them.

    So what was open before a period, plus its movements, is what is open at its end; the opening
    balance is got by that. Documents that the reader may not see count as one line of other items.
    Everything is asked in a fixed number of queries.
    """

    _name = "customer.portal.statement"
    _description = "Account Statement of a Customer"

    # === ITEMS === #

    @api.model
    def _reader_of(self, contact):
        """Return a contact as a reader of its customer's statement.

        :param res.partner contact: who is signed in, or gets a mail
        :rtype: Reader
        """
        contact_sudo = contact.sudo()  # Its customer is not more than its own.
        return Reader(contact_sudo.commercial_partner_id, contact_sudo)

    @api.model
    def _own_line(self, reader, companies):
        """Return the condition for lines that may be items of the reader's customer.

        :param Reader reader: whose
        :param res.company companies: whose ledgers
        :return: a condition on ``line``
        :rtype: SQL
        """
        return SQL(
            """
            line.partner_id = ANY(%s) AND line.account_id = ANY(%s)
            AND line.parent_state = 'posted' AND line.company_id = ANY(%s)
            """,
            reader.partner_ids,
            reader.account_ids,
            companies.ids,
        )

    @api.model
    def _own_move(self, reader, alias):
        """Return the condition for the entries whose lines are items of the reader's customer; for
        its own documents, if it sees no others.

        :param Reader reader: whose
        :param str alias: of the entry
        :rtype: SQL
        """
        move = SQL.identifier(alias)
        if reader.own_only:
            return SQL(
                "%(move)s.move_type IN %(types)s AND %(move)s.partner_id = %(contact)s"
                " AND %(move)s.commercial_partner_id = %(customer)s",
                move=move,
                types=CUSTOMER_MOVE_TYPES,
                contact=reader.contact.id,
                customer=reader.customer.id,
            )
        return SQL(
            "(%(move)s.move_type = 'entry' OR %(move)s.commercial_partner_id = %(customer)s)",
            move=move,
            customer=reader.customer.id,
        )

    @api.model
    def _with_documents(self, reader, rows):
        """Return a FROM clause that joins rows with the entry of each, ``account_move``, and which
        of these the reader may not see. Rows of others' entries are left out.

        The gates are asked of the row that is read anyway: looking the documents up in a list of
        those that it sees would cost the whole list.

        :param Reader reader: whose, for whom
        :param SQL rows: a query with a ``move_id``, called ``item`` in what is returned
        :return: a FROM clause, and a condition on it
        :rtype: tuple[SQL, SQL]
        """
        # Sudo: the gates are in the domain.
        moves_sudo = self.env["account.move"].sudo()
        if reader.contact is None:
            domain = Domain("portal_visible", "=", True)
        else:
            domain = moves_sudo._portal_domain(reader.contact)
        # Each row looks its entry up (OFFSET 0): left to itself, the database reads the entries of
        # all customers where one of them has many.
        query = Query(
            self.env,
            moves_sudo._table,
            SQL(
                "LATERAL (SELECT * FROM account_move WHERE id = item.move_id AND %s OFFSET 0)",
                self._own_move(reader, "account_move"),
            ),
        )
        seen = domain.optimize_full(moves_sudo)._to_sql(moves_sudo, moves_sudo._table, query)
        hidden = SQL(
            "(account_move.move_type IN %s AND (%s) IS NOT TRUE)", CUSTOMER_MOVE_TYPES, seen
        )
        return SQL("(%s) item, %s", rows, query.from_clause), hidden

    @api.model
    def _open_query(self, reader, companies, day):
        """Return the query for the items that were open at the end of a day, with what is told of
        their documents (see ``_document``).

        An item that is settled now was open then if something settled it later.

        :rtype: SQL
        """
        items = SQL(
            """
            SELECT line.id, line.move_id, line.company_id, line.currency_id, line.date,
                   COALESCE(line.date_maturity, line.date) AS due_date,
                   line.amount_currency AS amount
              FROM account_move_line line
             WHERE %s AND line.date <= %s
            """,
            self._own_line(reader, companies),
            day,
        )
        day = SQL("%s::date", day)
        documents, hidden = self._with_documents(
            reader,
            SQL(
                """
                %(items)s AND line.reconciled IS NOT TRUE
                UNION ALL
                %(items)s AND line.reconciled AND line.id IN (
                    SELECT debit_move_id FROM account_partial_reconcile WHERE max_date > %(day)s
                    UNION ALL
                    SELECT credit_move_id FROM account_partial_reconcile WHERE max_date > %(day)s
                )
                """,
                items=items,
                day=day,
            ),
        )
        # OFFSET 0: what is reckoned there is reckoned once, not wherever it is named.
        return SQL(
            """
            SELECT item.*, about.residual, about.hidden, account_move.name, account_move.move_type,
                   CASE WHEN account_move.move_type <> 'entry' THEN account_move.ref END AS ref,
                   %(is_payment)s AS is_payment,
                   CASE WHEN about.hidden THEN 'other'
                        WHEN about.residual < 0 THEN 'credit'
                        WHEN item.due_date >= %(day)s THEN 'current'
                        WHEN item.due_date >= %(day)s - 30 THEN 'days_30'
                        WHEN item.due_date >= %(day)s - 60 THEN 'days_60'
                        WHEN item.due_date >= %(day)s - 90 THEN 'days_90'
                        ELSE 'older' END AS age
              FROM %(documents)s
              CROSS JOIN LATERAL (
                    SELECT %(hidden)s AS hidden,
                           item.amount
                           - COALESCE((
                               SELECT SUM(debit_amount_currency) FROM account_partial_reconcile
                                WHERE debit_move_id = item.id AND max_date <= %(day)s
                           ), 0)
                           + COALESCE((
                               SELECT SUM(credit_amount_currency) FROM account_partial_reconcile
                                WHERE credit_move_id = item.id AND max_date <= %(day)s
                           ), 0) AS residual
                    OFFSET 0
              ) about
             WHERE about.residual <> 0
            """,
            documents=documents,
            day=day,
            hidden=hidden,
            is_payment=self._payment_condition("account_move"),
        )

    @api.model
    def _settled_query(self, reader, companies, begin, end):
        """Return the query for what reconciliations of a period changed: by reconciliation,
        company and currency. Where both sides are in them, that is nothing.

        :rtype: SQL
        """
        sides = SQL(" UNION ALL ").join(
            SQL(
                """
                SELECT id, max_date AS date, %(side)s AS line_id, %(amount)s AS amount,
                       %(other)s AS other_id
                  FROM account_partial_reconcile
                 WHERE max_date BETWEEN %(begin)s AND %(end)s
                """,
                side=SQL.identifier(side),
                other=SQL.identifier(other),
                amount=amount,
                begin=begin,
                end=end,
            )
            for side, other, amount in (
                ("debit_move_id", "credit_move_id", SQL("-debit_amount_currency")),
                ("credit_move_id", "debit_move_id", SQL("credit_amount_currency")),
            )
        )
        return SQL(
            """
            SELECT line.company_id, line.currency_id, side.date, MIN(line.move_id) AS move_id,
                   side.id AS partial_id, SUM(side.amount) AS amount,
                   EXISTS (
                       SELECT FROM account_move_line other_line
                         JOIN account_move other_move ON other_move.id = other_line.move_id
                        WHERE other_line.id = MIN(side.other_id) AND %(is_payment)s
                   ) AS by_payment
              FROM (%(sides)s) side
              JOIN account_move_line line ON line.id = side.line_id
              CROSS JOIN LATERAL (
                    SELECT FROM account_move WHERE account_move.id = line.move_id AND %(own_move)s
                    OFFSET 0
              ) own
             WHERE %(own_line)s
             GROUP BY line.company_id, line.currency_id, side.date, side.id
            HAVING SUM(side.amount) <> 0
            """,
            is_payment=self._payment_condition("other_move"),
            sides=sides,
            own_move=self._own_move(reader, "account_move"),
            own_line=self._own_line(reader, companies),
        )

    @api.model
    def _movement_query(self, reader, companies, begin, end, settled=True):
        """Return the query for the movements of a period, with what is told of each.

        A document with several instalments is one movement. One reconciliation is one, too, with
        what it changes.

        :param bool settled: False if it is known that no reconciliation changed anything: to see
            that takes longer than all the rest
        :rtype: SQL
        """
        # Put in order before they are added up: the sums of so many groups at once would not fit
        # into memory, and the entries are looked up in the order in which they lie.
        documents, hidden = self._with_documents(
            reader,
            SQL(
                """
                SELECT company_id, currency_id, date, move_id, 0 AS partial_id,
                       SUM(amount_currency) AS amount, FALSE AS by_payment
                  FROM (
                    SELECT line.company_id, line.currency_id, line.date, line.move_id,
                           line.amount_currency
                      FROM account_move_line line
                     WHERE %(own_line)s AND line.date BETWEEN %(begin)s AND %(end)s
                     ORDER BY line.move_id, line.currency_id, line.date, line.company_id
                    OFFSET 0
                  ) line
                 GROUP BY move_id, currency_id, date, company_id
                %(settled)s
                """,
                own_line=self._own_line(reader, companies),
                begin=begin,
                end=end,
                settled=SQL("UNION ALL %s", self._settled_query(reader, companies, begin, end))
                if settled
                else SQL(),
            ),
        )
        return SQL(
            """
            SELECT item.company_id, item.currency_id, item.date, item.move_id, item.partial_id,
                   item.amount, account_move.name, account_move.move_type,
                   CASE WHEN account_move.move_type <> 'entry' THEN account_move.ref END AS ref,
                   CASE WHEN is_document AND sign > 0
                        THEN account_move.invoice_date_due END AS due_date,
                   CASE WHEN is_document THEN sign * account_move.amount_untaxed END AS base,
                   CASE WHEN is_document THEN sign * account_move.amount_tax END AS tax,
                   CASE WHEN %(hidden)s THEN 'other'
                        WHEN is_document AND sign > 0 THEN 'invoice'
                        WHEN is_document THEN 'credit_note'
                        WHEN item.partial_id = 0 AND %(is_payment)s AND item.amount > 0
                             THEN 'paid_back'
                        WHEN item.partial_id = 0 AND %(is_payment)s THEN 'payment'
                        WHEN item.by_payment AND item.amount < 0 THEN 'payment'
                        ELSE 'adjustment' END AS kind
              FROM %(documents)s
              CROSS JOIN LATERAL (
                SELECT item.partial_id = 0 AND account_move.move_type IN %(types)s AS is_document,
                       CASE WHEN account_move.move_type = 'out_refund' THEN -1 ELSE 1 END AS sign
              ) about
             WHERE item.amount <> 0 OR is_document
            """,
            documents=documents,
            hidden=hidden,
            types=CUSTOMER_MOVE_TYPES,
            is_payment=self._payment_condition("account_move"),
        )

    @api.model
    def _payment_condition(self, alias):
        """Return the condition for entries by which money came or went.

        :param str alias: of the entry
        :rtype: SQL
        """
        return SQL(
            "COALESCE(%(move)s.origin_payment_id, %(move)s.statement_line_id) IS NOT NULL",
            move=SQL.identifier(alias),
        )

    @api.model
    def _flush(self):
        """Write down what the queries read."""
        for name in ("account.move", "account.move.line", "account.partial.reconcile"):
            self.env[name].flush_model()
        self.env["res.partner"].flush_model(["commercial_partner_id"])
