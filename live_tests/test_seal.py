"""Killed while a signed file is sealed, on committed data: it is unsealed or whole, never half."""

import os
import signal
import time

import pytest
from test_quote_races import query
from test_removal import ACCEPTED

from devtools.live_server import LiveServer

SIGNED = f"""
env["customer.portal.seal.certificate"]._make_trial(env.company)
env.company.portal_seal_files = True
{ACCEPTED}
# Delivered here, and by no other process.
env.ref("customer_portal_plus.ir_cron_deliver_signatures").active = False
"""

# Stops at a place, having written down that it is there.
WORKER = """
import time
from pathlib import Path
from odoo.addons.customer_portal_plus.models.signing.customer_portal_sign_mixin import (
    CustomerPortalSignMixin,
)
from odoo.addons.customer_portal_plus_seal.tools import pdf_seal

def stop_after(function):
    def stopping(*args, **kwargs):
        result = function(*args, **kwargs)
        Path({mark!r}).touch()
        time.sleep(120)
        return result
    return stopping

if {place!r} == "sealed":
    pdf_seal.seal = stop_after(pdf_seal.seal)
elif {place!r} == "attached":
    CustomerPortalSignMixin._portal_attach = stop_after(CustomerPortalSignMixin._portal_attach)
env["customer.portal.signature"]._cron_deliver()
"""

LOOK = """
from odoo.addons.customer_portal_plus.cli.portalverify import verify
from odoo.addons.customer_portal_plus_seal.tools.pdf_inspection import inspect
for seal in env["customer.portal.seal"].search([]):
    file = seal.signature_id._delivered_file()
    print("SEAL", seal.level, inspect(file.raw).is_sound, verify(env, [file.raw], lambda line: 0))
"""


@pytest.fixture(scope="module")
def sealing():
    with LiveServer(with_bridges=True) as server:
        server.run_code(SIGNED)
        yield server


def test_killed_while_sealing(sealing, tmp_path):
    for place in ("sealed", "attached"):
        mark = tmp_path / place
        process = sealing.start_code(WORKER.format(mark=str(mark), place=place))
        deadline = time.monotonic() + 120
        while not mark.exists():
            assert time.monotonic() < deadline, f"nothing was {place}"
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert query(sealing, "SELECT count(*) FROM customer_portal_seal") == [(0,)]
        delivered = "SELECT count(*) FROM customer_portal_signature WHERE delivered_sha256 <> ''"
        assert query(sealing, delivered) == [(0,)]
    assert "SEAL b True True" in sealing.run_code(WORKER.format(mark="", place="") + LOOK)
