"""Tables whose rows can't be changed or removed, by Odoo or by SQL.

PostgreSQL refuses it with a trigger, so that a mistake in any code is stopped, too. It is no
protection against the owner of the table, who can drop the trigger; rows that must convince a
third person need a chain of hashes besides.
"""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

CREATE_WRITE_ONCE_FUNCTION = """
    CREATE OR REPLACE FUNCTION cpp_write_once() RETURNS trigger LANGUAGE plpgsql AS $function$
    -- Arguments, each a list with commas: columns that may change, columns that may be filled
    -- once, columns that may be emptied.
    DECLARE
        changed text;
        was jsonb;
        becomes jsonb;
    BEGIN
        IF TG_OP = 'DELETE' OR TG_OP = 'TRUNCATE' THEN
            RAISE restrict_violation USING
                MESSAGE = format('Rows of %s are kept for good.', TG_TABLE_NAME);
        END IF;
        was := to_jsonb(OLD);
        becomes := to_jsonb(NEW);
        FOR changed IN
            SELECT key FROM jsonb_each(becomes) WHERE value IS DISTINCT FROM was -> key
        LOOP
            IF changed = ANY (string_to_array(TG_ARGV[0], ','))
                OR (was ->> changed IS NULL
                    AND changed = ANY (string_to_array(TG_ARGV[1], ',')))
                OR (becomes ->> changed IS NULL
                    AND changed = ANY (string_to_array(TG_ARGV[2], ',')))
            THEN
                CONTINUE;
            END IF;
            RAISE restrict_violation USING MESSAGE = format(
                'Column %s of %s, row %s, is written once.', changed, TG_TABLE_NAME, OLD.id
            );
        END LOOP;
        RETURN NEW;
    END $function$
"""
DROP_WRITE_ONCE_FUNCTION = "DROP FUNCTION IF EXISTS cpp_write_once() CASCADE"

_ROW_TRIGGER = "cpp_write_once_row"
_TABLE_TRIGGER = "cpp_write_once_table"


class CustomerPortalWriteOnceMixin(models.AbstractModel):
    """Rows that are written once.

    A model that inherits this one

    * sets ``_log_access = False`` in its own class, since the user who is noted there may be
      deleted, which is a change of the row;
    * keeps beside each reference the number and the name as they were (``Integer``, ``Char``):
      references follow merges and get lost with deletions, the words next to them don't;
    * declares references with ``ondelete="set null"`` and names them in
      ``_write_once_free``;
    * puts no unique or check constraint on a reference: the merge of two contacts would then
      delete rows instead of failing;
    * has no stored computed fields, and selection values of other modules with a callable
      ``ondelete`` that leaves the rows alone.

    Its table survives the merge of contacts, the deletion of users and documents, updates of
    the module (new columns with a default among them), and goes with its module.
    """

    _name = "customer.portal.write.once.mixin"
    _description = "Rows That Are Written Once"
    _log_access = False

    # Columns that may change: references only, which a merge or a deletion points elsewhere.
    _write_once_free = ()
    # Columns that may be filled later, once: empty when the row is made.
    _write_once_set_once = ()
    # Columns that may be emptied, and not be filled again: data with an expiry date.
    _write_once_erasable = ()

    def init(self):
        super().init()
        if self._abstract:
            return
        self._write_once_check_declaration()
        lists = [self._write_once_free, self._write_once_set_once, self._write_once_erasable]
        self.env.cr.execute(CREATE_WRITE_ONCE_FUNCTION)
        for trigger in (_ROW_TRIGGER, _TABLE_TRIGGER):
            self.env.cr.execute(
                SQL(
                    "DROP TRIGGER IF EXISTS %s ON %s",
                    SQL.identifier(trigger),
                    SQL.identifier(self._table),
                )
            )
        self.env.cr.execute(
            SQL(
                "CREATE TRIGGER %s BEFORE UPDATE OR DELETE ON %s"
                " FOR EACH ROW EXECUTE FUNCTION cpp_write_once(%s)",
                SQL.identifier(_ROW_TRIGGER),
                SQL.identifier(self._table),
                SQL(", ").join(SQL("%s", ",".join(names)) for names in lists),
            )
        )
        self.env.cr.execute(
            SQL(
                "CREATE TRIGGER %s BEFORE TRUNCATE ON %s"
                " FOR EACH STATEMENT EXECUTE FUNCTION cpp_write_once()",
                SQL.identifier(_TABLE_TRIGGER),
                SQL.identifier(self._table),
            )
        )

    def _write_once_check_declaration(self):
        """Raise if the model is declared in a way that its rows would have to change.

        :raise ValueError: naming what is wrong
        """
        if self._log_access:
            raise ValueError(f"{self._name} must set _log_access = False")
        for name, field in self._fields.items():
            if not field.store or not field.column_type:
                continue
            if field.type == "many2one" and name not in self._write_once_free:
                raise ValueError(f"{self._name}.{name} must be in _write_once_free")
            if field.compute:
                raise ValueError(f"{self._name}.{name} can't be computed and stored")

    def _init_column(self, column_name):
        """Override of `base`: a new column gets its default in the rows there are, which is the
        one time that they change."""
        table = SQL.identifier(self._table)
        trigger = SQL.identifier(_ROW_TRIGGER)
        self.env.cr.execute(
            SQL("SELECT 1 FROM pg_trigger WHERE tgname = %s AND tgrelid = %s::regclass",
                _ROW_TRIGGER, self._table)
        )  # fmt: skip
        if not self.env.cr.rowcount:
            return super()._init_column(column_name)
        self.env.cr.execute(SQL("ALTER TABLE %s DISABLE TRIGGER %s", table, trigger))
        result = super()._init_column(column_name)
        self.env.cr.execute(SQL("ALTER TABLE %s ENABLE TRIGGER %s", table, trigger))
        return result

    def write(self, vals):
        """Override of `base` to refuse in words what the database would refuse anyway.

        :raise UserError: if a column is written that is in none of the three lists
        """
        changeable = {
            *self._write_once_free,
            *self._write_once_set_once,
            *self._write_once_erasable,
        }
        if set(vals) - changeable:
            raise UserError(self.env._("These records are kept as they were written."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("These records are kept as they were written."))
