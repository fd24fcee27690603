"""What a customer owes by the receivable ledger: which items, and what they add up to."""

from dataclasses import dataclass

from odoo import api, models
from odoo.tools import SQL

from ..access.account_move import CUSTOMER_MOVE_TYPES

AGES = ("current", "days_30", "days_60", "days_90", "older", "credit", "other")
# Documents that a customer knows; the rest are payments and entries.
DOCUMENT_KINDS = ("invoice", "credit_note")


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
        # Sudo, and archived ones too: the ledger is what it is, whoever looks at it.
        env = self.sudo().with_context(active_test=False).env
        receivable = [("account_type", "=", "asset_receivable")]
        accounts = env["account.account"].search(receivable, order="id")
        partners = env["res.partner"].search(
            [("commercial_partner_id", "=", reader.customer.id)], order="id"
        )
        return SQL(
            """
            line.partner_id = ANY(%s) AND line.account_id = ANY(%s)
            AND line.parent_state = 'posted' AND line.company_id = ANY(%s)
            """,
            partners.ids,
            accounts.ids,
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
    def _documents(self, reader):
        """Return from where entries are read, and which of them the reader may not see.

        The gates are asked of the row that is read anyway: looking the documents up in a list of
        those that it sees would cost the whole list.

        :return: a FROM clause with ``account_move``, and a condition on it
        :rtype: tuple[SQL, SQL]
        """
        # Sudo: the gates are in the domain.
        moves_sudo = self.env["account.move"].sudo()
        if reader.contact is None:
            query = moves_sudo._search([("portal_visible", "=", True)])
        else:
            query = moves_sudo._search(moves_sudo._portal_domain(reader.contact))
        hidden = SQL(
            "(account_move.move_type IN %s AND (%s) IS NOT TRUE)",
            CUSTOMER_MOVE_TYPES,
            query.where_clause,
        )
        return query.from_clause, hidden

    @api.model
    def _open_query(self, reader, companies, day):
        """Return the query for the items that were open at the end of a day.

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
        documents, hidden = self._documents(reader)
        # OFFSET 0: what is reckoned there is reckoned once, not wherever it is named.
        return SQL(
            """
            SELECT item.*, about.residual, about.hidden,
                   CASE WHEN about.hidden THEN 'other'
                        WHEN about.residual < 0 THEN 'credit'
                        WHEN item.due_date >= %(day)s THEN 'current'
                        WHEN item.due_date >= %(day)s - 30 THEN 'days_30'
                        WHEN item.due_date >= %(day)s - 60 THEN 'days_60'
                        WHEN item.due_date >= %(day)s - 90 THEN 'days_90'
                        ELSE 'older' END AS age
              FROM %(documents)s
              JOIN (
                    %(items)s AND line.reconciled IS NOT TRUE
                    UNION ALL
                    %(items)s AND line.reconciled AND line.id IN (
                        SELECT debit_move_id FROM account_partial_reconcile
                         WHERE max_date > %(day)s
                        UNION ALL
                        SELECT credit_move_id FROM account_partial_reconcile
                         WHERE max_date > %(day)s
                    )
              ) item ON item.move_id = account_move.id
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
             WHERE about.residual <> 0 AND %(own)s
            """,
            documents=documents,
            items=items,
            day=SQL("%s::date", day),
            hidden=hidden,
            own=self._own_move(reader, "account_move"),
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
                SELECT line.company_id, line.currency_id, part.max_date AS date, line.move_id,
                       part.id AS partial_id, %(amount)s AS amount, part.%(other)s AS other_id
                  FROM account_partial_reconcile part
                  JOIN account_move_line line ON line.id = part.%(side)s
                  JOIN account_move move ON move.id = line.move_id
                 WHERE %(line)s AND %(move)s AND part.max_date BETWEEN %(begin)s AND %(end)s
                """,
                amount=amount,
                side=SQL.identifier(side),
                other=SQL.identifier(other),
                line=self._own_line(reader, companies),
                move=self._own_move(reader, "move"),
                begin=begin,
                end=end,
            )
            for side, other, amount in (
                ("debit_move_id", "credit_move_id", SQL("-part.debit_amount_currency")),
                ("credit_move_id", "debit_move_id", SQL("part.credit_amount_currency")),
            )
        )
        return SQL(
            """
            SELECT company_id, currency_id, date, MIN(move_id) AS move_id, partial_id,
                   SUM(amount) AS amount,
                   EXISTS (
                       SELECT FROM account_move_line other_line
                         JOIN account_move other_move ON other_move.id = other_line.move_id
                        WHERE other_line.id = MIN(other_id) AND %s
                   ) AS by_payment
              FROM (%s) side
             GROUP BY company_id, currency_id, date, partial_id
            HAVING SUM(amount) <> 0
            """,
            self._payment_condition("other_move"),
            sides,
        )

    @api.model
    def _movement_query(self, reader, companies, begin, end):
        """Return the query for the movements of a period, with what is told of each.

        A document with several instalments is one movement. One reconciliation is one, too, with
        what it changes.

        :rtype: SQL
        """
        documents, hidden = self._documents(reader)
        return SQL(
            """
            SELECT moved.company_id, moved.currency_id, moved.date, moved.move_id,
                   moved.partial_id, moved.amount, account_move.name, account_move.move_type,
                   CASE WHEN account_move.move_type <> 'entry' THEN account_move.ref END AS ref,
                   CASE WHEN is_document AND sign > 0
                        THEN account_move.invoice_date_due END AS due_date,
                   CASE WHEN is_document THEN sign * account_move.amount_untaxed END AS base,
                   CASE WHEN is_document THEN sign * account_move.amount_tax END AS tax,
                   CASE WHEN %(hidden)s THEN 'other'
                        WHEN is_document AND sign > 0 THEN 'invoice'
                        WHEN is_document THEN 'credit_note'
                        WHEN moved.partial_id = 0 AND %(is_payment)s AND moved.amount > 0
                             THEN 'paid_back'
                        WHEN moved.partial_id = 0 AND %(is_payment)s THEN 'payment'
                        WHEN moved.by_payment AND moved.amount < 0 THEN 'payment'
                        ELSE 'adjustment' END AS kind
              FROM %(documents)s
              JOIN (
                SELECT line.company_id, line.currency_id, line.date, line.move_id,
                       0 AS partial_id, SUM(line.amount_currency) AS amount, FALSE AS by_payment
                  FROM account_move_line line
                 WHERE %(own_line)s AND line.date BETWEEN %(begin)s AND %(end)s
                 GROUP BY line.company_id, line.currency_id, line.date, line.move_id
                UNION ALL
                %(settled)s
              ) moved ON moved.move_id = account_move.id
              CROSS JOIN LATERAL (
                SELECT moved.partial_id = 0 AND account_move.move_type IN %(types)s AS is_document,
                       CASE WHEN account_move.move_type = 'out_refund' THEN -1 ELSE 1 END AS sign
              ) about
             WHERE %(own_move)s AND (moved.amount <> 0 OR is_document)
            """,
            documents=documents,
            hidden=hidden,
            own_line=self._own_line(reader, companies),
            own_move=self._own_move(reader, "account_move"),
            begin=begin,
            end=end,
            settled=self._settled_query(reader, companies, begin, end),
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

    # === SUMS === #

    @api.model
    def _accounts(self, reader, companies, begin, end):
        """Return how the reader's customer stands, one entry for each company and currency in which
        it owes something at the end of a period, or anything moved in it.

        :param Reader reader: whose, for whom
        :param res.company companies: whose ledgers
        :param datetime.date begin: first day
        :param datetime.date end: last day
        :return: dicts with ``key``, ``company``, ``currency`` (records), and in that currency
            ``opening`` and ``closing``; ``ages``: what is open at the end, by the names in
            ``AGES``; ``open_count`` (items that are named); ``moved``: sums of the movements by
            kind (``invoice``, ``credit_note``, ``payment``, ``paid_back``, ``adjustment``,
            ``other``); ``count`` (movements that are named), ``base`` and ``tax`` (sums of the
            documents that are named)
        :rtype: list[dict]
        """
        self._flush()
        accounts = {}

        def account(company_id, currency_id):
            return accounts.setdefault(
                (company_id, currency_id),
                {
                    "key": f"{company_id}-{currency_id}",
                    "company": companies.browse(company_id),
                    "currency": self.env["res.currency"].browse(currency_id),
                    "closing": 0.0,
                    "ages": dict.fromkeys(AGES, 0.0),
                    "open_count": 0,
                    "moved": {},
                    "count": 0,
                    "base": 0.0,
                    "tax": 0.0,
                },
            )

        for company_id, currency_id, age, amount, count in self.env.execute_query(
            SQL(
                "SELECT company_id, currency_id, age, SUM(residual), COUNT(*)"
                " FROM (%s) open_item GROUP BY 1, 2, 3",
                self._open_query(reader, companies, end),
            )
        ):
            entry = account(company_id, currency_id)
            entry["ages"][age] = float(amount)
            entry["open_count"] += count if age != "other" else 0
        for company_id, currency_id, kind, amount, count, base, tax in self.env.execute_query(
            SQL(
                "SELECT company_id, currency_id, kind, SUM(amount), COUNT(*), SUM(base), SUM(tax)"
                " FROM (%s) movement GROUP BY 1, 2, 3",
                self._movement_query(reader, companies, begin, end),
            )
        ):
            entry = account(company_id, currency_id)
            entry["moved"][kind] = float(amount)
            if kind != "other":
                entry["count"] += count
            if kind in DOCUMENT_KINDS:
                entry["base"] += float(base)
                entry["tax"] += float(tax)
        for entry in accounts.values():
            rounded = entry["currency"].round
            entry["closing"] = rounded(sum(entry["ages"].values())) + 0.0  # never "-0.00"
            entry["opening"] = rounded(entry["closing"] - sum(entry["moved"].values())) + 0.0
            entry["base"], entry["tax"] = rounded(entry["base"]), rounded(entry["tax"])
        return sorted(
            accounts.values(),
            key=lambda entry: (
                entry["company"].sequence,
                entry["company"].id,
                -entry["open_count"] - entry["count"],
                entry["currency"].name,
            ),
        )
