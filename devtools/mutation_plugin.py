"""A pytest plugin in Odoo's process: which test runs which statement, and tests of changed code.

Started by ./dev mutate, with what is to be done in the file that ``CPP_MUTATE`` names. Odoo is
loaded once; each change is carried out in a child process (fork) by giving the loaded function the
code of the changed one. The child has its own connections to the database and its own web server,
and what its tests write is rolled back, or dies with it.
"""

import builtins
import json
import os
import selectors
import signal
import sys
import threading
import time
from importlib import import_module
from pathlib import Path

import pytest

from devtools import mutants
from devtools.common import CHECKOUT

_HIT = "__cpp_hit__"
KILLED, SURVIVED, TOO_LONG, NOT_APPLIED = "killed", "survived", "too long", "not applied"

_hits = set()
_class_hits = {}
_class_seconds = {}
_records = {}
_failed = set()
_is_child = False


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session):
    """Do what ./dev mutate asked for, instead of running all tests."""
    task = json.loads(Path(os.environ["CPP_MUTATE"]).read_text())
    _load_odoo()
    if task["do"] == "record":
        _record(session, task)
    else:
        _try_mutants(session, task)
    return True


def _load_odoo():
    import odoo

    threading.current_thread().testing = True
    odoo.modules.registry.Registry(odoo.tests.common.get_db_name())


def _module_of(file):
    """Return the loaded module of a source file."""
    return import_module("odoo.addons." + file[: -len(".py")].replace("/", "."))


# === WHICH TEST RUNS WHAT === #


def _record(session, task):
    setattr(builtins, _HIT, _hits.add)
    for file in task["files"]:
        _instrument(file)
    out = Path(task["out"])
    for item, following in zip(session.items, [*session.items[1:], None], strict=True):
        _hits.clear()
        started = time.monotonic()
        owner = item.nodeid.rpartition("::")[0]
        was_known = owner in _class_seconds
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        seconds = time.monotonic() - started
        if not was_known:
            seconds -= _class_seconds.get(owner, 0.0)
        if item.nodeid not in _failed:
            _records[item.nodeid] = {"seconds": seconds, "hits": set(_hits)}
        if not following or following.nodeid.partition("::")[0] != item.nodeid.partition("::")[0]:
            _write(out, item.nodeid.partition("::")[0], task, session)


def _instrument(file):
    path = CHECKOUT / file
    module = _module_of(file)
    source = path.read_bytes()
    compiled = compile(mutants.instrument(source, file, _HIT), module.__file__, "exec")
    for where, function in mutants.functions(mutants.ast.parse(source)):
        first = mutants.first_line(function)
        target = mutants.function_in(vars(module), where, module.__file__, first)
        code = mutants.code_of(compiled, where, first)
        if target and code:
            target.__code__ = code


@pytest.hookimpl(hookwrapper=True)
def pytest_fixture_setup(fixturedef, request):
    """What the preparation of a class runs, all of its tests run."""
    if fixturedef.scope != "class":
        yield
        return
    before = set(_hits)
    _hits.clear()
    started = time.monotonic()
    yield
    owner = request.node.nodeid
    _class_hits.setdefault(owner, set()).update(_hits)
    _class_seconds[owner] = _class_seconds.get(owner, 0.0) + time.monotonic() - started
    _hits.clear()
    _hits.update(before)


def _write(out, test_file, task, session):
    """Note what the tests of a file run, beside what was noted of it before."""
    sources, tests = task["sources"][test_file], {}
    for name, record in _records.items():
        if name.partition("::")[0] != test_file:
            continue
        owner = name.rpartition("::")[0]
        tests[name] = {
            "seconds": round(record["seconds"], 2),
            "before": round(_class_seconds.get(owner, 0.0), 2),
            "runs": _by_function(record["hits"]),
            "setup": _by_function(_class_hits.get(owner, set())),
        }
    ran = {
        item.nodeid.partition("::")[2]
        for item in session.items
        if item.nodeid.startswith(f"{test_file}::")
    }
    record = {
        # Also of those that failed here: they fail again.
        "sources": {name: source for name, source in sources.items() if name in ran},
        "fingerprints": task["fingerprints"],
        "tests": tests,
    }
    path = out / f"{Path(test_file).stem}.{time.time_ns()}.json"
    path.write_text(json.dumps(record))


