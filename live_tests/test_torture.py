"""A small share of ``./dev torture``; ``./dev test --all`` has a larger one."""

import os
import re

import pytest

from devtools import torture

EVERYTHING = bool(os.environ.get("CPP_TEST_ALL"))
REQUESTS, HISTORIES = (6000, 40) if EVERYTHING else (400, 3)


@pytest.fixture(scope="module")
def server():
    with torture.start_server() as running:
        yield running


def test_requests_by_chance(server):
    told = torture.ask_routes(server, REQUESTS, 1)
    asked, routes = map(int, re.search(r"to (\d+) of (\d+) routes", told).groups())
    assert asked > routes / 2
    # Some of them were let in, and some were not.
    assert re.search(r"\b200: \d", told)
    assert re.search(r"\b404: \d", told)


def test_histories_by_chance(server):
    told = torture.run_histories(server, HISTORIES, 1)
    acts, done = map(int, re.search(r"(\d+) acts of contacts, (\d+) of", told).groups())
    assert acts > done > HISTORIES
