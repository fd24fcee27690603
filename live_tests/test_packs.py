"""Archives on committed data: asked for at the same instant, and killed half way."""

import os
import signal
import threading
import time

import pytest
from test_quote_races import PEOPLE, query, sign_in

from devtools.browser import form_token

INVOICES = 6

SETUP = f"""
from odoo import Command
env.company.portal_show_invoices = True
customer = env["res.partner"].search([("name", "=", "Carreras SL")], limit=1)
product = env["product.product"].search([("name", "=", "Race product")], limit=1)
for number in range({INVOICES}):
    env["account.move"].create({{
        "move_type": "out_invoice", "partner_id": customer.id, "invoice_payment_term_id": False,
        "invoice_line_ids": [Command.create({{
            "product_id": product.id, "price_unit": 100, "tax_ids": [Command.clear()]}})],
    }}).action_post()
"""

# Each file that is made is written down, and takes so many seconds.
WORKER = """
import time
from odoo.addons.customer_portal_plus.models.payment import customer_portal_pack
from odoo.addons.customer_portal_plus.models.payment.account_move_pdf import AccountMove
customer_portal_pack.MAKING_BATCH = 2

def make(move):
    with open({made!r}, "a") as made:
        made.write(move.name + chr(10))
    time.sleep({seconds})
    return b"%PDF", move.name

AccountMove._portal_print = make
env["customer.portal.pack"]._cron_make()
"""


@pytest.fixture(scope="module")
def customer(server):
    server.run_code(PEOPLE)
    server.run_code(SETUP)
    return server, sign_in(server, "race_uno")


def ask(server, session, answers):
    page = session.get(f"{server.base_url}/my/invoices", timeout=60).text
    form = {"csrf_token": form_token(page), "all": "1", "filterby": "all"}
    answer = session.post(
        f"{server.base_url}/my/invoices/download", data=form, timeout=60, allow_redirects=False
    )
    answers.append((answer.status_code, answer.headers.get("Location")))


def files(server):
    rows = query(server, "SELECT pack_id, move_ref FROM customer_portal_pack_file")
    contents = query(
        server,
        "SELECT res_id FROM ir_attachment WHERE res_model = 'customer.portal.pack.file'",
    )
    assert len(contents) == len(rows)
    return len(rows)


def pack(server):
    return query(server, "SELECT state, done_count, document_count FROM customer_portal_pack")


def test_asked_ten_times_at_once_one_is_made(customer):
    server, session = customer
    answers = []
    threads = [
        threading.Thread(target=ask, args=(server, session, answers)) for _number in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(answers) == 10
    assert len(set(answers)) == 1, answers
    assert answers[0][0] == 303 and "/my/invoices/packs/" in answers[0][1]
    assert pack(server) == [("making", 0, INVOICES)]


def test_killed_half_way_it_goes_on(customer, tmp_path):
    server, session = customer
    made = tmp_path / "made"
    process = server.start_code(WORKER.format(made=str(made), seconds=0.5))
    deadline = time.monotonic() + 120
    # In the middle of the second batch.
    while len(made.read_text().split() if made.exists() else ()) < 3:
        assert time.monotonic() < deadline, "nothing was made"
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert pack(server) == [("making", 2, INVOICES)]
    assert files(server) == 2
    mails = "SELECT count(*) FROM mail_message WHERE model = 'customer.portal.pack'"
    assert query(server, mails) == [(0,)]

    # Two at once: each file is made once by them, and one mail leaves.
    processes = [
        server.start_code(WORKER.format(made=str(tmp_path / f"made{side}"), seconds=0))
        for side in "ab"
    ]
    assert [process.wait(180) for process in processes] == [0, 0]
    server.run_code("env['customer.portal.pack']._cron_make()")
    assert pack(server) == [("ready", INVOICES, INVOICES)]
    assert files(server) == INVOICES
    assert query(server, mails) == [(1,)]

    answers = []
    ask(server, session, answers)
    page = session.get(f"{server.base_url}{answers[0][1]}", timeout=60).text
    answer = session.post(
        f"{server.base_url}{answers[0][1]}/download",
        data={"csrf_token": form_token(page), "part": "1"},
        timeout=60,
    )
    assert answer.content.startswith(b"PK")
    assert answer.content.count(b"PK\x01\x02") == INVOICES + 2
