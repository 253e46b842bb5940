from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.interest import FOREVER


class RecouvrementPenalty(models.AbstractModel):
    """Penalties during a plan: as the agreement says, whatever the terms say of holds.

    Suspended, they do not run while the plan is kept, and are due again for all its
    days when it was not; waived, they never run on these days.
    """

    _inherit = "recouvrement.penalty"

    @api.model
    def _get_pausing_domain(self, customers):
        # EXTENDS: the agreement rules, not the hold of the plan
        return super()._get_pausing_domain(customers) & Domain("plan_id", "=", False)

    @api.model
    def _get_pauses(self, items, terms):
        # EXTENDS: the days of plans
        pauses = defaultdict(list, super()._get_pauses(items, terms))
        customers = {item.line_id: item.customer_id for item in items}
        # sudo: what an invoice owes does not depend on who asks
        lines = self.env["recouvrement.plan.line"].sudo()
        found = lines.search(
            Domain("move_line_id", "in", list(customers))
            & Domain("plan_id.date_accepted", "!=", False)
            & Domain("plan_id.penalty_regime", "in", ("waived", "suspended"))
        )
        broken = {plan: plan._was_broken() for plan in found.plan_id}
        found = found.filtered(
            lambda line: (
                line.plan_id.penalty_regime == "waived" or not broken[line.plan_id]
            )
        )
        for line in found:
            closed = line.plan_id.date_closed
            last = (closed - timedelta(days=1)).toordinal() if closed else FOREVER
            first = line.plan_id.date_accepted.toordinal()
            if last >= first:
                line_id = line.move_line_id.id
                pauses[customers[line_id], line_id].append((first, last, None))
        return pauses


class RecouvrementPlan(models.Model):
    _inherit = "recouvrement.plan"

    def _was_broken(self):
        """Tell whether a plan, or the one that took its place, was not kept."""
        self.ensure_one()
        following = self.next_ids.filtered("date_accepted")
        if following:
            return any(plan._was_broken() for plan in following)
        missed = any(each.state == "missed" for each in self.instalment_ids)
        return self.state == "defaulted" or (self.state == "cancelled" and missed)


class RecouvrementPenaltyClaim(models.Model):
    _inherit = "recouvrement.penalty.claim"

    plan_id = fields.Many2one(
        "recouvrement.plan",
        string="Payment Plan",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The plan that includes these penalties.",
    )
