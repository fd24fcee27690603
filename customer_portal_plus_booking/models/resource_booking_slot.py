"""Moving and cancelling an appointment: what is free is decided under a lock that waits."""

from datetime import UTC, datetime

from odoo import models
from odoo.exceptions import ValidationError

from odoo.addons.customer_portal_plus.exceptions import PortalRefusal
from odoo.addons.customer_portal_plus.tools.transactions import lock_rows_or_retry

from .resource_booking_time import is_ahead


def parse_moment(text):
    """Return the moment that a text names.

    :param text: anything; ``2026-12-31T10:00:00+01:00``. Without its offset a moment is none: it
        would be read in the time zone of whichever machine answers.
    :return: in UTC, without zone, as fields have it
    :rtype: datetime.datetime | None
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo:
            return moment.astimezone(UTC).replace(tzinfo=None)
    except (TypeError, ValueError, OverflowError):
        return None
    return None


class ResourceBooking(models.Model):
    _inherit = "resource.booking"

    def _portal_change_obstacle(self, contact):
        """Return why this appointment can't be moved or cancelled by who asks.

        :param res.partner contact: who asks; empty for a guest who holds the mailed link
        :return: ``right`` or ``late``; None if it can
        :rtype: str | None
        """
        self.ensure_one()
        if self._portal_refusal(contact):
            return "right"
        if contact and not contact._portal_profile().can_book:
            return "right"
        return None if self.with_context(using_portal=True).is_modifiable else "late"

    def _portal_slot_refusals(self):
        """Return what is said when an appointment could not be changed, by code.

        :rtype: dict[str, str]
        """
        _ = self.env._
        return {
            "gone": _("This can't be booked any more. Please choose something else."),
            "right": _("You can't change this appointment."),
            "late": _("It is too late to change this appointment. Please call us."),
            "none": _("Please choose one of the times below."),
            "taken": _("That time is not free any more. These are the next ones that are."),
            "limit": _("You have as many appointments of this kind as you may book."),
        }

    def _portal_make_slot_refusal(self, code):
        return PortalRefusal(self._portal_slot_refusals()[code], code)

    def _portal_lock(self):
        """Take the appointment and all that its kind can occupy: kinds share resources, so whoever
        asks for one of them at the same time waits, and then finds it taken."""
        combinations = self.type_id.combination_rel_ids.combination_id | self.combination_id
        lock_rows_or_retry(self, combinations.resource_ids)

    def _portal_month_path(self, contact, text):
        """Return the end of the address of the calendar's month that has a slot.

        :param res.partner contact: whose calendar it is; empty for a guest
        :param text: a slot, as its form sends it
        :return: ``/2026/12``; empty, which is the present month, if nobody may ask for the slot
        :rtype: str
        """
        moment = parse_moment(text)
        if not moment or not is_ahead(moment):
            return ""
        zone = self._portal_zone(contact)
        return f"/{moment.replace(tzinfo=UTC).astimezone(zone):%Y/%m}"

    def _portal_move(self, contact, text):
        """Move this appointment to a slot that is offered now, and confirm it. What the company
        chose is confirmed as it is, also when it is too late for another one.

        :param res.partner contact: see ``_portal_change_obstacle``
        :param text: a slot, as its form sends it
        :raise PortalRefusal: ``right``, ``late``, ``none`` (no moment) or ``taken``
        """
        self._portal_lock()
        moment = parse_moment(text)
        stays = bool(moment) and moment == self.start
        obstacle = self._portal_change_obstacle(contact)
        if obstacle and not (stays and obstacle == "late"):
            raise self._portal_make_slot_refusal(obstacle)
        if not moment:
            raise self._portal_make_slot_refusal("none")
        if not is_ahead(moment) or not (stays or self._portal_is_free(moment)):
            raise self._portal_make_slot_refusal("taken")
        if stays and self.state == "confirmed":
            return
        told = ("accepted" if stays else "moved") if self.start else "booked"
        self._portal_take(moment)
        self._portal_tell(contact, told, moment)

    def _portal_take(self, moment):
        """Confirm this appointment at a moment.

        :param datetime.datetime moment: in UTC, without zone
        :raise PortalRefusal: ``taken``
        """
        booking = self.with_context(
            using_portal=True,
            portal_appointment_partner_ids=tuple(self.partner_ids.ids),
            tz=self.type_id.resource_calendar_id.tz,
        )
        try:
            booking.start = moment
            booking.action_confirm()
            booking.flush_recordset()
        except ValidationError as error:
            raise self._portal_make_slot_refusal("taken") from error

    def _portal_cancel(self, contact):
        """Cancel this appointment.

        :param res.partner contact: see ``_portal_change_obstacle``
        :raise PortalRefusal: ``right`` or ``late``
        """
        self._portal_lock()
        if obstacle := self._portal_change_obstacle(contact):
            raise self._portal_make_slot_refusal(obstacle)
        start = self.start
        self.action_cancel()
        if start:
            self._portal_tell(contact, "canceled", start)
