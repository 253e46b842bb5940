from odoo.tests import HttpCase, tagged

from .common import TODAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestTours(RecouvrementCommon, HttpCase):
    """The screens, in a real browser, as a collector and a manager use them."""

    browser_size = "1600,900"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.collection_sending = False
        cls.manager = cls.env["res.users"].create(
            {
                "name": "Marc",
                "login": "marc",
                "password": "marc-marc",
                "company_id": cls.company.id,
                "company_ids": [(6, 0, cls.company.ids)],
                "group_ids": [
                    (6, 0, cls.env.ref("base.group_user").ids),
                    (4, cls.env.ref("recouvrement_b2b.recouvrement_group_manager").id),
                ],
            }
        )
        cls.collector.password = "claire-claire"

    def test_handle_the_worklist(self):
        self._level_of(1).write(
            {"send_email": False, "send_letter": True, "approval": True}
        )
        customers = {
            name: self._create_customer(name)
            for name in ("Gros", "Moyen", "Petit", "Attente", "Patience")
        }
        for amount, partner in zip(
            (9000, 5000, 900, 800, 700), customers.values(), strict=True
        ):
            self._create_due(12, amount=amount, partner=partner)
        actions = self._launch().action_ids.grouped("partner_id")
        self.start_tour("/odoo", "recouvrement_worklist_tour", login="claire")
        states = {name: actions[customer].state for name, customer in customers.items()}
        self.assertEqual(
            states,
            {
                "Gros": "approved",
                "Moyen": "approved",
                "Petit": "done",
                "Attente": "proposed",
                "Patience": "proposed",
            },
        )
        holds = self.env["recouvrement.hold"].search([])
        self.assertEqual(holds.partner_id, customers["Attente"] + customers["Patience"])
        self.assertEqual(set(holds.mapped("note")), {"Waits for a credit note"})

    def test_make_a_call(self):
        self._level_of(1).write(
            {
                "send_email": False,
                "make_call": True,
                "call_script": "<p>Ask when they pay.</p>",
            }
        )
        self._create_due(12)
        call = self._launch().action_ids
        self.start_tour("/odoo", "recouvrement_call_tour", login="claire")
        self.assertEqual((call.state, call.outcome), ("done", "reached"))
        self.assertEqual(call.first_answer, "The order number is missing")
        self.assertFalse(call.activity_ids)

    def test_write_try_and_start_a_policy(self):
        self._create_due(12)
        self.start_tour("/odoo", "recouvrement_policy_tour", login="marc")
        policy = self.env["recouvrement.policy"].search([("name", "=", "Tour policy")])
        self.assertEqual(policy.state, "running")
        self.assertEqual(policy.level_ids.days, 7)
        self.assertTrue(policy.level_ids.make_call)

    def _open_customer(self, tour, login):
        url = f"/odoo/res.partner/{self.customer.id}"
        self.start_tour(url, tour, login=login)

    def test_agree_on_a_payment_plan(self):
        self._create_due(46, amount=1000.0)
        self._open_customer("recouvrement_plan_tour", "claire")
        plan = self.env["recouvrement.plan"].search([])
        self.assertEqual((plan.state, plan.acceptance), ("accepted", "email"))
        self.assertEqual(plan.instalment_ids.mapped("amount"), [250.0] * 4)
        self.assertEqual(plan.user_id, self.collector)

    def test_record_a_promise(self):
        self._create_due(46, amount=1000.0)
        self._open_customer("recouvrement_promise_tour", "claire")
        promise = self.env["recouvrement.promise"].search([])
        self.assertEqual((promise.state, promise.amount), ("open", 1000.0))

    def test_claim_and_waive_penalties(self):
        self.env.ref("base.EUR").active = True
        self._create_due(46, currency_id=self.env.ref("base.EUR").id)
        self._open_customer("recouvrement_penalty_tour", "marc")
        claim = self.env["recouvrement.penalty.claim"].search([])
        self.assertEqual((claim.state, claim.waived), ("waived", claim.amount))

    def test_the_cards_of_plans_and_promises_open(self):
        """A view may be valid and still not open in the browser."""
        invoice = self._create_due(46, amount=1000.0)
        plans = self.env["recouvrement.plan.create"]
        plans.browse(plans._action_open(self.customer)["res_id"]).action_apply()
        action = invoice.action_promise()
        promises = self.env["recouvrement.promise"].with_context(**action["context"])
        promises.create({"date_promised": TODAY}).action_open()
        for path in ("payment-plans", "collection-promises"):
            self.start_tour(f"/odoo/{path}", "recouvrement_cards_tour", login="marc")

    def test_the_calendars_of_promises_and_instalments_open(self):
        promised, planned = self._create_due(46), self._create_due(12, amount=900.0)
        action = promised.action_promise()
        promises = self.env["recouvrement.promise"].with_context(**action["context"])
        promises.create({"date_promised": "2026-06-19"}).action_open()
        wizard = planned.action_payment_plan()
        plan = self.env[wizard["res_model"]].browse(wizard["res_id"])
        plan = self.env["recouvrement.plan"].browse(plan.action_apply()["res_id"])
        plan.action_propose()
        plan._accept(date_accepted=TODAY, acceptance="email", accepted_by="Mrs Durand")
        for path, tour in (
            ("collection-promises", "recouvrement_promise_calendar_tour"),
            ("payment-plan-instalments", "recouvrement_calendar_tour"),
            ("payment-plans", "recouvrement_instalment_calendar_tour"),
        ):
            self.start_tour(f"/odoo/{path}", tour, login="claire")


@tagged("post_install", "-at_install")
class TestPhoneTour(RecouvrementCommon, HttpCase):
    """The same on a phone."""

    browser_size = "390,844"
    touch_enabled = True

    def test_approve_and_note_a_call_back(self):
        self.company.collection_sending = False
        self.collector.password = "claire-claire"
        self._level_of(1).write(
            {"send_email": False, "send_letter": True, "approval": True}
        )
        self._create_due(12)
        letter = self._launch().action_ids
        self.start_tour("/odoo", "recouvrement_phone_tour", login="claire")
        self.assertEqual(letter.state, "approved")
        contact = self.customer.collection_action_ids - letter
        self.assertEqual((contact.direction, contact.note), ("in", "Pays on Friday"))
