from datetime import timedelta

from odoo.tests import tagged

from .common import TODAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestProfile(RecouvrementCommon):
    """Profiles of payers: by rule, by hand, and what follows from them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profiles = cls.env["recouvrement.profile"]
        cls.soft = cls.policy.copy({"name": "Soft", "state": "running"})

    def _profile(self, name):
        return self.env.ref(f"recouvrement_b2b.profile_{name}")

    def _paid(self, due, late, amount=100.0, partner=None):
        """Create an invoice due ``due`` days ago and paid ``late`` days after."""
        move = self._create_due(due, amount, partner)
        self._pay(move, day=TODAY - timedelta(days=due - late))

    def _figures(self, partner=None):
        partner = partner or self.customer
        return self.profiles._get_figures(self.company, TODAY, partner)[partner.id]

    def test_figures_are_those_of_twelve_months(self):
        self._paid(100, 0)
        self._paid(90, 3)  # within the days that a transfer takes
        self._paid(80, 20, amount=300.0)
        self._paid(70, -10)  # paid before
        self._create_due(40, 500.0)  # open: late until today
        self._paid(400, 200)  # too old
        self._create_due(-5)  # not due yet
        contact = self.env["res.partner"].create(
            {"name": "Accounts", "parent_id": self.customer.id}
        )
        self._paid(60, 0, partner=contact)
        figures = self._figures()
        self.assertEqual((figures.invoices, figures.late), (6, 2))
        # 100 x 3 + 300 x 20 + 500 x 40 = 26,300 over 1,200
        self.assertEqual(figures.days_late, 22)
        self.assertEqual(figures.late_share, 33)
        self.assertEqual(
            self.customer.collection_payment_habits,
            "2 of 6 invoices of twelve months paid late (33 %), 22 days late on "
            "average",
        )

    def test_the_first_rule_that_fits_sets_the_profile(self):
        cases = {"good": 0, "often_late": 30, "occasional": 6}
        customers = {name: self._create_customer(name) for name in cases}
        for name, late in cases.items():
            for due in (100, 80, 60):
                self._paid(due, late, partner=customers[name])
        self._paid(50, 90 - 50, partner=self.customer)
        changed = self.profiles._assign(self.company)
        for name, customer in customers.items():
            self.assertIn(customer, changed)
            self.assertEqual(customer.collection_profile_id, self._profile(name))
            self.assertFalse(customer.collection_profile_manual)
        self.assertFalse(self.customer.collection_profile_id, "one invoice: no rule")
        note = customers["often_late"].message_ids[0].body
        self.assertIn("none → Often late", note)
        self.assertIn("3 of 3 invoices", note)
        self.assertFalse(self.profiles._assign(self.company), "nothing more to change")

    def test_a_broken_plan_tells_of_difficulty(self):
        move = self._create_due(30)
        values = {"partner_id": self.customer.id, "company_id": self.company.id}
        plan = (
            self.env["recouvrement.plan"]
            .sudo()
            .create({**values, "name": "P1", "currency_id": move.currency_id.id})
        )
        plan.write({"state": "defaulted", "date_closed": TODAY - timedelta(days=10)})
        self.assertEqual(self._figures().broken_plans, 1)
        self.profiles._assign(self.company)
        self.assertEqual(
            self.customer.collection_profile_id, self._profile("difficulty")
        )
        plan.date_closed = TODAY - timedelta(days=400)
        self.assertEqual(self._figures().broken_plans, 0)

    def test_promises_that_were_not_kept_are_counted(self):
        for days in (10, 40, 400):
            day = TODAY - timedelta(days=days)
            self.env["recouvrement.promise"].sudo().create(
                {
                    "partner_id": self.customer.id,
                    "currency_id": self.company.currency_id.id,
                    "amount": 100,
                    "date_made": day,
                    "date_promised": day,
                }
            ).state = "broken"
        self.profiles._assign(self.company)
        self.assertEqual(self.customer.collection_profile_id, self._profile("promises"))
        self.assertIn("broken promises: 2", self.customer.message_ids[0].body)

    def test_several_disputes_tell_who_contests(self):
        reason = self.env["recouvrement.dispute.reason"].search([], limit=1)
        for _count in range(3):
            self.env["recouvrement.dispute"].create(
                {"move_id": self._create_due(10).id, "reason_id": reason.id}
            )
        self.profiles._assign(self.company)
        self.assertEqual(self.customer.collection_profile_id, self._profile("disputes"))
        self.assertIn("disputes: 3", self.customer.message_ids[0].body)

    def test_rules_never_replace_what_a_person_set(self):
        for due in (100, 80, 60):
            self._paid(due, 0)
        strategic = self._profile("strategic")
        self.customer.collection_profile_id = strategic
        self.assertTrue(self.customer.collection_profile_manual)
        self.assertIn("Strategic customer (by hand)", self.customer.message_ids[0].body)
        self.profiles._assign(self.company)
        self.assertEqual(self.customer.collection_profile_id, strategic)
        self.customer.action_collection_profile_rule()
        self.assertEqual(self.customer.collection_profile_id, self._profile("good"))
        self.assertFalse(self.customer.collection_profile_manual)
        self.customer.collection_profile_id = strategic
        self.customer.collection_profile_id = False
        self.assertFalse(self.customer.collection_profile_manual)
        other = self._create_customer("Late", collection_profile_id=strategic.id)
        self.assertTrue(other.collection_profile_manual)

    def test_the_profile_is_the_company_s_own(self):
        company = self.env["res.company"].create({"name": "Sister"})
        self.customer.collection_profile_id = self._profile("strategic")
        self.assertFalse(self.customer.with_company(company).collection_profile_id)

    def test_the_profile_chooses_the_policy(self):
        """The customer's own, the profile's, by filter, the default: in this order."""
        customer, policies = self.customer, self.env["recouvrement.policy"]
        profile = self._profile("good")
        profile.policy_id = self.soft
        by_filter = self.policy.copy({"name": "Filter", "state": "running"})

        def chosen():
            return policies._for_partners(customer, self.company)[customer]

        self.assertEqual(chosen(), self.policy)
        by_filter.partner_domain = f"[('id', '=', {customer.id})]"
        self.assertEqual(chosen(), by_filter)
        customer.collection_profile_id = profile
        self.assertEqual(chosen(), self.soft)
        self.assertEqual(customer.collection_applied_policy_id, self.soft)
        move = self._create_due(12)
        self.assertEqual(self._decide(move)["policy_id"], self.soft.id)
        customer.collection_policy_id = self.policy
        self.assertEqual(chosen(), self.policy)
        customer.collection_policy_id = False
        self.soft.action_draft()
        self.assertDecision(move, "exclude", "no_policy")
        profile.policy_id = False
        self.assertEqual(chosen(), by_filter)

    def test_hints_stand_beside_the_call_script(self):
        self._level_of(1).write({"make_call": True, "send_email": False})
        self.customer.collection_profile_id = self._profile("often_late")
        self._create_due(12)
        call = self._launch().action_ids.with_user(self.collector)
        self.assertEqual(call.profile_id, self._profile("often_late"))
        self.assertIn("one day, one amount", call.profile_hints)
        found = call.search([("profile_id", "=", call.profile_id.id)])
        self.assertEqual(found, call)
        self.assertIn(self.customer.id, self._customers_of(call.profile_id))

    def _customers_of(self, profile):
        action = profile.action_view_customers()
        return self.env["res.partner"].search(action["domain"]).ids

    def test_nobody_in_difficulty_gets_a_formal_notice_by_itself(self):
        policy = self._profile("difficulty").policy_id
        self.assertEqual(policy.state, "running")
        self.assertFalse(any(policy.level_ids.mapped("formal_notice")))
        for level in policy.level_ids:
            self.assertFalse(level._missing_text(), level.display_name)

    def test_queries_do_not_grow_with_customers(self):
        def count(number):
            for index in range(number):
                customer = self._create_customer(f"{number} {index}")
                for due in (100, 80, 60):
                    self._create_due(due, partner=customer)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(self.profiles._assign(self.company)), number)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(1)
        few, many = count(2), count(12)
        self.assertLessEqual(many, few + 2)

    def test_the_weekly_action_looks_at_every_company(self):
        for due in (100, 80, 60):
            self._paid(due, 0)
        changed = self.profiles._cron_assign_once()
        self.assertIn(self.customer, changed)
        self.assertEqual(self.customer.collection_profile_id, self._profile("good"))
