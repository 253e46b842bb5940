from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS account: a payment or credit note may end the dispute of an invoice.
        partials = super().create(vals_list)
        lines = partials.debit_move_id + partials.credit_move_id
        self.env["recouvrement.dispute"]._follow_moves(lines.move_id)
        return partials

    def unlink(self):
        # EXTENDS account: an item whose payment is returned is collected anew.
        settled = self.debit_move_id.filtered("reconciled")
        moves = (self.debit_move_id + self.credit_move_id).move_id
        result = super().unlink()
        settled._collection_reopen()
        self.env["recouvrement.dispute"]._follow_moves(moves.exists())
        return result
