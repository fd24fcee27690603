"""Which changes ./dev mutate makes, how they get into loaded code, and which tests it runs."""

import ast
import json
import textwrap
from dataclasses import replace
from types import SimpleNamespace

import pytest

from devtools import mutants, mutate
from devtools.common import DevError

FILE = "customer_portal_plus/models/payment/x.py"


def _changes(text):
    """Return the changed lines of a source."""
    return [one.after for one in mutants.mutants(textwrap.dedent(text).encode(), FILE)]


def _of(line):
    """Return the changed lines of a function with one line."""
    return _changes(f"def f(self, a, b, c):\n    {line}\n")


def test_comparisons():
    assert _of("return a < b") == ["return a <= b"]
    assert _of("return a >= b") == ["return a > b"]
    assert _of("return a == b") == ["return a != b"]
    assert _of("return a is not b") == ["return a is b"]
    assert _of("return a not in b") == ["return a in b"]
    assert _of("return a < b <= c") == ["return a <= b <= c", "return a < b < c"]


def test_conditions():
    assert _of("return a and b and c") == ["return a or b and c", "return a and b or c"]
    assert _of("return not a") == ["return a"]
    assert _of("return a if b else c") == ["return a if (not (b)) else c"]
    assert _of("return [x for x in a if x.b]") == ["return [x for x in a if (not (x.b))]"]
    assert _changes("def f(a):\n    if a:\n        return a\n") == ["if (not (a)):"]
    # What decides is changed once, not in two ways that come to the same.
    assert _changes("def f(a):\n    if not a:\n        return a\n") == ["if a:"]


def test_constants():
    assert _of("return True") == ["return False"]
    assert _of("return 5") == ["return 6"]
    assert _of("return None") == []
    assert _changes("LIMIT = 5\n") == ["LIMIT = 6"]
    assert _changes("STATES = ('a', 'b')\n") == ["STATES = (\"-\", 'b')", "STATES = ('a', \"-\")"]
    # Fields are built once.
    assert _changes("class A:\n    field = fields.Integer(default=5)\n    LIMIT = 5\n") == [
        "LIMIT = 6"
    ]


def test_sums_and_domains():
    assert _of("return a - b") == ["return a + b"]
    assert _of("return 'x' + b") == []
    assert _of("return min(a, b)") == ["return max(a, b)"]
    assert _of("return Domain('a', '=', b) & c") == [
        "return Domain('a', \"!=\", b) & c",
        "return Domain('a', '=', b) | c",
    ]
    assert _of("return [('a', 'in', ('b', 'c'))]") == [
        "return [('a', \"not in\", ('b', 'c'))]",
        "return [('a', 'in', (\"-\", 'c'))]",
        "return [('a', 'in', ('b', \"-\"))]",
    ]


def test_sql():
    assert _of('return SQL("SELECT a WHERE b IS NULL AND c < %s -- AND so on", a)') == [
        'return SQL("SELECT a WHERE b IS NOT NULL AND c < %s -- AND so on", a)',
        'return SQL("SELECT a WHERE b IS NULL OR c < %s -- AND so on", a)',
        'return SQL("SELECT a WHERE b IS NULL AND c <= %s -- AND so on", a)',
    ]
    assert _of("return a('IS NULL')") == []


def test_what_makes_no_difference_is_left_alone():
    assert _of("return a[:1]") == []
    assert _of("return a.search([], limit=1)") == []
    assert _of("_logger.info('x', a or b)") == []
    assert _of("token = secrets.token_urlsafe(32)") == []
    assert len(_of("code = secrets.randbelow(32)")) == 1
    assert _of('"""About a and b, 5 of them."""') == []
    assert _changes("def _register_hook(self):\n    return 5\n") == []
    assert _changes("@f(5)\ndef g(a=5):\n    return a\n") == []


