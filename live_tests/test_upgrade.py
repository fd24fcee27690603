"""Updating the addon from an earlier version: data stay, and so do what they hang on."""

import importlib.util

from devtools import databases
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
