"""Instalments always sum to the debt, in order, whatever the numbers."""

import unittest
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import tagged

from ..tools.instalments import (
    FREQUENCIES,
    allocate,
    amounts_of,
    due_dates,
    equal_amounts,
)

totals = st.integers(1, 10**9)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@tagged("post_install", "-at_install")
class TestInstalments(unittest.TestCase):
    @given(totals, st.integers(1, 120))
    def test_equal_amounts_sum_to_the_debt(self, total, count):
        amounts = equal_amounts(total, count)
        self.assertEqual((sum(amounts), len(amounts)), (total, count))
        self.assertEqual(len(set(amounts[:-1])) <= 1, True)
        self.assertLess(abs(amounts[-1] - amounts[0]), count)

    @given(totals, st.integers(1, 10**9))
    def test_amounts_sum_to_the_debt_the_last_is_the_rest(self, total, amount):
        if total // amount > 1000:
            return
        amounts = amounts_of(total, amount)
        self.assertEqual(sum(amounts), total)
        self.assertTrue(all(each == amount for each in amounts[:-1]))
        self.assertTrue(0 < amounts[-1] <= amount)

    @given(days, st.sampled_from(FREQUENCIES), st.integers(1, 60))
    def test_dates_grow_from_the_first(self, first, frequency, count):
        dates = due_dates(first, frequency, count)
        self.assertEqual(len(dates), count)
        self.assertEqual(dates, sorted(set(dates)))
        self.assertGreaterEqual(dates[0], first)
        if frequency == "month_end":
            self.assertTrue(all((day + timedelta(1)).day == 1 for day in dates))
        else:
            self.assertEqual(dates[0], first)
        if frequency == "month":
            self.assertTrue(all(day.day <= first.day for day in dates))

    def test_the_thirty_first_of_the_month(self):
        dates = due_dates(date(2027, 1, 31), "month", 4)
        self.assertEqual([day.day for day in dates], [31, 28, 31, 30])

    @given(
        st.integers(0, 10**9),
        st.lists(st.integers(1, 10**7), max_size=30),
        st.integers(0, 10**8),
    )
    def test_payments_fill_the_first_and_credits_the_last(self, paid, amounts, credit):
        parts, credits = allocate(paid, amounts, credit)
        total = sum(amounts)
        self.assertEqual(sum(credits), min(credit, total))
        self.assertEqual(sum(parts), min(paid, total - sum(credits)))
        rows = list(zip(parts, credits, amounts, strict=True))
        self.assertTrue(
            all(0 <= part + given <= amount for part, given, amount in rows)
        )
        open_ones = [part + given < amount for part, given, amount in rows]
        first_open = open_ones.index(True) if True in open_ones else len(rows)
        self.assertFalse(any(parts[first_open + 1 :]), "payments: the oldest first")
        if first_open < len(rows):
            self.assertFalse(any(credits[:first_open]), "credits: the latest first")