def test_comments_and_lines_stay():
    source = textwrap.dedent(
        """\
        def f(a, b):
            return (
                a  # and so on
                # or é
                and b
            )
        """
    ).encode()
    (one,) = mutants.mutants(source, FILE)
    changed = one.apply(source).decode()
    assert "        or b\n" in changed and "# and so on" in changed
    assert changed.count("\n") == source.count(b"\n")
    assert one.line == 5 and one.before == "and b" and one.after == "or b"


def test_a_change_keeps_its_name_when_lines_come_before_it():
    text = "def f(a):\n    return a < 5\n"
    before = mutants.mutants(text.encode(), FILE)
    after = mutants.mutants(f"import x\n\n{text}".encode(), FILE)
    assert [one.key for one in before] == [one.key for one in after]
    assert [one.line for one in before] != [one.line for one in after]


def test_every_change_of_the_rooms_can_be_compiled():
    number = 0
    for file in mutate._files(mutate.ROOMS):
        source = (mutate.CHECKOUT / file).read_bytes()
        for one in mutants.mutants(source, file):
            changed = one.apply(source)
            ast.parse(changed)
            assert changed != source and changed.count(b"\n") == source.count(b"\n")
            number += 1
    assert number > 1000


def _load(source, name):
    namespace = {}
    exec(compile(source, name, "exec"), namespace)
    return namespace


DECORATED = b"""
import functools

def through(function):
    @functools.wraps(function)
    def inner(*args):
        return function(*args)
    return inner

class Base:
    def value(self):
        return 1

class A(Base):
    @through
    @through
    def value(self):
        return super().value() + 10

    @property
    def half(self):
        return self.value() / 2

    @staticmethod
    def fixed():
        return True
"""


def test_code_of_loaded_functions_is_changed_in_place():
    namespace = _load(DECORATED, "a.py")
    instance = namespace["A"]()
    assert (instance.value(), instance.half, instance.fixed()) == (11, 5.5, True)
    wanted = {"A.value": "super().value() - 10", "A.half": "* 2", "A.fixed": "False"}
    for one in mutants.mutants(DECORATED, "a.py"):
        if wanted.get(one.where, "no") in one.after:
            code = mutants.code_of(
                compile(one.apply(DECORATED), "a.py", "exec"), one.where, one.first
            )
            target = mutants.function_in(namespace, one.where, "a.py", one.first)
            target.__code__ = code
    assert (instance.value(), instance.half, instance.fixed()) == (-9, -18, False)


def test_statements_tell_that_they_are_run():
    source = textwrap.dedent(
        """\
        def f(a):
            \"\"\"Text.\"\"\"
            try:
                if a:
                    return 1
                raise ValueError
            except ValueError:
                for x in range(2):
                    a = x
            return a
        """
    ).encode()
    hits = set()
    namespace = {"hit": hits.add}
    exec(compile(mutants.instrument(source, "f.py", "hit"), "f.py", "exec"), namespace)
    (function,) = [node for _name, node in mutants.functions(ast.parse(source))]
    lines = [node.lineno for node in mutants.statements(function)]

    def run(value):
        hits.clear()
        namespace["f"](value)
        return sorted(lines[number] for _file, _where, number in hits)

    assert run(1) == [2, 3, 4, 5]
    assert run(0) == [2, 3, 4, 6, 8, 9, 10]


