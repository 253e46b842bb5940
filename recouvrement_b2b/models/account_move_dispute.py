from odoo import api, fields, models
from odoo.fields import Domain

from ..const import COLLECTION_READERS


class AccountMove(models.Model):
    """Disputes on invoices, and the credit notes that come of them."""

    _inherit = "account.move"

    dispute_id = fields.Many2one(
        "recouvrement.dispute",
        copy=False,
        readonly=True,
        index="btree_not_null",
        groups=COLLECTION_READERS,
        help="The accepted dispute that this credit note settles.",
    )
    collection_dispute_ids = fields.One2many(
        "recouvrement.dispute",
        "move_id",
        string="Disputes",
        groups=COLLECTION_READERS,
    )
    collection_dispute_count = fields.Integer(
        compute="_compute_collection_disputes",
        groups=COLLECTION_READERS,
    )
    collection_disputed_amount = fields.Monetary(
        string="Disputed",
        currency_field="company_currency_id",
        compute="_compute_collection_disputes",
        help="What its customer contests and has not paid, in the company's currency.",
        groups=COLLECTION_READERS,
    )

    @api.depends("collection_dispute_ids.amount_open")
    def _compute_collection_disputes(self):
        groups = self.env["recouvrement.dispute"]._read_group(
            Domain("move_id", "in", self.ids),
            ["move_id"],
            ["__count", "amount_open:sum"],
        )
        found = {move: values for move, *values in groups}
        for move in self:
            count, amount = found.get(move._origin, (0, 0.0))
            move.collection_dispute_count = count
            # two disputes may contest the same euro
            move.collection_disputed_amount = min(
                amount, abs(move.amount_residual_signed)
            )

    def _post(self, soft=True):
        # EXTENDS account: an invoice corrected during a dispute has new items to hold
        posted = super()._post(soft)
        self.env["recouvrement.dispute"]._follow_moves(posted)
        return posted

    def _filter_disputable(self):
        """Keep what a customer may contest: invoices that it has not paid."""
        return self.filtered(
            lambda move: (
                move.move_type in ("out_invoice", "out_receipt")
                and move.state == "posted"
                and move.payment_state in ("not_paid", "partial")
            )
        )

    def action_collection_dispute(self):
        """Open the form that opens disputes on the invoices."""
        return self.env["recouvrement.dispute.create"]._action_open(self)

    def action_view_collection_disputes(self):
        """Open the disputes on the invoices."""
        return self.collection_dispute_ids._action_view()

    def _reduce_to_dispute(self):
        """Bring draft credit notes down to the disputed amount, tax included.

        Each line keeps its account and taxes and is lowered in the same proportion; a
        difference of rounding goes to the largest.
        """
        for move in self.filtered(lambda move: move.dispute_id.scope == "part"):
            amount = min(move.dispute_id.amount, move.amount_total)
            lines = move.invoice_line_ids.filtered(
                lambda line: line.display_type == "product" and line.price_total
            )
            ratio = amount / move.amount_total if move.amount_total else 0.0
            move.invoice_line_ids = [
                fields.Command.update(line.id, {"price_unit": line.price_unit * ratio})
                for line in lines
            ]
            largest = max(lines, key=lambda line: line.price_total, default=None)
            gap = move.currency_id.round(amount - move.amount_total)
            if largest and gap:
                largest.price_unit *= 1 + gap / largest.price_total
