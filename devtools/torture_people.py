"""The customers of ``./dev torture`` and who signs in for them: runs inside Odoo, like
``torture_world``."""

import secrets

from odoo import Command

from .demo import PASSWORD

# Of the demo, with documents of all kinds.
SOMEBODY = "gerencia.talleres@example.com"


def make_customers(env, count):
    """Make customers with three contacts each, who may do everything, and a method that automatic
    debit can charge.

    :return: for each its number, the word that is on all that is its own, and the logins of its
        contacts; the last of them is moved between customers
    :rtype: list[tuple[int, str, list[str]]]
    """
    profile, hashed = env.ref("customer_portal_plus.profile_full"), _hashed(env)
    provider = env.ref("payment.payment_provider_demo")
    people = []
    for number in range(count):
        word = f"zq{secrets.token_hex(6)}"
        values = {"name": f"Historia {number} {word}", "is_company": True}
        customer = env["res.partner"].create({**values, "email": f"historia{number}@example.com"})
        logins = [f"history{number}{place}{word[-4:]}@example.com" for place in "abc"]
        for login in logins:
            _make_contact(env, customer, login, "en_US", profile, hashed)
        customer.portal_main_token_id = env["payment.token"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": provider.payment_method_ids[:1].id,
                "partner_id": customer.id,
                "payment_details": "1234",
                "provider_ref": "demo",
                "demo_simulated_state": "done",
            }
        )
        people.append((customer.id, word, logins))
    return people


def make_colleagues(env, count, first=0):
    """Make contacts of one customer of the demo, who share its history.

    :param int first: the number of the first of them

    :return: their logins
    :rtype: list[str]
    """
    user = env["res.users"].search([("login", "=", SOMEBODY)])
    customer, profile = user.partner_id.commercial_partner_id, user.partner_id.portal_profile_id
    companies = {
        "company_id": user.company_id.id,
        "company_ids": [Command.set(user.company_ids.ids)],
    }
    logins = [f"persona{number}@example.com" for number in range(first, first + count)]
    hashed = _hashed(env)
    for login in logins:
        _make_contact(env, customer, login, "es_ES", profile, hashed, **companies)
    return logins


def _hashed(env):
    """Return the demo's password as it is stored: to be asked once, for many."""
    return env["res.users"]._crypt_context().hash(PASSWORD)


def _make_contact(env, customer, login, lang, profile, hashed, **values):
    """Make a contact that can sign in.

    :param values: more of its user
    """
    contact = env["res.partner"].create(
        {
            "name": login,
            "parent_id": customer.id,
            "email": login,
            "lang": lang,
            "portal_profile_id": profile.id,
        }
    )
    user = env["res.users"].with_context(no_reset_password=True)
    user = user.create(
        {
            "partner_id": contact.id,
            "login": login,
            "group_ids": [Command.set(env.ref("base.group_portal").ids)],
            **values,
        }
    )
    user._set_encrypted_password(user.id, hashed)
