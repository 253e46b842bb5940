import math

from odoo import api, fields, models
from odoo.exceptions import UserError

# What a person decides about a row.
CHOICES = {"kind", "line_id", "assignment_id", "left_out"}


class RecouvrementFactorStatementLine(models.Model):
    """A row of a factor's statement: what was written, and what it is about."""

    _name = "recouvrement.factor.statement.line"
    _description = "Row of a Factor's Statement"
    _order = "statement_id, row, id"
    _rec_name = "number"

    statement_id = fields.Many2one(
        "recouvrement.factor.statement", required=True, index=True, ondelete="cascade"
    )
    factor_id = fields.Many2one(
        related="statement_id.factor_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="statement_id.company_id", store=True, precompute=True
    )
    # --- as written ---
    row = fields.Integer(required=True, readonly=True)
    raw = fields.Text("As Written", readonly=True)
    code = fields.Char(readonly=True)
    date = fields.Date(required=True, readonly=True)
    number = fields.Char("Document", readonly=True)
    remittance = fields.Char(readonly=True)
    currency_name = fields.Char(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    written = fields.Float(
        digits=(16, 2), readonly=True, help="The amount of the file, with its sign."
    )
    written_tax = fields.Float(digits=(16, 2), readonly=True)
    has_tax = fields.Boolean(readonly=True, help="The file says the VAT of this row.")
    reference = fields.Char(readonly=True)
    # --- what it is about ---
    kind = fields.Selection("_selection_kind", string="Operation")
    amount = fields.Monetary(readonly=True, help="As it is recorded, before VAT.")
    tax_amount = fields.Monetary(string="VAT", readonly=True)
    line_id = fields.Many2one(
        "recouvrement.assignment.line",
        string="Invoice",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('factor_id', '=', factor_id), ('live', '=', True)]",
    )
    assignment_id = fields.Many2one(
        "recouvrement.assignment",
        string="Matched Remittance",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('factor_id', '=', factor_id), ('date_signed', '!=', False)]",
    )
    kind_chosen = fields.Boolean(readonly=True, help="A person said what it is.")
    line_chosen = fields.Boolean(readonly=True, help="A person said what it is about.")
    left_out = fields.Boolean(help="A person decided that nothing is recorded of it.")
    operation_ids = fields.One2many(
        "recouvrement.factor.operation", "statement_row_id", string="Operations"
    )
    state = fields.Selection(
        [
            ("unmatched", "To solve"),
            ("matched", "Matched"),
            ("done", "Recorded"),
            ("ignored", "Left out"),
        ],
        default="unmatched",
        required=True,
        readonly=True,
        index=True,
    )
    problem = fields.Char(readonly=True)

    @api.model
    def _selection_kind(self):
        return self.env["recouvrement.factor.mapping.code"]._selection_kind()

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(self.env._("What the factor wrote is not changed."))
        return super().create(vals_list)

    def write(self, vals):
        """Keep what a person decides, and match the statement again with it."""
        if self.env.su and self.env.context.get("collection_matching"):
            return super().write(vals)
        if not self.env.su and not CHOICES.issuperset(vals):
            raise UserError(self.env._("What the factor wrote is not changed."))
        if not CHOICES & set(vals):
            return super().write(vals)
        self.statement_id._check_states("draft")
        vals = dict(vals)
        if "kind" in vals:
            vals["kind_chosen"] = bool(vals["kind"])
        if {"line_id", "assignment_id"} & set(vals):
            vals["line_chosen"] = bool(vals.get("line_id") or vals.get("assignment_id"))
        result = super().write(vals)
        self.statement_id.line_ids._match()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_statement(self):
        if not self.env.su:
            raise UserError(self.env._("Leave the row out: a statement stays whole."))

    def action_leave_out(self):
        """Record nothing of these rows."""
        self.write({"left_out": True})
        return True

    def action_take_back(self):
        """Match these rows again."""
        self.write({"left_out": False})
        return True

    # --- amounts ---

    def _read_codes(self, mapping):
        """Say what rows are by their codes, and what they are worth."""
        codes = mapping._get_codes()
        for row in self:
            code = codes.get(row.code or "")
            kind = row.kind if row.kind_chosen else (code and code.kind)
            amount, tax = row._get_amounts(code, kind)
            row.write({"kind": kind, "amount": amount, "tax_amount": tax})

    def _get_amounts(self, code, kind):
        """Return the amount and the VAT of a row, above zero in the usual case."""
        if self.kind_chosen:
            amount = abs(self.written)
        else:
            amount = -self.written if code and code.negative else self.written
        if kind != "commission":
            return amount, 0.0
        if self.has_tax:
            tax = math.copysign(self.written_tax, amount)
            included = self.statement_id.mapping_id.tax_included
            return (amount - tax if included else amount), tax
        return self._get_commission(amount)

    def _get_commission(self, amount):
        """Return a commission and its VAT by the contract, where the file is silent."""
        tax = self.factor_id.commission_tax_id
        if not tax:
            return amount, 0.0
        found = tax.with_context(
            force_price_include=self.statement_id.mapping_id.tax_included
        ).compute_all(amount, self.currency_id)
        return (
            found["total_excluded"],
            found["total_included"] - found["total_excluded"],
        )

    # --- what is recorded ---

    def _prepare_operation(self):
        """Return the values of the operation that a row stands for."""
        self.ensure_one()
        values = {
            "reference": self.reference or self.statement_id.name,
            "tax_amount": self.tax_amount,
            "statement_row_id": self.id,
        }
        if self.line_id:
            return self.line_id._prepare_operation(
                self.kind, self.date, self.amount, **values
            )
        return self.factor_id._prepare_operation(
            self.kind,
            self.date,
            self.amount,
            assignment_id=self.assignment_id.id,
            currency_id=self.currency_id.id,
            **values,
        )

    def _after_apply(self):
        """Bring remittances to what the factor has paid for them."""
        paid = self.filtered(lambda row: row.kind == "payment")
        for assignment, rows in paid.grouped("assignment_id").items():
            if assignment.state in ("signed", "sent"):
                assignment._become_financed(min(rows.mapped("date")))


class RecouvrementFactorOperation(models.Model):
    _inherit = "recouvrement.factor.operation"

    statement_row_id = fields.Many2one(
        "recouvrement.factor.statement.line",
        string="Row of the Statement",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    _one_row_once = models.UniqueIndex(
        "(statement_row_id) WHERE state = 'posted'",
        "This row of the statement was recorded already.",
    )
