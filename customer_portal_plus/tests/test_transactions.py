"""The lock that waits, tried with connections of its own: within the test's transaction nobody
else is there to wait for."""

import threading
from contextlib import contextmanager

import psycopg2

from odoo import api
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged

from ..tools.transactions import lock_rows_or_retry


@tagged("post_install", "-at_install")
class TestLock(TransactionCase):
    @contextmanager
    def _connection(self, level=None):
        """Give an environment of a transaction that has begun to read."""
        with db_connect(self.env.cr.dbname).cursor() as cr:
            if level:
                cr.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
            cr.execute("SELECT count(*) FROM res_country_group")
            try:
                yield api.Environment(cr, api.SUPERUSER_ID, {})
            finally:
                cr.rollback()

    def _second_of_two(self, level=None, before_end=lambda group: None):
        """Lock the same row in two transactions; return what the second one met, after the first
        one has ended."""
        met = []
        with self._connection() as first, self._connection(level) as second:
            group = first["res.country.group"].search([], limit=1)
            lock_rows_or_retry(group)

            def wait():
                try:
                    lock_rows_or_retry(second["res.country.group"].browse(group.id))
                    met.append("locked")
                except psycopg2.Error as error:
                    met.append(type(error))

            thread = threading.Thread(target=wait)
            thread.start()
            thread.join(0.5)
            self.assertTrue(thread.is_alive(), "The second one has to wait")
            before_end(group)
            first.cr.commit()  # Nothing is changed by the lock.
            thread.join(20)
            self.assertFalse(thread.is_alive())
        return met

    def test_who_waited_begins_anew(self):
        """Also if the first one has written nothing: what it did elsewhere is not seen yet."""
        self.assertEqual(self._second_of_two(), [psycopg2.errors.SerializationFailure])

    def test_who_waited_goes_on_where_it_reads_what_is_committed(self):
        self.assertEqual(self._second_of_two("READ COMMITTED"), ["locked"])

    def test_other_rows_are_free(self):
        with self._connection() as first, self._connection() as second:
            groups = first["res.country.group"].search([], limit=2)
            self.assertEqual(len(groups), 2)
            lock_rows_or_retry(groups[0])
            second.cr.execute("SET LOCAL lock_timeout = '2s'")
            lock_rows_or_retry(second["res.country.group"].browse(groups[1].id))

    def test_what_refers_to_the_row_is_not_held_up(self):
        with self._connection() as first, self._connection() as second:
            country = first["res.country"].search([], limit=1)
            lock_rows_or_retry(country)
            second.cr.execute("SET LOCAL lock_timeout = '2s'")
            state = second["res.country.state"].create(
                {"name": "New", "code": "NEW9", "country_id": country.id}
            )
            second.flush_all()
            self.assertEqual(state.country_id.id, country.id)

    def test_several_models_and_none(self):
        partner, lang = self.env.user.partner_id, self.env["res.lang"].search([], limit=1)
        partner.name = "Written before"
        lock_rows_or_retry(partner, lang, partner.browse())
        self.env.cr.execute("SELECT name FROM res_partner WHERE id = %s", [partner.id])
        self.assertEqual(self.env.cr.fetchone(), ("Written before",))
        lock_rows_or_retry(partner.browse())

    def test_cache_is_read_anew(self):
        with self._connection("READ COMMITTED") as env:
            group = env["res.country.group"].search([], limit=1)
            before = group.name
            env.cr.execute(
                """UPDATE res_country_group SET name = '{"en_US": "By SQL"}' WHERE id = %s""",
                [group.id],
            )
            self.assertEqual(group.name, before)
            lock_rows_or_retry(group)
            self.assertEqual(group.name, "By SQL")
