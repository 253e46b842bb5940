"""What is found is what is shown: states, contracts and remittances of invoices."""

from odoo.fields import Domain
from odoo.tests import tagged

from ..models.account_move_factoring import FACTORING_STATES
from .common import TODAY
from .factoring import FactoringCommon


@tagged("post_install", "-at_install")
class TestFactoringSearch(FactoringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._contract(name="Second")

    def _found(self, *condition):
        own = Domain("commercial_partner_id", "=", self.customer.id)
        return self.env["account.move"].search(own & Domain(*condition), order="id")

    def assertShownIsFound(self):
        """Each state, contract and remittance finds what shows it, and no more."""
        self.env["account.move"].invalidate_model()
        moves = self._found("id", "!=", False)
        for state, _label in FACTORING_STATES:
            self._assert_found("factoring_state", state, moves)
        for name in ("factor_id", "assignment_id"):
            model = moves[name].browse().sudo()
            for record in model.search([("company_id", "=", self.company.id)]):
                self._assert_found(name, record.id, moves)
            self._assert_found(name, False, moves)

    def _assert_found(self, name, value, moves):
        def shown(move):
            found = move[name]
            return (found.id if name.endswith("_id") else found) == value

        own = moves.filtered(shown)
        self.assertEqual(self._found(name, "=", value), own, (name, value))
        self.assertEqual(self._found(name, "!=", value), moves - own, (name, value))

    def _life(self):
        """Return invoices to which about everything happened."""
        moves = {
            name: self._create_due(5, 1000)
            for name in ("free", "held", "gone", "again", "paid", "cancelled")
        }
        moves["over"] = self._create_due(2, 50000)
        self._remit(moves["held"])
        for name in ("gone", "again"):
            line = self._remit(moves[name]).line_ids
            self._record(line, "return", 1000, TODAY)
        self._remit(moves["again"], self.other)
        line = self._remit(moves["paid"]).line_ids
        self._record(line, "customer_payment", 1000, TODAY)
        self._remit(moves["cancelled"]).action_cancel()
        return moves

    def test_every_value_finds_what_shows_it(self):
        moves = self._life()
        self.assertShownIsFound()
        self.assertEqual(self._found("factoring_state", "=", "returned"), moves["gone"])
        self.assertEqual(
            self._found("factoring_state", "in", ("assigned", "returned")),
            moves["held"] + moves["gone"] + moves["again"],
        )
        self.assertEqual(self._found("factor_id", "=", self.other.id), moves["again"])
        self.assertEqual(
            self._found("factoring_state", "=", "eligible"),
            moves["free"] + moves["cancelled"],
        )

    def test_what_was_assigned_twice_comes_back(self):
        """A cancelled remittance leaves the one before; a deleted one as well."""
        move = self._create_due(5, 1000)
        self._record(self._remit(move).line_ids, "return", 1000, TODAY)
        again = self._remit(move, self.other, sign=False)
        self.assertShownIsFound()
        self.assertEqual(move.factoring_state, "selected")
        again.action_cancel()
        self.assertShownIsFound()
        self.assertEqual(
            (move.factoring_state, move.factor_id), ("returned", self.contract)
        )
        draft = self._remit(move, self.other, sign=False)
        self.assertEqual(self._found("factor_id", "=", self.other.id), move)
        draft.unlink()
        self.assertShownIsFound()
        self.assertEqual(
            (move.factoring_state, move.factor_id), ("returned", self.contract)
        )

    def test_credit_note_of_an_assigned_invoice_is_found_as_eligible(self):
        move = self._create_due(5, 1000)
        self._remit(move)
        refund = self._create_due(4, 200, move_type="out_refund")
        (self._receivable(move) + self._receivable(refund)).reconcile()
        self.assertShownIsFound()
        self.assertEqual(refund.factoring_state, "eligible")
        self.assertEqual(self._found("factoring_state", "=", "eligible"), refund)

    def test_disputed_invoice_that_came_back(self):
        move = self._create_due(5, 1000)
        held = self._create_due(5, 1000)
        self._record(self._remit(move).line_ids, "return", 1000, TODAY)
        self._remit(held)
        reason = self.env["recouvrement.dispute.reason"].search([], limit=1)
        wizard = self.env["recouvrement.dispute.create"].create(
            {"move_ids": (move + held).ids, "reason_id": reason.id}
        )
        wizard.action_apply()
        self.assertShownIsFound()
        self.assertEqual(
            (move + held).mapped("factoring_state"), ["returned", "disputed"]
        )
        # whose disputes they are makes no difference
        self.customer.collector_id = self.collector
        reader = self.env["account.move"].with_user(self._accountant("own"))
        self.assertEqual(reader.browse(held.id).factoring_state, "disputed")
        self.assertEqual(reader.search([("factoring_state", "=", "disputed")]), held)

    def test_every_operator(self):
        moves = self._life()
        held = moves["held"] + moves["gone"] + moves["paid"]
        name, assignment = self.contract.name, moves["held"].assignment_id
        for condition, expected in (
            (("factor_id", "child_of", self.contract.id), held),
            (("factor_id", "child_of", [name]), held),
            (("factor_id", "parent_of", self.contract.ids), held),
            (("factor_id", "child_of", False), moves["held"].browse()),
            (("factor_id", "ilike", name), held),
            (("factor_id", "=", name), held),
            (("factor_id", "=ilike", name.lower()), held),
            (("factor_id.name", "ilike", name), held),
            (("factor_id", "any", [("name", "=", name)]), held),
            (("factor_id", "in", [self.other.id, False]), None),
            (("assignment_id", "ilike", assignment.name), moves["held"]),
            (("assignment_id", "child_of", assignment.ids), moves["held"]),
            (("assignment_id.state", "=", "cancelled"), moves["held"].browse()),
            (("assignment_line_ids.assignment_id", "=", assignment.id), moves["held"]),
        ):
            with self.subTest(condition):
                if expected is None:
                    expected = self._found("id", "!=", False) - held
                self.assertEqual(self._found(*condition), expected)
        self.assertEqual(
            self._found("factor_id", "not ilike", name),
            self._found("id", "!=", False) - held,
        )
        self.assertEqual(
            self._found("factor_id", "not any", [("name", "=", name)]),
            self._found("id", "!=", False) - held,
        )

    def test_queries_do_not_grow_with_invoices(self):
        def count(number):
            for _each in range(number):
                self._create_due(5, 10)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._found("factoring_state", "=", "eligible")
            return self.env.cr.sql_log_count - before

        count(2)  # warms the caches of the registry up
        self.assertLessEqual(count(20) - count(3), 0)
