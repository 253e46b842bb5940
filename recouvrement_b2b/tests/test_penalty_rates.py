"""Penalties as their terms say: rates, holds, judgments, notices: checked by hand."""

from datetime import timedelta

from odoo.tests import tagged

from .common import TODAY, day
from .penalty_debts import PRINCIPAL, DebtCommon


@tagged("post_install", "-at_install")
class TestPenaltyRates(DebtCommon):
    """Holds, judgments, formal notices and interest on interest."""

    def test_holds_pause_as_the_terms_say(self):
        invoice = self._invoice(100)
        # the days 31 to 50 after the due date are disputed; 51 to 60 are a manual hold
        start = invoice.invoice_date_due
        disputed = self._hold(
            move_line_id=self._receivable(invoice).id,
            date_start=start + timedelta(days=31),
            date_end=start + timedelta(days=50),
        )
        self._hold(
            "manual",
            partner_id=self.customer.id,
            date_start=start + timedelta(days=51),
            date_end=start + timedelta(days=60),
        )
        for pause, rows in {
            "none": [100],
            "dispute": [30, 50],
            "all": [30, 40],
        }.items():
            with self.subTest(pause=pause):
                self.terms.pause = pause
                self.assertEqual(
                    self._rows(invoice), [(days, PRINCIPAL, days) for days in rows]
                )
        self.terms.pause = "dispute"
        disputed.amount = 365
        self.assertEqual(
            self._rows(invoice),
            [(30, PRINCIPAL, 30.0), (20, 3285.0, 18.0), (50, PRINCIPAL, 50.0)],
            "the rest of the invoice bears interest meanwhile",
        )

    def test_an_invoice_late_on_suspended_days_alone_owes_no_indemnity(self):
        invoice = self._invoice(10)
        hold = self._hold(
            move_line_id=self._receivable(invoice).id,
            date_start=invoice.invoice_date_due + timedelta(days=1),
        )
        self.assertEqual(self._answer(invoice)["total"], 50.0, "they run on")
        self.terms.pause = "dispute"
        self.assertNothingDue(invoice)
        hold.date_end = TODAY - timedelta(days=1)
        self.assertEqual(self._rows(invoice), [(1, PRINCIPAL, 1.0)])
        self.assertEqual(self._answer(invoice)["total"], 41.0)

    def test_the_day_on_which_a_hold_is_closed_counts_again(self):
        self.terms.pause = "all"
        invoice = self._invoice(100)
        hold = self._hold(
            partner_id=self.customer.id, date_start=TODAY - timedelta(days=9)
        )
        self.assertEqual(self._rows(invoice), [(90, PRINCIPAL, 90.0)])
        hold.action_close()
        self.assertEqual(
            self._rows(invoice), [(90, PRINCIPAL, 90.0), (1, PRINCIPAL, 1.0)]
        )

    def test_a_judgment_stops_the_day_before(self):
        invoice = self._invoice(100)
        later = self._invoice(
            -10, invoice_date=TODAY - timedelta(days=20), partner=self.customer
        )
        self.customer.insolvency_date = TODAY - timedelta(days=30)
        self.assertEqual(self._rows(invoice), [(69, PRINCIPAL, 69.0)])
        self.assertEqual(self._answer(invoice)["indemnity"], 40.0)
        after = TODAY + timedelta(days=15)
        self.assertEqual(
            self._rows(later, after), [(5, PRINCIPAL, 5.0)], "a debt of after it"
        )

    def test_no_indemnity_when_nothing_was_late_before_the_judgment(self):
        invoice = self._invoice(10)
        self.customer.insolvency_date = invoice.invoice_date_due + timedelta(days=1)
        self.assertNothingDue(invoice)

    def test_penalties_run_from_the_formal_notice_where_one_is_needed(self):
        swiss = self._create_customer("Uhren", country_id=self.env.ref("base.ch").id)
        invoice = self._invoice(100, 7300, partner=swiss)
        self.assertNothingDue(invoice, 7300.0)
        invoice.formal_notice_date = TODAY - timedelta(days=20)
        self.assertEqual(self._rows(invoice), [(20, 7300.0, 20.0)])
        self.assertEqual(self._answer(invoice)["indemnity"], 0)
        invoice.formal_notice_date = invoice.invoice_date  # before it was due
        self.assertEqual(self._rows(invoice), [(100, 7300.0, 100.0)])

    def test_a_public_buyer_keeps_the_rate_of_the_first_day(self):
        """Due on 30 June 2025: 2.15 + 8 from 1 July on, in 2026 too (R2192-31)."""
        self.customer.penalty_terms_id = self.env.ref(
            "recouvrement_b2b.penalty_terms_public"
        )
        invoice = self._invoice((TODAY - day("2025-06-30")).days, 1000)
        rows = self._answer(invoice)["rows"]
        # 1,000 x 10.15 % x 350 / 365 = 97.33
        self.assertEqual([(350, 10.15, 97.33)], [_rate_row(row) for row in rows])

    def test_belgium_rounds_the_rate_up_to_the_half_point(self):
        belgian = self._create_customer("Frites", country_id=self.env.ref("base.be").id)
        invoice = self._invoice(100, 1000, partner=belgian)
        # 2.15 + 8 = 10.15: 10.5; 1,000 x 10.5 % x 100 / 365 = 28.77
        rows = self._answer(invoice)["rows"]
        self.assertEqual([(100, 10.5, 28.77)], [_rate_row(row) for row in rows])

    def test_days_of_a_leap_year_are_divided_by_366_if_the_terms_say_so(self):
        self.terms.day_count = "actual"
        invoice = self._invoice((TODAY - day("2023-12-21")).days, 36500)
        rows = self._answer(invoice, day("2024-01-10"))["rows"]
        # 10 days of 2023, then 10 x 36,500 x 10 % / 366 = 99.73
        self.assertEqual(
            [(10, 10.0, 100.0), (10, 10.0, 99.73)], [_rate_row(row) for row in rows]
        )

    def test_interest_on_interest_after_each_whole_year(self):
        """10,000.00 at 10 %: 1,000.00 the first year, 1,100.00 the second one, then
        12,100.00 x 10 % x 73 / 365 = 242.00 for 73 days of the third.
        """
        self.terms.capitalize = True
        invoice = self._invoice((TODAY - day("2021-03-01")).days, 10000)
        rows = self._answer(invoice, day("2023-05-13"))["rows"]
        self.assertEqual(
            [
                (row["date_to"], row["balance"], row["capitalized"], row["amount"])
                for row in rows
            ],
            [
                (day("2022-03-01"), 10000.0, 0.0, 1000.0),
                (day("2023-03-01"), 11000.0, 1000.0, 1100.0),
                (day("2023-05-13"), 12100.0, 2100.0, 242.0),
            ],
        )


def _rate_row(row):
    return row["days"], row["rate"], row["amount"]
