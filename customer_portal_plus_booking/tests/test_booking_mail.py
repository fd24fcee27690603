"""Who is told what a customer did, and the file for its calendar."""

from datetime import timedelta

import vobject

from odoo import Command
from odoo.tests import tagged

from odoo.addons.customer_portal_plus.tests.common import PASSWORD
from odoo.addons.customer_portal_plus.tests.common.mail import LeavingMails

from .common import BookingCase


@tagged("post_install", "-at_install")
class TestBookingMail(LeavingMails, BookingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.user_full.partner_id
        cls.contact.tz = "Europe/Madrid"
        cls.user_sales.group_ids = [Command.link(cls.env.ref("resource_booking.group_manager").id)]
        cls.kind.write({"portal_user_id": cls.user_sales.id, "location": "Calle Mayor 1"})

    def _file(self, mail):
        """Return the event of the file that a mail brings, and what it says to do with it."""
        [part] = list(mail.iter_attachments())
        self.assertEqual(part.get_content_type(), "text/calendar")
        calendar = vobject.readOne(part.get_content())
        return calendar.vevent, calendar.method.value

    def test_booked_moved_canceled(self):
        bookings = self.env["resource.booking"].with_user(self.user_full)
        kind = self.kind.with_user(self.user_full).sudo()
        with self.leaving() as mails:
            booking = bookings._portal_book(self.contact, kind, self._value(self.slot))
        html, _names = self._read(mail := self._find_mail(mails, self.contact))
        self.assertIn("(Europe/Madrid)", html)
        self.assertIn("Visita técnica", html)
        self.assertNotIn("/calendar/meeting/", html)
        event, method = self._file(mail)
        self.assertEqual(method, "PUBLISH")
        self.assertEqual(event.dtstart.value.replace(tzinfo=None), self.slot)
        self.assertEqual(event.dtend.value - event.dtstart.value, timedelta(minutes=30))
        self.assertEqual(event.location.value, "Calle Mayor 1")
        uid, sequence = event.uid.value, int(event.sequence.value)

        self.env.cr.execute(
            "UPDATE resource_booking SET create_date = create_date - interval '1 hour'"
            " WHERE id = %s",
            [booking.id],
        )
        booking.invalidate_recordset()
        later = self.slot + timedelta(hours=2)
        with self.leaving() as mails:
            booking._portal_move(self.contact, self._value(later))
        event, method = self._file(self._find_mail(mails, self.contact))
        self.assertEqual((event.uid.value, method), (uid, "PUBLISH"))
        self.assertGreater(int(event.sequence.value), sequence)
        self.assertEqual(event.dtstart.value.replace(tzinfo=None), later)
        with self.leaving() as mails:
            booking._portal_move(self.contact, self._value(later))
        self.assertFalse(mails, "nothing has changed")

        with self.leaving() as mails:
            booking._portal_cancel(self.contact)
        html, _names = self._read(mail := self._find_mail(mails, self.contact))
        self.assertNotIn(f"/my/bookings/{booking.id}", html)
        event, method = self._file(mail)
        self.assertEqual((event.uid.value, method), (uid, "CANCEL"))
        self.assertEqual(event.status.value, "CANCELLED")
        self.assertEqual(event.dtstart.value.replace(tzinfo=None), later)

    def _assert_one_mail_each(self, act):
        """Both attendees get one mail, in their own language and by their own clock."""
        with self.leaving() as mails:
            act()
        html, _names = self._read(mail := self._find_mail(mails, self.other))
        self.assertIn("America/Bogota", html)
        self.assertIn("de 4:00", html)
        self.assertIn("su cita" if self.mine.active else "cita cancelada", mail["Subject"])
        html, _names = self._read(mail := self._find_mail(mails, self.contact))
        self.assertIn("Europe/Madrid", html)
        self.assertIn("AM to", html)
        self.assertIn("appointment", mail["Subject"])

    def test_each_in_its_language_and_time_zone(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.other = self.user_colleague.partner_id
        self.other.write({"lang": "es_ES", "tz": "America/Bogota"})
        self.mine.partner_ids = self.contact | self.other
        self._assert_one_mail_each(
            lambda: self.mine._portal_move(self.contact, self._value(self.slot))
        )
        # Moved: from another time to this one.
        self.mine.start = self.slot + timedelta(hours=2)
        self._assert_one_mail_each(
            lambda: self.mine._portal_move(self.contact, self._value(self.slot))
        )
        # Confirmed, as staff have scheduled it.
        self.mine.action_unschedule()
        self.mine.start = self.slot
        self.assertEqual(self.mine.state, "scheduled")
        self._assert_one_mail_each(
            lambda: self.mine._portal_move(self.contact, self._value(self.slot))
        )
        self._assert_one_mail_each(lambda: self.mine._portal_cancel(self.contact))

    def test_no_mail_of_what_is_no_change_of_time(self):
        """The engine writes the meeting with whatever is written of its appointment."""
        self.mine._portal_move(self.contact, self._value(self.slot))
        with self.leaving() as mails:
            self.mine.write({"name": "Revisión", "portal_visible": True})
            self.mine.message_post(body="Nota", subtype_xmlid="mail.mt_note")
        self.assertFalse([mail["Subject"] for mail in mails])
        self.assertEqual(self.mine.meeting_id.name, "Revisión")
        with self.leaving() as mails:
            self.mine.start = self.slot + timedelta(hours=1)
        self.assertIn("Date updated", self._find_mail(mails, self.contact)["Subject"])

    def test_staff(self):
        self.mine._portal_move(self.contact, self._value(self.slot))
        activity = self.mine.activity_ids
        self.assertEqual(
            (activity.user_id, activity.summary), (self.user_sales, "Appointment booked")
        )
        self.assertIn("Visita técnica", activity.note)
        event = self.env["customer.portal.event"].search(
            [("res_model", "=", "resource.booking"), ("res_id", "=", self.mine.id)], limit=1
        )
        self.assertIn("Appointment booked", event.detail)
        self.company.portal_tell_appointment = "none"
        self.of_own._portal_move(
            self.user_own.partner_id, self._value(self.slot + timedelta(hours=1))
        )
        self.assertFalse(self.of_own.activity_ids)

    def test_attendees_of_the_staff_get_the_invitation_of_odoo(self):
        technician = self.env["resource.resource"].create(
            {
                "name": "Técnica",
                "resource_type": "user",
                "user_id": self.user_sales.id,
                "calendar_id": self.room.calendar_id.id,
                "tz": "UTC",
            }
        )
        self.kind.combination_rel_ids.combination_id.resource_ids = technician
        self.kind.portal_user_id = False
        self.company.portal_tell_appointment = "none"
        with self.leaving() as mails:
            self.env["resource.booking"].with_user(self.user_full)._portal_book(
                self.contact, self.kind.with_user(self.user_full).sudo(), self._value(self.slot)
            )
        invitations = [mail for mail in mails if "/calendar/meeting/" in self._read(mail)[0]]
        self.assertTrue(invitations)
        receivers = {mail["To"] for mail in invitations}
        self.assertEqual(len(receivers), 1)
        self.assertIn(self.user_sales.email, receivers.pop())
        html, _names = self._read(self._find_mail(mails, self.contact))
        self.assertNotIn("/calendar/meeting/", html)

    def test_file_on_the_page(self):
        self.mine.start = self.slot
        token = self.mine._portal_ensure_token()
        path = f"/my/bookings/{self.mine.id}/calendar"
        self.authenticate(self.user_full.login, PASSWORD)
        response = self.url_open(path)
        note = self.env["customer.portal.event"].search([("kind", "=", "download")], limit=1)
        self.assertEqual((note.res_model, note.res_id), (self.mine._name, self.mine.id))
        self.assertTrue(response.headers["Content-Type"].startswith("text/calendar"))
        self.assertIn(".ics", response.headers["Content-Disposition"])
        event = vobject.readOne(response.text).vevent
        self.assertEqual(event.dtstart.value.replace(tzinfo=None), self.slot)
        self.assertIn(f"/my/bookings/{self.mine.id}", event.description.value)
        response = self.url_open(f"/my/bookings/{self.of_own.id}/calendar", allow_redirects=False)
        self.assertEqual(response.status_code, 303, "it has no time yet")
        self.authenticate(None, None)
        self.assertIn("VEVENT", self.url_open(f"{path}?access_token={token}").text)
        for wrong in ("", "?access_token=x"):
            response = self.url_open(path + wrong, allow_redirects=False)
            self.assertEqual(response.status_code, 404, wrong)
