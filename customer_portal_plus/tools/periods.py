"""Periods of a statement: named ones, and those that somebody typed."""

from datetime import date, timedelta

# What spreadsheets have dates for, and calendars of all languages can write.
FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(9998, 12, 31)


def named_periods(today):
    """Return the periods that one chooses by name. Those that go on end today.

    :param datetime.date today: the reader's
    :return: ``month``, ``last_month``, ``quarter``, ``year`` and ``last_year``: first and last day
    :rtype: dict[str, tuple[datetime.date, datetime.date]]
    """
    month = today.replace(day=1)
    last_month_end = month - timedelta(days=1)
    year = today.replace(month=1, day=1)
    return {
        "month": (month, today),
        "last_month": (last_month_end.replace(day=1), last_month_end),
        "quarter": (month.replace(month=month.month - (month.month - 1) % 3), today),
        "year": (year, today),
        "last_year": (year.replace(year=year.year - 1), year - timedelta(days=1)),
    }


def free_period(begin, end, today):
    """Return the period that two dates mean, whatever they are.

    A date that is missing is completed: an end by the begin of its year, a begin by today. Dates
    that are the wrong way round are exchanged, and those that no ledger has are drawn nearer.

    :param begin: first day, or None
    :param end: last day, or None
    :param datetime.date today: the reader's
    :return: first and last day
    :rtype: tuple[datetime.date, datetime.date]
    """
    end = end or max(today, begin or today)
    begin = begin or end.replace(month=1, day=1)
    if begin > end:
        begin, end = end, begin
    return tuple(min(max(day, FIRST_DAY), LAST_DAY) for day in (begin, end))
