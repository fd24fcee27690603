"""Faults around the portal, one after another: what customers are told meanwhile, what staff find,
and what is there once it is over. ``./dev torture --fault NAME``."""

import contextlib
import os
import random
import resource
import threading
import time

from . import databases, torture_kills
from .browser import form_token
from .common import DevError
from .live_server import free_port
from .mail_sink import MailSink
from .torture_contact import NO_ANSWER
from .torture_histories import Histories, History
from .torture_routes import SECONDS

DAY = 24 * 3600


def run(server, name):
    """Have one fault; return what was seen in a sentence.

    :param LiveServer server: with demo data and a PostgreSQL of its own
    :param str name: one of ``FAULTS``
    :rtype: str
    :raise DevError: with what does not hold
    """
    return FAULTS[name](server)


def _kill(act):
    return lambda server: getattr(torture_kills.Killing(server), act)()


# === POSTGRESQL RESTARTS === #


def postgres(server):
    """Restart it while contacts click and act; count how long pages are errors."""
    histories = Histories(server, kills=0)
    contact = histories.people[-1][1][0]
    seen, ends = [], time.monotonic() + 40

    def click():
        while time.monotonic() < ends:
            began = time.monotonic()
            try:
                status = contact.session.get(
                    server.base_url + "/my/invoices", timeout=SECONDS
                ).status_code
            except NO_ANSWER:
                status = 0
            seen.append((began, status))
            time.sleep(0.1)

    clicking = threading.Thread(target=click)
    clicking.start()
    restarts, wrong = [], []
    for number in range(4):
        batch = [History.by_chance(random.Random(number * 10 + one), 0) for one in range(4)]
        began = time.monotonic()
        histories.play(batch, restarts=True)
        restarts.append(began)
        wrong += [problem for history in batch for problem in history.problems]
    clicking.join()
    bad = [began for began, status in seen if status != 200]
    if seen[-1][1] != 200:
        wrong.append("the last page was an error")
    _raise(wrong)
    return (
        f"PostgreSQL restarted {len(restarts)} times under load: of {len(seen)} pages of somebody"
        f" who clicks ten times a second, {len(bad)} were errors; {histories.figures['unanswered']}"
        f" of {histories.figures['acts']} acts had no answer. The server went on by itself, and"
        " all that must hold of histories held."
    )


# === THE DISK IS FULL === #

# Less than the file that is sent; sessions and marks are smaller.
LIMIT, FILE_BYTES = 100_000, 400_000


def disk(server):
    """A file can't be written: who sends it is told, and sends it again when there is room."""
    histories = Histories(server, kills=0)
    contact = histories.people[0][1][0]
    before = _count(server, "SELECT count(*) FROM customer_portal_conversation")
    content = b"%PDF-1.4\n" + os.urandom(FILE_BYTES)
    with _no_room(server):
        answer = _send_file(contact, content)
    after = _count(server, "SELECT count(*) FROM customer_portal_conversation")
    wrong = []
    if answer.status_code == 500 or "Traceback" in answer.text:
        wrong.append(f"who sends a file to a full disk gets {answer.status_code}")
    if "could not be stored" not in answer.text:
        wrong.append("the page does not say that the file could not be stored")
    if after != before:
        wrong.append("a conversation was begun without its file")
    # The very same file: of the first try nothing may be left that is taken for it.
    again = _send_file(contact, content)
    if again.status_code != 303:
        wrong.append(f"with room again the file is answered by {again.status_code}")
    _raise(wrong)
    return (
        f"disk full: {FILE_BYTES} bytes with a message, which the system refused to write: answer"
        f" {answer.status_code} with a sentence, nothing half done; sent again with room: done."
    )


@contextlib.contextmanager
def _no_room(server):
    """Have the system refuse to write files beyond a size, in the processes that serve requests:
    the same error, at the same place, as with a full disk. Their log is such a file, too."""
    pids = server.worker_pids()
    old = [resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids]
    for pid in pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (LIMIT, old[0][1]))
    try:
        yield
    finally:
        for pid, limits in zip(pids, old, strict=True):
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


def _send_file(contact, content):
    return contact.session.post(
        f"{contact.base_url}/my/messages/new",
        data={"csrf_token": contact.csrf, "subject": "Con fichero", "body": "Hola"},
        files={"files": ("a.pdf", content, "application/pdf")},
        timeout=SECONDS,
        allow_redirects=False,
    )


# === A FILE IS MISSING === #


