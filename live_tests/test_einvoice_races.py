"""What two contacts answer on an electronic invoice at the same instant, on a server with two
worker processes: one answer is kept, and the other one is told that there is one."""

import re
from datetime import date, timedelta

import pytest
from test_payment_races import make, settle_form
from test_quote_races import PEOPLE, at_once, query, sign_in

from devtools.live_server import LiveServer

SPAIN = """
spain = env.ref("base.es")
env["account.tax.group"].create({"name": "IVA", "country_id": spain.id})
env.company.account_fiscal_country_id = spain
env["res.partner"].search([("name", "=", "Carreras SL")]).with_context(
    no_vat_validation=True).write({"country_id": spain.id, "vat": "X00000001"})
env["customer.portal.einvoice.clock"].search([("country_id", "=", spain.id)]).date_from = False
env.ref("customer_portal_plus.profile_full").can_answer_einvoices = True
env.company.write({"portal_answer_einvoices": True, "portal_einvoice_since": "2026-01-01"})
"""

SENT = """
env["account.move"].browse({invoices}).is_move_sent = True
env.flush_all()
env["customer.portal.einvoice.duty"]._follow_all()
for duty in env["customer.portal.einvoice.duty"].search([], order="id"):
    print("DUTY", duty.invoice_id.id, duty.kind, duty.id)
"""

ROUNDS = 3


@pytest.fixture(scope="module")
def people():
    """A server with two contacts of one customer, each with a browser of its own, and what is
    expected on invoices: their ids, and the id of each duty by invoice and kind."""
    with LiveServer(with_bridges=True) as server:
        server.run_code(PEOPLE + SPAIN)
        invoices = make(server, *[("out_invoice", 100)] * (2 * ROUNDS))
        told = server.run_code(SENT.format(invoices=invoices))
        duties = {
            (int(invoice), kind): int(duty)
            for invoice, kind, duty in re.findall(r"DUTY (\d+) (\w+) (\d+)", told)
        }
        browsers = [sign_in(server, "race_uno"), sign_in(server, "race_dos")]
        yield server, browsers, invoices, duties


def answer_form(server, session, invoice, duty, act, **values):
    url = f"/my/invoices/{invoice}/einvoice/answer"
    return settle_form(server, session, url, duty=str(duty), act=act, **values)


def kept(server, invoice):
    return query(
        server,
        "SELECT act, reason, paid_on FROM customer_portal_einvoice_answer WHERE invoice_id = %s",
        invoice,
    )


def assert_one_is_told(answers):
    told = ["This has been answered already." in text for text in answers]
    thanked = ["We have your answer." in text for text in answers]
    assert sorted(told) == [False, True] and sorted(thanked) == [False, True], (told, thanked)


def test_two_contacts_answer_an_invoice_at_once(people):
    """One accepts and the other rejects; none of it is lost unseen."""
    server, (one, two), invoices, duties = people
    for number in range(ROUNDS):
        invoice = invoices[number]
        duty = duties[invoice, "answer"]
        answers = at_once(
            (one, answer_form(server, one, invoice, duty, "accepted")),
            (two, answer_form(server, two, invoice, duty, "rejected", reason="Not ours")),
        )
        assert_one_is_told(answers)
        [(act, _reason, _day)] = kept(server, invoice)
        assert query(server, "SELECT state FROM customer_portal_einvoice_duty WHERE id = %s", duty)[
            0
        ] == (act,)


def test_two_contacts_tell_a_payment_at_once(people):
    """Two days are told; the one that is kept is that of who was thanked."""
    server, (one, two), invoices, duties = people
    days = [date.today() - timedelta(days=ago) for ago in (1, 2)]
    for number in range(ROUNDS):
        invoice = invoices[ROUNDS + number]
        duty = duties[invoice, "paid"]
        forms = [
            answer_form(server, session, invoice, duty, "paid", day=day.isoformat())
            for session, day in zip((one, two), days, strict=True)
        ]
        answers = at_once(*zip((one, two), forms, strict=True))
        assert_one_is_told(answers)
        [(act, _reason, day)] = kept(server, invoice)
        thanked = days["We have your answer." in answers[1]]
        assert (act, day) == ("paid", thanked)
