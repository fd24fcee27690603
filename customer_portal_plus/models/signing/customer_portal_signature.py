import hmac
import logging
import random
import secrets

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import evidence_chain
from ...tools.transactions import run_each_in_own_commit

_logger = logging.getLogger(__name__)

# First key of the advisory lock under which a company's chain grows.
CHAIN_LOCK = 0x43505053

# What the hash of a record covers: everything that was true at the moment of signing. References
# that a merge may re-point and the address that may be erased are left out; the address is
# covered by its keyed digest.
PAYLOAD_FIELDS = (
    "act", "amount_text", "code", "company_name", "company_ref", "consent_sha256",
    "consent_text", "contact_name", "contact_ref", "customer_name", "customer_ref",
    "document_name", "document_sha256", "document_size", "image_sha256", "ip_digest", "lang",
    "method", "opened_by", "order_ref", "res_id", "res_model", "role", "signed_at",
    "signer_email", "signer_name", "step_up", "user_agent", "version",
)  # fmt: skip


class CustomerPortalSignature(models.Model):
    """Evidence that a person accepted or signed exactly these bytes at this moment.

    A row is written in the transaction of the act and never changes again: the database refuses
    it (see ``customer.portal.write.once.mixin``). After the commit it is sealed: it gets its
    place in the company's chain of hashes. Then the certificate is drawn and joined to the
    signed document; both are plain attachments of that document, and outlive this addon.
    """

    _name = "customer.portal.signature"
    _inherit = ["customer.portal.write.once.mixin"]
    _description = "Signature evidence"
    _log_access = False
    _rec_name = "document_name"
    _order = "id desc"

    _write_once_free = ("company_id", "contact_id", "customer_id")
    _write_once_set_once = ("sequence", "previous_hash", "hash", "delivered_sha256")
    _write_once_erasable = ("ip_address", "ip_salt")

    # === FIELDS === #

    company_id = fields.Many2one("res.company", readonly=True, ondelete="set null", index=True)
    contact_id = fields.Many2one(
        "res.partner", "Contact record", readonly=True, ondelete="set null", index=True
    )
    customer_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, ondelete="set null", index=True
    )

    act = fields.Selection(
        [
            ("accepted", "Accepted"),
            ("signed", "Signed"),
            ("approved", "Accepted, second person awaited"),
        ],
        required=True,
        readonly=True,
    )
    company_ref = fields.Integer("Company number", readonly=True)
    company_name = fields.Char(readonly=True)
    res_model = fields.Char("Document model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Document number", model_field="res_model", required=True, readonly=True, index=True
    )
    document_name = fields.Char("Document", readonly=True)
    amount_text = fields.Char("Amount", readonly=True)
    order_ref = fields.Char("Customer's order number", readonly=True)
    version = fields.Char(
        readonly=True,
        help="Digest of parties, lines, quantities, amounts, taxes and terms when it was signed.",
    )
    document_sha256 = fields.Char("SHA-256 of the document", readonly=True)
    document_size = fields.Integer("Size of the document (bytes)", readonly=True)
    delivered_sha256 = fields.Char("SHA-256 of the delivered file", readonly=True, copy=False)

    contact_ref = fields.Integer("Contact number", readonly=True)
    contact_name = fields.Char("Contact", readonly=True)
    customer_ref = fields.Integer("Customer number", readonly=True)
    customer_name = fields.Char("On behalf of", readonly=True)
    signer_name = fields.Char("Name as typed", readonly=True)
    signer_email = fields.Char("E-mail", readonly=True)
    role = fields.Char(readonly=True, help="The contact's portal profile at that moment.")
    method = fields.Selection(
        [
            ("draw", "Drawn by hand"),
            ("type", "Typed"),
            ("upload", "Uploaded picture"),
            ("click", "One click"),
        ],
        readonly=True,
    )
    image_sha256 = fields.Char("SHA-256 of the picture", readonly=True)
    consent_text = fields.Text(readonly=True)
    consent_sha256 = fields.Char("SHA-256 of the consent text", readonly=True)
    opened_by = fields.Char("Session opened by", readonly=True)
    step_up = fields.Char("Confirmed by", readonly=True)
    ip_address = fields.Char("Network address", readonly=True)
    ip_salt = fields.Char(readonly=True, groups="base.group_no_one")
    ip_digest = fields.Char("Digest of the network address", readonly=True)
    user_agent = fields.Char("Browser", readonly=True)
    lang = fields.Char("Language", readonly=True)
    signed_at = fields.Datetime("Signed at (UTC)", required=True, readonly=True)
    code = fields.Char("Verification code", readonly=True, copy=False, index=True)

    sequence = fields.Integer("Place in the chain", readonly=True, copy=False)
    previous_hash = fields.Char("Hash of the record before", readonly=True, copy=False)
    hash = fields.Char("Hash of this record", readonly=True, copy=False)

    # === WRITING === #

    @api.model
    def _record(self, document, contact, document_pdf, act, request_facts, **values):
        """Write the evidence of one act, in the transaction of the act.

        :param models.Model document: the record that was signed, a ``customer.portal.sign.mixin``
        :param res.partner contact: the contact who signed
        :param bytes document_pdf: the file that was shown before signing
        :param str act: ``accepted``, ``signed`` or ``approved``
        :param dict request_facts: ``ip_address``, ``user_agent``, ``opened_by``, ``step_up``
        :param values: ``signer_name``, ``method``, ``consent_text``, ``image`` (bytes), ...
        :return: the evidence, in sudo
        :rtype: customer.portal.signature
        """
        document_sudo = document.sudo()
        contact_sudo = contact.sudo()
        company = document_sudo.company_id
        customer = document_sudo._portal_customer()
        image = values.pop("image", None)
        consent_text = values.pop("consent_text", "") or ""
        ip_address = request_facts.get("ip_address") or ""
        ip_salt = secrets.token_hex(16)
        # Sudo: evidence is written for the contact, who may neither write nor read the table.
        evidence = self.sudo().create(
            {
                "act": act,
                "company_id": company.id,
                "company_ref": company.id,
                "company_name": company.name,
                "contact_id": contact_sudo.id,
                "contact_ref": contact_sudo.id,
                "contact_name": contact_sudo.name,
                "signer_email": contact_sudo.email or "",
                "role": contact_sudo._portal_profile().name,
                "customer_id": customer.id,
                "customer_ref": customer.id,
                "customer_name": customer.name,
                "res_model": document_sudo._name,
                "res_id": document_sudo.id,
                "document_name": document_sudo.display_name,
                "amount_text": document_sudo._portal_amount_text(),
                "version": document_sudo._portal_version(),
                "document_sha256": evidence_chain.sha256(document_pdf),
                "document_size": len(document_pdf),
                "image_sha256": evidence_chain.sha256(image) if image else "",
                "consent_text": consent_text,
                "consent_sha256": evidence_chain.sha256(consent_text.encode()),
                "opened_by": request_facts.get("opened_by") or "",
                "step_up": request_facts.get("step_up") or "",
                "ip_address": ip_address,
                "ip_salt": ip_salt,
                "ip_digest": self._ip_digest(ip_salt, ip_address),
                "user_agent": (request_facts.get("user_agent") or "")[:500],
                "lang": self.env.context.get("lang") or contact_sudo.lang or "en_US",
                "signed_at": fields.Datetime.now(),
                "code": secrets.token_hex(16),
                **values,
            }
        )
        evidence.flush_recordset()
        document_sudo._portal_attach(
            self.env._("%s (as signed).pdf", document_sudo.display_name), document_pdf
        )
        if image:
            name = self.env._("Signature of %s.png", evidence.signer_name)
            document_sudo._portal_attach(name, image)
        self.env.ref("customer_portal_plus.ir_cron_deliver_signatures").sudo()._trigger()
        registry, company_id = self.env.registry, company.id
        self.env.cr.postcommit.add(lambda: self._seal_after_commit(registry, company_id))
        return evidence

    @api.model
    def _ip_digest(self, salt, ip_address):
        """Return the keyed digest under which an address can be recognised, but not guessed."""
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        return hmac.new(secret.encode(), f"{salt}{ip_address}".encode(), "sha256").hexdigest()

    def _payload(self):
        """Return what the hash of this record covers, as JSON values.

        :rtype: dict
        """
        self.ensure_one()
        payload = {}
        for name in PAYLOAD_FIELDS:
            value = self[name]
            if name == "signed_at":
                value = fields.Datetime.to_string(value)
            payload[name] = "" if value is False else value
        return payload

    # === SEALING === #

    @staticmethod
    def _seal_after_commit(registry, company_id):
        """Seal what has just been committed; what fails here is sealed by the cron."""
        try:
            with registry.cursor() as cr:
                env = api.Environment(cr, api.SUPERUSER_ID, {})
                env["customer.portal.signature"]._seal(env["res.company"].browse(company_id))
        except Exception:
            _logger.exception("Signatures of company %s wait for the cron to be sealed", company_id)

    @api.model
    def _seal(self, company):
        """Give the company's new records their places in its chain.

        The lock is taken before the snapshot of this transaction, so that nobody can grow the
        chain from an old end. It is held for milliseconds: no document is drawn under it.
        To be called in a transaction of its own, which is committed here.

        :param res.company company: whose chain
        :return: the records that were sealed
        :rtype: customer.portal.signature
        """
        cr = self.env.cr
        cr.execute("SELECT pg_advisory_lock(%s, %s)", [CHAIN_LOCK, company.id])
        try:
            # A transaction of its own: the snapshot must be newer than the lock.
            cr.commit()  # pylint: disable=invalid-commit
            self.env.invalidate_all()
            last = self.sudo().search(
                [("company_id", "=", company.id), ("hash", "!=", False)],
                order="sequence desc",
                limit=1,
            )
            previous_hash, sequence = last.hash or evidence_chain.GENESIS, last.sequence
            waiting = self.sudo().search(
                [("company_id", "=", company.id), ("hash", "=", False)], order="id"
            )
            for evidence in waiting:
                sequence += 1
                link_hash = evidence_chain.link_hash(sequence, previous_hash, evidence._payload())
                # SQL: the three columns are set at once, before the trigger shuts them.
                cr.execute(
                    SQL(
                        "UPDATE customer_portal_signature"
                        " SET sequence = %s, previous_hash = %s, hash = %s WHERE id = %s",
                        sequence,
                        previous_hash,
                        link_hash,
                        evidence.id,
                    )
                )
                previous_hash = link_hash
            waiting.invalidate_recordset()
            cr.commit()  # pylint: disable=invalid-commit
            return waiting
        finally:
            cr.execute("SELECT pg_advisory_unlock(%s, %s)", [CHAIN_LOCK, company.id])

    @api.model
    def _cron_deliver(self):
        """Seal what a crash left, then draw and send the certificates that are missing."""
        Evidence = self.sudo()
        for company in Evidence.search([("hash", "=", False)]).company_id:
            Evidence._seal(company)
        # By chance: what can't be delivered for long comes before the rest in no order.
        waiting_ids = Evidence.search([("delivered_sha256", "=", False)]).ids
        random.shuffle(waiting_ids)
        # A file that can't be joined must not keep the others waiting.
        run_each_in_own_commit(Evidence.browse(waiting_ids), lambda evidence: evidence._deliver())
