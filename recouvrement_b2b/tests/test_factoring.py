from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import day
from .factoring import FactoringCommon


@tagged("post_install", "-at_install")
class TestFactoring(FactoringCommon):
    """An invoice goes to the factor, and is still the customer's to pay."""

    def test_assigned_invoice_is_not_paid(self):
        move = self._create_due(5)
        assignment = self._remit(move)
        line = assignment.line_ids
        entry = line.operation_ids.move_id
        self.assertEqual(
            self._rows(entry),
            [
                (self._receivable(move).account_id.code, -1000.0),
                ("467100", 1000.0),
            ],
        )
        self.assertEqual(move.factoring_state, "assigned")
        self.assertEqual(move.payment_state, "not_paid")
        items = self.env["account.move.line"]._collection_open_items(
            day("2026-06-15"), self.company, self.customer
        )
        self.assertEqual([(i.move_id, i.residual) for i in items], [(move.id, 1000)])

    def test_customer_pays_the_factor(self):
        move = self._create_due(5)
        line = self._remit(move, signed="2026-06-10").line_ids
        self._record(line, "customer_payment", 400, day("2026-06-12"))
        self.assertEqual(move.amount_residual, 600)
        self.assertEqual((line.state, line.outstanding), ("assigned", 600))
        self._record(line, "customer_payment", 600, day("2026-06-14"))
        self.assertEqual(move.payment_state, "paid")
        self.assertEqual(line.state, "paid")
        self.assertTrue(line.transfer_line_id.reconciled)
        settlements = move.line_ids._collection_settlements(self._receivable(move).ids)
        self.assertEqual(
            [(str(s.date), s.amount) for s in settlements[self._receivable(move).id]],
            [("2026-06-12", 400.0), ("2026-06-14", 600.0)],
        )

    def test_returned_invoice_is_the_same_as_before(self):
        move = self._create_due(5)
        line = self._remit(move, signed="2026-06-10").line_ids
        self._record(line, "customer_payment", 400, day("2026-06-12"))
        operation = self._record(line, "return", 600, day("2026-06-14"))
        self.assertEqual(move.amount_residual, 600)
        self.assertEqual(move.factoring_state, "returned")
        self.assertEqual(self._balance("account_id"), 400)
        operation.action_cancel()
        self.assertEqual(line.state, "assigned")
        self.assertEqual(line.outstanding, 600)
        self.assertEqual(line.transfer_line_id.amount_residual, -600)
        self.assertEqual(self._balance("account_id"), 1000)

    def test_customer_pays_us(self):
        move = self._create_due(5)
        line = self._remit(move).line_ids
        self._pay(move, 300)
        self.assertEqual(line.amount_to_pass, 300)
        self._record(line, "collected", 300, day("2026-06-15"))
        self.assertEqual((line.amount_to_pass, line.outstanding), (0, 700))
        self.assertEqual(line.transfer_line_id.amount_residual, -700)

    def test_transfer_is_not_lettered_by_hand(self):
        move = self._create_due(5)
        line = self._remit(move).line_ids
        with self.assertRaises(UserError):
            (self._receivable(move) + line.transfer_line_id).reconcile()

    def test_cancelled_remittance_frees_its_invoices(self):
        move = self._create_due(5)
        assignment = self._remit(move)
        with self.assertRaises(UserError):
            move.button_draft()
        assignment.action_cancel()
        self.assertEqual(self._balance("account_id"), 0)
        self.assertEqual(move.factoring_state, "eligible")
        self._remit(move)
