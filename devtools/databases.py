"""Template databases, built once and cloned in a second, and their file stores.

Layers, each named by a hash of what it was made from: the first has core's modules only and
changes with Odoo, the second has the main addon on top and changes with it. Where they are asked
for, a third has the bridges, and what they bring in of core, and a last one the bundles of scripts
and styles that browsers load. Checkouts share all of them.
"""

import ast
import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import time

import psycopg2

from . import environment, odoo_command
from .common import CHECKOUT, DevError, digest, lock, note, say, sub_dir
from .postgres import ROLE, Cluster

# What the addons need and what their tests need: payment providers, the Spanish chart of
# accounts, second factors.
CORE_MODULES = (
    "account",
    "account_payment",
    "auth_passkey_portal",
    "auth_signup",
    "auth_totp_portal",
    "l10n_es",
    "payment_custom",
    "payment_demo",
    "payment_flutterwave",
    "payment_paypal",
    "payment_redsys",
    "payment_stripe",
    "portal",
    "sale_management",
    "social_media",
)
# The first becomes the default of all partners.
LANGUAGES = ("en_US", "es_ES", "es_419")
# Raised when templates made before must not be used any more.
RECIPE = "1"
# How many templates of each layer are kept; the least used ones go.
KEPT_TEMPLATES = {"tpl_core": 4, "tpl_full": 10, "tpl_all": 4, "tpl_seen": 10}
ADDON_PREFIX = "customer_portal_plus"
MAIN_ADDON = "customer_portal_plus"
DEMO_DATABASE = "portal_demo"

# What a browser asks for in the tours.
BUNDLES = (
    ("bus.websocket_worker_assets", "js"),
    ("portal.assets_chatter", "css"),
    ("portal.assets_chatter", "js"),
    ("portal.assets_chatter_style", "css"),
    ("web.__assets_tests_call__", "js"),
    ("web.assets_emoji", "js"),
    ("web.assets_frontend", "css"),
    ("web.assets_frontend_lazy", "js"),
    ("web.assets_frontend_minimal", "js"),
    ("web.assets_tests", "js"),
    ("web.assets_web", "css"),
    ("web.assets_web", "js"),
    ("web.assets_web_print", "css"),
)

# What is read when it is used, and leaves no trace in a database.
_NOT_INSTALLED = re.compile(
    r"(^|/)(__pycache__|tests|readme|controllers)/|^static/(src|tests|lib)/|\.(pyc|md|rst)$"
)
_PROBLEM = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) .*")


def cluster_of(database):
    """Return the running cluster that a database belongs to, by its name."""
    name = "demo" if database.startswith(DEMO_DATABASE) else "test"
    return Cluster(name).ensure_running()


# === ADDONS OF THE CHECKOUT === #


def addons():
    """Return the folders of this checkout's addons, sorted by name."""
    manifests = CHECKOUT.glob(f"{ADDON_PREFIX}*/__manifest__.py")
    return sorted(manifest.parent for manifest in manifests)


def bridges():
    """Return the folders of the addons that join the main one with another app of Odoo."""
    return [addon for addon in addons() if addon.name != MAIN_ADDON]


def manifest(addon):
    """Return what an addon says of itself.

    :param Path addon: its folder
    :rtype: dict
    """
    return ast.literal_eval((addon / "__manifest__.py").read_text())


def installed_by_hand():
    """Return the names of the bridges that do not install themselves.

    :rtype: list[str]
    """
    return [addon.name for addon in bridges() if not manifest(addon).get("auto_install")]


def addons_key(chosen=None):
    """Return a hash of all files that an installation reads.

    :param list chosen: folders of addons; all of this checkout if not given
    """
    parts = []
    for addon in addons() if chosen is None else chosen:
        for path in sorted(addon.rglob("*")):
            relative = path.relative_to(addon).as_posix()
            if path.is_file() and not _NOT_INSTALLED.search(relative):
                parts += [f"{addon.name}/{relative}", path.read_bytes()]
    return digest(*parts)


# === FILE STORES === #


def data_dir(cluster):
    """Return the folder where Odoo keeps files of a cluster's databases."""
    return sub_dir("data", cluster.name)


def _filestore(cluster, database):
    return data_dir(cluster) / "filestore" / database


