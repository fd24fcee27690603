"""Seals in PDF files: PAdES signatures and time stamps, added as incremental updates, so that what
was in a file before, earlier seals among it, stays as it was. Plain data in, bytes out."""

import asyncio
import io
import tempfile

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper, SimpleSigner
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import CertificateValidator
from pyhanko_certvalidator.errors import RevokedError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from .pkcs12_file import asn1_certificate, asn1_key
from .revocation import NoRevocationData, gather_revocation
from .time_stamp import TOKEN_BYTES

DIGEST = "sha256"
SEAL_FIELD = "PortalSeal"
STAMP_FIELD = "PortalStamp"


def _reader(pdf):
    return PdfFileReader(io.BytesIO(pdf), strict=False)


def _writer(pdf):
    return IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)


def count_seals(pdf):
    """Return how many signatures and time stamps a PDF has.

    :param bytes pdf: the file
    :rtype: int
    """
    return len(_reader(pdf).embedded_signatures)


def has_seals(pdf):
    """Return whether somebody has sealed a file.

    :param bytes pdf: anything
    :rtype: bool
    """
    try:
        return bool(count_seals(pdf))
    except Exception:  # noqa: BLE001 the library raises whatever it stumbles over
        return False  # Then there is no seal either that could hold.


def seal(pdf, identity, stamper=None, name="", reason="", place=None, picture=b""):
    """Return a PDF with one more seal.

    The first one certifies the file: readers then take as altered what changes it, but for
    further seals and stamps.

    :param bytes pdf: the file
    :param Identity identity: whose seal
    :param TimeStamper stamper: asked for the moment; without it the seal is B-B
    :param str name: who seals, in words
    :param str reason: why, in words
    :param str place: the empty field in which the seal is seen; it is not seen without one
    :param bytes picture: what is seen there, a PDF of one page
    :rtype: bytes
    :raise BadStamp: if there is no stamp to be had
    """
    number = count_seals(pdf) + 1
    signer = SimpleSigner(
        signing_cert=asn1_certificate(identity.certificate),
        signing_key=asn1_key(identity.key),
        cert_registry=SimpleCertificateStore.from_certs(map(asn1_certificate, identity.chain)),
    )
    about = PdfSignatureMetadata(
        field_name=place or f"{SEAL_FIELD}{number}",
        md_algorithm=DIGEST,
        name=name or None,
        reason=reason or None,
        subfilter=SigSeedSubFilter.PADES,
        certify=number == 1,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    # Written as hexadecimal digits. Without a number, the service would be asked twice.
    certificates = [identity.certificate, *identity.chain]
    room = 2 * (8 * 1024 + sum(map(len, certificates)) + (TOKEN_BYTES if stamper else 0))
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        style = None
        if place:
            file.write(picture)
            file.flush()
            style = StaticStampStyle.from_pdf_file(file.name, border_width=0)
        output = PdfSigner(about, signer, timestamper=stamper, stamp_style=style).sign_pdf(
            _writer(pdf), bytes_reserved=room
        )
    return output.getvalue()


def add_stamp(pdf, stamper):
    """Return a PDF with a time stamp of all that is in it.

    :param bytes pdf: the file
    :param TimeStamper stamper: asked for the moment
    :rtype: bytes
    :raise BadStamp: if there is no stamp to be had
    """
    field_name = f"{STAMP_FIELD}{count_seals(pdf) + 1}"
    output = PdfTimeStamper(stamper, field_name=field_name).timestamp_pdf(
        _writer(pdf), DIGEST, bytes_reserved=2 * TOKEN_BYTES
    )
    return output.getvalue()


def add_revocation(pdf):
    """Return a PDF with what is needed to judge its newest seal when nobody can be asked any more:
    certificates, and that none of them was revoked.

    :param bytes pdf: a file with a seal and a time stamp
    :rtype: bytes
    :raise NoRevocationData: if something of it can't be had
    """
    reader = _reader(pdf)
    newest = reader.embedded_regular_signatures[-1]
    signed = [newest.signed_data]
    if newest.attached_timestamp_data is not None:
        signed.append(newest.attached_timestamp_data)
    signed += [stamp.signed_data for stamp in reader.embedded_timestamp_signatures]
    infos = [extract_certificate_info(data) for data in signed]
    leaves = [info.signer_cert for info in infos]
    known = [cert for info in infos for cert in (info.signer_cert, *info.other_certs)]
    context = gather_revocation(leaves, known)
    try:
        paths = asyncio.run(_find_paths(infos, context))
    except RevokedError as error:
        raise NoRevocationData("revoked") from error
    except Exception as error:  # The library has an error for each way to fail.
        raise NoRevocationData("no_path") from error
    writer = IncrementalPdfFileWriter.from_reader(reader)
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        newest.pkcs7_content.hex().encode(),
        paths=paths,
        validation_context=context,
    )
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


async def _find_paths(infos, context):
    return [
        await CertificateValidator(
            info.signer_cert, intermediate_certs=info.other_certs, validation_context=context
        ).async_validate_usage(key_usage=set())
        for info in infos
    ]
