from odoo import api, fields, models
from odoo.exceptions import UserError

# What a dispute decides of its holds.
HOLD_FIELDS = {"date_end", "closed_date", "review_date", "user_id", "amount", "reason"}


class RecouvrementHold(models.Model):
    _inherit = "recouvrement.hold"

    dispute_id = fields.Many2one(
        "recouvrement.dispute",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
        help="The dispute that suspends collection: the hold ends with it.",
    )

    def write(self, vals):
        if vals.keys() & HOLD_FIELDS:
            self._check_dispute()
        return super().write(vals)

    def _check_closing(self):
        # EXTENDS: the hold of a dispute ends with the dispute
        self._check_dispute()
        return super()._check_closing()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_disputed(self):
        self._check_dispute()

    def _check_dispute(self):
        """Send who changes the hold of a dispute that goes on to the dispute.

        The dispute itself changes its holds with sudo.
        """
        if self.env.su:
            return
        going = self.sudo().filtered(  # sudo: a colleague's dispute counts as well
            lambda hold: hold.dispute_id and not hold.dispute_id.date_closed
        )
        if going:
            raise UserError(
                self.env._(
                    "Collection of %(invoice)s is suspended by the dispute "
                    "%(dispute)s: change or close the dispute, the hold follows it.",
                    invoice=going[0].move_id.name,
                    dispute=going[0].dispute_id.name,
                )
            )

    def _differs(self, vals):
        """Tell whether the dispute wants other values."""
        self.ensure_one()
        return (
            self.currency_id.compare_amounts(self.amount, vals["amount"])
            or self.review_date != vals["review_date"]
            or self.user_id.id != vals["user_id"]
        )

    def _follow_dispute(self, vals):
        """Take the values of the dispute; a new date or owner is asked anew."""
        if any(
            hold.review_date != vals["review_date"]
            or hold.user_id.id != vals["user_id"]
            for hold in self
        ):
            self.activity_unlink(["recouvrement_b2b.activity_hold_review"])
            vals["escalated"] = False
        self.write(vals)
