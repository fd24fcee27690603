"""The live server is what the other tests of this folder take it for."""

import os
import signal
import subprocess
import time
from pathlib import Path

import requests

from devtools import odoo_command
from devtools.live_process import die_with_parent
from devtools.live_server import free_port, wait_until_answering


def test_sign_in_page_answers(server):
    answer = requests.get(f"{server.base_url}/web/login", timeout=60)
    assert answer.status_code == 200
    assert 'name="login"' in answer.text


def test_live_connections_are_served(server, tmp_path):
    """By a process of its own, which Odoo starts and which stays: it died again and again."""
    port, live_port = free_port(), free_port()
    command = odoo_command.command(
        *("-d", server.database, f"--http-port={port}", f"--gevent-port={live_port}"),
        *("--workers=1", "--max-cron-threads=0"),
    )
    log = tmp_path / "odoo.log"
    with open(log, "w") as output:
        process = subprocess.Popen(
            command,
            env=odoo_command.environ(server.cluster),
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent,
        )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    try:
        wait_until_answering(f"http://127.0.0.1:{live_port}/websocket/health", process, log, 60)
        before = children.read_text()
        time.sleep(5)
        assert children.read_text() == before
    finally:
        process.terminate()
        process.wait(30)


def test_code_is_committed(server):
    server.run_code("env['res.partner'].create({'name': 'Live Example'})\nprint('made')")
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM res_partner WHERE name = 'Live Example'")
        assert cursor.fetchone() == (1,)


def test_master_replaces_a_killed_worker(server):
    before = server.worker_pids()
    assert len(before) >= server.workers
    os.kill(before[0], signal.SIGKILL)
    deadline = time.monotonic() + 30
    while before[0] in server.worker_pids() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert before[0] not in server.worker_pids()
    assert requests.get(f"{server.base_url}/web/health", timeout=60).status_code == 200


def test_killed_server_starts_again(server):
    server.kill()
    server.restart()
    assert requests.get(f"{server.base_url}/web/health", timeout=60).status_code == 200
