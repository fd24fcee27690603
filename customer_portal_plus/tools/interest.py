"""Interest by day: which amount was open on which days, and at which yearly rate.

Plain Python, exact; who shows an amount rounds it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

DAYS_OF_A_YEAR = 365  # in leap years, too
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """Days, the first and the last of them included, of one amount at one rate."""

    first: date
    last: date
    amount: Decimal
    percentage: Decimal

    @property
    def days(self):
        """How many days these are."""
        return (self.last - self.first).days + 1

    @property
    def interest(self):
        """The interest of all these days, not rounded."""
        return self.amount * self.percentage * self.days / (100 * DAYS_OF_A_YEAR)


def open_spans(amount, due, paid):
    """Return how much of an amount was open on the days after it was due. The day of a payment
    still counts: what is paid a day late is one day late.

    :param Decimal amount: what was due
    :param datetime.date due: when
    :param list paid: pairs of day and amount
    :return: triples of first day, last day and amount above zero, in their order; the last day is
        None where it is still open
    :rtype: list[tuple]
    """
    spans, first = [], due + DAY
    for day, part in sorted(paid):
        if amount > 0 and day >= first:
            spans.append((first, day, amount))
            first = day + DAY
        amount -= part
    if amount > 0:
        spans.append((first, None, amount))
    return spans


def reckon(spans, rates, first, last):
    """Return the periods in which interest grows.

    :param list spans: see ``open_spans``
    :param list rates: triples of first day, last day (None: still valid) and yearly percentage,
        which do not overlap
    :param datetime.date first: the first day that counts
    :param datetime.date last: the last one
    :rtype: list[Period]
    """
    periods = [
        Period(begin, end, amount, percentage)
        for start, stop, amount in spans
        for valid_from, valid_to, percentage in rates
        if (begin := max(first, start, valid_from))
        <= (end := min(last, stop or last, valid_to or last))
    ]
    return sorted(periods, key=lambda period: period.first)


def day_without_rate(spans, rates, first, last):
    """Return the first day on which something was open and no rate is known; None if there is none.

    For the params see ``reckon``.

    :rtype: datetime.date | None
    """
    for start, stop, _amount in spans:
        begin, end = max(first, start), min(last, stop or last)
        for valid_from, valid_to, _percentage in sorted(rates, key=lambda rate: rate[0]):
            if begin > end or valid_from > begin:
                break
            begin = max(begin, (valid_to or end) + DAY)
        if begin <= end:
            return begin
    return None
