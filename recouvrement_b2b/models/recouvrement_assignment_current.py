from odoo import api, fields, models


class RecouvrementAssignmentLine(models.Model):
    """Where an invoice stands: on the last line that was not cancelled."""

    _inherit = "recouvrement.assignment.line"

    current = fields.Boolean(
        compute="_compute_current",
        store=True,
        help="The last remittance of the invoice, cancelled ones left out.",
    )

    @api.depends("state", "move_id.assignment_line_ids.state")
    def _compute_current(self):
        for line in self:
            stands = line.move_id.assignment_line_ids.filtered(
                lambda other: other.state != "cancelled"
            )
            # a line that is not saved yet has no id: it is none
            last = max(stands._origin.ids, default=0)
            line.current = bool(last) and line._origin.id == last
