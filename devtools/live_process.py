"""Odoo, started once, that forks: a server with workers, or a piece of code, at once.

Starting Odoo takes seconds of a processor, and a test against a real server needs it many times.
So one process loads a database's registry and forks what is asked for; the kernel shares what it
has in memory. That is what Odoo's own server does for its workers, too: a child asks the database
what has changed since, and reloads what has.

This file is the program (``python -m devtools.live_process``), and :class:`LiveProcess` what
starts it and asks it.
"""

import ctypes
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback

from .common import CHECKOUT, DevError

# Far more than what is asked for: the code itself is in a file.
_LONGEST = 65536


def die_with_parent():
    """Have a child process end when the process that started it is killed (Linux)."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


# === WHO ASKS === #


class Child:
    """A forked process, as far as ``subprocess.Popen`` is needed here.

    :ivar int pid: its number; its group has the same
    :ivar int returncode: how it ended; None while it runs
    """

    def __init__(self, status):
        self._status = status
        self.returncode = None
        told = os.read(status, 20)
        if not told:
            os.close(status)
            raise DevError("Odoo's process has ended: nothing can be forked from it.")
        self.pid = int(told)

    def wait(self, timeout=None):
        """Wait for its end.

        :rtype: int
        :raise subprocess.TimeoutExpired: when it runs still
        """
        if self.returncode is None:
            with selectors.DefaultSelector() as selector:
                selector.register(self._status, selectors.EVENT_READ)
                if not selector.select(timeout):
                    raise subprocess.TimeoutExpired("a fork of Odoo", timeout)
            # Nothing is told when the process that forks was killed, and its children with it.
            self.returncode = int(os.read(self._status, 20) or -signal.SIGTERM)
            os.close(self._status)
        return self.returncode

    def poll(self):
        """Return how it ended, or None."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None


class RunningCode(Child):
    """A child that runs code; what it writes is kept."""

    def __init__(self, status, output, errors):
        self._output, self._errors = output, errors
        super().__init__(status)

    def result(self):
        """Wait for the end; return what was printed.

        :rtype: str
        :raise DevError: when the code has failed
        """
        code = self.wait()
        texts = []
        for file in (self._output, self._errors):
            with file:
                file.seek(0)
                texts.append(file.read())
        if code:
            raise DevError(f"{texts[0]}\n{texts[1]}\nThe code failed.")
        return texts[0]


class LiveProcess:
    """The process that forks, for one database.

    :param list arguments: Odoo's command line, the database among it
    :param dict variables: its environment
    :param Path log: file that gets its log
    """

    def __init__(self, arguments, variables, log):
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, open(log, "a") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "devtools.live_process", str(theirs.fileno()), *arguments],
                env=variables,
                cwd=CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    def _ask(self, what, *files):
        """Ask for a child; return where its number and its end are told."""
        status, theirs = os.pipe()
        try:
            descriptors = [theirs, *(file.fileno() for file in files)]
            socket.send_fds(self._control, [json.dumps(what).encode()], descriptors)
        except OSError:
            os.close(status)
            raise DevError("Odoo's process has ended: nothing can be forked from it.") from None
        finally:
            os.close(theirs)
        return status

    def serve(self, arguments, log, clock=0):
        """Start a server with worker processes.

        :param list arguments: the whole command line of Odoo
        :param Path log: file that gets its log
        :param float clock: how many seconds its clock is ahead of the machine's
        :rtype: Child
        """
        with open(log, "a") as output:
            return Child(self._ask({"serve": arguments, "clock": clock}, output))

    def start_code(self, code):
        """Start a process that runs code with ``env``, and commits at its end.

        :param str code: statements of Python
        :rtype: RunningCode
        """
        output, errors = (tempfile.TemporaryFile("w+", errors="replace") for _file in range(2))
        with tempfile.TemporaryFile("w+") as program:
            program.write(code)
            program.flush()
            program.seek(0)
            return RunningCode(self._ask({"code": True}, program, output, errors), output, errors)

    def stop(self):
        """End the process. Its children end with it."""
        self._control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


