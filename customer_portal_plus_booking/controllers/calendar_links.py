"""The links in Odoo's invitations, which staff send: scanners of mail follow them, so for what the
customer sees in the portal they lead to the page with the button."""

from odoo.http import request, route

from odoo.addons.calendar.controllers.main import CalendarController


class CalendarLinks(CalendarController):
    @route()
    def accept_meeting(self, token, **kwargs):
        """Override of `calendar`: see above."""
        return self._go_to_portal_appointment(token) or super().accept_meeting(token, **kwargs)

    @route()
    def decline_meeting(self, token, **kwargs):
        """Override of `calendar`: see above."""
        return self._go_to_portal_appointment(token) or super().decline_meeting(token, **kwargs)

    def _go_to_portal_appointment(self, token):
        url = request.env["calendar.attendee"]._portal_appointment_url(token)
        return request.redirect(url, 303) if url else None
