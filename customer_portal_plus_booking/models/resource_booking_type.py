"""Kinds of appointments: which ones customers may choose, and how many of them."""

import pytz

from odoo import api, fields, models
from odoo.fields import Domain


class ResourceBookingType(models.Model):
    _inherit = "resource.booking.type"

    portal_bookable = fields.Boolean(
        "Customers may book",
        help="Customers choose this kind of appointment in the portal, and one of its free times.",
    )
    portal_limit = fields.Integer(
        "Upcoming appointments of a customer",
        default=5,
        help="How many upcoming appointments of this kind a customer may have; 0 for any number.",
    )
    portal_user_id = fields.Many2one(
        "res.users",
        "Organizer of what customers book",
        domain="[('share', '=', False)]",
        ondelete="set null",
        help="Who organizes what customers book, and is told of it; else whoever is booked, or the"
        " customer's salesperson.",
    )

    _portal_limit_positive = models.Constraint(
        "CHECK(portal_limit >= 0)", "A number of appointments is zero or more."
    )

    @api.model
    def _portal_offered_domain(self, contact, companies):
        """Return the domain of the kinds that ``contact`` may book.

        :param res.partner contact: partner of the signed-in user
        :param res.company companies: those of its user
        :rtype: Domain
        """
        if not (contact._portal_can("can_see_appointments") and contact._portal_can("can_book")):
            return Domain.FALSE
        return (
            Domain("portal_bookable", "=", True)
            & Domain("company_id", "in", companies.ids)
            & Domain("company_id.portal_enabled", "=", True)
            & Domain("company_id.portal_show_appointments", "=", True)
            & Domain("combination_rel_ids.combination_id.active", "=", True)
        )

    @api.model
    def _portal_offered(self):
        """Return the kinds that the current user, a contact, may book.

        :return: in sudo: kinds are nobody's to read but staff's
        :rtype: resource.booking.type
        """
        user = self.env.user
        domain = self._portal_offered_domain(user.sudo().partner_id, user.sudo().company_ids)
        return self.sudo().search(domain, order="name, id")

    def _portal_is_full(self, customer):
        """Return whether a customer has as many of this kind as it may.

        :param res.partner customer: the commercial entity
        :rtype: bool
        """
        self.ensure_one()
        to_come = Domain("start", "=", False) | Domain("stop", ">", fields.Datetime.now())
        count = self.env["resource.booking"].search_count(
            Domain("type_id", "=", self.id)
            & Domain("portal_commercial_partner_id", "=", customer.id)
            & Domain("state", "!=", "canceled")
            & to_come
        )
        return bool(self.portal_limit) and count >= self.portal_limit

    def _portal_zone(self, contact, asked=None):
        """Return the time zone in which a reader is told times of this kind.

        :param res.partner contact: the reader; empty for a guest
        :param asked: the name of one that the reader chose; anything
        :return: the chosen one, else the reader's own, else that of the calendar
        :rtype: datetime.tzinfo
        """
        self.ensure_one()
        for name in (asked, contact.tz, self.resource_calendar_id.tz):
            if name and name in pytz.all_timezones_set:
                return pytz.timezone(name)
        return pytz.utc

    def _portal_calendar_zone(self):
        """Return the time zone in which this kind's hours are meant.

        :rtype: datetime.tzinfo
        """
        self.ensure_one()
        return pytz.timezone(self.resource_calendar_id.tz or "UTC")
