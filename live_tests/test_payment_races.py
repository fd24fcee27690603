"""Payments that two contacts make at the same instant, on a server with two worker processes: one
invoice is not settled twice, and one credit not used twice, unnoticed."""

import json
import re
from datetime import date

import pytest
from test_quote_races import PASSWORD, PEOPLE, at_once, query, sign_in

from devtools.browser import form_token

INVOICES = """
from odoo import Command
customer = env["res.partner"].search([("name", "=", "Carreras SL")], limit=1)
product = env["product.product"].search([("name", "=", "Race product")], limit=1)
env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", "True")
provider = env.ref("payment.payment_provider_demo")
provider.write({{"state": "test", "is_published": True, "company_id": env.company.id}})
provider.payment_method_ids[:1].active = True
for number, (kind, amount) in enumerate({documents}):
    move = env["account.move"].create({{
        "move_type": kind, "partner_id": customer.id, "invoice_date": "2026-01-10",
        "invoice_line_ids": [Command.create(
            {{"product_id": product.id, "price_unit": amount, "tax_ids": [Command.clear()]}})]}})
    move.action_post()
    print("MOVE", move.id)
"""


@pytest.fixture(scope="module")
def people(server):
    """The server with two contacts of one customer, each with a browser of its own."""
    server.run_code(PEOPLE)
    return server, [sign_in(server, "race_uno"), sign_in(server, "race_dos")]


def make(server, *documents):
    told = server.run_code(INVOICES.format(documents=documents))
    return [int(number) for number in re.findall(r"MOVE (\d+)", told)]


def use_form(server, session, invoice):
    """How the button that uses the credit on an invoice would be sent."""
    page = session.get(f"{server.base_url}/my/credit", timeout=60).text
    return {
        "url": f"{server.base_url}/my/credit/use",
        "data": {"csrf_token": form_token(page), "invoice": str(invoice)},
    }


def residuals(server, *moves):
    rows = query(
        server, "SELECT id, amount_residual FROM account_move WHERE id = ANY(%s)", list(moves)
    )
    amounts = dict(rows)
    return [float(amounts[move]) for move in moves]


def test_one_credit_on_two_invoices(people):
    """The credit is used once in all, whichever invoice gets it."""
    server, (one, two) = people
    first, second, credit = make(
        server, ("out_invoice", 100), ("out_invoice", 100), ("out_refund", 40)
    )
    at_once((one, use_form(server, one, first)), (two, use_form(server, two, second)))
    left = residuals(server, first, second, credit)
    assert sorted(left[:2]) == [60.0, 100.0]
    assert left[2] == 0.0
    used = query(
        server,
        "SELECT sum(amount) FROM account_partial_reconcile p JOIN account_move_line l"
        " ON l.id = p.credit_move_id WHERE l.move_id = %s",
        credit,
    )
    assert float(used[0][0]) == 40.0


def test_one_credit_on_one_invoice_twice(people):
    """A double click in two browsers."""
    server, (one, two) = people
    invoice, credit = make(server, ("out_invoice", 100), ("out_refund", 30))
    at_once((one, use_form(server, one, invoice)), (two, use_form(server, two, invoice)))
    assert residuals(server, credit) == [0.0]
    assert residuals(server, invoice) == [70.0]


def start_form(server, session, invoice):
    """Choose an invoice, and return how its payment would be started."""
    page = session.get(f"{server.base_url}/my/pay", timeout=60).text
    basket = session.post(
        f"{server.base_url}/my/pay/choose",
        data={"csrf_token": form_token(page), "invoice": str(invoice)},
        timeout=60,
    )
    return {"url": f"{basket.url}/transaction", "json": payment_call(basket.text)}


def payment_call(page, **values):
    """Return what a payment form sends to start a payment by a method that is not saved.

    :param str page: the HTML with the form
    :param values: what is sent otherwise
    """
    option = next(
        tag
        for tag in re.findall(r"<input[^>]*data-payment-option-id[^>]*>", page)
        if 'data-payment-option-type="payment_method"' in tag
    )

    def number(name):
        return int(re.search(rf'{name}="(\d+)"', option).group(1))

    return {
        "jsonrpc": "2.0",
        "method": "call",
        "params": {
            "provider_id": number("data-provider-id"),
            "payment_method_id": number("data-payment-option-id"),
            "token_id": None,
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": "/my",
            "amount": 1,
            **values,
        },
    }


