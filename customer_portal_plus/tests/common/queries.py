"""How many queries a page takes."""

import contextlib
import re
import threading
from unittest.mock import patch

from odoo.sql_db import Cursor


class CountedQueries:
    """For cases with HTTP. Counted is what the threads that serve it send to the database, the
    layout included."""

    @contextlib.contextmanager
    def count_served(self):
        """Yield the list of the SQL statements that are sent while pages are served."""
        served = []
        execute = Cursor.execute
        here = threading.current_thread()

        def counting(cursor, query, *args, **kwargs):
            # Savepoints belong to the test's cursor, not to the page.
            if threading.current_thread() is not here and not re.match(
                r"\s*(SAVEPOINT|RELEASE|ROLLBACK|SET TRANSACTION)", str(query)
            ):
                served.append(str(getattr(query, "code", query)))
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", counting):
            yield served

    def second_request(self, ask):
        """Return the SQL of ``ask`` when it is called for the second time."""
        ask()
        with self.count_served() as served:
            ask()
        self.assertTrue(served, "nothing was counted: the counter is broken")
        return served
