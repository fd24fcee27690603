from datetime import UTC, datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Command

ZONE = "Europe/Madrid"


class CustomerPortalDemo(models.AbstractModel):
    _inherit = "customer.portal.demo"

    @api.model
    def _load_appointments(self):
        """Offer two kinds of appointments, and have customers book some, once: when the demo data
        is loaded again, they are there."""
        company = self._ref("demo_company")
        demo = self._in_demo_company()
        Kind = demo.env["resource.booking.type"]
        if Kind.search_count([("company_id", "=", company.id)], limit=1):
            return
        company.portal_show_appointments = True
        staff = self._ref("demo_user_sales")
        staff.group_ids = [Command.link(self.env.ref("resource_booking.group_manager").id)]
        combination = demo._make_technician(company)
        visit = demo._make_kind(
            combination,
            "Visita técnica",
            1.5,
            location="En su taller",
            requester_advice="Tenga a mano el número de serie de la máquina.",
        )
        advice = demo._make_kind(
            combination,
            "Asesoramiento por videollamada",
            0.5,
            videocall_location="https://meet.example.com/asesoramiento",
        )
        for number, user in enumerate(("talleres_gerencia", "talleres_compras", "hotel_recepcion")):
            demo._book_demo(user, (visit, advice, visit)[number], days=5 + 2 * number)
        # Opened by staff: one for which the customer is to choose a time, one for which it is to
        # say whether it comes, and one that is over.
        today = fields.Date.today()
        monday = today - timedelta(days=today.weekday() + 14)
        past = pytz.timezone(ZONE).localize(datetime.combine(monday, time(10)))
        demo._open_demo(advice, "Revisión del contrato marco")
        demo._open_demo(visit, "Puesta en marcha", demo._find_demo_time(visit, days=12))
        demo._open_demo(visit, "Medición del taller", past).action_confirm()

    @api.model
    def _make_technician(self, company):
        """Make a technician who is there on working days; return what can be booked of it."""
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Horario de atención",
                "tz": ZONE,
                "company_id": company.id,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": f"{day} {begin}",
                                "dayofweek": day,
                                "hour_from": begin,
                                "hour_to": end,
                                "day_period": period,
                            }
                        )
                        for day in "01234"
                        for begin, end, period in ((9, 13, "morning"), (15, 18, "afternoon"))
                    ),
                ],
            }
        )
        technician = self.env["resource.resource"].create(
            {
                "name": "Técnico de servicio",
                "resource_type": "material",
                "calendar_id": calendar.id,
                "company_id": company.id,
                "tz": ZONE,
            }
        )
        return self.env["resource.booking.combination"].create(
            {"resource_ids": [Command.set(technician.ids)]}
        )

    @api.model
    def _make_kind(self, combination, name, hours, **values):
        """Offer a kind of appointment."""
        return self.env["resource.booking.type"].create(
            {
                "name": name,
                "company_id": self.env.company.id,
                "duration": hours,
                "slot_duration": 0.5,
                "resource_calendar_id": combination.resource_ids.calendar_id.id,
                "combination_rel_ids": [Command.create({"combination_id": combination.id})],
                "portal_bookable": True,
                "portal_user_id": self._ref("demo_user_sales").id,
                **values,
            }
        )

    @api.model
    def _open_demo(self, kind, name, moment=None):
        """Have staff open an appointment for the customer that the demo is seen as.

        :param datetime.datetime moment: with its zone; None if the customer chooses it
        """
        return (
            self.env["resource.booking"]
            .with_context(no_mail_to_attendees=True, tz=ZONE)
            .create(
                {
                    "type_id": kind.id,
                    "name": name,
                    "partner_ids": [Command.set(self._ref("demo_contact_talleres_gerencia").ids)],
                    "user_id": self._ref("demo_user_sales").id,
                    "start": moment and moment.astimezone(UTC).replace(tzinfo=None),
                }
            )
        )

    @api.model
    def _find_demo_time(self, kind, days):
        """Return the first free time of a day, or of the next ones, with its zone."""
        day = fields.Date.today() + timedelta(days=days)
        begin = datetime.combine(day, time.min, UTC)
        draft = self.env["resource.booking"]._portal_draft(kind)
        return draft._portal_free_moments(begin, begin + timedelta(days=7))[0]

    @api.model
    def _book_demo(self, key, kind, days):
        """Have a contact book the first free time of a day, or of the next ones."""
        user = self._ref(f"demo_user_{key}")
        bookings = (
            self.env["resource.booking"].with_user(user).with_context(no_mail_to_attendees=True)
        )
        moment = self._find_demo_time(kind, days)
        bookings._portal_book(user.partner_id, kind.with_user(user).sudo(), moment.isoformat())
