"""What lowers the balance that bears penalties: each figure is checked by hand."""

from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .common import TODAY, day
from .penalty_debts import PRINCIPAL, DebtCommon


@tagged("post_install", "-at_install")
class TestPenaltyRules(DebtCommon):
    """What lowers the balance, and from when."""

    def test_an_unpaid_invoice_owes_each_day_after_its_due_date(self):
        invoice = self._invoice(100)
        answer = self._answer(invoice)
        self.assertEqual(
            answer["rows"],
            [
                {
                    "line_id": self._receivable(invoice).id,
                    "date_due": day("2026-03-07"),
                    "date_from": day("2026-03-08"),
                    "date_to": TODAY,
                    "days": 100,
                    "year": 365,
                    "balance": PRINCIPAL,
                    "capitalized": 0.0,
                    "rate": 10.0,
                    "amount": 100.0,
                    "terms": "Contract",
                    "rate_source": "Contract",
                    "rate_verified": "official",
                }
            ],
        )
        self.assertEqual(
            {name: value for name, value in answer.items() if name != "rows"},
            {
                "principal": PRINCIPAL,
                "residual": PRINCIPAL,
                "settlements": [],
                "interest": 100.0,
                "interest_paid": 0.0,
                "indemnity": 40.0,
                "indemnity_currency": "EUR",
                "total": 140.0,
                "currency": "EUR",
            },
        )

    def test_nothing_is_owed_on_the_due_date_and_a_euro_the_day_after(self):
        invoice = self._invoice(100)
        self.assertEqual(self._rows(invoice, day("2026-03-07")), [])
        self.assertEqual(self._answer(invoice, day("2026-03-07"))["indemnity"], 0)
        self.assertEqual(self._rows(invoice, day("2026-03-08")), [(1, PRINCIPAL, 1.0)])
        self.assertEqual(self._answer(invoice, "2026-03-08")["total"], 41.0)

    def test_today_is_the_default(self):
        invoice = self._invoice(10)
        self.assertEqual(invoice.penalty_breakdown()[invoice.id]["interest"], 10.0)

    def test_an_invoice_paid_on_its_due_date_owes_nothing(self):
        invoice = self._invoice(100)
        self._pay_in_euros(invoice, PRINCIPAL, day("2026-03-07"))
        self.assertNothingDue(invoice)

    def test_an_invoice_paid_late_still_owes(self):
        invoice = self._invoice(100)
        self._pay_in_euros(invoice, PRINCIPAL, TODAY - timedelta(days=60))
        self.assertEqual(self._rows(invoice), [(40, PRINCIPAL, 40.0)])
        answer = self._answer(invoice)
        self.assertEqual((answer["residual"], answer["total"]), (0.0, 80.0))

    def test_a_payment_after_the_day_asked_for_is_ignored(self):
        invoice = self._invoice(100)
        self._pay_in_euros(invoice, 1825, TODAY - timedelta(days=60))
        before = TODAY - timedelta(days=61)
        self.assertEqual(self._rows(invoice, before), [(39, PRINCIPAL, 39.0)])
        self.assertEqual(self._answer(invoice, before)["residual"], PRINCIPAL)
        self.assertEqual(
            self._rows(invoice), [(40, PRINCIPAL, 40.0), (60, 1825.0, 30.0)]
        )

    def test_a_write_off_in_a_payment_lowers_at_its_date(self):
        invoice = self._invoice(100)
        self._pay_in_euros(
            invoice,
            PRINCIPAL - 10,
            TODAY - timedelta(days=60),
            payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
        )
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(self._rows(invoice), [(40, PRINCIPAL, 40.0)])

    def test_an_early_payment_discount_lowers_at_its_date(self):
        """980.00 pay 1,000.00 within ten days: nothing is left to be late."""
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % within 10 days",
                "early_discount": True,
                "discount_days": 10,
                "discount_percentage": 2,
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 100, "nb_days": 30}
                    )
                ],
            }
        )
        invoice = self._invoice(100, 1000, invoice_payment_term_id=term.id)
        self._pay_in_euros(invoice, 980, invoice.invoice_date + timedelta(days=5))
        self.assertEqual(invoice.amount_residual, 0)
        self.assertNothingDue(invoice, 1000.0)

    def test_a_payment_taken_back_brings_the_balance_back(self):
        invoice = self._invoice(100)
        self._pay_in_euros(invoice, PRINCIPAL, TODAY - timedelta(days=60))
        lines = self._receivable(invoice)
        (lines + lines.matched_credit_ids.credit_move_id).remove_move_reconcile()
        self.assertEqual(self._rows(invoice), [(100, PRINCIPAL, 100.0)])

    def test_a_credit_note_that_corrects_an_error_counts_from_the_invoice(self):
        invoice = self._invoice(100)
        self._credit(invoice, 1825, TODAY - timedelta(days=60), "invoice")
        self.assertEqual(self._rows(invoice), [(100, 1825.0, 50.0)])

    def test_a_credit_note_given_as_a_gesture_counts_from_its_date(self):
        invoice = self._invoice(100)
        self._credit(invoice, 1825, TODAY - timedelta(days=60), "own")
        self.assertEqual(
            self._rows(invoice), [(40, PRINCIPAL, 40.0), (60, 1825.0, 30.0)]
        )

    def test_an_invoice_wholly_cancelled_by_a_correction_was_never_late(self):
        invoice = self._invoice(100)
        self._credit(invoice, PRINCIPAL, TODAY, "invoice")
        self.assertNothingDue(invoice)

    def test_a_transfer_to_another_account_lowers_nothing(self):
        invoice = self._invoice(100)
        line = self._receivable(invoice)
        doubtful = line.account_id.copy({"code": "416000", "name": "Doubtful"})
        entry = self.env["account.move"].create(
            {
                "date": TODAY - timedelta(days=60),
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.customer.id,
                            "currency_id": self.euro.id,
                            "amount_currency": sign * PRINCIPAL,
                            "balance": sign * line.balance,
                        }
                    )
                    for account, sign in ((line.account_id, -1), (doubtful, 1))
                ],
            }
        )
        entry.collection_transfer = True
        entry.action_post()
        credit = entry.line_ids.filtered(
            lambda each: each.account_id == line.account_id
        )
        (line + credit).reconcile()
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(self._rows(invoice), [(100, PRINCIPAL, 100.0)])
        self.assertEqual(self._answer(invoice)["residual"], PRINCIPAL)

    def test_each_due_date_runs_on_its_own_and_the_indemnity_is_one(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "half and half",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": days}
                    )
                    for days in (0, 60)
                ],
            }
        )
        invoice = self._invoice(70, invoice_payment_term_id=term.id)  # 100 days old
        self.assertEqual(self._rows(invoice), [(100, 1825.0, 50.0), (40, 1825.0, 20.0)])
        self.assertEqual(self._answer(invoice)["total"], 110.0)
        self.assertEqual(
            [row["date_due"] for row in self._answer(invoice)["rows"]],
            [TODAY - timedelta(days=100), TODAY - timedelta(days=40)],
        )

    def test_a_foreign_currency_gives_interest_in_it_and_no_total(self):
        pound = self.env.ref("base.GBP")
        pound.active = True
        invoice = self._create_due(100, PRINCIPAL, currency_id=pound.id)
        answer = self._answer(invoice)
        self.assertEqual((answer["interest"], answer["currency"]), (100.0, "GBP"))
        self.assertEqual(
            (answer["indemnity"], answer["indemnity_currency"]), (40.0, "EUR")
        )
        self.assertIs(answer["total"], False)

    def test_a_currency_without_cents_is_rounded_to_its_unit(self):
        yen = self.env.ref("base.JPY")
        yen.active = True
        invoice = self._create_due(100, 1000, currency_id=yen.id)
        # 1,000 x 10 % x 100 / 365 = 27.4
        self.assertEqual(self._rows(invoice), [(100, 1000.0, 27.0)])
