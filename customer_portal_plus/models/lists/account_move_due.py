"""What of an invoice is due, and since when: the one place that says what is overdue.

Instalments are looked at, an invoice with one due date has one. What is due today is not overdue.
What is on its way is not asked for: it is taken off the oldest instalments first.
"""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

NOTHING_DUE = {
    "date": None,
    "open": 0.0,
    "next": 0.0,
    "later": 0.0,
    "overdue": 0.0,
    "overdue_since": None,
    "instalments": (),
}


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.model
    def _portal_on_its_way_query(self):
        """Return the query for the payments that are on their way, so that they are not asked for.

        For a module to tell of such payments, it must override this method, and
        ``_portal_coverings``.

        :return: selects ``move_id``, ``line_id`` (the one instalment that is paid, or NULL) and
            ``amount``, in the currency of the document
        :rtype: SQL
        """
        return SQL(
            "SELECT NULL::integer AS move_id, NULL::integer AS line_id, NULL::numeric AS amount"
            " WHERE FALSE"
        )

    @api.model
    def _portal_held_back_query(self):
        """Return the query for what is not asked for at present, though no payment of it is on
        its way.

        For a module to hold something back, it must override this method, and
        ``_portal_held_back_coverings``.

        :return: selects what that of ``_portal_on_its_way_query`` does
        :rtype: SQL
        """
        return SQL(
            "SELECT NULL::integer AS move_id, NULL::integer AS line_id, NULL::numeric AS amount"
            " WHERE FALSE"
        )

    @api.model
    def _portal_agreed_query(self):
        """Return the query for the instalments that were agreed with a customer in the place of
        those of its documents.

        For a module to agree on some, it must override this method, and name the documents in
        ``_portal_held_back_query``, with no amount: only those are looked at.

        :return: selects ``line_id``, ``due_on`` and ``residual``, what is left of the instalment;
            those of one journal item are together what is left of that
        :rtype: SQL
        """
        return SQL(
            "SELECT NULL::integer AS line_id, NULL::date AS due_on, NULL::numeric AS residual"
            " WHERE FALSE"
        )

    @api.model
    def _portal_not_asked_query(self):
        """Return the query for all that is not asked for: on its way, or held back."""
        return SQL(
            "%s UNION ALL %s", self._portal_on_its_way_query(), self._portal_held_back_query()
        )

    def _portal_covered(self, by=None):
        """Return those of these documents of which something is not asked for; see
        ``_portal_coverings``.

        :param SQL by: why not, as a query like that of ``_portal_on_its_way_query``; whatever
            the reason if not given
        :rtype: account.move
        """
        if not self.ids:
            return self.browse()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT move_id FROM (%s) payment WHERE move_id IN %s",
                by or self._portal_not_asked_query(),
                tuple(self.ids),
            )
        )
        ids = {move_id for (move_id,) in rows}
        return self.filtered(lambda move: move.id in ids)

    @api.model
    def _portal_instalments(self, condition, coming=True, by=None):
        """Return the query for unpaid instalments and what is asked for of each.

        :param SQL condition: of the journal items, whose table is called ``line``
        :param bool coming: False if nothing of their documents is on its way; else the database
            needs longer to plan the query than to do it
        :param SQL by: see ``_portal_covered``
        :return: selects ``id`` (a journal item that is paid in agreed instalments has several
            rows), ``move_id``, ``company_id``, ``currency_id``, ``due_on``, ``residual``,
            ``asked``, the part of it that is not on its way, of an agreed one once its day has
            come, ``claim``, the same on any day, and ``is_agreed``
        :rtype: SQL
        """
        whole = SQL(
            """
            SELECT line.id, line.move_id, line.company_id, line.currency_id,
                   line.date_maturity AS due_on, line.amount_residual_currency AS residual,
                   line.amount_residual_currency AS asked,
                   line.amount_residual_currency AS claim, FALSE AS is_agreed
              FROM account_move_line line
             WHERE %s
            """,
            self._portal_unpaid_condition(condition),
        )
        if not coming:
            return SQL("(%s)", whole)
        # Most documents have nothing on its way: they need not be put in order.
        return SQL(
            """
            (
                WITH coming AS MATERIALIZED (%s)
                %s AND line.move_id NOT IN (SELECT move_id FROM coming)
                UNION ALL
                %s
            )
            """,
            by or self._portal_not_asked_query(),
            whole,
            self._portal_coming_instalments(condition),
        )

    @api.model
    def _portal_unpaid_condition(self, condition):
        return SQL(
            "line.display_type = 'payment_term' AND line.amount_residual_currency <> 0 AND %s",
            condition,
        )

    @api.model
    def _portal_coming_instalments(self, condition):
        """Return the query for the unpaid instalments of documents of which something is on its
        way, as that of ``_portal_instalments``; what is on its way is ``coming`` in it.

        :rtype: SQL
        """
        return SQL(
            """
            SELECT id, move_id, company_id, currency_id, due_on, residual,
                   CASE WHEN is_agreed AND due_on > %(today)s THEN 0 ELSE claim END AS asked,
                   claim, is_agreed
              FROM (
                SELECT id, move_id, company_id, currency_id, due_on, residual, is_agreed,
                       CASE WHEN is_covered THEN 0
                            ELSE LEAST(residual, GREATEST(reached - on_its_way, 0))
                        END AS claim
                  FROM (
                    SELECT part.*, covered.line_id IS NOT NULL AS is_covered,
                           SUM(part.residual) FILTER (
                               WHERE covered.line_id IS NULL
                           ) OVER (
                               PARTITION BY part.move_id ORDER BY part.due_on, part.id
                           ) AS reached,
                           COALESCE(whole.amount, 0) AS on_its_way
                      FROM (
                        SELECT line.id, line.move_id, line.company_id, line.currency_id,
                               COALESCE(agreed.due_on, line.date_maturity) AS due_on,
                               COALESCE(agreed.residual, line.amount_residual_currency)
                                   AS residual,
                               agreed.line_id IS NOT NULL AS is_agreed
                          FROM account_move_line line
                          LEFT JOIN (%(agreed)s) agreed ON agreed.line_id = line.id
                         WHERE line.move_id IN (SELECT move_id FROM coming) AND %(unpaid)s
                      ) part
                      LEFT JOIN (
                            SELECT DISTINCT line_id FROM coming WHERE line_id IS NOT NULL
                           ) covered ON covered.line_id = part.id
                      LEFT JOIN (
                            SELECT move_id, SUM(amount) AS amount FROM coming
                             WHERE line_id IS NULL
                             GROUP BY move_id
                           ) whole ON whole.move_id = part.move_id
                  ) ordered
              ) claimed
            """,
            today=self._portal_today(),
            agreed=self._portal_agreed_query(),
            unpaid=self._portal_unpaid_condition(condition),
        )

    def _portal_due(self, covered=None):
        """Return what of these documents is due.

        :param account.move covered: see ``_portal_covered``; looked up if not given
        :return: document id -> dict with ``date`` (the first due date of what is asked for, else
            of what is on its way), and of what is asked for: ``open`` (all of it), ``next`` (its
            first instalment), ``later`` (what is agreed for later days, on top of ``open``),
            ``overdue`` (what is past its date), ``overdue_since`` (its first
            date, else None) and ``instalments`` (pairs of date and amount, the first one first,
            also the agreed ones whose day has not come);
            amounts in the document's currency; what is paid has ``NOTHING_DUE``
        :rtype: dict[int, dict]
        """
        due = dict.fromkeys(self.ids, NOTHING_DUE)
        if not due:
            return due
        self.env["account.move.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT move_id,
                       COALESCE(MIN(due_on) FILTER (WHERE asked <> 0), MIN(due_on)),
                       SUM(asked),
                       COALESCE(
                           (ARRAY_AGG(asked ORDER BY due_on, id) FILTER (WHERE asked <> 0))[1], 0),
                       SUM(claim) - SUM(asked),
                       COALESCE(SUM(asked) FILTER (WHERE due_on < %(today)s), 0),
                       MIN(due_on) FILTER (WHERE due_on < %(today)s AND asked <> 0),
                       ARRAY_AGG(due_on ORDER BY due_on, id) FILTER (WHERE claim <> 0),
                       ARRAY_AGG(claim ORDER BY due_on, id) FILTER (WHERE claim <> 0)
                  FROM %(instalments)s instalments
                 GROUP BY move_id
                """,
                today=self._portal_today(),
                instalments=self._portal_instalments(
                    SQL("line.move_id IN %s", tuple(due)), covered is None or bool(covered)
                ),
            )
        )
        for move_id, date, asked, first, later, overdue, since, dates, parts in rows:
            due[move_id] = {
                "date": date,
                "open": float(asked),
                "next": float(first),
                "later": float(later),
                "overdue": float(overdue),
                "overdue_since": since,
                "instalments": list(zip(dates or (), map(float, parts or ()), strict=True)),
            }
        return due

    def _portal_claims(self):
        """Return what is left of the instalments of these documents, payments on their way or not,
        without what is held back; agreed ones on whatever day they are due.

        :return: dicts with ``line_id``, ``date``, ``amount`` in its currency, and ``is_agreed``,
            by date; what is paid is missing
        :rtype: list[dict]
        """
        if not self.ids:
            return []
        self.env["account.move.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT id, due_on, claim, is_agreed FROM %s instalments"
                " WHERE claim <> 0 ORDER BY due_on, id",
                self._portal_instalments(
                    SQL("line.move_id IN %s", tuple(self.ids)), by=self._portal_held_back_query()
                ),
            )
        )
        return [
            {"line_id": line_id, "date": date, "amount": float(amount), "is_agreed": is_agreed}
            for line_id, date, amount, is_agreed in rows
        ]

    @api.model
    def _portal_overdue_domain(self):
        """Return the domain for documents of which something is overdue.

        :rtype: Domain
        """
        today = self._portal_today()

        def to_sql(model, alias, query):
            # The partner of the lines is that of the document: named for the index on it. Those
            # with something on its way are few, and looked at once.
            return SQL(
                """
                (
                    (
                        EXISTS (
                            SELECT 1 FROM account_move_line line
                             WHERE line.move_id = %(table)s.id
                               AND line.partner_id = %(table)s.commercial_partner_id
                               AND line.display_type = 'payment_term'
                               AND line.amount_residual_currency <> 0
                               AND line.date_maturity < %(today)s
                        )
                        OR %(table)s.id IN (
                            SELECT line.move_id
                              FROM (%(agreed)s) agreed
                              JOIN account_move_line line ON line.id = agreed.line_id
                             WHERE agreed.due_on < %(today)s
                        )
                    )
                    AND %(table)s.id NOT IN (
                        WITH coming AS MATERIALIZED (%(on_its_way)s)
                        SELECT move_id FROM (%(instalments)s) instalments
                         GROUP BY move_id
                        HAVING COALESCE(SUM(asked) FILTER (WHERE due_on < %(today)s), 0) = 0
                    )
                )
                """,
                table=SQL.identifier(alias),
                today=today,
                agreed=self._portal_agreed_query(),
                on_its_way=self._portal_not_asked_query(),
                instalments=self._portal_coming_instalments(SQL("TRUE")),
            )

        def predicate(move):
            return bool(move._portal_due()[move.id]["overdue_since"])

        self.env["account.move.line"].flush_model()
        return Domain.custom(to_sql=to_sql, predicate=predicate)

    def _portal_amounts_until(self, due, with_last=False):
        """Return what can be paid of this document by the dates of its instalments: each of them
        with those before it, where that is less than all of it.

        :param dict due: of this document, from ``_portal_due``
        :param bool with_last: with the last one, too
        :return: date -> amount in its currency, the first one first
        :rtype: dict[date, float]
        """
        self.ensure_one()
        reached, amounts = 0.0, {}
        for date, amount in due["instalments"]:
            reached = self.currency_id.round(reached + amount)
            amounts[date] = reached
        compare, whole = self.currency_id.compare_amounts, min(reached, self.amount_residual)
        return {
            date: amount
            for date, amount in amounts.items()
            if date and compare(amount, whole) < bool(with_last)
        }

    def _portal_next_amount(self, due):
        """Return what is offered to be paid of this document now, where that is less than all of
        it: what is overdue, else its next instalment.

        :param dict due: of this document, from ``_portal_due``
        :return: in its currency; 0.0 if there is no such part
        :rtype: float
        """
        self.ensure_one()
        compare = self.currency_id.compare_amounts
        amount = self.currency_id.round(due["overdue"] or due["next"])
        return amount if compare(amount, self.amount_residual) < 0 else 0.0
