from odoo import models

from .recouvrement_steps import beside

LINES = ("recouvrement.plan.line", "recouvrement.promise.line")


class AccountMove(models.Model):
    """An invoice that is corrected, or cancelled, under a promise or a plan."""

    _inherit = "account.move"

    def _post(self, soft=True):
        # EXTENDS account: the items of a corrected invoice are other ones
        posted = super()._post(soft)
        with beside(self.env, posted):
            for model in LINES:
                self.env[model]._follow_posted(posted)
        return posted

    def button_cancel(self):
        # EXTENDS account: nothing is owed any more of what was promised
        result = super().button_cancel()
        with beside(self.env, self):
            for model in LINES:
                self.env[model]._follow_cancelled(self)
        return result
