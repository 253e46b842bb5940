from datetime import timedelta

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..const import DISPUTE_MOVES
from .common import TODAY, day
from .disputes import DisputeCommon


@tagged("post_install", "-at_install")
class TestDispute(DisputeCommon):
    """A dispute, its holds in step with it, and every way from state to state."""

    # --- opening ---

    def test_a_dispute_suspends_the_invoice_and_has_its_answer_date(self):
        self.assertDecision(self.invoice, "chase", "due")
        dispute = self._dispute()
        self.assertRegex(dispute.name, r"^LIT/2026/\d{4}$")
        self.assertEqual((dispute.scope, dispute.amount), ("whole", 1000.0))
        self.assertEqual(
            (dispute.user_id, dispute.partner_id), (self.collector, self.customer)
        )
        self.assertEqual(dispute.answer_date, TODAY + timedelta(days=5))
        hold = self.assertHeld(dispute)
        self.assertEqual((hold.amount, hold.date_start), (0.0, TODAY))
        self.assertDecision(self.invoice, "hold", "held")

    def test_the_owner_is_that_of_the_reason_else_the_collector_else_who_opens(self):
        expert = self.env.ref("base.user_admin")
        self.reason.with_company(self.company).user_id = expert
        self.assertEqual(self._dispute().user_id, expert)
        other = self._dispute(reason_id=self.other_reason.id)
        self.assertEqual(other.user_id, self.collector)
        alone = self._create_customer("Nobody", collector_id=False)
        self.assertEqual(
            self._dispute(
                self._create_due(12, partner=alone), reason_id=self.other_reason.id
            ).user_id,
            self.env.user,
        )

    def test_the_undisputed_part_goes_on_being_chased(self):
        dispute = self._dispute(amount=300)
        self.assertEqual(dispute.scope, "part")
        self.assertEqual(self.assertHeld(dispute).amount, 300.0)
        self.assertDecision(self.invoice, "chase", "due", amount_to_chase=700.0)
        action = self._launch().action_ids
        self.assertEqual(action.amount, 700.0)
        self._pay(self.invoice, 700)
        self.assertDecision(self.invoice, "hold", "held", amount_to_chase=0.0)
        self.assertEqual(dispute.state, "open")

    def test_a_part_of_an_invoice_in_instalments_holds_what_is_due_last(self):
        terms = self.env["account.payment.term"].create(
            {
                "name": "Two halves",
                "line_ids": [
                    (0, 0, {"value": "percent", "value_amount": 50, "nb_days": 0}),
                    (0, 0, {"value": "percent", "value_amount": 50, "nb_days": 20}),
                ],
            }
        )
        move = self._create_due(12, invoice_payment_term_id=terms.id)
        first, last = self._receivable(move).sorted("date_maturity")
        dispute = self._dispute(move, amount=600)
        held = {hold.move_line_id: hold.amount for hold in self.assertHeld(dispute)}
        self.assertEqual(held, {last: 500.0, first: 100.0})
        self._pay(move, 300)  # of the first instalment
        held = {hold.move_line_id: hold.amount for hold in self.assertHeld(dispute)}
        self.assertEqual(held, {last: 500.0, first: 100.0})
        dispute.amount = 400
        hold = self.assertHeld(dispute)
        self.assertEqual((hold.move_line_id, hold.amount), (last, 400.0))
        whole = self._dispute(move, reason_id=self.other_reason.id)
        self.assertEqual(self.assertHeld(whole).move_line_id, first + last)

    def test_amounts_are_checked(self):
        for amount in (-1, 1000.01):
            with (
                self.assertRaisesRegex(ValidationError, "at most the total"),
                self.env.cr.savepoint(),
            ):
                self._dispute(amount=amount)
        with self.assertRaisesRegex(ValidationError, "choose today"):
            self._dispute(date_open=TODAY + timedelta(days=1))

    def test_what_is_paid_is_not_disputed_and_a_reason_once(self):
        self._dispute()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self._dispute()
        paid = self._create_due(12)
        self._pay(paid)
        with self.assertRaisesRegex(UserError, "nothing to dispute"):
            self._dispute(paid)

    def test_a_foreign_currency_is_disputed_in_it_and_counted_in_ours(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": euro.id,
                "name": "2026-01-01",
                "rate": 0.5,
                "company_id": self.company.id,
            }
        )
        move = self._create_due(12, currency_id=euro.id)
        dispute = self._dispute(move, amount=100)
        self.assertEqual((dispute.amount_company, dispute.amount_open), (200.0, 200.0))
        self.assertEqual(self.assertHeld(dispute).amount, 100.0)
        self._pay(move, 950)
        self.assertEqual(dispute.amount_open, 100.0, "fifty euros are left")

    # --- the hold follows ---

    def test_what_changes_on_the_dispute_changes_on_the_hold(self):
        dispute = self._dispute()
        hold = self._hold(dispute)
        admin = self.env.ref("base.user_admin")
        dispute.write({"answer_date": day("2026-07-14"), "user_id": admin.id})
        self.assertEqual(self.assertHeld(dispute), hold)
        dispute.write({"scope": "part", "amount": 250})
        self.assertEqual(self.assertHeld(dispute).amount, 250.0)
        dispute.scope = "whole"
        self.assertEqual(
            (dispute.amount, self.assertHeld(dispute).amount), (1000.0, 0.0)
        )

    def test_nobody_ends_the_hold_behind_the_back_of_its_dispute(self):
        dispute = self._dispute()
        hold = self._hold(dispute)
        for act in (
            lambda: hold.action_close(),
            lambda: hold.write({"closed_date": TODAY}),
            lambda: hold.write({"date_end": TODAY}),
            lambda: hold.write({"amount": 1}),
            lambda: hold.write({"review_date": day("2030-01-01")}),
            lambda: hold.unlink(),
        ):
            with self.assertRaisesRegex(UserError, dispute.name):
                act()
        self.assertHeld(dispute)
        dispute.action_withdraw()
        self.assertEqual(hold.closed_date, TODAY)

    def test_a_late_answer_is_asked_of_the_owner_then_of_the_manager(self):
        manager = self.env.ref("base.user_admin")
        self.company.collection_manager_id = manager
        self.company.collection_escalation_days = 3
        dispute = self._dispute()
        hold = self._hold(dispute)
        holds = self.env["recouvrement.hold"]
        holds._review(day("2026-06-19"))
        self.assertFalse(hold.activity_ids)
        holds._review(day("2026-06-20"))
        self.assertEqual(hold.activity_ids.user_id, self.collector)
        holds._review(day("2026-06-24"))
        self.assertEqual(hold.activity_ids.user_id, self.collector + manager)
        self.assertTrue(hold.escalated)
        self.assertDecision(self.invoice, "hold", "held")
        dispute.answer_date = day("2026-07-01")
        self.assertEqual((hold.activity_ids.ids, hold.escalated), ([], False))
        holds._review(day("2026-07-01"))
        self.assertEqual(hold.activity_ids.user_id, self.collector)
        dispute.action_reject("It was agreed.")
        self.assertFalse(hold.activity_ids)

    def test_an_invoice_corrected_meanwhile_is_held_again(self):
        dispute = self._dispute()
        self.invoice.button_draft()
        self.invoice.invoice_line_ids.price_unit = 900
        self.env["recouvrement.dispute"]._cron_follow_once()
        self.assertEqual((dispute.state, dispute.date_closed), ("open", False))
        self.invoice.action_post()
        self.assertEqual(
            self.assertHeld(dispute).move_line_id, self._receivable(self.invoice)
        )
        self.assertDecision(self.invoice, "hold", "held")
        self.invoice.button_draft()
        self.invoice.button_cancel()
        self.env["recouvrement.dispute"]._cron_follow_once()
        self.assertEqual(dispute.state, "settled")
        self.assertNotHeld(dispute)

    # --- from state to state ---

    def test_every_transition_and_no_item_forgotten(self):
        values = {"answer": "We looked into it."}
        for before in DISPUTE_MOVES:
            for after, _label in (
                self.env["recouvrement.dispute"]._fields["state"].selection
            ):
                if before == after:
                    continue
                with (
                    self.subTest(before=before, after=after),
                    self.env.cr.savepoint() as point,
                ):
                    dispute = self._dispute(**values)
                    if before != "open":
                        dispute.state = before
                    dispute.answer = values["answer"]
                    if after in DISPUTE_MOVES[before]:
                        dispute.state = after
                        self.assertEqual(dispute.state, after)
                    else:
                        with self.assertRaisesRegex(UserError, "Reopen it first"):
                            dispute.state = after
                    if dispute.state in ("open", "waiting", "accepted"):
                        self.assertFalse(dispute.date_closed)
                        self.assertHeld(dispute)
                        self.assertGreaterEqual(dispute.answer_date, TODAY)
                        self.assertDecision(self.invoice, "hold", "held")
                    else:
                        self.assertNotHeld(dispute)
                        self.assertDecision(self.invoice, "chase", "due")
                    point.rollback()

    def test_a_rejection_and_a_settlement_say_why(self):
        dispute = self._dispute()
        for state in ("rejected", "settled"):
            with self.assertRaisesRegex(UserError, "Write"):
                dispute.state = state
            form = getattr(
                dispute, f"action_{state.removesuffix('ed').replace('settl', 'settle')}"
            )()
            self.assertEqual(form["res_model"], "recouvrement.dispute.answer")
        self.assertEqual(dispute.state, "open")

    def test_collection_resumes_at_the_level_that_was_reached(self):
        self._launch().action_ids._finish("sent")
        reached = self._decide(self.invoice)["level_id"]
        dispute = self._dispute()
        dispute.action_reject("The price is that of your order.")
        self.assertEqual(dispute.days_to_resolve, 0)
        self.assertEqual(self._decide(self.invoice)["level_id"], reached)
        self.assertNotEqual(reached, self._level_of(1).id)

    def test_reopening_suspends_anew_and_keeps_the_history(self):
        dispute = self._dispute()
        with freeze_time("2026-06-22"):
            dispute.action_settle("We split the difference.")
            self.assertEqual(dispute.days_to_resolve, 7)
        with freeze_time("2026-07-06"):
            dispute.action_reopen()
            hold = self.assertHeld(dispute)
            self.assertEqual(hold.date_start, day("2026-07-06"))
            self.assertEqual(dispute.answer_date, day("2026-07-11"))
            self.assertEqual((dispute.answer, dispute.date_closed), (False, False))
        self.assertEqual(len(dispute.hold_ids), 2)

    def test_states_and_dates_are_written_by_transitions_alone(self):
        dispute = self._dispute()
        with self.assertRaisesRegex(UserError, "closed by its state"):
            dispute.date_closed = TODAY
        with self.assertRaisesRegex(UserError, "stays with its invoice"):
            dispute.move_id = self._create_due(12)
        imported = self._dispute(
            reason_id=self.other_reason.id,
            state="rejected",
            answer="Delivered in June.",
        )
        self.assertNotHeld(imported)

    def test_each_step_is_tracked(self):
        dispute = self._dispute().with_context(
            tracking_disable=False, mail_notrack=False
        )
        self.env.cr.precommit.run()
        dispute.action_wait("Could you send us the order?")
        self.env.flush_all()
        self.env.cr.precommit.run()
        tracked = dispute.message_ids.tracking_value_ids.field_id.mapped("name")
        self.assertIn("state", tracked)
        self.assertIn("question", tracked)
