"""Rounds in which customers are asked to confirm what they owe, as auditors want it."""

import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools.actions import file_action, list_action
from ...tools.transactions import lock_rows_or_retry

# What was asked about is not altered once it was asked.
FIXED = frozenset(["date", "company_id", "customer_ids", "with_settled", "auditor"])


class CustomerPortalBalanceInquiry(models.Model):
    """One round: some customers are asked whether they owe on a day what the ledger says.

    As long as it is a draft, customers are chosen; sending it freezes what each is asked about,
    see ``customer.portal.balance.confirmation``.
    """

    _name = "customer.portal.balance.inquiry"
    _inherit = ["mail.thread"]
    _description = "Round of Balance Confirmations"
    _order = "date desc, id desc"

    name = fields.Char("Title", required=True, default=lambda self: self._default_name())
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    date = fields.Date(
        "Balances as of", required=True, default=lambda self: self._default_date(), tracking=True
    )
    auditor = fields.Char(
        help="If the answers are for an auditor: its name. The mail says so, and so does the PDF."
    )
    words = fields.Text("Text", help="What the mail says besides.")
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        default=lambda self: self.env.user,
        help="Is told what customers answer.",
    )
    customer_ids = fields.Many2many(
        "res.partner",
        "customer_portal_balance_inquiry_customer_rel",
        "inquiry_id",
        "partner_id",
        "Customers",
    )
    with_settled = fields.Boolean(
        "Also those with nothing open", help="They are asked to confirm that they owe nothing."
    )
    state = fields.Selection(
        [("draft", "Draft"), ("sent", "Sent")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    sent_on = fields.Date(readonly=True, copy=False)
    confirmation_ids = fields.One2many(
        "customer.portal.balance.confirmation", "inquiry_id", "Answers", readonly=True
    )
    asked_count = fields.Integer("Customers asked", compute="_compute_counts")
    agreed_count = fields.Integer("Agree", compute="_compute_counts")
    differs_count = fields.Integer("Differ", compute="_compute_counts")
    silent_count = fields.Integer("No answer yet", compute="_compute_counts")
    file = fields.Binary("List for the auditor", attachment=True, readonly=True, copy=False)

    # === COMPUTE METHODS === #

    @api.model
    def _default_name(self):
        return self.env._("Balances at %s", format_date(self.env, self._default_date()))

    @api.model
    def _default_date(self):
        """Return the end of the last year, as of which most balances are confirmed."""
        today = fields.Date.context_today(self)
        return today.replace(year=today.year - 1, month=12, day=31)

    @api.depends("confirmation_ids.state")
    def _compute_counts(self):
        groups = self.env["customer.portal.balance.confirmation"]._read_group(
            [("inquiry_id", "in", self.ids), ("state", "!=", "cancel")],
            ["inquiry_id", "state"],
            ["__count"],
        )
        counts = {(inquiry.id, state): count for inquiry, state, count in groups}
        for inquiry in self:
            inquiry.agreed_count = counts.get((inquiry._origin.id, "agreed"), 0)
            inquiry.differs_count = counts.get((inquiry._origin.id, "differs"), 0)
            inquiry.silent_count = counts.get((inquiry._origin.id, "sent"), 0)
            inquiry.asked_count = (
                inquiry.agreed_count + inquiry.differs_count + inquiry.silent_count
            )

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `base`: what customers were asked about stays what it was."""
        if FIXED & vals.keys() and any(inquiry.state != "draft" for inquiry in self):
            raise UserError(
                self.env._("Customers have been asked already. Please make another round.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if any(inquiry.state != "draft" for inquiry in self):
            raise UserError(self.env._("What customers were asked is kept."))

    # === ACTIONS OF STAFF === #

    def action_add_open(self):
        """Add all customers that had something open at the end of the day."""
        for inquiry in self.filtered(lambda one: one.state == "draft"):
            day = inquiry.date
            open_then = (
                Domain("reconciled", "=", False)
                | Domain("matched_debit_ids.max_date", ">", day)
                | Domain("matched_credit_ids.max_date", ">", day)
            )
            groups = self.env["account.move.line"]._read_group(
                Domain("account_type", "=", "asset_receivable")
                & Domain("parent_state", "=", "posted")
                & Domain("company_id", "=", inquiry.company_id.id)
                & Domain("partner_id", "!=", False)
                & Domain("date", "<=", day)
                & open_then,
                ["partner_id"],
            )
            partners = self.env["res.partner"].union(*(partner for (partner,) in groups))
            inquiry.customer_ids |= partners.commercial_partner_id

    def action_send(self):
        """Freeze what each customer is asked about, and let the mails leave.

        :raise UserError: if the round was sent, or there is nothing to ask
        """
        self.ensure_one()
        self.check_access("write")
        self.env["account.move.line"].check_access("read")
        _ = self.env._
        lock_rows_or_retry(self)  # Of two who click at once, the second is told.
        if self.state != "draft":
            raise UserError(_("Customers have been asked already. Please make another round."))
        company_sudo = self.company_id.sudo()  # Its switches are no secret of settings.
        if not (company_sudo.portal_enabled and company_sudo.portal_allow_confirmations):
            raise UserError(_("Please switch on balance confirmations in the settings first."))
        if self.date > fields.Date.context_today(self):
            raise UserError(_("That day is not over. Please choose one that is past."))
        # Sudo: what was asked is nobody's to write but by asking.
        made_sudo = self.env["customer.portal.balance.confirmation"].sudo()._freeze(self)
        if not made_sudo:
            raise UserError(_("None of these customers had anything open on that day."))
        self.write({"state": "sent", "sent_on": fields.Date.context_today(self)})
        self.env.ref("customer_portal_plus.ir_cron_balance_confirmations").sudo()._trigger()

    def action_answers(self):
        """Open the list of what customers answered, by state.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        return list_action(
            self.env,
            "customer_portal_plus.customer_portal_balance_confirmation_action",
            [("inquiry_id", "=", self.id)],
        )

    def action_withdraw(self):
        """Ask those no more who have not answered: their links are closed."""
        for inquiry in self:
            inquiry.confirmation_ids.filtered(lambda one: one.state == "sent").action_withdraw()

    def action_download(self):
        """Draw the list of all who were asked, with their answers.

        :return: the action that downloads it
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("write")
        self.file = base64.b64encode(self._draw())
        return file_action(self, self._file_name())
