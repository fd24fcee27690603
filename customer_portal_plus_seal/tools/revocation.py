"""What certificate authorities say of revoked certificates, asked over the one way to services."""

import time

from asn1crypto import crl, ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp as x509_ocsp
from pyhanko_certvalidator import ValidationContext

from .outside import NoAnswer, call_service

TOTAL_SECONDS = 20  # of all calls for one file
MAX_CALLS = 12  # A chain has a few certificates; who issues them may name many addresses.


class NoRevocationData(Exception):
    """Data to judge a seal in the long term can't be had.

    The argument is a key of what is to be said: ``no_path``, ``revoked``.
    """


class _Calls:
    """Calls that are left for one file."""

    def __init__(self):
        self.left = MAX_CALLS
        self.until = time.monotonic() + TOTAL_SECONDS

    def first(self, addresses, ask, *args):
        """Return the first answer that is one; None if there is none."""
        for address in addresses:
            self.left -= 1
            if self.left < 0 or time.monotonic() > self.until:
                return None
            try:
                if (found := ask(address, *args)) is not None:
                    return found
            except (NoAnswer, ValueError, TypeError, KeyError):
                continue  # The next one may know.
        return None


def gather_revocation(leaves, known):
    """Return a context in which certificates can be judged without asking anybody.

    :param leaves: certificates that are to be judged
    :param known: certificates that may stand between them and their roots, or be roots; others
        are fetched where a certificate says who issued it
    :rtype: ValidationContext
    """
    calls = _Calls()
    by_subject = {certificate.subject.hashable: certificate for certificate in known}
    answers, lists = [], []
    for certificate, issuer in _below_roots(leaves, by_subject, calls):
        answer = calls.first(certificate.ocsp_urls, _ask_ocsp, certificate, issuer)
        if answer is not None:
            answers.append(answer)
            continue
        found = calls.first(_crl_addresses(certificate), _fetch_crl, issuer)
        if found is not None:
            lists.append(found)
    return ValidationContext(
        trust_roots=[one for one in by_subject.values() if one.self_signed != "no"],
        other_certs=list(by_subject.values()),
        ocsps=answers,
        crls=lists,
        revocation_mode="require",
    )


def _below_roots(leaves, by_subject, calls):
    """Return the certificates whose revocation is to be asked for, each with who issued it, as far
    up as is known or said."""
    found = {}
    for certificate in leaves:
        step = certificate
        while step.self_signed == "no" and step.sha256 not in found:
            issuer = by_subject.get(step.issuer.hashable) or calls.first(
                _issuer_addresses(step), _fetch_issuer, step
            )
            if issuer is None:
                break
            by_subject[issuer.subject.hashable] = issuer
            found[step.sha256] = (step, issuer)
            step = issuer
    return list(found.values())


def _issuer_addresses(certificate):
    access = certificate.authority_information_access_value or ()
    return [
        place["access_location"].native
        for place in access
        if place["access_method"].native == "ca_issuers"
        and place["access_location"].name == "uniform_resource_identifier"
    ]


def _fetch_issuer(address, certificate):
    """Return the certificate of who issued another one; None if it is somebody else's."""
    found = asn1_x509.Certificate.load(call_service(address), strict=True)
    return found if found.subject.hashable == certificate.issuer.hashable else None


def _crl_addresses(certificate):
    return [point.url for point in certificate.crl_distribution_points if point.url]


def _ask_ocsp(address, certificate, issuer):
    """Return what an authority answers of one certificate; None if that is no answer."""
    subject, above = (x509.load_der_x509_certificate(one.dump()) for one in (certificate, issuer))
    builder = x509_ocsp.OCSPRequestBuilder().add_certificate(subject, above, hashes.SHA1())
    body = call_service(
        address,
        builder.build().public_bytes(serialization.Encoding.DER),
        {"Content-Type": "application/ocsp-request"},
    )
    answer = ocsp.OCSPResponse.load(body, strict=True)
    return answer if answer["response_status"].native == "successful" else None


def _fetch_crl(address, issuer):
    """Return an authority's list of revoked certificates; None if it is somebody else's."""
    found = crl.CertificateList.load(call_service(address), strict=True)
    return found if found.issuer.hashable == issuer.subject.hashable else None
