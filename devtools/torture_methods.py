"""The methods that ``./dev torture`` calls over remote calls: runs inside Odoo, like
``torture_world``."""

import inspect
from datetime import timedelta

from odoo import fields
from odoo.service.model import get_public_method
from odoo.tools import SQL, sql

OURS = "odoo.addons.customer_portal_plus"
LEFT_OUT = {
    # They end the sessions of whoever calls them.
    "action_revoke_all_devices",
    "revoke_all_devices",
    # Takes a parsed mail, which no call makes up; it only tells where that would go.
    "message_route",
}
IDS = 30


def reachable(env, logins):
    """Return what remote calls can reach of our models, and of core's that we add to.

    :param logins: of contacts; each gets a key for calls without a session
    :return: ``models``: for each its ``methods`` (name, whether it is for records, names of its
        parameters, whether it is ours alone), ``ids`` and ``fields``; ``keys`` by login
    :rtype: dict
    """
    models = {}
    for name, model in sorted(env.registry.items()):
        # What is added to all models, as mixins do, is tried on those that we are about. A mixin
        # itself has no records, and whoever asks it for some stumbles.
        if not model._abstract and any(cls.__module__.startswith(OURS) for cls in model.__bases__):
            methods = list(_methods(env[name]))
            if methods:
                models[name] = {
                    "methods": methods,
                    "ids": _ids(env[name]),
                    "fields": sorted(model._fields),
                }
    env["ir.config_parameter"].set_param("portal.allow_api_keys", "True")
    until = fields.Datetime.now() + timedelta(days=1)
    users = env["res.users"].search([("login", "in", logins)])
    keys = {
        user.login: env["res.users.apikeys"].with_user(user).sudo()._generate("rpc", "x", until)
        for user in users
    }
    return {"models": models, "keys": keys}


def _ids(model):
    if not sql.table_exists(model.env.cr, model._table):
        return []
    # Past all rules: some models refuse to be searched at all.
    model.env.cr.execute(
        SQL("SELECT id FROM %s ORDER BY id DESC LIMIT %s", SQL.identifier(model._table), IDS)
    )
    return [number for (number,) in model.env.cr.fetchall()]


def _methods(model):
    cls = type(model)
    for name in sorted(dir(cls)):
        if name.startswith("_") or name in LEFT_OUT:
            continue
        try:
            method = get_public_method(model, name)
            parameters = list(inspect.signature(method).parameters.values())[1:]
        except Exception:  # pylint: disable=broad-except
            continue  # Nothing that a call gets to, or that could be called at all.
        if inspect.isclass(method):
            continue
        owners = [one.__module__ for one in cls.mro() if name in vars(one)]
        yield (
            name,
            not getattr(method, "_api_model", False),
            [one.name for one in parameters if one.kind < inspect.Parameter.VAR_KEYWORD],
            all(owner.startswith(OURS) for owner in owners),
        )
