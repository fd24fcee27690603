"""The rules by which the main addon is laid out; docs/architecture.md tells them to people."""

import ast
import re
from collections import defaultdict

import pytest

from devtools import databases, environment
from devtools.common import CHECKOUT

ADDON = CHECKOUT / "customer_portal_plus"
MAX_LINES = 450
# What may be imported by what comes after it. Rooms of models/ come in the order of their loading.
BELOW_MODELS = ("exceptions", "report", "tools")
ABOVE_MODELS = ("wizard", "demo", "controllers", "hooks")

# Who reads text as ids, amounts or addresses on its own: nobody but these, each with its reason.
OWN_PARSERS = {
    "tools/parsing.py": "the one place",
    "tools/mail_links.py": "takes ids out of addresses that its own pattern has found",
    "tools/tax_id.py": "digits of tax IDs, no ids of records",
}


def _parse(path):
    return ast.parse(path.read_text(), str(path))


def _rooms():
    """Return the rooms of models/ in the order in which they are loaded."""
    tree = _parse(ADDON / "models" / "__init__.py")
    return [name.name for node in tree.body for name in node.names]


def _model_files():
    return [path for room in _rooms() for path in sorted((ADDON / "models" / room).glob("*.py"))]


def _code_files():
    return sorted(
        path
        for path in ADDON.rglob("*.py")
        if path.relative_to(ADDON).parts[0] not in ("tests", "migrations", "cli")
    )


def _level_names():
    levels = [*BELOW_MODELS, *(f"models/{room}" for room in _rooms()), *ABOVE_MODELS]
    return {name: number for number, name in enumerate(levels)}


def _level_of(path):
    """Return the room that a file or an import belongs to, as a name of ``_level_names``."""
    parts = path.parts
    if parts[0] == "models":
        return f"models/{parts[1]}" if len(parts) > 1 else None
    return parts[0].removesuffix(".py")


def _imported(path):
    """Give the files of the addon that a file imports, as relative paths."""
    here = path.relative_to(ADDON)
    for node in ast.walk(_parse(path)):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = here.parts[: len(here.parts) - node.level]
            module = node.module.split(".") if node.module else []
            yield node.lineno, ADDON.joinpath(*base, *module).relative_to(ADDON)


def _classes(paths):
    """Give ``(file, class, model, parents)`` for each class of a model.

    ``model`` is the one that it makes or extends.
    """
    for path in paths:
        for node in _parse(path).body:
            if not isinstance(node, ast.ClassDef):
                continue
            values = {
                statement.targets[0].id: ast.literal_eval(statement.value)
                for statement in node.body
                if isinstance(statement, ast.Assign)
                and isinstance(statement.targets[0], ast.Name)
                and statement.targets[0].id in ("_name", "_inherit")
            }
            parents = values.get("_inherit", [])
            parents = [parents] if isinstance(parents, str) else list(parents)
            model = values.get("_name") or (parents[0] if parents else None)
            if model:
                yield path, node, model, parents


def _where(path, line=None):
    return f"{path.relative_to(ADDON)}" + (f":{line}" if line else "")


def test_each_room_is_loaded():
    folders = {path.parent.name for path in (ADDON / "models").glob("*/__init__.py")}
    assert set(_rooms()) == folders
    for room in _rooms():
        tree = _parse(ADDON / "models" / room / "__init__.py")
        loaded = [name.name for node in tree.body for name in node.names]
        files = {path.stem for path in (ADDON / "models" / room).glob("*.py")} - {"__init__"}
        assert sorted(loaded) == sorted(files), room


def test_rooms_import_only_what_comes_before():
    levels = _level_names()
    wrong = []
    for path in _code_files():
        own = _level_of(path.relative_to(ADDON))
        if own not in levels:
            continue
        for line, target in _imported(path):
            level = _level_of(target) if target.parts else None
            if level in levels and levels[level] > levels[own]:
                wrong.append(f"{_where(path, line)} imports {target}")
    assert not wrong


