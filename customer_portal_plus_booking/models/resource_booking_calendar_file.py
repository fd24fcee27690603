"""An appointment for the customer's own calendar."""

from datetime import timedelta

import pytz
import vobject

from odoo import fields, models


class ResourceBooking(models.Model):
    _inherit = "resource.booking"

    def _portal_calendar_file(self, start=None, canceled=False):
        """Return this appointment as an iCalendar file.

        Calendars know it again by its UID, and take what was written later: moved, it stands there
        once, and cancelled, it goes. Odoo's own files of meetings have neither.

        :param datetime.datetime start: in UTC, without zone, where it has none any more
        :param bool canceled: whether it takes the appointment out of calendars
        :return: name and content; None if it has no time
        :rtype: tuple[str, bytes] | None
        """
        self.ensure_one()
        start = start or self.start
        if not start:
            return None
        now = fields.Datetime.now()
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")

        def utc(moment):
            return moment.replace(tzinfo=pytz.utc)

        calendar = vobject.iCalendar()
        calendar.add("method").value = "CANCEL" if canceled else "PUBLISH"
        event = calendar.add("vevent")
        event.add("uid").value = f"appointment-{self.id}@{database}"
        event.add("sequence").value = str(int((now - self.create_date).total_seconds()))
        event.add("dtstamp").value = utc(now)
        event.add("dtstart").value = utc(start)
        event.add("dtend").value = utc(start + timedelta(hours=self.duration))
        event.add("summary").value = f"{self._portal_name()} · {self.company_id.name}"
        event.add("status").value = "CANCELLED" if canceled else "CONFIRMED"
        if place := self.location or self.videocall_location:
            event.add("location").value = place
        words = [self.requester_advice, self.videocall_location]
        if not canceled:
            words.append(f"{self.get_base_url()}{self.access_url}")
        event.add("description").value = "\n".join(filter(None, words))
        word = self.env._("appointment")
        return f"{word}-{self.id}.ics", calendar.serialize().encode()
