from datetime import timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from .common import TODAY
from .texts import TextsCommon


@tagged("post_install", "-at_install")
class TestShippedPolicies(TextsCommon):
    def test_the_standard_policy_is_the_one_announced(self):
        policy = self.env.ref("recouvrement_b2b.policy_standard")
        self.assertEqual(
            [
                (level.days, level._channels())
                for level in policy.level_ids.sorted("days")
            ],
            [
                (-5, ["email"]),
                (1, ["email"]),
                (7, ["call"]),
                (14, ["email"]),
                (30, ["email", "letter"]),
                (45, ["letter"]),
            ],
        )
        formal = self.env.ref("recouvrement_b2b.level_standard_45")
        self.assertTrue(formal.approval and formal.registered and formal.formal_notice)
        self.assertEqual(formal.penalties, "claim")

    def test_penalties_are_shown_before_they_are_claimed(self):
        levels = self.policies.level_ids.filtered(lambda level: level.days > 0)
        for level in levels:
            self.assertEqual(level.penalties == "claim", level.formal_notice)
        self.assertEqual(
            levels.filtered(lambda level: level.penalties == "show").mapped("name"),
            ["Last friendly notice"] * 2,
        )

    def test_policies_are_running_and_complete(self):
        self.assertEqual(set(self.policies.mapped("state")), {"running"})
        for level in self.policies.level_ids:
            self.assertFalse(level._missing_text(), level.display_name)
        self.assertFalse(self.policies.company_id)

    def test_large_accounts_are_those_with_the_tag(self):
        policy = self.env.ref("recouvrement_b2b.policy_large_account")
        tag = self.env.ref("recouvrement_b2b.partner_category_large_account")
        policy.partner_domain = str([("category_id", "in", [tag.id])])
        self.french.category_id = tag
        chosen = self.policies._for_partners(self.french + self.english, self.company)
        self.assertEqual(chosen[self.french], policy)
        self.assertNotEqual(chosen[self.english], policy)

    def test_calls_come_first_for_large_accounts(self):
        levels = self.env.ref("recouvrement_b2b.policy_large_account").level_ids
        late = levels.filtered(lambda level: level.days > 0).sorted("days")
        self.assertEqual(late[0]._channels(), ["call"])

    def test_nothing_is_asked_before_its_due_date(self):
        """A formal notice shows what is not due yet, and does not ask for it."""
        late, soon = self._create_due(12), self._create_due(-4, 500.0)
        action = self._launch().action_ids
        self.assertEqual(action.amount, 1000.0)
        lines = action.line_ids.grouped("move_id")
        self.assertEqual(lines[late].kind, "due")
        self.assertEqual((lines[soon].kind, lines[soon].amount), ("upcoming", 0.0))
        self.assertEqual(lines[soon].level_id, self._level_of(-5), "it was reminded")
        self.assertFalse(self._launch().action_ids - action)

    def test_a_word_before_the_due_date_does_not_come_after_it(self):
        self.company.collection_sending = False
        self._create_due(-4)
        action = self._launch().action_ids
        self.assertEqual(action.level_id, self._level_of(-5))
        with freeze_time(TODAY + timedelta(days=4)):
            self.assertFalse(self.env["recouvrement.dispatch"]._check_again(action))
        self.assertEqual(action.state, "cancelled")
