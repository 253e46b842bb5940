from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..const import COLLECTION_READERS


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_policy_id = fields.Many2one(
        "recouvrement.policy",
        string="Dunning Policy",
        company_dependent=True,
        help="Followed before that of the payer profile, the policies whose filter "
        "matches, and the default.",
    )
    collector_id = fields.Many2one(
        "res.users",
        company_dependent=True,
        help="Looks after this customer: signs the reminders, makes the calls.",
    )
    penalty_terms_id = fields.Many2one(
        "recouvrement.penalty.terms",
        company_dependent=True,
        help="Late-payment penalties agreed with this customer. Empty: those of the "
        "policy, of the country or of the company; none for a person who is not a "
        "company.",
    )
    insolvency_date = fields.Date(
        string="Insolvency Judgment",
        tracking=True,
        help="Judgment that opens safeguard, receivership or liquidation proceedings: "
        "penalties on earlier invoices stop on the day before (French commercial code, "
        "article L622-28).",
        groups=COLLECTION_READERS,
    )
    collection_closing_ids = fields.One2many(
        "recouvrement.closing",
        "partner_id",
        string="Closing Periods",
        groups=COLLECTION_READERS,
    )
    collection_hold_ids = fields.One2many(
        "recouvrement.hold",
        "partner_id",
        string="Collection Holds",
        groups=COLLECTION_READERS,
    )
    collection_action_ids = fields.One2many(
        "recouvrement.action",
        "partner_id",
        string="Reminders",
        groups=COLLECTION_READERS,
    )
    collection_currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_collection_totals",
        groups=COLLECTION_READERS,
    )
    collection_due = fields.Monetary(
        string="Total Owed",
        currency_field="collection_currency_id",
        compute="_compute_collection_totals",
        help="Open items, due or not, less credits, in the company's currency.",
        groups=COLLECTION_READERS,
    )
    collection_overdue = fields.Monetary(
        string="Overdue",
        currency_field="collection_currency_id",
        compute="_compute_collection_totals",
        help="Part of the open items whose due date has passed, less credits.",
        groups=COLLECTION_READERS,
    )
    collection_hold_count = fields.Integer(
        compute="_compute_collection_counts",
        groups=COLLECTION_READERS,
    )
    collection_action_count = fields.Integer(
        compute="_compute_collection_counts",
        groups=COLLECTION_READERS,
    )
    collection_next_date = fields.Date(
        string="Next Reminder",
        compute="_compute_collection_next",
        help="Earliest date on which one of the open items may be chased.",
        groups=COLLECTION_READERS,
    )
    collection_level_id = fields.Many2one(
        "recouvrement.level",
        string="Next Level",
        compute="_compute_collection_next",
        groups=COLLECTION_READERS,
    )
    collection_applied_policy_id = fields.Many2one(
        "recouvrement.policy",
        string="Policy Followed",
        compute="_compute_collection_next",
        help="The policy that applies: the customer's own, that of its payer profile, "
        "by filter, or the default.",
        groups=COLLECTION_READERS,
    )

    @api.depends_context("company")
    def _compute_collection_totals(self):
        """Sum the open items of each commercial entity, in one query for all."""
        company = self.env.company
        today = fields.Date.context_today(self)
        customers = self.commercial_partner_id
        totals = dict.fromkeys(customers.ids, (0.0, 0.0))
        if customers.ids:
            items = self.env["account.move.line"]._collection_open_items(
                today, company, customers
            )
            for item in items:
                due, overdue = totals[item.commercial_id]
                late = item.residual < 0 or item.date_due < today
                totals[item.commercial_id] = (
                    due + item.residual_company,
                    overdue + (item.residual_company if late else 0.0),
                )
        for partner in self:
            due, overdue = totals.get(partner.commercial_partner_id.id, (0.0, 0.0))
            partner.collection_currency_id = company.currency_id
            partner.collection_due = company.currency_id.round(due)
            partner.collection_overdue = company.currency_id.round(max(overdue, 0.0))

    @api.depends_context("company", "uid")
    def _compute_collection_counts(self):
        customers = self.commercial_partner_id
        company = Domain("company_id", "=", self.env.company.id)
        today = fields.Date.context_today(self)
        holds = self.env["recouvrement.hold"]
        actions = self.env["recouvrement.action"]
        mine = company & Domain("partner_id", "in", customers.ids)
        hold_counts = dict(
            holds._read_group(
                mine & holds._get_active_domain(today), ["partner_id"], ["__count"]
            )
        )
        action_counts = dict(actions._read_group(mine, ["partner_id"], ["__count"]))
        for partner in self:
            customer = partner.commercial_partner_id
            partner.collection_hold_count = hold_counts.get(customer, 0)
            partner.collection_action_count = action_counts.get(customer, 0)

    @api.depends("collection_policy_id", "collection_profile_id.policy_id")
    @api.depends_context("company", "uid")
    def _compute_collection_next(self):
        """Read the next step in the one answer, ``policy.decide``."""
        customers = self.commercial_partner_id.filtered("id")
        decisions = (
            self.env["recouvrement.policy"].decide(partners=customers)
            if customers
            else []
        )
        policies = (
            self.env["recouvrement.policy"]
            .sudo()  # the name of the policy is no secret to who sees the customer
            ._for_partners(customers.sudo(), self.env.company)
        )
        soonest = {}
        for decision in decisions:
            if decision["outcome"] in ("chase", "wait") and decision["next_date"]:
                customer = decision["partner_id"]
                best = soonest.get(customer)
                if not best or decision["next_date"] < best["next_date"]:
                    soonest[customer] = decision
        for partner in self:
            best = soonest.get(partner.commercial_partner_id.id, {})
            partner.collection_next_date = best.get("next_date", False)
            partner.collection_level_id = best.get("level_id", False)
            partner.collection_applied_policy_id = policies.get(
                partner.commercial_partner_id.sudo(), False
            )

    def _get_money_dates(self, company, as_of):
        """Return ``{customer id: last day}`` of money that came in, not matched yet.

        :param as_of: what came later is left out
        """
        # sudo: whoever judges or chases may know that a payment is under way, even
        # without access to bank statements.
        lines = self.env["account.bank.statement.line"].sudo()
        groups = lines._read_group(
            Domain("company_id", "=", company.id)
            & Domain("is_reconciled", "=", False)
            & Domain("amount", ">", 0)
            & Domain("date", "<=", as_of)
            & Domain("partner_id.commercial_partner_id", "in", self.ids),
            ["partner_id"],
            ["date:max"],
        )
        dates = {}
        for partner, day in groups:
            customer = partner.commercial_partner_id.id
            dates[customer] = max(day, dates.get(customer, day))
        return dates

    def _get_paying(self, companies, day):
        """Return (customer id, company id) of whom money came in, not matched yet.

        They have the days that a company waits for payments (see its settings) before
        a commitment counts as broken.
        """
        return {
            (customer_id, company.id)
            for company in companies
            for customer_id, last in self._get_money_dates(company, day).items()
            if last + timedelta(days=company.collection_payment_wait_days) >= day
        }

    def _get_collector(self, company, day):
        """Return who looks after a customer on a day, absences taken into account."""
        self.ensure_one()
        collector = self.with_company(company).collector_id
        return collector._collection_available(day) if collector else collector

    def action_view_collection_items(self):
        """Open what the customer owes, item by item."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_amounts_to_settle"
        )
        lines = self.env["account.move.line"]
        action["domain"] = lines._get_collection_domain(
            self.env.company, self.commercial_partner_id
        ) & Domain("reconciled", "=", False)
        action["context"] = {"journal_type": "sale"}
        return action

    def action_view_collection_actions(self):
        """Open the reminders of the customer."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_b2b.recouvrement_action_action"
        )
        action["domain"] = [("partner_id", "in", self.commercial_partner_id.ids)]
        action["context"] = {"default_partner_id": self.commercial_partner_id[:1].id}
        return action

    def action_view_collection_decisions(self):
        """Show, item by item, why the customers are chased today or not."""
        return self.env["recouvrement.preview"]._action_open(
            self.env["recouvrement.policy"], self.commercial_partner_id
        )

    def action_view_collection_holds(self):
        """Open the holds of the customer."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_b2b.recouvrement_hold_action"
        )
        action["domain"] = [("partner_id", "in", self.commercial_partner_id.ids)]
        action["context"] = {"default_partner_id": self.commercial_partner_id[:1].id}
        return action

    def action_collection_hold(self):
        """Open the form that suspends collection of the customers."""
        return self.env["recouvrement.hold.create"]._action_open(
            self.commercial_partner_id
        )

    def action_collection_contact(self):
        """Open the form that records a contact made outside the policy."""
        return self.env["recouvrement.contact.record"]._action_open(self)

    def action_collection_statement(self):
        """Open the form that sends the statements of account, or downloads them."""
        return self.env["recouvrement.statement.send"]._action_open(self)

    def action_claim_penalties(self):
        """Open the form that claims the penalties of the customers."""
        return self.env["recouvrement.penalty.claim.create"]._action_open(self)

    def action_penalty_statement(self):
        """Open the form that downloads the statements of late-payment penalties."""
        return self.env["recouvrement.penalty.statement"]._action_open(self)
