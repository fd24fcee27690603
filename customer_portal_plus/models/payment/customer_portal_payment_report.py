import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

from ...tools.file_types import proof_type
from ...tools.transactions import lock_rows_or_retry

MAX_PROOF_BYTES = 10 * 1024 * 1024
MAX_REFERENCE_LENGTH = 140
OLDEST_DAYS = 400  # how long ago a payment can have been made that is reported now


class CustomerPortalPaymentReport(models.Model):
    """A payment that the customer says it made elsewhere, a bank transfer for one.

    It is declared, never paid, until staff confirm it against the bank: a payment is registered
    then, with what the customer said it is for.
    """

    _name = "customer.portal.payment.report"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Payment reported by a customer"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char("Number", readonly=True, copy=False, default="/")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    contact_id = fields.Many2one(
        "res.partner", "Reported by", required=True, readonly=True, index=True, ondelete="restrict"
    )
    customer_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    date = fields.Date("Paid on", required=True, tracking=True)
    method = fields.Selection(
        [
            ("transfer", "Bank transfer"),
            ("deposit", "Cash deposit"),
            ("cheque", "Cheque"),
            ("other", "Other"),
        ],
        required=True,
        default="transfer",
        tracking=True,
    )
    reference = fields.Char(
        "Bank reference", tracking=True, help="As the customer's bank shows it."
    )
    note = fields.Text("Remark")
    allocation_ids = fields.One2many("customer.portal.allocation", "report_id", "Invoices")
    invoice_ids = fields.Many2many(
        "account.move", compute="_compute_invoice_ids", search="_search_invoice_ids"
    )
    amount = fields.Monetary("Amount", compute="_compute_amount", store=True)
    proof_id = fields.Many2one("ir.attachment", "Proof", readonly=True, ondelete="set null")
    state = fields.Selection(
        [
            ("declared", "Declared"),
            ("confirmed", "Confirmed"),
            ("refused", "Not confirmed"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        default="declared",
        readonly=True,
        tracking=True,
        index=True,
    )
    is_anonymous = fields.Boolean(
        "Reported without signing in",
        readonly=True,
        help="By somebody who knows the tax ID. Until staff take it up, reminders and automatic"
        " debit go on as if nothing had been reported.",
    )
    taken_up_on = fields.Datetime(
        readonly=True,
        tracking=True,
        help="Since then somebody looks for the money: the customer can't withdraw the report.",
    )
    refusal_reason = fields.Text("Why it was not confirmed", readonly=True)
    payment_id = fields.Many2one("account.payment", "Payment", readonly=True, ondelete="set null")

    # === COMPUTE METHODS === #

    @api.depends("allocation_ids.invoice_id")
    def _compute_invoice_ids(self):
        for report in self:
            report.invoice_ids = report.allocation_ids.invoice_id

    def _search_invoice_ids(self, operator, value):
        return Domain("allocation_ids.invoice_id", operator, value)

    @api.depends("allocation_ids.amount")
    def _compute_amount(self):
        for report in self:
            report.amount = sum(report.allocation_ids.mapped("amount"))

    # === REPORTING === #

    @api.model
    def _declare(
        self, contact, basket, date, method, reference, note, proof=None, is_anonymous=False
    ):
        """Record a payment that a contact says it made.

        :param res.partner contact: who reports it
        :param customer.portal.basket basket: which invoices and how much of each
        :param datetime.date date: when it was paid
        :param str method: see the field
        :param str reference: as the bank shows it
        :param bytes proof: a PDF or picture, None if there is none
        :param bool is_anonymous: whether nobody has signed in
        :return: the report, in sudo
        :rtype: customer.portal.payment.report
        :raise ValidationError: if something is missing or wrong; nothing is recorded then
        """
        today = fields.Date.context_today(self)
        if not date or date > today or (today - date).days > OLDEST_DAYS:
            raise ValidationError(self.env._("Please give the day on which you paid."))
        if method not in dict(self._fields["method"].selection):
            raise ValidationError(self.env._("Please choose how you paid."))
        reference, note = (reference or "").strip(), (note or "").strip()
        if len(reference) > MAX_REFERENCE_LENGTH or len(note) > 2000:
            raise ValidationError(self.env._("Reference or remark are too long."))
        media_type = self._check_proof(proof) if proof is not None else None
        self._check_not_reported(basket, date, reference, is_anonymous)
        # Sudo: the contact reports through this method alone, and reads its own page.
        report = self.sudo().create(
            {
                "name": self.env["ir.sequence"]
                .sudo()
                .with_company(basket.company_id)
                .next_by_code("customer.portal.payment.report"),
                "company_id": basket.company_id.id,
                "contact_id": contact.id,
                "customer_id": contact.commercial_partner_id.id,
                "currency_id": basket.currency_id.id,
                "date": date,
                "method": method,
                "reference": reference,
                "note": note,
                "is_anonymous": is_anonymous,
                "allocation_ids": [
                    Command.create(
                        {
                            "invoice_id": line.invoice_id.id,
                            "amount": line.amount,
                            "discount": line.invoice_id._portal_discount_of(line.amount, date),
                        }
                    )
                    for line in basket.line_ids
                ],
            }
        )
        if proof:
            report.proof_id = self.env["ir.attachment"]._portal_keep_proof(
                report, report.name, proof, media_type
            )
        report._tell_staff()
        return report

    @api.model
    def _check_proof(self, proof):
        """Return the media type of a proof.

        :raise ValidationError: if it is empty, too large, or no PDF or picture by its content
        """
        if not proof:
            raise ValidationError(self.env._("The file is empty. Please choose it again."))
        if len(proof) > MAX_PROOF_BYTES:
            raise ValidationError(self.env._("The file is too large: 10 MB at most."))
        media_type = proof_type(proof)
        if not media_type:
            raise ValidationError(
                self.env._("The proof must be a PDF or a picture (PNG or JPEG) that can be opened.")
            )
        return media_type

    @api.model
    def _check_not_reported(self, basket, date, reference, is_anonymous=False):
        """Refuse a payment that was reported before, by this contact or a colleague. What a
        stranger may have reported keeps no contact from doing it.

        :raise ValidationError: naming the earlier report
        """
        customer = basket.contact_id.commercial_partner_id
        # One report at a time of a customer: of two at once, the second sees the first.
        lock_rows_or_retry(customer)
        earlier = self.sudo().search(
            [
                ("customer_id", "=", customer.id),
                ("company_id", "=", basket.company_id.id),
                ("state", "in", ("declared", "confirmed")),
                ("currency_id", "=", basket.currency_id.id),
            ]
        )
        if not is_anonymous:
            earlier = earlier.filtered(
                lambda report: report.state == "confirmed" or report._counts()
            )
        wanted = self._normalise_reference(reference)
        for report in earlier:
            same_amount = not basket.currency_id.compare_amounts(report.amount, basket.amount)
            same_reference = wanted and wanted == self._normalise_reference(report.reference)
            if same_reference or (same_amount and report.date == date and not wanted):
                raise ValidationError(
                    self.env._(
                        "This payment was already reported, as %s. If it is another one, give its"
                        " own bank reference.",
                        report.name,
                    )
                )
        reported = earlier.filtered(lambda report: report.state == "declared").invoice_ids
        if both := reported & basket.line_ids.invoice_id:
            raise ValidationError(
                self.env._(
                    "A payment of %s was already reported and waits for our confirmation.",
                    ", ".join(both.mapped("name")),
                )
            )

    @api.model
    def _normalise_reference(self, text):
        """Return a bank reference without case, spaces and punctuation."""
        return re.sub(r"[\W_]+", "", (text or "").lower())

    def _tell_staff(self):
        """Give the responsible person an activity; mark the invoices."""
        for report in self:
            responsible = report.invoice_ids.invoice_user_id[:1] or report.customer_id.user_id
            responsible = responsible or self.env.ref("base.user_admin")
            env = self.with_context(lang=responsible.lang).env
            self.env["customer.portal.staff.notification"]._tell(
                report,
                "payment",
                responsible,
                env._(
                    "%(customer)s reports a payment of %(amount)s",
                    customer=report.customer_id.name,
                    amount=report.currency_id.format(report.amount),
                ),
                words=report.name,
            )
            for invoice in report.invoice_ids:
                invoice.message_post(
                    body=self.env._("Payment reported: %s", report._get_html_link()),
                    message_type="notification",
                    subtype_xmlid="mail.mt_note",
                )

    # === WHAT IT HOLDS UP === #

    @api.model
    def _counting_domain(self):
        """Return the domain of the reports for which reminders, automatic debit and the pages of
        the customer wait: those that staff have still to confirm, and that a contact has made.
        Who has not signed in may be anybody: staff must have taken the report up.

        :rtype: Domain
        """
        return Domain("state", "=", "declared") & (
            Domain("is_anonymous", "=", False) | Domain("taken_up_on", "!=", False)
        )

    def _counts(self):
        """Return whether this report is one of ``_counting_domain``.

        :rtype: bool
        """
        self.ensure_one()
        return bool(self.filtered_domain(self._counting_domain()))

    def _is_withdrawable(self):
        """Return whether the customer may take this report back: staff have not taken it up.

        :rtype: bool
        """
        self.ensure_one()
        return self.state == "declared" and not self.taken_up_on

    def _withdraw(self, contact):
        """Take a report back, as if it had not been made.

        :param res.partner contact: of the customer; its rights are checked by who calls
        :raise ValidationError: if staff have taken it up, confirmed or refused it by now
        """
        self.ensure_one()
        lock_rows_or_retry(self)
        if not self._is_withdrawable():
            raise ValidationError(
                self.env._("We are working on %s by now. Please write to us.", self.name)
            )
        self.state = "withdrawn"
        self.activity_unlink(["mail.mail_activity_data_todo"])
        for record in (self, *self.invoice_ids):
            record.message_post(
                body=self.env._(
                    "Report %(report)s withdrawn by %(contact)s",
                    report=self.name,
                    contact=contact.name,
                ),
                message_type="notification",
                subtype_xmlid="mail.mt_note",
            )

    # === STAFF === #

    def action_take_up(self):
        """Note that somebody looks for the money now: what was reported without signing in counts
        from now on, and the customer can't withdraw it any more."""
        for report in self.filtered(lambda one: not one.taken_up_on):
            report.lock_for_update()
            if report.state != "declared":
                raise UserError(self.env._("%s is not waiting any more.", report.name))
            report.taken_up_on = fields.Datetime.now()

    def _refuse(self, reason):
        """Refuse a report: the money did not arrive, or it is for something else.

        :param str reason: what the customer is told
        """
        for report in self:
            report.lock_for_update()
            if report.state != "declared":
                raise UserError(self.env._("%s is not waiting any more.", report.name))
            report.write({"state": "refused", "refusal_reason": reason})
            report.activity_feedback(["mail.mail_activity_data_todo"])
            report._tell_customer("customer_portal_plus.mail_template_payment_refused")

    def _tell_customer(self, template_xmlid, attachments=()):
        """Send a mail to who made these reports, if it wants mails about payments.

        :param list attachments: files that come with it: pairs of name and content
        """
        template = self.env.ref(template_xmlid)
        for report in self:
            report._portal_mail_contacts(
                report.contact_id.filtered(lambda one: one._portal_wants_mail("payment")),
                report.company_id,
                template,
                lang=report.contact_id.lang,
                attachments=attachments,
            )
