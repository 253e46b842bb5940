"""Late-payment interest the slow way: what the fast engine is judged by.

Written from the rules, not from the engine. It walks through the days one by one with
exact fractions, asks of each day what was owed and at which rate, and rounds nothing
but the amount of a row.

- Days run from the day after the due date to that of payment, both included; what was
  paid on a day lowers the balance from the day after.
- Each half-year has its own rate, or the rate of the first day stays.
- A day is a 365th of a year, or a 366th in leap years if the terms say so.
- A row is a run of days that differ in nothing: neither rate, year that they are
  divided by, nor anything that happened (payment, credit note, pause; anniversary,
  where interest bears interest).
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import floor

from odoo.tools import groupby

ONE_DAY = timedelta(days=1)


@dataclass
class SlowTerms:
    """``rates`` are (first day, last day, percent a year), both days included."""

    rates: list
    at_start: bool = False
    actual: bool = False
    capitalize: bool = False

    def rate_of(self, day):
        return next(each for each in self.rates if each[0] <= day <= each[1])


@dataclass
class SlowDebt:
    """Amounts in cents. ``payments`` are (day, amount, is credit note), in the order of
    their dates; ``pauses`` (first day, last day, amount or None for the whole).
    """

    principal: int
    due: date
    payments: list = field(default_factory=list)
    pauses: list = field(default_factory=list)
    judgment: date | None = None

    def bearing(self, balance, day):
        """Return what of a balance bears interest on a day."""
        paused = [amount for first, last, amount in self.pauses if first <= day <= last]
        return 0 if None in paused else max(0, balance - sum(paused))

    def changes_after(self, day):
        """Return whether anything happens between a day and the next one."""
        return any(paid == day for paid, _, _ in self.payments) or any(
            first == day + ONE_DAY or last == day for first, last, _ in self.pauses
        )


@dataclass
class SlowAnswer:
    """``rows`` are (first day, last day, balance, percent, cents)."""

    rows: list
    principal: int
    interest: int  # unpaid


def slow_accrue(debt, terms, end, since=date.min, interest_first=False):
    """Return what a debt owes at the end of a day, day by day from its due date."""
    walk = _Walk(debt, terms, interest_first)
    walk.settle(date.min, min(debt.due, end))
    day = debt.due + ONE_DAY
    while day <= end and (debt.judgment is None or day < debt.judgment):
        walk.bear(day)
        anniversary = terms.capitalize and _is_anniversary(debt.due, day)
        if day == since or anniversary or debt.changes_after(day):
            walk.close_rows()
        walk.settle(day, day)
        if anniversary:
            walk.capitalized = walk.interest
        day += ONE_DAY
    walk.close_rows()
    walk.settle(day, end)
    rows = [row for row in walk.rows if row[0] > since]
    return SlowAnswer(rows, walk.principal, walk.interest)


def half_up(amount):
    return floor(amount + Fraction(1, 2))


def _is_anniversary(due, day):
    """Tell whether a whole number of years has passed since the due date."""
    last_of_february = (day + ONE_DAY).day == 1 and (due.month, due.day) == (2, 29)
    same_day = (day.month, day.day) == (due.month, due.day)
    return same_day or (day.month == 2 and last_of_february)


class _Walk:
    """What is owed as the days pass."""

    def __init__(self, debt, terms, interest_first):
        self.debt, self.terms, self.interest_first = debt, terms, interest_first
        self.principal = debt.principal
        self.interest = 0  # unpaid, of the rows that are closed
        self.capitalized = 0  # what of it bears interest
        self.days = []  # (day, balance, rate, days of the year): not closed yet
        self.rows = []

    def bear(self, day):
        """Note what bears interest on a day, if anything does."""
        balance = self.debt.bearing(self.principal + self.capitalized, day)
        if not balance:
            return
        asked = self.debt.due + ONE_DAY if self.terms.at_start else day
        year = 365
        if self.terms.actual:
            year = (date(day.year + 1, 1, 1) - date(day.year, 1, 1)).days
        self.days.append((day, balance, self.terms.rate_of(asked), year))

    def close_rows(self):
        """Make rows of the days noted since the last change, and round them."""

        def like(noted):
            day, balance, rate, _ = noted
            return balance, rate, day.year if self.terms.actual else None

        for (balance, rate, _), group in groupby(self.days, like):
            days = list(group)
            percent = rate[2]
            exact = sum(Fraction(balance) * percent / 100 / year for *_, year in days)
            amount = half_up(exact)
            self.rows.append((days[0][0], days[-1][0], balance, percent, amount))
            self.interest += amount
        self.days = []

    def settle(self, first, last):
        """Set the payments of some days against interest and principal."""
        for day, amount, is_credit_note in self.debt.payments:
            if not first <= day <= last:
                continue
            left = amount
            if self.interest_first and not is_credit_note:
                left = max(0, amount - self.interest)
                self.interest -= amount - left
                self.capitalized = min(self.capitalized, self.interest)
            self.principal = max(0, self.principal - left)
