"""How the invoices of the demo portfolio get paid, or not. Pure: no ORM."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from .portfolio import IN_PROCESS, UNALLOCATED, UNMATCHED, Payment

TEN = Decimal(10)
CENT = Decimal("0.01")


class Payer:
    """Pay documents as their customers' habits have it.

    :param rng: random.Random
    :param habits: the Habit of each customer, by key
    :param last_paid: the last day on which a customer paid, for those that stopped
    :param left: what each document still owes, by number; brought up to date
    """

    def __init__(self, rng, today, habits, last_paid, left):
        self.rng = rng
        self.today = today
        self.habits = habits
        self.last_paid = last_paid
        self.left = left

    def settle(self, invoices) -> list[Payment]:
        """Return the payments of invoices; those of one customer's run are one."""
        runs = defaultdict(list)
        payments = []
        for invoice in invoices:
            habit = self.habits[invoice.customer]
            for day, amount in self._parts(invoice, habit):
                if day > min(self.today, self.last_paid.get(invoice.customer, day)):
                    continue
                self.left[invoice.number] -= amount
                if habit.code == "large":
                    runs[invoice.customer, day].append((invoice, amount))
                else:
                    payments.append(self._payment(day, [(invoice, amount)]))
        payments += [self._payment(day, paid) for (_key, day), paid in runs.items()]
        return sorted(payments, key=lambda payment: (payment.date, payment.documents))

    def settle_openings(self, openings) -> list[Payment]:
        """Return the payments of every other opening balance, in full."""
        payments = []
        for opening in openings[::2]:
            day = opening.date + timedelta(days=self.rng.randint(20, 90))
            if day <= self.today:
                payments.append(
                    Payment(opening.customer, day, opening.amount, (opening.number,))
                )
        return payments

    def loose_ends(self, overdue, count) -> list[Payment]:
        """Return money that is not on an invoice: ``count`` payments of each kind.

        :param overdue: open invoices in the company's currency, past due
        """
        pool = self.rng.sample(overdue, min(3 * count, len(overdue)))
        payments = []
        for rank, invoice in enumerate(pool):
            owed = self.left[invoice.number]
            kind = (UNMATCHED, IN_PROCESS, UNALLOCATED)[rank % 3]
            day = self.today - timedelta(days=self.rng.randint(0, 3))
            if kind == UNALLOCATED:  # on account: it says of no invoice
                day = self.today - timedelta(days=self.rng.randint(5, 25))
                owed = max(TEN, (owed / 2 / TEN).quantize(Decimal(1)) * TEN)
            documents = (invoice.number,) if kind == IN_PROCESS else ()
            payments.append(Payment(invoice.customer, day, owed, documents, kind=kind))
        return payments

    def _payment(self, day, paid):
        invoice = paid[0][0]
        return Payment(
            customer=invoice.customer,
            date=day,
            amount=sum(amount for _invoice, amount in paid),
            documents=tuple(invoice.number for invoice, _amount in paid),
            currency=invoice.currency,
        )

    def _parts(self, invoice, habit):
        """Return ``(day, amount)`` of the payments that an invoice would get."""
        owed = self.left[invoice.number]
        if not owed:
            return []
        late = timedelta(days=self.rng.randint(*habit.delay))
        if habit.code == "disputes" and self.rng.random() < 1 / 3:
            late += timedelta(days=180)
        if habit.term == "split":
            first = (owed * 3 / 10).quantize(CENT)
            later = timedelta(days=60 + self.rng.randint(*habit.delay))
            return [
                (invoice.date + late, first),
                (invoice.date + later, owed - first),
            ]
        day = max(invoice.due + late, invoice.date)
        if habit.code == "large":
            day += timedelta(days=(10 - day.day) % 31)
            return [(day, owed)]
        first = (owed * self.rng.choice((3, 4, 5, 6)) / 100).quantize(Decimal(1)) * TEN
        if first and self.rng.random() < habit.part:
            rest = timedelta(days=self.rng.randint(25, 75))
            return [(day, first), (day + rest, owed - first)]
        return [(day, owed)]
