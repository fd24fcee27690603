"""Announced changes of the bank account that customers pay to."""

from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import format_date

from ...tools.transactions import lock_rows_or_retry
from ..lists.account_move_list import UNPAID_STATES
from ..messages.customer_portal_question import text_lines

# How long the home page tells of it, after the first day of the new account.
SHOWN_DAYS = 60
STATES = [("draft", "Draft"), ("announced", "Announced"), ("withdrawn", "Withdrawn")]
FIXED = frozenset(["company_id", "old_account_id", "new_account_id", "begins_on", "words"])


class CustomerPortalAccountChange(models.Model):
    """A company tells its customers that they are to pay to another account from a day on.

    Who forges invoices says the same; so it is told in the portal, too, and each mail has a code of
    its own by which its reader finds out whether it is from the company: see
    ``res.company._portal_verify_code``. Who typed it does not announce it: an accounting manager
    does.
    """

    _name = "customer.portal.account.change"
    _inherit = ["mail.thread"]
    _description = "Announced Change of Bank Account"
    _order = "begins_on desc, id desc"
    _rec_name = "new_account_id"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    company_partner_id = fields.Many2one(related="company_id.partner_id")
    old_account_id = fields.Many2one(
        "res.partner.bank", "Account until now", required=True, ondelete="restrict", tracking=True
    )
    new_account_id = fields.Many2one(
        "res.partner.bank", "New account", required=True, ondelete="restrict", tracking=True
    )
    begins_on = fields.Date("Pay to it from", required=True, tracking=True)
    words = fields.Text("Text", help="What customers read of it besides the accounts.")
    state = fields.Selection(
        STATES, required=True, readonly=True, default="draft", copy=False, tracking=True
    )
    announced_on = fields.Date(readonly=True, copy=False)
    announced_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    # What was announced, as it was: an account may be written anew.
    number = fields.Char("Account as announced", readonly=True, copy=False)
    ending = fields.Char("Last characters", readonly=True, copy=False)
    holder = fields.Char("Holder as announced", readonly=True, copy=False)
    announcement_id = fields.Many2one(
        "customer.portal.announcement",
        "On the home page",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    mail_ids = fields.One2many("customer.portal.account.change.mail", "change_id", readonly=True)
    holder_problem = fields.Char(compute="_compute_holder_problem")
    open_count = fields.Integer(
        "Open invoices with the old account", compute="_compute_open_count", compute_sudo=True
    )

    # === COMPUTE METHODS === #

    @api.depends("new_account_id", "company_id")
    def _compute_holder_problem(self):
        for change in self:
            account, company = change.new_account_id, change.company_id.partner_id
            change.holder_problem = (
                self.env._(
                    "The holder of the new account is “%(holder)s”, not “%(company)s”. Banks"
                    " compare the name: write it as your bank does.",
                    holder=account._portal_holder(),
                    company=company.name,
                )
                if account and account._portal_has_other_holder(company)
                else ""
            )

    @api.depends("old_account_id", "state")
    def _compute_open_count(self):
        for change in self:
            domain = change._open_domain()
            change.open_count = self.env["account.move"].search_count(domain)

    @api.constrains("company_id", "old_account_id", "new_account_id")
    def _check_accounts(self):
        for change in self:
            accounts = change.old_account_id | change.new_account_id
            if len(accounts) < 2:
                raise ValidationError(self.env._("The new account is the old one."))
            if accounts.partner_id != change.company_id.partner_id:
                raise ValidationError(self.env._("Both must be accounts of your company."))

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `base`: what was announced stays what it was."""
        if FIXED & vals.keys() and any(change.state != "draft" for change in self):
            raise UserError(
                self.env._("It has been announced already. Withdraw it and announce another one.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_announced(self):
        if any(change.state != "draft" for change in self):
            raise UserError(self.env._("What was announced is kept."))

    # === ACTIONS OF STAFF === #

    def action_announce(self):
        """Tell customers of the change: on their home pages now, and by mails that are queued.

        :raise AccessError: if the current user is no accounting manager
        :raise UserError: if it can't be announced
        """
        self.ensure_one()
        self.check_access("write")
        _ = self.env._
        if not self.env.user.has_group("account.group_account_manager"):
            raise AccessError(_("An accounting manager has to announce this."))
        lock_rows_or_retry(self)  # Of two who click at once, the second is told.
        if self.state != "draft":
            raise UserError(_("It has been announced already."))
        company_sudo = self.company_id.sudo()  # Its switches are no secret of settings.
        if not (company_sudo.portal_enabled and company_sudo.portal_allow_verification):
            raise UserError(
                _(
                    "Customers could not check it. Please switch on “Bank account can be checked”"
                    " in the settings first."
                )
            )
        if self.begins_on < fields.Date.context_today(self):
            raise UserError(_("The first day of the new account is past."))
        account = self.new_account_id
        self.write(
            {
                "state": "announced",
                "announced_on": fields.Date.context_today(self),
                "announced_by_id": self.env.user.id,
                "number": account.acc_number,
                "ending": account._portal_ending(),
                "holder": account._portal_holder(),
            }
        )
        self._queue_mails()
        # Sudo: an announcement is made by who may write them; this one by who may announce it.
        self.announcement_id = self.sudo()._make_announcement()

    def action_withdraw(self):
        """Take the announcement back: home pages tell of it no more, what was not mailed is not,
        and its codes are unknown.

        :raise AccessError: if the current user is no accounting manager
        """
        self.check_access("write")
        if not self.env.user.has_group("account.group_account_manager"):
            raise AccessError(self.env._("An accounting manager has to withdraw this."))
        for change in self.filtered(lambda one: one.state == "announced"):
            change.state = "withdrawn"
            change.sudo().announcement_id.active = False  # See action_announce.

    def action_move_invoices(self):
        """Have the open invoices that name the old account name the new one, each with a note.

        :return: the action that says how many
        :rtype: dict
        :raise UserError: before the day, or if it is not announced
        """
        self.ensure_one()
        self.check_access("write")
        _ = self.env._
        if self.state != "announced" or self.begins_on > fields.Date.context_today(self):
            raise UserError(_("Invoices name the new account once it is announced and valid."))
        if self.new_account_id.acc_number != self.number:
            raise UserError(_("The new account has been altered since it was announced."))
        invoices = self.env["account.move"].search(self._open_domain())
        invoices.check_access("write")
        lock_rows_or_retry(invoices)
        invoices.partner_bank_id = self.new_account_id
        for invoice in invoices:
            invoice.message_post(
                body=_(
                    "To be paid to the account %(new)s, no more to %(old)s: announced on %(day)s.",
                    new=self.new_account_id.acc_number,
                    old=self.old_account_id.acc_number,
                    day=format_date(self.env, self.announced_on),
                ),
                message_type="notification",
                subtype_xmlid="mail.mt_note",
            )
        return self.env["customer.portal.access.mixin"]._portal_notify(
            _("Invoices with the new account: %s", len(invoices))
        )

    def _open_domain(self):
        """Return the domain of the open invoices that name the old account.

        :rtype: Domain
        """
        self.ensure_one()
        return self._unpaid_domain() & Domain("partner_bank_id", "=", self.old_account_id.id)

    def _unpaid_domain(self):
        return (
            Domain("move_type", "=", "out_invoice")
            & Domain("state", "=", "posted")
            & Domain("company_id", "=", self.company_id.id)
            & Domain("payment_state", "in", UNPAID_STATES)
        )

    # === WHO IS TOLD === #

    def _queue_mails(self):
        """Note who is to be written to: each customer with something open, once."""
        self.ensure_one()
        Move, nobody = self.env["account.move"], self.env["res.partner"]
        # Sudo: whose invoices are open, whoever announces; nobody is told of what it does not see.
        groups = Move.sudo()._read_group(
            self._unpaid_domain()
            & Domain.AND(domain for _gate, domain in Move._portal_gates(nobody)),
            ["commercial_partner_id"],
        )
        # Sudo: the queue is nobody's to write but by announcing.
        self.sudo().mail_ids = [
            Command.create({"customer_id": customer.id, "customer_ref": customer.id})
            for (customer,) in groups
        ]
        self.env.ref("customer_portal_plus.ir_cron_account_changes").sudo()._trigger()

    def _make_announcement(self):
        """Return what the home page of all customers tells of it, in each language.

        :rtype: customer.portal.announcement
        """
        self.ensure_one()
        announcement = self.env["customer.portal.announcement"].create(
            {
                "company_id": self.company_id.id,
                "name": "-",
                "is_important": True,
                "begins_on": self.announced_on,
                "ends_on": self.begins_on + timedelta(days=SHOWN_DAYS),
            }
        )
        for lang, _name in self.env["res.lang"].get_installed():
            change = self.with_context(lang=lang)
            announcement.with_context(lang=lang).write(
                {"name": change._portal_title(), "body": change._portal_body()}
            )
        return announcement

    def _portal_title(self):
        """Return what the change is called for customers.

        :rtype: str
        """
        return self.env._("Our bank account changes")

    def _portal_body(self):
        """Return what the home page tells of the change.

        :rtype: Markup
        """
        self.ensure_one()
        _ = self.env._
        told = _(
            "From %(day)s on, please pay to our account %(account)s, holder %(holder)s, in place of"
            " the one that ends in %(old)s. Invoices that name the old account can be paid to it"
            " until then.",
            day=format_date(self.env, self.begins_on),
            account=self.number,
            holder=self.holder,
            old=self._old_ending(),
        )
        warning = _(
            "We announce this here, and by a mail with a code that you can check. If you are told"
            " of yet another account, call us before you pay."
        )
        words = Markup("<p>%s</p>") % text_lines(self.words) if self.words else Markup()
        link = Markup('<p><a href="%s">%s</a></p>') % (
            f"/p/{self.company_id.portal_alias}/verify#code",
            _("Check a code"),
        )
        return Markup("<p>%s</p>%s<p>%s</p>%s") % (told, words, warning, link)

    def _old_ending(self):
        """Return the last characters of the account until now.

        :rtype: str
        """
        return self.old_account_id._portal_ending()
