"""A file is checked in a real browser, which sends it only if one says so."""

from odoo.tests import tagged

from .common import SealCase


class SealTour(SealCase):
    def _assert_checked(self):
        seal = self._sign_and_deliver()
        file = seal.signature_id._delivered_file()
        self.start_tour(
            f"/portal/verify?signed=/web/content/{file.id}",
            "customer_portal_plus_seal.verify",
            login="admin",
            timeout=120,
        )


@tagged("post_install", "-at_install")
class TestSealTour(SealTour):
    browser_size = "1280x900"

    def test_verify(self):
        self._assert_checked()


@tagged("post_install", "-at_install")
class TestSealTourOnAPhone(SealTour):
    browser_size = "390x844"
    touch_enabled = True

    def test_verify(self):
        self._assert_checked()
