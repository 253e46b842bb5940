from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import TODAY, day
from .factor_statements import HEADER, FactorStatementCommon


@tagged("post_install", "-at_install")
class TestFactorStatement(FactorStatementCommon):
    """The factor's statement becomes operations: what matches, and nothing else."""

    def test_every_operation_of_a_month(self):
        first, second, third = (
            self._assigned(amount) for amount in (1000.0, 2000.0, 400.0)
        )
        remittance = first.assignment_id
        statement = self._import(
            f"15/06/2026;RG;;{remittance.name};100,00;;;Retenue",
            f"15/06/2026;VIR;;{remittance.name};850,00;;;Virement 1",
            "15/06/2026;COM;;;5,00;;1,00;Commission",
            "15/06/2026;INT;;;12,34;;;Agios",
            f"15/06/2026;REG;{first.move_id.name};;;1 000,00;;Rglt",
            f"15/06/2026;REG;{second.move_id.name};;;500,00;;",
            f"15/06/2026;DEF;{third.move_id.name};;400,00;;;Impayé",
            "15/06/2026;LRG;;;;100,00;;Libération",
            "15/06/2026;SLD;;;;9 999,00;;Nouveau solde",
        )
        self.assertEqual(
            statement.line_ids.mapped("state"), ["matched"] * 8 + ["ignored"]
        )
        self.assertFalse(statement.problem)
        statement.action_apply()
        self.assertEqual(statement.state, "done")
        self.assertEqual(statement.line_ids.mapped("state"), ["done"] * 8 + ["ignored"])
        # 3400 assigned - 100 + 100 - 850 - (5 + 1) - 12.34 - 400 returned
        self.assertEqual(self._balance("account_id"), 2131.66)
        self.assertEqual(self._balance("holdback_account_id"), 0)
        self.assertEqual(self._balance("commission_account_id"), 5)
        self.assertEqual(self._balance("interest_account_id"), 12.34)
        self.assertEqual(self._balance("transit_account_id"), 850)
        self.assertEqual(
            (first + second + third).mapped(
                lambda line: (line.state, line.outstanding)
            ),
            [("paid", 0), ("assigned", 1500), ("returned", 0)],
        )
        self.assertEqual(first.move_id.payment_state, "paid")
        self.assertEqual(third.move_id.amount_residual, 400)
        self.assertEqual(remittance.state, "closed", "financed, and all of it paid")
        self.assertEqual(remittance.date_financed, day("2026-06-15"))
        commission = statement.operation_ids.filtered(
            lambda operation: operation.kind == "commission"
        )
        self.assertEqual((commission.amount, commission.tax_amount), (5, 1))
        self.assertEqual(commission.reference, "Commission")

    def test_cancelled_statement_leaves_nothing(self):
        line = self._assigned()
        row = f"15/06/2026;REG;{line.move_id.name};;;1 000,00;;"
        statement = self._import(row, "15/06/2026;COM;;;5,00;;1,00;")
        statement.action_apply()
        statement.action_cancel()
        self.assertEqual(statement.state, "cancelled")
        self.assertEqual(set(statement.operation_ids.mapped("state")), {"cancelled"})
        self.assertEqual((line.state, line.outstanding), ("assigned", 1000))
        self.assertEqual(self._balance("account_id"), 1000)
        self.assertEqual(line.move_id.amount_residual, 1000)
        again = self._import(row, "15/06/2026;COM;;;5,00;;1,00;")
        again.action_apply()
        self.assertEqual(line.state, "paid")

    def assertProblems(self, expected, **values):
        """Check what is said of each row: ``{row: sentence}``."""
        found = self._problems(*expected, **values)
        self.assertEqual(dict(zip(expected, found, strict=True)), expected)

    def test_why_a_row_does_not_match_an_invoice(self):
        line = self._assigned()
        name = line.move_id.name
        draft = self._remit(self._create_due(4), sign=False).line_ids
        paid = self._assigned()
        self._record(paid, "customer_payment", 1000, day("2026-06-15"))
        returned = self._assigned()
        self._record(returned, "return", 1000, day("2026-06-15"))
        code = {"code": "ENC", "kind": "collected"}
        self.mapping.code_ids = [Command.create(code)]
        unknown = "is assigned on this contract."
        self.assertProblems(
            {
                "15/06/2026;REG;;;;1,00;;": "It names no invoice.",
                "15/06/2026;REG;INV/0/9;;;1,00;;": f"No invoice INV/0/9 {unknown}",
                f"15/06/2026;REG;{name.lower()};;;1,00;;": (
                    f"No invoice {name.lower()} {unknown}"
                ),
                f"15/06/2026;REG;{name};;;600,00;;": "matched",
                f"15/06/2026;REG;{name};;;400,01;;": (
                    f"It is more than the {self._money(400)} that are outstanding."
                ),
                f"15/06/2026;ENC;{name};;;10,00;;": (
                    f"It is more than the {self._money(0)} that the customer paid to "
                    "you, or was credited, and that you did not pass on yet."
                ),
                f"15/06/2026;REG;{name};;10,00;;;": (
                    "Its sign is not that of the invoice: to undo what was recorded, "
                    "cancel the operation."
                ),
                f"15/06/2026;REG;{draft.move_id.name};;;1,00;;": (
                    f"Remittance {draft.assignment_id.name} is not signed."
                ),
                f"15/06/2026;REG;{paid.move_id.name};;;1,00;;": "It is paid already.",
                f"15/06/2026;DEF;{returned.move_id.name};;1,00;;;": (
                    "It was returned already."
                ),
            }
        )

    def test_why_a_row_cannot_be_recorded(self):
        line = self._assigned()
        name = line.move_id.name
        self.assertProblems(
            {
                f"15/06/2026;XYZ;{name};;;1,00;;": (
                    "The mapping does not say what code “XYZ” stands for."
                ),
                f"16/06/2026;REG;{name};;;1,00;;": "Its date is in the future.",
                f"14/06/2026;REG;{name};;;1,00;;": (
                    f"Its date is before remittance {line.assignment_id.name} was "
                    "signed."
                ),
                f"15/06/2026;REG;{name};;;0,00;;": "Its amount is zero: leave it out.",
                "15/06/2026;VIR;;REM/0;1,00;;;": (
                    "The contract has no remittance REM/0."
                ),
                "15/06/2026;VIR;;;;1,00;;": (
                    "Its sign is the opposite of what its code says."
                ),
                "15/06/2026;LRG;;;;1,00;;": (
                    f"It is more than the {self._money(0)} that the factor keeps."
                ),
                "31/12/2025;INT;;;1,00;;;": "Its date is before the contract starts.",
            }
        )

    def test_nothing_is_recorded_as_long_as_a_row_is_to_be_solved(self):
        line = self._assigned()
        statement = self._import(
            f"15/06/2026;REG;{line.move_id.name};;;1 000,00;;",
            "15/06/2026;REG;WRONG;;;10,00;;",
        )
        with self.assertRaisesRegex(UserError, "Row 3: No invoice WRONG"):
            statement.action_apply()
        self.assertEqual(line.outstanding, 1000)
        statement.line_ids[1].action_leave_out()
        self.assertEqual(statement.line_ids[1].state, "ignored")
        statement.line_ids[1].action_take_back()
        self.assertEqual(statement.line_ids[1].state, "unmatched")
        statement.line_ids[1].action_leave_out()
        statement.action_apply()
        self.assertEqual((line.state, len(statement.operation_ids)), ("paid", 1))

    def test_a_person_chooses_the_invoice_and_the_operation(self):
        line = self._assigned()
        statement = self._import(
            "15/06/2026;REG;UNKNOWN;;;1 200,00;;", "15/06/2026;???;;;-30,00;;;Agios"
        )
        first, second = statement.line_ids
        first.line_id = line
        self.assertEqual(
            first.problem,
            f"It is more than the {self._money(1000)} that are outstanding.",
        )
        first.left_out = True
        second.kind = "interest"
        self.assertEqual((second.state, second.amount), ("matched", 30))
        statement.action_match()
        self.assertEqual(second.kind, "interest")
        statement.action_apply()
        self.assertEqual(self._balance("interest_account_id"), 30)
        with self.assertRaises(UserError):
            second.kind = "commission"
        with self.assertRaises(UserError):
            second.with_user(self.env.user).amount = 3

    def test_a_row_is_recorded_once(self):
        statement = self._import("15/06/2026;INT;;;12,00;;;")
        statement.action_apply()
        (row,) = statement.line_ids
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self.contract._record([row._prepare_operation()])
        with self.assertRaisesRegex(UserError, "recorded"):
            statement.action_apply()
        statement.action_cancel()
        self.env.flush_all()
        self.contract._record([row._prepare_operation()])

    def test_collectors_read_and_accountants_record(self):
        accountant = new_test_user(
            self.env,
            "anne",
            "base.group_user,account.group_account_user",
            company_id=self.company.id,
        )
        statement = self._import("15/06/2026;INT;;;12,00;;;")
        seen = statement.with_user(self.collector)
        self.assertEqual(seen.line_ids.mapped("state"), ["matched"])
        for refused in (seen.action_apply, seen.action_cancel, seen.action_match):
            with self.assertRaises(AccessError):
                refused()
        with self.assertRaises(AccessError):
            seen.line_ids.left_out = True
        statement.with_user(accountant).action_apply()
        self.assertEqual(seen.state, "done")
        self.assertEqual(
            self.contract.with_user(self.collector).cost_amount, 12, "figures too"
        )

    def test_the_sum_of_the_factor_is_checked(self):
        statement = self._import("15/06/2026;INT;;;12,00;;;")
        self.assertEqual(statement.written_total, -12)
        statement.write({"has_control": True, "control_total": -13})
        with self.assertRaisesRegex(UserError, "adds up to -12.00, .* says -13.00:"):
            statement.action_apply()
        statement.control_total = -12
        statement.action_apply()

    def test_vat_of_commissions(self):
        statement = self._import(
            "15/06/2026;COM;;;12,00;;2,00;",
            "15/06/2026;COM;;;12,00;;;",
            "15/06/2026;COM;;;;1,20;0,20;Refund",
        )
        self.assertEqual(
            statement.line_ids.mapped(lambda row: (row.amount, row.tax_amount)),
            [(12, 2), (12, 2.4), (-1.2, -0.2)],
        )
        self.mapping.tax_included = True
        statement.action_match()
        self.assertEqual(
            statement.line_ids.mapped(lambda row: (row.amount, row.tax_amount)),
            [(10, 2), (10, 2), (-1, -0.2)],
        )
        statement.action_apply()
        self.assertEqual(self._balance("commission_account_id"), 19)
        self.assertEqual(self._balance("account_id"), -22.8)

    def test_statement_is_made_by_the_import_alone(self):
        statement = self._import("15/06/2026;COM;;;12,00;;2,00;A1")
        accountant = self._accountant("manager")
        row = {"statement_id": statement.id, "row": 9, "date": TODAY, "written": 50}
        with self.assertRaises(UserError):
            statement.line_ids.with_user(accountant).create(row)
        with self.assertRaises(UserError):
            statement.with_user(accountant).create({"factor_id": self.contract.id})

    def test_row_of_another_statement_is_not_recorded_twice(self):
        """A monthly statement repeats the weekly one."""
        self._import("15/06/2026;COM;;;12,00;;2,00;A1").action_apply()
        again = self._import(
            "15/06/2026;COM;;;12,00;;2,00;A1",
            "15/06/2026;COM;;;12,00;;2,00;A2",
        )
        self.assertEqual(again.line_ids.mapped("state"), ["unmatched", "matched"])
        self.assertIn("another statement", again.line_ids[0].problem)

    def test_vat_that_cannot_be(self):
        statement = self._import(
            "15/06/2026;COM;;;10,00;;5 000,00;A1", "15/06/2026;INT;;;10,00;;2,00;A2"
        )
        self.assertEqual(statement.line_ids.mapped("state"), ["unmatched"] * 2)

    def test_several_invoices_of_one_number(self):
        line, other = self._assigned(), self._assigned()
        self.env.cr.execute(
            "UPDATE account_move SET name = %s, journal_id = %s WHERE id = %s",
            (line.move_id.name, self.factoring_journal.id, other.move_id.id),
        )
        self.env.invalidate_all()
        statement = self._import(f"15/06/2026;REG;{line.move_id.name};;;1 000,00;;")
        row = statement.line_ids
        self.assertRegex(row.problem, "Several assigned invoices are called")
        row.line_id = other
        self.assertEqual(row.state, "matched")
        statement.action_apply()
        self.assertEqual((line.state, other.state), ("assigned", "paid"))

    def test_credit_notes_and_currencies(self):
        refund = self._create_due(5, amount=300.0, move_type="out_refund")
        euro = self.env.ref("base.EUR")
        euro.active = True
        invoice = self._create_due(5)
        self._remit(invoice + refund)
        statement = self._import(
            f"15/06/2026;REG;{refund.name};;300,00;;;;EUR",
            f"15/06/2026;REG;{refund.name};;300,00;;;;",
            f"15/06/2026;REG;{invoice.name};;;1 000,00;;;ZZZ",
            header=f"{HEADER};Devise",
            mapping_id=self._mapping(column_currency="Devise").id,
        )
        self.assertEqual(
            statement.line_ids.mapped(lambda row: row.problem or row.state),
            [
                f"{refund.name} is in USD.",
                "matched",
                "ZZZ is no currency that is active here.",
            ],
        )

    def test_queries_do_not_grow_with_the_rows(self):
        moves = self.env["account.move"]
        for _number in range(4):
            moves += self._create_due(5, amount=1000.0)
        self.contract.accounting = False
        self._remit(moves)
        counts = []
        for size in (4, 500):
            rows = [
                f"15/06/2026;REG;{moves[index % 4].name};;;1,00;;{size}-{index}"
                for index in range(size)
            ]
            wizard = self._wizard(*rows)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard.action_import()
            self.env.flush_all()
            middle = self.env.cr.sql_log_count
            statement = self.env["recouvrement.factor.statement"].search([], limit=1)
            self.assertEqual(statement.matched_count, size)
            self.env.invalidate_all()
            statement.action_apply()
            self.env.flush_all()
            counts.append((middle - before, self.env.cr.sql_log_count - middle))
        (small, small_apply), (large, large_apply) = counts
        self.assertLess(large - small, 20, counts)
        self.assertLess(large_apply - small_apply, 30, counts)
