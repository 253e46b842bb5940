from datetime import timedelta

from odoo import models
from odoo.fields import Domain

from .recouvrement_assignment_line import FREE_STATES


class RecouvrementFacts(models.AbstractModel):
    _inherit = "recouvrement.facts"

    def _gather(self, items, *args, **kwargs):
        # EXTENDS: since when the factor chases an item no more, that it gave back
        facts = super()._gather(items, *args, **kwargs)
        holds = self.env["recouvrement.hold"].sudo()  # sudo: whoever sees the item
        groups = holds._read_group(
            Domain("move_line_id", "in", [item.line_id for item in items])
            & Domain("closed_date", "<=", facts.as_of)
            & Domain("assignment_line_id.state", "in", FREE_STATES)
            & Domain("assignment_line_id.factor_id.managed_by_factor", "=", True),
            ["move_line_id"],
            ["closed_date:max"],
        )
        facts.extra["given_back"] = {line.id: day for line, day in groups}
        return facts


class RecouvrementDecision(models.AbstractModel):
    """What a factor that chased has given back goes on where its age says, at once.

    One history: what was done before the assignment counts, and the levels that passed
    meanwhile are passed over. What we chased ourselves meanwhile goes on as it was.
    """

    _inherit = "recouvrement.decision"

    def _is_in_time(self, facts, item, level):
        # EXTENDS: the highest level that the age had reached comes first
        back = facts.extra["given_back"].get(item.line_id)
        if back:
            policy = facts.policies[item.commercial_id]
            stake = self._amount_at_stake(facts, item, policy)
            age = (back - item.date_due).days
            for other in facts.levels[policy.id]:
                if level.days < other.days <= age and other.minimum_amount <= stake:
                    return False
        return super()._is_in_time(facts, item, level)

    def _next_level(self, facts, item, policy):
        # EXTENDS: without the days since a contact that was made before the assignment
        level, reached = super()._next_level(facts, item, policy)
        back = facts.extra["given_back"].get(item.line_id)
        contacts = facts.contacts.get(item.line_id, ())
        if level and back and all(contact.date < back for contact in contacts):
            reached = max(item.date_due + timedelta(days=level.days), back)
        return level, reached
