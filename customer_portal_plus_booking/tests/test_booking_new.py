"""Customers book what staff offer: by the form alone, what is free, as many as they may."""

from datetime import datetime, timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.customer_portal_plus.exceptions import PortalRefusal

from .common import BookingCase

HOSTILE_KINDS = (0, 900_000_000, 99_999_999_999)


@tagged("post_install", "-at_install")
class TestNewBooking(BookingCase):
    def test_book(self):
        self.sign_in(self.user_full)
        self.assertIn('href="/my/bookings/new"', self.url_open("/my/bookings").text)
        self.assertIn(
            f'href="/my/bookings/new/{self.kind.id}"', self.url_open("/my/bookings/new").text
        )
        page = self.url_open(f"/my/bookings/new/{self.kind.id}/{self.slot:%Y/%m}").text
        self.assertIn(f'value="{self._value(self.slot)}"', page)
        response = self._order(self.slot, note="Es por la <b>bomba</b>")
        booking = self._booked(self.user_full)
        self.assertURLEqual(
            response.headers["Location"], f"/my/bookings/{booking.id}?message=booked"
        )
        self.assertEqual((booking.state, booking.start), ("confirmed", self.slot))
        self.assertEqual(booking.partner_ids, self.user_full.partner_id)
        self.assertEqual(booking.combination_id.resource_ids, self.room)
        self.assertIn("&lt;b&gt;", booking.description)
        self.assertNotIn(self.user_full.partner_id, booking.message_partner_ids)
        self.assertIn("is confirmed", self.url_open(response.headers["Location"]).text)
        page = self.url_open(f"/my/bookings/new/{self.kind.id}/{self.slot:%Y/%m}").text
        self.assertNotIn(f'value="{self._value(self.slot)}"', page)

    def test_the_clock_of_another_place(self):
        """The form of another place's clock books the same moment; without its place it is none."""
        self.sign_in(self.user_full)
        there = self.slot + timedelta(hours=5, minutes=30)
        self.assertEqual(self._order(self.slot, when=there.isoformat()).status_code, 422)
        self._order(self.slot, when=f"{there.isoformat()}+05:30")
        self.assertEqual(self._booked(self.user_full).start, self.slot)

    def test_double_click_makes_one(self):
        self.sign_in(self.user_full)
        first, second = self._order(self.slot), self._order(self.slot)
        self.assertEqual(first.headers["Location"], second.headers["Location"])
        self.assertEqual(len(self._booked(self.user_full)), 1)

    def test_slot_that_another_customer_took(self):
        self.sign_in(self.user_stranger)
        self._order(self.slot)
        self.assertTrue(self._booked(self.user_stranger))
        self.sign_in(self.user_full)
        response = self._order(self.slot, note="Es por la bomba")
        self.assertEqual(response.status_code, 422)
        self.assertIn("not free any more", response.text)
        self.assertIn("Es por la bomba", response.text)
        # Of the same day, open, are the next ones.
        opened = response.text.split('open="open"')[1]
        self.assertIn(f'data-day="{self.slot:%Y-%m-%d}"', opened[:60])
        self.assertIn(f'value="{self._value(self.slot + timedelta(minutes=30))}"', opened)
        self.assertNotIn(f'value="{self._value(self.slot)}"', response.text)
        self.assertFalse(self._booked(self.user_full))

    def test_next_free_ones_are_in_another_month(self):
        """Nothing is left of the month of the slot: the next one that has something is shown."""
        self.sign_in(self.user_full)
        month = (self.slot + timedelta(days=62)).replace(day=1, hour=9)
        asked = month - timedelta(days=1)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Inventario",
                "calendar_id": self.kind.resource_calendar_id.id,
                "date_from": asked.replace(hour=0),
                "date_to": month.replace(hour=0),
            }
        )
        response = self._order(asked)
        self.assertEqual(response.status_code, 422)
        self.assertIn(f'value="{self._value(month)}"', response.text)

    def test_what_is_not_offered(self):
        self.sign_in(self.user_full)
        now = fields.Datetime.now()
        for moment in (
            now - timedelta(days=1),
            now.replace(minute=0, second=0, microsecond=0),
            self.slot.replace(hour=3),
            self.slot + timedelta(minutes=7),
            self.slot + timedelta(days=400),
        ):
            self.assertEqual(self._order(moment).status_code, 422, moment)
        for when in ("", "x", "\x00", "9999-12-31T23:59:59-12:00", "2026-12-01T09:00:00"):
            self.assertEqual(self._order(self.slot, when=when).status_code, 422, when)
        self.assertFalse(self._booked(self.user_full))
        self.assertEqual(self._order(self.slot, note="x" * 2001).status_code, 422)
        self.assertFalse(self._booked(self.user_full))

    def test_kinds_that_are_not_theirs(self):
        self.sign_in(self.user_full)
        other = self.env["res.company"].create({"name": "Otra", "portal_show_appointments": True})
        shut = (
            (self.kind, "portal_bookable", False),
            (self.kind, "active", False),
            (self.kind, "company_id", False),
            (self.kind, "company_id", other.id),
            (self.kind.combination_rel_ids.combination_id, "active", False),
            (self.company, "portal_show_appointments", False),
            (self.company, "portal_enabled", False),
            (self.profile_full, "can_see_appointments", False),
            (self.profile_full, "can_book", False),
        )
        path = f"/my/bookings/new/{self.kind.id}"
        for record, name, value in shut:
            about = f"{record._name}.{name}"
            before = record[name]
            record[name] = value
            self.assertEqual(self.url_open(path).status_code, 404, about)
            self.assertEqual(self._order(self.slot).status_code, 404, about)
            self.assertURLEqual(
                self.url_open("/my/bookings/new", allow_redirects=False).headers["Location"],
                "/my",
                about,
            )
            record[name] = before
        self.assertFalse(self._booked(self.user_full))
        self.assertEqual(self.url_open(path).status_code, 200)
        for kind in HOSTILE_KINDS:
            self.assertEqual(self.url_open(f"/my/bookings/new/{kind}").status_code, 404)
            self.assertEqual(self._order(self.slot, kind=kind).status_code, 404)

    def test_each_condition_of_what_is_offered(self):
        kinds = self.env["resource.booking.type"].with_user(self.user_full)
        other = self.env["res.company"].create({"name": "Otra", "portal_show_appointments": True})
        for record, name, value in (
            (self.kind, "portal_bookable", False),
            (self.kind, "company_id", other.id),
            (self.kind.combination_rel_ids.combination_id, "active", False),
            (self.company, "portal_show_appointments", False),
            (self.company, "portal_enabled", False),
            (self.alfa, "portal_access", False),
            (self.profile_full, "can_see_appointments", False),
            (self.profile_full, "can_book", False),
        ):
            self.assertIn(self.kind, kinds._portal_offered())
            before = record[name]
            record[name] = value
            self.assertNotIn(self.kind, kinds._portal_offered(), f"{record._name}.{name}")
            record[name] = before

    def test_refusals_of_the_model(self):
        """Each condition asked where it stands, whatever a page says."""
        contact = self.user_full.partner_id
        bookings = self.env["resource.booking"].with_user(self.user_full)
        kind = self.kind.with_user(self.user_full).sudo()

        def refusal(moment, note=""):
            try:
                bookings._portal_book(contact, kind, moment and self._value(moment), note)
            except PortalRefusal as error:
                return error.code
            return None

        self.assertEqual(refusal(None), "none")
        self.assertEqual(refusal(self.slot.replace(hour=3)), "taken")
        self.assertEqual(refusal(self.slot - timedelta(days=30)), "taken")
        self.assertEqual(refusal(self.slot + timedelta(days=400)), "taken")
        self.assertEqual(refusal(datetime(9999, 12, 31, 23, 59, 59)), "taken")
        self.assertEqual(refusal(self.slot, "x" * 2001), "long")
        self.kind.portal_limit = 2
        self._book(self.beta)
        self.assertEqual(refusal(self.slot), "limit")
        self.mine.action_cancel()
        self.assertIsNone(refusal(self.slot))
        self.assertIsNone(refusal(self.slot), "the same once more")
        self.assertEqual(len(self._booked(self.user_full)), 1)
        self.kind.portal_limit = 0
        self.assertIsNone(refusal(self.slot + timedelta(hours=1)))
        stranger = self.env["resource.booking"].with_user(self.user_stranger)
        with self.assertRaises(PortalRefusal):
            stranger._portal_book(
                self.user_stranger.partner_id,
                self.kind.with_user(self.user_stranger).sudo(),
                self._value(self.slot),
            )

    def test_kind_that_is_withdrawn_meanwhile(self):
        """The page was asked before; what counts is what is offered when it is booked."""
        contact = self.user_full.partner_id
        bookings = self.env["resource.booking"].with_user(self.user_full)
        kind = self.kind.with_user(self.user_full).sudo()
        self.kind.portal_bookable = False
        with self.assertRaisesRegex(Exception, "can't be booked any more"):
            bookings._portal_book(contact, kind, self._value(self.slot))

    def test_no_booking_without_csrf(self):
        self.sign_in(self.user_full)
        response = self.url_open(
            f"/my/bookings/new/{self.kind.id}", data={"when": self._value(self.slot)}
        )
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self._booked(self.user_full))

    def test_limit(self):
        self.kind.portal_limit = 3
        self._book(self.beta)  # Those of other customers count for nothing.
        self.sign_in(self.user_full)
        # The customer has two already: without a time they count, too.
        self._order(self.slot)
        response = self._order(self.slot + timedelta(hours=1))
        self.assertEqual(response.status_code, 422)
        self.assertIn("as many appointments", response.text)
        self._ask(self._booked(self.user_full).id, "cancel")
        self._order(self.slot + timedelta(hours=1))
        self.assertEqual(len(self._booked(self.user_full)), 1)
        self.kind.portal_limit = 0
        self._order(self.slot + timedelta(hours=2))
        self.assertEqual(len(self._booked(self.user_full)), 2)

    def test_what_counts_towards_the_limit(self):
        """Neither what is over nor what is of another kind."""
        self.kind.portal_limit = 2
        self.assertTrue(self.kind._portal_is_full(self.alfa))
        other = self.kind.copy({"portal_limit": 1})
        self.assertFalse(other._portal_is_full(self.alfa))
        self.env.cr.execute(
            "UPDATE resource_booking SET start = %(day)s, stop = %(day)s WHERE id = %(id)s",
            {"day": fields.Datetime.now() - timedelta(days=1), "id": self.mine.id},
        )
        self.env.invalidate_all()
        self.assertFalse(self.kind._portal_is_full(self.alfa))

    def test_who_organizes_it(self):
        self.kind.portal_user_id = self.user_sales
        self.sign_in(self.user_full)
        self._order(self.slot)
        booking = self._booked(self.user_full)
        self.assertEqual(booking.user_id, self.user_sales)
        self.assertEqual(booking.meeting_id.user_id, self.user_sales)

    def test_guests_sign_in(self):
        self.sign_in(None)
        for path in ("/my/bookings/new", f"/my/bookings/new/{self.kind.id}"):
            response = self.url_open(path, allow_redirects=False)
            self.assertIn("/web/login", response.headers["Location"])
