from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.factoring import (
    amount_days,
    annual_rate,
    available,
    release_due,
    share,
)
from .recouvrement_assignment_line import SETTLING
from .recouvrement_factor_operation import COSTS, OPERATIONS, SETTLEMENTS

# What the factor has advanced: {kind: sign}.
ADVANCES = {"payment": 1, "reimbursement": -1, "customer_payment": -1}


def _get_signs(side):
    """Return how each kind of operation moves an account: debits are above zero."""
    return {
        kind: (debit == side) - (credit == side)
        for kind, (debit, credit) in OPERATIONS.items()
    }


FACTOR_SIGNS = _get_signs("factor")
HOLDBACK_SIGNS = _get_signs("holdback")


class RecouvrementFactorOperation(models.Model):
    _inherit = "recouvrement.factor.operation"

    company_currency_id = fields.Many2one(related="company_id.currency_id")
    company_amount = fields.Monetary(
        string="Amount in Company Currency",
        currency_field="company_currency_id",
        compute="_compute_company_amounts",
        store=True,
        help="As its entry has it: an invoice keeps its own rate.",
    )
    company_tax = fields.Monetary(
        string="VAT in Company Currency",
        currency_field="company_currency_id",
        compute="_compute_company_amounts",
        store=True,
    )

    @api.depends("amount", "tax_amount", "currency_id", "date", "line_id")
    def _compute_company_amounts(self):
        for operation in self:
            operation.company_amount = operation._get_balance(operation.amount)
            operation.company_tax = (
                operation._get_balance(operation.tax_amount)
                if operation.kind == "commission"
                else 0.0
            )


