"""Killed while a signed file is sealed, on committed data: it is unsealed or whole, never half."""

import os
import signal
import time

import pytest
from test_quote_races import query

from devtools.live_server import LiveServer

SIGNED = """
from odoo import Command
company = env.company
env["customer.portal.seal.certificate"]._make_trial(company)
company.portal_seal_files = True
customer = env["res.partner"].create({"name": "Sellos SL", "is_company": True})
contact = env["res.partner"].create(
    {"name": "Compras", "parent_id": customer.id, "email": "compras@example.com"})
contact.portal_profile_id = env.ref("customer_portal_plus.profile_full")
product = env["product.product"].create({"name": "Tornillo", "list_price": 10})
order = env["sale.order"].create({
    "partner_id": contact.id, "require_signature": False, "require_payment": False,
    "order_line": [Command.create({"product_id": product.id})]})
order.state = "sent"
order._portal_accept_quote(contact, facts={"ip_address": "192.0.2.1"})
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
