from odoo import api, models

from .recouvrement_steps import beside


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS account: promises, plans and disputes follow what is paid.
        partials = super().create(vals_list)
        partials._follow(partials.debit_move_id + partials.credit_move_id)
        return partials

    def unlink(self):
        # EXTENDS account: an item whose payment is returned is collected anew.
        settled = self.debit_move_id.filtered("reconciled")
        lines = self.debit_move_id + self.credit_move_id
        result = super().unlink()
        settled._collection_reopen()
        self._follow(lines.exists())
        return result

    @api.model
    def _follow(self, lines):
        """Judge what was agreed on items when their payments change."""
        with beside(self.env, lines):
            lines._judge_commitments()
            self.env["recouvrement.dispute"]._follow_moves(lines.move_id)
