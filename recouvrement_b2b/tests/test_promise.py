"""Promises kept, broken, replaced: judged on what was paid, at its dates."""

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import TODAY, day
from .plans import PlanCommon


@tagged("post_install", "-at_install")
class TestPromise(PlanCommon):
    def _draft(self, moves=None, **values):
        moves = moves or self.first + self.second
        action = moves.action_promise()
        promises = self.env["recouvrement.promise"].with_context(**action["context"])
        return promises.create({"date_promised": day("2026-06-19"), **values})

    def _promise(self, moves=None, **values):
        promise = self._draft(moves, **values)
        promise.action_open()
        return promise

    def _judge_promise(self, promise, date):
        with freeze_time(f"{date} 06:00:00"):
            promise._judge(day(date))

    # --- made ---

    def test_the_form_is_filled_in_from_the_invoices(self):
        action = (self.first + self.second).action_promise()
        form = Form(
            self.env["recouvrement.promise"].with_context(**action["context"]),
            "recouvrement_b2b.recouvrement_promise_view_form_new",
        )
        form.date_promised = "2026-06-19"
        promise = form.save()
        self.assertEqual((promise.amount, promise.partner_id), (1500.0, self.customer))
        self.assertEqual(promise.line_ids.move_id, self.first + self.second)

    def test_an_open_promise_suspends_what_was_promised(self):
        promise = self._promise()
        # Friday 19 June and two working days: until Tuesday 23 June
        self.assertEqual(
            (promise.state, promise.date_limit), ("open", day("2026-06-23"))
        )
        self.assertDecision(self.first, "hold", "held")
        self.assertEqual(promise.hold_ids.mapped("date_end"), [day("2026-06-23")] * 2)
        self.assertDecision(self.first, "chase", "due", as_of=day("2026-06-24"))

    def test_the_rest_of_what_is_owed_goes_on_being_chased(self):
        self._promise(amount=1200)
        self.assertDecision(self.first, "hold", "held")
        self.assertDecision(self.second, "chase", "due", amount_to_chase=300.0)

    def test_what_is_paid_of_a_part_frees_nothing_else(self):
        self._promise(self.first, amount=600)
        self.assertDecision(self.first, "chase", "due", amount_to_chase=400.0)
        self._pay(self.first, 400, day=TODAY)
        self.assertDecision(self.first, "chase", "due", amount_to_chase=400.0)

    def test_a_promise_for_a_distant_day_is_looked_at_meanwhile(self):
        promise = self._promise(self.first, date_promised=day("2026-12-01"))
        self.assertEqual(promise.hold_ids.review_date, day("2026-08-14"))

    def test_one_open_promise_an_item_the_new_one_takes_its_place(self):
        old = self._promise()
        new = self._promise(self.first, date_promised=day("2026-06-26"))
        self.assertEqual((old.state, old.replaced_by_id), ("replaced", new))
        self.assertEqual((new.state, new.rank), ("open", 1))
        self.assertDecision(self.second, "chase", "due")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            new.line_ids.copy({"live": True})
            self.env.flush_all()

    def test_what_cannot_be_promised_is_told(self):
        with self.assertRaisesRegex(UserError, "Only"):
            self._promise(amount=2000)
        with self.assertRaisesRegex(UserError, "The date is past"):
            self._promise(date_made=day("2026-06-01"), date_promised=day("2026-06-05"))
        with self.assertRaisesRegex(UserError, "Choose the items"):
            self._promise(line_ids=False)

    def test_a_promise_is_made_on_the_phone(self):
        self._level_of(1).write({"make_call": True, "send_email": False})
        self.policy.level_ids.filtered(lambda level: level.days != 1).unlink()
        self._launch()
        call = self.env["recouvrement.action"].search([("channel", "=", "call")])
        call.outcome = "promise"
        call.first_answer = "Pays on Friday"
        action = call.action_call_done()
        self.assertEqual(action["res_model"], "recouvrement.promise")
        self.assertEqual(action["context"]["default_note"], "Pays on Friday")
        self.assertEqual(action["context"]["default_amount"], 1500.0)

    # --- judged ---

    def test_kept_as_soon_as_it_is_paid_with_thanks(self):
        self.company.collection_promise_thanks = True
        promise = self._promise()
        self._pay(self.first + self.second, day=day("2026-06-18"))
        self.assertEqual((promise.state, promise.paid), ("kept", 1500.0))
        self.assertEqual(set(promise.hold_ids.mapped("state")), {"closed"})
        thanks = self.env["recouvrement.action"].search(
            [("promise_id", "=", promise.id)]
        )
        self.assertEqual(thanks.amount, 1500.0)

    def test_broken_after_the_tolerance_collection_goes_on(self):
        promise = self._promise()
        self._judge_promise(promise, "2026-06-23")
        self.assertEqual(promise.state, "open")
        self._judge_promise(promise, "2026-06-24")
        self.assertEqual(promise.state, "broken")
        self.assertIn("not kept", promise.activity_ids.summary)
        self.assertEqual(promise.activity_ids.user_id, self.env.user)
        self.assertEqual(self.first.collection_broken_count, 1)
        self.assertEqual(self.customer.collection_broken_count, 1)
        with freeze_time("2026-06-24 08:00:00"):
            self.assertDecision(self.first, "chase", "due", as_of=day("2026-06-24"))

    def test_what_is_credited_is_no_promise_kept(self):
        self.company.collection_promise_thanks = True
        promise = self._promise(self.first)
        credit = self.first._reverse_moves([{"invoice_date": TODAY}])
        credit.action_post()  # matched by Odoo
        self.assertEqual((promise.state, promise.paid), ("withdrawn", 0.0))
        self.assertFalse(
            self.env["recouvrement.action"].search([("promise_id", "=", promise.id)])
        )

    def test_partly_kept(self):
        promise = self._promise()
        self._pay(self.first, 400, day("2026-06-19"))
        self._judge_promise(promise, "2026-06-24")
        self.assertEqual((promise.state, promise.paid), ("partly_kept", 400.0))

    def test_a_payment_recorded_late_but_made_in_time_keeps_it(self):
        promise = self._promise(self.first)
        self._judge_promise(promise, "2026-06-24")
        self.assertEqual(promise.state, "broken")
        self._pay(self.first, day=day("2026-06-22"))
        self.assertEqual(promise.state, "kept")
        self.assertFalse(promise.activity_ids)

    def test_a_payment_after_the_tolerance_does_not_keep_it(self):
        promise = self._promise(self.first)
        self._judge_promise(promise, "2026-06-24")
        with freeze_time("2026-06-24 10:00:00"):
            self._pay(self.first, day=day("2026-06-24"))
        self.assertEqual(promise.state, "broken")

    def test_a_returned_payment_opens_or_breaks_it(self):
        promise = self._promise(self.first)
        self._pay(self.first, day=TODAY)
        self.assertEqual(promise.state, "kept")
        self._receivable(self.first).remove_move_reconcile()
        self.assertEqual(promise.state, "open")
        self.assertDecision(self.first, "hold", "held")
        self._pay(self.first, day=TODAY)
        with freeze_time("2026-07-01 08:00:00"):
            self._receivable(self.first).remove_move_reconcile()
        self.assertEqual(promise.state, "broken")

    def test_a_payment_returned_under_a_newer_promise_stops_nobody(self):
        old = self._promise(self.first, amount=300)
        self._pay(self.first, 300, day=TODAY)
        self.assertEqual(old.state, "kept")
        new = self._promise(self.first, amount=700)
        self._receivable(self.first).remove_move_reconcile()
        self.assertEqual((old.state, new.state), ("replaced", "open"))

    def test_what_was_promised_is_not_changed_by_hand(self):
        promise = self._promise()
        for values in ({"state": "kept"}, {"date_promised": day("2026-07-10")}):
            with self.assertRaisesRegex(UserError, "is recorded"):
                promise.with_user(self.collector).write(values)
        with self.assertRaisesRegex(UserError, "is kept"):
            promise.unlink()
        with self.assertRaisesRegex(UserError, "was agreed"):
            promise.with_user(self.collector).line_ids.unlink()

    def test_money_on_its_way_is_waited_for(self):
        promise = self._promise()
        self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "partner_id": self.customer.id,
                "date": "2026-06-22",
                "amount": 1500.0,
                "payment_ref": "transfer",
            }
        )
        self._judge_promise(promise, "2026-06-24")
        self.assertEqual(promise.state, "open")
        self._judge_promise(promise, "2026-06-28")
        self.assertEqual(promise.state, "broken")

    def test_withdrawn_reminders_go_on(self):
        promise = self._promise()
        with self.assertRaisesRegex(UserError, "withdraw the promise"):
            promise.hold_ids.action_close()
        promise.action_withdraw()
        self.assertDecision(self.first, "chase", "due")
        with self.assertRaisesRegex(UserError, "withdrawn"):
            promise.action_open()

    def test_judging_many_takes_no_more_queries(self):
        def count(number):
            promises = self.env["recouvrement.promise"]
            for index in range(number):
                customer = self._create_customer(f"Customer {number}-{index}")
                promises += self._promise(
                    self._invoice(100, "2026-05-31", partner=customer)
                )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            promises._judge(TODAY)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(1)  # warms the caches of the registry up
        self.assertLessEqual(count(12), count(3))
