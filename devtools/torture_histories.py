"""Histories by chance: what contacts, staff and scheduled jobs do at once, at a server whose
workers are killed meanwhile; and what must hold at the end of each."""

import json
import os
import random
import re
import signal
import threading
import time

import requests

from .common import DevError
from .torture_routes import SECONDS, Actor

CUSTOMERS = 6
LEDGER = "import json; from devtools.torture_ledger import *\n"
PEOPLE = "from devtools.torture_people import make_customers\n"
# What a contact does, to which kind of document.
ACTS = (
    ("accept", "quotes"), ("refuse", "quotes"), ("pay", "invoices"), ("pay", "invoices"),
    ("report", "invoices"), ("promise", "invoices"), ("dispute", "invoices"),
    ("use", "invoices"), ("say", "invoices"),
)  # fmt: skip
STAFF_ACTS = (
    ("credit", "invoices"), ("receive", "invoices"), ("reject", "quotes"),
    ("confirm", "invoices"), ("book", "invoices"),
)  # fmt: skip
# A server that was killed answers nothing; nobody is told then that anything was done.
NO_ANSWER = (requests.ConnectionError, requests.Timeout)


class Contact(Actor):
    """A contact in a browser, who does one thing after another."""

    def __init__(self, base_url, login, customer):
        super().__init__(base_url, {"login": login, "customer": customer})

    def _post(self, path, **values):
        return self.session.post(
            self.base_url + path,
            data={"csrf_token": self.csrf, **values},
            timeout=SECONDS,
            allow_redirects=False,
        )

    def _call(self, path, **params):
        answer = self.session.post(
            self.base_url + path,
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            timeout=SECONDS,
        )
        return answer

    def _version(self, number):
        page = self.session.get(f"{self.base_url}/my/orders/{number}/answer", timeout=SECONDS)
        found = re.search(r'name="version" value="(\w+)"', page.text)
        return found and found[1]

    def accept(self, number, _chance):
        if not (version := self._version(number)):
            return False
        answer = self._post(f"/my/orders/{number}/answer/accept", version=version)
        return self._is_told(number, answer, "Your order is confirmed")

    def refuse(self, number, _chance):
        if not (version := self._version(number)):
            return False
        answer = self._post(
            f"/my/orders/{number}/decline", version=version, decline_message="Too expensive"
        )
        return self._is_told(number, answer, "The quote is rejected")

    def _is_told(self, number, answer, words):
        """Return whether the page that follows says it; raise for an answer that is none."""
        self._check(answer)
        if answer.status_code != 303:
            return words in answer.text
        page = self.session.get(f"{self.base_url}/my/orders/{number}", timeout=SECONDS)
        return words in page.text

    @staticmethod
    def _check(answer):
        if answer.status_code >= 500:
            raise DevError(f"{answer.url} answered {answer.status_code}: {answer.text[-600:]}")
        return answer

    def pay(self, number, chance):
        chosen = self._check(self._post("/my/pay/choose", invoice=str(number)))
        if chosen.status_code != 303:
            return False
        url = chosen.headers["Location"].split("?")[0]
        path = "/" + url.split("/", 3)[3] if url.startswith("http") else url
        page = self.session.get(self.base_url + path, timeout=SECONDS)
        option = re.search(r'data-payment-option-id="(\d+)"', page.text)
        provider = re.search(r'data-provider-id="(\d+)"', page.text)
        if not option or not provider:
            return False
        started = self._check(
            self._call(
                f"{path}/transaction",
                provider_id=int(provider[1]),
                payment_method_id=int(option[1]),
                token_id=None,
                flow="direct",
                tokenization_requested=False,
                landing_route="/my",
                amount=1,
            )
        ).json()
        reference = started.get("result", {}).get("reference")
        if not reference:
            return False
        # The provider's notice comes twice now and then, or is lost.
        for _time in range(chance.choice((0, 1, 1, 1, 2))):
            self._check(
                self._call(
                    "/payment/demo/simulate_payment",
                    reference=reference,
                    payment_details="1234",
                    simulated_state=chance.choice(("done", "done", "pending", "error", "cancel")),
                )
            )
        if chance.random() < 0.7:
            self._check(self._call("/payment/status/poll"))
        return True

    def report(self, number, _chance):
        today = time.strftime("%Y-%m-%d")
        answer = self._post(
            "/my/payments/report/send", invoice=str(number), date=today, method="transfer"
        )
        return self._check(answer).status_code == 303

    def promise(self, number, _chance):
        answer = self._post("/my/promises/send", invoice=str(number), day=time.strftime("%Y-%m-%d"))
        return self._check(answer).status_code == 303

    def dispute(self, number, chance):
        answer = self._post(
            f"/my/invoices/{number}/dispute/send",
            total=str(chance.choice((1, 10, 1000))),
            reason="price",
        )
        return self._check(answer).status_code == 303

    def use(self, number, _chance):
        return self._check(self._post("/my/credit/use", invoice=str(number))).status_code == 303

    def say(self, number, chance):
        answer = self._post(
            "/my/messages/new",
            subject=f"Torture {chance.random()}",
            body="Hola",
            about=f"account.move,{number}",
        )
        return self._check(answer).status_code == 303


