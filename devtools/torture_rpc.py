"""Remote calls by chance: every public method that a contact can reach, by its session and by a
key, and what no answer may be."""

import json
import random
import re

from .torture_routes import NOTES, SECONDS, TEXTS, Leak, RouteTorture

# What a call may write: it is about the user's own, or asks for the password first.
WRITES = {
    *NOTES,
    "res_users_identitycheck",
    "res_users_apikeys",  # core's: when a key was used
}
# Methods that may write more, and why.
WRITERS = {
    "res.users.switch_tour_enabled": "the user's own preference",
    "mail.push.device.get_web_push_vapid_public_key": "core makes the server's key once",
}
# Parameters of core's methods that are dictionaries.
_DICTIONARIES = {"vals", "values", "update_vals", "custom_values", "message_dict", "msg_dict"}
DOMAINS = (
    [], [["id", "!=", 0]], [["create_uid.password", "like", "a"]], [["access_token", "!=", False]],
    [["id", "in", [1, "x", None, 2**70]]], ["|"], ["!", "!", ["id", "=", 1]], [[]], [[1, 2, 3]],
    [["name", "=like", "%" * 50]], [["id", "any", [["id", "=", 1]]]], "x", {"a": 1}, None, 7,
    [["partner_id.user_ids.login", "!=", "x"]], [["message_ids.body", "ilike", "zq"]],
)  # fmt: skip
ORDERS = ("id", "name desc", "id; DROP TABLE x", "access_token", "partner_id.user_ids", "", None, 1)
NESTED = [[[[[[[[[]]]]]]]]]


