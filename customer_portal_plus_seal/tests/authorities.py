"""Certificate and time-stamp authorities of the tests' own, and the services that they offer."""

from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import ocsp as x509_ocsp
from pyhanko.sign.timestamps import DummyTimeStamper

from ..tools.pkcs12_file import Identity, asn1_certificate, asn1_key

DER = serialization.Encoding.DER
PASSWORD = "contraseña del sello"
USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
    "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip
TIME_STAMPING = x509.ExtendedKeyUsageOID.TIME_STAMPING
SERVER_AUTH = x509.ExtendedKeyUsageOID.SERVER_AUTH
# An answer of which the status alone is there: rejected.
REFUSAL = bytes.fromhex("30053003020102")
SIGNING = ("digital_signature", "content_commitment")


def private_bytes(key):
    return key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


class Authority:
    """A root that issues certificates and lists those that it has revoked."""

    def __init__(self, name="Autoridad de pruebas"):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        self.revoked, self.issued = [], {}
        self.certificate = self._sign(
            self.name, self.key.public_key(), ("key_cert_sign", "crl_sign"), is_authority=True
        )

    def _sign(
        self,
        subject,
        public_key,
        usages,
        purposes=(),
        is_authority=False,
        days=(-1, 365),
        crl=None,
        ocsp=None,
        issuer=None,
    ):
        now = datetime.now(timezone.utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=days[0]))
            .not_valid_after(now + timedelta(days=days[1]))
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
            .add_extension(
                x509.KeyUsage(**{usage: usage in usages for usage in USAGES}), critical=True
            )
        )
        if purposes:
            builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=True)
        services = [
            x509.AccessDescription(kind, x509.UniformResourceIdentifier(address))
            for kind, address in (
                (x509.AuthorityInformationAccessOID.OCSP, ocsp),
                (x509.AuthorityInformationAccessOID.CA_ISSUERS, issuer),
            )
            if address
        ]
        if services:
            builder = builder.add_extension(
                x509.AuthorityInformationAccess(services), critical=False
            )
        if crl:
            point = x509.DistributionPoint([x509.UniformResourceIdentifier(crl)], None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def issue(self, name, usages=SIGNING, purposes=(), key=None, **options):
        """Return a certificate with its key.

        :rtype: Identity
        """
        key = key or rsa.generate_private_key(public_exponent=65537, key_size=2048)
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        certificate = self._sign(subject, key.public_key(), usages, purposes, **options)
        self.issued[certificate.serial_number] = certificate
        return Identity(
            certificate=certificate.public_bytes(DER),
            key=private_bytes(key),
            chain=(self.certificate.public_bytes(DER),),
        )

    def answer_ocsp(self, body):
        """Return what a responder answers of the certificate that it is asked for."""
        request = x509_ocsp.load_der_ocsp_request(body)
        now = datetime.now(timezone.utc)
        revoked = request.serial_number in self.revoked
        builder = x509_ocsp.OCSPResponseBuilder().add_response(
            self.issued[request.serial_number],
            self.certificate,
            hashes.SHA1(),
            x509_ocsp.OCSPCertStatus.REVOKED if revoked else x509_ocsp.OCSPCertStatus.GOOD,
            now - timedelta(hours=1),
            now + timedelta(days=7),
            now - timedelta(hours=1) if revoked else None,
            None,
        )
        builder = builder.responder_id(x509_ocsp.OCSPResponderEncoding.HASH, self.certificate)
        return builder.sign(self.key, hashes.SHA256()).public_bytes(DER)

    def revocation_list(self):
        now = datetime.now(timezone.utc)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.name)
            .last_update(now - timedelta(hours=1))
            .next_update(now + timedelta(days=7))
        )
        for serial in self.revoked:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(serial)
                .revocation_date(now - timedelta(hours=1))
                .build()
            )
        return builder.sign(self.key, hashes.SHA256()).public_bytes(DER)


def make_pkcs12(identity, password=PASSWORD):
    """Return an identity as the file that authorities hand out."""
    return pkcs12.serialize_key_and_certificates(
        b"sello",
        serialization.load_der_private_key(identity.key, None),
        x509.load_der_x509_certificate(identity.certificate),
        [x509.load_der_x509_certificate(one) for one in identity.chain],
        serialization.BestAvailableEncryption(password.encode())
        if password
        else serialization.NoEncryption(),
    )


class Services:
    """A time-stamp service and a list of revoked certificates, at this machine.

    ``mode`` says how stamps are given: ``good``, ``garbage``, ``other`` (for another digest),
    ``refused``, ``error``, ``hang``, ``trickle`` or ``forged`` (signed by nobody who has the key).
    """

    def __init__(self):
        self.mode = "good"
        self.asked = []
        self.released = Event()
        services = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                services.asked.append(self.path)
                if self.path == "/ocsp":
                    services._send(self, services.authority.answer_ocsp(body))
                else:
                    services._answer_stamp(self, body)

            def do_GET(self):
                services.asked.append(self.path)
                root = services.authority.certificate.public_bytes(DER)
                is_root = self.path == "/root.cer"
                services._send(self, root if is_root else services.authority.revocation_list())

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        self.stamp_url = f"{self.base}/stamp"
        self.crl_url = f"{self.base}/revoked.crl"
        self.ocsp_url = f"{self.base}/ocsp"
        self.root_url = f"{self.base}/root.cer"
        self.authority = Authority()
        stamper = self.authority.issue(
            "Sellado de tiempo", ("digital_signature",), [TIME_STAMPING], crl=self.crl_url
        )
        self.stamper = DummyTimeStamper(
            asn1_certificate(stamper.certificate),
            asn1_key(stamper.key),
            [asn1_certificate(stamper.chain[0])],
        )
        Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def _send(self, handler, body, status=200):
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def _answer_stamp(self, handler, body):
        request = tsp.TimeStampReq.load(body)
        if self.mode == "hang":
            self.released.wait(30)
            return
        if self.mode == "error":
            self._send(handler, b"<html>down</html>", 503)
            return
        if self.mode == "garbage":
            self._send(handler, b"<html>Welcome to the hotel</html>")
            return
        if self.mode == "refused":
            self._send(handler, REFUSAL)
            return
        if self.mode == "other":
            request["message_imprint"]["hashed_message"] = b"x" * 32
        response = self.stamper.request_tsa_response(request)
        if self.mode == "forged":
            signer = response["time_stamp_token"]["content"]["signer_infos"][0]
            signer["signature"] = b"\x01" * len(signer["signature"].native)
        answer = response.dump(force=True)
        if self.mode == "trickle":
            handler.send_response(200)
            handler.end_headers()
            for place in range(len(answer)):
                handler.wfile.write(answer[place : place + 1])
                if self.released.wait(0.2):
                    return
            return
        self._send(handler, answer)
