"""Who comes first when several write at once, and short transactions beside the request's own."""

import logging
from contextlib import contextmanager

import psycopg2
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from odoo.sql_db import Cursor
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


def lock_rows_or_retry(*recordsets):
    """Take rows for the rest of the transaction, so that what is decided on them is decided on
    what they really are. Whoever comes second waits until the first one is done.

    In Odoo's REPEATABLE READ, who has waited could only go on with what it read before. So the
    rows are written, unchanged: the database then refuses the second transaction (a
    serialization failure, also if the first one wrote nothing else on the row), Odoo repeats its
    request, and that finds what the first one did. In READ COMMITTED (``own_transaction``) it goes
    on, with the rows as they are now. Scheduled jobs are not repeated: these catch
    ``psycopg2.OperationalError`` and look again at their next run (``run_in_own_commit``).

    What only refers to the rows, like a new invoice of a locked contact, is not held up. To
    leave a row that is taken, or to refuse at once, there are core's ``try_lock_for_update`` and
    ``lock_for_update``.

    :param recordsets: of any models, as many as are to be taken together; always in the same
        order, so that two who take several don't wait for each other
    :raise psycopg2.errors.SerializationFailure: if they were written or locked since the
        transaction began; not to be caught in a request
    """
    ids_by_model = {}
    for records in recordsets:
        ids_by_model.setdefault(records._name, set()).update(records.ids)
    for name in sorted(ids_by_model):
        ids = tuple(sorted(ids_by_model[name]))
        if not ids:
            continue
        locked = recordsets[0].env[name].browse(ids)
        locked.flush_recordset()
        table = SQL.identifier(locked._table)
        locked.env.cr.execute(
            SQL(
                "UPDATE %(table)s SET id = id WHERE id IN"
                " (SELECT id FROM %(table)s WHERE id IN %(ids)s ORDER BY id FOR NO KEY UPDATE)",
                table=table,
                ids=ids,
            )
        )
        locked.invalidate_recordset()


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


def run_each_in_own_commit(records, act):
    """Do something of a scheduled job with each of some records, by ``run_in_own_commit``, as long
    as the job has time.

    :param models.Model records: one after the other
    :param callable act: what to do with one
    :return: whether each had its turn
    :rtype: bool
    """
    cron = records.env["ir.cron"]
    cron._commit_progress(remaining=len(records))
    for record_id in records.ids:
        # By itself: each commit forgets what was read, of the others in vain.
        record = records.browse(record_id)
        run_in_own_commit(record, lambda record=record: act(record))
        if not cron._commit_progress(1):
            return False
    return True
