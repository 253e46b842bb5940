from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.misc import formatLang

from ..const import FRENCH_COUNTRIES, VERIFICATIONS
from ..tools.interest import FOREVER, RATE_UNIT, MissingRate, RatePeriod, RateRule

LEGAL_MULTIPLE = 3  # a contract rate may not be lower (L441-10 II)
STATUTORY_MARGIN = 10  # of the rate that the law gives (L441-10 II)


class RecouvrementPenaltyTerms(models.Model):
    """Which late-payment penalties a customer owes: the rule of the rate, and more.

    The rule comes from the law or from the contract. Which terms apply is answered by
    ``_for_customers``; what they give, by ``recouvrement.penalty``.
    """

    _name = "recouvrement.penalty.terms"
    _description = "Penalty Terms"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", help="Leave empty to share the terms between all companies."
    )
    legal_reference = fields.Char(
        translate=True, help="Text of law or clause of the contract that they rest on."
    )
    note = fields.Text(translate=True)
    rate_base = fields.Selection(
        [
            ("ecb", "ECB refinancing rate + margin"),
            ("legal", "Multiple of the legal interest rate"),
            ("fixed", "Fixed rate"),
            ("none", "No penalties"),
        ],
        string="Rate",
        required=True,
        default="ecb",
        tracking=True,
    )
    margin = fields.Float(
        digits=(7, 4),
        default=10.0,
        tracking=True,
        help="Percentage points added to the rate of the European Central Bank.",
    )
    multiple = fields.Float(
        digits=(7, 4),
        default=LEGAL_MULTIPLE,
        tracking=True,
        help="Times the legal interest rate.",
    )
    fixed_rate = fields.Float(
        digits=(7, 4), tracking=True, help="In percent a year, as the contract says."
    )
    rounding_step = fields.Float(
        string="Round up to",
        digits=(7, 4),
        help="0.5: rounded up to the next half point, as in Belgium. 0: not rounded.",
    )
    rate_mode = fields.Selection(
        [
            ("per_semester", "Changes each half-year"),
            ("at_start", "Stays as on the first day"),
        ],
        string="Over Time",
        required=True,
        default="per_semester",
        tracking=True,
        help="Whether the rate of each half-year applies to its days (France), or the "
        "rate of the half-year in which penalties began to run applies to the end "
        "(French public buyers).",
    )
    day_count = fields.Selection(
        [("365", "365 days a year"), ("actual", "365 or 366 days, as the year has")],
        string="Days of the Year",
        required=True,
        default="365",
        tracking=True,
        help="What days are divided by. 360 is not accepted by French courts.",
    )
    starts = fields.Selection(
        [("due", "The day after the due date"), ("notice", "After a formal notice")],
        string="Run from",
        required=True,
        default="due",
        tracking=True,
    )
    indemnity = fields.Monetary(
        string="Fixed Indemnity",
        currency_field="indemnity_currency_id",
        default=40.0,
        tracking=True,
        help="For recovery costs, once for each invoice that is late, in euros "
        "whatever the currency of the invoice (French commercial code, article "
        "D441-5).",
    )
    indemnity_currency_id = fields.Many2one(
        "res.currency", compute="_compute_indemnity_currency_id"
    )
    pause = fields.Selection(
        [
            ("none", "Run on"),
            ("dispute", "Are suspended by disputes"),
            ("all", "Are suspended by any hold"),
        ],
        string="During Holds",
        required=True,
        default="none",
        tracking=True,
        help="Whether the days of a dispute, or of any hold on collection, count. By "
        "law they do for what turns out to be owed.",
    )
    capitalize = fields.Boolean(
        string="Interest on Interest",
        tracking=True,
        help="Interest due for a whole year bears interest in its turn: only if the "
        "contract or a judgment says so (French civil code, article 1343-2).",
    )
    country_ids = fields.Many2many(
        "res.country",
        string="Customers of",
        help="Apply to the customers of these countries who have no terms of their "
        "own, by their policy neither.",
    )
    rate_warning = fields.Char(compute="_compute_rate_warning")
    rate_today = fields.Float(digits=(7, 4), compute="_compute_rate_today")
    rate_today_verified = fields.Selection(
        VERIFICATIONS,
        string="Rate Checked",
        compute="_compute_rate_today",
        help="How far the reference rate of today was checked; empty when there is "
        "none.",
    )

    _rates_positive = models.Constraint(
        "CHECK(margin >= 0 AND multiple >= 0 AND fixed_rate >= 0 "
        "AND rounding_step >= 0)",
        "Rates, margins and multiples cannot be negative.",
    )
    _rates_plausible = models.Constraint(
        "CHECK(margin < 100 AND multiple < 100 AND fixed_rate < 100)",
        "Give rates in percent a year: 12 for 12 %.",
    )
    _indemnity_positive = models.Constraint(
        "CHECK(indemnity IS NULL OR indemnity >= 0)",
        "The fixed indemnity cannot be negative.",
    )

    # --- checks ---

    @api.constrains("country_ids", "company_id", "active")
    def _check_countries(self):
        """Two terms for the customers of one country would leave it to chance."""
        for terms in self.filtered("active"):
            if not terms.country_ids:
                continue
            others = self.search(
                Domain("country_ids", "in", terms.country_ids.ids)
                & Domain("company_id", "=", terms.company_id.id)
                & Domain("id", "!=", terms.id)
            )
            common = terms.country_ids & others.country_ids
            if common:
                raise ValidationError(
                    self.env._(
                        "%(terms)s and %(others)s both apply to the customers of "
                        "%(countries)s: leave each country to one of them.",
                        terms=terms.name,
                        others=", ".join(others.mapped("name")),
                        countries=", ".join(common.mapped("name")),
                    )
                )

    @api.depends_context("uid")
    def _compute_indemnity_currency_id(self):
        self.indemnity_currency_id = self._get_indemnity_currency()

    @api.model
    def _get_indemnity_currency(self):
        """Return the euro: the law gives the fixed indemnity in euros."""
        euro = self.env["ir.model.data"]._xmlid_to_res_id("base.EUR")
        return self.env["res.currency"].browse(euro)  # asked a thousand times

    @api.depends(
        "rate_base",
        "margin",
        "multiple",
        "fixed_rate",
        "rounding_step",
        "rate_mode",
        "country_ids",
    )
    def _compute_rate_warning(self):
        """Warn of a contract rate under three times the legal rate: never change it."""
        latest = self.env["recouvrement.reference.rate"].search([], limit=1)
        for terms in self:
            terms.rate_warning = terms._get_rate_warning(latest)

    def _get_rate_warning(self, latest):
        """Return what to tell about a rate that the law does not allow.

        The rate of the latest half-year known decides, and whether it was verified is
        told.
        """
        self.ensure_one()
        if not latest or not self._is_rate_limited():
            return False
        floor = LEGAL_MULTIPLE * latest.legal_pro
        period = self._get_periods(latest)[0]
        if period.rate >= self._to_units(floor):
            return False
        warning = self.env._(
            "Between professionals in France, the rate agreed cannot be lower than "
            "three times the legal interest rate, %(floor)s %% in the %(semester)s "
            "(commercial code, article L441-10 II). The rate is left as it is.",
            floor=formatLang(self.env, floor, digits=2),
            semester=latest.display_name,
        )
        if "unverified" in (latest.legal_verified, period.verified):
            warning += " " + self.env._(
                "The rates of this half-year are not verified yet."
            )
        return warning

    def _is_rate_limited(self):
        """Tell whether the law gives these terms a lowest rate.

        It does between professionals in France: for terms meant for French customers,
        or for no country. Not for public buyers: a rate of the European Central Bank
        that stays as on the first day. The rate that the law itself gives (European
        Central Bank + 10 points) stands even where three times the legal rate is above
        it.
        """
        self.ensure_one()
        codes = set(self.country_ids.mapped("code"))
        if self.rate_base == "none" or (codes and not codes & set(FRENCH_COUNTRIES)):
            return False
        if self.rate_base == "ecb":
            return self.margin < STATUTORY_MARGIN and self.rate_mode != "at_start"
        return True

    @api.depends("rate_base", "margin", "multiple", "fixed_rate", "rounding_step")
    def _compute_rate_today(self):
        today = fields.Date.context_today(self)
        rules = self._get_rules()
        for terms in self:
            period = terms._get_period(today, rules[terms.id])
            terms.rate_today = period.rate / RATE_UNIT if period else 0.0
            terms.rate_today_verified = period and period.verified

    # --- answers ---

    def _is_fixed_at_start(self):
        """Tell whether a rate that changes by itself stays as on the first day."""
        self.ensure_one()
        return self.rate_mode == "at_start" and self.rate_base in ("ecb", "legal")

    def _get_rate(self, day, rule=None):
        """Return the rate in force on a day, percent a year; None when unknown."""
        period = self._get_period(day, rule)
        return period and period.rate / RATE_UNIT

    def _get_period(self, day, rule=None):
        """Return the RatePeriod in force on a day; None when there is none."""
        self.ensure_one()
        rule = rule or self._get_rules()[self.id]
        try:
            return rule.period_of(day.toordinal())
        except MissingRate:
            return None

    def _get_rules(self):
        """Return ``{terms id: RateRule}``, in one query for the reference rates."""
        # sudo: rates are public; who sees an invoice may see how it is computed
        rates = self.env["recouvrement.reference.rate"].sudo()
        rates = rates.search_fetch([], order="date_from")
        return {
            terms.id: RateRule(
                terms._get_periods(rates),
                at_start=terms.rate_mode == "at_start",
                actual=terms.day_count == "actual",
                capitalize=terms.capitalize,
            )
            for terms in self
        }

    def _get_periods(self, rates):
        """Return the rates of the terms over time, as RatePeriod in order of date."""
        self.ensure_one()
        if self.rate_base in ("fixed", "none"):
            rate = self._to_units(self.fixed_rate if self.rate_base == "fixed" else 0)
            source = self.legal_reference or self.env._("Contract")
            return [RatePeriod(1, FOREVER, rate, source)]
        return [
            RatePeriod(
                rate.date_from.toordinal(),
                rate.date_to.toordinal(),
                self._get_units(rate),
                *self._get_source(rate),
            )
            for rate in rates
        ]

    def _get_units(self, rate):
        """Return the rate of a half-year, in ten-thousandths of a percent.

        Never below zero, even when that of the European Central Bank is: being late
        earns nothing.
        """
        if self.rate_base == "ecb":
            units = self._to_units(rate.ecb_mro) + self._to_units(self.margin)
        else:
            units = self._to_units(self.multiple) * self._to_units(rate.legal_pro)
            units = (units + RATE_UNIT // 2) // RATE_UNIT
        step = self._to_units(self.rounding_step)
        units = -(-units // step) * step if step else units
        return max(units, 0)

    def _get_source(self, rate):
        """Return (source of the rate, how far it was checked)."""
        name = "ecb" if self.rate_base == "ecb" else "legal"
        return rate[f"{name}_source"] or "", rate[f"{name}_verified"]

    @api.model
    def _to_units(self, percent):
        return round((percent or 0.0) * RATE_UNIT)

    @api.model
    def _for_customers(self, partners, company):
        """Return ``{customer: its terms}``, an empty record when it owes none.

        The customer's own terms come first; consumers have no others. Then those of
        its policy, of its country, of the company.

        :param partners: commercial entities
        """
        partners = partners.with_company(company)
        policies = self.env["recouvrement.policy"]._for_partners(partners, company)
        by_country = self._by_country(company)
        answer = {}
        for partner in partners:
            terms = partner.penalty_terms_id
            if not terms and partner.is_company:
                policy = policies.get(partner)
                terms = (
                    (policy and policy.penalty_terms_id)
                    or by_country.get(partner.country_id.id)
                    or company.penalty_terms_id
                )
            answer[partner] = terms or self.browse()
        return answer

    @api.model
    def _by_country(self, company):
        """Return ``{country id: terms}``: the company's own before the shared ones."""
        terms = self.search(
            Domain("country_ids", "!=", False)
            & Domain("company_id", "in", (False, *company.parent_ids.ids))
        )
        return {
            country.id: each
            for each in terms.sorted(lambda each: len(each.company_id.parent_ids))
            for country in each.country_ids
        }
