"""A customer waits for an archive in a real browser, at both widths."""

from unittest.mock import patch

from odoo.tests import tagged

from ..models.payment import customer_portal_pack
from ..tools import printer
from .common import PortalHttpCase


@tagged("post_install", "-at_install")
class TestPacksTour(PortalHttpCase):
    def test_packs(self):
        self.patch(printer, "printer_state", lambda: "missing")
        self.patch(customer_portal_pack, "MAX_MADE_AT_ONCE", 0)
        self.patch(customer_portal_pack, "MAKING_BATCH", 1)
        for _number in range(3):
            self._create_invoice(self.alfa)
        Pack = self.env.registry["customer.portal.pack"]
        find = Pack._find

        def find_and_make_some(self, *args):
            """Each time when somebody looks, the job has gone a step further."""
            pack = find(self, *args)
            if pack.state == "making":
                pack._make_some()
            return pack

        self.patch(Pack, "_find", find_and_make_some)
        for size in ("1280x900", "390x844"):
            with self.subTest(size=size), patch.object(type(self), "browser_size", size):
                self.start_tour(
                    "/my/invoices", "customer_portal_plus.packs", login=self.user_full.login
                )
                self.env.invalidate_all()
                self.env["customer.portal.pack"].search([]).unlink()
