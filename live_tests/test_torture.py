"""A small share of ``./dev torture``; ``./dev test --all`` has a larger one. What has failed once
is kept in ``histories`` and tried each time."""

import os
import re
from pathlib import Path

import pytest

from devtools import torture

EVERYTHING = bool(os.environ.get("CPP_TEST_ALL"))
REQUESTS, CALLS, HISTORIES = (6000, 6000, 120) if EVERYTHING else (1500, 500, 6)
KEPT = sorted((Path(__file__).parent / "histories").glob("*.json"))


@pytest.fixture(scope="module")
def server():
    with torture.start_server() as running:
        yield running


@pytest.fixture(scope="module")
def world(server):
    return torture.prepare(server)


def test_histories_that_are_kept(server):
    told = torture.replay(server, KEPT)
    # They are about something: most of it was done.
    assert len(re.findall(r"\d+ \w+", told.split("done:")[1])) > 5


def test_histories_by_chance(server):
    told = torture.run_histories(server, HISTORIES, 1)
    acts, done = map(int, re.search(r"(\d+) acts of contacts, (\d+) of", told).groups())
    assert acts > done > HISTORIES


def test_requests_by_chance(server, world):
    told = torture.ask_routes(server, world, REQUESTS, 1)
    asked, routes = map(int, re.search(r"to (\d+) of (\d+) routes", told).groups())
    assert asked > routes / 2
    # Some of them were let in, and some were not.
    assert re.search(r"\b200: \d", told)
    assert re.search(r"\b404: \d", told)


def test_calls_by_chance(server, world):
    told = torture.call_methods(server, world, CALLS, 1)
    answered, refused = map(int, re.search(r"(\d+) answered, (\d+) said no", told).groups())
    assert answered > CALLS / 50
    assert refused > CALLS / 10