def references_of(server, invoice):
    """The references of the payments that were started for an invoice."""
    started = query(
        server,
        "SELECT t.reference FROM payment_transaction t JOIN account_invoice_transaction_rel r"
        " ON r.transaction_id = t.id WHERE r.invoice_id = %s",
        invoice,
    )
    return [reference for (reference,) in started]


def paid_forms(server, references):
    """How the provider's page would say that payments were made."""
    return [
        {
            "url": f"{server.base_url}/payment/demo/simulate_payment",
            "json": {
                "jsonrpc": "2.0",
                "method": "call",
                "params": {
                    "reference": reference,
                    "payment_details": "1234",
                    "simulated_state": "done",
                },
            },
        }
        for reference in references
    ]


def test_two_contacts_pay_one_invoice(people):
    """Both payments arrive: one settles the invoice, the other is credit with a task for staff."""
    server, (one, two) = people
    [invoice] = make(server, ("out_invoice", 100))
    at_once((one, start_form(server, one, invoice)), (two, start_form(server, two, invoice)))
    references = references_of(server, invoice)
    # Of two at the same instant, one may have been told to choose again.
    assert len(references) in (1, 2)
    forms = paid_forms(server, references)
    at_once(*zip((one, two), forms, strict=False))
    server.run_code("env['payment.transaction']._cron_post_process()")
    assert residuals(server, invoice) == [0.0]
    payments = query(
        server,
        "SELECT p.id, p.move_id FROM account_payment p JOIN payment_transaction t"
        " ON t.id = p.payment_transaction_id WHERE t.reference = ANY(%s)",
        references,
    )
    assert len(payments) == len(references)
    tasks = query(
        server,
        "SELECT res_id FROM mail_activity WHERE res_model = 'account.payment' AND res_id = ANY(%s)",
        [payment for payment, _move in payments],
    )
    assert len(tasks) == len(references) - 1


SAVED_METHOD = """
provider = env.ref("payment.payment_provider_demo")
provider.allow_tokenization = True
contact = env["res.users"].search([("login", "=", "race_uno")]).partner_id
token = env["payment.token"].create({
    "provider_id": provider.id, "payment_method_id": provider.payment_method_ids[:1].id,
    "partner_id": contact.id, "provider_ref": "race", "payment_details": "4242",
    "demo_simulated_state": "done"})
print("TOKEN", token.id, provider.id, token.payment_method_id.id)
"""


def saved_method(server):
    """Return what a payment with the saved method of the first contact says."""
    token, provider, method = map(
        int, re.search(r"TOKEN (\d+) (\d+) (\d+)", server.run_code(SAVED_METHOD)).groups()
    )
    return {
        "provider_id": provider,
        "payment_method_id": method,
        "token_id": token,
        "flow": "token",
        "tokenization_requested": False,
        "landing_route": "/my",
        "amount": 100.0,
        "access_token": None,
    }


def pay_form(url, params):
    return {"url": url, "json": {"jsonrpc": "2.0", "method": "call", "params": params}}


def test_a_saved_method_is_charged_once(people):
    """Six clicks at the same instant, before anything is booked: one charge, five are told."""
    server, (one, _two) = people
    [invoice] = make(server, ("out_invoice", 100))
    url = f"{server.base_url}/invoice/transaction/{invoice}"
    form = pay_form(url, saved_method(server))
    answers = at_once(*[(one, form)] * 6)
    texts = [
        json.loads(answer).get("error", {}).get("data", {}).get("message", "") for answer in answers
    ]
    charged = query(
        server,
        "SELECT t.state, t.amount FROM payment_transaction t JOIN account_invoice_transaction_rel r"
        " ON r.transaction_id = t.id WHERE r.invoice_id = %s",
        invoice,
    )
    assert [(state, float(amount)) for state, amount in charged] == [("done", 100.0)]
    assert sorted(bool(text) for text in texts) == [False] + [True] * 5
    assert all("under way" in text or "nothing left" in text for text in texts if text), texts
    server.run_code("env['payment.transaction']._cron_post_process()")
    assert residuals(server, invoice) == [0.0]


def settle_form(server, session, url, **values):
    page = session.get(f"{server.base_url}/my/account", timeout=60).text
    return {"url": f"{server.base_url}{url}", "data": {"csrf_token": form_token(page), **values}}


