"""Plans paused, rescheduled, judged anew; nothing changes by hand."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import day
from .plans import PlanCommon


@tagged("post_install", "-at_install")
class TestPlanChanges(PlanCommon):
    # --- paused, rescheduled, returned ---

    def test_a_pause_counts_nothing_as_missed_and_ends_by_itself(self):
        plan = self._agreed()
        action = plan.action_pause()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.until = day("2026-07-31")
        wizard.action_apply()
        self._judge(plan, "2026-07-20")
        self.assertEqual((plan.state, plan.date_notice), ("paused", False))
        self._judge(plan, "2026-08-01")
        self.assertEqual((plan.state, plan.date_notice), ("active", day("2026-08-01")))

    def test_a_plan_rescheduled_keeps_its_history(self):
        plan = self._agreed()
        self._pay(self.first, 500, day("2026-06-29"))
        action = plan.action_reschedule()
        new = self.env["recouvrement.plan"].browse(action["res_id"])
        self.assertEqual((new.total, new.previous_id), (1000.0, plan))
        new.instalment_ids = [
            (0, 0, {"date_due": date, "amount": 250.0})
            for date in ("2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31")
        ]
        new.action_propose()
        self.assertEqual(plan.state, "accepted", "it holds until the new one is agreed")
        self.assertDecision(self.second, "hold", "held")
        self._accept(new)
        self.env.flush_all()
        self.assertEqual((plan.state, new.state), ("cancelled", "accepted"))
        self.assertEqual((plan.paid, new.paid), (500.0, 0.0))
        self.assertDecision(self.second, "hold", "held")

    def test_a_returned_payment_opens_a_completed_plan_again(self):
        plan = self._agreed()
        self._pay(self.first + self.second, day=day("2026-06-20"))
        self._judge(plan, "2026-06-20")
        self.assertEqual(plan.state, "completed")
        self._receivable(self.second).remove_move_reconcile()
        self.assertEqual((plan.state, plan.remaining), ("active", 500.0))
        self.assertDecision(self.second, "hold", "held")

    def test_what_was_agreed_is_not_changed_by_hand(self):
        plan = self._agreed()
        mine = plan.with_user(self.collector)
        for values in (
            {"state": "completed"},
            {"penalty_regime": "waived"},
            {"date_accepted": False},
        ):
            with self.assertRaisesRegex(UserError, "by its buttons only"):
                mine.write(values)
        for record in (mine.line_ids[:1], mine.instalment_ids[:1]):
            with self.assertRaises(UserError):
                record.amount = 1
            with self.assertRaises(UserError):
                record.unlink()
        mine.reminder_days = 5
        plan.action_cancel()
        with self.assertRaisesRegex(UserError, "is kept"):
            plan.unlink()

    def test_one_plan_that_fails_stops_no_other(self):
        bad = self._agreed(self.first)
        good = self._agreed(self.second)
        good.sudo().state = "active"
        bad.sudo().write({"state": "proposed", "valid_until": False})
        with (
            freeze_time("2026-07-20 06:00:00"),
            mute_logger("odoo.addons.recouvrement_b2b.models.recouvrement_commitment"),
        ):
            (bad + good)._try_judge(day("2026-07-20"))
        self.assertTrue(good.date_notice)

    def test_judging_twice_does_nothing_more(self):
        plan = self._agreed()
        for date in ("2026-06-27", "2026-07-06", "2026-07-15"):
            self._judge(plan, date)
            before = (plan.state, len(plan.activity_ids), len(plan.hold_ids))
            actions = self.env["recouvrement.action"].search_count([])
            self._judge(plan, date)
            self.assertEqual(
                (plan.state, len(plan.activity_ids), len(plan.hold_ids)), before
            )
            self.assertEqual(self.env["recouvrement.action"].search_count([]), actions)

    def test_suspended_penalties_are_due_for_the_whole_time_of_a_chain(self):
        """Rescheduled, then not kept; or given up after a missed instalment."""
        plan = self._agreed(self.first, penalty_regime="suspended")
        new = self.env["recouvrement.plan"].browse(plan.action_reschedule()["res_id"])
        new.instalment_ids = [(0, 0, {"date_due": "2026-07-31", "amount": 1000.0})]
        new.action_propose()
        self._accept(new)
        with freeze_time("2026-09-01 08:00:00"):
            self.assertEqual(
                self._breakdown(self.first, day("2026-09-01"))["interest"], 14.98
            )
            new._close("defaulted", "test")
            full = self._breakdown(self.first, day("2026-09-01"))["interest"]
        # 61 days at 12.15 % and 63 at 12.40 % on 1,000
        self.assertEqual(full, 41.71)  # 20.31 + 21.40

    def test_a_plan_takes_the_place_of_a_promise(self):
        action = self.first.action_promise()
        promises = self.env["recouvrement.promise"].with_context(**action["context"])
        promise = promises.create({"date_promised": day("2026-06-19")})
        promise.action_open()
        self._agreed(self.first)
        self.assertEqual(promise.state, "replaced")

    def test_only_a_manager_waives_penalties_in_a_plan(self):
        plan = self._plan(penalty_regime="waived")
        with self.assertRaisesRegex(AccessError, "Only a collection manager"):
            plan.with_user(self.collector).action_propose()
        plan.action_propose()
        self.assertEqual(plan.state, "proposed")

    def test_what_is_contested_does_not_break_a_plan(self):
        plan = self._agreed()
        self._judge(plan, "2026-06-27")
        reason = self.env["recouvrement.dispute.reason"].search([], limit=1)
        self.env["recouvrement.dispute"].create(
            {"move_id": self.first.id, "reason_id": reason.id}
        )
        self._judge(plan, "2026-07-20")
        self.assertEqual((plan.state, plan.date_notice), ("active", False))

    def test_an_offer_paid_at_once_is_completed(self):
        plan = self._plan()
        plan.action_propose()
        self._pay(self.first + self.second, day=day("2026-06-16"))
        self._judge(plan, "2026-06-17")
        self.assertEqual(plan.state, "completed")

    def test_an_older_payment_that_bounces_leaves_the_instalments_paid(self):
        older = self._pay(self.first, 400, day=day("2026-06-10"))
        plan = self._agreed(self.first, count=3)
        self.assertEqual(plan.total, 600.0)
        self._pay(self.first, 200, day=day("2026-06-29"))
        line = self._receivable(self.first)
        bounced = line.matched_credit_ids.filtered(
            lambda partial: partial.credit_move_id.payment_id == older
        )
        bounced.unlink()
        self.assertEqual(self._instalments(plan)[0][2:], (200.0, "paid"))

    # --- the invoices change ---

    def _split(self, invoice):
        """Correct an invoice: due in two times."""
        invoice.button_draft()
        invoice.invoice_payment_term_id = self.env["account.payment.term"].create(
            {
                "name": "Two times",
                "line_ids": [
                    (0, 0, {"value": "percent", "value_amount": 50, "nb_days": days})
                    for days in (0, 30)
                ],
            }
        )
        invoice.action_post()
        self.assertEqual(len(self._receivable(invoice)), 2)

    def test_an_invoice_corrected_under_a_plan_stays_in_it(self):
        plan = self._agreed()
        self._split(self.first)
        self.assertEqual((plan.total, len(plan.line_ids)), (1500.0, 3))
        self.assertEqual(
            plan.line_ids.move_line_id,
            self._receivable(self.first) + self._receivable(self.second),
        )
        for decision in self._decide():
            self.assertEqual(decision["outcome"], "hold")
        self._pay(self.first, 500, day("2026-06-29"))
        self.assertEqual(self._instalments(plan)[0][3], "paid")

    def test_an_invoice_corrected_under_a_promise_stays_promised(self):
        action = self.first.action_promise()
        promises = self.env["recouvrement.promise"].with_context(**action["context"])
        promise = promises.create({"date_promised": day("2026-06-19")})
        promise.action_open()
        self._split(self.first)
        self.assertEqual(promise.line_ids.move_line_id, self._receivable(self.first))
        outcomes = {
            decision["outcome"]
            for decision in self._decide()
            if decision["move_id"] == self.first.id
        }
        self.assertEqual(outcomes, {"hold"})

    def test_a_cancelled_invoice_breaks_no_plan_and_tells_its_owner(self):
        plan = self._agreed()
        self._judge(plan, "2026-06-27")
        self.second.button_draft()
        self.second.button_cancel()
        self.assertIn("agree on what remains", plan.activity_ids[-1:].summary)
        self._judge(plan, "2026-07-20")
        self.assertEqual((plan.state, plan.date_notice), ("active", False))

    def test_a_credit_note_lowers_the_last_instalments(self):
        plan = self._agreed()
        credit = self.second._reverse_moves([{"invoice_date": day("2026-06-16")}])
        credit.action_post()  # matched by Odoo
        self.assertEqual(
            [state for *_rest, state in self._instalments(plan)], ["due", "due", "paid"]
        )

    def test_the_signed_copy_is_kept(self):
        plan = self._agreed()
        plan.action_cancel()
        with self.assertRaisesRegex(UserError, "it is kept"):
            plan.proof_ids.unlink()

    # --- what cannot be agreed on ---

    def test_a_proposal_takes_over_when_the_plan_that_it_replaces_ends(self):
        for end in ("action_cancel", "_default"):
            with self.subTest(end=end), self.env.cr.savepoint() as savepoint:
                old = self._agreed(self.first)
                new = self.env["recouvrement.plan"].browse(
                    old.action_reschedule()["res_id"]
                )
                new.instalment_ids = [
                    (0, 0, {"date_due": "2026-07-31", "amount": 1000.0})
                ]
                new.action_propose()
                getattr(old.sudo(), end)()
                self.assertEqual(new.line_ids.mapped("live"), [True])
                self.assertDecision(self.first, "hold", "held")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_plan_that_ended_is_rescheduled_with_holds_of_its_own(self):
        old = self._agreed(self.first)
        new = self.env["recouvrement.plan"].browse(old.action_reschedule()["res_id"])
        new.instalment_ids = [(0, 0, {"date_due": "2026-07-31", "amount": 1000.0})]
        old.sudo()._default()
        self.assertDecision(self.first, "chase", "due")
        new.action_propose()
        self.assertDecision(self.first, "hold", "held")

    def test_nothing_is_put_off_for_years(self):
        plan = self._agreed()
        action = plan.action_pause()
        pause = self.env[action["res_model"]].browse(action["res_id"])
        pause.until = day("2099-01-01")
        with self.assertRaisesRegex(UserError, "three months"):
            pause.action_apply()
        other = self._plan(self._invoice(100, "2026-05-31"))
        other.valid_until = day("2099-01-01")
        with self.assertRaisesRegex(UserError, "three months"):
            other.action_propose()
        other.valid_until = False
        for instalment in other.instalment_ids:
            instalment.date_due = instalment.date_due.replace(year=2098)
        with self.assertRaisesRegex(UserError, "three months"):
            other.action_propose()

    def test_a_debt_paid_in_part_since_is_not_acknowledged_in_full(self):
        plan = self._plan(self.first)
        self._pay(self.first, 300, day("2026-06-15"))
        with self.assertRaisesRegex(UserError, "make the plan anew"):
            plan.action_propose()

    def test_an_acceptance_without_signature_has_the_words_of_the_customer(self):
        plan = self._plan()
        plan.action_propose()
        with self.assertRaisesRegex(UserError, "copy the words"):
            self._accept(plan, acceptance="email", proof_ids=False)
        self._accept(
            plan, acceptance="email", proof_ids=False, acceptance_note="We agree."
        )
        self.assertEqual(plan.acceptance_note, "We agree.")

    def test_automated_actions_see_each_step(self):
        """They hook on write, as base_automation does on the class."""
        seen = []
        plans = type(self.env["recouvrement.plan"])
        original = plans.write

        def write(records, vals):
            seen.append(records and vals.get("state"))
            return original(records, vals)

        with patch.object(plans, "write", write):
            plan = self._agreed()
            plan.action_cancel()
        steps = [state for state in seen if state]
        self.assertEqual(steps, ["proposed", "accepted", "cancelled"])
