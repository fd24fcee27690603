"""What two contacts settle at the same instant, on a server with two worker processes: plans, their
instalments while others pay, and balances to confirm. Nothing is doubled, nothing lost."""

import json
import re
from datetime import date

import pytest
from test_payment_races import (
    make,
    paid_forms,
    pay_form,
    references_of,
    residuals,
    saved_method,
    settle_form,
    start_form,
)
from test_quote_races import PEOPLE, at_once, confirm_form, query, sign_in


@pytest.fixture(scope="module")
def people(server):
    """The server with two contacts of one customer, each with a browser of its own."""
    server.run_code(PEOPLE)
    return server, [sign_in(server, "race_uno"), sign_in(server, "race_dos")]


def plan_form(server, session, *invoices, number=2):
    """Choose invoices, look at the instalments, and return how agreeing to them would be sent."""
    wishes = {
        "invoice": [str(invoice) for invoice in invoices],
        "number": str(number),
        "day": date.today().isoformat(),
        "down": "0",
    }
    url = "/my/plans/send"
    shown = session.post(**settle_form(server, session, url, act="show", **wishes), timeout=60).text
    seen = re.search(r'name="seen" value="(\w+)"', shown).group(1)
    return settle_form(server, session, url, act="agree", seen=seen, **wishes)


def plans_of(server, invoice):
    return query(
        server,
        "SELECT p.id, p.state, p.total FROM customer_portal_plan p"
        " JOIN customer_portal_plan_invoice_rel r ON r.customer_portal_plan_id = p.id"
        " WHERE r.account_move_id = %s ORDER BY p.id",
        invoice,
    )


def charged_of(server, invoice):
    return [
        (state, float(amount))
        for state, amount in query(
            server,
            "SELECT t.state, t.amount FROM payment_transaction t"
            " JOIN account_invoice_transaction_rel r ON r.transaction_id = t.id"
            " WHERE r.invoice_id = %s",
            invoice,
        )
    ]


def allow_plans(server, **values):
    values = {"portal_allow_plans": True, "portal_plan_smallest": 1.0, **values}
    server.run_code(f"env.company.write({values!r})")


def test_two_contacts_propose_a_plan_at_once(people):
    """Two plans of one invoice, the same and different ones: one is made, the other is told."""
    server, (one, two) = people
    allow_plans(server)
    for numbers in ((2, 2), (2, 3), (2, 40)):
        first, second = make(server, ("out_invoice", 100), ("out_invoice", 100))
        # In the other order, so that neither waits for the other.
        forms = (
            plan_form(server, one, first, second, number=numbers[0]),
            plan_form(server, two, second, first, number=numbers[1]),
        )
        answers = at_once((one, forms[0]), (two, forms[1]))
        assert sum("in a payment plan already" in answer for answer in answers) >= 1, numbers
        plans = plans_of(server, first)
        assert [float(total) for _id, _state, total in plans] == [200.0], numbers
        assert plans == plans_of(server, second)


def test_a_plan_is_proposed_while_the_invoice_is_paid(people):
    """Either the plan or the payment comes first; never is what was paid also in the plan."""
    server, (one, two) = people
    allow_plans(server)
    params = saved_method(server)
    for _round in range(3):
        [invoice] = make(server, ("out_invoice", 100))
        plan = plan_form(server, two, invoice)
        pay = pay_form(f"{server.base_url}/invoice/transaction/{invoice}", params)
        at_once((one, pay), (two, plan))
        server.run_code("env['payment.transaction']._cron_post_process()")
        plans, charged = plans_of(server, invoice), charged_of(server, invoice)
        assert len(plans) <= 1 and len(charged) <= 1
        assert plans or charged
        paid = sum(amount for _state, amount in charged)
        assert residuals(server, invoice) == [100.0 - paid]
        if plans:
            # It was agreed on the whole; what was paid of it afterwards counts for it.
            assert float(plans[0][2]) == 100.0
            told = server.run_code(
                f"plan = env['customer.portal.plan'].browse({plans[0][0]})\n"
                "print('LEFT', plan.left, plan.paid)"
            )
            left, counted = map(float, re.search(r"LEFT (\S+) (\S+)", told).groups())
            assert (left, counted) == (100.0 - paid, paid)


def test_an_instalment_and_the_whole_at_once(people):
    """The instalment of a plan and the invoice, from basket and page: one charge; nothing is paid
    twice, and the plan counts what was."""
    server, (one, _two) = people
    allow_plans(server)
    params = saved_method(server)
    [invoice] = make(server, ("out_invoice", 100))
    one.post(**plan_form(server, one, invoice), timeout=60)
    [(plan, state, _total)] = plans_of(server, invoice)
    assert state == "running"
    basket = one.post(**settle_form(server, one, f"/my/plans/{plan}/pay"), timeout=60)
    assert "/my/pay/" in basket.url
    answers = at_once(
        (one, pay_form(f"{basket.url}/transaction", params)),
        (one, pay_form(f"{server.base_url}/invoice/transaction/{invoice}", params)),
    )
    errors = [json.loads(answer).get("error") for answer in answers]
    assert sum(bool(error) for error in errors) == 1, errors
    charged = charged_of(server, invoice)
    assert [state for state, _amount in charged] == ["done"]
    server.run_code("env['payment.transaction']._cron_post_process()")
    paid = charged[0][1]
    assert residuals(server, invoice) == [100.0 - paid]
    told = server.run_code(
        f"plan = env['customer.portal.plan'].browse({plan})\n"
        "print('LEFT', plan.left, plan.line_ids.mapped('left'))"
    )
    assert f"LEFT {100.0 - paid}" in told, told


