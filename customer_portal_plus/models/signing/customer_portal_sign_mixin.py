import base64

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.misc import format_datetime, formatLang

from ...tools import evidence_chain
from ...tools.signature_image import SignatureImageError, check_signature_image
from ...tools.transactions import lock_rows_or_retry

MAX_NAME_LENGTH = 120


class CustomerPortalSignMixin(models.AbstractModel):
    """What a document needs to be accepted and signed with evidence: one mechanism for all.

    For a model to be signed in the portal, it must stand behind the gates
    (``customer.portal.access.mixin``), have a ``company_id`` and a chatter, and override
    ``_portal_version_content``, ``_portal_render_pdf``, ``_portal_sign_refusal`` and
    ``_portal_signed``.
    """

    _name = "customer.portal.sign.mixin"
    _description = "Document to be signed in the customer portal"

    portal_signature_ids = fields.One2many(
        "customer.portal.signature",
        "res_id",
        "Signatures",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
        copy=False,
    )
    portal_signature_state = fields.Selection(
        [
            ("none", "Not signed"),
            ("approval", "Another person awaited"),
            ("valid", "Signed"),
            ("outdated", "Signed in an earlier version"),
        ],
        "Portal signature",
        compute="_compute_portal_signature_state",
        compute_sudo=True,
    )

    def _compute_portal_signature_state(self):
        for document in self:
            # The newest evidence decides; it belongs to one version of the document.
            newest = document._portal_counting_signatures().sorted("id")[-1:]
            if not newest:
                document.portal_signature_state = "none"
            elif newest.version != document._portal_version():
                document.portal_signature_state = "outdated"
            elif document._portal_awaits_second():
                document.portal_signature_state = "approval"
            elif newest.act == "approved":
                document.portal_signature_state = "none"
            else:
                document.portal_signature_state = "valid"

    # === HOOKS === #

    def _portal_version_content(self):
        """Return all that a signature is about, as JSON values: parties, lines, quantities,
        amounts, taxes and terms. What is internal does not belong here.

        :rtype: dict
        """
        raise NotImplementedError

    def _portal_render_pdf(self):
        """Return the document as it is shown to the customer, a PDF.

        :rtype: bytes
        """
        raise NotImplementedError

    def _portal_sign_refusal(self, contact):
        """Return why ``contact`` can't sign this document now, in words; empty if it can.

        :rtype: str
        """
        raise NotImplementedError

    def _portal_signing_act(self, contact):
        """Return what it is that ``contact`` does by signing: ``signed``, or ``approved`` if a
        second person must sign as well.

        :rtype: str
        """
        return "signed"

    def _portal_awaits_second(self):
        """Return whether some of those who must sign have signed, and others have not.

        :rtype: bool
        """
        return False

    def _portal_signers_to_come(self):
        """Return how many more people will sign the same file.

        For a model that several people sign, it must override this method.

        :rtype: int
        """
        return 0

    def _portal_signing_page_values(self, contact, posted):
        """Return what the signing page asks besides the signature.

        :param dict posted: what was typed already, after an error
        :rtype: dict
        """
        return {"ask_order_ref": False}

    def _portal_take_signing_values(self, posted):
        """Check and keep what the signing page asked besides the signature.

        :param dict posted: as the form sent it
        :return: values for the evidence
        :rtype: dict
        :raise ValidationError: if something of it won't do
        """
        return {}

    def _portal_signed_url(self):
        """Return where the signer goes after signing.

        :rtype: str
        """
        return f"{self.access_url}?message=signed"

    def _portal_signed(self, evidence, image=None):
        """Do what follows from a signature, in its transaction.

        :param customer.portal.signature evidence: what has just been recorded
        :param bytes image: picture of the signature, if there is one
        """
        raise NotImplementedError

    # === VERSION === #

    def _portal_version(self):
        """Return the digest of what a signature is about. It changes with any of it.

        :return: 64 hexadecimal digits
        :rtype: str
        """
        self.ensure_one()
        return evidence_chain.digest(self.sudo()._portal_version_content())

    def _portal_amount_text(self):
        """Return the total as words of the document's language; empty if it has none."""
        self.ensure_one()
        if "amount_total" not in self._fields:
            return ""
        return formatLang(self.env, self.amount_total, currency_obj=self.currency_id)

    # === SIGNING === #

    def _portal_prepare_signing(self, contact):
        """Freeze the document for ``contact`` to read and sign.

        :param res.partner contact: who is going to sign
        :return: the frozen document, in sudo; it is forgotten after some hours
        :rtype: customer.portal.frozen.document
        """
        self.ensure_one()
        pdf = self._portal_render_pdf()
        # Sudo: the contact writes no table; the frozen bytes are given out by its page alone.
        return (
            self.env["customer.portal.frozen.document"]
            .sudo()
            .create(
                {
                    "res_model": self._name,
                    "res_id": self.id,
                    "contact_id": contact.id,
                    "version": self._portal_version(),
                    "sha256": evidence_chain.sha256(pdf),
                    "pdf": base64.b64encode(pdf),
                }
            )
        )

    def _portal_sign(self, signing, contact, sha256, request_facts, **values):
        """Sign: record the evidence of exactly the frozen bytes, then let happen what follows.

        The row is locked first: of two who sign at once, the second is told.

        :param customer.portal.frozen.document signing: what was shown
        :param res.partner contact: who signs
        :param str sha256: digest of the file, as the page sent it back
        :param dict request_facts: see ``customer.portal.signature._record``
        :param values: ``signer_name``, ``method``, ``image`` (bytes), ``consent_text``, ...
        :return: the evidence, in sudo
        :rtype: customer.portal.signature
        :raise ValidationError: if anything is missing or has changed; nothing is done then
        """
        self.ensure_one()
        # Who comes second finds the document signed.
        lock_rows_or_retry(self)
        if refusal := self._portal_sign_refusal(contact):
            raise ValidationError(refusal)
        if not signing or signing.sha256 != sha256:
            raise ValidationError(
                self.env._("The document you read is no longer at hand. Please open it again.")
            )
        if signing.version != self._portal_version():
            raise ValidationError(
                self.env._(
                    "This document has changed since you opened it. Nothing was signed."
                    " Please read it again."
                )
            )
        values["signer_name"] = self._portal_check_signer_name(values.get("signer_name"))
        values.update(self._portal_take_signing_values(values.pop("posted", {})))
        if image := values.get("image"):
            self._portal_check_image(image)
        elif values.get("method") in ("draw", "upload"):
            raise ValidationError(self.env._("Please sign in the box, or type your name instead."))
        evidence = self.env["customer.portal.signature"]._record(
            self,
            contact,
            signing._pdf_bytes(),
            self._portal_signing_act(contact),
            request_facts,
            **values,
        )
        self.sudo()._portal_signed(evidence, image)
        return evidence

    def _portal_check_signer_name(self, name):
        """Return the signer's name, cleaned.

        :raise ValidationError: if it is empty or too long
        """
        name = " ".join((name or "").split())
        if not name:
            raise ValidationError(self.env._("Please type your name."))
        if len(name) > MAX_NAME_LENGTH:
            raise ValidationError(
                self.env._("The name is too long: %s characters at most.", MAX_NAME_LENGTH)
            )
        return name

    def _portal_check_image(self, data):
        """Check the picture of a signature by its content.

        :raise ValidationError: if it is no PNG or JPEG, empty of any stroke, or too large
        """
        try:
            check_signature_image(base64.b64encode(data).decode())
        except SignatureImageError as error:
            _ = self.env._
            raise ValidationError(
                {
                    "missing": _("Please sign in the box, or type your name instead."),
                    "blank": _("The signature is empty. Please draw it again."),
                    "too_big": _("The picture is too large: 1 MB at most."),
                    "not_image": _("The signature must be a picture, PNG or JPEG."),
                }[error.args[0]]
            ) from error

    # === FILES === #

    def _portal_delivered(self):
        """Return the evidence of the last signature that was delivered with its certificate.

        :return: in sudo; empty if there is none
        :rtype: customer.portal.signature
        """
        self.ensure_one()
        # Sudo: evidence is nobody's to read; the document has been given by its gates.
        evidence_sudo = self.sudo()._portal_counting_signatures().filtered("delivered_sha256")
        return evidence_sudo.sorted("id")[-1:]

    def _portal_counting_signatures(self):
        """Return the evidence that counts for what this document is now.

        For a model of which some count no more, it must override this method.

        :rtype: customer.portal.signature
        """
        return self.portal_signature_ids

    def _portal_signed_file(self):
        """Return name and content of the signed file with its certificate; None if there is none.

        :rtype: tuple[str, bytes] | None
        """
        evidence_sudo = self._portal_delivered()
        attachment = evidence_sudo and evidence_sudo._delivered_file()
        return (attachment.name, attachment.raw) if attachment else None

    def _portal_signature_values(self):
        """Return what pages tell of the last signature.

        :return: ``name``, ``date`` and ``verify_url``; None if there is none
        :rtype: dict | None
        """
        evidence_sudo = self._portal_delivered()
        if not evidence_sudo:
            return None
        return {
            "name": evidence_sudo.signer_name or evidence_sudo.contact_name,
            "date": format_datetime(self.env, evidence_sudo.signed_at, dt_format="short"),
            "verify_url": f"/portal/verify/{evidence_sudo.code}",
        }

    def _portal_attach(self, name, data):
        """Attach a file of the signature to this document, as a plain attachment.

        :return: the attachment, in sudo
        :rtype: ir.attachment
        """
        self.ensure_one()
        # Sudo: attached for the contact, who can't write attachments; the document's own
        # gates decide who reads it.
        return (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": name.replace("/", "-"),
                    "raw": data,
                    "res_model": self._name,
                    "res_id": self.id,
                    "description": "customer.portal.signature",
                }
            )
        )

    def _portal_deliver_signature(self, evidence, attachments):
        """Send the signed document with its certificate to the signer and post it for staff.

        :param customer.portal.signature evidence: sealed evidence
        :param ir.attachment attachments: the delivered file, and what comes beside it
        """
        self.ensure_one()
        recipients = self._portal_signature_recipients(evidence)
        # Its copy reaches the signer whatever mails it wants.
        document = self.with_context(lang=evidence.lang, portal_asked_partner_ids=recipients.ids)
        if evidence.method == "click":
            body = document.env._(
                "%(name)s accepted. The certificate is attached.", name=evidence.signer_name
            )
        else:
            body = document.env._(
                "%(name)s signed. The certificate is attached.", name=evidence.signer_name
            )
        document.message_post(
            body=body,
            attachment_ids=attachments.ids,
            partner_ids=recipients.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=evidence.company_id.partner_id.id,
        )
        self._portal_after_delivery()

    def _portal_after_delivery(self):
        """Hook that is called when the signed file is at hand.

        For a model that waits for it, it must override this method.
        """

    def _portal_signature_recipients(self, evidence):
        """Return to whom the signed document is sent.

        For a model that several people sign, it must override this method.

        :param customer.portal.signature evidence: sealed evidence
        :rtype: res.partner
        """
        return evidence.contact_id

    @api.model
    def _portal_consent_text(self, document, customer_name):
        """Return the words to which the signer agrees.

        :param models.Model document: the document to sign
        :param str customer_name: on whose behalf
        :rtype: str
        """
        return self.env._(
            "I have read %(document)s, accept it on behalf of %(customer)s and agree to sign it"
            " electronically.",
            document=document.display_name,
            customer=customer_name,
        )
