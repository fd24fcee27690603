"""Rows for people: signing in, invitations, personal links, the team, own and billing data."""

import re

from .access_cells import NOBODY, Form, Json, Page, led_to, shows_mark
from .access_data import ALIAS, NONCE
from .access_rules import SWITCHED_OFF
from .common.push import Browser

TEAM = frozenset(["can_manage_team"])
BILLING = frozenset(["can_update_billing"])
PASSWORD = "gato-verde-7-lunas"
BROWSER = Browser()


def asks_for(name, value):
    """The page asks for something, or offers to do it: it has this input or form."""

    def shows(cell, response):
        return response.status_code == 200 and re.search(
            rf'{name}="{value(cell) if callable(value) else value}"', response.text
        )

    return shows


def new_challenges(cell, contact, purpose):
    """Whether a mail was asked for, to this contact alone, within this request."""
    last = cell.case.env["customer.portal.challenge"].search([], order="id desc", limit=1)
    return last.id > cell.case.last_challenge and (last.contacts, last.purpose) == (
        contact.ids,
        purpose,
    )


# === SIGNING IN === #


def in_the_browser_that_asked(cell):
    """The actor's browser has asked for the mail; who reads the mail types its code."""
    cell.case.edit_session(portal_sign_in={"nonce": NONCE, "challenge": cell.res_id, "shown": "x"})


def in_another_browser(cell):
    cell.case.edit_session(portal_sign_in={"nonce": "another", "challenge": cell.res_id})


def after_tax_id(cell):
    """A tax ID was typed in the actor's browser: of the customer, or one that nobody has."""
    tax_id = cell.customer.vat if cell.exists else "ESA39000013"
    cell.case.edit_session(portal_sign_in={"nonce": NONCE, "tax_id": tax_id})


def code_of(cell):
    """The code of the mail that the actor holds, or one that was made up."""
    if cell.actor.link == "right" and cell.exists:
        return cell.things["code"]
    return f"{(int(cell.things['code']) + 1) % 10**6:06}"


def was_used(cell, response):
    return cell.document.used_on and cell.target.published


