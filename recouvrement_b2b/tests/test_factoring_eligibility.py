from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, day
from .factoring import FactoringCommon


@tagged("post_install", "-at_install")
class TestFactoringEligibility(FactoringCommon):
    """Why the factor takes an invoice, or does not."""

    def _why(self, move):
        move.invalidate_recordset(["factoring_state", "factoring_explanation"])
        return move.factoring_state, move.factoring_explanation or ""

    def assertNotTaken(self, move, words):
        state, why = self._why(move)
        self.assertEqual(state, "none", why)
        self.assertIn(words, why)
        self.assertNotIn(move, self.contract._get_eligible())

    def assertTaken(self, move):
        self.assertEqual(self._why(move), ("eligible", ""))
        self.assertIn(move, self.contract._get_eligible())

    def test_each_rule_of_the_contract(self):
        move = self._create_due(5, 1000)  # of 11 May, due on 10 June: a month
        self.assertTaken(move)
        approval = self.contract.customer_ids
        for values, words in (
            ({"max_term_days": 29}, "due 30 days after its date: 29 at most"),
            ({"max_age_days": 34}, "35 days old: 34 at most"),
            ({"minimum_amount": 1000.01}, "under the minimum"),
            ({"currency_ids": [Command.clear()]}, "takes no"),
        ):
            with self.subTest(words):
                before = {
                    name: [Command.set(self.contract[name].ids)]
                    if name == "currency_ids"
                    else self.contract[name]
                    for name in values
                }
                self.contract.write(values)
                self.assertNotTaken(move, words)
                self.contract.write(before)
        approval.excluded = True
        self.assertNotTaken(move, "no invoice of this customer")
        approval.write({"excluded": False, "approved_amount": 999})
        self.assertNotTaken(move, "over the limit")
        approval.unlink()
        self.assertNotTaken(move, "has not approved this customer")
        self.contract.listed_only = False
        self.assertTaken(move)

    def test_limits_that_are_just_reached(self):
        move = self._create_due(5, 1000)
        self.contract.write(
            {"max_term_days": 30, "max_age_days": 35, "minimum_amount": 1000}
        )
        self.contract.customer_ids.approved_amount = 1000
        self.assertTaken(move)

    def test_contract_that_is_over_takes_nothing(self):
        move = self._create_due(5, 1000)
        self.contract.date_end = TODAY - timedelta(days=1)
        self.assertEqual(self._why(move), ("none", ""))
        with self.assertRaisesRegex(UserError, "No factoring contract"):
            move.action_assign()

    def test_disputed_invoice(self):
        move = self._create_due(5, 1000)
        wizard = self.env["recouvrement.dispute.create"].create(
            {
                "move_ids": [Command.set(move.ids)],
                "reason_id": self.env["recouvrement.dispute.reason"]
                .search([], limit=1)
                .id,
            }
        )
        wizard.action_apply()
        self.assertNotTaken(move, "disputed")

    def test_dispute_that_was_credited_is_over(self):
        """It stays 'accepted', and what is left can be assigned."""
        move = self._create_due(5, 1000)
        dispute = self.env["recouvrement.dispute"].create(
            {
                "move_id": move.id,
                "reason_id": self.env["recouvrement.dispute.reason"]
                .search([], limit=1)
                .id,
                "scope": "part",
                "amount": 300,
            }
        )
        dispute.action_accept()
        self.assertNotTaken(move, "disputed")
        refund = self._create_due(5, 300, move_type="out_refund", dispute_id=dispute.id)
        (self._receivable(move) + self._receivable(refund)).reconcile()
        self.assertTrue(dispute.date_closed)
        self.assertEqual(dispute.state, "accepted")
        self.assertTaken(move)

    def test_invoice_in_a_plan(self):
        move = self._create_due(5, 1000)
        action = move.action_payment_plan()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.write({"count": 2, "first_date": day("2026-06-30")})
        plan = wizard.action_apply()
        self.env[plan["res_model"]].browse(plan["res_id"]).action_propose()
        self.assertNotTaken(move, "payment plan")

    def test_paid_invoice_and_draft(self):
        move = self._create_due(5, 1000)
        draft = move.copy()
        self._pay(move)
        self.assertEqual(
            self.contract._explain(move)[move.id], ["Nothing is left to pay."]
        )
        self.assertIn("It is not posted.", self.contract._explain(draft)[draft.id])

    def test_all_reasons_are_given_at_once(self):
        move = self._create_due(5, 1000)
        self.contract.write({"max_age_days": 1, "max_term_days": 1})
        self.assertEqual(len(self.contract._explain(move)[move.id]), 2)

    def test_approved_amount_is_used_up_by_the_oldest(self):
        self.contract.customer_ids.approved_amount = 2500
        moves = [self._create_due(days, 1000) for days in (9, 8, 7)]
        taken = self.contract._get_eligible()
        self.assertEqual(taken.ids, [moves[0].id, moves[1].id])
        assignment = self._remit(taken)
        self.assertNotTaken(moves[2], "over the limit")
        self.assertEqual(self.contract.customer_ids.outstanding, 2000)
        self.assertEqual(self.contract.customer_ids.available, 500)
        line = assignment.line_ids[0]
        self._record(line, "customer_payment", 1000, TODAY)
        self.assertTaken(moves[2])

    def test_remittance_over_the_limit_is_not_confirmed(self):
        self.contract.customer_ids.approved_amount = 1500
        moves = self._create_due(9, 1000) + self._create_due(8, 1000)
        assignment = self._remit(moves, sign=False)
        with self.assertRaisesRegex(UserError, "over the limit"):
            assignment.action_confirm()
        self.assertEqual(assignment.state, "draft")

    def test_invoice_is_in_one_live_remittance(self):
        move = self._create_due(5, 1000)
        first = self._remit(move, sign=False)
        self.assertNotTaken_selected(move)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self._remit(move, sign=False)
        first.action_cancel()
        self._remit(move, sign=False)

    def assertNotTaken_selected(self, move):
        self.assertEqual(self._why(move)[0], "selected")
        self.assertIn("already in remittance", self.contract._explain(move)[move.id][0])

    def test_what_changed_since_it_was_selected_is_not_signed(self):
        move = self._create_due(5, 1000)
        assignment = self._remit(move, sign=False)
        assignment.action_confirm()
        self._pay(move, 100)
        with self.assertRaisesRegex(UserError, "900"):
            assignment.action_sign()
        self.assertEqual(assignment.state, "confirmed")

    def test_invoices_are_assigned_from_their_list(self):
        first, second = self._create_due(5, 1000), self._create_due(6, 500)
        action = (first + second).action_assign()
        assignment = self.env["recouvrement.assignment"].browse(action["res_id"])
        self.assertEqual(assignment.line_ids.move_id, first + second)
        with self.assertRaisesRegex(UserError, first.name):
            first.action_assign()

    def test_lists_are_frozen_and_steps_are_for_accountants(self):
        move = self._create_due(5, 1000)
        assignment = self._remit(move)
        collector = assignment.with_user(self.collector)
        self.assertEqual(collector.state, "signed", "a collector reads it")
        with self.assertRaises(AccessError):
            collector.action_send()
        accountant = self._accountant()
        own = assignment.with_user(accountant)
        for act in (
            lambda: own.write({"state": "closed"}),
            lambda: own.write({"factor_id": False}),
            lambda: own.line_ids.write({"amount": 1}),
            lambda: own.line_ids.unlink(),
            lambda: own.operation_ids.write({"amount": 1}),
            lambda: own.unlink(),
        ):
            with self.assertRaises(UserError):
                act()
        own.action_send()
        self.assertEqual(own.state, "sent")

    # --- several currencies, companies and contracts ---

    def test_what_is_proposed_in_foreign_currency_is_confirmed(self):
        """At today's rate, the one that the approved amount is counted at."""
        euro = self._foreign()
        move = self._create_due(20, 1000, currency_id=euro.id)  # 1,250, and 2,000 now
        self.contract.customer_ids.approved_amount = 1999
        self.assertNotTaken(move, "over the limit")
        self.contract.customer_ids.approved_amount = 2000
        assignment = self.env["recouvrement.assignment"].create(
            {"factor_id": self.contract.id, "currency_id": euro.id}
        )
        assignment.action_propose()
        self.assertEqual(assignment.line_ids.move_id, move)
        assignment.action_confirm()
        self.assertEqual(self.contract.customer_ids.outstanding, 2000)

    def test_credit_note_in_foreign_currency_does_not_go_alone(self):
        euro = self._foreign()
        refund = self._create_due(20, 1000, move_type="out_refund", currency_id=euro.id)
        assignment = self._remit(refund, sign=False)
        with self.assertRaisesRegex(UserError, "No invoice of this customer"):
            assignment.action_confirm()

    def test_credit_note_makes_room_in_its_remittance(self):
        self.contract.customer_ids.approved_amount = 1000
        first, second = self._create_due(9, 900), self._create_due(8, 300)
        refund = self._create_due(7, 200, move_type="out_refund")
        assignment = self._remit(first + second + refund, sign=False)
        assignment.action_confirm()
        self.assertEqual(assignment.amount_total, 1000)

    def test_credit_note_follows_invoices_that_are_not_paid(self):
        move = self._create_due(9, 900)
        line = self._remit(move).line_ids
        refund = self._create_due(7, 200, move_type="out_refund")
        self.assertTaken(refund)
        self._record(line, "customer_payment", 900, TODAY)
        self.assertNotTaken(refund, "No invoice of this customer")

    def _foreign(self):
        """Return the euro: 1.25 of the company's until 10 June, 2 since."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        rates = self.env["res.currency.rate"]
        rates.search([("currency_id", "=", euro.id)]).unlink()
        rates.create(
            [
                {"currency_id": euro.id, "name": "2026-01-01", "rate": 0.8},
                {"currency_id": euro.id, "name": "2026-06-10", "rate": 0.5},
            ]
        )
        self.contract.currency_ids += euro
        return euro

    def _other_company(self):
        """Return another company, and an invoice of it."""
        data = self.setup_other_company(name="Other")
        move = self.env["account.move"].with_company(data["company"])
        move = move.create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": TODAY,
                "invoice_line_ids": [
                    Command.create({"name": "Bread", "price_unit": 10, "tax_ids": []})
                ],
            }
        )
        move.action_post()
        return data["company"], move

    def test_invoice_of_another_company(self):
        move = self._other_company()[1]
        self.contract.listed_only = False
        self.assertIn(
            "It is of another company.", self.contract._explain(move)[move.id]
        )
        assignment = self._remit(self._create_due(5, 1000), sign=False)
        assignment.write({"line_ids": [Command.create({"move_id": move.id})]})
        with self.assertRaisesRegex(UserError, "of another company"):
            assignment.action_confirm()

    def test_invoices_of_two_companies_are_assigned_from_their_list(self):
        company, move = self._other_company()
        own = self._create_due(5, 1000)
        with self.assertRaisesRegex(UserError, "No factoring contract of Other"):
            (own + move).action_assign()
        other = self._contract(
            name="Other",
            company_id=company.id,
            currency_ids=[Command.set(company.currency_id.ids)],
            listed_only=False,
            accounting=False,
            **dict.fromkeys([*self.accounts, "journal_id"], False),
        )
        action = (own + move).action_assign()
        remittances = self.env["recouvrement.assignment"].search(action["domain"])
        self.assertEqual(
            {each.factor_id: each.line_ids.move_id for each in remittances},
            {self.contract: own, other: move},
        )

    def test_contract_that_is_not_in_force_takes_and_signs_nothing(self):
        yesterday, tomorrow = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
        draft = self._remit(self._create_due(5, 1000), sign=False)
        confirmed = self._remit(self._create_due(5, 1000), sign=False)
        confirmed.action_confirm()
        move = self._create_due(5, 1000)
        for values in (
            {"date_end": yesterday},
            {"date_start": tomorrow, "date_end": False},
            {"date_start": False, "active": False},
        ):
            self.contract.write(values)
            for act in (draft.action_confirm, confirmed.action_sign):
                with (
                    self.subTest(values),
                    self.assertRaisesRegex(UserError, "contract is not in force"),
                ):
                    act()
            self.assertFalse(self.contract._get_eligible())
            self.assertEqual(self._why(move), ("none", ""))
        self.contract.write({"active": True, "date_end": TODAY, "date_start": TODAY})
        confirmed.action_sign()

    def test_credit_note_goes_to_the_contract_that_has_its_invoice(self):
        other = self._contract(name="Second")
        first, second = self._create_due(5, 1000), self._create_due(5, 500)
        line = self._remit(first).line_ids
        self._remit(second, other)
        refund = self._create_due(4, 200, move_type="out_refund")
        (self._receivable(first) + self._receivable(refund)).reconcile()
        self.assertIn(refund, self.contract._get_eligible())
        self.assertNotIn(refund, other._get_eligible())
        wrong = self._remit(refund, other, sign=False)
        with self.assertRaisesRegex(UserError, f"credited on {first.name}"):
            wrong.action_confirm()
        wrong.action_cancel()
        self._remit(refund)
        self.assertEqual((line.outstanding, line.amount_to_pass), (800, 0))

    def test_queries_do_not_grow_with_credit_notes(self):
        def count(number):
            moves = self.env["account.move"].union(
                *(self._create_due(5, 10) for _each in range(number))
            )
            self._remit(moves)
            refunds = moves.browse()
            for move in moves:
                refund = self._create_due(4, 2, move_type="out_refund")
                (self._receivable(move) + self._receivable(refund)).reconcile()
                refunds += refund
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            states = refunds.mapped("factoring_state")
            explained = self.contract._explain(refunds)
            spent = self.env.cr.sql_log_count - before
            self.assertEqual(states, ["eligible"] * number)
            self.assertFalse(any(explained.values()))
            return spent

        count(2)  # warms the caches of the registry up
        self.assertLessEqual(count(20) - count(3), 0)

    def test_queries_do_not_grow_with_invoices(self):
        def count(number):
            moves = self.env["account.move"].union(
                *(self._create_due(5, 10) for _each in range(number))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.contract._explain(moves)
            moves.mapped("factoring_state")
            return self.env.cr.sql_log_count - before

        count(2)  # warms the caches of the registry up
        self.assertLessEqual(count(20) - count(3), 0)
