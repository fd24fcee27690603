"""The portal's log on committed data: what survives failures, updates and the addon's removal."""

import subprocess

import psycopg2
import pytest
import requests

from devtools import odoo_command
from devtools.live_server import LiveServer

CUSTOMER = """
user = env['res.users'].create({
    'name': 'Compras', 'login': 'compras', 'password': 'compras-2026', 'email': 'c@example.com',
    'group_ids': [(6, 0, [env.ref('base.group_portal').id])],
})
env['customer.portal.event']._log('data', contact=user.partner_id, detail='kept')
"""


def rows(server, condition="true"):
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            f"SELECT kind, partner_name, detail FROM customer_portal_event WHERE {condition}"
        )
        return cursor.fetchall()


def odoo(server, *arguments):
    """Run Odoo once on the server's database; return its log."""
    done = subprocess.run(
        odoo_command.command("-d", server.database, "--no-http", "--stop-after-init", *arguments),
        env=odoo_command.environ(server.cluster),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.fixture
def own_server():
    """A server that no other test shares: the addon is removed from it."""
    with LiveServer() as running:
        running.run_code(CUSTOMER)
        yield running


def test_failed_sign_in_survives_its_own_failure(own_server):
    """The request that fails is rolled back; what it has noted is not."""
    session = requests.Session()
    page = session.get(f"{own_server.base_url}/web/login", timeout=60).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"csrf_token": token, "login": "compras", "password": "wrong"}
    session.post(f"{own_server.base_url}/web/login", data=form, timeout=60)
    assert rows(own_server, "kind = 'sign_in_failed'") == [("sign_in_failed", "Compras", None)]


def test_entries_survive_an_update_and_go_with_the_addon(own_server):
    odoo(own_server, "-u", "customer_portal_plus")
    assert ("data", "Compras", "kept") in rows(own_server)
    with own_server.connect() as connection, connection.cursor() as cursor:
        with pytest.raises(psycopg2.errors.RestrictViolation):
            cursor.execute("DELETE FROM customer_portal_event")
    own_server.run_code(
        "env['ir.module.module'].search([('name', '=', 'customer_portal_plus')])"
        ".button_immediate_uninstall()"
    )
    with own_server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('customer_portal_event')")
        assert cursor.fetchone() == (None,)
        cursor.execute("SELECT count(*) FROM pg_proc WHERE proname LIKE 'cpp\\_%'")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'cpp\\_%'")
        assert cursor.fetchone() == (0,)


def test_made_users_are_never_kept(own_server):
    """A user made for a preview can't be committed, even by code that means to."""
    outcome = own_server.run_code(
        """
contact = env['res.partner'].create({'name': 'Almacen'})
env.cr.commit()
env['customer.portal.preview']._make_user(contact, env.company)
try:
    env.cr.commit()
    print('COMMITTED')
except Exception as error:
    print(type(error).__name__)
    env.cr.rollback()
"""
    )
    assert "RestrictViolation" in outcome
    assert "COMMITTED" not in outcome
