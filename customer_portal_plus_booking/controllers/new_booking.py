"""Booking an appointment: choosing a kind, then one of its free times."""

from odoo.http import request, route

from odoo.addons.customer_portal_plus.exceptions import PortalRefusal
from odoo.addons.customer_portal_plus.tools.file_types import MAX_POST_BYTES
from odoo.addons.customer_portal_plus.tools.parsing import parse_id

from ..models.resource_booking_opening import MAX_NOTE_LENGTH
from ..models.resource_booking_slot import parse_moment
from .bookings import MODEL, Bookings


class NewBooking(Bookings):
    @route(
        "/my/bookings/new", type="http", auth="user", website=True, methods=["GET"], readonly=True
    )
    def portal_my_booking_kinds(self, **kwargs):
        """Show what can be booked."""
        kinds_sudo = self._get_portal_kinds()
        if not kinds_sudo:
            return request.redirect("/my")
        several = len(kinds_sudo.company_id) > 1
        return request.render(
            "customer_portal_plus_booking.portal_booking_kinds",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "booking",
                "no_breadcrumbs": True,
                "kinds": [
                    {
                        "name": kind.name,
                        "url": f"/my/bookings/new/{kind.id}",
                        "length": request.env[MODEL]._portal_length(kind.duration),
                        "place": kind.location or "",
                        "advice": kind.requester_advice or "",
                        "company": kind.company_id.name if several else "",
                    }
                    for kind in kinds_sudo
                ],
            },
        )

    @route(
        [
            "/my/bookings/new/<int:kind_id>",
            "/my/bookings/new/<int:kind_id>/<int:year>/<int:month>",
        ],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_my_booking_new(self, kind_id, year=None, month=None, **kwargs):
        """Show the free times of a kind."""
        kind_sudo = self._get_portal_kind(kind_id)
        if not kind_sudo:
            return self._render_portal_unavailable()
        return self._render_portal_new_booking(
            kind_sudo, year=year, month=month, day=kwargs.get("day"), zone=kwargs.get("tz")
        )

    @route(
        "/my/bookings/new/<int:kind_id>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=MAX_POST_BYTES,
    )
    def portal_my_booking_book(self, kind_id, when=None, note="", tz=None, **kwargs):
        """Book one of them."""
        kind_sudo = self._get_portal_kind(kind_id)
        if not kind_sudo:
            return self._render_portal_unavailable()
        contact = self._get_portal_contact()
        try:
            with request.env.cr.savepoint():
                booking_sudo = request.env[MODEL]._portal_book(contact, kind_sudo, when, note)
        except PortalRefusal as refusal:
            request.env.invalidate_all()
            return self._render_portal_new_booking(
                kind_sudo, error=str(refusal), note=note, zone=tz, moment=parse_moment(when)
            )
        return request.redirect(f"{booking_sudo.access_url}?message=booked", 303)

    def _get_portal_kind(self, kind_id):
        """Return a kind that the signed-in contact may book, in sudo; empty if it is none."""
        kind_id = parse_id(kind_id)
        return self._get_portal_kinds().filtered(lambda kind: kind.id == kind_id)

    def _render_portal_new_booking(
        self, kind_sudo, year=None, month=None, day=None, zone=None, error="", note="", moment=None
    ):
        """Return the page with the free times of a kind.

        :param datetime.datetime moment: a time that was not free, after which the next ones are
            shown
        """
        contact = self._get_portal_contact()
        draft_sudo = request.env[MODEL]._portal_draft(kind_sudo)
        if moment:
            path = draft_sudo._portal_month_path(contact, f"{moment.isoformat()}+00:00")
            if path:
                year, month = map(int, path[1:].split("/"))
                day = f"{moment:%Y-%m-%d}"
        year, month = self._parse_portal_month(year, month)
        url = f"/my/bookings/new/{kind_sudo.id}"
        return request.render(
            "customer_portal_plus_booking.portal_booking_times",
            {
                **self._prepare_portal_layout_values(),
                **self._prepare_portal_free_times(
                    draft_sudo, contact, year, month, url, day=day, zone=zone
                ),
                "page_name": "booking",
                "no_breadcrumbs": True,
                "title": kind_sudo.name,
                "kind": kind_sudo.name,
                "length": request.env[MODEL]._portal_length(kind_sudo.duration),
                "advice": kind_sudo.requester_advice or "",
                "when": None,
                "form_url": url,
                "back_url": "/my/bookings/new",
                "access_token": None,
                "is_new": True,
                "note": note if isinstance(note, str) else "",
                "max_note": MAX_NOTE_LENGTH,
                "portal_error": error,
            },
            status=422 if error else 200,
        )
