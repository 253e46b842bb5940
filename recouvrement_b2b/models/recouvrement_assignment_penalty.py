from odoo import api, models
from odoo.fields import Domain

from ..const import MENTIONED_STATES


class AccountMove(models.Model):
    """No penalties are billed on what a factor has, unless the contract allows it.

    The factor takes the place of the creditor, and what it may ask for late payment is
    agreed with it (French civil code, article 1346-4). The figures on the invoice go
    on, and the whole of them may be claimed when the invoice comes back.
    """

    _inherit = "account.move"

    def _without_barred_penalties(self):
        """Return the invoices whose penalties we may claim, in one query."""
        # sudo: what may be claimed does not depend on who sees remittances
        lines = self.env["recouvrement.assignment.line"].sudo()
        groups = lines._read_group(
            Domain("move_id", "in", self.ids)
            & Domain("state", "in", MENTIONED_STATES)
            & Domain("factor_id.penalties_allowed", "=", False),
            ["move_id"],
        )
        barred = {move.id for (move,) in groups}
        return self.filtered(lambda move: move.id not in barred)


class RecouvrementPenaltyClaim(models.Model):
    _inherit = "recouvrement.penalty.claim"

    @api.model
    def _get_late_invoices(self, partners, as_of, company):
        # EXTENDS: neither in claims nor in statements of penalties
        moves = super()._get_late_invoices(partners, as_of, company)
        return moves._without_barred_penalties()

    @api.model
    def _get_rows(self, partners, as_of, company, moves=None, strict=True):
        # EXTENDS: not when the invoices were chosen either
        if moves is not None:
            moves = moves._without_barred_penalties()
        return super()._get_rows(partners, as_of, company, moves, strict)


class RecouvrementAction(models.Model):
    _inherit = "recouvrement.action"

    @api.model
    def _compute_breakdowns(self, moves, as_of):
        # EXTENDS: a reminder shows no penalties that we may not claim
        return super()._compute_breakdowns(moves._without_barred_penalties(), as_of)


class RecouvrementAssignmentLine(models.Model):
    _inherit = "recouvrement.assignment.line"

    def _become_assigned(self):
        # EXTENDS: claims that were not made yet leave these invoices out
        result = super()._become_assigned()
        moves = self.move_id
        barred = moves - moves._without_barred_penalties()
        rows = self.env["recouvrement.penalty.claim.line"].sudo()  # of all claims
        rows.search(
            Domain("move_id", "in", barred.ids) & Domain("claim_id.state", "=", "draft")
        ).unlink()
        return result