def test_models_build_only_on_what_comes_before():
    room_of = {}
    classes = list(_classes(_model_files()))
    for path, _node, model, parents in classes:
        if model not in parents:
            room_of[model] = _rooms().index(path.parent.name)
    wrong = [
        f"{_where(path)} builds on {parent}"
        for path, _node, _model, parents in classes
        for parent in parents
        if room_of.get(parent, 0) > _rooms().index(path.parent.name)
    ]
    assert not wrong


def _is_hook(function):
    """Return whether a method says that others must override or extend it."""
    text = " ".join((ast.get_docstring(function) or "").split())
    return bool(re.search(r"[Ff]or .*must (override|extend) this method", text))


def test_a_method_of_a_model_has_one_owner():
    owners = defaultdict(list)
    hooks = set()
    for path, node, model, _parents in _classes(_code_files()):
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef):
                owners[model, statement.name].append(_where(path, statement.lineno))
                if _is_hook(statement):
                    hooks.add((model, statement.name))
    doubles = {key: places for key, places in owners.items() if len(places) > 1}
    assert not {key: places for key, places in doubles.items() if key not in hooks}


def _controllers():
    """Return the controllers: ``(file, class)`` -> bases, ours as such a pair, and methods but
    those that are there to be extended."""
    classes, hooks = {}, set()
    for path in sorted((ADDON / "controllers").glob("*.py")):
        tree = _parse(path)
        known = {}
        for node in tree.body:
            if isinstance(node, ast.ImportFrom):
                for name in node.names:
                    origin = node.module if node.level == 1 else f"/{node.module}"
                    known[name.asname or name.name] = (origin, name.name)
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                names = [base.id for base in node.bases if isinstance(base, ast.Name)]
                bases = [known.get(name, (path.stem, name)) for name in names]
                functions = [s for s in node.body if isinstance(s, ast.FunctionDef)]
                hooks |= {function.name for function in functions if _is_hook(function)}
                methods = {function.name for function in functions}
                classes[path.stem, node.name] = (bases, methods)
    return {key: (bases, methods - hooks) for key, (bases, methods) in classes.items()}


def test_a_method_of_a_controller_has_one_owner():
    classes = _controllers()

    def ancestors(key):
        for base in classes[key][0]:
            if base in classes:
                yield base
                yield from ancestors(base)

    doubles = {
        (method, key, base)
        for key, (_bases, methods) in classes.items()
        for base in ancestors(key)
        for method in methods & classes[base][1]
    }
    # Controllers of one core class answer together, each with what the others override.
    siblings = defaultdict(list)
    for key, (bases, methods) in classes.items():
        for base in set(bases) - set(classes):
            for method in methods:
                siblings[base, method].append(key)
    doubles |= {(what, *keys) for what, keys in siblings.items() if len(keys) > 1}
    assert not doubles


def _private_methods(path):
    return {
        node.name
        for kind in _parse(path).body
        if isinstance(kind, ast.ClassDef)
        for node in kind.body
        if isinstance(node, ast.FunctionDef) and re.match("_[a-z]", node.name)
    }


def test_helpers_of_controllers_say_whose_they_are():
    """All that extend Odoo's portal controller share one class: a helper of ours called
    ``_get_files`` takes the place of another addon's. What overrides theirs keeps their name."""
    theirs = {
        name
        for folder in _folders_of_others()
        for path in folder.glob("*/controllers/*.py")
        for name in _private_methods(path)
    }
    assert "_prepare_portal_layout_values" in theirs
    for addon in databases.addons():
        for path in sorted((addon / "controllers").glob("*.py")):
            own = {name for name in _private_methods(path) - theirs if "portal" not in name}
            assert not own, path


def _folders_of_others():
    """Return where the addons of Odoo are, and of others that are installed."""
    tree = environment.tree()
    return sorted({tree.addon("portal").parent, tree.addon("contract").parent})


def test_no_two_rooms_have_a_file_of_one_name():
    rooms = defaultdict(list)
    for path in _model_files():
        rooms[path.name].append(path.parent.name)
    assert {name: found for name, found in rooms.items() if len(found) > 1} == {
        "__init__.py": _rooms()
    }


