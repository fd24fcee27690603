"""Messages, file locks and the layout of the cache folder. Standard library only."""

import contextlib
import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


class DevError(Exception):
    """Something a person has to put right; the message says how. Shown without a traceback."""


def say(message):
    """Tell what is being done. Goes to stderr, so that stdout stays the command's own."""
    print(f"==> {message}", file=sys.stderr, flush=True)


def note(message):
    """Tell something less important than a step."""
    print(f"    {message}", file=sys.stderr, flush=True)


def cache_dir():
    """Return the folder of everything that is downloaded, unpacked or built, outside the tree.

    ``CPP_CACHE`` names it; else it is in ``XDG_CACHE_HOME`` or ``~/.cache``. For root it is in
    /var/cache, because PostgreSQL does not run as root and its own system user cannot look into
    /root.
    """
    if os.environ.get("CPP_CACHE"):
        base = Path(os.environ["CPP_CACHE"]).expanduser().absolute()
    elif os.environ.get("XDG_CACHE_HOME"):
        base = Path(os.environ["XDG_CACHE_HOME"]).absolute() / "customer-portal-plus"
    elif os.geteuid() == 0:
        base = Path("/var/cache/customer-portal-plus")
    else:
        base = Path.home() / ".cache" / "customer-portal-plus"
    base.mkdir(parents=True, exist_ok=True)
    return base


def sub_dir(*names):
    """Return a folder of the cache, made if need be."""
    path = cache_dir().joinpath(*names)
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextlib.contextmanager
def lock(name, waiting=None):
    """Hold a lock that other runs, of this checkout or another one, respect.

    :param str name: what is being worked on, e.g. ``venv``
    :param str waiting: what to tell when somebody else holds it
    """
    with open(sub_dir("locks") / f"{name}.lock", "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(waiting or f"another run is busy with '{name}', waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def digest(*parts, length=12):
    """Return a short hash of texts (``str`` or ``bytes``), to build keys of caches with."""
    sha = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        # The length keeps ("ab", "c") and ("a", "bc") apart.
        sha.update(b"%d:" % len(data) + data)
    return sha.hexdigest()[:length]


def run(command, log=None, **kwargs):
    """Run a command that must succeed; its output is shown only when it fails.

    :param list command: the words of the command
    :param Path log: a file that gets the output as well
    :raise DevError: when it fails, with the end of its output
    """
    result = subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **kwargs,
    )
    if log:
        log.write_text(result.stdout)
    if result.returncode:
        tail = "\n".join(result.stdout.splitlines()[-40:])
        raise DevError(f"{tail}\n\nThis failed: {' '.join(str(word) for word in command)}")
    return result.stdout
