"""Many customers at once, each with a browser of its own."""

import os
import statistics
import threading
import time

import requests

from .common import DevError, note, say
from .torture_routes import SECONDS, Actor

FLOOR = "/my/security"
PAGES = (
    "/my",
    "/my/invoices",
    "/my/quotes",
    "/my/orders",
    "/my/pay",
    "/my/statement",
    "/my/messages",
)
# Between two clicks of one person, in seconds.
PAUSE = 2.0
# What comes beyond is tried for so many minutes each, with twice as many customers each time.
BEYOND_MINUTES = 0.5
# That is enough: whoever waits so many times as long as alone goes away.
TOO_SLOW = 100


class Load:
    """Many customers who click at a server.

    :param LiveServer server: with demo data
    :param float pause: seconds between two clicks of one person
    """

    def __init__(self, server, pause=PAUSE):
        self.server, self.pause = server, pause
        self.actors = []
        self._sign_in(1)
        self.floor = _floor(server, self.actors[0])

    def _sign_in(self, customers):
        """Have so many of them."""
        missing = customers - len(self.actors)
        if missing <= 0:
            return
        logins = self.server.call(
            "devtools.torture_people.make_colleagues", missing, len(self.actors)
        )
        self.actors += [
            Actor(self.server.base_url, {"login": login, "customer": 0}) for login in logins
        ]

    def run(self, customers, minutes):
        """Have so many customers click for so long.

        :return: how long each page took, in seconds, and what was no answer
        :rtype: tuple[dict[str, list[float]], list[str]]
        """
        say(f"{customers} customers for {minutes:g} minutes, {self.pause:g} s between two clicks")
        self._sign_in(customers)
        deadline = time.monotonic() + minutes * 60
        times, errors = {page: [] for page in PAGES}, []

        def click(number, actor):
            step = number
            while time.monotonic() < deadline:
                page = PAGES[step % len(PAGES)]
                step += 1
                started = time.monotonic()
                try:
                    # To the page in the contact's language.
                    answer = actor.session.get(self.server.base_url + page, timeout=SECONDS)
                except requests.RequestException as error:
                    errors.append(f"{page}: {error!r}")
                    continue
                if answer.status_code != 200 or page not in answer.url:
                    errors.append(f"{page} answered {answer.status_code}")
                times[page].append(time.monotonic() - started)
                time.sleep(self.pause)

        threads = [
            threading.Thread(target=click, args=one) for one in enumerate(self.actors[:customers])
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return times, errors

    def told(self, customers, minutes, times, errors):
        """Return the figures of a run in a sentence.

        :rtype: str
        """
        asked = sorted(sum(times.values(), []))
        median, p95 = statistics.median(asked), asked[int(len(asked) * 0.95)]
        worst = max(times, key=lambda page: statistics.median(times[page] or [0]))
        return (
            f"{customers} customers for {minutes:g} minutes, {self.pause:g} s between two clicks of"
            f" each, two workers: {len(asked)} pages, {len(errors) or 'no'} errors; median"
            f" {median * 1000:.0f} ms, 95 of 100 within {p95 * 1000:.0f} ms, which is"
            f" {p95 / self.floor:.1f} times an empty page ({self.floor * 1000:.0f} ms, alone);"
            f" slowest is {worst}; load of the machine {os.getloadavg()[0]:.1f}."
        )


def run(server, customers, minutes, pause=PAUSE, beyond=False):
    """Have so many customers click for so long; return the figures in sentences.

    :param bool beyond: whether to go on with twice as many, again and again, until something
        breaks
    :raise DevError: when an answer is none
    :rtype: str
    """
    load = Load(server, pause)
    times, errors = load.run(customers, minutes)
    for page, of_page in times.items():
        note(f"{page}: median {statistics.median(of_page) * 1000:.0f} ms, {len(of_page)} times")
    lines = [load.told(customers, minutes, times, errors)]
    if errors:
        raise DevError("\n".join([*lines, *errors[:10]]))
    while beyond:
        customers *= 2
        times, errors = load.run(customers, BEYOND_MINUTES)
        lines.append(load.told(customers, BEYOND_MINUTES, times, errors) + "".join(errors[:1]))
        note(lines[-1])
        slowest = sorted(sum(times.values(), []))[-1]
        beyond = not errors and slowest < TOO_SLOW * load.floor
    return "\n".join(lines)


def _floor(server, actor):
    times = []
    for _time in range(30):
        started = time.monotonic()
        actor.session.get(server.base_url + FLOOR, timeout=SECONDS)
        times.append(time.monotonic() - started)
    return statistics.median(times)
