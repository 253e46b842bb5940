import doctest
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools import priority
from ..tools.business_days import (
    is_business_day,
    next_business_day,
    public_holidays,
)
from ..tools.open_item import OpenItem, allocate_credits
from ..tools.priority import priority_points

# Slow machines are no failures.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
WEEK = frozenset(range(5))
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@tagged("post_install", "-at_install")
class TestBusinessDays(BaseCase):
    """Days on which a French company writes to its customers."""

    def test_the_eleven_public_holidays_of_france(self):
        """Labour code, article L3133-1; Easter Monday 2026 is 6 April."""
        expected = [
            "01-01",
            "04-06",
            "05-01",
            "05-08",
            "05-14",
            "05-25",
            "07-14",
            "08-15",
            "11-01",
            "11-11",
            "12-25",
        ]
        found = sorted(day.strftime("%m-%d") for day in public_holidays("FR", 2026))
        self.assertEqual(found, expected)

    def test_an_unknown_country_has_no_holiday(self):
        self.assertEqual(public_holidays("ZZ", 2026), frozenset())

    def test_a_bridge_over_a_weekend_a_holiday_and_a_closing(self):
        closing = (date(2026, 5, 15), date(2026, 5, 18))
        day = next_business_day(date(2026, 5, 14), WEEK, ("FR",), (closing,))
        self.assertEqual(day, date(2026, 5, 19))

    def test_a_calendar_without_any_day_ends(self):
        self.assertFalse(next_business_day(date(2026, 1, 1), frozenset()))

    @patient
    @given(DAYS, st.sets(st.integers(0, 6), min_size=1))
    def test_the_next_day_is_open_and_no_open_day_was_passed(self, day, weekdays):
        found = next_business_day(day, weekdays, ("FR",))
        self.assertTrue(is_business_day(found, weekdays, ("FR",)))
        self.assertGreaterEqual(found, day)
        while day < found:
            self.assertFalse(is_business_day(day, weekdays, ("FR",)))
            day += timedelta(days=1)


def item(line_id, due, residual, held=0.0):
    return OpenItem(
        line_id, 1, 1, 1, 1, due, due, residual, residual, True, True, False, False, 0,
        held=held,
    )  # fmt: skip


@tagged("post_install", "-at_install")
class TestAllocation(BaseCase):
    """Credits are set against the oldest items, exact to the cent."""

    def test_the_examples_of_the_priority(self):
        self.assertEqual(doctest.testmod(priority).failed, 0)

    CENTS = st.integers(1, 10**7)

    @patient
    @given(
        st.lists(st.tuples(DAYS, CENTS), min_size=1, max_size=8), st.integers(0, 10**8)
    )
    def test_nothing_is_lost_and_the_oldest_come_first(self, debts, credit):
        items = [item(n, due, cents / 100) for n, (due, cents) in enumerate(debts)]
        allocate_credits(items, credit / 100)
        owed = sum(cents for _due, cents in debts)
        covered = sum(round(each.covered * 100) for each in items)
        self.assertEqual(covered, min(owed, credit))
        in_order = sorted(items, key=lambda each: (each.date_due, each.line_id))
        open_seen = False
        for each in in_order:
            self.assertFalse(
                open_seen and each.covered, "a younger item before an older"
            )
            open_seen = open_seen or each.amount_to_chase > 0

    def test_what_is_held_is_not_covered(self):
        one = item(1, date(2026, 1, 1), 100.0, held=30.0)
        allocate_credits([one], 500.0)
        self.assertEqual((one.covered, one.amount_to_chase), (70.0, 0.0))

    @patient
    @given(st.floats(-1e9, 1e9), st.integers(-400, 4000), st.integers(-30, 400))
    def test_a_priority_is_between_0_and_100(self, amount, days, level):
        self.assertIn(sum(priority_points(amount, days, level).values()), range(101))
