"""Times by the reader's own clock, also on the days on which it changes."""

import re
from datetime import date, datetime, timedelta

import pytz
from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .common import BookingCase

MADRID = pytz.timezone("Europe/Madrid")


@tagged("post_install", "-at_install")
class TestBookingTimes(BookingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.kind.resource_calendar_id

    def _draft(self, zone="Europe/Madrid", hours=(0, 24)):
        (self.calendar | self.room.calendar_id).write(
            {"tz": zone, "attendance_ids": self._hours(*hours)}
        )
        self.room.tz = zone
        return self.env["resource.booking"]._portal_draft(self.kind)

    def _labels(self, draft, zone, day):
        days = draft._portal_free_days(pytz.timezone(zone), day.year, day.month)
        return [slot["label"] for one in days if one["date"] == day for slot in one["slots"]]

    @freeze_time("2027-03-20 12:00:00")
    def test_clock_is_put_forward(self):
        labels = self._labels(self._draft(), "Europe/Madrid", date(2027, 3, 28))
        self.assertEqual(labels[:5], ["12:00 AM", "12:30 AM", "1:00 AM", "1:30 AM", "3:00 AM"])
        self.assertEqual(len(labels), 46)
        self.assertFalse(set(labels) & {"2:00 AM", "2:30 AM"})

    @freeze_time("2027-10-20 12:00:00")
    def test_clock_is_put_back(self):
        labels = self._labels(self._draft(), "Europe/Madrid", date(2027, 10, 31))
        self.assertEqual(
            labels[3:9],
            [
                "1:30 AM",
                "2:00 AM (UTC+02:00)",
                "2:30 AM (UTC+02:00)",
                "2:00 AM (UTC+01:00)",
                "2:30 AM (UTC+01:00)",
                "3:00 AM",
            ],
        )
        self.assertEqual(len(labels), 50)

    @freeze_time("2027-10-20 12:00:00")
    def test_both_hours_can_be_booked(self):
        """Each of the times that read the same is booked as the one that it is."""
        self._draft()
        contact = self.user_full.partner_id
        bookings = self.env["resource.booking"].with_user(self.user_full)
        kind = self.kind.with_user(self.user_full).sudo()
        for hour in (0, 1):
            moment = datetime(2027, 10, 31, hour, 30)
            booking = bookings._portal_book(contact, kind, self._value(moment))
            self.assertEqual(booking.start, moment)
            when = booking._portal_when(booking.start, MADRID)
            self.assertEqual(when["from"], "2:30 AM")

    @freeze_time("2027-03-20 12:00:00")
    def test_hours_are_those_of_the_calendar_on_both_sides_of_the_change(self):
        """From nine on, whatever it is in UTC; what is offered can be booked on that very day."""
        draft = self._draft(hours=(9, 17))
        for day, hour in ((27, 8), (28, 7), (29, 7)):
            moment = datetime(2027, 3, day, hour)
            self.assertTrue(draft._portal_is_free(moment), moment)
            self.assertFalse(draft._portal_is_free(moment - timedelta(minutes=30)), moment)
            self.assertEqual(self._labels(draft, "Europe/Madrid", date(2027, 3, day))[0], "9:00 AM")

    @freeze_time("2027-03-20 12:00:00")
    def test_what_is_shown_is_free(self):
        """On the day of the change, with a grid that no full hour hides."""
        self.kind.write({"duration": 2, "slot_duration": 2})
        draft = self._draft()
        days = draft._portal_free_days(MADRID, 2027, 3)
        slots = [slot for one in days if one["date"] >= date(2027, 3, 28) for slot in one["slots"]]
        for slot in slots:
            moment = datetime.fromisoformat(slot["value"]).replace(tzinfo=None)
            self.assertTrue(draft._portal_is_free(moment), slot)
        self.assertGreater(len(slots), 40)

    @freeze_time("2027-01-20 12:00:00")
    def test_another_day_elsewhere(self):
        """Nine in Madrid is the evening before in Honolulu, and of another month."""
        draft = self._draft(hours=(9, 10))
        [first, *_rest] = draft._portal_free_days(pytz.timezone("Pacific/Honolulu"), 2027, 1)
        self.assertEqual(first["date"], date(2027, 1, 21))
        days = draft._portal_free_days(pytz.timezone("Pacific/Honolulu"), 2027, 1)
        self.assertEqual(days[-1]["date"], date(2027, 1, 31))
        self.assertEqual(days[-1]["slots"][0]["value"], "2027-02-01T08:00:00+00:00")
        self.assertEqual(days[-1]["slots"][0]["label"], "10:00 PM")
        # What is open longer ends with the reader's month.
        days = self._draft(hours=(9, 17))._portal_free_days(
            pytz.timezone("Pacific/Honolulu"), 2027, 1
        )
        self.assertEqual(days[-1]["slots"][-1]["value"], "2027-02-01T09:30:00+00:00")

    @freeze_time("2027-01-20 12:00:00")
    def test_deadline(self):
        self.kind.modifications_deadline = 48
        draft = self._draft(hours=(9, 17))
        self.assertFalse(draft._portal_is_free(datetime(2027, 1, 22, 11, 30)))
        self.assertTrue(draft._portal_is_free(datetime(2027, 1, 22, 12, 0)))

    def _second_room(self):
        """Return a second room that can be booked in the place of the first."""
        room = self.room.copy({"name": "Sala 2"})
        combination = self.env["resource.booking.combination"].create(
            {"resource_ids": [Command.set(room.ids)]}
        )
        self.kind.write(
            {
                "combination_assignment": "sorted",
                "combination_rel_ids": [
                    Command.create({"combination_id": combination.id, "sequence": 100})
                ],
            }
        )
        return room

    def _take_up(self, room, begin, minutes):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Ocupada",
                "resource_id": room.id,
                "calendar_id": room.calendar_id.id,
                "date_from": begin,
                "date_to": begin + timedelta(minutes=minutes),
            }
        )

    def test_halves_of_two_rooms_are_no_time(self):
        """A time is free if one and the same room is free all of it."""
        second = self._second_room()
        self.kind.duration = 1
        half = self.slot + timedelta(minutes=30)
        self._take_up(self.room, half, 30)
        self._take_up(second, self.slot, 30)
        draft = self.env["resource.booking"]._portal_draft(self.kind)
        self.assertFalse(draft._portal_is_free(self.slot))
        self.assertTrue(draft._portal_is_free(half), "in the second room")

    def test_moved_to_a_time_of_another_room(self):
        """Whatever room it has now; unless staff have chosen that by hand."""
        second = self._second_room()
        contact = self.user_full.partner_id
        self.mine._portal_move(contact, self._value(self.slot))
        self.assertEqual(self.mine.combination_id.resource_ids, self.room)
        later = self.slot + timedelta(hours=2)
        self._take_up(self.room, later, 30)
        self.assertTrue(self.mine._portal_is_free(later))
        self.mine.combination_auto_assign = False
        self.assertFalse(self.mine._portal_is_free(later))
        self.mine.combination_auto_assign = True
        combination = self.kind.combination_rel_ids.combination_id.filtered(
            lambda one: one.resource_ids == second
        )
        combination.active = False
        self.assertFalse(self.mine._portal_is_free(later), "withdrawn")
        combination.active = True
        self.mine._portal_move(contact, self._value(later))
        self.assertEqual(self.mine.combination_id.resource_ids, second)
        self.assertEqual((self.mine.start, self.mine.state), (later, "confirmed"))

    def test_whose_clock_it_is(self):
        contact = self.user_full.partner_id
        nobody = contact.browse()
        self.calendar.tz = "Europe/Madrid"
        self.assertEqual(self.kind._portal_zone(nobody).zone, "Europe/Madrid")
        contact.tz = False
        self.assertEqual(self.kind._portal_zone(contact).zone, "Europe/Madrid")
        contact.tz = "America/Bogota"
        self.assertEqual(self.kind._portal_zone(contact).zone, "America/Bogota")
        self.assertEqual(self.kind._portal_zone(contact, "Asia/Tokyo").zone, "Asia/Tokyo")
        for hostile in ("", "x", "../etc/passwd", "\x00", "utc", "Europe/Madrid\n", "ñ"):
            self.assertEqual(self.kind._portal_zone(contact, hostile).zone, "America/Bogota")

    def test_pages_are_by_the_own_clock(self):
        self.user_full.tz = "America/Bogota"
        self.mine.start = self.slot
        self.sign_in(self.user_full)
        for path in ("/my/bookings", f"/my/bookings/{self.mine.id}", "/my"):
            page = self.url_open(path).text
            self.assertIn("4:00 AM", page, path)
            self.assertIn("America/Bogota", page, path)
        path = f"/my/bookings/new/{self.kind.id}/{self.slot:%Y/%m}"
        self.assertIn(">4:30 AM</label>", self.url_open(path).text)
        other = self.url_open(f"{path}?tz=Asia/Tokyo").text
        self.assertIn(">6:30 PM</label>", other)
        [link] = re.findall(r'<a [^>]*data-month="after"[^>]*>', other)
        self.assertIn("tz=Asia/Tokyo", link)
        self.assertIn(">4:30 AM</label>", self.url_open(f"{path}?tz=%00&day=x").text)