def test_near_and_quick_tests_come_first():
    (one,) = mutants.mutants(b"def f(a):\n    return a < b\n", FILE)
    function = f"{FILE}::f"

    def test(seconds, elsewhere=0, before=0.0):
        runs = {function: [0], "other.py::g": list(range(elsewhere))}
        return {"seconds": seconds, "before": before, "runs": runs}

    tests = {
        "t.py::A::slow": test(9.0),
        "t.py::A::quick": test(0.1),
        "t.py::B::far": test(0.1, elsewhere=50),
        "t.py::B::elsewhere": test(0.1),
    }
    statements = {function: {None: set(tests), 0: set(tests) - {"t.py::B::elsewhere"}}}
    assert mutate.near_tests(one, (tests, statements), 60) == [
        "t.py::A::quick",
        "t.py::A::slow",
        "t.py::B::far",
    ]
    # What runs the branch that others pass by goes before them.
    branch = {**statements[function], 1: {"t.py::A::slow"}}
    assert mutate.near_tests(one, (tests, {function: branch}), 60)[0] == "t.py::A::slow"
    # As many as there is time for; one at least.
    assert mutate.near_tests(one, (tests, statements), 1) == ["t.py::A::quick", "t.py::B::far"]
    assert mutate.near_tests(one, (tests, statements), 0) == ["t.py::A::quick"]
    # What noticed another change of the function goes first, if it runs this line.
    noticed = ["t.py::B::far", "t.py::B::elsewhere", "t.py::C::gone"]
    assert mutate.near_tests(one, (tests, statements), 0, noticed) == ["t.py::B::far"]
    assert not mutate.near_tests(replace(one, where="g"), (tests, statements), 60)


def test_tests_are_chosen_by_words_where_it_is_not_known_what_they_run(monkeypatch):
    source = "def _is_payable(move):\n    return move.amount_due > 0"
    (one, *_more) = mutants.mutants(source.encode(), FILE)
    sources = {
        f"{FILE}::_is_payable": source,
        "other.py::_caller": "def _caller(move):\n    return _is_payable(move)",
    }
    words = {
        "test_a.py::A::test_names_it": {"_is_payable"},
        "test_a.py::A::test_of_its_words": {"amount_due", "another"},
        "test_b.py::B::test_names_its_caller": {"_caller"},
        "test_b.py::B::test_of_something_else": {"signature"},
    }
    monkeypatch.setattr(mutate, "_sources", lambda: sources)
    monkeypatch.setattr(mutate, "_words_of_tests", lambda: words)
    named, of_words, of_caller, other = words
    assert mutate.by_words(one, words) == [named, of_caller, of_words]
    tests = {name: {"seconds": 3.0, "before": 1.0, "runs": {}} for name in words}
    assert mutate.near_tests(one, (tests, None), 8) == [named, of_caller]
    assert mutate.near_tests(one, (tests, None), 4, [other]) == [other]
    # The file's name counts, too.
    alike = of_words.replace("test_a", "test_x")
    words[alike] = words.pop(of_words)
    assert mutate.by_words(one, words) == [named, alike, of_caller]
    monkeypatch.setattr(mutate, "_names_file", lambda *names: names == ("test_b.py", "x"))
    assert mutate.by_words(one, words)[0] == of_caller


def test_what_is_let_pass_is_tried_once_more_with_other_tests(monkeypatch):
    noticed, missed, never = mutants.mutants(b"def f(a):\n    return a < 1 < b < 2\n", FILE)[:3]
    never = replace(never, where="g")
    runs = {"seconds": 3.0, "before": 0.0, "runs": {f"{FILE}::f": [0]}}
    names = {f"t.py::A::{name}" for name in "abcdefg"}
    known = (dict.fromkeys(names, runs), {f"{FILE}::f": {None: names, 0: names}})
    tried = []

    def run(waiting, shares, _noticed, seconds, _options):
        tried.append({one: names for one, names in waiting})
        return {one: ("killed" if one is noticed else "survived", shares[one]) for one in shares}

    monkeypatch.setattr(mutate, "_try", run)
    monkeypatch.setattr(mutate, "_read_noticed", dict)
    options = SimpleNamespace(seconds=4)
    outcomes = mutate._run([noticed, missed, never], known, options)
    assert [outcome for outcome, _said in outcomes.values()] == ["killed", "survived", "not run"]
    assert [set(times) for times in tried] == [{noticed, missed}, {missed}]
    first, second = tried[0][missed], tried[1][missed]
    assert len(first) == 1 and len(second) == 4 and not set(first) & set(second)
    assert outcomes[missed][1] == "5 of 7 tests that run it were run"


