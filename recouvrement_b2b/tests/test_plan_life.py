"""The whole life of a plan, and what the shorter tests of plans leave out."""

from freezegun import freeze_time

from odoo.tests import tagged

from .common import TODAY, day
from .plans import PlanCommon


@tagged("post_install", "-at_install")
class TestPlanLife(PlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.collection_sending = False  # see test_commitment_messages

    def _interest(self, date):
        """Return the late-payment penalties of both invoices, on a day."""
        with freeze_time(f"{date} 08:00:00"):
            return [
                self._breakdown(move, day(date))["interest"]
                for move in (self.first, self.second)
            ]

    def _messages(self, plan, name):
        """Return the messages of a plan made from a shipped template."""
        template = self.env.ref(f"recouvrement_b2b.mail_template_plan_{name}")
        messages = self.env["recouvrement.action"].search(
            [("plan_id", "=", plan.id), ("email_template_id", "=", template.id)]
        )
        return messages.sorted("date_planned")

    def _state(self, plan):
        """Return the state of a plan, what is paid of it, and what is left."""
        return plan.state, plan.paid, plan.remaining

    # --- made, signed, followed, broken, resumed ---

    def test_from_the_first_reminder_to_the_next_level(self):
        """1,000 since 30 April and 500 since 31 May: reminded, planned, not kept."""
        plan = self._remind_and_propose()
        self._sign(plan)
        self._pay_the_first_instalment(plan)
        self._miss_the_second_one(plan)
        self._break(plan)
        self._resume()

    def _remind_and_propose(self):
        """15 June: the first level of the policy goes out, then a plan is proposed."""
        reminder = self._launch().action_ids
        self.assertEqual(reminder.level_id, self._level_of(1))
        reminder._finish("sent")
        plan = self._plan(penalty_regime="suspended")
        plan.action_propose()
        self.assertEqual(self._state(plan), ("proposed", 0.0, 1500.0))
        for invoice in (self.first, self.second):
            self.assertDecision(invoice, "hold", "held")
        return plan

    def _sign(self, plan):
        """17 June: signed; penalties stop at 47 days on 1,000 and 16 on 500."""
        with freeze_time("2026-06-17 08:00:00"):
            self._accept(plan)
        self.assertEqual(plan.date_accepted, day("2026-06-17"))
        self.assertEqual(self._interest("2026-06-16"), [15.65, 2.66])
        self.assertEqual(self._interest("2026-06-29"), [15.65, 2.66])

    def _pay_the_first_instalment(self, plan):
        """29 June: 500 on the older invoice, a day before the date agreed."""
        self._judge(plan, "2026-06-27")
        with freeze_time("2026-06-29 08:00:00"):
            self._pay(self.first, 500, day("2026-06-29"))
        self.assertEqual(self._state(plan), ("active", 500.0, 1000.0))
        self.assertEqual(
            self._instalments(plan),
            [
                ("2026-06-30", 500.0, 500.0, "paid"),
                ("2026-07-30", 500.0, 0.0, "due"),
                ("2026-08-30", 500.0, 0.0, "due"),
            ],
        )

    def _miss_the_second_one(self, plan):
        """30 July: nothing comes; after five days of grace, notice on 5 August."""
        self._judge(plan, "2026-07-27")
        self._judge(plan, "2026-08-04")
        self.assertEqual(self._instalments(plan)[1][3], "late")
        self.assertFalse(plan.date_notice)
        self._judge(plan, "2026-08-05")
        self.assertEqual(self._instalments(plan)[1][3], "missed")
        self.assertEqual((plan.state, plan.date_notice), ("active", day("2026-08-05")))
        self.assertEqual(self._messages(plan, "notice").amount, 500.0)

    def _break(self, plan):
        """13 August is the last day to catch up: the plan ends on 14 August."""
        self._judge(plan, "2026-08-13")
        self.assertEqual(self._state(plan), ("active", 500.0, 1000.0))
        self.assertEqual(self._interest("2026-08-13"), [15.65, 2.66])
        self.assertDecision(self.first, "hold", "held", as_of=day("2026-08-13"))
        self._judge(plan, "2026-08-14")
        self.assertEqual(self._state(plan), ("defaulted", 500.0, 1000.0))
        self.assertEqual(plan.date_closed, day("2026-08-14"))
        self.assertEqual(set(plan.hold_ids.mapped("state")), {"closed"})
        self.assertIn(self.euro.format(1000.0), plan.activity_ids.summary)
        # The penalties suspended are due again, on what was open on each day:
        # 60 days on 1,000 and 1 on 500 at 12.15 %, then 45 on 500 at 12.40 %;
        # 30 days at 12.15 % and 45 at 12.40 % on 500.
        self.assertEqual(
            self._interest("2026-08-14"),
            [27.78, 12.63],  # 19.97 + 0.17 + 7.64, 4.99 + 7.64
        )

    def _resume(self):
        """14 August: collection goes on at the level after the one reached."""
        level = self._level_of(10)
        with freeze_time("2026-08-14 08:00:00"):
            for invoice in (self.first, self.second):
                self.assertDecision(
                    invoice,
                    "chase",
                    "due",
                    as_of=day("2026-08-14"),
                    level_id=level.id,
                    amount_to_chase=500.0,
                )
            resumed = self._launch().action_ids
        self.assertEqual((resumed.level_id, resumed.amount), (level, 1000.0))

    # --- reminders before instalments ---

    def test_each_instalment_is_reminded_once_three_days_before(self):
        plan = self._agreed()
        for before, reminded, after, paid in (
            ("2026-06-26", "2026-06-27", "2026-06-28", "2026-06-29"),
            ("2026-07-26", "2026-07-27", "2026-07-28", "2026-07-30"),
            ("2026-08-26", "2026-08-27", "2026-08-28", "2026-08-30"),
        ):
            count = len(self._messages(plan, "reminder"))
            self._judge(plan, before)
            self.assertEqual(len(self._messages(plan, "reminder")), count)
            for date in (reminded, reminded, after):
                self._judge(plan, date)
                self.assertEqual(len(self._messages(plan, "reminder")), count + 1)
            open_ones = (self.first + self.second).filtered("amount_residual")
            self._pay(open_ones[0], 500, day(paid))
        messages = self._messages(plan, "reminder")
        self.assertEqual(
            [
                (str(each.date_planned), str(each.instalment_id.date_due), each.amount)
                for each in messages
            ],
            [
                ("2026-06-27", "2026-06-30", 500.0),
                ("2026-07-27", "2026-07-30", 500.0),
                ("2026-08-27", "2026-08-30", 500.0),
            ],
        )
        self.assertEqual(
            [str(date) for date in plan.instalment_ids.mapped("date_reminded")],
            ["2026-06-27", "2026-07-27", "2026-08-27"],
        )

    def test_who_wants_no_reminder_gets_none(self):
        plan = self._agreed()
        plan.reminder_days = 0
        for date in ("2026-06-27", "2026-06-30"):
            self._judge(plan, date)
        self.assertEqual(plan.state, "active")
        self.assertFalse(self._messages(plan, "reminder"))

    # --- payments ---

    def test_a_plan_may_leave_free_payments_alone(self):
        plan = self._agreed()
        plan.match_payments = False
        self._pay_freely(1200.0, "2026-06-16")
        self._judge(plan, "2026-06-17")
        self.assertEqual(
            (self.first.amount_residual, self.second.amount_residual), (1000.0, 500.0)
        )
        self.assertEqual((plan.paid, plan.state), (0.0, "accepted"))
        plan.match_payments = True
        self._judge(plan, "2026-06-17")
        self.assertEqual((plan.paid, plan.state), (1200.0, "active"))

    # --- each day ---

    def test_the_daily_job_judges_offers_and_plans(self):
        offer = self._plan(self.first)
        offer.action_propose()  # valid until 23 June
        plan = self._agreed(self.second)
        job = self.env.ref("recouvrement_b2b.cron_plan")
        for date, states in (
            ("2026-06-23", ("proposed", "accepted")),
            ("2026-06-27", ("cancelled", "active")),
        ):
            with freeze_time(f"{date} 04:00:00"), self.enter_registry_test_mode():
                job.method_direct_trigger()
            self.env.invalidate_all()
            self.assertEqual((offer.state, plan.state), states)
        self.assertEqual(offer.date_closed, day("2026-06-27"))
        self.assertEqual(self._messages(plan, "reminder").amount, 166.66)

    # --- penalties in the plan ---

    def test_penalties_without_indemnities_and_the_reverse(self):
        self.env["account.account"].create(
            [
                {"name": name, "code": code, "account_type": "income_other"}
                for name, code in (("Interest", "763100"), ("Indemnities", "758100"))
            ]
        )
        # 46 days on 1,000 and 15 on 500 at 12.15 %; 40 for each invoice
        for chosen, interest, indemnity, rest in (
            ("with_interest", 17.81, 0.0, 758.91),
            ("with_indemnity", 0.0, 80.0, 790.0),
        ):
            with self.subTest(chosen), self.env.cr.savepoint() as savepoint:
                wizard = self._wizard(count=2, **{chosen: True})
                added = interest + indemnity
                self.assertEqual(wizard.penalties, added)
                plan = self.env["recouvrement.plan"].browse(
                    wizard.action_apply()["res_id"]
                )
                claim = plan.claim_ids
                self.assertEqual(
                    (claim.interest, claim.indemnity), (interest, indemnity)
                )
                self.assertEqual(plan.total, 1500.0 + added)
                self.assertEqual(plan.instalment_ids[-1:].amount, rest)
                plan.action_propose()
                self._accept(plan)
                self.assertEqual(claim.invoice_ids.amount_total, added)
                self.assertEqual(claim.invoice_ids.invoice_date, TODAY)
                savepoint.rollback()
                self.env.invalidate_all()
