"""Moving and cancelling an appointment: what is free is decided under a lock that waits."""

from datetime import UTC, datetime, timedelta

from odoo import fields, models
from odoo.exceptions import ValidationError

from odoo.addons.customer_portal_plus.exceptions import PortalRefusal
from odoo.addons.customer_portal_plus.tools.transactions import lock_rows_or_retry

# Nobody books further ahead; also keeps sums of moments within what a calendar knows.
DAYS_AHEAD = 366


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


def is_ahead(moment):
    """Return whether somebody may ask for a moment: to come, and not too far off.

    :param datetime.datetime moment: in UTC, without zone
    :rtype: bool
    """
    now = fields.Datetime.now()
    return now < moment < now + timedelta(days=DAYS_AHEAD)


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
            "right": _("You can't change this appointment."),
            "late": _("It is too late to change this appointment. Please call us."),
            "none": _("Please choose one of the times below."),
            "taken": _("That time is not free any more. These are the next ones that are."),
        }

    def _portal_make_slot_refusal(self, code):
        return PortalRefusal(self._portal_slot_refusals()[code], code)

    def _portal_lock(self):
        """Take the appointment and all that its kind can occupy: kinds share resources, so whoever
        asks for one of them at the same time waits, and then finds it taken."""
        combinations = self.type_id.combination_rel_ids.combination_id | self.combination_id
        lock_rows_or_retry(self, combinations.resource_ids)

    def _portal_local_moment(self, moment):
        """Return a moment in the time zone of the kind's calendar.

        :param datetime.datetime moment: in UTC, without zone
        :rtype: datetime.datetime
        """
        booking = self.with_context(tz=self.type_id.resource_calendar_id.tz)
        return fields.Datetime.context_timestamp(booking, moment)

    def _portal_month_path(self, text):
        """Return the end of the address of the calendar's month that has a slot.

        :param text: a slot, as its form sends it
        :return: ``/2026/12``; empty, which is the present month, if nobody may ask for the slot
        :rtype: str
        """
        moment = parse_moment(text)
        if not moment or not is_ahead(moment):
            return ""
        return f"/{self._portal_local_moment(moment):%Y/%m}"

    def _portal_move(self, contact, text):
        """Move this appointment to a slot that is offered now, and confirm it.

        :param res.partner contact: see ``_portal_change_obstacle``
        :param text: a slot, as its form sends it
        :raise PortalRefusal: ``right``, ``late``, ``none`` (no moment) or ``taken``
        """
        self._portal_lock()
        if obstacle := self._portal_change_obstacle(contact):
            raise self._portal_make_slot_refusal(obstacle)
        moment = parse_moment(text)
        if not moment:
            raise self._portal_make_slot_refusal("none")
        if not is_ahead(moment):
            raise self._portal_make_slot_refusal("taken")
        booking = self.with_context(using_portal=True, tz=self.type_id.resource_calendar_id.tz)
        start = self._portal_local_moment(moment)
        offered = booking._get_available_slots(start, start + timedelta(hours=booking.duration))
        if start not in offered.get(start.date(), ()):
            raise self._portal_make_slot_refusal("taken")
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
        self.action_cancel()
