"""What a contract comes to: the formulas, then the books."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.tests import BaseCase, tagged

from ..tools.factoring import (
    amount_days,
    annual_rate,
    available,
    release_due,
    share,
)
from .common import TODAY, day
from .factoring import FactoringCommon

# The first draw of a process is slow on a busy machine.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
cents = st.integers(0, 10**9)
days = st.dates(date(2025, 1, 1), date(2026, 12, 31))


@tagged("post_install", "-at_install")
class TestFactoringFormulas(BaseCase):
    def test_by_hand(self):
        # 90 % of 10 000 is 9 000, of which 6 000 are drawn
        self.assertEqual(available(10_000, 90, 6_000, 3_500), 3_000)
        self.assertEqual(available(10_000, 90, 6_000, 2_500), 2_500)
        self.assertEqual(available(10_000, 90, 9_500, 500), 0)
        self.assertEqual(available(10_000, 90, 9_000, -100), 0)
        # 9 000 for 14 days, then 5 000 for 16 days
        moves = [(day("2026-06-01"), 9_000), (day("2026-06-15"), -4_000)]
        self.assertEqual(amount_days(moves, day("2026-07-01")), 206_000)
        # 100 euros for that: 100 / 206 000 x 365
        self.assertAlmostEqual(annual_rate(100, 206_000), 17.7184, places=4)
        self.assertEqual(annual_rate(100, 0), 0)
        self.assertEqual(release_due(100, 1_000, 400), 40)
        self.assertEqual(release_due(100, 0, 0), 0)
        self.assertEqual(share(1, 8), 12.5)

    @patient
    @given(cents, st.integers(0, 100), st.integers(-(10**9), 10**9), cents)
    def test_available_is_bounded(self, outstanding, rate, used, account):
        drawn = available(outstanding, rate, used, account)
        self.assertGreaterEqual(drawn, 0)
        self.assertLessEqual(drawn, account)
        self.assertLessEqual(drawn, max(outstanding * rate / 100 - used, 0))
        if drawn < account:  # what was drawn cannot be drawn again
            self.assertAlmostEqual(
                available(outstanding, rate, used + drawn, account), 0, places=3
            )

    @patient
    @given(st.lists(st.tuples(days, st.integers(-(10**6), 10**6)), max_size=15), days)
    def test_amount_days_is_the_sum_of_the_days(self, moves, until):
        """The same, one day after the other."""
        total, today = 0, date(2025, 1, 1)
        while today < until:
            total += max(sum(amount for when, amount in moves if when <= today), 0)
            today += timedelta(days=1)
        self.assertEqual(amount_days(moves, until), total)

    @patient
    @given(cents, cents, cents)
    def test_release_is_never_more_than_the_holdback(self, holdback, assigned, settled):
        due = release_due(holdback, assigned, settled)
        self.assertGreaterEqual(due, 0)
        self.assertLessEqual(due, holdback)


@tagged("post_install", "-at_install")
class TestFactoringFigures(FactoringCommon):
    def _live(self, contract):
        """Assign 3 000, and let a month of operations happen."""
        moves = self._create_due(5, 1000.0) + self._create_due(-10, 2000.0)
        assignment = self.env["recouvrement.assignment"].create(
            {
                "factor_id": contract.id,
                "currency_id": self.company.currency_id.id,
                "date_signed": "2026-06-01",
                "line_ids": [Command.create({"move_id": move.id}) for move in moves],
            }
        )
        assignment.action_confirm()
        assignment.action_sign()
        first = assignment.line_ids.filtered(lambda line: line.move_id == moves[0])
        about = {"assignment_id": assignment.id}
        contract._record(
            [
                contract._prepare_operation(kind, day(when), amount, **values)
                for kind, when, amount, values in (
                    ("holdback", "2026-06-01", 300, about),
                    ("commission", "2026-06-01", 15, about),
                    ("interest", "2026-06-01", 9, {}),
                    ("payment", "2026-06-01", 2600, about),
                    ("reimbursement", "2026-06-05", 200, {}),
                )
            ]
        )
        self._record(first, "customer_payment", 600, day("2026-06-11"))
        self._record(first, "return", 400, day("2026-06-12"))
        return assignment, first

    def _figures(self, contract):
        names = (
            "turnover",
            "assigned_amount",
            "financed_amount",
            "holdback_amount",
            "current_account",
            "available_amount",
            "cost_amount",
        )
        contract.invalidate_recordset()
        return contract.mapped(lambda factor: {name: factor[name] for name in names})[0]

    def _expected(self):
        return {
            "turnover": 3000,
            "assigned_amount": 2000,  # 3000 - 600 - 400
            "financed_amount": 1800,  # 2600 - 200 - 600
            "holdback_amount": 300,
            # 3000 - 300 - 15 - 9 - 2600 + 200 - 400, or 2000 - 300 - 1800 - 24
            "current_account": -124,
            "available_amount": 0,
            "cost_amount": 24,
        }

    def test_figures_are_those_of_the_books(self):
        self._live(self.contract)
        self.assertEqual(self._figures(self.contract), self._expected())
        self.assertEqual(self.contract.current_account, self._balance("account_id"))
        self.assertEqual(
            self.contract.holdback_amount, self._balance("holdback_account_id")
        )
        self.assertEqual(self.contract.cost_rate, 0.8)  # 24 / 3000
        # 2600 for 4 days, 2400 for 6 days, 1800 for 4 days: 32 000
        self.assertAlmostEqual(
            self.contract.effective_rate, 24 * 365 / 32_000 * 100, places=2
        )
        self.assertAlmostEqual(self.contract.returned_rate, 13.33, places=2)

    def test_figures_are_the_same_without_entries(self):
        self.contract.accounting = False
        self._live(self.contract)
        self.assertEqual(self._figures(self.contract), self._expected())
        self.assertEqual(self._balance("account_id"), 0)

    def test_vat_lowers_the_account_and_is_no_cost(self):
        tax = self.env["account.tax"].create(
            {"name": "VAT 20", "amount": 20, "type_tax_use": "purchase"}
        )
        self.contract.commission_tax_id = tax
        self.contract._record(
            [
                self.contract._prepare_operation(
                    "commission", TODAY, 100.0, tax_amount=20.0
                )
            ]
        )
        self.assertEqual(self.contract.cost_amount, 100)
        self.assertEqual(self.contract.current_account, -120)
        self.assertEqual(self._balance("account_id"), -120)

    def test_cancelled_operations_count_no_more(self):
        before = self._figures(self.contract)
        self.contract._record(
            [self.contract._prepare_operation("interest", TODAY, 50.0)]
        ).action_cancel()
        self.assertEqual(self._figures(self.contract), before)

    def test_what_should_have_been_released(self):
        assignment, first = self._live(self.contract)
        # a third of the remittance was paid or returned: 300 x 1000 / 3000
        self.assertEqual(self.contract.holdback_expected, 100)
        self.assertEqual(self.contract.holdback_late, 100)
        self.contract._record(
            [
                self.contract._prepare_operation("holdback_release", TODAY, 60.0),
                first._prepare_operation("holdback", TODAY, 30.0),
                self.contract._prepare_operation("holdback", TODAY, 90.0),
            ]
        )
        self.contract.invalidate_recordset()
        # 100 + all the holdback of the first invoice + a third of what is on the whole
        self.assertEqual(self.contract.holdback_expected, 160)
        self.assertEqual(self.contract.holdback_released, 60)
        self.assertEqual(self.contract.holdback_late, 100)
        self.assertEqual(
            self.contract.holdback_amount, self._balance("holdback_account_id")
        )

    def test_days_to_be_paid(self):
        self._live(self.contract)
        # invoice of 11 May, 600 paid on 11 June; what is returned is not paid
        self.assertEqual(self.contract.payment_days, 31)

    def test_another_currency_at_the_rate_of_its_invoice(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        euro.rate_ids = [
            Command.clear(),
            Command.create({"name": "2026-01-01", "rate": 0.5}),
            Command.create({"name": "2026-06-14", "rate": 0.4}),
        ]
        self.contract.currency_ids += euro
        move = self._create_due(5, 1000.0, currency_id=euro.id)
        line = self._remit(move).line_ids
        self._record(line, "customer_payment", 250, TODAY)
        self.assertEqual(self.contract.turnover, 2000)
        self.assertEqual(self.contract.assigned_amount, 1500)
        self.assertEqual(self.contract.current_account, self._balance("account_id"))

    def test_limits_of_customers(self):
        self._live(self.contract)
        customer = self.contract.customer_ids
        self.assertEqual((customer.outstanding, customer.usage), (2000, 10))
        self.assertEqual(customer.available, 18000)
        customer.approved_amount = 0
        self.assertEqual(customer.usage, 0)

    def test_queries_do_not_grow_with_the_contracts(self):
        others = self.contract
        for number in range(8):
            others += self._contract(name=f"Other {number}")
        self._live(self.contract)
        counts = []
        for factors in (others, others[:2], others):  # the first time warms up
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            factors.mapped("available_amount")
            factors.mapped("holdback_late")
            factors.mapped("payment_days")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
