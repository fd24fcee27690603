"""./dev readme: the README of each addon, from the fragments in its ``readme`` folder, and its
changelog, from those in ``readme/newsfragments``.

The fragments have the names that the Odoo Community Association gives them, so that its tools can
take over; links in them are those of the README. Towncrier puts the changelog together.
"""

import argparse
import subprocess
import sys

from . import databases
from .common import CHECKOUT, DevError, say

# Fragments in the order of the README, and what stands above each.
FRAGMENTS = {
    "DESCRIPTION": None,
    "INSTALL": "Install",
    "CONFIGURE": "Configure",
    "USAGE": "Use",
    "CONTEXT": "Why it is built so",
}


def make(addon):
    """Return the text of an addon's README.

    :param Path addon: its folder
    :rtype: str
    """
    values = databases.manifest(addon)
    parts = [f"# {values['name']}"]
    for name, heading in FRAGMENTS.items():
        path = addon / "readme" / f"{name}.md"
        if path.is_file():
            parts += [f"## {heading}"] if heading else []
            parts.append(path.read_text().strip())
    parts += [
        "## Changes",
        "[CHANGELOG](CHANGELOG.md)",
        "## Licence",
        f"{values['license']}, see [LICENSE](LICENSE).",
    ]
    return "\n\n".join(parts) + "\n"


def outdated():
    """Return the addons whose README is not what their fragments make.

    :rtype: list[str]
    """
    return [
        addon.name
        for addon in databases.addons()
        if (addon / "README.md").read_text() != make(addon)
    ]


def main(arguments):
    """Write the README of all addons; with ``--release``, the changelog of one as well."""
    parser = argparse.ArgumentParser(
        prog="./dev readme", description="Put READMEs and changelogs together from fragments."
    )
    parser.add_argument(
        "--release", metavar="ADDON", help="the changelog of the version in its manifest, too"
    )
    options = parser.parse_args(arguments)
    for addon in databases.addons():
        (addon / "README.md").write_text(make(addon))
    if options.release:
        addon = CHECKOUT / options.release
        if addon not in databases.addons():
            raise DevError(f"There is no addon {options.release}.")
        command = [sys.executable, "-m", "towncrier", "build", "--yes"]
        command += ["--config", str(CHECKOUT / "pyproject.toml"), "--dir", str(addon)]
        command += ["--version", databases.manifest(addon)["version"]]
        return subprocess.run(command, cwd=CHECKOUT).returncode
    say("the READMEs are up to date")
    return 0
