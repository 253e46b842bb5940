from odoo import fields, models


class RecouvrementPromiseLine(models.Model):
    """An item that a customer promised to pay, wholly or in part."""

    _name = "recouvrement.promise.line"
    _description = "Item of a Promise"
    _inherit = ["recouvrement.commitment.line"]
    _order = "promise_id, date_due, id"

    promise_id = fields.Many2one(
        "recouvrement.promise", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="promise_id.company_id")

    _one_promise = models.UniqueIndex(
        "(move_line_id) WHERE live", "There is an open promise on this item already."
    )

    def _get_commitment(self):
        return self.promise_id
