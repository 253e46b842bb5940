from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class RecouvrementCommitmentLine(models.AbstractModel):
    """An item that a customer has committed itself to pay: by a promise, by a plan.

    What was paid since is read from what settles the item, at the dates of the
    payments; what had been paid before does not count.
    """

    _name = "recouvrement.commitment.line"
    _description = "Item of a Commitment"

    move_line_id = fields.Many2one(
        "account.move.line", string="Item", ondelete="set null", index="btree_not_null"
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice")
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    date_due = fields.Date(string="Due Date", help="As it was before.")
    amount = fields.Monetary(help="What was owed when the customer committed itself.")
    settled_ids = fields.Many2many(
        "account.partial.reconcile",
        string="Paid before",
        help="What was paid of the item before the commitment: does not count.",
    )
    live = fields.Boolean(
        copy=False, help="The commitment is in force, or proposed to the customer."
    )

    def _compute_currency_id(self):
        for line in self:
            line.currency_id = line._get_commitment().currency_id

    def _get_commitment(self):
        """Return the promise or plan that the items belong to."""
        raise NotImplementedError

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_editable()
        return lines

    def write(self, vals):
        self._check_editable()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        self._check_editable()

    def _check_editable(self):
        """What was agreed with a customer is not changed by hand."""
        commitments = self._get_commitment()
        if not self.env.su and any(each.state != "draft" for each in commitments):
            raise UserError(
                self.env._("This was agreed with the customer: make a new one.")
            )

    def _get_taken(self):
        """Return the lines of others that are in force on the same items."""
        return self.search(
            Domain("move_line_id", "in", self.move_line_id.ids)
            & Domain("live", "=", True)
            & Domain("id", "not in", self.ids)
        )

    @api.model
    def _prepare_items(self, move_lines):
        """Return the values of the lines that commit to pay open items."""
        settlements = move_lines._collection_settlements()
        return [
            {
                "move_line_id": line.id,
                "date_due": line.date_maturity or line.date,
                "amount": line.amount_residual_currency,
                "settled_ids": [
                    Command.set([each.partial_id for each in settlements[line.id]])
                ],
            }
            for line in move_lines
        ]

    def _get_payments(self):
        """Return ``{commitment: [(date, amount)]}``: what was paid since, in order.

        In one query for the payments. What was paid before is left out, as is what
        exceeds the item's part.
        """
        settlements = self.move_line_id._collection_settlements()
        payments = {commitment: [] for commitment in self._get_commitment()}
        for line in self.filtered("move_line_id"):
            before, left = set(line.settled_ids.ids), line.amount
            for settlement in settlements[line.move_line_id.id]:
                if settlement.partial_id in before:
                    continue
                counted = min(settlement.amount, left)
                left -= counted
                if counted:
                    payments[line._get_commitment()].append((settlement.date, counted))
        return {commitment: sorted(found) for commitment, found in payments.items()}
