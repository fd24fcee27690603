"""When an appointment is, and when it could be, in the reader's time zone."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta

import babel.dates

from odoo import api, fields, models
from odoo.tools import format_date, format_time
from odoo.tools.intervals import Intervals
from odoo.tools.misc import babel_locale_parse

from odoo.addons.resource_booking.models.resource_booking import _merge_intervals

# Nobody books further ahead; also keeps sums of moments within what a calendar knows.
DAYS_AHEAD = 366
# How many months are looked through for the next free times.
MONTHS_LOOKED_AHEAD = 3


def is_ahead(moment):
    """Return whether somebody may ask for a moment: to come, and not too far off.

    :param datetime.datetime moment: in UTC, without zone
    :rtype: bool
    """
    now = fields.Datetime.now()
    return now < moment < now + timedelta(days=DAYS_AHEAD)


def month_after(year, month):
    """Return the month after another, as year and month.

    :rtype: tuple[int, int]
    """
    return (year + 1, 1) if month == 12 else (year, month + 1)


def midnight_of(zone, moment, days=0):
    """Return when the day of a moment begins, by the clock of a zone.

    :param datetime.tzinfo zone: of pytz
    :param datetime.datetime moment: with its zone
    :param int days: so many days later
    :rtype: datetime.datetime
    """
    date = moment.astimezone(zone).date() + timedelta(days=days)
    return zone.localize(datetime.combine(date, time.min))


def offset_text(moment):
    """Return how far a moment's clock is from UTC: ``UTC+02:00``.

    :param datetime.datetime moment: with its zone
    :rtype: str
    """
    offset = moment.strftime("%z")
    return f"UTC{offset[:3]}:{offset[3:]}"


class ResourceBooking(models.Model):
    _inherit = "resource.booking"

    # === WHEN IT IS === #

    def _portal_zone(self, contact):
        """Return the time zone in which ``contact`` is told when this appointment is.

        :param res.partner contact: the reader; empty for a guest
        :rtype: datetime.tzinfo
        """
        self.ensure_one()
        return self.type_id._portal_zone(contact)

    @api.model
    def _portal_length(self, hours):
        """Return how long something takes: ``45 min``, ``1 h 30 min``.

        :param float hours: more than zero
        :rtype: str
        """
        full, minutes = divmod(round(hours * 60), 60)
        return " ".join(filter(None, [full and f"{full} h", minutes and f"{minutes} min"]))

    @api.model
    def _portal_clock(self, moment):
        """Return the time of a moment as its clock shows it, in the language of the environment.

        :rtype: str
        """
        text = format_time(self.env, moment.time(), time_format="short")
        return text.replace("\u202f", " ")  # A narrow blank, which few fonts have.

    def _portal_when(self, moment, zone):
        """Return a moment in words, in the language of the environment.

        :param datetime.datetime moment: in UTC, without zone; False if there is none
        :param datetime.tzinfo zone: of the reader
        :return: ``day``, ``from``, ``to``, ``zone`` (its name), and ``text`` with all of them;
            None if there is no moment
        :rtype: dict[str, str] | None
        """
        self.ensure_one()
        if not moment:
            return None
        begin = moment.replace(tzinfo=UTC).astimezone(zone)
        end = (moment + timedelta(hours=self.duration)).replace(tzinfo=UTC).astimezone(zone)
        words = {
            "day": format_date(self.env, begin.date(), date_format="full"),
            "from": self._portal_clock(begin),
            "to": self._portal_clock(end),
            "zone": zone.zone.replace("_", " "),
        }
        text = self.env._("%(day)s, %(from)s to %(to)s (%(zone)s)", **words)
        return {**words, "text": text}

    # === WHEN IT COULD BE === #

    def _portal_free_moments(self, start, end):
        """Return the moments to which this appointment can be moved now.

        They are counted from where free hours begin, and from each midnight on, as the clock of the
        kind's calendar has it: on days on which it changes, too, a time is free whichever month it
        is shown in. The engine's own list counts on from wherever it was asked from.

        :param datetime.datetime start: the first, with its zone
        :param datetime.datetime end: behind the last, with its zone
        :return: in UTC, with that zone, in their order
        :rtype: list[datetime.datetime]
        """
        self.ensure_one()
        kind = self.type_id
        zone = kind._portal_calendar_zone()
        booking = self.with_context(using_portal=True, tz=zone.zone)
        length = timedelta(hours=self.duration)
        step = timedelta(hours=kind.slot_duration) or length
        deadline = timedelta(hours=kind.modifications_deadline)
        soonest = max(start, fields.Datetime.now().replace(tzinfo=UTC) + deadline)
        first = midnight_of(zone, start)
        until = (end + length).astimezone(zone)
        each = [
            _merge_intervals(booking._get_intervals(first, until, combination))
            for combination in self._portal_combinations()
        ]
        whole = Intervals([])
        for intervals in each:
            whole |= intervals

        def fits(moment):
            # What one of them begins, no other one ends.
            return any(
                opens <= moment and moment + length <= closes
                for intervals in each
                for opens, closes, _records in intervals
            )

        moments = []
        for opens, closes, _records in _merge_intervals(whole):
            moment = opens
            while moment + length <= closes and moment < end:
                midnight = midnight_of(zone, moment, days=1)
                while moment < midnight and moment + length <= closes:
                    if soonest <= moment < end and fits(moment):
                        moments.append(moment.astimezone(UTC))
                    moment += step
                moment = midnight
        return [moment for moment in moments if is_ahead(moment.replace(tzinfo=None))]

    def _portal_combinations(self):
        """Return which resources this appointment can have at another time: any of its kind, unless
        staff have chosen them by hand.

        :rtype: resource.booking.combination
        """
        self.ensure_one()
        if self.combination_id and not self.combination_auto_assign:
            return self.combination_id
        return self.type_id.combination_rel_ids.combination_id.filtered("active")

    def _portal_is_free(self, moment):
        """Return whether this appointment can be moved to a moment now.

        :param datetime.datetime moment: in UTC, without zone
        :rtype: bool
        """
        if not is_ahead(moment):
            return False
        aware = moment.replace(tzinfo=UTC)
        return aware in self._portal_free_moments(aware, aware + timedelta(seconds=1))

    def _portal_free_days(self, zone, year, month):
        """Return the free times of a month, by day, as the reader's clock and calendar have it.

        :param datetime.tzinfo zone: of the reader
        :return: dicts with ``date``, ``label`` and ``slots``: dicts with ``value``, which a form
            sends, and ``label``
        :rtype: list[dict]
        """
        first = zone.localize(datetime(year, month, 1))
        last = zone.localize(datetime(*month_after(year, month), 1))
        days = {}
        for moment in self._portal_free_moments(first, last):
            local = moment.astimezone(zone)
            days.setdefault(local.date(), []).append((moment, local))
        return [
            {
                "date": date,
                "label": format_date(self.env, date, date_format="full"),
                "slots": self._portal_slot_labels(moments),
            }
            for date, moments in days.items()
        ]

    def _portal_slot_labels(self, moments):
        """Return the free times of a day. When the clock is put back, an hour comes twice: its
        times tell which one they are.

        :param list moments: pairs: in UTC, and the reader's
        :return: see ``_portal_free_days``
        :rtype: list[dict]
        """
        labels = [self._portal_clock(local) for _moment, local in moments]
        often = Counter(labels)
        return [
            {
                "value": moment.isoformat(),
                "label": label if often[label] == 1 else f"{label} ({offset_text(local)})",
            }
            for label, (moment, local) in zip(labels, moments, strict=True)
        ]

    def _portal_find_free_days(self, zone, year, month, day=None, look_ahead=False):
        """Return the free times of a month, or of the next one that has some.

        :param date day: a month counts as one that has none if all are before that day
        :param bool look_ahead: whether later months are looked at, too
        :return: year, month and days, see ``_portal_free_days``; the month that was asked for if
            none has any
        :rtype: tuple[int, int, list[dict]]
        """
        asked = None
        place = (year, month)
        for _time in range(MONTHS_LOOKED_AHEAD if look_ahead else 1):
            days = self._portal_free_days(zone, *place)
            asked = asked or (*place, days)
            if any(not day or free["date"] >= day for free in days):
                return (*place, days)
            place = month_after(*place)
        return asked

    def _portal_month_label(self, year, month):
        """Return the name of a month with its year, in the language of the environment.

        :rtype: str
        """
        locale = babel_locale_parse(self.env.lang or "en_US")
        text = babel.dates.format_skeleton("yMMMM", datetime(year, month, 1), locale=locale)
        return text[:1].upper() + text[1:]
