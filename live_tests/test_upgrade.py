"""Updating the addon from an earlier version: data stay, and so do what they hang on."""

import importlib.util
import os
import subprocess

import psycopg2
import pytest
from test_install import DATA, STRUCTURE, TRIGGERS

from devtools import databases, environment, odoo_command
from devtools.common import CHECKOUT, sub_dir
from devtools.postgres import Cluster

ADDON = "customer_portal_plus"


def _migration(version):
    path = CHECKOUT / ADDON / "migrations" / version / "pre-migrate.py"
    spec = importlib.util.spec_from_file_location("migration", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _update(cluster, database):
    log = sub_dir("logs") / f"{database}.log"
    databases.install(cluster, database, [ADDON], False, log, update=True)
    return log.read_text(errors="replace")


def test_models_that_were_renamed():
    """A database of version 1 has the old names; an update from there keeps rows and jobs."""
    migration = _migration("19.0.2.0.0")
    olds, news = list(migration.RENAMED_MODELS), list(migration.RENAMED_MODELS.values())
    cluster = Cluster("test").ensure_running()
    structure = """
        SELECT relname, relkind::text FROM pg_class WHERE relname ~ '^customer_portal_'
        UNION ALL SELECT conname, contype::text FROM pg_constraint
        UNION ALL SELECT module || '.' || name, model FROM ir_model_data WHERE module = %s
        UNION ALL SELECT model, '' FROM ir_model
    """
    with databases.temporary_clone(cluster, databases.template(cluster), "upgrade") as name:
        with cluster.cursor(name) as cursor:
            cursor.execute(structure, [ADDON])
            before = set(cursor.fetchall())
            migration.rename_models(cursor, dict(zip(news, olds, strict=True)))
            cursor.execute(
                "UPDATE ir_module_module SET latest_version = '19.0.1.0.0' WHERE name = %s", [ADDON]
            )
            cursor.execute(
                "INSERT INTO customer_portal_alias (alias, company_id) VALUES ('antes', 1)"
            )
            cursor.execute("SELECT to_regclass('customer_portal_challenge')")
            assert cursor.fetchone() == (None,)

        _update(cluster, name)

        with cluster.cursor(name) as cursor:
            cursor.execute(structure, [ADDON])
            assert set(cursor.fetchall()) == before
            cursor.execute("SELECT company_id FROM customer_portal_former_alias")
            assert cursor.fetchall() == [(1,)]
            cursor.execute(
                """
                SELECT count(*) FROM ir_cron c JOIN ir_act_server a ON a.id = c.ir_actions_server_id
                  JOIN ir_model m ON m.id = a.model_id WHERE m.model = 'customer.portal.challenge'
                """
            )
            assert cursor.fetchone() == (1,)


# One that waits for its day, one that was refused and tried again, one that was paid.
DEBITS = """
from odoo import Command
customer = env["res.partner"].create({"name": "Antes SL", "is_company": True})
debit = env["customer.portal.debit"].create({
    "company_id": env.company.id, "customer_id": customer.id, "contact_id": customer.id,
    "token_name": "4242", "text": "Agreed"})
for states in (["announced"], ["failed", "announced"], ["done"]):
    invoice = env["account.move"].create({
        "move_type": "out_invoice", "partner_id": customer.id, "invoice_date": "2026-01-10",
        "invoice_line_ids": [Command.create({"name": "Antes", "price_unit": 100, "tax_ids": []})]})
    invoice.action_post()
    line = invoice.line_ids.filtered(lambda one: one.display_type == "payment_term")
    for number, state in enumerate(states, 1):
        env["customer.portal.debit.attempt"].create({
            "debit_id": debit.id, "invoice_id": invoice.id, "line_id": line.id, "amount": 100,
            "due_date": line.date_maturity, "charge_on": line.date_maturity, "number": number,
            "state": state})
env.cr.commit()
"""
# As the addon made them before there were instalments by agreement: name, columns, condition.
INDEXES_BEFORE = (
    ("number_unique", "(line_id, number) WHERE line_id IS NOT NULL"),
    (
        "open_unique",
        "(line_id) WHERE line_id IS NOT NULL"
        " AND state IN ('announced', 'sent', 'pending', 'unknown', 'done')",
    ),
)
ATTEMPTS = "customer_portal_debit_attempt"


def test_debits_of_before_there_were_plans():
    """Each charge stays as it was, one of each due amount at a time; by agreement there may be one
    more."""
    cluster = Cluster("test").ensure_running()
    rows = f"SELECT id, line_id, number, state, amount, due_date FROM {ATTEMPTS} ORDER BY id"
    indexes = f"SELECT indexname, indexdef FROM pg_indexes WHERE tablename = '{ATTEMPTS}'"
    again = f"""
        INSERT INTO {ATTEMPTS} (debit_id, company_id, invoice_id, line_id, due_date, number,
                                amount, charge_on, state, agreed_on)
        SELECT debit_id, company_id, invoice_id, line_id, due_date, 9, amount, charge_on, state, %s
          FROM {ATTEMPTS} WHERE state = %s LIMIT 1
    """
    with databases.temporary_clone(cluster, databases.template(cluster), "upgrade") as name:
        odoo_command.run_in_shell(cluster, name, DEBITS, "making debits")
        with cluster.cursor(name) as cursor:
            cursor.execute(indexes)
            made = set(cursor.fetchall())
            # With its column go both indexes.
            cursor.execute(f"ALTER TABLE {ATTEMPTS} DROP COLUMN agreed_on")
            for index, definition in INDEXES_BEFORE:
                cursor.execute(f"CREATE UNIQUE INDEX {ATTEMPTS}_{index} ON {ATTEMPTS} {definition}")
                cursor.execute(
                    f"COMMENT ON INDEX {ATTEMPTS}_{index} IS %s", [f"UNIQUE INDEX {definition}"]
                )
            cursor.execute(
                "UPDATE ir_module_module SET latest_version = '19.0.2.4.0' WHERE name = %s", [ADDON]
            )
            cursor.execute("UPDATE customer_portal_profile SET can_plan = false")
            cursor.execute(indexes)
            assert set(cursor.fetchall()) != made
            cursor.execute(rows)
            before = cursor.fetchall()
            assert len(before) == 4

        _update(cluster, name)

        with cluster.cursor(name) as cursor:
            cursor.execute(rows)
            assert cursor.fetchall() == before
            cursor.execute(f"SELECT count(agreed_on) FROM {ATTEMPTS}")
            assert cursor.fetchone() == (0,)
            cursor.execute(indexes)
            assert set(cursor.fetchall()) == made
            cursor.execute("SELECT bool_and(can_plan = can_pay) FROM customer_portal_profile")
            assert cursor.fetchone() == (True,)
        for state in ("announced", "done"):
            with pytest.raises(psycopg2.errors.UniqueViolation):
                with cluster.cursor(name) as cursor:
                    cursor.execute(again, [None, state])
            with cluster.cursor(name) as cursor:
                cursor.execute(again, ["2026-05-05", state])


# As it was when there was one bridge, and mails had the look of version 1.
EARLY = "90ff66b94cc619da626d17ac7c3916d5564e7121"
# A customer with an invoice; one mail that staff have edited, and one that nobody has.
USED = """
from odoo import Command
staff = env.ref("base.user_admin")
customer = env["res.partner"].create({"name": "Antes SL", "is_company": True})
contact = env["res.partner"].create({
    "name": "Compras", "parent_id": customer.id, "email": "compras@example.com",
    "portal_profile_id": env.ref("customer_portal_plus.profile_accounting").id})
env["account.move"].create({
    "move_type": "out_invoice", "partner_id": contact.id, "invoice_date": "2026-01-10",
    "invoice_line_ids": [Command.create({"name": "Antes", "price_unit": 100, "tax_ids": []})],
}).action_post()
template = env.ref("customer_portal_plus.mail_template_invitation")
template.with_user(staff).with_context(lang="en_US").write(
    {"subject": "Our own words", "body_html": "<p>Our own body</p>"})
env.ref("customer_portal_plus.profile_accounting").name = "Our accountants"
env.cr.commit()
"""
MAILS = """
    SELECT d.name, t.subject ->> 'en_US', t.body_html ->> 'en_US' FROM mail_template t
      JOIN ir_model_data d ON d.model = 'mail.template' AND d.res_id = t.id
     WHERE d.module = 'customer_portal_plus' ORDER BY d.name
"""
# In all languages. Actions are named in views by numbers that each database counts for itself.
VIEWS = """
    SELECT coalesce(key, name), active, language,
           regexp_replace(arch, 'name="\\d+"', 'name="N"', 'g')
      FROM ir_ui_view CROSS JOIN LATERAL jsonb_each_text(arch_db) AS text(language, arch)
"""


def _rows(cluster, database, query):
    with cluster.cursor(database) as cursor:
        cursor.execute(query)
        return sorted(cursor.fetchall(), key=repr)


if os.environ.get("CPP_TEST_ALL"):

    def test_from_an_early_version(tmp_path):
        """An update from there leaves what an installation of today has, data as they were, and
        what staff have edited as they left it."""
        subprocess.run(
            f"git archive {EARLY} {ADDON} | tar -x -C {tmp_path}",
            cwd=CHECKOUT,
            shell=True,
            check=True,
        )
        cluster = Cluster("test").ensure_running()
        source = databases.template(cluster, with_addons=False)
        with (
            databases.temporary_clone(cluster, source, "early") as name,
            databases.temporary_clone(cluster, databases.template(cluster), "today") as today,
        ):
            paths = [tmp_path, *environment.tree().addons_paths]
            words = [f"--addons-path={','.join(map(str, paths))}"]
            log = sub_dir("logs") / f"{name}.log"
            databases.install(cluster, name, [ADDON], False, log, options=words)
            subprocess.run(
                odoo_command.command("shell", "-d", name, "--no-http", *words),
                env=odoo_command.environ(cluster), input=USED, text=True, check=True,
            )  # fmt: skip
            data = _rows(cluster, name, DATA)
            before = {row[0]: row[1:] for row in _rows(cluster, name, MAILS)}

            _update(cluster, name)

            assert _rows(cluster, name, DATA) == data
            mails = {row[0]: row[1:] for row in _rows(cluster, name, MAILS)}
            fresh = {row[0]: row[1:] for row in _rows(cluster, today, MAILS)}
            edited = mails.pop("mail_template_invitation")
            assert edited == ("Our own words", "<p>Our own body</p>")
            del fresh["mail_template_invitation"]
            assert mails == fresh
            assert before["mail_template_reminder_before"] != mails["mail_template_reminder_before"]
            query = "SELECT name ->> 'en_US' FROM customer_portal_profile"
            assert ("Our accountants",) in _rows(cluster, name, query)
            for structure in (STRUCTURE, TRIGGERS, VIEWS):
                here, there = (
                    {row for row in _rows(cluster, one, structure) if row[0] != "view"}
                    for one in (name, today)
                )
                assert here == there, (here - there, there - here)
