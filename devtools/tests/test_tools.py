"""Small parts of ./dev that would mislead if they were wrong."""

import pytest

from devtools import cli, databases, odoo_tree, testing
from devtools.common import DevError


def test_database_of_a_command_line():
    assert cli._database_of(["shell", "-d", "portal_demo"]) == "portal_demo"
    assert cli._database_of(["-dsome"]) == "some"
    assert cli._database_of(["--database=some", "-i", "x"]) == "some"
    assert cli._database_of(["--help"]) is None


def test_problems_of_a_log_keep_their_traceback():
    lines = [
        "2026-01-01 10:00:00,000 1 INFO db odoo.modules: fine",
        "2026-01-01 10:00:00,000 1 WARNING db odoo.addons.base: of somebody else",
        "2026-01-01 10:00:00,000 1 WARNING db odoo.addons.customer_portal_plus: ours",
        "2026-01-01 10:00:00,000 1 ERROR db odoo.sql_db: bad query",
        "Traceback (most recent call last):",
        "2026-01-01 10:00:00,000 1 INFO db odoo.modules: fine again",
    ]
    assert databases.find_problems(lines) == lines[2:5]


def test_other_odoo_must_be_odoo_19(tmp_path, monkeypatch):
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    with pytest.raises(DevError, match="release.py"):
        odoo_tree.get_tree()
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").write_text("version_info = (18, 0, 0, 'final', 0, '')")
    with pytest.raises(DevError, match="not Odoo 19"):
        odoo_tree.get_tree()
    (tmp_path / "odoo" / "release.py").write_text("version_info = (19, 0, 0, 'final', 0, '')")
    assert odoo_tree.get_tree().root == tmp_path


def test_subject_of_spanish_quotes_is_mended_once(tmp_path):
    path = tmp_path / odoo_tree.SPANISH
    path.parent.mkdir(parents=True)
    path.write_bytes(b"{{ object.state in ('draft, 'sent') and 'Presupuesto' }}")
    for _run in range(2):
        odoo_tree._mend_spanish(tmp_path)
        assert path.read_bytes() == b"{{ object.state in ('draft', 'sent') and 'Presupuesto' }}"
    assert [found.name for found in path.parent.iterdir()] == ["es.po"]


def test_paths_go_to_the_run_they_need():
    groups, rest, _whole = testing._split(
        ["-k", "devtools_x", "devtools/tests/test_tools.py", "-x"]
    )
    assert rest == ["-k", "devtools_x", "-x"]
    assert {kind: len(paths) for kind, paths in groups.items() if paths} == {"tools": 1}


def test_main_addon_is_tested_without_bridges(tmp_path, monkeypatch):
    for name in ("customer_portal_plus", "customer_portal_plus_other"):
        (tmp_path / name / "tests").mkdir(parents=True)
        (tmp_path / name / "__manifest__.py").write_text("{}")
    for module in (databases, testing):
        monkeypatch.setattr(module, "CHECKOUT", tmp_path)
    monkeypatch.chdir(tmp_path)
    main = [str(tmp_path / "customer_portal_plus" / "tests")]
    bridge = [str(tmp_path / "customer_portal_plus_other" / "tests")]
    groups, _rest, _whole = testing._split([])
    assert (groups["odoo"], groups["bridges"]) == (main, bridge)
    groups, _rest, _whole = testing._split(["customer_portal_plus_other/tests"])
    assert (groups["odoo"], groups["bridges"]) == ([], bridge)


def test_template_key_ignores_tests_and_sees_models(tmp_path, monkeypatch):
    addon = tmp_path / "customer_portal_plus"
    for name in ("__manifest__.py", "tests/test_x.py", "models/x.py"):
        (addon / name).parent.mkdir(parents=True, exist_ok=True)
        (addon / name).write_text("1")
    monkeypatch.setattr(databases, "CHECKOUT", tmp_path)
    first = databases.addons_key()
    (addon / "tests" / "test_x.py").write_text("2")
    assert databases.addons_key() == first
    (addon / "models" / "x.py").write_text("2")
    assert databases.addons_key() != first


def test_template_of_the_main_addon_does_not_change_with_bridges(tmp_path, monkeypatch):
    for name in ("customer_portal_plus", "customer_portal_plus_other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__manifest__.py").write_text("1")
    monkeypatch.setattr(databases, "CHECKOUT", tmp_path)
    main, both = databases.addons_key([tmp_path / "customer_portal_plus"]), databases.addons_key()
    assert [bridge.name for bridge in databases.bridges()] == ["customer_portal_plus_other"]
    (tmp_path / "customer_portal_plus_other" / "__manifest__.py").write_text("2")
    assert databases.addons_key([tmp_path / "customer_portal_plus"]) == main
    assert databases.addons_key() != both


def test_what_a_template_has_encrypted_is_opened_elsewhere(tmp_path):
    source, target = tmp_path / "test", tmp_path / "demo"
    for folder in (source, target):
        folder.mkdir()
    (source / "seal.key").write_text("of the template")
    (source / "filestore").mkdir()
    databases.copy_keys(source, target)
    assert [path.name for path in target.iterdir()] == ["seal.key"]
    (source / "seal.key").write_text("a later one")
    databases.copy_keys(source, target)
    assert (target / "seal.key").read_text() == "of the template"


def test_parts_hold_each_file_once_and_are_of_one_length():
    files = [databases.CHECKOUT / f"tests/test_{number}.py" for number in range(30)]
    times = {f"tests/test_{number}.py": float(number) for number in range(25)}  # five are unknown
    parts = testing.deal(files, 4, times)
    assert sorted(file for part, _seconds in parts for file in part) == sorted(files)
    lengths = [seconds for _part, seconds in parts]
    assert sum(lengths) == sum(range(25)) + 5 * testing.UNKNOWN_SECONDS
    assert max(lengths) - min(lengths) <= 24


def test_few_files_make_few_parts():
    files = [databases.CHECKOUT / "tests/test_a.py"]
    assert testing.deal(files, 8, {}) == [(files, testing.UNKNOWN_SECONDS)]


def test_the_whole_suite_is_planned_without_loss():
    groups, _rest, whole = testing._split([])
    assert whole
    jobs = testing.plan(groups, 2, {})
    planned = [path for job in jobs if job.kind == "odoo" for path in job.paths]
    tests = databases.CHECKOUT / databases.MAIN_ADDON / "tests"
    assert sorted(planned) == sorted(map(str, tests.rglob("test_*.py")))
    assert [job.seconds for job in jobs] == sorted((job.seconds for job in jobs), reverse=True)
    live = [path for job in jobs if job.kind == "live" for path in job.paths]
    assert len(live) == len(set(live)) > 5


def test_bridges_alone_start_odoo_once_a_core():
    groups, _rest, _whole = testing._split([])
    assert len(groups["bridges"]) > 1
    assert len([job for job in testing.plan(groups, 2, {}) if job.kind == "bridges"]) == 2
    groups, _rest, _whole = testing._split([], everything=True)
    assert len([job for job in testing.plan(groups, 2, {}) if job.kind == "bridges"]) == 4


def test_everything_tests_the_main_addon_with_its_bridges_too():
    groups, _rest, _whole = testing._split([], everything=True)
    assert set(groups["odoo"]) < set(groups["bridges"])


def test_bundles_are_made_for_who_opens_a_browser():
    tests = databases.CHECKOUT / databases.MAIN_ADDON / "tests"
    assert testing.opens_browser(str(tests))
    assert testing.opens_browser(f"{tests / 'test_preview_tour.py'}::TestPreviewTour")
    assert not testing.opens_browser(str(tests / "test_write_once.py"))
