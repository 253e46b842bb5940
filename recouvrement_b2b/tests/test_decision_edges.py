from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .common import TODAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestDecisionEdges(RecouvrementCommon):
    """Less common answers: payments on their way, changed policies, groups."""

    def _announce_payment(self, move, state, day):
        """Create a payment without an entry, as a direct debit that awaits its date."""
        journal = self.company_data["default_journal_bank"]
        journal.inbound_payment_method_line_ids.payment_account_id = False
        return self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.customer.id,
                "amount": move.amount_total,
                "date": day,
                "journal_id": journal.id,
                "invoice_ids": [Command.set(move.ids)],
                "state": state,
            }
        )

    def test_a_direct_debit_that_awaits_its_date_suspends(self):
        move = self._create_due(1)
        soon = TODAY + timedelta(days=3)
        self._announce_payment(move, "in_process", soon)
        self.assertDecision(
            move, "wait", "money_on_its_way", next_date=soon + timedelta(days=6)
        )

    def test_a_rejected_payment_resumes_with_its_own_reason(self):
        move = self._create_due(1)
        self._announce_payment(move, "rejected", TODAY - timedelta(days=1))
        self.assertDecision(move, "chase", "payment_rejected")

    def test_after_the_last_level_a_person_decides(self):
        self.policy.start = "age"
        move = self._create_due(60)
        self.company.collection_sending = False
        self._launch().action_ids._finish("sent")
        self.assertDecision(move, "wait", "policy_completed")
        run = self._launch()
        self.assertIn("1 items", run.activity_ids.note)

    def test_the_first_filter_that_matches_decides_on_the_policy(self):
        move = self._create_due(1)
        for sequence, name in ((2, "second"), (1, "first")):
            policy = self.policy.copy({"state": "running", "name": name})
            policy.write(
                {"sequence": sequence, "partner_domain": "[('city', '=', 'Paris')]"}
            )
        self.assertEqual(
            self.env["recouvrement.policy"]
            .browse(self._decide(move)["policy_id"])
            .name,
            "first",
        )
        self.customer.collection_policy_id = self.policy
        self.assertEqual(self._decide(move)["policy_id"], self.policy.id)

    def test_a_customer_whose_own_policy_is_a_draft_gets_no_harsher_one(self):
        draft = self.policy.copy({"name": "In the making"})
        self.customer.collection_policy_id = draft
        self.assertDecision(self._create_due(1), "exclude", "no_policy")

    def test_what_nobody_may_chase_takes_no_credit(self):
        blocked, clear = self._create_due(30), self._create_due(12, amount=500)
        blocked.payment_state = "blocked"
        self._create_due(1, amount=200, move_type="out_refund")
        self.assertDecision(clear, "chase", "due", amount_to_chase=300.0)

    def test_a_level_moved_in_time_is_not_done_twice(self):
        move = self._create_due(12)
        self.company.collection_sending = False
        self._launch().action_ids._finish("sent")
        self._level_of(1).days = 3
        self.assertDecision(
            move, "wait", "level_not_reached", level_id=self._level_of(10).id
        )

    def test_a_hold_follows_its_customer_into_a_group(self):
        move = self._create_due(1)
        self.env["recouvrement.hold"].create(
            {"move_line_id": self._receivable(move).id, "date_end": TODAY}
        )
        self.customer.parent_id = self._create_customer("Groupe Durand")
        self.assertDecision(move, "hold", "held")
