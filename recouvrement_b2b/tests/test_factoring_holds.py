"""What a factor chases, or has collected, we do not chase: and nothing is forgotten."""

from datetime import timedelta
from itertools import product

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TODAY, day
from .factoring import FactoringCommon

FIRST_STEPS = ("collect", "pay_us", "return")
STEPS = ("collect", "pay_us", "pass_on", "book", "return", "undo", "cancel", "wait")
LAST_STEPS = ("book", "undo", "return")


@tagged("post_install", "-at_install")
class TestFactoringHolds(FactoringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract.managed_by_factor = True

    def _holds(self, move):
        return self._receivable(move).collection_hold_ids.filtered(
            lambda hold: not hold.closed_date
        )

    def test_what_the_factor_chases_is_held(self):
        move = self._create_due(5)
        line = self._remit(move, signed="2026-06-10").line_ids
        hold = self._holds(move)
        self.assertEqual(
            (hold.reason, hold.amount, hold.user_id, hold.date_start),
            ("factor", 0.0, self.collector, day("2026-06-10")),
        )
        self.assertEqual(hold.review_date, day("2026-08-09"), "60 days after 10 June")
        self.assertDecision(move, "hold", "held", hold_ids=hold.ids)
        self._record(line, "customer_payment", 400, day("2026-06-14"))
        self.assertEqual(self._holds(move), hold)
        self._record(line, "return", 600, day("2026-06-15"))
        self.assertFalse(self._holds(move))
        self.assertTrue(hold.closed_note)
        self.assertDecision(move, "chase", "due", residual=600.0)

    def test_what_is_long_overdue_is_looked_at_in_time(self):
        hold = self._holds(self._remit_one(200))
        self.assertEqual(hold.review_date, TODAY + timedelta(days=15))
        with freeze_time(f"{hold.review_date} 08:00:00"):
            hold._review(hold.review_date)
        self.assertEqual(hold.activity_ids.user_id, self.collector)

    def _remit_one(self, days, **values):
        move = self._create_due(days, **values)
        self._remit(move)
        return move

    def test_each_due_date_is_held(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Twice",
                "line_ids": [
                    Command.create({"value_amount": 50, "nb_days": days})
                    for days in (30, 60)
                ],
            }
        )
        move = self._create_due(5, invoice_payment_term_id=term.id)
        line = self._remit(move, signed="2026-06-10").line_ids
        self.assertEqual(len(self._holds(move)), 2)
        self._record(line, "return", 300, day("2026-06-14"))
        held = sorted(self._holds(move).mapped("amount"))
        self.assertEqual(held, [0, 200], "300 of what is due last is ours to chase")
        asked = {decision["amount_to_chase"] for decision in self._decide() if decision}
        self.assertEqual(asked, {0, 300})

    def test_a_person_cannot_end_it(self):
        hold = self._holds(self._remit_one(5))
        own = hold.with_user(self.collector)
        for change in (
            own.action_close,
            own.unlink,
            lambda: own.write({"date_end": TODAY}),
            lambda: own.write({"amount": 5}),
        ):
            with self.assertRaises(UserError):
                change()
        own.review_date = day("2026-07-01")
        self.assertEqual(hold.review_date, day("2026-07-01"))

    def test_review_date_of_a_person_stays(self):
        move = self._create_due(5)
        line = self._remit(move, signed="2026-06-10").line_ids
        hold = self._holds(move)
        hold.with_user(self.collector).review_date = day("2026-07-01")
        self._record(line, "return", 100, day("2026-06-14"))
        self.assertEqual(hold.review_date, day("2026-07-01"))
        self.assertEqual(hold.amount, 900)

    def test_refused_and_cancelled_are_ours_at_once(self):
        refused, cancelled = self._create_due(5), self._create_due(6)
        line = self._remit(refused).line_ids
        assignment = self._remit(cancelled)
        self.assertTrue(self._holds(refused + cancelled))
        self._record(line, "refusal", 1000, TODAY)
        assignment.action_cancel()
        self.assertFalse(self._holds(refused + cancelled))

    def test_contract_that_changes_hands(self):
        move = self._remit_one(5)
        self.contract.managed_by_factor = False
        self.assertFalse(self._holds(move))
        self.contract.managed_by_factor = True
        self.assertTrue(self._holds(move))

    def test_delegated_contract_is_chased_by_us(self):
        self.contract.managed_by_factor = False
        move = self._remit_one(5)
        self.assertFalse(self._holds(move))
        self.assertDecision(move, "chase", "due")

    def test_credit_note_is_not_held(self):
        move = self._create_due(5)
        credit = self._create_due(5, amount=100, move_type="out_refund")
        self._remit(move + credit)
        self.assertFalse(self._holds(credit))

    # --- contracts without entries ---

    def test_what_the_factor_collected_waits_for_the_books(self):
        contract = self._contract(name="Flags", accounting=False)
        move = self._create_due(5)
        line = self._remit(move, contract).line_ids
        self.assertFalse(self._holds(move))
        operation = self._record(line, "customer_payment", 400, TODAY)
        hold = self._holds(move)
        self.assertEqual((hold.amount, hold.reason), (400, "factor"))
        self.assertEqual(hold.review_date, TODAY + timedelta(days=15))
        decision = self._decide(move)
        self.assertEqual(decision["amount_to_chase"], 600)
        self._record(line, "customer_payment", 600, TODAY)
        self.assertEqual(line.state, "paid")
        self.assertEqual(hold.amount, 0, "the whole item")
        self.assertDecision(move, "hold", "held")
        self._pay(move, 700)
        self.assertEqual(self._holds(move), hold)
        self._pay(move, 300)
        self.assertFalse(self._holds(move))
        operation.action_cancel()
        self.assertFalse(self._holds(move), "the books say that it is paid")

    def test_part_returned_is_chased_what_was_collected_is_not(self):
        contract = self._contract(name="Flags", accounting=False)
        move = self._create_due(5)
        line = self._remit(move, contract).line_ids
        self._record(line, "customer_payment", 400, TODAY)
        self._record(line, "return", 600, TODAY)
        self.assertEqual(line.state, "returned")
        self.assertEqual(self._decide(move)["amount_to_chase"], 600)
        self._pay(move, 400)
        self.assertFalse(self._holds(move))
        self.assertEqual(self._decide(move)["amount_to_chase"], 600)

    # --- no path forgets an item ---

    def _step(self, line, step, date):
        """Take one step, if it is allowed; return the date after it."""
        half = line.outstanding / 2
        owed = line.move_id._get_owed_lines()
        try:
            with self.env.cr.savepoint():
                if step == "wait":
                    date += timedelta(days=25)
                elif step == "collect":
                    self._record(line, "customer_payment", half, date)
                elif step == "pass_on":
                    amount = line.amount_to_pass or half
                    self._record(line, "collected", amount, date)
                elif step == "return":
                    self._record(line, "return", line.outstanding, date)
                elif step == "undo":
                    line.operation_ids.filtered(
                        lambda each: (
                            each.state == "posted" and each.kind != "assignment"
                        )
                    )[:1].action_cancel()
                elif step == "cancel":
                    line.assignment_id.action_cancel()
                elif owed and step == "pay_us":
                    self._pay(line.move_id, line.move_id.amount_residual / 2, date)
                elif owed and line._get_unbooked():
                    self._pay(line.move_id, line._get_unbooked(), date)
        except UserError:
            return date
        return date

    def _assert_nothing_is_forgotten(self, line, date):
        """What is neither the factor's nor paid to it is ours to chase, to the cent."""
        residual = line.move_id.amount_residual
        theirs = line.amount - line.amount_paid - line.amount_collected
        unbooked = residual - theirs if line.state != "cancelled" else 0
        if line.live and line.factor_id.managed_by_factor:
            theirs = line.outstanding
        else:
            theirs = 0
        expected = max(residual - theirs - max(unbooked, 0), 0)
        decision = self._decide(line.move_id, date)
        asked = decision["amount_to_chase"] if decision else 0
        self.assertEqual(asked, expected, line.state)
        holds = self._holds(line.move_id)
        self.assertEqual(bool(holds), residual > expected, line.state)
        for hold in holds:
            self.assertLess(hold.review_date, date + timedelta(days=150))

    def _walk(self, contract):
        met = set()
        for path in product(FIRST_STEPS, STEPS, LAST_STEPS):
            with self.subTest(path=path), self.env.cr.savepoint() as savepoint:
                date = TODAY
                line = self._remit(self._create_due(5), contract).line_ids
                for step in path:
                    with freeze_time(f"{date} 08:00:00"):
                        date = self._step(line, step, date)
                    with freeze_time(f"{date} 09:00:00"):
                        self._assert_nothing_is_forgotten(line, date)
                        met.add(line.state)
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertGreaterEqual(met, {"assigned", "returned"})

    def test_all_paths_of_what_the_factor_chases(self):
        self._walk(self.contract)

    def test_all_paths_without_entries(self):
        self._walk(self._contract(name="Flags", accounting=False))