def test_signers_of_a_document_belong_to_the_signing():
    (signer, *_others) = mutate.ALSO["signing"]
    (one, *_more) = mutants.mutants(b"A = 1\n", f"{mutate.MODELS}/{signer}")
    assert mutate._room(one) == "signing" and one.file in mutate._files(["signing"])
    assert mutate._room(replace(one, file=FILE)) == "payment"


def test_tests_that_have_words_of_the_line_come_first(monkeypatch):
    (one,) = mutants.mutants(b"def f(company):\n    return company.portal_alias == 1\n", FILE)[:1]
    names = [f"t.py::A::test_{number}" for number in range(5)]
    runs = {"seconds": 0.1, "before": 0.0, "runs": {f"{FILE}::f": [0]}}
    known = (
        {name: {**runs, "seconds": number} for number, name in enumerate(names)},
        {f"{FILE}::f": {None: set(names), 0: set(names)}},
    )
    words = {names[3]: {"portal_alias"}, names[4]: {"company"}, "t.py::A::other": {"portal_alias"}}
    words[names[2]] = words[names[1]] = words[names[4]]
    monkeypatch.setattr(mutate, "_words_of_tests", lambda: words)
    assert {"_create_discounted", "discou", "create"} == mutate._words("_create_discounted(1)")
    # A word that all of them have tells nothing, one that a few have tells much.
    assert mutate._of_words(one, set(names)) == [names[3], names[1], names[2], names[4]]
    assert mutate._of_words(one, {names[1], names[2]}) == []
    assert mutate.near_tests(one, known, 60)[0] == names[3]


def test_constants_are_changed_where_they_were_imported():
    assert mutants.imports(b"from .a import (\n    B,\n    LIMIT,\n)\n", "LIMIT")
    assert mutants.imports(b"def f():\n    from .a import MOST as LIMIT\n", "LIMIT")
    assert not mutants.imports(b"LIMIT = 15\n", "LIMIT")
    assert not mutants.imports(b"from .a import LIMIT as MOST\nLIMIT = 15\n", "LIMIT")


def test_who_ran_a_function_that_was_moved_or_divided_runs_what_became_of_it(monkeypatch):
    sources = {
        "new.py::B.moved": "def moved(self):\n    return self.part()",
        "new.py::B.part": "def part(self):\n    return part()",
        "a.py::A.divided": "def divided(self):\n    return self.half(1)",
        "a.py::A.half": "def half(self, number):\n    return number",
        "a.py::A.same": "def same(self):\n    return self.half(1)",
    }
    monkeypatch.setattr(mutate, "_sources", lambda: sources)
    mutate._calls.cache_clear()
    now = dict.fromkeys(sources, "now")
    former = {"old.py::A.moved": "now", "a.py::A.divided": "former", "a.py::A.same": "now"}
    assert mutate._heirs(former, now) == {
        "old.py::A.moved": {"new.py::B.moved", "new.py::B.part"},
        "a.py::A.divided": {"a.py::A.half"},
    }
    assert mutate._heirs(now, now) == {}
    mutate._calls.cache_clear()


