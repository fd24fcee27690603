"""The engine's own addresses of appointments: the gates are asked, and reading changes nothing."""

from odoo import fields
from odoo.exceptions import AccessError, MissingError
from odoo.http import request, route

from odoo.addons.customer_portal_plus.controllers.document_page import DocumentPage
from odoo.addons.customer_portal_plus.exceptions import PortalRefusal
from odoo.addons.resource_booking.controllers.portal import CustomerPortal as BookingPortal

YEARS_AHEAD = 2


class Bookings(DocumentPage, BookingPortal):
    @route(methods=["GET"])
    def portal_my_bookings(self, page=1, **kwargs):
        """Override of `resource_booking`: those that the gates give, as its table shows them."""
        response = super().portal_my_bookings(page=page, **kwargs)
        # Sudo: its table names kind and resources, which customers can't read by themselves.
        response.qcontext["bookings"] = response.qcontext["bookings"].sudo()
        return response

    def _go_to_portal_booking(self, booking_sudo, access_token, suffix="", refusal=""):
        url = self._add_portal_token(f"/my/bookings/{booking_sudo.id}{suffix}", access_token)
        if refusal:
            url += f"{'&' if '?' in url else '?'}error={refusal}"
        return request.redirect(url, 303)

    @route()
    def portal_booking_page(self, booking_id, access_token=None, error=None, **kwargs):
        """Override of `resource_booking`: says why a change was refused."""
        error = request.env["resource.booking"]._portal_slot_refusals().get(error)
        return super().portal_booking_page(booking_id, access_token, error=error, **kwargs)

    def _booking_get_page_view_values(self, booking_sudo, access_token, **kwargs):
        values = super()._booking_get_page_view_values(booking_sudo, access_token, **kwargs)
        contact = self._get_portal_booking_contact(booking_sudo)
        may_change = not booking_sudo._portal_change_obstacle(contact)
        return {**values, "portal_may_change": may_change, "portal_error": kwargs.get("error")}

    def _get_portal_booking_contact(self, booking_sudo):
        return booking_sudo.with_user(request.env.user)._get_access_contact()

    @route()
    def portal_booking_schedule(
        self, booking_id, access_token=None, year=None, month=None, error=None, **kwargs
    ):
        """Override of `resource_booking`: months that are none show the present one, and an
        address can't put words of its own on the page."""
        this_year = fields.Date.today().year
        if not (
            year and month and this_year <= year <= this_year + YEARS_AHEAD and 1 <= month <= 12
        ):
            year = month = None
        error = request.env["resource.booking"]._portal_slot_refusals().get(error)
        return super().portal_booking_schedule(
            booking_id, access_token, year=year, month=month, error=error, **kwargs
        )

    @route(methods=["GET", "POST"])
    def portal_booking_cancel(self, booking_id, access_token=None, **kwargs):
        """Override of `resource_booking`: a link, which scanners of mail follow, leads to the page
        with the button."""
        return self._portal_change_booking(
            booking_id, access_token, "", self._portal_cancel_booking
        )

    @route(methods=["GET", "POST"])
    def portal_booking_confirm(self, booking_id, access_token=None, when=None, **kwargs):
        """Override of `resource_booking`: see ``portal_booking_cancel``."""

        def move(booking_sudo, contact, access_token):
            booking_sudo._portal_move(contact, when)
            return self._go_to_portal_booking(booking_sudo, access_token)

        return self._portal_change_booking(booking_id, access_token, "/schedule", move, when)

    def _portal_cancel_booking(self, booking_sudo, contact, access_token):
        booking_sudo._portal_cancel(contact)
        return request.redirect("/my", 303)

    def _portal_change_booking(self, booking_id, access_token, suffix, change, when=None):
        try:
            booking_sudo = self._get_booking_sudo(booking_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my", 303)
        if request.httprequest.method != "POST":
            return self._go_to_portal_booking(booking_sudo, access_token, suffix)
        try:
            with request.env.cr.savepoint():
                contact = self._get_portal_booking_contact(booking_sudo)
                return change(booking_sudo, contact, access_token)
        except PortalRefusal as refusal:
            request.env.invalidate_all()
            # The next free times stand in the month that was asked for, not in the present one.
            suffix += booking_sudo._portal_month_path(when)
            suffix = "" if refusal.code in ("late", "right") else suffix
            return self._go_to_portal_booking(booking_sudo, access_token, suffix, refusal.code)
