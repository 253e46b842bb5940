from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import TODAY, day
from .disputes import DisputeCommon


@tagged("post_install", "-at_install")
class TestDisputeFlows(DisputeCommon):
    """What payments, credit notes and people do to disputes."""

    # --- payments ---

    def test_a_payment_closes_it_at_once_and_its_return_opens_it_again(self):
        dispute = self._dispute()
        dispute.action_wait("Could you send us the order?")
        self._pay(self.invoice, 400)
        self.assertEqual((dispute.state, dispute.amount_open), ("waiting", 600.0))
        with freeze_time("2026-06-18"):
            self._pay(self.invoice, 600, day("2026-06-18"))
            self.assertEqual(dispute.state, "settled")
            self.assertEqual(dispute.date_closed, day("2026-06-18"))
            self.assertEqual((dispute.amount_open, dispute.days_to_resolve), (0.0, 3))
            self.assertNotHeld(dispute)
        with freeze_time("2026-06-25"):
            self._receivable(self.invoice).remove_move_reconcile()
            self.assertEqual((dispute.state, dispute.state_before), ("waiting", False))
            self.assertEqual(dispute.answer_date, day("2026-06-25"), "look at it now")
            self.assertHeld(dispute)
            self.assertDecision(self.invoice, "hold", "held", day("2026-06-25"))

    def test_what_a_person_closed_stays_closed_when_a_payment_returns(self):
        dispute = self._dispute()
        dispute.action_reject("The price is that of your order.")
        self._pay(self.invoice)
        self._receivable(self.invoice).remove_move_reconcile()
        self.assertEqual(dispute.state, "rejected")
        self.assertNotHeld(dispute)

    def test_the_scheduled_action_closes_what_no_hook_saw(self):
        dispute = self._dispute()
        self._pay(self.invoice)
        dispute.sudo()._set_state("open", date_closed=False, state_before=False)
        self.env["recouvrement.dispute"]._cron_follow_once()
        self.assertEqual((dispute.state, dispute.state_before), ("settled", "open"))
        self.assertNotHeld(dispute)

    def test_a_paid_invoice_cannot_be_disputed_again(self):
        dispute = self._dispute()
        self._pay(self.invoice)
        with self.assertRaisesRegex(UserError, "nothing to dispute"):
            dispute.action_reopen()

    def test_queries_of_the_scheduled_action_do_not_grow(self):
        disputes = self.env["recouvrement.dispute"]

        def count(number):
            for index in range(number):
                partner = self._create_customer(f"Customer {number}-{index}")
                self._dispute(self._create_due(12, partner=partner), amount=100)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            disputes._cron_follow_once()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(2)  # warms the caches of the registry up
        self.assertEqual(count(3), count(20))

    # --- credit notes ---

    def _credit(self, dispute):
        """Accept a dispute and make its credit note, as the screens do."""
        action = dispute.action_accept()
        self.assertEqual(action["res_model"], "account.move.reversal")
        wizard = self.env["account.move.reversal"].with_context(**action["context"])
        reversal = Form(wizard).save()
        self.assertIn(dispute.name, reversal.reason)
        reversal.refund_moves()
        return reversal.new_move_ids

    def test_an_accepted_dispute_is_held_until_its_credit_note_is_posted(self):
        dispute = self._dispute()
        credit_note = self._credit(dispute)
        self.assertEqual(dispute.credit_note_ids, credit_note)
        self.assertEqual((dispute.state, dispute.date_closed), ("accepted", False))
        self.assertEqual(dispute.answer_date, day("2026-06-22"))
        self.assertHeld(dispute)
        self.assertDecision(self.invoice, "hold", "held")
        credit_note.action_post()
        self.assertEqual((dispute.state, dispute.date_closed), ("accepted", TODAY))
        self.assertNotHeld(dispute)
        self.assertIsNone(self._decide(self.invoice), "nothing is left to chase")
        self._receivable(credit_note).remove_move_reconcile()
        self.assertEqual((dispute.state, dispute.date_closed), ("accepted", False))
        self.assertHeld(dispute)

    def test_a_part_is_credited_to_the_cent_and_the_rest_is_chased(self):
        tax = self.company_data["default_tax_sale"].copy({"amount": 20.0, "name": "20"})
        lines = [
            Command.create(
                {"name": name, "price_unit": price, "quantity": 3, "tax_ids": tax.ids}
            )
            for name, price in (("Bread", 100.0), ("Cake", 33.33), ("Tea", 7.77))
        ]
        move = self._create_due(12, invoice_line_ids=lines)
        dispute = self._dispute(move, amount=100.01)
        credit_note = self._credit(dispute)
        self.assertEqual(credit_note.amount_total, 100.01)
        self.assertEqual(len(credit_note.invoice_line_ids), 3)
        self.assertEqual(credit_note.invoice_line_ids.tax_ids, tax)
        credit_note.action_post()
        self.assertNotHeld(dispute)
        left = move.amount_total - 100.01
        self.assertDecision(move, "chase", "due", amount_to_chase=round(left, 2))

    def test_an_accepted_dispute_without_credit_note_is_asked_about(self):
        dispute = self._dispute()
        dispute.action_accept()
        hold = self._hold(dispute)
        self.env["recouvrement.hold"]._review(dispute.answer_date)
        self.assertEqual(hold.activity_ids.user_id, self.collector)
        dispute.action_settle("The next order is at the old price.")
        self.assertNotHeld(dispute)
        self.assertDecision(self.invoice, "chase", "due")

    def test_a_credit_note_is_made_of_an_accepted_dispute_only(self):
        with self.assertRaisesRegex(UserError, "Accept the dispute"):
            self._dispute().action_credit_note()

    # --- who ---

    def test_a_collector_handles_own_customers_and_configures_nothing(self):
        own = new_test_user(
            self.env,
            "own",
            "recouvrement_b2b.recouvrement_group_own",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        theirs = self._dispute()
        mine = self._create_due(
            12, partner=self._create_customer("M", collector_id=own.id)
        )
        dispute = self._dispute(mine.with_user(own)).with_user(own)
        disputes = self.env["recouvrement.dispute"].with_user(own)
        self.assertEqual(disputes.search([]), dispute)
        dispute.action_accept()
        dispute.action_reopen()
        dispute.action_reject("It was agreed.")
        self.assertNotHeld(dispute)
        with self.assertRaises(AccessError):
            theirs.with_user(own).action_withdraw()
        with self.assertRaises(AccessError):
            dispute.unlink()
        with self.assertRaises(AccessError):
            self.reason.with_user(own).answer_days = 3

    def test_an_accountant_records_payments_without_rights_on_disputes(self):
        accountant = new_test_user(
            self.env,
            "accountant",
            "account.group_account_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        dispute = self._dispute()
        self._pay(self.invoice.with_user(accountant))
        self.assertEqual(dispute.state, "settled")
        self.assertNotHeld(dispute)

    def test_companies_do_not_see_one_another(self):
        other = self.setup_other_company()["company"]
        dispute = self._dispute()
        stranger = new_test_user(
            self.env,
            "stranger",
            "recouvrement_b2b.recouvrement_group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        disputes = self.env["recouvrement.dispute"].with_user(stranger)
        self.assertFalse(disputes.search([]))
        with self.assertRaises(AccessError):
            dispute.with_user(stranger).read(["name"])

    def test_the_reasons_have_the_codes_of_the_electronic_invoice(self):
        reasons = self.env["recouvrement.dispute.reason"].search([])
        codes = set(reasons.mapped("einvoice_code"))
        self.assertEqual(len(codes), 26, "all those of status 207")
        self.assertTrue(
            {"QTE_ERR", "PU_ERR", "LIVR_INCOMP", "DOUBLON", "AUTRE"} <= codes
        )
        self.assertEqual(len(reasons), len(set(reasons.mapped("code"))))
