"""Make up the receivables of two years of a French supplier. Pure: no ORM.

The same seed and the same day give the same portfolio, to the cent. Prices are
multiples of 5 cents, so that 20 % VAT is exact on each line; those of invoices due in
instalments are whole euros, so that 30 % of the total is exact too.
"""

import random
from calendar import monthrange
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from .portfolio import ZERO, Invoice, Line, Opening, Portfolio
from .portfolio_customers import ABROAD, COLLECTORS, Identities
from .portfolio_habits import CATALOGUE, shares
from .portfolio_payments import Payer

PERIOD_DAYS = 730
VAT = Decimal("0.2")
# Units of the currency for one euro, about which the monthly rates vary.
RATES = {"USD": Decimal("1.0900"), "GBP": Decimal("0.8550"), "CHF": Decimal("0.9500")}


def generate(seed, today, customers=120, invoices=2500) -> Portfolio:
    """Return the portfolio of a seed and a day.

    :param seed: integer
    :param today: date, the last day of the two years
    :param customers: how many, at least 12 to have every payment habit
    :param invoices: how many, credit notes not counted
    :raise ImportError: Faker, which only the demo needs, is not installed
    """
    if customers < 1 or invoices < customers:
        raise ValueError("There must be at least one invoice for each customer.")
    return _Story(seed, today).tell(customers, invoices)


def _fakers(seed):
    """Return seeded Fakers by locale."""
    try:
        from faker import Faker
    except ImportError as error:
        raise ImportError(
            "The demo portfolio needs the Python package Faker: pip install Faker"
        ) from error
    fakers = {}
    for locale in ["fr_FR", *(values[0] for values in ABROAD.values())]:
        fakers[locale] = Faker(locale)
        fakers[locale].seed_instance(seed)
    return fakers


def due_date(day, term):
    """Return the due date of a payment term, None when there are several."""
    if term == "45_eom":
        day += timedelta(days=45)
        return day.replace(day=monthrange(day.year, day.month)[1])
    days = {"immediate": 0, "30": 30, "45": 45, "60": 60}.get(term)
    return None if days is None else day + timedelta(days=days)