def remove(cluster):
    """Remove a cluster, with all of its databases and their files."""
    cluster.remove()
    shutil.rmtree(data_dir(cluster), ignore_errors=True)


def copy_keys(source, target):
    """Let the databases of a cluster open what those of another have encrypted: addons keep their
    keys beside the file stores. A key that is there already stays.

    :param Path source: a folder, see ``data_dir``
    :param Path target: likewise
    """
    for key in source.glob("*.key"):
        if not (target / key.name).exists():
            shutil.copy2(key, target / key.name)


# === DATABASES === #


def exists(cluster, database):
    """Return whether there is such a database."""
    with cluster.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        return bool(cursor.fetchone())


def create_empty(cluster, database):
    """Make an empty database with the extensions that Odoo profits from."""
    with cluster.cursor() as cursor:
        cursor.execute(
            f"CREATE DATABASE \"{database}\" OWNER {ROLE} TEMPLATE template0 ENCODING 'UTF8'"
        )
    with cluster.cursor(database) as cursor:
        cursor.execute("CREATE EXTENSION pg_trgm")
        cursor.execute("CREATE EXTENSION unaccent")
        # Indexes may then use it; Odoo does the same with --unaccent.
        cursor.execute("ALTER FUNCTION unaccent(text) IMMUTABLE")


def clone(cluster, source, target):
    """Copy a database and its file store."""
    with cluster.cursor() as cursor:
        # The copy by files is the quick one where nothing is synced to the disk.
        strategy = "WAL_LOG" if cluster.durable else "FILE_COPY"
        cursor.execute(
            f'CREATE DATABASE "{target}" OWNER {ROLE} TEMPLATE "{source}" STRATEGY {strategy}'
        )
    store = _filestore(cluster, target)
    shutil.rmtree(store, ignore_errors=True)
    if _filestore(cluster, source).is_dir():
        # Odoo never changes a file in place, so copies can share them.
        shutil.copytree(_filestore(cluster, source), store, copy_function=os.link)


def drop(cluster, database):
    """Remove a database, whoever uses it, and its file store."""
    with cluster.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [database])
        if cursor.fetchone():
            cursor.execute(f'ALTER DATABASE "{database}" IS_TEMPLATE false')
        cursor.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
    shutil.rmtree(_filestore(cluster, database), ignore_errors=True)


def _rename(cluster, source, target):
    """Give a database that nobody uses another name."""
    shutil.rmtree(_filestore(cluster, target), ignore_errors=True)
    if _filestore(cluster, source).is_dir():
        _filestore(cluster, source).rename(_filestore(cluster, target))
    with cluster.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{source}" RENAME TO "{target}"')


# === TEMPLATES === #


def template(cluster, demo=False, with_addons=True, with_bridges=False):
    """Return the name of the template with this checkout's main addon; build it if need be.

    :param Cluster cluster: where
    :param bool demo: whether with demo data
    :param bool with_addons: False for the layer below, core's modules only
    :param bool with_bridges: True for the layer above, with the bridges
    :rtype: str
    """
    base_key = digest(RECIPE, environment.key(), *CORE_MODULES, *LANGUAGES, str(demo))
    kind = "demo" if demo else "plain"
    base = f"tpl_core_{kind}_{base_key}"
    if not addons() or not with_addons:
        return _ensure_template(cluster, base, None, CORE_MODULES, demo)
    full_key = digest(base_key, addons_key([CHECKOUT / MAIN_ADDON]))
    full = f"tpl_full_{kind}_{full_key}"
    if not exists(cluster, full):
        _ensure_template(cluster, base, None, CORE_MODULES, demo)
    # It counts as used even when the layer above was there already.
    (sub_dir("templates") / base).touch()
    _ensure_template(cluster, full, base, [MAIN_ADDON], demo)
    if not with_bridges or not bridges():
        return full
    all_ = f"tpl_all_{kind}_{digest(full_key, addons_key(bridges()))}"
    return _ensure_template(cluster, all_, full, [path.name for path in bridges()], demo)


