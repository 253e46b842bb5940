from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def unlink(self):
        # EXTENDS account: an item whose payment is returned is collected anew.
        settled = self.debit_move_id.filtered("reconciled")
        result = super().unlink()
        settled._collection_reopen()
        return result
