import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.pkcs12_file import MAX_BYTES, BadCertificate, read_pkcs12


class CustomerPortalSealImport(models.TransientModel):
    """A PKCS#12 file is given, read and forgotten: neither it nor its password is a column."""

    _name = "customer.portal.seal.import"
    _description = "Certificate of the seal from a file"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    pkcs12 = fields.Binary("File with certificate and key", store=False, attachment=False)
    pkcs12_name = fields.Char("File name", store=False)
    password = fields.Char("Password of the file", store=False)
    certificate_id = fields.Many2one("customer.portal.seal.certificate", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        """Override: read the file and put its certificate in use.

        :raise ValidationError: why it can't be used, in words
        """
        kept = []
        for values in vals_list:
            company_id = values.get("company_id") or self.env.company.id
            company = self.env["res.company"].browse(company_id)
            identity = self._read_file(values.get("pkcs12"), values.get("password"))
            certificate = self.env["customer.portal.seal.certificate"]._put_in_use(
                company, identity
            )
            kept.append({"company_id": company.id, "certificate_id": certificate.id})
        return super().create(kept)

    def action_done(self):
        """Show the settings with the certificate, which is in use since this was saved.

        :rtype: dict
        """
        return {"type": "ir.actions.client", "tag": "reload"}

    @api.model
    def _read_file(self, content, password):
        """Return what is in a PKCS#12 file.

        :param content: base64, as a form sends it
        :param password: a text
        :rtype: Identity
        :raise ValidationError: why it can't be used, in words
        """
        if not isinstance(content, (str, bytes)) or not content:
            raise ValidationError(self._bad_file_text("missing"))
        if len(content) > MAX_BYTES * 2:
            raise ValidationError(self._bad_file_text("too_big"))
        try:
            data = base64.b64decode(content)
            return read_pkcs12(data, password if isinstance(password, str) else "")
        except (binascii.Error, ValueError) as error:
            key = error.args[0] if isinstance(error, BadCertificate) else "no_pkcs12"
            # Without what went before: nothing of what was typed goes to a log.
            raise ValidationError(self._bad_file_text(key)) from None

    @api.model
    def _bad_file_text(self, key):
        _ = self.env._
        return {
            "missing": _("Please choose the file of the certificate."),
            "too_big": _("This file is too large for a certificate: 256 kB at most."),
            "no_pkcs12": _("This is no PKCS#12 file. Its name usually ends in .p12 or .pfx."),
            "password": _("The password is not that of this file."),
            "no_key": _("The file has no private key. Please export the certificate with its key."),
            "not_a_pair": _("The private key in the file is not that of the certificate."),
            "not_yet": _("This certificate is not valid yet."),
            "expired": _("This certificate has expired."),
            "kind_of_key": _(
                "The key must be RSA of 2,048 bits or more, or of the curves P-256, P-384, P-521."
            ),
            "key_usage": _(
                "This certificate may not be used to sign: its key usage has neither digital"
                " signature nor content commitment (non-repudiation)."
            ),
            "purpose": _(
                "This certificate was issued for something else than signing documents, like a"
                " web server."
            ),
        }[key]
