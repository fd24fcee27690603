"""The demo data, loaded where a database has none, for the demo tests of all addons."""

import contextlib
from ast import literal_eval
from unittest.mock import patch

from odoo.tests import TransactionCase
from odoo.tools import convert_file, file_open

ADDON = "customer_portal_plus"
# The demo's people, goods and orders are what bridges build on; what else it has takes long.
LEFT_OUT = (
    "invoices", "quotes", "messages", "payment_report", "settlement", "saved_methods", "contract",
    "seat",
)  # fmt: skip


def demo_files():
    """Return the paths of the demo files, in the order of the manifest."""
    with file_open(f"{ADDON}/__manifest__.py") as manifest:
        return literal_eval(manifest.read())["demo"]


def load_demo(env, left_out=()):
    """Load the demo of the main addon, unless it is there.

    :param left_out: what is not needed and takes long: ``invoices`` for ``_load_invoices``
    """
    if env.ref(f"{ADDON}.demo_company", raise_if_not_found=False):
        return
    Demo = type(env["customer.portal.demo"])
    with contextlib.ExitStack() as stack:
        for name in left_out:
            stack.enter_context(patch.object(Demo, f"_load_{name}", lambda *args: None))
        for path in demo_files():
            convert_file(env, ADDON, path, {}, mode="init", noupdate=True)


class BridgeDemoCase(TransactionCase):
    """For the demo of an addon beside the main one."""

    def load_bridge_demo(self, addon, path):
        """Load an addon's demo as the installation does, and once more, which changes nothing.

        :param str addon: technical name
        :param str path: its file
        :return: the company of the demo
        """
        load_demo(self.env, LEFT_OUT)
        for _time in range(2):
            convert_file(self.env, addon, path, {}, mode="init", noupdate=True)
        return self.demo("company")

    def demo(self, name):
        """Return a record of the demo, ``company`` for ``demo_company``."""
        return self.env.ref(f"{ADDON}.demo_{name}")
