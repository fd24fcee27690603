"""Every public method of the models behind the gates, called as a customer could call it.

Nothing here lists methods: they are found in the registry, so one that a module adds is tried by
itself, over both ways of RPC, by a contact of the document's customer, by one of another, and by
colleagues who don't see the document. What a method needs is made up by the names of its
parameters (``arguments``). For each change, a contact of the customer and a stranger try each
method with all that is known of it, the stranger those of ours over both ways. What several models
inherit is then tried once, but by the stranger on what is not our own; ``./dev test --all`` has
everybody try everything. Whatever it answers:

* it has written nothing, in no table;
* who doesn't see the document finds nothing of it in the answer, and who does finds no token and
  no internal note;
* what answers a customer at all, of this addon's own methods, is listed with a reason.
"""

import inspect
import json
import re
from unittest.mock import patch

from odoo.service.model import get_public_method
from odoo.tests import tagged
from odoo.tools import mute_logger

from .access_data import MatrixCase
from .common import EVERYTHING
from .test_access_matrix import QUIET

DOCUMENTS = ("account.move", "account.move.line", "sale.order", "sale.order.line")
# Methods that every model has are tried on these, and on none of our own.
MODELS = (*DOCUMENTS, "res.partner", "res.users")

# Who is shown nothing of the records that are asked for, besides another customer's contact.
OUTSIDERS = {
    "account.move": ("stranger", "colleague"),
    "account.move.line": ("stranger", "colleague"),
    "sale.order": ("stranger", "own"),
    "sale.order.line": ("stranger", "own"),
}
# Tables that a customer's call may write, because it is about the user's own sign-in.
WRITES = {
    "res_users_identitycheck": "Asks for the password before it goes on.",
}
# Methods that may write.
WRITERS = {
    "res.users.switch_tour_enabled": "The user's own preference.",
}
# Methods that stumble over what JSON can carry, or where the model hasn't what they are about.
UNTRIED = {
    "action_archive": "The model has no field ``active``.",
    "action_unarchive": "The model has no field ``active``.",
    "toggle_active": "The model has no field ``active``.",
    "action_share": "Opens a wizard of staff; wants the context of a form.",
    "compute_fiscalyear_dates": "Takes a date.",
    "compute_uom_qty": "Takes a record.",
    "copy_translations": "Takes a record.",
    "create": "Stumbles before it asks for the right; the access matrix creates documents.",
    "formatted_read_group": "Wants something to group by or to sum: tried once more with both.",
    "get_property_definition": "The model has no properties.",
    "is_transient": "A class method, which no RPC can call.",
    "message_change_thread": "Takes a record.",
    "message_parse": "Takes a parsed mail.",
    "message_route": "Takes a parsed mail.",
    "name_create": "Stumbles before it asks for the right; the access matrix creates documents.",
    "onchange": "Wants all fields of a form; writes nothing.",
    "rating_apply": "Wants the rating that was asked for; nobody asks customers for one here.",
    "signup": "Wants a login in the values.",
}
# Own methods that answer a customer without an error.
ANSWERS = {
    "action_first_steps": "Names the settings of staff.",
    "action_portal_open_orders": "Names a list of staff.",
    "can_edit_vat": "Whether a tax ID may be changed on the contact's own form.",
    "get_portal_url": "The address of a page, without a token.",
}


