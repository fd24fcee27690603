"""What of an invoice is not asked for, because a payment of it is on its way."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .customer_portal_debit import OPEN_STATES

EVERYTHING = 1e15  # more than any invoice


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.model
    def _portal_on_its_way_query(self):
        """Override: what is being paid online, transfers that were announced, payments that were
        reported, and what automatic debit will take.

        While an invoice is being paid online, nothing more of it is asked for.
        """
        # Sudo: whoever sees the invoice may know that a payment of it is on its way.
        transactions = self.env["payment.transaction"].sudo()
        allocations = self.env["customer.portal.allocation"].sudo()
        attempts = self.env["customer.portal.debit.attempt"].sudo()
        counting = self.env["customer.portal.payment.report"]._counting_domain()
        return SQL(
            """
            SELECT being_paid.invoice_id AS move_id, NULL::integer AS line_id,
                   %(everything)s AS amount
              FROM account_invoice_transaction_rel being_paid
             WHERE being_paid.transaction_id IN %(under_way)s
             UNION ALL
            SELECT promise.move_id, NULL, promise.amount FROM (%(promises)s) promise
             UNION ALL
            SELECT reported.invoice_id, NULL, reported.amount
              FROM customer_portal_allocation reported
             WHERE reported.id IN %(reported)s
             UNION ALL
            SELECT attempt.invoice_id,
                   CASE WHEN attempt.agreed_on IS NULL THEN attempt.line_id END, attempt.amount
              FROM customer_portal_debit_attempt attempt
             WHERE attempt.id IN %(debits)s
            """,
            everything=EVERYTHING,
            under_way=transactions._search(transactions._portal_under_way_domain()).subselect(),
            promises=self._portal_promises_query(),
            reported=allocations._search(Domain("report_id", "any", counting)).subselect(),
            debits=attempts._search(Domain("state", "in", OPEN_STATES)).subselect(),
        )

    @api.model
    def _portal_promises_query(self):
        """Return the query for the transfers that are waited for, and what they pay.

        Once something was booked on an invoice after its transfer was announced, that is taken
        for it.

        :return: selects ``move_id``, ``transaction_id`` and ``amount``
        :rtype: SQL
        """
        transactions = self.env["payment.transaction"].sudo()
        return SQL(
            """
            SELECT link.invoice_id AS move_id, transfer.id AS transaction_id,
                   COALESCE(
                       (SELECT SUM(part.amount + COALESCE(part.discount, 0))
                          FROM customer_portal_allocation part
                         WHERE part.transaction_id = transfer.id
                           AND part.invoice_id = link.invoice_id),
                       transfer.amount
                   ) AS amount
              FROM account_invoice_transaction_rel link
              JOIN payment_transaction transfer ON transfer.id = link.transaction_id
             WHERE transfer.id IN %(promised)s
               AND NOT EXISTS (
                    SELECT 1
                      FROM account_move_line own
                      JOIN account_partial_reconcile booked ON booked.debit_move_id = own.id
                     WHERE own.move_id = link.invoice_id
                       AND own.display_type = 'payment_term'
                       AND booked.create_date > transfer.last_state_change
                   )
            """,
            promised=transactions._search(
                transactions._portal_trusted_promise_domain()
            ).subselect(),
        )

    def _portal_coverings(self):
        """Override: what is being paid, announced transfers, payments that were reported, and those
        that automatic debit will make."""
        coverings = {}
        # Most lists have none: one query tells.
        covered = self._portal_covered()
        if not covered:
            return coverings
        for step in (
            covered._portal_under_way_coverings,
            covered._portal_promise_coverings,
            covered._portal_report_coverings,
            covered._portal_debit_coverings,
            covered._portal_held_back_coverings,
        ):
            for move_id, covering in step():
                coverings.setdefault(move_id, []).append(covering)
        return coverings

    def _portal_reported(self):
        """Return those of these invoices for which a reported payment waits to be confirmed.

        :rtype: account.move
        """
        return self & self._portal_reports().invoice_id.sudo(False)

    def _portal_reports(self, by_anybody=False):
        """Return the parts of reported payments that are meant for these invoices, in sudo: those
        that staff have not confirmed yet.

        :param bool by_anybody: also those that count for nothing, as nobody had signed in
        :rtype: customer.portal.allocation
        """
        # Sudo: whoever sees the invoice may know that a payment of it was reported.
        allocations_sudo = self.env["customer.portal.allocation"].sudo()
        if not self:
            return allocations_sudo
        reports_sudo = self.env["customer.portal.payment.report"].sudo()
        waiting = Domain("state", "=", "declared")
        return allocations_sudo.search(
            Domain("invoice_id", "in", self.ids)
            & Domain("report_id", "any", waiting if by_anybody else reports_sudo._counting_domain())
        )

    def _portal_promises(self):
        """Return the transfers that were announced for these invoices and are waited for.

        :return: pairs of an invoice and a payment in sudo, the newest first
        :rtype: list[tuple[account.move, payment.transaction]]
        """
        if not self.ids:
            return []
        rows = self.env.execute_query(
            SQL(
                "SELECT move_id, transaction_id FROM (%s) promise WHERE move_id IN %s"
                " ORDER BY transaction_id DESC",
                self._portal_promises_query(),
                tuple(self.ids),
            )
        )
        # Sudo: whoever sees the invoice may know that a transfer was announced.
        transactions_sudo = self.env["payment.transaction"].sudo()
        return [
            (self.browse(move_id), transactions_sudo.browse(transaction_id))
            for move_id, transaction_id in rows
        ]

    # === IN WORDS === #

    def _portal_under_way_coverings(self):
        """Return pairs of ids of these invoices and what is being paid of them online; see
        ``_portal_coverings``."""
        # Sudo: whoever sees the invoice may know that it is being paid.
        transactions_sudo = self.env["payment.transaction"].sudo()
        under_way = transactions_sudo.search(
            Domain("invoice_ids", "in", self.ids) & transactions_sudo._portal_under_way_domain()
        )
        return [
            (
                invoice.id,
                {
                    "kind": "processing",
                    "label": self._portal_state_labels()["processing"],
                    "date": tx._portal_started_on(),
                    "amount": tx._portal_amount_for(invoice),
                    "text": self.env._("A payment is under way."),
                    "url": "",
                },
            )
            for tx in under_way
            for invoice in tx.invoice_ids & self
        ]

    def _portal_held_back_coverings(self):
        """Return pairs of ids of these invoices and what of them is held back; see
        ``_portal_coverings``.

        For a module to tell of what it holds back, it must override this method.
        """
        return []

    def _portal_promise_coverings(self):
        """Return pairs of ids of these invoices and the transfers that were announced for them; see
        ``_portal_coverings``."""
        return [
            (
                invoice.id,
                {
                    "kind": "promised",
                    "label": self.env._("Transfer announced"),
                    "date": tx._portal_started_on(),
                    "amount": tx._portal_amount_for(invoice),
                    "text": self.env._(
                        "A bank transfer of %(amount)s was announced on %(date)s.",
                        amount=tx.currency_id.format(tx._portal_amount_for(invoice)),
                        date=format_date(self.env, tx._portal_started_on()),
                    ),
                    "url": invoice.get_portal_url(suffix="/transfer"),
                },
            )
            for invoice, tx in self._portal_promises()
        ]

    def _portal_report_coverings(self):
        """Return pairs of ids of these invoices and what was reported; see
        ``_portal_coverings``."""
        return [
            (
                allocation.invoice_id.id,
                {
                    "kind": "reported",
                    "label": self.env._("Payment reported"),
                    "date": allocation.report_id.date,
                    "amount": allocation.amount,
                    "text": self.env._(
                        "A payment of %(amount)s on %(date)s was reported to us. We check it"
                        " against our bank.",
                        amount=allocation.currency_id.format(allocation.amount),
                        date=format_date(self.env, allocation.report_id.date),
                    ),
                    "url": "",
                },
            )
            for allocation in self._portal_reports()
        ]

    def _portal_debit_coverings(self):
        """Return pairs of ids of these invoices and what automatic debit takes; see
        ``_portal_coverings``."""
        # Sudo: whoever sees the invoice may know that it pays itself.
        attempts = (
            self.env["customer.portal.debit.attempt"]
            .sudo()
            .search(
                Domain("invoice_id", "in", self.ids) & Domain("state", "in", OPEN_STATES),
                order="charge_on, id",
            )
        )
        return [
            (
                attempt.invoice_id.id,
                {
                    "kind": "debit",
                    "date": attempt.charge_on,
                    "amount": attempt.amount,
                    "url": "",
                    **attempt._portal_words(),
                },
            )
            for attempt in attempts
        ]
