"""An unpacked Odoo 19: Debian's package, or the tree that ODOO_HOME names.

Odoo is not on the Python package index. Debian's unstable suite has it as ``odoo-19``; it is
unpacked into the cache, not installed, so it does not touch the machine.
"""

import hashlib
import os
import re
import shutil
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from .apt import PrivateApt, machine_codename
from .common import DevError, digest, lock, note, run, say, sub_dir

PACKAGE = "odoo-19"
VERSION = "19.0.0+dfsg-1"
SHA256 = "9d2f598b0555db17e291d48ed24df184c70823c053c4c5ed53c467ca7f629bbf"

# Debian replaces libraries that Odoo bundles by relative links into usr/share: these packages
# hold what the links point to. Without them every page is an error 500.
LIBRARIES = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
)
# Unstable's Font Awesome is 7, with other file names than the 4.7 that Odoo uses.
FONT_AWESOME = "fonts-font-awesome"
FONT_AWESOME_SUITES = ("bookworm", "trixie")

# A quotation mark that this version's Spanish lacks in the subject of the mail of a quote: nobody
# whose customer speaks Spanish could send one. The number tells caches apart.
MENDED = "1"
SPANISH = "odoo/addons/sale/i18n/es.po"
BROKEN, MEANT = b"('draft, 'sent')", b"('draft', 'sent')"

INSTEAD = (
    "Set ODOO_HOME to an Odoo 19 that you have: the folder of a source checkout (with odoo/ and"
    " addons/ in it), or the dist-packages folder of an installed package."
)


@dataclass(frozen=True)
class OdooTree:
    """Where Odoo is: ``root`` holds ``odoo/``; ``version`` tells caches apart."""

    root: Path
    version: str

    @property
    def addons_paths(self):
        """Folders of addons that Odoo does not find by itself (a source checkout has one)."""
        extra = self.root / "addons"
        return [extra] if (extra / "web" / "__manifest__.py").is_file() else []

    def addon(self, name):
        """Return the folder of an addon of Odoo, or of one that pip installed beside it."""
        wheels = Path(sysconfig.get_path("purelib"), "odoo", "addons")
        for folder in (self.root / "odoo" / "addons", *self.addons_paths, wheels):
            if (folder / name / "__manifest__.py").is_file():
                return folder / name
        raise DevError(f"There is no addon {name}.")


def get_tree():
    """Return the Odoo tree to work with; download and unpack it if need be.

    :rtype: OdooTree
    :raise DevError: when there is none
    """
    home = os.environ.get("ODOO_HOME")
    return _named_tree(Path(home).expanduser().absolute()) if home else _debian_tree()


def _named_tree(root):
    """Return the tree that the administrator named, if it is one."""
    release = root / "odoo" / "release.py"
    if not release.is_file():
        raise DevError(f"ODOO_HOME is {root}, but there is no odoo/release.py in it. {INSTEAD}")
    text = release.read_text()
    if not re.search(r"version_info\s*=\s*\(\s*19\s*,\s*0\b", text):
        raise DevError(f"ODOO_HOME is {root}, but that is not Odoo 19.0.")
    head = root / ".git" / "HEAD"
    revision = head.read_text() if head.is_file() else ""
    if revision.startswith("ref: "):
        ref = root / ".git" / revision[5:].strip()
        revision = ref.read_text() if ref.is_file() else revision
    return OdooTree(root, f"home-{digest(str(root), text, revision)}")


def _debian_tree():
    """Return Debian's package, unpacked in the cache."""
    target = sub_dir("odoo") / f"{VERSION}-{SHA256[:8]}"
    root = target / "usr" / "lib" / "python3" / "dist-packages"
    if not target.is_dir():
        with lock("odoo-tree", "another run is fetching Odoo, waiting for it"):
            if not target.is_dir():
                _unpack(target)
    _mend_spanish(root)
    return OdooTree(root, f"{VERSION}-{MENDED}")


def _mend_spanish(root):
    """Write the quotation mark, unless it is there; others may read the file meanwhile."""
    path = root / SPANISH
    text = path.read_bytes()
    if BROKEN in text:
        mended = path.with_name(f"{path.name}.{os.getpid()}")
        mended.write_bytes(text.replace(BROKEN, MEANT))
        mended.replace(path)


def _unpack(target):
    """Download the packages, check them and unpack them into ``target``, all or nothing."""
    codename = machine_codename()
    suite = codename if codename in FONT_AWESOME_SUITES else FONT_AWESOME_SUITES[-1]
    downloads = sub_dir("downloads")
    try:
        say("reading the list of packages of Debian's unstable suite")
        apt = PrivateApt(sub_dir("apt"), ["sid", suite])
        apt.update()
        deb = _find(downloads, PACKAGE)
        if not deb or _sha256(deb) != SHA256:
            say(f"downloading Odoo: package {PACKAGE} {VERSION} (123 MB)")
            _download(apt, f"{PACKAGE}={VERSION}", downloads)
            deb = _find(downloads, PACKAGE)
        say("downloading its libraries and fonts")
        for name in LIBRARIES:
            if not _find(downloads, name):
                _download(apt, f"{name}/sid", downloads)
        if not _find(downloads, FONT_AWESOME):
            _download(apt, f"{FONT_AWESOME}/{suite}", downloads)
    except DevError as error:
        raise DevError(
            f"{error}\n\nDebian's package {PACKAGE} {VERSION} could not be had. {INSTEAD}"
        ) from None
    if _sha256(deb) != SHA256:
        deb.unlink()
        raise DevError(
            f"Package {PACKAGE} {VERSION} is not the one this project knows: its SHA-256 differs"
            f" from the one in devtools/odoo_tree.py. {INSTEAD}"
        )
    say("unpacking Odoo (1.2 GB)")
    building = target.with_name(target.name + ".building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir()
    for name in (PACKAGE, *LIBRARIES, FONT_AWESOME):
        run(["dpkg", "-x", _find(downloads, name), building])
    broken = [link for link in building.rglob("*") if link.is_symlink() and not link.exists()]
    # One font of the point of sale has no counterpart; nothing here uses it.
    for link in broken:
        if "point_of_sale" not in link.parts and "dist-packages" in link.parts:
            note(f"missing in the package: {link.relative_to(building)}")
    building.rename(target)
    # The packages are of no use any more.
    shutil.rmtree(downloads, ignore_errors=True)


def _download(apt, package, downloads):
    """Download one package under a temporary folder first: a file that is there is whole."""
    part = downloads / "part"
    shutil.rmtree(part, ignore_errors=True)
    apt.download([package], part)
    for path in part.glob("*.deb"):
        path.rename(downloads / path.name)
    part.rmdir()


def _find(folder, package):
    """Return the downloaded file of a package, if it is there."""
    return next(iter(folder.glob(f"{package}_*.deb")), None)


def _sha256(path):
    """Return the SHA-256 of a file."""
    sha = hashlib.sha256()
    with open(path, "rb") as handle:
        for block in iter(lambda: handle.read(1 << 20), b""):
            sha.update(block)
    return sha.hexdigest()
