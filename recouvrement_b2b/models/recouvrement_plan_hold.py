from odoo import fields, models
from odoo.fields import Domain


class RecouvrementHold(models.Model):
    _inherit = "recouvrement.hold"

    plan_id = fields.Many2one(
        "recouvrement.plan",
        string="Payment Plan",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )

    def _bring_to(self, values):
        """Write what changes, and nothing else: a new review date asks anew."""
        changed = {name: value for name, value in values.items() if self[name] != value}
        if changed:
            self.write(changed)

    def _check_closing(self):
        """A plan that goes on keeps its holds: it is the plan that is to be ended."""
        self.plan_id._check_holds_free()
        return super()._check_closing()


class RecouvrementFacts(models.AbstractModel):
    _inherit = "recouvrement.facts"

    def _gather(self, items, *args, **kwargs):
        # EXTENDS: where collection goes on after a plan that was not kept
        facts = super()._gather(items, *args, **kwargs)
        lines = self.env["recouvrement.plan.line"].sudo()  # whoever sees the item
        found = lines.search_fetch(
            Domain("move_line_id", "in", [item.line_id for item in items])
            & Domain("resume_days", "!=", 0)
            & Domain("plan_id.state", "=", "defaulted")
            & Domain("plan_id.date_closed", "<=", facts.as_of),
            ["move_line_id", "resume_days"],
        )
        facts.extra["resume_days"] = {
            line.move_line_id.id: line.resume_days for line in found
        }
        return facts


class RecouvrementDecision(models.AbstractModel):
    _inherit = "recouvrement.decision"

    def _is_in_time(self, facts, item, level):
        # EXTENDS: levels before the one at which collection goes on are passed over
        resumed = facts.extra["resume_days"].get(item.line_id)
        if resumed is not None and level.days < resumed:
            return False
        return super()._is_in_time(facts, item, level)
