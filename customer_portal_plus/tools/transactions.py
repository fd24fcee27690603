"""Short transactions beside the request's own one."""

import logging
from contextlib import contextmanager

import psycopg2
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from odoo.sql_db import Cursor

_logger = logging.getLogger(__name__)


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


def run_in_own_commit(records, act):
    """Do something of a scheduled job and commit it; what fails is undone and logged, so that the
    job goes on with the others.

    :param models.Model records: whose transaction it is, named in the log
    :param callable act: what to do
    :return: what ``act`` has returned, None if it failed
    """
    cr = records.env.cr
    try:
        result = act()
        records.env.flush_all()
        cr.commit()  # pylint: disable=invalid-commit
    except (psycopg2.OperationalError, psycopg2.errors.UniqueViolation):
        cr.rollback()  # Another process has it; the next run looks again.
        return None
    except Exception:
        cr.rollback()
        _logger.exception("A scheduled job of the portal failed for %s", records)
        return None
    return result
