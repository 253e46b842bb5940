from odoo import models
from odoo.exceptions import UserError


class RecouvrementPlan(models.Model):
    """What may be agreed with customers on invoices that a factor has.

    No plan on what the factor chases: it is the factor who grants time. On the others
    a plan is possible, the factor is told, and one agreement names one payee. A promise
    is only noted, so it is always possible.
    """

    _inherit = "recouvrement.plan"

    def _check_complete(self):
        # EXTENDS: see above
        result = super()._check_complete()
        lines = self.env["recouvrement.assignment.line"].sudo()  # of all remittances
        live = lines._get_live(self.line_ids.move_id)
        for plan in self:
            own = live.filtered(
                lambda line, plan=plan: line.move_id in plan.line_ids.move_id
            )
            chased = own.filtered(lambda line: line._is_chased_by_factor())[:1]
            if chased:
                raise UserError(
                    self.env._(
                        "%(factor)s chases %(invoice)s: agree on a plan with it, or "
                        "have the invoice returned first.",
                        factor=chased.factor_id.partner_id.name,
                        invoice=chased.move_id.name,
                    )
                )
            if len(plan._get_payees()) > 1:
                raise UserError(
                    self.env._(
                        "Some of these items are to be paid to a factor, others not: "
                        "make a plan for each."
                    )
                )
        return result

    def _get_payees(self):
        """Return the contract of each payee, an empty one when it is us."""
        lines = self.env["recouvrement.assignment.line"]
        moves = self.line_ids.move_id
        payees = lines._get_payees(moves.ids)
        none = self.env["recouvrement.factor"].sudo()  # sudo: as _get_payees
        return {payees.get(move.id, none) for move in moves}

    def _get_payee(self):
        """Return the contract whose factor is to be paid; none when we are.

        An invoice that was assigned after the agreement is paid as the invoice says.
        """
        self.ensure_one()
        payees = self._get_payees()
        return payees.pop() if len(payees) == 1 else self.env["recouvrement.factor"]
