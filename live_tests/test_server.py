"""The live server is what the other tests of this folder take it for."""

import os
import signal
import time

import requests


def test_sign_in_page_answers(server):
    answer = requests.get(f"{server.base_url}/web/login", timeout=60)
    assert answer.status_code == 200
    assert 'name="login"' in answer.text


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
