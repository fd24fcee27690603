"""What a customer owes, in sums: the figures of the home page."""

from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..access.account_move import OPEN_PAYMENT_STATES
from .account_move_list import PAID_STATES, UNPAID_STATES

CHART_MONTHS = 12


class AccountMove(models.Model):
    _inherit = "account.move"

    # === BALANCE === #

    @api.model
    def _portal_balance_domain(self, contact, companies):
        """Return the domain of the documents that count in what ``contact`` sees as its
        customer's balance: those it sees in lists, and the hidden ones.

        :rtype: Domain
        """
        gates = {
            **dict(self._portal_all_gates(contact)),
            "document": Domain("state", "=", "posted"),
        }
        return (
            self._portal_scope_domain()
            & Domain.AND(gates.values())
            & Domain("company_id", "in", companies.ids)
        )

    @api.model
    def _portal_balance(self, contact, companies):
        """Return what a contact's customer owes, one entry for each company and currency.

        :param res.partner contact: who asks; its scope decides what is counted
        :param res.company companies: the companies that are counted
        :return: (company id, currency id) -> dict with ``company``, ``currency`` (records), and
            in that currency ``pending`` (asked for), ``covered`` (the part of it of which a
            payment is on its way), ``overdue`` (the part that is past its date, and not covered),
            ``next_due`` (the first date from today on of what is not covered, or None),
            ``processing`` (paid, to be confirmed), ``credit`` (open credit notes, positive),
            ``other`` (hidden documents); and the numbers of invoices ``pending_count``,
            ``covered_count`` (wholly covered) and ``overdue_count``
        :rtype: dict[tuple[int, int], dict]
        """
        today = self._portal_today()
        moves = self._portal_balance_domain(contact, companies) & Domain(
            "payment_state", "in", OPEN_PAYMENT_STATES
        )
        self.flush_model()
        self.env["account.move.line"].flush_model()
        # One statement instead of one aggregate for each condition. Sudo: the gates are in the
        # domain. Instalments are looked at, an invoice with one due date has one.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT company_id, currency_id,
                       CASE WHEN portal_visible IS NOT TRUE THEN 0
                            WHEN move_type = 'out_refund' THEN 1
                            WHEN payment_state IN %(unpaid)s THEN 2
                            ELSE 3 END AS kind,
                       SUM(residual), COUNT(DISTINCT move_id),
                       SUM(residual) - SUM(asked),
                       COUNT(DISTINCT move_id) - COUNT(DISTINCT move_id) FILTER (WHERE asked <> 0),
                       SUM(asked) FILTER (WHERE due_on < %(today)s),
                       COUNT(DISTINCT move_id) FILTER (WHERE due_on < %(today)s AND asked <> 0),
                       MIN(due_on) FILTER (WHERE due_on >= %(today)s AND claim <> 0)
                  FROM %(instalments)s instalments
                  JOIN %(moves)s move ON move.id = instalments.move_id
                 GROUP BY 1, 2, 3
                """,
                today=today,
                unpaid=UNPAID_STATES,
                # That of the documents, too: named for the index on open lines.
                instalments=self._portal_instalments(
                    SQL("line.partner_id = %s", contact.commercial_partner_id.id)
                ),
                moves=self.sudo()
                ._search(moves)
                .subselect(
                    *(
                        SQL.identifier("account_move", column)
                        for column in ("id", "move_type", "payment_state", "portal_visible")
                    )
                ),
            )
        )
        balances = {}
        for (
            company_id, currency_id, number,
            amount, count, covered, covered_count, overdue, overdue_count, next_due,
        ) in rows:  # fmt: skip
            kind = ("other", "credit", "pending", "processing")[number]  # Sorted by numbers.
            balance = balances.setdefault(
                (company_id, currency_id),
                self._portal_no_balance(
                    companies.browse(company_id), self.env["res.currency"].browse(currency_id)
                ),
            )
            balance[kind] = -amount if kind == "credit" else amount
            if kind == "pending":
                balance.update(
                    pending_count=count,
                    covered=covered,
                    covered_count=covered_count,
                    overdue=overdue or 0.0,
                    overdue_count=overdue_count,
                    next_due=next_due,
                )
        return balances

    @api.model
    def _portal_no_balance(self, company, currency):
        """Return the entry of ``_portal_balance`` for a customer that owes nothing.

        :rtype: dict
        """
        return {
            "company": company,
            "currency": currency,
            **dict.fromkeys(
                ("pending", "covered", "overdue", "processing", "credit", "other"), 0.0
            ),
            "next_due": None,
            "pending_count": 0,
            "covered_count": 0,
            "overdue_count": 0,
        }

    @api.model
    def _portal_account(self, contact, companies):
        """Return how a contact's customer stands: the balance of ``_portal_balance``, and with
        it what was invoiced in the months of ``_portal_months``.

        :return: entries of ``_portal_balance`` that have ``invoiced``, ``paid`` and ``months``,
            too; by company, the currency with the most open invoices first
        :rtype: list[dict]
        """
        account = self._portal_balance(contact, companies)
        for year in self._portal_months(contact, companies):
            company, currency = year["company"], year["currency"]
            entry = account.setdefault(
                (company.id, currency.id), self._portal_no_balance(company, currency)
            )
            entry.update({key: year[key] for key in ("invoiced", "paid", "months")})
        return sorted(
            ({"invoiced": 0.0, "paid": 0.0, "months": [], **entry} for entry in account.values()),
            key=lambda entry: (
                entry["company"].sequence,
                entry["company"].id,
                -entry["pending_count"],
                entry["currency"].name,
            ),
        )

    @api.model
    def _portal_months(self, contact, companies):
        """Return what was invoiced to a contact's customer in the last ``CHART_MONTHS``, the
        present one included, and how much of it is paid and pending now. Credit notes are
        subtracted; hidden documents are left out.

        :return: one dict for each company and currency: ``company``, ``currency`` (records),
            ``invoiced``, ``paid``, ``pending`` (sums), ``months``: dicts with ``month`` (its
            first day), ``invoiced``, ``paid``, ``pending``
        :rtype: list[dict]
        """
        first = self._portal_today().replace(day=1) - relativedelta(months=CHART_MONTHS - 1)
        self.flush_model()
        query = self.sudo()._search(  # The gates are in the domain.
            self._portal_balance_domain(contact, companies)
            & Domain("portal_visible", "=", True)
            & Domain("invoice_date", ">=", first)
        )
        # By day first: to tell the month of each document takes longer than to add it up.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT company_id, currency_id, date_trunc('month', invoice_date::timestamp)::date,
                       move_type, payment_state, SUM(total), SUM(residual)
                  FROM (%s) days
                 GROUP BY 1, 2, 3, 4, 5
                 ORDER BY 1, 2
                """,
                SQL(
                    """
                    SELECT account_move.company_id, account_move.currency_id,
                           account_move.invoice_date, account_move.move_type,
                           account_move.payment_state, SUM(account_move.amount_total) AS total,
                           SUM(account_move.amount_residual) AS residual
                      FROM %s
                     WHERE %s
                     GROUP BY 1, 2, 3, 4, 5
                    """,
                    query.from_clause,
                    query.where_clause,
                ),
            )
        )
        sums = defaultdict(lambda: defaultdict(lambda: [0.0, 0.0]))
        for company_id, currency_id, month, move_type, payment_state, total, residual in rows:
            sign = -1 if move_type == "out_refund" else 1
            cell = sums[company_id, currency_id][month]
            cell[0] += sign * total
            if payment_state not in PAID_STATES:
                cell[1] += sign * residual
        result = []
        for (company_id, currency_id), by_month in sums.items():
            company = companies.browse(company_id)
            currency = self.env["res.currency"].browse(currency_id)
            rows = []
            for offset in range(CHART_MONTHS):
                month = first + relativedelta(months=offset)
                invoiced, pending = by_month.get(month, (0.0, 0.0))
                rows.append(
                    {
                        "month": month,
                        "invoiced": currency.round(invoiced),
                        "paid": currency.round(invoiced - pending),
                        "pending": currency.round(pending),
                    }
                )
            result.append(
                {
                    "company": company,
                    "currency": currency,
                    **{
                        key: currency.round(sum(row[key] for row in rows))
                        for key in ("invoiced", "paid", "pending")
                    },
                    "months": rows,
                }
            )
        return result
