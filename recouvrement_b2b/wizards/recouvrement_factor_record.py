from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class RecouvrementFactorRecord(models.TransientModel):
    """Money and costs between us and the factor that are about no single invoice."""

    _name = "recouvrement.factor.record"
    _description = "Record a Factoring Operation"
    _inherit = ["recouvrement.dialog"]
    _check_company_auto = True

    factor_id = fields.Many2one(
        "recouvrement.factor", string="Contract", required=True, readonly=True
    )
    company_id = fields.Many2one(related="factor_id.company_id")
    assignment_id = fields.Many2one(
        "recouvrement.assignment",
        string="Remittance",
        check_company=True,
        domain="[('factor_id', '=', factor_id),"
        " ('state', 'in', ('signed', 'sent', 'financed', 'closed'))]",
    )
    kind = fields.Selection(
        [
            ("payment", "The factor paid us"),
            ("reimbursement", "We paid the factor"),
            ("holdback", "The factor keeps a holdback"),
            ("holdback_release", "The factor releases a holdback"),
            ("commission", "Commission"),
            ("interest", "Interest"),
        ],
        string="What Happened",
        required=True,
        default="payment",
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    amount = fields.Monetary(help="Before VAT.")
    tax_amount = fields.Monetary(
        string="VAT",
        compute="_compute_tax_amount",
        store=True,
        readonly=False,
        precompute=True,
    )
    statement_line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Bank Line",
        check_company=True,
        domain="[('is_reconciled', '=', False), ('company_id', '=', company_id)]",
        help="The line of your bank statement, if it is there already.",
    )
    reference = fields.Char(help="How the factor names it.")

    @api.model
    def _action_open(self, factor, **values):
        """Return the action that opens the form for a contract."""
        wizard = self.create({"factor_id": factor.id, **values})
        return wizard._open_dialog(self.env._("Factoring Operation"))

    @api.depends("assignment_id", "factor_id")
    def _compute_currency_id(self):
        for wizard in self:
            wizard.currency_id = (
                wizard.assignment_id.currency_id or wizard.factor_id.company_currency_id
            )

    @api.depends("kind", "amount")
    def _compute_tax_amount(self):
        for wizard in self:
            vat = wizard.factor_id._get_commission_vat(
                wizard.amount, wizard.currency_id
            )
            wizard.tax_amount = vat if wizard.kind == "commission" else 0.0

    def action_apply(self):
        """Record it."""
        self.ensure_one()
        self.factor_id.check_access("write")
        self._check_amounts()
        self._check_remittance()
        has_bank = self.kind in ("payment", "reimbursement")
        self.factor_id._record(
            [
                self.factor_id._prepare_operation(
                    self.kind,
                    self.date,
                    self.amount,
                    assignment_id=self.assignment_id.id,
                    currency_id=self.currency_id.id,
                    tax_amount=self.kind == "commission" and self.tax_amount,
                    statement_line_id=has_bank and self.statement_line_id.id,
                    reference=self.reference,
                )
            ]
        )
        return {"type": "ir.actions.act_window_close"}

    def _check_amounts(self):
        """Refuse what is no amount, or more than the factor holds."""
        self.ensure_one()
        if self.currency_id.compare_amounts(self.amount, 0.0) <= 0:
            raise UserError(self.env._("Enter an amount above zero."))
        if self.kind == "commission" and self.tax_amount < 0:
            raise UserError(self.env._("Enter the VAT above zero, or none."))
        held = self._get_held()
        if (
            self.kind == "holdback_release"
            and self.currency_id.compare_amounts(self.amount, held) > 0
        ):
            raise UserError(
                self.env._(
                    "The factor holds %(held)s of %(contract)s: it cannot release "
                    "%(amount)s.",
                    held=self.currency_id.format(held),
                    contract=self.factor_id.name,
                    amount=self.currency_id.format(self.amount),
                )
            )

    def _get_held(self):
        """Return what the factor holds in the currency, of all remittances."""
        # sudo: whoever records may know what was recorded
        sums = dict(
            self.env["recouvrement.factor.operation"]
            .sudo()
            ._read_group(
                Domain("factor_id", "=", self.factor_id.id)
                & Domain("currency_id", "=", self.currency_id.id)
                & Domain("kind", "in", ("holdback", "holdback_release"))
                & Domain("state", "=", "posted"),
                ["kind"],
                ["amount:sum"],
            )
        )
        return sums.get("holdback", 0.0) - sums.get("holdback_release", 0.0)

    def _check_remittance(self):
        """Refuse a remittance that the operation cannot be about."""
        self.ensure_one()
        assignment = self.assignment_id
        if not assignment:
            return
        if assignment.factor_id != self.factor_id:
            raise UserError(
                self.env._(
                    "%(name)s is a remittance of %(other)s: choose one of "
                    "%(contract)s.",
                    name=assignment.name,
                    other=assignment.factor_id.name,
                    contract=self.factor_id.name,
                )
            )
        assignment._check_states("signed", "sent", "financed", "closed")
        if assignment.currency_id != self.currency_id:
            raise UserError(
                self.env._(
                    "%(name)s is in %(currency)s: enter the amount in that currency, "
                    "or choose no remittance.",
                    name=assignment.name,
                    currency=assignment.currency_id.name,
                )
            )