def arguments(case, model, record):
    """Return what is passed for a parameter, by its name.

    :rtype: dict
    """
    values = {
        "account.move": {"ref": "Written", "move_type": "out_invoice"},
        "account.move.line": {"name": "Written", "move_id": case.documents["open invoice"].id},
        "sale.order": {"client_order_ref": "Written"},
    }.get(model, {"name": "Written"})
    mail = (
        "From: ventas@example.com\nTo: portal@example.com\nSubject: By mail\n"
        f"In-Reply-To: {case.message.message_id}\nMessage-Id: <made-up@example.com>\n\nBy mail\n"
    )
    parsed = {
        "body": "By mail",
        "subject": "By mail",
        "from": "ventas@example.com",
        "email_from": "ventas@example.com",
        "to": "",
        "cc": "",
        "message_id": "<made-up@example.com>",
        "author_id": case.user_sales.partner_id.id,
    }
    secret = {"type": "password", "login": "portal_test_sales", "password": "wrong"}
    of = {
        "act_type_xmlids": ["mail.mail_activity_data_todo"],
        "aggregates": ["__count"],
        "attachment_ids": [case.things["open invoice"]["file_id"]],
        "author_id": case.user_sales.partner_id.id,
        "body": "By RPC",
        "channel_id": 1,
        "company_id": case.company.id,
        "country_id": case.env.ref("base.es").id,
        "credential": secret,
        "current_code": "1",
        "current_date": "2026-01-01",
        "custom_values": {},
        "data": [["1"]],
        "date": "2026-01-01",
        "default": {},
        "domain": [["id", "in", record.ids]],
        "email": "made-up@example.com",
        "emails": ["made-up@example.com"],
        "field_name": "name",
        "field_names": ["display_name"],
        "fields": ["display_name"],
        "fields_spec": {"display_name": {}},
        "fields_to_export": ["display_name"],
        "full_name": "properties.a",
        "group_by": "id",
        "group_ext_id": "base.group_user",
        "group_spec": "base.group_user",
        "groupby": ["id"],
        "grouping_sets": [["id"]],
        "line_id": record.id,
        "message": mail,
        "message_dict": parsed,
        "meeting_ids": [1],
        "message_type": "comment",
        "model": model,
        "model_name": "utm.source",
        "msg_dict": parsed,
        "name": "Made up",
        "new": record.id,
        "new_passwd": "Another-2026",
        "new_qty": 1,
        "new_thread": record.id,
        "notification_type": "email",
        "old_passwd": "wrong",
        "operation": "read",
        "parent_field": "create_uid",
        "partner_ids": case.user_off.partner_id.ids,
        "progress_bar": {"field": "id", "colors": {}},
        "rate": 5,
        "server_type": "gmail",
        "source_ref": "mail.message_activity_done",
        "specification": {"display_name": {}},
        "subject": "By RPC",
        "subtype_xmlid": "mail.mt_comment",
        "template": "mail.message_activity_done",
        "template_id": case.template.id,
        "thread_id": record.id,
        "translations": {"en_US": "Translated"},
        "unspsc_codes": [],
        "update_vals": values,
        "user_agent_env": {},
        "val": True,
        "vals": values,
        "vals_list": [values],
        "values": values,
        "view_id": False,
        "view_type": "form",
        "views": [[False, "list"]],
    }
    # Words and numbers that are looked up or looked at.
    for name in ("duns", "gst", "help_message", "login", "new_code", "new_prefix", "old_code"):
        of[name] = "made up"
    for name in ("old_prefix", "query", "search", "search_term", "vat"):
        of[name] = "made up"
    for name in ("partial_id", "query_country_id", "stock_move", "to_currency_id"):
        of[name] = 1
    return of


