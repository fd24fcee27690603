"""Many customers at once, each with a browser of its own."""

import json
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
# Between two clicks of one person.
PAUSE = 2.0


def run(server, customers, minutes):
    """Have so many customers click for so long; return the figures in a sentence.

    :raise DevError: when an answer is none
    :rtype: str
    """
    say(f"{customers} customers for {minutes:g} minutes")
    told = server.run_code(
        "import json; from devtools.torture_people import make_colleagues\n"
        f"print('LOGINS' + json.dumps(make_colleagues(env, {customers})))"
    )
    logins = json.loads(told.split("LOGINS", 1)[1])
    actors = [Actor(server.base_url, {"login": login, "customer": 0}) for login in logins]
    floor = _floor(server, actors[0])
    deadline = time.monotonic() + minutes * 60
    times, errors = {page: [] for page in PAGES}, []

    def click(number, actor):
        step = number
        while time.monotonic() < deadline and not errors:
            page = PAGES[step % len(PAGES)]
            step += 1
            started = time.monotonic()
            try:
                # To the page in the contact's language.
                answer = actor.session.get(server.base_url + page, timeout=SECONDS)
            except requests.RequestException as error:
                errors.append(f"{page}: {error!r}")
                return
            if answer.status_code != 200 or page not in answer.url:
                errors.append(f"{page} answered {answer.status_code}")
                return
            times[page].append(time.monotonic() - started)
            time.sleep(PAUSE)

    threads = [threading.Thread(target=click, args=one) for one in enumerate(actors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise DevError("\n".join(errors[:10]))
    asked = sorted(sum(times.values(), []))
    p95 = asked[int(len(asked) * 0.95)]
    for page, of_page in times.items():
        note(f"{page}: median {statistics.median(of_page) * 1000:.0f} ms, {len(of_page)} times")
    median = statistics.median(asked)
    return (
        f"{customers} customers for {minutes:g} minutes, {PAUSE:g} s between two clicks of each,"
        f" two workers: {len(asked)} pages, no error; median {median * 1000:.0f} ms, 95 of 100"
        f" within {p95 * 1000:.0f} ms, which is {p95 / floor:.1f} times an empty page"
        f" ({floor * 1000:.0f} ms, alone)."
    )


def _floor(server, actor):
    times = []
    for _time in range(30):
        started = time.monotonic()
        actor.session.get(server.base_url + FLOOR, timeout=SECONDS)
        times.append(time.monotonic() - started)
    return statistics.median(times)
