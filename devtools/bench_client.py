"""Who asks the servers of ``./dev bench``, and what is noted of each answer."""

import re
import threading
import time
from dataclasses import dataclass

import requests

from . import grow_prototypes
from .browser import SECONDS, Browser
from .common import DevError
from .demo import PASSWORD

# What Odoo's log tells of a request: queries, seconds in the database, seconds elsewhere and, with
# a replica, which database was asked. Behind the path of a call it names the method once more.
_REQUEST = re.compile(
    r'"(?:GET|POST) (?P<path>[^\s#]+)\S* HTTP/[\d.]+" \d+ - (?P<queries>\d+) [\d.]+ [\d.]+'
    r"(?: (?P<cursor>\S+))?"
)


@dataclass
class Answer:
    """What one request took.

    :param float first: milliseconds until its first byte
    :param float total: milliseconds until its last one
    :param int size: bytes of its body
    """

    first: float
    total: float
    size: int


class Visitor:
    """A browser at one server: the largest customer's contact, a guest or a person of staff.

    :param LiveServer server: the server
    :param bool guest: whether nobody signs in
    :param str login: who signs in; the password of staff is their login
    """

    def __init__(self, server, guest=False, login=grow_prototypes.LOGIN):
        self.server = server
        self.session = Browser(server.base_url)
        if not guest:
            self.session.sign_in(login, PASSWORD if login == grow_prototypes.LOGIN else login)

    def first_invoice(self):
        """Return the id of the invoice that the list has first, as text.

        :raise DevError: when the list shows none
        """
        page = self.session.get(f"{self.server.base_url}/my/invoices", timeout=SECONDS).text
        found = re.search(r"/my/invoices/(\d+)", page)
        if not found:
            raise DevError(f"The largest customer sees no invoice at {self.server.base_url}.")
        return found[1]

    def call(self, model, method, *arguments, **values):
        """Call a method as the web client does.

        :return: what it returns
        :raise DevError: when it fails
        """
        path, body = rpc(model, method, *arguments, **values)
        url = f"{self.server.base_url}{path}"
        answer = self.session.post(url, json=body, timeout=SECONDS).json()
        if "error" in answer:
            raise DevError(f"{path}: {answer['error']['data']['message']}")
        return answer["result"]

    def ask(self, path, body=None, status=200):
        """Ask for a page or a file, or call a method.

        :param str path: what comes after the server's address
        :param dict body: of a call, see :func:`rpc`
        :param int status: with what it has to answer
        :rtype: Answer
        :raise DevError: when it answers otherwise
        """
        started = time.perf_counter()
        url = f"{self.server.base_url}{path}"
        method = "GET" if body is None else "POST"
        with self.session.request(
            method, url, json=body, timeout=SECONDS, stream=True, allow_redirects=False
        ) as response:
            if response.status_code != status:
                raise DevError(f"{url} answered {response.status_code} and not {status}.")
            first = size = 0
            for chunk in response.iter_content(65536):
                first = first or time.perf_counter()
                size += len(chunk)
        ended = time.perf_counter()
        return Answer(((first or ended) - started) * 1000, (ended - started) * 1000, size)

    def inspect(self, path, body=None, status=200):
        """Ask for a page and read in the server's log what it took of the database.

        :return: how many queries, and which database: ``ro``, ``rw``, ``ro->rw``; None where the
            server has no replica
        :rtype: tuple
        """
        start = self.server.log.stat().st_size
        self.ask(path, body, status)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            with open(self.server.log, errors="replace") as log:
                log.seek(start)
                found = [line for line in _REQUEST.finditer(log.read()) if line["path"] == path]
            if found:
                return int(found[-1]["queries"]), found[-1]["cursor"]
            time.sleep(0.05)
        raise DevError(f"The server's log has no line about {path}.")


def rpc(model, method, *arguments, **values):
    """Return where the web client calls a method, and with what.

    :rtype: tuple[str, dict]
    """
    values = {"model": model, "method": method, "args": arguments, "kwargs": values}
    body = {"jsonrpc": "2.0", "method": "call", "params": values}
    return f"/web/dataset/call_kw/{model}/{method}", body


class PeakMemory:
    """How much memory the server's workers take more than before, at their highest.

    A context manager; :ivar int bytes: the largest growth of one worker, when it has ended.
    """

    def __init__(self, server):
        self.server = server
        self.bytes = None

    def __enter__(self):
        self.before = {}
        for pid in self.server.worker_pids():
            # Forgets the highest mark so far (Linux: proc_pid_clear_refs).
            with open(f"/proc/{pid}/clear_refs", "w") as handle:
                handle.write("5")
            self.before[pid] = _memory(pid, "VmRSS")
        return self

    def __exit__(self, *exception):
        self.bytes = max(_memory(pid, "VmHWM") - rss for pid, rss in self.before.items())


def _memory(pid, name):
    """Return one of the kernel's figures about a process, in bytes."""
    with open(f"/proc/{pid}/status") as handle:
        found = re.search(rf"^{name}:\s+(\d+) kB$", handle.read(), re.MULTILINE)
    return int(found[1]) * 1024


def throughput(visitors, path, seconds):
    """Return how many requests a second are answered when all visitors ask without a pause.

    :param list visitors: each has a thread of its own
    :rtype: float
    """
    deadline = time.perf_counter() + seconds
    counts = [0] * len(visitors)
    errors = []

    def go_on(index):
        try:
            while time.perf_counter() < deadline:
                visitors[index].ask(path)
                counts[index] += 1
        except (DevError, requests.RequestException) as error:
            errors.append(error)

    threads = [threading.Thread(target=go_on, args=[index]) for index in range(len(visitors))]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return sum(counts) / (time.perf_counter() - started)