# === THE PROGRAM === #


def _main(control, arguments):
    from odoo import sql_db
    from odoo.modules.registry import Registry
    from odoo.service import server
    from odoo.tools import config

    die_with_parent()
    config.parse_config(arguments, setup_logging=True)
    [database] = config["db_name"]
    server.load_server_wide_modules()
    threading.current_thread().dbname = database
    registry = Registry(database)
    with registry.cursor() as cursor:
        # Each worker would find them out by itself, with its first request.
        from odoo import api

        api.Environment(cursor, api.SUPERUSER_ID, {})["ir.http"].routing_map()
    # A connection that processes share is one that none can use.
    sql_db.close_all()
    _fork_what_is_asked_for(socket.socket(fileno=control), database)


def _fork_what_is_asked_for(control, database):
    running = {}  # The file that tells of a child's end: its number, where that is told.
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        while True:
            for key, _events in selector.select():
                if key.fileobj != control:
                    selector.unregister(key.fd)
                    pid, status = running.pop(key.fd)
                    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                    os.close(key.fd)
                    os.write(status, str(code).encode())
                    os.close(status)
                    continue
                message, files, _flags, _address = socket.recv_fds(control, _LONGEST, 4)
                if not message:
                    return  # Who asks is gone.
                pid = os.fork()
                if not pid:
                    _be_child(json.loads(message), files, [control, *running], database)
                for file in files[1:]:
                    os.close(file)
                os.write(files[0], f"{pid}".encode())
                ended = os.pidfd_open(pid)
                running[ended] = pid, files[0]
                selector.register(ended, selectors.EVENT_READ)


def _be_child(what, files, inherited, database):
    """Do what was asked for, and end."""
    code = 1
    try:
        os.setsid()
        die_with_parent()
        signal.set_wakeup_fd(-1)
        for file in inherited:
            file.close() if isinstance(file, socket.socket) else os.close(file)
        os.close(files[0])
        if "serve" in what:
            code = _serve(what["serve"], files[1], what["clock"])
        else:
            code = _run_code(database, *files[1:])
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _serve(arguments, log, clock):
    """Be the master of a server with worker processes, until it is ended."""
    from odoo import sql_db
    from odoo.modules.registry import Registry
    from odoo.service import server
    from odoo.tools import config

    os.dup2(log, 1)
    os.dup2(log, 2)
    if clock:
        _set_clock(clock)
    config.parse_config(arguments)
    if config["db_replica_host"]:
        # A registry finds out as it is loaded whether there is a replica.
        for database, registry in Registry.registries.items():
            registry._db_readonly = sql_db.db_connect(database, readonly=True)
    # Nobody listens here to what a second port would say, and it would start Odoo once more.
    server.PreforkServer.long_polling_spawn = lambda master: None
    return server.start(preload=[]) or 0


def _set_clock(seconds):
    """Have this process and its children see another time, which goes on like the real one."""
    from datetime import datetime, timedelta, timezone

    from freezegun import freeze_time

    now = datetime.now(timezone.utc).replace(tzinfo=None)
    freeze_time(now + timedelta(seconds=seconds), tick=True).start()


def _run_code(database, program, output, errors):
    import logging

    from odoo import api
    from odoo.modules.registry import Registry

    os.dup2(output, 1)
    os.dup2(errors, 2)
    logging.disable(logging.INFO)
    with open(program) as file:
        code = file.read()
    registry = Registry(database).check_signaling()
    with registry.cursor() as cursor:
        context = api.Environment(cursor, api.SUPERUSER_ID, {})["res.users"].context_get()
        env = api.Environment(cursor, api.SUPERUSER_ID, context)
        exec(code, {"env": env, "self": env.user, "__name__": "__main__"})
        env.cr.commit()
    # As after a request: the server's processes forget what is not true any more.
    Registry(database).signal_changes()
    return 0


if __name__ == "__main__":
    _main(int(sys.argv[1]), sys.argv[2:])
