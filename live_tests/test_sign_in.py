"""Guessing mailed codes from many connections at once, against a server with two workers."""

import http.client
import json
import re
import threading
from urllib.parse import urlencode, urlsplit

import pytest

from devtools.live_server import LiveServer

GUESSES = 200
COMPARED = re.compile(r"Tries left|Too many wrong codes")

SETUP = """
company = env.company
env["res.lang"]._activate_lang("en_US")
env.ref("base.public_user").lang = "en_US"
company.write({
    "portal_alias": "ventas", "portal_allow_email_code": True,
    "portal_allow_self_registration": True,
})
customer = env["res.partner"].create(
    {"name": "Alfa SL", "is_company": True, "email": "alfa@example.com"})
"""
# The mail itself plays no part: what it carries is printed instead.
DRAW = """
import json
challenge = env["customer.portal.challenge"].search([], order="id DESC", limit=1)
code, token = challenge._draw_secrets()
print("SECRETS" + json.dumps([challenge.id, code]))
"""


# Two workers keep 16 connections waiting in line, and serve two. What comes beyond that the kernel
# takes up later, or resets; a proxy stands in front of a real server and keeps clients waiting
# instead. So does this, lest it tried the kernel.
IN_LINE = threading.Semaphore(18)


@pytest.fixture(scope="module")
def server():
    with LiveServer() as running:
        running.run_code(SETUP)
        yield running


class Browser:
    """A browser's session; each request on a connection of its own, as from many machines."""

    def __init__(self, server):
        self.host = urlsplit(server.base_url).netloc
        self.cookie = ""

    def ask(self, method, path, form=None):
        connection = http.client.HTTPConnection(self.host, timeout=300)
        headers = {"Cookie": self.cookie, "Connection": "close"}
        body = None
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(form)
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        for header, value in response.getheaders():
            if header == "Set-Cookie" and value.startswith("session_id="):
                self.cookie = value.partition(";")[0]
        text = response.read().decode()
        connection.close()
        return response.status, text

    def token(self, path):
        return re.search(r'name="csrf_token" value="([^"]+)"', self.ask("GET", path)[1]).group(1)


def ask_for_code(server):
    """Ask for a mail as Alfa; return the browser, the challenge's number and its code."""
    browser = Browser(server)
    form = {"csrf_token": browser.token("/p/ventas"), "email": "alfa@example.com"}
    assert browser.ask("POST", "/p/ventas/email", form)[0] == 303
    printed = server.run_code(DRAW)
    number, code = json.loads(re.search(r"SECRETS(\[.*?\])", printed).group(1))
    return browser, number, code


def count_tries(server, number):
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT tries FROM customer_portal_challenge WHERE id = %s", [number])
        return cursor.fetchone()[0]


def forget_limits(server):
    """Forget what was counted, so that only the tries of the challenge itself are left."""
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM customer_portal_throttle")


def guess_at_once(browser, codes, path="/p/ventas/code"):
    """Type codes at the same time, each on a connection of its own.

    :return: status and page of each answer; the error where there was none
    """
    form_token = browser.token(path)
    start, answers = threading.Barrier(len(codes)), []

    def guess(code):
        start.wait()
        try:
            with IN_LINE:
                answers.append(browser.ask("POST", path, {"csrf_token": form_token, "code": code}))
        except (OSError, http.client.HTTPException) as error:
            answers.append((599, repr(error)))

    threads = [threading.Thread(target=guess, args=(code,)) for code in codes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_parallel_guesses(server):
    """Of 200 guesses at once, five at most are compared with the code; all are answered."""
    browser, number, code = ask_for_code(server)
    wrong = [f"{(int(code) + 1 + step) % 10**6:06}" for step in range(GUESSES)]
    answers = guess_at_once(browser, wrong)
    assert len(answers) == GUESSES
    assert {status for status, _page in answers} <= {422, 429}, sorted(
        {page[:200] for status, page in answers if status not in (422, 429)}
    )
    compared = [page for _status, page in answers if COMPARED.search(page)]
    assert 1 <= len(compared) <= 5
    assert count_tries(server, number) == len(compared)


def test_parallel_guesses_without_other_limits(server):
    """The challenge counts its tries by itself, not only the network that they come from."""
    for _round in range(2):
        forget_limits(server)
        browser, number, code = ask_for_code(server)
        wrong = [f"{(int(code) + 1 + step) % 10**6:06}" for step in range(55)]
        answers = guess_at_once(browser, wrong)
        assert {status for status, _page in answers} == {422}
        assert len([page for _status, page in answers if COMPARED.search(page)]) == 5
        assert count_tries(server, number) == 5
        # The right code does not work any more.
        form = {"csrf_token": browser.token("/p/ventas/code"), "code": code}
        assert browser.ask("POST", "/p/ventas/code", form)[0] == 422


def test_right_code_signs_in(server):
    """What the try writes beside the request's transaction is seen by it afterwards."""
    forget_limits(server)
    browser, number, code = ask_for_code(server)
    form = {"csrf_token": browser.token("/p/ventas/code"), "code": code}
    assert browser.ask("POST", "/p/ventas/code", form)[0] == 303
    assert browser.ask("GET", "/my")[0] == 200
    assert count_tries(server, number) == 1


def count_sign_ins(server):
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM customer_portal_event WHERE kind = 'sign_in'")
        return cursor.fetchone()[0]


def test_right_code_at_once_signs_in_once(server):
    """The right code, typed by five at the same time, opens one session."""
    forget_limits(server)
    browser, number, code = ask_for_code(server)
    before = count_sign_ins(server)
    answers = guess_at_once(browser, [code] * 5)
    assert {status for status, _page in answers} <= {303, 410, 422}
    assert count_sign_ins(server) == before + 1
    assert count_tries(server, number) <= 5
