"""Installing the addon where there are data already, updating it, and removing it again."""

import ast
import os
import subprocess
import time

import pytest

from devtools import databases, odoo_command
from devtools.common import CHECKOUT, DevError, sub_dir
from devtools.postgres import Cluster

ADDON = "customer_portal_plus"

# What a database consists of besides its data. Anything the addon leaves behind shows up here.
STRUCTURE = """
    SELECT 'column', table_name || '.' || column_name FROM information_schema.columns
     WHERE table_schema = 'public'
    UNION ALL SELECT 'index', indexname FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'constraint', conname || confdeltype::text FROM pg_constraint
     -- Each addon that extends ir.rule or res.groups has Odoo turn this one round, its own as well.
     WHERE conname <> 'rule_group_rel_group_id_fkey'
    UNION ALL SELECT 'trigger', tgname FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'function', proname FROM pg_proc
        JOIN pg_namespace ns ON ns.oid = pronamespace WHERE nspname = 'public'
    UNION ALL SELECT 'rule', name || coalesce(domain_force, '') || active FROM ir_rule
    -- Buttons name actions by numbers that each database counts for itself.
    UNION ALL SELECT 'view', coalesce(key, name) || active
           || md5(regexp_replace(arch_db::text, 'name=[^0-9a-z]+[0-9]+', 'name=', 'g'))
      FROM ir_ui_view
    UNION ALL SELECT 'access', name || perm_read || perm_write FROM ir_model_access
    UNION ALL SELECT 'model', model FROM ir_model
    UNION ALL SELECT 'group', name::text FROM res_groups
    UNION ALL SELECT 'action', type || (name ->> 'en_US') FROM ir_actions
    UNION ALL SELECT 'menu', name ->> 'en_US' FROM ir_ui_menu
    UNION ALL SELECT 'scheduled action', cron_name FROM ir_cron
    UNION ALL SELECT 'parameter', key FROM ir_config_parameter
    UNION ALL SELECT 'mail template', name ->> 'en_US' FROM mail_template
    UNION ALL SELECT 'activity type', name ->> 'en_US' FROM mail_activity_type
    UNION ALL SELECT 'identifier', module || '.' || name FROM ir_model_data
     WHERE module NOT LIKE '\\_\\_%'
       -- Of removed models that had a chatter, Odoo keeps what mail and others added to them.
       AND NOT (module NOT LIKE 'customer%' AND name LIKE '%\\_\\_customer\\_portal%')
       -- The list of modules that could be installed is no trace of this one.
       AND NOT (module = 'base' AND name LIKE 'module\\_%')
"""
REFERENCES = """
    SELECT confrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'f'
    UNION ALL SELECT tablename, indexname FROM pg_indexes WHERE schemaname = 'public'
"""
TRIGGERS = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
# Core's data that the addon must not touch.
DATA = """
    SELECT 'moves', count(*), sum(amount_total), sum(amount_residual) FROM account_move
    UNION ALL SELECT 'orders', count(*), sum(amount_total), 0 FROM sale_order
    UNION ALL SELECT 'partners', count(*), 0, 0 FROM res_partner
    UNION ALL SELECT 'users', count(*), 0, 0 FROM res_users
    UNION ALL SELECT 'messages', count(*), 0, 0 FROM mail_message
     WHERE model IN ('account.move', 'sale.order', 'res.partner', 'res.users')
"""

# A company that has used Odoo's own portal for a while.
BEFORE = """
customer = env["res.partner"].create({"name": "Antes SL", "is_company": True})
contact = env["res.partner"].create(
    {"name": "Compras", "parent_id": customer.id, "email": "compras@example.com"})
env["res.users"].with_context(no_reset_password=True).create({
    "partner_id": contact.id, "login": "antes", "password": "antes-2026",
    "group_ids": [(6, 0, env.ref("base.group_portal").ids)]})
product = env["product.product"].create({"name": "Tornillo", "list_price": 10})
for _number in range(3):
    order = env["sale.order"].create(
        {"partner_id": contact.id, "order_line": [(0, 0, {"product_id": product.id})]})
    order.action_confirm()
    order._create_invoices().action_post()
invoice = env["account.move"].search([("state", "=", "posted")], limit=1)
invoice._portal_ensure_token()
invoice.message_post(body="Is this the old price?", author_id=contact.id,
                     message_type="comment", subtype_xmlid="mail.mt_comment")
invoice.message_post(body="Yes, of 2025 & before.",
                     message_type="comment", subtype_xmlid="mail.mt_comment")
if "resource.booking" in env:
    kind = env["resource.booking.type"].create({"name": "Visita"})
    env["resource.booking"].create({"type_id": kind.id, "partner_ids": [(6, 0, contact.ids)]})
"""


