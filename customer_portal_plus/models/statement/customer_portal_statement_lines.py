"""The lines of a statement: a page of them, or all, some at a time."""

from odoo import api, models
from odoo.tools import SQL

from ..access.account_move import CUSTOMER_MOVE_TYPES

BATCH = 2000


class CustomerPortalStatement(models.AbstractModel):
    _inherit = "customer.portal.statement"

    @api.model
    def _kind_labels(self):
        """Return what the movements are called.

        :rtype: dict[str, str]
        """
        return {
            "invoice": self.env._("Invoice"),
            "credit_note": self.env._("Credit note"),
            "payment": self.env._("Payment"),
            "paid_back": self.env._("Paid back"),
            "adjustment": self.env._("Adjustment"),
            "other": self.env._("Other items"),
        }

    @api.model
    def _sum_labels(self):
        """Return what the sums of movements are called, by the keys of ``_kind_labels``.

        :rtype: dict[str, str]
        """
        return {
            **self._kind_labels(),
            "invoice": self.env._("Invoices"),
            "credit_note": self.env._("Credit notes"),
            "payment": self.env._("Payments"),
            "adjustment": self.env._("Adjustments"),
        }

    @api.model
    def _age_labels(self):
        """Return what the ages of open items are called, in their order.

        :rtype: dict[str, str]
        """
        return {
            "current": self.env._("Not due"),
            "days_30": self.env._("1 to 30 days overdue"),
            "days_60": self.env._("31 to 60 days overdue"),
            "days_90": self.env._("61 to 90 days overdue"),
            "older": self.env._("More than 90 days overdue"),
            "credit": self.env._("In your favour"),
            "other": self.env._("Other items"),
        }

    @api.model
    def _movement_lines(self, reader, account, begin, end, limit=None, offset=0):
        """Give the named movements of an account in a period, in the order of their dates.

        :param Reader reader: whose, for whom
        :param dict account: see ``_accounts``
        :param datetime.date begin: first day
        :param datetime.date end: last day
        :param int limit: so many at most; all if not given
        :param int offset: without so many at the beginning
        :return: an iterator of dicts with ``date``, ``kind`` (see ``_kind_labels``), ``name``,
            ``ref``, ``due_date``, ``base``, ``tax`` (None where it is no document), ``amount``,
            ``balance`` and ``url`` (empty where there is no page of it)
        """
        # Other items come first, as one line: all balances hold them.
        start = account["opening"] + account["moved"].get("other", 0.0)
        if limit is not None:
            # What comes before the page is known, and what comes after it is not looked at.
            slices = list(account["slices"])
            while slices and offset >= slices[0].count:
                offset -= slices[0].count
                start += slices.pop(0).amount
            if not slices:
                return
            begin, rows = slices[0].begin, 0
            for slice_ in slices:
                end, rows = slice_.end, rows + slice_.count
                if rows >= offset + limit:
                    break
        query = SQL(
            """
            SELECT move_id, move_type, partial_id, date, kind, name, ref, due_date, base, tax,
                   amount, SUM(amount) OVER (ORDER BY date, move_id, partial_id) AS moved
              FROM (%s) movement
             WHERE currency_id = %s AND kind <> 'other'
             ORDER BY date, move_id, partial_id
            """,
            self._movement_query(
                reader, account["company"], begin, end, settled=account["settled"]
            ),
            account["currency"].id,
        )
        # As the ledger has them, in which amounts are rounded: this is done for every cell.
        places = account["currency"].decimal_places
        for (
            move_id, move_type, _partial_id, date, kind, name, ref, due_date, base, tax, amount,
            moved,
        ) in self._read(query, limit, offset):  # fmt: skip
            yield {
                "date": date,
                "kind": kind,
                "name": name or "",
                "ref": ref or "",
                "due_date": due_date,
                "base": None if base is None else round(float(base), places),
                "tax": None if tax is None else round(float(tax), places),
                "amount": round(float(amount), places),
                "balance": round(start + float(moved), places) + 0.0,  # never "-0.00"
                "url": f"/my/invoices/{move_id}" if move_type in CUSTOMER_MOVE_TYPES else "",
            }

    @api.model
    def _open_lines(self, reader, account, day, limit=None, offset=0):
        """Give the named items of an account that were open at the end of a day, what was due
        first coming first.

        :param datetime.date day: as of when
        :return: an iterator of dicts as of ``_movement_lines``; ``amount`` is what the item was
            for, ``open`` what was left of it, ``balance`` their sum so far, ``age`` a name in
            ``AGES``
        """
        query = SQL(
            """
            SELECT move_id, move_type, date, due_date, name, ref,
                   CASE WHEN move_type IN ('out_invoice', 'out_receipt') THEN 'invoice'
                        WHEN move_type = 'out_refund' THEN 'credit_note'
                        WHEN is_payment AND amount > 0 THEN 'paid_back'
                        WHEN is_payment THEN 'payment'
                        ELSE 'adjustment' END,
                   amount, residual, age, SUM(residual) OVER (ORDER BY due_date, id)
              FROM (%s) open_item
             WHERE currency_id = %s AND NOT hidden
             ORDER BY due_date, id
            """,
            self._open_query(reader, account["company"], day),
            account["currency"].id,
        )
        # As the ledger has them, in which amounts are rounded: this is done for every cell.
        places = account["currency"].decimal_places
        start = account["ages"]["other"]
        for (
            move_id, move_type, date, due_date, name, ref, kind, amount, residual, age, summed,
        ) in self._read(query, limit, offset):  # fmt: skip
            yield {
                "date": date,
                "kind": kind,
                "name": name or "",
                "ref": ref or "",
                "due_date": due_date if kind == "invoice" else None,
                "amount": round(float(amount), places),
                "open": round(float(residual), places),
                "balance": round(start + float(summed), places) + 0.0,  # never "-0.00"
                "age": age,
                "url": f"/my/invoices/{move_id}" if move_type in CUSTOMER_MOVE_TYPES else "",
            }

    @api.model
    def _read(self, query, limit, offset):
        """Give the rows of a query: a page of them at once, or all, a batch at a time.

        :param SQL query: what is read
        :param int limit: how many; None for all
        :param int offset: without so many at the beginning
        :return: an iterator of tuples
        """
        self._flush()
        if limit is not None:
            yield from self.env.execute_query(SQL("%s LIMIT %s OFFSET %s", query, limit, offset))
            return
        # The rows stay in the database until they are fetched, so that none piles up here.
        cr = self.env.cr
        cr.execute(SQL("DECLARE portal_statement NO SCROLL CURSOR FOR %s", query))
        rows = None
        while rows is None or len(rows) == BATCH:
            cr.execute(SQL("FETCH FORWARD %s FROM portal_statement", BATCH))
            rows = cr.fetchall()
            yield from rows
        cr.execute("CLOSE portal_statement")
