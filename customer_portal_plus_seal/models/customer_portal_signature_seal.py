"""Signed files are sealed before they are delivered; the evidence says how far."""

import logging

from odoo import api, models
from odoo.tools.misc import format_datetime

from odoo.addons.customer_portal_plus.report import certificate_pdf
from odoo.addons.customer_portal_plus.tools.pdf_data import paper
from odoo.addons.customer_portal_plus.tools.signature_image import typed_signature

from ..tools.pdf_seal import has_seals
from ..tools.signature_places import add_places, draw_signature, free_place, has_places

_logger = logging.getLogger(__name__)


class CustomerPortalSignature(models.Model):
    _inherit = "customer.portal.signature"

    def _portal_seal(self):
        """Return the seal of this signature's file, in sudo; empty if there is none."""
        # Sudo: the record is staff's to read; pages and papers are told of it.
        Seal = self.env["customer.portal.seal"].sudo()
        return Seal.search([("signature_id", "=", self.id)], limit=1)

    def _is_joined(self, pdf):
        """Return whether what was signed is joined to its certificate, which writes the file anew.
        One that somebody has sealed before would lose that, and one with places for those who
        sign after others would lose these, sealed yet or not: it stays as it is, and our seal is
        added to it.

        :param bytes pdf: what was signed
        :rtype: bool
        """
        return not (has_seals(pdf) or has_places(pdf))

    def _earlier_turns(self):
        """Return the evidence of what was signed of the same document before, in its order.

        :rtype: customer.portal.signature
        """
        document = self._document()
        counting = document._portal_counting_signatures() if document else self.browse()
        return counting.filtered(lambda one: one.id < self.id).sorted("id")

    def _finish_file(self, pdf):
        """Override of `customer_portal_plus` to seal the file."""
        if self._is_joined(pdf):
            pdf = super()._finish_file(pdf)
        if not self.company_id.portal_seal_files:
            return pdf
        if not has_seals(pdf) and not has_places(pdf):
            pdf = self._with_places(pdf)
        return self.env["customer.portal.seal"]._seal_file(self, pdf)

    def _with_places(self, pdf):
        """Return a file with a place for each who signs it after this first one."""
        count = self._document()._portal_signers_to_come()
        if not count:
            return pdf
        evidence = self.with_context(lang=self.lang)
        _ = evidence.env._
        try:
            sheet = paper(evidence.company_id, _("Signatures that follow"))
            return add_places(pdf, count, sheet, _("Signature %s"))
        except Exception:  # Later ones are seen on their certificates only.
            _logger.exception("The file of signature %s has no place for more", self.id)
            return pdf

    def _seal_place(self, pdf):
        """Return where the seal of this signature is seen in a file that others have signed.

        :return: ``place`` and ``picture``, see ``pdf_seal.seal``; empty if it is not seen
        :rtype: dict
        """
        self.ensure_one()
        place = free_place(pdf) if has_seals(pdf) else None
        if not place:
            return {}
        image = self._attachment(self.image_sha256).raw if self.image_sha256 else None
        moment = format_datetime(self.env, self.signed_at, tz="UTC", dt_format="short")
        return {
            "place": place,
            "picture": draw_signature(
                image or typed_signature(self.signer_name or ""),
                [self.signer_name or "", f"{moment} UTC"],
            ),
        }

    def _files_beside(self, pdf):
        """Override of `customer_portal_plus`: the certificate, where it is not in the file."""
        files = super()._files_beside(pdf)
        if self._is_joined(pdf):
            return files
        name = self.with_context(lang=self.lang).env._("%s (certificate).pdf", self.document_name)
        certificate = certificate_pdf.join(b"", self._certificate(), self._evidence())
        if self.company_id.portal_seal_files:
            Seal = self.env["customer.portal.seal"]
            certificate = Seal._climb(self, certificate, "none", "b")[0]
        return [*files, (name, certificate)]

    def _delivered_file(self):
        """Override of `customer_portal_plus` to hand out the highest level."""
        seal_sudo = self._portal_seal()
        newest = seal_sudo and self._attachment(seal_sudo.sha256)
        return newest or super()._delivered_file()

    @api.model
    def _find_by_digest(self, sha256):
        """Override of `customer_portal_plus`: a file that was raised has another digest."""
        found = super()._find_by_digest(sha256)
        if found:
            return found
        seal_sudo = (
            self.env["customer.portal.seal"]
            .sudo()
            .search([("sha256", "=", sha256), ("signature_id.hash", "!=", False)], limit=1)
        )
        return seal_sudo.signature_id

    @api.model
    def _verify_files(self, company, files=()):
        """Override of `customer_portal_plus` to look at the seals."""
        Seal = self.env["customer.portal.seal"]
        found = Seal._verify_kept(company) if company else Seal._verify_given(files)
        if not company and self.env["customer.portal.seal.log"].sudo().search_count([], limit=1):
            found.append(self.env["customer.portal.seal.log"]._verification_words())
        return [*super()._verify_files(company, files), *found]

    # === WORDS === #

    def _certificate_sections(self):
        """Override of `customer_portal_plus` to tell of the seal."""
        sections = super()._certificate_sections()
        rows = self._seal_rows()
        if not rows:
            return sections
        heading = self.with_context(lang=self.lang).env._("Seal")
        return [*sections, (heading, [(label, value) for label, value in rows if value])]

    def _seal_rows(self):
        """Return label and value of what there is to say of the seal. On the certificate, which is
        in the file, its level can't stand yet.

        :rtype: list[tuple[str, str]]
        """
        self.ensure_one()
        in_words = self.with_context(lang=self.lang)
        _, seal_sudo = in_words.env._, self._portal_seal().with_env(in_words.env(su=True))
        company = self.company_id
        if not seal_sudo and not company.portal_seal_files:
            return []
        # Sudo: what stands in the certificate is no secret.
        certificate = (seal_sudo or company.sudo())[
            "certificate_id" if seal_sudo else "portal_seal_certificate_id"
        ]
        if seal_sudo.level == "none" or not certificate:
            return [(_("Level"), _("Not sealed yet"))]
        subject = certificate.subject
        if certificate.is_trial:
            subject = _("%s (made for trying; nobody vouches for it)", subject)
        rows = [
            (_("Sealed by"), subject),
            (_("Certificate issued by"), certificate.issuer),
            (_("SHA-256 of the certificate"), certificate.fingerprint),
        ]
        if not seal_sudo:
            told = _("See the page of the address below: a time stamp may be added later.")
            return [*rows, (_("Level"), told)]
        level = seal_sudo._fields["level"]._description_selection(seal_sudo.env)
        rows.append((_("Level"), dict(level).get(seal_sudo.level)))
        if seal_sudo.stamped_on:
            moment = format_datetime(in_words.env, seal_sudo.stamped_on, tz="UTC", dt_format="long")
            rows += [(_("Time stamp (UTC)"), moment), (_("Time stamp by"), seal_sudo.stamped_by)]
        else:
            rows.append((_("Time stamp"), _("None: no moment but that of our own clock is known.")))
        if seal_sudo.is_waiting:
            rows.append((_("To come"), seal_sudo._problem_text()))
        return rows
