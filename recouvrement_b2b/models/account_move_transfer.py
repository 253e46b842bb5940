from odoo import models
from odoo.fields import Domain


class AccountMove(models.Model):
    """The credit of a transfer of receivables is no payment: it is not proposed."""

    _inherit = "account.move"

    def _compute_payments_widget_to_reconcile_info(self):
        # EXTENDS account: "outstanding credits" leaves out what nobody may letter
        super()._compute_payments_widget_to_reconcile_info()
        widgets = {
            move: widget
            for move in self
            if (widget := move.invoice_outstanding_credits_debits_widget)
        }
        found = {row["move_id"] for own in widgets.values() for row in own["content"]}
        if not found:
            return
        transfers = set(
            self.search(
                Domain("id", "in", list(found))
                & Domain("collection_transfer", "=", True)
            ).ids
        )
        for move, widget in widgets.items() if transfers else ():
            rows = [row for row in widget["content"] if row["move_id"] not in transfers]
            move.invoice_outstanding_credits_debits_widget = bool(rows) and {
                **widget,
                "content": rows,
            }
