"""The engine's own addresses to confirm and to cancel: a mere link changes nothing."""

from odoo.exceptions import AccessError, MissingError
from odoo.http import request, route

from odoo.addons.customer_portal_plus.exceptions import PortalRefusal

from ..models.resource_booking_slot import parse_moment
from .bookings import Bookings

# Refusals that no other time mends: they are told on the appointment's page.
FINAL = ("late", "right")


class BookingChanges(Bookings):
    @route(methods=["GET", "POST"])
    def portal_booking_cancel(self, booking_id, access_token=None, **kwargs):
        """Override of `resource_booking`: a link, which scanners of mail follow, leads to the page
        with the button."""

        if not request.env.user.share and request.httprequest.method == "POST":
            return super().portal_booking_cancel(booking_id, access_token, **kwargs)

        def cancel(booking_sudo, contact, access_token):
            when = booking_sudo._portal_when(booking_sudo.start, booking_sudo._portal_zone(contact))
            booking_sudo._portal_cancel(contact)
            if contact and not request.env.user._is_public():
                return request.redirect("/my/bookings?message=canceled", 303)
            # The link is worth nothing any more, and there is no list to go back to.
            return request.render(
                "customer_portal_plus_booking.portal_booking_canceled",
                {
                    "page_name": "booking",
                    "no_breadcrumbs": True,
                    "res_company": booking_sudo.company_id,
                    "name": booking_sudo._portal_name(),
                    "when": when,
                },
            )

        return self._portal_change_booking(booking_id, access_token, "", cancel)

    @route(methods=["GET", "POST"])
    def portal_booking_confirm(self, booking_id, access_token=None, when=None, **kwargs):
        """Override of `resource_booking`: see ``portal_booking_cancel``."""

        staff = not request.env.user.share and request.httprequest.method == "POST"
        if staff and parse_moment(when):
            return super().portal_booking_confirm(booking_id, access_token, when, **kwargs)

        def move(booking_sudo, contact, access_token):
            booking_sudo._portal_move(contact, when)
            return self._go_to_portal_booking(booking_sudo, access_token, message="booked")

        return self._portal_change_booking(booking_id, access_token, "/schedule", move, when)

    def _portal_change_booking(self, booking_id, access_token, suffix, change, when=None):
        try:
            booking_sudo = self._get_booking_sudo(booking_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my", 303)
        if request.httprequest.method != "POST":
            return self._go_to_portal_booking(booking_sudo, access_token, suffix)
        contact = self._get_portal_booking_contact(booking_sudo)
        booking_sudo = booking_sudo.with_context(lang=request.env.lang)
        try:
            with request.env.cr.savepoint():
                return change(booking_sudo, contact, access_token)
        except PortalRefusal as refusal:
            request.env.invalidate_all()
            if refusal.code in FINAL:
                return self._go_to_portal_booking(booking_sudo, access_token, error=refusal.code)
            # The next free times stand in the month that was asked for, not in the present one.
            month = booking_sudo._portal_month_path(contact, when)
            day = parse_moment(when) if month else None
            return self._go_to_portal_booking(
                booking_sudo,
                access_token,
                suffix + month,
                error=refusal.code,
                day=day and f"{day:%Y-%m-%d}",
            )
