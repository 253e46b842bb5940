from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class RecouvrementPlanLine(models.Model):
    """An item that a plan pays: an open item of the customer, or penalties."""

    _name = "recouvrement.plan.line"
    _description = "Item of a Payment Plan"
    _inherit = ["recouvrement.commitment.line"]
    _order = "plan_id, date_due, id"

    plan_id = fields.Many2one(
        "recouvrement.plan", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="plan_id.company_id")
    claim_id = fields.Many2one(
        "recouvrement.penalty.claim",
        string="Penalties",
        ondelete="set null",
        help="Invoiced when the plan is accepted.",
    )
    resume_days = fields.Integer(
        help="Once the plan was not kept: the level, in days from the due date, at "
        "which collection goes on."
    )
    _one_plan = models.UniqueIndex(
        "(move_line_id) WHERE live", "This item is in another plan that is in force."
    )

    def _get_commitment(self):
        return self.plan_id

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

    def _check_owed(self):
        """A debt that was paid in part since is not acknowledged in full."""
        for line in self.filtered("move_line_id"):
            owed = line.move_line_id.amount_residual_currency
            if line.currency_id.compare_amounts(line.amount, owed) > 0:
                raise UserError(
                    self.env._(
                        "Only %(owed)s is left of %(invoice)s: make the plan anew.",
                        owed=line.currency_id.format(owed),
                        invoice=line.move_id.name,
                    )
                )

    def _resume_at_formal_notice(self):
        """Let collection of the items go on at the formal notice of their policy."""
        customers = self.plan_id.partner_id
        policies = self.env["recouvrement.policy"]._for_partners(
            customers, self.plan_id.company_id[:1]
        )
        for line in self:
            levels = policies[line.plan_id.partner_id].level_ids
            line.resume_days = levels.filtered("formal_notice")[:1].days