def test_two_baskets_with_one_instalment(people):
    """Two contacts pay all, and the next instalment, through the provider's page: the second
    amount is credit with a task for staff, neither lost nor booked on the invoice twice."""
    server, (one, two) = people
    allow_plans(server)
    [invoice] = make(server, ("out_invoice", 100))
    one.post(**plan_form(server, one, invoice), timeout=60)
    [(plan, _state, _total)] = plans_of(server, invoice)
    whole = start_form(server, two, invoice)
    basket = one.post(**settle_form(server, one, f"/my/plans/{plan}/pay"), timeout=60)
    part = {**whole, "url": f"{basket.url}/transaction"}
    at_once((one, part), (two, whole))
    references = references_of(server, invoice)
    assert references
    forms = paid_forms(server, references)
    at_once(*zip((one, two), forms, strict=False))
    server.run_code("env['payment.transaction']._cron_post_process()")
    came = query(
        server,
        "SELECT sum(amount) FROM payment_transaction WHERE reference = ANY(%s) AND state = 'done'",
        references,
    )
    came = float(came[0][0])
    assert residuals(server, invoice) == [max(100.0 - came, 0.0)]
    credit = query(
        server,
        "SELECT -sum(l.amount_residual) FROM account_move_line l"
        " JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'"
        " JOIN account_payment p ON p.move_id = l.move_id"
        " JOIN payment_transaction t ON t.id = p.payment_transaction_id"
        " WHERE t.reference = ANY(%s)",
        references,
    )
    assert float(credit[0][0]) == max(came - 100.0, 0.0)


BALANCE = """
env.company.portal_allow_confirmations = True
customer = env["res.partner"].search([("name", "=", "Carreras SL")], limit=1)
profile = env.ref("customer_portal_plus.profile_full")
profile.can_confirm_balance = True
inquiry = env["customer.portal.balance.inquiry"].create({
    "name": "Saldos", "date": "2026-06-30", "customer_ids": [(6, 0, customer.ids)],
    "with_settled": True})
made = env["customer.portal.balance.confirmation"]._freeze(inquiry)[:1]
print("BALANCE", made.id, made.amount)
"""


def balance_form(server, session, balance, **values):
    """Answer whether a balance agrees, and return how signing that would be sent."""
    form = settle_form(server, session, f"/my/balances/{balance}/answer", **values)
    signing = session.post(**form, timeout=60)
    return confirm_form(signing)


def answers_of(server, balance):
    state = query(
        server,
        "SELECT state, answer, own_amount FROM customer_portal_balance_confirmation WHERE id = %s",
        balance,
    )
    signed = query(
        server,
        "SELECT act FROM customer_portal_signature"
        " WHERE res_model = 'customer.portal.balance.confirmation' AND res_id = %s",
        balance,
    )
    return state, signed


def test_two_contacts_answer_a_balance_at_once(people):
    """Both sign the same answer, or one that the other has replaced meanwhile: one answer counts,
    and it is what its signer has read."""
    server, (one, two) = people
    for second in ({"answer": "agreed"}, {"answer": "differs", "own": "1", "words": "Late"}):
        make(server, ("out_invoice", 100))
        balance = int(re.search(r"BALANCE (\d+)", server.run_code(BALANCE)).group(1))
        forms = [
            balance_form(server, one, balance, answer="agreed"),
            balance_form(server, two, balance, **second),
        ]
        answers = at_once((one, forms[0]), (two, forms[1]))
        assert sum("answered already" in text or "has changed" in text for text in answers) == 1
        [(state, answer, own)], signed = answers_of(server, balance)
        assert (state, signed) == (answer, [("signed",)])
        # The first one's was replaced before it was signed: of two different, the second counts.
        assert (answer, float(own)) == (second["answer"], float(second.get("own", 0)))


def test_an_answer_while_another_replaces_it(people):
    """One signs at the instant at which the other says something else: what is signed is what was
    read, or nothing is."""
    server, (one, two) = people
    balance = int(re.search(r"BALANCE (\d+)", server.run_code(BALANCE)).group(1))
    sign = balance_form(server, one, balance, answer="agreed")
    replace = settle_form(
        server,
        two,
        f"/my/balances/{balance}/answer",
        answer="differs",
        own="3",
        owed_by="us",
        words="Another",
    )
    at_once((one, sign), (two, replace))
    [(state, answer, own)], signed = answers_of(server, balance)
    if signed:
        assert (state, answer, float(own)) == ("agreed", "agreed", 0.0)
    else:
        assert (state, answer, float(own)) == ("sent", "differs", 3.0)


def test_a_balance_that_changed_since(people):
    """What is booked later, dated back, changes nothing of what was asked and is signed; staff see
    that it changed. A balance that is withdrawn meanwhile is not signed."""
    server, (one, two) = people
    found = re.search(r"BALANCE (\d+) (\S+)", server.run_code(BALANCE))
    balance, amount = int(found[1]), float(found[2])
    form = balance_form(server, one, balance, answer="agreed")
    make(server, ("out_invoice", 77))
    one.post(**form, timeout=60)
    told = server.run_code(
        f"one = env['customer.portal.balance.confirmation'].browse({balance})\n"
        "print('NOW', one.state, one.amount, one.is_changed, one.amount_now)"
    )
    assert f"NOW agreed {amount} True {amount + 77}" in told, told
    balance = int(re.search(r"BALANCE (\d+)", server.run_code(BALANCE)).group(1))
    form = balance_form(server, two, balance, answer="agreed")
    server.run_code(
        f"env['customer.portal.balance.confirmation'].browse({balance}).action_withdraw()"
    )
    two.post(**form, timeout=60)
    [(state, _answer, _own)], signed = answers_of(server, balance)
    assert (state, signed) == ("cancel", [])
