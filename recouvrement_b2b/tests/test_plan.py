"""A payment plan made, signed, followed, broken, resumed: exact dates and amounts."""

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import TODAY, day
from .plans import PlanCommon


@tagged("post_install", "-at_install")
class TestPlan(PlanCommon):
    # --- making ---

    def test_the_wizard_shares_the_debt_to_the_cent(self):
        plan = self._plan(self.first, count=3)
        self.assertEqual(plan.total, 1000.0)
        self.assertEqual(
            self._instalments(plan),
            [
                ("2026-06-30", 333.33, 0.0, "due"),
                ("2026-07-30", 333.33, 0.0, "due"),
                ("2026-08-30", 333.34, 0.0, "due"),
            ],
        )

    def test_an_amount_each_time_leaves_the_rest_to_the_last(self):
        plan = self._plan(split="amount", amount=400, frequency="fortnight")
        self.assertEqual(
            [(str(each.date_due), each.amount) for each in plan.instalment_ids],
            [
                ("2026-06-30", 400.0),
                ("2026-07-14", 400.0),
                ("2026-07-28", 400.0),
                ("2026-08-11", 300.0),
            ],
        )

    def test_ends_of_months(self):
        plan = self._plan(frequency="month_end", first_date=day("2026-06-28"), count=3)
        self.assertEqual(
            [str(each.date_due) for each in plan.instalment_ids],
            ["2026-06-30", "2026-07-31", "2026-08-31"],
        )

    def test_the_wizard_says_what_is_wrong(self):
        for values, message in (
            ({"count": 0}, "between 1 and"),
            ({"split": "amount", "amount": 1}, "larger amount"),
            ({"first_date": day("2026-06-14")}, "cannot be past"),
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, message),
            ):
                self._wizard(**values).action_apply()
        other = self._create_customer("Acme")
        mixed = self.first + self._invoice(100, "2026-05-31", partner=other)
        with self.assertRaisesRegex(UserError, "one customer"):
            mixed.action_payment_plan()

    def test_free_amounts_have_to_sum_to_the_debt(self):
        plan = self._plan()
        plan.instalment_ids[0].amount = 600
        with self.assertRaisesRegex(ValidationError, "change one of them by"):
            plan.action_propose()
        plan.instalment_ids[2].amount = 400
        plan.action_propose()
        with self.assertRaisesRegex(UserError, "reschedule"):
            plan.instalment_ids[0].amount = 500

    def test_penalties_can_be_part_of_it(self):
        self.env["account.account"].create(
            [
                {"name": name, "code": code, "account_type": "income_other"}
                for name, code in (("Interest", "763100"), ("Indemnities", "758100"))
            ]
        )
        plan = self._plan(with_interest=True, with_indemnity=True, count=2)
        claim = plan.claim_ids
        # 46 days on 1,000 and 15 on 500 at 12.15 %, and two indemnities
        self.assertEqual((claim.interest, claim.indemnity), (17.81, 80.0))
        self.assertEqual((claim.state, plan.total), ("draft", 1597.81))
        plan.action_propose()
        self.assertEqual(claim.state, "claimed")
        self._accept(plan)
        self.assertEqual(claim.state, "invoiced")
        bill = claim.invoice_ids
        self.assertIn(self._receivable(bill), plan.line_ids.move_line_id)
        self._pay(self.first + self.second + bill, day=day("2026-06-20"))
        self._judge(plan, "2026-06-20")
        self.assertEqual((plan.state, plan.paid), ("completed", 1597.81))

    def test_an_item_is_in_one_plan(self):
        self._agreed(self.first)
        other = self._plan()
        with self.assertRaisesRegex(UserError, self.first.name):
            other.action_propose()

    # --- holds and decisions ---

    def test_a_proposal_suspends_until_its_end_and_then_resumes(self):
        plan = self._plan()
        self.assertDecision(self.first, "chase", "due")
        plan.action_propose()
        self.assertEqual(plan.valid_until, day("2026-06-23"))
        self.assertDecision(self.first, "hold", "held")
        self._judge(plan, "2026-06-24")
        self.assertEqual(
            (plan.state, plan.line_ids.mapped("live")), ("cancelled", [False] * 2)
        )
        with freeze_time("2026-06-24 08:00:00"):
            self.assertDecision(self.first, "chase", "due", as_of=day("2026-06-24"))
        self.assertIn("did not answer", plan.activity_ids.summary)

    def test_a_hold_is_not_ended_behind_the_plan(self):
        plan = self._agreed()
        with self.assertRaisesRegex(UserError, "cancel or pause the plan"):
            plan.hold_ids.action_close()
        plan.action_cancel()
        self.assertEqual(set(plan.hold_ids.mapped("state")), {"closed"})

    def test_new_invoices_go_on_with_their_own_policy(self):
        self._agreed()
        later = self._invoice(200, "2026-06-01")
        self.assertDecision(later, "chase", "due")

    # --- acceptance ---

    def test_an_acceptance_keeps_its_date_and_its_proof(self):
        plan = self._plan()
        plan.action_propose()
        with self.assertRaisesRegex(UserError, "Attach the signed agreement"):
            self._accept(plan, proof_ids=False)
        with self.assertRaisesRegex(UserError, "not proposed yet"):
            self._accept(plan, date_accepted=day("2026-06-14"))
        self._accept(plan, accepted_by="Mrs Durand, director")
        self.assertEqual(
            (plan.state, plan.date_accepted, plan.acceptance, plan.accepted_by),
            ("accepted", TODAY, "signed", "Mrs Durand, director"),
        )
        self.assertEqual(plan.proof_ids.name, "signed.pdf")
        self.assertEqual(plan.proof_ids.res_id, plan.id)

    # --- followed ---

    def test_a_plan_kept_ends_with_thanks(self):
        plan = self._agreed()
        self._judge(plan, "2026-06-27")
        self.assertEqual(plan.state, "active")
        reminders = self.env["recouvrement.action"].search([("plan_id", "=", plan.id)])
        self.assertEqual(reminders.amount, 500.0)
        self.assertEqual(reminders.instalment_id.date_due, day("2026-06-30"))
        self._judge(plan, "2026-06-28")
        self.assertEqual(
            self.env["recouvrement.action"].search_count([("plan_id", "=", plan.id)]),
            1,
            "one reminder an instalment",
        )
        self._pay(self.first, 500, day("2026-06-29"))
        self.assertEqual(
            self._instalments(plan)[0], ("2026-06-30", 500.0, 500.0, "paid")
        )
        self._pay(self.first, 500, day("2026-07-30"))
        self._pay(self.second, 500, day("2026-08-30"))
        self._judge(plan, "2026-08-31")
        self.assertEqual((plan.state, plan.remaining), ("completed", 0.0))
        self.assertEqual(
            plan.instalment_ids.mapped("date_paid"),
            [day("2026-06-29"), day("2026-07-30"), day("2026-08-30")],
        )
        thanks = self.env.ref("recouvrement_b2b.mail_template_plan_completed")
        sent = self.env["recouvrement.action"].search([("plan_id", "=", plan.id)])
        self.assertIn(thanks, sent.email_template_id)

    def test_early_and_merged_payments_are_no_default(self):
        plan = self._agreed()
        self._pay(self.first, 1000, day("2026-06-20"))
        self._judge(plan, "2026-08-04")
        self.assertEqual(plan.state, "active")
        self.assertEqual(
            [state for *_rest, state in self._instalments(plan)],
            ["paid", "paid", "due"],
        )

    def test_free_payments_go_to_the_oldest_item(self):
        plan = self._agreed()
        self._pay_freely(1200.0, "2026-06-16")
        self.assertEqual(self.first.amount_residual, 1000.0)
        self._judge(plan, "2026-06-17")
        self.assertEqual(
            (self.first.amount_residual, self.second.amount_residual), (0.0, 300.0)
        )
        self.assertEqual(plan.paid, 1200.0)

    # --- broken ---

    def test_a_plan_broken_gives_notice_then_ends_and_collection_resumes(self):
        plan = self._agreed(penalty_regime="suspended")
        self._judge(plan, "2026-06-27")
        # due on 30 June, five days of grace: missed on 6 July
        self._judge(plan, "2026-07-05")
        self.assertEqual(self._instalments(plan)[0][3], "late")
        self.assertFalse(plan.date_notice)
        self._judge(plan, "2026-07-06")
        self.assertEqual(self._instalments(plan)[0][3], "missed")
        self.assertEqual((plan.state, plan.date_notice), ("active", day("2026-07-06")))
        notice = self.env.ref("recouvrement_b2b.mail_template_plan_notice")
        sent = self.env["recouvrement.action"].search([("plan_id", "=", plan.id)])
        self.assertIn(notice, sent.email_template_id)
        self.assertIn("missed", plan.activity_ids.summary)
        # eight days from the notice: the whole falls due on 15 July
        self._judge(plan, "2026-07-14")
        self.assertEqual(plan.state, "active")
        with freeze_time("2026-07-14 08:00:00"):
            self.assertEqual(
                self._breakdown(self.first, day("2026-07-14"))["interest"],
                # 45 days at 12.15 %: suspended from the signature, on 15 June
                14.98,
            )
        self._judge(plan, "2026-07-15")
        self.assertEqual(
            (plan.state, plan.date_closed), ("defaulted", day("2026-07-15"))
        )
        self.assertEqual(set(plan.hold_ids.mapped("state")), {"closed"})
        self.assertIn("due at once", plan.activity_ids.summary)
        with freeze_time("2026-07-15 08:00:00"):
            self.assertDecision(self.first, "chase", "due", as_of=day("2026-07-15"))
            # the original due date counts again: 61 days at 12.15 %, 15 at 12.40 %
            self.assertEqual(
                self._breakdown(self.first, day("2026-07-15"))["interest"],
                25.41,  # 20.31 + 5.10
            )

    def test_who_catches_up_within_the_notice_goes_on(self):
        plan = self._agreed()
        self._judge(plan, "2026-06-27")
        self._judge(plan, "2026-07-06")
        self._pay(self.first, 500, day("2026-07-13"))
        self._judge(plan, "2026-07-14")
        self.assertEqual((plan.state, plan.date_notice), ("active", False))
        self._judge(plan, "2026-07-20")
        self.assertEqual(plan.state, "active")

    def test_without_notice_the_plan_ends_at_once(self):
        plan = self._plan()
        plan.notice_days = 0
        plan.action_propose()
        self._accept(plan)
        self._judge(plan, "2026-06-27")
        self._judge(plan, "2026-07-06")
        self.assertEqual(plan.state, "defaulted")

    def test_two_missed_instalments_when_the_agreement_says_so(self):
        plan = self._plan()
        plan.default_after = 2
        plan.action_propose()
        self._accept(plan)
        for date in ("2026-06-27", "2026-07-06", "2026-07-20"):
            self._judge(plan, date)
            self.assertEqual((plan.state, plan.date_notice), ("active", False))
        # the second is missed on 5 August: notice, then eight days
        self._judge(plan, "2026-08-05")
        self.assertEqual((plan.state, plan.date_notice), ("active", day("2026-08-05")))
        self._judge(plan, "2026-08-14")
        self.assertEqual(plan.state, "defaulted")

    def test_a_broken_plan_may_resume_at_the_formal_notice(self):
        self._level_of(30).formal_notice = True
        plan = self._plan()
        plan.on_default = "formal"
        plan.notice_days = 0
        plan.action_propose()
        self._accept(plan)
        self._judge(plan, "2026-06-27")
        self._judge(plan, "2026-07-06")
        with freeze_time("2026-07-06 08:00:00"):
            self.assertDecision(
                self.first,
                "chase",
                "due",
                as_of=day("2026-07-06"),
                level_id=self._level_of(30).id,
            )

    def test_money_on_its_way_keeps_the_plan(self):
        plan = self._agreed()
        self._judge(plan, "2026-06-27")
        self._judge(plan, "2026-07-06")
        self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "partner_id": self.customer.id,
                "date": "2026-07-13",
                "amount": 555.0,
                "payment_ref": "transfer",
            }
        )
        self._judge(plan, "2026-07-16")
        self.assertEqual(plan.state, "active")
        self._judge(plan, "2026-07-19")
        self.assertEqual(plan.state, "defaulted")

    def test_waived_penalties_do_not_come_back_and_running_ones_run(self):
        amounts = {}
        for regime in ("running", "waived"):
            invoice = self._invoice(1000, "2026-04-30")
            plan = self._agreed(invoice, penalty_regime=regime)
            with freeze_time("2026-07-15 08:00:00"):
                plan._close("defaulted", "test")
                amounts[regime] = self._breakdown(invoice, day("2026-07-15"))[
                    "interest"
                ]
        # waived from the signature on 15 June to 14 July
        self.assertEqual(amounts, {"running": 25.41, "waived": 15.32})
