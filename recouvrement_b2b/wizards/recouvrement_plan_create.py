from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ..tools.instalments import (
    MAX_INSTALMENTS,
    amounts_of,
    due_dates,
    equal_amounts,
)


class RecouvrementPlanCreate(models.TransientModel):
    """Make a payment plan: what it pays, how many instalments, how often."""

    _name = "recouvrement.plan.create"
    _description = "Make a Payment Plan"
    _inherit = ["recouvrement.dialog"]

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one("res.partner", string="Customer", required=True)
    contact_id = fields.Many2one(
        "res.partner",
        domain="[('commercial_partner_id', '=', partner_id)]",
    )
    line_ids = fields.Many2many(
        "account.move.line",
        string="Items",
        domain="[('company_id', '=', company_id),"
        " ('account_id.account_type', '=', 'asset_receivable'),"
        " ('parent_state', '=', 'posted'), ('reconciled', '=', False),"
        " ('amount_residual', '>', 0),"
        " ('partner_id', 'child_of', partner_id or [])]",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_totals")
    principal = fields.Monetary(compute="_compute_totals")
    with_interest = fields.Boolean(
        string="With Penalties",
        help="The late-payment penalties to this day are part of the plan.",
    )
    with_indemnity = fields.Boolean(
        string="With Indemnities",
        help="The fixed indemnities are part of the plan.",
    )
    penalties = fields.Monetary(compute="_compute_totals")
    total = fields.Monetary(compute="_compute_totals")
    split = fields.Selection(
        [("count", "A number of instalments"), ("amount", "An amount each time")],
        required=True,
        default="count",
    )
    count = fields.Integer(string="Number of Instalments", default=3)
    amount = fields.Monetary(help="Of each instalment; the last one is the rest.")
    frequency = fields.Selection(
        [
            ("week", "Every week"),
            ("fortnight", "Every two weeks"),
            ("month", "Every month"),
            ("month_end", "At the end of each month"),
        ],
        required=True,
        default="month",
    )
    first_date = fields.Date(
        string="First Instalment",
        required=True,
        default=lambda self: fields.Date.context_today(self) + timedelta(days=7),
    )
    penalty_regime = fields.Selection(
        lambda self: (
            self.env["recouvrement.plan"]
            ._fields["penalty_regime"]
            ._description_selection(self.env)
        ),
        string="Penalties during the Plan",
        required=True,
        default="suspended",
    )
    preview = fields.Char(compute="_compute_preview")

    @api.depends("line_ids", "with_interest", "with_indemnity", "company_id")
    def _compute_totals(self):
        today = fields.Date.context_today(self)
        for wizard in self:
            lines = wizard.line_ids._origin
            currency = lines.currency_id[:1] or wizard.company_id.currency_id
            wizard.currency_id = currency
            principal = sum(lines.mapped("amount_residual_currency"))
            wizard.principal = currency.round(principal)
            rows = wizard._get_penalty_rows(lines, currency, today)
            wizard.penalties = currency.round(sum(row["amount"] for row in rows))
            wizard.total = currency.round(wizard.principal + wizard.penalties)

    def _get_penalty_rows(self, lines, currency, today):
        """Return the rows of penalties to include: those not claimed yet."""
        self.ensure_one()
        kinds = self._get_kinds()
        customer = self.partner_id.commercial_partner_id._origin
        if not kinds or not lines:
            return []
        rows = self.env["recouvrement.penalty.claim"]._get_rows(
            customer, today, self.company_id, lines.move_id
        )
        own = rows.get((customer.id, currency.id), [])
        return [row for row in own if row["kind"] in kinds]

    def _get_kinds(self):
        """Return the kinds of penalties that are part of the plan."""
        chosen = {"interest": self.with_interest, "indemnity": self.with_indemnity}
        return [kind for kind, is_chosen in chosen.items() if is_chosen]

    @api.depends("total", "split", "count", "amount", "frequency", "first_date")
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = wizard._get_preview()

    def _get_preview(self):
        """Return the plan in a few words, empty while it is not complete."""
        self.ensure_one()
        try:
            instalments = self._get_instalments()
        except UserError:
            return False
        (first, amount), (last, rest) = instalments[0], instalments[-1]
        if len(instalments) == 1:
            return self.env._(
                "One payment of %(amount)s on %(date)s",
                amount=self.currency_id.format(amount),
                date=format_date(self.env, first),
            )
        if amount == rest:
            return self.env._(
                "%(count)s instalments of %(amount)s, from %(first)s to %(last)s",
                count=len(instalments),
                amount=self.currency_id.format(amount),
                first=format_date(self.env, first),
                last=format_date(self.env, last),
            )
        return self.env._(
            "%(count)s instalments of %(amount)s from %(first)s, the last one of "
            "%(rest)s on %(last)s",
            count=len(instalments),
            amount=self.currency_id.format(amount),
            first=format_date(self.env, first),
            rest=self.currency_id.format(rest),
            last=format_date(self.env, last),
        )

    @api.model
    def _action_open(self, partners, lines=None):
        """Return the action that opens the form for a customer.

        :param lines: items to pay; all that is overdue by default
        """
        customer = partners.commercial_partner_id
        if len(customer) != 1:
            raise UserError(
                self.env._("A plan is personal: make it for one customer at a time.")
            )
        if lines is None:
            lines = self._get_overdue(customer)
        wizard = self.create(
            {
                "company_id": (lines.company_id or self.env.company)[:1].id,
                "partner_id": customer.id,
                "contact_id": (partners - customer)[:1].id,
                "line_ids": [Command.set(lines.ids)],
            }
        )
        return wizard._open_dialog(self.env._("Make a Payment Plan"))

    @api.model
    def _get_overdue(self, customer):
        """Return the customer's overdue items, in its main currency."""
        today = fields.Date.context_today(self)
        items = self.env["account.move.line"]._collection_open_items(
            today, self.env.company, customer
        )
        late = [item for item in items if item.residual > 0 and item.date_due < today]
        lines = self.env["account.move.line"].browse([item.line_id for item in late])
        return lines.filtered(lambda line: line.currency_id == lines[:1].currency_id)

    def action_apply(self):
        """Make the draft plan and show it: its amounts may still be changed."""
        self.ensure_one()
        self._check_input()
        plan = self.env["recouvrement.plan"].create(self._prepare_plan())
        plan.write(
            {
                "line_ids": [
                    Command.create(values)
                    for values in (
                        *plan.line_ids._prepare_items(self.line_ids),
                        *self._prepare_penalties(plan),
                    )
                ],
                "instalment_ids": [
                    Command.create({"date_due": day, "amount": amount})
                    for day, amount in self._get_instalments()
                ],
            }
        )
        return plan.get_formview_action()

    def _check_input(self):
        """Tell what is missing or wrong."""
        if not self.line_ids:
            raise UserError(self.env._("Choose the items that the plan pays."))
        if len(self.line_ids.currency_id) > 1:
            raise UserError(
                self.env._("Make one plan for each currency: the items have several.")
            )
        if self.first_date < fields.Date.context_today(self):
            raise UserError(
                self.env._("The first instalment cannot be past: choose a day to come.")
            )

    def _get_instalments(self):
        """Return the instalments as (date, amount); they sum to the total.

        :raise UserError: when the numbers cannot be a plan
        """
        self.ensure_one()
        unit = 10**self.currency_id.decimal_places
        total = round(self.total * unit)
        if total <= 0:
            raise UserError(self.env._("Nothing is owed: choose other items."))
        if self.split == "count":
            if not 1 <= self.count <= min(MAX_INSTALMENTS, total):
                raise UserError(
                    self.env._(
                        "Choose between 1 and %(maximum)s instalments.",
                        maximum=MAX_INSTALMENTS,
                    )
                )
            amounts = equal_amounts(total, self.count)
        else:
            part = round(self.amount * unit)
            if part <= 0 or total / part > MAX_INSTALMENTS:
                raise UserError(
                    self.env._(
                        "Choose a larger amount: a plan has at most %(maximum)s "
                        "instalments.",
                        maximum=MAX_INSTALMENTS,
                    )
                )
            amounts = amounts_of(total, part)
        dates = due_dates(self.first_date, self.frequency, len(amounts))
        return [
            (day, amount / unit) for day, amount in zip(dates, amounts, strict=True)
        ]

    def _prepare_plan(self):
        """Return the values of the plan, without items and instalments."""
        return {
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.commercial_partner_id.id,
            "contact_id": self.contact_id.id,
            "currency_id": self.currency_id.id,
            "penalty_regime": self.penalty_regime,
        }

    def _prepare_penalties(self, plan):
        """Make the claim of the penalties included; return the values of its line."""
        kinds = self._get_kinds()
        if not kinds or not self.penalties:
            return []
        claims = self.env["recouvrement.penalty.claim"]._claim_customers(
            plan.partner_id,
            fields.Date.context_today(self),
            plan.company_id,
            self.line_ids.move_id,
            kinds,
        )
        claim = claims.filtered(lambda claim: claim.currency_id == plan.currency_id)
        (claims - claim).unlink()
        claim.sudo().plan_id = plan  # sudo: claims change by methods alone
        return [
            {"claim_id": claim.id, "date_due": claim.date_to, "amount": claim.amount}
        ]