class _Database:
    """A database of core's modules only, with some data; see ``BEFORE``."""

    def __init__(self, cluster, name):
        self.cluster = cluster
        self.name = name

    def query(self, statement):
        with self.cluster.cursor(self.name) as cursor:
            cursor.execute(statement)
            return sorted(cursor.fetchall(), key=repr)

    def install(self, update=False):
        log = sub_dir("logs") / f"{self.name}.log"
        databases.install(self.cluster, self.name, [ADDON], False, log, update=update)

    def run_code(self, code):
        """Run code in an Odoo shell and commit; return what it printed and logged."""
        program = f"exec({code!r})\nenv.cr.commit()\nprint('SUCCESS')\n"
        result = subprocess.run(
            odoo_command.command("shell", "-d", self.name, "--no-http", "--log-level=warn"),
            env=odoo_command.environ(self.cluster),
            input=program,
            capture_output=True,
            text=True,
        )
        assert "SUCCESS" in result.stdout, result.stdout + result.stderr
        return result.stdout.replace("SUCCESS", "") + result.stderr


@pytest.fixture(scope="module")
def database():
    cluster = Cluster("test").ensure_running()
    source = databases.template(cluster, with_addons=False)
    with databases.temporary_clone(cluster, source, "install") as name:
        database = _Database(cluster, name)
        database.run_code(BEFORE)
        yield database


STATE = f"SELECT state FROM ir_module_module WHERE name = '{ADDON}'"


def _tables(name):
    """Return tables that the hook before installation locks."""
    tree = ast.parse((CHECKOUT / ADDON / "hooks.py").read_text())
    return next(
        set(ast.literal_eval(node.value))
        for node in tree.body
        if isinstance(node, ast.Assign) and node.targets[0].id == name
    )


def test_does_not_install_while_odoo_is_used(database):
    """It says so, soon, whichever of the tables is in use, and leaves nothing behind."""
    structure = database.query(STRUCTURE)
    with database.cluster.cursor(database.name) as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT id FROM res_users LIMIT 1")
        begun = time.monotonic()
        with pytest.raises(DevError, match="Odoo is in use.* Stop Odoo"):
            database.install()
        assert time.monotonic() - begun < 60
    assert database.query(STATE) == [("uninstalled",)]
    assert database.query(STRUCTURE) == structure


def test_installs_on_data_and_leaves_no_trace(database):
    structure, data = database.query(STRUCTURE), database.query(DATA)
    references, triggers = database.query(REFERENCES), database.query(TRIGGERS)

    database.install()
    assert database.query(STATE) == [("installed",)]
    assert database.query(DATA) == data
    # All that was altered was locked before.
    existing = {name.split(".")[0] for kind, name in structure if kind == "column"}
    columns = set(database.query(STRUCTURE)) - set(structure)
    altered = {name.split(".")[0] for kind, name in columns if kind == "column"} & existing
    altered |= {table for table, _name in set(database.query(TRIGGERS)) - set(triggers)} & existing
    assert altered <= _tables("ALTERED_TABLES")
    touched = {table for table, _name in set(database.query(REFERENCES)) - set(references)}
    assert touched & existing <= _tables("ALTERED_TABLES") | _tables("REFERENCED_TABLES")
    told = database.run_code(
        """
user = env["res.users"].search([("login", "=", "antes")])
print("profile", user.partner_id.portal_profile_id == env.ref("customer_portal_plus.profile_full"))
customer = user.partner_id.commercial_partner_id
print("access", customer.portal_access)
for model, count in (("account.move", 3), ("sale.order", 3)):
    print(model, len(env[model].with_user(user).search([])) == count)
print("customer", env["sale.order"].search([]).portal_commercial_partner_id >= customer)
talk = env["customer.portal.conversation"].search([("account_move_id", "!=", False)])
print("earlier conversation", (talk.state, talk.last_preview) == ("closed", "Yes, of 2025 before."))
print("of the customer", talk.commercial_partner_id == customer)
for company in env["res.company"].search([]):
    print("company", company.portal_enabled and bool(company.portal_default_profile_id))
"""
    )
    assert "False" not in told and told.count("True") >= 8, told

    database.install(update=True)
    assert database.query(DATA) == data

    log = database.run_code(
        f"env['ir.module.module'].search([('name', '=', '{ADDON}')]).button_immediate_uninstall()"
    )
    assert "ERROR" not in log, log
    left = set(database.query(STRUCTURE)) ^ set(structure)
    assert not left, left
    assert database.query(DATA) == data


