from odoo import models

from ..const import HELD_STATES
from .recouvrement_assignment_line import FREE_STATES


class RecouvrementAssignmentLine(models.Model):
    """What becomes of assigned invoices, as their operations say."""

    _inherit = "recouvrement.assignment.line"

    def _update_state(self):
        """Bring lines to what the operations say, and tell what follows from it."""
        before = {line: line.state for line in self}
        for line in self.filtered(lambda line: line.state not in ("selected",)):
            line.state = line._get_state()
        for states, follow in (
            (("paid",), "_become_paid"),
            (("returned",), "_become_returned"),
            (("refused",), "_become_refused"),
            (HELD_STATES, "_become_assigned"),
        ):
            entered = self.filtered(
                lambda line, states=states: (
                    line.state in states and before[line] not in states
                )
            )
            if entered:
                getattr(entered, follow)()
        self._close_remittances()

    def _get_state(self):
        """Return the state that the operations on a line amount to."""
        self.ensure_one()
        if self.state == "cancelled":
            return "cancelled"
        left = self.amount - (
            self.amount_paid + self.amount_collected + self.amount_returned
        )
        if self.currency_id.is_zero(left):
            if abs(self.amount_returned) <= abs(
                self.amount_paid + self.amount_collected
            ):
                return "paid"  # for the larger part
            kinds = self.operation_ids.filtered(
                lambda operation: operation.state == "posted"
            ).mapped("kind")
            return "refused" if "refusal" in kinds else "returned"
        return "financed" if self.assignment_id.date_financed else "assigned"

    def _close_remittances(self):
        """Close the remittances of which nothing is left to be paid."""
        for assignment in self.assignment_id:
            states = set(assignment.line_ids.mapped("state"))
            if states <= {"paid", *FREE_STATES}:
                if assignment.state in ("sent", "financed"):
                    assignment.state = "closed"
                    assignment._letter_factor()
            elif assignment.state == "closed":  # an operation was cancelled
                assignment.state = assignment._get_open_state()

    def _become_assigned(self):
        """The factor has the receivables (again): extend it."""

    def _become_paid(self):
        """The customers have paid: extend it."""
        self._become_free()

    def _become_refused(self):
        """The factor did not take them: they are ours again. Extend it."""
        self._become_free()

    def _become_returned(self):
        """The factor gave them back unpaid: they are ours again. Extend it."""
        self._become_free()

    def _become_free(self):
        """The factor has nothing to ask for any more: extend it."""
