"""Moving and cancelling appointments: by a button alone, to what is free, in time."""

from datetime import timedelta

from freezegun import freeze_time
from lxml import html

from odoo import fields
from odoo.tests import tagged

from odoo.addons.customer_portal_plus.exceptions import PortalRefusal

from .common import BookingCase

HOSTILE = (
    "", "x", "2026-13-01T09:00:00+00:00", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00",
    "2026-12-01T09:00:00", "2020-01-01T09:00:00+00:00", "\x00", "9999-01-01T09:00:00+00:00",
)  # fmt: skip


@tagged("post_install", "-at_install")
class TestBookingChanges(BookingCase):
    def _move(self, booking, moment):
        return self._ask(booking.id, "confirm", when=f"{moment.isoformat()}+00:00")

    def test_links_change_nothing(self):
        self.sign_in(self.user_full)
        base = f"/my/bookings/{self.mine.id}"
        when = f"{self.slot.isoformat()}%2B00:00"
        response = self.url_open(f"{base}/confirm?when={when}", allow_redirects=False)
        self.assertURLEqual(response.headers["Location"], f"{base}/schedule")
        self.assertEqual(self.mine.state, "pending")
        response = self.url_open(f"{base}/cancel", allow_redirects=False)
        self.assertURLEqual(response.headers["Location"], base)
        self.assertTrue(self.mine.active)
        page = self.url_open(base).text
        self.assertIn(f'action="{base}/cancel"', page)
        self.assertNotIn(f'href="{base}/cancel', page)

    def test_no_change_without_csrf(self):
        self.sign_in(self.user_full)
        for act in ("confirm", "cancel"):
            url = f"/my/bookings/{self.mine.id}/{act}"
            response = self.url_open(url, data={"when": "x"}, allow_redirects=False)
            self.assertEqual(response.status_code, 400, act)
        self.assertTrue(self.mine.active)

    def test_choose_move_cancel(self):
        self.sign_in(self.user_full)
        self._move(self.mine, self.slot)
        self.assertEqual((self.mine.state, self.mine.start), ("confirmed", self.slot))
        self._move(self.mine, self.slot + timedelta(hours=1))
        self.assertEqual(self.mine.start, self.slot + timedelta(hours=1))
        self._ask(self.mine.id, "cancel")
        self.assertFalse(self.mine.active)
        self._move(self.mine, self.slot)
        self.assertEqual(self.mine.state, "canceled")

    def test_guest_with_token_cancels_by_post(self):
        token = self.mine._portal_ensure_token()
        self.authenticate(None, None)
        url = f"/my/bookings/{self.mine.id}"
        self.mine.start = self.slot
        response = self.post_form(
            f"{url}/cancel", data={"access_token": token}, page=f"{url}?access_token={token}"
        )
        self.assertFalse(self.mine.active)
        self.assertEqual(response.status_code, 200)
        self.assertIn("Your appointment is cancelled", response.text)
        self.assertIn("Visita técnica", response.text)
        # A link follows nothing but what is there.
        self.assertEqual(self.url_open(f"{url}?access_token={token}").status_code, 404)

    def test_hostile_moments(self):
        self.sign_in(self.user_full)
        for when in HOSTILE:
            response = self._ask(self.mine.id, "confirm", when=when)
            self.assertEqual(response.status_code, 303, when)
            self.assertIn("/schedule", response.headers["Location"], when)
        self._move(self.mine, self.slot + timedelta(minutes=7))
        self._move(self.mine, self.slot.replace(hour=3))
        self._move(self.mine, fields.Datetime.now().replace(minute=0, second=0, microsecond=0))
        self.assertEqual(self.mine.state, "pending")

    def test_months_that_are_none(self):
        self.sign_in(self.user_full)
        for month in (
            "/2026/13", "/9999/12", "/0/0", "/9999999999/1",
            "?year=x&month=1", "?year=2026&month=-1",
        ):  # fmt: skip
            response = self.url_open(f"/my/bookings/{self.mine.id}/schedule{month}")
            self.assertEqual(response.status_code, 200, month)
        page = self.url_open(f"/my/bookings/{self.mine.id}/schedule?error=Llame-al-906").text
        # Addresses of other languages repeat the query; no text of the page does.
        texts = html.fromstring(page).xpath("//body//text()[not(ancestor::script)]")
        self.assertNotIn("Llame-al-906", " ".join(texts))

    def test_slot_that_another_customer_took(self):
        self.sign_in(self.user_stranger)
        self._move(self.foreign, self.slot)
        self.sign_in(self.user_full)
        response = self._move(self.mine, self.slot)
        self.assertIn("error=taken", response.headers["Location"])
        self.assertEqual(self.mine.state, "pending")
        page = self.url_open(response.headers["Location"]).text
        self.assertIn("not free any more", page)

    def test_refused_slot_shows_its_month(self):
        self.sign_in(self.user_full)
        # Night: never offered. Far enough to be another month than the present one.
        asked = (self.slot + timedelta(days=40)).replace(hour=3)
        response = self._move(self.mine, asked)
        path = f"/my/bookings/{self.mine.id}/schedule/{asked:%Y/%m}"
        self.assertURLEqual(
            response.headers["Location"], f"{path}?error=taken&day={asked:%Y-%m-%d}"
        )
        # In the kind's time zone the first of a month may be a day that UTC does not have yet.
        self.kind.resource_calendar_id.tz = "Pacific/Auckland"
        edge = asked.replace(day=1, hour=0) - timedelta(hours=1)
        response = self._move(self.mine, edge)
        self.assertIn(f"/schedule/{asked:%Y/%m}", response.headers["Location"])
        for when in HOSTILE:
            response = self._ask(self.mine.id, "confirm", when=when)
            self.assertRegex(response.headers["Location"], r"/schedule\?", when)

    def test_too_late(self):
        self.sign_in(self.user_full)
        self._move(self.mine, self.slot)
        with freeze_time(self.slot - timedelta(hours=23)):
            contact = self.user_full.partner_id
            self.mine.invalidate_recordset()
            self.assertEqual(self.mine._portal_change_obstacle(contact), "late")
        with freeze_time(self.slot - timedelta(hours=25)):
            self.mine.invalidate_recordset()
            self.assertFalse(self.mine._portal_change_obstacle(contact))

    def test_profile_without_booking(self):
        self.profile_full.can_book = False
        self.sign_in(self.user_full)
        self._move(self.mine, self.slot)
        self._ask(self.mine.id, "cancel")
        self.assertEqual(self.mine.state, "pending")
        self.assertNotIn("/cancel", self.url_open(f"/my/bookings/{self.mine.id}").text)

    def test_profile_confirms_nothing(self):
        """What staff have scheduled is confirmed by who may book, too."""
        self.mine.start = self.slot
        self.profile_full.can_book = False
        self.sign_in(self.user_full)
        self.assertNotIn("I will come", self.url_open(self.mine.access_url).text)
        self._move(self.mine, self.slot)
        self.assertEqual(self.mine.state, "scheduled")

    def test_links_of_invitations_change_nothing(self):
        """Staff have scheduled it: Odoo's mail has links that answer by themselves."""
        self.mine.start = self.slot
        customer, others = self._attendees()
        self.sign_in(None)
        for answer in ("accept", "decline"):
            response = self._answer(customer, answer)
            self.assertIn(f"/my/bookings/{self.mine.id}?", response.headers["Location"])
            self.assertEqual(customer.state, "needsAction")
        self.assertIn("I will come", self.url_open(response.headers["Location"]).text)
        for attendee in others:
            self._answer(attendee, "decline")
        self.assertEqual(others.mapped("state"), ["declined"] * len(others))
        # Where the portal does not show it, Odoo's calendar works as ever.
        self.company.portal_show_appointments = False
        self._answer(customer, "accept")
        self.assertEqual(customer.state, "accepted")

    def _attendees(self):
        """Return the attendees of an appointment with a colleague of the staff: the customer, and
        the others."""
        meeting = self.mine.meeting_id
        meeting.partner_ids |= self.user_sales.partner_id
        customer = meeting.attendee_ids.filtered(
            lambda attendee: attendee.partner_id == self.user_full.partner_id
        )
        return customer, meeting.attendee_ids - customer

    def _answer(self, attendee, answer):
        return self.url_open(
            f"/calendar/meeting/{answer}?token={attendee.access_token}&id={attendee.event_id.id}",
            allow_redirects=False,
        )

    def test_refusals_of_the_model(self):
        """Each condition asked where it stands, whatever a page says."""
        contact = self.user_full.partner_id

        def refusal(act, *args):
            try:
                act(contact, *args)
            except PortalRefusal as error:
                return error.code
            return None

        moment = self._value(self.slot)
        self.assertEqual(refusal(self.mine._portal_move, ""), "none")
        self.assertEqual(
            refusal(self.mine._portal_move, self._value(self.slot.replace(hour=3))), "taken"
        )
        off_grid = self._value(self.slot + timedelta(minutes=7))
        self.assertEqual(refusal(self.mine._portal_move, off_grid), "taken")
        self.profile_full.can_book = False
        self.assertEqual(refusal(self.mine._portal_move, moment), "right")
        self.assertEqual(refusal(self.mine._portal_cancel), "right")
        self.mine.start = self.slot
        self.assertEqual(refusal(self.mine._portal_move, moment), "right")
        self.profile_full.can_book = True
        self.kind.modifications_deadline = 24 * 30
        self.mine.invalidate_recordset()
        later = self._value(self.slot + timedelta(hours=1))
        self.assertEqual(refusal(self.mine._portal_move, later), "late")
        self.assertEqual(refusal(self.mine._portal_cancel), "late")
        self.assertIsNone(refusal(self.mine._portal_move, moment), "what staff chose")
        self.assertEqual(self.mine.state, "confirmed")
        self.company.portal_show_appointments = False
        self.assertEqual(refusal(self.mine._portal_cancel), "right")