class _Story:
    """Two years of sales and payments, told in order."""

    def __init__(self, seed, today):
        self.rng = random.Random(seed)
        self.identities = Identities(self.rng, _fakers(seed))
        self.today = today
        self.start = today - timedelta(days=PERIOD_DAYS)
        self.habits = {}  # of customers, by key
        self.last_paid = {}  # last day on which a customer that stopped paying paid
        self.left = {}  # what an invoice still owes, while the story goes on

    def tell(self, customer_count, invoice_count) -> Portfolio:
        """Return the whole portfolio."""
        portfolio = Portfolio(collectors=list(COLLECTORS), rates=self._rates())
        portfolio.customers = self._customers(customer_count)
        invoices = self._invoices(portfolio.customers, invoice_count)
        credits = self._credits(invoices)
        portfolio.openings = self._openings(portfolio.customers)
        payer = Payer(self.rng, self.today, self.habits, self.last_paid, self.left)
        portfolio.payments = [
            *payer.settle_openings(portfolio.openings),
            *payer.settle(invoices),
        ]
        portfolio.payments += payer.loose_ends(
            self._overdue(invoices), max(2, invoice_count // 400)
        )
        portfolio.invoices = [self._finish(invoice) for invoice in invoices] + credits
        return portfolio

    # === Customers and invoices === #

    def _customers(self, count):
        habits = shares(count)
        self.rng.shuffle(habits)
        customers = []
        for rank, habit in enumerate(habits, start=1):
            customer = self.identities.customer(rank, habit.code, habit.currency)
            customers.append(customer)
            self.habits[customer.key] = habit
            if habit.code == "never":
                self.last_paid[customer.key] = self._before_today(60, 360)
        return customers

    def _invoices(self, customers, count):
        """Return the invoices in order of date; every customer has at least one."""
        volumes = [
            self.habits[customer.key].volume * self.rng.uniform(0.5, 1.5)
            for customer in customers
        ]
        buyers = customers + self.rng.choices(
            customers, volumes, k=count - len(customers)
        )
        sales = sorted((self._sale_date(buyer.key), buyer.key) for buyer in buyers)
        invoices = [
            self._invoice(f"F{rank:06d}", day, key)
            for rank, (day, key) in enumerate(sales, start=1)
        ]
        self.left = {invoice.number: invoice.amount for invoice in invoices}
        return invoices

    def _sale_date(self, key):
        """Return a working day; a customer that stopped paying is soon not served."""
        last = self.last_paid.get(key, self.today)
        last = min(last + timedelta(days=90), self.today)
        day = self.start + timedelta(days=self.rng.randint(1, (last - self.start).days))
        return day - timedelta(days=max(0, day.weekday() - 4))

    def _invoice(self, number, day, key):
        habit = self.habits[key]
        low, high = habit.amounts
        lines = self._lines(low * (high / low) ** self.rng.random(), habit)
        return Invoice(
            customer=key,
            number=number,
            date=day,
            amount=_total(lines, habit),
            due=due_date(day, habit.term),
            currency=habit.currency,
            term=habit.term,
            lines=lines,
        )

    def _lines(self, amount, habit):
        """Return one to three lines of about an amount without tax."""
        step = Decimal(1) if habit.term == "split" else Decimal("0.05")
        count = self.rng.choice((1, 1, 2, 3))
        lines = []
        for labels in self.rng.sample(CATALOGUE, count):
            quantity = self.rng.choice((1, 1, 1, 2, 4, 10))
            price = Decimal(amount / count / quantity * self.rng.uniform(0.5, 1.5))
            price = max(step, (price / step).quantize(Decimal(1)) * step)
            label = labels[1 if habit.currency in ("USD", "GBP") else 0]
            lines.append(Line(label, quantity, price))
        return tuple(lines)

    def _credits(self, invoices):
        """Return credit notes: a gesture or a whole invoice; some stay open."""
        whole = [invoice for invoice in invoices if invoice.term != "split"]
        wanted = max(3, len(invoices) // 40)
        credits = []
        for rank, invoice in enumerate(self.rng.sample(whole, min(wanted, len(whole)))):
            credit = self._credit(f"A{rank + 1:06d}", invoice, whole=rank % 5 == 0)
            if rank % 4 == 1:  # not allocated: it is on the customer's account
                recent = self._before_today(1, 90)
                credit = replace(credit, reverses="", date=max(recent, invoice.date))
            else:
                self.left[invoice.number] += credit.amount
            credits.append(credit)
        return sorted(credits, key=lambda credit: (credit.date, credit.number))

    def _credit(self, number, invoice, whole):
        day = invoice.date + timedelta(days=self.rng.randint(3, 30))
        share = Decimal(1) if whole else Decimal(self.rng.choice((10, 15, 20))) / 100
        lines = invoice.lines
        if not whole:
            net = sum(line.quantity * line.price for line in lines) * share
            price = max(Decimal("0.05"), (net * 20).quantize(Decimal(1)) / 20)
            lines = (Line("Remise commerciale", 1, price),)
        return Invoice(
            customer=invoice.customer,
            number=number,
            date=min(day, self.today),
            amount=-_total(lines, self.habits[invoice.customer]),
            currency=invoice.currency,
            term="immediate",
            lines=lines,
            label="Annulation" if whole else "Geste commercial",
            reverses=invoice.number,
        )

    def _finish(self, invoice):
        """Return an invoice as it is today: disputed or not, sent or not."""
        owed = self.left[invoice.number]
        if not owed:
            return invoice
        habit = self.habits[invoice.customer]
        if habit.code == "disputes" and self.rng.random() < 0.7:
            part = (owed / 3).quantize(Decimal(1)) if self.rng.random() < 0.4 else ZERO
            return replace(invoice, disputed=not part, disputed_amount=part)
        is_new = invoice.date >= self.today - timedelta(days=3)
        return replace(invoice, sent=self.rng.random() > (0.5 if is_new else 0.01))

    def _overdue(self, invoices):
        """Return the invoices in euros that are open and past due."""
        return [
            invoice
            for invoice in invoices
            if self.left[invoice.number]
            and not invoice.currency
            and invoice.due
            and invoice.due < self.today
        ]

    # === Balances brought forward, rates === #

    def _openings(self, customers):
        """Return what every 12th customer owed before; its due date is often lost."""
        openings = []
        french = [
            customer for customer in customers if not self.habits[customer.key].currency
        ]
        for customer in french[::12]:
            for rank in range(self.rng.choice((1, 2))):
                due = self.start - timedelta(days=self.rng.randint(10, 80))
                amount = Decimal(self.rng.randrange(15_000, 450_000)) / 100
                openings.append(
                    Opening(
                        customer.key,
                        f"AN-{customer.key}-{rank + 1}",
                        self.start,
                        amount,
                        due if self.rng.random() < 0.5 else None,
                    )
                )
        return openings

    def _rates(self):
        """Return a rate of each foreign currency for each month of the two years."""
        rates = []
        for currency, rate in RATES.items():
            day = (self.start - timedelta(days=31)).replace(day=1)
            while day <= self.today:
                rate *= Decimal(1) + Decimal(self.rng.randint(-120, 120)) / 10_000
                rates.append((currency, day, rate.quantize(Decimal("0.0001"))))
                day = (day + timedelta(days=31)).replace(day=1)
        return rates

    def _before_today(self, fewest, most):
        return self.today - timedelta(days=self.rng.randint(fewest, most))


def _total(lines, habit) -> Decimal:
    """Return the total of lines, with VAT unless the customer is foreign."""
    net = sum((line.quantity * line.price for line in lines), ZERO)
    total = net if habit.currency else net * (1 + VAT)
    return total.quantize(Decimal("0.01"))
