from odoo import fields, models


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    dispute_id = fields.Many2one(
        "recouvrement.dispute",
        readonly=True,
        help="The accepted dispute that the credit note settles.",
    )

    def _prepare_default_reversal(self, move):
        # EXTENDS account: the dispute knows its credit note
        vals = super()._prepare_default_reversal(move)
        if self.dispute_id.move_id == move:
            vals["dispute_id"] = self.dispute_id.id
        return vals

    def reverse_moves(self, is_modify=False):
        # EXTENDS account: only what was disputed is credited
        action = super().reverse_moves(is_modify)
        if self.dispute_id.scope == "part" and not is_modify:
            self.new_move_ids._reduce_to_dispute()
        return action
