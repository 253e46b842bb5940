from odoo.tests import HttpCase, tagged

from .factoring import FactoringCommon


@tagged("post_install", "-at_install")
class TestFactoringTour(FactoringCommon, HttpCase):
    """A remittance, from the proposal to the first payment, in a real browser."""

    browser_size = "1600,900"

    def test_assign_invoices(self):
        self._accountant("own")
        self.contract.customer_ids.approved_amount = 5000
        paid = self._create_due(5, 1000)
        late = self._create_due(-5, 3000)
        over = self._create_due(-10, 2000)
        self.start_tour(
            "/odoo/factoring-remittances", "recouvrement_factoring_tour", login="anne"
        )
        assignment = self.contract.assignment_ids
        self.assertEqual(assignment.line_ids.move_id, paid + late)
        self.assertEqual(assignment.state, "financed")
        self.assertEqual(assignment.amount_financed, 3570)
        self.assertEqual(paid.payment_state, "paid")
        # the payment made room for the invoice that was over the limit
        self.assertEqual(
            (paid + late + over).mapped("factoring_state"),
            ["paid", "financed", "eligible"],
        )
