"""A real Odoo server with worker processes on a database of its own, for tests.

Odoo's own test cases serve all requests from one process and one transaction: they prove
nothing about races, kills, or what one worker keeps in memory after another one changed it.
Tests in ``live_tests/`` use this instead::

    from devtools.live_server import LiveServer

    with LiveServer() as server:
        server.run_code("env['res.company'].search([]).portal_enabled = False")
        assert requests.get(server.base_url + "/my", timeout=30).status_code == 200
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM res_users")

The database is a clone of the template with the addons; it is dropped by ``stop``. Odoo starts
once for it (about five seconds), whatever is started afterwards is forked: see ``live_process``.
Still share a server between tests that do not disturb one another.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.request

import psycopg2

from . import databases, odoo_command
from .common import DevError, lock, sub_dir
from .live_process import LiveProcess
from .postgres import ROLE, Cluster

_START_SECONDS = 90
# What a function returned comes after this, whatever it printed.
_ANSWER = "ANSWER "


def free_port():
    """Return a port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_answering(url, process, log, seconds=_START_SECONDS):
    """Wait for a page to answer 200.

    :param Popen process: the server; when it ends, waiting ends
    :param Path log: its log, whose end is part of the message of a failure
    :raise DevError: when it does not answer in time
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        # No proxy: the server is on this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with contextlib.suppress(OSError), opener.open(url, timeout=30) as response:
            if response.status == 200:
                return
        time.sleep(0.2)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-40:])
    raise DevError(f"{tail}\n\nOdoo did not answer at {url}; its whole log: {log}")


class LiveServer:
    """Odoo with several worker processes on a clone of the template.

    :param int workers: how many processes answer requests
    :param int cron_threads: how many run scheduled actions
    :param bool demo: whether the database has demo data
    :param bool with_addons: False for a database with core's modules only
    :param bool with_bridges: True for one with the addons beside the main one, too
    :param tuple options: more words for Odoo's command line
    :param tuple modules: what is installed beside it, anew for this server
    :param bool own_postgres: True for a PostgreSQL that nobody else uses, and that can be
        restarted; copying the database into it takes a minute
    :ivar str base_url: address of the server, without a slash at the end
    :ivar str database: name of its database
    :ivar str dsn: how psycopg2 connects to it, as Odoo's own role
    :ivar Path log: file with the server's log
    """

    def __init__(
        self,
        workers=2,
        cron_threads=0,
        demo=False,
        options=(),
        with_addons=True,
        with_bridges=False,
        modules=(),
        own_postgres=False,
    ):
        self.workers = workers
        self.cron_threads = cron_threads
        self.demo = demo
        self.with_addons = with_addons
        self.with_bridges = with_bridges
        self.options = options
        self.modules = modules
        self.own_postgres = own_postgres
        self.cluster = None
        self.database = self.dsn = self.base_url = self.log = self.process = None
        self._odoo = None
        self._resources = contextlib.ExitStack()

    def __enter__(self):
        return self.start()

    def __exit__(self, *exception):
        self.stop()

    # === THE SERVER === #

    def start(self):
        """Make the database and start the server; return when it answers.

        :return: itself
        """
        shared = Cluster("test").ensure_running()
        source = databases.template(shared, self.demo, self.with_addons, self.with_bridges)
        if self.own_postgres:
            self._resources.enter_context(lock("own-postgres"))
            self.cluster = Cluster("own")
            # What a killed run has left, too.
            databases.remove(self.cluster)
            self._resources.callback(databases.remove, self.cluster)
            self.cluster.ensure_running()
            self.database = "live_own"
            databases.copy_to(shared, self.cluster, self.database, source)
        else:
            self.cluster = shared
            clone = databases.temporary_clone(self.cluster, source, "live")
            self.database = self._resources.enter_context(clone)
        self.dsn = f"host={self.cluster.socket} port=5432 user={ROLE} dbname={self.database}"
        self.log = sub_dir("logs") / f"{self.database}.log"
        try:
            if self.modules:
                databases.install_more(self.cluster, self.database, self.modules, self.demo)
            arguments = ["-d", self.database, *self.options]
            self._odoo = LiveProcess(arguments, odoo_command.environ(self.cluster), self.log)
            self._resources.callback(self._odoo.stop)
            self._start_process()
        except BaseException:
            self.stop()
            raise
        return self

    def _start_process(self, clock=0, port=None):
        port = port or free_port()
        self.base_url = f"http://127.0.0.1:{port}"
        arguments = [
            *("-d", self.database, f"--http-port={port}"),
            *(f"--workers={self.workers}", f"--max-cron-threads={self.cron_threads}"),
            *self.options,
        ]
        self.process = self._odoo.serve(arguments, self.log, clock)
        wait_until_answering(f"{self.base_url}/web/health", self.process, self.log)

    def stop(self):
        """End the server and drop its database."""
        # Workers look every few seconds only whether they are to end.
        self._end_process(signal.SIGKILL)
        self._resources.close()
        if self.log:
            self.log.unlink(missing_ok=True)

    def kill(self):
        """Kill all processes of the server at once, as a power cut would."""
        self._end_process(signal.SIGKILL)

    def restart(self):
        """Start the server again on the same database, at another port."""
        self._end_process(signal.SIGTERM)
        self._start_process()

    def set_clock(self, seconds):
        """Start the server again at the same address, with a clock that is so far from the
        machine's; PostgreSQL's stays what it is.

        :param float seconds: less than zero for a clock that was set back
        """
        port = int(self.base_url.rpartition(":")[2])
        self._end_process(signal.SIGTERM)
        self._start_process(seconds, port)

    def restart_database(self):
        """Restart PostgreSQL under the running server: all connections are cut."""
        if not self.own_postgres:
            raise DevError("Others use this PostgreSQL, too.")
        self.cluster.stop()
        self.cluster.ensure_running()

    def _end_process(self, how):
        if not self.process:
            return
        with contextlib.suppress(ProcessLookupError):
            if how == signal.SIGKILL:
                os.killpg(self.process.pid, how)
            else:
                os.kill(self.process.pid, how)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            pass
        # Workers that outlive their master would keep the database open.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    @contextlib.contextmanager
    def beside(self):
        """Start another server on the same database and files, as on a second machine.

        :return: a context manager; its value is the other server
        """
        other = LiveServer(self.workers, self.cron_threads, self.demo, self.options)
        other.cluster, other.database, other.dsn = self.cluster, self.database, self.dsn
        other.log = self.log.with_name(f"{self.database}_beside.log")
        other._odoo = self._odoo
        try:
            other._start_process()
            yield other
        finally:
            other.stop()

    def worker_pids(self):
        """Return the process numbers of the master's children, the workers among them.

        :rtype: list[int]
        """
        children = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        with open(children) as handle:
            return [int(word) for word in handle.read().split()]

    def log_text(self):
        """Return the server's log."""
        return self.log.read_text(errors="replace")

    # === ITS DATABASE === #

    def connect(self):
        """Return a psycopg2 connection to the database, with transactions, as Odoo's role."""
        return psycopg2.connect(self.dsn)

    def run_code(self, code):
        """Run Python with ``env``, as in an Odoo shell, and commit at its end.

        :param str code: statements; what they print is returned
        :rtype: str
        :raise DevError: when the code fails
        """
        return self.start_code(code).result()

    def call(self, place, *arguments):
        """Call a function with ``env``, as code is run, and return what it returns.

        :param str place: module and function, e.g. ``devtools.torture_world.prepare``
        :param arguments: what can be written down in code; what comes back can be in JSON
        :raise DevError: when it fails
        """
        module, _dot, function = place.rpartition(".")
        told = self.run_code(
            f"import json\nfrom {module} import {function}\n"
            f"print({_ANSWER!r} + json.dumps({function}(env, *{arguments!r})))"
        )
        return json.loads(told.split(_ANSWER, 1)[1])

    def start_code(self, code):
        """Start a process of its own that runs such code.

        :rtype: live_process.RunningCode
        """
        return self._odoo.start_code(code)
