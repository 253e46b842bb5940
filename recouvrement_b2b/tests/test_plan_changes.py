"""Plans paused, rescheduled, judged anew; nothing changes by hand."""

from freezegun import freeze_time

from odoo.exceptions import UserError
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
            mute_logger("odoo.addons.recouvrement_b2b.models.recouvrement_plan_judge"),
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
