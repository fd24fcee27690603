"""What the items of a customer add up to: the figures of its statement."""

from dataclasses import dataclass
from datetime import date, timedelta

from odoo import api, models
from odoo.tools import SQL

AGES = ("current", "days_30", "days_60", "days_90", "older", "credit", "other")
# Documents that a customer knows; the rest are payments and entries.
DOCUMENT_KINDS = ("invoice", "credit_note")
# A period has so many parts, of which a page of its movements reads those that it needs.
SLICES = 100


@dataclass
class Slice:
    """A part of a period: the number and the sum of the movements in it that are named.

    :param date begin: its first day
    :param date end: its last day
    """

    begin: date
    end: date
    count: int = 0
    amount: float = 0.0


class CustomerPortalStatement(models.AbstractModel):
    _inherit = "customer.portal.statement"

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
            ``other``); ``count`` (movements that are named) and ``slices`` (how many of them are
            in which part of the period, see ``Slice``), ``settled`` (whether any movement is a
            reconciliation), ``base`` and ``tax`` (sums of the documents that are named)
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
                    "slices": [],
                    "settled": False,
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
        days = max((end - begin).days // SLICES + 1, 1)
        for (
            company_id, currency_id, kind, slice_, moved, number, settled,
            amount, count, base, tax,
        ) in self.env.execute_query(
            SQL(
                """
                SELECT company_id, currency_id, kind, (date - %(begin)s::date) / %(days)s AS slice,
                       SUM(amount), COUNT(*), BOOL_OR(partial_id <> 0),
                       SUM(SUM(amount)) OVER whole, SUM(COUNT(*)) OVER whole,
                       SUM(SUM(base)) OVER whole, SUM(SUM(tax)) OVER whole
                  FROM (%(movements)s) movement
                 GROUP BY company_id, currency_id, kind, slice
                WINDOW whole AS (PARTITION BY company_id, currency_id, kind)
                 ORDER BY company_id, currency_id, slice, kind
                """,
                begin=begin,
                days=days,
                movements=self._movement_query(reader, companies, begin, end),
            )
        ):  # fmt: skip
            entry = account(company_id, currency_id)
            entry["settled"] |= settled
            if kind != "other":
                first = begin + timedelta(days * slice_)
                if not entry["slices"] or entry["slices"][-1].begin != first:
                    last = first + timedelta(min(days - 1, (end - first).days))
                    entry["slices"].append(Slice(first, last))
                entry["slices"][-1].count += number
                entry["slices"][-1].amount += float(moved)
            if kind in entry["moved"]:
                continue  # The sums of a kind are the same in each of its slices.
            entry["moved"][kind] = float(amount)
            if kind != "other":
                entry["count"] += int(count)
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
