from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class RecouvrementPlanLine(models.Model):
    """An item that a plan pays: an open item of the customer, or penalties."""

    _name = "recouvrement.plan.line"
    _description = "Item of a Payment Plan"
    _order = "plan_id, date_due, id"

    plan_id = fields.Many2one(
        "recouvrement.plan", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="plan_id.company_id")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Item",
        ondelete="restrict",
        index="btree_not_null",
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice")
    claim_id = fields.Many2one(
        "recouvrement.penalty.claim",
        string="Penalties",
        ondelete="set null",
        help="Invoiced when the plan is accepted.",
    )
    date_due = fields.Date(string="Due Date", help="As it was before the plan.")
    amount = fields.Monetary(help="What was owed when the plan was made.")
    settled = fields.Monetary(
        help="What was paid of the item before the plan was made: does not count."
    )
    resume_days = fields.Integer(
        help="Once the plan was not kept: the level, in days from the due date, at "
        "which collection goes on."
    )
    live = fields.Boolean(copy=False, help="The plan is proposed or in force.")

    _one_plan = models.UniqueIndex(
        "(move_line_id) WHERE live", "This item is in another plan that is in force."
    )

    def _check_free(self):
        """An item is in one plan at a time, apart from the one that is rescheduled."""
        taken = self.search(
            Domain("move_line_id", "in", self.move_line_id.ids)
            & Domain("live", "=", True)
            & Domain("plan_id", "not in", (self.plan_id + self.plan_id.previous_id).ids)
        )
        if taken:
            raise UserError(
                self.env._(
                    "%(items)s: in plan %(plans)s already. Cancel it or reschedule it.",
                    items=", ".join(taken.move_id.mapped("name")),
                    plans=", ".join(taken.plan_id.mapped("name")),
                )
            )

    @api.model
    def _prepare_items(self, move_lines):
        """Return the values of the lines of a plan that pays open items."""
        settlements = move_lines._collection_settlements()
        return [
            {
                "move_line_id": line.id,
                "date_due": line.date_maturity or line.date,
                "amount": line.amount_residual_currency,
                "settled": sum(amount for _day, amount, _is in settlements[line.id]),
            }
            for line in move_lines
        ]

    def _get_payments(self):
        """Return ``{plan: [(date, amount)]}``: what was paid since, in order of date.

        In one query. What was paid before the plan was made is left out, the oldest
        first, as is what exceeds the item's part in the plan.
        """
        settlements = self.move_line_id._collection_settlements()
        payments = {plan: [] for plan in self.plan_id}
        for line in self.filtered("move_line_id"):
            before, left = line.settled, line.amount
            for day, amount, _is_credit_note in settlements[line.move_line_id.id]:
                counted = max(amount - max(before, 0.0), 0.0)
                before -= amount
                counted = min(counted, left)
                left -= counted
                if counted:
                    payments[line.plan_id].append((day, counted))
        return {plan: sorted(found) for plan, found in payments.items()}

    def _resume_at_formal_notice(self):
        """Let collection of the items go on at the formal notice of their policy."""
        customers = self.plan_id.partner_id
        policies = self.env["recouvrement.policy"]._for_partners(
            customers, self.plan_id.company_id[:1]
        )
        for line in self:
            levels = policies[line.plan_id.partner_id].level_ids
            formal = levels.filtered("registered")[:1]
            line.resume_days = formal.days
