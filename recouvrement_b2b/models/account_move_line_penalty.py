from odoo import models
from odoo.fields import Domain


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def unlink(self):
        """Take the items off the rows of penalties that do not stand.

        Odoo deletes the due dates of a draft invoice when they change.
        """
        # sudo: rows are written by claims alone
        rows = self.env["recouvrement.penalty.claim.line"].sudo()
        rows.search(Domain("move_line_id", "in", self.ids))._release_items()
        return super().unlink()
