from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

from ..const import FINISHED_STATES, NO_CONTACT_OUTCOMES
from ..tools.open_item import Contact, Decision, allocate_credits


@dataclass(slots=True)
class Facts:
    """All that decisions are made from, read once for all the items of a call."""

    as_of: object
    company: object
    policies: dict = field(default_factory=dict)  # commercial id -> policy
    levels: dict = field(default_factory=dict)  # policy id -> levels in order
    holds: dict = field(default_factory=dict)  # line id or (partner id,) -> holds
    contacts: dict = field(default_factory=dict)  # line id -> contacts of its cycle
    last_contact: dict = field(default_factory=dict)  # commercial id -> date
    money: dict = field(default_factory=dict)  # commercial id -> date it came
    paying: dict = field(default_factory=dict)  # move id -> date of the payment
    rejected: dict = field(default_factory=dict)  # move id -> date of the rejection
    closings: dict = field(default_factory=dict)  # commercial id -> pairs of dates
    countries: dict = field(default_factory=dict)  # commercial id -> country code
    owed: dict = field(default_factory=dict)  # (commercial, currency) -> overdue


class RecouvrementDecision(models.AbstractModel):
    """Answer for every open item: chase it (at which level, how), or why not.

    ``recouvrement.policy.decide`` is its public face. Two halves: ``_gather_*`` reads
    the facts in a number of queries that does not grow with the items; the rules,
    ``_rule_*``, look at one item with these facts and touch no database. The first
    rule that answers wins, in the order of ``_rules``.
    """

    _name = "recouvrement.decision"
    _description = "Collection Decision"

    @api.model
    def _decide(self, policies, as_of, company, partners=None, history=None):
        """Return a list of Decision; see ``recouvrement.policy.decide``."""
        return self._decide_all(policies, as_of, company, partners, history)[0]

    @api.model
    def _decide_all(
        self, policies, as_of, company, partners=None, history=None, sending=()
    ):
        """Return (decisions on the debits, open credits of the same customers).

        :param sending: ids of actions about to be sent, which are decided again as if
            they did not exist
        """
        items = self.env["account.move.line"]._collection_open_items(
            as_of, company, partners
        )
        if not items:
            return [], []
        facts = Facts(as_of, company)
        self._gather_customers(facts, items, policies)
        self._gather_holds(facts, items)
        self._gather_contacts(facts, items, history, sending)
        self._gather_payments(facts, items)
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
        decision.hold_ids = [hold.id for hold in self._holds_of(facts, item)]
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
        if not policy:
            return "exclude", "no_policy", False
        if item.no_followup:
            return "exclude", "no_followup", False
        if item.is_blocked:
            return "exclude", "blocked", False
        if policy.require_sent and item.is_invoice and not item.is_sent:
            return "exclude", "never_sent", False
        if item.amount_to_chase <= 0 and item.covered:
            return "exclude", "covered", False
        if item.amount_to_chase > 0 and (
            self._amount_at_stake(facts, item, policy) < policy.minimum_amount
        ):
            return "exclude", "under_minimum", False
        return None

    def _rule_held(self, facts, item, decision, policy):
        """Respect a hold on the customer, or on the whole of what is left of the item."""
        if item.amount_to_chase > 0:
            return None
        holds = self._holds_of(facts, item)
        ends = [hold.date_end or hold.review_date for hold in holds]
        return "hold", "held", max(ends, default=False)

    def _rule_waiting_action(self, facts, item, decision, policy):
        """Wait for the action that the item is in."""
        reasons = {"proposed": "to_approve", "failed": "to_correct"}
        for contact in facts.contacts.get(item.line_id, ()):
            if contact.state not in FINISHED_STATES:
                decision.level_id = contact.level_id
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
        decision.channels = level._channels()
        if reached > facts.as_of:
            day = self._open_day(facts, item, policy, reached)
            return "wait", "level_not_reached", day
        day = self._open_day(facts, item, policy, facts.as_of)
        if day != facts.as_of:
            return "wait", "closed_day", day
        return "chase", self._chase_reason(facts, item), facts.as_of

    # --- helpers of the rules ---

    def _chase_reason(self, facts, item):
        """Tell a rejected payment, as long as nothing was said about it, from the rest."""
        rejected = facts.rejected.get(item.move_id)
        contacts = facts.contacts.get(item.line_id, ())
        if rejected and all(contact.date < rejected for contact in contacts):
            return "payment_rejected"
        return "due"

    def _holds_of(self, facts, item):
        """Return the holds in force on an item or on its customer."""
        return [
            *facts.holds.get((item.commercial_id,), ()),
            *facts.holds.get(item.line_id, ()),
        ]

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
            for level in levels:
                if level.days > last.days:
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
        return policy._next_open_day(
            day,
            {
                facts.company.account_fiscal_country_id.code,
                facts.countries.get(item.commercial_id),
            },
            facts.closings.get(item.commercial_id, ()),
        )

    # --- facts: few queries, whatever the number of items ---

    def _gather_customers(self, facts, items, policies):
        """Read who follows which policy, where, and when it is closed."""
        partners = self.env["res.partner"].browse(
            {item.commercial_id for item in items}
        )
        # sudo: a user who may read the invoice may know how it is chased
        chosen = policies.sudo()._for_partners(partners.sudo(), facts.company)
        facts.policies = {partner.id: policy for partner, policy in chosen.items()}
        used = policies.sudo().browse().union(*facts.policies.values())
        facts.levels = {policy.id: policy.level_ids.sorted("days") for policy in used}
        facts.countries = {partner.id: partner.country_id.code for partner in partners}
        closings = self.env["recouvrement.closing"].sudo()
        facts.closings = closings._periods(partners, facts.as_of)

    def _gather_holds(self, facts, items):
        """Read the holds in force and take the held amounts out of the items."""
        holds_model = self.env["recouvrement.hold"].sudo()  # see _gather_contacts
        holds = holds_model.search_fetch(
            holds_model._get_active_domain(facts.as_of)
            & Domain("company_id", "=", facts.company.id)
            & Domain("partner_id", "in", list({item.commercial_id for item in items})),
            ["partner_id", "move_line_id", "amount", "date_end", "review_date"],
        )
        facts.holds = defaultdict(list)
        for hold in holds:
            facts.holds[hold.move_line_id.id or (hold.partner_id.id,)].append(hold)
        for item in items:
            held = self._holds_of(facts, item)
            if item.residual <= 0 or not held:
                continue
            whole = any(not hold.move_line_id or not hold.amount for hold in held)
            item.held = (
                item.residual
                if whole
                else min(item.residual, sum(hold.amount for hold in held))
            )

    def _gather_contacts(self, facts, items, history, sending):
        """Read what was done about the items, and when each customer was contacted."""
        if history is not None:
            self._replay_contacts(facts, items, history)
            return
        # sudo: the answer must not depend on whose reminders the user may see, or a
        # collector limited to a portfolio would chase a colleague's customer again.
        lines = self.env["recouvrement.action.line"].sudo()
        facts.contacts = lines._collection_contacts(items, facts.as_of, sending)
        actions = self.env["recouvrement.action"].sudo()
        groups = actions._read_group(
            Domain("company_id", "=", facts.company.id)
            & Domain("partner_id", "in", list({item.commercial_id for item in items}))
            & Domain("state", "in", FINISHED_STATES)
            & Domain("is_contact", "=", True)
            & Domain("date_done", "<=", facts.as_of)
            & Domain("outcome", "not in", NO_CONTACT_OUTCOMES)
            & Domain("id", "not in", list(sending))
            # All the messages of one day's run are one contact.
            & (
                Domain("run_id", "=", False)
                | Domain("run_id.date", "!=", facts.as_of)
            ),
            ["partner_id"],
            ["date_done:max"],
        )
        facts.last_contact = {partner.id: day for partner, day in groups}

    def _replay_contacts(self, facts, items, history):
        """Use the given contacts instead of the recorded ones."""
        levels = self.env["recouvrement.level"].browse(
            {row["level_id"] for row in history if row.get("level_id")}
        )
        days = {level.id: level.days for level in levels}
        by_line = {item.line_id: item for item in items}
        facts.contacts = defaultdict(list)
        for row in history:
            item = by_line.get(row["line_id"])
            day = self.env["recouvrement.run"]._fields["date"].to_date(row["date"])
            if not item or day > facts.as_of:
                continue
            last = facts.last_contact.get(item.commercial_id)
            facts.last_contact[item.commercial_id] = max(day, last) if last else day
            if row.get("level_id"):
                facts.contacts[item.line_id].append(
                    Contact(
                        item.line_id,
                        row["level_id"],
                        days[row["level_id"]],
                        row.get("channel") or "",
                        item.cycle,
                        row.get("state") or "sent",
                        day,
                    )
                )

    def _gather_payments(self, facts, items):
        """Read the money that arrived, or is announced, and is not matched yet."""
        partner_ids = list({item.commercial_id for item in items})
        # sudo: whoever reads the invoice may know that its payment is under way, even
        # without access to bank statements.
        bank_lines = self.env["account.bank.statement.line"].sudo()._read_group(
            Domain("company_id", "=", facts.company.id)
            & Domain("is_reconciled", "=", False)
            & Domain("amount", ">", 0)
            & Domain("date", "<=", facts.as_of)
            & Domain("partner_id.commercial_partner_id", "in", partner_ids),
            ["partner_id"],
            ["date:max"],
        )
        for partner, day in bank_lines:
            customer = partner.commercial_partner_id.id
            facts.money[customer] = max(day, facts.money.get(customer, day))
        payments = self.env["account.payment"].sudo().search_fetch(
            Domain("company_id", "=", facts.company.id)
            & Domain("payment_type", "=", "inbound")
            & Domain("partner_id.commercial_partner_id", "in", partner_ids)
            # With an entry, a payment in process is in the residual or in the credits.
            & (
                Domain("state", "=", "rejected")
                | (Domain("state", "=", "in_process") & Domain("move_id", "=", False))
            )
            & Domain("date", "<=", facts.as_of)
            & Domain("invoice_ids", "!=", False),
            ["date", "state", "invoice_ids"],
        )
        for payment in payments:
            found = facts.paying if payment.state == "in_process" else facts.rejected
            for move_id in payment.invoice_ids.ids:
                found[move_id] = max(payment.date, found.get(move_id, payment.date))

    def _net_credits(self, facts, items):
        """Set each customer's credits against what it owes, the oldest first."""
        groups = defaultdict(list)
        for item in items:
            groups[item.commercial_id, item.currency_id].append(item)
        for key, group in groups.items():
            debits = [item for item in group if item.residual > item.held]
            credit = -sum(item.residual for item in group if item.residual < 0)
            if credit > 0:
                allocate_credits(debits, credit)
            facts.owed[key] = sum(
                item.amount_to_chase * item.residual_company / item.residual
                for item in debits
                if item.date_due < facts.as_of
            )
