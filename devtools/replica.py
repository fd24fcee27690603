"""A streaming replica of one of our PostgreSQL servers, on the same machine.

It shows that Odoo reads from it (``db_replica_host``), and which pages do. It is a copy of the
whole server, and gone when it is left.
"""

import contextlib
import shutil

from .common import note, say
from .postgres import Cluster


class Replica(Cluster):
    """A standby of a cluster.

    :param Cluster primary: the running server that it follows
    """

    def __init__(self, primary):
        super().__init__(f"{primary.name}-replica")
        self.primary = primary
        self.durable = False

    def _initialize(self):
        say("making a streaming replica of PostgreSQL")
        shutil.rmtree(self.data, ignore_errors=True)
        self._call(
            ["pg_basebackup", "-h", self.primary.socket, "-U", "postgres", "-D", self.data]
            + ["--checkpoint=fast", "--wal-method=stream", "--write-recovery-conf", "--no-sync"]
        )
        self._complete.touch()

    def _ensure_role(self):
        """It has the primary's roles, and nothing can be written here."""


@contextlib.contextmanager
def replica_of(primary):
    """Run a replica for a while.

    :param Cluster primary: the running server that it follows
    :return: a context manager; its value is the running :class:`Replica`
    """
    replica = Replica(primary)
    shutil.rmtree(replica.folder, ignore_errors=True)
    try:
        yield replica.ensure_running()
    finally:
        replica.stop()
        shutil.rmtree(replica.folder, ignore_errors=True)
        shutil.rmtree(replica.socket, ignore_errors=True)
        note("the replica is gone again")


def transactions(cluster, database):
    """Return how many transactions a server has ended in a database.

    :rtype: int
    """
    with cluster.cursor("postgres") as cursor:
        cursor.execute(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = %s",
            [database],
        )
        return cursor.fetchone()[0]
