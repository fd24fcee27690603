"""Monthly statements on committed data: the job is killed before and after a commit, runs in two
processes at once, and is repeated; each customer gets one mail."""

import os
import signal
import time

import pytest
from test_quote_races import query

CUSTOMERS = 6

SETUP = f"""
from datetime import date, timedelta
from odoo import Command, fields
env.company.write({{
    'email': 'nosotros@example.com', 'portal_show_invoices': True, 'portal_show_statement': True,
    'portal_send_statements': True, 'portal_statement_day': 1,
}})
env.company.portal_statements_since = date(2020, 1, 1)
product = env['product.product'].create({{'name': 'Tornillo', 'taxes_id': [Command.clear()]}})
day = fields.Date.today().replace(day=1) - timedelta(days=10)
for number in range({CUSTOMERS}):
    customer = env['res.partner'].create({{
        'name': f'Cliente {{number}}', 'is_company': True, 'email': f'c{{number}}@example.com',
    }})
    env['account.move'].create({{
        'move_type': 'out_invoice', 'partner_id': customer.id, 'invoice_date': day,
        'invoice_line_ids': [Command.create({{
            'product_id': product.id, 'price_unit': 100, 'tax_ids': [Command.clear()],
        }})],
    }}).action_post()
"""

# The mail server writes down to whom it was handed a mail.
MAIL_SERVER = """
import time
from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.addons.customer_portal_plus.models.statement import customer_portal_statement_mail
from odoo.addons.mail.models.mail_mail import MailMail

def send_email(server, message, *args, **kwargs):
    with open({sent!r}, 'a') as sent:
        sent.write(message['To'].replace(' ', '') + chr(10))
    return message['Message-Id']

IrMail_Server._connect__ = lambda *args, **kwargs: None
IrMail_Server.send_email = send_email

def stop_here():
    open({stopped!r}, 'w').close()
    time.sleep(600)
"""

# The third customer's mail is made, and not committed.
STOP_BEFORE = """
Mail = customer_portal_statement_mail.CustomerPortalStatementMail
real_send = Mail._send

def send(mail):
    done = real_send(mail)
    if len(open({sent!r}).read().split()) == 2:
        stop_here()
    return done

open({sent!r}, 'a').close()
Mail._send = send
"""

# The next mail is committed, and has not left.
STOP_AFTER = """
MailMail.send = lambda mails, *args, **kwargs: stop_here()
"""

# Both processes wait for the same lock, so that they begin together.
RUN = """
env.cr.execute("SELECT pg_advisory_lock_shared(4243)")
env.cr.commit()
env['customer.portal.statement.mail']._cron_send()
"""


@pytest.fixture
def files(tmp_path):
    return {"sent": str(tmp_path / "sent"), "stopped": str(tmp_path / "stopped")}


def sent(files):
    with open(files["sent"]) as file:
        return file.read().split()


def kill_half_way(server, files, where):
    """Kill the job where it stops."""
    process = server.start_code((MAIL_SERVER + where + RUN).format(**files))
    deadline = time.monotonic() + 120
    while not os.path.exists(files["stopped"]):
        assert time.monotonic() < deadline, "the job has not come so far"
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    os.remove(files["stopped"])


def run_two(server, files):
    """Run the job in two processes at once, to the end."""
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(4243)")
        code = (MAIL_SERVER + RUN).format(**files)
        processes = [server.start_code(code) for _number in range(2)]
        time.sleep(2)
        cursor.execute("SELECT pg_advisory_unlock(4243)")
    assert [process.wait(120) for process in processes] == [0, 0]


def test_killed_half_way_and_repeated_mails_once(server, files, one_day):
    server.run_code(SETUP)
    kill_half_way(server, files, STOP_BEFORE)
    assert len(sent(files)) == 2
    assert query(server, "SELECT count(*) FROM customer_portal_statement_mail") == [(2,)]

    kill_half_way(server, files, STOP_AFTER)
    assert len(sent(files)) == 2
    assert query(server, "SELECT count(*) FROM customer_portal_statement_mail") == [(3,)]

    run_two(server, files)
    run_two(server, files)
    # What was committed and had not left is in the queue of mails.
    assert len(sent(files)) == CUSTOMERS - 1
    queue = "env['mail.mail'].process_email_queue()"
    for _number in range(2):
        server.run_code((MAIL_SERVER + queue).format(**files))

    receivers = sent(files)
    assert len(receivers) == len(set(receivers)) == CUSTOMERS
    rows = query(
        server,
        "SELECT count(*), count(DISTINCT customer_id), count(DISTINCT scheduled_for)"
        " FROM customer_portal_statement_mail",
    )
    assert rows == [(CUSTOMERS, CUSTOMERS, 1)]
    done = query(server, "SELECT count(*) FROM res_company WHERE portal_statements_done IS NULL")
    assert done == [(0,)]
