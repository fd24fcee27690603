from odoo import models


class CalendarAttendee(models.Model):
    _inherit = "calendar.attendee"

    def _notify_attendees(self, mail_template, notify_author=False, force_send=False):
        """Override of `calendar`: what a customer did in the portal is told to it by the portal,
        whose mail has no links that answer by themselves; staff get Odoo's."""
        told = self
        if self.env.context.get("portal_appointment"):
            told = self.filtered(
                lambda attendee: (
                    attendee.partner_id not in attendee.event_id.resource_booking_ids.partner_ids
                )
            )
            if not told:
                return None
        return super(CalendarAttendee, told)._notify_attendees(
            mail_template, notify_author=notify_author, force_send=force_send
        )
