from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from .recouvrement_assignment_line import SETTLING

# What an operation moves: {kind: (account debited, account credited)}, for an amount
# above zero; "customer" is the receivable of the invoice.
OPERATIONS = {
    "assignment": ("factor", "customer"),
    "holdback": ("holdback", "factor"),
    "commission": ("commission", "factor"),
    "interest": ("interest", "factor"),
    "payment": ("transit", "factor"),
    "reimbursement": ("factor", "transit"),
    "customer_payment": ("customer", "customer"),
    "holdback_release": ("factor", "holdback"),
    "collected": ("customer", "factor"),
    "return": ("customer", "factor"),
    "refusal": ("customer", "factor"),
}
# Of these, the customer's side says nothing of what the customer has paid.
TRANSFERS = ("assignment", "collected", "return", "refusal")
# About one invoice, and lowering what the factor may ask for it.
SETTLEMENTS = tuple(SETTLING)
COSTS = ("commission", "interest")
# What a factor does when it takes a remittance.
FINANCING = ("payment", "holdback", "commission", "interest")


class RecouvrementFactorOperation(models.Model):
    """Something that happened with a factor, once, with its entry if it has one.

    Everything that a contract shows is the sum of its operations. An operation is
    never changed: it is cancelled, and its entry reversed.
    """

    _name = "recouvrement.factor.operation"
    _description = "Factoring Operation"
    _inherit = ["recouvrement.steps"]
    _order = "date desc, id desc"
    _rec_name = "reference"

    factor_id = fields.Many2one(
        "recouvrement.factor",
        string="Contract",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="factor_id.company_id", store=True, precompute=True
    )
    assignment_id = fields.Many2one(
        "recouvrement.assignment",
        string="Remittance",
        index="btree_not_null",
        ondelete="restrict",
    )
    line_id = fields.Many2one(
        "recouvrement.assignment.line",
        string="Assigned Invoice",
        index="btree_not_null",
        ondelete="restrict",
    )
    kind = fields.Selection(
        [
            ("assignment", "Assignment"),
            ("holdback", "Holdback"),
            ("commission", "Commission"),
            ("interest", "Interest"),
            ("payment", "Payment by the factor"),
            ("reimbursement", "Payment to the factor"),
            ("customer_payment", "Payment by the customer to the factor"),
            ("holdback_release", "Release of the holdback"),
            ("collected", "Collected by us and passed on"),
            ("return", "Return"),
            ("refusal", "Refusal"),
        ],
        required=True,
        index=True,
    )
    date = fields.Date(required=True, default=fields.Date.context_today, index=True)
    currency_id = fields.Many2one("res.currency", required=True)
    amount = fields.Monetary(required=True, help="Before VAT.")
    tax_amount = fields.Monetary(string="VAT")
    reference = fields.Char(help="How the factor names it.")
    move_id = fields.Many2one(
        "account.move",
        string="Entry",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    statement_line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Bank Line",
        ondelete="set null",
        index="btree_not_null",
    )
    state = fields.Selection(
        [("posted", "Recorded"), ("cancelled", "Cancelled")],
        default="posted",
        required=True,
        readonly=True,
    )

    _is_about_an_invoice = models.Constraint(
        "CHECK(line_id IS NOT NULL OR kind NOT IN "
        "('assignment', 'customer_payment', 'collected', 'return', 'refusal'))",
        "Say which assigned invoice the operation is about.",
    )

    @api.depends("kind", "line_id", "assignment_id", "date")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for operation in self:
            what = operation.line_id.move_id.name or operation.assignment_id.name
            operation.display_name = " · ".join(
                filter(None, (kinds[operation.kind], what))
            )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(
                self.env._("Record operations with the buttons of the contract.")
            )
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            raise UserError(
                self.env._("Cancel the operation, and record it again as it was.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_recorded(self):
        raise UserError(self.env._("An operation is cancelled, it is not deleted."))

    def action_cancel(self):
        """Cancel operations: entries are reversed, what they settled is open again."""
        self.factor_id.check_access("write")
        self._check_states("posted")
        for operation in self:
            if operation.kind == "assignment":
                raise UserError(
                    self.env._(
                        "Cancel remittance %(name)s, or record the return of the "
                        "invoice.",
                        name=operation.assignment_id.name,
                    )
                )
        self.sudo()._cancel()  # sudo: see write
        return True

    def _cancel(self):
        """Reverse the entries of operations, and judge their invoices anew."""
        self.line_id._check_not_assigned_again()
        self._reverse_entries()
        self.state = "cancelled"
        lines = self.line_id
        lines._update_state()
        self._after_cancel()

    def _follow_financing(self):
        """A remittance is financed from the day of the first payment for it."""
        payments = self.filtered(lambda operation: operation.kind == "payment")
        for assignment, own in payments.grouped("assignment_id").items():
            if assignment and not assignment.date_financed:
                assignment._become_financed(min(own.mapped("date")))

    def _after_cancel(self):
        """Bring remittances to what is left of their operations: extend it."""
        for assignment in self.filtered(
            lambda operation: operation.kind in FINANCING
        ).assignment_id.filtered("date_financed"):
            if not any(
                operation.kind in FINANCING and operation.state == "posted"
                for operation in assignment.operation_ids
            ):
                assignment._become_unfinanced()


class RecouvrementFactor(models.Model):
    _inherit = "recouvrement.factor"

    def _record(self, vals_list):
        """Record operations, with one entry for each day, kind and remittance.

        :param vals_list: values of operations: see ``_prepare_operation`` of the lines
            and of the contract; amounts are above zero (below, for a credit note)
        :raise UserError: when an amount exceeds what is outstanding
        """
        # sudo: operations are written by these methods alone
        operations = self.env["recouvrement.factor.operation"].sudo()
        vals_list = [vals for vals in vals_list if vals["amount"]]
        self._check_operations(vals_list)
        operations = operations.create(vals_list)
        operations._book()
        if operations.filtered(lambda operation: operation.kind in SETTLEMENTS):
            operations.line_id._update_state()
        operations._follow_financing()
        return operations

    def action_record(self):
        """Open the form that records money or costs between us and the factor."""
        self.ensure_one()
        return self.env["recouvrement.factor.record"]._action_open(self)

    def _prepare_operation(self, kind, day, amount, **values):
        """Return the values of an operation that is about no single invoice."""
        self.ensure_one()
        return {
            "factor_id": self.id,
            "kind": kind,
            "date": day,
            "currency_id": self.company_currency_id.id,
            "amount": amount,
            **values,
        }

    def _check_operations(self, vals_list):
        """Refuse what has not happened, or could not have."""
        for vals in vals_list:
            self._check_operation(vals)
        # sudo: operations are recorded whatever the user may see of the lines
        lines = self.env["recouvrement.assignment.line"].sudo()
        left = {}
        for vals in vals_list:
            if vals["kind"] in SETTLEMENTS:
                lines.browse(vals["line_id"])._check_settlement(vals, left)

    def _check_operation(self, vals):
        """Refuse an operation to come, and one of the wrong sign."""
        day = fields.Date.to_date(vals["date"])
        if day > fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "%(date)s is to come: record what has happened.",
                    date=format_date(self.env, day),
                )
            )
        # what is given back of a cost, or settled of a credit note, is below zero
        positive = vals["kind"] not in ("assignment", *SETTLEMENTS, *COSTS)
        tax = vals.get("tax_amount") or 0.0
        if (positive and vals["amount"] < 0) or tax * vals["amount"] < 0:
            raise UserError(self.env._("Enter an amount above zero."))
