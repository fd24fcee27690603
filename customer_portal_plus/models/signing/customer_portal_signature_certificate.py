"""The certificate of what was signed, and where it is kept."""

from odoo import models
from odoo.tools.misc import format_datetime

from ...report import certificate_pdf
from ...tools import evidence_chain
from ...tools.pdf_data import logo, paper


class CustomerPortalSignature(models.Model):
    _inherit = "customer.portal.signature"

    # === CERTIFICATE === #

    def _deliver(self):
        """Draw the certificate, attach it joined to the document, and send it to the signer.

        :return: the delivered file
        :rtype: bytes
        """
        self.ensure_one()
        document = self._document()
        pdf = self._signed_bytes()
        if not document or pdf is None:
            # Deleted meanwhile: the evidence stays, there is nothing to deliver any more.
            self.delivered_sha256 = evidence_chain.sha256(b"")
            return b""
        delivered = self._finish_file(pdf)
        self.delivered_sha256 = evidence_chain.sha256(delivered)
        name = self.with_context(lang=self.lang).env._("%s (signed).pdf", self.document_name)
        attachments = document._portal_attach(name, delivered)
        for beside, content in self._files_beside(pdf):
            attachments += document._portal_attach(beside, content)
        document._portal_deliver_signature(self, attachments)
        return delivered

    def _finish_file(self, pdf):
        """Return the file as it is delivered: what was signed, joined to its certificate. Nothing
        of this signature is written before.

        For a module to seal it, it must override this method.

        :param bytes pdf: what was signed
        :rtype: bytes
        """
        self.ensure_one()
        return certificate_pdf.join(pdf, self._certificate(), self._evidence())

    def _files_beside(self, pdf):
        """Return what is delivered beside the file, name and content of each.

        For a module that does not join the certificate to the file, it must override this method.

        :param bytes pdf: what was signed
        :rtype: list[tuple[str, bytes]]
        """
        return []

    def _delivered_file(self):
        """Return the attachment that is handed out as the signed file, empty if there is none.

        For a module to hand out a later state of the file, it must override this method.

        :rtype: ir.attachment
        """
        self.ensure_one()
        return self._attachment(self.delivered_sha256)

    def _document(self):
        """Return the document this is the evidence of, empty if it was deleted."""
        self.ensure_one()
        if self.res_model not in self.env:
            return None
        return self.env[self.res_model].sudo().browse(self.res_id).exists()

    def _attachment(self, sha256):
        """Return the document's attachment with exactly the bytes of a digest.

        :rtype: ir.attachment
        """
        self.ensure_one()
        candidates = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [("res_model", "=", self.res_model), ("res_id", "=", self.res_id)], order="id desc"
            )
        )
        for attachment in candidates:
            if attachment.raw and evidence_chain.sha256(attachment.raw) == sha256:
                return attachment
        return candidates.browse()

    def _signed_bytes(self):
        """Return the bytes that were signed, None if nobody has them any more."""
        return self._attachment(self.document_sha256).raw or None

    def _verification_url(self):
        """Return the public address at which this record can be checked."""
        self.ensure_one()
        return f"{self.company_id.get_base_url()}/portal/verify/{self.code}"

    def _evidence(self):
        """Return what a certificate says, for programs.

        :return: ``payload``, ``sequence``, ``previous_hash``, ``hash``, ``chain``
        :rtype: dict
        """
        self.ensure_one()
        return {
            "chain": self.company_ref,
            "sequence": self.sequence,
            "previous_hash": self.previous_hash,
            "hash": self.hash,
            "payload": self._payload(),
        }

    def _certificate_sections(self):
        """Return the certificate's words, in the language of the signature.

        The verification page shows the same sections and no more.

        :return: pairs of heading and rows, a row being a pair of label and value
        :rtype: list
        """
        self.ensure_one()
        evidence = self.with_context(lang=self.lang)
        _ = evidence.env._
        selection = {
            name: dict(evidence._fields[name]._description_selection(evidence.env))
            for name in ("act", "method")
        }
        ways = evidence.env["customer.portal.event"]._get_way_labels()
        # A step up is a way in, the masked address, and a moment: see step_up_session.py.
        way, comma, address_and_moment = (self.step_up or "").partition(",")
        step_up = f"{ways.get(way, way)}{comma}{address_and_moment}"
        moment = format_datetime(evidence.env, self.signed_at, tz="UTC", dt_format="long")
        sections = [
            (
                _("Document"),
                [
                    (_("Document"), self.document_name),
                    (_("Amount"), self.amount_text),
                    (_("Your order number"), self.order_ref),
                    (_("Issued by"), self.company_name),
                    (_("SHA-256 of the file"), self.document_sha256),
                    (_("Size"), _("%s bytes", self.document_size)),
                    (_("Version"), self.version),
                ],
            ),
            (
                _("Signature"),
                [
                    (_("What was done"), selection["act"].get(self.act)),
                    (_("How"), selection["method"].get(self.method)),
                    (_("Name as typed"), self.signer_name),
                    (_("Contact"), self.contact_name),
                    (_("E-mail"), self.signer_email),
                    (_("Role"), self.role),
                    (_("On behalf of"), self.customer_name),
                    (_("Moment (UTC)"), moment),
                    (_("Consent"), self.consent_text),
                    (_("SHA-256 of the consent"), self.consent_sha256),
                    (_("SHA-256 of the picture"), self.image_sha256),
                ],
            ),
            (
                _("Circumstances"),
                [
                    (_("Session opened by"), ways.get(self.opened_by, self.opened_by)),
                    (_("Confirmed by"), step_up),
                    (_("Network address"), self.ip_address),
                    (_("Browser"), self.user_agent),
                    (_("Language"), self.lang),
                ],
            ),
            (
                _("Chain of evidence"),
                [
                    (_("Place in the chain"), str(self.sequence)),
                    (_("Hash of the record before"), self.previous_hash),
                    (_("Hash of this record"), self.hash),
                ],
            ),
        ]
        return [
            (heading, [(label, value) for label, value in rows if value])
            for heading, rows in sections
        ]

    def _certificate(self):
        """Return the certificate as PDF.

        :rtype: bytes
        """
        self.ensure_one()
        evidence = self.with_context(lang=self.lang)
        _, company = evidence.env._, evidence.company_id
        title = _("Certificate of signature")
        image = self._attachment(self.image_sha256).raw if self.image_sha256 else None
        return certificate_pdf.draw_certificate(
            title=title,
            intro=_(
                "%(company)s certifies what its portal recorded when %(document)s was signed.",
                company=self.company_name,
                document=self.document_name,
            ),
            sections=self._certificate_sections(),
            qr_text=self._verification_url(),
            qr_caption=_("Check this certificate, or the file itself, at this address:"),
            image=image,
            image_caption=self.signer_name,
            letters_note=_(
                "Some letters can't be printed here. The page of the address below shows them."
            ),
            paper=paper(company, title),
            logo=logo(company),
        )
