"""What the law expects on each invoice: until when, and what became of it."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.working_days import end_of_day, local_day
from .customer_portal_einvoice_clock import KINDS

BATCH = 200  # invoices that are looked at in one transaction
STATES = [
    ("waiting", "To answer"),
    ("accepted", "Accepted"),
    ("tacit", "Tacitly accepted"),
    ("rejected", "Rejected"),
    ("paid", "Said to be paid"),
    ("requested", "Complement asked for"),
    ("sent", "Complement sent"),
    ("overdue", "Overdue"),
    ("void", "Not expected any more"),
]
PAID_STATES = ("paid", "in_payment")


class CustomerPortalEinvoiceDuty(models.Model):
    """A clock at work on one invoice, or for the payment complement on one payment of it.

    The board of staff, and what pages show. The answer itself is written once, in
    ``customer.portal.einvoice.answer``; here it is joined with the clock. As long as there is
    none, a clock that is corrected moves the last day.
    """

    _name = "customer.portal.einvoice.duty"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Expected on an Electronic Invoice"
    _order = "deadline, id desc"
    _rec_name = "invoice_id"

    clock_id = fields.Many2one(
        "customer.portal.einvoice.clock",
        "Expected by law",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    kind = fields.Selection(KINDS, related="clock_id.kind", store=True, string="What is expected")
    country_id = fields.Many2one(related="clock_id.country_id", store=True)
    invoice_id = fields.Many2one(
        "account.move", "Invoice", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partial_id = fields.Many2one(
        "account.partial.reconcile",
        "Payment on it",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Of a payment complement. A payment that is taken back takes it along.",
    )
    company_id = fields.Many2one(related="invoice_id.company_id", store=True, index=True)
    customer_id = fields.Many2one(
        related="invoice_id.commercial_partner_id", store=True, index=True, string="Customer"
    )
    vat = fields.Char("Tax ID", related="customer_id.vat")
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    amount = fields.Monetary("Amount", compute="_compute_amount", store=True)
    invoice_date = fields.Date(related="invoice_id.invoice_date", store=True)
    payment_state = fields.Selection(related="invoice_id.payment_state", string="In the books")
    begins_on = fields.Date("Counted from", compute="_compute_deadline", store=True)
    deadline_day = fields.Date(
        "Until", compute="_compute_deadline", store=True, help="The last day on which it can be."
    )
    deadline = fields.Datetime(
        "Over at",
        compute="_compute_deadline",
        store=True,
        index=True,
        help="The end of the last day, by the clocks of the country.",
    )
    answer_id = fields.Many2one(
        "customer.portal.einvoice.answer", "Answer", readonly=True, ondelete="restrict"
    )
    answered_at = fields.Datetime(related="answer_id.answered_at")
    reason = fields.Text(related="answer_id.reason")
    paid_on = fields.Date(related="answer_id.paid_on")
    sent_on = fields.Date("Complement sent on", readonly=True)
    is_late = fields.Boolean("Answered late", compute="_compute_state", store=True)
    state = fields.Selection(
        STATES, compute="_compute_state", store=True, index=True, group_expand="_expand_states"
    )
    to_report = fields.Boolean(
        compute="_compute_to_report",
        store=True,
        help="What the tax agency is to be told of the customer's answer, by the last day.",
    )
    reported_on = fields.Date(readonly=True)

    _once = models.UniqueIndex("(invoice_id, clock_id, COALESCE(partial_id, 0))")

    # === COMPUTE METHODS === #

    @api.depends("invoice_id.amount_total", "partial_id")
    def _compute_amount(self):
        for duty in self:
            paid = duty.partial_id.debit_amount_currency
            duty.amount = paid if duty.partial_id else duty.invoice_id.amount_total

    @api.depends(
        "clock_id.days",
        "clock_id.unit",
        "clock_id.tz",
        "clock_id.country_id",
        "invoice_id.is_move_sent",
        "invoice_id.payment_state",
        "partial_id",
    )
    def _compute_deadline(self):
        # What is answered keeps the last day that was told.
        for duty in self.filtered(lambda duty: duty.answer_id or duty.sent_on):
            duty.begins_on, duty.deadline_day, duty.deadline = (
                duty.begins_on, duty.deadline_day, duty.deadline,
            )  # fmt: skip
        waiting = self.filtered(lambda duty: not duty.answer_id and not duty.sent_on)
        received = waiting.filtered(lambda duty: duty.kind == "answer").invoice_id
        received = received._portal_einvoice_received_at()
        for duty in waiting:
            tz = duty.clock_id.tz
            if duty.kind == "answer":
                moment = received.get(duty.invoice_id.id)
                # As long as nothing better is known of it, the day stays that was found first.
                begins_on = moment and local_day(moment, tz)
                if duty.invoice_id.is_move_sent and not begins_on:
                    begins_on = duty.begins_on or local_day(fields.Datetime.now(), tz)
            elif duty.kind == "paid":
                begins_on = duty.invoice_id._portal_einvoice_paid_on()
            else:
                begins_on = duty.partial_id.max_date
            duty.begins_on = begins_on or False
            duty.deadline_day = duty.clock_id._last_day(begins_on) if begins_on else False
            duty.deadline = end_of_day(duty.deadline_day, tz) if begins_on else False

    @api.depends(
        "answer_id",
        "deadline",
        "sent_on",
        "invoice_id.state",
        "clock_id.active",
        "clock_id.silence",
    )
    def _compute_state(self):
        now = fields.Datetime.now()
        for duty in self:
            duty.state = duty._state_at(now)
            answered_at = duty.answer_id.answered_at
            duty.is_late = bool(answered_at and duty.deadline and answered_at >= duty.deadline)

    @api.depends("state", "reported_on", "clock_id.is_reported")
    def _compute_to_report(self):
        for duty in self:
            told = duty.state in ("rejected", "paid") and duty.clock_id.is_reported
            duty.to_report = told and not duty.reported_on

    @api.model
    def _expand_states(self, states, domain):
        """Return the states that there are in the order in which an invoice passes them."""
        return [state for state, _label in STATES if state in states]

    def _state_at(self, now):
        """Return in which state this is at a moment.

        :param datetime now: in universal time
        :return: a value of ``STATES``
        :rtype: str
        """
        self.ensure_one()
        if self.sent_on:
            return "sent"
        if self.answer_id:
            return self.answer_id.act
        if self.invoice_id.state != "posted" or not self.clock_id.active:
            return "void"
        if not self.deadline or now < self.deadline:
            return "waiting"
        is_tacit = self.kind == "answer" and self.clock_id.silence == "accepted"
        return "tacit" if is_tacit else "overdue"

    # === FOLLOWING === #

    @api.model
    def _trigger_follow(self):
        """Have the scheduled action look at new invoices and payments at once. It alone makes
        these records: nobody who posts an invoice or a payment waits for it, or fails by it."""
        # Sudo: whoever posts may cause it.
        self.env.ref("customer_portal_plus_einvoice.ir_cron_follow_einvoices").sudo()._trigger()

    @api.model
    def _cron_follow(self):
        """Find out what the law expects on invoices that are new, and what time has decided."""
        self._follow_all(self.env["ir.cron"]._commit_progress)

    @api.model
    def _follow_all(self, progress=None):
        """Make the records that are missing, and look at those whose time is over.

        :param callable progress: told of each batch
        """
        companies = self.env["res.company"].search([("portal_answer_einvoices", "=", True)])
        clocks = self.env["customer.portal.einvoice.clock"].search(
            [("country_id", "in", companies.account_fiscal_country_id.ids)]
        )
        for company in companies:
            for clock in clocks.filtered(
                lambda one, country=company.account_fiscal_country_id: one.country_id == country
            ):
                while made := self._make_missing(company, clock):
                    if progress:
                        progress(made)
        over = self.search([("state", "=", "waiting"), ("deadline", "<=", fields.Datetime.now())])
        self.env.add_to_compute(self._fields["state"], over)
        over.flush_recordset()

    @api.model
    def _make_missing(self, company, clock):
        """Make the records of a clock that are missing, one batch of them.

        :param res.company company: whose invoices
        :param customer.portal.einvoice.clock clock: of its country
        :return: how many were made
        :rtype: int
        """
        moves = clock._move_domain(company)
        ours = self._search([("clock_id", "=", clock.id)])
        if clock.kind != "complement":
            missing = moves & Domain("id", "not in", ours.subselect(self._column("invoice_id")))
            found = self.env["account.move"].search(missing, order="id", limit=BATCH)
            values = [{"invoice_id": move.id} for move in found]
        else:
            # Payments, not what was set off against a credit note.
            missing = (
                Domain("debit_move_id.move_id", "any", moves)
                & Domain("credit_move_id.move_id.move_type", "=", "entry")
                & Domain("id", "not in", ours.subselect(self._column("partial_id")))
            )
            partials = self.env["account.partial.reconcile"]
            found = partials.search(missing, order="id", limit=BATCH)
            values = [
                {"invoice_id": partial.debit_move_id.move_id.id, "partial_id": partial.id}
                for partial in found
            ]
        self.create([{**one, "clock_id": clock.id} for one in values])
        return len(values)

    @api.model
    def _column(self, name):
        return SQL.identifier(self._table, name)

    # === ACTIONS OF STAFF === #

    def action_reported(self):
        """Note that the tax agency was told of these answers today."""
        self.filtered("to_report").reported_on = fields.Date.context_today(self)

    def action_sent(self):
        """Note that these payment complements were sent today."""
        complements = self.filtered(lambda duty: duty.kind == "complement" and not duty.sent_on)
        complements.sent_on = fields.Date.context_today(self)
        complements.activity_unlink(["mail.mail_activity_data_todo"])

    def action_open_invoice(self):
        """Open the invoice that this is about.

        :rtype: dict
        """
        self.ensure_one()
        return self.invoice_id.get_formview_action()
