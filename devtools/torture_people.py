"""The customers of ``./dev torture`` and who signs in for them: runs inside Odoo, like
``torture_world``."""

from odoo import Command

from .demo import PASSWORD

# Of the demo, with documents of all kinds.
SOMEBODY = "gerencia.talleres@example.com"


def make_customers(env, count):
    """Make customers with two contacts each, who may do everything.

    :return: for each, its number and the logins of its contacts
    :rtype: list[tuple[int, list[str]]]
    """
    profile, hashed = env.ref("customer_portal_plus.profile_full"), _hashed(env)
    people = []
    for number in range(count):
        customer = env["res.partner"].create({"name": f"Historia {number}", "is_company": True})
        logins = [f"history{number}{place}@example.com" for place in "ab"]
        for login in logins:
            _make_contact(env, customer, login, "en_US", profile, hashed)
        people.append((customer.id, logins))
    return people


def make_colleagues(env, count):
    """Make contacts of one customer of the demo, who share its history.

    :return: their logins
    :rtype: list[str]
    """
    user = env["res.users"].search([("login", "=", SOMEBODY)])
    customer, profile = user.partner_id.commercial_partner_id, user.partner_id.portal_profile_id
    companies = {
        "company_id": user.company_id.id,
        "company_ids": [Command.set(user.company_ids.ids)],
    }
    logins, hashed = [f"persona{number}@example.com" for number in range(count)], _hashed(env)
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
