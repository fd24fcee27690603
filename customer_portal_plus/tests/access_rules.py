"""Who gets in, in prose: from these sentences the access matrix derives what each cell must be.

Nothing here is copied from what the portal was seen to answer. The sentences are asked from top
to bottom; the first that speaks about a cell decides it. A cell is an actor (who asks), a target
(the document that is asked for) and a request (a row of ``access_requests.py``).
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Actor:
    """Who asks.

    :param str login: key of the user in ``PortalData``; empty for a guest
    :param str link: ``right``: holds the mailed link of the target; ``other``: holds the link of
        another document; empty: holds none
    :param str customer: whose contact it is; empty for guests and staff
    :param frozenset can: capabilities of its profile
    :param str scope: ``whole`` or ``own``
    :param bool staff: an internal user
    """

    name: str
    login: str = ""
    link: str = ""
    customer: str = ""
    can: frozenset = frozenset()
    scope: str = "whole"
    staff: bool = False


@dataclass(frozen=True)
class Target:
    """What is asked for.

    :param str kind: ``invoice`` or ``order``; empty for pages that show no single document
    :param str customer: whose document it is
    :param bool published: neither draft nor cancelled nor hidden
    :param str addressed_to: login of the contact it is addressed to; empty: the customer itself
    :param str asks: what an open quote waits for: ``signature``, ``click`` or ``payment``
    :param bool payable: an invoice with something left to pay, or an order
    """

    name: str
    kind: str = ""
    customer: str = "alfa"
    published: bool = True
    addressed_to: str = ""
    asks: str = ""
    payable: bool = False


EVERYTHING = frozenset(
    ["can_see_invoices", "can_pay", "can_see_quotes", "can_accept", "can_message"]
)
PURCHASING = EVERYTHING - {"can_see_invoices", "can_pay"}
READING = frozenset(["can_see_invoices", "can_see_quotes"])

ACTORS = (
    Actor("guest"),
    Actor("guest with another document's link", link="other"),
    Actor("guest with the document's link", link="right"),
    Actor("contact, full access", "full", customer="alfa", can=EVERYTHING),
    Actor("colleague without the right", "colleague", customer="alfa", can=PURCHASING),
    Actor(
        "colleague without the right, with the document's link",
        "colleague",
        customer="alfa",
        can=PURCHASING,
        link="right",
    ),
    Actor("colleague who only reads", "reader", customer="alfa", can=READING),
    Actor("colleague, own documents", "own", customer="alfa", can=EVERYTHING, scope="own"),
    Actor("contact of another customer", "stranger", customer="beta", can=EVERYTHING),
    Actor(
        "contact of another customer, with the document's link",
        "stranger",
        customer="beta",
        can=EVERYTHING,
        link="right",
    ),
    Actor("contact of the subsidiary", "branch", customer="alfa_norte", can=EVERYTHING),
    Actor("contact whose access was just switched off", "off", customer="gamma", can=EVERYTHING),
    Actor("internal sales", "sales", staff=True),
    Actor("internal accountant", "accountant", staff=True),
)

TARGETS = (
    Target("open invoice", "invoice", payable=True),
    Target("invoice of the own-scope contact", "invoice", addressed_to="own", payable=True),
    Target("draft invoice", "invoice", published=False),
    Target("cancelled invoice", "invoice", published=False),
    Target("hidden invoice", "invoice", published=False, payable=True),
    Target("invoice of a customer switched off", "invoice", customer="gamma", payable=True),
    Target("quote to sign", "order", asks="signature"),
    Target("quote to pay", "order", asks="payment"),
    Target("quote of the own-scope contact", "order", addressed_to="own", asks="click"),
    Target("confirmed order", "order", payable=True),
    Target("draft quote", "order", published=False),
    Target("cancelled quote", "order", published=False),
    Target("hidden quote", "order", published=False, asks="signature"),
    Target("quote of a customer switched off", "order", customer="gamma", asks="signature"),
    Target("no document"),
)

SWITCHED_OFF = ("gamma",)


@dataclass(frozen=True)
class Rule:
    """A sentence about who gets in.

    :param str sentence: the rule as one would tell it
    :param callable about: whether it speaks about (actor, target, request)
    :param callable answer: True: gets in; None where the sentence always refuses
    """

    sentence: str
    about: callable
    answer: callable = field(default=lambda actor, target, request: False)


def _is_contact_of(actor, target):
    return bool(actor.customer) and actor.customer == target.customer


def _is_shut(target):
    return target.customer in SWITCHED_OFF or not target.published


RULES = (
    Rule(
        "What a customer does on the page of a document (answer, pay), staff do there only where"
        " a customer could.",
        about=lambda a, t, r: a.staff and r.of_customers and _is_shut(t),
    ),
    Rule(
        "Staff are not behind the gates: they get what Odoo's own rights give them, which the"
        " request's row says of each kind of staff.",
        about=lambda a, t, r: a.staff,
        answer=lambda a, t, r: r.staff_gets_in(a, t),
    ),
    Rule(
        "What no customer may ever do, no customer and no guest gets done, whatever its profile"
        " or link.",
        about=lambda a, t, r: r.never,
    ),
    Rule(
        "A request that doesn't fit the state of the document (answering what was answered)"
        " is refused to everybody.",
        about=lambda a, t, r: not r.fits(t),
    ),
    Rule(
        "A page that shows no document of its own needs only that a contact is signed in, or"
        " nothing at all if it is public.",
        about=lambda a, t, r: not t.kind,
        answer=lambda a, t, r: r.public or (bool(a.login) and r.capability_of(a)),
    ),
    Rule(
        "Where a customer's access is switched off, its documents are shut for everybody, for"
        " links as well.",
        about=lambda a, t, r: t.customer in SWITCHED_OFF,
    ),
    Rule(
        "A draft, a cancelled or a hidden document is shown to no customer, by no way in.",
        about=lambda a, t, r: not t.published,
    ),
    Rule(
        "A contact of the document's own customer is judged by its profile alone; a link in its"
        " hands adds nothing, nor does it get what is meant for links alone. It needs the"
        " capability that the request asks for...",
        about=lambda a, t, r: _is_contact_of(a, t) and not r.capability_of(a),
    ),
    Rule(
        "... and a contact with the scope of its own documents only gets those addressed to it.",
        about=lambda a, t, r: (
            _is_contact_of(a, t) and a.scope == "own" and t.addressed_to != a.login
        ),
    ),
    Rule(
        "With both, the contact gets in.",
        about=lambda a, t, r: _is_contact_of(a, t),
        answer=lambda a, t, r: True,
    ),
    Rule(
        "Anybody else (a guest, a contact of another customer, the parent's or a subsidiary's)"
        " comes in by the document's own link or not at all; a link opens what is meant for"
        " links, and another document's link opens nothing.",
        about=lambda a, t, r: True,
        answer=lambda a, t, r: r.by_link and a.link == "right",
    ),
)


def may_see(actor, target, request):
    """Return whether the actor sees the document at all. Who does may be told why an act is
    refused; who doesn't must not be able to tell the document from one that doesn't exist.

    :rtype: bool
    """
    return expected(actor, target, request.seeing())


def deciding_rule(actor, target, request):
    """Return the first rule that speaks about a cell.

    :rtype: Rule
    """
    return next(rule for rule in RULES if rule.about(actor, target, request))


def expected(actor, target, request):
    """Return whether the cell must be allowed.

    :rtype: bool
    """
    return bool(deciding_rule(actor, target, request).answer(actor, target, request))
