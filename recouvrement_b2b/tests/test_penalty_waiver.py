"""Penalties waived, at once or on condition: who may, what it gives, what returns."""

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import day
from .documents import text_of
from .penalties import ClaimCommon


@tagged("post_install", "-at_install")
class TestPenaltyWaiver(ClaimCommon):
    # --- waiving ---

    def test_a_manager_waives_and_takes_back(self):
        claim = self._claimed()
        waiver = self._waive(claim, scope="amount", amount=200)
        self.assertEqual((waiver.interest, waiver.indemnity), (183.75, 16.25))
        self.assertEqual((claim.state, claim.amount_due), ("partly_waived", 23.75))
        claim.action_invoice()
        self.assertEqual(claim.invoice_ids.amount_total, 23.75)
        other = self._claim()
        self.assertFalse(other, "what was waived is not claimed again")
        self.assertEqual(claim.state, "invoiced")

    def test_all_waived_then_taken_back_is_claimed_again(self):
        claim = self._claimed()
        waiver = self._waive(claim)
        self.assertEqual((claim.state, claim.waived), ("waived", 223.75))
        waiver.action_revoke()
        self.assertEqual((claim.state, claim.amount_due), ("claimed", 223.75))
        with self.assertRaisesRegex(UserError, "decided otherwise"):
            waiver.action_revoke()

    def test_more_than_is_claimed_cannot_be_waived(self):
        claim = self._claimed()
        with self.assertRaisesRegex(UserError, "at most what is still claimed"):
            self._waive(claim, scope="amount", amount=300)
        with (
            self.assertRaisesRegex(ValidationError, "no more"),
            self.env.cr.savepoint(),
        ):
            self.env["recouvrement.penalty.waiver"].create(
                {"claim_id": claim.id, "interest": 200.0, "reason": "Too much"}
            )
        self._waive(claim, scope="interest")
        with self.assertRaisesRegex(UserError, "Nothing is left"):
            self._waive(claim, scope="interest")

    def test_a_waiver_after_the_invoice_makes_a_credit_note(self):
        claim = self._claimed()
        claim.action_invoice()
        invoice = claim.invoice_ids
        waiver = self._waive(claim, scope="indemnity")
        self.assertEqual(waiver.move_id.move_type, "out_refund")
        self.assertEqual(waiver.move_id.amount_total, 40.0)
        self.assertFalse(waiver.move_id.invoice_line_ids.tax_ids)
        self.assertEqual(invoice.amount_residual, 183.75)
        waiver.action_revoke()
        open_amount = sum(claim.invoice_ids.mapped("amount_residual"))
        self.assertEqual(open_amount, 223.75, "invoiced again")

    def test_a_collector_asks_and_a_manager_decides(self):
        claim = self._claimed()
        waiver = self._waive(claim, user=self.collector)
        self.assertEqual((waiver.state, waiver.user_id), ("requested", self.collector))
        self.assertEqual(claim.state, "claimed")
        self.assertEqual(
            claim.activity_ids.user_id, self.company._get_collection_manager()
        )
        with self.assertRaises(AccessError):
            waiver.with_user(self.collector).action_approve()
        with self.assertRaises(AccessError):
            waiver.with_user(self.collector).state = "granted"
        waiver.action_approve()
        self.assertEqual((claim.state, claim.activity_ids.ids), ("waived", []))
        self.assertEqual(waiver.approver_id, self.env.user)

    def test_a_refused_waiver_leaves_the_claim(self):
        claim = self._claimed()
        waiver = self._waive(claim, user=self.collector)
        waiver.action_refuse()
        self.assertEqual((waiver.state, claim.state), ("refused", "claimed"))

    def test_a_waiver_granted_before_the_invoice_and_taken_back_is_billed(self):
        claim = self._claimed()
        waiver = self._waive(claim, scope="indemnity")
        claim.action_invoice()
        self.assertEqual(claim.invoice_ids.amount_total, 183.75)
        waiver.action_revoke()
        self.assertEqual(sum(claim.invoice_ids.mapped("amount_total")), 223.75)
        self.assertEqual(claim.amount_due, 223.75)

    def test_no_more_is_waived_than_is_still_to_be_paid(self):
        claim = self._claimed()
        claim.action_invoice()
        self._pay(claim.invoice_ids, 100)
        self.assertEqual(claim.amount_due, 123.75)
        waiver = self._waive(claim)
        self.assertEqual(waiver.amount, 123.75)
        self.assertEqual(waiver.move_id.amount_total, 123.75)
        self.assertEqual(claim.amount_due, 0.0)

    def test_nobody_changes_a_claim_by_hand(self):
        claim = self._claimed()
        for values in (
            {"date_claimed": False},
            {"waived": 223.75},
            {"is_cancelled": True},
            {"state": "paid"},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                claim.with_user(self.collector).write(values)
        claim.with_user(self.collector).user_id = self.collector
        self._waive(claim)
        with self.assertRaisesRegex(AccessError, "Only a collection manager"):
            claim.with_user(self.collector).action_cancel()

    # --- on condition ---

    def _offer(self, until="2026-06-30"):
        claim = self._claimed()
        return claim, self._waive(claim, is_conditional=True, condition_date=day(until))

    def _judge(self, date):
        with freeze_time(f"{date} 08:00:00"):
            waivers = self.env["recouvrement.penalty.waiver"]
            waivers._get_offers(day(date))._judge(day(date))

    def test_an_offer_kept_waives_the_days_to_the_payment_as_well(self):
        claim, offer = self._offer()
        self.assertEqual(
            (claim.state, claim.offer_date), ("claimed", day("2026-06-30"))
        )
        with self.assertRaisesRegex(UserError, "offered to be waived"):
            claim.action_invoice()
        self._judge("2026-06-20")
        self.assertEqual(offer.state, "offered")
        self._pay(self.late, day=day("2026-06-25"))
        self._judge("2026-06-26")
        self.assertEqual((offer.state, claim.state), ("granted", "waived"))
        # 56 days in all: 46 claimed, and the 10 up to the payment
        self.assertEqual(sum(claim.line_ids.mapped("days")), 56)
        self.assertEqual(claim.date_to, day("2026-06-25"))
        with freeze_time("2026-09-01"):
            self.assertFalse(self._claim(day("2026-09-01")), "nobody asks for 10 days")

    def test_an_offer_kept_on_an_invoiced_claim_credits_what_was_invoiced(self):
        claim = self._claimed()
        claim.action_invoice()
        offer = self._waive(
            claim, is_conditional=True, condition_date=day("2026-06-30")
        )
        self._pay(self.late, day=day("2026-06-25"))
        self._judge("2026-06-26")
        self.assertEqual((offer.state, claim.state), ("granted", "waived"))
        self.assertEqual(offer.move_id.amount_total, 223.75)
        with freeze_time("2026-09-01"):
            self.assertFalse(self._claim(day("2026-09-01")))

    def test_two_offers_in_turn_are_judged_without_harm(self):
        claim, first = self._offer("2026-06-20")
        self._judge("2026-06-27")
        self.assertEqual(first.state, "lapsed")
        with freeze_time("2026-06-27 08:00:00"):
            second = self._waive(
                claim, is_conditional=True, condition_date=day("2026-07-15")
            )
            self._pay(self.late, day=day("2026-06-19"))
        self._judge("2026-06-28")
        granted = (first + second).filtered(lambda each: each.state == "granted")
        self.assertEqual(len(granted), 1)
        self.assertEqual((claim.state, claim.amount_due), ("waived", 0.0))

    def test_a_transfer_to_another_account_does_not_keep_an_offer(self):
        claim, offer = self._offer()
        payment = self._pay(self.late, day=day("2026-06-20"))
        payment.move_id.collection_transfer = True
        self._judge("2026-06-21")
        self.assertEqual((offer.state, claim.state), ("offered", "claimed"))

    def test_an_offer_not_kept_returns_by_itself(self):
        claim, offer = self._offer()
        self._judge("2026-07-02")
        self.assertEqual(offer.state, "offered", "payments on their way have five days")
        self._judge("2026-07-06")
        self.assertEqual((offer.state, claim.state), ("lapsed", "claimed"))
        self.assertEqual(claim.amount_due, 223.75)
        self.assertIn("due again", claim.activity_ids.summary)
        claim.action_invoice()
        self.assertEqual(claim.state, "invoiced")

    def test_a_payment_recorded_late_but_made_in_time_keeps_the_offer(self):
        claim, offer = self._offer()
        self._judge("2026-07-06")
        self._pay(self.late, day=day("2026-06-29"))
        self._judge("2026-07-10")
        self.assertEqual((offer.state, claim.state), ("granted", "waived"))

    def test_a_returned_payment_brings_the_penalties_back(self):
        claim, offer = self._offer()
        self._pay(self.late, day=day("2026-06-25"))
        self._judge("2026-06-26")
        self.assertEqual(claim.state, "waived")
        self._receivable(self.late).remove_move_reconcile()
        self._judge("2026-07-08")
        self.assertEqual((offer.state, claim.state), ("lapsed", "claimed"))

    def test_a_part_payment_does_not_keep_an_offer(self):
        claim, offer = self._offer()
        self._pay(self.late, 11999, day("2026-06-25"))
        self._judge("2026-06-26")
        self.assertEqual(offer.state, "offered")
        self._judge("2026-07-06")
        self.assertEqual((offer.state, claim.state), ("lapsed", "claimed"))

    def test_the_document_holds_the_frozen_rows_and_the_offer(self):
        claim, _offer = self._offer()
        self._pay(self.late, 6000, day("2026-05-15"))
        pages = self.env["recouvrement.penalty.claim.page"]._get_pages(claim)
        text = text_of(self.env["recouvrement.document"]._render_all(pages)[claim.id])
        for expected in (claim.name, "183.75", "40.00", "46", "12.15", "06/30/2026"):
            self.assertIn(expected, text)
        self.assertIn("we waive these penalties if", text)
        self.assertTrue(claim.action_print())

    def test_the_form_that_waives_opens_and_asks_why(self):
        claim = self._claimed()
        action = claim.action_waive()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_apply()
        wizard.reason = "First incident of a good customer"
        wizard.action_apply()
        self.assertEqual(claim.state, "waived")