class Histories:
    """Run histories at a live server.

    :param LiveServer server: with demo data
    :param float kills: how often a worker is killed in a history, 0 to 1
    """

    def __init__(self, server, kills=0.3):
        self.server = server
        self.kills = kills
        told = server.run_code(
            f"{LEDGER}{PEOPLE}allow_everything(env)\n"
            f"print('PEOPLE' + json.dumps(make_customers(env, {CUSTOMERS})))"
        )
        people = json.loads(told.split("PEOPLE", 1)[1])
        self.people = [
            (customer, [Contact(server.base_url, login, customer) for login in logins])
            for customer, logins in people
        ]
        self.figures = {"acts": 0, "told": 0, "killed": 0, "unanswered": 0}

    def run(self, count, chance, progress):
        """Run that many histories.

        :param random.Random chance: decides on all
        :param progress: called after each
        :raise DevError: with the script of the history after which something does not hold
        """
        for number in range(count):
            customer, contacts = self.people[number % len(self.people)]
            self._one(customer, contacts, random.Random(chance.random()))
            progress()

    def _one(self, customer, contacts, chance):
        amounts = [
            [chance.choice((10, 99.99, 250)) for _one in range(count)] for count in (2, 3, 1)
        ]
        told = self.server.run_code(
            f"{LEDGER}print('MADE' + json.dumps(begin(env, {customer}, *{amounts!r})))"
        )
        made = json.loads(told.split("MADE", 1)[1])
        scripts = [
            [self._choose(ACTS, made, chance) for _act in range(chance.randint(2, 5))]
            for _contact in contacts
        ]
        staff = [self._choose(STAFF_ACTS, made, chance) for _act in range(chance.randint(0, 2))]
        seeds = [chance.random() for _contact in contacts]
        claims, problems = [], []

        def go_on(contact, script, own_seed):
            own = random.Random(own_seed)
            for name, number in script:
                self.figures["acts"] += 1
                try:
                    if getattr(contact, name)(number, own):
                        self.figures["told"] += 1
                        claims.append([name, number])
                except NO_ANSWER:
                    self.figures["unanswered"] += 1
                    time.sleep(0.5)
                except DevError as error:
                    problems.append(str(error))

        threads = [
            threading.Thread(target=go_on, args=one)
            for one in zip(contacts, scripts, seeds, strict=True)
        ]
        for thread in threads:
            thread.start()
        running = [
            self.server.start_code(f"{LEDGER}staff_act(env, {name!r}, {number})")
            for name, number in staff
        ]
        if chance.random() < self.kills:
            time.sleep(chance.uniform(0.1, 1.5))
            self._kill_worker(chance)
        for thread in threads:
            thread.join()
        for code in running:
            # Staff who come second are told to try again, and their act is undone.
            code.wait()
        told = self.server.run_code(
            f"{LEDGER}print('WRONG' + json.dumps(check(env, {customer}, {made!r}, {claims!r})))"
        )
        problems += json.loads(told.split("WRONG", 1)[1])
        if problems:
            raise DevError(
                "\n".join(problems)
                + f"\nafter this history: amounts {amounts}, {made}, contacts {scripts},"
                f" staff {staff}, told {claims}"
            )

    @staticmethod
    def _choose(acts, made, chance):
        name, kind = chance.choice(acts)
        return name, chance.choice(made[kind])

    def _kill_worker(self, chance):
        workers = [pid for pid in self.server.worker_pids() if _is_worker(pid)]
        if workers:
            os.kill(chance.choice(workers), signal.SIGKILL)
            self.figures["killed"] += 1

    def check_log(self):
        """Look at the chain of the evidence, once all is done.

        :raise DevError: if it does not hold
        """
        if "HOLDS True" not in self.server.run_code(f"{LEDGER}print('HOLDS', check_log(env))"):
            raise DevError("The chain of the evidence does not hold.")


def _is_worker(pid):
    """Return whether a process serves requests: it listens, and has no program of its own."""
    with open(f"/proc/{pid}/cmdline") as handle:
        return "gevent" not in handle.read()
