"""Who sees an appointment, by the pages and over RPC: this addon's matrix."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.customer_portal_plus.tests.common.routes import RoutesOfAddons

from .common import BookingCase

MISSING_ID = 900_000_000
ACTORS = ("full", "colleague", "own", "stranger", "branch")


@tagged("post_install", "-at_install")
class TestBookingAccess(RoutesOfAddons, BookingCase):
    def _open(self, booking_id, suffix="", token=None):
        query = f"?access_token={token}" if token else ""
        url = f"/my/bookings/{booking_id}{suffix}{query}"
        return self.url_open(url, allow_redirects=False)

    def _seen_by(self, booking):
        """Return who sees an appointment; list, pages, RPC and gate must agree."""
        seen = set()
        for key in ACTORS:
            user = getattr(self, f"user_{key}")
            self.sign_in(user)
            answers = {
                "list": f"/my/bookings/{booking.id}" in self.url_open("/my/bookings").text,
                "page": self._open(booking.id).status_code == 200,
                "schedule": self._open(booking.id, "/schedule").status_code == 200,
                "rpc": bool(booking.with_user(user).search([("id", "=", booking.id)])),
                "gate": not booking._portal_refusal(user.partner_id),
            }
            self.assertEqual(len(set(answers.values())), 1, (key, answers))
            if answers["gate"]:
                seen.add(key)
        return seen

    def test_whole_customer_and_scope(self):
        self.assertEqual(self._seen_by(self.mine), {"full", "colleague"})
        self.assertEqual(self._seen_by(self.of_own), {"full", "colleague", "own"})
        self.assertEqual(self._seen_by(self.foreign), {"stranger"})

    def test_each_gate(self):
        contact = self.user_full.partner_id
        self.assertFalse(self.mine._portal_refusal(contact))
        self.company.portal_show_appointments = False
        self.assertEqual(self.mine._portal_refusal(contact), "company")
        self.company.portal_show_appointments = True
        self.company.portal_enabled = False
        self.assertEqual(self.mine._portal_refusal(contact), "company")
        self.company.portal_enabled = True
        self.alfa.portal_access = False
        self.assertEqual(self.mine._portal_refusal(contact), "customer")
        self.alfa.portal_access = True
        self.profile_full.can_see_appointments = False
        self.assertEqual(self.mine._portal_refusal(contact), "contact")
        self.profile_full.can_see_appointments = True
        self.mine.portal_visible = False
        self.assertEqual(self.mine._portal_refusal(contact), "document")
        self.mine.portal_visible = True
        self.mine.action_cancel()
        self.assertEqual(self.mine._portal_refusal(contact), "document")

    def test_foreign_and_missing_look_the_same(self):
        self.sign_in(self.user_full)
        for suffix in ("", "/schedule", "/confirm", "/cancel"):
            foreign, missing = self._open(self.foreign.id, suffix), self._open(MISSING_ID, suffix)
            self.assertEqual(foreign.headers["Location"], missing.headers["Location"], suffix)
            self.assertEqual(foreign.status_code, missing.status_code, suffix)
        for act in ("confirm", "cancel"):
            when = f"{self.slot.isoformat()}+00:00"
            foreign = self._ask(self.foreign.id, act, when=when)
            missing = self._ask(MISSING_ID, act, when=when)
            self.assertEqual(foreign.headers["Location"], missing.headers["Location"], act)
        self.assertEqual(self.foreign.state, "pending")

    def test_guest(self):
        self.authenticate(None, None)
        token = self.mine._portal_ensure_token()
        other = self.foreign._portal_ensure_token()
        self.assertEqual(self._open(self.mine.id, token=token).status_code, 200)
        for wrong in (None, other, "x", "ñ"):
            self.assertNotEqual(self._open(self.mine.id, token=wrong).status_code, 200, wrong)

    def test_nothing_is_written_over_rpc(self):
        mine = self.mine.with_user(self.user_full)
        for act in (
            lambda: mine.write({"name": "x"}),
            mine.unlink,
            mine.action_cancel,
            lambda: mine.copy(),
        ):
            with self.assertRaises(AccessError):
                act()

    def test_every_route_is_tried(self):
        self.assert_routes_listed(
            "customer_portal_plus_booking",
            {
                "/my/bookings",
                "/my/bookings/page/<int:page>",
                "/my/bookings/<int:booking_id>",
                "/my/bookings/<int:booking_id>/schedule",
                "/my/bookings/<int:booking_id>/schedule/<int:year>/<int:month>",
                "/my/bookings/<int:booking_id>/confirm",
                "/my/bookings/<int:booking_id>/cancel",
            },
        )