class RpcTorture(RouteTorture):
    """Call every method as each contact, with values by chance.

    :param LiveServer server: with the world of ``torture_world`` in its database
    :param dict world: see ``torture_world.prepare``
    :param dict reachable: see ``torture_methods.reachable``
    """

    def __init__(self, server, world, reachable):
        super().__init__(server, world)
        self.models, self.keys = reachable["models"], reachable["keys"]
        self.contacts = [actor for actor in self.actors if actor.contact]
        self.tokens = [token for rows in world["tokens"].values() for _n, _c, token in rows]
        self.answered = 0

    # === WHAT IS CALLED === #

    def calls(self):
        """Return all there is to call.

        :return: model, name, whether it is for records, names of parameters, whether it is ours
        :rtype: list[tuple]
        """
        return [(model, *method) for model, one in self.models.items() for method in one["methods"]]

    def _anything(self, chance, depth=0):
        kind = chance.randrange(12 if depth < 3 else 9)
        if kind < 2:
            return chance.choice((None, True, False, 0, -1, 1.5, 2**31, 2**63, 10**40))
        if kind < 5:
            return chance.choice(TEXTS)
        if kind < 9:
            return self._number(chance)
        if kind == 9:
            return {
                chance.choice(TEXTS)[:40]: self._anything(chance, depth + 1)
                for _one in range(chance.randrange(4))
            }
        if kind == 10:
            return chance.choice((NESTED, [None], list(range(3000))))
        return [self._anything(chance, depth + 1) for _one in range(chance.randrange(4))]

    def _number(self, chance):
        """Give the number of somebody's record: of any model, so mostly another one's."""
        model = chance.choice([*self.models.values()])
        return chance.choice(model["ids"] or [1])

    def _fields(self, chance, model):
        known = self.models[model]["fields"] or ["id"]
        return [chance.choice(known) for _one in range(chance.randrange(1, 6))]

    def _argument(self, chance, model, name):
        """Give a value for a parameter: mostly one that its name suggests."""
        # What is no dictionary there is what core stumbles over, too, before it asks for a right.
        if name in _DICTIONARIES:
            return {field: self._anything(chance, 2) for field in self._fields(chance, model)}
        if chance.random() < 0.3:
            return self._anything(chance)
        if "domain" in name:
            if chance.random() < 0.5:
                return [[self._fields(chance, model)[0], "!=", self._anything(chance, 3)]]
            return chance.choice(DOMAINS)
        if name in ("order", "orderby", "sort"):
            return chance.choice(ORDERS)
        if name in ("limit", "offset", "count_limit"):
            return chance.choice((0, 1, 80, -1, 2**40, None, "x"))
        if name in ("specification", "fields_spec", "read_specification"):
            return {field: {} for field in self._fields(chance, model)}
        if name in ("aggregates",):
            return ["__count", f"{self._fields(chance, model)[0]}:array_agg"]
        if "field" in name or "group" in name:
            fields = self._fields(chance, model)
            return fields if name.endswith("s") or "groupby" in name else fields[0]
        if name == "vals_list" and chance.random() < 0.9:
            values = {field: self._anything(chance, 2) for field in self._fields(chance, model)}
            return chance.choice(([values], [values, values], values))
        if name.endswith("_ids") or name == "ids":
            return [self._number(chance) for _one in range(chance.randrange(4))]
        if name.endswith(("_id", "record", "number")):
            return self._number(chance)
        return self._anything(chance)

    def _ids(self, chance, model):
        known = self.models[model]["ids"]
        if known and chance.random() < 0.8:
            return chance.sample(known, chance.randint(1, min(3, len(known))))
        return chance.choice(([], [0], [-1], [2**31], [2**70], ["x"], [None], "x", None, {}, [[1]]))

    def one(self, chance, call):
        """Return a call by chance: who, how, and what is sent.

        :rtype: tuple
        """
        model, name, for_records, parameters, _ours = call
        # Some are left out, as by who doesn't know them; some are not what the method takes.
        given = {
            one: self._argument(chance, model, one) for one in parameters if chance.random() < 0.85
        }
        if chance.random() < 0.1:
            given[chance.choice(("context", "self", "x", "ids", "env"))] = self._anything(chance)
        ids = self._ids(chance, model) if for_records else None
        return chance.choice(self.contacts), chance.random() < 0.3, ids, given

    # === WHAT NO ANSWER MAY BE === #

    def call(self, call, actor, by_key, ids, given, in_order):
        """Call once, and look at the answer.

        :param bool by_key: without the session
        :param bool in_order: whether values are given by place, where that is possible
        :raise Leak: a stumble of ours, a word of another customer, a token, a write
        """
        model, name, for_records, parameters, ours = call
        if by_key:
            body = {**given, **({"ids": ids} if for_records else {})}
            path, more = f"/json/2/{model}/{name}", body
            headers = {"Authorization": f"Bearer {self.keys[actor.name]}"}
            # Without the session: the key alone says who it is.
            session = self.guest.session
        else:
            args = [ids] if for_records else []
            # What is left out would have the rest stand in the place of something else.
            in_order = in_order and [*given] == parameters
            args += list(given.values()) if in_order else []
            kwargs = {} if in_order else given
            params = {"model": model, "method": name, "args": args, "kwargs": kwargs}
            path = f"/web/dataset/call_kw/{model}/{name}"
            more = {"jsonrpc": "2.0", "method": "call", "params": params}
            headers, session = {}, actor.session
        data = json.dumps(more)
        answer = session.post(
            self.server.base_url + path,
            data=data,
            headers={"Content-Type": "application/json", **headers},
            timeout=SECONDS,
        )
        self.asked.add((model, name))
        what = f"{actor.name}: {path} {data[:600]}"
        error = _error(answer)
        kind = "said no" if error else "answered"
        self.counts[kind] = self.counts.get(kind, 0) + 1
        known = self.models[model]["ids"]
        well_formed = not for_records or (bool(ids) and all(one in known for one in ids))
        if error and is_stumble(error, ours and well_formed):
            raise Leak(f"{what}\nstumbled: {error['name']}: {error['debug'][-1500:]}")
        self._check_words(actor, answer, what)
        told = [one for one in self.tokens if one in answer.text and one not in data]
        if told:
            raise Leak(f"{what}\ntells the token of a document: {answer.text[:300]}")
        written = sorted(one for one in self._writes() if one.split()[0] not in WRITES)
        if written and f"{model}.{name}" not in WRITERS:
            raise Leak(f"{what}\nwrote to {', '.join(written)}")

    def run(self, count, chance, progress):
        """Call each method as often as the others; what fails is kept in ``failures``.

        :param int count: calls to all of them; if it is less than there are methods, some are not
            called: ours come first
        """
        turns = random.Random(chance)
        calls = self.calls()
        turns.shuffle(calls)
        calls.sort(key=lambda call: not call[-1])
        own = sum(call[-1] for call in calls)
        # Half of a small share goes to what is ours alone.
        if count < len(calls):
            calls = [*calls[:own][: count // 2], *calls[own:]]
        for number in range(count):
            call = calls[number % len(calls)]
            actor, by_key, ids, given = self.one(turns, call)
            try:
                self.call(call, actor, by_key, ids, given, turns.random() < 0.3)
            except Leak as leak:
                self.fail((call[1], str(leak).split("\n")[1][:60]), str(leak))
            progress()
            if number % 500 == 499:
                # What a call may have ended, and which belongs to none of the next ones.
                for contact in self.contacts:
                    if not contact.is_signed_in():
                        self.fail((contact.name, ""), f"{contact.name} is signed in no more")
                        contact.sign_in()

    def log_errors(self):
        """Override: what core stumbles over, given what is none of its types, is core's."""
        return [record for record in super().log_errors() if is_ours(record)]


def _error(answer):
    """Return the name and traceback of an error that was answered; None if it is none."""
    try:
        told = answer.json()
    except ValueError:
        return {"name": f"HTTP {answer.status_code}", "debug": answer.text}
    if answer.status_code != 200 and isinstance(told, dict):
        return {"name": str(told.get("name")), "debug": str(told.get("debug", told))}
    error = told.get("error") if isinstance(told, dict) else None
    if isinstance(error, dict) and "data" in error:
        return {"name": error["data"].get("name", ""), "debug": error["data"].get("debug", "")}
    return None


# Errors that say no in words.
_REFUSALS = (
    "odoo.exceptions.", "werkzeug.exceptions.", "odoo.addons.customer_portal_plus.",
    "odoo.http.SessionExpiredException",
)  # fmt: skip
_SEVERAL = "ValueError: Expected singleton"


def is_ours(traceback):
    """Return whether it is our code that stumbled.

    :param str traceback: of the exception
    """
    frames = re.findall(r'File "([^"]+)", line', traceback)
    return bool(frames) and "/customer_portal_plus" in frames[-1]


def is_stumble(error, ours):
    """Return whether an error is a stumble that is ours to mend, not a refusal in words.

    What is no record, or not what a method of core takes, is core's to refuse.

    :param dict error: its ``name`` and ``debug``
    :param bool ours: whether the method is ours alone, and was called for records that there are
    """
    if error["name"].startswith(_REFUSALS):
        return False
    if is_ours(error["debug"]):
        return True
    # Wrong names of parameters are refused where the method is called, several records by
    # ``ensure_one``.
    _before, *inside = re.split("in (?:call_kw|web_json_2_rpc)\n", error["debug"])
    inside = "".join(inside)
    return ours and "/customer_portal_plus" in inside and _SEVERAL not in inside
