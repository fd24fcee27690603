"""Calls to services that settings and certificates name: time stamps, lists of what was revoked.

They lead to the outside alone, whatever a name is said to be: who sets the address, or issues a
certificate, must not make this server ask machines of its own network.
"""

import ipaddress
import queue
import threading
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from odoo.addons.customer_portal_plus.tools import push_service

MAX_ADDRESS_LENGTH = 500
MAX_ANSWER_BYTES = 10 * 1024 * 1024
TIMEOUT_SECONDS = 5  # of each wait for bytes
TOTAL_SECONDS = 10  # of the whole call: a service may send a byte now and then, for ever


class NoAnswer(OSError):
    """A service did not answer, or not in time, or with an error, or with too much."""


def parse_service_address(text):
    """Return the address of a service that is out there.

    :param text: what was typed, or named by a certificate
    :return: the same; None if it is none, or names something that may be in our own network
    :rtype: str | None
    """
    if not isinstance(text, str) or len(text) > MAX_ADDRESS_LENGTH or "\\" in text:
        return None
    if not text.isascii() or not text.isprintable() or " " in text:
        return None
    try:
        url = urlsplit(text)
        host, port = url.hostname or "", url.port
    except ValueError:
        return None
    if url.scheme not in ("http", "https") or "@" in url.netloc or url.fragment or port == 0:
        return None
    try:
        is_outside = push_service.is_public_address(str(ipaddress.ip_address(host)))
    except ValueError:
        is_outside = push_service.is_public_name(host)
    return text if is_outside else None


def _refuse_own_network(connection):
    """Close a connection that leads to a network of our own; asked of the connection itself, for a
    name may lead elsewhere each time that it is looked up."""
    if not push_service.is_public_address(connection.getpeername()[0]):
        connection.close()
        raise ConnectionRefusedError("the service is in a network of our own")
    return connection


class _HttpConnection(HTTPConnection):
    def _new_conn(self):
        return _refuse_own_network(super()._new_conn())


class _HttpsConnection(HTTPSConnection):
    def _new_conn(self):
        return _refuse_own_network(super()._new_conn())


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _HttpConnection


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _HttpsConnection


class _OutsideAdapter(HTTPAdapter):
    def init_poolmanager(self, *args, **kwargs):
        result = super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}
        return result


def call_service(address, data=None, headers=None):
    """Return the answer of a service.

    :param str address: see ``parse_service_address``
    :param bytes data: what is posted; nothing, then the answer is fetched
    :param dict headers: of the request
    :rtype: bytes
    :raise NoAnswer: whatever keeps it from answering
    """
    answers = queue.SimpleQueue()

    def ask():
        try:
            answers.put(_call(address, data, headers or {}))
        except (OSError, ValueError) as error:  # requests' own errors are among the first
            answers.put(error)

    # Beside the rest, so that nobody waits longer than is said here, whatever is sent.
    threading.Thread(target=ask, name="portal seal", daemon=True).start()
    try:
        answer = answers.get(timeout=TOTAL_SECONDS)
    except queue.Empty:
        raise NoAnswer("no answer in time") from None
    if isinstance(answer, Exception):
        raise NoAnswer(str(answer)[:200]) from answer
    return answer


def _call(address, data, headers):
    if not parse_service_address(address):
        raise NoAnswer("not an address out there")
    with requests.Session() as session:
        session.adapters.clear()
        session.mount("http://", _OutsideAdapter())
        session.mount("https://", _OutsideAdapter())
        with session.request(
            "POST" if data is not None else "GET",
            address,
            data=data,
            headers=headers,
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
            stream=True,
        ) as response:
            if response.status_code != 200:
                raise NoAnswer(f"HTTP {response.status_code}")
            body = b""
            for part in response.iter_content(64 * 1024):
                body += part
                if len(body) > MAX_ANSWER_BYTES:
                    raise NoAnswer("too long an answer")
            return body
