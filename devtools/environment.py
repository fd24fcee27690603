"""The Python environment, and everything that must be ready before a command can start.

Standard library only: it runs with the machine's Python, makes the virtual environment and then
starts the same command again in it.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import odoo_tree, system
from .common import CHECKOUT, DevError, digest, lock, run, say, sub_dir

LOCK_FILE = CHECKOUT / "devtools" / "requirements.lock"
# Tells the restarted command that all is ready, and where.
READY = "CPP_READY"


def is_ready():
    """Return whether this process was started by :func:`enter`."""
    return os.environ.get(READY) == sys.prefix


def tree():
    """Return the Odoo tree that :func:`enter` prepared.

    :rtype: odoo_tree.OdooTree
    """
    return odoo_tree.OdooTree(Path(os.environ["CPP_ODOO_ROOT"]), os.environ["CPP_ODOO_VERSION"])


def key():
    """Return what databases depend on besides the addons: Odoo, its libraries and Python."""
    return digest(os.environ["CPP_ODOO_VERSION"], Path(sys.prefix).name)


def enter(arguments, tests=False):
    """Prepare everything and run this same command in the virtual environment.

    :param list arguments: the command line of ./dev
    :param bool tests: whether a browser is needed
    :raise DevError: when something is missing
    """
    if sys.version_info < (3, 10):  # noqa: UP036
        raise DevError("Python 3.10 or newer is needed; CPP_PYTHON may name another one.")
    # What root unpacks is read by PostgreSQL's system user.
    os.umask(0o022)
    system.ensure_packages(tests)
    odoo = odoo_tree.get_tree()
    venv = ensure_venv()
    environment = dict(os.environ)
    environment[READY] = str(venv)
    environment["CPP_ODOO_ROOT"] = str(odoo.root)
    environment["CPP_ODOO_VERSION"] = odoo.version
    # `odoo` is a namespace package: the path makes it importable beside OCA's wheels.
    environment["PYTHONPATH"] = os.pathsep.join([str(CHECKOUT), str(odoo.root)])
    environment["PATH"] = os.pathsep.join([str(venv / "bin"), environment.get("PATH", "")])
    environment["VIRTUAL_ENV"] = str(venv)
    # Odoo comes without compiled files, and without them starts in twice the time; the folders of
    # the source stay as they are.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = str(sub_dir("compiled"))
    python = str(venv / "bin" / "python")
    sys.stdout.flush()
    os.execve(python, [python, "-m", "devtools", *arguments], environment)


def ensure_venv():
    """Return the folder of the virtual environment that belongs to the lock file.

    :rtype: Path
    """
    version = ".".join(map(str, sys.version_info[:2]))
    base = getattr(sys, "_base_executable", sys.executable)
    venv = sub_dir("venv") / f"{version}-{digest(LOCK_FILE.read_bytes(), base)}"
    complete = venv / ".complete"
    if complete.is_file() and _works(venv):
        return venv
    with lock("venv", "another run is making the Python environment, waiting for it"):
        if complete.is_file() and _works(venv):
            return venv
        say("making the Python environment (about 100 packages)")
        # An environment holds its own path, so it cannot be renamed into place: the mark that is
        # written last says that it is whole.
        shutil.rmtree(venv, ignore_errors=True)
        run([base, "-m", "venv", venv])
        # The lock file is complete, so pip need not resolve, nor look for an `odoo` to depend on.
        run(
            [venv / "bin" / "python", "-m", "pip", "install", "--disable-pip-version-check"]
            + ["--no-input", "--progress-bar=off", "--no-deps", "-r", LOCK_FILE]
        )
        complete.touch()
    return venv


def _works(venv):
    """Return whether the environment still starts (the machine's Python may be gone)."""
    try:
        command = [venv / "bin" / "python", "-c", "import psycopg2, lxml"]
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False
