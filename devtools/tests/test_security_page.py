"""docs/security.md names every chapter of its standard, and tests that there are."""

import re

from devtools.common import CHECKOUT

PAGE = (CHECKOUT / "docs" / "security.md").read_text()
CHAPTERS = range(1, 18)


def test_every_chapter_is_there():
    headings = " ".join(re.findall(r"^## (.*)$", PAGE, re.MULTILINE))
    missing = [number for number in CHAPTERS if not re.search(rf"\bV{number}\b", headings)]
    assert missing == []


def test_named_tests_exist():
    named = re.findall(r"`((?:[\w/]+/)?test_\w+\.py)`", PAGE)
    assert named
    missing = [
        name
        for name in named
        if not (CHECKOUT / name).is_file()
        and not (CHECKOUT / "customer_portal_plus" / "tests" / name).is_file()
    ]
    assert missing == []
