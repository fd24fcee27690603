"""The machine's apt sources are read in both formats."""

import pytest

from devtools import apt
from devtools.common import DevError

DEB822 = """\
# A comment
Types: deb
URIs: http://archive.example.com/debian
Suites: trixie trixie-updates
Components: main contrib
Signed-By: /usr/share/keyrings/some.gpg

Types: deb
URIs: http://archive.example.com/debian-security
Suites: trixie-security
Components: main
"""


def _folder(tmp_path, name, text):
    parts = tmp_path / "sources.list.d"
    parts.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)
    return tmp_path


def test_deb822(tmp_path):
    folder = _folder(tmp_path, "sources.list.d/debian.sources", DEB822)
    archive = apt.find_archive(apt.read_sources(folder), "trixie")
    assert archive["uris"] == "http://archive.example.com/debian"
    assert archive["signed-by"] == "/usr/share/keyrings/some.gpg"


def test_one_line(tmp_path):
    text = (
        "# deb http://old.example.com/debian bookworm main\n"
        "deb http://archive.example.com/debian-security bookworm-security main\n"
        "deb [arch=amd64 signed-by=/k.gpg] http://archive.example.com/debian bookworm main # c\n"
    )
    archive = apt.find_archive(
        apt.read_sources(_folder(tmp_path, "sources.list", text)), "bookworm"
    )
    assert archive["uris"] == "http://archive.example.com/debian"
    assert archive["signed-by"] == "/k.gpg"


def test_only_foreign_archives_is_said(tmp_path):
    text = "deb http://other.example.com/tools nodistro main\n"
    entries = apt.read_sources(_folder(tmp_path, "sources.list", text))
    with pytest.raises(DevError, match="bookworm"):
        apt.find_archive(entries, "bookworm")


def test_switched_off_entry_is_not_used(tmp_path):
    text = DEB822.replace(
        "Types: deb\nURIs: http://archive.example.com/debian\n",
        "Enabled: no\nTypes: deb\nURIs: http://archive.example.com/debian\n",
    )
    entries = apt.read_sources(_folder(tmp_path, "sources.list.d/debian.sources", text))
    with pytest.raises(DevError):
        apt.find_archive(entries, "trixie")
