"""Histories by chance: what contacts, staff and scheduled jobs do at once, at a server whose
workers are killed and whose database restarts meanwhile; and what must hold at the end of each.

Several histories run at the same time, each of a customer of its own; what all of them need of
Odoo itself (documents to begin with, what must hold) is asked for once. One that fails is tried
again with fewer acts, until none can be left out, and is kept as a file that can be run again.
"""

import json
import os
import random
import signal
import threading
import time

from .common import DevError, note, sub_dir
from .torture_contact import NO_ANSWER, Contact

CUSTOMERS = 6
STAFF = "from devtools.torture_staff import staff_acts\n"
# What a contact does, to which kind of document.
ACTS = (
    ("accept", "quotes"), ("sign", "quotes"), ("refuse", "quotes"),
    ("pay", "invoices"), ("pay", "invoices"), ("pay", "invoices"),
    ("report", "invoices"), ("promise", "invoices"), ("plan", "invoices"),
    ("dispute", "invoices"), ("use", "invoices"), ("debit", "invoices"),
    ("say", "invoices"), ("look", "invoices"),
)  # fmt: skip
# What staff do, and what scheduled actions do; they are processes of their own.
STAFF_ACTS = (
    ("credit", "invoices"), ("receive", "invoices"), ("reject", "quotes"), ("refund", "invoices"),
    ("confirm", "invoices"), ("move", "invoices"), ("off", "invoices"),
)  # fmt: skip
CRON_ACTS = (("book", "invoices"), ("charge", "invoices"), ("follow", "invoices"))
# For so many seconds after a restart of PostgreSQL an error of the server is no surprise.
RECOVERY = 15
# How often a history that failed is tried with fewer acts: what comes first is not the same twice.
TRIES = 3


class History:
    """One history: what is there at its beginning, who does what.

    :param dict script: ``amounts`` of quotes, invoices and credits; ``contacts``, ``staff`` and
        ``crons``: lists of acts, each with the kind and the place of its document; ``seed``;
        ``kills``: seconds after which a worker is killed
    """

    def __init__(self, script):
        self.script = script
        self.made = self.customer = None
        self.claims, self.problems, self.unknown = [], [], set()

    @classmethod
    def by_chance(cls, chance, kills):
        """Return a history that chance has written.

        :param float kills: how often a worker is killed in it, 0 to 1
        :rtype: History
        """
        amounts = [
            [chance.choice((10, 99.99, 250)) for _one in range(count)] for count in (2, 3, 1)
        ]
        places = {"quotes": 2, "invoices": 3}

        def acts(known, least, most):
            chosen = [chance.choice(known) for _act in range(chance.randint(least, most))]
            return [[name, kind, chance.randrange(places[kind])] for name, kind in chosen]

        return cls(
            {
                "amounts": amounts,
                # The last contact is one that staff move: it looks on only.
                "contacts": [acts(ACTS, 2, 5), acts(ACTS, 2, 5), acts(ACTS[-1:], 0, 2)],
                "staff": acts(STAFF_ACTS, 0, 2),
                "crons": acts(CRON_ACTS, 0, 2),
                "seed": chance.random(),
                "kills": [chance.uniform(0.1, 1.5)] if chance.random() < kills else [],
            }
        )

    def numbered(self, acts):
        """Return acts with the numbers of their documents.

        :rtype: list[tuple[str, int]]
        """
        return [(name, self.made[kind][place]) for name, kind, place in acts]

    def shorter(self):
        """Yield the same history with one act less, in every way.

        :rtype: Iterator[History]
        """
        for part in ("kills", "crons", "staff"):
            for place in range(len(self.script[part])):
                yield History({**self.script, part: _without(self.script[part], place)})
        for who, acts in enumerate(self.script["contacts"]):
            for place in range(len(acts)):
                contacts = [list(one) for one in self.script["contacts"]]
                del contacts[who][place]
                yield History({**self.script, "contacts": contacts})

    def length(self):
        """Return how many acts there are.

        :rtype: int
        """
        script = self.script
        return sum(map(len, [*script["contacts"], script["staff"], script["crons"]]))


