"""The portal's log on committed data: what survives failures."""

from devtools.browser import Browser

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
    Browser(server.base_url).sign_in("compras", "wrong")
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
