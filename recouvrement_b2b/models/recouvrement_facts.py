from collections import defaultdict
from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.fields import Domain

from ..const import FINISHED_STATES, NO_CONTACT_OUTCOMES
from ..tools.open_item import Contact


@dataclass(slots=True)
class Facts:
    """All that decisions are made from, read once for all the items of a call."""

    as_of: object
    company: object
    policies: dict = field(default_factory=dict)  # commercial id -> policy
    levels: dict = field(default_factory=dict)  # policy id -> its Steps in order
    holds: dict = field(default_factory=dict)  # line id or (partner id,) -> holds
    contacts: dict = field(default_factory=dict)  # line id -> contacts of its cycle
    last_contact: dict = field(default_factory=dict)  # commercial id -> date
    money: dict = field(default_factory=dict)  # commercial id -> date it came
    paying: dict = field(default_factory=dict)  # move id -> date of the payment
    rejected: dict = field(default_factory=dict)  # move id -> date of the rejection
    closings: dict = field(default_factory=dict)  # commercial id -> pairs of dates
    countries: dict = field(default_factory=dict)  # commercial id -> country code
    owed: dict = field(default_factory=dict)  # (commercial, currency) -> overdue
    extra: dict = field(default_factory=dict)  # for the rules of other modules
    open_days: dict = field(default_factory=dict)  # answers of _open_day

    def holds_of(self, item):
        """Return the holds in force on an item or on its customer."""
        return [
            *self.holds.get((item.commercial_id,), ()),
            *self.holds.get(item.line_id, ()),
        ]


class RecouvrementFacts(models.AbstractModel):
    """Read all that decisions are made from, in few queries whatever the items."""

    _name = "recouvrement.facts"
    _description = "Facts of Collection Decisions"

    @api.model
    def _gather(
        self, items, as_of, company, policies, history=None, sending=None, runs=None
    ):
        """Return the Facts about open items; extend it to gather more.

        :param history: see ``recouvrement.policy.decide``
        :param sending, runs: see ``recouvrement.decision._decide_all``
        """
        facts = Facts(as_of, company)
        self._gather_customers(facts, items, policies)
        self._gather_holds(facts, items)
        self._gather_contacts(facts, items, history, sending, runs)
        self._gather_payments(facts, items)
        return facts

    def _gather_customers(self, facts, items, policies):
        """Read who follows which policy, where, and when it is closed."""
        partners = self.env["res.partner"].browse(
            {item.commercial_id for item in items}
        )
        # sudo: a user who may read the invoice may know how it is chased
        chosen = policies.sudo()._for_partners(partners.sudo(), facts.company)
        facts.policies = {partner.id: policy for partner, policy in chosen.items()}
        used = policies.sudo().browse().union(*facts.policies.values())
        facts.levels = {
            policy.id: [level._as_step() for level in policy.level_ids.sorted("days")]
            for policy in used
        }
        facts.countries = {partner.id: partner.country_id.code for partner in partners}
        closings = self.env["recouvrement.closing"].sudo()
        facts.closings = closings._periods(partners, facts.as_of)

    def _gather_holds(self, facts, items):
        """Read the holds in force and take the held amounts out of the items."""
        holds_model = self.env["recouvrement.hold"].sudo()  # see _gather_contacts
        holds = holds_model.search_fetch(
            holds_model._get_active_domain(facts.as_of)
            & Domain("company_id", "=", facts.company.id)
            & (
                Domain(
                    "partner_id.commercial_partner_id",
                    "in",
                    list({item.commercial_id for item in items}),
                )
                | Domain("move_line_id", "in", [item.line_id for item in items])
            ),
            ["partner_id", "move_line_id", "amount", "date_end", "review_date"],
        )
        facts.holds = defaultdict(list)
        for hold in holds:
            customer = hold.partner_id.commercial_partner_id
            facts.holds[hold.move_line_id.id or (customer.id,)].append(hold)
        for item in items:
            held = facts.holds_of(item)
            if item.residual <= 0 or not held:
                continue
            whole = any(not hold.move_line_id or not hold.amount for hold in held)
            item.held = (
                item.residual
                if whole
                else min(item.residual, sum(hold.amount for hold in held))
            )

    def _gather_contacts(self, facts, items, history, sending, runs):
        """Read what was done about the items, and when each customer was contacted."""
        if history is not None:
            self._replay_contacts(facts, items, history)
            return
        # sudo: the answer must not depend on whose reminders the user may see, or a
        # collector limited to a portfolio would chase a colleague's customer again.
        lines = self.env["recouvrement.action.line"].sudo()
        actions = self.env["recouvrement.action"].sudo()
        sending = sending or actions
        own_runs = runs.ids if runs else []
        facts.contacts = lines._collection_contacts(items, facts.as_of, sending.ids)
        groups = actions._read_group(
            Domain("company_id", "=", facts.company.id)
            & Domain("partner_id", "in", list({item.commercial_id for item in items}))
            & Domain("state", "in", FINISHED_STATES)
            & Domain("is_contact", "=", True)
            & Domain("date_done", "<=", facts.as_of)
            & Domain("outcome", "not in", NO_CONTACT_OUTCOMES)
            & Domain("id", "not in", sending.ids)
            # The messages of one run are one contact: they do not hinder one another.
            & (Domain("run_id", "=", False) | Domain("run_id", "not in", own_runs)),
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
            day = fields.Date.to_date(row["date"])
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
        customers = self.env["res.partner"].browse(partner_ids)
        facts.money = customers._get_money_dates(facts.company, facts.as_of)
        # sudo: whoever reads the invoice may know that its payment is under way
        payments = (
            self.env["account.payment"]
            .sudo()
            .search_fetch(
                Domain("company_id", "=", facts.company.id)
                & Domain("payment_type", "=", "inbound")
                & Domain("partner_id.commercial_partner_id", "in", partner_ids)
                # A payment with an entry is in the residual, or in the credits.
                & (
                    (Domain("state", "=", "in_process") & Domain("move_id", "=", False))
                    | (
                        Domain("state", "=", "rejected")
                        & Domain("date", "<=", facts.as_of)
                    )
                )
                & Domain("invoice_ids", "!=", False),
                ["date", "state", "invoice_ids"],
            )
        )
        for payment in payments:
            found = facts.paying if payment.state == "in_process" else facts.rejected
            for move_id in payment.invoice_ids.ids:
                found[move_id] = max(payment.date, found.get(move_id, payment.date))
