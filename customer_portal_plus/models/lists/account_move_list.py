"""Invoices as the customer's pages show them: state, paid date, balance, months."""

from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.text_search import trigram_index
from ..access.account_move import CUSTOMER_DOCUMENTS, CUSTOMER_MOVE_TYPES, OPEN_PAYMENT_STATES

INVOICE_TYPES = ("out_invoice", "out_receipt")
# Still asked for. The third open state, "in payment", is money on its way.
UNPAID_STATES = ("not_paid", "partial")
PAID_STATES = ("paid", "reversed", "invoicing_legacy")
TO_PAY_STATES = ("pending", "partial", "overdue")
CLOSED_STATES = ("paid", "reversed", "credit_used")
CHART_MONTHS = 12

STATE_CLASSES = {
    "overdue": "text-danger-emphasis bg-danger-subtle",
    "pending": "text-warning-emphasis bg-warning-subtle",
    "partial": "text-warning-emphasis bg-warning-subtle",
    "processing": "text-info-emphasis bg-info-subtle",
    "paid": "text-success-emphasis bg-success-subtle",
    "reversed": "text-secondary-emphasis bg-secondary-subtle",
    "blocked": "text-secondary-emphasis bg-secondary-subtle",
    "credit": "text-info-emphasis bg-info-subtle",
    "credit_used": "text-secondary-emphasis bg-secondary-subtle",
}


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # What is open is read from this index alone, instalment by instalment.
    _portal_open_idx = models.Index(
        "(partner_id, date_maturity)"
        " INCLUDE (move_id, company_id, currency_id, amount_residual_currency)"
        " WHERE display_type = 'payment_term' AND amount_residual_currency <> 0"
    )
    _portal_search_idx = models.Index(
        trigram_index(
            "name", where="WHERE display_type IN ('product', 'line_section', 'line_note')"
        )
    )


