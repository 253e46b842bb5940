import ast

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools.business_days import next_business_day

WEEKDAYS = (
    "send_monday",
    "send_tuesday",
    "send_wednesday",
    "send_thursday",
    "send_friday",
    "send_saturday",
    "send_sunday",
)


class RecouvrementPolicy(models.Model):
    """A dunning policy: who is chased, at which levels, in which rhythm.

    A customer's policy is the one set on the customer, else the first one (by
    sequence) whose customer filter matches, else the default of the company. A draft
    policy chases nobody, but can be tried: ``policy.decide(as_of=...)``.
    """

    _name = "recouvrement.policy"
    _description = "Dunning Policy"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(
        default=10, help="Policies with a customer filter are tried in this order."
    )
    state = fields.Selection(
        [("draft", "Draft"), ("running", "Running")],
        default="draft",
        required=True,
        copy=False,
        tracking=True,
        help="A draft policy chases nobody; it can be tried on the past.",
    )
    company_id = fields.Many2one(
        "res.company", help="Leave empty to share the policy between all companies."
    )
    note = fields.Text(translate=True, string="Purpose")
    penalty_terms_id = fields.Many2one(
        "recouvrement.penalty.terms",
        check_company=True,
        help="Late-payment penalties of the customers who follow the policy and have "
        "no terms of their own. Empty: those of their country, else of the company.",
    )
    level_ids = fields.One2many(
        "recouvrement.level", "policy_id", string="Levels", copy=True
    )
    partner_domain = fields.Char(
        string="Customer Filter",
        help="Customers that match follow this policy, unless one is set on them. "
        "Empty: the policy has to be chosen on the customer or be the default.",
    )
    has_filter = fields.Boolean(
        string="Customers by Filter",
        compute="_compute_has_filter",
        readonly=False,
        store=False,
    )
    grouping = fields.Selection(
        [
            ("customer", "One message per customer"),
            ("contact", "One message per invoice address"),
            ("invoice", "One message per invoice"),
        ],
        default="customer",
        required=True,
    )
    start = fields.Selection(
        [
            ("step", "One step at a time, from the first level"),
            ("age", "At once at the level that their age deserves"),
        ],
        string="Old Items Start",
        default="step",
        required=True,
        help="Where an item that was never chased, and is late already, begins.",
    )
    minimum_amount = fields.Float(
        digits="Account",
        help="Nothing is sent when the customer owes less, in the company's currency.",
    )
    minimum_days = fields.Integer(
        string="Days between Contacts",
        default=3,
        help="Least number of days between two contacts with one customer, "
        "all channels together, whoever made the contact.",
    )
    require_sent = fields.Boolean(
        string="Only Invoices that Were Sent",
        default=True,
        help="An invoice that was never sent to the customer is not chased: "
        "it is listed for sending first.",
    )
    send_monday = fields.Boolean("Monday", default=True)
    send_tuesday = fields.Boolean("Tuesday", default=True)
    send_wednesday = fields.Boolean("Wednesday", default=True)
    send_thursday = fields.Boolean("Thursday", default=True)
    send_friday = fields.Boolean("Friday", default=True)
    send_saturday = fields.Boolean("Saturday")
    send_sunday = fields.Boolean("Sunday")
    skip_holidays = fields.Boolean(
        string="Skip Public Holidays",
        default=True,
        help="Public holidays of the company's country and of the customer's.",
    )
    hour_from = fields.Float(
        string="Send from", default=8.0, help="In the company's time zone."
    )
    hour_to = fields.Float(string="Send until", default=19.0)

    _minimum_days_positive = models.Constraint(
        "CHECK(minimum_days >= 0)",
        "The days between contacts cannot be negative.",
    )
    _minimum_amount_positive = models.Constraint(
        "CHECK(minimum_amount >= 0)",
        "The minimum amount cannot be negative.",
    )
    _hours_ordered = models.Constraint(
        "CHECK(hour_from >= 0 AND hour_from < hour_to AND hour_to <= 24)",
        "Sending hours must be between 0 and 24, and end after they begin.",
    )

    @api.depends("partner_domain")
    def _compute_has_filter(self):
        for policy in self:
            policy.has_filter = bool(policy.partner_domain)

    @api.onchange("has_filter")
    def _onchange_has_filter(self):
        if not self.has_filter:
            self.partner_domain = False
        elif not self.partner_domain:
            self.partner_domain = "[]"

    @api.constrains(*WEEKDAYS)
    def _check_weekdays(self):
        for policy in self:
            if not policy._weekdays():
                raise ValidationError(
                    self.env._(
                        "Choose at least one day of the week on which policy "
                        "%(policy)s may send.",
                        policy=policy.name,
                    )
                )

    @api.constrains("partner_domain")
    def _check_partner_domain(self):
        for policy in self.filtered("partner_domain"):
            try:
                domain = policy._get_partner_domain()
                self.env["res.partner"].search_count(domain, limit=1)
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "The customer filter of policy %(policy)s cannot be read: "
                        "%(error)s",
                        policy=policy.name,
                        error=error,
                    )
                ) from error

    def action_start(self):
        """Put the policies in force."""
        for policy in self:
            if not policy.level_ids:
                raise UserError(
                    self.env._(
                        "Add a level to policy %(policy)s before you start it.",
                        policy=policy.name,
                    )
                )
        self.state = "running"

    def action_draft(self):
        """Take the policies out of force; nothing that was sent is lost."""
        self.state = "draft"

    def action_view_decisions(self):
        """Show whom the policy would chase today, and why not the others."""
        self.ensure_one()
        return self.env["recouvrement.preview"]._action_open(self)

    def decide(self, as_of=None, company=None, partners=None, history=None):
        """Answer, for every open item: chase it today, or why not.

        Pure: writes nothing. It is the only place that knows when an item is due for
        a level; the run, the preview and the panels on invoices and customers read it.
        Called on an empty set, each customer's own policy applies; called on policies,
        only those do, draft ones included (what would they have done on the past?).

        :param as_of: date (or ISO text) to decide for; today by default. For a past
            date, payments count from the later date of their two entries, and holds
            and contacts at their own dates.
        :param company: company or its id; the current one by default
        :param partners: customers (records or ids) to look at; all by default
        :param history: recorded contacts to use instead of the real ones: list of
            dicts ``line_id, level_id, channel, date`` (a replay feeds its own)
        :return: list of dicts, one per open item: ``line_id, move_id, partner_id,
            policy_id, as_of, date_due, days_overdue, residual, amount_to_chase,
            currency_id, outcome, reason, level_id, channels, next_date, hold_ids``;
            False, never None, stands for nothing
        """
        decisions = self.env["recouvrement.decision"]._decide(
            policies=self,
            as_of=fields.Date.to_date(as_of) or fields.Date.context_today(self),
            company=self._decision_company(company),
            partners=self._decision_partners(partners),
            history=None if history is None or history is False else history,
        )
        return [decision.as_dict() for decision in decisions]

    def _decision_company(self, company):
        """Return the company to decide for; it must be one of the user's."""
        if not company:
            return self.env.company
        if isinstance(company, int):
            company = self.env["res.company"].browse(company)
        if company not in self.env.user.company_ids and not self.env.su:
            raise UserError(
                self.env._("You have no access to company %(id)s.", id=company.id)
            )
        return company

    def _decision_partners(self, partners):
        """Return the commercial entities to look at, None for all."""
        if partners is None or partners is False:
            return None
        if isinstance(partners, int):
            partners = [partners]
        if not isinstance(partners, models.BaseModel):
            partners = self.env["res.partner"].browse(partners)
        return partners.commercial_partner_id

    def _get_partner_domain(self):
        """Return the customer filter as a domain, of nobody when there is none."""
        self.ensure_one()
        if not self.partner_domain:
            return Domain.FALSE
        return Domain(ast.literal_eval(self.partner_domain))

    def _weekdays(self):
        """Return the weekdays (0: Monday) on which the policy may send."""
        self.ensure_one()
        return frozenset(day for day, name in enumerate(WEEKDAYS) if self[name])

    def _next_open_day(self, day, countries=(), closings=()):
        """Return ``day`` or the first later one on which the policy may contact.

        :param countries: ISO codes whose public holidays the policy may skip
        :param closings: pairs of dates (first, last) in which the customer is closed
        :return: False when no day of the coming year is open
        """
        self.ensure_one()
        skipped = tuple(filter(None, countries)) if self.skip_holidays else ()
        return next_business_day(day, self._weekdays(), skipped, closings)

    def _is_open_hour(self, moment):
        """Tell whether the policy may contact at this local time."""
        self.ensure_one()
        return self.hour_from <= moment.hour + moment.minute / 60 < self.hour_to

    def _for_partners(self, partners, company):
        """Return ``{partner: policy}``: who follows which policy in a company.

        On one policy, everybody follows it; on several, only they are chosen from; on
        none, all those in force. The customer's own choice comes first, then that of
        its payer profile, then the first policy whose filter matches, then the
        company's default. Number of queries: one per policy that has a filter.
        """
        if len(self) == 1:
            return dict.fromkeys(partners, self)
        policies = self.sorted() or self.search(
            Domain("state", "=", "running")
            & Domain("company_id", "in", (False, *company.parent_ids.ids))
        )
        default = company.collection_policy_id & policies
        # Filters speak of archived customers too: they may still owe.
        partners = partners.with_company(company).with_context(active_test=False)
        # A policy chosen for a customer is never replaced by another one: while it is
        # a draft, nobody follows it.
        chosen = {}
        for partner in partners:
            # sudo: who may not see the profile is told which policy follows from it
            profile = partner.sudo().collection_profile_id
            if choice := partner.collection_policy_id or profile.policy_id:
                chosen[partner] = choice & policies
        for policy in policies.filtered("partner_domain"):
            rest = [partner.id for partner in partners if partner not in chosen]
            matching = partners.search(
                Domain("id", "in", rest) & policy._get_partner_domain()
            )
            chosen.update(dict.fromkeys(matching, policy))
        return {partner: chosen.get(partner, default) for partner in partners}
