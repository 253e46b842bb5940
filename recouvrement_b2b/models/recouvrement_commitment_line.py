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
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        compute="_compute_move_id",
        store=True,
        ondelete="set null",
        index="btree_not_null",
        help="Stays when its items change: an invoice may be corrected meanwhile.",
    )
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

    @api.depends("move_line_id")
    def _compute_move_id(self):
        for line in self:
            line.move_id = line.move_line_id.move_id or line.move_id

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
        settlements = move_lines._collection_settlements(move_lines.ids)
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
        """Return ``{commitment: [Settlement]}``: what was paid since, in order of date.

        In one query for the payments. What was paid before is left out, as is what
        exceeds the item's part.
        """
        settlements = self.env["account.move.line"]._collection_settlements(
            self.move_line_id.ids
        )
        payments = {commitment: [] for commitment in self._get_commitment()}
        for line in self.filtered("move_line_id"):
            before, left = set(line.settled_ids.ids), line.amount
            for settlement in settlements[line.move_line_id.id]:
                if settlement.partial_id in before:
                    continue
                counted = min(settlement.amount, left)
                left -= counted
                if counted:
                    payments[line._get_commitment()].append(
                        settlement._replace(amount=counted)
                    )
        return {commitment: sorted(found) for commitment, found in payments.items()}

    # --- invoices that change under a commitment ---

    def _is_lost(self):
        """Tell whether an item cannot be paid: its invoice is being changed."""
        self.ensure_one()
        return self.move_line_id.parent_state != "posted"

    @api.model
    def _follow_posted(self, moves):
        """Put what was committed to on the items that invoices have now."""
        # sudo: who corrects an invoice need not have rights on collection
        lines = self.sudo().search(
            Domain("move_id", "in", moves.ids) & Domain("live", "=", True)
        )
        for (commitment, move), own in lines.grouped(
            lambda line: (line._get_commitment(), line.move_id)
        ).items():
            own._follow_items(move)
            commitment._suspend()

    def _follow_items(self, move):
        """Share what was committed to on an invoice between its items, in order.

        The sum stays as agreed; the owner is told when the invoice is for another.
        """
        items = move._get_receivable_lines().filtered(lambda item: item.balance > 0)
        items = items.sorted(lambda item: (item.date_maturity or item.date, item.id))
        agreed = sum(self.mapped("amount"))
        free = list(items - self.move_line_id)
        for line in self.filtered(lambda line: not line.move_line_id):
            if free:
                line.move_line_id = free.pop(0)
        lost = self.filtered(lambda line: not line.move_line_id)
        lines = self - lost
        if lines:
            lost.unlink()
            for item in free:
                lines += lines[0].copy({"move_line_id": item.id, "live": True})
        left = agreed
        for line in lines.sorted(lambda line: items.ids.index(line.move_line_id.id)):
            line.amount = min(left, line.move_line_id.amount_currency)
            left -= line.amount
        commitment = self[:1]._get_commitment() or lines._get_commitment()
        if not commitment.currency_id.is_zero(
            sum(items.mapped("amount_currency")) - agreed
        ):
            commitment._tell_owner(
                self.env._("%(invoice)s was changed: check it", invoice=move.name)
            )

    @api.model
    def _follow_cancelled(self, moves):
        """Tell the owners of commitments on invoices that are cancelled."""
        lines = self.sudo().search(  # sudo: see _follow_posted
            Domain("move_id", "in", moves.ids) & Domain("live", "=", True)
        )
        for commitment in lines._get_commitment():
            own = lines.filtered(
                lambda line, commitment=commitment: line._get_commitment() == commitment
            )
            commitment._tell_owner(
                self.env._(
                    "%(invoices)s cancelled: agree on what remains",
                    invoices=", ".join(filter(None, own.move_id.mapped("name"))),
                )
            )