@tagged("post_install", "-at_install")
class TestPublicMethods(MatrixCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env["mail.template"].create(
            {
                "name": "Template",
                "model_id": cls.env["ir.model"]._get_id("account.move"),
                "subject": "By template",
            }
        )
        cls.message = cls.env["mail.message"].browse(cls.things["open invoice"]["message_id"])
        invoice, order = cls.documents["open invoice"], cls.documents["quote to sign"]
        cls.records = {
            "account.move": invoice,
            "account.move.line": invoice.invoice_line_ids[:1],
            "sale.order": order,
            "sale.order.line": order.order_line[:1],
            "res.partner": cls.user_colleague.partner_id,
            "res.users": cls.user_colleague,
        }
        cls.never_told = [invoice.access_token, order.access_token, "Internal note on"]
        cls.told_to_customer = [
            invoice.name,
            order.name,
            "MARK OF",
            "Message on the",
            cls.user_colleague.email,
            cls.alfa.email,
        ]
        cls.env.flush_all()

    # === WHAT CAN BE CALLED === #

    def _public_methods(self, model):
        """Yield the methods of a model that RPC lets through, with the sets of arguments to try:
        what they need, and all that is known.

        :rtype: Iterator[tuple[str, callable, list[dict]]]
        """
        cls = type(self.env[model])
        record = self._record(model)
        known = arguments(self, model, record)
        everywhere = set() if model in MODELS else set(dir(self.env.registry["base"]))
        for name in sorted(set(dir(cls)) - everywhere):
            if name.startswith("_") or not callable(getattr(cls, name)):
                continue
            method = getattr(cls, name)
            if inspect.isclass(method) or any(
                getattr(getattr(parent, name, None), "_api_private", False) for parent in cls.mro()
            ):
                continue
            self.assertEqual(get_public_method(self.env[model], name), method)
            parameters = [
                parameter
                for parameter in list(inspect.signature(method).parameters.values())[1:]
                if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
            ]
            needed = [p.name for p in parameters if p.default is p.empty]
            unknown = set(needed) - set(known)
            self.assertFalse(unknown, f"{model}.{name}: say in arguments() what these are")
            sets = [{key: known[key] for key in needed}]
            more = {p.name: known[p.name] for p in parameters if p.name in known}
            if more != sets[0]:
                sets.append(more)
            yield name, method, sets

    def _record(self, model):
        """Return the record that is asked for: of our own models, any."""
        return self.records.get(model) or self.env[model].sudo().search([], limit=1).sudo(False)

    def _is_ours(self, model, name):
        return any(
            parent.__module__.startswith("odoo.addons.customer_portal_plus")
            for parent in type(self.env[model]).mro()
            if name in vars(parent)
        ) and not hasattr(self.env.registry["mail.thread"], name)

    # === CALLING === #

    def _call(self, model, name, method, ids, arguments):
        """Call a method with the session.

        :return: the error's name (empty if it answered), the answer as text, the tables written
        :rtype: tuple[str, str, set]
        """
        arguments = dict(arguments)
        args = [] if getattr(method, "_api_model", False) else [ids]
        if name == "create":
            args = [arguments.pop("vals_list")]
        before = self._write_counts()
        response = self.url_open(
            f"/web/dataset/call_kw/{model}.{name}",
            json={
                "jsonrpc": "2.0",
                "method": "call",
                "id": 0,
                "params": {"model": model, "method": name, "args": args, "kwargs": arguments},
            },
        ).json()
        self.env.flush_all()
        after = self._write_counts()
        written = {table for table, count in after.items() if count != before.get(table, 0)}
        if "error" in response:
            return response["error"]["data"]["name"], "", set()
        return "", json.dumps(response.get("result"), default=str), written

    def _call_by_key(self, model, name, method, ids, arguments, key):
        """Call a method with an API key; as ``_call``."""
        body = {"context": {}, **arguments}
        if not getattr(method, "_api_model", False):
            body["ids"] = ids
        before = self._write_counts()
        response = self.url_open(
            f"/json/2/{model}/{name}",
            json=body,
            headers={"Authorization": f"Bearer {key}"},
        )
        self.env.flush_all()
        after = self._write_counts()
        written = {table for table, count in after.items() if count != before.get(table, 0)}
        if response.status_code != 200:
            return response.json().get("name", "refused"), "", set()
        return "", response.text, written

    def _write_counts(self):
        """Return how many rows were written in this transaction, by table."""
        self.env.cr.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
        )
        return dict(self.env.cr.fetchall())

    # === JUDGING === #

    def _try(self, models):
        """Call all public methods of models; return what is wrong.

        :rtype: list[str]
        """
        wrong, tried = [], set()
        with mute_logger(*QUIET, "odoo.sql_db", "odoo.tools.translate", "pypdf._reader"):
            for login in ("full", "stranger", "colleague", "own"):
                user = getattr(self, f"user_{login}")
                self.sign_in(user)
                for model in models:
                    if not EVERYTHING and login not in ("full", "stranger"):
                        continue
                    if login != "full" and login not in OUTSIDERS.get(model, ("stranger",)):
                        continue
                    for name, method, sets in self._public_methods(model):
                        spared = model not in MODELS or login != "stranger"
                        if (login, method) in tried and spared and not EVERYTHING:
                            continue
                        tried.add((login, method))
                        for values in sets if EVERYTHING else sets[-1:]:
                            wrong += self._try_one(user, model, name, method, values)
        return wrong

    def _try_one(self, user, model, name, method, values):
        ids = self._record(model).ids or [1]
        key = self.keys[user.login.removeprefix("portal_test_")]
        with self.rolled_back():
            by_session = self._call(model, name, method, ids, values)
        ways = {"session": by_session}
        if EVERYTHING or (user == self.user_stranger and self._is_ours(model, name)):
            with self.rolled_back():
                ways["key"] = self._call_by_key(model, name, method, ids, values, key)
        who = f"{user.name}: {model}.{name}"
        hidden = list(self.never_told)
        if user != self.user_full:
            hidden += self.told_to_customer
        for way, (error, text, written) in ways.items():
            if error:
                if not error.startswith("odoo.exceptions.") and name not in UNTRIED:
                    yield f"{who} by {way}: not really tried, {error}"
                continue
            if f"{model}.{name}" not in WRITERS and written - set(WRITES):
                yield f"{who} by {way}: wrote {sorted(written)}"
            found = [secret for secret in hidden if secret in text]
            if found and not self._is_echo(found, values):
                yield f"{who} by {way}: told {found}"
            if self._is_ours(model, name) and name not in ANSWERS:
                yield f"{who} by {way}: answers a customer: why?"

    def _is_echo(self, found, values):
        """Return whether what was found was just given."""
        return all(secret in json.dumps(values, default=str) for secret in found)

    # === TESTS === #

    def _assert_walls(self, *models):
        wrong = self._try(models)
        self.assertFalse(wrong, "\n".join(wrong))

    def test_invoices(self):
        self._assert_walls("account.move", "account.move.line")

    def test_orders(self):
        self._assert_walls("sale.order", "sale.order.line")

    def test_people(self):
        self._assert_walls("res.partner", "res.users")

    def test_own_models(self):
        """All models of this addon and its bridges."""
        own = [
            name
            for name, model in self.env.registry.items()
            if name not in MODELS
            and not model._abstract
            and (model._original_module or "").startswith("customer_portal_plus")
        ]
        self.assertGreater(len(own), 10)
        self._assert_walls(*sorted(own))

    def test_new_method_is_noticed(self):
        """What a module adds is tried by itself: a method that tells a token, one that writes,
        one with a parameter that nobody has thought of."""
        model = type(self.env["sale.order"])

        def tells(order):
            return order.sudo().access_token

        def writes(order):
            order.sudo().client_order_ref = "written"

        def asks(order, something_new):
            return something_new

        with patch.object(model, "new_teller", tells, create=True):
            wrong = self._try_named("new_teller")
            self.assertTrue(any("told" in line for line in wrong), wrong)
        with patch.object(model, "new_writer", writes, create=True):
            wrong = self._try_named("new_writer")
            self.assertTrue(any(re.search("wrote .*sale_order", line) for line in wrong), wrong)
        with (
            patch.object(model, "new_asker", asks, create=True),
            self.assertRaisesRegex(AssertionError, "say in arguments"),
        ):
            self._try_named("new_asker")

    def _try_named(self, wanted):
        """Try the methods of orders, as far as they have that name."""
        self.sign_in(self.user_stranger)
        wrong = []
        for name, method, sets in self._public_methods("sale.order"):
            if name == wanted:
                for values in sets:
                    wrong += self._try_one(self.user_stranger, "sale.order", name, method, values)
        return wrong
