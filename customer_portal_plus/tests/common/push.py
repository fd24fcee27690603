"""A push service of the tests' own, a browser that asks it for notices, and who is told by it."""

import base64
import datetime
import ipaddress
import json
import os
import ssl
import tempfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from odoo.tools import mute_logger

from ...models.messages import customer_portal_push_notice
from ...tools import push_service
from . import PortalHttpCase

RAW = (serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _text(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Browser:
    """What a browser makes when notices are turned on in it, and how it reads one (RFC 8291)."""

    def __init__(self):
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._secret = os.urandom(16)
        self._point = self._key.public_key().public_bytes(*RAW)
        self.keys = {"p256dh": _text(self._point), "auth": _text(self._secret)}

    def decrypt(self, body):
        salt, sender = body[:16], body[21 : 21 + body[20]]
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self._key.exchange(ec.ECDH(), point)
        info = b"WebPush: info\x00" + self._point + sender
        key = HKDF(hashes.SHA256(), 32, self._secret, info).derive(shared)
        cipher = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(key)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(key)
        text = AESGCM(cipher).decrypt(nonce, body[21 + body[20] :], None)
        return json.loads(text.rstrip(b"\x00")[:-1])


class PushService:
    """Listens at this machine, with a certificate of its own, and keeps what it is sent."""

    def __init__(self):
        self.received = []
        self.status = 201
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.received.append((self.path, dict(self.headers), body))
                self.send_response(service.status)
                if service.status == 307:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.folder = tempfile.TemporaryDirectory()
        self.certificate = os.path.join(self.folder.name, "push.pem")
        self._make_certificate()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self._server.server_port}/push"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self.folder.cleanup()

    def _make_certificate(self):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "push")])
        now = datetime.datetime.now(datetime.timezone.utc)
        host = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([host]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        with open(self.certificate, "wb") as file:
            file.write(certificate.public_bytes(serialization.Encoding.PEM))
            file.write(
                key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )


class PushCase(PortalHttpCase):
    """A company that offers notices, and a contact with documents to be told of."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = PushService()
        cls.addClassCleanup(cls.service.stop)
        cls.company.portal_allow_push = True
        cls.Device = cls.env["customer.portal.push.device"]
        cls.Notice = cls.env["customer.portal.push.notice"]
        cls.contact = cls.user_full.partner_id
        cls.browser = Browser()
        cls.quote = cls._create_order(cls.alfa)
        cls.invoice = cls._create_invoice(cls.contact)

    def setUp(self):
        super().setUp()
        self.service.received.clear()
        self.service.status = 201

    def _write_on(self, document, words="Secret words"):
        document.message_subscribe(self.contact.ids)
        return document.with_user(self.user_sales).message_post(
            body=words,
            partner_ids=self.contact.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _run_sender(self, outside=True):
        """Send what waits, as the scheduled action does; the service stands for one out there."""
        real = push_service.PushSession

        def session():
            made = real()
            made.trust_env = False  # Else a bundle of the environment comes first.
            made.verify = self.service.certificate
            return made

        with (
            patch.object(customer_portal_push_notice, "PushSession", session),
            patch.object(push_service, "is_public_address", lambda address: outside),
            patch.object(self.registry["ir.cron"], "_commit_progress", lambda *a, **k: 1000),
            mute_logger("odoo.addons.mail.tools.web_push"),
        ):
            self.Notice._cron_send()