def file(server):
    """A file of the file store is gone: who asks for it is told, and nothing breaks around it."""
    histories = Histories(server, kills=0)
    contact = histories.people[0][1][0]
    told = server.run_code(
        "import base64\n"
        f"document = env['customer.portal.document'].create({{'name': 'Contrato', 'partner_id':"
        f" {contact.contact['customer']}, 'file': base64.b64encode(b'%PDF-1.4 torture {os.getpid()}"
        "'), 'file_name': 'a.pdf'})\n"
        "document.action_send() if hasattr(document, 'action_send') else None\n"
        "attachment = env['ir.attachment'].search([('res_model', '=', document._name),"
        " ('res_id', '=', document.id), ('res_field', '=', 'file')])\n"
        "print('FILE', document.id, attachment.store_fname)"
    )
    number, name = told.split("FILE", 1)[1].split()[:2]
    path = databases.data_dir(server.cluster) / "filestore" / server.database / name
    paths = [f"/my/documents/{number}", f"/my/documents/{number}/file",
             f"/my/documents/{number}/shown", "/my/documents"]  # fmt: skip
    good = [_ask(contact, one) for one in paths]
    path.rename(path.with_suffix(".away"))
    bad = [_ask(contact, one) for one in paths]
    path.with_suffix(".away").rename(path)
    mended = [_ask(contact, one) for one in paths]
    wrong = [
        f"{one} without its file: {answer.status_code}"
        for one, answer in zip(paths, bad, strict=True)
        if answer.status_code >= 500
    ]
    lost = [one for one, answer in zip(paths, bad, strict=True)
            if answer.status_code == 200 and not answer.content]  # fmt: skip
    wrong += [f"{one} without its file is an empty file" for one in lost]
    if [one.status_code for one in good] != [one.status_code for one in mended]:
        wrong.append("with its file again the document is not what it was")
    _raise(wrong)
    statuses = ", ".join(
        f"{one.removeprefix('/my')} {answer.status_code}"
        for one, answer in zip(paths, bad, strict=True)
    )
    return f"file missing in the store: {statuses}; with the file again all is as before."


# === THE MAIL SERVER IS DOWN === #


def mail(server):
    """For more than an hour nothing leaves; then all does, once."""
    histories = Histories(server, kills=0)
    contact = histories.people[0][1][0]
    smtp, web = free_port(), free_port()
    server.run_code(
        "env['ir.mail_server'].search([]).unlink()\n"
        f"env['ir.mail_server'].create({{'name': 'x', 'smtp_host': '127.0.0.1', 'smtp_port':"
        f" {smtp}, 'smtp_encryption': 'none'}})\n"
        "env.company.write({'email': 'nosotros@example.com', 'portal_alias': 'ventas',"
        " 'portal_allow_email_code': True})\n"
        "env['mail.mail'].search([]).unlink()\n"
    )
    began = _count(server, "SELECT coalesce(max(id), 0) FROM mail_message")
    for _one in range(3):
        answer = contact._post("/my/messages/new", subject="Por correo", body="Hola")
        if answer.status_code != 303:
            raise DevError(f"without a mail server a message is answered by {answer.status_code}")
    guest = contact.session.__class__(server.base_url)
    page = guest.get(f"{server.base_url}/p/ventas/email", timeout=SECONDS)
    form = {"csrf_token": form_token(page.text), "email": contact.name}
    asked = guest.post(f"{server.base_url}/p/ventas/email", form, timeout=SECONDS)
    server.run_code(
        "for conversation in env['customer.portal.conversation'].search("
        f"[('partner_id.email', '=', {contact.name!r})]):\n"
        "    conversation.message_post(body='Respuesta', message_type='comment',"
        " subtype_xmlid='mail.mt_comment')\n"
    )
    queue = (
        "env.cr.execute('UPDATE mail_mail SET scheduled_date = NULL')\n"
        "env['mail.mail'].process_email_queue()\n"
        "env['customer.portal.challenge']._cron_send()\n"
    )
    waiting = 0
    # After 5, 20 and 80 minutes; the queue is told that they have passed.
    for _time in range(3):
        server.run_code(queue)
        waiting = _count(
            server, "SELECT count(*) FROM mail_mail WHERE state = 'outgoing'"
            " AND portal_failures > 0"
        )  # fmt: skip
    lost = _count(server, "SELECT count(*) FROM mail_mail WHERE state NOT IN ('outgoing', 'sent')")
    sink = MailSink(smtp, web, stream=open(os.devnull, "w"))
    sink.start()
    try:
        server.run_code(queue)
        server.run_code(queue)
    finally:
        sink.stop()
    subjects = [(tuple(one.receivers), one.subject, one.text) for one in sink.mails]
    answers = [one for one in sink.mails if contact.name in one.receivers]
    wrong = []
    if not waiting:
        wrong.append("no mail waits to be tried again")
    if lost:
        wrong.append(f"{lost} mails were given up")
    if len(set(subjects)) != len(subjects):
        wrong.append("a mail came twice")
    if len(answers) < 3:
        wrong.append(f"of 3 answers to the contact {len(answers)} came")
    if asked.status_code >= 500:
        wrong.append(f"who asks for a code is answered {asked.status_code}")
    _raise(wrong)
    return (
        f"mail server down for 80 minutes of the queue's time: messages and answers are taken,"
        f" {waiting} mails wait; up again: {len(sink.mails)} mails came, each once"
        f" ({len(answers)} to the contact; messages after number {began})."
    )


