"""./dev torture: whether anything breaks, leaks or is lost when everything goes on at once."""

import argparse
import json
import os
import pathlib
import random
import time

from . import torture_faults, torture_histories, torture_load, torture_routes, torture_rpc
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
    parser.add_argument("--calls", type=int, default=0, help="of methods over remote calls (0)")
    parser.add_argument("--seed", type=int, default=1, help="the same one asks the same (1)")
    parser.add_argument("--histories", type=int, default=0, help="of acts at once, with kills (0)")
    parser.add_argument("--history-minutes", type=float, help="no more of them begin then")
    parser.add_argument(
        "--restarts", type=float, default=0, help="of PostgreSQL while six histories run, 0 to 1"
    )
    parser.add_argument("--replay", nargs="*", type=pathlib.Path, help="files of kept histories")
    parser.add_argument(
        "--fault", nargs="*", default=[], choices=[*torture_faults.FAULTS, "all"],
        help="what fails around it, and nothing else",
    )  # fmt: skip
    parser.add_argument("--minutes", type=float, default=0, help="of load by many customers (0)")
    parser.add_argument("--customers", type=int, default=50, help="signed in at once (50)")
    parser.add_argument("--pause", type=float, default=2, help="seconds between two clicks (2)")
    parser.add_argument("--beyond", action="store_true", help="then twice as many, until it breaks")
    parser.add_argument("--report", action="store_true", help=f"write {REPORT.name}")
    options = parser.parse_args(arguments)
    if options.fault:
        return have_faults(options.fault)
    lines = []
    say("a server with demo data of all addons")
    # A PostgreSQL that restarts is one that nobody else uses.
    with start_server(own_postgres=bool(options.restarts)) as server:
        if options.requests or options.calls:
            world = prepare(server)
        if options.requests:
            lines.append(ask_routes(server, world, options.requests, options.seed))
        if options.calls:
            lines.append(call_methods(server, world, options.calls, options.seed))
        if options.histories:
            lines.append(
                run_histories(
                    server,
                    options.histories,
                    options.seed,
                    options.history_minutes,
                    options.restarts,
                )
            )
        if options.replay:
            lines.append(replay(server, options.replay))
        if options.minutes:
            lines.append(
                torture_load.run(
                    server, options.customers, options.minutes, options.pause, options.beyond
                )
            )
    print("\n".join(lines))
    if options.report:
        REPORT.write_text("\n".join(lines) + "\n")
    return 0


def have_faults(names):
    """Have faults, print what was seen; return the exit code.

    :param list names: of ``torture_faults.FAULTS``; ``all`` for all of them
    """
    failed = 0
    with start_server(own_postgres=True) as server:
        for name in torture_faults.FAULTS if "all" in names else names:
            say(f"fault: {name}")
            try:
                print(f"{name}: {torture_faults.run(server, name)}", flush=True)
            except DevError as error:
                failed += 1
                print(f"{name}: FAILED\n{error}", flush=True)
    return min(failed, 1)


def start_server(own_postgres=False):
    """Return the server that is tortured, to be used as a context manager.

    :param bool own_postgres: whether its PostgreSQL is its own, and can be restarted
    :rtype: LiveServer
    """
    # What Hypothesis keeps of its own has no place in a checkout.
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(sub_dir("hypothesis"))
    return LiveServer(demo=True, with_bridges=True, own_postgres=own_postgres)


def prepare(server):
    """Plant what must not come out; return what there is to ask for.

    :return: see ``torture_world.prepare``
    :rtype: dict
    """
    return server.call("devtools.torture_world.prepare", list(LOGINS))


