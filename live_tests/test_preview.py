"""See as customer on a real server: whatever ends a request, its database connection comes back."""

import os
import time

import pytest
import requests

from devtools.browser import Browser, form_token
from devtools.live_server import LiveServer

CONNECTIONS = 6
# Of each type: more than there are connections.
REQUESTS = 500 if os.environ.get("CPP_TEST_ALL") else 9
STAFF = ("live_staff", "live-Staff-2026")

SETUP = """
from odoo import Command
env['res.lang']._activate_lang('en_US')
staff = env['res.users'].create({{
    'name': 'Ventas', 'login': {login!r}, 'password': {password!r}, 'email': 's@example.com',
    'group_ids': [Command.link(env.ref(group).id) for group in (
        'base.group_user', 'sales_team.group_sale_salesman_all_leads', 'base.group_system')],
}})
customer = env['res.partner'].create({{'name': 'Alfa SL', 'is_company': True, 'lang': 'en_US'}})
contact, nobody = env['res.partner'].create([
    {{'name': name, 'parent_id': customer.id, 'email': f'{{name}}@example.com', 'lang': 'en_US'}}
    for name in ('compras', 'almacen')])
env['res.users'].create({{
    'name': 'compras', 'login': 'compras', 'partner_id': contact.id,
    'group_ids': [Command.set([env.ref('base.group_portal').id])],
}})
product = env['product.product'].create({{'name': 'Tornillo', 'list_price': 10.0}})
quote = env['sale.order'].create({{
    'partner_id': customer.id, 'order_line': [Command.create({{'product_id': product.id}})]}})
quote.state = 'sent'
print('RESULT', contact.id, nobody.id, quote.id)
"""

# What is refused, missing or fails: method, address, what is sent, whether as a call.
REFUSED = {
    "form": ("POST", "/my/account/contact", {"name": "x"}, False),
    "form_without_its_token": ("POST", "/my/messages/new", {"csrf_token": ""}, False),
    "call": ("POST", "/my/orders/{quote}/accept", {"name": "x", "signature": "x"}, True),
    "call_of_a_method": (
        "POST",
        "/web/dataset/call_kw/res.partner/write",
        {"model": "res.partner", "method": "write", "args": [[1], {"name": "x"}], "kwargs": {}},
        True,
    ),
    "post_to_the_chatter": ("POST", "/mail/message/post", {"thread_id": "{quote}"}, True),
    "call_of_nothing": ("POST", "/my/nothing", {}, True),
    "page_of_nothing": ("GET", "/my/nothing", None, False),
    "document_of_nobody": ("GET", "/my/orders/99999999", None, False),
    "picture_of_nothing": ("GET", "/web/image/99999999", None, False),
    "file_of_nothing": ("GET", "/web/content/99999999", None, False),
    "file_of_a_document_of_nobody": ("GET", "/my/documents/99999999/file", None, False),
    "pdf_that_fails": ("GET", "/my/orders/{quote}?report_type=nothing", None, False),
    "headers_only": ("HEAD", "/my/nothing", None, False),
    "method_that_is_not_there": ("DELETE", "/my", None, False),
}


@pytest.fixture(scope="module")
def server():
    with LiveServer(workers=1, options=(f"--db_maxconn={CONNECTIONS}",)) as running:
        output = running.run_code(SETUP.format(login=STAFF[0], password=STAFF[1]))
        line = next(line for line in output.splitlines() if line.startswith("RESULT "))
        running.contact, running.nobody, running.quote = map(int, line.split()[1:])
        yield running


def call(session, url, params, **kwargs):
    body = {"jsonrpc": "2.0", "method": "call", "params": params}
    return session.post(url, json=body, timeout=60, **kwargs)


def start_preview(server, contact):
    """Return a session of staff who see the portal as a contact."""
    session = Browser(server.base_url)
    session.sign_in(*STAFF)
    answer = call(
        session,
        f"{server.base_url}/web/dataset/call_button/res.partner/action_portal_preview",
        {"model": "res.partner", "method": "action_portal_preview", "args": [[contact]]}
        | {"kwargs": {}},
    )
    assert answer.json()["result"]["url"] == "/my"
    return session


@pytest.mark.parametrize("kind", REFUSED)
@pytest.mark.parametrize("who", ["contact", "nobody"])
def test_what_is_refused_keeps_no_connection(server, who, kind):
    """A contact with a user and one without: for that one a user is made in each transaction."""
    method, path, sent, is_call = REFUSED[kind]
    session = start_preview(server, getattr(server, who))
    home = session.get(f"{server.base_url}/my", timeout=60)
    assert "o_portal_preview" in home.text
    url = server.base_url + path.format(quote=server.quote)
    headers = {"Referer": f"{server.base_url}/my"}
    token = form_token(home.text)
    for _time in range(REQUESTS):
        if is_call:
            answer = call(session, url, sent, headers=headers)
        else:
            form = {"csrf_token": token} | sent if sent is not None else None
            answer = session.request(method, url, data=form, headers=headers, timeout=60)
        assert answer.status_code < 500, answer.text[-2000:]
    assert "o_portal_preview" in session.get(f"{server.base_url}/my", timeout=60).text
    anybody = requests.get(f"{server.base_url}/web/login", timeout=60)
    assert anybody.status_code == 200
    assert "RecursionError" not in server.log_text()
    assert kept_connections(server) == 0, "a connection was kept"


@pytest.mark.parametrize("who", ["contact", "nobody"])
@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_files_of_lists(server, who, extension):
    """Their rows are read in the transaction that has the preview's user."""
    session = start_preview(server, getattr(server, who))
    answer = session.get(f"{server.base_url}/my/quotes/export.{extension}", timeout=60)
    assert answer.status_code == 200, answer.text[-2000:]
    if extension == "csv":
        assert len(answer.text.splitlines()) == 2
    else:
        assert answer.content.startswith(b"PK")
    assert kept_connections(server) == 0, "a connection was kept"


def kept_connections(server, seconds=20):
    """Return how many connections stay in a transaction; what is just being ended is waited for."""
    until = time.monotonic() + seconds
    while True:
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
            )
            kept = cursor.fetchone()[0]
        if not kept or time.monotonic() > until:
            return kept
        time.sleep(0.2)
