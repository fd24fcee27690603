"""Access that is taken away in one worker is gone in the other one, at once.

A worker keeps in memory what it has looked up: whose session this is, what a user may do. Here
two servers share a database and its files, with one worker each, so that each can be asked alone.
"""

import pytest
import requests

from devtools.browser import Browser
from devtools.live_server import LiveServer

STAFF, CONTACT = ("live_staff", "live-Staff-2026"), ("live_contact", "live-Contact-2026")

SETUP = """
from datetime import timedelta
from odoo import Command, fields
env['ir.config_parameter'].set_param('portal.allow_api_keys', 'True')
env['res.lang']._activate_lang('en_US')
company = env.company
staff = env['res.users'].create({{
    'name': 'Ventas', 'login': {staff[0]!r}, 'password': {staff[1]!r}, 'email': 's@example.com',
    'group_ids': [Command.link(env.ref(group).id) for group in (
        'base.group_user', 'sales_team.group_sale_salesman_all_leads', 'base.group_partner_manager',
        'base.group_system')],
}})
customer = env['res.partner'].create({{'name': 'Alfa SL', 'is_company': True, 'lang': 'en_US'}})
contact = env['res.partner'].create({{
    'name': 'Compras', 'parent_id': customer.id, 'email': 'c@example.com', 'lang': 'en_US'}})
user = env['res.users'].create({{
    'name': 'Compras', 'login': {contact[0]!r}, 'password': {contact[1]!r},
    'partner_id': contact.id, 'email': 'c@example.com',
    'group_ids': [Command.set([env.ref('base.group_portal').id])],
}})
product = env['product.product'].create({{'name': 'Tornillo', 'list_price': 10.0}})
quote = env['sale.order'].create({{
    'partner_id': customer.id, 'order_line': [Command.create({{'product_id': product.id}})]}})
quote.state = 'sent'
key = env['res.users.apikeys'].with_user(user)._generate(
    'rpc', 'live', fields.Datetime.now() + timedelta(days=1))
link = env['customer.portal.link']._make(quote, contact)
print('RESULT', customer.id, user.id, quote.id, key, quote._portal_ensure_token(), link)
"""

TIDY = """
users = env['res.users'].search([('login', 'in', {logins!r})])
for user in users:
    user.write({{'login': f'{{user.login}} {{user.id}}', 'active': False}})
"""


class Holder:
    """What a contact holds: each opens something as long as the contact has access."""

    def __init__(self, server):
        self.base = server.base_url
        self.server = server
        output = server.run_code(SETUP.format(staff=STAFF, contact=CONTACT))
        line = next(line for line in output.splitlines() if line.startswith("RESULT "))
        customer, user, quote, self.key, self.token, self.link = line.split()[1:]
        self.customer, self.user, self.page = int(customer), int(user), f"/my/orders/{quote}"
        self.session = self.sign_in(*CONTACT)
        self.guest = requests.Session()
        self.guest.get(self.base + self.link, timeout=60)

    def sign_in(self, login, password):
        browser = Browser(self.base)
        browser.sign_in(login, password)
        return browser

    def _opens(self, base, path, session=requests):
        answer = session.get(base + path, allow_redirects=False, timeout=60)
        return answer.status_code == 200

    def opens(self, base):
        """Return what a server still opens, each by its name."""
        api = requests.post(
            f"{base}/json/2/sale.order/search_count",
            json={"domain": []},
            headers={"Authorization": f"bearer {self.key}"},
            timeout=60,
        )
        tries = {
            "session": self._opens(base, "/my", self.session),
            "session on the document": self._opens(base, self.page, self.session),
            "api key": api.status_code == 200,
            "core token": self._opens(base, f"{self.page}?access_token={self.token}"),
            "personal link": not self._opens(base, self.link)
            and requests.get(base + self.link, timeout=60).status_code == 200,
            "page that the link opened": self._opens(base, self.page, self.guest),
        }
        return {name for name, opened in tries.items() if opened}


@pytest.fixture(scope="module")
def servers():
    with LiveServer(workers=1) as first, first.beside() as second:
        yield first, second


@pytest.fixture
def holder(servers):
    yield Holder(servers[0])
    servers[0].run_code(TIDY.format(logins=[STAFF[0], CONTACT[0]]))


EVERYTHING = {
    "session", "session on the document", "api key", "core token", "personal link",
    "page that the link opened",
}  # fmt: skip


@pytest.mark.parametrize(
    "model, values, left",
    [
        # The customer is switched off: nothing of it opens, by no way.
        ("res.partner", {"portal_access": False}, set()),
        # One contact loses its user: the document's own token was never this contact's alone.
        ("res.users", {"active": False}, {"core token"}),
    ],
)
def test_taken_away_in_one_worker_and_tried_on_the_other(servers, holder, model, values, left):
    first, second = (server.base_url for server in servers)
    staff = holder.sign_in(*STAFF)
    for base in (first, second):  # Each has all of it in memory.
        assert holder.opens(base) == EVERYTHING
    number = holder.customer if model == "res.partner" else holder.user
    answer = staff.post(
        f"{first}/web/dataset/call_kw/{model}/write",
        json={
            "params": {"model": model, "method": "write", "args": [[number], values], "kwargs": {}}
        },
        timeout=60,
    )
    assert answer.json().get("result") is True, answer.text
    # The first try of each, which follows at once, is refused.
    assert holder.opens(second) == left
    assert holder.opens(first) == left