def sign_in_rows():
    mail = {"kind": "sign-in mail", "staff": NOBODY}
    below = "/p/<string:alias>"
    yield Page(
        "the company's page",
        "",
        (below,),
        public=True,
        url=f"/p/{ALIAS}",
        shows=lambda cell, response: (
            response.status_code == 200 and "o_cpp_sign_in" in response.text
        ),
    )
    yield Page(
        "is this our account",
        "",
        (f"{below}/verify",),
        public=True,
        url=f"/p/{ALIAS}/verify",
        shows=lambda cell, response: (
            response.status_code == 200 and "o_cpp_verify" in response.text
        ),
    )
    yield Page(
        "is the announced account ours",
        "",
        (f"{below}/verify/code",),
        public=True,
        url=f"/p/{ALIAS}/verify/code",
        shows=led_to(f"/p/{ALIAS}/verify"),
    )
    for name, path in (
        ("the manifest", "/app.webmanifest"),
        ("the icon", "/app-192.png"),
        ("the page without a network", "/offline"),
    ):
        yield Page(
            name,
            "",
            (below + path.replace("192", "<int:size>"),),
            public=True,
            url=f"/p/{ALIAS}{path}",
            shows=lambda cell, response: response.status_code == 200,
        )
    yield Page(
        "the worker",
        "",
        ("/my/portal-worker.js",),
        public=True,
        url="/my/portal-worker.js",
        shows=lambda cell, response: response.status_code == 200,
    )
    yield Page(
        "look at a sign-in link",
        routes=(f"{below}/in/<string:token>",),
        url=lambda cell: f"/p/{ALIAS}/in/{cell.secret}",
        shows=lambda cell, response: response.status_code == 200 and cell.exists
        and f"/in/{cell.things['secret']}" in response.text,
        **mail,
    )  # fmt: skip
    yield Form(
        "sign in with a mailed link and its code",
        routes=(f"{below}/in/<string:token>",),
        url=lambda cell: f"/p/{ALIAS}/in/{cell.secret}",
        data=lambda cell: {"code": code_of(cell)},
        done=was_used,
        signs_in=True,
        **mail,
    )
    yield Form(
        "sign in with a mailed link alone, in another browser than asked",
        routes=(f"{below}/in/<string:token>",),
        never=True,
        url=lambda cell: f"/p/{ALIAS}/in/{cell.secret}",
        done=was_used,
        compare=False,  # Who holds the link is asked for its code.
        signs_in=True,
        **mail,
    )
    yield Form(
        "sign in with the mailed code",
        routes=(f"{below}/code",),
        before=in_the_browser_that_asked,
        url=f"/p/{ALIAS}/code",
        data=lambda cell: {"code": code_of(cell)},
        done=was_used,
        signs_in=True,
        compare=False,  # Whose browser asked for it is told that the code is wrong.
        **mail,
    )
    yield Form(
        "sign in with the mailed code, in another browser than asked",
        routes=(f"{below}/code",),
        never=True,
        before=in_another_browser,
        url=f"/p/{ALIAS}/code",
        data=lambda cell: {"code": code_of(cell)},
        done=was_used,
        signs_in=True,
        **mail,
    )
    yield Form(
        "ask once more for a mail that another browser asked for",
        routes=(f"{below}/again",),
        never=True,
        before=in_another_browser,
        url=f"/p/{ALIAS}/again",
        done=lambda cell, response: new_challenges(
            cell, cell.case.receiver("full", cell.target), "sign_in"
        ),
        **mail,
    )
    yield Page(
        "what became of a mail that another browser asked for",
        routes=(f"{below}/status",),
        never=True,
        before=in_another_browser,
        url=f"/p/{ALIAS}/status",
        shows=lambda cell, response: '"none"' not in response.text,
        **mail,
    )
    # Anybody may ask; nobody is told whether there is somebody to be mailed to.
    known = {"never": True, "staff": NOBODY, "links": False}
    yield Form(
        "learn by asking for a mail who has an address",
        "own data",
        (f"{below}/email",),
        url=f"/p/{ALIAS}/email",
        data=lambda cell: {"email": cell.document.email if cell.exists else "nadie@example.com"},
        done=lambda cell, response: cell.document.name in response.text,
        **known,
    )
    yield Form(
        "learn by a tax ID who is a customer",
        "customer",
        (f"{below}/tax_id",),
        url=f"/p/{ALIAS}/tax_id",
        data=lambda cell: {"tax_id": cell.customer.vat if cell.exists else "ESA39000013"},
        done=lambda cell, response: cell.document.name in response.text,
        **known,
    )
    yield Page(
        "read a customer's addresses by its tax ID",
        "customer",
        (f"{below}/address",),
        before=after_tax_id,
        url=f"/p/{ALIAS}/address",
        shows=lambda cell, response: "@example.com" in response.text
        or cell.document.name in response.text,
        compare=False,  # The decoys of one tax ID are others than those of another.
        **known,
    )  # fmt: skip
    yield Form(
        "have a code mailed to somebody by a forged link to a page",
        "own data",
        (f"{below}/to/<string:reader>",),
        url=lambda cell: f"/p/{ALIAS}/to/{cell.res_id}-{'0' * 32}?page=/my/pay",
        done=lambda cell, response: (
            cell.document.name in response.text or new_challenges(cell, cell.document, "sign_in")
        ),
        **known,
    )


def express_link_rows():
    yield Form(
        "read a customer's addresses by asking for a mail on the express page",
        "customer",
        ("/p/<string:alias>/express/link",),
        never=True,
        staff=NOBODY,
        links=False,
        before=after_tax_id,
        url=f"/p/{ALIAS}/express/link",
        done=lambda cell, response: (
            "@example.com" in response.text or cell.document.name in response.text
        ),
        compare=False,  # Decoys of one tax ID are not as many as those of another.
    )


# === PERSONAL LINKS === #


def link_to(cell):
    """The personal link that the actor holds, or might have from a colleague."""
    links = cell.things["link_to"] if cell.exists else {}
    if cell.actor.mailed_to and cell.actor.link == "other":
        links = cell.case.other_things(cell.target)["link_to"]
    elif not cell.actor.mailed_to and cell.token_of_mail != cell.document.access_token:
        links = cell.case.other_things(cell.target)["link_to"] if cell.actor.link else {}
    return links.get(cell.actor.mailed_to or "full", f"/p/{ALIAS}/d/never-mailed")


def leads_to_document(cell, response):
    """The link leads to the document's page, and that shows it."""
    address = rf"/my/(invoices|orders)/{cell.document.id}(?!\d)"
    location = response.headers.get("Location", "")
    if not re.search(address, location):
        return False
    page = cell.case.url_open(location)
    return page.status_code == 200 and re.search(address, page.url)


