"""Quotes and contracts that several people answer at the same instant, on a server with two
worker processes: one answer counts, the others are told."""

import base64
import io
import re
import threading
import time

import pytest
import requests
from reportlab.pdfgen import canvas

from devtools.browser import Browser, form_token

PASSWORD = "races-2026"

PEOPLE = f"""
from odoo import Command
env["res.lang"]._activate_lang("en_US")
company = env.company
company.portal_enabled = True
env["customer.portal.approval.rule"].search([]).unlink()
customer = env["res.partner"].create(
    {{"name": "Carreras SL", "is_company": True, "email": "carreras@example.com"}})
for login in ("uno", "dos"):
    contact = env["res.partner"].create(
        {{"name": login, "parent_id": customer.id, "email": login + "@example.com",
          "lang": "en_US"}})
    contact.portal_profile_id = env.ref("customer_portal_plus.profile_full")
    env["res.users"].with_context(no_reset_password=True).create(
        {{"partner_id": contact.id, "login": "race_" + login, "password": "{PASSWORD}",
          "group_ids": [Command.set(env.ref("base.group_portal").ids)]}})
env["product.product"].create({{"name": "Race product", "list_price": 100, "taxes_id": False}})
"""

QUOTE = """
from odoo import Command
customer = env["res.partner"].search([("name", "=", "Carreras SL")], limit=1)
product = env["product.product"].search([("name", "=", "Race product")], limit=1)
order = env["sale.order"].create({{
    "partner_id": customer.id, "user_id": env.ref("base.user_admin").id,
    "require_signature": {signature}, "require_payment": False,
    "order_line": [Command.create({{"product_id": product.id, "price_unit": {price}}})]}})
order.state = "sent"
print("QUOTE", order.id)
"""


@pytest.fixture(scope="module")
def people(server):
    """The server with two contacts of one customer, each with a browser of its own."""
    server.run_code(PEOPLE)
    return server, [sign_in(server, "race_uno"), sign_in(server, "race_dos")]


def sign_in(server, login):
    browser = Browser(server.base_url)
    answer = browser.sign_in(login, PASSWORD)
    assert "/my" in answer.url, answer.url
    return browser


def make_quote(server, price=100, signature=False):
    told = server.run_code(QUOTE.format(price=price, signature=signature))
    return int(re.search(r"QUOTE (\d+)", told).group(1))


def accept_form(server, session, quote):
    """Open the quote's page and return how its form would be sent."""
    page = session.get(f"{server.base_url}/my/orders/{quote}/answer", timeout=60).text
    version = re.search(r'name="version" value="(\w+)"', page).group(1)
    return {
        "url": f"{server.base_url}/my/orders/{quote}/answer/accept",
        "data": {"csrf_token": form_token(page), "version": version},
    }


def confirm_form(signing):
    """Return how the form of a signing page would be sent.

    :param requests.Response signing: the page
    """
    assert "/my/sign/" in signing.url, signing.url
    return {
        "url": f"{signing.url.split('?')[0]}/confirm",
        "data": {
            "csrf_token": form_token(signing.text),
            "sha256": re.search(r'name="sha256" value="(\w+)"', signing.text).group(1),
            "signer_name": "Carreras",
            "method": "type",
            "consent": "1",
        },
    }


def sign_form(server, session, path):
    """Go to the signing page of a document and return how its form would be sent."""
    page = session.get(f"{server.base_url}{path}", timeout=60).text
    signing = session.post(
        f"{server.base_url}{path}/sign", data={"csrf_token": form_token(page)}, timeout=60
    )
    return confirm_form(signing)


