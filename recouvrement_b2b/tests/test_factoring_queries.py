"""The number of queries does not grow with the invoices that a factor has."""

from odoo.tests import tagged

from .common import TODAY
from .factoring_payee import FactoringPayeeCommon

FEW, MANY = 2, 12


@tagged("post_install", "-at_install")
class TestFactoringQueries(FactoringPayeeCommon):
    def _moves(self, count):
        moves = self.env["account.move"]
        for number in range(count):
            moves += self._create_due(5 + number)
        return moves

    def _count(self, work):
        """Return how many queries some work takes, from an empty cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _assigned(self, count, contract=None):
        """Return lines that are the factor's, of which nothing followed yet."""
        assignment = self._remit(self._moves(count), contract, sign=False)
        assignment.action_confirm()
        lines = assignment.sudo().line_ids
        lines.state = "assigned"
        return lines.browse(lines.ids)  # prefetched together

    def _assert_flat(self, work):
        """:param work: function of how many invoices, that returns the work to count"""
        few, many = (self._count(work(count)) for count in (FEW, MANY))
        self.assertLessEqual(many, few + 3, f"{few} queries, then {many}")

    def test_what_follows_a_signature(self):
        self.contract.managed_by_factor = True
        self._assert_flat(lambda count: self._assigned(count)._become_assigned)

    def test_what_follows_a_signature_of_a_confidential_contract(self):
        self._assert_flat(
            lambda count: self._assigned(count, self.confidential)._become_assigned
        )

    def test_what_follows_a_return(self):
        self.contract.managed_by_factor = True

        def work(count):
            lines = self._assigned(count)
            lines._become_assigned()
            lines.state = "returned"
            return lines._become_returned

        self._assert_flat(work)

    def test_decisions(self):
        def work(count):
            lines = self._assigned(count)
            lines._become_assigned()
            policies = self.env["recouvrement.policy"]
            return lambda: policies.decide(as_of=TODAY)

        self._assert_flat(work)

    def test_statement(self):
        def work(count):
            self._assigned(count)._become_assigned()
            pages = self.env["recouvrement.statement.page"]
            return lambda: pages._get_pages(self.customer, self.company, TODAY)

        self._assert_flat(work)

    def test_what_has_to_be_told(self):
        def work(count):
            lines = self._assigned(count)
            lines._become_assigned()
            facts = [
                (line.move_id, {"origin": str(line.id), "amount": 1}) for line in lines
            ]
            return lambda: lines._notify_moves("plan", facts)

        self._assert_flat(work)
