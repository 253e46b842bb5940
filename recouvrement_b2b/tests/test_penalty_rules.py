"""``penalty_breakdown``, rule by rule: each figure can be checked by hand.

Most debts are of 3,650.00 EUR at a contract rate of 10 %: one euro a day.
"""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import mail_new_test_user

from .common import TODAY, RecouvrementCommon, day

PRINCIPAL = 3650.0


class PenaltyRulesCommon(RecouvrementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.env.ref("base.EUR")
        cls.euro.active = True
        cls.terms = cls._create_terms(rate_base="fixed", fixed_rate=10)
        cls.customer.penalty_terms_id = cls.terms

    @classmethod
    def _create_terms(cls, **values):
        return cls.env["recouvrement.penalty.terms"].create(
            {"name": "Contract", **values}
        )

    def _invoice(self, days=100, amount=PRINCIPAL, **values):
        """Create an invoice in euros, due some days ago."""
        return self._create_due(days, amount, currency_id=self.euro.id, **values)

    def _pay_in_euros(self, moves, amount, on, **values):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=moves.ids
        )
        values = {"currency_id": self.euro.id, "payment_date": on, **values}
        return wizard.create({**values, "amount": amount})._create_payments()

    def _credit(self, invoice, amount, on, effect):
        """Set a credit note against an invoice."""
        note = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": invoice.partner_id.id,
                "invoice_date": on,
                "invoice_payment_term_id": False,
                "currency_id": invoice.currency_id.id,
                "credit_note_effect": effect,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Bread", "price_unit": amount, "tax_ids": []}
                    )
                ],
            }
        )
        note.action_post()
        (self._receivable(invoice) + self._receivable(note)).reconcile()
        return note

    def _hold(self, reason="dispute", **values):
        return self.env["recouvrement.hold"].create(
            {"reason": reason, "review_date": TODAY, **values}
        )

    def _answer(self, invoice, as_of=TODAY):
        return invoice.penalty_breakdown(as_of)[invoice.id]

    def _rows(self, invoice, as_of=TODAY):
        """Return (days, balance, amount) of each row."""
        answer = self._answer(invoice, as_of)
        self.assertEqual(
            round(sum(row["amount"] for row in answer["rows"]), 2), answer["interest"]
        )
        return [(row["days"], row["balance"], row["amount"]) for row in answer["rows"]]

    def assertNothingDue(self, invoice, principal=PRINCIPAL):
        answer = self._answer(invoice)
        self.assertEqual(answer["rows"], [])
        for name in ("interest", "indemnity", "total"):
            self.assertEqual(answer[name], 0, name)
        self.assertEqual(answer["principal"], principal)


@tagged("post_install", "-at_install")
class TestPenaltyRules(PenaltyRulesCommon):
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
                "interest": 100.0,
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


