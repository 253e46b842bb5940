from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .common import TODAY, RecouvrementCommon, day

KEYS = {
    "line_id",
    "move_id",
    "partner_id",
    "policy_id",
    "as_of",
    "date_due",
    "days_overdue",
    "residual",
    "amount_to_chase",
    "currency_id",
    "outcome",
    "reason",
    "level_id",
    "channels",
    "next_date",
    "hold_ids",
}


@tagged("post_install", "-at_install")
class TestDecision(RecouvrementCommon):
    """One example per answer of the decision function, in the order of the rules."""

    def test_an_item_that_reached_its_level_is_chased(self):
        move = self._create_due(1)
        decision = self.assertDecision(
            move,
            "chase",
            "due",
            level_id=self._level_of(1).id,
            channels=["email"],
            next_date=TODAY,
            days_overdue=1,
            residual=1000.0,
            amount_to_chase=1000.0,
        )
        self.assertEqual(decision["line_id"], self._receivable(move).id)
        self.assertEqual(decision["hold_ids"], [])

    def test_the_answer_has_the_promised_keys_and_no_none(self):
        self._create_due(1)
        for decision in self._decide():
            self.assertEqual(
                set(decision),
                KEYS,
            )
            self.assertNotIn(None, decision.values())

    def test_before_its_first_level_an_item_waits(self):
        self.assertDecision(
            self._create_due(-20),
            "wait",
            "level_not_reached",
            next_date=TODAY + timedelta(days=15),
            level_id=self._level_of(-5).id,
        )

    def test_a_friendly_reminder_precedes_the_due_date(self):
        self.assertDecision(
            self._create_due(-3), "chase", "due", level_id=self._level_of(-5).id
        )

    def test_the_level_before_the_due_date_is_skipped_once_it_has_come(self):
        self.assertDecision(
            self._create_due(0),
            "wait",
            "level_not_reached",
            level_id=self._level_of(1).id,
            next_date=TODAY + timedelta(days=1),
        )

    def test_an_old_item_starts_at_the_first_step_or_at_its_age(self):
        move = self._create_due(100)
        self.assertDecision(move, "chase", "due", level_id=self._level_of(1).id)
        self.policy.start = "age"
        self.assertDecision(
            move,
            "chase",
            "due",
            level_id=self._level_of(30).id,
            channels=["email", "letter"],
        )

    def test_paid_is_no_open_item(self):
        move = self._create_due(1)
        self._pay(move)
        self.assertIsNone(self._decide(move))

    def test_without_policy_nobody_is_chased(self):
        self.company.collection_policy_id = False
        self.assertDecision(
            self._create_due(1), "exclude", "no_policy", policy_id=False
        )

    def test_a_draft_policy_chases_nobody_but_can_be_tried(self):
        move = self._create_due(1)
        self.policy.action_draft()
        self.assertDecision(move, "exclude", "no_policy")
        tried = self.policy.decide(as_of=TODAY, partners=self.customer)
        self.assertEqual(tried[0]["outcome"], "chase")

    def test_no_followup_and_blocked_invoices_are_excluded(self):
        move = self._create_due(1)
        move.no_followup = True
        self.assertDecision(move, "exclude", "no_followup")
        move.no_followup = False
        move.payment_state = "blocked"
        self.assertDecision(move, "exclude", "blocked")

    def test_an_invoice_never_sent_is_listed_for_sending_first(self):
        move = self._create_due(1, sent=False)
        self.assertDecision(move, "exclude", "never_sent")
        self.policy.require_sent = False
        self.assertDecision(move, "chase", "due")

    def test_an_opening_balance_is_chased_though_odoo_marks_it_no_followup(self):
        account = self.company_data["default_account_receivable"]
        entry = self.env["account.move"].create(
            {
                "date": TODAY - timedelta(days=40),
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.customer.id,
                            "debit": 300,
                        }
                    ),
                    Command.create(
                        {
                            "account_id": self.company_data[
                                "default_account_revenue"
                            ].id,
                            "credit": 300,
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        line = self._receivable(entry)
        line.date_maturity = False
        self.assertTrue(line.no_followup)
        self.assertDecision(entry, "chase", "due", date_due=entry.date)

    def test_credits_cover_the_oldest_items_first(self):
        old = self._create_due(20, amount=400)
        young = self._create_due(2, amount=400)
        refund = self._create_due(2, amount=500, move_type="out_refund")
        self.assertDecision(old, "exclude", "covered", amount_to_chase=0.0)
        self.assertDecision(young, "chase", "due", amount_to_chase=300.0)
        self.assertIsNone(self._decide(refund), "a credit is no item to chase")

    def test_under_the_minimum_nothing_is_sent(self):
        self.policy.minimum_amount = 50
        small = self._create_due(1, amount=30)
        self.assertDecision(small, "exclude", "under_minimum")
        self._create_due(1, amount=30)
        self.assertDecision(small, "chase", "due")

    def test_a_level_is_passed_over_when_too_little_is_owed(self):
        self._level_of(1).minimum_amount = 500
        move = self._create_due(12, amount=100)
        self.assertDecision(move, "chase", "due", level_id=self._level_of(10).id)

    def test_a_hold_on_the_customer_the_item_or_a_part_of_it(self):
        move = self._create_due(1)
        other = self._create_due(1)
        hold = self.env["recouvrement.hold"].create(
            {
                "move_line_id": self._receivable(move).id,
                "date_end": TODAY + timedelta(days=3),
            }
        )
        self.assertDecision(
            move, "hold", "held", hold_ids=hold.ids, next_date=hold.date_end
        )
        self.assertDecision(other, "chase", "due")
        hold.amount = 250
        self.assertDecision(
            move, "chase", "due", amount_to_chase=750.0, hold_ids=hold.ids
        )
        whole = self.env["recouvrement.hold"].create(
            {"partner_id": self.customer.id, "review_date": TODAY + timedelta(days=9)}
        )
        self.assertDecision(other, "hold", "held", hold_ids=whole.ids)

    def test_a_hold_with_an_end_ends_by_itself_and_one_with_a_review_stays(self):
        move = self._create_due(1)
        line = self._receivable(move)
        ends = self.env["recouvrement.hold"].create(
            {"move_line_id": line.id, "date_end": TODAY}
        )
        tomorrow = TODAY + timedelta(days=1)
        self.assertDecision(move, "hold", "held")
        self.assertDecision(move, "chase", "due", as_of=tomorrow)
        ends.write({"date_end": False, "review_date": TODAY})
        self.assertDecision(move, "hold", "held", as_of=TODAY + timedelta(days=90))
        ends.action_close()
        self.assertDecision(move, "chase", "due")

    def test_an_item_in_an_action_that_waits_is_left_alone(self):
        move = self._create_due(1)
        self._level_of(1).approval = True
        run = self._launch()
        self.assertEqual(run.action_ids.state, "proposed")
        self.assertDecision(move, "wait", "to_approve")
        run.action_ids.action_approve()
        self.assertDecision(move, "wait", "waiting_action")

    def test_money_on_the_bank_or_under_way_suspends_for_some_days(self):
        move = self._create_due(1)
        statement_line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "date": TODAY,
                "payment_ref": "transfer",
                "partner_id": self.customer.id,
                "amount": 10,
            }
        )
        self.assertFalse(statement_line.is_reconciled)
        self.assertDecision(
            move, "wait", "money_on_its_way", next_date=TODAY + timedelta(days=6)
        )
        with freeze_time("2026-06-22 08:00:00"):
            self.assertDecision(move, "chase", "due", as_of=day("2026-06-22"))

    def test_two_contacts_keep_their_distance_whatever_the_channel(self):
        self.policy.minimum_days = 7
        move = self._create_due(1)
        self.env["recouvrement.action"].create(
            {
                "partner_id": self.customer.id,
                "channel": "call",
                "state": "done",
                "date_done": TODAY - timedelta(days=2),
                "currency_id": self.company.currency_id.id,
                "company_id": self.company.id,
            }
        )
        self.assertDecision(
            move, "wait", "contacted_recently", next_date=TODAY + timedelta(days=7)
        )  # five days later is a Saturday

    def test_nothing_goes_out_on_a_closed_day(self):
        move = self._create_due(1)
        for closed, next_open in (
            ("2026-06-20", "2026-06-22"),  # Saturday
            ("2026-07-14", "2026-07-15"),  # national day of France
        ):
            self.company.account_fiscal_country_id = self.env.ref("base.fr")
            self.assertDecision(
                move,
                "wait",
                "closed_day",
                as_of=day(closed),
                next_date=day(next_open),
            )
        self.env["recouvrement.closing"].create(
            {
                "partner_id": self.customer.id,
                "date_from": TODAY,
                "date_to": TODAY + timedelta(days=3),
            }
        )
        self.assertDecision(move, "wait", "closed_day", next_date=day("2026-06-19"))

    def test_each_instalment_is_an_item_with_its_own_due_date(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "half and half",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": 0}
                    ),
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": 60}
                    ),
                ],
            }
        )
        self._create_due(1, invoice_payment_term_id=term.id)
        decisions = sorted(self._decide(), key=lambda each: each["date_due"])
        self.assertEqual([each["residual"] for each in decisions], [500.0, 500.0])
        self.assertEqual([each["outcome"] for each in decisions], ["chase", "wait"])

    def test_the_past_is_decided_on_what_was_owed_then(self):
        move = self._create_due(40)
        then = TODAY - timedelta(days=20)
        self._pay(move, amount=600, day=TODAY - timedelta(days=10))
        self.assertEqual(self._decide(move)["residual"], 400.0)
        self.assertEqual(self._decide(move, as_of=then)["residual"], 1000.0)
        self._pay(move)
        self.assertIsNone(self._decide(move))
        self.assertEqual(self._decide(move, as_of=then)["residual"], 1000.0)

    def test_a_replay_feeds_its_own_contacts(self):
        move = self._create_due(12)
        line = self._receivable(move)
        history = [
            {
                "line_id": line.id,
                "level_id": self._level_of(1).id,
                "channel": "email",
                "date": "2026-06-05",
            }
        ]
        replayed = self._decide(move, history=history)
        self.assertEqual(replayed["level_id"], self._level_of(10).id)
        self.assertEqual(
            self._decide(move, history=[])["level_id"], self._level_of(1).id
        )

    def test_deciding_writes_nothing(self):
        self._create_due(12)
        self.env.flush_all()
        self.env.cr.execute("SELECT txid_current_if_assigned()")
        before = self._written_rows()
        self._decide()
        self.env.flush_all()
        self.assertEqual(self._written_rows(), before)

    def _written_rows(self):
        self.env.cr.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) "
            "FROM pg_stat_xact_user_tables"
        )
        return self.env.cr.fetchone()[0]

    def test_queries_do_not_grow_with_the_items(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._decide()
            return self.env.cr.sql_log_count - before

        self._create_due(5)
        count()
        few = count()
        for number in range(20):
            partner = self._create_customer(f"Client {number}")
            self._create_due(number, partner=partner)
            self._create_due(number + 3, partner=partner)
        self.assertLessEqual(count(), few + 3)
