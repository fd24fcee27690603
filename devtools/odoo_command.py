"""Odoo's command line and configuration file, for a cluster and this checkout's addons."""

import os
import subprocess
import sys

from . import databases, environment
from .common import CHECKOUT, DevError, digest, sub_dir

START = CHECKOUT / "devtools" / "bin" / "start_odoo.py"


def command(*arguments):
    """Return the words that run Odoo's command line.

    :rtype: list[str]
    """
    return [sys.executable, str(START), *map(str, arguments)]


def environ(cluster, **variables):
    """Return the environment in which Odoo finds its configuration and its database server.

    :param Cluster cluster: a running cluster
    :param str variables: more variables
    :rtype: dict[str, str]
    """
    environment_variables = dict(os.environ)
    environment_variables.update(cluster.environment())
    environment_variables["ODOO_RC"] = str(config_file(cluster))
    # createdb and dropdb, which pytest-odoo and Odoo call.
    environment_variables["PATH"] = os.pathsep.join([str(cluster.bin), os.environ["PATH"]])
    environment_variables.update(variables)
    return environment_variables


def run_in_shell(cluster, database, code, failure):
    """Run code in an Odoo shell; return what it printed.

    :param str failure: what to say if it does not come to its end
    :rtype: str
    :raise DevError: then
    """
    # What comes after a failed statement would still run: the mark tells that it did not.
    result = subprocess.run(
        command("shell", "-d", database, "--no-http", "--log-level=error"),
        env=environ(cluster),
        cwd=CHECKOUT,
        input=f"{code}\nprint('SUCCESS')\n",
        capture_output=True,
        text=True,
    )
    if "SUCCESS" not in result.stdout:
        raise DevError(f"{result.stdout}\n{result.stderr}\n{failure}")
    return result.stdout


def config_file(cluster):
    """Write the configuration file and return its path."""
    paths = [*environment.tree().addons_paths]
    if databases.addons():
        paths.append(CHECKOUT)
    options = {
        "db_host": cluster.socket,
        "db_port": 5432,
        "db_user": "odoo",
        "data_dir": databases.data_dir(cluster),
        "http_interface": "127.0.0.1",
        "max_cron_threads": 0,
        "unaccent": True,
        "limit_time_cpu": 600,
        "limit_time_real": 1200,
    }
    if paths:
        options["addons_path"] = ",".join(map(str, paths))
    text = "[options]\n" + "".join(f"{name} = {value}\n" for name, value in options.items())
    path = sub_dir("run") / f"odoo-{cluster.name}-{digest(str(CHECKOUT), text, length=8)}.conf"
    if not path.is_file():
        # Two runs may write the same file at once.
        part = path.with_suffix(f".{os.getpid()}")
        part.write_text(text)
        part.rename(path)
    return path