@tagged("post_install", "-at_install")
class TestPenaltyScope(PenaltyRulesCommon):
    """Who owes, what does not bear penalties, and who may ask."""

    def test_a_consumer_owes_none_unless_terms_are_chosen_for_it(self):
        person = self._create_customer("Anne Petit", is_company=False)
        invoice = self._invoice(100, partner=person)
        self.assertNothingDue(invoice)
        person.penalty_terms_id = self.terms
        self.assertEqual(self._rows(invoice), [(100, PRINCIPAL, 100.0)])

    def test_the_terms_are_those_of_the_company_a_contact_belongs_to(self):
        contact = self._create_customer(
            "Paul", is_company=False, parent_id=self.customer.id
        )
        invoice = self._invoice(100, partner=contact)
        self.assertEqual(self._rows(invoice), [(100, PRINCIPAL, 100.0)])

    def test_a_penalty_invoice_bears_none(self):
        invoice, penalty = self._invoice(100), self._invoice(90, 140)
        claim = self.env["recouvrement.penalty.claim"].create(
            {
                "partner_id": self.customer.id,
                "currency_id": self.euro.id,
                "date_to": TODAY,
            }
        )
        penalty.sudo().penalty_claim_id = claim
        answers = (invoice + penalty).penalty_breakdown(TODAY)
        self.assertEqual(answers[penalty.id]["rows"], [])
        self.assertEqual(answers[penalty.id]["total"], 0)
        self.assertEqual(answers[invoice.id]["total"], 140.0)

    def test_what_is_not_a_posted_customer_invoice_owes_nothing(self):
        draft, cancelled = self._invoice(100), self._invoice(100)
        draft.button_draft()
        cancelled.button_draft()
        cancelled.button_cancel()
        refund = self._create_due(100, move_type="out_refund")
        bill = self._create_due(100, move_type="in_invoice")
        moves = draft + cancelled + refund + bill
        answers = moves.penalty_breakdown(TODAY)
        self.assertEqual(set(answers), set(moves.ids))
        for answer in answers.values():
            self.assertEqual(answer["rows"], [])
            self.assertEqual((answer["interest"], answer["indemnity"]), (0, 0))
            self.assertEqual((answer["total"], answer["principal"]), (0, 0))

    def test_a_day_outside_the_table_of_rates_is_refused(self):
        self.customer.penalty_terms_id = False  # the law's: a rate each half-year
        invoice = self._invoice(100)
        with self.assertRaisesRegex(UserError, "1st half of 2027"):
            invoice.penalty_breakdown("2031-02-01")
        self.assertTrue(self._answer(invoice)["interest"])

    def test_collectors_and_readers_get_the_same_figures(self):
        invoice = self._invoice(100)
        self._pay_in_euros(invoice, 1825, TODAY - timedelta(days=60))
        self._hold(partner_id=self.customer.id, date_start=TODAY)
        self.terms.pause = "dispute"
        mine = self._answer(invoice)
        self.assertEqual(mine["interest"], 69.5)
        for group in (
            "recouvrement_b2b.recouvrement_group_own",
            "account.group_account_readonly",
        ):
            user = mail_new_test_user(
                self.env, login=group, groups=group, company_id=self.company.id
            )
            self.customer.collector_id = user
            self.env.invalidate_all()
            with self.subTest(group=group):
                self.assertEqual(self._answer(invoice.with_user(user)), mine)

    def test_who_may_not_read_the_invoice_may_not_read_its_penalties(self):
        invoice = self._invoice(100)
        user = mail_new_test_user(self.env, login="jean", groups="base.group_user")
        with self.assertRaises(AccessError):
            invoice.with_user(user).penalty_breakdown(TODAY)
        with self.assertRaises(AccessError):
            invoice.with_user(user).penalty_rows()

    def test_each_company_has_its_own_terms(self):
        other = self.setup_other_company()
        self.customer.with_company(
            other["company"]
        ).penalty_terms_id = self._create_terms(
            rate_base="fixed", fixed_rate=20, company_id=other["company"].id
        )
        mine = self._invoice(100)
        theirs = self._invoice(
            100,
            company_id=other["company"].id,
            journal_id=other["default_journal_sale"].id,
        )
        answers = (mine + theirs).penalty_breakdown(TODAY)
        self.assertEqual(answers[mine.id]["interest"], 100.0)
        self.assertEqual(answers[theirs.id]["interest"], 200.0)

    def test_rows_as_a_list_for_programs(self):
        late, ahead = self._invoice(100), self._invoice(-10)
        rows = (ahead + late).penalty_rows(str(TODAY))
        self.assertEqual([each["move_id"] for each in rows], [ahead.id, late.id])
        self.assertEqual([each["total"] for each in rows], [0.0, 140.0])
        self.assertEqual(
            {**self._answer(late), "move_id": late.id}, rows[1], "the same figures"
        )
        self.assertNotIn(None, _values(rows), "XML-RPC knows no None")

    def test_the_number_of_queries_does_not_grow(self):
        partners = [self._create_customer(f"Customer {number}") for number in range(8)]
        partners[0].penalty_terms_id = self.terms
        self.terms.pause = "all"
        moves = self.env["account.move"]
        for number in range(40):
            moves += self._invoice(10 + number, partner=partners[number % 8])
        for number, move in enumerate(moves[::4]):
            self._pay_in_euros(move, 100 + number, TODAY - timedelta(days=3))
            self._hold(move_line_id=self._receivable(move).id)

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.penalty_breakdown(TODAY)
            return self.env.cr.sql_log_count - before

        count(moves)  # what is read once for a process
        self.assertEqual(count(moves[:8]), count(moves))
        self.assertLessEqual(count(moves), 20)


def _values(value):
    """Return all the values of nested lists and dicts."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [leaf for each in value for leaf in _values(each)]
    return [value]


@tagged("post_install", "-at_install")
class TestPenaltyTermsApplied(PenaltyRulesCommon):
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
