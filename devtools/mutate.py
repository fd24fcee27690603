"""./dev mutate: which changes of the code that decides on access and money would no test notice?

Each change is a single one: a condition turned round, a bound moved, a constant altered. The tests
that run the changed line are run with it, the quick and near ones first, and if those let it pass,
more of them; a change that they all let pass survives. Survivors want a test, or a line in
``mutants_accepted.toml`` that says why the change makes no difference.

Kept tools do not fit: they start the tests anew for each change, and Odoo starts for ten seconds,
or they rename methods, which Odoo's models find by their names. See ``mutation_plugin.py``.
"""

import argparse
import contextlib
import functools
import json
import math
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict, replace
from itertools import zip_longest
from pathlib import Path

from . import databases, mutants, odoo_command
from .common import CHECKOUT, DevError, digest, note, say, sub_dir
from .postgres import Cluster
from .testing import TIMES, UNKNOWN_SECONDS

MODELS = Path("customer_portal_plus") / "models"
TESTS = Path("customer_portal_plus") / "tests"
# What decides on access and money.
ROOMS = ("access", "sign_in", "payment", "signing")
# What else decides in a room's matter, for it lies in a folder that comes later.
ALSO = {
    "signing": [
        f"documents/customer_portal_document_{part}.py" for part in ("signer", "signing", "turns")
    ]
}
ACCEPTED = Path(__file__).with_name("mutants_accepted.toml")
# The share of a room's changes that may survive.
MOST_SURVIVORS = 0.05
# Tests of these files say nothing of a single line, or take a browser for it.
_FAR = (
    "test_access_matrix",
    "test_accessibility",
    "test_public_methods",
    "_browser",
    "_tour",
    "test_demo",
    "test_mails",
    "test_query_counts",
    "test_translations",
)
# Words in the names of files that say nothing of what they are about.
_EVERYWHERE = {"account", "customer", "line", "mixin", "move", "partner", "portal", "res", "test"}
# So many tests of one class are run before those of other classes have had their turn; twice as
# many if it is about the room, all of them if it is about the file.
_OF_ONE_CLASS = 8
# Of so many statements of a function that are seldom run, a test is run first.
_RARE_STATEMENTS = 6
# So many tests are run first that have words of the changed function.
_OF_WORDS = 10
# Of so many callers of a changed function, the tests that name them are near.
_CALLERS = 4
# How long a class takes before its first test, in seconds, where that is not known.
_SECONDS_OF_CLASS = 1.5
# So many tests are remembered that noticed changes of one function.
_NOTICED_KEPT = 8
# What the tests of a change let pass is tried once more with those of so many times their seconds.
_WIDER = 4
HEARTBEAT_SECONDS = 30
_FEWEST_FOR_A_PROCESS = 8