class RecouvrementFactor(models.Model):
    """What a contract comes to today, in the currency of its company.

    Every figure is a sum of operations, so that contracts with entries and without
    have the same; with entries, they are what the books say.
    """

    _inherit = "recouvrement.factor"

    turnover = fields.Monetary(
        string="Assigned to Date",
        compute="_compute_figures",
        currency_field="company_currency_id",
        help="Every invoice that was assigned, credit notes deducted.",
    )
    assigned_amount = fields.Monetary(
        string="Outstanding",
        compute="_compute_figures",
        currency_field="company_currency_id",
        help="Assigned, and neither paid by the customer nor returned.",
    )
    financed_amount = fields.Monetary(
        compute="_compute_figures",
        currency_field="company_currency_id",
        help="What the factor has paid you, less what you paid back and what customers "
        "paid to it.",
    )
    holdback_amount = fields.Monetary(
        string="Holdback",
        compute="_compute_figures",
        currency_field="company_currency_id",
        help="What the factor keeps as a guarantee: the balance of its account.",
    )
    holdback_expected = fields.Monetary(
        string="Release Expected",
        compute="_compute_holdback_expected",
        currency_field="company_currency_id",
        help="Of the holdback of each invoice or remittance, the share that customers "
        "have paid, or that was returned: it is due back to you.",
    )
    holdback_released = fields.Monetary(
        string="Released",
        compute="_compute_figures",
        currency_field="company_currency_id",
        help="What the factor has given back of the holdback to date.",
    )
    holdback_late = fields.Monetary(
        string="Still to Be Released",
        compute="_compute_holdback_expected",
        currency_field="company_currency_id",
        help="What should have been released, less what was.",
    )
    current_account = fields.Monetary(
        compute="_compute_figures",
        currency_field="company_currency_id",
        help="What the factor owes you, the holdback apart: the balance of its account "
        "(467). Outstanding - holdback - financed - costs with VAT.",
    )
    available_amount = fields.Monetary(
        string="Available",
        compute="_compute_figures",
        currency_field="company_currency_id",
        help="What you can still draw: financing rate x outstanding - financed, and "
        "never more than the current account.",
    )
    cost_amount = fields.Monetary(
        string="Cost to Date",
        compute="_compute_figures",
        currency_field="company_currency_id",
        help="Commissions and interest, before VAT.",
    )
    cost_rate = fields.Float(
        string="Cost of Turnover (%)",
        digits=(16, 2),
        compute="_compute_figures",
        help="Cost to date / assigned to date.",
    )
    effective_rate = fields.Float(
        string="Effective Annual Rate (%)",
        digits=(16, 2),
        compute="_compute_figures",
        help="Cost to date / sum of (amount financed x days) x 365: what each euro "
        "that the factor advances costs in a year, all commissions included.",
    )
    returned_rate = fields.Float(
        string="Returned (%)",
        digits=(16, 2),
        compute="_compute_figures",
        help="Returned or refused / assigned to date.",
    )
    payment_days = fields.Float(
        string="Days to Be Paid",
        digits=(16, 1),
        compute="_compute_payment_days",
        help="Average days from the date of an invoice to its payment by the customer, "
        "to the factor or to you, weighted by amount.",
    )

    @api.depends(
        "operation_ids.state", "operation_ids.company_amount", "financing_rate"
    )
    def _compute_figures(self):
        movements = self._get_movements()
        today = fields.Date.context_today(self)
        for factor in self:
            sums, days = movements[factor]
            for name, value in factor._get_figures(sums, days, today).items():
                factor[name] = value

    def _get_movements(self):
        """Return the sums of operations by kind, and what was advanced by day.

        :return: ``{contract: ({kind: amount, "tax": amount}, [(date, advance)])}``
        """
        movements = {factor: (defaultdict(float), []) for factor in self}
        for factor, kind, day, amount, tax in self.env[
            "recouvrement.factor.operation"
        ]._read_group(
            Domain("factor_id", "in", self.ids) & Domain("state", "=", "posted"),
            ["factor_id", "kind", "date:day"],
            ["company_amount:sum", "company_tax:sum"],
        ):
            sums, days = movements[factor]
            sums[kind] += amount
            sums["tax"] += tax
            if kind in ADVANCES:
                days.append((day, ADVANCES[kind] * amount))
        return movements

    def _get_figures(self, sums, days, today):
        """Return the figures of one contract from the sums of its operations."""
        self.ensure_one()
        assigned = sums["assignment"]
        outstanding = assigned - sum(sums[kind] for kind in SETTLEMENTS)
        used = sum(sign * sums[kind] for kind, sign in ADVANCES.items())
        cost = sum(sums[kind] for kind in COSTS)
        account = sum(sign * sums[kind] for kind, sign in FACTOR_SIGNS.items())
        account -= sums["tax"]
        amounts = {
            "turnover": assigned,
            "assigned_amount": outstanding,
            "financed_amount": max(used, 0.0),
            "holdback_amount": sum(
                sign * sums[kind] for kind, sign in HOLDBACK_SIGNS.items()
            ),
            "holdback_released": sums["holdback_release"],
            "current_account": account,
            "available_amount": available(
                outstanding, self.financing_rate, used, account
            ),
            "cost_amount": cost,
        }
        currency = self.company_currency_id
        return {
            **{name: currency.round(amount) for name, amount in amounts.items()},
            "cost_rate": share(cost, assigned),
            "effective_rate": annual_rate(cost, amount_days(days, today)),
            "returned_rate": share(sums["return"] + sums["refusal"], assigned),
        }

    @api.depends("operation_ids.state", "line_ids.outstanding")
    def _compute_holdback_expected(self):
        expected = dict.fromkeys(self, 0.0)
        shares = self._get_settled()
        for factor, assignment, line, currency, amount in self.env[
            "recouvrement.factor.operation"
        ]._read_group(
            Domain("factor_id", "in", self.ids)
            & Domain("state", "=", "posted")
            & Domain("kind", "=", "holdback"),
            ["factor_id", "assignment_id", "line_id", "currency_id"],
            ["company_amount:sum"],
        ):
            if line:
                settled = sum(line[name] for name in set(SETTLING.values()))
                assigned = line.amount
            else:
                assigned, settled = shares[assignment or (factor, currency)]
            expected[factor] += release_due(amount, assigned, settled)
        for factor in self:
            currency = factor.company_currency_id
            factor.holdback_expected = currency.round(expected[factor])
            factor.holdback_late = currency.round(
                max(expected[factor] - factor.holdback_released, 0.0)
            )

    def _get_settled(self):
        """Return what was assigned and settled: ``{remittance: (amount, settled)}``.

        Of each contract and currency as well, for the holdback of no remittance.
        """
        names = sorted(set(SETTLING.values()))
        shares = defaultdict(lambda: (0.0, 0.0))
        for factor, assignment, currency, amount, *settled in self.env[
            "recouvrement.assignment.line"
        ]._read_group(
            Domain("factor_id", "in", self.ids)
            & Domain("state", "not in", ("selected", "cancelled")),
            ["factor_id", "assignment_id", "currency_id"],
            ["amount:sum", *(f"{name}:sum" for name in names)],
        ):
            shares[assignment] = amount, sum(settled)
            before = shares[factor, currency]
            shares[factor, currency] = before[0] + amount, before[1] + sum(settled)
        return shares

    @api.depends("operation_ids.state")
    def _compute_payment_days(self):
        days = self._get_payment_days()
        for factor in self:
            factor.payment_days = days.get(factor.id, 0.0)

    def _get_payment_days(self):
        """Return the average days to be paid, weighted by amount, by contract."""
        self.env["recouvrement.factor.operation"].flush_model()
        self.env["account.move"].flush_model(["invoice_date", "date"])
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT operation.factor_id,
                           SUM(operation.company_amount * (
                               operation.date - COALESCE(move.invoice_date, move.date)
                           )) / SUM(operation.company_amount)
                      FROM recouvrement_factor_operation operation
                      JOIN recouvrement_assignment_line line
                        ON line.id = operation.line_id
                      JOIN account_move move ON move.id = line.move_id
                     WHERE operation.factor_id IN %s
                       AND operation.kind IN ('customer_payment', 'collected')
                       AND operation.state = 'posted'
                       AND operation.company_amount > 0
                     GROUP BY operation.factor_id
                    """,
                    tuple(self.ids) or (0,),
                )
            )
        )


class RecouvrementFactorCustomer(models.Model):
    _inherit = "recouvrement.factor.customer"

    usage = fields.Float(
        string="Used (%)",
        compute="_compute_usage",
        digits=(16, 0),
        help="Outstanding / approved amount.",
    )

    @api.depends("outstanding", "approved_amount")
    def _compute_usage(self):
        for customer in self:
            customer.usage = share(customer.outstanding, customer.approved_amount)
