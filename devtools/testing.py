"""./dev test: Odoo's suite on clones of the template, the tools' own tests, the live tests.

Runs of pytest: tests inside Odoo's transaction and those of ./dev never share a process, and the
main addon is tested without its bridges and what they bring in of Odoo. The whole suite is dealt
out to one process more than there are cores, each with a database of its own; what is asked for by
path or by a single kind runs in one process, its output as it comes.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import databases, environment, odoo_command
from .common import CHECKOUT, DevError, note, say, sub_dir
from .postgres import Cluster

_NO_TESTS = 5
# How long a test file took when it was last measured (./dev test --measure), in seconds.
TIMES = Path(__file__).with_name("test_times.json")
# A file that was never measured.
UNKNOWN_SECONDS = 10.0
# Odoo's tests are dealt out in so many parts for each process: fewer starts of Odoo, or less
# waiting at the end.
PARTS_PER_PROCESS = 2
SLOWEST = 10
HEARTBEAT_SECONDS = 30

HELP = """\
usage: ./dev test [arguments of pytest]

  ./dev test                                     what each change has to pass
  ./dev test --all                               the whole product: all cells of the access matrix,
                                                 the main addon once more with its bridges, and
                                                 installed beside more modules
  ./dev test -k expression                       what matches, of everything
  ./dev test customer_portal_plus/tests/test_x.py -x
  ./dev test core:portal core:account/tests/test_portal.py
                                                 tests of Odoo itself, or of another app that
                                                 is installed here, with the addons installed
  ./dev test --with purchase,project ...         on a database with more modules
  ./dev test --without-addons core:portal        the same without this project's addons
  ./dev test --demo ...                          on a database with demo data
  ./dev test --jobs 1                            in so many processes (else one more than cores)
  ./dev test --measure                           also notes how long each file takes
"""


@dataclass
class Job:
    """One run of pytest.

    :ivar str kind: a key of ``_PREPARE``
    :ivar list paths: what is tested
    :ivar float seconds: how long it is expected to take
    """

    kind: str
    paths: list
    seconds: float = 0.0
    process: subprocess.Popen = None
    log: Path = None
    result: Path = None
    started: float = 0.0
    closing: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    @property
    def name(self):
        files = [Path(path.split("::")[0]).name for path in self.paths]
        return files[0] if len(files) == 1 else f"{self.kind}, {len(files)} files"

    def outcome(self):
        """Return counts and times so far.

        :rtype: dict
        """
        text = self.result.read_text() if self.result and self.result.exists() else ""
        return json.loads(text) if text else {"counts": {}, "seconds": {}}


def main(arguments):
    """Run tests; return the exit code."""
    if "--help" in arguments or "-h" in arguments:
        print(HELP)
        return 0
    arguments, options = _own_options(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    groups, rest, is_whole = _split(arguments, options["all"])
    if options["all"]:
        os.environ["CPP_TEST_ALL"] = "1"
    jobs = plan(groups, options["jobs"] if is_whole else 1, _known_times())
    stop_at_once = "-x" in rest or "--exitfirst" in rest
    if len(jobs) > 1 and options["jobs"] > 1 and is_whole:
        worst = _run_together(jobs, rest, options, stop_at_once)
    else:
        worst = _run_in_turn(jobs, rest, options, stop_at_once)
    outcomes = [job.outcome() for job in jobs]
    _forget(jobs)
    seconds = {name: took for outcome in outcomes for name, took in outcome["seconds"].items()}
    if options["measure"]:
        _note_times(seconds)
    if is_whole:
        _print_slowest(seconds)
    counts = {
        key: sum(outcome["counts"].get(key, 0) for outcome in outcomes)
        for key in ("passed", "failed", "skipped")
    }
    print(f"\n{counts['passed']} passed, {counts['failed']} failed", end="")
    print(f", {counts['skipped']} skipped" if counts["skipped"] else "", flush=True)
    if not sum(counts.values()) and not worst:
        print("No test was run.", file=sys.stderr)
        return _NO_TESTS
    return worst


def _own_options(arguments):
    """Take the options that are not pytest's out of the command line."""
    # One process more than cores: each waits a fifth of its time for its database or browser.
    options = {
        "with": [], "demo": False, "addons": True, "all": False, "measure": False,
        "jobs": (os.cpu_count() or 1) + 1,
    }  # fmt: skip
    rest, words = [], iter(arguments)
    for word in words:
        if word == "--with":
            options["with"] += next(words, "").replace(",", " ").split()
        elif word == "--jobs":
            number = next(words, "")
            if not number.isdecimal() or not int(number):
                raise DevError("--jobs wants a number of processes.")
            options["jobs"] = int(number)
        elif word in ("--demo", "--all", "--measure"):
            options[word[2:]] = True
        elif word == "--without-addons":
            options["addons"] = False
        else:
            rest.append(word)
    return rest, options


