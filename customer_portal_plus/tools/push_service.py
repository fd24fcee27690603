"""Addresses of push services: which ones a browser may name, and how they are called.

Whoever turns notices on says where they go, so this server is not led anywhere but to the
outside: the address is read strictly, and whoever answers in its name has to be out there, too.
"""

import base64
import binascii
import ipaddress
import re
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.asymmetric import ec
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool

MAX_LENGTH = 1000
# How long the push service keeps a notice for a telephone that is off.
KEPT_SECONDS = 24 * 60 * 60
TIMEOUT_SECONDS = 5

# A name with a dot, and letters at its end: no number in any notation.
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_LOCAL_NAMES = (
    "localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "arpa",
    "invalid", "test", "onion",
)  # fmt: skip


def parse_push_endpoint(text):
    """Return the address of a browser at its push service.

    :param text: what the browser sent
    :return: the same; None if it is not https, or names something that may be in our own network
    :rtype: str | None
    """
    if not isinstance(text, str) or len(text) > MAX_LENGTH or not re.fullmatch(r"[!-~]+", text):
        return None
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        return None
    host = url.hostname or ""
    if (
        url.scheme != "https"
        or port not in (None, 443)
        or "@" in url.netloc
        or "\\" in text
        or url.fragment
        or not is_public_name(host)
    ):
        return None
    return text


def is_public_name(host):
    """Return whether the name of a machine can be one that is out there: no number in any
    notation, and none of those that only our own network knows.

    :param str host: in small letters
    :rtype: bool
    """
    return bool(_HOST.fullmatch(host)) and host.rsplit(".", 1)[-1] not in _LOCAL_NAMES


def is_push_token(text):
    """Return whether a text can be what the cookie of a browser with notices holds.

    :param text: what came in with a request
    :rtype: bool
    """
    return isinstance(text, str) and bool(re.fullmatch(r"[A-Za-z0-9_-]{32}", text))


def parse_push_keys(public_key, secret):
    """Return the keys with which what is sent to a browser is encrypted.

    :param public_key: a point of the curve P-256, as the browser sent it
    :param secret: sixteen bytes, likewise
    :return: both by the names that browsers give them; None if they are no such keys
    :rtype: dict[str, str] | None
    """
    point, auth = _decode(public_key), _decode(secret)
    if not point or len(auth) != 16:
        return None
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return None
    return {"p256dh": public_key, "auth": secret} if len(point) == 65 else None


def _decode(text):
    """Return the bytes of a short text in URL-safe base64 without padding; none if it is not."""
    if not isinstance(text, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", text):
        return b""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        return b""


def is_public_address(address):
    """Return whether an IP address is out there.

    :param str address: of version 4 or 6
    :rtype: bool
    """
    ip = ipaddress.ip_address(address.split("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return ip.is_global and not ip.is_multicast


class _PublicConnection(HTTPSConnection):
    def _new_conn(self):
        """Override: asked of the connection itself, before anything is sent, for a name may lead
        elsewhere each time that it is looked up."""
        connection = super()._new_conn()
        if not is_public_address(connection.getpeername()[0]):
            connection.close()
            raise ConnectionRefusedError("the push service is in a network of our own")
        return connection


class _PublicPool(HTTPSConnectionPool):
    ConnectionCls = _PublicConnection


class _PublicAdapter(HTTPAdapter):
    def init_poolmanager(self, *args, **kwargs):
        result = super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"https": _PublicPool}
        return result


class PushSession(requests.Session):
    """A session that calls push services, over https alone, and follows them nowhere."""

    def __init__(self):
        super().__init__()
        self.adapters.clear()
        self.mount("https://", _PublicAdapter())

    def post(self, url, **kwargs):
        """Override: a notice is kept for a day, and no answer leads elsewhere."""
        kwargs["headers"] = {**(kwargs.get("headers") or {}), "TTL": str(KEPT_SECONDS)}
        kwargs.update(allow_redirects=False, timeout=TIMEOUT_SECONDS)
        return super().post(url, **kwargs)
