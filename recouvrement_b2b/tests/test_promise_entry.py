"""Promises from a call or a reply, the daily job, and where collection goes on."""

from freezegun import freeze_time

from odoo.tests import Form, tagged

from .common import day
from .plans import PlanCommon


@tagged("post_install", "-at_install")
class TestPromiseEntry(PlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.collection_sending = False  # see test_commitment_messages
        cls.accountant = cls.env["res.partner"].create(
            {
                "name": "Anne Petit",
                "parent_id": cls.customer.id,
                "email": "anne@example.com",
            }
        )

    def _saved(self, action, date="2026-06-19"):
        """Fill in the form of a promise as a person does, save it, record it."""
        form = Form(
            self.env[action["res_model"]].with_context(**action["context"]),
            "recouvrement_b2b.recouvrement_promise_view_form_new",
        )
        form.date_promised = date
        promise = form.save()
        promise.action_open()
        return promise

    def _reminder(self, channel="email"):
        """Return the reminder of the first level, by a channel."""
        self._level_of(1).write(
            {"send_email": channel == "email", "make_call": channel == "call"}
        )
        reminder = self._launch().action_ids
        self.assertEqual(reminder.channel, channel)
        reminder.contact_id = self.accountant
        return reminder

    def _assert_recorded(self, promise, channel):
        self.assertEqual((promise.state, promise.amount), ("open", 1500.0))
        self.assertEqual(
            (promise.partner_id, promise.contact_id), (self.customer, self.accountant)
        )
        self.assertEqual(promise.channel, channel)
        self.assertEqual(promise.line_ids.move_id, self.first + self.second)
        for invoice in (self.first, self.second):
            self.assertDecision(invoice, "hold", "held")

    def test_a_promise_made_on_the_phone_keeps_who_and_how(self):
        call = self._reminder("call")
        call.write({"outcome": "promise", "first_answer": "Pays on Friday"})
        promise = self._saved(call.action_call_done())
        self._assert_recorded(promise, "call")
        self.assertEqual(promise.note, "Pays on Friday")

    def test_a_promise_made_in_a_reply_can_be_saved(self):
        reminder = self._reminder("email")
        reminder._finish("sent")
        promise = self._saved(reminder.action_promise())
        self._assert_recorded(promise, "email")

    def test_broken_collection_goes_on_after_the_level_that_was_reached(self):
        """The first level on 15 June, a promise until 23 June, the second level."""
        self._reminder()._finish("sent")
        self._saved(self.first.action_promise())
        promise = self.first.collection_promise_ids
        with freeze_time("2026-06-24 06:00:00"):
            promise._judge(day("2026-06-24"))
            self.assertEqual(promise.state, "broken")
            self.assertDecision(
                self.first,
                "chase",
                "due",
                as_of=day("2026-06-24"),
                level_id=self._level_of(10).id,
            )
            resumed = self._launch().action_ids
        self.assertEqual(resumed.level_id, self._level_of(10))
        self.assertIn(self.first, resumed.due_line_ids.move_id)

    def test_the_daily_job_judges_promises(self):
        promise = self._saved(self.first.action_promise())
        job = self.env.ref("recouvrement_b2b.cron_promise")
        for date, state in (("2026-06-23", "open"), ("2026-06-24", "broken")):
            with freeze_time(f"{date} 04:00:00"), self.enter_registry_test_mode():
                job.method_direct_trigger()
            self.env.invalidate_all()
            self.assertEqual(promise.state, state)
        self.assertEqual(promise.date_judged, day("2026-06-24"))

    def test_no_thanks_where_the_company_sends_none(self):
        self.company.collection_promise_thanks = False
        promise = self._saved(self.first.action_promise())
        self._pay(self.first, day=day("2026-06-15"))
        self.assertEqual(promise.state, "kept")
        self.assertFalse(
            self.env["recouvrement.action"].search([("promise_id", "=", promise.id)])
        )
