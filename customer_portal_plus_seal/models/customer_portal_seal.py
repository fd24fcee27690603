import logging
from dataclasses import dataclass
from datetime import timezone

from odoo import api, fields, models

from odoo.addons.customer_portal_plus.tools import evidence_chain

from ..tools import pdf_seal
from ..tools.pdf_inspection import LEVELS, SealFacts, inspect
from ..tools.revocation import NoRevocationData
from ..tools.time_stamp import BadStamp, ServiceStamper

_logger = logging.getLogger(__name__)

# While the service has just failed, files are sealed without asking it: one that hangs would
# otherwise hold up each of them. They are stamped later.
REST_MINUTES = 10
STAMP_PROBLEMS = ("stamp_down", "stamp_refused", "stamp_garbage", "stamp_other")


class CustomerPortalSeal(models.Model):
    """The seal of one delivered file: how far it has come, and why not farther.

    Levels are reached one after the other, each by an update that leaves the bytes before as they
    are: no seal yet, B-B, B-T, B-LTA. The first state of the file is what was delivered, and
    stays attached; a later one is attached beside it and handed out from then on.
    """

    _name = "customer.portal.seal"
    _description = "Seal of a signed file"
    _order = "id DESC"
    _rec_name = "document_name"

    signature_id = fields.Many2one(
        "customer.portal.signature", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    document_name = fields.Char("Document", readonly=True)
    certificate_id = fields.Many2one(
        "customer.portal.seal.certificate", "Certificate", readonly=True, ondelete="restrict"
    )
    level = fields.Selection(
        [
            ("none", "Not sealed"),
            ("b", "B-B: sealed"),
            ("t", "B-T: with time stamp"),
            ("lta", "B-LTA: for the long term"),
        ],
        required=True,
        readonly=True,
        default="none",
    )
    wanted = fields.Selection(
        [("b", "B-B"), ("t", "B-T"), ("lta", "B-LTA")], required=True, readonly=True
    )
    is_waiting = fields.Boolean("Waits to be raised", readonly=True)
    problem = fields.Selection(
        [
            ("no_certificate", "No certificate to seal with"),
            ("no_key", "This machine can't open the key of the certificate"),
            ("expired", "The certificate has expired"),
            ("not_sealed", "The file can't be sealed"),
            ("stamp_down", "The time-stamp service does not answer"),
            ("stamp_refused", "The time-stamp service refuses"),
            ("stamp_garbage", "The time-stamp service answers something else than a stamp"),
            ("stamp_other", "The time-stamp service stamped something else"),
            ("no_path", "No data on revoked certificates can be had for the whole chain"),
            ("revoked", "A certificate of the chain was revoked"),
        ],
        "What keeps it from the next level",
        readonly=True,
    )
    sealed_by = fields.Char(readonly=True)
    sealed_on = fields.Datetime("Sealed at (by this server's clock)", readonly=True)
    stamped_on = fields.Datetime("Time stamp (UTC)", readonly=True)
    stamped_by = fields.Char("Time stamp by", readonly=True)
    sha256 = fields.Char("SHA-256 of the newest file", readonly=True, index=True)
    size = fields.Integer("Size (bytes)", readonly=True)
    tries = fields.Integer(readonly=True)
    tried_on = fields.Datetime("Last try", readonly=True)
    next_try = fields.Datetime(readonly=True, index="btree_not_null")

    # === SEALING === #

    @api.model
    def _seal_file(self, evidence, pdf):
        """Seal a file before it is delivered, as far as it goes, and note how far that was.

        Whatever fails, the file comes back: no customer waits for a service.

        :param customer.portal.signature evidence: what the file certifies
        :param bytes pdf: the file
        :return: the file, sealed or not
        :rtype: bytes
        """
        company = evidence.company_id
        wanted = company.portal_seal_level
        pdf, values = self._climb(evidence, pdf, "none", wanted)
        # Sudo: written by the job that delivers; nobody writes these records by hand.
        self.sudo().create(
            [
                {
                    "signature_id": evidence.id,
                    "company_id": company.id,
                    "document_name": evidence.document_name,
                    "wanted": wanted,
                    "certificate_id": company.portal_seal_certificate_id.id,
                    **values,
                }
            ]
        )
        return pdf

    @api.model
    def _climb(self, evidence, pdf, level, wanted):
        """Raise a file from a level as far as it goes today.

        :param customer.portal.signature evidence: what the file certifies; its company seals
        :param bytes pdf: the file
        :param str level: what it has reached
        :param str wanted: what it is to reach
        :return: the file, and the values of its record: level, problem, moments, digest
        :rtype: tuple[bytes, dict]
        """
        company, problem = evidence.company_id, False
        state = _State(pdf, level)
        try:
            if state.level == "none":
                state = self._seal_as(company, evidence, pdf, with_stamp=wanted != "b")
            if state.level == "b" and wanted != "b":
                stamped = pdf_seal.add_stamp(state.pdf, self._get_stamper(company))
                state = self._checked(stamped, "t")
            if state.level == "t" and wanted == "lta":
                if self._rests(company, "no_path"):
                    raise NoRevocationData("no_path")
                stamper = self._get_stamper(company)
                lasting = pdf_seal.add_stamp(pdf_seal.add_revocation(state.pdf), stamper)
                state = self._checked(lasting, "lta")
        except _Obstacle as obstacle:
            state, problem = obstacle.args
        except (BadStamp, NoRevocationData) as error:
            problem = error.args[0]
        except Exception:  # A file that can't be sealed is delivered as it is.
            _logger.exception("The file of signature %s is left as it is", evidence.id)
            problem = "not_sealed"
        return state.pdf, self._values(state, problem, wanted)

    @api.model
    def _seal_as(self, company, evidence, pdf, with_stamp):
        """Return a file with the company's seal.

        :rtype: _State
        :raise _Obstacle: if it has none, or no stamp
        """
        identity = self._get_identity(company, pdf)
        pdf = self._after_earlier_turns(evidence, pdf)
        words = evidence.with_context(lang=evidence.lang).env
        about = {
            "name": company.name or "",
            "reason": words._(
                "%(name)s, %(document)s",
                name=evidence.signer_name or evidence.contact_name or "",
                document=evidence.document_name or "",
            ),
            **evidence._seal_place(pdf),
        }
        if with_stamp:
            try:
                sealed = pdf_seal.seal(pdf, identity, self._get_stamper(company), **about)
                return self._checked(sealed, "t")
            except BadStamp as error:
                # The seal does not wait for the stamp; no clock of ours stands in for it.
                state = self._checked(pdf_seal.seal(pdf, identity, **about), "b")
                raise _Obstacle(state, error.args[0]) from error
        return self._checked(pdf_seal.seal(pdf, identity, **about), "b")

    @api.model
    def _after_earlier_turns(self, evidence, pdf):
        """Return a file as those who signed it before have left it by now, with the seal of each:
        one that was delivered without, since there was nothing to seal with, gets it first.

        :raise _Obstacle: if one of them can't be sealed yet; a later seal shuts out the earlier
        """
        for earlier in evidence._earlier_turns():
            file = earlier._delivered_file().raw or b""
            if not file or not (pdf.startswith(file) or file.startswith(pdf)):
                continue  # Another file: what was signed then is no part of this one.
            seal_sudo = earlier._portal_seal()
            if seal_sudo.level == "none" and seal_sudo.is_waiting:
                seal_sudo._raise_level()
                if seal_sudo.level == "none" and seal_sudo.is_waiting:
                    raise _Obstacle(_State(pdf, "none"), seal_sudo.problem)
                file = earlier._delivered_file().raw or b""
            if file.startswith(pdf):
                pdf = file
        return pdf

    @api.model
    def _get_identity(self, company, pdf):
        """Return what a company seals with.

        :rtype: Identity
        :raise _Obstacle: if it has nothing
        """
        certificate = company.portal_seal_certificate_id
        if not certificate:
            raise _Obstacle(_State(pdf, "none"), "no_certificate")
        if certificate.valid_until <= fields.Datetime.now():
            raise _Obstacle(_State(pdf, "none"), "expired")
        identity = certificate._identity()
        if identity is None:
            raise _Obstacle(_State(pdf, "none"), "no_key")
        return identity

    @api.model
    def _rests(self, company, problem):
        """Return whether services are left alone for now, since one has just failed.

        :param res.company company: whose
        :param str problem: as what it failed
        :rtype: bool
        """
        since = fields.Datetime.subtract(fields.Datetime.now(), minutes=REST_MINUTES)
        failed = [
            ("company_id", "=", company.id),
            ("problem", "=", problem),
            ("tried_on", ">", since),
        ]
        return bool(self.sudo().search_count(failed, limit=1))

    @api.model
    def _get_stamper(self, company):
        """Return the time-stamp service of a company.

        :rtype: ServiceStamper
        :raise BadStamp: if it has none, or it has just failed
        """
        if self._rests(company, "stamp_down") or not company.portal_seal_stamp_url:
            raise BadStamp("stamp_down")
        return ServiceStamper(company.portal_seal_stamp_url)

    @api.model
    def _checked(self, pdf, level):
        """Return a file whose seals all hold, the last one at a level at least. What a service
        answers is believed after this alone.

        :rtype: _State
        :raise BadStamp: if the stamp is none
        :raise NoRevocationData: if the data for the long term are not enough
        :raise ValueError: if the file does not hold
        """
        found = inspect(pdf)
        if not found.is_sound and level == "b":
            raise ValueError("a seal does not hold")
        if not found.is_sound:
            raise BadStamp("stamp_garbage")  # It held before the stamp.
        reached = self._lowest_level(found)
        if level == "lta" and reached != "lta":
            raise NoRevocationData("no_path")
        if LEVELS.index(found.seals[-1].level) < LEVELS.index(level):
            raise BadStamp("stamp_garbage")
        return _State(pdf, "b" if reached == "b" else level, found.seals[-1])

    @api.model
    def _lowest_level(self, found):
        """Return the level of a file of ours: the lowest of its seals that are by our companies. A
        seal that was stamped when it was made leaves those of earlier signers without a stamp.
        What others had sealed before stays as it came.

        :param Inspection found: of a file that is sound, the last seal being ours
        :return: one of ``LEVELS``
        :rtype: str
        """
        Certificate = self.env["customer.portal.seal.certificate"]
        *earlier, last = found.seals
        own = [
            one
            for one in earlier
            if Certificate._own_by_fingerprint(one.facts().get("fingerprint", ""))
        ]
        return min((one.level for one in (*own, last)), key=LEVELS.index)

    @api.model
    def _values(self, state, problem, wanted):
        """Return what is noted of a file."""
        now = fields.Datetime.now()
        values = {
            "level": state.level,
            "problem": problem,
            "is_waiting": state.level != wanted and problem != "not_sealed",
            "sha256": evidence_chain.sha256(state.pdf),
            "size": len(state.pdf),
            "tried_on": now,
        }
        values["next_try"] = values["is_waiting"] and fields.Datetime.add(now, hours=1)
        if state.level != "none":
            last = state.seal or inspect(state.pdf).seals[-1]
            values["sealed_by"] = last.facts().get("subject")
            values["sealed_on"] = last.claimed_at and _naive(last.claimed_at)
            values["stamped_on"] = last.stamped_at and _naive(last.stamped_at)
            values["stamped_by"] = last.stamped_by
        return values


@dataclass(frozen=True)
class _State:
    """A file, the level that it has reached, and its last seal, if that was looked at."""

    pdf: bytes
    level: str
    seal: SealFacts | None = None


class _Obstacle(Exception):
    """What keeps a file from the next level: what it is so far, and a key of the reason."""


def _naive(moment):
    """Return a moment as Odoo keeps it: UTC without saying so, and without parts of seconds."""
    if moment.utcoffset() is not None:
        moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    return moment.replace(microsecond=0)
