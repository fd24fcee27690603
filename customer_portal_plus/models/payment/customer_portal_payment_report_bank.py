"""Confirming a reported payment against the bank."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

# Banks book a transfer some days later, and what people write down as the day is not exact.
DAYS_BEFORE, DAYS_AFTER = 5, 30
MIN_REFERENCE_LENGTH = 4  # less is found in the text of many lines by chance


class CustomerPortalPaymentReport(models.Model):
    _inherit = "customer.portal.payment.report"

    journal_id = fields.Many2one(
        "account.journal",
        "Bank",
        domain="[('type', 'in', ('bank', 'cash')), ('company_id', '=', company_id)]",
        check_company=True,
        help="Where the money arrived.",
    )
    chosen_line_id = fields.Many2one(
        "account.bank.statement.line", readonly=True, ondelete="set null", check_company=True
    )
    statement_line_id = fields.Many2one(
        "account.bank.statement.line",
        "Bank line",
        compute="_compute_bank_lines",
        help="The line of the bank statement that is matched with this payment.",
    )
    candidate_line_ids = fields.Many2many(
        "account.bank.statement.line",
        string="Bank lines with this amount",
        compute="_compute_bank_lines",
        help="Lines of the bank statement that are not matched yet and may be this payment.",
    )

    @api.depends(
        "amount", "currency_id", "customer_id", "date", "reference", "journal_id", "state",
        "chosen_line_id",
    )  # fmt: skip
    def _compute_bank_lines(self):
        for report in self:
            lines = report.candidate_line_ids.browse()
            if report.state == "declared":
                lines = report._find_bank_lines()
            report.candidate_line_ids = lines
            if report.chosen_line_id:
                report.statement_line_id = report.chosen_line_id & lines
            else:
                report.statement_line_id = report._pick_bank_line(lines)

    def _find_bank_lines(self):
        """Return the lines of the bank statement that may be this payment: with its amount in its
        currency, not matched yet, of its customer or of nobody known, of about the same day.

        :rtype: account.bank.statement.line
        """
        self.ensure_one()
        # What the bank took or gave in another currency than the account's stands beside.
        amount = Domain("foreign_currency_id", "=", self.currency_id.id) & Domain(
            "amount_currency", "=", self.amount
        ) | (
            Domain("foreign_currency_id", "=", False)
            & Domain("currency_id", "=", self.currency_id.id)
            & Domain("amount", "=", self.amount)
        )
        payer = Domain("partner_id", "=", False) | Domain(
            "partner_id.commercial_partner_id", "=", self.customer_id.id
        )
        bank = Domain("journal_id", "=", self.journal_id.id) if self.journal_id else Domain.TRUE
        # Sudo: shown to staff who confirm payments, whatever else of the bank they may see.
        return (
            self.env["account.bank.statement.line"]
            .sudo()
            .search(
                amount
                & payer
                & bank
                & Domain("company_id", "=", self.company_id.id)
                & Domain("is_reconciled", "=", False)
                & Domain("date", ">=", fields.Date.subtract(self.date, days=DAYS_BEFORE))
                & Domain("date", "<=", fields.Date.add(self.date, days=DAYS_AFTER)),
                order="date, id",
            )
        )

    def _pick_bank_line(self, lines):
        """Return the one of these lines that this payment surely is: the only one with its
        reference, or the only one that is known to be the customer's. Else people choose.

        :param account.bank.statement.line lines: see ``_find_bank_lines``
        :return: empty if it is not sure
        :rtype: account.bank.statement.line
        """
        self.ensure_one()
        reference = self._normalise_reference(self.reference)
        sure = lines.filtered(
            lambda line: (
                len(reference) >= MIN_REFERENCE_LENGTH
                and reference in self._normalise_reference(line.payment_ref)
            )
        ) or lines.filtered("partner_id")
        return sure if len(sure) == 1 else lines.browse()

    def _choose_bank_line(self, line):
        """Let staff say which line of the bank statement this payment is.

        :param account.bank.statement.line line: one of those that are shown
        :raise UserError: if it is none of them (any more)
        """
        self.ensure_one()
        if line not in self.candidate_line_ids:
            raise UserError(self.env._("This bank line can't be chosen any more."))
        self.chosen_line_id = line
        self.action_take_up()

    def action_confirm(self):
        """Register the payment as it was reported, and match the bank line if there is one."""
        for report in self:
            report.lock_for_update()
            if report.state != "declared":
                raise UserError(self.env._("%s is not waiting any more.", report.name))
            report.invalidate_recordset(["candidate_line_ids", "statement_line_id"])
            # Sudo: who confirms payments matches the line of this one, writing no other.
            line = report.statement_line_id.sudo()
            if report.chosen_line_id and not line:
                raise UserError(
                    self.env._("The line was matched meanwhile. Please choose the bank line again.")
                )
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
            report._tell_customer(
                "customer_portal_plus.mail_template_payment_confirmed",
                [payment._portal_receipt_file(report.contact_id)],
            )

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
