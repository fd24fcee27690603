"""Time stamps by RFC 3161, asked of a service and believed only after they were checked."""

import asyncio

from asn1crypto import cms, core, tsp
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from .outside import NoAnswer, call_service
from .pkcs12_file import certificate_facts

# A token with the certificates of its authority; some have long chains.
TOKEN_BYTES = 16 * 1024


class _Answer(core.Sequence):
    """What a service answers; of a refusal, the status alone is there."""

    _fields = [
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


class BadStamp(Exception):
    """A time-stamp service did not give a stamp that is one for what was asked.

    The argument is a key of what is to be said: ``stamp_down``, ``stamp_refused``,
    ``stamp_garbage``, ``stamp_other``.
    """


class ServiceStamper(TimeStamper):
    """Asks a service for time stamps, over the one way to services."""

    def __init__(self, address):
        super().__init__()
        self.address = address

    async def async_request_tsa_response(self, req):
        """Override: see ``call_service``.

        :raise BadStamp: if nothing comes that can be read
        """
        headers = {
            "Content-Type": "application/timestamp-query",
            "Accept": "application/timestamp-reply",
        }
        try:
            body = call_service(self.address, req.dump(), headers)
        except NoAnswer as error:
            raise BadStamp("stamp_down") from error
        try:
            return _read_answer(body)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BadStamp("stamp_garbage") from error

    async def async_timestamp(self, message_digest, md_algorithm):
        """Override: what the service answers is compared with what it was asked.

        :raise BadStamp: if it is no stamp, or one for something else
        """
        nonce, request = self.request_cms(message_digest, md_algorithm)
        response = await self.async_request_tsa_response(request)
        if response["status"]["status"].native not in ("granted", "granted_with_mods"):
            raise BadStamp("stamp_refused")
        try:
            token = response["time_stamp_token"]
            info = token["content"]["encap_content_info"]["content"].parsed
            imprint = info["message_imprint"]
            asked = (message_digest, md_algorithm, nonce)
            answered = (
                imprint["hashed_message"].native,
                imprint["hash_algorithm"]["algorithm"].native,
                info["nonce"].native,
            )
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BadStamp("stamp_garbage") from error
        if answered != asked:
            raise BadStamp("stamp_other")
        return token


def _read_answer(body):
    """Return an answer, read to its last byte: the library reads as late as it can."""
    response = _Answer.load(body, strict=True)
    if response["status"]["status"].native in ("granted", "granted_with_mods"):
        signed_data = response["time_stamp_token"]["content"]
        if not isinstance(signed_data["encap_content_info"]["content"].parsed, tsp.TSTInfo):
            raise ValueError("not a time stamp")
        if not len(signed_data["signer_infos"]):
            raise ValueError("nobody signed it")
    return response


def stamp_digest(stamper, digest, algorithm):
    """Return a time stamp of a digest.

    :param TimeStamper stamper: asked for the moment
    :param bytes digest: of what is stamped
    :param str algorithm: of the digest, like ``sha256``
    :return: the token, DER
    :rtype: bytes
    :raise BadStamp: if there is none to be had
    """
    return asyncio.run(stamper.async_timestamp(digest, algorithm)).dump()


def read_token(token, digest):
    """Return when a digest was stamped, and by whom. Who that is is not judged, but that the stamp
    is whole, is one of this digest, and was made with a certificate for that purpose.

    :param bytes token: DER
    :param bytes digest: what it is to be the stamp of
    :return: the moment in UTC, without a time zone or parts of seconds, and a name
    :rtype: tuple[datetime, str]
    :raise BadStamp: ``stamp_garbage``, if it does not hold
    """
    try:
        signed_data = cms.ContentInfo.load(token, strict=True)["content"]
        signer = extract_certificate_info(signed_data).signer_cert
        moment = signed_data["encap_content_info"]["content"].parsed["gen_time"].native
        context = ValidationContext(trust_roots=[signer], moment=moment)
        facts = asyncio.run(validate_tst_signed_data(signed_data, context, digest))
        status = TimestampSignatureStatus(**facts)
        holds = status.intact and status.valid and status.trusted
    except Exception as error:
        # Anything may have come: the library raises whatever it stumbles over.
        raise BadStamp("stamp_garbage") from error
    if not holds:
        raise BadStamp("stamp_garbage")
    name = certificate_facts(signer.dump())["subject"]
    return moment.replace(tzinfo=None, microsecond=0), name
