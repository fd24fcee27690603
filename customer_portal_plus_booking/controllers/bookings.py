"""Appointments: list and page, at the addresses that the engine's mails lead to."""

from datetime import UTC

from odoo import fields
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request, route

from odoo.addons.customer_portal_plus.controllers.document_page import DocumentPage
from odoo.addons.customer_portal_plus.controllers.gate import GUEST_PAGE
from odoo.addons.customer_portal_plus.controllers.home import PortalHome
from odoo.addons.customer_portal_plus.tools.parsing import parse_date, parse_id
from odoo.addons.resource_booking.controllers.portal import CustomerPortal as BookingPortal

MODEL = "resource.booking"
YEARS_AHEAD = 2


class Bookings(DocumentPage, PortalHome, BookingPortal):
    def _portal_may_see_appointments(self):
        return request.env.user._portal_allows("portal_show_appointments", "can_see_appointments")

    def _prepare_portal_menu(self):
        menu = super()._prepare_portal_menu()
        if self._portal_may_see_appointments():
            menu.append(
                {
                    "key": "appointments",
                    "label": request.env._("Appointments"),
                    "url": "/my/bookings",
                    "pages": ["booking"],
                    "sequence": 87,
                    "place": "more",
                }
            )
        return menu

    def _prepare_portal_search_sections(self, text):
        sections = super()._prepare_portal_search_sections(text)
        if self._portal_may_see_appointments():
            found = self._search_portal_documents(MODEL, "/my/bookings", text)
            label = request.env._("Appointments")
            sections.append({"key": "appointments", "label": label, **found})
        return sections

    def _get_portal_lists(self):
        entry = {"label": request.env._("Appointments"), "read": self._read_portal_booking_list}
        return {**super()._get_portal_lists(), "bookings": entry}

    def _read_portal_booking_list(self):
        """Return which appointments are asked for, see ``_read_portal_list``; None if the contact
        may see none.

        :rtype: dict | None
        """
        if not self._portal_may_see_appointments():
            return None
        filters = request.env[MODEL]._portal_filters()
        filterby = request.params.get("filterby")
        return self._read_portal_list(MODEL, "/my/bookings", filters, filterby)

    # === HOME === #

    def _prepare_home_portal_values(self, counters):
        """Override of `resource_booking`: what is counted is what the list shows, and who has none
        yet finds the card to book one."""
        values = super()._prepare_home_portal_values(
            [name for name in counters if name != "booking_count" or not request.env.user.share]
        )
        if "booking_count" in counters and request.env.user.share:
            Booking, allowed = self._get_portal_documents(MODEL)
            count = Booking.search_count(allowed, limit=1)
            values["booking_count"] = count or len(self._get_portal_kinds()[:1])
        return values

    def _prepare_portal_todo(self, balances):
        """Override: the next appointment, and those that wait for a time."""
        todo = super()._prepare_portal_todo(balances)
        if not self._portal_may_see_appointments():
            return todo
        env = request.env
        Booking, allowed = self._get_portal_documents(MODEL)
        coming = allowed & Booking._portal_next_domain()
        for row in Booking.search(coming, order="start, id", limit=1)._portal_rows():
            label = env._("%(name)s: %(when)s", name=row["name"], when=row["when"])
            todo.append({"key": "appointment", "label": label, "url": row["url"], "urgent": False})
        without = allowed & Booking._portal_filters()["open"]["domain"]
        if count := Booking.search_count(without):
            label = (
                env._("%s appointments wait for you to choose a time", count)
                if count > 1
                else env._("1 appointment waits for you to choose a time")
            )
            url = "/my/bookings?filterby=open"
            todo.append({"key": "appointments", "label": label, "url": url, "urgent": False})
        return todo

    # === PAGES === #

    @route(methods=["GET"])
    def portal_my_bookings(self, page=1, **kwargs):
        """Override of `resource_booking`: customers have our list."""
        if not request.env.user.share:
            return super().portal_my_bookings(page=page, **kwargs)
        asked = self._read_portal_booking_list()
        if not asked:
            return request.redirect("/my")
        values = self._show_portal_list(asked)
        values.update(
            page_name="booking",
            can_book=bool(self._get_portal_kinds()),
            message=kwargs.get("message"),
        )
        return request.render("customer_portal_plus_booking.portal_bookings", values)

    def _get_portal_kinds(self):
        """Return the kinds that the signed-in contact may book, in sudo.

        :rtype: resource.booking.type
        """
        return request.env["resource.booking.type"]._portal_offered()

    def _get_portal_booking_contact(self, booking_sudo):
        """Return the contact whose rights decide on an appointment; empty for a guest."""
        return booking_sudo.with_user(request.env.user)._get_access_contact()

    def _go_to_portal_booking(self, booking_sudo, access_token, suffix="", **query):
        url = self._add_portal_token(f"/my/bookings/{booking_sudo.id}{suffix}", access_token)
        for name, value in query.items():
            if value:
                url += f"{'&' if '?' in url else '?'}{name}={value}"
        return request.redirect(url, 303)

    def _prepare_portal_booking(self, booking_sudo, access_token, **values):
        """Return what the pages of one appointment have in common.

        :rtype: dict
        """
        # In the reader's language; the gate gives it in that of the kind's time zone.
        booking_sudo = booking_sudo.with_context(lang=request.env.lang)
        contact = self._get_portal_booking_contact(booking_sudo)
        page = self._booking_get_page_view_values(booking_sudo, access_token, **values)
        page.pop("booking_sudo", None)
        [row] = booking_sudo._portal_rows()
        token = page.get("access_token")
        return {
            **page,
            **row,
            "page_name": "booking",
            "no_breadcrumbs": True,
            "title": booking_sudo._portal_name(),
            "portal_error": values.get("error"),
            "access_token": token,
            "token_query": f"?access_token={token}" if token else "",
            "kind": booking_sudo.type_id.name,
            "when": booking_sudo._portal_when(
                booking_sudo.start, booking_sudo._portal_zone(contact)
            ),
            "length": booking_sudo._portal_length(booking_sudo.duration),
            "advice": booking_sudo.requester_advice or "",
            "may_change": not booking_sudo._portal_change_obstacle(contact),
        }

    @route(methods=["GET"])
    def portal_booking_page(self, booking_id, access_token=None, error=None, **kwargs):
        """Override of `resource_booking`: customers have our page, which says why a change was
        refused."""
        error = request.env[MODEL]._portal_slot_refusals().get(error)
        if not request.env.user.share:
            return super().portal_booking_page(booking_id, access_token, error=error, **kwargs)
        self._prepare_portal_document_page()
        try:
            booking_sudo = self._get_booking_sudo(booking_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        if away := self._redirect_portal_without_token(MODEL, booking_id):
            return away
        values = self._prepare_portal_booking(booking_sudo, access_token, error=error)
        video = booking_sudo.videocall_location or ""
        values.update(
            object=booking_sudo,  # Core's conversation asks for its model and its number.
            message=kwargs.get("message"),
            # An address that staff typed, which must not be a script.
            video=video if video.startswith(("https://", "http://")) else "",
            attendees=booking_sudo.partner_ids.mapped("name"),
            accept=(
                f"{booking_sudo.start.isoformat()}+00:00"
                if values["state"] == "scheduled"
                and booking_sudo._portal_change_obstacle(
                    self._get_portal_booking_contact(booking_sudo)
                )
                != "right"
                else ""
            ),
        )
        return request.render("customer_portal_plus_booking.portal_booking", values)

    @route(
        "/my/bookings/<int:booking_id>/calendar",
        **GUEST_PAGE,
        multilang=False,
        methods=["GET"],
    )
    def portal_my_booking_file(self, booking_id, access_token=None, **kwargs):
        """Return an appointment for the customer's own calendar."""
        try:
            booking_sudo = self._get_booking_sudo(booking_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        file = booking_sudo.with_context(lang=request.env.lang)._portal_calendar_file()
        if not file:
            return self._go_to_portal_booking(booking_sudo, access_token)
        name, content = file
        # Phones open it by its type. Browsers save it: nothing in it runs.
        response = request.make_response(
            content,
            headers=[
                ("Content-Type", "text/calendar; charset=utf-8"),
                ("Content-Disposition", content_disposition(name)),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "private, no-store"),
            ],
        )
        return self._note_portal_download(response, MODEL, booking_sudo.id)

    # === FREE TIMES === #

    @route(methods=["GET"])
    def portal_booking_schedule(
        self, booking_id, access_token=None, year=None, month=None, error=None, **kwargs
    ):
        """Override of `resource_booking`: customers see the free times by their own clock. Months
        that are none show the present one, and an address can't put words of its own on the
        page."""
        year, month = self._parse_portal_month(year, month)
        error = request.env[MODEL]._portal_slot_refusals().get(error)
        if not request.env.user.share:
            return super().portal_booking_schedule(
                booking_id, access_token, year=year, month=month, error=error, **kwargs
            )
        self._prepare_portal_document_page()
        try:
            booking_sudo = self._get_booking_sudo(booking_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        values = self._prepare_portal_booking(booking_sudo, access_token, error=error)
        if not values["may_change"]:
            return self._go_to_portal_booking(booking_sudo, access_token)
        base = f"/my/bookings/{booking_sudo.id}"
        values.update(
            self._prepare_portal_free_times(
                booking_sudo,
                self._get_portal_booking_contact(booking_sudo),
                year,
                month,
                f"{base}/schedule",
                day=kwargs.get("day"),
                zone=kwargs.get("tz"),
                access_token=values["access_token"],
            ),
            form_url=f"{base}/confirm",
            back_url=f"{base}{values['token_query']}",
            is_new=False,
        )
        return request.render("customer_portal_plus_booking.portal_booking_times", values)

    def _parse_portal_month(self, year, month):
        """Return a year and a month that free times are asked for; None and None for the present
        one, and for what is none."""
        # The engine's own address also takes them from the query, as text.
        this_year, year, month = fields.Date.today().year, parse_id(year), parse_id(month)
        if year and month and this_year <= year <= this_year + YEARS_AHEAD and 1 <= month <= 12:
            return year, month
        return None, None

    def _prepare_portal_free_times(
        self, booking_sudo, contact, year, month, url, day=None, zone=None, **query
    ):
        """Return the free times that a page shows.

        :param resource.booking booking_sudo: what is moved, or a draft of what is booked
        :param res.partner contact: the reader
        :param int year: None for the present month
        :param str url: of the page, without a month
        :param day: the day from which on times are looked for; anything
        :param zone: the time zone that the reader chose; anything
        :param query: what the addresses of other months have, too
        :rtype: dict
        """
        booking_sudo = booking_sudo.with_context(lang=request.env.lang)
        kind = booking_sudo.type_id
        tz = kind._portal_zone(contact, zone)
        own = kind._portal_zone(contact)
        now = fields.Datetime.now().replace(tzinfo=UTC).astimezone(tz)
        day = parse_date(day)
        year, month, days = booking_sudo._portal_find_free_days(
            tz, year or now.year, month or now.month, day, look_ahead=bool(day or not year)
        )
        if tz.zone != own.zone:
            query["tz"] = tz.zone
        return {
            "month_label": booking_sudo._portal_month_label(year, month),
            "days": days,
            "open_day": next((one["date"] for one in days if not day or one["date"] >= day), None),
            "zone": tz.zone,
            "zones": self._get_portal_zones(tz.zone, own.zone),
            "zone_url": url,
            **self._prepare_portal_month_links(now, year, month, url, query),
        }

    def _get_portal_zones(self, *zones):
        """Return the time zones to choose from: pairs of what is sent and what is shown."""
        names = {*request.env["res.partner"]._fields["tz"].get_values(request.env), *zones}
        return [(name, name.replace("_", " ")) for name in sorted(names)]

    def _prepare_portal_month_links(self, now, year, month, url, query):
        """Return the addresses of the months before and after one; None where nobody may go."""

        def link(place):
            if place < (now.year, now.month) or place > (now.year + 1, now.month):
                return None
            address = f"{url}/{place[0]}/{place[1]}"
            for name, value in query.items():
                if value:
                    address += f"{'&' if '?' in address else '?'}{name}={value}"
            return address

        before = (year - 1, 12) if month == 1 else (year, month - 1)
        after = (year + 1, 1) if month == 12 else (year, month + 1)
        return {"month_before": link(before), "month_after": link(after)}