def test_installs_again_after_removal(database):
    database.install()
    assert database.query("SELECT count(*) FROM account_move WHERE NOT portal_visible") == [(0,)]


def _demo_with_deliveries(first, then):
    """Install the demo and Inventory in an order; return the states of the demo's deliveries."""
    cluster = Cluster("test").ensure_running()
    source = databases.template(cluster, demo=True, with_addons=False)
    with databases.temporary_clone(cluster, source, "order") as name:
        for modules in (first, then):
            databases.install_more(cluster, name, modules, True)  # raises on what the log tells
        query = "SELECT DISTINCT state FROM stock_picking WHERE portal_received_by IS NOT NULL"
        return _Database(cluster, name).query(query)


# What a bridge fills in of the documents that are there, and for how many of ``BEFORE``.
FILLED = {
    "customer_portal_plus_stock": (
        "SELECT count(*) FROM stock_picking WHERE portal_commercial_partner_id > 0",
        3,
    ),
    "customer_portal_plus_booking": (
        "SELECT count(*) FROM resource_booking WHERE portal_commercial_partner_id > 0",
        1,
    ),
}

# What belongs to a model or a field of ours in tables of core's.
LEFT = """
    SELECT 'attachment', res_model, res_field, count(*) FROM ir_attachment
     WHERE res_model LIKE 'customer.portal%' OR res_field LIKE 'portal\\_%' GROUP BY 2, 3
    UNION ALL SELECT 'message', model, '', count(*) FROM mail_message
     WHERE model LIKE 'customer.portal%' GROUP BY 2
    UNION ALL SELECT 'follower', res_model, '', count(*) FROM mail_followers
     WHERE res_model LIKE 'customer.portal%' GROUP BY 2
    UNION ALL SELECT 'activity', res_model, '', count(*) FROM mail_activity
     WHERE res_model LIKE 'customer.portal%' GROUP BY 2
    UNION ALL SELECT 'filter', model_id, '', count(*) FROM ir_filters
     WHERE model_id LIKE 'customer.portal%' GROUP BY 2
    UNION ALL SELECT 'API key', scope, '', count(*) FROM res_users_apikeys
     WHERE scope LIKE 'customer%' GROUP BY 2
    UNION ALL SELECT 'user', 'of a seat', '', count(*) FROM res_users
     WHERE active AND login LIKE 'portal-seat/%' HAVING count(*) > 0
"""

