"""Access that is taken away in one worker is gone in the other one, at once.

A worker keeps in memory what it has looked up: whose session this is, what a user may do. Here
each of the two workers is asked on its own, the other one being halted.
"""

import contextlib
import os
import signal
import time
from pathlib import Path

import pytest
import requests

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


def http_workers(server):
    """Return the numbers of the processes that answer requests, when all of them are there."""
    deadline = time.monotonic() + 30
    found = []
    while len(found) < server.workers and time.monotonic() < deadline:
        found = []
        for pid in server.worker_pids():
            with contextlib.suppress(OSError):
                # The one for long polling was started as a program of its own.
                if b"gevent" not in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                    found.append(pid)
        time.sleep(0.1)
    return found


@contextlib.contextmanager
def only(server, chosen):
    """Have one worker alone answer; the other ones are halted meanwhile."""
    others = [pid for pid in http_workers(server) if pid != chosen]
    for pid in others:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in others:
            os.kill(pid, signal.SIGCONT)


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
        session = requests.Session()
        page = session.get(f"{self.base}/web/login", timeout=60).text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        form = {"csrf_token": token, "login": login, "password": password}
        session.post(f"{self.base}/web/login", data=form, timeout=60)
        return session

    def _opens(self, path, session=requests):
        answer = session.get(self.base + path, allow_redirects=False, timeout=60)
        return answer.status_code == 200

    def opens(self):
        """Return what still opens, each by its name."""
        api = requests.post(
            f"{self.base}/json/2/sale.order/search_count",
            json={"domain": []},
            headers={"Authorization": f"bearer {self.key}"},
            timeout=60,
        )
        tries = {
            "session": self._opens("/my", self.session),
            "session on the document": self._opens(self.page, self.session),
            "api key": api.status_code == 200,
            "core token": self._opens(f"{self.page}?access_token={self.token}"),
            "personal link": not self._opens(self.link)
            and requests.get(self.base + self.link, timeout=60).status_code == 200,
            "page that the link opened": self._opens(self.page, self.guest),
        }
        return {name for name, opened in tries.items() if opened}


@pytest.fixture
def holder(server):
    yield Holder(server)
    server.run_code(TIDY.format(logins=[STAFF[0], CONTACT[0]]))


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
def test_taken_away_in_one_worker_and_tried_on_the_other(server, holder, model, values, left):
    workers = http_workers(server)
    assert len(workers) == 2
    first, second = workers
    staff = holder.sign_in(*STAFF)
    for worker in workers:  # Each has all of it in memory.
        with only(server, worker):
            assert holder.opens() == EVERYTHING
    with only(server, first):
        number = holder.customer if model == "res.partner" else holder.user
        answer = staff.post(
            f"{holder.base}/web/dataset/call_kw/{model}/write",
            json={
                "params": {
                    "model": model, "method": "write", "args": [[number], values], "kwargs": {},
                }
            },
            timeout=60,
        )  # fmt: skip
        assert answer.json().get("result") is True, answer.text
        taken_away = time.monotonic()
    with only(server, second):
        # The first try of each is refused, and these begin at once.
        assert time.monotonic() - taken_away < 1
        assert holder.opens() == left
    with only(server, first):
        assert holder.opens() == left
