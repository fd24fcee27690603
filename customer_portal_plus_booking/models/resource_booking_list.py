"""Appointments as the customer's lists show them."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

STATE_TONES = {"open": "waiting", "scheduled": "waiting", "booked": "good", "past": ""}


class ResourceBooking(models.Model):
    _inherit = "resource.booking"

    @api.model
    def _portal_filters(self):
        coming = Domain("stop", ">", fields.Datetime.now())
        without = Domain("start", "=", False)
        return {
            "all": {"label": self.env._("All"), "domain": Domain.TRUE},
            "coming": {"label": self.env._("To come"), "domain": coming | without},
            "open": {"label": self.env._("Without a time"), "domain": without},
            "past": {"label": self.env._("Past"), "domain": ~coming & ~without},
        }

    @api.model
    def _portal_sorts(self):
        return self._portal_date_sorts("start")

    @api.model
    def _portal_date_domain(self, date_begin, date_end):
        return self._portal_moment_domain("start", date_begin, date_end)

    @api.model
    def _portal_next_domain(self):
        """Return the domain of the appointments that are still to come and have a time.

        :rtype: Domain
        """
        return Domain("stop", ">", fields.Datetime.now()) & Domain("state", "!=", "canceled")

    @api.model
    def _portal_search_word_domain(self, contact, word):
        """Override: name, kind and place. There are no lines and no amounts."""

        def in_kind(model, alias, query, pattern):
            # The kind's name in each language: it is searched as it is read.
            return [
                SQL(
                    "EXISTS (SELECT 1 FROM resource_booking_type kind WHERE kind.id = %s"
                    " AND portal_fold(coalesce(kind.name->>%s, kind.name->>'en_US')) LIKE %s)",
                    model._field_to_sql(alias, "type_id", query),
                    model.env.lang or "en_US",
                    pattern,
                )
            ]

        return self._portal_own_text_domain(word, ("name", "location"), in_kind)

    def _portal_state(self):
        """Return in which state this appointment is, for its customer.

        - ``open``: the customer chooses a time
        - ``scheduled``: the company chose one, and the customer has not said that it comes
        - ``booked``: both agree
        - ``past``

        :rtype: str
        """
        self.ensure_one()
        if not self.start:
            return "open"
        if self.stop <= fields.Datetime.now():
            return "past"
        return "booked" if self.state == "confirmed" else "scheduled"

    @api.model
    def _portal_state_labels(self):
        """Return the states of ``_portal_state`` in plain words.

        :rtype: dict[str, str]
        """
        return {
            "open": self.env._("Choose a time"),
            "scheduled": self.env._("Waiting for you"),
            "booked": self.env._("Confirmed"),
            "past": self.env._("Over"),
        }

    @api.model
    def _portal_columns(self, key):
        _ = self.env._
        return [
            ["number", _("Number"), "text"],
            ["name", _("Appointment"), "text"],
            ["when", _("When"), "text"],
            ["location", _("Place"), "text"],
            ["state_label", _("Status"), "text"],
        ]

    def _portal_rows(self):
        labels = self._portal_state_labels()
        reader = self.env.user.sudo().partner_id
        rows = []
        for booking in self:
            state = booking._portal_state()
            zone = booking._portal_zone(reader)
            when = booking._portal_when(booking.start, zone)
            local = fields.Datetime.context_timestamp(
                booking.with_context(tz=zone.zone), booking.start or booking.create_date
            )
            rows.append(
                {
                    "id": booking.id,
                    "number": str(booking.id),
                    "name": booking._portal_name(),
                    "detail": when["text"] if when else "",
                    "when": when["text"] if when else "",
                    "location": booking.location or "",
                    "url": booking.access_url,
                    "date": local.date(),
                    "company": booking.company_id.name,
                    "state": state,
                    "state_label": labels[state],
                    "state_tone": STATE_TONES[state],
                }
            )
        return rows
