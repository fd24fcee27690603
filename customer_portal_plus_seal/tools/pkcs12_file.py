"""Certificates with their keys: read from a PKCS#12 file and judged, or made for trying."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from asn1crypto import keys
from asn1crypto import pkcs12 as asn1_pkcs12
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

MAX_BYTES = 256 * 1024
MIN_RSA_BITS = 2048
CURVES = ("secp256r1", "secp384r1", "secp521r1")
TRIAL_YEARS = 2
# Purposes with which certificates for signing documents are issued. One that has none may be used
# for anything; one that has others alone, like that of a web server, is refused.
_PURPOSES = {
    "1.3.6.1.5.5.7.3.2",  # client authentication: common on certificates of representatives
    "1.3.6.1.5.5.7.3.4",  # protection of e-mail
    "1.3.6.1.5.5.7.3.36",  # signing of documents
    "1.3.6.1.4.1.311.10.3.12",  # the same, of Microsoft
    "1.2.840.113583.1.1.5",  # the same, of Adobe
    "2.5.29.37.0",  # any
}


class BadCertificate(ValueError):
    """A certificate can't be used; the argument is a key of what is to be said."""


@dataclass(frozen=True)
class Identity:
    """A certificate with its key, and those that stand between it and its root."""

    certificate: bytes  # DER
    key: bytes = field(repr=False)  # PKCS#8, DER, not encrypted
    chain: tuple[bytes, ...] = ()

    def facts(self):
        """Return what may be told of the certificate.

        :return: ``subject``, ``issuer``, ``serial``, ``fingerprint``, ``valid_from`` and
            ``valid_until`` (without a time zone, UTC)
        :rtype: dict
        """
        return certificate_facts(self.certificate)


def certificate_facts(der):
    """Return what may be told of a certificate, see ``Identity.facts``.

    :param bytes der: the certificate
    :rtype: dict
    """
    parsed = x509.load_der_x509_certificate(der)
    return {
        "subject": short_name(parsed.subject),
        "issuer": short_name(parsed.issuer),
        "serial": f"{parsed.serial_number:X}",
        "fingerprint": parsed.fingerprint(hashes.SHA256()).hex(),
        "valid_from": parsed.not_valid_before_utc.replace(tzinfo=None),
        "valid_until": parsed.not_valid_after_utc.replace(tzinfo=None),
    }


def short_name(name):
    """Return the parts of a distinguished name that people know it by.

    :param x509.Name name: of a subject or an issuer
    :rtype: str
    """
    oid = x509.NameOID
    parts = [
        str(attribute.value)
        for kind in (oid.COMMON_NAME, oid.ORGANIZATION_NAME, oid.ORGANIZATION_IDENTIFIER)
        for attribute in name.get_attributes_for_oid(kind)
    ]
    return ", ".join(dict.fromkeys(parts)) or name.rfc4514_string()


def read_pkcs12(data, password, now=None):
    """Read a PKCS#12 file and judge what is in it.

    :param bytes data: the file
    :param str password: its password, may be empty
    :param datetime now: with a time zone; for tests
    :rtype: Identity
    :raise BadCertificate: ``too_big``, ``no_pkcs12``, ``password``, ``no_key``, ``not_a_pair``, or
        see ``judge``
    """
    if len(data) > MAX_BYTES:
        raise BadCertificate("too_big")
    try:
        # Whether it is such a file at all: the next one says the same of a wrong password.
        is_pkcs12 = asn1_pkcs12.Pfx.load(data, strict=True)["version"].native == "v3"
    except (ValueError, TypeError, KeyError):
        is_pkcs12 = False
    if not is_pkcs12:
        raise BadCertificate("no_pkcs12")
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, password.encode() or None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadCertificate("password") from error
    if key is None or certificate is None:
        raise BadCertificate("no_key")
    der = serialization.Encoding.DER
    if _public_bytes(key.public_key()) != _public_bytes(certificate.public_key()):
        raise BadCertificate("not_a_pair")
    judge(certificate, now or datetime.now(timezone.utc))
    return Identity(
        certificate=certificate.public_bytes(der),
        key=key.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        chain=tuple(other.public_bytes(der) for other in others),
    )


def _public_bytes(key):
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def judge(certificate, now):
    """Refuse a certificate that documents can't be signed with.

    :param x509.Certificate certificate: which
    :param datetime now: with a time zone
    :raise BadCertificate: ``not_yet``, ``expired``, ``kind_of_key``, ``key_usage``, ``purpose``
    """
    if certificate.not_valid_before_utc > now:
        raise BadCertificate("not_yet")
    if certificate.not_valid_after_utc <= now:
        raise BadCertificate("expired")
    key = certificate.public_key()
    is_rsa = isinstance(key, rsa.RSAPublicKey) and key.key_size >= MIN_RSA_BITS
    is_ec = isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in CURVES
    if not is_rsa and not is_ec:
        raise BadCertificate("kind_of_key")
    usage = _extension(certificate, x509.KeyUsage)
    if usage and not usage.digital_signature and not usage.content_commitment:
        raise BadCertificate("key_usage")
    purposes = _extension(certificate, x509.ExtendedKeyUsage)
    if purposes and not {purpose.dotted_string for purpose in purposes} & _PURPOSES:
        raise BadCertificate("purpose")


def _extension(certificate, kind):
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def make_trial(name):
    """Return a certificate that says itself that it is one for trying, and vouches for itself.

    :param str name: whose
    :rtype: Identity
    """
    now = datetime.now(timezone.utc)
    key = rsa.generate_private_key(public_exponent=65537, key_size=MIN_RSA_BITS)
    # 64 bytes are what the library lets a common name have.
    common_name = f"TRIAL {name}".encode()[:64].decode(errors="ignore").strip()
    subject = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name),
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "For trying only, not trusted"),
        ]
    )
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign",
         "encipher_only", "decipher_only"), False,
    )  # fmt: skip
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=365 * TRIAL_YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    der = serialization.Encoding.DER
    return Identity(
        certificate=certificate.public_bytes(der),
        key=key.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )


def asn1_certificate(der):
    """Return a certificate as pyHanko takes it.

    :rtype: asn1_x509.Certificate
    """
    return asn1_x509.Certificate.load(der)


def asn1_key(der):
    """Return a key as pyHanko takes it.

    :rtype: keys.PrivateKeyInfo
    """
    return keys.PrivateKeyInfo.load(der)