def test_what_is_known_of_a_test_is_that_of_its_present_source(tmp_path, monkeypatch):
    file = mutate.CHECKOUT / mutate.TESTS / "test_x.py"
    name = f"{file.relative_to(mutate.CHECKOUT).as_posix()}::A::test_a"
    now = {"A::test_a": "new"}
    monkeypatch.setattr(mutate, "_records_folder", lambda: tmp_path)
    monkeypatch.setattr(mutate, "_test_files", lambda words: [file])
    monkeypatch.setattr(mutate, "sources_of_tests", lambda file: now)
    monkeypatch.setattr(mutate, "_fingerprints", lambda: {"m.py::f": "1", "m.py::g": "2"})

    def note(number, source, **runs):
        test = {"seconds": 1, "before": 0, "runs": {f"m.py::{key}": runs[key] for key in runs}}
        record = {"sources": {"A::test_a": source}, "tests": {name: test}}
        record["fingerprints"] = {"m.py::f": "1", "m.py::g": "former"}
        (tmp_path / f"test_x.{number}.json").write_text(json.dumps(record))

    def run():
        _tests, statements = mutate._read_records([])
        return {key: set(found) for key, found in statements.items()}

    assert run() == {}
    note(1, "old", f=[1])
    assert run() == {"m.py::f": {None, 1}}
    note(2, "new", f=[2], g=[3])
    note(3, "of another checkout", f=[4])
    # A function that has changed since may be run by it in any line.
    assert run() == {"m.py::f": {None, 2}, "m.py::g": {None, "changed"}}


def test_sources_of_tests(tmp_path):
    file = tmp_path / "test_x.py"
    file.write_text("class A:\n    def test_a(self):\n        f()\n    def help(self): pass\n")
    found = mutate.sources_of_tests(file)
    assert found.keys() == {"A::test_a"}
    file.write_text("import x\n" + file.read_text().replace("f()", "f()  # a comment"))
    assert mutate.sources_of_tests(file) == found
    file.write_text(file.read_text().replace("f()", "g()"))
    assert mutate.sources_of_tests(file) != found


def test_what_may_survive_has_a_reason(tmp_path):
    path = tmp_path / "accepted.toml"
    entry = {"file": FILE, "where": "f", "before": 'a == "x"', "after": "b", "reason": "Because."}

    def write(**values):
        lines = [f"{key} = {json.dumps(value)}" for key, value in {**entry, **values}.items()]
        path.write_text("[[mutant]]\n" + "\n".join(lines) + "\n")

    write()
    assert mutate.read_accepted(path) == ({(FILE, "f", 'a == "x"', "b"): "Because."}, {})
    write(reason=" ")
    with pytest.raises(DevError, match="no reason"):
        mutate.read_accepted(path)
    path.write_text("[[left_out]]\nfile = 'a.py'\nreason = 'Looks.'\n")
    assert mutate.read_accepted(path) == ({}, {("a.py", ""): "Looks."})


def test_accepted_changes_are_there():
    reasons, left_out = mutate.read_accepted()
    keys, places = set(), set()
    for file in mutate._files(mutate.ROOMS):
        found = mutants.mutants((mutate.CHECKOUT / file).read_bytes(), file)
        keys |= {one.key for one in found}
        places |= {(file, ""), *((file, one.where) for one in found)}
    assert not reasons.keys() - keys
    assert not left_out.keys() - places


def test_survivors_decide_the_exit_code(tmp_path, monkeypatch, capsys):
    path = tmp_path / "accepted.toml"
    path.write_text("")
    monkeypatch.setattr(mutate.read_accepted, "__defaults__", (path,))
    source = "def f(a):\n    return [" + ", ".join(f"a < {n}" for n in range(50)) + "]\n"
    every = mutants.mutants(source.encode(), FILE)
    outcomes = {one: ("killed", "t") for one in every}
    assert mutate._report(outcomes, every) == 0
    assert "payment: 0 of 100" in capsys.readouterr().out
    outcomes[every[0]] = ("survived", "")
    assert mutate._report(outcomes, every) == 1  # It has no reason.
    assert every[0].after in capsys.readouterr().out
    parts = zip(("file", "where", "before", "after"), every[0].key, strict=True)
    path.write_text(
        "[[mutant]]\nreason = 'x'\n" + "\n".join(f"{name} = {part!r}" for name, part in parts)
    )
    assert mutate._report(outcomes, every) == 0
    for one in every[1:10]:
        outcomes[one] = ("not run", "")
    assert mutate._report(outcomes, every) == 1
    assert "(10.0%)" in capsys.readouterr().out
