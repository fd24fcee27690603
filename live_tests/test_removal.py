"""Updating the addon and removing it, on committed data: updates keep the log and the evidence of
signatures; removal takes their tables, but leaves every signed file with its certificate where
staff find it. One server is updated, and then the addon is removed from it: the tests of this file
run in their order."""

import hashlib
import json
import subprocess

import psycopg2
import pytest
from test_quote_races import query

from devtools import odoo_command
from devtools.live_server import LiveServer

ACCEPTED = """
from odoo import Command
customer = env["res.partner"].create({"name": "Pruebas SL", "is_company": True})
contact = env["res.partner"].create(
    {"name": "Compras", "parent_id": customer.id, "email": "compras@example.com"})
contact.portal_profile_id = env.ref("customer_portal_plus.profile_full")
product = env["product.product"].create({"name": "Tornillo", "list_price": 10})
order = env["sale.order"].create({
    "partner_id": contact.id, "require_signature": False, "require_payment": False,
    "order_line": [Command.create({"product_id": product.id})]})
order.state = "sent"
order._portal_accept_quote(contact, facts={"ip_address": "192.0.2.1"})
"""

SIGNED = f"""{ACCEPTED}
import base64, io
from reportlab.pdfgen import canvas
page = io.BytesIO()
drawing = canvas.Canvas(page)
drawing.drawString(72, 720, "Contrato")
drawing.save()
contract = env["customer.portal.document"].create({{
    "name": "Contrato", "partner_id": customer.id, "to_sign": True,
    "file": base64.b64encode(page.getvalue()), "file_name": "contrato.pdf"}})
contract.state = "sent"
signing = contract._portal_prepare_signing(contact)
contract._portal_sign(
    signing, contact, signing.sha256, {{}}, method="type", signer_name="Compras", consent_text="Si")
env["customer.portal.event"]._log("data", contact=contact, detail="kept")
env.cr.commit()
env["customer.portal.signature"]._cron_deliver()
print("SIGNED", order.id, customer.id)
"""

VERIFY = """
from odoo.addons.customer_portal_plus.cli.portalverify import verify
print("HOLDS", verify(env))
"""

FILES = """
import json
from odoo.tools.pdf import PdfReader
import io
for file in env["ir.attachment"].search([("description", "=", "customer.portal.signature")]):
    names = PdfReader(io.BytesIO(file.raw)).attachments if file.raw[:4] == b"%PDF" else {}
    if "evidence.json" in names:
        print("FILE", file.res_model, file.res_id, bool(file.res_field), json.dumps(
            json.loads(names["evidence.json"][0])))
"""


@pytest.fixture(scope="module")
def updated():
    """A server that no other file shares, with data; its addon has been updated."""
    with LiveServer() as server:
        told = server.run_code(SIGNED)
        _word, order, customer = told[told.index("SIGNED") :].split()[:3]
        server.files_on = [["res.partner", customer, "False"], ["sale.order", order, "False"]]
        server.before = query(server, "SELECT * FROM customer_portal_signature ORDER BY id")
        update = subprocess.run(
            odoo_command.command(
                *("-d", server.database, "--no-http", "--stop-after-init"),
                *("-u", "customer_portal_plus"),
            ),
            env=odoo_command.environ(server.cluster),
            capture_output=True,
            text=True,
        )
        assert update.returncode == 0, update.stderr
        yield server


@pytest.fixture(scope="module")
def removed(updated):
    """The same server, without the addon."""
    updated.run_code(
        "env['ir.module.module'].search([('name', '=', 'customer_portal_plus')])"
        ".button_immediate_uninstall()"
    )
    return updated


def _assert_refused(server, *statements):
    for statement in statements:
        with pytest.raises(psycopg2.errors.RestrictViolation):
            query(server, statement)


def test_update_keeps_evidence(updated):
    assert len(updated.before) == 2
    assert query(updated, "SELECT * FROM customer_portal_signature ORDER BY id") == updated.before
    _assert_refused(
        updated,
        "UPDATE customer_portal_signature SET signer_name = 'Otro'",
        "DELETE FROM customer_portal_signature",
        "TRUNCATE customer_portal_signature CASCADE",
    )
    assert "HOLDS True" in updated.run_code(VERIFY)


def test_update_keeps_the_log(updated):
    rows = query(updated, "SELECT kind, partner_name, detail FROM customer_portal_event")
    assert [row for row in rows if row[0] == "data"] == [("data", "Compras", "kept")]
    _assert_refused(updated, "DELETE FROM customer_portal_event")


def test_removal_takes_tables_and_functions(removed):
    for table in ("customer_portal_signature", "customer_portal_event"):
        assert query(removed, f"SELECT to_regclass('{table}')") == [(None,)]
    assert query(removed, "SELECT count(*) FROM pg_proc WHERE proname LIKE 'cpp\\_%'") == [(0,)]
    assert query(removed, "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'cpp\\_%'") == [(0,)]


def test_signed_files_outlive_the_addon(removed):
    told = removed.run_code(FILES)
    files = [line.split(" ", 4)[1:] for line in told.splitlines() if line.startswith("FILE")]
    assert sorted(file[:3] for file in files) == removed.files_on
    # What they carry can be checked by anybody, without the addon.
    for *_place, text in files:
        proof = json.loads(text)
        link = {name: proof[name] for name in ("sequence", "previous_hash", "payload")}
        canonical = json.dumps(link, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(canonical.encode()).hexdigest() == proof["hash"]
