"""Appointments of the two customers, with one resource that is free every day from 8 to 17."""

from datetime import datetime, time, timedelta

from odoo import Command, fields

from odoo.addons.customer_portal_plus.tests.common import PortalHttpCase


class BookingCase(PortalHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.portal_show_appointments = True
        cls.profile_purchasing.write({"can_see_appointments": True, "can_book": True})
        calendar = cls.env["resource.calendar"].create(
            {
                "name": "Todos los días",
                "tz": "UTC",
                "attendance_ids": cls._hours(8, 17),
            }
        )
        cls.room = cls.env["resource.resource"].create(
            {
                "name": "Sala",
                "calendar_id": calendar.id,
                "resource_type": "material",
                "tz": "UTC",
            }
        )
        combination = cls.env["resource.booking.combination"].create(
            {"resource_ids": [Command.set(cls.room.ids)]}
        )
        cls.kind = cls.env["resource.booking.type"].create(
            {
                "name": "Visita técnica",
                "company_id": cls.company.id,
                "combination_rel_ids": [Command.create({"combination_id": combination.id})],
                "resource_calendar_id": calendar.id,
                "portal_bookable": True,
            }
        )
        day = fields.Date.today() + timedelta(days=7)
        cls.slot = datetime.combine(day, time(9))
        cls.mine = cls._book(cls.user_full.partner_id)
        cls.of_own = cls._book(cls.user_own.partner_id)
        cls.foreign = cls._book(cls.beta)

    @classmethod
    def _hours(cls, begin, end):
        """Return the commands for a calendar that is open from hour to hour on every day."""
        return [
            Command.clear(),
            *(
                Command.create({"name": day, "dayofweek": day, "hour_from": begin, "hour_to": end})
                for day in "0123456"
            ),
        ]

    @classmethod
    def _book(cls, partner):
        return cls.env["resource.booking"].create(
            {
                "type_id": cls.kind.id,
                "partner_ids": [Command.set(partner.ids)],
                "user_id": cls.user_sales.id,
            }
        )

    def _value(self, moment):
        """Return what the form of a page sends for a moment."""
        return f"{moment.isoformat()}+00:00"

    def _order(self, moment, kind=None, **data):
        """Book a moment as whoever is signed in, as the page's form does it."""
        kind_id = self.kind.id if kind is None else kind
        return self.post_form(
            f"/my/bookings/new/{kind_id}",
            data={"when": self._value(moment), **data},
            page="/my/account",
            allow_redirects=False,
        )

    def _booked(self, user):
        """Return what a user has booked, besides what the fixture gave it."""
        bookings = self.env["resource.booking"].search([("partner_ids", "in", user.partner_id.ids)])
        return bookings - self.mine - self.of_own - self.foreign

    def _ask(self, booking_id, act, **data):
        return self.post_form(
            f"/my/bookings/{booking_id}/{act}", data=data, page="/my/account", allow_redirects=False
        )
