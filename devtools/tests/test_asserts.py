"""Each test asserts something, whatever it finds.

A loop over what a search returns proves nothing when it finds nothing. So each test has an
assertion that is reached for certain: outside loops and conditions, or in a loop over what is
written down.
"""

import ast

from devtools import databases
from devtools.common import CHECKOUT

# Beginnings of names of methods that assert, or let a browser do it.
ASSERTING = ("assert", "_assert", "check", "fail", "_run", "start_tour", "browser_js", "raises")
# Names of built-in functions that give as many as they get.
AS_MANY = ("zip", "enumerate", "sorted", "list", "tuple", "reversed")


class _File:
    """What is known of a file: which names stand for something that has elements."""

    def __init__(self, tree):
        self.tree = tree
        self.full = set()
        # Names of dictionaries whose values all have elements.
        self.full_values = set()
        self.generators = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and self._reaches(node.body, ast.Yield):
                self.generators.add(node.name)

    def _name(self, node):
        """Return a name that is used, without ``self.`` and ``cls.``."""
        if isinstance(node, ast.Attribute):
            return node.attr
        return node.id if isinstance(node, ast.Name) else ""

    def _is_full(self, node):
        """Return whether there is something to iterate, for certain."""
        if isinstance(node, (ast.Tuple, ast.List, ast.Set, ast.Dict)):
            return bool(node.keys if isinstance(node, ast.Dict) else node.elts)
        if isinstance(node, (ast.ListComp, ast.DictComp, ast.SetComp)):
            return all(not part.ifs and self._is_full(part.iter) for part in node.generators)
        if isinstance(node, ast.Call):
            name = self._name(node.func)
            if name == "range" or name in self.generators:
                return True
            if name in ("items", "keys", "values") and isinstance(node.func, ast.Attribute):
                return self._is_full(node.func.value)
            return name in AS_MANY and any(self._is_full(argument) for argument in node.args)
        name = self._name(node)
        return name.isupper() or name in self.full

    def _has_full_values(self, node):
        """Return whether these are the values of such a dictionary, or its pairs."""
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("items", "values")
            and self._name(node.func.value) in self.full_values
        )

    def _reaches(self, statements, wanted):
        """Return whether the statements come to what is wanted, whatever is found on the way."""
        for statement in statements:
            if isinstance(statement, ast.Assign) and self._is_full(statement.value):
                names = {self._name(target) for target in statement.targets} - {""}
                self.full |= names
                if isinstance(statement.value, ast.Dict) and all(
                    map(self._is_full, statement.value.values)
                ):
                    self.full_values |= names
            if isinstance(statement, (ast.FunctionDef, ast.ClassDef, ast.If, ast.While)):
                head = getattr(statement, "test", None)
                if head is not None and self._has(head, wanted):
                    return True
                both = getattr(statement, "orelse", None)
                if both and all(self._reaches(way, wanted) for way in (statement.body, both)):
                    return True
                continue
            if isinstance(statement, ast.For):
                if self._has(statement.iter, wanted):
                    return True
                if self._has_full_values(statement.iter):
                    target = statement.target
                    self.full.add(self._name(getattr(target, "elts", [target])[-1]))
                if self._is_full(statement.iter) and self._reaches(statement.body, wanted):
                    return True
                continue
            inner = [
                part
                for name in ("body", "orelse", "finalbody")
                for part in getattr(statement, name, [])
            ]
            if inner:
                heads = [item.context_expr for item in getattr(statement, "items", [])]
                if any(self._has(head, wanted) for head in heads):
                    return True
                if self._reaches(inner, wanted):
                    return True
            elif self._has(statement, wanted):
                return True
        return False

    def _has(self, node, wanted):
        return any(
            isinstance(part, wanted)
            and self._asserts(part)
            or wanted is not ast.Yield
            and isinstance(part, ast.Assert)
            for part in ast.walk(node)
        )

    def _asserts(self, node):
        return not isinstance(node, ast.Call) or self._name(node.func).startswith(ASSERTING)

    def silent_tests(self):
        """Return the names of tests that may end without an assertion."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef):
                for method in node.body:
                    if isinstance(method, ast.FunctionDef) and method.name.startswith("setUp"):
                        self._reaches(method.body, ast.Call)
        return [
            node.name
            for node in ast.walk(self.tree)
            if isinstance(node, ast.FunctionDef)
            and node.name.startswith("test_")
            and not self._reaches(node.body, ast.Call)
        ]


def silent_tests(source):
    return _File(ast.parse(source)).silent_tests()


def test_each_test_asserts_for_certain():
    folders = [addon / "tests" for addon in databases.addons()]
    folders += [CHECKOUT / "live_tests", CHECKOUT / "devtools" / "tests"]
    silent = {
        f"{path.relative_to(CHECKOUT)}::{name}"
        for folder in folders
        for path in (*folder.rglob("test_*.py"), *folder.glob("common/*.py"))
        for name in silent_tests(path.read_text())
    }
    assert silent == set()


def test_what_counts_as_certain():
    certain = """
LINES = ["a"]
def each(self):
    for one in ("a", "b"):
        yield one
def test_a(self):
    for line in LINES:
        self.assertTrue(line)
def test_b(self):
    names = ("a", "b")
    for name, other in zip(names, found, strict=True):
        with self.subTest(name):
            assert name == other
def test_c(self):
    for one in self.each():
        self.assertTrue(one)
def test_d(self):
    with self.assertRaises(ValueError):
        do()
def test_e(self):
    keys = {"a": ("b", "c"), "d": ("e",)}
    for key, words in keys.items():
        for word in words:
            self.assertTrue(word)
"""
    assert silent_tests(certain) == []


def test_what_counts_as_silent():
    silent = """
def test_a(self):
    for row in self.cr.fetchall():
        self.assertTrue(row)
def test_b(self):
    if found:
        self.assertTrue(found)
def test_c(self):
    def inner():
        self.assertTrue(True)
def test_d(self):
    do()
def test_e(self):
    for one in [row for row in LINES if row]:
        self.assertTrue(one)
def test_f(self):
    keys = {"a": (), "d": ("e",)}
    for key, words in keys.items():
        for word in words:
            self.assertTrue(word)
"""
    assert silent_tests(silent) == [f"test_{letter}" for letter in "abcdef"]
