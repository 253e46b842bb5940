"""An invoice that comes back: one history, one set of penalties."""

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TODAY, day
from .factoring_payee import FactoringPayeeCommon


@tagged("post_install", "-at_install")
class TestFactoringReturn(FactoringPayeeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.collection_sending = False
        cls.contract.managed_by_factor = True
        cls.twin = cls._create_customer("Twin", lang="en_US")

    def _assigned_on(self, date, move, contract=None):
        with freeze_time(f"{date} 08:00:00"):
            return self._remit(move, contract).line_ids

    def _launch_on(self, date):
        with freeze_time(f"{date} 08:00:00"):
            actions = self._launch().action_ids
            actions._finish("sent")
            return actions

    # --- at which level it goes on ---

    def test_it_goes_on_at_the_level_that_its_age_deserves_at_once(self):
        """Due on 1 May; reminded on 4 May; with the factor from 5 May to 15 June."""
        move = self._create_due(45)
        (first,) = self._launch_on("2026-05-04")
        self.assertEqual(first.level_id, self._level_of(1))
        line = self._assigned_on("2026-05-05", move)
        with freeze_time("2026-05-20 08:00:00"):
            self.assertDecision(move, "hold", "held", as_of=day("2026-05-20"))
        self._record(line, "return", 1000, TODAY)
        self.assertDecision(move, "chase", "due", level_id=self._level_of(30).id)
        self.assertEqual(self._receivable(move).collection_cycle, 0)
        actions = self._launch_on("2026-06-15")
        self.assertEqual(actions.level_id, self._level_of(30))
        self.assertEqual(actions.due_line_ids.mapped("cycle"), [0] * len(actions))
        self.assertDecision(move, "wait", "policy_completed")

    def test_reminded_just_before_it_left(self):
        """A late first reminder does not put the next one off by its days."""
        move = self._create_due(45)
        self._launch_on("2026-06-10")
        line = self._assigned_on("2026-06-11", move)
        self._record(line, "return", 1000, TODAY)
        self.assertDecision(move, "chase", "due", level_id=self._level_of(30).id)

    def test_never_reminded_before(self):
        self.policy.start = "step"
        move = self._create_due(45)
        line = self._assigned_on("2026-05-05", move)
        self._record(line, "return", 1000, TODAY)
        self.assertDecision(move, "chase", "due", level_id=self._level_of(30).id)

    def test_between_two_levels(self):
        """Due 5 days ago: the first level is at one day, the second at ten."""
        move = self._create_due(5)
        line = self._assigned_on("2026-06-09", move)
        self._record(line, "return", 1000, TODAY)
        self.assertDecision(move, "chase", "due", level_id=self._level_of(1).id)
        self._launch_on("2026-06-15")
        decision = self._decide(move)
        self.assertEqual(decision["level_id"], self._level_of(10).id)
        self.assertEqual(decision["next_date"], day("2026-06-24"))

    def test_before_its_due_date(self):
        move = self._create_due(-20)
        line = self._remit(move).line_ids
        self._record(line, "return", 1000, TODAY)
        self.assertDecision(
            move, "wait", "level_not_reached", level_id=self._level_of(-5).id
        )

    def test_refused_or_cancelled_goes_on_the_same(self):
        refused, cancelled = self._create_due(45), self._create_due(46)
        line = self._assigned_on("2026-05-05", refused)
        other = self._assigned_on("2026-05-05", cancelled)
        self._record(line, "refusal", 1000, TODAY)
        other.assignment_id.action_cancel()
        for move in (refused, cancelled):
            self.assertDecision(move, "chase", "due", level_id=self._level_of(30).id)

    def test_what_we_chased_ourselves_goes_on_as_it_was(self):
        self.contract.managed_by_factor = False
        move = self._create_due(45)
        line = self._assigned_on("2026-05-05", move)
        self._launch_on("2026-06-10")
        before = self._decide(move)
        self._record(line, "return", 1000, TODAY)
        self.assertEqual(self._decide(move), before)

    # --- penalties ---

    def _late(self, partner=None):
        return self._create_due(45, amount=12000, partner=partner)

    def _claim(self, partner, moves=None):
        claims = self.env["recouvrement.penalty.claim"]
        return claims._claim_customers(partner, TODAY, moves=moves)

    def test_one_set_of_penalties_as_if_it_had_never_left(self):
        """45 days at 12.15 %: 12,000 x 0.1215 x 45 / 365 = 179.75, and 40 euros."""
        move, other = self._late(), self._late(self.twin)
        line = self._assigned_on("2026-05-05", move)
        self.assertFalse(self._claim(self.customer))
        self.assertFalse(self._claim(self.customer, move))
        self.assertEqual(move.late_penalty_amount, 179.75, "it is owed all the same")
        self._record(line, "return", 12000, TODAY)
        claim = self._claim(self.customer)
        self.assertEqual(claim.amount, 219.75)
        self.assertEqual(claim.amount, self._claim(self.twin).amount)
        self.assertEqual(other.late_penalty_amount, move.late_penalty_amount)
        claim.action_claim()
        again = self._assigned_on("2026-06-15", move)
        self._record(again, "return", 12000, TODAY)
        self.assertFalse(self._claim(self.customer), "each day and indemnity once")

    def test_penalties_that_the_contract_leaves_to_us(self):
        self.contract.penalties_allowed = True
        move = self._late()
        self._assigned_on("2026-05-05", move)
        self.assertEqual(self._claim(self.customer).amount, 219.75)

    def test_paid_to_the_factor_bears_none_of_ours(self):
        move = self._late()
        line = self._assigned_on("2026-05-05", move)
        self._record(line, "customer_payment", 12000, day("2026-06-01"))
        self.assertFalse(self._claim(self.customer))
        self.assertEqual(move.late_penalty_amount, 123.83, "31 days")

    def test_draft_claims_leave_out_what_is_assigned_since(self):
        move, other = self._late(), self._late()
        claim = self._claim(self.customer)
        self.assertEqual(claim.line_ids.move_id, move + other)
        self._remit(move)
        self.assertEqual(claim.line_ids.move_id, other)
        claim.action_claim()
        self.assertEqual(claim.amount, 219.75)

    def test_reminders_show_and_claim_none(self):
        self.contract.managed_by_factor = False
        self.policy.level_ids.penalties = "claim"
        move = self._late()
        line = self._assigned_on("2026-05-05", move)
        action = self._launch().action_ids[:1]
        self.assertEqual(action.amount, 12000)
        self.assertFalse(action._text_penalties())
        action._finish("sent")
        claims = self.env["recouvrement.penalty.claim"]
        self.assertFalse(claims.search([("partner_id", "=", self.customer.id)]))
        self._record(line, "return", 12000, TODAY)
        action.invalidate_recordset()
        self.assertTrue(action._text_penalties())

    def test_nothing_to_claim_is_told(self):
        move = self._late()
        self._assigned_on("2026-05-05", move)
        claims = self.env["recouvrement.penalty.claim"]
        with self.assertRaisesRegex(UserError, "no penalty to claim"):
            claims._action_claim_customers(self.customer, TODAY, move)

    def test_statement_of_penalties_leaves_it_out(self):
        ours, theirs = self._late(), self._late()
        self._remit(theirs)
        pages = self.env["recouvrement.penalty.page"]._get_pages(
            self.customer, self.company, TODAY
        )
        text = str(pages[self.customer.id]["sections"])
        self.assertIn(ours.name, text)
        self.assertNotIn(theirs.name, text)

    # --- what customers say meanwhile ---

    def test_promise_is_noted_on_what_the_factor_chases(self):
        move = self._create_due(5)
        line = self._remit(move).line_ids
        action = move.action_promise()
        promises = self.env["recouvrement.promise"].with_context(**action["context"])
        promise = promises.create({"date_promised": day("2026-06-19")})
        promise.action_open()
        self.assertEqual(promise.state, "open")
        self._record(line, "return", 1000, TODAY)
        self.assertDecision(move, "hold", "held")
        promise.action_withdraw()
        self.assertDecision(move, "chase", "due")
