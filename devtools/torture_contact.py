"""What a contact does in a browser in the histories of ``./dev torture``: one method an act, which
returns whether the portal said that it was done."""

import re
import time

import requests

from .common import DevError
from .torture_routes import SECONDS, Actor

# A server that was killed answers nothing; nobody is told then that anything was done.
NO_ANSWER = (requests.ConnectionError, requests.Timeout)
# What a provider tells of a payment, in the order in which it tells it; the last of them is what
# nobody had told when the history ended, and comes then.
NOTICES = (
    ((), ()),  # never
    (("done",), ()), (("done",), ()), (("pending", "done"), ()),
    (("done", "done"), ()),  # twice
    (("done", "pending"), ()), (("cancel", "done"), ()), (("done", "error"), ()),  # out of order
    (("error",), ()), (("cancel",), ()),
    ((), ("done",)), (("pending",), ("done", "pending")), (("pending",), ("error",)),  # late
)  # fmt: skip


class Contact(Actor):
    """A contact in a browser, who does one thing after another.

    :param str word: what is written on all that is its customer's
    :param list words: the same of the other customers
    """

    def __init__(self, base_url, login, customer, word="", words=()):
        self.word, self.words = word, words
        # Of payments: what the provider has not told yet.
        self.late = []
        super().__init__(base_url, {"login": login, "customer": customer})

    # === THE BROWSER === #

    def _get(self, path):
        return self._check(self.session.get(self.base_url + path, timeout=SECONDS))

    def _post(self, path, **values):
        return self._check(
            self.session.post(
                self.base_url + path,
                data={"csrf_token": self.csrf, **values},
                timeout=SECONDS,
                allow_redirects=False,
            )
        )

    def _call(self, path, **params):
        return self._check(
            self.session.post(
                self.base_url + path,
                json={"jsonrpc": "2.0", "method": "call", "params": params},
                timeout=SECONDS,
            )
        )

    def _check(self, answer):
        """Return an answer, if it is one.

        :raise DevError: an error of the server, or a word of another customer
        """
        if answer.status_code >= 500 and answer.status_code != 503:
            raise DevError(f"{answer.url} answered {answer.status_code}: {answer.text[-600:]}")
        seen = [word for word in self.words if word != self.word and word in answer.text]
        if seen:
            raise DevError(f"{answer.url} showed {self.name} what is another customer's: {seen}")
        return answer

    def sees(self, path, word):
        """Return whether a page has a word on it.

        :rtype: bool
        """
        answer = self.session.get(self.base_url + path, timeout=SECONDS)
        return word in answer.text

    # === QUOTES === #

    def _version(self, number):
        found = re.search(
            r'name="version" value="(\w+)"', self._get(f"/my/orders/{number}/answer").text
        )
        return found and found[1]

    def accept(self, number, _chance):
        if not (version := self._version(number)):
            return False
        answer = self._post(f"/my/orders/{number}/answer/accept", version=version)
        return self._is_told(answer, "Your order is confirmed")

    def sign(self, number, _chance):
        page = self._post(f"/my/orders/{number}/sign")
        path = _path_of(page).split("?")[0]
        if not path.startswith("/my/sign/"):
            return False
        digest = re.search(r'name="sha256" value="(\w+)"', self._get(path).text)
        if not digest:
            return False
        answer = self._post(
            f"{path}/confirm", sha256=digest[1], signer_name="Carreras", method="type", consent="1"
        )
        # Where it leads says that it was signed, in words of core's.
        return answer.status_code == 303 and "message=sign_ok" in _path_of(answer)

    def refuse(self, number, _chance):
        if not (version := self._version(number)):
            return False
        answer = self._post(
            f"/my/orders/{number}/decline", version=version, decline_message="Too expensive"
        )
        return self._is_told(answer, "The quote is rejected")

    def _is_told(self, answer, words):
        """Return whether an answer, or the page that it leads to, says it."""
        if answer.status_code == 303:
            answer = self._get(_path_of(answer))
        return words in answer.text

    # === INVOICES === #

    def pay(self, number, chance):
        chosen = self._post("/my/pay/choose", invoice=str(number))
        if chosen.status_code != 303:
            return False
        path = _path_of(chosen).split("?")[0]
        # The customer has a saved method, too; that one is automatic debit's.
        ways = [
            way
            for way in re.findall(r"<input[^>]*o_payment_radio[^>]*>", self._get(path).text)
            if 'data-payment-option-type="payment_method"' in way
        ]
        option = ways and re.search(r'data-payment-option-id="(\d+)"', ways[0])
        provider = ways and re.search(r'data-provider-id="(\d+)"', ways[0])
        if not option or not provider:
            return False
        started = self._call(
            f"{path}/transaction",
            provider_id=int(provider[1]),
            payment_method_id=int(option[1]),
            token_id=None,
            flow="direct",
            tokenization_requested=False,
            landing_route="/my",
            amount=1,
        ).json()
        reference = (started.get("result") or {}).get("reference")
        if not reference:
            return False
        told, late = chance.choice(NOTICES)
        self.late += [(reference, state) for state in late]
        for state in told:
            self.notice(reference, state)
        if chance.random() < 0.7:
            self._call("/payment/status/poll")
        return True

    def notice(self, reference, state):
        """Have the provider tell what became of a payment."""
        self._call(
            "/payment/demo/simulate_payment",
            reference=reference,
            payment_details="1234",
            simulated_state=state,
        )

    def report(self, number, _chance):
        today = time.strftime("%Y-%m-%d")
        answer = self._post(
            "/my/payments/report/send", invoice=str(number), date=today, method="transfer"
        )
        return _is_done(answer)

    def promise(self, number, _chance):
        answer = self._post("/my/promises/send", invoice=str(number), day=time.strftime("%Y-%m-%d"))
        return _is_done(answer)

    def plan(self, number, chance):
        wishes = {
            "invoice": str(number),
            "number": str(chance.choice((2, 3))),
            "day": time.strftime("%Y-%m-%d"),
            "down": "0",
        }
        shown = self._post("/my/plans/send", act="show", **wishes)
        seen = re.search(r'name="seen" value="(\w+)"', shown.text)
        if not seen:
            return False
        answer = self._post("/my/plans/send", act="agree", seen=seen[1], **wishes)
        return _is_done(answer)

    def dispute(self, number, chance):
        answer = self._post(
            f"/my/invoices/{number}/dispute/send",
            total=str(chance.choice((1, 10, 1000))),
            reason="price",
        )
        return _is_done(answer)

    def use(self, number, _chance):
        return _is_done(self._post("/my/credit/use", invoice=str(number)))

    def debit(self, _number, chance):
        """Switch automatic debit on or off."""
        if chance.random() < 0.3:
            return _is_done(self._post("/my/pay/debit/off"))
        digest = re.search(r'name="digest" value="(\w+)"', self._get("/my/pay/debit").text)
        if not digest:
            return False
        answer = self._post("/my/pay/debit/on", agree="1", digest=digest[1])
        return _is_done(answer)

    # === THE REST === #

    def say(self, number, chance):
        answer = self._post(
            "/my/messages/new",
            subject=f"Torture {chance.random()}",
            body="Hola",
            about=f"invoice-{number}",
        )
        return _is_done(answer)

    def look(self, number, chance):
        """Look at what is the customer's, and at numbers that are not."""
        paths = (
            "/my", "/my/invoices", "/my/quotes", "/my/pay", "/my/statement",
            f"/my/invoices/{number}", f"/my/invoices/{number - chance.randint(1, 30)}",
            f"/my/invoices/{number}/pdf",
        )  # fmt: skip
        return self._get(chance.choice(paths)).status_code == 200


def _path_of(answer):
    """Return the address that an answer leads to, as of its server."""
    url = answer.headers.get("Location", "")
    return "/" + url.split("/", 3)[3] if url.startswith("http") else url


def _is_done(answer):
    """Return whether an answer leads to the page which says that it was done, not home."""
    done = r"[?&](done|disputed|used|reported|sent)=(1|on|off)\b"
    return answer.status_code == 303 and bool(re.search(done, _path_of(answer)))
