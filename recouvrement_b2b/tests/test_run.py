from datetime import timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import TODAY, RecouvrementCommon, day


@tagged("post_install", "-at_install")
class TestRun(RecouvrementCommon):
    """The daily run: from decisions to actions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.collection_sending = False  # sending is tested in test_dispatch

    def test_what_is_due_becomes_an_action_with_its_items(self):
        late, young = self._create_due(12), self._create_due(-20, amount=50)
        refund = self._create_due(1, amount=100, move_type="out_refund")
        action = self._launch().action_ids
        self.assertRecordValues(
            action,
            [
                {
                    "partner_id": self.customer.id,
                    "contact_id": self.customer.id,
                    "level_id": self._level_of(1).id,
                    "channel": "email",
                    "state": "approved",
                    "user_id": self.collector.id,
                    "amount": 900.0,
                    "days_overdue": 12,
                    "date_planned": TODAY,
                }
            ],
        )
        lines = {line.move_id: line for line in action.line_ids}
        self.assertEqual(lines[late].kind, "due")
        self.assertEqual((lines[late].residual, lines[late].amount), (1000.0, 900.0))
        self.assertTrue(lines[late].live)
        self.assertEqual(lines[young].kind, "upcoming")
        self.assertEqual((lines[refund].kind, lines[refund].residual), ("credit", -100))

    def test_run_twice_a_day_does_nothing_more(self):
        self._create_due(12)
        first = self._launch()
        actions = first.action_ids
        second = self._launch()
        self.assertEqual(second, first)
        self.assertEqual(second.action_ids, actions)
        self.assertEqual((second.item_count, second.wait_count), (1, 1))

    def test_the_database_allows_one_live_line_per_item_level_channel_and_cycle(self):
        self._create_due(12)
        line = self._launch().action_ids.line_ids
        copy = line.action_id.copy()
        with (
            self.assertRaisesRegex(IntegrityError, "one_live"),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            line.copy({"live": True, "action_id": copy.id})

    def test_a_run_for_another_date_proposes_and_sends_nothing(self):
        self._create_due(-10)
        run = self._launch(as_of=day("2026-06-22"))
        self.assertEqual(run.action_ids.mapped("state"), ["proposed"])

    def test_one_message_a_customer_with_the_highest_level(self):
        self.policy.start = "age"
        self._create_due(12)
        self._create_due(40)
        actions = self._launch().action_ids
        self.assertEqual(set(actions.mapped("channel")), {"email", "letter"})
        self.assertEqual(actions.level_id, self._level_of(30))
        for action in actions:
            self.assertEqual(action.amount, 2000.0)
            # each item advances on its own level
            self.assertEqual(set(action.line_ids.mapped("level_days")), {10, 30})

    def test_grouping_by_invoice_address_and_by_invoice(self):
        address = self.env["res.partner"].create(
            {"parent_id": self.customer.id, "type": "invoice", "name": "Accounting"}
        )
        head_office = self._create_due(12)
        branch = self._create_due(12, partner=address)
        self.policy.grouping = "contact"
        run = self._launch()
        self.assertEqual(
            {action.contact_id: action.line_ids.move_id for action in run.action_ids},
            {self.customer: head_office, address: branch},
        )
        run.action_ids._cancel("test")
        self.policy.grouping = "invoice"
        again = self._launch().action_ids.filtered(lambda a: a.state != "cancelled")
        self.assertEqual([len(action.line_ids) for action in again], [1, 1])

    def test_grouped_by_customer_the_invoice_address_receives_it(self):
        address = self.env["res.partner"].create(
            {
                "parent_id": self.customer.id,
                "type": "invoice",
                "name": "Accounting",
                "lang": "en_US",
            }
        )
        self._create_due(12)
        action = self._launch().action_ids
        self.assertEqual((action.contact_id, action.lang), (address, "en_US"))

    def test_currencies_are_not_mixed_but_are_one_contact(self):
        self.policy.minimum_days = 5
        dollar = self.setup_other_currency("CAD", rates=[("2020-01-01", 2.0)])
        self._create_due(12)
        self._create_due(12, currency_id=dollar.id)
        actions = self._launch().action_ids
        self.assertEqual(len(actions), 2)
        self.assertEqual(
            {a.currency_id.name: a.amount_company for a in actions}["CAD"], 500
        )
        actions.filtered(lambda a: a.currency_id == dollar)._finish("sent")
        later = self._launch()
        self.assertEqual(later.action_ids, actions)

    def test_each_level_waits_for_the_one_before_and_its_delay(self):
        self._create_due(50)
        with freeze_time("2026-06-15 08:00:00"):
            first = self._launch().action_ids
            first._finish("sent")
        with freeze_time("2026-06-23 08:00:00"):  # eight days later: nine are needed
            self.assertFalse(self._launch().action_ids)
        with freeze_time("2026-06-24 08:00:00"):
            second = self._launch().action_ids
            self.assertEqual(second.level_id, self._level_of(10))

    def test_a_skipped_level_lets_the_next_one_come_and_is_no_contact(self):
        self.policy.minimum_days = 30
        self._create_due(50)
        self._launch().action_ids.action_skip()
        with freeze_time("2026-06-24 08:00:00"):
            self.assertEqual(self._launch().action_ids.level_id, self._level_of(10))

    def test_a_cancelled_action_is_proposed_again(self):
        self._create_due(12)
        first = self._launch().action_ids
        first.action_cancel()
        again = self._launch().action_ids - first
        self.assertEqual(again.level_id, first.level_id)

    def test_a_call_not_made_goes_to_the_manager_and_the_next_level_comes(self):
        self._level_of(1).write(
            {"make_call": True, "send_email": False, "call_days": 5}
        )
        self.company.collection_manager_id = self.env.user
        self._create_due(12)
        call = self._launch().action_ids
        self.assertEqual(call.channel, "call")
        self.assertEqual(call.activity_ids.user_id, self.collector)
        with freeze_time("2026-06-30 08:00:00"):
            second = self._launch().action_ids
            self.assertEqual(second.level_id, self._level_of(10))
        self.assertEqual((call.state, call.outcome), ("done", "missed"))
        self.assertEqual(call.date_done, TODAY + timedelta(days=5))
        self.assertEqual(call.activity_ids.user_id, self.env.user)

    def test_a_call_needs_an_outcome_and_its_task_ends(self):
        self._level_of(1).write({"make_call": True, "send_email": False})
        self._create_due(12)
        call = self._launch().action_ids
        with self.assertRaisesRegex(UserError, "outcome"):
            call.action_call_done()
        call.outcome = "promise"
        call.action_call_done()
        self.assertEqual(call.state, "done")
        self.assertFalse(call.activity_ids)
        self.assertIn("Promise", self.customer.message_ids[0].body)

    def test_an_absent_collector_is_replaced(self):
        substitute = new_test_user(
            self.env, "paul", "recouvrement_b2b.recouvrement_group_user"
        )
        self.collector.write(
            {
                "collection_substitute_id": substitute.id,
                "collection_absent_from": TODAY,
                "collection_absent_to": TODAY,
            }
        )
        self._create_due(12)
        self.assertEqual(self._launch().action_ids.user_id, substitute)

    def test_a_returned_payment_starts_a_new_cycle(self):
        move = self._create_due(12)
        self._launch().action_ids._finish("sent")
        payment = self._pay(move)
        self._receivable(move).remove_move_reconcile()
        payment.action_cancel()
        self.assertEqual(self._receivable(move).collection_cycle, 1)
        action = self._launch().action_ids.filtered(lambda a: a.state == "approved")
        self.assertEqual(action.level_id, self._level_of(1))

    def test_one_bad_customer_does_not_stop_the_others(self):
        good = self._create_customer("Garage Petit")
        self._create_due(12)
        self._create_due(12, partner=good)
        builder = type(self.env["recouvrement.action.builder"])
        original = builder._prepare_action_vals

        def fail_for_one(model, run, due, level, channel):
            if due[0].item.commercial_id == self.customer.id:
                raise ValueError("bad data")
            return original(model, run, due, level, channel)

        self.patch(builder, "_prepare_action_vals", fail_for_one)
        with mute_logger("odoo.addons.recouvrement_b2b.models.recouvrement_run_batch"):
            run = self._launch()
        self.assertEqual(run.action_ids.partner_id, good)
        self.assertEqual(run.state, "failed")
        self.assertIn(
            "bad data", "".join(run.batch_ids.mapped(lambda b: b.error or ""))
        )

    def test_the_decisions_are_logged_with_their_reasons(self):
        self._create_due(12)
        self._create_due(1, sent=False)
        run = self._launch()
        self.assertEqual(
            (run.chase_count, run.exclude_count, run.item_count), (1, 1, 2)
        )
        log = run.batch_ids.log_id.raw.decode()
        self.assertIn("never_sent", log)
        self.assertEqual(len(log.splitlines()), 3)

    def test_the_worklist_comes_by_priority(self):
        self._create_due(12, amount=100)
        rich = self._create_customer("Grand Compte")
        self._create_due(40, amount=20000, partner=rich)
        actions = self._launch().action_ids.sorted(lambda a: -a.priority)
        self.assertEqual(actions[0].partner_id, rich)
        self.assertEqual(actions[0].priority, 50 + 13)
        self.assertEqual(actions[0].priority_note, "amount 50, days late 13")

    def test_a_run_that_acted_is_kept(self):
        self._create_due(12)
        run = self._launch()
        with self.assertRaisesRegex(UserError, "history"):
            run.unlink()

    def test_who_may_launch(self):
        with self.assertRaises(AccessError):
            self.env["recouvrement.run"].with_user(self.collector).launch()
        manager = new_test_user(
            self.env,
            "marie",
            "recouvrement_b2b.recouvrement_group_manager",
            company_id=self.company.id,
        )
        self._create_due(12)
        run = self.env["recouvrement.run"].with_user(manager).launch()
        self.assertEqual(run.action_ids.state, "approved")

    def test_the_scheduled_action_runs_every_company(self):
        self._create_due(12)
        with self.enter_registry_test_mode():
            self.env.ref("recouvrement_b2b.cron_daily").method_direct_trigger()
        run = self.env["recouvrement.run"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(len(run.action_ids), 1)

    def test_server_action_and_activity_of_a_level(self):
        level = self._level_of(1)
        level.server_action_ids = [
            Command.create(
                {
                    "name": "mark",
                    "model_id": self.env["ir.model"]._get_id("recouvrement.action"),
                    "state": "code",
                    "code": "records.write({'note': 'done by the action'})",
                }
            )
        ]
        level.activity_type_id = self.env.ref("mail.mail_activity_data_todo")
        level.activity_role = "salesperson"
        self.customer.user_id = self.env.user
        self._create_due(12)
        action = self._launch().action_ids
        action._finish("sent")
        self.assertEqual(action.note, "done by the action")
        self.assertEqual(self.customer.activity_ids.user_id, self.env.user)

    def test_queries_of_a_run_do_not_grow_with_customers(self):
        def run_on(number):
            for _each in range(number):
                self._count = getattr(self, "_count", 0) + 1
                partner = self._create_customer(f"Client {self._count}")
                self._create_due(12, partner=partner)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._launch()
            self.env.flush_all()
            self.env.cr.precommit.run()
            return self.env.cr.sql_log_count - before

        run_on(1), run_on(1)  # rights and templates are read once
        self.assertLessEqual(run_on(30), run_on(3) + 3)

    def test_a_thousand_items_take_fewer_than_200_queries(self):
        self._create_opening_balance(customers=100, items=10)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        run = self._launch()
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertLess(self.env.cr.sql_log_count - before, 200)
        self.assertEqual((run.chase_count, len(run.action_ids)), (1000, 100))

    def _create_opening_balance(self, customers, items):
        """Create many open items in one entry: invoices would take a minute."""
        partners = self.env["res.partner"].create(
            [{"name": f"Client {n}", "is_company": True} for n in range(customers)]
        )
        receivable = self.company_data["default_account_receivable"]
        debits = [
            {"account_id": receivable.id, "partner_id": partner.id, "debit": 300}
            for partner in partners
            for _item in range(items)
        ]
        credit = {
            "account_id": self.company_data["default_account_revenue"].id,
            "credit": 300 * len(debits),
        }
        self.env["account.move"].create(
            {
                "date": TODAY - timedelta(days=40),
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [Command.create(vals) for vals in [*debits, credit]],
            }
        ).action_post()

    def test_an_action_proposed_for_another_day_is_not_proposed_twice(self):
        move = self._create_due(12)
        later = self._launch(as_of=TODAY + timedelta(days=1)).action_ids
        self.assertDecision(move, "wait", "to_approve")
        self.assertFalse(self._launch().action_ids - later)
