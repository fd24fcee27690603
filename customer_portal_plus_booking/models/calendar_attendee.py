from odoo import api, models


class CalendarAttendee(models.Model):
    _inherit = "calendar.attendee"

    def _notify_attendees(self, mail_template, notify_author=False, force_send=False):
        """Override of `calendar`: what a customer did in the portal is told to it by the portal,
        whose mail has no links that answer by themselves; staff get Odoo's."""
        # Their ids, as the meeting does not know its appointment yet when it is made.
        customer_ids = self.env.context.get("portal_appointment_partner_ids", ())
        told = self.filtered(lambda attendee: attendee.partner_id.id not in customer_ids)
        if self and not told:
            return None
        return super(CalendarAttendee, told)._notify_attendees(
            mail_template, notify_author=notify_author, force_send=force_send
        )

    @api.model
    def _portal_appointment_url(self, token):
        """Return where the customer answers what an invitation is about.

        :param str token: of the invitation; anything
        :return: with the token of the appointment, as in the engine's own mails; empty if the
            invitation is for no customer, or the customer doesn't see the appointment
        :rtype: str
        """
        # Sudo: who holds the token of an invitation may read it.
        attendee_sudo = (
            self.sudo().search([("access_token", "=", token)], limit=1) if token else self
        )
        booking_sudo = attendee_sudo.event_id.resource_booking_ids[:1]
        if not booking_sudo or attendee_sudo.partner_id not in booking_sudo.partner_ids:
            return ""
        return booking_sudo.get_portal_url() if booking_sudo._portal_is_open_to_customer() else ""
