"""What ``./dev torture`` asks for, and what must not come out: runs inside Odoo.

Each customer gets a secret word of its own, planted in all that is its own; a word of another
customer in any answer is a leak. Triggers note which tables a request writes to.
"""

import re
import secrets

from odoo.addons.customer_portal_plus.tests.common.routes import addons_of, parameter_names

ADDON = "customer_portal_plus"
MIXIN = "customer.portal.access.mixin"
# Words of a document, of its lines and of what is said about it.
TEXTS = ("ref", "note", "narration", "description", "client_order_ref", "origin")
LINES = ("account.move.line", "sale.order.line", "stock.move", "contract.line")
# Routes that end the session or the server of whoever asks, and addresses that are not the portal.
LEFT_OUT = re.compile(r"^/(web/session/logout|odoo/|web/database)")
_NOTE_WRITES = """
CREATE TABLE IF NOT EXISTS torture_write (name text);
CREATE OR REPLACE FUNCTION torture_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO torture_write VALUES (TG_TABLE_NAME || ' ' || TG_OP);
    RETURN NULL;
END $$;
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
        AND tablename <> 'torture_write' LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER torture AFTER INSERT OR UPDATE OR DELETE ON %I'
            ' FOR EACH ROW EXECUTE FUNCTION torture_note()', name);
    END LOOP;
END $$;
"""


def prepare(env, logins):
    """Plant the words and the triggers; return what there is to ask for.

    :param logins: of the contacts that ask
    :return: ``secrets`` by customer, ``actors``, ``records`` by model (pairs of number and
        customer), ``tokens`` of documents and ``routes``; everything that JSON can tell
    :rtype: dict
    """
    records = _records(env)
    words = _plant(env, records)
    tokens = {}
    for model in ("account.move", "sale.order"):
        for number, customer in records[model][:200]:
            tokens.setdefault(model, []).append(
                (number, customer, env[model].sudo().browse(number)._portal_ensure_token())
            )
    env.flush_all()
    env.cr.execute(_NOTE_WRITES)
    users = env["res.users"].search([("login", "in", logins)])
    return {
        "secrets": words,
        "actors": [
            {"login": user.login, "customer": user.partner_id.commercial_partner_id.id}
            for user in users
        ],
        "records": records,
        "tokens": tokens,
        "routes": _routes(env),
        "alias": env["res.company"].search([("portal_alias", "!=", False)], limit=1).portal_alias,
    }


def _records(env):
    """Return all documents behind the gates, with whose they are."""
    mixin = env.registry[MIXIN]
    records = {}
    for name, model in env.registry.items():
        if not issubclass(model, mixin) or model._abstract:
            continue
        # Others are somebody's by more than one way, and have no text of their own.
        if model._portal_customer_path.split(".")[0] not in model._fields:
            continue
        documents = env[name].sudo().with_context(active_test=False).search([])
        rows = []
        for document in documents:
            customer = document.mapped(model._portal_customer_path)[:1]
            if customer:
                rows.append((document.id, customer.id))
        records[name] = rows
    return records


def _plant(env, records):
    """Write a word into the texts of each customer's documents, lines, messages and address."""
    customers = {customer for rows in records.values() for _number, customer in rows}
    words = {customer: f"zq{secrets.token_hex(6)}" for customer in customers}
    for model, rows in records.items():
        _append(env, model, TEXTS, rows, words)
        owners = dict(rows)
        _append_to_messages(env, model, owners, words)
        for field in env[model]._fields.values():
            if field.type == "one2many" and field.comodel_name in LINES:
                lines = (
                    env[field.comodel_name].sudo().search([(field.inverse_name, "in", [*owners])])
                )
                of_lines = [(line.id, owners[line[field.inverse_name].id]) for line in lines]
                _append(env, field.comodel_name, ("name",), of_lines, words)
    _append(env, "res.partner", ("street2",), [(one, one) for one in words], words)
    return words


def _append(env, model, names, rows, words):
    """Append words to columns of text, past all logic: no document is changed by it otherwise."""
    fields = env[model]._fields
    for name in names:
        field = fields.get(name)
        if not field or not field.store or field.translate or field.type not in (
            "char", "text", "html",
        ):  # fmt: skip
            continue
        update = f'UPDATE "{env[model]._table}" SET "{name}" = concat("{name}", %s) WHERE id = %s'
        env.cr.executemany(update, [(f" {words[one]}", number) for number, one in rows])


def _append_to_messages(env, model, owners, words):
    messages = (
        env["mail.message"].sudo().search([("model", "=", model), ("res_id", "in", [*owners])])
    )
    rows = [(message.id, owners[message.res_id]) for message in messages]
    _append(env, "mail.message", ("body",), rows, words)


# === ROUTES === #


def _routes(env):
    """Return the routes of our addons and those of others that we override."""
    routes = {}
    for rule in env["ir.http"].routing_map().iter_rules():
        endpoint = rule.endpoint
        ours = any(addon.startswith(ADDON) for addon in addons_of(endpoint.func))
        if LEFT_OUT.match(rule.rule) or not ours:
            continue
        routes[rule.rule] = {
            "rule": rule.rule,
            "type": endpoint.routing["type"],
            "methods": sorted(set(endpoint.routing.get("methods") or ("GET", "POST"))),
            "names": sorted(parameter_names(endpoint.func) - set(rule.arguments)),
        }
    return list(routes.values())