def main(arguments):
    """Change the code, run tests, tell what survived; return the exit code."""
    options = _parse(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    files = _files(options.what)
    if options.by_words:
        known = _unrecorded(options.tests)
    else:
        _record(options)
        known = _read_records(options.tests)
    _reasons, left_out = read_accepted()
    every = [
        one
        for file in files
        for one in mutants.mutants((CHECKOUT / file).read_bytes(), file)
        if not {(file, ""), (file, one.where)} & left_out.keys()
    ]
    chosen = every
    last = _read_last()
    if options.again:
        chosen = [one for one in chosen if last.get(_name(one)) in ("survived", "not run")]
    if options.sample:
        chosen = [one for room in ROOMS for one in _sample(chosen, room, options)]
    if not chosen:
        raise DevError("There is nothing to change.")
    say(f"{len(chosen)} of {len(every)} changes")
    outcomes = _run(chosen, known, options)
    return _report(outcomes, None if options.sample or options.again else every)


def _interrupt(_signal, _frame):
    raise KeyboardInterrupt


def _parse(arguments):
    parser = argparse.ArgumentParser(
        prog="./dev mutate",
        description="Changes the code that decides on access and money, one thing at a time, and"
        " tells which changes no test notices.",
    )
    parser.add_argument("what", nargs="*", help=f"rooms ({', '.join(ROOMS)}) or files of theirs")
    parser.add_argument("--sample", type=int, help="so many changes of each room, by chance")
    parser.add_argument("--seed", type=int, default=1, help="another number, another sample")
    parser.add_argument("--again", action="store_true", help="only what survived the last time")
    parser.add_argument("--jobs", type=int, default=1, help="in so many processes")
    parser.add_argument(
        "--seconds", type=float, default=40, help="of tests for each change, at most (40)"
    )
    parser.add_argument(
        "--record", action="store_true", help="find out anew which test runs which line"
    )
    parser.add_argument(
        "--by-words",
        action="store_true",
        help="choose tests by the words that they share with a change, not by what they run:"
        " nothing has to be found out first",
    )
    parser.add_argument(
        "--tests",
        default="",
        help="only tests of files whose names have one of these words, with commas; those named"
        " in full count even if they are left out otherwise",
    )
    options = parser.parse_args(arguments)
    options.tests = options.tests.replace(",", " ").split()
    return options


def _files(words):
    """Return the source files that are meant, relative to the checkout.

    :raise DevError: for what is neither a room nor a file in one
    """
    files = []
    for word in words or ROOMS:
        folder = CHECKOUT / MODELS
        path = folder / word if word in ROOMS else Path(word).resolve()
        if not path.exists() or not path.is_relative_to(folder):
            raise DevError(f"{word!r} is neither a room ({', '.join(ROOMS)}) nor a file of its.")
        found = sorted(path.glob("*.py")) if path.is_dir() else [path]
        found += [folder / name for name in ALSO.get(word, ())]
        files += [file.relative_to(CHECKOUT).as_posix() for file in found]
    return list(dict.fromkeys(files))


def _room(mutant):
    name = Path(mutant.file).relative_to(MODELS).as_posix()
    return next((room for room in ALSO if name in ALSO[room]), Path(mutant.file).parent.name)


def _sample(chosen, room, options):
    among = [one for one in chosen if _room(one) == room]
    return random.Random(options.seed).sample(among, min(options.sample, len(among)))


def _name(mutant):
    return " | ".join(mutant.key)


# === WHICH TEST RUNS WHAT === #


def _folder():
    return sub_dir("mutate", digest(str(CHECKOUT), length=8))


def _fingerprints():
    """Return what each function of the rooms is like now."""
    found = {}
    for file in _files(ROOMS):
        for where, function in mutants.functions(mutants.ast.parse((CHECKOUT / file).read_bytes())):
            found[f"{file}::{where}"] = mutants.fingerprint(function)
    return found


def _test_files(words):
    """Return the files whose tests are run.

    :param list words: of ``--tests``
    """
    return [
        file
        for file in sorted((CHECKOUT / TESTS).glob("test_*.py"))
        if file.stem in words
        or (
            not any(part in file.stem for part in _FAR)
            and (not words or any(word in file.stem for word in words))
        )
    ]


def _records_folder():
    """Return where it is kept what tests run: the same for all checkouts, as tests are known by
    their source."""
    return sub_dir("mutate", "records")


def sources_of_tests(file):
    """Return what each test of a file is like now, by its name within the file.

    :param Path file: a file of tests
    :rtype: dict[str, str]
    """
    return {
        where.replace(".", "::"): mutants.fingerprint(function)
        for where, function in mutants.functions(mutants.ast.parse(file.read_bytes()))
        if where.rpartition(".")[2].startswith("test_")
    }


def _record(options):
    """Find out which statements tests run: those that are new or have changed since, or all."""
    stale = {}
    for file in _test_files(options.tests):
        name, now = file.relative_to(CHECKOUT).as_posix(), sources_of_tests(file)
        records = [] if options.record else _records_of(file)
        known = {pair for record in records for pair in record["sources"].items()}
        if not records:
            stale[name] = [name]  # Those that it inherits as well.
        elif changed := [test for test, source in now.items() if (test, source) not in known]:
            stale[name] = [f"{name}::{test}" for test in changed]
    if not stale:
        return
    say(f"finding out which lines the tests of {len(stale)} files run")
    times = json.loads(TIMES.read_text())
    files = sorted(stale, key=lambda name: -times.get(name, UNKNOWN_SECONDS))
    tasks = [
        {
            "do": "record",
            "files": _files(ROOMS),
            "out": str(_records_folder()),
            "fingerprints": _fingerprints(),
            "sources": {name: sources_of_tests(CHECKOUT / name) for name in part},
        }
        for part in (files[number :: options.jobs] for number in range(options.jobs))
        if part
    ]
    parts = [[test for name in task["sources"] for test in stale[name]] for task in tasks]
    with _processes(tasks, parts) as processes:
        _wait_for(processes, lambda: None)


def _records_of(file):
    """Return what is known of the tests of a file, the oldest first."""
    found = _records_folder().glob(f"{file.stem}.*.json")
    return [json.loads(path.read_text()) for path in sorted(found)]


def _read_records(words):
    """Return what is known of the tests: by function and by statement, who runs it."""
    now = _fingerprints()
    tests, statements = {}, {}

    def note_run(function, numbers, name):
        for number in (None, *numbers):
            statements.setdefault(function, {}).setdefault(number, set()).add(name)

    for file in _test_files(words):
        sources, newest = sources_of_tests(file), {}
        for record in _records_of(file):
            heirs = _heirs(record["fingerprints"], now)
            for name, test in record["tests"].items():
                # Of a test as it is now, or else the last that is known of it.
                short = name.partition("::")[2]
                is_now = record["sources"].get(short) == sources.get(short)
                if is_now or not newest.get(name, (None, None, None, False))[3]:
                    newest[name] = (test, record["fingerprints"], heirs, is_now)
        for name, (test, former, heirs, _is_now) in newest.items():
            tests[name] = test
            for function, numbers in [*test["runs"].items(), *test.get("setup", {}).items()]:
                # If it was changed since, whoever ran it may run any of its statements.
                for place in (function, *heirs.get(function, ())):
                    is_same = now.get(place) == former.get(function)
                    note_run(place, numbers if is_same else ["changed"], name)
    return tests, statements


def _heirs(former, now):
    """Return which functions of today are run by whoever ran one of another day: those that were
    moved, and those that were made of a part of it.

    :param dict former: the fingerprints of the functions of that day
    :param dict now: those of today
    :return: functions that were not there, by the function that was
    :rtype: dict[str, set[str]]
    """

    def name(function):
        return re.split(r"::|\.", function)[-1]

    by_name, heirs = {}, {}
    for function in now.keys() - former.keys():
        by_name.setdefault(name(function), set()).add(function)
    if not by_name:
        return {}
    for function in former.keys() - now.keys():
        heirs[function] = set(by_name.get(name(function), ()))
    calls = {
        function: {found for called in _calls(function) for found in by_name.get(called, ())}
        for function in now
        if former.get(function) != now[function]
    }
    for function in former:
        found = heirs.setdefault(function, set())
        waiting = [function, *found]
        while waiting:
            new = calls.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
    return {function: found for function, found in heirs.items() if found}


@functools.cache
def _calls(function):
    """Return the names of what a function calls."""
    return set(re.findall(r"(\w+)\(", _sources().get(function, "").partition("(")[2]))


def _unrecorded(words):
    """Return what is assumed of tests as long as it is not known what they run.

    :param list words: of ``--tests``
    :return: as of ``_read_records``; nothing by statement
    """
    times = json.loads(TIMES.read_text())
    tests = {}
    for file in _test_files(words):
        name = file.relative_to(CHECKOUT).as_posix()
        names = [f"{name}::{test}" for test in sources_of_tests(file)]
        seconds = times.get(name, UNKNOWN_SECONDS) / max(len(names), 1)
        tests.update(
            dict.fromkeys(names, {"seconds": seconds, "before": _SECONDS_OF_CLASS, "runs": {}})
        )
    return tests, None


def tests_of(mutant, known):
    """Return the names of all tests that run what is changed, or speak of it.

    :param Mutant mutant: the change
    :param tuple known: of ``_read_records``
    :return: those that speak of it, and those that run it
    :rtype: tuple[list[str], set[str]]
    """
    tests, statements = known
    if statements is None:
        return [], set(by_words(mutant, tests))
    if not mutant.constant:
        of_function = statements.get(f"{mutant.file}::{mutant.where}", {})
        names = of_function.get(mutant.statement, set()) | of_function.get("changed", set())
        return [], names
    names = {name for key in _users_of(mutant) for name in statements.get(key, {}).get(None, ())}
    constant = mutant.where.rpartition(".")[2]
    return [name for name in _tests_that_name(constant) if name in tests], names


def near_tests(mutant, known, seconds, noticed=()):
    """Return the names of the tests to run with a change, in that order.

    Those that noticed other changes of the same function first, some that have words of the changed
    one, and some that run what is seldom run of it; then quick ones, and those that are about the
    changed file: what else they run counts against them. Those whose preparation alone runs the
    line come last. Tests of one class stay together, it is prepared once.

    :param Mutant mutant: the change
    :param tuple known: of ``_read_records``
    :param float seconds: how long they may take together
    :param noticed: tests that noticed changes of the same function
    :rtype: list[str]
    """
    if known[1] is None:
        return _within(by_words(mutant, known[0]), known[0], seconds, noticed)
    tests = known[0]
    named, names = tests_of(mutant, known)
    of_file = set(Path(mutant.file).stem.split("_")) - _EVERYWHERE
    function = mutant.where.rpartition(".")[2]
    about = of_file | set(f"{_room(mutant)}_{function}".split("_")) - _EVERYWHERE - {""}

    def words(name):
        # Files are called alike: customer_portal_basket_credit.py, test_credit.py.
        return set(Path(name.partition("::")[0]).stem.split("_"))

    def share(name):
        """Return how many tests of its class have their turn before those of other classes."""
        near = words(name)
        return math.inf if near & of_file else _OF_ONE_CLASS * (2 if near & about else 1)

    def distance(name):
        runs = tests[name]["runs"]
        near = sum(len(v) for key, v in runs.items() if key.startswith(f"{mutant.file}::"))
        costs = (tests[name]["seconds"] + 0.3) * sum(map(len, runs.values())) / max(near, 1)
        far = f"{mutant.file}::{mutant.where}" not in runs
        return far, costs / (1 + 4 * len(about & words(name))), name

    first, later, taken = [], [], Counter()
    for name in sorted(names, key=distance):
        owner = name.rpartition("::")[0]
        taken[owner] += 1
        (first if taken[owner] <= share(name) else later).append(name)
    at_once = _of_words(mutant, names)[:_OF_WORDS] + _of_rare_statements(
        mutant, known, names, distance
    )
    # What takes long leaves no time for others.
    named.sort(key=lambda name: tests[name]["seconds"] + tests[name]["before"])
    quick = [name for name in at_once + named if tests[name]["seconds"] * 4 < seconds]
    noticed = [name for name in noticed if name in names]
    return _within(quick + first + named + at_once + later, tests, seconds, noticed)


def _within(names, tests, seconds, noticed):
    """Return those tests for which there is time, one at least; those of a class together.

    :param list names: the most important ones first
    :param dict tests: what is known of each
    :param float seconds: how long they may take together
    :param noticed: tests that noticed changes of the same function: they come before all
    :rtype: list[str]
    """
    chosen, left = {}, seconds
    for name in dict.fromkeys([*(name for name in noticed if name in tests), *names]):
        owner = name.rpartition("::")[0]
        cost = tests[name]["seconds"] + (0 if owner in chosen else tests[name]["before"])
        if chosen and cost > left:
            continue
        left -= cost
        chosen.setdefault(owner, []).append(name)
    return [name for group in chosen.values() for name in group]


def by_words(mutant, tests):
    """Return the tests that speak of what is changed, as far as words tell: those that name it or
    what calls it, and those that have most words in common with it.

    :param Mutant mutant: the change
    :param tests: names of tests
    :return: the nearest first; those of files that are called alike, or name the changed one, come
        earlier
    :rtype: list[str]
    """
    name = mutant.where.rpartition(".")[2]
    called = f"{name}(" if not mutant.constant else name
    users = [
        place
        for place, source in _sources().items()
        if called in (source if mutant.constant else source.partition("(")[2])
    ][:_CALLERS]
    lists = [[test for test in tests if name in _words_of_tests().get(test, ())]]
    lists.append(_of_words(mutant, set(tests)))
    for place in users:
        file, _, where = place.partition("::")
        caller = where.rpartition(".")[2]
        lists.append([test for test in tests if caller in _words_of_tests().get(test, ())])
        if mutant.constant:
            lists.append(_of_words(replace(mutant, file=file, where=where), set(tests)))
    merged = dict.fromkeys(test for group in zip_longest(*lists) for test in group if test)
    stem = Path(mutant.file).stem
    of_file = set(stem.split("_")) - _EVERYWHERE

    def rank(place_and_test):
        place, test = place_and_test
        test_file = test.partition("::")[0]
        near = len(of_file & set(Path(test_file).stem.split("_")))
        return place / (1 + 1.5 * (near + 2 * _names_file(test_file, stem)))

    return [test for _place, test in sorted(enumerate(merged, 1), key=rank)]


@functools.cache
def _names_file(test_file, stem):
    """Return whether a file of tests speaks of a module, or of the model that it is called by."""
    path = CHECKOUT / test_file
    text = path.read_text() if path.exists() else ""
    return stem in text or stem.replace("_", ".") in text


def _of_rare_statements(mutant, known, names, distance):
    """Return tests that run what is seldom run of a function: the branch that a condition leads to
    tells more than all those that only pass by.

    :param set names: those that run the changed statement
    :param callable distance: the nearest test of a statement is taken
    :rtype: list[str]
    """
    by_number = known[1].get(f"{mutant.file}::{mutant.where}", {})
    runners = [by_number[number] & names for number in by_number if isinstance(number, int)]
    rare = sorted((found for found in runners if found and found != names), key=len)
    return [min(found, key=distance) for found in rare[:_RARE_STATEMENTS]]


def _of_words(mutant, names):
    """Return the tests that have most words of the changed function, rare words before all:
    whoever writes ``portal_alias`` tries what becomes of it, among hundreds who only pass by.

    :param set names: those that run the changed statement
    :rtype: list[str]
    """
    of_tests = {name: _words_of_tests().get(name, set()) for name in names}
    source = _sources().get(f"{mutant.file}::{mutant.where}", "")
    words = _words(f"{mutant.where} {mutant.before} {source}")
    having = Counter(word for found in of_tests.values() for word in found & words)
    worth = {word: math.log(len(names) / number) for word, number in having.items()}
    scores = {
        # Long tests have many words.
        name: sum(worth[word] for word in found & words) / (len(found) or 1) ** 0.3
        for name, found in of_tests.items()
    }
    return sorted((name for name in names if scores[name]), key=lambda name: (-scores[name], name))


@functools.cache
def _words_of_tests():
    """Return the longer words in the source of each test."""
    found = {}
    for file in sorted((CHECKOUT / TESTS).glob("test_*.py")):
        text, path = file.read_text(), file.relative_to(CHECKOUT).as_posix()
        for where, function in mutants.functions(mutants.ast.parse(text)):
            source = mutants.ast.get_source_segment(text, function) or ""
            found[f"{path}::{where.replace('.', '::')}"] = _words(source)
    return found


def _words(source):
    """Return the longer words of a source, and the beginnings of their parts: what is about
    ``_create_discounted`` is about ``_portal_discount``, too."""
    names = set(re.findall(r"\w{5,}", source))
    return names | {part[:6] for part in re.findall(r"[a-z]{5,}", " ".join(names).lower())}


def _users_of(mutant):
    """Return the functions that speak of a constant; of a part of it by its key, if there are."""
    key = re.match(r"""["'][^"']+["'](?=: )""", mutant.before)
    for text in [key[0]] if key else [], [mutant.where.rpartition(".")[2]]:
        found = [
            name for name, source in _sources().items() if any(part in source for part in text)
        ]
        if found:
            return found
    return []


def _tests_that_name(constant):
    """Return the tests whose source has the name of a constant."""
    return [name for name, words in _words_of_tests().items() if constant in words]


@functools.cache
def _sources():
    """Return the source of each function of the rooms."""
    sources = {}
    for file in _files(ROOMS):
        text = (CHECKOUT / file).read_text()
        for where, function in mutants.functions(mutants.ast.parse(text)):
            sources[f"{file}::{where}"] = mutants.ast.get_source_segment(text, function) or ""
    return sources


# === RUNNING === #


def _run(chosen, known, options):
    """Run tests with each change, and once more with other tests that run it if those let it pass.

    :return: the outcome of each, and the test that noticed it, or how many did not
    :rtype: dict[Mutant, tuple[str, str]]
    """
    outcomes = dict.fromkeys(chosen, ("not run", "no test runs it"))
    noticed, ran = _read_noticed(), {one: [] for one in chosen}
    for seconds in (options.seconds, options.seconds * _WIDER):
        waiting = []
        for one in chosen:
            if outcomes[one][0] in _ALIVE:
                near = near_tests(one, known, seconds, noticed.get(_place(one), ()))
                if names := [name for name in near if name not in ran[one]]:
                    waiting.append((one, names))
                    ran[one] += names
        shares = {
            one: f"{len(ran[one])} of {len(set().union(*tests_of(one, known)))} tests that run it"
            " were run"
            for one, _names in waiting
        }
        outcomes.update(_try(waiting, shares, noticed, seconds, options))
    return outcomes


def _try(waiting, shares, noticed, seconds, options):
    """Run tests with each change, in several processes.

    :param list waiting: the changes, and the tests of each
    :param dict shares: by change, what is said of how many tests were run
    :param dict noticed: which tests noticed changes, by function; it is added to
    :param float seconds: how long the tests of a change take, as far as is known
    :return: as of ``_run``
    """
    # Long and short ones mixed, so that the processes end together.
    random.Random(options.seed).shuffle(waiting)
    jobs = max(1, min(options.jobs, len(waiting) // _FEWEST_FOR_A_PROCESS))
    parts = [part for part in (waiting[number::jobs] for number in range(jobs)) if part]
    tasks = [
        {
            "do": "mutate",
            "mutants": [(asdict(one), names) for one, names in part],
            "out": str(sub_dir("run") / f"mutate_{os.getpid()}_{number}.jsonl"),
            "log": str(sub_dir("logs") / f"mutate_{os.getpid()}_{number}_tests.log"),
            "seconds": 3 * seconds + 30,
        }
        for number, part in enumerate(parts)
    ]
    outcomes = {}

    def read():
        for task, part in zip(tasks, parts, strict=True):
            path = Path(task["out"])
            for line in path.read_text().splitlines() if path.exists() else ():
                found = json.loads(line)
                one = part[found["number"]][0]
                if one not in outcomes and found["outcome"] in _ALIVE:
                    _print(one, shares[one])
                outcomes[one] = (found["outcome"], found["test"] or shares[one])
                if found["test"]:
                    others = [
                        name for name in noticed.get(_place(one), ()) if name != found["test"]
                    ]
                    noticed[_place(one)] = [found["test"], *others[: _NOTICED_KEPT - 1]]
        _write_json(_records_folder() / "noticed.json", noticed)
        _write_last({_name(one): outcome for one, (outcome, _test) in outcomes.items()})
        note(f"{len(outcomes)} of {len(waiting)}, {_count(outcomes, 'survived')} survived")

    files = [
        sorted({name.partition("::")[0] for _one, names in part for name in names})
        for part in parts
    ]
    with _processes(tasks, files) as processes:
        _wait_for(processes, read)
    read()
    for task in tasks:
        for part in ("out", "log"):
            Path(task[part]).unlink(missing_ok=True)
    return outcomes


def _count(outcomes, *kinds):
    return sum(outcome in kinds for outcome, _test in outcomes.values())


@contextlib.contextmanager
def _processes(tasks, test_files):
    """Start a pytest for each task, on a database of its own; end them in the end."""
    cluster = Cluster("test").ensure_running()
    source = databases.template(cluster)
    with contextlib.ExitStack() as closing:
        processes = []
        for task, files in zip(tasks, test_files, strict=True):
            database = closing.enter_context(databases.temporary_clone(cluster, source, "mutate"))
            name = f"mutate_{os.getpid()}_{len(processes)}"
            order, log = sub_dir("run") / f"{name}.json", sub_dir("logs") / f"{name}.log"
            order.write_text(json.dumps(task))
            closing.callback(order.unlink)
            output = closing.enter_context(open(log, "w"))
            config = odoo_command.environ(cluster, CPP_MUTATE=str(order), CPP_ALLOW_SKIPS="1")
            command = [sys.executable, "-m", "pytest", "-c", str(CHECKOUT / "pyproject.toml")]
            command += ["--rootdir", str(CHECKOUT), "-p", "no:cacheprovider", "-s"]
            command += ["-p", "devtools.mutation_plugin", f"--odoo-config={config['ODOO_RC']}"]
            command += [f"--odoo-database={database}", "--odoo-http", "--odoo-log-level=critical"]
            process = subprocess.Popen(
                [*command, *files],
                env=config,
                cwd=CHECKOUT,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
            closing.callback(_end, process)
            processes.append((process, log))
        yield processes
        for _process, log in processes:
            log.unlink(missing_ok=True)


def _end(process):
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
            return
        process.kill()
        process.wait()


def _wait_for(processes, tell):
    told = time.monotonic()
    while any(process.poll() is None for process, _log in processes):
        time.sleep(0.5)
        if time.monotonic() - told > HEARTBEAT_SECONDS:
            told = time.monotonic()
            tell()
    for process, log in processes:
        if process.returncode not in (0, 1):  # 1: tests failed, which is what is looked for.
            raise DevError(f"{log.read_text(errors='replace')[-3000:]}\n\nThe tests ended early.")


# === WHAT CAME OUT === #


def _read_last():
    path = _folder() / "last.json"
    return json.loads(path.read_text()) if path.exists() else {}


def _write_last(new):
    _write_json(_folder() / "last.json", {**_read_last(), **new})


def _place(mutant):
    return f"{mutant.file}::{mutant.where}"


def _read_noticed():
    """Return which tests noticed changes, by function: they are the first for others of it."""
    path = _records_folder() / "noticed.json"
    return json.loads(path.read_text()) if path.exists() else {}


def _write_json(path, value):
    part = path.with_suffix(f".{os.getpid()}")
    part.write_text(json.dumps(value, indent=0))
    part.replace(path)


def read_accepted(path=ACCEPTED):
    """Return why changes may survive.

    :return: the reasons by ``Mutant.key``; and those of what is left out altogether, by file and
        function (empty for the whole file)
    :rtype: tuple[dict, dict]
    :raise DevError: for one without a reason
    """
    try:
        import tomllib
    except ImportError:  # Python 3.10
        import tomli as tomllib
    reasons, left_out = {}, {}
    entries = tomllib.loads(path.read_text())
    for into, kind, parts in (
        (reasons, "mutant", ("file", "where", "before", "after")),
        (left_out, "left_out", ("file", "where")),
    ):
        for entry in entries.get(kind, []):
            key = tuple(entry.get(part, "") for part in parts)
            if not entry.get("reason", "").strip():
                raise DevError(f"{path.name} gives no reason for {' | '.join(key)}.")
            into[key] = entry["reason"]
    return reasons, left_out


def _print(mutant, tests):
    print(f"\n{mutant.file}:{mutant.line} {mutant.where} ({tests})")
    print(f"  - {mutant.before}\n  + {mutant.after}", flush=True)


def _report(outcomes, every):
    """Print survivors and shares.

    :param every: all changes of the files, if all of them were tried
    :return: 1 if more survive than may, or one without a reason
    """
    accepted, _left_out = read_accepted()
    alive = [one for one, (outcome, _test) in outcomes.items() if outcome in _ALIVE]
    new = [one for one in alive if one.key not in accepted]
    for one in sorted(new, key=lambda one: (one.file, one.line)):
        _print(one, outcomes[one][1])
    if every is not None:
        keys, files = {one.key for one in every}, {one.file for one in every}
        for key in accepted:
            if key[0] in files and key not in keys:
                print(f"\n{ACCEPTED.name} has a change that is none any more: {' | '.join(key)}")
    print()
    too_many = False
    for room in dict.fromkeys(map(_room, outcomes)):
        all_ = [one for one in outcomes if _room(one) == room]
        survivors = [one for one in all_ if one in set(alive)]
        share = len(survivors) / len(all_)
        too_many = too_many or share > MOST_SURVIVORS
        reasons = sum(one.key in accepted for one in survivors)
        print(
            f"{room}: {len(survivors)} of {len(all_)} changes survive ({share:.1%}),"
            f" {reasons} of them with a reason"
        )
    skipped = _count(outcomes, "not applied")
    if skipped:
        print(f"{skipped} changes could not be carried out")
    if late := [one for one, (outcome, _test) in outcomes.items() if outcome == "too long"]:
        print("with these the tests took too long, which counts as noticed (a busy machine?):")
        for one in late:
            _print(one, outcomes[one][1])
    return int(bool(new) or too_many)


_ALIVE = ("survived", "not run")
