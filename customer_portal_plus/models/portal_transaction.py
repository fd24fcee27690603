"""Short transactions beside the request's own one."""

from contextlib import contextmanager

from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from odoo.sql_db import Cursor


@contextmanager
def own_transaction(env):
    """Give a cursor of its own, in READ COMMITTED, committed at the end of the block.

    For what must be counted or kept whatever becomes of the request, and by several workers at
    once: in Odoo's usual REPEATABLE READ, the second of two updates of a row fails instead of
    seeing the first. Rows that the request itself has locked must not be touched.

    :param Environment env: any environment of the database
    :rtype: collections.abc.Iterator[odoo.sql_db.BaseCursor]
    """
    with env.registry.cursor() as cr:
        # A test's cursor lives within the test's transaction, whose level is settled.
        if isinstance(cr, Cursor):
            assert cr.connection.info.transaction_status == TRANSACTION_STATUS_IDLE
            cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        yield cr
