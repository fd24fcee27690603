"""Automatic debit on committed data: killed between the commit and the provider's answer, by two
processes at once, and repeated."""

import os
import signal
import time

import pytest
from test_quote_races import query

INVOICES = 4

SETUP = f"""
from datetime import timedelta
from odoo import Command, fields
env['ir.config_parameter'].set_param('account_payment.enable_portal_payment', 'True')
provider = env.ref('payment.payment_provider_demo')
provider.write({{'state': 'test', 'is_published': True}})
method = provider.payment_method_ids[:1]
method.active = True
env.company.portal_allow_debit = True
customer = env['res.partner'].create(
    {{'name': 'Alfa', 'is_company': True, 'email': 'a@example.com'}}
)
token = env['payment.token'].create({{
    'provider_id': provider.id, 'payment_method_id': method.id, 'partner_id': customer.id,
    'payment_details': '1234', 'provider_ref': 'demo', 'demo_simulated_state': 'done',
}})
customer.portal_main_token_id = token
product = env['product.product'].create({{'name': 'Tornillo', 'taxes_id': [Command.clear()]}})
day = fields.Date.today() - timedelta(days=20)
for number in range({INVOICES}):
    env['account.move'].create({{
        'move_type': 'out_invoice', 'partner_id': customer.id, 'invoice_date': day,
        'invoice_date_due': day, 'invoice_payment_term_id': False,
        'invoice_line_ids': [Command.create({{
            'product_id': product.id, 'price_unit': 100, 'tax_ids': [Command.clear()],
        }})],
    }}).action_post()
Debit = env['customer.portal.debit']
Debit._agree(customer, Debit._text_digest(Debit._consent_text(customer, token)))
Debit._cron_debit()
env['customer.portal.debit.attempt'].search([]).charge_on = fields.Date.today()
"""

# The provider writes down what it was asked for, and answers so many seconds later.
WORKER = """
import time
from odoo.addons.payment_demo.models.payment_transaction import PaymentTransaction as Demo

def send(tx):
    with open({asked!r}, 'a') as asked:
        asked.write(tx.reference + chr(10))
    time.sleep({seconds})
    tx._process('demo', {{'reference': tx.reference, 'simulated_state': 'done'}})

Demo._send_payment_request = send
env['customer.portal.debit']._cron_debit()
"""


def states(server):
    rows = query(server, "SELECT state FROM customer_portal_debit_attempt ORDER BY state")
    return [state for (state,) in rows]


@pytest.fixture
def debit(server, tmp_path, one_day):
    server.run_code(SETUP)
    assert states(server) == ["announced"] * INVOICES
    return tmp_path / "asked"


def run_two(server, asked, seconds=0):
    """Run the job in two processes at once, to the end."""
    code = WORKER.format(asked=str(asked), seconds=seconds)
    processes = [server.start_code(code) for _number in range(2)]
    assert [process.wait(180) for process in processes] == [0, 0]


def test_killed_half_way_and_repeated_charges_once(server, debit):
    """What was sent when the processes died is never sent again; the rest is charged once."""
    code = WORKER.format(asked=str(debit), seconds=600)
    processes = [server.start_code(code) for _number in range(2)]
    deadline = time.monotonic() + 120
    while len(debit.read_text().split() if debit.exists() else ()) < 2:
        assert time.monotonic() < deadline, "two providers' requests were not under way"
        time.sleep(0.1)
    for process in processes:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert states(server) == ["announced"] * (INVOICES - 2) + ["sent"] * 2

    run_two(server, debit, seconds=0.3)
    run_two(server, debit)
    asked = debit.read_text().split()
    assert len(asked) == len(set(asked)) == INVOICES
    assert states(server) == ["done"] * (INVOICES - 2) + ["sent"] * 2

    # Later nobody has answered: it is asked for, and still not repeated.
    query(
        server,
        "UPDATE customer_portal_debit_attempt SET sent_on = sent_on - interval '1 hour'"
        " WHERE state = 'sent'",
    )
    run_two(server, debit)
    assert states(server) == ["done"] * (INVOICES - 2) + ["unknown"] * 2
    run_two(server, debit)
    assert debit.read_text().split() == asked

    # The provider had charged them after all.
    server.run_code(
        "for tx in env['payment.transaction'].search([('state', '=', 'pending')]):\n"
        "    tx._process('demo', {'reference': tx.reference, 'simulated_state': 'done'})\n"
        "    tx._post_process()\n"
    )
    run_two(server, debit)
    assert states(server) == ["done"] * INVOICES
    assert debit.read_text().split() == asked
    paid = query(
        server,
        "SELECT count(*), sum(amount) FROM account_payment"
        " WHERE payment_transaction_id IS NOT NULL",
    )
    assert paid == [(INVOICES, 100 * INVOICES)]
    residual = query(
        server,
        "SELECT sum(amount_residual) FROM account_move WHERE move_type = 'out_invoice'",
    )
    assert residual == [(0,)]
    unbalanced = query(
        server,
        "SELECT move_id FROM account_move_line GROUP BY move_id HAVING abs(sum(balance)) > 0.001",
    )
    assert unbalanced == []
