"""What the made-up portfolio promises, for any seed. No database."""

import re
import sys
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from unittest.mock import patch

from hypothesis import given, settings, strategies
from stdnum.eu import vat
from stdnum.fr import siren, siret

from odoo.tests import BaseCase, tagged

from ..tools.portfolio import IN_PROCESS, MATCHED, UNALLOCATED, UNMATCHED
from ..tools.portfolio_generator import due_date, generate
from ..tools.portfolio_habits import HABITS, shares

TODAY = date(2026, 6, 15)
VAT = Decimal("0.2")
# Ranges of phone numbers that regulators keep for fiction (ARCEP, Ofcom, NANPA).
FICTION = re.compile(
    r"\+33 (1 99 00|2 61 91|3 53 01|4 65 71|5 36 49|6 39 98) \d\d \d\d"
    r"|\+44 113 496 0\d{3}|\+1 617 555 01\d\d"
)


@tagged("post_install", "-at_install")
class TestPortfolioGenerator(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portfolio = generate(1, TODAY)
        cls.residuals = cls.portfolio.residuals()
        cls.habits = {
            customer.key: customer.habit for customer in cls.portfolio.customers
        }

    def test_size(self):
        invoices = [inv for inv in self.portfolio.invoices if inv.amount > 0]
        self.assertEqual(len(self.portfolio.customers), 120)
        self.assertEqual(len(invoices), 2500)
        self.assertEqual(len({invoice.number for invoice in invoices}), 2500)
        self.assertEqual(len({c.name for c in self.portfolio.customers}), 120)

    def test_same_seed_same_day_same_portfolio(self):
        self.assertEqual(generate(7, TODAY, 15, 40), generate(7, TODAY, 15, 40))
        self.assertNotEqual(generate(7, TODAY, 15, 40), generate(8, TODAY, 15, 40))

    def test_two_years_up_to_today(self):
        days = [invoice.date for invoice in self.portfolio.invoices]
        self.assertGreaterEqual(min(days), TODAY - timedelta(days=735))
        self.assertLessEqual(max(days), TODAY)
        self.assertGreater(max(days), TODAY - timedelta(days=7))
        self.assertTrue(all(pay.date <= TODAY for pay in self.portfolio.payments))

    def test_every_habit_as_soon_as_there_are_as_many_customers(self):
        self.assertEqual(set(self.habits.values()), {habit.code for habit in HABITS})
        for count in (len(HABITS), 20, 50, 400):
            drawn = shares(count)
            self.assertEqual(len(drawn), count)
            self.assertEqual(set(drawn), set(HABITS))

    def test_habits_show_in_the_delays(self):
        """The punctual pay on time, the very late after two months."""
        due = {invoice.number: invoice.due for invoice in self.portfolio.invoices}
        delays = {}
        for payment in self.portfolio.payments:
            if payment.kind == MATCHED and due.get(payment.documents[0]):
                delay = (payment.date - due[payment.documents[0]]).days
                delays.setdefault(self.habits[payment.customer], []).append(delay)
        averages = {code: sum(days) / len(days) for code, days in delays.items()}
        self.assertLess(averages["punctual"], 2)
        self.assertLess(averages["punctual"], averages["a_bit_late"])
        self.assertLess(averages["a_bit_late"], averages["late"])
        self.assertLess(averages["late"], averages["very_late"])
        self.assertGreater(averages["very_late"], 60)

    def test_who_stopped_paying_owes(self):
        owed = Counter()
        for invoice in self.portfolio.invoices:
            if self.habits[invoice.customer] == "never":
                owed[invoice.customer] += self.residuals[invoice.key]
        self.assertTrue(owed)
        self.assertTrue(all(amount > 0 for amount in owed.values()))

    def test_what_a_collector_meets(self):
        """Disputes, part payments, open credits, money that is not allocated..."""
        invoices = self.portfolio.invoices
        still_open = [i for i in invoices if self.residuals[i.key] > 0]
        self.assertTrue(any(i.disputed for i in still_open))
        self.assertTrue(any(i.disputed_amount for i in still_open))
        self.assertTrue(any(self.residuals[i.key] < i.amount for i in still_open))
        self.assertTrue(any(not i.sent for i in still_open))
        self.assertTrue(any(self.residuals[i.key] < 0 for i in invoices))
        self.assertTrue(any(i.reverses for i in invoices))
        self.assertEqual({i.currency for i in invoices}, {"", "USD", "GBP", "CHF"})
        kinds = {payment.kind for payment in self.portfolio.payments}
        self.assertEqual(kinds, {MATCHED, UNALLOCATED, UNMATCHED, IN_PROCESS})
        self.assertTrue(any(opening.due for opening in self.portfolio.openings))
        self.assertFalse(all(opening.due for opening in self.portfolio.openings))

    def test_terms(self):
        terms = {invoice.term for invoice in self.portfolio.invoices}
        self.assertEqual(terms, {"immediate", "30", "45", "45_eom", "split"})

    def test_45_days_end_of_month(self):
        """45 days from the invoice, then the last day of that month."""
        self.assertEqual(due_date(date(2026, 1, 10), "45_eom"), date(2026, 2, 28))
        self.assertEqual(due_date(date(2026, 1, 20), "45_eom"), date(2026, 3, 31))
        self.assertIsNone(due_date(date(2026, 1, 20), "split"), "two due dates")

    def test_nobody_real_can_be_contacted(self):
        for customer in self.portfolio.customers:
            people = [customer, *customer.contacts]
            for email in filter(None, (person.email for person in people)):
                self.assertTrue(email.endswith("@example.com"), email)
            for phone in filter(None, (person.phone for person in people)):
                self.assertTrue(FICTION.fullmatch(phone), phone)
        for collector in self.portfolio.collectors:
            self.assertTrue(collector.email.endswith("@example.com"))

    def test_contacts_of_every_sort(self):
        customers = self.portfolio.customers
        self.assertTrue(any(not customer.email for customer in customers))
        self.assertTrue(any(not customer.phone for customer in customers))
        kinds = {contact.kind for c in customers for contact in c.contacts}
        self.assertEqual(kinds, {"invoice", "contact"})
        self.assertEqual({c.lang for c in customers}, {"fr_FR", "en_US"})

    def test_french_registers(self):
        french = [c for c in self.portfolio.customers if c.country == "FR"]
        self.assertEqual(len(french), 114)
        for customer in french:
            self.assertTrue(siren.is_valid(customer.siret[:9]))
            self.assertTrue(siret.is_valid(customer.siret))
            self.assertTrue(vat.is_valid(customer.vat))
            self.assertEqual(customer.vat[4:], customer.siret[:9])

    def test_amounts_are_exact(self):
        """VAT is exact on each line, and 30 % of what is due in instalments."""
        for invoice in self.portfolio.invoices:
            nets = [line.quantity * line.price for line in invoice.lines]
            rate = 0 if invoice.currency else VAT
            total = sum(net + net * rate for net in nets)
            self.assertEqual(abs(invoice.amount), total)
            self.assertTrue(all(net * VAT % Decimal("0.01") == 0 for net in nets))
            if invoice.term == "split":
                self.assertEqual(invoice.amount * 3 / 10 % Decimal("0.01"), 0)

    def test_a_company_of_one_day_is_refused(self):
        with self.assertRaisesRegex(ValueError, "at least one invoice"):
            generate(1, TODAY, customers=10, invoices=9)

    def test_faker_is_asked_for(self):
        with (
            patch.dict(sys.modules, {"faker": None}),
            self.assertRaisesRegex(ImportError, "pip install Faker"),
        ):
            generate(1, TODAY, 12, 12)

    @settings(max_examples=15, deadline=None)
    @given(
        seed=strategies.integers(0, 10**6),
        today=strategies.dates(date(2025, 1, 1), date(2030, 12, 31)),
    )
    def test_money_is_neither_lost_nor_made(self, seed, today):
        portfolio = generate(seed, today, customers=20, invoices=100)
        documents = [*portfolio.invoices, *portfolio.openings]
        residuals = portfolio.residuals()
        matched = sum(pay.amount for pay in portfolio.payments if pay.kind == MATCHED)
        billed = sum(document.amount for document in documents)
        self.assertEqual(sum(residuals.values()), billed - matched)
        for document in documents:
            owed = residuals[document.key]
            self.assertLessEqual(abs(owed), abs(document.amount))
            self.assertGreaterEqual(owed * document.amount, 0, "of the same sign")
