"""Who gets in, in prose: from these sentences the access matrix derives what each cell must be.

Nothing here is copied from what the portal was seen to answer. The sentences are asked from top
to bottom; the first that speaks about a cell decides it. A cell is an actor (who asks), a target
(what is asked for) and a request (a row of ``access_requests.py``).
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Actor:
    """Who asks.

    :param str login: key of the user in ``PortalData``; empty for a guest
    :param str link: ``right``: holds the link of the target, as it was mailed; ``other``: holds
        the link of another one; empty: holds none
    :param str mailed_to: login of the contact to whom a personal link was mailed, that this guest
        has opened; empty if its link is Odoo's own, the same for everybody
    :param str customer: whose contact it is; empty for guests and staff
    :param frozenset can: capabilities of its profile, or of that of the personal link's contact
    :param str scope: ``whole`` or ``own``
    :param bool staff: an internal user
    :param bool weak: its session began with a document's link, which may have been forwarded
    :param bool by_seat: acts for the customer by a seat; who holds it is the contact of another
        customer, an actor of its own
    """

    name: str
    login: str = ""
    link: str = ""
    mailed_to: str = ""
    customer: str = ""
    can: frozenset = frozenset()
    scope: str = "whole"
    staff: bool = False
    weak: bool = False
    by_seat: bool = False


@dataclass(frozen=True)
class Target:
    """What is asked for.

    :param str kind: what it is, see ``TARGETS``; empty for pages that show nothing of its own
    :param str customer: whose it is
    :param bool published: neither draft nor cancelled nor hidden; neither withdrawn nor expired
        nor used up
    :param str addressed_to: login of the contact it is addressed to, or made by; empty: the
        customer itself
    :param str for_one: login of the only contact whom it is for
    :param bool for_all: for the contacts of all customers
    :param bool of_whole: belongs to the customer as a whole
    :param frozenset needs: capabilities of what it hangs on, such as the invoice that a
        conversation is about
    :param frozenset can: of a person: what it may do itself
    :param str scope: of a person: as in ``Actor``
    :param str asks: what waits for an answer: ``signature``, ``click``, ``payment``, ``file``
    :param bool payable: an invoice with something left to pay, or an order
    """

    name: str
    kind: str = ""
    customer: str = "alfa"
    published: bool = True
    addressed_to: str = ""
    for_one: str = ""
    for_all: bool = False
    of_whole: bool = False
    needs: frozenset = frozenset()
    can: frozenset = frozenset()
    scope: str = "whole"
    asks: str = ""
    payable: bool = False


EVERYTHING = frozenset(
    [
        "can_see_invoices",
        "can_see_statement",
        "can_confirm_balance",
        "can_pay",
        "can_dispute",
        "can_promise",
        "can_plan",
        "can_check_347",
        "can_see_quotes",
        "can_accept",
        "can_message",
        "can_manage_team",
        "can_update_billing",
        "can_see_documents",
        "can_upload",
    ]
)
PURCHASING = EVERYTHING - {
    "can_see_invoices", "can_see_statement", "can_confirm_balance", "can_pay", "can_dispute",
    "can_promise", "can_plan", "can_check_347", "can_manage_team", "can_update_billing",
}  # fmt: skip
READING = frozenset(
    ["can_see_invoices", "can_see_statement", "can_see_quotes", "can_see_documents"]
)
SEE_INVOICE = frozenset(["can_see_invoices"])
# All but one, so that it shows whose profile decides: who holds the seat may do everything.
SEAT = EVERYTHING - {"can_see_statement"}

ACTORS = (
    Actor("guest"),
    Actor("guest with another document's link", link="other"),
    Actor("guest with the document's link", link="right"),
    Actor(
        "guest with another document's personal link",
        link="other",
        mailed_to="full",
        can=EVERYTHING,
    ),
    Actor("guest with a personal link", link="right", mailed_to="full", can=EVERYTHING),
    Actor(
        "guest with the personal link of a colleague without the right",
        link="right",
        mailed_to="colleague",
        can=PURCHASING,
    ),
    Actor("contact, full access", "full", customer="alfa", can=EVERYTHING),
    Actor(
        "contact, full access, come in by a document's link",
        "full",
        customer="alfa",
        can=EVERYTHING,
        weak=True,
    ),
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
    Actor(
        "contact of another customer, acting for this one by a seat",
        "seat",
        customer="alfa",
        can=SEAT,
        by_seat=True,
    ),
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

# The contact with full access of each customer.
CONTACTS = {"alfa": "full", "beta": "stranger", "alfa_norte": "branch", "gamma": "off"}
SWITCHED_OFF = ("gamma",)
# Which of the kinds below are documents, to which the scope of a profile refers.
DOCUMENTS = (
    "invoice", "order", "approval", "newest quote", "conversation", "shared file",
    "file request", "payment", "payment report", "dispute", "plan",
)  # fmt: skip
# Which were mailed to one mailbox, and open for who holds the mail.
MAILED = ("sign-in mail", "invitation", "expired invitation", "expired link")
# The capability without which one does not see a document at all.
SEEING = {
    "invoice": SEE_INVOICE,
    "order": frozenset(["can_see_quotes"]),
    "approval": frozenset(["can_see_quotes"]),
    "conversation": frozenset(["can_message"]),
    "dispute": SEE_INVOICE | {"can_dispute"},
    "balance": SEE_INVOICE | {"can_confirm_balance"},
    "plan": SEE_INVOICE,
    "shared file": frozenset(["can_see_documents"]),
    "file request": frozenset(["can_upload"]),
    "person": frozenset(["can_manage_team"]),
    "invited person": frozenset(["can_manage_team"]),
    "introduced person": frozenset(["can_manage_team"]),
}


def _of_others(kind, **values):
    """The targets of a kind that another customer, the subsidiary and one switched off have."""
    return (
        Target(f"{kind} of another customer", kind, "beta", **values),
        Target(f"{kind} of the subsidiary", kind, "alfa_norte", **values),
        Target(f"{kind} of a customer switched off", kind, "gamma", **values),
    )


DOCUMENT_TARGETS = (
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

PEOPLE_TARGETS = (
    # What a customer has that is no document: who it is, and its people.
    Target("customer", "customer"),
    *_of_others("customer"),
    Target("address", "address"),
    *_of_others("address"),
    Target("own data of a contact", "own data", for_one="full"),
    Target("own data of the colleague", "own data", for_one="colleague"),
    Target("own data of another customer's contact", "own data", "beta", for_one="stranger"),
    Target("own data of a contact switched off", "own data", "gamma", for_one="off"),
    Target("person of the team", "person", can=PURCHASING),
    Target("person who may do everything", "person", can=EVERYTHING),
    Target("person who sees its own documents", "person", can=PURCHASING, scope="own"),
    *_of_others("person", can=PURCHASING, scope="own"),
    Target("invited person", "invited person", can=PURCHASING, scope="own"),
    *_of_others("invited person", can=PURCHASING, scope="own"),
    Target("introduced person", "introduced person", can=PURCHASING, scope="own"),
    *_of_others("introduced person", can=PURCHASING, scope="own"),
    Target("billing change", "billing change"),
    Target("billing change that was decided", "billing change", published=False),
    *_of_others("billing change"),
    Target("asked invitation", "asked invitation"),
    Target("asked invitation that was decided", "asked invitation", published=False),
    *_of_others("asked invitation"),
    Target("approval rule", "approval rule"),
    *_of_others("approval rule"),
    # What was mailed to one mailbox.
    Target("sign-in mail", "sign-in mail"),
    Target("sign-in mail that was used", "sign-in mail", published=False),
    Target("sign-in mail that has expired", "sign-in mail", published=False),
    *_of_others("sign-in mail"),
    Target("invitation", "invitation"),
    Target("invitation that was used", "invitation", published=False),
    Target("invitation that was replaced", "invitation", published=False),
    *_of_others("invitation"),
    Target("expired invitation", "expired invitation"),
    *_of_others("expired invitation"),
    Target("expired link", "expired link"),
    Target("expired link that was revoked", "expired link", published=False),
    *_of_others("expired link"),
    # Who holds it is the contact of another customer.
    Target("seat", "seat", for_one="stranger"),
    Target("seat that has ended", "seat", for_one="stranger", published=False),
    Target("seat of somebody else", "seat", "beta", for_one="own"),
    Target("seat at a customer switched off", "seat", "gamma", for_one="stranger"),
    Target("offered seat", "offered seat"),
    Target("offered seat that was answered", "offered seat", published=False),
    *_of_others("offered seat"),
    Target("invitation to a seat", "invitation to a seat", for_one="colleague"),
    Target("invitation to a seat, taken back", "invitation to a seat", for_one="colleague",
           published=False),
    Target("invitation to a seat of a customer switched off", "invitation to a seat", "gamma",
           for_one="colleague"),
)  # fmt: skip

MESSAGE_TARGETS = (
    Target("conversation", "conversation"),
    Target("conversation of the own-scope contact", "conversation", addressed_to="own"),
    Target("conversation on an invoice", "conversation", needs=SEE_INVOICE),
    Target("conversation on a hidden invoice", "conversation", published=False),
    Target("conversation that is closed", "conversation"),
    Target("conversation with an unknown sender", "conversation", published=False),
    *_of_others("conversation"),
    Target("shared file", "shared file"),
    Target("shared file of the own-scope contact", "shared file", addressed_to="own"),
    Target("shared file for chosen people", "shared file", for_one="own"),
    Target("shared file for all customers", "shared file", for_all=True),
    Target("contract to sign", "shared file", asks="signature"),
    Target("draft shared file", "shared file", published=False),
    Target("withdrawn shared file", "shared file", published=False),
    Target("hidden shared file", "shared file", published=False),
    Target("expired shared file", "shared file", published=False),
    *_of_others("shared file"),
    Target("file request", "file request", asks="file"),
    Target(
        "file request of the own-scope contact", "file request", addressed_to="own", asks="file"
    ),
    Target("file request that was answered", "file request"),
    Target("draft file request", "file request", published=False, asks="file"),
    Target("withdrawn file request", "file request", published=False, asks="file"),
    Target("hidden file request", "file request", published=False, asks="file"),
    *_of_others("file request", asks="file"),
    Target("announcement", "announcement"),
    Target("announcement for all customers", "announcement", for_all=True),
    Target("announcement that has ended", "announcement", published=False),
    Target("announcement that has not begun", "announcement", published=False),
    Target("announcement that was archived", "announcement", published=False),
    *_of_others("announcement"),
)  # fmt: skip

SIGNING_TARGETS = (
    Target("signing page", "signing page", for_one="full"),
    Target("signing page of the own-scope contact", "signing page", for_one="own"),
    Target("signing page of a withdrawn contract", "signing page", for_one="full", published=False),
    Target("signing page of another customer", "signing page", "beta", for_one="stranger"),
    Target("signing page of a customer switched off", "signing page", "gamma", for_one="off"),
    Target("quote that a colleague accepted", "approval"),
    Target("quote that a colleague accepted, of the own-scope contact", "approval",
           addressed_to="own"),
    Target("hidden quote that a colleague accepted", "approval", published=False),
    *_of_others("approval"),
)  # fmt: skip

PAYMENT_TARGETS = (
    Target("basket", "basket", for_one="full"),
    Target("basket of the colleague", "basket", for_one="colleague"),
    Target("basket of the own-scope contact", "basket", for_one="own"),
    Target("basket of another customer", "basket", "beta", for_one="stranger"),
    Target("basket of a customer switched off", "basket", "gamma", for_one="off"),
    Target("basket that credit settles", "credit basket", for_one="full"),
    Target("basket that another customer's credit settles", "credit basket", "beta",
           for_one="stranger"),
    Target("basket that credit of one switched off settles", "credit basket", "gamma",
           for_one="off"),
    Target("archive", "archive", for_one="full"),
    Target("archive of the colleague", "archive", for_one="colleague"),
    Target("archive of the own-scope contact", "archive", for_one="own"),
    Target("archive that has expired", "archive", for_one="full", published=False),
    Target("archive of another customer", "archive", "beta", for_one="stranger"),
    Target("archive of a customer switched off", "archive", "gamma", for_one="off"),
    Target("credit", "credit", of_whole=True),
    *_of_others("credit", of_whole=True),
    Target("saved method of a contact", "saved method", for_one="full"),
    Target("saved method of the own-scope contact", "saved method", for_one="own"),
    Target("saved method of the customer", "saved method", of_whole=True),
    Target("saved method that was deleted", "saved method", of_whole=True, published=False),
    *_of_others("saved method", of_whole=True),
    Target("debit", "debit", of_whole=True),
    *_of_others("debit", of_whole=True),
    Target("payment", "payment"),
    Target("payment of the own-scope contact", "payment", addressed_to="own"),
    Target("draft payment", "payment", published=False),
    Target("payment to the customer", "payment"),
    *_of_others("payment"),
    Target("payment report", "payment report"),
    Target("payment report of the own-scope contact", "payment report", addressed_to="own"),
    *_of_others("payment report"),
    Target("dispute", "dispute"),
    Target("dispute of the own-scope contact", "dispute", addressed_to="own"),
    Target("dispute of a hidden invoice", "dispute", published=False),
    *_of_others("dispute"),
    Target("balance", "balance", of_whole=True),
    Target("balance that was withdrawn", "balance", of_whole=True, published=False),
    *_of_others("balance", of_whole=True),
    Target("plan", "plan"),
    Target("plan of the own-scope contact", "plan", addressed_to="own"),
    *_of_others("plan"),
    # Made last, so that it stands on the home page.
    Target("newest quote", "newest quote"),
    Target("newest quote, hidden", "newest quote", published=False),
    *_of_others("newest quote"),
)  # fmt: skip

TARGETS = DOCUMENT_TARGETS + PEOPLE_TARGETS + MESSAGE_TARGETS + SIGNING_TARGETS + PAYMENT_TARGETS


@dataclass(frozen=True)
class Rule:
    """A sentence about who gets in.

    :param str sentence: the rule as one would tell it
    :param callable about: whether it speaks about (actor, target, request)
    :param callable answer: True: gets in; None where the sentence always refuses
    :param bool shuts: it refuses whoever asks, so that who asks matters only as far as somebody
        else would get in without it
    """

    sentence: str
    about: callable
    answer: callable = field(default=lambda actor, target, request: False)
    shuts: bool = False


def _is_contact_of(actor, target):
    return bool(actor.customer) and actor.customer == target.customer


def is_shut(target):
    """Return whether a target is closed to customers, whatever right or link they have."""
    return target.customer in SWITCHED_OFF or not target.published


def _has_capability(actor, target, request):
    return request.capability_of(actor) and target.needs <= actor.can


def _may_do_more(person, actor):
    """Whether a person of the team may do something that the actor may not do."""
    return not person.can <= actor.can or (person.scope == "whole" and actor.scope == "own")


RULES = (
    Rule(
        "What a customer does on the page of a document (answer, pay), staff do there only where"
        " a customer could.",
        about=lambda a, t, r: a.staff and r.of_customers and is_shut(t),
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
        shuts=True,
    ),
    Rule(
        "Who acts for a customer by a seat reaches neither the account that it has signed in with"
        " nor what the customer's own people keep for themselves: its data, its saved methods.",
        about=lambda a, t, r: a.by_seat and r.of_account,
    ),
    Rule(
        "A request that doesn't fit the state of the document (answering what was answered)"
        " is refused to everybody.",
        about=lambda a, t, r: not r.fits(t),
        shuts=True,
    ),
    Rule(
        "Whose customer's access is switched off has lost its session: it is a guest.",
        about=lambda a, t, r: a.customer in SWITCHED_OFF and not r.public,
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
        shuts=True,
    ),
    Rule(
        "A draft, a cancelled or a hidden document is shown to no customer, by no way in; nor"
        " does anything open that was withdrawn, decided or used up, or that has expired.",
        about=lambda a, t, r: not t.published,
        shuts=True,
    ),
    Rule(
        "What was mailed to one mailbox to get in (a link to sign in, an invitation) is good for"
        " whoever holds the mail, and for nobody else.",
        about=lambda a, t, r: t.kind in MAILED,
        answer=lambda a, t, r: a.link == "right",
    ),
    Rule(
        "Who came in by a document's link, which may have been forwarded, types a mailed code"
        " before it signs, pays with a saved method or has that done, or changes an e-mail"
        " address, roles or billing data.",
        about=lambda a, t, r: a.weak and r.needs_proof,
    ),
    Rule(
        "What is for the contacts of all customers needs the capability alone.",
        about=lambda a, t, r: t.for_all,
        answer=lambda a, t, r: bool(a.customer) and _has_capability(a, t, r),
    ),
    Rule(
        "What belongs to the customer as a whole (its credit, its own payment methods and which"
        " is the main one, automatic debit) is not for who has the scope of its own documents.",
        about=lambda a, t, r: (
            _is_contact_of(a, t) and a.scope == "own" and (r.of_whole or t.of_whole)
        ),
    ),
    Rule(
        "What is for one contact alone (its own data, a file for people who were chosen, what it"
        " has put in its basket, an archive that it asked for, a page on which it signs) is for"
        " that one, with its profile, and not for its colleagues.",
        about=lambda a, t, r: bool(t.for_one),
        answer=lambda a, t, r: a.login == t.for_one and _has_capability(a, t, r),
    ),
    Rule(
        "Who comes by a personal link gets what is meant for links, as far as the profile of the"
        " contact goes to whom it was mailed.",
        about=lambda a, t, r: bool(a.mailed_to),
        answer=lambda a, t, r: (
            r.opens_by_personal_link and a.link == "right" and (r.needs | t.needs) <= a.can
        ),
    ),
    Rule(
        "A contact of the document's own customer is judged by its profile alone; a link in its"
        " hands adds nothing, nor does it get what is meant for links alone. It needs the"
        " capability that the request asks for, and that of what it hangs on...",
        about=lambda a, t, r: _is_contact_of(a, t) and not _has_capability(a, t, r),
    ),
    Rule(
        "... and a contact with the scope of its own documents only gets those addressed to it,"
        " or made by it...",
        about=lambda a, t, r: (
            _is_contact_of(a, t)
            and a.scope == "own"
            and t.kind in DOCUMENTS
            and t.addressed_to != a.login
        ),
    ),
    Rule(
        "Who manages the team changes nobody who may do more than itself.",
        about=lambda a, t, r: _is_contact_of(a, t) and r.changes_person and _may_do_more(t, a),
    ),
    Rule(
        "With all of these, the contact gets in.",
        about=lambda a, t, r: _is_contact_of(a, t),
        answer=lambda a, t, r: True,
    ),
    Rule(
        "Anybody else (a guest, a contact of another customer, the parent's or a subsidiary's)"
        " comes in by the document's own link or not at all; a link opens what is meant for"
        " links, and another document's link opens nothing. What is for guests is not for who"
        " has signed in.",
        about=lambda a, t, r: True,
        answer=lambda a, t, r: r.by_link and a.link == "right" and not (r.guests_only and a.login),
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


def standing(actor, target, request):
    """Return what makes an actor worth asking about a cell once more: who it is; or, where the
    rule refuses whoever asks, whether it has signed in and whether it would get in without.

    :rtype: str | tuple[bool, bool]
    """
    if not deciding_rule(actor, target, request).shuts:
        return actor.name
    others = (rule for rule in RULES if not rule.shuts)
    rule = next(rule for rule in others if rule.about(actor, target, request))
    return bool(actor.login), bool(rule.answer(actor, target, request))


def expected(actor, target, request):
    """Return whether the cell must be allowed.

    :rtype: bool
    """
    return bool(deciding_rule(actor, target, request).answer(actor, target, request))
