"""The engine of penalties against an independent slow reference, to the cent."""

import doctest
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools import interest as engine
from ..tools.interest import Debt, MissingRate, Pause, Payment, RatePeriod, RateRule
from .interest_reference import SlowDebt, SlowTerms, slow_accrue

# Slow machines are no failures.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
FIRST, LAST = date(2010, 1, 1), date(2026, 12, 31)
HALF_YEARS = [
    (date(year, month, 1), date(year, month + 5, 30 + (month == 7)))
    for year in range(FIRST.year, LAST.year + 1)
    for month in (1, 7)
]
# Due dates leave room: payments and credit notes may come years before or after.
DUE = st.dates(FIRST, date(2026, 6, 30)) | st.sampled_from(
    [date(2012, 2, 29), date(2016, 2, 29), date(2019, 12, 31), date(2024, 6, 30)]
)
CENTS = st.integers(1, 100_000) | st.integers(1, 10**12)


@st.composite
def rules(draw, capitalize=None):
    """Draw terms as (RateRule, SlowTerms)."""
    options = {
        "at_start": draw(st.booleans()),
        "actual": draw(st.booleans()),
        "capitalize": draw(st.booleans()) if capitalize is None else capitalize,
    }
    if draw(st.booleans()):
        days = [(FIRST, LAST)]  # a contract rate
    else:
        days = HALF_YEARS
    # Few values: consecutive half-years often have the same rate.
    unit = st.integers(0, 300_000) | st.sampled_from([100_000, 121_500])
    units = draw(st.lists(unit, min_size=len(days), max_size=len(days)))
    periods = [
        RatePeriod(first.toordinal(), last.toordinal(), rate)
        for (first, last), rate in zip(days, units, strict=True)
    ]
    slow = [
        (first, last, Fraction(rate, 10_000))
        for (first, last), rate in zip(days, units, strict=True)
    ]
    return RateRule(periods, **options), SlowTerms(slow, **options)


