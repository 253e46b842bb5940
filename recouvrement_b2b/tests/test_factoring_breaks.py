from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import TODAY, day
from .factoring import FactoringCommon


@tagged("post_install", "-at_install")
class TestFactoringBreaks(FactoringCommon):
    """What people do to assigned invoices and their entries without meaning harm."""

    def _assigned(self, **values):
        return self._remit(self._create_due(5, 1000), **values).line_ids

    def test_holdback_has_an_account_of_its_own(self):
        with self.assertRaises(ValidationError):
            self.contract.holdback_account_id = self.contract.account_id

    def test_contract_books_entries_for_the_whole_life_of_an_invoice(self):
        self._assigned()
        with self.assertRaises(UserError):
            self.contract.accounting = False
        self.contract.accounting = True  # what it is already

    def test_invoice_that_the_factor_had_is_not_changed(self):
        line = self._assigned()
        self._record(line, "customer_payment", 1000, TODAY)
        for act in (line.move_id.button_draft, line.move_id.button_cancel):
            with self.assertRaises(UserError):
                act()

    def test_entry_of_an_operation_is_not_reversed_by_hand(self):
        line = self._assigned()
        operation = self._record(line, "customer_payment", 1000, TODAY)
        for entry in (operation.move_id, line.transfer_line_id.move_id):
            with self.assertRaises(UserError):
                entry._reverse_moves([{}], cancel=True)
        self.assertEqual(line.move_id.amount_residual, 0)

    def test_invoice_paid_in_part_is_selected_anew(self):
        move = self._create_due(5, 1000)
        assignment = self._remit(move, sign=False)
        assignment.action_confirm()
        self._pay(move, 300)
        assignment.action_back_to_draft()
        assignment.action_propose()
        self.assertEqual(assignment.amount_total, 700)
        assignment.action_confirm()
        assignment.action_sign()
        self.assertEqual(assignment.line_ids.outstanding, 700)

    def test_invoice_that_is_corrected_leaves_the_draft(self):
        move = self._create_due(5, 1000)
        assignment = self._remit(move, sign=False)
        assignment.action_confirm()
        with self.assertRaises(UserError):
            move.button_draft()
        assignment.action_back_to_draft()
        move.button_draft()
        self.assertFalse(assignment.line_ids)

    def test_rates_that_changed_are_booked_at_the_end(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", euro.id)]).unlink()
        self.env["res.currency.rate"].create(
            [
                {"currency_id": euro.id, "name": "2026-01-01", "rate": 0.8},
                {"currency_id": euro.id, "name": "2026-06-10", "rate": 0.5},
            ]
        )
        self.contract.currency_ids = [Command.link(euro.id)]
        assignment = self._remit(self._create_due(20, 1000, currency_id=euro.id))
        assignment.action_send()
        self.contract._record(
            [
                self.contract._prepare_operation(
                    "payment",
                    TODAY,
                    1000,
                    currency_id=euro.id,
                    assignment_id=assignment.id,
                )
            ]
        )
        self.assertEqual(self._balance("account_id"), 1250 - 2000)
        self._record(assignment.line_ids, "customer_payment", 1000, TODAY)
        self.assertEqual(assignment.state, "closed")
        self.assertEqual(self._balance("account_id"), 0)

    def test_locked_period_is_said(self):
        self.company.fiscalyear_lock_date = day("2026-06-12")
        line = self._assigned(signed="2026-06-13")
        with self.assertRaisesRegex(UserError, "locked"):
            self._remit(self._create_due(8, 500), signed="2026-06-10")
        self.company.fiscalyear_lock_date = day("2026-06-14")
        with self.assertRaisesRegex(UserError, "locked"):
            self._record(line, "customer_payment", 10, day("2026-06-14"))

    def test_dates_follow_one_another(self):
        line = self._assigned(signed="2026-06-10")
        for date in ("2026-06-09", "2026-06-16"):
            with self.subTest(date), self.assertRaises(UserError):
                self._record(line, "customer_payment", 10, day(date))
        for signed in ("2026-05-10", "2026-06-16"):  # invoiced on 11 May
            with self.subTest(signed), self.assertRaises(UserError):
                self._assigned(signed=signed)

    def test_nothing_but_invoices_is_chosen_by_hand(self):
        accountant = self.env.ref("base.user_admin")
        accountant.write(
            {
                "company_ids": [Command.link(self.company.id)],
                "group_ids": [
                    Command.link(self.env.ref("account.group_account_user").id)
                ],
            }
        )
        signed = self._remit(self._create_due(5, 1000))
        draft = self._remit(self._create_due(6, 500), sign=False)
        lines = draft.line_ids.with_user(accountant)
        for vals in (
            {"assignment_id": signed.id},
            {"state": "paid"},
            {"amount": 1},
            {"transfer_line_id": signed.line_ids.transfer_line_id.id},
        ):
            with self.subTest(vals), self.assertRaises(UserError):
                lines.write(vals)
        with self.assertRaises(UserError):
            signed.with_user(accountant).write({"date_signed": "2020-01-01"})
        with self.assertRaises(UserError):
            draft.with_user(accountant).create(
                {"factor_id": self.contract.id, "date_financed": "2026-06-15"}
            )

    def test_two_invoices_of_one_number(self):
        journal = self.company_data["default_journal_sale"].copy()
        first = self._create_due(5, 1000, name="F/1")
        second = self._create_due(5, 400, name="F/1", journal_id=journal.id)
        lines = self._remit(first + second).line_ids
        self.assertEqual(
            [line.transfer_line_id.amount_residual for line in lines.sorted("amount")],
            [-400, -1000],
        )

    def test_customer_that_is_the_factor(self):
        self.contract.listed_only = False
        line = self._remit(
            self._create_due(5, 1000, partner=self.factor_partner)
        ).line_ids
        self.assertEqual(line.transfer_line_id.amount_residual, -1000)
        self._record(line, "customer_payment", 1000, TODAY)
        self.assertEqual(line.move_id.payment_state, "paid")

    def test_remittance_without_financing_ends(self):
        line = self._assigned()
        line.assignment_id.action_send()
        operation = self._record(line, "refusal", 1000, TODAY)
        self.assertEqual((line.state, line.assignment_id.state), ("refused", "closed"))
        operation.action_cancel()
        self.assertEqual((line.state, line.assignment_id.state), ("assigned", "sent"))

    def test_remittance_that_ends_before_it_is_sent_is_sent_all_the_same(self):
        line = self._assigned()
        self._record(line, "return", 1000, TODAY)
        self.assertEqual(line.assignment_id.state, "signed")
        line.assignment_id.action_send()
        self.assertEqual(line.assignment_id.state, "closed")

    def test_payment_makes_a_remittance_financed_and_its_cancellation_does_not(self):
        line = self._assigned()
        assignment = line.assignment_id
        operation = self.contract._record(
            [
                self.contract._prepare_operation(
                    "payment", TODAY, 900, assignment_id=assignment.id
                )
            ]
        )
        self.assertEqual((assignment.state, line.state), ("financed", "financed"))
        operation.action_cancel()
        self.assertEqual((assignment.state, line.state), ("signed", "assigned"))

    def test_payment_that_bounces_after_it_was_passed_on(self):
        for accounting in (True, False):
            contract = self._contract(name=f"Facto {accounting}", accounting=accounting)
            contract.notified = False
            move = self._create_due(40, 1000)
            line = self._remit(move, contract).line_ids
            payment = self._pay(move, 300)
            operation = self._record(line, "collected", 300, TODAY)
            self._receivable(payment.move_id).remove_move_reconcile()
            self.assertEqual((move.amount_residual, line.outstanding), (1000, 700))
            self.assertFalse(self._receivable(move).collection_hold_ids)
            task = line.assignment_id.activity_ids
            self.assertEqual(task.user_id, self.collector)
            self.assertIn(move.name, task.summary)
            operation.action_cancel()
            self.assertEqual(line.outstanding, 1000)

    def test_kinds_of_settlement_on_one_invoice_at_once(self):
        for order in (1, -1):
            line = self._assigned()
            self._pay(line.move_id, 300)
            self.contract._record(
                [
                    line._prepare_operation("collected", TODAY, 300),
                    line._prepare_operation("customer_payment", TODAY, 700),
                ][::order]
            )
            self.assertEqual(line.state, "paid")

    def test_other_transfers_are_lettered_as_ever(self):
        """Such as that of a doubtful debt: no factor has anything to do with it."""
        move = self._create_due(5, 1000)
        receivable = self._receivable(move)
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": receivable.account_id.id,
                            "partner_id": self.customer.id,
                            "credit": 1000,
                        }
                    ),
                    Command.create(
                        {"account_id": self.accounts["account_id"].id, "debit": 1000}
                    ),
                ],
            }
        )
        entry.collection_transfer = True
        entry.action_post()
        (receivable + self._receivable(entry)).reconcile()
        self.assertTrue(receivable.reconciled)

    def test_invoice_assigned_again_after_its_return(self):
        line = self._assigned()
        operation = self._record(line, "return", 1000, TODAY)
        again = self._remit(line.move_id)
        self.assertEqual(again.line_ids.state, "assigned")
        with self.assertRaisesRegex(UserError, again.name):
            operation.action_cancel()

    def test_larger_part_says_what_became_of_it(self):
        line = self._assigned()
        self._record(line, "return", 1, TODAY)
        self._record(line, "customer_payment", 999, TODAY)
        self.assertEqual(line.state, "paid")

    def test_what_was_signed_is_not_deleted(self):
        assignment = self._assigned().assignment_id
        assignment.action_cancel()
        with self.assertRaises(UserError):
            assignment.unlink()
        draft = self._remit(self._create_due(6, 500), sign=False)
        draft.unlink()

    def test_bank_of_the_accountant_is_left_alone(self):
        """Without entries, the bank line is the accountant's."""
        self.contract.accounting = False
        line = self._assigned()
        bank_line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "date": TODAY,
                "payment_ref": "FACTO",
                "amount": 900,
            }
        )
        operation = self.contract._record(
            [
                self.contract._prepare_operation(
                    "payment",
                    TODAY,
                    900,
                    assignment_id=line.assignment_id.id,
                    statement_line_id=bank_line.id,
                )
            ]
        )
        _liquidity, suspense, _other = bank_line._seek_for_lines()
        suspense.account_id = self.accounts["account_id"]
        self.assertTrue(bank_line.is_reconciled)
        operation.action_cancel()
        self.assertTrue(bank_line.is_reconciled)