class AccountMove(models.Model):
    _inherit = "account.move"

    _portal_search_idx = models.Index(
        trigram_index(
            "name", "ref", "payment_reference", "invoice_origin", where=CUSTOMER_DOCUMENTS
        )
    )
    _portal_amount_idx = models.Index(
        f"(commercial_partner_id, amount_total DESC, id DESC) {CUSTOMER_DOCUMENTS}"
    )
    # Total invoiced and the chart are read from this index alone.
    _portal_months_idx = models.Index(
        "(commercial_partner_id, invoice_date)"
        " INCLUDE (company_id, currency_id, move_type, payment_state, portal_visible, partner_id,"
        f" amount_total, amount_residual) {CUSTOMER_DOCUMENTS}"
    )

    # === LISTS === #

    @api.model
    def _portal_filters(self):
        invoices = Domain("move_type", "in", INVOICE_TYPES)
        unpaid = invoices & Domain("payment_state", "in", UNPAID_STATES)
        return {
            "all": {"label": self.env._("All"), "domain": Domain.TRUE},
            "pending": {
                "label": self.env._("Pending"),
                "domain": invoices
                & Domain("payment_state", "in", OPEN_PAYMENT_STATES)
                & Domain("amount_residual", "!=", 0),
            },
            "overdue": {
                "label": self.env._("Overdue"),
                "domain": unpaid & self._portal_overdue_domain(),
            },
            "paid": {
                "label": self.env._("Paid"),
                "domain": invoices
                & (
                    Domain("payment_state", "in", PAID_STATES)
                    | Domain("payment_state", "=", "in_payment") & Domain("amount_residual", "=", 0)
                ),
            },
            "credit_notes": {
                "label": self.env._("Credit notes"),
                "domain": Domain("move_type", "=", "out_refund"),
            },
        }

    @api.model
    def _portal_overdue_domain(self):
        """Return the domain for documents with an unpaid instalment that is past its date.

        An invoice with one due date has one instalment.

        :rtype: Domain
        """
        today = self._portal_today()

        def to_sql(model, alias, query):
            # The partner of the lines is that of the document: named for the index on it.
            return SQL(
                """
                EXISTS (
                    SELECT 1 FROM account_move_line line
                     WHERE line.move_id = %(table)s.id
                       AND line.partner_id = %(table)s.commercial_partner_id
                       AND line.display_type = 'payment_term'
                       AND line.amount_residual_currency <> 0
                       AND line.date_maturity < %(today)s
                )
                """,
                table=SQL.identifier(alias),
                today=today,
            )

        def predicate(move):
            due_date = move._portal_due_dates().get(move.id)
            return bool(due_date and due_date < today)

        self.env["account.move.line"].flush_model()
        return Domain.custom(to_sql=to_sql, predicate=predicate)

    @api.model
    def _portal_sorts(self):
        return {
            "date": {
                "label": self.env._("Newest first"),
                "order": "invoice_date desc, id desc",
            },
            "date_asc": {"label": self.env._("Oldest first"), "order": "invoice_date, id"},
            "duedate": {
                "label": self.env._("Due date"),
                "order": "invoice_date_due, id",
            },
            "amount": {
                "label": self.env._("Largest amount"),
                "order": "amount_total desc, id desc",
            },
        }

    @api.model
    def _portal_date_domain(self, date_begin, date_end):
        domain = Domain.TRUE
        if date_begin:
            domain &= Domain("invoice_date", ">=", date_begin)
        if date_end:
            domain &= Domain("invoice_date", "<=", date_end)
        return domain

    @api.model
    def _portal_search_fields(self):
        return ("name", "ref", "payment_reference", "invoice_origin")

    @api.model
    def _portal_flush_search(self):
        self.flush_model()
        self.env["account.move.line"].flush_model(["name", "display_type", "partner_id"])

    @api.model
    def _portal_search_own_condition(self, contact):
        return SQL(
            "state = 'posted' AND move_type IN %s AND commercial_partner_id = %s",
            CUSTOMER_MOVE_TYPES,
            contact.commercial_partner_id.id,
        )

    @api.model
    def _portal_line_query(self, contact, pattern):
        return SQL(
            """
            SELECT move_id AS id FROM account_move_line
             WHERE partner_id = %s
               AND display_type IN ('product', 'line_section', 'line_note')
               AND portal_fold(name) LIKE %s
            """,
            contact.commercial_partner_id.id,
            pattern,
        )

    @api.model
    def _portal_line_condition(self, table, pattern):
        return SQL(
            """
            EXISTS (
                SELECT 1 FROM account_move_line line
                 WHERE line.move_id = %s.id
                   AND line.display_type IN ('product', 'line_section', 'line_note')
                   AND portal_fold(line.name) LIKE %s
            )
            """,
            table,
            pattern,
        )

    # === ROWS === #

    def _portal_state(self, due_date=None, under_way=None):
        """Return in which state this document is, for its customer.

        - ``paid``: nothing is asked for any more, a payment or an entry covers it
        - ``reversed``: a credit note covers it
        - ``processing``: a payment of it is under way, or registered and to be confirmed
        - ``overdue``: an instalment is past its date; comes before ``partial``
        - ``partial``: part of it is paid
        - ``pending``: nothing is paid, nothing overdue
        - ``blocked``: the company does not ask for it at present
        - ``credit``, ``credit_used``: a credit note with something left of it, or used up

        :param date due_date: when its first unpaid instalment is due; looked up if not given
        :param bool under_way: whether an online payment of it is under way; likewise
        :rtype: str
        """
        self.ensure_one()
        settled = self.currency_id.is_zero(self.amount_residual)
        if self.move_type == "out_refund":
            used = settled or self.payment_state in PAID_STATES
            return "credit_used" if used else "credit"
        if self.payment_state == "reversed":
            return "reversed"
        if self.payment_state in PAID_STATES or settled:
            return "paid"
        if under_way is None:
            under_way = self.id in self._portal_under_way_ids()
        if self.payment_state == "in_payment" or under_way:
            return "processing"
        if self.payment_state == "blocked":
            return "blocked"
        if due_date is None:
            due_date = self._portal_due_dates().get(self.id)
        if due_date and due_date < self._portal_today():
            return "overdue"
        return "partial" if self.payment_state == "partial" else "pending"

    @api.model
    def _portal_state_labels(self):
        """Return the states of ``_portal_state`` in plain words.

        :rtype: dict[str, str]
        """
        return {
            "paid": self.env._("Paid"),
            "reversed": self.env._("Cancelled by a credit note"),
            "processing": self.env._("Payment being processed"),
            "overdue": self.env._("Overdue"),
            "partial": self.env._("Partly paid"),
            "pending": self.env._("Pending"),
            "blocked": self.env._("On hold"),
            "credit": self.env._("In your favour"),
            "credit_used": self.env._("Credit used"),
        }

    def _portal_due_dates(self):
        """Return when the first unpaid instalment of each of these documents is due.

        :return: document id -> date; paid ones are missing
        :rtype: dict[int, date]
        """
        if not self:
            return {}
        groups = self.env["account.move.line"]._read_group(
            Domain("move_id", "in", self.ids)
            & Domain("display_type", "=", "payment_term")
            & Domain("amount_residual_currency", "!=", 0),
            ["move_id"],
            ["date_maturity:min"],
        )
        return {move.id: date for move, date in groups}

    def _portal_paid_dates(self):
        """Return when the last payment of each of these documents was made.

        Credit notes that cover an invoice count: it was settled then. Nothing is settled before
        it exists: of two documents that cover each other, the later one tells the date.

        :return: document id -> date; those without any payment are missing
        :rtype: dict[int, date]
        """
        if not self:
            return {}
        self.env["account.partial.reconcile"].flush_model()
        self.env["account.payment"].flush_model(["date", "state"])
        ids = tuple(self.ids)
        reconciled = [
            SQL(
                """
                SELECT own.move_id AS move_id, GREATEST(own.date, counterpart.date) AS date
                  FROM account_move_line own
                  JOIN account_partial_reconcile part ON part.%(own)s = own.id
                  JOIN account_move_line counterpart ON counterpart.id = part.%(counterpart)s
                 WHERE own.move_id IN %(ids)s AND counterpart.move_id <> own.move_id
                """,
                own=SQL.identifier(own),
                counterpart=SQL.identifier(counterpart),
                ids=ids,
            )
            for own, counterpart in (
                ("debit_move_id", "credit_move_id"),
                ("credit_move_id", "debit_move_id"),
            )
        ]
        # A payment that is registered without a journal entry is not reconciled.
        without_entry = SQL(
            """
            SELECT rel.invoice_id, payment.date
              FROM account_move__account_payment rel
              JOIN account_payment payment ON payment.id = rel.payment_id
             WHERE rel.invoice_id IN %s
               AND payment.move_id IS NULL AND payment.state IN ('in_process', 'paid')
            """,
            ids,
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT move_id, max(date) FROM (%s) settled GROUP BY move_id",
                SQL(" UNION ALL ").join([*reconciled, without_entry]),
            )
        )
        return dict(rows)

    def _portal_under_way_ids(self):
        """Return which of these documents are being paid online at this moment.

        :rtype: set[int]
        """
        if not self:
            return set()
        transactions = self.env["payment.transaction"].sudo()  # Not readable for customers.
        groups = transactions._read_group(
            [
                ("invoice_ids", "in", self.ids),
                ("state", "in", ("pending", "authorized")),
                # A bank transfer that is promised is "custom"; it may never come.
                ("provider_id.code", "not in", ("none", "custom")),
            ],
            ["invoice_ids"],
        )
        return {move.id for (move,) in groups} & set(self.ids)

    def _portal_rows(self):
        """Override to add ``due_date``, ``remaining``, ``paid_on`` and ``to_pay``."""
        due_dates = self._portal_due_dates()
        unpaid = self.filtered(lambda move: move.payment_state in UNPAID_STATES)
        under_way_ids = unpaid._portal_under_way_ids()
        states = {
            move.id: move._portal_state(due_dates.get(move.id, False), move.id in under_way_ids)
            for move in self
        }
        closed = self.filtered(lambda move: states[move.id] in CLOSED_STATES)
        paid_dates = closed._portal_paid_dates()
        labels = self._portal_state_labels()
        rows = []
        for move in self:
            state = states[move.id]
            sign = -1 if move.move_type == "out_refund" else 1
            rows.append(
                {
                    "id": move.id,
                    "name": move.name or move.ref or "",
                    "ref": move.ref or "",
                    "type": "credit_note" if sign < 0 else "invoice",
                    "url": f"/my/invoices/{move.id}",
                    "date": move.invoice_date,
                    "due_date": due_dates.get(move.id) or move.invoice_date_due,
                    "total": sign * move.amount_total,
                    "remaining": 0.0 if move in closed else sign * move.amount_residual,
                    "paid_on": paid_dates.get(move.id),
                    "currency": move.currency_id,
                    "company": move.company_id.name,
                    "state": state,
                    "state_label": labels[state],
                    "state_class": STATE_CLASSES[state],
                    "to_pay": state in TO_PAY_STATES,
                }
            )
        return rows

    def _get_invoice_portal_extra_values(self, custom_amount=None):
        """Override of `account`, whose lists compute this with the rights of the portal user:
        it may read the document, but not all columns that are needed here."""
        self.check_access("read")
        return super(AccountMove, self.sudo())._get_invoice_portal_extra_values(
            custom_amount=custom_amount
        )

    # === BALANCE === #

    @api.model
    def _portal_balance_domain(self, contact, companies):
        """Return the domain of the documents that count in what ``contact`` sees as its
        customer's balance: those it sees in lists, and the hidden ones.

        :rtype: Domain
        """
        gates = {**dict(self._portal_gates(contact)), "document": Domain("state", "=", "posted")}
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
            in that currency ``pending`` (asked for), ``overdue`` (the part of it that is past
            its date), ``next_due`` (the first date from today on, or None), ``processing``
            (paid, to be confirmed), ``credit`` (open credit notes, positive), ``other`` (hidden
            documents); and the numbers of invoices ``pending_count``, ``overdue_count``
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
                SELECT company_id, currency_id, is_refund, payment_state, portal_visible,
                       SUM(amount), COUNT(*), SUM(overdue), COUNT(overdue), MIN(next_due)
                  FROM (
                    SELECT line.company_id, line.currency_id,
                           move.move_type = 'out_refund' AS is_refund,
                           move.payment_state, move.portal_visible,
                           SUM(line.amount_residual_currency) AS amount,
                           SUM(line.amount_residual_currency)
                               FILTER (WHERE line.date_maturity < %(today)s) AS overdue,
                           MIN(line.date_maturity)
                               FILTER (WHERE line.date_maturity >= %(today)s) AS next_due
                      FROM account_move_line line
                      JOIN %(moves)s move ON move.id = line.move_id
                     WHERE line.partner_id = %(customer)s
                       AND line.display_type = 'payment_term'
                       AND line.amount_residual_currency <> 0
                     GROUP BY line.move_id, 1, 2, 3, 4, 5
                  ) documents
                 GROUP BY 1, 2, 3, 4, 5
                """,
                today=today,
                # That of the documents, too: named for the index on open lines.
                customer=contact.commercial_partner_id.id,
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
            company_id, currency_id, is_refund, payment_state, visible,
            amount, count, overdue, overdue_count, next_due,
        ) in rows:  # fmt: skip
            balance = balances.setdefault(
                (company_id, currency_id),
                self._portal_no_balance(
                    companies.browse(company_id), self.env["res.currency"].browse(currency_id)
                ),
            )
            if not visible:
                balance["other"] += amount
            elif is_refund:
                balance["credit"] -= amount
            elif payment_state not in UNPAID_STATES:
                balance["processing"] += amount
            else:
                balance["pending"] += amount
                balance["pending_count"] += count
                balance["overdue"] += overdue or 0.0
                balance["overdue_count"] += overdue_count
                dates = [date for date in (balance["next_due"], next_due) if date]
                balance["next_due"] = min(dates, default=None)
        return balances

    @api.model
    def _portal_no_balance(self, company, currency):
        """Return the entry of ``_portal_balance`` for a customer that owes nothing.

        :rtype: dict
        """
        return {
            "company": company,
            "currency": currency,
            **dict.fromkeys(("pending", "overdue", "processing", "credit", "other"), 0.0),
            "next_due": None,
            "pending_count": 0,
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
    def _portal_months(self, contact, companies, months=CHART_MONTHS):
        """Return what was invoiced to a contact's customer month by month, and how much of it
        is paid and pending now. Credit notes are subtracted; hidden documents are left out.

        :param int months: so many, the present one included
        :return: one dict for each company and currency: ``company``, ``currency`` (records),
            ``invoiced``, ``paid``, ``pending`` (sums), ``months``: dicts with ``month`` (its
            first day), ``invoiced``, ``paid``, ``pending``
        :rtype: list[dict]
        """
        first = self._portal_today().replace(day=1) - relativedelta(months=months - 1)
        groups = self.sudo()._read_group(  # The gates are in the domain.
            self._portal_balance_domain(contact, companies)
            & Domain("portal_visible", "=", True)
            & Domain("invoice_date", ">=", first),
            ["company_id", "currency_id", "invoice_date:month", "move_type", "payment_state"],
            ["amount_total:sum", "amount_residual:sum"],
        )
        sums = defaultdict(lambda: defaultdict(lambda: [0.0, 0.0]))
        for company, currency, month, move_type, payment_state, total, residual in groups:
            sign = -1 if move_type == "out_refund" else 1
            cell = sums[company, currency][month]
            cell[0] += sign * total
            if payment_state not in PAID_STATES:
                cell[1] += sign * residual
        result = []
        for (company, currency), by_month in sums.items():
            rows = []
            for offset in range(months):
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
