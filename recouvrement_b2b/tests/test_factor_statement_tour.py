from odoo.tests import HttpCase, tagged

from .factoring import FactoringCommon


@tagged("post_install", "-at_install")
class TestFactorStatementTour(FactoringCommon, HttpCase):
    """A statement is imported in a real browser, and one of its rows solved by hand."""

    browser_size = "1600,1000"

    def test_import_a_statement(self):
        self._accountant("own")
        moves = self.env["account.move"].union(
            self._create_due(5, 1000, name="TOUR/0001"),
            self._create_due(4, 2000, name="TOUR/0002"),
        )
        assignment = self._remit(moves, sign=False)
        assignment.date_signed = "2026-06-10"
        assignment.action_confirm()
        assignment.action_sign()
        self.start_tour(
            f"/odoo/factoring-contracts/{self.contract.id}",
            "recouvrement_factor_statement_tour",
            login="anne",
        )
        statement = self.env["recouvrement.factor.statement"].search([])
        self.assertEqual(statement.state, "done")
        self.assertEqual(moves.mapped("payment_state"), ["paid", "paid"])
        self.assertEqual(self._balance("interest_account_id"), 12.34)
        mapping = self.env["recouvrement.factor.mapping"].search([])
        self.assertEqual(
            mapping.code_ids.mapped("kind"), ["interest", "customer_payment"]
        )
        self.assertEqual(mapping.header_row, 2)