def test_two_contacts_dispute_and_promise_at_once(people):
    """Of two who dispute a sum, and of two who promise the rest, one is told."""
    server, (one, two) = people
    server.run_code(
        "env.company.write({'portal_allow_disputes': True, 'portal_allow_promises': True})"
    )
    [invoice] = make(server, ("out_invoice", 100))
    for url, values, table, amount in (
        (
            f"/my/invoices/{invoice}/dispute/send",
            {"total": "30", "reason": "price"},
            "customer_portal_dispute",
            30.0,
        ),
        (
            "/my/promises/send",
            {"invoice": str(invoice), "day": date.today().isoformat()},
            "customer_portal_promise_line",
            70.0,
        ),
    ):
        at_once(*[(who, settle_form(server, who, url, **values)) for who in (one, two)])
        made = query(server, f"SELECT amount FROM {table} WHERE invoice_id = %s", invoice)
        assert [float(one_made) for (one_made,) in made] == [amount]
    assert residuals(server, invoice) == [100.0]


SEATS = f"""
from odoo import Command
env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", "True")
env.company.portal_allow_seats = True
customer = env["res.partner"].search([("name", "=", "Carreras SL")], limit=1)
other = env["res.partner"].create(
    {{"name": "Otra SL", "is_company": True, "email": "otra@example.com"}})
firm = env["res.partner"].create(
    {{"name": "Gestoría SL", "is_company": True, "email": "gestoria@example.com"}})
contact = env["res.partner"].create(
    {{"name": "Ana", "parent_id": firm.id, "email": "ana@example.com", "lang": "en_US"}})
contact.portal_profile_id = env.ref("customer_portal_plus.profile_full")
user = env["res.users"].with_context(no_reset_password=True).create(
    {{"partner_id": contact.id, "login": "race_ana", "password": "{PASSWORD}",
      "group_ids": [Command.set(env.ref("base.group_portal").ids)]}})
for one in (customer, other):
    seat = env["customer.portal.seat"].create(
        {{"customer_id": one.id, "company_id": env.company.id, "name": "Ana",
          "email": "ana@example.com", "profile_id": contact.portal_profile_id.id}})
    seat._send()
    seat._accept(user)
product = env["product.product"].search([("name", "=", "Race product")], limit=1)
for number in range(3):
    move = env["account.move"].create({{
        "move_type": "out_invoice", "partner_id": other.id, "invoice_date": "2026-01-10",
        "invoice_line_ids": [Command.create(
            {{"product_id": product.id, "price_unit": 50, "tax_ids": [Command.clear()]}})]}})
    move.action_post()
    print("MOVE", move.id)
provider = env.ref("payment.payment_provider_demo")
provider.allow_tokenization = True
token = env["payment.token"].create({{
    "provider_id": provider.id, "payment_method_id": provider.payment_method_ids[:1].id,
    "partner_id": contact.id, "provider_ref": "race", "payment_details": "4242",
    "demo_simulated_state": "done"}})
print("TOKEN", token.id)
"""


@pytest.fixture(scope="module")
def accountant(people):
    """The server, a contact of Carreras, who acts for it and another customer, invoices of the
    other customer, and the number of its own saved method."""
    server, (one, _two) = people
    make(server)  # the provider
    told = server.run_code(SEATS)
    invoices = [int(number) for number in re.findall(r"MOVE (\d+)", told)]
    token = int(re.search(r"TOKEN (\d+)", told).group(1))
    return server, one, sign_in(server, "race_ana"), invoices, token


def joint_form(server, session, *invoices, **values):
    """Choose invoices of several customers, and return how their payment would be started."""
    page = session.get(f"{server.base_url}/my/seats/pay", timeout=60).text
    chosen = session.post(
        f"{server.base_url}/my/seats/pay/choose",
        data={"csrf_token": form_token(page), "invoice": [str(invoice) for invoice in invoices]},
        timeout=60,
    )
    assert re.search(r"/my/seats/pay/\d+$", chosen.url), chosen.url
    return {"url": f"{chosen.url}/transaction", "json": payment_call(chosen.text, **values)}


def transactions(server, invoice):
    """The payments of an invoice: state, amount, and the reference that the provider knows."""
    return query(
        server,
        "SELECT t.state, t.amount, COALESCE(whole.reference, t.reference), t.id"
        " FROM payment_transaction t"
        " JOIN account_invoice_transaction_rel r ON r.transaction_id = t.id"
        " LEFT JOIN payment_transaction whole ON whole.id = t.portal_joint_id"
        " WHERE r.invoice_id = %s ORDER BY t.id",
        invoice,
    )


