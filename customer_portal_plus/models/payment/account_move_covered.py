"""What of an invoice is not asked for, because a payment of it is on its way."""

from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date

from .customer_portal_debit import OPEN_STATES


class AccountMove(models.Model):
    _inherit = "account.move"

    def _portal_coverings(self):
        """Override: payments that were reported, and those that automatic debit will make."""
        coverings = {}
        # Sudo: whoever sees the invoice may know of it. Most lists have none: one query tells.
        Line = self.env["account.move.line"].sudo()
        groups = self.ids and Line._read_group(
            Line._portal_covered_domain()
            & Domain("move_id", "in", self.ids)
            & Domain("display_type", "=", "payment_term"),
            ["move_id"],
        )
        if not groups:
            return coverings
        covered = self.browse(move.id for (move,) in groups)
        for step in (covered._portal_debit_coverings, covered._portal_report_coverings):
            for move_id, covering in step():
                coverings.setdefault(move_id, []).append(covering)
        return coverings

    def _portal_covered(self):
        """Return those of these invoices of which a payment is on its way; see
        ``_portal_coverings``.

        :rtype: account.move
        """
        coverings = self._portal_coverings()
        return self.filtered(lambda invoice: invoice.id in coverings)

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
                },
            )
            for allocation in self._portal_reports()
        ]

    def _portal_debit_coverings(self):
        """Return pairs of ids of these invoices and what automatic debit takes; see
        ``_portal_coverings``."""
        if not self:
            return []
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
                    **attempt._portal_words(),
                },
            )
            for attempt in attempts
        ]
