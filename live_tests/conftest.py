"""Tests against a real server with two worker processes on a committed database.

``server`` is shared by all tests of a file: each makes its own records.
"""

import datetime
import time

import pytest

from devtools.live_server import LiveServer

# Of the longest test that counts days, on a slow machine.
SECONDS_OF_ONE_DAY = 180


@pytest.fixture(scope="module")
def server():
    """A running server; see :class:`devtools.live_server.LiveServer`."""
    with LiveServer() as running:
        yield running


@pytest.fixture
def one_day():
    """Wait for a day that does not end meanwhile: no process of a real server can be told the
    time."""
    now = datetime.datetime.now(datetime.timezone.utc)
    midnight = (now + datetime.timedelta(days=1)).replace(hour=0, minute=0, second=0)
    left = (midnight - now).total_seconds()
    if left < SECONDS_OF_ONE_DAY:
        time.sleep(left + 1)
