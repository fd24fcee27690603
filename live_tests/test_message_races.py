"""Messages, uploads and reminders at the same instant, on a server with two worker processes:
nothing is lost, nothing is taken twice, nobody reads an error."""

import io
import re
import threading
import time

import pytest
from reportlab.pdfgen import canvas
from test_quote_races import PEOPLE, at_once, make_quote, query, sign_in

from devtools.browser import form_token

SWITCHES = """
env.company.write({
    "portal_allow_messages": True, "portal_allow_uploads": True, "portal_show_documents": True,
    "portal_show_quotes": True})
"""

REQUEST = """
customer = env["res.partner"].search([("name", "=", "Carreras SL")], limit=1)
request = env["customer.portal.document.request"].create(
    {"name": "Certificate", "partner_id": customer.id, "user_id": env.ref("base.user_admin").id})
request.action_send()
print("REQUEST", request.id)
"""

OVERDUE = """
from datetime import timedelta
from odoo import Command, fields
env.company.portal_send_reminders = True
env["account.move"].search([("state", "=", "posted")]).no_followup = True
customer = env["res.partner"].create(
    {"name": "Tardanzas SL", "is_company": True, "email": "tardanzas@example.com"})
product = env["product.product"].search([("name", "=", "Race product")], limit=1)
today = fields.Date.today()
move = env["account.move"].create({
    "move_type": "out_invoice", "partner_id": customer.id,
    "invoice_date": today - timedelta(days=30), "invoice_date_due": today - timedelta(days=5),
    "invoice_payment_term_id": False,
    "invoice_line_ids": [Command.create(
        {"product_id": product.id, "price_unit": 100, "tax_ids": [Command.clear()]})]})
move.action_post()
print("CUSTOMER", customer.id)
"""

# Both processes wait for the same lock, so that they begin together.
REMIND = """
env.cr.execute("SELECT pg_advisory_lock_shared(4242)")
env.cr.commit()
env["customer.portal.reminder"]._cron_remind()
"""


def make_pdf():
    stream = io.BytesIO()
    page = canvas.Canvas(stream)
    page.drawString(72, 750, "Certificate")
    page.save()
    return stream.getvalue()


@pytest.fixture(scope="module")
def people(server):
    """The server with two contacts of one customer, each with a browser of its own."""
    server.run_code(PEOPLE + SWITCHES)
    return server, [sign_in(server, "race_uno"), sign_in(server, "race_dos")]


def message_form(server, session, words, conversation=None, about=""):
    path = f"/my/messages/{conversation}" if conversation else "/my/messages/new"
    page = session.get(f"{server.base_url}{path}", timeout=60).text
    return {
        "url": f"{server.base_url}{path}",
        "data": {"csrf_token": form_token(page), "subject": words, "body": words, "about": about},
        # Two, since a request that is repeated must find both.
        "files": [("files", (f"{words} {name}.txt", f"{words} {name}".encode())) for name in "AB"],
    }


def said(server, model, res_id):
    rows = query(
        server,
        "SELECT body FROM mail_message WHERE model = %s AND res_id = %s"
        " AND message_type = 'comment'",
        model,
        res_id,
    )
    return sorted(re.sub("<[^>]+>", "", body) for (body,) in rows)


def attached(server, model, res_id):
    rows = query(
        server,
        "SELECT name, file_size FROM ir_attachment WHERE res_model = %s AND res_id = %s",
        model,
        res_id,
    )
    return dict(rows)


def check_files(server, model, res_id, *words):
    """Each message has its two files, and none of them is empty."""
    expected = {f"{text} {name}.txt": len(f"{text} {name}") for text in words for name in "AB"}
    assert attached(server, model, res_id) == expected


