"""./dev lint: style and consistency of the source, and whether the addons' wheels build."""

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from . import databases, environment, readme
from .common import CHECKOUT, say, sub_dir

# Matters of taste, which the newest release of these checks is stricter in than OCA's addons are.
_OCA_DISABLED = (
    "prefer-readme-rst",
    "xml-field-numeric-without-eval",
    "xml-header-wrong",
    "xml-id-position-first",
    "xml-tag-position",
)
# Models are extended page family by page family; labels are written out. The check for env._
# does not see that a local name stands for it, the one for return values asks for them where
# core's methods have none, and transient models stand beside what they belong to.
_PYLINT_DISABLED = (
    "attribute-string-redundant",
    "consider-merging-classes-inherited",
    "missing-return",
    "no-wizard-in-models",
    "prefer-env-translation",
)
_PO_DISABLED = ("po-pretty-format",)


def main(arguments):
    """Run all checks, also after one failed; return the exit code."""
    parser = argparse.ArgumentParser(prog="./dev lint", description="Check the source.")
    parser.add_argument("--fix", action="store_true", help="repair what can be repaired")
    options = parser.parse_args(arguments)
    python = sys.executable
    addons = [str(addon) for addon in databases.addons()]
    catalogs = [str(path) for addon in databases.addons() for path in addon.glob("i18n/*.po*")]
    checks = []
    if options.fix:
        checks += [
            ("ruff format", [python, "-m", "ruff", "format", "."]),
            ("ruff check", [python, "-m", "ruff", "check", "--fix", "."]),
        ]
    else:
        checks += [
            ("ruff check", [python, "-m", "ruff", "check", "."]),
            ("ruff format", [python, "-m", "ruff", "format", "--check", "."]),
        ]
    if addons:
        # Odoo's own rules; the general ones are ruff's. The order of these words matters.
        pylint = [python, "-m", "pylint", f"--rcfile={CHECKOUT / 'pyproject.toml'}"]
        pylint += ["--disable=all", "--enable=odoolint"]
        pylint += [f"--disable={','.join(_PYLINT_DISABLED)}", *addons]
        checks.append(("pylint-odoo", pylint))
        oca = [_program("oca-checks-odoo-module"), f"--disable={','.join(_OCA_DISABLED)}", *addons]
        checks.append(("OCA's checks of addons", oca))
    if catalogs:
        oca = [_program("oca-checks-po"), f"--disable={','.join(_PO_DISABLED)}", *catalogs]
        checks.append(("OCA's checks of translations", oca))
    for name, words in (
        ("licences", ("check-licenses", "--transitive")),
        ("development status", ("check-dev-status", "--default-dev-status=Beta")),
    ):
        checks.append((f"{name} of what addons depend on", [*_manifestoo(), *words]))
    failed = []
    for name, command in checks:
        say(name)
        if subprocess.run(command, cwd=CHECKOUT, env=_environ()).returncode:
            failed.append(name)
    say("READMEs")
    for name in readme.outdated():
        failed.append(f"README of {name} (./dev readme writes it)")
    for addon in databases.addons():
        say(f"wheel of {addon.name}")
        if not _builds(addon):
            failed.append(f"wheel of {addon.name}")
    if failed:
        print(f"\nNot in order: {', '.join(failed)}", file=sys.stderr)
        return 1
    say("all in order")
    return 0


def _program(name):
    """Return the path of a program of the environment."""
    return str(Path(sys.prefix) / "bin" / name)


def _manifestoo():
    """Return the words that begin a check of what all addons depend on."""
    odoo = environment.tree()
    wheels = Path(sysconfig.get_path("purelib"), "odoo", "addons")
    paths = [CHECKOUT, odoo.root / "odoo" / "addons", *odoo.addons_paths, wheels]
    return [
        *(_program("manifestoo"), "--odoo-series=19.0", "--no-addons-path-from-import-odoo"),
        f"--addons-path={','.join(map(str, paths))}",
        f"--select-include={','.join(addon.name for addon in databases.addons())}",
    ]


def _environ():
    """Return the variables that keep the linters out of the tree."""
    return {**os.environ, "RUFF_NO_CACHE": "true", "PYLINTHOME": str(sub_dir("pylint"))}


def _builds(addon):
    """Return whether the addon's wheel builds, from a copy, so that nothing is left in the tree."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / addon.name
        shutil.copytree(addon, copy, ignore=shutil.ignore_patterns("__pycache__"))
        result = subprocess.run(
            [sys.executable, "-m", "build", "--no-isolation", "--wheel"]
            + ["--outdir", str(Path(folder) / "out"), str(copy)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=folder,
        )
        if result.returncode or not list((Path(folder) / "out").glob("*.whl")):
            print(result.stdout)
            return False
    return True
