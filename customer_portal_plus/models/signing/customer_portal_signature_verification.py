"""Whether a file, a code or the whole chain is genuine."""

import base64

from odoo import api, models

from ...report import certificate_pdf
from ...tools import evidence_chain


class CustomerPortalSignature(models.Model):
    _inherit = "customer.portal.signature"

    # === VERIFYING === #

    @api.model
    def _find_by_code(self, code):
        """Return the sealed evidence with a verification code, in sudo; empty if there is none."""
        code = (code or "").strip().lower()
        if len(code) != 32:
            return self.sudo().browse()
        return self.sudo().search([("code", "=", code), ("hash", "!=", False)], limit=1)

    @api.model
    def _find_by_file(self, data):
        """Return the sealed evidence of exactly these bytes: the document or the delivered file.

        :param bytes data: a file as somebody has it
        :rtype: customer.portal.signature
        """
        return self._find_by_digest(evidence_chain.sha256(data))

    @api.model
    def _find_by_digest(self, sha256):
        """Return the sealed evidence of the file with a digest, see ``_find_by_file``. What was
        delivered of one signature may have been signed by the next one, too.

        :param str sha256: 64 hexadecimal digits
        :rtype: customer.portal.signature
        """
        found = self.sudo().browse()
        for name in ("delivered_sha256", "document_sha256"):
            found = found or self.sudo().search(
                [("hash", "!=", False), (name, "=", sha256)], limit=1
            )
        return found

    def _is_genuine(self):
        """Return whether this record still says what was sealed.

        :rtype: bool
        """
        self.ensure_one()
        return bool(self.hash) and self.hash == evidence_chain.link_hash(
            self.sequence, self.previous_hash, self._payload()
        )

    @api.model
    def _verify_chain(self, company, heads=()):
        """Verify a company's whole chain.

        The hashes on the certificates attached to documents are compared as well, and those
        given: certificates in other people's hands prove what a database can't.

        :param res.company company: whose chain
        :param heads: pairs of sequence and hash, read from certificates
        :return: the first broken link, None if the chain holds
        :rtype: evidence_chain.BrokenLink | None
        """
        records = self.sudo().search(
            [("company_id", "=", company.id), ("hash", "!=", False)], order="sequence, id"
        )
        rows = (
            {
                "sequence": record.sequence,
                "previous_hash": record.previous_hash,
                "hash": record.hash,
                "payload": record._payload(),
            }
            for record in records
        )
        attached = self._heads_of_attachments(company)
        broken = evidence_chain.verify_chain(rows, [*heads, *attached])
        before = broken.sequence if broken else None
        return self._first_lost_file(records, before) or broken

    @api.model
    def _verify_files(self, company, files=()):
        """Return what else there is to say of a company's files, beside the chain.

        For a module to check more of them, it must override this method.

        :param res.company company: whose files; empty for what is said once, of the files given
        :param files: contents of files in other people's hands
        :return: pairs of whether something holds, and a sentence about it
        :rtype: list[tuple[bool, str]]
        """
        return []

    @api.model
    def _first_lost_file(self, records, before=None):
        """Return the first record whose document is there, but not with the files it vouches for.

        A document that was deleted took its files along: that breaks nothing.

        :param customer.portal.signature records: a chain, in its order
        :param int before: look no further than this place of the chain
        :rtype: evidence_chain.BrokenLink | None
        """
        for record in records:
            if before is not None and record.sequence >= before:
                break
            if not record._document() or record.delivered_sha256 == evidence_chain.sha256(b""):
                continue
            digests = (record.document_sha256, record.delivered_sha256)
            if not all(record._attachment(digest) for digest in digests if digest):
                return evidence_chain.BrokenLink(record.sequence, "file")
        return None

    @api.model
    def _heads_of_attachments(self, company):
        """Return the heads printed on the delivered files that are attached to documents.

        :return: pairs of sequence and hash
        :rtype: list[tuple[int, str]]
        """
        attachments = (
            self.env["ir.attachment"]
            .sudo()
            .search([("description", "=", "customer.portal.signature")])
        )
        return self._heads_of_files((attachment.raw for attachment in attachments), company)

    @api.model
    def _heads_of_files(self, files, company):
        """Return the heads printed on certificates of one company's chain.

        :param files: contents of PDF files
        :rtype: list[tuple[int, str]]
        """
        heads = []
        for data in files:
            evidence = certificate_pdf.read_evidence(data or b"")
            if evidence and evidence.get("chain") == company.id:
                heads.append((evidence["sequence"], evidence["hash"]))
        return heads

    def _image_base64(self):
        """Return the signature's picture for core's own field, base64."""
        image = self._attachment(self.image_sha256).raw if self.image_sha256 else None
        return base64.b64encode(image) if image else False
