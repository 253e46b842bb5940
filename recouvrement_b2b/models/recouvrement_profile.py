from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.payer_figures import LATE_AFTER_DAYS, PayerFigures


class RecouvrementProfile(models.Model):
    """A kind of payer: how to talk to it, and how to chase it.

    Set on customers by hand, or by the first rule in order that fits what they did in
    twelve months; a rule never replaces what a person has set.
    """

    _name = "recouvrement.profile"
    _description = "Payer Profile"
    _order = "sequence, id"
    _check_company_auto = True

    sequence = fields.Integer(
        default=10, help="The first profile in order whose rule fits is set."
    )
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: shared by all companies.")
    description = fields.Text(translate=True, help="How such a customer is recognised.")
    policy_id = fields.Many2one(
        "recouvrement.policy",
        string="Dunning Policy",
        check_company=True,
        help="Followed by customers of this profile on whom none is chosen. Empty: the "
        "policies by filter, or the default.",
    )
    call_hints = fields.Html(
        translate=True,
        help="What to say, to listen for and to offer: shown beside the call script.",
    )
    has_rule = fields.Boolean(
        string="Set by Rule",
        help="Once a week, customers who fit all the conditions below get this "
        "profile, unless a person chose theirs.",
    )
    minimum_invoices = fields.Integer(
        string="Invoices Due, at Least",
        default=3,
        help="In twelve months. With fewer, nobody can tell how the customer pays.",
    )
    minimum_late_share = fields.Integer(
        string="Paid Late, at Least",
        help="Share of the invoices due in twelve months that were paid more than "
        "three days late, or are so late and still open, in percent.",
    )
    maximum_late_share = fields.Integer(string="Paid Late, at Most", default=100)
    minimum_days_late = fields.Integer(
        string="Average Days Late, at Least",
        help="Weighted by the amounts of the invoices due in twelve months.",
    )
    minimum_broken_promises = fields.Integer(
        string="Broken Promises, at Least", help="In twelve months."
    )
    minimum_broken_plans = fields.Integer(
        string="Broken Payment Plans, at Least", help="In twelve months."
    )
    minimum_disputes = fields.Integer(
        string="Disputes, at Least",
        help="Opened in twelve months and not withdrawn.",
    )

    _late_share_ordered = models.Constraint(
        "CHECK(minimum_late_share >= 0 AND maximum_late_share <= 100"
        " AND minimum_late_share <= maximum_late_share)",
        "The share paid late goes from 0 to 100 percent, from the least to the most.",
    )

    @api.model
    def _cron_assign(self):
        """Set the profiles by rule."""
        changed = self._cron_assign_once()
        self.env["ir.cron"]._commit_progress(len(changed), remaining=0)

    @api.model
    def _cron_assign_once(self):
        companies = self.env["res.company"].search([("active", "=", True)])
        changed = [self._assign(company) for company in companies]
        return self.env["res.partner"].union(*changed)

    @api.model
    def _assign(self, company, partners=None):
        """Give customers the first profile whose rule fits, and tell them why.

        Number of queries: the same for any number of customers. Who fits no rule
        keeps what it has: a customer who buys less is not forgotten.

        :param company: profiles are set for this company
        :param partners: commercial entities to look at, None for all
        :return: the customers whose profile changed
        """
        rules = self.search(
            Domain("has_rule", "=", True)
            & Domain("company_id", "in", (False, *company.parent_ids.ids))
        )
        today = fields.Date.context_today(self)
        found = self._get_figures(company, today, partners)
        customers = self.env["res.partner"].with_company(company).browse(found)
        fitting = defaultdict(customers.browse)
        for customer in customers:
            if customer.collection_profile_manual:
                continue
            profile = next(
                (rule for rule in rules if rule._fits(found[customer.id])), 0
            )
            if profile and profile != customer.collection_profile_id:
                fitting[profile] += customer
        for profile, group in fitting.items():
            reasons = {
                customer.id: self._explain(found[customer.id]) for customer in group
            }
            group._set_collection_profile(profile, reasons)
        return customers.browse().union(*fitting.values())

    def _fits(self, figures):
        """Tell whether a customer meets all the conditions of the rule."""
        self.ensure_one()
        return (
            figures.invoices >= self.minimum_invoices
            and self.minimum_late_share <= figures.late_share <= self.maximum_late_share
            and figures.days_late >= self.minimum_days_late
            and figures.broken_promises >= self.minimum_broken_promises
            and figures.broken_plans >= self.minimum_broken_plans
            and figures.disputes >= self.minimum_disputes
        )

    @api.model
    def _explain(self, figures):
        """Return the figures as a sentence."""
        if not figures.invoices:
            parts = [self.env._("no invoice fell due in twelve months")]
        else:
            parts = [
                self.env._(
                    "%(late)s of %(count)s invoices of twelve months paid late "
                    "(%(share)s %%), %(days)s days late on average",
                    late=figures.late,
                    count=figures.invoices,
                    share=figures.late_share,
                    days=figures.days_late,
                )
            ]
        if figures.broken_promises:
            parts.append(
                self.env._("broken promises: %(count)s", count=figures.broken_promises)
            )
        if figures.broken_plans:
            parts.append(
                self.env._(
                    "broken payment plans: %(count)s", count=figures.broken_plans
                )
            )
        if figures.disputes:
            parts.append(self.env._("disputes: %(count)s", count=figures.disputes))
        return ", ".join(parts)

    @api.model
    def _get_figures(self, company, as_of, partners=None):
        """Return ``{commercial entity id: PayerFigures}`` over twelve months.

        :param as_of: last day, excluded; what is open is late until then
        :param partners: commercial entities, None for all
        """
        since = as_of - relativedelta(years=1)
        self.env["account.move.line"].flush_model()
        self.env["account.partial.reconcile"].flush_model()
        found = defaultdict(PayerFigures)
        rows = self.env.execute_query(
            self._get_figures_query(company, since, as_of, partners)
        )
        for partner_id, invoices, late, days_late in rows:
            found[partner_id] = PayerFigures(invoices, late, round(days_late or 0))
        for name, model, domain in self._get_counts(since):
            scope = Domain("company_id", "=", company.id)
            if partners is not None:
                scope &= Domain("partner_id", "in", partners.ids)
            # sudo: the profile of a customer depends on all that is known of it
            groups = model.sudo()._read_group(
                domain & scope, ["partner_id"], ["__count"]
            )
            for partner, count in groups:
                setattr(found[partner.id], name, count)
        return found

    @api.model
    def _get_counts(self, since):
        """Return what is counted for each customer: figure, model and domain."""
        promises = Domain("state", "=", "broken") & Domain("date_promised", ">=", since)
        plans = Domain("state", "=", "defaulted") & Domain("date_closed", ">=", since)
        disputes = Domain("state", "!=", "withdrawn") & Domain("date_open", ">=", since)
        return [
            ("broken_promises", self.env["recouvrement.promise"], promises),
            ("broken_plans", self.env["recouvrement.plan"], plans),
            ("disputes", self.env["recouvrement.dispute"], disputes),
        ]

    @api.model
    def _get_figures_query(self, company, since, as_of, partners):
        """Return the query of the customers' invoices: how many, late, days late.

        An invoice due in several times counts once for each. It is settled on the day
        of the last entry that was matched with it, and late until then.
        """
        among = (
            SQL()
            if partners is None
            else SQL(
                "AND partner.commercial_partner_id IN %s", tuple(partners.ids) or (0,)
            )
        )
        return SQL(
            """
            SELECT customer_id, COUNT(*), COUNT(*) FILTER (WHERE days > %(after)s),
                   SUM(balance * GREATEST(days, 0)) / SUM(balance)
              FROM (
                    SELECT partner.commercial_partner_id AS customer_id,
                           line.balance,
                           CASE WHEN line.reconciled
                                THEN COALESCE(paid.day, line.date_maturity)
                                ELSE %(as_of)s
                           END - line.date_maturity AS days
                      FROM account_move_line line
                      JOIN account_account account ON account.id = line.account_id
                       AND account.account_type = 'asset_receivable'
                      JOIN account_move move ON move.id = line.move_id
                       AND move.move_type = 'out_invoice'
                      JOIN res_partner partner ON partner.id = line.partner_id
                      LEFT JOIN LATERAL (
                           SELECT MAX(partial.max_date) AS day
                             FROM account_partial_reconcile partial
                            WHERE partial.debit_move_id = line.id
                           ) paid ON TRUE
                     WHERE line.company_id = %(company)s
                       AND line.parent_state = 'posted'
                       AND line.balance > 0
                       AND line.date_maturity >= %(since)s
                       AND line.date_maturity < %(as_of)s
                       %(among)s
                   ) AS item
             GROUP BY customer_id
            """,
            after=LATE_AFTER_DAYS,
            as_of=as_of,
            since=since,
            company=company.id,
            among=among,
        )

    def action_view_customers(self):
        """Open the customers of the profile."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.res_partner_action_customer"
        )
        action["domain"] = [("collection_profile_id", "=", self.id)]
        return action
