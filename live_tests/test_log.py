"""The portal's log on committed data: what survives failures."""

import requests

CUSTOMER = """
env['res.users'].create({
    'name': 'Compras', 'login': 'compras', 'password': 'compras-2026', 'email': 'c@example.com',
    'group_ids': [(6, 0, [env.ref('base.group_portal').id])],
})
"""


def rows(server, condition="true"):
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            f"SELECT kind, partner_name, detail FROM customer_portal_event WHERE {condition}"
        )
        return cursor.fetchall()


def test_failed_sign_in_survives_its_own_failure(server):
    """The request that fails is rolled back; what it has noted is not."""
    server.run_code(CUSTOMER)
    session = requests.Session()
    page = session.get(f"{server.base_url}/web/login", timeout=60).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"csrf_token": token, "login": "compras", "password": "wrong"}
    session.post(f"{server.base_url}/web/login", data=form, timeout=60)
    assert rows(server, "kind = 'sign_in_failed'") == [("sign_in_failed", "Compras", None)]


def test_made_users_are_never_kept(server):
    """A user made for a preview can't be committed, even by code that means to."""
    outcome = server.run_code(
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
