"""How old receivables are. Pure: no ORM, and exact to the smallest coin."""

from dataclasses import dataclass, field

# Days late at which a bucket ends; what is later still goes into the last one.
LIMITS = (0, 30, 60, 90)
BUCKETS = ("not_due", "1_30", "31_60", "61_90", "over_90")


@dataclass(slots=True)
class Aging:
    """Open items of one currency, summed by age, in its smallest unit (cents).

    Credits stand apart: a payment or a credit note that is not allocated has no age of
    its own, and would make a bucket look smaller than what is owed in it.
    """

    digits: int = 2
    cents: list = field(default_factory=lambda: [0] * len(BUCKETS))
    credit_cents: int = 0
    oldest: int = 0  # days late of the oldest item that is owed

    def add(self, amount, days):
        """Count an open item; ``days`` late, negative or zero when it is not due.

        :param amount: what is left of it; a negative amount is a credit
        """
        cents = to_cents(amount, self.digits)
        if cents < 0:
            self.credit_cents += cents
            return
        self.cents[bucket_of(days)] += cents
        self.oldest = max(self.oldest, days)

    @property
    def buckets(self):
        """Return the sums of the buckets, in the order of ``BUCKETS``."""
        return [self._amount(cents) for cents in self.cents]

    @property
    def credits(self):
        """Return the sum of the credits, negative or zero."""
        return self._amount(self.credit_cents)

    @property
    def overdue(self):
        """Return what is past its due date, credits not deducted."""
        return self._amount(sum(self.cents[1:]))

    @property
    def due_now(self):
        """Return what is to pay at once: overdue, less the credits; never negative."""
        return self._amount(max(0, sum(self.cents[1:]) + self.credit_cents))

    @property
    def balance(self):
        """Return what the customer owes in all, credits deducted."""
        return self._amount(sum(self.cents) + self.credit_cents)

    def _amount(self, cents):
        return cents / 10**self.digits


def bucket_of(days):
    """Return the index in ``BUCKETS`` of an item that is ``days`` late."""
    return sum(days > limit for limit in LIMITS)


def to_cents(amount, digits=2):
    """Return an amount as a whole number of its currency's smallest unit."""
    return round(amount * 10**digits)
