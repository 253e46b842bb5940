"""No state of a promise or plan leaves an item suspended and forgotten."""

import io
from datetime import timedelta
from itertools import product

from freezegun import freeze_time
from lxml.html import fragment_fromstring
from openpyxl import load_workbook

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TODAY, day
from .plans import PlanCommon

PLAN_STEPS = ("accept", "pause", "resume", "reschedule", "pay", "return", "wait")
FIRST_STEPS = ("accept", "pay", "wait")
LAST_STEPS = ("cancel", "pay", "return", "wait")


@tagged("post_install", "-at_install")
class TestCommitments(PlanCommon):
    # --- every hold ends, or is looked at ---

    def _step(self, plan, step, date):
        """Take one step, if the plan allows it; return the date after it."""
        try:
            with self.env.cr.savepoint():
                if step == "propose":
                    plan.action_propose()
                elif step == "accept":
                    plan._check_states("proposed")
                    self._accept(plan, date_accepted=date)
                elif step == "pause":
                    plan._check_states("accepted", "active")
                    plan._pause(date + timedelta(days=10))
                elif step == "pay":
                    owed = (self.first + self.second)._get_owed_lines().move_id
                    self._pay(owed, day=date)
                elif step == "reschedule":
                    new = plan.browse(plan.action_reschedule()["res_id"])
                    due = date + timedelta(days=30)
                    new.instalment_ids = [
                        (0, 0, {"date_due": due, "amount": new.total})
                    ]
                    new.action_propose()
                elif step == "return":
                    self._receivable(self.first).remove_move_reconcile()
                elif step == "wait":
                    date += timedelta(days=25)
                else:
                    getattr(plan, f"action_{step}")()
        except UserError:
            return date
        return date

    def _assert_nothing_is_forgotten(self, plan, date):
        holds = plan.hold_ids.filtered(lambda hold: not hold.closed_date)
        if plan.state in ("draft", "completed", "defaulted", "cancelled"):
            self.assertFalse(holds, plan.state)
            self.assertFalse(any(plan.line_ids.mapped("live")), plan.state)
        else:
            # a plan that is rescheduled holds its items until the new one is agreed
            waits = plan.state == "proposed" and plan.previous_id.line_ids
            lines = plan.line_ids + (waits or plan.line_ids)
            self.assertTrue(any(lines.mapped("live")), plan.state)
        for hold in holds:
            self.assertTrue(hold.date_end or hold.review_date)
            last = hold.date_end or hold.review_date
            self.assertLess(last, date + timedelta(days=150), "not in years")

    def test_all_paths_through_a_plan(self):
        """Walk every sequence of three steps after a proposal, judged after each.

        Every state is met on the way.
        """
        met = set()
        paths = [
            (first, second, third)
            for first in FIRST_STEPS
            for second in PLAN_STEPS
            for third in LAST_STEPS
        ]
        for path in paths:
            with self.subTest(path=path), self.env.cr.savepoint() as savepoint:
                plan, date = self._plan(), TODAY
                for step in ("propose", *path):
                    with freeze_time(f"{date} 08:00:00"):
                        date = self._step(plan, step, date)
                    with freeze_time(f"{date} 09:00:00"):
                        (plan + plan.next_ids)._judge(date)
                        for each in plan + plan.next_ids:
                            self._assert_nothing_is_forgotten(each, date)
                            met.add(each.state)
                savepoint.rollback()
                self.env.invalidate_all()

        every = dict(plan._fields["state"]._description_selection(self.env))
        self.assertEqual(met, set(every) - {"draft"})

    def test_all_paths_through_a_promise(self):
        met = set()
        steps = ("again", "withdraw", "pay", "return", "wait")
        for path in product(("part", *steps), steps, steps):
            with self.subTest(path=path), self.env.cr.savepoint() as savepoint:
                promises, date = self._promise_at(TODAY), TODAY
                for step in path:
                    with freeze_time(f"{date} 08:00:00"):
                        promises, date = self._promise_step(promises, step, date)
                    with freeze_time(f"{date} 09:00:00"):
                        promises._judge(date)
                        for promise in promises:
                            is_open = promise.state == "open"
                            held = promise.hold_ids.filtered(
                                lambda hold: not hold.closed_date
                            )
                            self.assertEqual(bool(held), is_open, promise.state)
                            self.assertEqual(promise.line_ids.live, is_open)
                            self.assertTrue(all(held.mapped("date_end")))
                            met.add(promise.state)
                savepoint.rollback()
                self.env.invalidate_all()
        every = dict(promise._fields["state"]._description_selection(self.env))
        self.assertEqual(met, set(every) - {"draft"})

    def _promise_at(self, date):
        action = self.first.action_promise()
        promises = self.env["recouvrement.promise"].with_context(**action["context"])
        promise = promises.create({"date_promised": date + timedelta(days=4)})
        promise.action_open()
        return promise

    def _promise_step(self, promises, step, date):
        """Take one step; return the promises and the date after it."""
        if step == "wait":
            return promises, date + timedelta(days=12)
        if step == "return":
            self._receivable(self.first).remove_move_reconcile()
        elif step == "withdraw":
            promises.filtered(lambda each: each.state == "open").action_withdraw()
        elif self.first._get_owed_lines():
            if step == "again":
                promises += self._promise_at(date)
            else:
                amount = self.first.amount_residual
                self._pay(self.first, amount if step == "pay" else amount / 2, date)
        return promises, date

    def test_who_forgets_a_plan_is_asked_and_then_the_manager(self):
        plan = self._agreed()
        review = max(plan.hold_ids.mapped("review_date"))
        holds = self.env["recouvrement.hold"]
        with freeze_time(f"{review} 08:00:00"):
            holds._review(review)
        self.assertEqual(set(plan.hold_ids.activity_ids.user_id.ids), {self.env.uid})
        late = review + timedelta(days=10)
        with freeze_time(f"{late} 08:00:00"):
            holds._review(late)
        self.assertTrue(all(plan.hold_ids.mapped("escalated")))

    # --- on the customer ---

    def test_the_timeline_tells_what_happened(self):
        action = self.second.action_promise()
        promises = self.env["recouvrement.promise"].with_context(**action["context"])
        promise = promises.create({"date_promised": day("2026-06-19")})
        promise.action_open()
        plan = self._agreed(self.first)
        timeline = self.customer.collection_timeline
        for expected in (
            "Promise of",
            f"Payment plan {plan.name}",
            f"/odoo/payment-plans/{plan.id}",
            f"/odoo/collection-promises/{promise.id}",
            "accepted",
        ):
            self.assertIn(expected, timeline)
        self.assertEqual(self.customer.collection_promise_count, 1)
        self.assertEqual(self.customer.collection_plan_count, 1)
        stranger = self._create_customer("Acme <b>Sons</b>")
        self.assertFalse(stranger.collection_timeline)

    def _links(self, customer):
        """Return the links of the timeline and the records that they open."""
        customer.invalidate_recordset(["collection_timeline"])
        links = fragment_fromstring(customer.collection_timeline).findall(".//a")
        records = []
        for link in links:
            *_root, path, record_id = link.get("href").split("/")
            action = self.env["ir.actions.act_window"].search([("path", "=", path)])
            records.append(self.env[action.res_model].browse(int(record_id)))
        return links, records

    def test_the_timeline_tells_of_reminders_disputes_and_claims(self):
        self.company.collection_sending = False
        self._level_of(1).name = "<b>First</b> & last"
        reminder = self._launch().action_ids
        reminder._finish("sent")
        claim = self.env["recouvrement.penalty.claim"]._claim_customers(
            self.customer, TODAY
        )
        claim.action_claim()
        reason = self.env.ref("recouvrement_b2b.dispute_reason_price")
        dispute = self.env["recouvrement.dispute"].create(
            {"move_id": self.first.id, "reason_id": reason.id}
        )
        links, records = self._links(self.customer)
        self.assertCountEqual(records, [reminder, claim, dispute])
        self.assertTrue(all(record.exists() for record in records))
        texts = {record: link.text for record, link in zip(records, links, strict=True)}
        # written as it is called, not as a bold word
        self.assertIn("<b>First</b> & last", texts[reminder])
        self.assertIn("97.81", texts[claim].replace(",", "."))  # 17.81 + 2 x 40
        self.assertIn(self.first.name, texts[dispute])

    def test_the_timeline_keeps_the_latest_forty_events(self):
        actions = self.env["recouvrement.action"].create(
            [
                {
                    "channel": "call",
                    "kind": "manual",
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "currency_id": self.euro.id,
                    "state": "done",
                    "date_done": TODAY - timedelta(days=days),
                }
                for days in range(45)
            ]
        )
        self.env["recouvrement.dispute"].create(
            {
                "move_id": self.first.id,
                "reason_id": self.env.ref("recouvrement_b2b.dispute_reason_price").id,
            }
        )
        _links, records = self._links(self.customer)
        self.assertEqual(len(records), 40)
        calls = [record for record in records if record._name == actions._name]
        self.assertEqual(calls, list(actions[:39]))

    def test_plans_as_a_workbook(self):
        plan = self._agreed()
        self._pay(self.first, 700, day("2026-06-16"))
        book = load_workbook(io.BytesIO(self.env["recouvrement.xlsx"].plans(plan)))
        rows = list(book.active.iter_rows(min_row=5, max_row=7, values_only=True))
        self.assertEqual([row[0] for row in rows], [plan.name] * 3)
        self.assertEqual([row[6] for row in rows], [500, 500, 500])
        self.assertEqual([row[7] for row in rows], [500, 200, 0])
        self.assertTrue(plan.action_export())
