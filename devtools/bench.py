"""./dev bench: how long the portal's pages take, as ratios against core's own in the same run.

Two databases are filled with the same documents, one with core's modules only. Two servers answer
in turn the same requests of the same customer, so that whatever else the machine does slows both.
"""

import argparse
import re
import statistics
import time

import requests

from . import grow, grow_prototypes
from .common import DevError, note, say
from .demo import PASSWORD
from .live_server import LiveServer

# What is measured, and the page of core that it is compared with.
PAGES = (
    ("home", "/my", "/my"),
    ("invoices", "/my/invoices", "/my/invoices"),
    (
        "invoices, overdue",
        "/my/invoices?filterby=overdue",
        "/my/invoices?filterby=overdue_invoices",
    ),
    ("invoices, fourth page", "/my/invoices/page/4", "/my/invoices/page/4"),
    ("invoices, search", "/my/invoices?search=000123", "/my/invoices"),
    ("quotes", "/my/quotes", "/my/quotes"),
    ("orders", "/my/orders", "/my/orders"),
    ("one invoice", "/my/invoices/{invoice}", "/my/invoices/{invoice}"),
    ("to pay", "/my/pay", "/my/invoices"),
    ("payments", "/my/payments", "/my/invoices"),
    ("messages", "/my/messages", "/my/invoices"),
    ("documents", "/my/documents", "/my/invoices"),
)
SECONDS = 60


def main(arguments):
    """Measure, and print a table; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="./dev bench", description="Time the portal's pages beside core's own."
    )
    parser.add_argument("--invoices", type=int, default=20_000)
    parser.add_argument("--customers", type=int, default=500)
    parser.add_argument("--largest", type=int, default=2000, help="invoices of who looks at them")
    parser.add_argument("--rounds", type=int, default=15, help="how often each page is asked for")
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        raise DevError("--rounds is 1 at least.")
    with LiveServer(with_addons=False) as core, LiveServer() as ours:
        for server in (core, ours):
            grow.fill(server.cluster, server.database, options)
            server.restart()
        say(f"{len(PAGES)} pages, {options.rounds} times each")
        visitors = [_Visitor(core), _Visitor(ours)]
        print(f"{'page':<24}{'core ms':>10}{'ours ms':>10}{'ratio':>8}   compared with")
        for name, path, core_path in PAGES:
            core_time, our_time = _compare(visitors, (core_path, path), options.rounds)
            other = "" if path == core_path else core_path
            print(
                f"{name:<24}{core_time:>10.0f}{our_time:>10.0f}{our_time / core_time:>8.2f}"
                f"   {other}".rstrip(),
                flush=True,
            )
    note("medians; smaller than 1 is quicker than core")
    return 0


class _Visitor:
    """The largest customer's contact, signed in at one server."""

    def __init__(self, server):
        self.base_url = server.base_url
        self.session = requests.Session()
        self.session.trust_env = False  # No proxy: the server is on this machine.
        page = self.session.get(f"{self.base_url}/web/login", timeout=SECONDS).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        values = {"login": grow_prototypes.LOGIN, "password": PASSWORD, "csrf_token": token}
        self.session.post(f"{self.base_url}/web/login", values, timeout=SECONDS)
        found = re.search(r"/my/invoices/(\d+)", self._get("/my/invoices").text)
        if not found:
            raise DevError(f"The largest customer sees no invoice at {self.base_url}.")
        self.invoice = found[1]

    def _get(self, path):
        response = self.session.get(f"{self.base_url}{path}", timeout=SECONDS)
        if response.status_code != 200 or "/web/login" in response.url:
            raise DevError(f"{response.url} answered {response.status_code}.")
        return response

    def time(self, path):
        """Return how long a page takes, in milliseconds."""
        started = time.perf_counter()
        self._get(path.format(invoice=self.invoice))
        return (time.perf_counter() - started) * 1000


def _compare(visitors, paths, rounds):
    """Return the medians of both servers, which are asked in turn."""
    times = ([], [])
    for _round in range(rounds + 1):
        for visitor, path, measured in zip(visitors, paths, times, strict=True):
            measured.append(visitor.time(path))
    return [statistics.median(measured[1:]) for measured in times]  # the first one warms up