def _split(arguments, everything=False):
    """Sort paths by the kind of run they need.

    :param bool everything: whether the main addon is tested with the bridges as well
    :return: paths by kind, the arguments that are no paths, and whether no path was named
    :rtype: tuple[dict[str, list[str]], list[str], bool]
    """
    groups = {"tools": [], "odoo": [], "bridges": [], "live": []}
    bridges = [bridge.name for bridge in databases.bridges()]
    kinds = {"devtools": "tools", "live_tests": "live", **dict.fromkeys(bridges, "bridges")}
    rest = []
    for word in arguments:
        path = _as_path(word)
        if path is None:
            rest.append(word)
            continue
        top = Path(os.path.relpath(path.split("::")[0], CHECKOUT)).parts[:1]
        groups[kinds.get(top[0] if top else "", "odoo")].append(path)
    is_whole = not any(groups.values())
    if is_whole:
        groups["tools"] = [str(CHECKOUT / "devtools" / "tests")]
        for addon in databases.addons():
            if (addon / "tests").is_dir():
                groups[kinds.get(addon.name, "odoo")].append(str(addon / "tests"))
        if everything and bridges:
            groups["bridges"] += groups["odoo"]
        live = CHECKOUT / "live_tests"
        groups["live"] = [str(live)] if live.is_dir() else []
    return groups, rest, is_whole


def _as_path(word):
    """Return the absolute path that an argument names, or None."""
    if word.startswith("core:"):
        addon, _, inner = word[5:].partition("/")
        folder = environment.tree().addon(addon)
        return str(folder / (inner or "tests"))
    if word.startswith("-"):
        return None
    path, separator, node = word.partition("::")
    for base in (Path.cwd(), CHECKOUT):
        if os.path.exists(base / path):  # False as well for an expression too long for a name
            return str((base / path).resolve()) + separator + node
    return None


# === DEALING OUT === #


def plan(groups, processes, times):
    """Return the runs of pytest that cover all paths, each test file in just one of its kind.

    :param dict groups: paths by kind
    :param int processes: how many run at the same time
    :param dict times: seconds by test file, relative to the checkout
    :return: the longest first
    :rtype: list[Job]
    """
    jobs = []
    for kind, paths in groups.items():
        if not paths:
            continue
        if processes == 1 or kind == "tools":
            jobs.append(Job(kind, paths))
            continue
        files = [file for path in paths for file in _test_files(Path(path))]
        # The bridges alone are few tests: one start of Odoo for each process.
        alone = kind == "bridges" and not set(paths) & set(groups["odoo"])
        parts = processes if alone else processes * PARTS_PER_PROCESS
        if kind == "live":
            parts = len(files)  # Each starts servers of its own anyway.
        jobs += [
            Job(kind, [str(file) for file in part], seconds)
            for part, seconds in deal(files, parts, times)
        ]
    return sorted(jobs, key=lambda job: -job.seconds)


