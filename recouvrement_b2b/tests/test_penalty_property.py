"""Random invoices, made, paid and credited in Odoo: the figures of the reference."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.tests import tagged

from .common import RecouvrementCommon
from .interest_reference import SlowDebt, SlowTerms, slow_accrue

# Each example makes invoices and payments: few, on the way from the books to the rows.
some = settings(
    deadline=None,
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
)
# ECB rate of each half-year from 2010 on: decision of the ECB as published.
ECB = """1 1 1 1.25 1 1 .75 .5 .25 .15 .05 .05 .05 0 0 0 0 0 0 0 0 0 0 0 0 0 2.5 4
4.5 4.25 3.15 2.15 2.15 2.4"""
FRANCE = SlowTerms(
    [
        (
            date(2010 + number // 2, 1 + number % 2 * 6, 1),
            date(2010 + number // 2, 6 + number % 2 * 6, 30 + number % 2),
            Fraction(rate) + 10,
        )
        for number, rate in enumerate(ECB.split())
    ]
)
LAST = date(2026, 12, 31)
CENTS = st.integers(100, 5_000_000)


@st.composite
def stories(draw):
    """Draw what happens to an invoice; days count from its date."""
    return {
        "invoiced": draw(st.dates(date(2010, 1, 1), date(2025, 12, 31))),
        "amount": draw(CENTS),
        "shares": draw(st.sampled_from([(100,), (50, 50), (30, 30, 40), (33, 33, 34)])),
        "every": draw(st.integers(1, 60)),
        "currency": draw(st.sampled_from(["EUR", "EUR", "GBP", "USD"])),
        "events": sorted(
            draw(
                st.lists(
                    st.tuples(
                        st.integers(0, 500),
                        st.sampled_from(["payment", "write-off", "invoice", "own"]),
                        st.integers(1, 60),  # percent of the amount
                    ),
                    min_size=1,
                    max_size=4,
                )
            )
        ),
        "as_of": draw(st.integers(60, 1200)),
    }


@tagged("post_install", "-at_install")
class TestPenaltyProperty(RecouvrementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("EUR", "GBP"):
            cls.env.ref(f"base.{code}").active = True
        # rates that move: payments leave exchange differences, which lower nothing
        cls.env["res.currency.rate"].create(
            [
                {
                    "currency_id": cls.env.ref("base.GBP").id,
                    "company_id": cls.company.id,
                    "name": f"{year}-01-01",
                    "rate": 0.5 + (year - 2009) / 20,
                }
                for year in range(2009, 2028)
            ]
        )

    @some
    @given(stories())
    def test_the_books_give_the_rows_of_the_reference(self, story):
        with self.env.cr.savepoint() as savepoint:
            invoice, debts = self._make(story)
            as_of = min(story["invoiced"] + timedelta(days=story["as_of"]), LAST)
            answer = invoice.penalty_breakdown(as_of)[invoice.id]
            expected = [
                row
                for debt in debts
                for row in (
                    (debt.due, *rest) for rest in slow_accrue(debt, FRANCE, as_of).rows
                )
            ]
            found = [
                (
                    row["date_due"],
                    row["date_from"],
                    row["date_to"],
                    round(row["balance"] * 100),
                    round(Fraction(row["rate"]), 4),
                    round(row["amount"] * 100),
                )
                for row in answer["rows"]
            ]
            cents = sum(row[-1] for row in expected)
            self.assertEqual(found, expected)
            self.assertEqual(answer["interest"], cents / 100)
            self.assertEqual(answer["indemnity"], 40 if expected else 0)
            savepoint.rollback()
            self.env.invalidate_all()

    # --- a story, in Odoo and for the reference ---

    def _make(self, story):
        """Return the invoice of a story, and its debts as told, not as read."""
        invoice = self._make_invoice(story)
        lines = self._receivable(invoice).sorted(
            lambda line: (line.date_maturity, line)
        )
        debts = [
            SlowDebt(
                round(line.amount_currency * 100),
                story["invoiced"] + timedelta(days=number * story["every"]),
            )
            for number, line in enumerate(lines)
        ]
        left = [debt.principal for debt in debts]
        for days, kind, percent in story["events"]:
            on = story["invoiced"] + timedelta(days=days)
            amount = min(max(1, story["amount"] * percent // 100), sum(left))
            if not amount:
                break
            if kind == "write-off":
                self._pay_all_but(invoice, amount, on, sum(left))
                amount = sum(left)
            elif kind == "payment":
                self._pay_part(invoice, amount, on)
            else:
                self._credit(invoice, amount, on, kind)
            counted = story["invoiced"] if kind == "invoice" else on
            for number, debt in enumerate(debts):  # the oldest due date first
                part = min(amount, left[number])
                if part:
                    debt.payments.append((counted, part, kind in ("invoice", "own")))
                left[number] -= part
                amount -= part
        for debt in debts:
            debt.payments.sort(key=lambda payment: payment[0])
        return invoice, debts

    def _make_invoice(self, story):
        term = self.env["account.payment.term"].create(
            {
                "name": "In shares",
                "line_ids": [
                    Command.create(
                        {
                            "value": "percent",
                            "value_amount": share,
                            "nb_days": number * story["every"],
                        }
                    )
                    for number, share in enumerate(story["shares"])
                ],
            }
        )
        currency = self.env.ref(f"base.{story['currency']}")
        return self._create_due(
            0,
            story["amount"] / 100,
            invoice_date=story["invoiced"],
            date=story["invoiced"],
            invoice_payment_term_id=term.id,
            currency_id=currency.id,
        )

    def _pay_part(self, invoice, cents, on, **values):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create(
            {
                "payment_date": on,
                "currency_id": invoice.currency_id.id,
                "amount": cents / 100,
                "group_payment": True,
                **values,
            }
        )._create_payments()

    def _pay_all_but(self, invoice, cents, on, left):
        """Pay the rest of an invoice, but for an amount that is given up."""
        self._pay_part(
            invoice,
            max(1, left - cents),
            on,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
        )

    def _credit(self, invoice, cents, on, effect):
        note = self._create_due(
            0,
            cents / 100,
            move_type="out_refund",
            invoice_date=on,
            date=on,
            currency_id=invoice.currency_id.id,
            credit_note_effect=effect,
        )
        (self._receivable(invoice) + self._receivable(note)).reconcile()