if os.environ.get("CPP_TEST_ALL"):

    def test_installs_beside_other_modules():
        """They change the pages of core that the addon changes, too: each must find its place."""
        cluster = Cluster("test").ensure_running()
        source = databases.template(cluster, with_addons=False)
        with databases.temporary_clone(cluster, source, "beside") as name:
            others = ["sale_loyalty", "purchase", "website_sale", "sale_stock", "sale_project"]
            databases.install_more(cluster, name, others, False)
            databases.install_more(cluster, name, [ADDON], False)  # raises on what the log tells
            installed = "SELECT name FROM ir_module_module WHERE state = 'installed'"
            assert {(module,) for module in [*others, ADDON]} <= set(
                _Database(cluster, name).query(installed)
            )

    def test_all_addons_full_of_data_leave_no_trace():
        """All of them, each with the data of its demo, go with the main one."""
        cluster = Cluster("test").ensure_running()
        source = databases.template(cluster, demo=True, with_addons=False)
        manifests = {bridge.name: databases.manifest(bridge) for bridge in databases.bridges()}
        others = {name for one in manifests.values() for name in one["depends"]} - {ADDON}
        with databases.temporary_clone(cluster, source, "full") as name:
            databases.install_more(cluster, name, sorted(others), True)
            database = _Database(cluster, name)
            structure = database.query(STRUCTURE)
            databases.install_more(cluster, name, [ADDON, *databases.installed_by_hand()], True)
            states = "SELECT name FROM ir_module_module WHERE state = 'installed'"
            assert {(bridge,) for bridge in manifests} <= set(database.query(states))
            assert database.query("SELECT count(*) > 5 FROM customer_portal_conversation") == [
                (True,)
            ]
            log = database.run_code(
                f"env['ir.module.module'].search([('name', '=', '{ADDON}')])"
                ".button_immediate_uninstall()"
            )
            assert "ERROR" not in log, log
            left = set(database.query(STRUCTURE)) ^ set(structure)
            assert not left, left
            assert database.query(LEFT) == []

    def test_clocks_of_the_law_beside_localisations():
        """Which invoices a clock is about is found by what the country's own modules know."""
        modules = "l10n_ar,l10n_cl,l10n_co,l10n_mx,l10n_pe"
        tests = "customer_portal_plus_einvoice/tests/test_einvoice"
        command = [str(CHECKOUT / "dev"), "test", "--with", modules]
        command += [f"{tests}_clocks.py", f"{tests}_localisations.py"]
        result = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True)
        assert not result.returncode, result.stdout[-5000:] + result.stderr[-2000:]

    def test_demo_before_inventory():
        assert _demo_with_deliveries([ADDON], ["sale_stock"]) == [("done",)]

    def test_demo_after_inventory():
        assert _demo_with_deliveries(["sale_stock"], [ADDON]) == [("done",)]

    @pytest.mark.parametrize("bridge", [folder.name for folder in databases.bridges()])
    def test_bridge_leaves_no_trace(bridge):
        """Each comes by itself where the other app is, or by hand, is updated, and goes without
        the portal or with it: the other app is as it was."""
        manifest = databases.manifest(CHECKOUT / bridge)
        cluster = Cluster("test").ensure_running()
        source = databases.template(cluster, with_addons=False)
        with databases.temporary_clone(cluster, source, "traces") as name:
            others = [module for module in manifest["depends"] if module != ADDON]
            if others:
                databases.install_more(cluster, name, others, False)
            database = _Database(cluster, name)
            database.run_code(BEFORE)
            structure, data = database.query(STRUCTURE), database.query(DATA)
            database.install()
            if not manifest.get("auto_install"):
                databases.install_more(cluster, name, [bridge], False)
            installed = f"SELECT state FROM ir_module_module WHERE name = '{bridge}'"
            assert database.query(installed) == [("installed",)]
            query, found = FILLED.get(bridge, ("SELECT 1", 1))
            assert database.query(query) == [(found,)]
            with_bridge = database.query(STRUCTURE)

            def remove(module):
                log = database.run_code(
                    f"env['ir.module.module'].search([('name', '=', '{module}')])"
                    ".button_immediate_uninstall()"
                )
                assert "ERROR" not in log, log

            remove(bridge)
            assert database.query(installed) == [("uninstalled",)]
            databases.install_more(cluster, name, [bridge], False)
            log = sub_dir("logs") / f"{name}.log"
            databases.install(cluster, name, [bridge], False, log, update=True)
            left = set(database.query(STRUCTURE)) ^ set(with_bridge)
            assert not left, left

            remove(ADDON)
            left = set(database.query(STRUCTURE)) ^ set(structure)
            assert not left, left
            assert database.query(DATA) == data
