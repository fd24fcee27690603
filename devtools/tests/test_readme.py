"""Each addon says of itself what it is: manifest, README, changelog."""

import re
import shutil

import pytest

from devtools import databases, readme
from devtools.common import CHECKOUT

ADDONS = [addon.name for addon in databases.addons()]


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A checkout with one addon, whose version nobody has told of yet."""
    for name in ("README.md", "CHANGELOG.md", "__manifest__.py", "readme"):
        source, target = CHECKOUT / ADDONS[0] / name, tmp_path / ADDONS[0] / name
        target.parent.mkdir(exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    for module in (databases, readme):
        monkeypatch.setattr(module, "CHECKOUT", tmp_path)
    manifest = tmp_path / ADDONS[0] / "__manifest__.py"
    text = re.sub(r'"version": "[^"]+"', '"version": "19.0.99.0.0"', manifest.read_text())
    manifest.write_text(text)
    return tmp_path / ADDONS[0]


@pytest.mark.parametrize("addon", ADDONS)
def test_manifest_tells_what_a_store_asks_for(addon):
    values = databases.manifest(CHECKOUT / addon)
    assert re.fullmatch(r"19\.0\.\d+\.\d+\.\d+", values["version"])
    assert values["website"].startswith("https://")
    assert values["development_status"] == "Beta"
    assert values["summary"] and values["author"] and values["category"]


@pytest.mark.parametrize("addon", ADDONS)
def test_changelog_begins_with_the_version_of_the_manifest(addon):
    """Whoever raises a version says what is new in it."""
    versions = re.findall(r"^## (\S+)", (CHECKOUT / addon / "CHANGELOG.md").read_text(), re.M)
    assert versions[0] == databases.manifest(CHECKOUT / addon)["version"]
    assert versions == sorted(versions, key=lambda text: [*map(int, text.split("."))])[::-1]


@pytest.mark.parametrize("addon", ADDONS)
def test_fragments(addon):
    folder = CHECKOUT / addon / "readme"
    names = {path.stem for path in folder.glob("*.md")}
    assert {"DESCRIPTION", "INSTALL", "CONFIGURE", "USAGE"} <= names <= set(readme.FRAGMENTS)
    # Nothing waits under a name that towncrier does not know.
    waiting = {path.name for path in (folder / "newsfragments").iterdir()} - {".gitkeep"}
    assert all(re.fullmatch(r"\+[a-z0-9_]+\.(feature|bugfix)\.md", name) for name in waiting)


def test_readmes_are_up_to_date():
    assert readme.outdated() == []


def test_an_outdated_readme_is_found_and_written(copied):
    assert readme.outdated() == []
    with open(copied / "readme" / "USAGE.md", "a") as fragment:
        fragment.write("\nOne more word.\n")
    assert readme.outdated() == [copied.name]
    readme.main([])
    assert readme.outdated() == []
    assert "One more word." in (copied / "README.md").read_text()


def test_changelog_is_made_from_fragments(copied):
    for waiting in (copied / "readme" / "newsfragments").glob("+*"):
        waiting.unlink()
    fragment = copied / "readme" / "newsfragments" / "+bells.feature.md"
    fragment.write_text("Bells ring.\n")
    earlier = (copied / "CHANGELOG.md").read_text().split("## ", 1)[1]
    assert readme.main(["--release", copied.name]) == 0
    text = (copied / "CHANGELOG.md").read_text()
    assert re.search(
        r"below -->\n\n## 19\.0\.99\.0\.0 \(\d{4}-\d\d-\d\d\)\n\n### New\n\n- Bells ring\.\n", text
    ), text[:900]
    assert text.endswith(f"- Bells ring.\n\n\n## {earlier}")
    assert not fragment.exists()