def at_once(*requests_to_send, allowed=(200, 422)):
    """Send requests at the same instant.

    :param requests_to_send: pairs of session and arguments of its ``post``
    :param tuple allowed: status codes that the answers may have
    :return: the answers' texts, in the same order
    """
    barrier = threading.Barrier(len(requests_to_send))
    answers = [None] * len(requests_to_send)

    def send(place, session, form):
        # Cookies of its own, so that two tabs don't wait for one another.
        tab = requests.Session()
        tab.cookies.update(session.cookies)
        barrier.wait()
        answers[place] = tab.post(timeout=120, **form)

    threads = [
        threading.Thread(target=send, args=(place, *request))
        for place, request in enumerate(requests_to_send)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = [answer is not None and answer.status_code for answer in answers]
    assert set(codes) <= set(allowed), (
        codes,
        [answer and answer.text[-2000:] for answer in answers],
    )
    return [answer.text for answer in answers]


def query(server, statement, *parameters):
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.fetchall() if cursor.description else None


def check_one_order(server, quote, acts):
    """One order, one notice to staff, one evidence for each act, and a chain that holds."""
    assert query(server, "SELECT state FROM sale_order WHERE id = %s", quote) == [("sale",)]
    evidence = query(
        server,
        "SELECT act FROM customer_portal_signature WHERE res_model = 'sale.order' AND res_id = %s"
        " ORDER BY id",
        quote,
    )
    assert [act for (act,) in evidence] == acts
    activities = query(
        server,
        "SELECT count(*) FROM mail_activity WHERE res_model = 'sale.order' AND res_id = %s",
        quote,
    )
    assert activities == [(1,)]
    mails = query(
        server,
        "SELECT count(*) FROM mail_message WHERE model = 'sale.order' AND res_id = %s"
        " AND subject LIKE 'Accepted: %%'",
        quote,
    )
    assert mails == [(1,)]
    told = server.run_code(
        "from odoo.addons.customer_portal_plus.cli.portalverify import verify\n"
        "env['customer.portal.signature']._cron_deliver()\n"
        "print('HOLDS', verify(env))"
    )
    assert "HOLDS True" in told, told


def test_two_contacts_accept(people):
    server, (one, two) = people
    quote = make_quote(server)
    answers = at_once(
        (one, accept_form(server, one, quote)), (two, accept_form(server, two, quote))
    )
    assert sum("Your order is confirmed" in answer for answer in answers) == 1
    assert sum("already accepted. Nothing was changed" in answer for answer in answers) == 1
    check_one_order(server, quote, ["accepted"])


def test_two_tabs_accept(people):
    server, (one, _two) = people
    quote = make_quote(server)
    form = accept_form(server, one, quote)
    answers = at_once((one, form), (one, form), (one, form))
    # The tabs share a session, and what is said once may be said in any of them.
    assert any("order" in answer for answer in answers)
    check_one_order(server, quote, ["accepted"])


def test_two_contacts_sign(people):
    server, (one, two) = people
    quote = make_quote(server, signature=True)
    path = f"/my/orders/{quote}"
    answers = at_once((one, sign_form(server, one, path)), (two, sign_form(server, two, path)))
    assert sum("already accepted. Nothing was changed" in answer for answer in answers) == 1
    check_one_order(server, quote, ["signed"])


def make_contract(server, signers=()):
    """Send a contract to be signed, by these contacts in this order or by anybody."""
    page = io.BytesIO()
    drawing = canvas.Canvas(page)
    drawing.drawString(72, 720, "Contrato")
    drawing.save()
    content = base64.b64encode(page.getvalue()).decode()
    told = server.run_code(
        f"""
from odoo import Command
customer = env["res.partner"].search([("name", "=", "Carreras SL")], limit=1)
people = [customer.child_ids.filtered(lambda one: one.name == name) for name in {signers!r}]
document = env["customer.portal.document"].create({{
    "name": "Contrato", "partner_id": customer.id, "to_sign": True, "file": "{content}",
    "file_name": "contrato.pdf", "signer_ids": [
        Command.create({{"partner_id": person.id, "sequence": place}})
        for place, person in enumerate(people)]}})
document.action_send()
print("CONTRACT", document.id)
"""
    )
    return re.search(r"CONTRACT (\d+)", told).group(1)


def test_one_signer_in_two_tabs(people):
    """Whose turn it is signs once; the next one is asked once, and completes it once."""
    server, (one, two) = people
    contract = make_contract(server, ["uno", "dos"])
    path = f"/my/documents/{contract}"
    for person, thanks, refusal in (
        (one, "Thank you, you have signed it", "You have signed this document"),
        (two, "Thank you, it is signed", "already been signed"),
    ):
        form = sign_form(server, person, path)
        answers = at_once((person, form), (person, form))
        assert sum(thanks in answer for answer in answers) == 1
        assert sum(refusal in answer for answer in answers) == 1
        server.run_code("env['customer.portal.signature']._cron_deliver()")
    signed = query(
        server,
        "SELECT state, signature_id IS NOT NULL FROM customer_portal_document_signer"
        " WHERE document_id = %s",
        contract,
    )
    assert signed == [("signed", True)] * 2
    evidence = query(
        server,
        "SELECT count(*), count(DISTINCT contact_ref) FROM customer_portal_signature"
        " WHERE res_model = 'customer.portal.document' AND res_id = %s",
        contract,
    )
    assert evidence == [(2, 2)]
    turns = query(
        server,
        "SELECT count(*) FROM mail_message WHERE model = 'customer.portal.document'"
        " AND res_id = %s AND body LIKE '%%your turn to read and sign%%'",
        contract,
    )
    assert turns == [(2,)]


def test_signed_while_staff_name_another(people):
    """Either the signature counts, or who was named in its place is asked; never both."""
    server, (one, _two) = people
    contract = make_contract(server, ["uno", "dos"])
    form = sign_form(server, one, f"/my/documents/{contract}")
    worker = server.start_code(
        f"""
import time
document = env["customer.portal.document"].browse({contract})
other = env["res.partner"].create({{"name": "tres", "parent_id": document.partner_id.id}})
document.signer_ids[0].partner_id = other
env.flush_all()
time.sleep(4)
env.cr.commit()
"""
    )
    deadline = 60
    while deadline and not query(
        server, "SELECT 1 FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
        " WHERE c.relname = 'customer_portal_document_signer' AND l.mode = 'RowExclusiveLock'"
    ):  # fmt: skip
        time.sleep(0.2)
        deadline -= 1
    assert deadline, "staff did not get to work"
    answer = one.post(timeout=120, **form).text
    worker.result()
    assert "Others of your company sign this document" in answer
    assert not query(
        server, "SELECT id FROM customer_portal_signature"
        " WHERE res_model = 'customer.portal.document' AND res_id = %s", contract
    )  # fmt: skip


def test_two_contacts_sign_a_contract(people):
    server, (one, two) = people
    contract = make_contract(server)
    path = f"/my/documents/{contract}"
    answers = at_once((one, sign_form(server, one, path)), (two, sign_form(server, two, path)))
    assert sum("Thank you, it is signed" in answer for answer in answers) == 1
    evidence = query(
        server,
        "SELECT act FROM customer_portal_signature"
        " WHERE res_model = 'customer.portal.document' AND res_id = %s",
        contract,
    )
    assert evidence == [("signed",)]


@pytest.fixture
def approval_rule(people):
    server, _sessions = people
    server.run_code(
        """
customer = env["res.partner"].search([("name", "=", "Carreras SL")], limit=1)
env["customer.portal.approval.rule"].create({"customer_id": customer.id, "amount": 1000})
"""
    )
    yield
    server.run_code("env['customer.portal.approval.rule'].search([]).unlink()")


def test_approved_and_taken_back_at_once(people, approval_rule):
    """Either the second person's approval counts, or the first one's withdrawal; never both."""
    server, (one, two) = people
    quote = make_quote(server, price=5000)
    form = accept_form(server, one, quote)
    assert "asked your colleagues" in one.post(timeout=60, **form).text
    undo = {"url": form["url"].replace("accept", "approval"), "data": form["data"]}
    answers = at_once((one, undo), (two, accept_form(server, two, quote)))
    state, waits = query(
        server, "SELECT state, portal_approval_on IS NOT NULL FROM sale_order WHERE id = %s", quote
    )[0]
    if state == "sale":
        assert "Nothing was changed" in answers[0]
        check_one_order(server, quote, ["approved", "accepted"])
    else:
        # It was taken back first: the other one's acceptance is a first one now.
        assert "taken your acceptance back" in answers[0]
        assert waits and "asked your colleagues" in answers[1]


def test_one_person_twice_is_not_two(people, approval_rule):
    server, (one, _two) = people
    quote = make_quote(server, price=5000)
    form = accept_form(server, one, quote)
    at_once((one, form), (one, form))
    evidence = query(
        server,
        "SELECT act FROM customer_portal_signature WHERE res_model = 'sale.order' AND res_id = %s",
        quote,
    )
    assert evidence == [("approved",)]
    assert query(server, "SELECT state FROM sale_order WHERE id = %s", quote) == [("sent",)]


def test_accepted_while_staff_edit(people):
    """Staff's transaction is under way when the customer clicks: it is told, once it ended."""
    server, (one, _two) = people
    quote = make_quote(server)
    form = accept_form(server, one, quote)
    answers = []
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sale_order_line SET price_unit = 120, price_subtotal = 120, price_total = 120"
            " WHERE order_id = %s",
            [quote],
        )
        cursor.execute(
            "UPDATE sale_order SET amount_untaxed = 120, amount_total = 120 WHERE id = %s", [quote]
        )
        click = threading.Thread(target=lambda: answers.append(one.post(timeout=120, **form).text))
        click.start()
        click.join(3)
        assert click.is_alive(), "the customer's answer waits for what staff are doing"
        connection.commit()
        click.join(60)
    assert "has changed since you opened it" in answers[0]
    assert query(server, "SELECT state FROM sale_order WHERE id = %s", quote) == [("sent",)]
    assert not query(
        server, "SELECT id FROM customer_portal_signature WHERE res_model = 'sale.order'"
        " AND res_id = %s", quote
    )  # fmt: skip
