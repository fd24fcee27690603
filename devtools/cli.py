"""The command line of ./dev."""

import argparse
import os
import sys

from . import environment
from .common import DevError, say

HELP = """\
usage: ./dev COMMAND [ARGUMENTS]      (./dev COMMAND --help tells more)

  demo   a portal to try: prepares everything, starts Odoo, prints addresses and sign-ins
  stop   end what ./dev left running
  test   the whole test suite, or a part of it: arguments go to pytest
  mutate changes the code that decides on access and money, and tells what no test notices
  lint   style and consistency of the source
  readme READMEs and changelogs of the addons, put together from their fragments
  odoo   Odoo's own command line, e.g. ./dev odoo shell -d portal_demo
  db     a database with the main addon: ./dev db NAME [--demo] [--with MODULES]
  grow   fill a database with many invoices and customers
  bench  what pages and files cost, beside core's own and an empty page
  torture  requests by chance to every route, and many customers at once
  setup  only prepare: Odoo, Python, PostgreSQL

Variables: CPP_CACHE (folder of downloads and databases), CPP_PYTHON (Python to use),
ODOO_HOME (an Odoo 19 that you have already)
"""


def main(arguments):
    """Run a command; return the exit code."""
    name = arguments[0] if arguments else "help"
    if name in ("help", "-h", "--help"):
        print(HELP)
        return 0
    command = _COMMANDS.get(name)
    if not command:
        print(f"./dev: no command {name!r}\n\n{HELP}", file=sys.stderr)
        return 2
    try:
        if not environment.is_ready():
            environment.enter(arguments, tests=name in ("test", "mutate", "torture", "setup"))
        return command(arguments[1:]) or 0
    except DevError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130


def _test(arguments):
    from . import testing

    return testing.main(arguments)


def _demo(arguments):
    from . import demo

    return demo.main(arguments)


def _stop(arguments):
    from . import demo

    return demo.stop(arguments)


def _lint(arguments):
    from . import lint

    return lint.main(arguments)


def _readme(arguments):
    from . import readme

    return readme.main(arguments)


def _grow(arguments):
    from . import grow

    return grow.main(arguments)


def _bench(arguments):
    from . import bench

    return bench.main(arguments)


def _mutate(arguments):
    from . import mutate

    return mutate.main(arguments)


def _torture(arguments):
    from . import torture

    return torture.main(arguments)


def _odoo(arguments):
    from . import databases, odoo_command

    database = _database_of(arguments)
    cluster = databases.cluster_of(database or "")
    variables = odoo_command.environ(cluster)
    command = odoo_command.command(*arguments)
    sys.stdout.flush()
    # Odoo takes this process over: signals, input and exit code are its own.
    os.execve(command[0], command, variables)


def _database_of(arguments):
    """Return the database that a command line of Odoo's names, or None."""
    for word, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if word in ("-d", "--database"):
            return following
        if word.startswith("--database="):
            return word.partition("=")[2]
        if word.startswith("-d") and not word.startswith("--"):
            return word[2:]
    return None


def _db(arguments):
    from . import databases

    parser = argparse.ArgumentParser(
        prog="./dev db", description="Make a database with the main addon from a cached template."
    )
    parser.add_argument("name")
    parser.add_argument("--demo", action="store_true", help="with demo data")
    parser.add_argument("--with", dest="modules", default="", help="more modules, with commas")
    parser.add_argument("--replace", action="store_true", help="drop one of that name first")
    parser.add_argument("--drop", action="store_true", help="drop it, and make none")
    options = parser.parse_args(arguments)
    if options.drop:
        cluster = databases.cluster_of(options.name)
        if options.name.startswith("tpl_") or not databases.exists(cluster, options.name):
            raise DevError(f"There is no database {options.name} to drop.")
        databases.drop(cluster, options.name)
        return
    modules = options.modules.replace(",", " ").split()
    databases.make(options.name, options.demo, modules, options.replace)


def _setup(_arguments):
    from .postgres import Cluster

    Cluster("test").ensure_running()
    say("everything is ready")


_COMMANDS = {
    "demo": _demo,
    "stop": _stop,
    "grow": _grow,
    "bench": _bench,
    "test": _test,
    "mutate": _mutate,
    "torture": _torture,
    "lint": _lint,
    "readme": _readme,
    "odoo": _odoo,
    "db": _db,
    "setup": _setup,
}
