"""What seals a PDF has, by whom and when, and whether the file is still what was sealed.

Anything may come: a stranger's file, a damaged one, none. No certificate is trusted here and
nobody is asked over the network; who made a seal is for the reader to judge.
"""

import asyncio
import io
import logging
from dataclasses import dataclass
from datetime import datetime

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import CertificateValidator, ValidationContext

from .pkcs12_file import certificate_facts

# What it finds in a stranger's file is told to the stranger, and is no matter for Odoo's log.
for _name_of_logger in ("pyhanko.sign.diff_analysis", "pyhanko.sign.validation"):
    logging.getLogger(_name_of_logger).setLevel(logging.CRITICAL)

LEVELS = ("b", "t", "lt", "lta")
MAX_SEALS = 40  # of one file that are looked at; nobody's have more
# What further seals and stamps change of a file is none of these.
_ACCEPTED = (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES, ModificationLevel.FORM_FILLING)


@dataclass(frozen=True)
class SealFacts:
    """One signature in a file."""

    certificate: bytes = b""  # DER; empty if it can't even be read
    is_intact: bool = False  # What it covers is what was sealed.
    is_altered: bool = False  # Something was added to the file afterwards that is no seal.
    level: str = ""  # one of LEVELS; empty if it is not intact
    claimed_at: datetime | None = None  # by the clock of who sealed
    stamped_at: datetime | None = None  # by a time-stamp service
    stamped_by: str = ""
    reason: str = ""

    def facts(self):
        """Return what may be told of the certificate, see ``certificate_facts``.

        :return: empty if it can't be read
        :rtype: dict
        """
        try:
            return certificate_facts(self.certificate)
        except ValueError:
            return {}


@dataclass(frozen=True)
class Inspection:
    """All there is to say of a file."""

    is_readable: bool
    seals: tuple[SealFacts, ...] = ()
    is_whole: bool = False  # Nothing lies in the file that no seal answers for.

    @property
    def is_sound(self):
        """Whether there are seals, all of them hold, and nothing else was added."""
        return (
            bool(self.seals)
            and self.is_whole
            and all(seal.is_intact and not seal.is_altered for seal in self.seals)
        )


def inspect(pdf):
    """Return what there is to say of a file.

    :param bytes pdf: anything
    :rtype: Inspection
    """
    try:
        return asyncio.run(_inspect(pdf))
    except Exception:  # noqa: BLE001 a stranger's file: the library raises whatever it stumbles over
        return Inspection(is_readable=False)  # That is the answer.


async def _inspect(pdf):
    reader = PdfFileReader(io.BytesIO(pdf), strict=False)
    embedded_ones, broken = _embedded(reader)
    checked = [(embedded, await _check(embedded)) for embedded in embedded_ones]
    if not checked and not broken:
        return Inspection(is_readable=True)
    stamps = [
        (embedded, status)
        for embedded, status in checked
        if embedded.sig_object_type == "/DocTimeStamp" and _is_intact(status) and _is_stamp(status)
    ]
    seals = [
        await _facts(reader, embedded, status, stamps)
        for embedded, status in checked
        if embedded.sig_object_type == "/Sig"
    ]
    if broken:
        return Inspection(True, (*seals, *(SealFacts() for _one in range(broken))))
    return Inspection(True, tuple(seals), _is_whole(checked))


def _embedded(reader):
    """Return the signatures and time stamps of a file in their order, and how many more there are
    that can't be read."""
    found, broken = [], 0
    for name, _value, field in enumerate_sig_fields(reader, filled_status=True):
        try:
            found.append(EmbeddedPdfSignature(reader, field, name))
        except Exception:  # noqa: BLE001 as above
            broken += 1
        if len(found) + broken > MAX_SEALS:
            raise ValueError("too many seals")
    return sorted(found, key=lambda embedded: embedded.signed_revision), broken


async def _check(embedded):
    """Return the status of a signature or time stamp; None if it can't even be checked."""
    for skip_diff in (False, True):
        # Where what was added later can't be read, what was sealed still can.
        try:
            return await _validate(embedded, skip_diff)
        except Exception:  # noqa: BLE001 as above; one that is broken leaves the others to be told of
            continue
    return None