def test_no_two_pages_have_a_method_of_one_name():
    """All controllers become one class: the second page would take the place of the first."""
    found = defaultdict(list)
    for path in sorted((ADDON / "controllers").glob("*.py")):
        for node in ast.walk(_parse(path)):
            if isinstance(node, ast.FunctionDef) and any(
                isinstance(decorator, ast.Call)
                and ast.unparse(decorator.func).rpartition(".")[2] == "route"
                and decorator.args
                for decorator in node.decorator_list
            ):
                found[node.name].append(path.name)
    assert len(found) > 100
    assert not {name: files for name, files in found.items() if len(files) > 1}


def test_files_are_named_by_what_is_in_them():
    wrong = []
    for path in _model_files():
        made = [m for _p, _n, m, parents in _classes([path]) if m not in parents]
        extended = {m for _p, _n, m, parents in _classes([path]) if m in parents}
        names = [model.replace(".", "_") for model in made]
        if made and path.stem not in names:
            wrong.append(f"{_where(path)} makes {', '.join(made)}")
        elif not made and extended:
            roots = [model.replace(".", "_") for model in extended]
            if not any(path.stem == root or path.stem.startswith(f"{root}_") for root in roots):
                wrong.append(f"{_where(path)} extends {', '.join(sorted(extended))}")
    assert not wrong


def test_a_file_extends_one_model():
    wrong = {}
    for path in _model_files():
        made = {m for _p, _n, m, parents in _classes([path]) if m not in parents}
        extended = {m for _p, _n, m, parents in _classes([path]) if m in parents}
        # A model and its lines are one thing.
        heads = {m for m in made | extended if not m.endswith((".line", ".mail"))}
        if len(heads) > 1:
            wrong[_where(path)] = sorted(heads)
    assert not wrong


@pytest.mark.parametrize("folder", ["models", "tools", "report", "wizard"])
def test_files_are_short(folder):
    lengths = {
        _where(path): len(path.read_text().splitlines()) for path in (ADDON / folder).rglob("*.py")
    }
    assert not {name: length for name, length in lengths.items() if length > MAX_LINES}


def test_no_order_by_comments():
    assert not [_where(path) for path in _model_files() if "isort: skip" in path.read_text()]


def test_tools_need_no_model():
    wrong = [
        _where(path)
        for path in (ADDON / "tools").glob("*.py")
        if re.search(r"^class \w+\(models\.", path.read_text(), re.MULTILINE)
    ]
    assert not wrong


def test_no_parser_beside_the_one():
    found = [
        f"{_where(path, number)}: {line.strip()}"
        for path in _code_files()
        if _where(path) not in OWN_PARSERS
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(
            r"\.(isdecimal|isdigit|isnumeric)\(|\bMAX_ID = |def _?parse_(ids?|money)\b", line
        )
    ]
    assert not found


def test_no_money_through_floats_of_text():
    """Amounts that come with a request are read by ``parse_money``, never by ``float``."""
    found = [
        f"{_where(path, node.lineno)}"
        for path in _code_files()
        if path.relative_to(ADDON).parts[0] == "controllers"
        for node in ast.walk(_parse(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("float", "Decimal")
    ]
    assert not found


def test_architecture_tells_the_rooms():
    text = (CHECKOUT / "docs" / "architecture.md").read_text()
    told = re.findall(r"^\| `models/(\w+)` \|", text, re.MULTILINE)
    assert told == _rooms()
    for name in re.findall(r"`((?:customer_portal_plus|devtools|live_tests|docs)/[\w./-]+)`", text):
        assert (CHECKOUT / name).exists(), name


# What no addon of ours needs, and what opens a door where it slips in; docs/security.md relies on
# it.
DANGEROUS = re.compile(
    r"\b(eval|exec)\(|\bsubprocess\b|\bos\.system\b|\bpickle\b|\b(md5|sha1)\(|verify=False|\bcors="
)


def test_nothing_dangerous():
    files = [
        path
        for addon in sorted(CHECKOUT.glob("customer_portal_plus*"))
        for path in addon.rglob("*.py")
        if "tests" not in path.relative_to(CHECKOUT).parts
    ]
    found = [
        f"{path.relative_to(CHECKOUT)}:{number}: {line.strip()}"
        for path in files
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if DANGEROUS.search(line)
    ]
    assert len(files) > 300
    assert not found