def _without(acts, place):
    return [*acts[:place], *acts[place + 1 :]]


class Histories:
    """Run histories at a live server.

    :param LiveServer server: with demo data
    :param float kills: how often a worker is killed in a history, 0 to 1
    :param float restarts: how often PostgreSQL restarts while several run, 0 to 1; for a server
        that has one of its own
    """

    def __init__(self, server, kills=0.1, restarts=0):
        self.server = server
        self.kills, self.restarts = kills, restarts
        server.call("devtools.torture_ledger.allow_everything")
        people = server.call("devtools.torture_people.make_customers", CUSTOMERS)
        self.words = {customer: word for customer, word, _logins in people}
        words = [*self.words.values()]
        self.people = []
        for customer, word, logins in people:
            contacts = [Contact(server.base_url, login, customer, word, words) for login in logins]
            contacts[-1].words = ()
            self.people.append((customer, contacts))
        self.figures = dict.fromkeys(("acts", "told", "killed", "restarted", "unanswered"), 0)
        self.by_act = {}
        self._restarts_until = 0

    def run(self, count, chance, progress, minutes=None):
        """Run that many histories, several at once.

        :param random.Random chance: decides on all
        :param progress: called after each
        :param float minutes: after which no more begin
        :raise DevError: with the shortest history after which something does not hold
        """
        ends = time.monotonic() + minutes * 60 if minutes else None
        while count > 0 and (not ends or time.monotonic() < ends):
            batch = [
                History.by_chance(random.Random(chance.random()), self.kills)
                for _one in range(min(count, len(self.people)))
            ]
            self.play(batch, chance.random() < self.restarts)
            for history in batch:
                if history.problems:
                    raise DevError(self._shortest(history))
                progress()
            count -= len(batch)

    # === PLAYING === #

    def play(self, batch, restarts=False):
        """Run histories at once; what does not hold is in their ``problems``.

        :param bool restarts: whether PostgreSQL restarts meanwhile
        """
        people = self.people[: len(batch)]
        begun = [
            [customer, self.words[customer], history.script["amounts"]]
            for history, (customer, _contacts) in zip(batch, people, strict=True)
        ]
        all_made = self.server.call("devtools.torture_ledger.begin", begun)
        threads = []
        for history, made, (customer, contacts) in zip(batch, all_made, people, strict=True):
            history.made, history.customer = made, customer
            for place, contact in enumerate(contacts):
                own = random.Random(history.script["seed"] + place)
                acts = history.numbered(history.script["contacts"][place])
                threads.append(
                    threading.Thread(target=self._go_on, args=(history, contact, acts, own))
                )
        for thread in threads:
            thread.start()
        running = [self._start_staff(batch, kind) for kind in ("staff", "crons")]
        self._break(batch, restarts)
        for thread in threads:
            thread.join()
        for code in running:
            if code and code.wait() and not restarts:
                code.result()
        self._tell_late(batch, people)
        self._look_at_walls(batch, people)
        self._check(batch)

    def _start_staff(self, batch, kind):
        acts = [act for history in batch for act in history.numbered(history.script[kind])]
        random.Random(batch[0].script["seed"]).shuffle(acts)
        if not acts:
            return None
        return self.server.start_code(f"{STAFF}staff_acts(env, {acts!r})")

    def _go_on(self, history, contact, acts, own):
        for name, number in acts:
            self.figures["acts"] += 1
            try:
                if getattr(contact, name)(number, own):
                    self.figures["told"] += 1
                    self.by_act[name] = self.by_act.get(name, 0) + 1
                    history.claims.append([name, number])
            except NO_ANSWER:
                self.figures["unanswered"] += 1
                history.unknown.add(number)
                time.sleep(0.5)
            except DevError as error:
                # While the database restarts an error is an answer, and tells nobody that
                # anything was done.
                if "answered 500" in str(error) and time.monotonic() < self._restarts_until:
                    self.figures["unanswered"] += 1
                    history.unknown.add(number)
                else:
                    history.problems.append(str(error))

    def _break(self, batch, restarts):
        """Kill workers when the histories say so, and restart PostgreSQL."""
        moments = sorted(moment for history in batch for moment in history.script["kills"])
        started = time.monotonic()
        for moment in moments:
            time.sleep(max(0, started + moment - time.monotonic()))
            if kill_worker(self.server):
                self.figures["killed"] += 1
        if restarts:
            self._restarts_until = time.monotonic() + 60
            self.server.restart_database()
            self._restarts_until = time.monotonic() + RECOVERY
            self.figures["restarted"] += 1

    def _tell_late(self, batch, people):
        """Have the provider tell what it had not told, in any order."""
        late = [(contact, one) for _c, contacts in people for contact in contacts
                for one in contact.late]  # fmt: skip
        random.Random(batch[0].script["seed"]).shuffle(late)
        for contact, (reference, state) in late:
            contact.late = []
            try:
                contact.notice(reference, state)
            except NO_ANSWER:
                contact.notice(reference, state)  # A provider tells it until it is heard.

    def _look_at_walls(self, batch, people):
        """Whoever was moved sees only what is its new customer's; who was switched off, nothing."""
        with self.server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT login, parent_id FROM res_users u JOIN res_partner p"
                " ON p.id = u.partner_id WHERE login LIKE 'history%%'")  # fmt: skip
            now_of = dict(cursor.fetchall())
            cursor.execute(
                "SELECT id FROM res_partner WHERE id = ANY(%s) AND NOT portal_access",
                ([customer for customer, _contacts in people],),
            )
            off = {number for (number,) in cursor.fetchall()}
        for history, (customer, contacts) in zip(batch, people, strict=True):
            invoice = f"/my/invoices/{history.made['invoices'][0]}"
            if customer in off and contacts[0].sees(invoice, self.words[customer]):
                history.problems.append(f"{contacts[0].name} sees {invoice} without access")
            mover = contacts[-1]
            if now_of[mover.name] != customer and mover.sees(invoice, self.words[customer]):
                history.problems.append(f"{mover.name} was moved, and sees {invoice}")

    def _check(self, batch):
        asked = [
            [history.customer, history.made, history.claims, sorted(history.unknown)]
            for history in batch
        ]
        found = self.server.call("devtools.torture_ledger.check", asked)
        for history, wrong in zip(batch, found, strict=True):
            history.problems += wrong

    def check_log(self):
        """Look at the chain of the evidence, once all is done.

        :raise DevError: if it does not hold
        """
        if not self.server.call("devtools.torture_ledger.check_log"):
            raise DevError("The chain of the evidence does not hold.")

    # === WHEN ONE FAILS === #

    def _shortest(self, history):
        """Leave out what is not needed for a history to fail, and keep it as a file.

        :return: what does not hold, and how to have it again
        :rtype: str
        """
        found = history
        note(f"a history fails: {history.problems[0][:200]}; leaving out what is not needed")
        shorter = True
        while shorter:
            shorter = next(filter(self._fails, found.shorter()), None)
            found = shorter or found
        path = sub_dir("torture") / f"history-{found.script['seed']:.9f}.json"
        path.write_text(json.dumps(found.script, indent=1))
        return (
            "\n".join(found.problems)
            + f"\nafter this history of {found.length()} acts (of {history.length()}):"
            f" {json.dumps(found.script)}\ntold {found.claims} of {found.made}\n"
            f"again: ./dev torture --requests 0 --replay {path}\n"
            "Once it is mended, keep the file in live_tests/histories."
        )

    def _fails(self, history):
        for _time in range(TRIES):
            again = History(history.script)
            self.play([again])
            if again.problems:
                history.problems, history.made = again.problems, again.made
                history.claims = again.claims
                return True
        return False


def kill_worker(server):
    """Kill one of the processes that serve requests; return whether there was one.

    :rtype: bool
    """
    workers = [pid for pid in server.worker_pids() if _is_worker(pid)]
    if workers:
        os.kill(random.choice(workers), signal.SIGKILL)
    return bool(workers)


def _is_worker(pid):
    """Return whether a process serves requests: it listens, and has no program of its own."""
    with open(f"/proc/{pid}/cmdline") as handle:
        return "gevent" not in handle.read()