def personal_link_rows(kind, see):
    yield Page(
        f"open a personal link ({kind})",
        kind,
        ("/p/<string:alias>/d/<string:token>",),
        needs=see,
        by_link=True,
        guests_only=True,
        # Where the access is off, the link is dead: for staff, too.
        tries_misfits=True,
        fits=lambda target: target.customer not in SWITCHED_OFF,
        url=link_to,
        shows=leads_to_document,
        compare=False,
        signs_in=True,
    )
    yield Form(
        f"lead on from a personal link to the portal ({kind})",
        kind,
        ("/p/<string:alias>/lead_on",),
        by_personal_link=True,
        only_by_link=True,
        staff=NOBODY,
        url=f"/p/{ALIAS}/lead_on",
        data=lambda cell: {"model": cell.document._name, "res_id": cell.res_id},
        # It shows nothing of the document: it mails a code to the contact of the link.
        fits=lambda target: target.published,
        done=lambda cell, response: new_challenges(cell, cell.contact, "sign_in"),
    )


def expired_link_rows():
    link = {"kind": "expired link", "staff": NOBODY}
    yield Page(
        "open a document by an expired link",
        routes=("/p/<string:alias>/d/<string:token>",),
        never=True,
        url=lambda cell: f"/p/{ALIAS}/d/{cell.secret}",
        shows=lambda cell, response: "/my/invoices" in response.headers.get("Location", ""),
        compare=False,  # Who holds it is told that it has expired.
        **link,
    )
    yield Form(
        "have an expired link renewed, by mail to whom it was sent",
        routes=("/p/<string:alias>/d/<string:token>/renew",),
        url=lambda cell: f"/p/{ALIAS}/d/{cell.secret}/renew",
        done=lambda cell, response: cell.case.env["customer.portal.challenge"].search_count(
            [("purpose", "=", "document"), ("link", "=", cell.document.id)]
        ),
        **link,
    )


# === INVITATIONS === #


def invitation_rows():
    yield Page(
        "invitations without one",
        "",
        ("/my/invitation",),
        public=True,
        url="/my/invitation",
        shows=lambda cell, response: response.status_code == 404,
    )
    yield Page(
        "look at an invitation",
        "invitation",
        ("/my/invitation/<string:token>",),
        staff=NOBODY,
        url=lambda cell: f"/my/invitation/{cell.secret}",
        shows=lambda cell, response: response.status_code == 200
        and cell.document.user_ids.login in response.text,
        compare=False,  # Who holds one that was used is told so.
    )  # fmt: skip
    yield Form(
        "set the password by an invitation",
        "invitation",
        ("/my/invitation/<string:token>",),
        staff=NOBODY,
        url=lambda cell: f"/my/invitation/{cell.secret}",
        data=lambda cell: {"password": PASSWORD, "confirm_password": PASSWORD},
        done=lambda cell, response: cell.target.published and not cell.document.signup_type,
        signs_in=True,
        compare=False,
    )
    yield Form(
        "have an expired invitation renewed, by mail to whom it was sent",
        "expired invitation",
        ("/my/invitation/<string:token>/renew",),
        staff=NOBODY,
        url=lambda cell: f"/my/invitation/{cell.secret}/renew",
        done=lambda cell, response: (
            (cell.case.env.cr.now() - cell.document.portal_invited_on).days < 1
        ),
    )


# === TEAM === #


