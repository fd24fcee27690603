import base64

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

from ...tools.file_types import is_pdf

MAX_FILE_BYTES = 20 * 1024 * 1024


class CustomerPortalDocument(models.Model):
    """A file that staff share: with one customer, with some contacts, or with all customers.

    One customer can also be asked to accept and sign it. What is to be signed is a PDF, and it
    can't be exchanged once it has been sent.
    """

    _name = "customer.portal.document"
    _inherit = ["customer.portal.document.mixin", "customer.portal.sign.mixin"]
    _description = "Document for a customer"
    _order = "id desc"

    _portal_capability = "can_see_documents"
    _portal_switch = "portal_show_documents"
    _portal_page = "/my/documents"

    name = fields.Char("Title", required=True, tracking=True)
    audience = fields.Selection(
        [
            ("customer", "One customer"),
            ("contacts", "Some contacts"),
            ("all", "All customers"),
        ],
        "Shared with",
        required=True,
        default="customer",
        tracking=True,
        index=True,
        help="Some contacts: those that you choose, and none of their colleagues. All customers:"
        " everybody who signs in to the portal of this company.",
    )
    partner_id = fields.Many2one(help="The document is shown to this customer; to nobody else.")
    contact_ids = fields.Many2many(
        "res.partner",
        "customer_portal_document_contact_rel",
        "document_id",
        "partner_id",
        "Contacts",
        help="The document is shown to these people; to nobody else.",
    )
    category_id = fields.Many2one(
        "customer.portal.document.category",
        "Category",
        ondelete="set null",
        index="btree_not_null",
        tracking=True,
        help="Customers choose documents by category.",
    )
    user_id = fields.Many2one(help="Is told what the customer answers.")
    file = fields.Binary("File", required=True, attachment=True, copy=False)
    file_name = fields.Char(copy=False)
    to_sign = fields.Boolean(
        "To sign", tracking=True, help="The customer is asked to accept and sign this file."
    )
    expires_on = fields.Date(
        "Valid until",
        tracking=True,
        help="After this day it can't be signed any more; what is not to be signed is not shown"
        " any more.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("sent", "Sent"),
            ("signed", "Signed"),
            ("rejected", "Rejected"),
            ("cancel", "Withdrawn"),
        ],
        default="draft",
        required=True,
        readonly=True,
        tracking=True,
        copy=False,
        index=True,
    )
    sent_on = fields.Datetime(readonly=True, copy=False)
    answered_on = fields.Datetime("Answered on", readonly=True, copy=False)
    rejection_reason_id = fields.Many2one(
        "customer.portal.rejection.reason",
        "Reason of rejection",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    rejection_note = fields.Text("Customer's words", readonly=True, copy=False)
    is_expired = fields.Boolean("Expired", compute="_compute_is_expired")

    _portal_list_idx = models.Index("(commercial_partner_id, state, id DESC)")

    # === COMPUTE METHODS === #

    @api.depends("expires_on", "state")
    def _compute_is_expired(self):
        today = fields.Date.context_today(self)
        for document in self:
            document.is_expired = (
                document.state == "sent"
                and bool(document.expires_on)
                and document.expires_on < today
            )

    @api.constrains("audience", "partner_id", "contact_ids", "to_sign")
    def _check_audience(self):
        for document in self:
            if document.audience == "customer" and not document.partner_id:
                raise ValidationError(self.env._("Choose the customer to share it with."))
            if document.audience == "contacts" and not document.contact_ids:
                raise ValidationError(self.env._("Choose the contacts to share it with."))
            if document.audience != "customer" and document.to_sign:
                raise ValidationError(self.env._("What is to be signed has one customer."))

    @api.constrains("file", "to_sign")
    def _check_file(self):
        for document in self.with_context(bin_size=False):
            data = base64.b64decode(document.file or b"")
            if len(data) > MAX_FILE_BYTES:
                raise ValidationError(self.env._("The file is too large: 20 MB at most."))
            if document.to_sign and not is_pdf(data):
                raise ValidationError(self.env._("What is to be signed must be a PDF file."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`: see ``_portal_clean_audience``."""
        return super().create([self._portal_clean_audience(vals) for vals in vals_list])

    @api.model
    def _portal_clean_audience(self, vals):
        """Return values to write without those whom the audience leaves out: of a document that
        many see, nobody is told for whom else it was meant once."""
        if vals.get("audience") in ("contacts", "all"):
            vals = {**vals, "partner_id": False}
        if vals.get("audience") in ("customer", "all"):
            vals = {**vals, "contact_ids": [Command.clear()]}
        return vals

    def write(self, vals):
        """Override of `base`: what has been sent to be signed keeps its bytes and its customer."""
        vals = self._portal_clean_audience(vals)
        fixed = {"file", "partner_id", "company_id", "to_sign", "audience"} & vals.keys()
        # What some have signed has the name under which they did.
        renamed = vals.get("name") and any(
            document.name != vals["name"] and document._portal_awaits_second() for document in self
        )
        if renamed or (
            fixed and any(document.to_sign and document.state != "draft" for document in self)
        ):
            raise UserError(
                self.env._(
                    "A document that was sent to be signed can't be exchanged."
                    " Withdraw it and send a new one."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        if any(document.state == "signed" or document._portal_turns_taken() for document in self):
            raise UserError(self.env._("A signed document can't be deleted."))

    # === ACTIONS OF STAFF === #

    def action_send(self):
        """Publish the documents, and tell by mail whom they are for. What all customers see is
        not mailed: it is marked as new in the portal.

        Several files for the same people make one mail.
        """
        drafts = self.filtered(lambda document: document.state == "draft")
        with_signers = drafts.filtered("signer_ids")
        with_signers._portal_check_signers()
        drafts.write({"state": "sent", "sent_on": fields.Datetime.now()})
        with_signers._portal_ask_next_signer()
        drafts -= with_signers
        for (recipients, _company, _contract), documents in drafts.grouped(
            lambda document: (
                document.partner_id or document.contact_ids,
                document.company_id,
                document.to_sign and document,  # each contract makes a mail of its own
            )
        ).items():
            for recipient in recipients:
                documents._portal_mail_documents(recipient)

    def _portal_mail_documents(self, recipient):
        """Tell somebody by mail that these documents are at its disposal.

        :param res.partner recipient: the customer or a contact
        """
        document = self[:1].with_context(
            portal_recipient_lang=recipient.lang, portal_documents=self.mapped("name")
        )
        document._portal_mail_contact(
            "customer_portal_plus.mail_template_document_sent",
            recipient,
            # Who is asked to sign is told, whatever mails it wants.
            "signature" if document.to_sign else "document",
        )

    def action_withdraw(self):
        """Take back documents that nobody has signed."""
        if any(document.state == "signed" for document in self):
            raise UserError(self.env._("A signed document can't be withdrawn."))
        self.write({"state": "cancel"})

    def action_reset_to_draft(self):
        """Prepare withdrawn documents to be sent again."""
        withdrawn = self.filtered(lambda document: document.state == "cancel")
        withdrawn.write({"state": "draft", "rejection_reason_id": False, "rejection_note": False})
        withdrawn._portal_forget_turns()

    # === GATES === #

    @api.model
    def _portal_customer_domain(self, contact):
        """Override: where the document has no customer of its own, the reader's counts."""
        for_one = Domain("audience", "=", "customer")
        has_access = contact.sudo().commercial_partner_id.portal_access
        return (for_one & super()._portal_customer_domain(contact)) | (
            ~for_one if has_access else Domain.FALSE
        )

    @api.model
    def _portal_shown_domain(self):
        return Domain("state", "in", ("sent", "signed", "rejected")) & (
            Domain("to_sign", "=", True)
            | Domain("expires_on", "=", False)
            | Domain("expires_on", ">=", "today")
        )

    @api.model
    def _portal_contact_domain(self, contact):
        if not contact._portal_profile()[self._portal_capability]:
            return Domain.FALSE
        addressed = self._portal_addressed_domain(contact)
        if contact._portal_scope() == "own":
            # Who is to sign sees it, whomever of the customer it is addressed to.
            addressed |= Domain(
                self._portal_customer_path, "=", contact.commercial_partner_id.id
            ) & Domain("signer_ids.partner_id", "in", contact.ids)
        return (
            (Domain("audience", "=", "customer") & addressed)
            | (Domain("audience", "=", "contacts") & Domain("contact_ids", "in", contact.ids))
            | (
                Domain("audience", "=", "all")
                & Domain("company_id", "in", contact._portal_company_ids())
            )
        )

    def _portal_as_contact(self, partner):
        """Override: a document that many see has no customer; every contact is asked by the
        gates whether it is one of them."""
        if self.sudo().audience == "customer":
            return super()._portal_as_contact(partner)
        return partner.sudo()

    def _portal_responsible_candidates(self):
        return self.user_id | self.commercial_partner_id.user_id

    def _portal_can_message(self, contact):
        """Override: a conversation is with one customer."""
        return self.sudo().audience == "customer" and super()._portal_can_message(contact)

    def message_post(self, **kwargs):
        """Override of `mail`: what is written on a document that many see, a mail that came in
        for one, is for staff. None of its readers sees what another one wrote."""
        if self.sudo().audience != "customer":
            kwargs.pop("subtype_xmlid", None)
            kwargs["subtype_id"] = self.env.ref("mail.mt_note").id
        return super().message_post(**kwargs)

    def _portal_mail_button(self):
        self.ensure_one()
        # Of several who sign, only who is asked now is told to.
        is_asked = not self.sudo().signer_ids or "portal_signers" in self.env.context
        if self.to_sign and self.state == "sent" and is_asked:
            return self.env._("Read and sign")
        return self.env._("See the document")

    @api.model
    def _portal_readable_fields(self):
        return frozenset(
            [
                "id", "display_name", "name", "company_id", "partner_id", "commercial_partner_id",
                "to_sign", "next_signer_id", "expires_on", "state", "sent_on", "answered_on",
                "access_url", "create_date", "write_date",
            ]
        )  # fmt: skip
