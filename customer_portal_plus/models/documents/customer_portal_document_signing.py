"""Contracts: read, signed or rejected by the customer."""

import base64

from odoo import fields, models
from odoo.exceptions import ValidationError
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
            self._portal_render_pdf(),
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
            "file": evidence_chain.sha256(self._portal_render_pdf()),
        }

    def _portal_render_pdf(self):
        self.ensure_one()
        return base64.b64decode(self.sudo().with_context(bin_size=False).file or b"")

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
        return ""

    def _portal_signed(self, evidence, image=None):
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
        document_sudo.message_post(
            body=document_sudo.env._("Rejected: %s", chosen._portal_text(words)),
            author_id=contact.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        document_sudo._portal_tell_responsible(
            "document",
            self.env._(
                "%(document)s was rejected by %(name)s", document=self.name, name=contact.name
            ),
        )