def ask_routes(server, world, requests, chance):
    """Ask every route by chance; return the figures in a sentence.

    :param dict world: see ``prepare``
    :param int requests: how many
    :param int chance: the same one asks the same
    :rtype: str
    :raise DevError: with everything that went wrong
    """
    say(f"{requests} requests to {len(world['routes'])} routes, seed {chance}")
    torture = torture_routes.RouteTorture(server, world)
    progress = _Progress("requests")
    torture.run(requests, chance, progress)
    _raise_failures(torture, progress)
    statuses = ", ".join(f"{status}: {count}" for status, count in sorted(torture.counts.items()))
    return (
        f"{progress.done} requests to {len(torture.asked)} of {len(world['routes'])} routes in"
        f" {progress.seconds():.0f} s, as {len(torture.actors)} actors: no error of the"
        f" server, no word of another customer, no write by reading. Statuses: {statuses}."
    )


def call_methods(server, world, calls, chance):
    """Call every public method by chance; return the figures in a sentence.

    :param dict world: see ``prepare``
    :param int calls: how many
    :param int chance: the same one calls the same
    :rtype: str
    :raise DevError: with everything that went wrong
    """
    methods = server.call("devtools.torture_methods.reachable", list(LOGINS))
    torture = torture_rpc.RpcTorture(server, world, methods)
    methods = len(torture.calls())
    say(f"{calls} calls of {methods} methods of {len(torture.models)} models, seed {chance}")
    progress = _Progress("calls")
    torture.run(calls, chance, progress)
    _raise_failures(torture, progress)
    counts = ", ".join(f"{count} {what}" for what, count in sorted(torture.counts.items()))
    return (
        f"{progress.done} calls of {len(torture.asked)} of {methods} methods of"
        f" {len(torture.models)} models in {progress.seconds():.0f} s, as"
        f" {len(torture.contacts)} contacts, by session and by key: {counts}; no stumble of ours,"
        " no word of another customer, no token, no write."
    )


def _raise_failures(torture, progress):
    """Tell of all that went wrong, if anything did."""
    failures = [*torture.failures.values()]
    failures += torture.log_errors()
    if failures:
        raise DevError(
            "\n\n".join(failures)
            + f"\n\n{len(failures)} failures in {progress.done} {progress.what}"
        )


def run_histories(server, count, chance, minutes=None, restarts=0):
    """Run histories by chance; return the figures in a sentence.

    :param int count: how many
    :param int chance: what contacts and staff do is the same for the same one; what comes first
        is not
    :param float minutes: after which no more begin
    :param float restarts: how often PostgreSQL restarts while six of them run, 0 to 1
    :rtype: str
    :raise DevError: with the shortest one after which something does not hold
    """
    say(f"{count} histories, seed {chance}")
    histories = torture_histories.Histories(server, restarts=restarts)
    progress = _Progress("histories")
    try:
        histories.run(count, random.Random(chance), progress, minutes)
    except DevError as error:
        raise DevError(f"after {progress.done} histories:\n{error}") from None
    histories.check_log()
    figures = histories.figures
    acts = ", ".join(f"{count} {name}" for name, count in sorted(histories.by_act.items()))
    return (
        f"{progress.done} histories in {progress.seconds():.0f} s: {figures['acts']} acts of"
        f" contacts, {figures['told']} of them told to be done ({acts}), {figures['killed']}"
        f" workers killed, {figures['restarted']} restarts of PostgreSQL, {figures['unanswered']}"
        " acts without an answer. Nothing lost, nothing doubled, all accounts balance, the chain"
        " of the evidence holds."
    )


def replay(server, paths):
    """Run histories again that are kept in files; return the figures in a sentence.

    :param paths: the files
    :rtype: str
    :raise DevError: with what does not hold after one of them
    """
    histories = torture_histories.Histories(server)
    scripts = [json.loads(path.read_text()) for path in paths]
    size = torture_histories.CUSTOMERS
    for start in range(0, len(scripts), size):
        batch = [torture_histories.History(one) for one in scripts[start : start + size]]
        histories.play(batch)
        problems = [problem for history in batch for problem in history.problems]
        if problems:
            raise DevError("\n".join(problems))
    acts = ", ".join(f"{count} {name}" for name, count in sorted(histories.by_act.items()))
    return f"{len(scripts)} histories that are kept hold; told to be done: {acts}."


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