def test_an_invoice_in_a_joint_basket_and_in_its_customers_own(accountant):
    """Both payments arrive: one settles the invoice, the other is that customer's credit with a
    task for staff; what was paid with it for the other customer is settled once."""
    server, one, ana, others, _token = accountant
    [invoice] = make(server, ("out_invoice", 100))
    at_once(
        (one, start_form(server, one, invoice)), (ana, joint_form(server, ana, invoice, others[0]))
    )
    started = transactions(server, invoice)
    assert len(started) in (1, 2)
    forms = paid_forms(server, [reference for _state, _amount, reference, _id in started])
    at_once(*zip((one, ana), forms, strict=False))
    server.run_code("env['payment.transaction']._cron_post_process()")
    assert residuals(server, invoice) == [0.0]
    is_joint = bool(transactions(server, others[0]))
    assert residuals(server, others[0]) == [0.0 if is_joint else 50.0]
    payments = query(
        server,
        "SELECT p.id, p.amount, c.name FROM account_payment p JOIN res_partner c"
        " ON c.id = p.partner_id WHERE p.payment_transaction_id = ANY(%s)",
        [id_ for _state, _amount, _reference, id_ in started],
    )
    assert [(float(amount), name) for _id, amount, name in payments] == [
        (100.0, "Carreras SL")
    ] * len(started)
    tasks = query(
        server,
        "SELECT res_id FROM mail_activity WHERE res_model = 'account.payment' AND res_id = ANY(%s)",
        [payment for payment, _amount, _name in payments],
    )
    assert len(tasks) == len(started) - 1


def test_a_joint_payment_is_charged_once(accountant):
    """Four clicks at once with a saved method, and the customer's own contact beside them."""
    server, one, ana, others, token = accountant
    [invoice] = make(server, ("out_invoice", 100))
    form = joint_form(
        server, ana, invoice, others[1], flow="token", token_id=token, payment_method_id=None
    )
    at_once(*[(ana, form)] * 4, (one, start_form(server, one, invoice)))
    wholes = query(
        server,
        "SELECT state, amount FROM payment_transaction t WHERE EXISTS (SELECT FROM"
        " payment_transaction part JOIN account_invoice_transaction_rel r"
        " ON r.transaction_id = part.id WHERE part.portal_joint_id = t.id AND r.invoice_id = %s)",
        others[1],
    )
    assert [(state, float(amount)) for state, amount in wholes] == [("done", 150.0)]
    server.run_code("env['payment.transaction']._cron_post_process()")
    assert residuals(server, invoice, others[1]) == [0.0, 0.0]
    booked = query(
        server,
        "SELECT count(*) FROM account_payment p JOIN payment_transaction t"
        " ON t.id = p.payment_transaction_id JOIN account_invoice_transaction_rel r"
        " ON r.transaction_id = t.id WHERE r.invoice_id = ANY(%s)",
        [invoice, others[1]],
    )
    assert booked == [(2,)]


def test_a_seat_taken_away_at_the_same_instant(accountant):
    """Either all was paid before, or nothing is."""
    server, one, ana, others, token = accountant
    [invoice] = make(server, ("out_invoice", 100))
    form = joint_form(
        server, ana, invoice, others[2], flow="token", token_id=token, payment_method_id=None
    )
    team = one.get(f"{server.base_url}/my/team", timeout=60).text
    [[contact]] = query(
        server,
        "SELECT contact_id FROM customer_portal_seat s JOIN res_partner c ON c.id = s.customer_id"
        " WHERE c.name = 'Carreras SL' AND s.state = 'active'",
    )
    removal = {
        "url": f"{server.base_url}/my/team/{contact}/remove",
        "data": {"csrf_token": form_token(team)},
    }
    at_once((ana, form), (one, removal), allowed=(200, 404, 422))
    paid = [state for state, _amount, _reference, _id in transactions(server, invoice)]
    assert paid in ([], ["done"])
    assert [state for state, *_rest in transactions(server, others[2])] == paid
    server.run_code("env['payment.transaction']._cron_post_process()")
    left = residuals(server, invoice, others[2])
    assert left == ([0.0, 0.0] if paid else [100.0, 50.0])
    page = ana.get(f"{server.base_url}/my/seats", timeout=60).text
    assert "Otra SL" in page
    assert "Carreras SL" not in page
