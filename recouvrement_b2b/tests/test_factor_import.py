from odoo.exceptions import UserError
from odoo.tests import tagged

from .factor_statements import HEADER, FactorStatementCommon


@tagged("post_install", "-at_install")
class TestFactorImport(FactorStatementCommon):
    """A file of the factor is read by its columns, and remembered."""

    def test_a_file_comes_once(self):
        rows = ("15/06/2026;INT;;;12,00;;;",)
        statement = self._import(*rows)
        with self.assertRaisesRegex(UserError, "imported already"):
            self._wizard(*rows)
        statement.action_cancel()
        self._import(*rows).action_apply()

    def test_mapping_is_proposed_and_saved(self):
        self.mapping.unlink()
        line = self._assigned()
        wizard = self._wizard(
            f"15/06/2026;REG;{line.move_id.name};;;1 000,00;;Paid",
            "13/06/2026;VIR;;;900,00;;;Transfer",
        )
        self.assertFalse(wizard.problem)
        self.assertEqual(
            wizard.column_ids.mapped("field"),
            [
                "date",
                "code",
                "number",
                "remittance",
                "debit",
                "credit",
                "tax",
                "reference",
            ],
        )
        self.assertEqual((wizard.date_style, wizard.decimal), ("dmy", "comma"))
        self.assertIn("Transfer", wizard.preview)
        payment, transfer = wizard.code_ids
        self.assertEqual((transfer.total, transfer.negative), (-900, True))
        payment.kind, transfer.kind = "customer_payment", "payment"
        wizard.mapping_name = "Weekly"
        wizard.action_import()
        mapping = self.env["recouvrement.factor.mapping"].search([])
        self.assertEqual(mapping.name, "Weekly")
        self.assertEqual(
            mapping.code_ids.mapped(lambda code: (code.code, code.kind, code.negative)),
            [("REG", "customer_payment", False), ("VIR", "payment", True)],
        )
        # the next file reads both ways, but the mapping knows
        again = self._wizard("06/05/2026;VIR;;;900,00;;;", "04/06/2026;VIR;;;9,00;;;")
        self.assertFalse(again.problem)
        self.assertEqual(again.mapping_id, mapping)
        self.assertEqual(again.code_ids.mapped("kind"), ["customer_payment", "payment"])

    def test_errors_name_the_row_and_the_column(self):
        wizard = self._wizard(
            "15/06/2026;REG;F1;;;12,00;;",
            "31/02/2026;REG;F1;;;12,00;;",
            "15/06/2026;REG;F1;;;abc;;",
            "15/06/2026;REG;F1;;1,00;2,00;;",
            "15/06/2026;REG;F1;;;;;",
            ";;;;;12,00;;Total",
            "15/06/2026;REG;F1;;;1,00;;;more",
        )
        self.assertEqual(
            wizard.problem.splitlines(),
            [
                (
                    "Row 3, column “Date opération”: “31/02/2026” is not a date in the "
                    "style of this file (dmy)."
                ),
                "Row 4, column “Crédit”: “abc” is not an amount.",
                (
                    "Row 5, column “Crédit”: Debit and credit are both filled: one row "
                    "moves one amount."
                ),
                "Row 6, column “Débit”: This cell is empty.",
                "Row 7, column “Date opération”: This cell is empty.",
                "Row 8: The row has more than the 8 cells of the header.",
            ],
        )
        wizard.action_import()
        self.assertFalse(self.env["recouvrement.factor.statement"].search([]))
        wizard.skip_bad_rows = True
        wizard.action_import()
        statement = self.env["recouvrement.factor.statement"].search([])
        self.assertEqual(statement.line_ids.mapped("row"), [2])

    def test_a_column_that_is_gone_is_told(self):
        with self.assertRaisesRegex(UserError, "a column “TVA” that the file has not"):
            self._wizard(
                "15/06/2026;REG;F1;;;12,00;", header=HEADER.replace("TVA;", "")
            )

    def test_hostile_cells_are_texts(self):
        evil = "=cmd|' /C calc'!A0"
        script = "<script>alert(1)</script>"
        wizard = self._wizard(
            f"15/06/2026;{evil};{script};;;12,00;;{script}",
            f"15/06/2026;REG;@SUM(A1);;;1,00;;{evil}",
        )
        self.assertNotIn("<script>", wizard.preview)
        wizard.action_import()
        statement = self.env["recouvrement.factor.statement"].search([])
        self.assertEqual(statement.line_ids.mapped("code"), [evil, "REG"])
        self.assertEqual(statement.line_ids[1].reference, evil)
        self.assertNotIn("<script>", statement.totals)
        self.assertEqual(set(statement.line_ids.mapped("state")), {"unmatched"})
