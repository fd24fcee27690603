"""Single changes of source text, as somebody might make them by mistake, and how to carry them out.

Standard library only, and nothing of Odoo: what is changed is found in the tree of the source and
replaced in its bytes, no line is moved. So the code of a changed function can take the place of
the loaded one (``__code__``), and Odoo need not start again for each change.
"""

import ast
import hashlib
import re
from dataclasses import dataclass

# What is carried out once, while the registry is built: a change would come too late.
_AT_LOAD = {"_register_hook", "init", "_auto_init"}
# Attributes of Odoo's classes that are read while the registry is built.
_ATTRIBUTES_OF_ODOO = re.compile(
    r"_(name|inherit|inherits|description|order|rec_name|auto|table|sql|transient|check|log_access)"
)
# Arguments that only say how much is taken at once, or who is told: no behaviour depends on them.
_WITHOUT_BEHAVIOUR = {"limit", "raise_if_not_found", "tracking_disable", "mail_notrack", "exc_info"}

_COMPARE = {
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Is: ("is", "is not"),
    ast.IsNot: (r"is\s+not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: (r"not\s+in", "in"),
}
_ARITHMETIC = {
    ast.Add: (r"\+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: (r"\*", "/"),
    ast.Div: ("/", "*"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: (r"\|", "&"),
}
_DOMAIN_OPERATORS = {
    "=": "!=",
    "!=": "=",
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "in": "not in",
    "not in": "in",
    "child_of": "=",
    "parent_of": "=",
}
# Of statements in SQL.
_SQL = {
    "IS NULL": "IS NOT NULL",
    "IS NOT NULL": "IS NULL",
    "NOT EXISTS": "EXISTS",
    "EXISTS": "NOT EXISTS",
    "AND NOT": "AND",
    "AND": "OR",
    "OR": "AND",
    "<>": "=",
    "<=": "<",
    ">=": ">",
    "=": "<>",
    "<": "<=",
    ">": ">=",
}
_SQL_TOKEN = re.compile(r"--[^\n]*|(?<=[\s(])(" + "|".join(_SQL) + r")(?=[\s(])")
_FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Mutant:
    """One change.

    :ivar str file: the source file, relative to the checkout
    :ivar str where: the function (``Class.method``), or the constant (``Class.NAME``, ``NAME``)
    :ivar bool constant: whether it is a constant's value
    :ivar int first: the first line of that function, its decorators included
    :ivar int line: where the change is
    :ivar int statement: the number of the statement within the function
    :ivar int start: the offset of what is replaced, in bytes
    :ivar int end: where it ends
    :ivar str text: what takes its place
    :ivar str before: the line as it is
    :ivar str after: the line as it would be
    """

    file: str
    where: str
    constant: bool
    first: int
    line: int
    statement: int
    start: int
    end: int
    text: str
    before: str
    after: str

    @property
    def key(self):
        """What stays the same when lines are added above."""
        return (self.file, self.where, self.before, self.after)

    def apply(self, source):
        """Return the changed source.

        :param bytes source: the file
        :rtype: bytes
        """
        return source[: self.start] + self.text.encode() + source[self.end :]


# === FUNCTIONS AND STATEMENTS === #


def functions(tree):
    """Return the functions of a module and the methods of its classes, not those within others.

    :param ast.Module tree: the source
    :rtype: list[tuple[str, ast.FunctionDef]]
    """
    found = [("", node) for node in tree.body if isinstance(node, ast.FunctionDef)]
    for owner in tree.body:
        if isinstance(owner, ast.ClassDef):
            found += [
                (f"{owner.name}.", node) for node in owner.body if isinstance(node, ast.FunctionDef)
            ]
    return [(prefix + node.name, node) for prefix, node in found]


def statements(function):
    """Return the statements of a function, those of functions within it included, in order.

    :rtype: list[ast.stmt]
    """
    inner = [node for node in ast.walk(function) if isinstance(node, ast.stmt)]
    return sorted(
        (node for node in inner if node is not function),
        key=lambda node: (node.lineno, node.col_offset),
    )


def first_line(function):
    """Return the line that Python counts as a function's first one: its first decorator's."""
    return min([function.lineno, *(node.lineno for node in function.decorator_list)])


def imports(source, name):
    """Return whether a module has a name from another one, not of its own.

    :param bytes source: the file
    :param str name: of a constant
    :rtype: bool
    """
    return any(
        name == (alias.asname or alias.name)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    )


def fingerprint(function):
    """Return a hash of what a function does: neither its place nor its comments change it."""
    return hashlib.sha256(ast.dump(function).encode()).hexdigest()[:12]


def instrument(source, name, call):
    """Return a module's tree in which each statement of a function first tells that it is run.

    :param bytes source: the file
    :param str name: how the file is called in what is told
    :param str call: the name of the builtin that is called with ``(name, function, statement)``
    :rtype: ast.Module
    """
    tree = ast.parse(source)
    for where, function in functions(tree):
        numbers = {id(node): number for number, node in enumerate(statements(function))}
        for node in list(ast.walk(function)):
            for block in ("body", "orelse", "finalbody"):
                lines = getattr(node, block, None)
                if not isinstance(lines, list) or isinstance(node, ast.ClassDef):
                    continue
                marked = []
                for line in lines:
                    told = ast.parse(f"{call}(({name!r}, {where!r}, {numbers[id(line)]}))").body[0]
                    for part in ast.walk(told):
                        ast.copy_location(part, line)
                    marked += [told, line]
                setattr(node, block, marked)
    return tree


def code_of(compiled, where, first):
    """Return the code of a function within that of its module.

    :param code compiled: the module's
    :param str where: the function, as in ``Mutant``
    :param int first: its first line
    :rtype: code | None
    """
    *owner, name = where.split(".")
    for part in owner:
        for constant in compiled.co_consts:
            if getattr(constant, "co_name", None) == part:
                compiled = constant
                break
    for constant in compiled.co_consts:
        if getattr(constant, "co_name", None) == name and constant.co_firstlineno == first:
            return constant
    return None


def function_in(namespace, where, code_file, first):
    """Return the function itself, out of what decorators made of it.

    :param dict namespace: of its module
    :param str where: the function, as in ``Mutant``
    :param str code_file: the path of its file
    :param int first: its first line
    :rtype: function | None
    """
    *owner, name = where.split(".")
    if owner:
        namespace = vars(namespace[owner[0]])
    waiting, seen = [namespace.get(name)], set()
    while waiting:
        value = waiting.pop()
        if value is None or id(value) in seen:
            continue
        seen.add(id(value))
        code = getattr(value, "__code__", None)
        if code and (code.co_name, code.co_firstlineno) == (name, first):
            if code.co_filename == code_file:
                return value
        waiting += [
            getattr(value, part, None)
            for part in ("__wrapped__", "__func__", "fget", "fset", "method")
        ]
        waiting += [cell.cell_contents for cell in getattr(value, "__closure__", None) or ()]
    return None


# === CHANGES === #


def mutants(source, file):
    """Return all changes of a file.

    :param bytes source: its content
    :param str file: its name, relative to the checkout
    :rtype: list[Mutant]
    """
    tree = ast.parse(source)
    maker = _Maker(source, file)
    for where, function in functions(tree):
        if function.name in _AT_LOAD:
            continue
        for number, statement in enumerate(statements(function)):
            # What is in a statement within it belongs to that one.
            maker.place(where, first_line(function), number, False)
            maker.visit_own(statement)
    for owner in [tree, *tree.body]:
        prefix = f"{owner.name}." if isinstance(owner, ast.ClassDef) else ""
        if prefix or owner is tree:
            for node in owner.body:
                maker.constant(prefix, node)
    unique = {}
    for mutant in maker.found:
        unique.setdefault((mutant.start, mutant.end, mutant.text), mutant)
    return sorted(unique.values(), key=lambda mutant: (mutant.start, mutant.end, mutant.text))


class _Maker:
    """Goes through expressions and notes what can be changed in them."""

    def __init__(self, source, file):
        self.source = source
        self.file = file
        self.found = []
        self.lines = [0]
        for line in source.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))

    def place(self, where, first, statement, constant):
        self.where, self.first, self.statement = where, first, statement
        self.is_constant = constant

    def constant(self, prefix, node):
        """Change the value of a constant of a module or a class."""
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            return
        name, value = node.targets[0].id, node.value
        if prefix and (isinstance(value, ast.Call) or _ATTRIBUTES_OF_ODOO.match(name)):
            return  # Fields and the like: they are built once.
        self.place(prefix + name, node.lineno, 0, True)
        self.visit(value)
        if isinstance(value, ast.Tuple):
            self.members(value)

    def visit_own(self, statement):
        """Visit the expressions of a statement, not those of statements within it."""
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            return  # Decorators and defaults were read when it was defined.
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            return
        for node in ast.iter_child_nodes(statement):
            if not isinstance(node, (ast.stmt, ast.ExceptHandler)):
                self.visit(node)
        if isinstance(statement, (ast.If, ast.While)):
            self.condition(statement.test)
        if isinstance(statement, ast.AugAssign):
            self.operator(statement.op, statement.target, statement.value)

    def visit(self, node):
        """Note the changes of an expression and of all that is in it."""
        if self.is_log(node) or self.is_secret(node):
            return
        handler = getattr(self, f"_{type(node).__name__.lower()}", None)
        if handler:
            handler(node)
        for name, value in ast.iter_fields(node):
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, ast.keyword) and part.arg in _WITHOUT_BEHAVIOUR:
                    continue
                if name == "slice" and _is_first(part):
                    continue  # Of what is one anyway.
                if isinstance(part, ast.AST) and not isinstance(part, ast.FormattedValue):
                    self.visit(part)

    @staticmethod
    def is_log(node):
        """Return whether it only tells the administrator something."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return False
        of = node.func.value
        return node.func.attr == "_commit_progress" or (
            isinstance(of, ast.Name) and of.id == "_logger"
        )

    @staticmethod
    def is_secret(node):
        """Return whether it draws a secret: a longer one is none the worse."""
        function = getattr(node, "func", None)
        return (
            isinstance(function, ast.Attribute)
            and isinstance(function.value, ast.Name)
            and function.value.id == "secrets"
            and function.attr.startswith("token_")
        )

    # === KINDS === #

    def condition(self, test):
        """Turn round what decides, where nothing in it is changed anyway."""
        if not isinstance(test, (ast.Compare, ast.BoolOp, ast.Constant)) and not (
            isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
        ):
            start, end = self.span(test)
            inner = self.source[start:end].decode()
            self.add(start, end, f"(not ({inner}))")

    def operator(self, operator, left, right):
        change = _ARITHMETIC.get(type(operator))
        if change and not any(
            isinstance(side, (ast.JoinedStr, ast.List, ast.Tuple, ast.Dict))
            or (isinstance(side, ast.Constant) and isinstance(side.value, (str, bytes)))
            for side in (left, right)
        ):
            self.between(left, right, *change)

    def _compare(self, node):
        sides = [node.left, *node.comparators]
        for operator, left, right in zip(node.ops, sides, sides[1:], strict=False):
            self.between(left, right, *_COMPARE[type(operator)])
            if isinstance(operator, (ast.In, ast.NotIn)):
                self.members(right)

    def _boolop(self, node):
        change = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            self.between(left, right, *change)

    def _binop(self, node):
        self.operator(node.op, node.left, node.right)

    def _unaryop(self, node):
        start, end = self.span(node)[0], self.span(node.operand)[0]
        if isinstance(node.op, ast.Not):
            length = len(b"not ") if self.source[start : start + 4] == b"not " else len(b"not")
            self.add(start, start + length, "")
        elif isinstance(node.op, ast.Invert):
            self.add(start, min(start + 1, end), "")

    def _ifexp(self, node):
        self.condition(node.test)

    def _comprehension(self, node):
        for test in node.ifs:
            self.condition(test)

    def _call(self, node):
        if isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
            self.add(*self.span(node.func), _FUNCTIONS[node.func.id])
        if isinstance(node.func, ast.Name) and node.func.id == "Domain" and len(node.args) == 3:
            self.domain_operator(node.args[1])
            self.members(node.args[2])
        if isinstance(node.func, ast.Name) and node.func.id == "SQL" and node.args:
            self.sql(node.args[0])

    def sql(self, node):
        """Change the conditions of a statement in SQL."""
        if not isinstance(node, ast.Constant):
            return
        start, end = self.span(node)
        text = self.source[start:end].decode()
        for found in _SQL_TOKEN.finditer(text):
            if found[1]:
                offset = start + len(text[: found.start()].encode())
                self.add(offset, offset + len(found[1]), _SQL[found[1]])

    def _attribute(self, node):
        if isinstance(node.value, ast.Name) and node.value.id == "Domain":
            change = {"TRUE": "FALSE", "FALSE": "TRUE"}.get(node.attr)
            if change:
                self.add(*self.span(node), f"Domain.{change}")

    def _tuple(self, node):
        if len(node.elts) == 3 and isinstance(node.elts[0], ast.Constant):
            if isinstance(node.elts[0].value, str):
                self.domain_operator(node.elts[1])
                self.members(node.elts[2])

    def members(self, node):
        """Leave out one of several texts."""
        parts = (
            getattr(node, "elts", ()) if isinstance(node, (ast.Tuple, ast.List, ast.Set)) else ()
        )
        texts = [part for part in parts if isinstance(getattr(part, "value", None), str)]
        for part in texts if len(texts) > 1 else ():
            self.add(*self.span(part), '"-"')

    def domain_operator(self, node):
        if isinstance(node, ast.Constant) and node.value in _DOMAIN_OPERATORS:
            self.add(*self.span(node), f'"{_DOMAIN_OPERATORS[node.value]}"')

    def _constant(self, node):
        if isinstance(node.value, bool):
            self.add(*self.span(node), str(not node.value))
        elif isinstance(node.value, (int, float)):
            start, end = self.span(node)
            number = node.value + 1
            self.add(start, end, str(number))

    # === TEXT === #

    def span(self, node):
        return (
            self.lines[node.lineno - 1] + node.col_offset,
            self.lines[node.end_lineno - 1] + node.end_col_offset,
        )

    def between(self, left, right, pattern, text):
        """Replace the operator between two expressions; comments and brackets are between, too."""
        start, end = self.span(left)[1], self.span(right)[0]
        gap = self.source[start:end].decode()
        word = r"\b" if pattern[-1].isalpha() else ""
        for found in re.finditer(rf"#[^\n]*|{word}({pattern}){word}", gap):
            if found[1]:
                offset = start + len(gap[: found.start()].encode())
                self.add(offset, offset + len(found[0].encode()), text)
                return

    def add(self, start, end, text):
        # What comes after stays in its line: by that it is found in the loaded code.
        text += "\n" * (self.source[start:end].count(b"\n") - text.count("\n"))
        before, after = self.excerpt(start, end, None), self.excerpt(start, end, text)
        line = self.source[:start].count(b"\n") + 1
        place = (self.file, self.where, self.is_constant, self.first, line, self.statement)
        self.found.append(Mutant(*place, start, end, text, before, after))

    def excerpt(self, start, end, text):
        """Return the lines around a change, with it or as they are, in one line."""
        begin = self.source.rfind(b"\n", 0, start) + 1
        stop = self.source.find(b"\n", end)
        stop = len(self.source) if stop < 0 else stop
        middle = self.source[start:end] if text is None else text.encode()
        return " ".join(
            (self.source[begin:start] + middle + self.source[end:stop]).decode().split()
        )


def _is_first(node):
    """Return whether it is the slice ``[:1]``."""
    return (
        isinstance(node, ast.Slice)
        and node.lower is None
        and isinstance(node.upper, ast.Constant)
        and node.upper.value == 1
    )