def with_bundles(cluster, base):
    """Return the name of the template that has what browsers load, too; build it if need be.

    A test's work is undone, so each tour would put the bundles together again. They are named by
    the times of their files: those of another checkout are not found, and made anew.

    :param str base: name of the template without
    :rtype: str
    """
    files = [
        f"{path.relative_to(CHECKOUT).as_posix()} {path.stat().st_mtime_ns}"
        for addon in addons()
        for path in sorted((addon / "static").rglob("*"))
        if path.is_file()
    ]
    name = f"tpl_seen_{digest(base, repr(BUNDLES), *files)}"
    if not exists(cluster, name):
        with lock(name, "another run is building the same template database, waiting for it"):
            if not exists(cluster, name):
                _build_bundles(cluster, name, base)
    (sub_dir("templates") / name).touch()
    return name


def _build_bundles(cluster, name, base):
    say("putting scripts and styles together in a template database")
    building = f"{name}_new"
    drop(cluster, building)
    clone(cluster, base, building)
    code = f"""
for name, kind in {BUNDLES!r}:
    bundle = env["ir.qweb"]._get_asset_bundle(name, css=kind == "css", js=kind == "js")
    getattr(bundle, kind)()

env.cr.commit()
"""
    odoo_command.run_in_shell(cluster, building, code, "The bundles were not made.")
    _complete(cluster, building, name)
    _forget_old_templates(cluster)


def _ensure_template(cluster, name, base, modules, demo):
    """Build one layer unless it is there. A database of that name is always complete."""
    stamp = sub_dir("templates") / name
    if not exists(cluster, name):
        with lock(name, "another run is building the same template database, waiting for it"):
            if not exists(cluster, name):
                _build(cluster, name, base, modules, demo)
    stamp.touch()
    return name


def _build(cluster, name, base, modules, demo):
    """Install modules in a new database under another name, and rename it when all went well."""
    building = f"{name}_new"
    started = time.monotonic()
    drop(cluster, building)
    if base:
        say(f"installing {', '.join(modules)} in a template database")
        clone(cluster, base, building)
    else:
        say(
            "building the template database with core's modules"
            f"{' and demo data' if demo else ''} (takes one to three minutes, once)"
        )
        create_empty(cluster, building)
    log = sub_dir("logs") / f"{name}.log"
    install(cluster, building, modules, demo, log, languages=() if base else LANGUAGES)
    _complete(cluster, building, name)
    note(f"done in {time.monotonic() - started:.0f} s")
    if base:
        _forget_old_templates(cluster)


def _complete(cluster, building, name):
    """Give a template its name: from now on it counts as whole."""
    # Used now: otherwise it would be the first to be forgotten.
    (sub_dir("templates") / name).touch()
    _rename(cluster, building, name)
    with cluster.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{name}" IS_TEMPLATE true ALLOW_CONNECTIONS false')


def install(cluster, database, modules, demo, log, languages=(), update=False, options=()):
    """Install modules with Odoo's own command; fail on problems that its log tells.

    :param Path log: the file that gets Odoo's log
    :param bool update: whether modules that are installed are updated
    :param options: more words for the command line
    :raise DevError: when it fails, with the lines that say why
    """
    command = ["-d", database, "-i", ",".join(modules), "--stop-after-init"]
    command += ["-u", ",".join(modules)] if update else []
    command += ["--with-demo"] if demo else ["--without-demo"]
    command += options
    if languages:
        command.append(f"--load-language={','.join(languages)}")
    with open(log, "w") as output:
        code = subprocess.run(
            odoo_command.command(*command),
            env=odoo_command.environ(cluster),
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ).returncode
    lines = log.read_text(errors="replace").splitlines()
    problems = find_problems(lines)
    if code or problems:
        shown = "\n".join(problems[:60] or lines[-40:])
        raise DevError(f"{shown}\n\nInstalling {', '.join(modules)} failed; whole log: {log}")
    with cluster.cursor(database) as cursor:
        cursor.execute(
            "SELECT name FROM ir_module_module WHERE name = ANY(%s) AND state <> 'installed'",
            [list(modules)],
        )
        left = [name for (name,) in cursor.fetchall()]
    if left:
        raise DevError(f"Odoo did not install {', '.join(left)}; its log: {log}")


def install_more(cluster, database, modules, demo):
    """Install more modules in a database that is not cached."""
    say(f"installing {', '.join(modules)}")
    install(cluster, database, modules, demo, sub_dir("logs") / f"{database}.log")


