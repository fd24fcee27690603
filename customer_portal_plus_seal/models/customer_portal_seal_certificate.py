import base64
import json
import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.orm.models import NO_ACCESS

from ..tools import key_file
from ..tools.pkcs12_file import Identity, make_trial

_logger = logging.getLogger(__name__)


class CustomerPortalSealCertificate(models.Model):
    """A certificate that a company seals with, and its key.

    The key is encrypted by one that lies in a file of Odoo's machine, and no user reads it, the
    administrator no more than others. Certificates that were in use stay, without their keys:
    by them, the company's earlier seals are known to be its own.
    """

    _name = "customer.portal.seal.certificate"
    _description = "Certificate of the seal"
    _rec_name = "subject"
    _order = "is_in_use DESC, id DESC"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    is_in_use = fields.Boolean("In use", readonly=True)
    is_trial = fields.Boolean("For trying", readonly=True)
    subject = fields.Char("Issued to", readonly=True)
    issuer = fields.Char("Issued by", readonly=True)
    serial = fields.Char("Serial number", readonly=True)
    fingerprint = fields.Char("SHA-256 fingerprint", readonly=True, index=True)
    valid_from = fields.Datetime(readonly=True)
    valid_until = fields.Datetime(readonly=True)
    state = fields.Selection(
        [
            ("ok", "In use"),
            ("trial", "In use, for trying only: readers won't trust it"),
            ("soon", "In use, expires soon"),
            ("expired", "Expired"),
            ("no_key", "This machine can't open its key: please give the file again"),
            ("past", "No longer in use"),
        ],
        compute="_compute_state",
        compute_sudo=True,
    )
    # Nobody reads this by any way; code reads it in sudo, to seal.
    secret = fields.Char(readonly=True, copy=False, groups=NO_ACCESS)

    _one_in_use = models.UniqueIndex("(company_id) WHERE is_in_use")

    @api.depends("is_in_use", "is_trial", "valid_until")
    def _compute_state(self):
        now = fields.Datetime.now()
        for certificate in self:
            if not certificate.is_in_use:
                certificate.state = "past"
            elif certificate.valid_until <= now:
                certificate.state = "expired"
            elif certificate._identity() is None:
                certificate.state = "no_key"
            elif certificate.is_trial:
                certificate.state = "trial"
            elif certificate.valid_until <= fields.Datetime.add(now, days=30):
                certificate.state = "soon"
            else:
                certificate.state = "ok"

    # === MAKING === #

    @api.model
    def _put_in_use(self, company, identity, is_trial=False):
        """Keep a certificate and its key; the one before leaves its key.

        :param res.company company: whose
        :param Identity identity: what is kept
        :param bool is_trial: whether it was made here
        :rtype: customer.portal.seal.certificate
        :raise AccessError: if the user may not
        """
        self.env["customer.portal.seal.import"].check_access("create")
        if not company or company not in self.env.companies:
            raise AccessError(self.env._("This is not one of your companies."))
        secret = {
            "certificate": base64.b64encode(identity.certificate).decode(),
            "key": base64.b64encode(identity.key).decode(),
            "chain": [base64.b64encode(one).decode() for one in identity.chain],
        }
        # Sudo: these records are written by this alone, for who may import a certificate.
        certificates_sudo = self.sudo()
        certificates_sudo.search(
            [("company_id", "=", company.id), ("is_in_use", "=", True)]
        )._forget_key()
        made = certificates_sudo.create(
            [
                {
                    "company_id": company.id,
                    "is_in_use": True,
                    "is_trial": is_trial,
                    "secret": key_file.encrypt(json.dumps(secret).encode()),
                    **identity.facts(),
                }
            ]
        )
        company.invalidate_recordset(["portal_seal_certificate_id"])
        self.env["customer.portal.seal"]._try_again(company)
        _logger.info("Certificate %s seals for company %s", made.fingerprint, company.id)
        return made.sudo(False)

    @api.model
    def _make_trial(self, company):
        """Make a certificate for trying and put it in use, see ``_put_in_use``."""
        return self._put_in_use(company, make_trial(company.name or ""), is_trial=True)

    # === FORGETTING === #

    def _forget_key(self):
        """Take certificates out of use and erase their keys; they stay, to know their seals by."""
        self.write({"is_in_use": False, "secret": False})
        self.flush_recordset()  # Before another one is put in use.

    def action_forget(self):
        """Take certificates out of use, for who may make one.

        :rtype: dict
        """
        self.check_access("read")
        self.env["customer.portal.seal.import"].check_access("create")
        self.sudo()._forget_key()  # Sudo: nobody writes these records by hand.
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Certificates stay, for the files that were sealed with them to be known.")
        )

    # === USING === #

    def _identity(self):
        """Return certificate and key to seal with, in sudo.

        :return: None if the key is gone, or this machine can't open it
        :rtype: Identity | None
        """
        self.ensure_one()
        secret = self.sudo().secret
        opened = secret and key_file.decrypt(secret)
        if not opened:
            return None
        parts = json.loads(opened)
        identity = Identity(
            certificate=base64.b64decode(parts["certificate"]),
            key=base64.b64decode(parts["key"]),
            chain=tuple(base64.b64decode(one) for one in parts["chain"]),
        )
        # A key that was put beside another certificate's name is not used.
        return identity if identity.facts()["fingerprint"] == self.fingerprint else None

    @api.model
    def _own_by_fingerprint(self, fingerprint):
        """Return the certificate that one of our companies seals or has sealed with, in sudo.

        :param str fingerprint: SHA-256 of the certificate
        :rtype: customer.portal.seal.certificate
        """
        # Sudo: asked for anybody who holds a file.
        return self.sudo().search([("fingerprint", "=", fingerprint)], limit=1)
