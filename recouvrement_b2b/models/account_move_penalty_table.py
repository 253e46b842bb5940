from odoo import api, fields, models

from ..const import COLLECTION_READERS


class AccountMove(models.Model):
    _inherit = "account.move"

    late_penalty_table = fields.Html(
        string="Rows of the Penalties",
        compute="_compute_late_penalty_table",
        sanitize=False,
        groups=COLLECTION_READERS,
        help="The rows of which late penalties are the sum, as they are to this day.",
    )

    @api.depends("late_penalty_amount")  # made of the same rows
    @api.depends_context("lang")
    def _compute_late_penalty_table(self):
        today = fields.Date.context_today(self)
        answer, missing = self.env["recouvrement.penalty"]._compute(self._origin, today)
        for move in self:
            own = answer.get(move._origin.id)
            if own and own["rows"] and move._origin.id not in missing:
                move.late_penalty_table = move._render_penalty_table(own)
            else:
                move.late_penalty_table = False

    def _render_penalty_table(self, breakdown):
        """Return the rows of a breakdown, with their total, in HTML."""
        self.ensure_one()
        return self.env["ir.qweb"]._render(
            "recouvrement_b2b.late_penalty_table",
            {
                "breakdown": breakdown,
                "currency": self.currency_id,
                "indemnity_currency": self.late_penalty_indemnity_currency_id,
            },
        )
