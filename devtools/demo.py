"""./dev demo and ./dev stop: a portal to try, with demo data, kept between runs.

One process supervises: it holds the mail sink and starts Odoo. With ``--detach`` it runs in the
background; its number is in a file that it holds a lock on for as long as it lives.
"""

import argparse
import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time

from . import databases, odoo_command
from .common import CHECKOUT, DevError, note, say, sub_dir
from .live_process import die_with_parent
from .live_server import free_port, wait_until_answering
from .postgres import Cluster

PASSWORD = "portal-demo-2026"
MAIL_PORT = 8025


def main(arguments):
    """Start the demo; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="./dev demo", description="A portal with demo data on this machine."
    )
    parser.add_argument("--port", type=int, default=8069, help="of the site (8069)")
    parser.add_argument("--mail-port", type=int, default=MAIL_PORT, help="of the page of mails")
    parser.add_argument("--reset", action="store_true", help="forget the data and begin anew")
    parser.add_argument("--detach", action="store_true", help="return once the site answers")
    parser.add_argument(
        "--name",
        default=databases.DEMO_DATABASE,
        help=f"another database beside it; the name begins with {databases.DEMO_DATABASE}",
    )
    options = parser.parse_args(arguments)
    name = options.name
    if not name.startswith(databases.DEMO_DATABASE):
        raise DevError(f"The name of a demo database begins with {databases.DEMO_DATABASE}.")
    running = _running(name)
    if running and not options.reset and running["port"] == options.port:
        say("the demo is running already")
        _tell(name, running["port"], running["mail_port"])
        return 0
    if running:
        _stop(name)
    _check_free(options.port, "--port")
    _check_free(options.mail_port, "--mail-port")
    cluster = Cluster("demo").ensure_running()
    _prepare(cluster, name, options.reset)
    if options.detach:
        return _detach(name, options)
    return _serve(cluster, name, options.port, options.mail_port)


def stop(arguments):
    """End demos, and with ``--all`` the PostgreSQL servers; return the exit code."""
    parser = argparse.ArgumentParser(prog="./dev stop", description="End what runs.")
    parser.add_argument("--all", action="store_true", help="PostgreSQL of the tests too")
    options = parser.parse_args(arguments)
    for path in sorted(sub_dir("demo").glob("*.json")):
        if _stop(path.stem):
            say(f"stopped {path.stem}")
    for name in ["demo", *(["test"] if options.all else [])]:
        if Cluster(name).stop():
            say(f"stopped PostgreSQL ({name})")
    return 0


# === WHICH ONE RUNS === #


def _state_file(name):
    return sub_dir("demo") / f"{name}.json"


def _running(name):
    """Return pid and ports of the process that supervises a demo, or None."""
    with contextlib.suppress(FileNotFoundError, ValueError):
        with open(_state_file(name)) as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return json.load(handle)
    return None


def _stop(name):
    """End a demo and wait for its end; return whether it ran."""
    running = _running(name)
    if not running:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(running["pid"], signal.SIGTERM)
    deadline = time.monotonic() + 30
    while _running(name) and time.monotonic() < deadline:
        time.sleep(0.1)
    if _running(name):
        with contextlib.suppress(ProcessLookupError):
            os.kill(running["pid"], signal.SIGKILL)
    return True


def _check_free(port, option):
    """Say so before anything starts when a port is taken."""
    with socket.socket() as probe:
        # As Odoo does it: a port whose connections were closed just now counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise DevError(
                f"Port {port} of this machine cannot be used ({error.strerror}); {option} N"
                " takes another."
            ) from None


# === DATA === #


def _prepare(cluster, name, reset):
    """Make the database, or bring it up to what the addons are now."""
    key = databases.addons_key()
    if reset or not databases.exists(cluster, name):
        databases.make(name, demo=True, replace=reset, with_bridges=True)
    elif _installed_key(cluster, name) != key:
        names = [addon.name for addon in databases.addons()]
        say("the addons have changed: updating the database, its data stays")
        log = sub_dir("logs") / f"{name}.log"
        databases.install(cluster, name, names, True, log, update=True)
    with cluster.cursor() as cursor:
        cursor.execute(f'COMMENT ON DATABASE "{name}" IS %s', [key])


def _installed_key(cluster, name):
    """Return the hash of the addons the database was made from or updated to."""
    with cluster.cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [name],
        )
        return cursor.fetchone()[0]


def sign_ins(cluster, name):
    """Return who can sign in to a demo: role, login and name.

    They are the users of the addon's demo data: its records ``demo_user_*``.

    :rtype: list[tuple[str, str, str]]
    """
    with cluster.cursor(name) as cursor:
        cursor.execute(
            """
            SELECT CASE WHEN users.share THEN 'customer'
                        WHEN EXISTS (
                            SELECT FROM res_groups_users_rel rel
                              JOIN ir_model_data grp ON grp.model = 'res.groups'
                                                    AND grp.res_id = rel.gid
                             WHERE rel.uid = users.id AND grp.module = 'base'
                               AND grp.name = 'group_system'
                        ) THEN 'administrator'
                        ELSE 'staff' END AS role,
                   users.login,
                   concat_ws(', ', partner.name, company.name)
              FROM ir_model_data data
              JOIN res_users users ON users.id = data.res_id
              JOIN res_partner partner ON partner.id = users.partner_id
         LEFT JOIN res_partner company ON company.id = partner.parent_id
             WHERE data.model = 'res.users' AND users.active
               AND data.module LIKE %s AND data.name LIKE 'demo\\_user\\_%%'
          ORDER BY CASE WHEN users.share THEN 1 ELSE 0 END, role, data.id
            """,
            [f"{databases.ADDON_PREFIX}%"],
        )
        return cursor.fetchall()


def _tell(name, port, mail_port):
    """Print addresses and sign-ins."""
    site = f"http://localhost:{port}"
    cluster = Cluster("demo").ensure_running()
    people = sign_ins(cluster, name)
    width = max([len(login) for _role, login, _who in people] or [0])
    lines = ["", f"Portal         {site}/my", f"Back office    {site}/odoo"]
    lines += [f"Mails          http://localhost:{mail_port}", ""]
    if people:
        lines.append(f"Password of all: {PASSWORD}")
        lines += [f"  {role:<14} {login:<{width}}  {who}" for role, login, who in people]
    else:
        lines.append("  administrator  admin, password admin")
    print("\n".join(lines), flush=True)


# === RUNNING === #


def _serve(cluster, name, port, mail_port):
    """Run the mail sink and Odoo until a signal or Odoo's end; return the exit code."""
    from .mail_sink import MailSink

    with open(_state_file(name), "a+") as state:
        try:
            fcntl.flock(state, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DevError("Another run starts this demo at this moment.") from None
        state.truncate(0)
        json.dump({"pid": os.getpid(), "port": port, "mail_port": mail_port}, state)
        state.flush()
        signal.signal(signal.SIGTERM, _interrupt)
        _set_base_url(cluster, name, f"http://localhost:{port}")
        sink = MailSink(free_port(), mail_port)
        sink.start()
        process = None
        try:
            process = _start_odoo(cluster, name, port, sink.smtp_port)
            log = sub_dir("logs") / f"{name}.server.log"
            wait_until_answering(f"http://127.0.0.1:{port}/web/login", process, log, 180)
            _tell(name, port, mail_port)
            print("\nCtrl-C ends it; the data stays. Odoo's log: " + str(log), flush=True)
            return process.wait()
        except KeyboardInterrupt:
            print("", flush=True)
            return 0
        finally:
            # A second Ctrl-C must not leave Odoo behind.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            if process:
                _end(process)
            sink.stop()


def _start_odoo(cluster, name, port, smtp_port):
    command = odoo_command.command(
        *("-d", name, f"--http-port={port}", "--max-cron-threads=1", "--no-database-list"),
        *("--smtp=127.0.0.1", f"--smtp-port={smtp_port}"),
    )
    with open(sub_dir("logs") / f"{name}.server.log", "w") as output:
        return subprocess.Popen(
            command,
            env=odoo_command.environ(cluster),
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Ctrl-C is for the supervisor, which ends Odoo in good order.
            start_new_session=True,
            preexec_fn=die_with_parent,
        )


def _end(process):
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _set_base_url(cluster, name, url):
    """Have links in mails lead to this demo, whichever port it had before."""
    with cluster.cursor(name) as cursor:
        cursor.execute(
            "UPDATE ir_config_parameter SET value = %s WHERE key = 'web.base.url'", [url]
        )


def _detach(name, options):
    """Start the same in the background; return when the site answers."""
    log = sub_dir("logs") / f"{name}.detached.log"
    command = [sys.executable, "-m", "devtools", "demo", f"--port={options.port}"]
    command += [f"--mail-port={options.mail_port}", f"--name={name}"]
    with open(log, "w") as output:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    wait_until_answering(f"http://127.0.0.1:{options.port}/web/login", process, log, 180)
    _tell(name, options.port, options.mail_port)
    note(f"mails and messages: {log}; ./dev stop ends it")
    return 0


def _interrupt(_signal, _frame):
    raise KeyboardInterrupt
