"""What a factor has to be told about the invoices that it has."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, day
from .documents import text_of
from .factoring_payee import FACTOR, FactoringPayeeCommon


@tagged("post_install", "-at_install")
class TestFactoringNotice(FactoringPayeeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls._create_due(5)
        cls.reason = cls.env.ref("recouvrement_b2b.dispute_reason_price")

    def _sign(self, contract=None):
        return self._remit(self.move, contract).line_ids

    def _dispute(self, move=None, **values):
        return self.env["recouvrement.dispute"].create(
            {
                "move_id": (move or self.move).id,
                "reason_id": self.reason.id,
                **values,
            }
        )

    def _told(self, line):
        return [(notice.kind, notice.amount) for notice in line.notice_ids.sorted("id")]

    def _credit(self, amount):
        credit = self._create_due(5, amount=amount, move_type="out_refund")
        (self._receivable(self.move) + self._receivable(credit)).reconcile()
        return credit

    # --- events ---

    def test_dispute_is_told_to_the_owner_of_the_contract(self):
        line = self._sign()
        self._dispute(scope="part", amount=300)
        (notice,) = line.notice_ids
        self.assertEqual(
            (notice.kind, notice.amount, notice.date, notice.note),
            ("dispute", 300, TODAY, self.reason.name),
        )
        activity = line.assignment_id.activity_ids
        self.assertEqual(
            activity.activity_type_id,
            self.env.ref("recouvrement_b2b.activity_factor"),
        )
        self.assertEqual(activity.user_id, self.collector)
        self.assertIn(self.move.name, activity.summary)
        self.assertTrue(line.to_tell)
        self.assertFalse(line.notice_date)

    def test_dispute_that_ends_and_comes_back(self):
        line = self._sign()
        dispute = self._dispute()
        dispute.action_withdraw()
        kinds = [kind for kind, _amount in self._told(line)]
        self.assertEqual(kinds, ["dispute", "dispute_closed"])
        dispute.write({"answer_date": day("2026-07-01")})
        self.assertEqual(len(line.notice_ids), 2, "an event is told once")

    def test_credit_note(self):
        line = self._sign()
        credit = self._credit(200)
        self.assertEqual(self._told(line), [("credit", 200)])
        self.assertEqual(line.notice_ids.note, credit.name)
        self.assertEqual(line.amount_to_pass, 200)

    def test_credit_note_that_is_assigned_is_known(self):
        credit = self._create_due(5, amount=200, move_type="out_refund")
        self._remit(self.move + credit)
        (self._receivable(self.move) + self._receivable(credit)).reconcile()
        self.assertFalse(self.move.assignment_line_ids.notice_ids)

    def test_payment_to_us(self):
        line = self._sign()
        self._pay(self.move, 300, day("2026-06-12"))
        self._pay(self.move, 200, day("2026-06-13"))
        self.assertEqual(self._told(line), [("payment", 300), ("payment", 200)])
        dates = line.notice_ids.sorted("id").mapped("date")
        self.assertEqual(dates, [day("2026-06-12"), day("2026-06-13")])

    def test_payment_to_us_is_nothing_special_when_confidential(self):
        line = self._sign(self.confidential)
        self._pay(self.move, 300)
        self.assertFalse(line.notice_ids)
        self._credit(100)
        self._dispute()
        kinds = [kind for kind, _amount in self._told(line)]
        self.assertEqual(kinds, ["credit", "dispute"])

    def test_what_the_factor_said_itself_is_not_told(self):
        line = self._sign()
        self._record(line, "customer_payment", 400, TODAY)
        self._pay(self.move, 100)
        self._record(line, "collected", 100, TODAY)
        self.assertEqual(self._told(line), [("payment", 100)])
        self._record(line, "return", 500, TODAY)
        self.assertFalse(line.notice_ids)

    def test_booked_later_is_not_told(self):
        flags = self._contract(
            name="Flags", accounting=False, currency_ids=[(6, 0, self.euro.ids)]
        )
        line = self._sign(flags)
        self._record(line, "customer_payment", 400, TODAY)
        self._pay(self.move, 400)
        self.assertFalse(line.notice_ids)

    def test_promise(self):
        line = self._sign()
        action = self.move.action_promise()
        promises = self.env["recouvrement.promise"].with_context(**action["context"])
        promise = promises.create({"date_promised": day("2026-06-19"), "amount": 600})
        promise.action_open()
        self.assertEqual(self._told(line), [("promise", 600)])

    def test_plan(self):
        line = self._sign()
        action = self.move.action_payment_plan()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.write({"count": 2, "first_date": day("2026-06-30")})
        action = wizard.action_apply()
        plan = self.env[action["res_model"]].browse(action["res_id"])
        plan.action_propose()
        self.assertFalse(line.notice_ids)
        plan._accept(date_accepted=TODAY)
        self.assertEqual(self._told(line), [("plan", 1000)])
        self.assertEqual(line.notice_ids.note, plan.name)

    def test_insolvency(self):
        line = self._sign()
        self.customer.insolvency_date = day("2026-06-10")
        self.customer.insolvency_date = day("2026-06-10")
        self.assertEqual(self._told(line), [("insolvency", 1000)])

    def test_nobody_is_told_of_what_is_not_with_the_factor(self):
        line = self._sign()
        self._record(line, "return", 1000, TODAY)
        self._dispute()
        self.customer.insolvency_date = day("2026-06-10")
        self.assertFalse(line.notice_ids)
        self.assertFalse(line.assignment_id.activity_ids)

    def test_an_error_never_stops_the_work(self):
        self._sign()
        lines = self.env["recouvrement.assignment.line"]
        with (
            patch.object(type(lines), "_notify_factors", side_effect=ValueError),
            mute_logger("odoo.addons.recouvrement_b2b.models.recouvrement_steps"),
        ):
            self._pay(self.move, 300)
            dispute = self._dispute()
        self.assertEqual(self.move.amount_residual, 700)
        self.assertEqual(dispute.state, "open")

    # --- the letter ---

    def test_letter_to_the_factor(self):
        line = self._sign()
        self._pay(self.move, 300)
        self._dispute()
        notices = line.notice_ids
        with self.assertRaises(AccessError):
            notices.with_user(self.collector).action_letter()
        pages = self.env["recouvrement.factor.notice.page"]._get_pages(notices)
        pdf = self.env["recouvrement.document"]._render_all(pages)[self.contract.id]
        text = text_of(pdf)
        for words in (
            FACTOR,
            "C-100",
            "138001",
            self.move.name,
            line.assignment_id.name,
            self.customer.name,
            "Paid to us",
            "300.00",
            self.reason.name,
            self.collector.name,
        ):
            self.assertIn(words, text)
        action = notices.action_letter()
        self.assertEqual(action["tag"], "recouvrement_b2b.download")
        self.assertEqual(notices.mapped("date_told"), [TODAY, TODAY])
        self.assertEqual(line.notice_date, TODAY)
        self.assertFalse(line.to_tell)
        self.assertFalse(line.assignment_id.activity_ids)
        message = self.contract.message_ids.filtered("attachment_ids")
        self.assertEqual(len(message.attachment_ids), 1, "kept with the contract")

    def test_payment_lettered_again_is_told_once(self):
        line = self._sign()
        payment = self._pay(self.move, 300)
        receivable = self._receivable(payment.move_id)
        receivable.remove_move_reconcile()
        self.assertFalse(line.notice_ids, "not told yet, and true no more")
        self.assertFalse(line.assignment_id.activity_ids)
        (receivable + self._receivable(self.move)).reconcile()
        self.assertEqual(self._told(line), [("payment", 300)])
        line.notice_ids.action_told()
        receivable.remove_move_reconcile()
        (receivable + self._receivable(self.move)).reconcile()
        self.assertEqual(self._told(line), [("payment", 300)])

    def test_dispute_of_another_amount_is_told_anew(self):
        line = self._sign()
        dispute = self._dispute(scope="part", amount=100)
        dispute.amount = 300
        self.assertEqual(self._told(line), [("dispute", 300)])
        line.notice_ids.action_told()
        dispute.amount = 500
        self.assertEqual(self._told(line), [("dispute", 300), ("dispute", 500)])

    def test_nothing_is_told_of_what_came_back(self):
        line = self._sign()
        self._dispute()
        self._record(line, "return", 1000, TODAY)
        self.assertFalse(line.notice_ids)

    def test_one_letter_a_contract(self):
        other = self._create_due(6)
        self._sign()
        self._remit(other, self.confidential)
        self._dispute()
        self._dispute(other)
        notices = self.env["recouvrement.factor.notice"].search([])
        pages = self.env["recouvrement.factor.notice.page"]._get_pages(notices)
        self.assertEqual(set(pages), {self.contract.id, self.confidential.id})
        notices.action_letter()
        self.assertEqual(set(notices.mapped("date_told")), {TODAY})

    def test_told_by_other_means_ends_what_was_asked(self):
        line = self._sign()
        self._dispute()
        self._pay(self.move, 300)
        first, second = line.notice_ids.sorted("id")
        first.action_told()
        self.assertTrue(line.assignment_id.activity_ids)
        self.assertTrue(line.to_tell)
        self.assertEqual(line.assignment_id.notice_count, 1)
        second.action_told()
        self.assertFalse(line.assignment_id.activity_ids)
        self.assertFalse(line.to_tell)

    def test_the_list_of_what_is_to_be_told(self):
        line = self._sign()
        self._dispute()
        found = self.env["recouvrement.assignment.line"].search(
            [("to_tell", "=", True)]
        )
        self.assertEqual(found, line)
        action = line.assignment_id.action_tell_factor()
        notices = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(notices, line.notice_ids)

    def test_nobody_writes_notices_by_hand(self):
        line = self._sign()
        with self.assertRaises(UserError):
            self.env["recouvrement.factor.notice"].create(
                {"line_id": line.id, "kind": "payment", "origin": "me"}
            )
