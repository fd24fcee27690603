"""Debian packages that must be on the machine: installed where root and apt allow, else named."""

import ctypes
import importlib.util
import os
import shutil
import sys
from pathlib import Path

from .common import DevError, lock, note, run, say

# As Odoo's tests look for it.
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


def _loads(library):
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _has_venv():
    return bool(importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"))


def _has_fonts():
    truetype = Path("/usr/share/fonts/truetype")
    return any(truetype.glob("dejavu/*.ttf")) and any(truetype.glob("liberation*/*.ttf"))


def _has_browser():
    return any(shutil.which(name) for name in BROWSERS)


def _has_cairo():
    # Only where QR codes are drawn through it; see requirements.in.
    return sys.version_info < (3, 13) or _loads("libcairo.so.2")


# package(s): is it there, is it needed for tests only, does it go without, what it is for
_NEEDS = (
    (("python3-venv",), _has_venv, False, False, "the Python environment"),
    (("libmagic1",), lambda: _loads("libmagic.so.1"), False, False, "types of uploaded files"),
    (("libcairo2",), _has_cairo, False, False, "QR and bar codes"),
    (("chromium",), _has_browser, True, False, "tests in a browser"),
    (("fonts-dejavu-core", "fonts-liberation"), _has_fonts, True, True, "text in screenshots"),
    (("poppler-utils",), lambda: shutil.which("pdfsig"), True, True, "a second look at seals"),
    (("wkhtmltopdf",), lambda: shutil.which("wkhtmltopdf"), False, True, "core's own PDF files"),
)


def ensure_packages(tests=False):
    """Install what is missing, or say what to install.

    :param bool tests: whether a browser is needed too
    :raise DevError: when something is missing that cannot be installed from here
    """
    missing = _missing(tests)
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        with lock("packages", "another run is installing packages, waiting for it"):
            _install(_missing(tests))
        missing = _missing(tests)
    needed = [name for need in missing if not need[3] for name in need[0]]
    for names, _there, _tests, optional, purpose in missing:
        if optional:
            note(f"without {' '.join(names)} ({purpose}): it is not installed here")
    if needed:
        purposes = ", ".join(need[4] for need in missing if not need[3])
        raise DevError(
            f"Missing on this machine ({purposes}). Install it with:\n\n"
            f"    sudo apt-get install {' '.join(needed)}\n"
        )


def _missing(tests):
    return [need for need in _NEEDS if not need[1]() and (tests or not need[2])]


def _install(needs):
    """Install the packages that the machine's suite has."""
    if not needs:
        return  # Another run has done it.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-qq"], env=environment)
    for names, _there, _tests, optional, purpose in needs:
        if optional and any(not _candidate(name) for name in names):
            continue
        say(f"installing {' '.join(names)} ({purpose})")
        run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *names], env=environment)


def _candidate(name):
    """Return whether the machine's suite has the package (Debian 13 has no wkhtmltopdf)."""
    policy = run(["apt-cache", "policy", name], env={**os.environ, "LC_ALL": "C"})
    return "Candidate:" in policy and "Candidate: (none)" not in policy