def deal(files, parts, times):
    """Deal test files out to parts of about the same length.

    :param list files: paths of test files
    :param int parts: how many parts at most
    :param dict times: see ``plan``
    :return: for each part its files, in the order of their names, and its seconds
    :rtype: list[tuple[list, float]]
    """

    def seconds(file):
        return times.get(os.path.relpath(file, CHECKOUT), UNKNOWN_SECONDS)

    heaps = [[[], 0.0] for _number in range(min(parts, len(files)))]
    for file in sorted(files, key=lambda file: (-seconds(file), str(file))):
        heap = min(heaps, key=lambda heap: heap[1])
        heap[0].append(file)
        heap[1] += seconds(file)
    return [(sorted(heap), total) for heap, total in heaps]


def _test_files(path):
    return sorted(path.rglob("test_*.py")) if path.is_dir() else [path]


def _known_times():
    return json.loads(TIMES.read_text()) if TIMES.is_file() else {}


def _note_times(seconds):
    """Write down how long test files took, those that were run."""
    times = _known_times()
    measured = {}
    for name, took in seconds.items():
        file = name.partition("::")[0]
        measured[file] = measured.get(file, 0.0) + took
    times.update({file: round(took, 1) for file, took in measured.items()})
    kept = {file: times[file] for file in sorted(times) if (CHECKOUT / file).is_file()}
    TIMES.write_text(json.dumps(kept, indent=1) + "\n")


def _print_slowest(seconds):
    slowest = sorted(seconds.items(), key=lambda pair: -pair[1])[:SLOWEST]
    print(f"\nThe {len(slowest)} slowest tests:")
    for name, took in slowest:
        print(f"  {took:6.1f} s  {name}")


# === RUNNING === #


def _run_in_turn(jobs, rest, options, stop_at_once):
    """Run one job after the other, their output as it comes."""
    worst = 0
    for job in jobs:
        with job.closing:
            _start(job, rest, options, None)
            code = _wait(job)
        if code not in (0, _NO_TESTS):
            worst = worst or code
            if stop_at_once:
                break
    return worst


def _run_together(jobs, rest, options, stop_at_once):
    """Run as many jobs at the same time as wanted; print a job's output when it has ended."""
    for job in jobs:
        _template(job, options)  # Once, before several would wait for it.
    total = sum(job.seconds for job in jobs)
    say(
        f"{len(jobs)} runs of tests, {options['jobs']} at a time"
        f" (about {total / options['jobs'] / 60:.0f} minutes)"
    )
    waiting, running, failed, worst = list(jobs), [], [], 0
    started = told = time.monotonic()
    try:
        while waiting or running:
            while waiting and len(running) < options["jobs"]:
                job = waiting.pop(0)
                job.log = sub_dir("logs") / f"test_{os.getpid()}_{jobs.index(job)}.log"
                with open(job.log, "w") as output:
                    _start(job, rest, options, output)
                running.append(job)
            time.sleep(0.2)
            for job in [job for job in running if job.process.poll() is not None]:
                running.remove(job)
                job.closing.close()
                code = job.process.returncode
                counts = job.outcome()["counts"]
                bad = code not in (0, _NO_TESTS)
                took = time.monotonic() - job.started
                say(
                    f"{job.name}: {counts.get('passed', 0)} passed, {counts.get('failed', 0)}"
                    f" failed, {took:.0f} s" + (" (its output is at the end)" if bad else "")
                )
                if bad:
                    worst = worst or code
                    failed.append(job)
                    if stop_at_once:
                        waiting.clear()
                        _end(running)
            if time.monotonic() - told > HEARTBEAT_SECONDS:
                told = time.monotonic()
                done = sum(sum(job.outcome()["counts"].values()) for job in jobs)
                names = "; ".join(job.name for job in running)
                note(f"{told - started:.0f} s: {done} tests done; running {names}")
    except KeyboardInterrupt:
        _end(running)
        raise DevError("stopped") from None
    finally:
        for job in running:
            job.closing.close()
    for job in failed:
        print(f"\n{'=' * 20} {job.name} {'=' * 20}\n", flush=True)
        print(job.log.read_text(errors="replace"), flush=True)
    return worst


