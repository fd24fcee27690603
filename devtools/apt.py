"""Ask the machine's own package archive, with a private state, so that no root is needed.

No address is known here: the archive and its keyring are those of the machine's apt sources.
Only the suite is changed.
"""

import re
import shutil
from pathlib import Path

from .common import DevError, run

ETC_APT = Path("/etc/apt")
# Suites of these kinds lie under other addresses or hold only a part of the archive.
_PARTIAL_SUITE = re.compile(r"[-/](security|updates|backports|proposed-updates)|^\.?/$|/updates$")


def _deb822_stanzas(text):
    """Yield the stanzas of a .sources file as dictionaries with lower-case names."""
    for block in re.split(r"\n\s*\n", text):
        fields, name = {}, None
        for line in block.splitlines():
            if line.startswith("#"):
                continue
            if line[:1] in " \t" and name:
                fields[name] += "\n" + line
            elif ":" in line:
                name, value = line.split(":", 1)
                name = name.strip().lower()
                fields[name] = value.strip()
        if fields:
            yield fields


def _one_line_entries(text):
    """Yield the entries of a .list file in the shape of :func:`_deb822_stanzas`."""
    for line in text.splitlines():
        found = re.match(r"\s*deb\s+(?:\[(?P<options>[^]]*)\]\s*)?(?P<rest>[^#]+)", line)
        if not found or len(found["rest"].split()) < 2:
            continue
        uri, suite, *components = found["rest"].split()
        fields = {"types": "deb", "uris": uri, "suites": suite, "components": " ".join(components)}
        for option in (found["options"] or "").split():
            name, _, value = option.partition("=")
            fields[name.lower()] = value
        yield fields


def read_sources(folder=ETC_APT):
    """Return the entries of the machine's apt sources, of both formats.

    :rtype: list[dict[str, str]]
    """
    parts = folder / "sources.list.d"
    entries = []
    for path in [folder / "sources.list", *sorted(parts.glob("*"))]:
        if not path.is_file():
            continue
        text = path.read_text(errors="replace")
        if path.suffix == ".list":
            entries += _one_line_entries(text)
        elif path.suffix == ".sources":
            entries += _deb822_stanzas(text)
    return entries


def find_archive(entries, codename):
    """Return the entry of the distribution's main archive.

    :param list entries: see :func:`read_sources`
    :param str codename: of the machine's release, e.g. ``bookworm``
    :raise DevError: when no entry is the main archive
    """
    wanted = {codename, "stable", "testing", "unstable", "sid"}
    for entry in entries:
        if entry.get("enabled", "yes").lower() in ("no", "false", "0"):
            continue
        if "deb" not in entry.get("types", "").split():
            continue
        if "main" not in entry.get("components", "").split():
            continue
        suites = [s for s in entry.get("suites", "").split() if not _PARTIAL_SUITE.search(s)]
        if wanted.intersection(suites):
            return entry
    raise DevError(
        f"No Debian archive with suite {codename} was found in this machine's apt sources."
    )


class PrivateApt:
    """apt with its own lists and sources in a folder, for other suites of the same archive."""

    def __init__(self, folder, suites, etc_apt=ETC_APT, codename=None):
        if not shutil.which("apt-get"):
            raise DevError("This machine has no apt-get.")
        self.folder = folder
        archive = find_archive(read_sources(etc_apt), codename or machine_codename())
        sources = folder / "sources"
        for path in (sources, folder / "lists" / "partial", folder / "cache" / "archives"):
            path.mkdir(parents=True, exist_ok=True)
        stanza = {
            "Types": "deb",
            "URIs": archive["uris"],
            "Suites": " ".join(suites),
            "Components": "main",
        }
        if archive.get("signed-by"):
            stanza["Signed-By"] = archive["signed-by"]
        text = "".join(f"{name}: {value}\n" for name, value in stanza.items())
        (sources / "archive.sources").write_text(text)
        self.options = [
            word
            for option in (
                f"Dir::State={folder}",
                f"Dir::State::lists={folder}/lists",
                "Dir::State::status=/var/lib/dpkg/status",
                f"Dir::Cache={folder}/cache",
                "Dir::Etc::sourcelist=/dev/null",
                f"Dir::Etc::sourceparts={sources}",
                # A package that the administrator pinned is of no concern here.
                "Dir::Etc::preferencesparts=/dev/null",
                "Dir::Etc::preferences=/dev/null",
                "APT::Sandbox::User=",
                "Acquire::Languages=none",
                "Acquire::Retries=3",
            )
            for word in ("-o", option)
        ]

    def update(self):
        """Fetch the lists of packages."""
        run(["apt-get", *self.options, "update"], cwd=self.folder)

    def download(self, packages, target):
        """Download packages, e.g. ``name``, ``name=version`` or ``name/suite``, into a folder."""
        target.mkdir(parents=True, exist_ok=True)
        run(["apt-get", *self.options, "download", *packages], cwd=target)


def machine_codename(os_release=Path("/etc/os-release")):
    """Return the code name of the machine's release; ``sid`` where it has none."""
    text = os_release.read_text() if os_release.is_file() else ""
    found = re.search(r'^VERSION_CODENAME="?([\w-]+)', text, re.MULTILINE)
    return found[1] if found else "sid"
