"""The state of an invoice or credit note, as its customer is told."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .account_move_list import PAID_STATES, STATE_TONES, TO_PAY_STATES


class AccountMove(models.Model):
    _inherit = "account.move"

    def _portal_state(self, due=None, under_way=None):
        """Return in which state this document is, for its customer.

        - ``paid``: nothing is asked for any more, a payment or an entry covers it
        - ``reversed``: a credit note covers it
        - ``processing``: a payment of it is under way, or registered and to be confirmed
        - ``overdue``: an instalment is past its date, and no payment of it is on its way; comes
          before ``partial``
        - ``partial``: part of it is paid
        - ``pending``: nothing is paid, nothing overdue
        - ``blocked``: the company does not ask for it at present
        - ``credit``, ``credit_used``: a credit note with something left of it, or used up

        :param dict due: what of it is due, from ``_portal_due``; looked up if not given
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
        if due is None:
            due = self._portal_due()[self.id]
        if due["overdue_since"]:
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

    def _portal_coverings(self):
        """Return what is on its way to pay these documents, so that it is not asked for again.

        For a module to tell of such payments, it must override this method.

        :return: document id -> dicts with ``kind`` (a state of its own), ``label`` (that state in
            plain words), ``date`` (when it was or will be paid), ``amount``, and ``text`` (a
            sentence for the customer); what is not on its way is missing
        :rtype: dict[int, list[dict]]
        """
        return {}

    @api.model
    def _portal_look(self, state, coverings=()):
        """Return the state that is shown, and how: a payment on its way hides that something is to
        pay, but for what is overdue beside it.

        :param str state: see ``_portal_state``
        :param list coverings: of the document, see ``_portal_coverings``
        :return: ``state``, ``label`` and ``tone``
        :rtype: dict[str, str]
        """
        if coverings and state in TO_PAY_STATES and state != "overdue":
            state, label = coverings[0]["kind"], coverings[0]["label"]
        else:
            label = self._portal_state_labels()[state]
        return {"state": state, "label": label, "tone": STATE_TONES[state]}

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
            Domain("invoice_ids", "in", self.ids) & transactions._portal_under_way_domain(),
            ["invoice_ids"],
        )
        return {move.id for (move,) in groups} & set(self.ids)
