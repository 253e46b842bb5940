from odoo import api, models
from odoo.exceptions import UserError

from .recouvrement_steps import beside


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS account: promises, plans and disputes follow what is paid.
        partials = super().create(vals_list)
        partials._check_transfers()
        partials._follow(partials.debit_move_id + partials.credit_move_id)
        return partials

    def _check_transfers(self):
        """Refuse to letter an invoice with its transfer: the customer has not paid."""
        if self.env.context.get("collection_assignment"):
            return  # operations letter what they made
        moves = self.debit_move_id.move_id + self.credit_move_id.move_id
        if not moves.filtered("collection_transfer"):
            return
        # sudo: whoever letters need not have rights on factoring
        operations = self.env["recouvrement.factor.operation"].sudo()
        own = operations.search([("move_id", "in", moves.ids)]).move_id
        for partial in self:
            moves = partial.debit_move_id.move_id + partial.credit_move_id.move_id
            transfers = (moves & own).filtered("collection_transfer")
            if transfers and moves - own:
                raise UserError(
                    self.env._(
                        "%(entry)s assigned the receivable to a factor: it is lettered "
                        "by itself when the customer's payment is recorded on the "
                        "factoring contract.",
                        entry=transfers[0].name,
                    )
                )

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
