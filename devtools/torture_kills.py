"""What is left when a process is killed in the middle: each act of the portal that matters, killed
before one statement after another that it writes to the database, and then done again as whoever
did it would."""

import os
import random
import re
import signal
import threading
import time

from .common import DevError, note
from .torture_contact import NO_ANSWER
from .torture_histories import Histories, History

# At so many places of an act, evenly spread over all of its statements.
PLACES = 4
_TRIGGERS = """
CREATE SEQUENCE IF NOT EXISTS torture_step;
CREATE TABLE IF NOT EXISTS torture_stop (step integer);
CREATE OR REPLACE FUNCTION torture_stop_here() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('torture_step') = (SELECT step FROM torture_stop LIMIT 1) THEN
        PERFORM pg_sleep(600);
    END IF;
    RETURN NULL;
END $$;
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
        AND tablename NOT LIKE 'torture%' LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER torture_stop BEFORE INSERT OR UPDATE OR DELETE'
            ' ON %I FOR EACH STATEMENT EXECUTE FUNCTION torture_stop_here()', name);
    END LOOP;
END $$;
"""


class Killing:
    """Kills what runs at a server before one of its statements.

    :param LiveServer server: with demo data
    """

    def __init__(self, server):
        self.server = server
        self.histories = Histories(server, kills=0)
        self.customer, self.contacts = self.histories.people[0]
        self.word = self.histories.words[self.customer]
        self._execute(_TRIGGERS)

    def _execute(self, statement, *parameters):
        with self.server.connect() as connection, connection.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            return cursor.fetchall() if cursor.description else None

    def _stop_at(self, step):
        self._execute("DELETE FROM torture_stop")
        if step:
            self._execute("INSERT INTO torture_stop VALUES (%s)", step)
        self._execute("SELECT setval('torture_step', 1, false)")

    def _steps(self):
        [(steps, is_called)] = self._execute("SELECT last_value, is_called FROM torture_step")
        return steps if is_called else 0

    def _stopped(self):
        """Return the numbers of the database's processes that wait where they were stopped."""
        return [pid for (pid,) in self._execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event = 'PgSleep'")]  # fmt: skip

    def run(self, name, prepare, act, is_code, finish):
        """Kill an act at its steps; return the figures in a sentence.

        :param str name: what it is called
        :param prepare: makes more of what one act is about, which is a dictionary
        :param act: does it; for code, returns the statements that do it
        :param bool is_code: whether a process of its own does it, not one that serves requests
        :param finish: does again what was not answered, and returns what does not hold
        :rtype: str
        :raise DevError: with what does not hold
        """
        self._stop_at(0)
        abouts = self._begin(PLACES + 1)
        about = abouts.pop()
        prepare(about)
        self._stop_at(0)
        self._start(act, about, is_code)[1]()
        total = self._steps()
        self._stop_at(0)
        wrong = [f"undisturbed: {one}" for one in finish(about)]
        wrong += self._check([about])
        places = sorted({1 + total * place // PLACES for place in range(PLACES)})
        killed = 0
        for step, about in zip(places, abouts, strict=False):
            prepare(about)
            self._stop_at(step)
            kill, wait = self._start(act, about, is_code)
            killed += self._kill_when_stopped(kill)
            self._stop_at(0)
            wait()
            self._wait_for_workers()
            wrong += [f"killed at {step} of {total}: {one}" for one in finish(about)]
        wrong += self._check(abouts)
        note(f"{name}: {total} statements, killed at {killed}")
        if wrong:
            raise DevError(f"{name}:\n" + "\n".join(wrong))
        return (
            f"{name}: killed before {killed} of its {total} writing statements, done again:"
            " nothing lost, nothing doubled."
        )

    def _start(self, act, about, is_code):
        """Start an act; return how it is killed, and how it is waited for."""
        if is_code:
            process = self.server.start_code(act(about))
            self._is_over = lambda: process.poll() is not None
            return lambda: os.killpg(process.pid, signal.SIGKILL), process.wait

        def try_it():
            try:
                act(about)
            except NO_ANSWER:
                about["unanswered"] = True

        thread = threading.Thread(target=try_it)
        thread.start()
        self._is_over = lambda: not thread.is_alive()
        return self._kill_workers, thread.join

    def _kill_workers(self):
        for pid in self.server.worker_pids():
            os.kill(pid, signal.SIGKILL)

    def _kill_when_stopped(self, kill):
        deadline = time.monotonic() + 60
        while not (stopped := self._stopped()):
            if self._is_over():
                return 0
            if time.monotonic() > deadline:
                raise DevError("neither stopped nor done within a minute")
            time.sleep(0.02)
        kill()
        # The connection of who was killed is gone; PostgreSQL looks only when it has slept.
        with self.server.cluster.cursor(self.server.database) as cursor:
            for pid in stopped:
                cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        return 1

    def _wait_for_workers(self):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                self.contacts[0].session.get(self.server.base_url + "/web/health", timeout=30)
                return
            except NO_ANSWER:
                time.sleep(0.2)

    # === THE ACTS === #

    def _begin(self, count):
        """Return what so many acts are about: documents of the customer."""
        amounts = [[100, 100], [100, 100], []]
        begun = [[self.customer, self.word, amounts]] * count
        abouts = []
        for made in self.server.call("devtools.torture_ledger.begin", begun):
            history = History({"amounts": amounts})
            history.made, history.customer = made, self.customer
            abouts.append({"history": history})
        return abouts

    def _check(self, abouts):
        histories = [about["history"] for about in abouts]
        self.histories._check(histories)
        return [problem for history in histories for problem in history.problems]

    def _answer_quote(self, act, place):
        """Accept or sign, killed, and again: the second time says that it was done, or does it."""
        contact, chance = self.contacts[0], random.Random(1)

        def do(about):
            number = about["history"].made["quotes"][place]
            if getattr(contact, act)(number, chance):
                about["history"].claims.append([act, number])

        def finish(about):
            number = about["history"].made["quotes"][place]
            # What was answered and what was not: in both cases it is done once, in the end.
            about["history"].unknown.add(number)
            if not about["history"].claims:
                do(about)
            state = self._execute("SELECT state FROM sale_order WHERE id = %s", number)
            return [] if state == [("sale",)] else [f"the quote is {state}"]

        return do, finish

    def accept(self):
        do, finish = self._answer_quote("accept", 0)
        return self.run("accept a quote", dict, do, False, finish)

    def sign(self):
        do, finish = self._answer_quote("sign", 1)
        return self.run("sign a quote", dict, do, False, finish)

    def pay(self):
        """The provider's notice and what books it; a provider repeats what was not answered."""
        contact = self.contacts[0]

        def prepare(about):
            contact.late, chance = [], random.Random(1)
            chance.choice = lambda notices: ((), ("done",))
            chance.random = lambda: 1
            contact.pay(about["history"].made["invoices"][1], chance)
            about["notices"], contact.late = contact.late, []
            if not about["notices"]:
                raise DevError("no payment was begun")

        def do(about):
            for reference, state in about["notices"]:
                contact.notice(reference, state)
            contact._call("/payment/status/poll")

        def finish(about):
            if about.pop("unanswered", False):
                do(about)
            number = about["history"].made["invoices"][1]
            left = self._execute("SELECT amount_residual FROM account_move WHERE id = %s", number)
            return [] if left == [(0,)] else [f"of the invoice {left} is left"]

        return self.run("pay online", prepare, do, False, finish)

    def debit(self):
        """The scheduled action that charges; who was asked once is never asked again."""
        cron = "env['customer.portal.debit']._cron_debit()\n"

        def prepare(about):
            self.server.run_code(
                f"customer = env['res.partner'].browse({self.customer})\n"
                "Debit = env['customer.portal.debit']\n"
                "if not Debit.search([('customer_id', '=', customer.id), ('state', '=', 'on')]):\n"
                "    text = Debit._consent_text(customer, customer.portal_main_token_id)\n"
                "    Debit._agree(customer, Debit._text_digest(text))\n"
                f"{cron}"
                "attempts = env['customer.portal.debit.attempt'].search([('state', '=',"
                f" 'announced'), ('invoice_id', '=', {about['history'].made['invoices'][0]})])\n"
                "attempts.charge_on = env.cr.now().date()\n"
            )

        def finish(about):
            self.server.run_code(cron)
            self.server.run_code(cron)
            number = about["history"].made["invoices"][0]
            paid = self._execute(
                "SELECT count(*) FROM customer_portal_debit_attempt a JOIN account_payment p"
                " ON p.payment_transaction_id = a.transaction_id WHERE a.invoice_id = %s", number
            )  # fmt: skip
            asked = self._execute(
                "SELECT state, count(*) FROM customer_portal_debit_attempt WHERE invoice_id = %s"
                " GROUP BY state", number
            )  # fmt: skip
            wrong = [] if paid[0][0] <= 1 else [f"it was charged {paid[0][0]} times"]
            # What was sent and not answered is staff's to ask for, and says so.
            if not asked or {state for state, _n in asked} - {"done", "sent", "unknown"}:
                wrong.append(f"the charge is {asked}")
            return wrong

        return self.run("automatic debit", prepare, lambda _about: cron, True, finish)

    def archive(self):
        cron = "env['customer.portal.pack']._cron_make()\n"
        contact = self.contacts[0]

        def prepare(about):
            # One that is ready would be given again.
            self._execute("DELETE FROM customer_portal_pack")
            page = contact._post("/my/invoices/download", all="1", filterby="all")
            about["pack"] = int(re.search(r"packs/(\d+)", page.headers["Location"])[1])

        def finish(about):
            self.server.run_code(cron)
            rows = self._execute(
                "SELECT p.state, p.document_count, count(f.id) FROM customer_portal_pack p"
                " LEFT JOIN customer_portal_pack_file f ON f.pack_id = p.id WHERE p.id = %s"
                " GROUP BY p.id", about["pack"]
            )  # fmt: skip
            state, documents, files = rows[0]
            wrong = [] if (state, documents) == ("ready", files) else [f"the archive is {rows}"]
            mails = self._execute(
                "SELECT count(*) FROM mail_message WHERE model = 'customer.portal.pack'"
                " AND res_id = %s", about["pack"]
            )  # fmt: skip
            if mails != [(1,)]:
                wrong.append(f"{mails[0][0]} mails tell of it")
            return wrong

        return self.run("archive", prepare, lambda _about: cron, True, finish)

    def statements(self):
        """The monthly run, for each customer with something open."""
        cron = "env['customer.portal.statement.mail']._cron_send()\n"

        def prepare(about):
            self.server.run_code(
                "from datetime import date\n"
                "env.company.write({'email': 'nosotros@example.com', 'portal_show_statement': True,"
                " 'portal_send_statements': True, 'portal_statement_day': 1})\n"
                "env.company.portal_statements_since = date(2020, 1, 1)\n"
            )
            self._execute("DELETE FROM customer_portal_statement_mail")

        def finish(about):
            self.server.run_code(cron)
            twice = self._execute(
                "SELECT customer_id, count(*) FROM customer_portal_statement_mail"
                " GROUP BY 1 HAVING count(*) > 1"
            )
            mine = self._execute(
                "SELECT count(*) FROM customer_portal_statement_mail WHERE customer_id = %s",
                self.customer,
            )
            wrong = [f"more than one for {twice}"] if twice else []
            if mine != [(1,)]:
                wrong.append(f"the customer got {mine[0][0]} statements")
            return wrong

        return self.run("statement run", prepare, lambda _about: cron, True, finish)

    def mails(self):
        """A reply by mail; the mail server brings it again when it was not taken."""
        contact = self.contacts[0]

        def prepare(about):
            number = about["history"].made["invoices"][0]
            contact.say(number, random.Random(number))
            rows = self._execute(
                "SELECT message_id FROM mail_message WHERE model = 'account.move' AND res_id = %s"
                " AND body LIKE '%%Hola%%' ORDER BY id DESC LIMIT 1", number
            )  # fmt: skip
            if not rows:
                raise DevError("no message was sent")
            about["mail"] = (
                f"From: {contact.name}\nTo: portal@example.com\nSubject: Re: by mail\n"
                f"In-Reply-To: {rows[0][0]}\nMessage-Id: <torture-{number}@example.com>\n\n"
                f"Reply {number}\n"
            )

        def code(about):
            return f"env['mail.thread'].message_process(False, {about['mail']!r})\n"

        def finish(about):
            self.server.run_code(code(about))
            number = about["history"].made["invoices"][0]
            got = self._execute(
                "SELECT count(*) FROM mail_message WHERE model = 'account.move' AND res_id = %s"
                " AND body LIKE %s", number, f"%Reply {number}%"
            )  # fmt: skip
            wrong = [] if got == [(1,)] else [f"the reply is there {got[0][0]} times"]
            return wrong

        return self.run("reply by mail", prepare, code, True, finish)
