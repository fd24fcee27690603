"""One try to charge one due amount, and what became of it."""

import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.fields import Command, Domain
from odoo.tools import format_date

from ...tools.transactions import run_in_own_commit
from .customer_portal_debit import MAX_FAILURES

_logger = logging.getLogger(__name__)
RETRY_DAYS = 3
UNANSWERED_MINUTES = 15  # a provider that has not answered by then has not been heard
PENDING_DAYS = 15  # no bank takes longer; then somebody has to look
SHOWN_DAYS = 3  # on the home page


class CustomerPortalDebitAttempt(models.Model):
    """One charge of one due amount: announced, sent to the provider, and what became of it.

    The row is committed as ``sent``, with its payment transaction, before the provider is asked.
    Whatever happens then, it is never sent a second time: without an answer it becomes
    ``unknown``, and waits for the provider's own notice or for staff.
    """

    _name = "customer.portal.debit.attempt"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _mail_post_access = "read"  # nobody writes these by hand, and all who see one see its activity
    _description = "Charge by Automatic Debit"
    _order = "id desc"

    debit_id = fields.Many2one(
        "customer.portal.debit",
        "Automatic debit",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="debit_id.company_id", store=True, index=True)
    customer_id = fields.Many2one(related="debit_id.customer_id", string="Customer")
    invoice_id = fields.Many2one(
        "account.move", "Invoice", required=True, readonly=True, index=True, ondelete="restrict"
    )
    line_id = fields.Many2one(
        "account.move.line",
        "Due amount",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    due_date = fields.Date(required=True, readonly=True)
    agreed_on = fields.Date(
        "Agreed date",
        readonly=True,
        help="Of an instalment that was agreed with the customer: one due amount has several.",
    )
    number = fields.Integer("Attempt", required=True, readonly=True, aggregator=None)
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    amount = fields.Monetary(required=True, readonly=True)
    charge_on = fields.Date("To be charged on", required=True, readonly=True, index=True)
    sent_on = fields.Datetime("Sent to the provider on", readonly=True)
    transaction_id = fields.Many2one(
        "payment.transaction", "Payment", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    state = fields.Selection(
        [
            ("announced", "Announced"),
            ("sent", "Sent to the provider"),
            ("pending", "Being processed"),
            ("unknown", "Outcome unknown"),
            ("done", "Charged"),
            ("failed", "Not charged"),
            ("dropped", "Not sent"),
        ],
        required=True,
        readonly=True,
        default="announced",
        index=True,
        tracking=True,
    )
    reason = fields.Char("Why", readonly=True)

    # What no process can go round: one row for each try, one open or successful try at a time.
    _number_unique = models.UniqueIndex(
        "(line_id, COALESCE(agreed_on, '-infinity'), number) WHERE line_id IS NOT NULL"
    )
    _open_unique = models.UniqueIndex(
        "(line_id, COALESCE(agreed_on, '-infinity')) WHERE line_id IS NOT NULL"
        " AND state IN ('announced', 'sent', 'pending', 'unknown', 'done')"
    )

    # === COMPUTE METHODS === #

    @api.depends("invoice_id.name", "number")
    def _compute_display_name(self):
        for attempt in self:
            attempt.display_name = f"{attempt.invoice_id.name} ({attempt.number})"

    # === PAGES === #

    @api.model
    def _portal_announcements(self, invoices):
        """Return what will be charged next, in words: a sentence for each of the next days.

        :param Domain invoices: of which invoices
        :rtype: list[str]
        """
        attempts = self.search(
            Domain("state", "=", "announced") & Domain("invoice_id", "any", invoices),
            order="charge_on, id",
        )
        sentences = []
        for charge_on, group in list(attempts.grouped("charge_on").items())[:SHOWN_DAYS]:
            amounts = " + ".join(
                currency.format(sum(of_currency.mapped("amount")))
                for currency, of_currency in group.grouped("currency_id").items()
            )
            date = format_date(self.env, charge_on)
            sentences.append(
                self.env._(
                    "%(amount)s will be charged automatically on %(date)s",
                    amount=amounts,
                    date=date,
                )
            )
        return sentences

    def _portal_words(self):
        """Return what the customer is told of a charge that is announced or being made.

        :return: ``label``, a few words, and ``text``, a sentence
        :rtype: dict[str, str]
        """
        self.ensure_one()
        amount, date = self.currency_id.format(self.amount), format_date(self.env, self.charge_on)
        if self.state != "announced":
            return {
                "label": self.env._("Being charged"),
                "text": self.env._("%s is being charged automatically.", amount),
            }
        return {
            "label": self.env._("Charged on %s", date),
            "text": self.env._(
                "%(amount)s will be charged automatically on %(date)s. There is nothing to do.",
                amount=amount,
                date=date,
            ),
        }

    # === CHARGING === #

    def _charge(self):
        """Charge one announced amount, in transactions of its own.

        The first one locks the invoice, looks whether it is still to be charged, and leaves the
        row and its payment behind, committed. The second one asks the provider. If it fails in
        whatever way, it is not known what the provider did.
        """
        self.ensure_one()
        if not run_in_own_commit(self, self._claim):
            return  # Only who made it ours asks, never who finds it sent.
        try:
            if not self.try_lock_for_update():
                return
            self.invalidate_recordset()
            if self.state != "sent":
                return
            tx = self.transaction_id.with_context(portal_debit=True)
            tx._charge_with_token()
            # Answered, in one with the answer; what it was, is looked at next.
            self.state = "pending"
            self.env.flush_all()
            self.env.cr.commit()  # pylint: disable=invalid-commit
        except Exception:
            self.env.cr.rollback()
            _logger.exception("Automatic debit: no answer for %s", self.transaction_id.reference)
            run_in_own_commit(self, self._set_unknown)
            return
        # What fails of the booking is done by the next run: the answer is known by now.
        run_in_own_commit(self, self._book)

    def _claim(self):
        """Make this charge ours, with the payment that the provider will be asked for; or drop
        it, if the amount is not to be charged any more.

        :return: whether it is ours, and the provider to be asked
        :rtype: bool
        """
        self.ensure_one()
        if not self.try_lock_for_update():
            return False
        self.invalidate_recordset()
        if self.state != "announced":
            return False
        debit, line, invoice = self.debit_id, self.line_id, self.invoice_id
        try:
            invoice.lock_for_update(allow_referencing=True)
        except LockError:
            return False  # Somebody works on it, or pays it; the next run looks again.
        invoice.invalidate_recordset(["amount_residual", "payment_state", "state"])
        line.invalidate_recordset(["amount_residual_currency", "reconciled"])
        obstacle = debit._find_problem() or (
            debit._line_obstacle(line, self.agreed_on)
            if line
            else self.env._("The invoice has changed.")
        )
        if obstacle:
            self._drop(obstacle)
            return False
        # Never more than was announced; less, if a part was paid meanwhile.
        left = debit._find_claim(line, self.agreed_on)["amount"]
        amount = self.currency_id.round(min(self.amount, left))
        token = debit.token_id
        tx = self.env["payment.transaction"].create(
            {
                "provider_id": token.provider_id.id,
                "payment_method_id": token.payment_method_id.id,
                "token_id": token.id,
                "amount": amount,
                "currency_id": self.currency_id.id,
                "partner_id": token.partner_id.id,
                "operation": "offline",
                "invoice_ids": [Command.set(invoice.ids)],
                "portal_allocation_ids": [
                    Command.create(
                        {"invoice_id": invoice.id, "due_line_id": line.id, "amount": amount}
                    )
                ],
            }
        )
        # From now on nobody pays the invoice otherwise, until the outcome is known.
        tx._set_pending()
        self.write(
            {
                "state": "sent",
                "sent_on": fields.Datetime.now(),
                "amount": amount,
                "transaction_id": tx.id,
            }
        )
        return True

    def _drop(self, reason):
        """Take back charges that were announced and are not to be made.

        :param str reason: in words
        """
        self.write({"state": "dropped", "reason": reason})

    # === WHAT BECAME OF IT === #

    @api.model
    def _follow_up(self):
        """Take over what providers have told meanwhile, and find the charges without answer."""
        waiting = self.search([("state", "in", ("sent", "pending", "unknown"))])
        limit = fields.Datetime.subtract(fields.Datetime.now(), minutes=UNANSWERED_MINUTES)
        for attempt in waiting:
            run_in_own_commit(attempt, lambda one=attempt: one._follow_one(limit))

    def _follow_one(self, limit):
        # Whoever asks the provider at this moment has the row.
        if not self.try_lock_for_update():
            return
        self.invalidate_recordset()
        if self.state == "unknown":
            self.transaction_id._portal_ask_outcome()
        self._book()
        stale = fields.Datetime.subtract(fields.Datetime.now(), days=PENDING_DAYS)
        if self.sent_on < {"sent": limit, "pending": stale}.get(self.state, self.sent_on):
            self._set_unknown()

    def _book(self):
        """Register the payment of what was charged, and take over what the provider has said."""
        self.ensure_one()
        if self.transaction_id.is_post_processed:
            self._follow()
        else:
            self.transaction_id._post_process()  # follows, too

    def _follow(self):
        """Take over the state of the payments."""
        for attempt in self.filtered(lambda one: one.state in ("sent", "pending", "unknown")):
            tx = attempt.transaction_id
            if tx.state == "done":
                attempt.write({"state": "done", "reason": False})
                attempt._close_activity()
            elif tx.state in ("cancel", "error"):
                attempt._set_failed(tx.state_message)

    def _set_unknown(self):
        """Ask staff what became of a charge for which the provider has given no answer."""
        self.ensure_one()
        if self.state == "unknown":
            return
        self.state = "unknown"
        self._ask_staff(
            self.env._(
                "Was %(amount)s of %(invoice)s charged? The provider has not answered.",
                amount=self.currency_id.format(self.amount),
                invoice=self.invoice_id.name,
            )
        )

    def _set_failed(self, message):
        """Try again some days later, a bounded number of times; then tell both sides."""
        self.ensure_one()
        self.write({"state": "failed", "reason": message or self.env._("Refused by the provider.")})
        self._close_activity()
        failures = self.search_count(
            [
                ("line_id", "=", self.line_id.id),
                ("agreed_on", "=", self.agreed_on),
                ("state", "=", "failed"),
            ]
        )
        if self.line_id and failures < MAX_FAILURES and self.debit_id.state == "on":
            today = fields.Date.context_today(self)
            self.create(
                {
                    "debit_id": self.debit_id.id,
                    "invoice_id": self.invoice_id.id,
                    "line_id": self.line_id.id,
                    "due_date": self.due_date,
                    "agreed_on": self.agreed_on,
                    "number": self.number + 1,
                    "amount": self.amount,
                    "charge_on": fields.Date.add(today, days=RETRY_DAYS),
                }
            )
            return
        self._ask_staff(
            self.env._(
                "%(amount)s of %(invoice)s could not be charged to %(customer)s.",
                amount=self.currency_id.format(self.amount),
                invoice=self.invoice_id.name,
                customer=self.customer_id.name,
            )
        )
        if self.debit_id._recipient():
            self.debit_id._tell_customer(
                "customer_portal_plus.mail_template_debit_failed", about=self
            )

    def _ask_staff(self, summary):
        candidates = self.invoice_id.invoice_user_id | self.customer_id.user_id
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            user_id=self.company_id._portal_bookkeeper(candidates).id,
        )

    def _close_activity(self):
        self.activity_feedback(["mail.mail_activity_data_todo"])

    # === STAFF === #

    def action_was_charged(self):
        """Register the payment of a charge that the provider has made, as staff found out."""
        self._resolve(lambda tx: tx._set_done())

    def action_was_not_charged(self):
        """Let a charge be tried again that the provider has not made, as staff found out."""
        message = self.env._("Not charged, as %s found out.", self.env.user.name)
        self._resolve(lambda tx: tx._set_error(message))

    def _resolve(self, settle):
        """Write down what became of charges whose outcome was unknown.

        :param callable settle: gives the payment its state
        :raise AccessError: if the current user does not register payments
        :raise UserError: if the outcome is known by now
        """
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Only those who register payments may do this."))
        self.check_access("read")
        for attempt in self.sudo():  # Payments are not for everybody to write.
            attempt.lock_for_update()
            attempt.invalidate_recordset()
            if attempt.state != "unknown":
                raise UserError(
                    self.env._("What became of %s is known by now.", attempt.display_name)
                )
            settle(attempt.transaction_id)
            attempt.transaction_id._post_process()
            attempt._follow()
