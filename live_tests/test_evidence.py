"""Evidence of signatures on committed data: updates keep it, removing the addon takes the tables
but leaves every signed file with its certificate where staff find it."""

import hashlib
import json
import subprocess

import psycopg2
import pytest

from devtools import odoo_command
from devtools.live_server import LiveServer

SIGNED = """
import base64, io
from odoo import Command
from reportlab.pdfgen import canvas
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
page = io.BytesIO()
drawing = canvas.Canvas(page)
drawing.drawString(72, 720, "Contrato")
drawing.save()
contract = env["customer.portal.document"].create({
    "name": "Contrato", "partner_id": customer.id, "to_sign": True,
    "file": base64.b64encode(page.getvalue()), "file_name": "contrato.pdf"})
contract.state = "sent"
signing = contract._portal_prepare_signing(contact)
contract._portal_sign(
    signing, contact, signing.sha256, {}, method="type", signer_name="Compras", consent_text="Si")
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


@pytest.fixture
def own_server():
    """A server that no other test shares: the addon is removed from it."""
    with LiveServer() as running:
        yield running


def query(server, statement):
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def test_evidence_survives_an_update_and_files_outlive_the_addon(own_server):
    told = own_server.run_code(SIGNED)
    _word, order, customer = told[told.index("SIGNED") :].split()[:3]
    before = query(own_server, "SELECT * FROM customer_portal_signature ORDER BY id")
    assert len(before) == 2

    update = subprocess.run(
        odoo_command.command(
            *("-d", own_server.database, "--no-http", "--stop-after-init"),
            *("-u", "customer_portal_plus"),
        ),
        env=odoo_command.environ(own_server.cluster),
        capture_output=True,
        text=True,
    )
    assert update.returncode == 0, update.stderr
    assert query(own_server, "SELECT * FROM customer_portal_signature ORDER BY id") == before
    for statement in (
        "UPDATE customer_portal_signature SET signer_name = 'Otro'",
        "DELETE FROM customer_portal_signature",
        "TRUNCATE customer_portal_signature",
    ):
        with pytest.raises(psycopg2.errors.RestrictViolation):
            query(own_server, statement)
    assert "HOLDS True" in own_server.run_code(VERIFY)

    own_server.run_code(
        "env['ir.module.module'].search([('name', '=', 'customer_portal_plus')])"
        ".button_immediate_uninstall()"
    )
    assert query(own_server, "SELECT to_regclass('customer_portal_signature')") == [(None,)]
    told = own_server.run_code(FILES)
    files = [line.split(" ", 4)[1:] for line in told.splitlines() if line.startswith("FILE")]
    assert sorted(file[:3] for file in files) == [
        ["res.partner", customer, "False"],
        ["sale.order", order, "False"],
    ]
    # What they carry can be checked by anybody, without the addon.
    for *_place, text in files:
        proof = json.loads(text)
        link = {name: proof[name] for name in ("sequence", "previous_hash", "payload")}
        canonical = json.dumps(link, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(canonical.encode()).hexdigest() == proof["hash"]
