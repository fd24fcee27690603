"""Contracts: read, signed or rejected by the customer."""

import base64

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...tools import evidence_chain
from ...tools.file_types import SHOWN_TYPES
from ...tools.transactions import lock_rows_or_retry


class CustomerPortalDocument(models.Model):
    _inherit = "customer.portal.document"

    # === PAGES === #

    def _portal_has_to_be_answered(self):
        """Return whether the customer is still asked to sign this document.

        :rtype: bool
        """
        self.ensure_one()
        return self.state == "sent" and self.to_sign and not self.is_expired

    def _portal_waits_for_others(self):
        """Return whether it is others who are asked to sign this document now, not who looks.

        :rtype: bool
        """
        self.ensure_one()
        awaited = self.next_signer_id
        return (
            self._portal_has_to_be_answered()
            and bool(awaited)
            and awaited != self.env.user.partner_id
        )

    def _portal_state_text(self):
        """Return the state in the customer's words.

        :rtype: str
        """
        self.ensure_one()
        _ = self.env._
        if self.state == "sent" and not self.to_sign:
            return _("Shared")
        if self.is_expired:
            return _("Expired")
        if self._portal_waits_for_others():
            return _("Waiting for others")
        words = {"sent": _("To sign"), "signed": _("Signed"), "rejected": _("Rejected")}
        # Staff see drafts and what was withdrawn, too.
        labels = dict(self._fields["state"]._description_selection(self.env))
        return words.get(self.state) or labels[self.state]

    def _portal_download(self):
        """Return name and content of what the customer downloads: the signed file with its
        certificate once there is one, the file itself until then.

        :rtype: tuple[str, bytes]
        """
        self.ensure_one()
        return self._portal_signed_file() or (
            self.file_name or f"{self.name}.pdf",
            self._portal_shared_file(),
        )

    def _portal_shown_type(self):
        """Return the media type of what the customer downloads, if the page can show it.

        :rtype: str | None
        """
        self.ensure_one()
        if self._portal_delivered():
            return "application/pdf"
        # Sudo: told of the file alone, whose document the gates have given. The domain names the
        # field, without which Odoo leaves such files out.
        attachment_sudo = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("res_field", "=", "file"),
                ],
                limit=1,
            )
        )
        return attachment_sudo.mimetype if attachment_sudo.mimetype in SHOWN_TYPES else None

    # === SIGNING === #

    def _portal_version_content(self):
        return {
            "name": self.name,
            "company": self.company_id.id,
            "customer": self.commercial_partner_id.id,
            "file": evidence_chain.sha256(self._portal_shared_file()),
        }

    def _portal_shared_file(self):
        """Return the file as staff have shared it.

        :rtype: bytes
        """
        self.ensure_one()
        return base64.b64decode(self.sudo().with_context(bin_size=False).file or b"")

    def _portal_render_pdf(self):
        """Override: of several who sign, each signs what the one before has signed."""
        self.ensure_one()
        if not self._portal_turns_taken():
            return self._portal_shared_file()
        signed = self._portal_signed_file()
        if not signed:
            raise UserError(self.env._("The file that was signed before is not at hand."))
        return signed[1]

    def _portal_sign_refusal(self, contact):
        self.ensure_one()
        _ = self.env._
        if self.state == "signed":
            return _("This document has already been signed.")
        if self.state == "rejected":
            return _("This document has already been rejected.")
        if self.state != "sent" or not self.to_sign:
            return _("This document is not to be signed.")
        if self.is_expired:
            day = format_date(self.env, self.expires_on)
            return _("This document expired on %s. Please ask us for a new one.", day)
        if self._portal_refusal(contact) or not contact._portal_can("can_accept"):
            return _("Your profile does not let you sign. Ask whoever manages your team.")
        return self._portal_turn_refusal(contact)

    def _portal_signed(self, evidence, image=None):
        """Complete the document; of several who sign, the last one does."""
        is_complete = self._portal_take_turn(evidence)
        events = self.env["customer.portal.event"]
        words = events._company_words(self.company_id)
        detail = words._("Signed by %s", evidence.signer_name)
        events._log("accept", record=self, contact=evidence.contact_id, detail=detail)
        if not is_complete:
            return
        self.write({"state": "signed", "answered_on": evidence.signed_at})
        self._portal_tell_responsible(
            "document",
            self.env._(
                "%(document)s was signed by %(name)s",
                document=self.name,
                name=evidence.signer_name,
            ),
        )

    def _portal_reject(self, contact, reason, reason_id=None):
        """Reject a document that was sent to be signed.

        :param res.partner contact: who rejects it
        :param str reason: free words
        :param str reason_id: the reason chosen, as a form sent it; this or words are needed
        :raise UserError: if it can't be rejected or the reason is missing
        """
        self.ensure_one()
        lock_rows_or_retry(self)
        if refusal := self._portal_sign_refusal(contact):
            raise ValidationError(refusal)
        document_sudo = self.sudo()
        chosen, words = self.env["customer.portal.rejection.reason"]._portal_parse(
            reason_id, reason
        )
        document_sudo.write(
            {
                "state": "rejected",
                "answered_on": fields.Datetime.now(),
                "rejection_reason_id": chosen.id,
                "rejection_note": words,
            }
        )
        signers_sudo = document_sudo.signer_ids
        signers_sudo.filtered(lambda one: one.partner_id == contact).write(
            {"state": "declined", "answered_on": fields.Datetime.now()}
        )
        document_sudo.message_post(
            body=document_sudo.env._("Rejected: %s", chosen._portal_text(words)),
            author_id=contact.id,
            # Who has signed learns that it was in vain.
            partner_ids=signers_sudo.filtered(lambda one: one.state == "signed").partner_id.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        events = self.env["customer.portal.event"]
        log_words = events._company_words(document_sudo.company_id)
        detail = log_words._("Rejected: %s", chosen.with_env(log_words)._portal_text(words))
        events._log("reject", record=document_sudo, contact=contact, detail=detail)
        document_sudo._portal_tell_responsible(
            "document",
            self.env._(
                "%(document)s was rejected by %(name)s", document=self.name, name=contact.name
            ),
        )