async def _validate(embedded, skip_diff):
    if embedded.sig_object_type == "/DocTimeStamp":
        return await async_validate_pdf_timestamp(
            embedded, _own_context(embedded.signed_data), skip_diff=skip_diff
        )
    stamp = embedded.attached_timestamp_data
    return await async_validate_pdf_signature(
        embedded,
        _own_context(embedded.signed_data, embedded.self_reported_timestamp),
        _own_context(stamp) if stamp is not None else None,
        key_usage_settings=KeyUsageConstraints(
            key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
        ),
        skip_diff=skip_diff,
    )


def _own_context(signed_data, moment=None):
    """Return a context in which a certificate vouches for itself, at the moment that it was used:
    what is asked here is whether it may be used for what it was."""
    if moment is None:
        content = signed_data["encap_content_info"]["content"]
        moment = content.parsed["gen_time"].native if content.native else None
    return ValidationContext(
        trust_roots=[extract_certificate_info(signed_data).signer_cert],
        moment=moment if moment and moment.utcoffset() is not None else None,
    )


def _is_intact(status):
    return bool(
        status
        and status.intact
        and status.valid
        and status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION
    )


def _is_stamp(status):
    """Return whether a time stamp holds, and was made with a certificate for that purpose."""
    return bool(status.intact and status.valid and status.trusted)


def _is_altered(status):
    return not (status and status.modification_level in _ACCEPTED and status.docmdp_ok is not False)


def _is_whole(checked):
    """Return whether the last seal or stamp covers the file to its end, or what follows it is
    nothing but data for the long term."""
    statuses = [status for _embedded, status in checked]
    if not all(map(_is_intact, statuses)) or any(map(_is_altered, statuses)):
        return False
    last = statuses[-1]
    return (
        last.coverage == SignatureCoverageLevel.ENTIRE_FILE
        or last.modification_level == ModificationLevel.LTA_UPDATES
    )


async def _facts(reader, embedded, status, stamps):
    is_intact = _is_intact(status)
    reason = str(embedded.sig_object.get("/Reason", ""))
    stamped_at, stamped_by, level = None, "", "b" if is_intact else ""
    later = [
        (stamp, stamp_status)
        for stamp, stamp_status in stamps
        if stamp.signed_revision > embedded.signed_revision
    ]
    own = getattr(status, "timestamp_validity", None)
    if is_intact and own and _is_stamp(own):
        stamped_at, stamped_by = own.timestamp, _name(embedded.attached_timestamp_data)
    elif is_intact and later:
        stamp, stamp_status = later[0]
        stamped_at, stamped_by = stamp_status.timestamp, _name(stamp.signed_data)
    if stamped_at:
        level = "t"
        if (revision := await _long_term_revision(reader, embedded, stamped_at)) is not None:
            covered = any(stamp.signed_revision >= revision for stamp, _status in later)
            level = "lta" if covered else "lt"
    return SealFacts(
        certificate=embedded.signer_cert.dump(),
        is_intact=is_intact,
        is_altered=is_intact and _is_altered(status),
        level=level,
        claimed_at=embedded.self_reported_timestamp,
        stamped_at=stamped_at,
        stamped_by=stamped_by,
        reason=reason,
    )


def _name(signed_data):
    der = extract_certificate_info(signed_data).signer_cert.dump()
    return certificate_facts(der)["subject"]


async def _long_term_revision(reader, embedded, moment):
    """Return since which revision a file has what is needed to judge a seal without asking anybody;
    None if it has not.

    Whether the roots are to be trusted is another question: those in the file do here.
    """
    try:
        store = DocumentSecurityStore.read_dss(reader)
        certificates = list(store.load_certs())
        ends = [cert for cert in certificates if cert.self_signed != "no"]
        context = ValidationContext(
            trust_roots=ends,
            other_certs=certificates,
            ocsps=[ref.get_object().data for ref in store.ocsps],
            crls=[ref.get_object().data for ref in store.crls],
            revocation_mode="require",
            moment=moment,
            retroactive_revinfo=True,
        )
        await CertificateValidator(
            embedded.signer_cert,
            intermediate_certs=embedded.other_embedded_certs,
            validation_context=context,
        ).async_validate_usage(key_usage=set())
    except NoDSSFoundError:
        return None
    except Exception:  # noqa: BLE001 it lacks something, or what it has is odd: not for the long term
        return None
    # The entry of the catalog, when it was last changed.
    container = reader.root.raw_get("/DSS")
    reference = getattr(container, "reference", None)
    return reader.xrefs.get_last_change(reference) if reference else None
