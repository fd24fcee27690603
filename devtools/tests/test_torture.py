"""What ``./dev torture`` makes of what it finds."""

import json

from devtools import torture_histories
from devtools.torture_histories import Histories, History
from devtools.torture_rpc import is_stumble

SCRIPT = {
    "amounts": [[10, 10], [10, 10, 10], [10]],
    "contacts": [
        [["look", "invoices", 0], ["pay", "invoices", 1], ["say", "invoices", 2]],
        [["report", "invoices", 1], ["look", "invoices", 0]],
        [],
    ],
    "staff": [["credit", "invoices", 1], ["off", "invoices", 0]],
    "crons": [["book", "invoices", 1]],
    "seed": 0.5,
    "kills": [0.3],
}


def test_a_failing_history_is_made_shorter_and_kept(monkeypatch, tmp_path):
    """What fails when one pays while staff credit is told by these two acts alone."""

    def play(batch):
        for history in batch:
            acts = [name for contact in history.script["contacts"] for name, *_rest in contact]
            staff = [name for name, *_rest in history.script["staff"]]
            if "pay" in acts and "credit" in staff:
                history.problems.append("an invoice is paid twice")

    monkeypatch.setattr(torture_histories, "sub_dir", lambda _name: tmp_path)
    histories = Histories.__new__(Histories)
    histories.play = play
    history = History(SCRIPT)
    play([history])
    told = histories._shortest(history)
    assert "an invoice is paid twice" in told
    assert "of 2 acts (of 8)" in told
    [kept] = tmp_path.iterdir()
    script = json.loads(kept.read_text())
    assert script["contacts"] == [[["pay", "invoices", 1]], [], []]
    assert (script["staff"], script["crons"], script["kills"]) == (
        [["credit", "invoices", 1]],
        [],
        [],
    )


def _traceback(*files):
    frames = "".join(f'  File "{file}", line 1, in call_kw\n' for file in files[:1])
    frames += "".join(f'  File "{file}", line 1, in other\n' for file in files[1:])
    return f"Traceback\n{frames}AttributeError: x"


def test_whose_stumble_it_is():
    core, ours = "/odoo/service/model.py", "/customer_portal_plus/models/x.py"
    name = "builtins.AttributeError"
    assert is_stumble({"name": name, "debug": _traceback(core, ours)}, False)
    assert not is_stumble({"name": name, "debug": _traceback(core, core)}, True)
    # What core stumbles over, called by a method of ours for records that there are.
    assert is_stumble({"name": name, "debug": _traceback(core, ours, core)}, True)
    assert not is_stumble({"name": name, "debug": _traceback(core, ours, core)}, False)
    refusal = {"name": "odoo.exceptions.AccessError", "debug": _traceback(core, ours)}
    assert not is_stumble(refusal, True)
