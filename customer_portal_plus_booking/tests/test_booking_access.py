"""Who sees an appointment, by the pages and over RPC: this addon's matrix."""

import re
from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.customer_portal_plus.tests.common.routes import RoutesOfAddons

from ..hooks import post_init_hook
from .common import BookingCase

MISSING_ID = 900_000_000
ACTORS = ("full", "colleague", "own", "stranger", "branch")
PAGES = ("", "/schedule", "/schedule/2030/1", "/confirm", "/cancel", "/calendar")
ACTS = ("confirm", "cancel")
KIND_PAGES = ("/my/bookings/new/{}", "/my/bookings/new/{}/2030/1")
HIDDEN_FIELDS = (
    "description",
    "meeting_id",
    "combination_id",
    "user_id",
    "access_token",
    "message_ids",
    "portal_visible",
)


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
                # What has no time leads to its page.
                "calendar": self._open(booking.id, "/calendar").status_code in (200, 303),
                "search": f'"/my/bookings/{booking.id}"'
                in self.url_open("/my/search?search=tecnica").text,
                "file": bool(
                    re.search(
                        rf'(?m)^"?{booking.id}"?[,;]', self.url_open("/my/bookings/export.csv").text
                    )
                ),
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

    def test_scope_of_the_model(self):
        every = self.mine | self.of_own | self.foreign
        Booking = self.env["resource.booking"]

        def seen(user):
            return every & Booking.search(Booking._portal_domain(user.partner_id))

        self.assertEqual(seen(self.user_full), self.mine | self.of_own)
        self.assertEqual(seen(self.user_own), self.of_own)
        self.assertEqual(seen(self.user_stranger), self.foreign)

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

    # === REFUSALS === #

    def _act(self, booking_id, act, csrf, token=""):
        data = {"csrf_token": csrf, "when": self._value(self.slot), "access_token": token}
        url = f"/my/bookings/{booking_id}/{act}"
        return self.url_open(url, data=data, allow_redirects=False)

    def _assert_refused(self, booking, csrf, about, token=""):
        """Every route refuses, as it does for what does not exist, and nothing is changed."""
        before = booking.state, booking.start
        for suffix in PAGES:
            response = self._open(booking.id, suffix, token)
            self.assertEqual(response.status_code, 404, (about, suffix))
            self.assert_same_refusal(
                response, self._open(MISSING_ID, suffix, token), (about, suffix)
            )
        for act in ACTS:
            response = self._act(booking.id, act, csrf, token)
            self.assertEqual(response.status_code, 404, (about, act))
            self.assert_same_refusal(
                response, self._act(MISSING_ID, act, csrf, token), (about, act)
            )
        booking.invalidate_recordset()
        self.assertEqual((booking.state, booking.start), before, about)

    def test_foreign_and_missing_look_the_same(self):
        for actor, booking in (
            ("full", self.foreign),
            ("own", self.mine),
            ("stranger", self.mine),
            ("branch", self.mine),
        ):
            self.sign_in(getattr(self, f"user_{actor}"))
            self._assert_refused(booking, self.form_token(), actor)
        self.assertEqual((self.mine | self.foreign).mapped("state"), ["pending", "pending"])

    def test_link_of_another_one(self):
        """Who is signed in is refused with the link of its own, too."""
        self.sign_in(self.user_stranger)
        token = self.foreign._portal_ensure_token()
        self._assert_refused(self.mine, self.form_token(), "stranger", token)

    def test_hidden_and_cancelled_ones(self):
        self.sign_in(self.user_full)
        csrf = self.form_token()
        self.mine.portal_visible = False
        self._assert_refused(self.mine, csrf, "hidden")
        self.of_own.action_cancel()
        self._assert_refused(self.of_own, csrf, "cancelled")

    def test_profile_that_sees_none(self):
        self.profile_full.can_see_appointments = False
        self.sign_in(self.user_full)
        self._assert_refused(self.mine, self.form_token(), "profile")
        self.assertURLEqual(
            self.url_open("/my/bookings", allow_redirects=False).headers["Location"], "/my"
        )

    def test_kinds_that_are_none(self):
        """A kind that another company offers, or nobody, looks like one that does not exist."""
        other = self.env["res.company"].create({"name": "Otra", "portal_show_appointments": True})
        foreign = self.kind.copy({"company_id": other.id})
        self.sign_in(self.user_full)
        for page in KIND_PAGES:
            response, missing = (
                self.url_open(page.format(number), allow_redirects=False)
                for number in (foreign.id, MISSING_ID)
            )
            self.assertEqual(response.status_code, 404)
            self.assert_same_refusal(response, missing, page)
        response = self._order(self.slot, kind=foreign.id)
        self.assertEqual(response.status_code, 404)
        self.assert_same_refusal(response, self._order(self.slot, kind=MISSING_ID), "book")
        self.assertFalse(self._booked(self.user_full))

    def test_guest(self):
        self.authenticate(None, None)
        token = self.mine._portal_ensure_token()
        other = self.foreign._portal_ensure_token()
        invoice = self._create_invoice(self.alfa)._portal_ensure_token()
        self.assertEqual(self._open(self.mine.id, token=token).status_code, 200)
        csrf = self.form_token("/web/login")
        for wrong in (None, other, invoice, "x", "ñ"):
            self._assert_refused(self.mine, csrf, wrong, wrong)
        self.company.portal_show_appointments = False
        self._assert_refused(self.mine, csrf, "company", token)

    def test_link_is_left_out_for_who_is_signed_in(self):
        token = self.mine._portal_ensure_token()
        self.sign_in(self.user_full)
        response = self._open(self.mine.id, token=token)
        self.assertURLEqual(response.headers["Location"], f"/my/bookings/{self.mine.id}")
        self.assertNotIn(token, self._open(self.mine.id).text)

    # === RPC === #

    def test_nothing_is_written_over_rpc(self):
        self.mine.start = self.slot
        mine = self.mine.with_user(self.user_full)
        for act in (
            lambda: mine.write({"name": "x"}),
            mine.unlink,
            mine.action_cancel,
            mine.action_unschedule,
            mine.action_confirm,
            lambda: mine.copy(),
        ):
            with self.assertRaises(AccessError):
                act()

    def test_no_link_over_rpc(self):
        """The engine's button for staff tells the address with its token."""
        token = self.mine._portal_ensure_token()
        url = self.mine.with_user(self.user_full).action_open_portal()["url"]
        self.assertNotIn(token, url)
        self.assertIn(token, self.mine.action_open_portal()["url"])

    def test_meetings_over_rpc(self):
        """The meeting tells as much as the appointment: Odoo lets attendees read it."""
        bookings = self.mine | self.of_own
        self.mine.start = self.slot
        self.of_own.start = self.slot + timedelta(hours=1)
        own = bookings.meeting_id.filtered(
            lambda meeting: self.user_own.partner_id in meeting.partner_ids
        )
        Meeting = self.env["calendar.event"].with_user(self.user_own)
        plain = self.env["calendar.event"].create(
            {
                "name": "Reunión",
                "start": self.slot,
                "stop": self.slot + timedelta(hours=1),
                "partner_ids": [Command.set(self.user_own.partner_id.ids)],
            }
        )
        found = Meeting.search([("id", "in", (bookings.meeting_id | plain).ids)])
        self.assertEqual(found.sudo(), (own | plain).sudo())
        self.of_own.portal_visible = False
        found = Meeting.search([("id", "in", (bookings.meeting_id | plain).ids)])
        self.assertEqual(found.sudo(), plain.sudo())
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            own.with_user(self.user_own).read(["name", "location"])

    def test_kinds_over_rpc(self):
        for name in ("resource.booking.type", "resource.booking.combination"):
            with self.assertRaises(AccessError):
                self.env[name].with_user(self.user_full).search([])
        with self.assertRaises(AccessError):
            self.env["resource.booking"].with_user(self.user_full).create(
                {"type_id": self.kind.id, "partner_ids": self.user_full.partner_id.ids}
            )
        own = self.of_own.with_user(self.user_own)
        self.assertTrue(own.read(["start", "state"]))
        for name in HIDDEN_FIELDS:
            with self.assertRaises(AccessError, msg=name):
                own.read([name])

    def test_another_company(self):
        other = self.env["res.company"].create({"name": "Otra"})
        self.sign_in(self.user_full)
        address = f'"/my/bookings/{self.mine.id}"'
        self.assertIn(address, self.url_open("/my/bookings").text)
        self.user_full.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertNotIn(address, self.url_open("/my/bookings").text)

    def test_contact_that_moves_leaves_its_appointments_behind(self):
        contact = self.user_own.partner_id
        contact.parent_id = self.beta
        self.assertEqual(self.of_own.portal_commercial_partner_id, self.alfa)
        self.assertEqual(self.of_own._portal_refusal(contact), "contact")

    def test_rule_of_an_administrator(self):
        """The engine's own rule, once somebody has changed it, hides on the pages, too."""
        rule = self.env.ref("resource_booking.rule_resource_booking_portal")
        rule.domain_force = "[('partner_ids', 'in', user.partner_id.ids)]"
        self.env.ref(
            "customer_portal_plus_booking.resource_booking_portal_group_rule"
        ).active = False
        self.assertEqual(self.of_own._portal_refusal(self.user_full.partner_id), "rule")
        self.assertFalse(self.of_own._portal_refusal(self.user_own.partner_id))

    def test_why(self):
        self.company.portal_show_appointments = False
        why = self.mine._portal_why(self.user_full.partner_id)
        self.assertEqual((why["gate"], why["mend"]), ("company", "settings"))
        self.assertIn("appointments", why["sentence"])
        self.kind.company_id = False
        self.assertIn("no company", self.mine._portal_why(self.user_full.partner_id)["sentence"])
        self.kind.company_id = self.company
        self.company.portal_show_appointments = True
        self.profile_purchasing.can_see_appointments = False
        why = self.mine._portal_why(self.user_colleague.partner_id)
        self.assertIn("See appointments", why["sentence"])

    def test_mails_of_what_is_not_shown_have_no_button(self):
        def groups(booking):
            message = booking.message_post(body="x", subtype_xmlid="mail.mt_comment")
            return {
                name: data
                for name, _is_for, data in booking._notify_get_recipients_groups(message, "Booking")
            }

        self.assertIn("portal_customer", groups(self.mine))
        self.company.portal_show_appointments = False
        self.assertNotIn("portal_customer", groups(self.mine))

    def test_companies_that_were_there(self):
        new = self.env["res.company"].create({"name": "Nueva"})
        self.assertTrue(new.portal_show_appointments)
        post_init_hook(self.env)
        self.assertFalse(self.company.portal_show_appointments)

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
                "/my/bookings/<int:booking_id>/calendar",
                "/calendar/meeting/accept",
                "/calendar/meeting/decline",
                "/my/bookings/new",
                "/my/bookings/new/<int:kind_id>",
                "/my/bookings/new/<int:kind_id>/<int:year>/<int:month>",
            },
        )
