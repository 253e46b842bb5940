"""Due dates and amounts of payment plans. Pure: no ORM, whole smallest units."""

from calendar import monthrange
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

FREQUENCIES = ("week", "fortnight", "month", "month_end")
MAX_INSTALMENTS = 120


def due_dates(first, frequency, count):
    """Return the due dates of a plan, in order.

    Months go from the first date: 31 January, 28 February, 31 March.

    :param first: date of the first instalment
    :param frequency: one of ``FREQUENCIES``
    """
    if frequency in ("week", "fortnight"):
        days = 7 if frequency == "week" else 14
        return [first + timedelta(days=days * number) for number in range(count)]
    dates = [first + relativedelta(months=number) for number in range(count)]
    if frequency == "month_end":
        return [_month_end(day) for day in dates]
    return dates


def equal_amounts(total, count):
    """Return ``count`` amounts that sum to ``total``; the last one balances.

    >>> equal_amounts(100000, 3)
    [33333, 33333, 33334]
    """
    part = total // count
    return [part] * (count - 1) + [total - part * (count - 1)]


def amounts_of(total, amount):
    """Return amounts of ``amount`` that sum to ``total``; the last one is the rest."""
    count, rest = divmod(total, amount)
    return [amount] * count + ([rest] if rest else [])


def allocate(paid, amounts, credited=0):
    """Return what of each instalment is paid, and what is credited.

    The cumulative rule: payments fill the first instalments, early and merged ones too,
    whatever their dates were to be. Credit notes lower what is owed: the last ones.

    >>> allocate(500, [300, 300, 300], 100)
    ([300, 200, 0], [0, 0, 100])
    """
    credits = []
    for amount in reversed(amounts):
        part = max(min(credited, amount), 0)
        credits.insert(0, part)
        credited -= part
    parts = []
    for amount, credit in zip(amounts, credits, strict=True):
        part = max(min(paid, amount - credit), 0)
        parts.append(part)
        paid -= part
    return parts, credits


def _month_end(day):
    return date(day.year, day.month, monthrange(day.year, day.month)[1])
