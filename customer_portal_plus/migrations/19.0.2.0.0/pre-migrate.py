"""Models whose names said too little have new ones; their rows, rights and jobs come along."""

from psycopg2.extensions import quote_ident

RENAMED_MODELS = {
    "customer.portal.alias": "customer.portal.former.alias",
    "customer.portal.sign.in": "customer.portal.challenge",
    "customer.portal.signing": "customer.portal.frozen.document",
    "customer.portal.mixin": "customer.portal.access.mixin",
    "customer.portal.notice": "customer.portal.staff.notification",
}


def migrate(cr, version):
    """Rename models before the registry is built.

    :param cr: database cursor
    :param str version: the version that was installed
    """
    rename_models(cr, RENAMED_MODELS)


def rename_models(cr, names):
    """Rename models in the database: tables, and the records that describe them.

    :param cr: database cursor
    :param dict names: old name -> new name
    """
    for old, new in names.items():
        _rename_table(cr, old.replace(".", "_"), new.replace(".", "_"))
        cr.execute("UPDATE ir_model SET model = %s WHERE model = %s", [new, old])
        cr.execute("UPDATE ir_model_fields SET model = %s WHERE model = %s", [new, old])
        cr.execute("UPDATE ir_model_fields SET relation = %s WHERE relation = %s", [new, old])
        cr.execute("UPDATE ir_attachment SET res_model = %s WHERE res_model = %s", [new, old])
        cr.execute("UPDATE mail_template SET model = %s WHERE model = %s", [new, old])
        _rename_xml_ids(cr, old.replace(".", "_"), new.replace(".", "_"))


def _rename_table(cr, old, new):
    """Rename a table, its sequence, constraints and indexes; models without one are passed over."""
    cr.execute("SELECT to_regclass(%s)", [old])
    if not cr.fetchone()[0]:
        return
    cr.execute(f"ALTER TABLE {_name(cr, old)} RENAME TO {_name(cr, new)}")
    cr.execute(
        """
        SELECT conname FROM pg_constraint
         WHERE conrelid = %(table)s::regclass AND starts_with(conname, %(old)s)
        """,
        {"table": new, "old": old},
    )
    for (name,) in cr.fetchall():
        target = new + name[len(old) :]
        cr.execute(
            f"ALTER TABLE {_name(cr, new)} RENAME CONSTRAINT {_name(cr, name)} TO"
            f" {_name(cr, target)}"
        )
        cr.execute("UPDATE ir_model_constraint SET name = %s WHERE name = %s", [target, name])
    cr.execute(
        """
        SELECT indexname FROM pg_indexes WHERE tablename = %(table)s
           AND starts_with(indexname, %(old)s)
        """,
        {"table": new, "old": old},
    )
    for (name,) in cr.fetchall():
        cr.execute(f"ALTER INDEX {_name(cr, name)} RENAME TO {_name(cr, new + name[len(old) :])}")
    cr.execute(
        f"ALTER SEQUENCE IF EXISTS {_name(cr, old + '_id_seq')}"
        f" RENAME TO {_name(cr, new + '_id_seq')}"
    )


def _rename_xml_ids(cr, old, new):
    """Give the records that describe a model the names under which an update looks for them."""
    for prefix in ("model_", "field_", "access_", "constraint_"):
        # A field's name follows two underscores, a model's none.
        for ending in ("", "_%"):
            cr.execute(
                """
                UPDATE ir_model_data
                   SET name = %(new)s || substr(name, length(%(old)s) + 1)
                 WHERE module = 'customer_portal_plus' AND name LIKE %(pattern)s
                """,
                {
                    "old": prefix + old,
                    "new": prefix + new,
                    "pattern": (prefix + old).replace("_", "\\_") + ending.replace("_", "\\_"),
                },
            )


def _name(cr, identifier):
    return quote_ident(identifier, getattr(cr, "_cnx", None) or cr.connection)