@st.composite
def debts(draw):
    """Draw a debt as SlowDebt: payments, credit notes, pauses, a judgment."""
    due, principal = draw(DUE), draw(CENTS)

    def days():
        offset = st.integers(-60, 800) | st.sampled_from([-1, 0, 1, 365, 366, 731])
        return st.builds(lambda number: due + timedelta(days=number), offset)

    amounts = st.integers(1, max(1, principal // 2))
    payments = draw(st.lists(st.tuples(days(), amounts, st.booleans()), max_size=5))
    pauses = [
        (min(first, last), max(first, last), amount)
        for first, last, amount in draw(
            st.lists(st.tuples(days(), days(), st.none() | amounts), max_size=2)
        )
    ]
    judgment = draw(st.none() | days())
    payments.sort(key=lambda payment: payment[0])
    return SlowDebt(principal, due, payments, pauses, judgment)


def fast(slow):
    """Return the engine's Debt of a SlowDebt."""
    stop = slow.judgment.toordinal() - 1 if slow.judgment else engine.FOREVER
    return Debt(
        slow.principal,
        slow.due.toordinal(),
        [Payment(day.toordinal(), *rest) for day, *rest in slow.payments],
        [
            Pause(first.toordinal(), last.toordinal(), amount)
            for first, last, amount in slow.pauses
        ],
        stop,
    )


def readable(rows):
    """Return engine rows as those of the reference."""
    return [
        (
            date.fromordinal(row.first),
            date.fromordinal(row.last),
            row.balance,
            Fraction(row.rate, 10_000),
            row.amount,
        )
        for row in rows
    ]


def end_of(debt, days):
    return min(debt.due + timedelta(days=days), LAST)


@tagged("post_install", "-at_install")
class TestInterest(BaseCase):
    @patient
    @given(debts(), rules(), st.integers(-40, 1500), st.data())
    def test_the_engine_gives_the_rows_of_the_reference(self, debt, rule, days, data):
        quick, slow = rule
        end = end_of(debt, days)
        since = data.draw(st.just(date.min) | st.dates(debt.due, LAST), "since")
        first = data.draw(st.booleans(), "interest first")
        found = engine.accrue(
            fast(debt), quick, end.toordinal(), since.toordinal(), first
        )
        wanted = slow_accrue(debt, slow, end, since, first)
        self.assertEqual(readable(found.rows), wanted.rows)
        self.assertEqual(
            (found.principal, found.interest), (wanted.principal, wanted.interest)
        )

    @patient
    @given(debts(), rules(), st.integers(0, 1500), st.booleans())
    def test_what_was_accrued_is_paid_or_owed(self, debt, rule, days, first):
        accrual = engine.accrue(
            fast(debt), rule[0], end_of(debt, days).toordinal(), 0, first
        )
        paid = sum(settlement.interest for settlement in accrual.settlements)
        self.assertEqual(
            sum(row.amount for row in accrual.rows), accrual.interest + paid
        )
        self.assertEqual(accrual.is_late, bool(accrual.rows))
        lowered = sum(settlement.principal for settlement in accrual.settlements)
        self.assertEqual(debt.principal, accrual.principal + lowered)

    @patient
    @given(debts(), rules(), st.integers(0, 1500), st.integers(1, 400), st.booleans())
    def test_more_days_never_give_less(self, debt, rule, days, more, first):
        fewer = engine.accrue(
            fast(debt), rule[0], end_of(debt, days).toordinal(), 0, first
        )
        later = engine.accrue(
            fast(debt), rule[0], end_of(debt, days + more).toordinal(), 0, first
        )
        self.assertLessEqual(
            sum(row.amount for row in fewer.rows), sum(row.amount for row in later.rows)
        )

    @patient
    @given(
        debts(), rules(capitalize=False), st.integers(0, 1500), st.integers(-20, 900)
    )
    def test_a_payment_never_raises_interest(self, debt, rule, days, paid_after):
        """But by the rounding of the rows, at most half a cent each."""
        end = end_of(debt, days).toordinal()
        before = engine.accrue(fast(debt), rule[0], end)
        paid = (debt.due + timedelta(days=paid_after), debt.principal // 3 + 1, False)
        debt.payments = sorted([*debt.payments, paid], key=lambda each: each[0])
        after = engine.accrue(fast(debt), rule[0], end)
        rounding = (len(before.rows) + len(after.rows)) / 2
        self.assertLessEqual(
            sum(row.amount for row in after.rows),
            sum(row.amount for row in before.rows) + rounding,
        )

    @patient
    @given(debts(), rules(), st.integers(0, 1500), st.data())
    def test_a_later_claim_takes_the_days_that_an_earlier_one_left(
        self, debt, rule, days, data
    ):
        end = end_of(debt, days)
        middle = data.draw(st.dates(debt.due, max(debt.due, end)), "claimed to")
        claimed = engine.accrue(fast(debt), rule[0], middle.toordinal())
        later = engine.accrue(
            fast(debt), rule[0], end.toordinal(), since=middle.toordinal()
        )
        whole = engine.accrue(fast(debt), rule[0], end.toordinal())
        self.assertEqual(_days(claimed.rows + later.rows), _days(whole.rows))
        self.assertEqual(later.is_late, bool(whole.rows))

    @patient
    @given(debts(), rules(), st.integers(-40, 1500))
    def test_rows_follow_each_other(self, debt, rule, days):
        end = end_of(debt, days).toordinal()
        rows = engine.accrue(fast(debt), rule[0], end).rows
        for row, following in zip(rows, rows[1:], strict=False):
            self.assertLess(row.last, following.first)
        for row in rows:
            self.assertLessEqual(debt.due.toordinal() + 1, row.first)
            self.assertLessEqual(row.first, row.last)
            self.assertLessEqual(row.last, end)
            self.assertEqual(row.days, row.last - row.first + 1)

    def test_a_day_without_a_rate_is_refused(self):
        rule = RateRule(
            [
                RatePeriod(first.toordinal(), last.toordinal(), 100_000)
                for first, last in HALF_YEARS
                if first != date(2015, 7, 1)  # a hole
            ]
        )
        for due, end, missing in [
            (date(2009, 12, 30), date(2010, 2, 1), date(2009, 12, 31)),
            (date(2026, 12, 1), date(2027, 1, 1), date(2027, 1, 1)),
            (date(2015, 6, 1), date(2016, 3, 1), date(2015, 7, 1)),
        ]:
            with self.subTest(due=due), self.assertRaises(MissingRate) as raised:
                engine.accrue(Debt(100_00, due.toordinal()), rule, end.toordinal())
            self.assertEqual(raised.exception.day, missing)

    def test_a_rate_is_not_asked_for_days_that_bear_nothing(self):
        due, paid = date(2026, 12, 1), date(2026, 12, 31)
        rule = RateRule([RatePeriod(FIRST.toordinal(), LAST.toordinal(), 100_000)])
        debt = Debt(100_00, due.toordinal(), [Payment(paid.toordinal(), 100_00)])
        accrual = engine.accrue(debt, rule, date(2027, 6, 1).toordinal())
        self.assertEqual([row.days for row in accrual.rows], [30])

    def test_half_a_cent_is_rounded_up(self):
        # 36.50 at 10 % over one day: a cent; 1.825 would be half of one, and so on
        self.assertEqual(engine.interest(36_50, 100_000, 1), 1)
        self.assertEqual(engine.interest(18_25, 100_000, 1), 1, "half a cent")
        self.assertEqual(engine.interest(18_24, 100_000, 1), 0)

    def test_examples_in_the_documentation(self):
        self.assertEqual(doctest.testmod(engine).failed, 0)


def _days(rows):
    return [day for row in rows for day in range(row.first, row.last + 1)]
