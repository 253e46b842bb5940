"""Late-payment interest on one debt, row by row. Pure: no ORM, whole numbers only.

Amounts are in the smallest unit of the currency, days are ordinals
(``date.toordinal``), rates are in ten-thousandths of a percent a year: nothing is
rounded but the amount of a row, half up.

Days run from the day after the due date to that of payment, both included: as many as
there are from one date to the other.
"""

from bisect import bisect_right
from calendar import isleap, monthrange
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

RATE_UNIT = 10_000  # rates are in ten-thousandths of a percent
YEAR = 365
FOREVER = date.max.toordinal()


class MissingRate(Exception):
    """No rate is known for a day; ``day`` is its date."""

    def __init__(self, ordinal):
        super().__init__(date.fromordinal(ordinal).isoformat())
        self.day = date.fromordinal(ordinal)


class RatePeriod(NamedTuple):
    """A rate, and the days (first and last included) on which it is in force."""

    first: int
    last: int
    rate: int
    source: str = ""
    verified: str = "official"


class Payment(NamedTuple):
    """What lowers a debt, from the day after ``day`` on.

    A payment may be set against interest first (civil code, article 1343-1); what
    ``is_reduction`` (a credit note) lowers the principal in any case.
    """

    day: int
    amount: int
    is_reduction: bool = False


class Pause(NamedTuple):
    """Days, first and last included, on which an amount bears nothing.

    ``amount`` is None when the whole debt is concerned.
    """

    first: int
    last: int
    amount: int | None = None


class Row(NamedTuple):
    """Interest of a balance at a rate over days, first and last included.

    ``capitalized`` is the part of the balance that is interest of past years; ``year``
    the number of days that those of the row were divided by.
    """

    first: int
    last: int
    balance: int
    rate: int
    amount: int
    period: RatePeriod
    capitalized: int = 0
    year: int = YEAR

    @property
    def days(self):
        return self.last - self.first + 1


class Settlement(NamedTuple):
    """How a payment was set against a debt."""

    day: int
    interest: int
    principal: int
    is_reduction: bool


@dataclass(slots=True)
class Debt:
    """An amount due at a date, and what happened to it.

    ``payments`` are in order of date. ``start`` is the last day without interest: the
    due date, or that of a formal notice that came later. No day after ``stop`` counts
    (judgment that opens insolvency proceedings).
    """

    principal: int
    start: int
    payments: list = field(default_factory=list)
    pauses: list = field(default_factory=list)
    stop: int = FOREVER


@dataclass(slots=True)
class Accrual:
    """Answer for one debt: its rows, and how payments were set against it."""

    rows: list
    settlements: list
    principal: int  # left unpaid
    interest: int  # left unpaid, that of days claimed already included
    is_late: bool  # a day bore interest, claimed already or not


class RateRule:
    """The rates of a rule over time, and how days and years count.

    :param periods: RatePeriod, in order of date; a day in none of them has no rate
    :param at_start: the rate of the first day applies to the end
    :param actual: divide by 366 the days of leap years
    :param capitalize: interest due for a whole year bears interest
    """

    def __init__(self, periods, at_start=False, actual=False, capitalize=False):
        self.periods = list(periods)
        self.firsts = [period.first for period in self.periods]
        self.at_start = at_start
        self.actual = actual
        self.capitalize = capitalize

    def period_of(self, day):
        """Return the RatePeriod in force on a day; raise MissingRate without one."""
        index = bisect_right(self.firsts, day) - 1
        if index < 0 or self.periods[index].last < day:
            raise MissingRate(day)
        return self.periods[index]

    def split(self, first, last, start):
        """Yield (first, last, period, days of the year) over days in order.

        :param start: first day on which the debt bears interest
        """
        fixed = self.period_of(start) if self.at_start else None
        while first <= last:
            period = fixed or self.period_of(first)
            end = last if fixed else min(last, period.last)
            year = YEAR
            if self.actual:
                number = date.fromordinal(first).year
                end = min(end, date(number, 12, 31).toordinal())
                year += isleap(number)
            yield first, end, period, year
            first = end + 1


def interest(balance, rate, days, year=YEAR):
    """Return the interest of a balance, rounded half up to the smallest unit.

    balance x rate x days / year (Bpifrance, penalties of late payment).

    >>> interest(12_000_00, 121_500, 30)  # 12,000.00 at 12.15 % over 30 days
    11984
    """
    divisor = year * 100 * RATE_UNIT
    return (2 * balance * rate * days + divisor) // (2 * divisor)


def accrue(debt, rule, end, since=0, interest_first=False):
    """Return the Accrual of a debt to a day included.

    :param debt: Debt
    :param rule: RateRule
    :param end: last day that counts; payments after it are ignored
    :param since: days up to this one were claimed already: they give no row
    :param interest_first: payments are set against interest first
    :raise MissingRate: when the rule has no rate for one of the days
    """
    rows, settlements = [], []
    last = min(end, debt.stop)
    payments = [payment for payment in debt.payments if payment.day <= end]
    years = _anniversaries(debt.start, last) if rule.capitalize else ()
    balance, owed, capitalized, is_late = debt.principal, 0, 0, False
    day, turn = debt.start, 0
    for cut in _cuts(debt, payments, years, last, since):
        until = min(cut, last)
        base = _bearing(debt, balance + capitalized, day + 1) if until > day else 0
        if base:
            new = _rows(rule, base, min(capitalized, base), day + 1, until, debt.start)
            owed += sum(row.amount for row in new)
            rows += [row for row in new if row.first > since]
            is_late = True
        day = max(day, until)
        while turn < len(payments) and payments[turn].day <= cut:
            paid = payments[turn]
            part = 0
            if interest_first and not paid.is_reduction:
                part = min(paid.amount, owed)
            owed -= part
            capitalized = min(capitalized, owed)
            principal = min(paid.amount - part, balance)
            balance -= principal
            settlements.append(Settlement(paid.day, part, principal, paid.is_reduction))
            turn += 1
        if cut in years:
            capitalized = owed
    return Accrual(rows, settlements, balance, owed, is_late)


def _rows(rule, base, capitalized, first, last, start):
    """Return the rows of one balance: one for each rate, or year, of its days."""
    rows = []
    for begin, end, period, year in rule.split(first, last, start + 1):
        amount = interest(base, period.rate, end - begin + 1, year)
        rows.append(
            Row(begin, end, base, period.rate, amount, period, capitalized, year)
        )
    return rows


def _cuts(debt, payments, years, last, since):
    """Return the days at the end of which something changes, in order."""
    cuts = {payment.day for payment in payments if payment.day < last}
    for pause in debt.pauses:
        cuts.update(
            day for day in (pause.first - 1, pause.last) if debt.start < day < last
        )
    cuts.update(years)
    if debt.start < since < last:
        cuts.add(since)
    if last > debt.start:
        cuts.add(last)
    if payments:
        cuts.add(payments[-1].day)
    return sorted(cuts)


def _bearing(debt, balance, day):
    """Return what part of a balance bears interest on a day."""
    for pause in debt.pauses:
        if pause.first <= day <= pause.last:
            if pause.amount is None:
                return 0
            balance -= pause.amount
    return max(balance, 0)


def _anniversaries(start, last):
    """Return the ordinals of the years after a day, up to another one."""
    if last <= start:
        return ()
    first = date.fromordinal(start)
    days, year = [], first.year + 1
    while True:
        day = min(first.day, monthrange(year, first.month)[1])
        ordinal = date(year, first.month, day).toordinal()
        if ordinal >= last:
            return days
        days.append(ordinal)
        year += 1
