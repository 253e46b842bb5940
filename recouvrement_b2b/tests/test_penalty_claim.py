"""Penalties claimed, invoiced, waived: each day and each indemnity once."""

from datetime import timedelta

from psycopg2.errors import ExclusionViolation, UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import TODAY, day
from .penalties import ClaimCommon


@tagged("post_install", "-at_install")
class TestPenaltyClaim(ClaimCommon):
    # --- claiming ---

    def test_a_claim_freezes_the_rows_and_the_indemnity(self):
        claim = self._claimed()
        self.assertEqual((claim.state, claim.currency_id), ("claimed", self.euro))
        self.assertEqual((claim.interest, claim.indemnity), (183.75, 40.0))
        self.assertEqual(claim.amount_due, 223.75)
        row = claim.line_ids.filtered(lambda line: line.kind == "interest")
        self.assertEqual(
            (row.date_from, row.date_to, row.days, row.balance, row.rate),
            (day("2026-05-01"), TODAY, 46, 12000.0, 12.15),
        )
        self._pay(self.late, 6000, day("2026-05-15"))
        self.assertEqual(claim.interest, 183.75, "what was told does not change")
        # 15 days on 12,000 (59.92) and 31 on 6,000 (61.92) instead
        self.assertEqual(claim.drift, -61.91)

    def test_a_later_claim_takes_only_what_came_after(self):
        self._claimed(day("2026-05-31"))
        later = self._claimed()
        self.assertEqual(later.indemnity, 0.0)
        row = later.line_ids
        self.assertEqual((row.date_from, row.date_to), (day("2026-06-01"), TODAY))
        self.assertEqual(row.days, 15)
        self.assertFalse(self._claim(), "nothing is left")
        with self.assertRaisesRegex(UserError, "no penalty to claim"):
            self.env["recouvrement.penalty.claim"]._action_claim_customers(
                self.customer, TODAY
            )

    def test_the_database_refuses_a_day_or_an_indemnity_twice(self):
        claim = self._claimed()
        for line in claim.line_ids:
            error = ExclusionViolation if line.kind == "interest" else UniqueViolation
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(error),
                self.env.cr.savepoint(),
            ):
                line.sudo().copy({"date_from": TODAY, "date_to": TODAY})
                self.env.flush_all()

    def test_a_draft_is_computed_anew_and_never_doubled(self):
        first = self._claim(day("2026-05-31"))
        again = self._claim()
        self.assertEqual(again, first)
        self.assertEqual((again.date_to, again.interest), (TODAY, 183.75))
        self._pay(self.late, day=day("2026-04-30"))
        self.assertFalse(self._claim())
        self.assertFalse(first.exists(), "an empty draft is not kept")

    def test_an_invoice_paid_late_still_owes_its_penalties(self):
        self._pay(self.late, day=day("2026-05-30"))
        self.assertEqual(self._claim().interest, 119.84)

    def test_each_currency_has_its_claim_and_indemnities_are_in_euros(self):
        other = self._create_customer("Acme")
        dollars = self._invoice(
            1000, "2026-04-30", partner=other, currency_id=self.env.ref("base.USD").id
        )
        claims = self._claim(partner=other)
        self.assertEqual(
            {claim.currency_id.name: claim.amount for claim in claims},
            {"USD": 15.31, "EUR": 40.0},
        )
        self.assertEqual(claims.line_ids.move_id, dollars)

    def test_a_cancelled_claim_may_be_made_again_but_not_under_a_later_one(self):
        first = self._claimed(day("2026-05-31"))
        second = self._claimed()
        with self.assertRaisesRegex(UserError, second.name):
            first.action_cancel()
        (second + first).action_cancel()
        self.assertEqual(first.state, "cancelled")
        again = self._claim()
        self.assertEqual((again.interest, again.indemnity), (183.75, 40.0))

    def test_what_was_claimed_is_not_deleted(self):
        claim = self._claimed()
        with self.assertRaisesRegex(UserError, "waive or cancel"):
            claim.unlink()

    def test_queries_do_not_grow_with_customers(self):
        def count(number):
            partners = self.env["res.partner"].union(
                *(
                    self._create_customer(f"Customer {number}-{i}")
                    for i in range(number)
                )
            )
            for partner in partners:
                self._invoice(1000, "2026-04-30", partner=partner)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._claim(partner=partners)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(2)  # warms the caches of the registry up
        # three queries for the number of each claim; a new environment may read its
        # user once more (two queries), however many customers there are
        self.assertLessEqual(count(30) - count(3), 3 * 27 + 2)

    def test_what_was_recorded_since_a_draft_counts_when_it_is_claimed(self):
        claim = self._claim()
        self._pay(self.late, 6000, day("2026-05-15"))
        claim.action_claim()
        self.assertEqual(claim.interest, 121.84)

    def test_a_draft_grows_and_a_letter_leaves_it_alone(self):
        other = self._invoice(1000, "2026-05-31")
        draft = self._claim(moves=other)
        self.assertEqual(self._claim(moves=self.late), draft)
        self.assertEqual(draft.line_ids.move_id, other + self.late)
        frozen = self._claim(moves=self.late, freeze=True)
        self.assertEqual((frozen.state, draft.state), ("claimed", "draft"))
        self.assertEqual(frozen.line_ids.move_id, self.late)
        self.assertEqual(draft.line_ids.move_id, other)

    # --- invoicing ---

    def test_penalties_are_not_invoiced_twice(self):
        claim = self._claimed()
        claim.action_invoice()
        first = claim.invoice_ids
        first.button_draft()
        self.assertEqual(claim.state, "invoiced", "its invoice waits as a draft")
        for action in (claim.action_invoice, claim.action_cancel):
            with self.assertRaises(UserError):
                action()
        first.button_cancel()
        self.assertEqual(claim.state, "claimed")
        claim.action_invoice()
        first.button_draft()
        with self.assertRaisesRegex(UserError, "invoiced already"):
            first.action_post()

    def test_a_native_credit_note_frees_the_claim(self):
        claim = self._claimed()
        claim.action_invoice()
        wizard = self.env["account.move.reversal"].create(
            {
                "move_ids": claim.invoice_ids.ids,
                "journal_id": claim.invoice_ids.journal_id.id,
            }
        )
        wizard.modify_moves()
        again = wizard.new_move_ids
        self.assertEqual(again.penalty_claim_id, claim)
        again.button_cancel()
        self.assertEqual((claim.state, claim.amount_due), ("claimed", 223.75))
        claim.action_cancel()
        self.assertEqual(self._claim().amount, 223.75)

    def test_the_invoice_bears_no_vat_and_no_penalties(self):
        claim = self._claimed()
        claim.action_invoice()
        invoice = claim.invoice_ids
        self.assertEqual((claim.state, invoice.state), ("invoiced", "posted"))
        self.assertEqual((invoice.amount_total, invoice.amount_tax), (223.75, 0.0))
        self.assertEqual(invoice.currency_id, self.euro)
        self.assertEqual(
            invoice.invoice_line_ids.account_id,
            self.interest_account + self.indemnity_account,
        )
        self.assertFalse(invoice.invoice_line_ids.tax_ids)
        self.assertEqual(invoice.journal_id, self.company.penalty_journal_id)
        self.assertEqual(invoice.journal_id.code, "PEN")
        later = self._breakdown(invoice, day("2026-12-31"))
        self.assertEqual((later["rows"], later["indemnity"]), ([], 0.0))
        self._pay(invoice)
        self.assertEqual((claim.state, claim.amount_due), ("paid", 0.0))
        with self.assertRaisesRegex(UserError, "paid"):
            claim.action_invoice()

    def test_the_journal_is_used_again(self):
        first = self._claimed(day("2026-05-31"))
        first.action_invoice()
        second = self._claimed()
        second.action_invoice()
        self.assertEqual(first.invoice_ids.journal_id, second.invoice_ids.journal_id)
        self.assertNotEqual(
            first.invoice_ids.journal_id, self.company_data["default_journal_sale"]
        )

    def test_the_journal_and_the_accounts_of_the_settings_are_used(self):
        journal = self.company_data["default_journal_sale"].copy({"code": "AGIO"})
        accounts = self.interest_account + self.indemnity_account
        interest, indemnity = (account.copy() for account in accounts)
        self.company.write(
            {
                "penalty_journal_id": journal.id,
                "penalty_interest_account_id": interest.id,
                "penalty_indemnity_account_id": indemnity.id,
            }
        )
        claim = self._claimed()
        claim.action_invoice()
        self.assertEqual(claim.invoice_ids.journal_id, journal)
        self.assertEqual(
            [
                (line.account_id, line.price_subtotal)
                for line in claim.invoice_ids.invoice_line_ids
            ],
            [(interest, 183.75), (indemnity, 40.0)],
        )

    def test_missing_accounts_and_rates_are_told(self):
        self.indemnity_account.code = "758200"
        claim = self._claimed()
        with self.assertRaisesRegex(UserError, "7581"):
            claim.action_invoice()
        self.company.penalty_indemnity_account_id = self.indemnity_account
        self.env["res.currency.rate"].search([]).unlink()
        with self.assertRaisesRegex(UserError, "Enter a rate of EUR"):
            claim.action_invoice()
        self.assertEqual(claim.state, "claimed")

    def test_the_currency_of_a_claim_needs_a_rate_of_its_own(self):
        rates = self.env["res.currency.rate"]
        rates.search([]).unlink()
        pound = self.env.ref("base.GBP")
        pound.active = True
        self._create_rate(self.company.currency_id, 1.2, TODAY)
        self._invoice(1000, "2026-04-30", currency_id=pound.id)
        self._claim().action_claim()
        claims = self.env["recouvrement.penalty.claim"].search([])
        claim = claims.filtered(lambda each: each.currency_id == pound)
        refused = f"Enter a rate of GBP before you invoice {claim.name}"
        with self.assertRaisesRegex(UserError, refused):
            claim.action_invoice()
        self._create_rate(pound, 0.8, TODAY + timedelta(days=1))
        with self.assertRaisesRegex(UserError, refused):
            claim.action_invoice()
        # The rates of the others may be given in it.
        self._create_rate(pound, 1, day("2020-01-01"))
        claim.action_invoice()
        self.assertEqual(claim.state, "invoiced")
        self.assertEqual(claim.invoice_ids.currency_id, pound)

    def _create_rate(self, currency, rate, on):
        return self.env["res.currency.rate"].create(
            {
                "name": on,
                "rate": rate,
                "currency_id": currency.id,
                "company_id": self.company.id,
            }
        )

    # --- as the customer sees it ---

    def test_a_letter_that_claims_freezes_what_it_says(self):
        level = self._level_of(30)
        level.write({"penalties": "claim", "send_email": False})
        self.policy.level_ids.filtered(lambda each: each != level).unlink()
        self._launch()
        letter = self.env["recouvrement.action"].search([("channel", "=", "letter")])
        day_of_letter, shown = letter._get_penalties()[letter.id]
        self.assertEqual(day_of_letter, TODAY)
        letter._finish("sent")
        claim = self.env["recouvrement.penalty.claim"].search([])
        self.assertEqual((claim.state, claim.action_id), ("claimed", letter))
        self.assertEqual(claim.interest, shown[self.late.id]["interest"])
        self.assertEqual(claim.amount, 223.75)
        letter._run_level_effects()
        self.assertEqual(claim.search_count([]), 1, "nothing twice")

    # --- who ---

    def test_a_collector_sees_the_claims_of_own_customers_only(self):
        mine = self._claimed()
        other = self._create_customer("Acme", collector_id=False)
        self._invoice(1000, "2026-04-30", partner=other)
        theirs = self._claim(partner=other)
        own = new_test_user(
            self.env,
            "own",
            "recouvrement_b2b.recouvrement_group_own",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.customer.collector_id = own
        seen = self.env["recouvrement.penalty.claim"].with_user(own).search([])
        self.assertEqual(seen, mine)
        with self.assertRaises(AccessError):
            theirs.with_user(own).action_claim()
        with self.assertRaises(AccessError):
            mine.with_user(own).line_ids.amount = 0

    def test_the_forms_open_from_customers_and_invoices(self):
        action = self.late.action_claim_penalties()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.partner_ids, self.customer)
        with self.assertRaisesRegex(UserError, "choose today"):
            wizard.date = TODAY + timedelta(days=1)
            wizard.action_apply()
        wizard.date = TODAY
        result = wizard.action_apply()
        claim = self.env["recouvrement.penalty.claim"].browse(result["res_id"])
        self.assertEqual(claim.line_ids.move_id, self.late)
        self.assertTrue(self.customer.action_claim_penalties()["res_id"])
