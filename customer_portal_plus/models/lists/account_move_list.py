"""Invoices as the customer's pages show them: state, paid date, balance, months."""

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

STATE_TONES = {
    "reported": "info",
    "debit": "info",
    "promised": "info",
    "disputed": "waiting",
    "planned": "info",
    "overdue": "bad",
    "pending": "waiting",
    "partial": "waiting",
    "processing": "info",
    "paid": "good",
    "reversed": "neutral",
    "blocked": "neutral",
    "credit": "info",
    "credit_used": "neutral",
}


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
    _portal_residual_idx = models.Index(
        f"(commercial_partner_id, amount_residual) {CUSTOMER_DOCUMENTS} AND amount_residual > 0"
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
            # A term of its own: languages with genders say it of invoices in another way.
            "all": {"label": self.env._("All invoices"), "domain": Domain.TRUE},
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
    def _portal_sorts(self):
        return {
            **self._portal_date_sorts("invoice_date"),
            "duedate": {
                "label": self.env._("Due date"),
                "order": "invoice_date_due, id",
                "column": "due_date",
                "descending": False,
            },
            "duedate_desc": {
                "label": self.env._("Due date, the last first"),
                "order": "invoice_date_due desc, id desc",
                "column": "due_date",
                "descending": True,
            },
            **self._portal_amount_sorts(),
        }

    @api.model
    def _portal_date_domain(self, date_begin, date_end):
        return self._portal_day_domain("invoice_date", date_begin, date_end)

    @api.model
    def _portal_search_fields(self):
        return ("name", "ref", "payment_reference", "invoice_origin")

    @api.model
    def _portal_amount_fields(self):
        """Override: what is left is looked for, too."""
        return ("amount_total", "amount_residual")

    @api.model
    def _portal_sums(self, domain):
        """Override: credit notes are subtracted."""
        sums = {}
        for currency, move_type, total, residual in self._read_group(
            domain, ["currency_id", "move_type"], ["amount_total:sum", "amount_residual:sum"]
        ):
            sign = -1 if move_type == "out_refund" else 1
            entry = sums.setdefault(
                currency, {"currency": currency, "total": 0.0, "remaining": 0.0}
            )
            entry["total"] += sign * total
            entry["remaining"] += sign * residual
        return list(sums.values())

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

    def _portal_rows(self):
        """Override to add ``due_date``, ``remaining``, ``asked`` (what of it is neither on its way
        nor held back), ``overdue`` (what of it is past its date), ``paid_on`` and ``to_pay``."""
        # Most lists have nothing that is on its way: one query tells.
        covered = self._portal_covered()
        due = self._portal_due(covered)
        unpaid = covered.filtered(lambda move: move.payment_state in UNPAID_STATES)
        under_way_ids = unpaid._portal_under_way_ids()
        states = {
            move.id: move._portal_state(due[move.id], move.id in under_way_ids) for move in self
        }
        closed = self.filtered(lambda move: states[move.id] in CLOSED_STATES)
        paid_dates = closed._portal_paid_dates()
        coverings = covered._portal_coverings()
        rows = []
        for move in self:
            look = self._portal_look(states[move.id], coverings.get(move.id))
            sign = -1 if move.move_type == "out_refund" else 1
            rows.append(
                {
                    "id": move.id,
                    "name": move.name or move.ref or "",
                    "ref": move.ref or "",
                    "type": "credit_note" if sign < 0 else "invoice",
                    "url": f"/my/invoices/{move.id}",
                    "date": move.invoice_date,
                    "due_date": due[move.id]["date"] or move.invoice_date_due,
                    "total": sign * move.amount_total,
                    "remaining": 0.0 if move in closed else sign * move.amount_residual,
                    "asked": due[move.id]["open"],
                    "overdue": due[move.id]["overdue"] if look["state"] == "overdue" else 0.0,
                    "paid_on": paid_dates.get(move.id),
                    "currency": move.currency_id,
                    "company": move.company_id.name,
                    "state": look["state"],
                    "state_label": look["label"],
                    "state_tone": look["tone"],
                    # What is left beside what is disputed is to be paid as ever, and so is what
                    # is due by a plan.
                    "to_pay": look["state"] in TO_PAY_STATES
                    or (look["state"] in ("disputed", "planned") and due[move.id]["open"] > 0),
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