def _end(running):
    for job in running:
        job.process.send_signal(signal.SIGINT)
    for job in running:
        try:
            job.process.wait(30)
        except subprocess.TimeoutExpired:
            job.process.kill()
            job.process.wait()


def _wait(job):
    try:
        return job.process.wait()
    except KeyboardInterrupt:
        # pytest got the same Ctrl-C and closes what it opened.
        with contextlib.suppress(KeyboardInterrupt):
            job.process.send_signal(signal.SIGINT)
            job.process.wait(30)
        raise DevError("stopped") from None
    finally:
        if job.process.poll() is None:
            job.process.kill()
            job.process.wait()


def _template(job, options):
    """Return the database that tests work on copies of; build it if need be."""
    if job.kind == "tools":
        return None
    cluster = Cluster("test").ensure_running()
    template = databases.template(
        cluster,
        options["demo"] and job.kind != "live",
        with_addons=options["addons"] or job.kind == "live",
        with_bridges=job.kind == "bridges",
    )
    if job.kind != "live" and any(opens_browser(path) for path in job.paths):
        template = databases.with_bundles(cluster, template)
    return template


def opens_browser(path):
    """Return whether tests of this project have a browser load pages.

    :param str path: a file or a folder, and maybe one of its tests
    :rtype: bool
    """
    path = Path(path.split("::")[0])
    if not path.is_relative_to(CHECKOUT):
        return False
    return any(
        re.search(r"\.(start_tour|browser_js)\(", file.read_text()) for file in _test_files(path)
    )


def _start(job, rest, options, output):
    """Start a job's pytest.

    :param file output: where its output goes; None for the terminal
    """
    folder = Path(tempfile.mkdtemp(prefix="cpp-test-"))
    job.result = folder / "result.json"
    variables, words = _prepare(job, options)
    variables["CPP_TEST_COUNTS"] = str(job.result)
    variables["HYPOTHESIS_STORAGE_DIRECTORY"] = str(sub_dir("hypothesis"))
    command = [sys.executable, "-m", "pytest", "-c", str(CHECKOUT / "pyproject.toml")]
    command += ["--rootdir", str(CHECKOUT), "-p", "no:cacheprovider"]
    command += ["-p", "devtools.pytest_plugin", *words, *rest, *job.paths]
    job.started = time.monotonic()
    job.process = subprocess.Popen(
        command,
        env=variables,
        cwd=CHECKOUT,
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
        stdin=subprocess.DEVNULL if output else None,
        # Ctrl-C ends ./dev, which ends them.
        start_new_session=bool(output),
    )


def _prepare(job, options):
    """Return variables and words of pytest for a job; clone its database if it needs one."""
    if job.kind in ("tools", "live"):
        _template(job, options)
        return dict(os.environ), ["-p", "no:odoo"]
    cluster = Cluster("test").ensure_running()
    source = _template(job, options)
    database = job.closing.enter_context(databases.temporary_clone(cluster, source, "test"))
    if options["with"]:
        databases.install_more(cluster, database, options["with"], options["demo"])
    if not job.log:
        say(f"running Odoo's tests on database {database}")
    # Tests of what the addons are beside other modules ask for it before there is a registry.
    variables = {"CPP_TEST_WITH": ",".join(options["with"])}
    plugins = ["-p", "devtools.kept_caches"]
    if not all(Path(path.split("::")[0]).is_relative_to(CHECKOUT) for path in job.paths):
        # Others' tests skip some, and some of Odoo's are about the caches.
        variables["CPP_ALLOW_SKIPS"], plugins = "1", []
    config = odoo_command.environ(cluster, **variables)
    words = [
        f"--odoo-config={config['ODOO_RC']}",
        f"--odoo-database={database}",
        "--odoo-http",
        "--odoo-log-level=warn",
        *plugins,
    ]
    return config, words


def _forget(jobs):
    for job in jobs:
        if job.result:
            shutil.rmtree(job.result.parent, ignore_errors=True)
        if job.log:
            job.log.unlink(missing_ok=True)


def _interrupt(_signal, _frame):
    raise KeyboardInterrupt
