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
                "attendance_ids": [Command.clear()]
                + [
                    Command.create({"name": day, "dayofweek": day, "hour_from": 8, "hour_to": 17})
                    for day in "0123456"
                ],
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
            }
        )
        day = fields.Date.today() + timedelta(days=7)
        cls.slot = datetime.combine(day, time(9))
        cls.mine = cls._book(cls.user_full.partner_id)
        cls.of_own = cls._book(cls.user_own.partner_id)
        cls.foreign = cls._book(cls.beta)

    @classmethod
    def _book(cls, partner):
        return cls.env["resource.booking"].create(
            {
                "type_id": cls.kind.id,
                "partner_ids": [Command.set(partner.ids)],
                "user_id": cls.user_sales.id,
            }
        )

    def _ask(self, booking_id, act, **data):
        return self.post_form(
            f"/my/bookings/{booking_id}/{act}", data=data, page="/my/account", allow_redirects=False
        )
