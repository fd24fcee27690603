"""./dev torture: whether anything breaks, leaks or is lost when everything goes on at once."""

import argparse
import json
import os
import random
import time

from . import torture_histories, torture_load, torture_routes
from .common import CHECKOUT, DevError, note, say, sub_dir
from .live_server import LiveServer

# Contacts of the demo's customers, with the profiles that differ most.
LOGINS = (
    "gerencia.talleres@example.com",
    "compras.talleres@example.com",
    "almacen.talleres@example.com",
    "compras.construcciones@example.com",
    "recepcion.hotel@example.com",
    "fontaneria@example.com",
)
REPORT = CHECKOUT / "benchmarks" / "reliability.md"


def main(arguments):
    """Torture a server, print figures; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="./dev torture",
        description="Ask every route of a real server with two workers, as everybody, with values"
        " by chance; then have many customers at once.",
    )
    parser.add_argument("--requests", type=int, default=1500, help="to the routes (1500)")
    parser.add_argument("--seed", type=int, default=1, help="the same one asks the same (1)")
    parser.add_argument("--histories", type=int, default=0, help="of acts at once, with kills (0)")
    parser.add_argument("--minutes", type=float, default=0, help="of load by many customers (0)")
    parser.add_argument("--customers", type=int, default=50, help="signed in at once (50)")
    parser.add_argument("--report", action="store_true", help=f"write {REPORT.name}")
    options = parser.parse_args(arguments)
    lines = []
    say("a server with demo data of all addons")
    with start_server() as server:
        if options.requests:
            lines.append(ask_routes(server, options.requests, options.seed))
        if options.histories:
            lines.append(run_histories(server, options.histories, options.seed))
        if options.minutes:
            lines.append(torture_load.run(server, options.customers, options.minutes))
    print("\n".join(lines))
    if options.report:
        REPORT.write_text("\n".join(lines) + "\n")
    return 0


def start_server():
    """Return the server that is tortured, to be used as a context manager.

    :rtype: LiveServer
    """
    # What Hypothesis keeps of its own has no place in a checkout.
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(sub_dir("hypothesis"))
    return LiveServer(demo=True, with_bridges=True)


def ask_routes(server, requests, chance):
    """Ask every route by chance; return the figures in a sentence.

    :param int requests: how many
    :param int chance: the same one asks the same
    :rtype: str
    :raise DevError: with everything that went wrong
    """
    told = server.run_code(
        "import json; from devtools.torture_world import prepare\n"
        f"print('WORLD' + json.dumps(prepare(env, {list(LOGINS)!r})))"
    )
    world = json.loads(told.split("WORLD", 1)[1])
    say(f"{requests} requests to {len(world['routes'])} routes, seed {chance}")
    torture = torture_routes.RouteTorture(server, world)
    progress = _Progress("requests")
    torture.run(requests, chance, progress)
    failures = [*torture.failures.values()]
    failures += torture.log_errors()
    if failures:
        raise DevError(
            "\n\n".join(failures) + f"\n\n{len(failures)} failures in {progress.done} requests"
        )
    statuses = ", ".join(f"{status}: {count}" for status, count in sorted(torture.counts.items()))
    return (
        f"{progress.done} requests to {len(torture.asked)} of {len(world['routes'])} routes in"
        f" {progress.seconds():.0f} s, as {len(torture.actors)} actors: no error of the"
        f" server, no word of another customer, no write by reading. Statuses: {statuses}."
    )


def run_histories(server, count, chance):
    """Run histories by chance; return the figures in a sentence.

    :param int count: how many
    :param int chance: what contacts and staff do is the same for the same one; what comes first
        is not
    :rtype: str
    :raise DevError: with the first one after which something does not hold
    """
    say(f"{count} histories, seed {chance}")
    histories = torture_histories.Histories(server)
    progress = _Progress("histories")
    try:
        histories.run(count, random.Random(chance), progress)
    except DevError as error:
        raise DevError(f"after {progress.done} histories:\n{error}") from None
    histories.check_log()
    figures = histories.figures
    return (
        f"{progress.done} histories in {progress.seconds():.0f} s: {figures['acts']} acts of"
        f" contacts, {figures['told']} of them told to be done, {figures['killed']} workers killed,"
        f" {figures['unanswered']} acts without an answer. Nothing lost, nothing doubled, all"
        " accounts balance, the chain of the evidence holds."
    )


class _Progress:
    """Counts, and tells of it every half minute.

    :param str what: is counted
    """

    def __init__(self, what):
        self.what, self.done = what, 0
        self._started = self._told = time.monotonic()

    def __call__(self):
        self.done += 1
        if time.monotonic() - self._told > 30:
            self._told = time.monotonic()
            note(f"{self.seconds():.0f} s: {self.done} {self.what}")

    def seconds(self):
        """Return how long it takes so far.

        :rtype: float
        """
        return time.monotonic() - self._started