@tagged("post_install", "-at_install")
class TestFactoringCommission(FactoringCommon):
    """VAT of a commission, whatever the tax."""

    def _tax(self, **values):
        account = self.company_data["default_account_assets"]
        lines = [
            Command.create({"repartition_type": "base"}),
            Command.create({"repartition_type": "tax", "account_id": account.id}),
        ]
        return self.env["account.tax"].create(
            {
                "name": "VAT",
                "amount": 20,
                "type_tax_use": "purchase",
                "invoice_repartition_line_ids": lines,
                "refund_repartition_line_ids": lines,
                **values,
            }
        )

    def _rows_of_commission(self, tax):
        self.contract.commission_tax_id = tax
        vat = self.contract._get_commission_vat(100, self.company.currency_id)
        operation = self.contract._record(
            [self.contract._prepare_operation("commission", TODAY, 100, tax_amount=vat)]
        )
        return self._rows(operation.move_id)

    def test_tax_included_in_prices(self):
        tax = self._tax(price_include_override="tax_included")
        vat = self.company_data["default_account_assets"].code
        self.assertEqual(
            self._rows_of_commission(tax),
            sorted([("467100", -120.0), ("622500", 100.0), (vat, 20.0)]),
        )

    def test_reverse_charge(self):
        """A factor abroad: VAT is due and deducted, and comes to nothing."""
        lines = [
            Command.create({"repartition_type": "base"}),
            Command.create({"repartition_type": "tax", "factor_percent": 100}),
            Command.create({"repartition_type": "tax", "factor_percent": -100}),
        ]
        tax = self._tax(
            invoice_repartition_line_ids=lines, refund_repartition_line_ids=lines
        )
        self.assertEqual(
            self._rows_of_commission(tax),
            [
                ("467100", -100.0),
                ("622500", -20.0),
                ("622500", 20.0),
                ("622500", 100.0),
            ],
        )

    def test_negative_vat_is_refused(self):
        with self.assertRaises(UserError):
            self.contract._record(
                [
                    self.contract._prepare_operation(
                        "commission", TODAY, 100, tax_amount=-5
                    )
                ]
            )
