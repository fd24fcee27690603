import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ...exceptions import PortalRefusal
from ...tools.transactions import lock_rows_or_retry, run_in_own_commit
from ..lists.account_move_list import UNPAID_STATES

MAX_FAILURES = 3  # so many refused charges of one due amount, then people take over
OPEN_STATES = ("announced", "sent", "pending", "unknown")


class CustomerPortalDebit(models.Model):
    """A customer's consent that its due invoices are charged to one saved payment method.

    It holds for this method alone, while that is the customer's main one, until somebody of the
    customer or of the staff ends it. What is charged is kept in ``customer.portal.debit.attempt``.
    """

    _name = "customer.portal.debit"
    _inherit = ["mail.thread"]
    _mail_post_access = "read"  # nobody writes these by hand
    _description = "Automatic Debit"
    _order = "id desc"
    _rec_name = "customer_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    customer_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    contact_id = fields.Many2one(
        "res.partner",
        "Agreed by",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Who switched automatic debit on, and gets the notices.",
    )
    token_id = fields.Many2one(
        "payment.token", "Payment method", readonly=True, index=True, ondelete="set null"
    )
    token_name = fields.Char("Payment method then", required=True, readonly=True)
    text = fields.Text("What was agreed", required=True, readonly=True)
    agreed_on = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    state = fields.Selection(
        [("on", "On"), ("ended", "Ended")],
        required=True,
        readonly=True,
        default="on",
        index=True,
        tracking=True,
    )
    ended_on = fields.Datetime(readonly=True)
    ended_by_id = fields.Many2one("res.partner", "Ended by", readonly=True, ondelete="set null")
    attempt_ids = fields.One2many("customer.portal.debit.attempt", "debit_id", "Charges")
    problem = fields.Char("Why nothing is charged", compute="_compute_problem", compute_sudo=True)

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    @api.depends("state", "token_id.active", "customer_id", "contact_id.email")
    def _compute_problem(self):
        for debit in self:
            debit.problem = debit._find_problem()

    def _find_problem(self):
        """Return why nothing is charged by this consent now, in words; empty if it is.

        :rtype: str
        """
        self.ensure_one()
        _ = self.env._
        company, customer, token = self.company_id, self.customer_id, self.token_id
        if self.state != "on":
            return _("It was ended.")
        if not (company.portal_enabled and company.portal_allow_payment):
            return _("The company has switched paying in the portal off.")
        if not company.portal_allow_debit:
            return _("The company has switched automatic debit off.")
        if not customer.portal_access:
            return _("The customer's access to the portal is switched off.")
        if not token.active or token.provider_id.state == "disabled":
            return _("The payment method was deleted.")
        try:
            company._portal_check_way(token.provider_id, token.payment_method_id, token)
        except PortalRefusal as refusal:
            return str(refusal)
        if customer.portal_main_token_id != token:
            return _("Another payment method is the main one now.")
        if token.partner_id.commercial_partner_id != customer or token.company_id != company:
            return _("The payment method does not belong to the customer.")
        if not self._recipient():
            return _("There is no e-mail address for the notices.")
        return ""

    def _recipient(self):
        """Return who gets the notices: the contact that agreed, else the customer; empty if
        neither has an address.

        :rtype: res.partner
        """
        self.ensure_one()
        contact = self.contact_id
        if contact.commercial_partner_id != self.customer_id or not contact.active:
            contact = self.customer_id
        return (contact | self.customer_id).filtered("email")[:1]

    # === CONSENT === #

    @api.model
    def _find_active(self, customer, company):
        """Return the consent that a customer has given a company.

        :rtype: customer.portal.debit
        """
        return self.sudo().search(
            [
                ("customer_id", "=", customer.id),
                ("company_id", "=", company.id),
                ("state", "=", "on"),
            ],
            limit=1,
        )

    @api.model
    def _consent_text(self, customer, token):
        """Return what a customer agrees to, in the language of who reads it.

        :param res.partner customer: the commercial partner
        :param payment.token token: its main method, in sudo
        :rtype: str
        """
        return self.env._(
            "%(company)s may charge what is due on the invoices of %(customer)s to"
            " %(method)s, each amount on its due date or later. At least %(days)s days before, it"
            " writes what will be charged and when. This holds until it is switched off here or"
            " at %(company)s, at any time.",
            company=token.company_id.name,
            customer=customer.name,
            method=self._method_name(token),
            days=token.company_id.portal_debit_notice_days,
        )

    @api.model
    def _method_name(self, token):
        return f"{token.payment_method_id.name} {token.display_name}".strip()

    @api.model
    def _text_digest(self, text):
        """Return what a form sends along to tell which text was read."""
        return hashlib.sha256(text.encode()).hexdigest()

    @api.model
    def _agree(self, contact, digest):
        """Record that a contact switches automatic debit on for its customer's main method.

        :param res.partner contact: who agrees; its rights are checked by who calls
        :param str digest: of the text that it has read, see ``_text_digest``
        :return: the consent, in sudo
        :rtype: customer.portal.debit
        :raise ValidationError: if there is no main method, or it is another one than was shown
        """
        customer = contact.commercial_partner_id.sudo()
        # One at a time of a customer: of two at once, the second sees the first.
        lock_rows_or_retry(customer)
        token = customer.portal_main_token_id
        if not token.active:
            raise ValidationError(
                self.env._("Please save a payment method and make it the main one first.")
            )
        text = self._consent_text(customer, token)
        if digest != self._text_digest(text):
            raise ValidationError(
                self.env._("Your payment method has changed meanwhile. Please read it again.")
            )
        former = self._find_active(customer, token.company_id)
        if former.token_id == token:
            return former
        former._end(contact)
        # Sudo: a contact consents through this method alone.
        debit = self.sudo().create(
            {
                "company_id": token.company_id.id,
                "customer_id": customer.id,
                "contact_id": contact.id,
                "token_id": token.id,
                "token_name": self._method_name(token),
                "text": text,
            }
        )
        debit._log_consent(contact, self.env._("Automatic debit switched on: %s", text))
        return debit

    def _end(self, who):
        """End these consents: nothing is charged by them any more, what was announced neither.

        :param res.partner who: of the customer or of the staff
        """
        for debit in self.sudo().filtered(lambda debit: debit.state == "on"):
            debit.write(
                {"state": "ended", "ended_on": fields.Datetime.now(), "ended_by_id": who.id}
            )
            debit.attempt_ids.filtered(lambda one: one.state == "announced")._drop(
                self.env._("Automatic debit was switched off.")
            )
            debit._log_consent(
                who, self.env._("Automatic debit switched off: %s", debit.token_name)
            )

    def _log_consent(self, who, detail):
        self.ensure_one()
        self.env["customer.portal.event"]._log(
            "consent",
            record=self,
            contact=who,
            customer=self.customer_id,
            company=self.company_id,
            detail=detail,
        )

    def action_end(self):
        """Let staff end a consent that the customer takes back by other means.

        :raise AccessError: if the current user does not register payments
        """
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Only those who register payments may do this."))
        self._end(self.env.user.partner_id)

    # === ANNOUNCING === #

    @api.model
    def _cron_debit(self):
        """Announce what falls due, charge what was announced, and follow what was charged.

        Each charge is a transaction of its own; another process that does the same at this
        moment, or did before it was killed, is no reason to charge anything twice.
        """
        Attempt = self.env["customer.portal.debit.attempt"]
        Attempt._follow_up()
        debits = self.search([("state", "=", "on")], order="id")
        today = fields.Date.context_today(self)
        due = Attempt.search(
            [("state", "=", "announced"), ("charge_on", "<=", today)], order="charge_on, id"
        )
        remaining = len(debits) + len(due)
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=remaining)
        for debit in debits:
            run_in_own_commit(debit, debit._announce)
            if not cron._commit_progress(1):
                return
        for attempt in due:
            attempt._charge()
            if not cron._commit_progress(1):
                return

    def _announce(self):
        """Write the customer what will be charged to it, and when: once for each due amount."""
        self.ensure_one()
        if not self.try_lock_for_update(allow_referencing=True) or self._find_problem():
            return
        if self._plan():
            self._tell_customer("customer_portal_plus.mail_template_debit_notice")

    def _plan(self):
        """Note what is to be charged next, and when.

        :return: the charges that are new
        :rtype: customer.portal.debit.attempt
        """
        self.ensure_one()
        today = fields.Date.context_today(self)
        notice_on = fields.Date.add(today, days=self.company_id.portal_debit_notice_days)
        Attempt = self.env["customer.portal.debit.attempt"]
        attempts = Attempt
        for claim in self._due_lines(notice_on)._portal_claims_until(notice_on):
            line, agreed_on = claim["line"], claim["is_agreed"] and claim["date"]
            earlier = Attempt.search([("line_id", "=", line.id), ("agreed_on", "=", agreed_on)])
            failures = earlier.filtered(lambda one: one.state == "failed")
            if (
                earlier.filtered(lambda one: one.state in (*OPEN_STATES, "done"))
                or len(failures) >= MAX_FAILURES
                or self._line_obstacle(line, agreed_on)
            ):
                continue
            attempts |= Attempt.create(
                {
                    "debit_id": self.id,
                    "invoice_id": line.move_id.id,
                    "line_id": line.id,
                    "due_date": claim["date"],
                    "agreed_on": agreed_on,
                    "number": len(earlier) + 1,
                    "amount": claim["amount"],
                    "charge_on": max(claim["date"], notice_on),
                }
            )
        return attempts

    def _find_claim(self, line, agreed_on=False):
        """Return what is claimed of one open amount, or of the instalment of it that was agreed
        for a day; see ``account.move._portal_claims``.

        :return: None if there is nothing
        :rtype: dict | None
        """
        claims = (
            claim
            for claim in line.move_id._portal_claims()
            if claim["line_id"] == line.id
            and (claim["is_agreed"] and claim["date"]) == (agreed_on or False)
        )
        return next(claims, None)

    def _due_lines(self, until):
        """Return the open amounts of the customer's invoices that are due up to a day.

        :param datetime.date until: the last due date
        :rtype: account.move.line
        """
        self.ensure_one()
        Move = self.env["account.move"]
        invoices = (
            Domain("move_type", "=", "out_invoice")
            & Domain("commercial_partner_id", "=", self.customer_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("payment_state", "in", UNPAID_STATES)
            # What is hidden from the customer is not charged to it, either.
            & Domain.AND(domain for _gate, domain in Move._portal_gates(self.env["res.partner"]))
        )
        return self.env["account.move.line"].search(
            Domain("display_type", "=", "payment_term")
            & Domain("partner_id", "=", self.customer_id.id)
            & Domain("amount_residual_currency", ">", 0)
            & self.env["account.move.line"]._portal_due_until_domain(until)
            & Domain("move_id", "any", invoices),
            order="date_maturity, id",
        )

    def _line_obstacle(self, line, agreed_on=False):
        """Return why a due amount is not charged now, in words; empty if it is.

        :param account.move.line line: an open amount of an invoice
        :param datetime.date agreed_on: the day of an instalment of it that was agreed
        :rtype: str
        """
        self.ensure_one()
        _ = self.env._
        invoice = line.move_id
        if line.amount_residual_currency <= 0:
            return _("It was paid otherwise.")
        if invoice._portal_refusal(self.env["res.partner"]):
            return _("The customer does not see the invoice.")
        if invoice._portal_reported():
            return _("The customer has reported a payment.")
        if invoice.no_followup or invoice.payment_state == "blocked":
            return _("The invoice is on hold.")
        if invoice._portal_is_being_paid():
            return _("A payment is under way.")
        if not invoice._has_to_be_paid():
            return _("It can't be paid online.")
        if not self._find_claim(line, agreed_on):
            return _("It is held back.")
        if obstacle := invoice._portal_debit_obstacle():
            return obstacle
        provider, method = self.token_id.provider_id, self.token_id.payment_method_id
        for supported in (provider.available_currency_ids, method.supported_currency_ids):
            if supported and line.currency_id not in supported:
                return _("The payment method can't be charged in this currency.")
        return ""

    # === MAILS === #

    def _tell_customer(self, template_xmlid, about=None):
        """Send a mail to the contact that agreed.

        :param str template_xmlid: a template for ``about``
        :param models.Model about: the record that the mail is about; this consent by default
        """
        self.ensure_one()
        (about or self)._portal_mail_contacts(
            self._recipient(), self.company_id, self.env.ref(template_xmlid)
        )

    def _portal_url(self):
        """Return the full address of the page on which automatic debit is switched off."""
        return f"{self.get_base_url()}/my/pay/debit"
