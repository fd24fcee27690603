"""./dev test: Odoo's suite on a clone of the template, the tools' own tests, the live tests.

Runs of pytest: tests inside Odoo's transaction and those of ./dev never share a process, and the
main addon is tested without its bridges and what they bring in of Odoo.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from . import databases, environment, odoo_command
from .common import CHECKOUT, DevError, say
from .postgres import Cluster

_NO_TESTS = 5

HELP = """\
usage: ./dev test [arguments of pytest]

  ./dev test                                     everything
  ./dev test -k expression                       what matches, of everything
  ./dev test customer_portal_plus/tests/test_x.py -x
  ./dev test core:portal core:account/tests/test_portal.py
                                                 tests of Odoo itself, with the addons installed
  ./dev test --with purchase,project ...         on a database with more modules
  ./dev test --without-addons core:portal        the same without this project's addons
  ./dev test --demo ...                          on a database with demo data
"""


def main(arguments):
    """Run tests; return the exit code."""
    if "--help" in arguments or "-h" in arguments:
        print(HELP)
        return 0
    arguments, options = _own_options(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    groups, rest = _split(arguments)
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    worst = 0
    runs = {
        "tools": _run_plain,
        "odoo": _run_odoo,
        "bridges": _run_bridges,
        "live": _run_live,
    }
    for group, run in runs.items():
        paths = groups[group]
        if not paths:
            continue
        code = run([*rest, *paths], counts, options)
        if code not in (0, _NO_TESTS):
            worst = worst or code
            if "-x" in rest or "--exitfirst" in rest:
                break
    total = sum(counts.values())
    print(f"\n{counts['passed']} passed, {counts['failed']} failed", end="")
    print(f", {counts['skipped']} skipped" if counts["skipped"] else "", flush=True)
    if not total and not worst:
        print("No test was run.", file=sys.stderr)
        return _NO_TESTS
    return worst


def _own_options(arguments):
    """Take the options that are not pytest's out of the command line."""
    options = {"with": [], "demo": False, "addons": True}
    rest, words = [], iter(arguments)
    for word in words:
        if word == "--with":
            options["with"] += next(words, "").replace(",", " ").split()
        elif word == "--demo":
            options["demo"] = True
        elif word == "--without-addons":
            options["addons"] = False
        else:
            rest.append(word)
    return rest, options


def _split(arguments):
    """Sort paths by the kind of run they need.

    :return: paths by kind, and the arguments that are no paths
    :rtype: tuple[dict[str, list[str]], list[str]]
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
    if not any(groups.values()):
        groups["tools"] = [str(CHECKOUT / "devtools" / "tests")]
        for addon in databases.addons():
            if (addon / "tests").is_dir():
                groups[kinds.get(addon.name, "odoo")].append(str(addon / "tests"))
        live = CHECKOUT / "live_tests"
        groups["live"] = [str(live)] if live.is_dir() else []
    return groups, rest


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
        if (base / path).exists():
            return str((base / path).resolve()) + separator + node
    return None


def _run_plain(arguments, counts, _options):
    """Run plain tests of ./dev itself."""
    return _pytest(["-p", "no:odoo", *arguments], counts, dict(os.environ))


def _run_bridges(arguments, counts, options):
    """Run the tests of the bridges where they are installed."""
    return _run_odoo(arguments, counts, options, with_bridges=True)


def _run_odoo(arguments, counts, options, with_bridges=False):
    """Run Odoo's tests on a clone."""
    cluster = Cluster("test").ensure_running()
    source = databases.template(
        cluster, options["demo"], with_addons=options["addons"], with_bridges=with_bridges
    )
    with databases.temporary_clone(cluster, source, "test") as database:
        if options["with"]:
            databases.install_more(cluster, database, options["with"], options["demo"])
        say(f"running Odoo's tests on database {database}")
        command = [
            f"--odoo-database={database}",
            "--odoo-http",
            "--odoo-log-level=warn",
            *arguments,
        ]
        variables = {}
        if any(str(environment.tree().root) in word for word in arguments):
            variables["CPP_ALLOW_SKIPS"] = "1"
        config = odoo_command.environ(cluster, **variables)
        return _pytest([f"--odoo-config={config['ODOO_RC']}", *command], counts, config)


def _run_live(arguments, counts, _options):
    """Run tests that start servers themselves, with the template ready for them."""
    databases.template(Cluster("test").ensure_running())
    return _pytest(["-p", "no:odoo", *arguments], counts, dict(os.environ))


def _pytest(arguments, counts, variables):
    """Run pytest in a process of its own and add up what it counted."""
    descriptor, name = tempfile.mkstemp(suffix=".json")
    os.close(descriptor)
    variables["CPP_TEST_COUNTS"] = name
    command = [sys.executable, "-m", "pytest", "-c", str(CHECKOUT / "pyproject.toml")]
    command += ["--rootdir", str(CHECKOUT), "-p", "no:cacheprovider"]
    command += ["-p", "devtools.pytest_plugin", *arguments]
    process = subprocess.Popen(command, env=variables, cwd=CHECKOUT)
    try:
        code = process.wait()
    except KeyboardInterrupt:
        # pytest got the same Ctrl-C and closes what it opened.
        with contextlib.suppress(KeyboardInterrupt):
            process.send_signal(signal.SIGINT)
            process.wait(30)
        raise DevError("stopped") from None
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        text = Path(name).read_text()
        os.unlink(name)
        for key, value in (json.loads(text) if text else {}).items():
            counts[key] += value
    return code


def _interrupt(_signal, _frame):
    raise KeyboardInterrupt
