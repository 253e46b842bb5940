from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.aging import BUCKETS, Aging, bucket_of

# Slow machines are no failures.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

AMOUNTS = st.integers(-(10**11), 10**11)
ITEMS = st.lists(st.tuples(AMOUNTS, st.integers(-400, 4000)), max_size=60)


@tagged("post_install", "-at_install")
class TestAging(BaseCase):
    """Sums by age, exact to the cent."""

    def test_limits_belong_to_the_younger_bucket(self):
        ages = (-5, 0, 1, 30, 31, 60, 61, 90, 91, 4000)
        names = [BUCKETS[bucket_of(days)] for days in ages]
        self.assertEqual(
            names,
            ["not_due"] * 2
            + ["1_30"] * 2
            + ["31_60"] * 2
            + ["61_90"] * 2
            + ["over_90"] * 2,
        )

    def test_credits_stand_apart(self):
        aging = Aging()
        for amount, days in ((1000.10, 45), (0.2, 12), (300.0, -3), (-250.25, 80)):
            aging.add(amount, days)
        self.assertEqual(aging.buckets, [300.0, 0.2, 1000.10, 0.0, 0.0])
        self.assertEqual(aging.credits, -250.25)
        self.assertEqual(aging.balance, 1050.05)
        self.assertEqual(aging.due_now, 750.05)
        self.assertEqual(aging.oldest, 45)

    def test_credits_above_what_is_overdue_leave_nothing_to_pay_now(self):
        aging = Aging()
        aging.add(100.0, 10)
        aging.add(-500.0, 10)
        self.assertEqual((aging.due_now, aging.balance), (0.0, -400.0))

    @patient
    @given(ITEMS, st.sampled_from([0, 2, 3]))
    def test_the_buckets_and_credits_make_the_balance(self, items, digits):
        unit = 10**digits
        aging = Aging(digits)
        for cents, days in items:
            aging.add(cents / unit, days)
        parts = [*aging.buckets, aging.credits]
        total = sum(cents for cents, _days in items)
        self.assertEqual(sum(round(part * unit) for part in parts), total)
        self.assertEqual(aging.balance, total / unit)

    @patient
    @given(ITEMS)
    def test_the_order_of_the_items_changes_nothing(self, items):
        one, other = Aging(), Aging()
        for cents, days in items:
            one.add(cents / 100, days)
        for cents, days in reversed(items):
            other.add(cents / 100, days)
        self.assertEqual(one, other)
