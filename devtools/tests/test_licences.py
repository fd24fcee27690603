"""What an addon builds on allows its licence."""

import pytest

from devtools import databases, environment

# Licences whose addons may be built on by one of the licence.
ALLOWS = {"LGPL-3": {"LGPL-3"}, "AGPL-3": {"LGPL-3", "AGPL-3"}}


def _built_on(addon):
    """Return the manifests of an addon and of all that it depends on, by name."""
    own = {folder.name: folder for folder in databases.addons()}
    found, waiting = {}, [addon]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = databases.manifest(own.get(name) or environment.tree().addon(name))
            waiting += found[name].get("depends", ["base"] if name != "base" else [])
    return found


@pytest.mark.parametrize("addon", [folder.name for folder in databases.addons()])
def test_licences_of_what_an_addon_builds_on(addon):
    manifests = _built_on(addon)
    licence = manifests[addon]["license"]
    others = {
        name: manifest.get("license", "LGPL-3")
        for name, manifest in manifests.items()
        if manifest.get("license", "LGPL-3") not in ALLOWS[licence]
    }
    assert not others, f"{addon} is {licence}"
    # The text that belongs to it lies beside the manifest.
    text = (databases.CHECKOUT / addon / "LICENSE").read_text()[:200]
    assert ("AFFERO" in text, "LESSER" in text) == (licence == "AGPL-3", licence == "LGPL-3")
