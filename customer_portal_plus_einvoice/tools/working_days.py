"""Days as laws count them: running and working ones, by a country's calendar and its clocks.

Plain Python without a model. Days are ``datetime.date``, moments are naive and in universal time,
as Odoo keeps them.
"""

import calendar
import functools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

SATURDAY = 5
# Nothing is counted beyond: what falls on a later day falls on this one.
LAST_DAY = date(9990, 12, 31)


@functools.lru_cache(maxsize=256)
def national_holidays(country, year):
    """Return the days of a year on which a whole country does not work.

    :param str country: code by ISO 3166, ``ES``
    :param int year: which
    :return: none if the calendar of that country is not known
    :rtype: frozenset[date]
    """
    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:
        return frozenset()


def is_working_day(day, country):
    """Return whether a day is neither Saturday nor Sunday nor a national holiday.

    :param date day: which
    :param str country: see ``national_holidays``
    :rtype: bool
    """
    return day.weekday() < SATURDAY and day not in national_holidays(country, day.year)


def last_day(start, count, unit, country):
    """Return the last day of a time limit. The day on which it begins is not counted.

    :param date start: the day on which it begins
    :param int count: how many days; of ``month``, which day of the month after
    :param str unit: ``running``, ``working`` or ``month``
    :param str country: whose working days, see ``national_holidays``
    :rtype: date
    """
    start = min(start, LAST_DAY)
    if unit == "month":
        year, month = divmod(start.year * 12 + start.month, 12)
        month += 1
        return date(year, month, min(count, calendar.monthrange(year, month)[1]))
    if unit == "running":
        return start + timedelta(days=count)
    day = start
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day, country)
    return day


def days_left(today, last, unit, country):
    """Return how many days are left until the last one, counted as the limit counts them.

    :param date today: by the clocks of the country
    :param date last: see ``last_day``
    :param str unit: see there
    :param str country: see there
    :return: zero on the last day, and after it
    :rtype: int
    """
    days = range(1, (min(last, LAST_DAY) - today).days + 1)
    if unit != "working":
        return len(days)
    return sum(is_working_day(today + timedelta(days=day), country) for day in days)


def local_day(moment, tz):
    """Return which day it is somewhere.

    :param datetime moment: naive, in universal time
    :param str tz: name of a time zone, ``America/Santiago``
    :rtype: date
    """
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(tz)).date()


def end_of_day(day, tz):
    """Return the first moment that is not of a day any more, by the clocks of a time zone.

    Where clocks are put forward at midnight, that is the moment at which they are.

    :param date day: which
    :param str tz: see ``local_day``
    :return: naive, in universal time
    :rtype: datetime
    """
    midnight = datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(tz))
    return midnight.astimezone(UTC).replace(tzinfo=None)
