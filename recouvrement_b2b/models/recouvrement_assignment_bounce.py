from odoo import models
from odoo.fields import Domain


class RecouvrementAssignmentLine(models.Model):
    """A payment that was passed on to the factor, and comes back from the bank."""

    _inherit = "recouvrement.assignment.line"

    def _get_bounced(self):
        """Return what was passed on, and is open again in the books."""
        self.ensure_one()
        if self.state == "cancelled" or self.amount <= 0:
            return 0.0
        bounced = min(self.amount_collected, self._get_excess() - self._get_unbooked())
        return max(self.currency_id.round(bounced), 0.0)

    def _tell_of_bounces(self):
        """Ask the owners of contracts to take back what was passed on, once."""
        task = "mail.mail_activity_data_todo"
        for line in self.filtered(lambda line: line._get_bounced()):
            summary = self.env._(
                "%(invoice)s: the payment that was passed on came back: cancel the "
                "operation",
                invoice=line.move_id.name,
            )
            assignment = line.assignment_id
            if summary not in assignment.activity_ids.mapped("summary"):
                assignment.activity_schedule(
                    task, summary=summary, user_id=line.factor_id._get_owner().id
                )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _judge_commitments(self):
        # EXTENDS: what was passed on to a factor may come back from the bank
        # sudo: who records a payment need not have rights on factoring
        lines = self.env["recouvrement.assignment.line"].sudo()
        collected = lines.search(
            Domain("move_id", "in", self.move_id.ids)
            & Domain("amount_collected", ">", 0)
        )
        collected._tell_of_bounces()
        return super()._judge_commitments()
