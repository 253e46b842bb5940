from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import TODAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestAccess(RecouvrementCommon):
    """Who sees and does what; companies do not see one another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.collection_sending = False
        cls.other_data = cls.setup_other_company()
        cls.other = cls.other_data["company"]
        cls.other.collection_policy_id = cls.policy
        cls.other.collection_sending = False

    def _user(self, group, **values):
        login = f"{group}.{len(values)}"
        return new_test_user(
            self.env,
            login,
            f"recouvrement_b2b.recouvrement_group_{group}"
            if group in ("own", "user", "manager")
            else group,
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
            **values,
        )

    def _due_in_other_company(self):
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "company_id": self.other.id,
                "journal_id": self.other_data["default_journal_sale"].id,
                "partner_id": self.customer.id,
                "invoice_date": TODAY - timedelta(days=42),
                "invoice_date_due": TODAY - timedelta(days=12),
                "invoice_line_ids": [(0, 0, {"price_unit": 70.0, "tax_ids": []})],
            }
        )
        move.action_post()
        move.is_move_sent = True
        return move

    def test_a_user_of_one_company_sees_nothing_of_the_other(self):
        self._due_in_other_company()
        run = self.env["recouvrement.run"].with_company(self.other).launch()
        self.assertEqual(run.company_id, self.other)
        hold = self.env["recouvrement.hold"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.other.id,
                "date_end": TODAY,
            }
        )
        manager = self._user("manager")
        for model in (
            "recouvrement.run",
            "recouvrement.run.batch",
            "recouvrement.action",
            "recouvrement.action.line",
            "recouvrement.hold",
        ):
            self.assertFalse(self.env[model].with_user(manager).search([]), model)
        for record in (run, run.action_ids, run.action_ids.line_ids, hold):
            with self.assertRaises(AccessError):
                record.with_user(manager).read()
        with self.assertRaisesRegex(UserError, "no access"):
            self.env["recouvrement.policy"].with_user(manager).decide(
                company=self.other.id
            )

    def test_a_shared_customer_is_chased_by_each_company_for_its_own_items(self):
        mine, theirs = self._create_due(12), self._due_in_other_company()
        runs = {
            company: self.env["recouvrement.run"].with_company(company).launch()
            for company in (self.company, self.other)
        }
        self.assertEqual(runs[self.company].action_ids.line_ids.move_id, mine)
        self.assertEqual(runs[self.other].action_ids.line_ids.move_id, theirs)

    def test_a_hold_of_one_company_does_not_hold_the_other(self):
        theirs = self._due_in_other_company()
        self.env["recouvrement.hold"].create(
            {"partner_id": self.customer.id, "date_end": TODAY}
        )
        decision = self._decide(theirs, company=self.other)
        self.assertEqual(decision["outcome"], "chase")

    def test_policy_and_collector_of_a_customer_are_kept_by_company(self):
        own_policy = self.policy.copy({"state": "running", "name": "Own"})
        self.customer.with_company(self.other).collection_policy_id = own_policy
        theirs = self._due_in_other_company()
        mine = self._create_due(12)
        self.assertEqual(
            self._decide(theirs, company=self.other)["policy_id"], own_policy.id
        )
        self.assertEqual(self._decide(mine)["policy_id"], self.policy.id)

    def test_a_collector_limited_to_a_portfolio_sees_only_it(self):
        own = self._user("own")
        mine = self._create_customer("Mine", collector_id=own.id)
        self._create_due(12)
        self._create_due(12, partner=mine)
        actions = self._launch().action_ids
        visible = self.env["recouvrement.action"].with_user(own).search([])
        self.assertEqual(visible, actions.filtered(lambda a: a.partner_id == mine))
        self.assertEqual(visible.line_ids.with_user(own).move_id.partner_id, mine)
        with self.assertRaises(AccessError):
            (actions - visible).with_user(own).action_skip()

    def test_the_answer_does_not_depend_on_whose_reminders_one_sees(self):
        own = self._user("own")
        move = self._create_due(12)
        self._launch()
        decision = (
            self.env["recouvrement.policy"]
            .with_user(own)
            .decide(partners=self.customer.ids)[0]
        )
        self.assertEqual(decision["move_id"], move.id)
        self.assertEqual(decision["reason"], "waiting_action")

    def test_collectors_act_and_only_managers_write_policies(self):
        self._create_due(12)
        action = self._launch().action_ids.with_user(self.collector)
        action.action_skip()
        self.assertEqual(action.state, "done")
        with self.assertRaises(AccessError):
            self.policy.with_user(self.collector).name = "mine"
        self.policy.with_user(self._user("manager")).name = "ours"

    def test_nobody_deletes_reminders(self):
        self._create_due(12)
        action = self._launch().action_ids
        with self.assertRaises(AccessError):
            action.with_user(self._user("manager")).unlink()

    def test_an_invoicing_user_reads_why_an_invoice_is_not_chased(self):
        reader = self._user("account.group_account_invoice")
        move = self._create_due(12)
        self._launch()
        move.invalidate_recordset()
        as_reader = move.with_user(reader)
        self.assertEqual(as_reader.collection_outcome, "wait")
        self.assertIn("under way", as_reader.collection_reason)
        self.assertEqual(self.customer.with_user(reader).collection_overdue, 1000.0)
        with self.assertRaises(AccessError):
            move.collection_action_line_ids.action_id.with_user(reader).action_skip()
