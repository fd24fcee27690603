"""./dev grow: fill a database with realistic volume, in SQL.

One document of each kind is made by Odoo (``grow_prototypes``); then each is copied many times
with one INSERT a table: new ids, names, dates, customers, amounts multiplied by whole numbers.
"""

import argparse
import json
import time

from . import databases, grow_prototypes, odoo_command
from .common import DevError, say
from .demo import PASSWORD

# Kinds of documents: share of the invoices, and over how many days before today they spread.
_INVOICES = {
    "paid_order": (0.35, 1095),
    "paid": (0.35, 1095),
    "partial": (0.04, 150),
    "open_order": (0.09, 120),
    "open": (0.09, 120),
    "refund": (0.05, 1095),
    "draft": (0.02, 10),
    "cancelled": (0.01, 1095),
}
# The same for quotes; their share is counted on the invoices too.
_ORDERS = {
    "quote_sent": (0.02, 20),
    "quote_expired": (0.03, 1000),
    "quote_draft": (0.01, 20),
    "quote_cancelled": (0.03, 1095),
    "order_to_invoice": (0.01, 30),
}
_AMOUNTS = r"^(amount|price_|debit|credit|balance|tax_base_amount|untaxed_amount|technical_price)"


def main(arguments):
    """Fill a database; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="./dev grow", description="Fill a database with many invoices, orders and customers."
    )
    parser.add_argument("name", help="a database that ./dev db made")
    parser.add_argument("--invoices", type=int, default=10_000)
    parser.add_argument("--customers", type=int, default=500)
    parser.add_argument("--largest", type=int, default=1000, help="invoices of one customer")
    options = parser.parse_args(arguments)
    cluster = databases.cluster_of(options.name)
    if not databases.exists(cluster, options.name):
        raise DevError(f"There is no database {options.name}: ./dev db {options.name} makes it.")
    started = time.monotonic()
    fill(cluster, options.name, options)
    say(f"done in {time.monotonic() - started:.0f} s")
    print(f"The largest customer signs in as {grow_prototypes.LOGIN}, password {PASSWORD}")
    return 0


def fill(cluster, database, options):
    """Fill a database; the same options give the same data.

    :param options: with ``invoices``, ``customers`` and ``largest``, see :func:`main`
    """
    if not 0 <= options.largest <= options.invoices:
        raise DevError("--largest is between 0 and --invoices.")
    if options.customers < 2:
        raise DevError("--customers is 2 at least: the largest one and the others.")
    say("making one document of each kind through Odoo")
    prototypes = _make_prototypes(cluster, database)
    with cluster.cursor(database) as cursor:
        contact = _Grower(cursor, prototypes).grow(options)
    _shell(cluster, database, f"make_portal_user(env, {contact}, {PASSWORD!r})", "a portal user")
    # Odoo has written on the documents of that user's customer.
    say("statistics")
    with cluster.cursor(database) as cursor:
        cursor.execute("VACUUM ANALYZE")


def _make_prototypes(cluster, database):
    output = _shell(cluster, database, "make_prototypes(env)", "the prototypes")
    line = next(line for line in output.splitlines() if line.startswith("PROTOTYPES "))
    return json.loads(line.partition(" ")[2])


def _shell(cluster, database, call, what):
    """Run a function of ``grow_prototypes`` in an Odoo shell; return what it printed."""
    program = f"from devtools.grow_prototypes import *\n{call}"
    return odoo_command.run_in_shell(cluster, database, program, f"Odoo could not make {what}.")


class _Grower:
    """Copies bundles of records that belong together.

    :param cursor: of PostgreSQL's superuser
    :param dict prototypes: see :func:`grow_prototypes.make_prototypes`
    """

    def __init__(self, cursor, prototypes):
        self.cursor = cursor
        self.company, self.contact = prototypes["partners"]
        self.bundles = prototypes["bundles"]
        self.names = {}

    def grow(self, options):
        """Make customers, invoices and orders; return the id of the largest one's contact."""
        self.cursor.execute("BEGIN")
        # Keys are right by construction; checking millions one by one takes most of the time.
        self.cursor.execute("SET LOCAL session_replication_role = replica")
        self.cursor.execute("SET LOCAL work_mem = '128MB'")
        self.cursor.execute("SELECT setseed(0.42)")
        say(f"{options.customers} customers")
        first = self._grow_customers(options.customers)
        # Building an index once is much quicker than adding to it a million times.
        indexes = self._drop_indexes() if options.invoices > 20_000 else []
        for kinds in (_INVOICES, _ORDERS):
            for kind, (share, days) in kinds.items():
                count = round(options.invoices * share)
                if count:
                    largest = min(count, round(options.largest * share))
                    self._grow_documents(kind, count, largest, days, first, options.customers)
        self.cursor.execute("COMMIT")
        if indexes:
            say("indexes")
            # Old versions of rows go first: with them, nobody could use the indexes before all
            # transactions of the whole cluster that run now have ended.
            self.cursor.execute(
                "VACUUM account_move, account_move_line, sale_order, sale_order_line"
            )
            for statement in indexes:
                self.cursor.execute(statement)
        return first + 1

    # === CUSTOMERS === #

    def _grow_customers(self, count):
        """Make customers, each a company and a contact; return the first one's id."""
        self.cursor.execute(
            "SELECT count(*) FROM res_partner WHERE name ~ '^Grown [0-9]{5} Customer$'"
        )
        done = self.cursor.fetchone()[0]
        self.cursor.execute(
            """
            CREATE TEMP TABLE grow ON COMMIT DROP AS
            SELECT k, 0 AS company, 0 AS contact, 0 AS shift, 1 AS factor,
                   lpad((%s + k + 1)::text, 5, '0') AS number
              FROM generate_series(0, %s - 1) AS k
            """,
            [done, count],
        )
        texts = [
            (grow_prototypes.COMPANY_NAME, "'Grown ' || g.number || ' Customer'"),
            (grow_prototypes.CONTACT_NAME, "'Contact ' || g.number"),
            ("-00000@", "'-' || g.number || '@'"),
        ]
        ids = {"res_partner": [self.company, self.contact]}
        bases = self._copy(ids, count, texts)
        self.cursor.execute("DROP TABLE grow")
        return bases["res_partner"]

    # === DOCUMENTS === #

    def _grow_documents(self, kind, count, largest, days, first, customers):
        """Copy one kind of document.

        :param int largest: how many of them are the first customer's
        :param int days: over how many days before today they spread
        :param int first: id of the first customer; company and contact take turns
        """
        say(f"{count} times {kind}")
        ids = self.bundles[kind]
        # The others have few or many: the square prefers the first ones.
        self.cursor.execute(
            """
            CREATE TEMP TABLE grow ON COMMIT DROP AS
            SELECT k, shift, factor, number,
                   %(first)s + 2 * customer AS company, %(first)s + 2 * customer + 1 AS contact,
                   'Grown ' || lpad((partner_number + customer)::text, 5, '0') || ' Customer'
                       AS customer_name
              FROM (SELECT k, floor(random() * %(days)s)::int AS shift,
                           1 + floor(60 * random() ^ 3)::int AS factor,
                           CASE WHEN k < %(largest)s THEN 0
                                ELSE 1 + floor(%(others)s * random() ^ 2)::int END AS customer,
                           lpad((%(number)s + k)::text, 7, '0') AS number
                      FROM generate_series(0, %(count)s - 1) AS k) AS rows,
                   (SELECT substring(name from '[0-9]+')::int AS partner_number
                      FROM res_partner WHERE id = %(first)s) AS partner
            """,
            {
                "first": first,
                "days": days,
                "largest": largest,
                "others": customers - 1,
                "number": self._next_number(),
                "count": count,
            },
        )
        self.cursor.execute("CREATE UNIQUE INDEX ON grow (k)")
        self.cursor.execute("ANALYZE grow")
        texts = [(grow_prototypes.COMPANY_NAME, "g.customer_name"), *self._document_names(ids)]
        self._copy(ids, count, texts)
        self.cursor.execute("DROP TABLE grow")
        self._numbers_used = self._numbers_used + count

    _numbers_used = None

    def _next_number(self):
        """Return a number that no document's name has yet."""
        if self._numbers_used is None:
            self.cursor.execute(
                """
                SELECT greatest(
                    (SELECT coalesce(max(sequence_number), 0) FROM account_move),
                    (SELECT coalesce(max(substring(name from 3)::int), 0) FROM sale_order
                      WHERE name ~ '^SG[0-9]{6}$'))
                """
            )
            self._numbers_used = self.cursor.fetchone()[0] + 1
        return self._numbers_used

    def _document_names(self, ids):
        """Return pairs of a prototype's name and the SQL of its copy's name."""
        texts = []
        for move in ids.get("account_move", []):
            self.cursor.execute(
                "SELECT name, sequence_prefix, date FROM account_move WHERE id = %s", [move]
            )
            name, prefix, date = self.cursor.fetchone()
            if name and name != "/":
                template = self._literal(prefix).replace("%", "%%")
                year = f"to_char(date '{date}' - g.shift, 'YYYY')"
                new = f"regexp_replace({template}, '(19|20)[0-9]{{2}}', {year}) || g.number"
                texts.append((name, new))
        for order in ids.get("sale_order", []):
            self.cursor.execute("SELECT name FROM sale_order WHERE id = %s", [order])
            texts.append((self.cursor.fetchone()[0], "'SG' || g.number"))
        return texts

    # === COPYING === #

    def _copy(self, ids, count, texts):
        """Copy records that belong together, once for each row of the table ``grow``.

        :param dict ids: ids by table
        :param list texts: pairs of a text and the SQL of what replaces it, in all texts
        :return: the first new id, by table
        :rtype: dict[str, int]
        """
        bases = {}
        for table, table_ids in ids.items():
            self.cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}")
            bases[table] = self.cursor.fetchone()[0]
            last = bases[table] + count * len(table_ids)
            self.cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, last]
            )
        for table in ids:
            self._copy_table(table, ids, bases, texts)
        for table in self._relations(ids):
            self._copy_table(table, ids, bases, texts)
        return bases

    def _copy_table(self, table, ids, bases, texts):
        """Copy the rows of one table, or of one relation between tables."""
        keys = self._foreign_keys(table)
        names, values = [], []
        self.cursor.execute(
            """
            SELECT attname, format_type(atttypid, NULL), attname ~ %s
              FROM pg_attribute
             WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
               AND attgenerated = ''
            """,
            [_AMOUNTS, table],
        )
        for name, kind, is_amount in self.cursor.fetchall():
            names.append(f'"{name}"')
            values.append(self._value(table, name, kind, is_amount, keys, ids, bases, texts))
        if table in ids:
            condition = f"p.id IN ({_join(ids[table])})"
        else:
            condition = " AND ".join(
                f'p."{name}" IN ({_join(ids[target])})'
                for name, target in keys.items()
                if target in ids
            )
        self.cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)})"
            f" SELECT {', '.join(values)} FROM {table} p CROSS JOIN grow g WHERE {condition}"
            " ORDER BY g.k"
        )

    def _value(self, table, name, kind, is_amount, keys, ids, bases, texts):
        """Return the SQL of a column of the copies."""
        column = f'p."{name}"'
        if name == "id":
            return self._mapped(column, table, ids, bases)
        if keys.get(name) in ids:
            return self._mapped(column, keys[name], ids, bases)
        if keys.get(name) == "res_partner":
            return (
                f"CASE {column} WHEN {self.company} THEN g.company"
                f" WHEN {self.contact} THEN g.contact ELSE {column} END"
            )
        if name == "access_token":
            return "NULL"
        if name == "sequence_number":
            return f"CASE WHEN {column} > 0 THEN g.number::int ELSE {column} END"
        if name == "sequence_prefix":
            year = "to_char(p.date - g.shift, 'YYYY')"
            return f"regexp_replace({column}, '(19|20)[0-9]{{2}}', {year})"
        if name == "matching_number" and "account_full_reconcile" in ids:
            full = self._mapped("p.full_reconcile_id", "account_full_reconcile", ids, bases)
            return f"CASE WHEN p.full_reconcile_id IS NULL THEN {column} ELSE ({full})::text END"
        if name == "matching_number" and "account_partial_reconcile" in ids:
            partial = ids["account_partial_reconcile"][0]
            new = self._mapped(str(partial), "account_partial_reconcile", ids, bases)
            return f"CASE WHEN {column} IS NULL THEN NULL ELSE 'P' || ({new}) END"
        if kind == "date":
            return f"{column} - g.shift"
        if kind.startswith("timestamp"):
            return f"{column} - g.shift * interval '1 day'"
        if kind in ("numeric", "double precision") and is_amount:
            return f"{column} * g.factor"
        if kind in ("character varying", "text"):
            for old, new in texts:
                column = f"replace({column}, {self._literal(old)}, {new})"
        return column

    @staticmethod
    def _mapped(value, table, ids, bases):
        """Return the SQL that turns a prototype's id into that of its copy."""
        size = len(ids[table])
        cases = " ".join(
            f"WHEN {old} THEN {bases[table] + rank} + g.k * {size}"
            for rank, old in enumerate(ids[table])
        )
        return f"CASE {value} {cases} ELSE {value} END"

    def _foreign_keys(self, table):
        """Return the table that each column of a table refers to."""
        self.cursor.execute(
            """
            SELECT a.attname, c.confrelid::regclass::text
              FROM pg_constraint c
              JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
             WHERE c.contype = 'f' AND c.conrelid = %s::regclass
            """,
            [table],
        )
        return dict(self.cursor.fetchall())

    def _relations(self, ids):
        """Return the tables without an id of their own that refer to the bundle's tables."""
        self.cursor.execute(
            """
            SELECT DISTINCT c.conrelid::regclass::text
              FROM pg_constraint c
             WHERE c.contype = 'f' AND c.confrelid::regclass::text = ANY(%s)
               AND NOT EXISTS (SELECT FROM pg_attribute a
                                WHERE a.attrelid = c.conrelid AND a.attname = 'id')
            """,
            [list(ids)],
        )
        return [table for (table,) in self.cursor.fetchall()]

    def _drop_indexes(self):
        """Drop the indexes of large tables that guard nothing; return what makes them again."""
        self.cursor.execute(
            """
            SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
              FROM pg_index
             WHERE indrelid::regclass::text IN
                   ('account_move', 'account_move_line', 'sale_order', 'sale_order_line')
               AND NOT indisunique
            """
        )
        statements = []
        for name, definition in self.cursor.fetchall():
            self.cursor.execute(f"DROP INDEX {name}")
            statements.append(definition)
        return statements

    def _literal(self, text):
        return self.cursor.mogrify("%s", [text]).decode()


def _join(ids):
    return ", ".join(map(str, ids))
