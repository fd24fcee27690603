"""What the guides lead to and name is there: files, headings, settings, menus, fields."""

import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

from devtools.common import CHECKOUT

LINK = re.compile(r"(?<!`)\[[^\]]*\]\(([^)\s]+)\)")
# A way through menus and settings: *Settings > Customer Portal > Payments*.
WAY = re.compile(r"\*([^*`\n]+(?: [>›→] [^*`\n]+)+)\*")
CODE_PATH = re.compile(
    r"`((?:customer_portal_plus\w*|devtools|docs|live_tests|benchmarks)/[\w./-]+\.\w+)`"
)
FIELD_NAME = re.compile(r"`(portal_\w+)`")
# Odoo's own, on the way to something of ours or by themselves.
ODOOS = {
    "Actions", "Apps", "Companies", "Configuration", "Customer Portal Plus", "Email Templates",
    "Emails", "Groups", "Helpdesk", "Inventory", "Invoicing", "New", "Operations",
    "Other Information", "Payment Providers", "Resource Bookings", "Sales: Send Quotation",
    "Settings", "Technical", "Types", "Uninstall", "Update Apps List", "Users", "Visible in portal",
}  # fmt: skip


def _git(*words):
    return subprocess.run(
        ["git", *words], cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout


def _tracked():
    """Return the files of the project, as paths from its root; those left out of this checkout,
    too."""
    return set(_git("ls-files", "--cached", "--others", "--exclude-standard").splitlines())


TRACKED = _tracked()
FOLDERS = {str(parent) for name in TRACKED for parent in Path(name).parents}
# What is in a README's fragments is in the README, and where its links begin.
GUIDES = sorted(
    name
    for name in TRACKED
    if name.endswith(".md") and "/readme/" not in name and (CHECKOUT / name).is_file()
)


def _text(name):
    """Return a guide without its blocks of code."""
    text = (CHECKOUT / name).read_text()
    return re.sub(r"^ *```.*?^ *```", "", text, flags=re.M | re.S)


def _anchors(name):
    """Return what a link to a heading of a guide ends with."""
    headings = re.findall(r"^#+ +(.+)$", _text(name), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _exists(name):
    return name in TRACKED or name in FOLDERS


def _sources(pattern):
    """Return the text of all files of addons whose path matches a pattern."""
    names = [name for name in sorted(TRACKED) if re.fullmatch(pattern, name)]
    here = [name for name in names if (CHECKOUT / name).is_file()]
    left_out = [f":{name}" for name in names if name not in here]
    texts = [(CHECKOUT / name).read_text() for name in here]
    return "\n".join([*texts, _git("show", *left_out) if left_out else ""])


def _labels():
    """Return the words on menus, settings, buttons, pages and fields of all addons, and the names
    of the addons."""
    xml = _sources(r"customer_portal_plus.*\.xml")
    code = _sources(r"customer_portal_plus\w*/(models|wizard)/.*\.py")
    manifests = _sources(r"customer_portal_plus\w*/__manifest__\.py")
    labels = [
        *re.findall(r'\b(?:string|title|name|help)="([^"]+)"', xml),
        *re.findall(r">([^<>]+)<", xml),
        *re.findall(r'fields\.\w+\(\s*"([^"]+)"', code),
        *re.findall(r'string="([^"]+)"', code),
        *re.findall(r'fields\.Many2one\(\s*"[\w.]+",\s*"([^"]+)"', code),
        *re.findall(r'"name": "([^"]+)"', manifests),
    ]
    return {" ".join(label.split()) for label in labels}


class _Images(HTMLParser):
    """The pictures and the links of a page."""

    def __init__(self):
        super().__init__()
        self.images, self.anchors, self.ids = [], [], set()

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "img":
            self.images.append((values["src"], values.get("alt")))
        if tag == "a":
            self.anchors.append(values["href"])
        if "id" in values:
            self.ids.add(values["id"])


def test_links_lead_somewhere():
    dead = []
    for name in GUIDES:
        text = _text(name)
        for target in [*LINK.findall(text), *re.findall(r'<img src="([^"]+)"', text)]:
            if re.match(r"[a-z]+:", target):
                continue
            path, _sharp, anchor = target.partition("#")
            place = (CHECKOUT / name).parent / path if path else CHECKOUT / name
            found = str(place.resolve().relative_to(CHECKOUT))
            if not _exists(found):
                dead.append(f"{name}: {target}")
            elif anchor and (CHECKOUT / found).is_file() and anchor not in _anchors(found):
                dead.append(f"{name}: {target}, no such heading")
    assert not dead, "\n".join(dead)


def test_named_files_exist():
    dead = [
        f"{name}: {path}"
        for name in GUIDES
        for path in CODE_PATH.findall(_text(name))
        if not _exists(path)
    ]
    assert not dead, "\n".join(dead)


def test_named_settings_and_menus_exist():
    labels = _labels()
    dead = []
    for name in GUIDES:
        for way in WAY.findall(_text(name)):
            steps = [step.strip() for step in re.split(r" [>›→] ", way)]
            dead += [
                f"{name}: {way}: {step}"
                for step in steps
                if step not in labels | ODOOS and step.partition(":")[0] not in labels | ODOOS
            ]
    assert not dead, "\n".join(dead)


def test_named_fields_exist():
    words = set(re.findall(r"\bportal_\w+", _sources(r"customer_portal_plus.*\.(py|xml)")))
    dead = [
        f"{name}: {field}"
        for name in GUIDES
        for field in FIELD_NAME.findall(_text(name))
        if field not in words
    ]
    assert not dead, "\n".join(dead)


def test_store_page():
    """Its pictures lie beside it, since the addon alone is what a store gets; both languages are
    there."""
    folder = CHECKOUT / "customer_portal_plus" / "static" / "description"
    page = _Images()
    page.feed((folder / "index.html").read_text())
    missing = [src for src, alt in page.images if "/" in src or not (folder / src).is_file()]
    assert not missing and page.images
    assert all(alt for _src, alt in page.images)
    assert {anchor.lstrip("#") for anchor in page.anchors} == page.ids == {"en", "es"}


# === CONTAINER === #


def _compose():
    return yaml.safe_load((CHECKOUT / "compose.yaml").read_text())


def test_containerfile():
    lines = (CHECKOUT / "Containerfile").read_text().replace("\\\n", "").splitlines()
    steps = [line.split(maxsplit=1) for line in lines if line and line[0] not in "# "]
    words = [word for word, _rest in steps]
    known = {"ARG", "FROM", "USER", "RUN", "COPY"}
    assert set(words) <= known and words[:2] == ["ARG", "FROM"]
    # What runs as root is over before Odoo starts.
    assert [rest for word, rest in steps if word == "USER"][-1] == "odoo"
    assert ["COPY", ". /mnt/extra-addons/"] in steps
    allowed = [
        line[1:].rstrip("*")
        for line in (CHECKOUT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    ]
    addons = {name.split("/")[0] for name in TRACKED if name.endswith("/__manifest__.py")}
    assert addons and all(addon.startswith(tuple(allowed)) for addon in addons)
    copied = {name.split("/")[0] for name in TRACKED if name.startswith(tuple(allowed))}
    assert copied == addons, "nothing but addons is copied"
    run = next(rest for word, rest in steps if word == "RUN")
    for addon in addons:
        manifest = (CHECKOUT / addon / "__manifest__.py").read_text()
        for package in re.findall(r'"python": \["([^"]+)"\]', manifest):
            # Odoo itself asks for vobject.
            assert package == "vobject" or f'"{package}' in run, addon
    # In the words in which the addon asks for them.
    asked = (CHECKOUT / "customer_portal_plus_seal" / "README.md").read_text()
    for package in re.findall(r'"((?:pyhanko|cryptography|pyopenssl)[<>][^"]+)"', asked):
        assert f'"{package}"' in run


def test_compose():
    compose = _compose()
    odoo, database = compose["services"]["odoo"], compose["services"]["db"]
    assert (CHECKOUT / odoo["build"]["context"] / odoo["build"]["dockerfile"]).is_file()
    assert odoo["environment"]["HOST"] == "db" and "db" in odoo["depends_on"]
    assert re.search(r"postgres:17\b", database["image"])
    assert re.search(r"odoo:19\.0\b", odoo["build"]["args"]["ODOO_IMAGE"])
    volumes = {line.split(":")[0] for line in odoo["volumes"] + database["volumes"]}
    assert volumes == set(compose["volumes"])
    assert set(odoo["secrets"] + database["secrets"]) == set(compose["secrets"])
    secret = compose["secrets"]["db_password"]["file"]
    assert f"/{Path(secret).name}" in (CHECKOUT / ".gitignore").read_text().splitlines()
    # No proxy, no way in from outside.
    assert all(port.startswith("127.0.0.1:") for port in odoo["ports"])
    assert "ports" not in database


@pytest.mark.parametrize("variable", ["ODOO_IMAGE", "POSTGRES_IMAGE", "ODOO_DATABASE"])
def test_variables_of_the_container_are_documented(variable):
    assert f"${{{variable}:-" in (CHECKOUT / "compose.yaml").read_text()
    assert f"`{variable}`" in (CHECKOUT / "docs" / "deploy.md").read_text()
