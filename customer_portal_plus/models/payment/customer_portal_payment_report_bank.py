"""Confirming a reported payment against the bank."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CustomerPortalPaymentReport(models.Model):
    _inherit = "customer.portal.payment.report"

    journal_id = fields.Many2one(
        "account.journal",
        "Bank",
        domain="[('type', 'in', ('bank', 'cash')), ('company_id', '=', company_id)]",
        check_company=True,
        help="Where the money arrived.",
    )
    statement_line_id = fields.Many2one(
        "account.bank.statement.line",
        "Bank line",
        compute="_compute_statement_line_id",
        help="A line of the bank statement with this amount that is not matched yet.",
    )

    @api.depends("amount", "currency_id", "journal_id", "state")
    def _compute_statement_line_id(self):
        for report in self:
            report.statement_line_id = report.state == "declared" and report._find_bank_line()

    def _find_bank_line(self):
        """Return the bank line that this payment most likely is; empty if there is none.

        :rtype: account.bank.statement.line
        """
        self.ensure_one()
        # Sudo: shown to staff who confirm payments, whatever else of the bank they may see.
        candidates = (
            self.env["account.bank.statement.line"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("is_reconciled", "=", False),
                    ("amount", "=", self.amount),
                    ("date", ">=", fields.Date.subtract(self.date, days=5)),
                    ("date", "<=", fields.Date.add(self.date, days=30)),
                    *([("journal_id", "=", self.journal_id.id)] if self.journal_id else []),
                ],
                order="date, id",
            )
        )
        candidates = candidates.filtered(
            lambda line: (
                (line.foreign_currency_id or line.currency_id) == self.currency_id
                and (
                    not line.partner_id or line.partner_id.commercial_partner_id == self.customer_id
                )
            )
        )
        reference = self._normalise_reference(self.reference)
        by_reference = candidates.filtered(
            lambda line: reference and reference in self._normalise_reference(line.payment_ref)
        )
        return (by_reference or candidates)[:1]

    def action_confirm(self):
        """Register the payment as it was reported, and match the bank line if there is one."""
        for report in self:
            report.lock_for_update()
            if report.state != "declared":
                raise UserError(self.env._("%s is not waiting any more.", report.name))
            line = report._find_bank_line()
            journal = line.journal_id or report.journal_id
            if not journal:
                raise UserError(self.env._("Please choose the bank where the money arrived."))
            payment = report.allocation_ids._create_payment(
                {
                    "amount": report.amount,
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "currency_id": report.currency_id.id,
                    "partner_id": report.customer_id.id,
                    "journal_id": journal.id,
                    "company_id": report.company_id.id,
                    "date": report.date,
                    "memo": " - ".join(filter(None, [report.name, report.reference])),
                    "invoice_ids": [Command.set(report.invoice_ids.ids)],
                }
            )
            if line:
                report._match_bank_line(line, payment)
            report.write({"state": "confirmed", "payment_id": payment.id, "journal_id": journal.id})
            report.activity_feedback(["mail.mail_activity_data_todo"])
            report._tell_customer("customer_portal_plus.mail_template_payment_confirmed")

    def _match_bank_line(self, line, payment):
        """Match a line of the bank statement with the payment that explains it."""
        _liquidity, suspense, _other = line._seek_for_lines()
        outstanding, _counterpart, _writeoff = payment._seek_for_lines()
        if len(suspense) != 1 or not outstanding.account_id.reconcile:
            return  # Paid straight into the bank account, or the line is explained already.
        line.partner_id = self.customer_id
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.with_context(
            skip_account_move_synchronization=True
        ).account_id = outstanding.account_id
        (suspense | outstanding).reconcile()
