"""A pytest plugin: a skipped test has failed, and counts and times are left for ./dev.

A test that needs a browser is skipped by Odoo when none starts: nobody would notice.
``CPP_ALLOW_SKIPS=1`` lets tests be skipped (core's own suites do it for reasons of their own).
"""

import gc
import json
import os
from pathlib import Path

import pytest

_counts = {"passed": 0, "failed": 0, "skipped": 0}
_seconds = {}


def _allowed():
    return os.environ.get("CPP_ALLOW_SKIPS") == "1"


def pytest_collection_finish(session):
    """Have Python look for garbage less often, and never in what Odoo has loaded: a tenth of the
    time of tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Turn skips into failures."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and not hasattr(report, "wasxfail") and not _allowed():
        reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid}\n{reason}\nA skipped test counts as failed."


def pytest_collectreport(report):
    """A whole file that skips itself fails too."""
    if report.skipped and not _allowed():
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: skipped while collecting. That counts as failed."


def pytest_runtest_logreport(report):
    """Count tests: a test failed if any of its phases did. Parts of a test do not count."""
    if report.passed and hasattr(report, "context"):
        return
    _seconds[report.nodeid] = _seconds.get(report.nodeid, 0.0) + report.duration
    if report.failed:
        _counts["failed"] += 1
    elif report.when == "call" and report.passed:
        _counts["passed"] += 1
    elif report.skipped:
        _counts["skipped"] += 1
    if report.when == "teardown":
        _leave()


def pytest_sessionfinish(session):
    """Leave counts and times where ./dev asked for them."""
    _leave()


def _leave():
    path = os.environ.get("CPP_TEST_COUNTS")
    if path:
        part = Path(f"{path}.part")
        part.write_text(json.dumps({"counts": _counts, "seconds": _seconds}))
        part.replace(path)