def team_rows():
    team = {"needs": TEAM, "staff": NOBODY, "links": False}
    for url in ("/my/team", "/my/team/page/1"):
        yield Page(
            f"list {url}",
            "person",
            ("/my/team", "/my/team/page/<page>"),
            url=url,
            shows=asks_for("data-person", lambda cell: cell.document.id),
            compare=False,
            **team,
        )
    yield Form(
        "invite a colleague",
        "customer",
        ("/my/team/invite",),
        needs_proof=True,
        url="/my/team/invite",
        data=lambda cell: {
            "name": "Almacén",
            "email": "almacen@example.com",
            "profile_id": cell.case.profile_narrow.id,
            "customer_id": cell.res_id,
        },
        done=lambda cell, response: (
            cell.document.child_ids.filtered(
                lambda child: child.email == "almacen@example.com"
            ).user_ids
        ),
        compare=False,
        **team,
    )
    yield Form(
        "invite a colleague once more",
        "invited person",
        ("/my/team/<int:contact_id>/invite",),
        needs_proof=True,
        changes_person=True,
        url="/my/team/{id}/invite",
        done=lambda cell, response: cell.document.portal_invited_by_id,
        **team,
    )
    yield Form(
        "change a colleague",
        "person",
        ("/my/team/<int:contact_id>/change",),
        needs_proof=True,
        changes_person=True,
        url="/my/team/{id}/change",
        data=lambda cell: {"name": "Changed", "profile_id": cell.case.profile_narrow.id},
        done=lambda cell, response: cell.document.name == "Changed",
        **team,
    )
    yield Form(
        "confirm a colleague whom another one brought in",
        "introduced person",
        ("/my/team/<int:contact_id>/confirm",),
        needs_proof=True,
        changes_person=True,
        url="/my/team/{id}/confirm",
        done=lambda cell, response: not cell.document.portal_introduced_by_id,
        **team,
    )
    yield Form(
        "take a colleague's access away",
        "person",
        ("/my/team/<int:contact_id>/remove",),
        needs_proof=True,
        changes_person=True,
        url="/my/team/{id}/remove",
        done=lambda cell, response: not cell.document.user_ids.filtered("active"),
        **team,
    )
    yield Form(
        "take back the request to invite a colleague",
        "asked invitation",
        ("/my/team/request/<int:request_id>/withdraw",),
        url="/my/team/request/{id}/withdraw",
        done=lambda cell, response: cell.document.state == "withdrawn",
        **team,
    )
    yield Page(
        "rules for two people",
        "approval rule",
        ("/my/team/approval",),
        url="/my/team/approval",
        shows=lambda cell, response: (
            f"/my/team/approval/{cell.document.id}/remove" in response.text
        ),
        compare=False,
        **team,
    )
    yield Form(
        "rule from which amount two people must approve",
        "customer",
        ("/my/team/approval/set",),
        needs_proof=True,
        url="/my/team/approval/set",
        data=lambda cell: {
            "company_id": cell.case.company.id,
            "currency_id": cell.case.company.currency_id.id,
            "amount": "777",
            "customer_id": cell.res_id,
        },
        done=lambda cell, response: (
            777.0 in cell.document.portal_approval_rule_ids.mapped("amount")
        ),
        compare=False,
        **team,
    )
    yield Form(
        "take a rule for two people back",
        "approval rule",
        ("/my/team/approval/<int:rule_id>/remove",),
        needs_proof=True,
        url="/my/team/approval/{id}/remove",
        done=lambda cell, response: not cell.document.exists(),
        **team,
    )


# === OWN DATA, BILLING DATA, ADDRESSES === #


def came_by_a_link(cell):
    """The session began with a document's link, so that it has to be confirmed."""
    cell.case.edit_session(portal_opened_by="document_link", portal_step_up={})


def with_notices_on_offer(cell):
    cell.case.company.portal_allow_push = True


def has_a_device(cell):
    """The contact of the target is told of news in a browser."""
    with_notices_on_offer(cell)
    cell.case.env["customer.portal.push.device"]._turn_on(
        cell.document.user_ids[:1], "https://push.example.com/mine", *BROWSER.keys.values()
    )


def devices_of(contact):
    devices = contact.env["customer.portal.push.device"].sudo()
    return devices.search([("user_id.partner_id", "=", contact.id)])


def with_a_mailed_code(cell):
    """The actor's browser has asked for a code to confirm who it is; it was mailed to the contact
    of the target, and the actor knows it. ``cell.case.step_up`` is the code."""
    came_by_a_link(cell)
    challenge, secrets = cell.case._make_sign_in_mail(cell.target, "step_up")
    challenge.contacts = cell.document.ids
    challenge.address_digest = challenge._digest("address", cell.document.email_normalized)
    cell.case.step_up = secrets["code"]
    cell.case.edit_session(
        portal_step_up_asked={"challenge": challenge.id, "nonce": NONCE, "shown": "x"}
    )


def not_confirmed(cell):
    cell.case.edit_session(portal_opened_by="password", portal_step_up={}, portal_step_up_asked={})


