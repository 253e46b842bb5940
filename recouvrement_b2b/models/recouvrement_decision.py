from collections import defaultdict
from datetime import timedelta

from odoo import api, models

from ..const import FINISHED_STATES
from ..tools.open_item import Decision, allocate_credits


class RecouvrementDecision(models.AbstractModel):
    """Answer for every open item: chase it (at which level, how), or why not.

    ``recouvrement.policy.decide`` is its public face. ``recouvrement.facts`` reads what
    there is to know, in a number of queries that does not grow with the items; the
    rules here, ``_rule_*``, look at one item with these facts and touch no database.
    The first rule that answers wins, in the order of ``_rules``.
    """

    _name = "recouvrement.decision"
    _description = "Collection Decision"

    @api.model
    def _decide(self, policies, as_of, company, partners=None, history=None):
        """Return a list of Decision; see ``recouvrement.policy.decide``."""
        return self._decide_all(policies, as_of, company, partners, history)[0]

    @api.model
    def _decide_all(
        self,
        policies,
        as_of,
        company,
        partners=None,
        history=None,
        sending=None,
        runs=None,
    ):
        """Return (decisions on the debits, open credits of the same customers).

        :param sending: actions to leave out: what is about to be sent is decided again
            as if it did not exist
        :param runs: runs whose contacts do not count for the days between contacts
        """
        items = self.env["account.move.line"]._collection_open_items(
            as_of, company, partners
        )
        if not items:
            return [], []
        facts = self.env["recouvrement.facts"]._gather(
            items, as_of, company, policies, history, sending, runs
        )
        self._net_credits(facts, items)
        decisions = [
            self._decide_item(facts, item) for item in items if item.residual > 0
        ]
        return decisions, [item for item in items if item.residual < 0]

    @api.model
    def _decide_item(self, facts, item):
        """Ask the rules in their order; the first that answers decides."""
        policy = facts.policies.get(item.commercial_id)
        decision = Decision(
            item,
            policy.id if policy else 0,
            facts.as_of,
            (facts.as_of - item.date_due).days,
        )
        decision.hold_ids = [hold.id for hold in facts.holds_of(item)]
        for rule in self._rules():
            answer = rule(facts, item, decision, policy)
            if answer:
                decision.outcome, decision.reason, decision.next_date = answer
                break
        return decision

    @api.model
    def _rules(self):
        """Return the rules in the order in which they are asked.

        Each is called with (facts, item, decision, policy) and returns
        (outcome, reason, next date), or None to leave the answer to the next ones.
        """
        return (
            self._rule_collectible,
            self._rule_held,
            self._rule_waiting_action,
            self._rule_money_on_its_way,
            self._rule_contact_pressure,
            self._rule_level,
        )

    # --- rules: one item, no database ---

    def _rule_collectible(self, facts, item, decision, policy):
        """Exclude what nobody should chase."""
        if reason := self._not_collectible(item, policy):
            return "exclude", reason, False
        if item.amount_to_chase <= 0 and item.covered:
            return "exclude", "covered", False
        if item.amount_to_chase > 0 and (
            self._amount_at_stake(facts, item, policy) < policy.minimum_amount
        ):
            return "exclude", "under_minimum", False
        return None

    def _rule_held(self, facts, item, decision, policy):
        """Respect a hold on the customer, or on all that is left of the item."""
        if item.amount_to_chase > 0:
            return None
        holds = facts.holds_of(item)
        ends = [hold.date_end or hold.review_date for hold in holds]
        return "hold", "held", max(ends, default=False)

    def _rule_waiting_action(self, facts, item, decision, policy):
        """Wait for the action that the item is in."""
        reasons = {"proposed": "to_approve", "failed": "to_correct"}
        for contact in facts.contacts.get(item.line_id, ()):
            if contact.state not in FINISHED_STATES:
                decision.level_id = contact.level_id
                decision.level_days = contact.days
                decision.channels = [contact.channel]
                reason = reasons.get(contact.state, "waiting_action")
                return "wait", reason, contact.date
        return None

    def _rule_money_on_its_way(self, facts, item, decision, policy):
        """Give a payment that was announced or received the time to be recorded."""
        dates = [
            day
            for day in (
                facts.money.get(item.commercial_id),
                facts.paying.get(item.move_id),
            )
            if day
        ]
        if not dates:
            return None
        patience = timedelta(days=facts.company.collection_payment_wait_days)
        until = max(dates) + patience
        if until < facts.as_of:
            return None
        return "wait", "money_on_its_way", until + timedelta(days=1)

    def _rule_contact_pressure(self, facts, item, decision, policy):
        """Leave some days between two contacts with one customer."""
        last = facts.last_contact.get(item.commercial_id)
        if not last:
            return None
        free = last + timedelta(days=policy.minimum_days)
        if free <= facts.as_of:
            return None
        return "wait", "contacted_recently", self._open_day(facts, item, policy, free)

    def _rule_level(self, facts, item, decision, policy):
        """Wait for the next level, or chase."""
        level, reached = self._next_level(facts, item, policy)
        if not level:
            return "wait", "policy_completed", False
        decision.level_id = level.id
        decision.level_days = level.days
        decision.channels = list(level.channels)
        if reached > facts.as_of:
            day = self._open_day(facts, item, policy, reached)
            return "wait", "level_not_reached", day
        day = self._open_day(facts, item, policy, facts.as_of)
        if day != facts.as_of:
            return "wait", "closed_day", day
        return "chase", self._chase_reason(facts, item), facts.as_of

    # --- helpers of the rules ---

    def _not_collectible(self, item, policy):
        """Return why an item is nobody's to chase, whatever it amounts to, or None."""
        if not policy:
            return "no_policy"
        if item.no_followup:
            return "no_followup"
        if item.is_blocked:
            return "blocked"
        if policy.require_sent and item.is_invoice and not item.is_sent:
            return "never_sent"
        return None

    def _net_credits(self, facts, items):
        """Set each customer's credits against what may be asked, the oldest first."""
        groups = defaultdict(list)
        for item in items:
            groups[item.commercial_id, item.currency_id].append(item)
        for key, group in groups.items():
            policy = facts.policies.get(key[0])
            debits = [
                item
                for item in group
                if item.residual > item.held and not self._not_collectible(item, policy)
            ]
            self._allocate_credits(debits, group)
            facts.owed[key] = sum(
                item.amount_to_chase * item.residual_company / item.residual
                for item in debits
                if item.date_due < facts.as_of
            )

    def _allocate_credits(self, debits, group):
        """Set credits against items: those of a factor against what it is owed only."""
        found = defaultdict(float)
        for item in group:
            if item.residual < 0:
                found[item.payee_id] -= item.residual
        for payee_id, credit in sorted(found.items(), reverse=True):
            own = [item for item in debits if payee_id in (0, item.payee_id)]
            allocate_credits(own, credit)

    def _chase_reason(self, facts, item):
        """Tell a rejected payment about which nothing was said yet from the rest."""
        rejected = facts.rejected.get(item.move_id)
        contacts = facts.contacts.get(item.line_id, ())
        if rejected and all(contact.date < rejected for contact in contacts):
            return "payment_rejected"
        return "due"

    def _amount_at_stake(self, facts, item, policy):
        """Return, in the company's currency, what a contact would be about."""
        rate = item.residual_company / item.residual
        amount = item.amount_to_chase * rate
        if policy.grouping == "invoice":
            return amount
        overdue = facts.owed.get((item.commercial_id, item.currency_id), 0.0)
        return overdue if item.date_due < facts.as_of else overdue + amount

    def _next_level(self, facts, item, policy):
        """Return (level, date on which it is reached); (None, False) after the last.

        A level follows the one before when that one is done and the days between the
        two have passed again, so that a late contact never makes two come together.
        """
        stake = self._amount_at_stake(facts, item, policy)
        levels = [
            level
            for level in facts.levels[policy.id]
            if level.minimum_amount <= stake and self._is_in_time(facts, item, level)
        ]
        done = facts.contacts.get(item.line_id)
        if done:
            last = max(done, key=lambda contact: (contact.days, contact.date))
            passed = {contact.level_id for contact in done}
            for level in levels:
                if level.days > last.days and level.id not in passed:
                    return level, max(
                        item.date_due + timedelta(days=level.days),
                        last.date + timedelta(days=level.days - last.days),
                    )
            return None, False
        age = (facts.as_of - item.date_due).days
        reached = [level for level in levels if level.days <= age]
        if reached:
            first = reached[-1] if age < 0 or policy.start == "age" else reached[0]
            return first, item.date_due + timedelta(days=first.days)
        if levels:
            return levels[0], item.date_due + timedelta(days=levels[0].days)
        return None, False

    def _is_in_time(self, facts, item, level):
        """A level before the due date is skipped once that date has come."""
        return level.days >= 0 or facts.as_of < item.date_due

    def _open_day(self, facts, item, policy, day):
        """Return ``day`` or the first later one on which a contact may be made."""
        country = facts.countries.get(item.commercial_id)
        closings = tuple(facts.closings.get(item.commercial_id, ()))
        question = policy.id, day, country, closings
        if question not in facts.open_days:
            countries = {facts.company.account_fiscal_country_id.code, country}
            answer = policy._next_open_day(day, countries, closings)
            facts.open_days[question] = answer
        return facts.open_days[question]