# === THE CLOCK IS SET BACK === #


def clock(server):
    """The server's clock goes two days back, and then is right again."""
    histories = Histories(server, kills=0)
    wrong, told = [], []
    for seconds in (0, -2 * DAY, 0):
        server.set_clock(seconds)
        before = histories.figures["told"]
        for number in range(3):
            batch = [History.by_chance(random.Random(number * 7 + one), 0) for one in range(4)]
            histories.play(batch)
            wrong += [problem for history in batch for problem in history.problems]
        told.append(histories.figures["told"] - before)
    histories.check_log()
    _raise(wrong)
    return (
        f"clock set back by two days, and right again: sessions hold, of the same 12 histories"
        f" {told[0]}, {told[1]} and {told[2]} acts were told to be done; accounts balance, the"
        " chain of the evidence holds."
    )


# === A PROVIDER IS DOWN === #


def provider(server):
    """Stripe does not answer: who pays is told so, owes what it owed, and pays another way."""
    histories = Histories(server, kills=0)
    contact = histories.people[0][1][0]
    customer, word = contact.contact["customer"], contact.word
    begun = [[customer, word, [[100], [100, 100], []]]]
    [made] = server.call("devtools.torture_ledger.begin", begun)
    told = server.run_code(
        # Where nobody listens.
        "provider = env.ref('payment.payment_provider_stripe')\n"
        "provider.write({'state': 'test', 'is_published': True, 'company_id': env.company.id,"
        " 'stripe_secret_key': 'sk_test_x', 'stripe_publishable_key': 'pk_test_x'})\n"
        "provider.payment_method_ids[:1].active = True\n"
        "print('STRIPE', provider.id, provider.payment_method_ids[:1].id)"
    )
    stripe, method = map(int, told.split("STRIPE", 1)[1].split()[:2])
    number = made["invoices"][1]
    chosen = contact._post("/my/pay/choose", invoice=str(number))
    url = chosen.headers["Location"].split("?")[0]
    path = "/" + url.split("/", 3)[3] if url.startswith("http") else url
    contact._get(path)
    began = time.monotonic()
    answer = contact._call(
        f"{path}/transaction", provider_id=stripe, payment_method_id=method, token_id=None,
        flow="direct", tokenization_requested=False, landing_route="/my", amount=1,
    )  # fmt: skip
    seconds = time.monotonic() - began
    error = answer.json().get("error") or {}
    name, said = (error.get("data") or {}).get("name", ""), (error.get("data") or {}).get("message")
    if not error:
        # The provider's addon noted it, for the page that says what became of a payment.
        reference = answer.json()["result"]["reference"]
        told = "SELECT state || ': ' || state_message FROM payment_transaction WHERE reference = %s"
        said = _count(server, told, reference)
    left = _count(server, "SELECT amount_residual FROM account_move WHERE id = %s", number)
    wrong = []
    if not said or (name and not name.startswith("odoo.exceptions.")):
        wrong.append(f"who pays is told {name}: {said}")
    if left != 100:
        wrong.append(f"{left} is left to pay of 100")
    server.run_code("env.ref('payment.payment_provider_stripe').state = 'disabled'")
    chance = random.Random(1)
    chance.choice = lambda notices: (("done",), ())
    chance.random = lambda: 0
    if not contact.pay(number, chance):
        wrong.append("it can't be paid another way")
    server.run_code("env['payment.transaction']._cron_post_process()")
    left = _count(server, "SELECT amount_residual FROM account_move WHERE id = %s", number)
    if left:
        wrong.append(f"paid another way, {left} is left")
    _raise(wrong)
    return (
        f"provider down: after {seconds:.1f} s the payment is {said!r}; the invoice stays open, and"
        " is paid once another way."
    )


# === HELPERS === #


def _count(server, statement, *parameters):
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.fetchone()[0]


def _ask(contact, path):
    return contact.session.get(contact.base_url + path, timeout=SECONDS, allow_redirects=False)


def _raise(wrong):
    if wrong:
        raise DevError("\n".join(wrong))


FAULTS = {
    "kill-accept": _kill("accept"),
    "kill-sign": _kill("sign"),
    "kill-pay": _kill("pay"),
    "kill-debit": _kill("debit"),
    "kill-archive": _kill("archive"),
    "kill-statements": _kill("statements"),
    "kill-mails": _kill("mails"),
    "postgres": postgres,
    "disk": disk,
    "file": file,
    "mail": mail,
    "clock": clock,
    "provider": provider,
}