def account_rows():
    own = {"kind": "own data", "staff": NOBODY, "links": False}
    yield Form(
        "change one's own name",
        routes=("/my/account/contact",),
        url="/my/account/contact",
        data=lambda cell: {
            "name": "Changed", "partner_id": cell.res_id, "contact_id": cell.res_id,
        },
        done=lambda cell, response: cell.document.name == "Changed",
        compare=False,
        **own,
    )  # fmt: skip
    yield Form(
        "change one's own e-mail address",
        routes=("/my/account/contact",),
        needs_proof=True,
        url="/my/account/contact",
        data=lambda cell: {"email": "cambio@example.com", "partner_id": cell.res_id},
        done=lambda cell, response: cell.document.email == "cambio@example.com",
        compare=False,
        **own,
    )
    yield Form(
        "choose one's own mails",
        routes=("/my/account/mails",),
        url="/my/account/mails",
        data=lambda cell: {"partner_id": cell.res_id},  # No box is ticked.
        done=lambda cell, response: not cell.document.portal_mail_document,
        compare=False,
        **own,
    )
    yield Form(
        "be told of news in one's own browser",
        routes=("/my/account/devices/on",),
        before=with_notices_on_offer,
        url="/my/account/devices/on",
        data=lambda cell: {
            "endpoint": "https://push.example.com/matrix", "user_id": cell.res_id, **BROWSER.keys,
        },
        done=lambda cell, response: devices_of(cell.document).filtered(
            lambda device: device.endpoint == "https://push.example.com/matrix"
        ),
        compare=False,
        **own,
    )  # fmt: skip
    yield Form(
        "be told of nothing more in one's own browsers",
        routes=("/my/account/devices/off",),
        before=has_a_device,
        url="/my/account/devices/off",
        data=lambda cell: {"user_id": cell.res_id},
        done=lambda cell, response: not devices_of(cell.document),
        compare=False,
        **own,
    )
    yield Page(
        "page that asks who it is",
        "",
        ("/my/step_up",),
        before=came_by_a_link,
        links=False,
        url="/my/step_up",
        shows=asks_for("action", "/my/step_up/send"),
    )
    yield Form(
        "ask for a code to confirm who it is",
        routes=("/my/step_up/send",),
        before=came_by_a_link,
        url="/my/step_up/send",
        data=lambda cell: {"partner_id": cell.res_id},
        done=lambda cell, response: new_challenges(cell, cell.document, "step_up"),
        compare=False,
        **own,
    )
    yield Form(
        "confirm who it is by a mailed code",
        routes=("/my/step_up/code",),
        before=with_a_mailed_code,
        url="/my/step_up/code",
        data=lambda cell: {"code": cell.case.step_up, "redirect": "/my/team"},
        done=led_to("/my/team"),
        compare=False,
        **own,
    )

    yield Form(
        "leave the portal as a customer sees it",
        "",
        ("/my/preview/leave",),
        links=False,
        url="/my/preview/leave",
        done=led_to("/odoo"),
    )

    customer = {
        "kind": "customer", "staff": NOBODY, "links": False, "compare": False, "of_account": True,
    }  # fmt: skip
    yield Page(
        "data of the customer",
        routes=("/my/account",),
        url="/my/account",
        shows=shows_mark,
        **customer,
    )
    yield Page(
        "form with the billing data",
        routes=("/my/account/billing",),
        needs=BILLING,
        needs_proof=True,
        url="/my/account/billing",
        query=lambda cell: {"partner_id": cell.res_id},
        shows=shows_mark,
        **customer,
    )
    for name, route in (
        ("change billing data", "/my/account/billing"),
        ("change billing data by core's address", "/my/address/submit"),
    ):
        yield Form(
            name,
            routes=(route,),
            needs=BILLING,
            needs_proof=True,
            url=route,
            data=address_form,
            done=lambda cell, response: cell.document.city == "Toledo",
            **customer,
        )
    yield Form(
        "take a change of billing data back",
        "billing change",
        ("/my/account/request/<int:request_id>/withdraw",),
        of_account=True,
        needs=BILLING,
        staff=NOBODY,
        links=False,
        url="/my/account/request/{id}/withdraw",
        done=lambda cell, response: cell.document.state == "withdrawn",
    )

    address = {"kind": "address", "staff": NOBODY, "links": False, "of_account": True}
    yield Page(
        "list of addresses",
        routes=("/my/addresses",),
        url="/my/addresses",
        shows=shows_mark,
        compare=False,
        **address,
    )
    yield Page(
        "form with an address",
        routes=("/my/address",),
        needs=BILLING,
        needs_proof=True,
        url="/my/address",
        query=lambda cell: {"partner_id": cell.res_id},
        shows=shows_mark,
        **address,
    )
    yield Form(
        "change an address",
        routes=("/my/address/submit",),
        needs=BILLING,
        needs_proof=True,
        url="/my/address/submit",
        data=address_form,
        done=lambda cell, response: cell.document.city == "Toledo",
        **address,
    )
    yield Json(
        "remove an address",
        routes=("/my/address/archive",),
        needs=BILLING,
        needs_proof=True,
        url="/my/address/archive",
        params=lambda cell: {"partner_id": cell.res_id},
        done=lambda cell, result: not cell.document.active,
        **address,
    )


def address_form(cell):
    """What the browser sends of an address form: as it is, but another city."""
    partner = cell.document
    return {
        "partner_id": cell.res_id,
        "address_type": "billing",
        "use_delivery_as_billing": "True",
        "required_fields": "name,email",
        "name": partner.name,
        "email": partner.email,
        "phone": partner.phone,
        "vat": partner.vat or "",
        "street": partner.street,
        "zip": partner.zip,
        "city": "Toledo",
        "state_id": partner.state_id.id,
        "country_id": partner.country_id.id,
    }
