from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.factoring import interest_in_advance

# The operations of a financing.
KINDS = ("holdback", "commission", "interest", "payment")


class RecouvrementAssignmentFinance(models.TransientModel):
    """What the factor paid for a remittance, and what it kept.

    It proposes what the contract says and is not recorded yet.
    """

    _name = "recouvrement.assignment.finance"
    _description = "Record the Financing of a Remittance"
    _inherit = ["recouvrement.dialog"]
    _check_company_auto = True

    assignment_id = fields.Many2one(
        "recouvrement.assignment", string="Remittance", required=True, readonly=True
    )
    factor_id = fields.Many2one(related="assignment_id.factor_id")
    currency_id = fields.Many2one(related="assignment_id.currency_id")
    amount_total = fields.Monetary(related="assignment_id.amount_total")
    date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="When the factor credited your account: a subrogation takes effect on "
        "that day.",
    )
    holdback = fields.Monetary(
        compute="_compute_amounts", store=True, readonly=False, precompute=True
    )
    commission = fields.Monetary(
        compute="_compute_amounts",
        store=True,
        readonly=False,
        precompute=True,
        help="Before VAT.",
    )
    tax_amount = fields.Monetary(
        string="VAT",
        compute="_compute_tax_amount",
        store=True,
        readonly=False,
        precompute=True,
    )
    interest = fields.Monetary(
        compute="_compute_interest", store=True, readonly=False, precompute=True
    )
    payment = fields.Monetary(
        string="Paid to Us",
        compute="_compute_payment",
        store=True,
        readonly=False,
        precompute=True,
        help="What the factor paid on your bank account.",
    )
    statement_line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Bank Line",
        check_company=True,
        domain="[('is_reconciled', '=', False), ('amount', '>', 0),"
        " ('company_id', '=', company_id)]",
        help="The line of your bank statement, if it is there already.",
    )
    company_id = fields.Many2one(related="assignment_id.company_id")
    reference = fields.Char(help="How the factor names the remittance.")

    @api.model
    def _action_open(self, assignment):
        """Return the action that opens the form for a remittance."""
        wizard = self.create({"assignment_id": assignment.id})
        return wizard._open_dialog(self.env._("Financing of the Remittance"))

    def _get_lines(self):
        """Return what the factor finances: not what it refused or gave back."""
        return self.assignment_id.line_ids.filtered("live")

    def _get_recorded(self, *kinds):
        """Return what was recorded of the remittance so far, VAT apart."""
        operations = self.assignment_id.operation_ids.filtered(
            lambda operation: operation.state == "posted" and operation.kind in kinds
        )
        return sum(operations.mapped("amount"))

    def _get_drawn(self):
        """Return what was taken of the share so far: paid, or kept as costs."""
        operations = self.assignment_id.operation_ids.filtered(
            lambda operation: operation.state == "posted"
        )
        vat = sum(operations.mapped("tax_amount"))
        costs = self._get_recorded("commission", "interest")
        return self.assignment_id.amount_financed + costs + vat

    def _get_left(self, amount, recorded):
        """Return what is left to record of an amount: nothing when it is exceeded."""
        return max(self.currency_id.round(amount - recorded), 0.0)

    @api.depends("assignment_id")
    def _compute_amounts(self):
        for wizard in self:
            factor = wizard.factor_id
            total = sum(wizard._get_lines().mapped("amount"))
            minimum = factor.company_currency_id._convert(
                factor.commission_minimum,
                wizard.currency_id,
                wizard.company_id,
                wizard.date or fields.Date.context_today(self),
            )
            commission = max(total * factor.commission_rate / 100, minimum)
            wizard.holdback = wizard._get_left(
                total * factor.holdback_rate / 100, wizard._get_recorded("holdback")
            )
            wizard.commission = wizard._get_left(
                commission, wizard._get_recorded("commission")
            )

    @api.depends("commission")
    def _compute_tax_amount(self):
        for wizard in self:
            wizard.tax_amount = wizard.factor_id._get_commission_vat(
                wizard.commission, wizard.currency_id
            )

    @api.depends("date")
    def _compute_interest(self):
        """What the factor takes in advance, on its share of each invoice."""
        for wizard in self:
            factor, found = wizard.factor_id, 0.0
            if factor.interest_rule == "advance" and wizard.date:
                found = interest_in_advance(
                    [
                        (
                            line.amount * factor.financing_rate / 100,
                            (line.date_due - wizard.date).days,
                        )
                        for line in wizard._get_lines()
                        if line.date_due
                    ],
                    factor.interest_rate,
                    int(factor.interest_year),
                )
            wizard.interest = wizard._get_left(found, wizard._get_recorded("interest"))

    @api.depends("commission", "tax_amount", "interest", "holdback")
    def _compute_payment(self):
        for wizard in self:
            total = sum(wizard._get_lines().mapped("amount"))
            share = total * wizard.factor_id.financing_rate / 100
            costs = wizard.commission + wizard.tax_amount + wizard.interest
            wizard.payment = wizard._get_left(share - costs, wizard._get_drawn())

    def action_apply(self):
        """Record what was paid and kept; the invoices are financed."""
        self.ensure_one()
        assignment = self.assignment_id
        assignment.check_access("write")
        assignment._check_states("signed", "sent", "financed")
        self._check_amounts()
        self.factor_id._record(list(self._prepare_operations()))
        # sudo: a remittance that is signed changes by its steps
        assignment.sudo()._become_financed(assignment.date_financed or self.date)
        return {"type": "ir.actions.act_window_close"}

    def _check_amounts(self):
        """Refuse what is no financing."""
        self.ensure_one()
        for name in (*KINDS, "tax_amount"):
            if self.currency_id.compare_amounts(self[name], 0.0) < 0:
                raise UserError(
                    self.env._(
                        "%(field)s: enter an amount above zero, or none.",
                        field=self._fields[name]._description_string(self.env),
                    )
                )
        if all(self.currency_id.is_zero(self[name]) for name in KINDS):
            raise UserError(self.env._("Enter what the factor paid or kept."))
        if self.tax_amount and not self.commission:
            raise UserError(self.env._("Enter the commission that the VAT is of."))

    def _prepare_operations(self):
        """Give the values of the operations of a financing."""
        more = {
            "commission": {"tax_amount": self.tax_amount},
            "payment": {"statement_line_id": self.statement_line_id.id},
        }
        for kind in KINDS:
            yield self.factor_id._prepare_operation(
                kind,
                self.date,
                self[kind],
                assignment_id=self.assignment_id.id,
                currency_id=self.currency_id.id,
                reference=self.reference,
                **more.get(kind, {}),
            )
