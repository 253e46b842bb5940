import logging

from odoo import api, models

_logger = logging.getLogger(__name__)


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
        """Judge what was agreed on items when their payments change.

        An error of collection never stops accounting: it is judged again each day.
        """
        self.env.flush_all()  # what is wrong elsewhere is not hidden here
        try:
            with self.env.cr.savepoint():
                lines._judge_commitments()
                self.env["recouvrement.dispute"]._follow_moves(lines.move_id)
        except Exception as error:
            _logger.error("Collection of %s is not judged", lines, exc_info=error)
