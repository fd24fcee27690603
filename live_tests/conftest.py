"""Tests against a real server with two worker processes on a committed database.

``server`` is shared by all tests of a file: each makes its own records.
"""

import pytest

from devtools.live_server import LiveServer


@pytest.fixture(scope="module")
def server():
    """A running server; see :class:`devtools.live_server.LiveServer`."""
    with LiveServer() as running:
        yield running