def test_the_same_file_twice(people):
    """Two colleagues, or two clicks, answer one request: one is taken, the other is told."""
    server, (one, two) = people
    told = server.run_code(REQUEST)
    number = int(re.search(r"REQUEST (\d+)", told).group(1))
    path = f"/my/documents/requests/{number}"
    pdf = make_pdf()

    def form(session):
        page = session.get(f"{server.base_url}{path}", timeout=60).text
        return {
            "url": f"{server.base_url}{path}/upload",
            "data": {"csrf_token": form_token(page)},
            "files": [("file", (f"certificate {side}.pdf", pdf)) for side in "AB"],
        }

    answers = at_once((one, form(one)), (two, form(two)), (one, form(one)), allowed=(200, 409))
    assert sum("We have this file already" in answer for answer in answers) == 2
    assert query(
        server, "SELECT state FROM customer_portal_document_request WHERE id = %s", number
    ) == [("received",)]
    files = attached(server, "customer.portal.document.request", number)
    assert files == {f"certificate {side}.pdf": len(pdf) for side in "AB"}
    rows = query(
        server,
        "SELECT count(*) FROM ir_attachment"
        " WHERE res_model = 'customer.portal.document.request' AND res_id = %s",
        number,
    )
    assert rows == [(2,)]
    activities = query(
        server,
        "SELECT count(*) FROM mail_activity"
        " WHERE res_model = 'customer.portal.document.request' AND res_id = %s",
        number,
    )
    assert activities == [(1,)]


def test_two_first_messages_on_one_quote(people):
    """Both are kept, in one conversation."""
    server, (one, two) = people
    quote = make_quote(server)
    about = f"order-{quote}"
    at_once(
        (one, message_form(server, one, "First words", about=about)),
        (two, message_form(server, two, "Second words", about=about)),
        allowed=(200,),
    )
    assert said(server, "sale.order", quote) == ["First words", "Second words"]
    conversations = query(
        server,
        "SELECT state, unanswered_since IS NOT NULL FROM customer_portal_conversation"
        " WHERE sale_order_id = %s",
        quote,
    )
    assert conversations == [("new", True)]
    check_files(server, "sale.order", quote, "First words", "Second words")


def test_two_answers_in_one_conversation(people):
    server, (one, two) = people
    at_once((one, message_form(server, one, "Opening hours")), allowed=(200,))
    [(number,)] = query(
        server, "SELECT id FROM customer_portal_conversation WHERE name = 'Opening hours'"
    )
    forms = [
        (one, message_form(server, one, "Answer one", number)),
        (two, message_form(server, two, "Answer two", number)),
        (one, message_form(server, one, "Answer three", number)),
        (two, message_form(server, two, "Answer four", number)),
    ]
    at_once(*forms, allowed=(200,))
    expected = ["Answer four", "Answer one", "Answer three", "Answer two", "Opening hours"]
    assert said(server, "customer.portal.conversation", number) == expected
    check_files(server, "customer.portal.conversation", number, *expected)


def test_two_new_conversations_of_one_contact(people):
    server, (one, _two) = people
    form = message_form(server, one, "Twice")
    at_once((one, form), (one, form), allowed=(200,))
    assert query(
        server, "SELECT count(*) FROM customer_portal_conversation WHERE name = 'Twice'"
    ) == [(2,)]


def test_two_reminder_workers(people, one_day):
    """The customer gets one mail."""
    server, _people = people
    told = server.run_code(OVERDUE)
    customer = int(re.search(r"CUSTOMER (\d+)", told).group(1))
    with server.connect() as holder, holder.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(4242)")
        failures = []

        def remind():
            try:
                server.run_code(REMIND)
            except Exception as error:  # told below: a thread's own is lost
                failures.append(error)

        workers = [threading.Thread(target=remind) for _number in range(2)]
        for worker in workers:
            worker.start()
        deadline = time.monotonic() + 120
        waiting = 0
        while waiting < 2 and not failures and time.monotonic() < deadline:
            time.sleep(0.2)
            cursor.execute("SELECT count(*) FROM pg_locks WHERE objid = 4242 AND NOT granted")
            [(waiting,)] = cursor.fetchall()
        cursor.execute("SELECT pg_advisory_unlock(4242)")
        for worker in workers:
            worker.join()
    assert waiting == 2 and not failures, failures
    reminders = query(
        server,
        "SELECT id FROM customer_portal_reminder_mail WHERE customer_ref = %s",
        customer,
    )
    assert len(reminders) == 1
    mails = query(
        server,
        "SELECT count(*) FROM mail_notification n JOIN mail_message m ON m.id = n.mail_message_id"
        " WHERE m.model = 'customer.portal.reminder.mail' AND m.res_id = %s"
        " AND n.notification_type = 'email'",
        reminders[0][0],
    )
    assert mails == [(1,)]