def _by_function(hits):
    functions = {}
    for file, where, number in sorted(hits):
        functions.setdefault(f"{file}::{where}", []).append(number)
    return functions


def pytest_runtest_logreport(report):
    """A test that fails: nothing is learnt of it, or the change was noticed."""
    if report.failed:
        _failed.add(report.nodeid)
        if _is_child:
            print(f"noticed by {report.nodeid}", report.longreprtext[-3000:], flush=True)
            os.write(_is_child, report.nodeid.encode())
            os._exit(1)


# === CHANGES === #


def _try_mutants(session, task):
    import odoo

    items = {item.nodeid: item for item in session.items}
    noticed = {}
    with open(task["out"], "a") as out:
        for number, (fields, names) in enumerate(task["mutants"]):
            mutant = mutants.Mutant(**fields)
            # What noticed another change of the same function, or else file, goes first.
            before = [
                name
                for place in ((mutant.file, mutant.where), (mutant.file, ""))
                for name in noticed.get(place, ())
                if name in names
            ]
            names = list(dict.fromkeys([*before, *names]))
            chosen = [items[name] for name in names if name in items]
            odoo.sql_db.close_all()
            started = time.monotonic()
            outcome, test = _in_child(mutant, chosen, task["seconds"], task["log"])
            if test:
                for place in ((mutant.file, mutant.where), (mutant.file, "")):
                    noticed.setdefault(place, [])[:0] = [test]
            line = {"number": number, "outcome": outcome, "test": test, "tests": len(chosen)}
            line["seconds"] = round(time.monotonic() - started, 1)
            out.write(json.dumps(line) + "\n")
            out.flush()


def _in_child(mutant, items, seconds, log):
    """Run tests in a child process with a change; stop at the first that fails.

    :return: the outcome, and the test that noticed it
    :rtype: tuple[str, str]
    """
    global _is_child
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.setsid()
            os.close(reading)
            output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(output, 1)
            os.dup2(output, 2)
            _is_child = writing
            if not apply(mutant):
                os._exit(3)
            for item, following in zip(items, [*items[1:], None], strict=True):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
    os.close(writing)
    with selectors.DefaultSelector() as selector:
        selector.register(reading, selectors.EVENT_READ)
        in_time = selector.select(seconds)  # It ends when the child does, too.
    test = os.read(reading, 4096).decode() if in_time else ""
    os.close(reading)
    if not in_time:
        os.killpg(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    if not in_time:
        return TOO_LONG, ""
    outcomes = {0: SURVIVED, 3: NOT_APPLIED}
    return outcomes.get(os.waitstatus_to_exitcode(status), KILLED), test


def apply(mutant):
    """Carry out a change in the loaded code.

    :return: whether it could be done
    :rtype: bool
    """
    source = mutant.apply((CHECKOUT / mutant.file).read_bytes())
    module = _module_of(mutant.file)
    if mutant.constant:
        return _apply_constant(mutant, source, module)
    target = mutants.function_in(vars(module), mutant.where, module.__file__, mutant.first)
    compiled = compile(source, module.__file__, "exec")
    code = mutants.code_of(compiled, mutant.where, mutant.first)
    if not target or not code or code.co_freevars != target.__code__.co_freevars:
        return False
    target.__code__ = code
    return True


def _apply_constant(mutant, source, module):
    """Give a constant its changed value, also where it was imported to."""
    *owner, name = mutant.where.split(".")
    tree = mutants.ast.parse(source)
    nodes = tree.body
    for part in owner:
        nodes = next(n.body for n in nodes if getattr(n, "name", None) == part)
    node = next(
        n
        for n in nodes
        if isinstance(n, mutants.ast.Assign)
        and isinstance(n.targets[0], mutants.ast.Name)
        and (n.targets[0].id, n.lineno) == (name, mutant.first)
    )
    expression = compile(mutants.ast.Expression(node.value), module.__file__, "eval")
    value = eval(expression, vars(module))  # The source of this checkout, changed.
    if owner:
        setattr(vars(module)[owner[0]], name, value)
        return True
    old = vars(module)[name]
    setattr(module, name, value)
    for other in list(sys.modules.values()):
        names = vars(other) if getattr(other, "__name__", "").startswith("odoo.addons.cust") else {}
        # Not where a test says itself how much it has to be.
        if name in names and names[name] is old:
            if mutants.imports(Path(other.__file__).read_bytes(), name):
                setattr(other, name, value)
    return True
