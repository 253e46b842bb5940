from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import day
from .factoring import FactoringCommon


@tagged("post_install", "-at_install")
class TestFactoringEntries(FactoringCommon):
    """Two life cycles, entry by entry, and what cannot be recorded."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vat = cls.env["account.tax"].create(
            {
                "name": "VAT 20 %",
                "amount": 20,
                "type_tax_use": "purchase",
                "invoice_repartition_line_ids": [
                    Command.create({"repartition_type": "base"}),
                    Command.create(
                        {
                            "repartition_type": "tax",
                            "account_id": cls.company_data["default_account_assets"].id,
                        }
                    ),
                ],
                "refund_repartition_line_ids": [
                    Command.create({"repartition_type": "base"}),
                    Command.create({"repartition_type": "tax"}),
                ],
            }
        )
        cls.contract.commission_tax_id = cls.vat
        cls.receivable = cls.company_data["default_account_receivable"].code
        cls.vat_account = cls.company_data["default_account_assets"].code
        cls.bank = cls.company_data["default_journal_bank"]

    def _finance(self, assignment, **values):
        action = assignment.action_finance()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.write({"date": day("2026-06-15"), **values})
        wizard.action_apply()
        return wizard

    def _settle(self, lines, kind, **values):
        action = lines.action_settle()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.kind = kind
        wizard.write({"date": day("2026-06-15"), **values})
        with freeze_time(wizard.date):
            wizard.action_apply()

    def _operation(self, kind, **values):
        action = self.contract.action_record()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.write({"kind": kind, "date": day("2026-06-15"), **values})
        wizard.action_apply()
        return self.contract.operation_ids.sorted("id")[-1]

    def _entry(self, kind):
        """Return the rows of the last entry of a kind."""
        operations = self.contract.operation_ids.filtered(
            lambda operation: operation.kind == kind and operation.state == "posted"
        )
        return self._rows(operations.sorted("id")[-1].move_id)

    def _credit(self, move, amount, lettered=True):
        """Return a credit note of an invoice, lettered with it as Odoo does or not."""
        refund = move._reverse_moves([{"invoice_date": day("2026-06-14")}])
        refund.invoice_line_ids.price_unit = amount
        if not lettered:
            refund.reversed_entry_id = False
        refund.action_post()
        return refund

    def _bank_line(self, amount):
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": day("2026-06-15"),
                "payment_ref": "FACTO",
                "amount": amount,
            }
        )

    def test_notified_contract_with_recourse(self):
        """Assigned, financed, one invoice paid to the factor, the other returned."""
        first, second = self._create_due(5, 1000), self._create_due(-20, 3000)
        assignment = self._remit(first + second)
        self.assertEqual(
            self._entry("assignment"),
            [
                (self.receivable, -3000.0),
                (self.receivable, -1000.0),
                ("467100", 4000.0),
            ],
        )
        assignment.action_send()
        # 0.5 % of 4,000 is 20 and 4 of VAT; 90 % of 4,000 less these 24 is 3,576
        bank_line = self._bank_line(3576)
        self._finance(assignment, statement_line_id=bank_line.id)
        self.assertEqual(
            self._entry("holdback"), [("467100", -400.0), ("467200", 400.0)]
        )
        self.assertEqual(
            self._entry("commission"),
            sorted([("467100", -24.0), ("622500", 20.0), (self.vat_account, 4.0)]),
        )
        self.assertEqual(
            self._entry("payment"), [("467100", -3576.0), ("580000", 3576.0)]
        )
        self.assertTrue(bank_line.is_reconciled)
        self.assertEqual(self._balance("transit_account_id"), 0)
        self.assertEqual(self._balance("account_id"), 0)
        self.assertEqual(assignment.state, "financed")
        self.assertEqual((first + second).mapped("factoring_state"), ["financed"] * 2)
        self.assertEqual(assignment.amount_financed, 3576)
        self._end_with_recourse(assignment)

    def _end_with_recourse(self, assignment):
        """The first invoice is paid to the factor, the second comes back."""
        line, other = assignment.line_ids.sorted("amount")
        first, second = line.move_id, other.move_id
        self._settle(line, "customer_payment", date=day("2026-06-20"))
        self.assertEqual(
            self._entry("customer_payment"),
            [(self.receivable, -1000.0), (self.receivable, 1000.0)],
        )
        self.assertEqual((first.payment_state, line.state), ("paid", "paid"))
        self._operation("holdback_release", amount=100, assignment_id=assignment.id)
        self.assertEqual(
            self._entry("holdback_release"), [("467100", 100.0), ("467200", -100.0)]
        )

        self._settle(other, "return", date=day("2026-08-01"))
        self.assertEqual(
            self._entry("return"), [(self.receivable, 3000.0), ("467100", -3000.0)]
        )
        self.assertEqual((second.payment_state, other.state), ("not_paid", "returned"))
        self.assertEqual(assignment.state, "closed")
        self._operation("holdback_release", amount=300)
        self._operation("interest", amount=12.5)
        self.assertEqual(self._entry("interest"), [("467100", -12.5), ("661600", 12.5)])
        # we owe what was financed of the invoice that came back, and the interest
        self.assertEqual(self._balance("account_id"), -2612.5)
        self._operation("reimbursement", amount=2612.5)
        self.assertEqual(
            self._entry("reimbursement"), [("467100", 2612.5), ("580000", -2612.5)]
        )
        for account in ("account_id", "holdback_account_id"):
            self.assertEqual(self._balance(account), 0, account)
        for move in self.contract.operation_ids.move_id:
            self.assertEqual(sum(move.line_ids.mapped("balance")), 0)

    def test_confidential_contract(self):
        """The customer pays us as ever; what it paid is passed on."""
        self.contract.write({"notified": False, "recourse": False})
        move = self._create_due(5, 1000)
        assignment = self._remit(move)
        self._finance(assignment)
        line = assignment.line_ids
        self._pay(move, 400)
        self.assertEqual(move.payment_state, "partial")
        self.assertEqual((line.amount_to_pass, assignment.amount_to_pass), (400, 400))
        action = assignment.action_pass_on()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.line_ids.amount, 400)
        wizard.action_apply()
        self.assertEqual(
            self._entry("collected"), [(self.receivable, 400.0), ("467100", -400.0)]
        )
        self._pay(move, 600)
        assignment.action_pass_on()
        self._settle(line, "collected")
        self.assertEqual((line.state, line.outstanding), ("paid", 0))
        self.assertTrue(line.transfer_line_id.reconciled)
        self.assertEqual(assignment.state, "closed")

    def test_entries_only_where_the_contract_books_them(self):
        self.contract.accounting = False
        move = self._create_due(5, 1000)
        assignment = self._remit(move)
        self._finance(assignment)
        self._settle(assignment.line_ids, "customer_payment")
        self.assertFalse(self.contract.operation_ids.move_id)
        self.assertEqual(assignment.line_ids.state, "paid")
        self.assertEqual(move.amount_residual, 1000, "the books are the accountant's")

    def test_every_operation_can_be_undone(self):
        move = self._create_due(5, 1000)
        assignment = self._remit(move)
        bank_line = self._bank_line(894)
        self._finance(assignment, statement_line_id=bank_line.id)
        self._settle(assignment.line_ids, "customer_payment")
        operations = self.contract.operation_ids.filtered(
            lambda operation: operation.kind != "assignment"
        )
        for operation in operations.sorted("id", reverse=True):
            operation.action_cancel()
        self.assertEqual(move.amount_residual, 1000)
        self.assertEqual(assignment.line_ids.outstanding, 1000)
        self.assertEqual(
            (assignment.state, assignment.date_financed), ("signed", False)
        )
        self.assertFalse(bank_line.is_reconciled)
        self.assertEqual(self._balance("account_id"), 1000)
        assignment.action_cancel()
        self.assertEqual(self._balance("account_id"), 0)
        for account in self.accounts:
            self.assertEqual(self._balance(account), 0, account)

    def test_more_than_is_outstanding_is_refused(self):
        move = self._create_due(5, 1000)
        line = self._remit(move).line_ids
        for kind, amount in (
            ("customer_payment", 1000.01),
            ("return", -1),
            ("collected", 1),
        ):
            with self.subTest(kind), self.assertRaises(UserError):
                self._record(line, kind, amount, day("2026-06-15"))
        self._record(line, "customer_payment", 1000, day("2026-06-15"))
        with self.assertRaises(UserError):
            self._record(line, "return", 1, day("2026-06-15"))

    def test_bank_line_of_another_amount_is_refused(self):
        assignment = self._remit(self._create_due(5, 1000))
        with self.assertRaises(UserError):
            self._finance(assignment, statement_line_id=self._bank_line(10).id)
        self.assertEqual(assignment.state, "signed")

    def test_credit_note_goes_with_its_invoices(self):
        move = self._create_due(5, 1000)
        refund = self._credit(move, 200, lettered=False)
        assignment = self._remit(move + refund)
        self.assertEqual(assignment.amount_total, 800)
        self.assertEqual(
            self._entry("assignment"),
            [
                (self.receivable, -1000.0),
                (self.receivable, 200.0),
                ("467100", 800.0),
            ],
        )
        # the customer pays the difference
        self._settle(assignment.line_ids, "customer_payment")
        self.assertEqual(move.payment_state, "paid")
        self.assertEqual(refund.amount_residual, 0)
        self.assertEqual(self._balance("account_id"), 800)

    def test_credit_note_lettered_after_its_assignment_comes_to_nothing(self):
        move = self._create_due(5, 1000)
        refund = self._credit(move, 200, lettered=False)
        assignment = self._remit(move + refund)
        (self._receivable(move) + self._receivable(refund)).reconcile()
        lines = assignment.line_ids
        self.assertEqual(sorted(lines.mapped("amount_to_pass")), [-200, 200])
        self._settle(lines.filtered("amount_to_pass"), "collected")
        self.assertEqual(assignment.outstanding, 800)
        self.assertEqual(self._balance("account_id"), 800)

    def test_credit_note_of_an_assigned_invoice_follows_it(self):
        """Odoo letters it with its invoice at once; the factor takes it anyway."""
        move = self._create_due(5, 1000)
        line = self._remit(move).line_ids
        refund = self._credit(move, 200)
        self.assertEqual((move.amount_residual, line.amount_to_pass), (800, 200))
        self.assertEqual(refund.factoring_state, "eligible")
        self.assertIn(refund, self.contract._get_eligible())
        credit = self._remit(refund)
        self.assertEqual((credit.amount_total, credit.line_ids.state), (-200, "paid"))
        self.assertEqual((line.outstanding, line.amount_to_pass), (800, 0))
        self.assertEqual(line.transfer_line_id.amount_residual, -800)
        self.assertEqual(self._balance("account_id"), 800)

    def test_foreign_currency_keeps_the_rate_of_the_invoice(self):
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
        move = self._create_due(20, 1000, currency_id=euro.id)
        assignment = self._remit(move)
        self.assertEqual(
            self._entry("assignment"), [(self.receivable, -1250.0), ("467100", 1250.0)]
        )
        line = assignment.line_ids
        self._settle(line, "customer_payment")
        self.assertEqual(move.payment_state, "paid")
        self.assertTrue(line.transfer_line_id.reconciled)
        self.assertFalse(
            self.env["account.move"].search(
                [("journal_id", "=", self.company.currency_exchange_journal_id.id)]
            ),
            "no exchange difference",
        )

    def test_invoice_of_several_due_dates(self):
        terms = self.env["account.payment.term"].create(
            {
                "name": "Twice",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 30, "nb_days": 10}
                    ),
                    Command.create(
                        {"value": "percent", "value_amount": 70, "nb_days": 40}
                    ),
                ],
            }
        )
        move = self._create_due(5, 1000, invoice_payment_term_id=terms.id)
        line = self._remit(move).line_ids
        self._record(line, "customer_payment", 500, day("2026-06-15"))
        self.assertEqual(
            self._receivable(move).sorted("date_maturity").mapped("amount_residual"),
            [0, 500],
        )
        self._record(line, "return", 500, day("2026-06-15"))
        self.assertEqual(move.amount_residual, 500)

    def test_interest_in_advance(self):
        """90 % of 3,000 and of 1,000, at 4 % on 20 and 0 days of 360: 6.00."""
        self.contract.interest_rule = "advance"
        assignment = self._remit(
            self._create_due(-20, 3000) + self._create_due(5, 1000)
        )
        action = assignment.action_finance()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.interest, 6)
        self.assertEqual(wizard.payment, 3600 - 24 - 6)
        self.contract.interest_year = "365"
        wizard.date = day("2026-06-25")  # 10 days: 2.9589...
        self.assertEqual(wizard.interest, 2.96)

    def test_two_payments_of_one_invoice_on_one_day(self):
        line = self._remit(self._create_due(5, 1000)).line_ids
        self.contract._record(
            [
                line._prepare_operation("customer_payment", day("2026-06-15"), amount)
                for amount in (300, 500)
            ]
        )
        self.assertEqual((line.move_id.amount_residual, line.outstanding), (200, 200))
        self.assertEqual(line.transfer_line_id.amount_residual, -200)

    def test_queries_do_not_grow_with_invoices(self):
        """But for what Odoo asks for each journal item and invoice that is written."""

        def count(number):
            moves = self.env["account.move"].union(
                *(self._create_due(5, 10) for _each in range(number))
            )
            assignment = self._remit(moves, sign=False)
            assignment.action_confirm()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            assignment.action_sign()
            self.env.flush_all()
            signed = self.env.cr.sql_log_count
            self._settle(assignment.line_ids, "customer_payment")
            self.env.flush_all()
            return signed - before, self.env.cr.sql_log_count - signed

        count(2)  # warms the caches of the registry up
        few, many = count(3), count(23)
        self.assertLessEqual(many[0] - few[0], 20 * 2, "signing")
        self.assertLessEqual(many[1] - few[1], 20 * 3, "paying")

    def test_accounts_are_asked_for(self):
        with self.assertRaisesRegex(ValidationError, "Holdback Account"):
            self.contract.holdback_account_id = False

    def test_contract_without_its_rules_is_refused(self):
        for values in (
            {"notified": False, "managed_by_factor": True},
            {"financing_rate": 95, "holdback_rate": 10},
            {"commission_rate": -1},
            {"date_end": "2025-01-01"},
        ):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self._contract(name="Other", **values)