def find_problems(lines):
    """Return the lines of an installation's log that must not be there.

    Errors of anybody with their tracebacks, and warnings that speak of this project's addons.
    """
    problems, inside = [], False
    for line in lines:
        found = _PROBLEM.match(line)
        if found:
            inside = found[1] != "WARNING" or ADDON_PREFIX in line
        elif re.match(r"^\d{4}-\d\d-\d\d \S+ \d+ [A-Z]+ ", line):
            inside = False
        if inside:
            problems.append(line)
    return problems


def _forget_old_templates(cluster):
    """Drop the templates that were not used for longest."""
    with cluster.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datistemplate")
        names = [name for (name,) in cursor.fetchall()]
    folder = sub_dir("templates")

    def last_use(name):
        return (folder / name).stat().st_mtime if (folder / name).exists() else 0

    for prefix, kept in KEPT_TEMPLATES.items():
        layer = [name for name in names if name.startswith(prefix)]
        for name in sorted(layer, key=last_use, reverse=True)[kept:]:
            # Somebody may be cloning it right now.
            with contextlib.suppress(psycopg2.Error):
                drop(cluster, name)
                (folder / name).unlink(missing_ok=True)


# === DATABASES OF ONE RUN === #


@contextlib.contextmanager
def temporary_clone(cluster, source, prefix="run"):
    """Give a clone that is dropped at the end, however the run ends.

    What a killed run left is dropped by the next: each run holds a lock that dies with it.
    """
    folder = sub_dir("runs")
    _drop_leftovers(cluster, folder)
    name = f"{prefix}_{digest(str(CHECKOUT), length=6)}_{os.getpid()}_{os.urandom(2).hex()}"
    with open(folder / name, "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            clone(cluster, source, name)
            yield name
        finally:
            drop(cluster, name)
            (folder / name).unlink(missing_ok=True)


def _drop_leftovers(cluster, folder):
    for path in folder.iterdir():
        with contextlib.suppress(OSError), open(path) as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            drop(cluster, path.name)
            path.unlink(missing_ok=True)


def make(database, demo=False, extra=(), replace=False, with_bridges=False):
    """Make a database with this checkout's main addon, for a person to work with.

    :param str database: its name
    :param bool demo: whether with demo data
    :param extra: more modules to install
    :param bool replace: whether one of that name is dropped first
    :param bool with_bridges: whether with the bridges, too
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_.-]{0,62}", database):
        raise DevError(f"{database!r} is no name for a database: use letters, digits, _ and -.")
    if database.startswith("tpl_"):
        raise DevError("Names that start with tpl_ are those of templates.")
    cluster = cluster_of(database)
    if exists(cluster, database):
        if not replace:
            raise DevError(f"There is a database {database} already; --replace makes it new.")
        drop(cluster, database)
    if cluster.name == "test":
        clone(cluster, template(cluster, demo, with_bridges=with_bridges), database)
    else:
        source = Cluster("test").ensure_running()
        copy_to(source, cluster, database, template(source, demo, with_bridges=with_bridges))
    if extra:
        install_more(cluster, database, extra, demo)
    say(f"database {database} is ready")


def copy_to(source_cluster, cluster, database, name):
    """Copy the template of that name into a database of another cluster."""
    building = f"{database}_new"
    drop(cluster, building)
    with temporary_clone(source_cluster, name, "copy") as source:
        # The dump does not tell that unaccent() was made immutable.
        create_empty(cluster, building)
        dump = subprocess.Popen(
            [cluster.bin / "pg_dump", "-Fc", "-Z0", "-h", source_cluster.socket, "-U", "postgres"]
            + [source],
            stdout=subprocess.PIPE,
        )
        restore = subprocess.run(
            [cluster.bin / "pg_restore", "-h", cluster.socket, "-U", "postgres"]
            + ["-d", building, "--exit-on-error"],
            stdin=dump.stdout,
        )
        if dump.wait() or restore.returncode:
            raise DevError(f"Copying the template into {database} failed.")
        store = _filestore(source_cluster, source)
        if store.is_dir():
            shutil.rmtree(_filestore(cluster, building), ignore_errors=True)
            shutil.copytree(store, _filestore(cluster, building))
        copy_keys(data_dir(source_cluster), data_dir(cluster))
    _rename(cluster, building, database)
