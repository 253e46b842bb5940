from odoo import api, fields, models
from odoo.exceptions import UserError

# What may be written by hand once a remittance was confirmed, and until it is signed.
SIGNATURE_FIELDS = {"signed_by", "date_signed"}
# What may be written by hand at any time.
OPEN_FIELDS = {
    "note",
    "activity_ids",
    "message_follower_ids",
    "message_ids",
}

# Never by hand.
STEP_FIELDS = {"name", "state", "date_sent", "date_financed"}


class RecouvrementAssignment(models.Model):
    """A remittance: invoices and credit notes that are assigned to a factor at once.

    Signed, it is the receipt of the subrogation or the Dailly form; from that day the
    receivables are the factor's. Its steps alone change it afterwards.
    """

    _name = "recouvrement.assignment"
    _description = "Remittance to a Factor"
    _inherit = ["recouvrement.steps", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char("Reference", readonly=True, copy=False)
    factor_id = fields.Many2one(
        "recouvrement.factor",
        string="Contract",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="factor_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="A remittance is in one currency.",
    )
    date = fields.Date(required=True, default=fields.Date.context_today, tracking=True)
    user_id = fields.Many2one(
        "res.users", string="Owner", default=lambda self: self.env.user, tracking=True
    )
    note = fields.Text()
    line_ids = fields.One2many(
        "recouvrement.assignment.line", "assignment_id", string="Invoices"
    )
    operation_ids = fields.One2many(
        "recouvrement.factor.operation", "assignment_id", string="Operations"
    )
    line_count = fields.Integer("Documents", compute="_compute_totals", store=True)
    amount_total = fields.Monetary(
        "Total", compute="_compute_totals", store=True, help="Credit notes deducted."
    )
    outstanding = fields.Monetary(
        compute="_compute_totals",
        store=True,
        help="What customers have not paid, and was not returned.",
    )
    amount_to_pass = fields.Monetary(
        string="To Pass On",
        compute="_compute_amount_to_pass",
        help="Customers paid it to us, or it was credited: it is due to the factor.",
    )
    amount_financed = fields.Monetary(
        "Financed",
        compute="_compute_financed",
        help="What the factor has paid for this remittance.",
    )
    signed_by = fields.Char(default=lambda self: self.env.user.name)
    date_signed = fields.Date(copy=False, tracking=True)
    date_sent = fields.Date(readonly=True, copy=False)
    date_financed = fields.Date(readonly=True, copy=False)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("confirmed", "Confirmed"),
            ("signed", "Signed"),
            ("sent", "Sent"),
            ("financed", "Financed"),
            ("closed", "Finished"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )

    @api.depends("line_ids.amount", "line_ids.outstanding")
    def _compute_totals(self):
        for assignment in self:
            lines = assignment.line_ids
            assignment.line_count = len(lines)
            assignment.amount_total = sum(lines.mapped("amount"))
            assignment.outstanding = sum(lines.mapped("outstanding"))

    @api.depends("line_ids.amount_to_pass")
    def _compute_amount_to_pass(self):
        for assignment in self:
            assignment.amount_to_pass = sum(
                assignment.line_ids.mapped("amount_to_pass")
            )

    @api.depends("operation_ids.amount", "operation_ids.state")
    def _compute_financed(self):
        for assignment in self:
            assignment.amount_financed = sum(
                operation.amount * (1 if operation.kind == "payment" else -1)
                for operation in assignment.operation_ids
                if operation.state == "posted"
                and operation.kind in ("payment", "reimbursement")
            )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(STEP_FIELDS & vals.keys() for vals in vals_list):
            raise UserError(self.env._("A remittance begins as a draft."))
        for vals in vals_list:
            if not vals.get("name"):
                vals["name"] = self.env["ir.sequence"].next_by_code(self._name) or "/"
        return super().create(vals_list)

    def write(self, vals):
        """A remittance that is confirmed changes by its steps, not by hand."""
        states = set(self.mapped("state")) - {"draft"}
        free = OPEN_FIELDS | (SIGNATURE_FIELDS if states == {"confirmed"} else set())
        if not self.env.su and (
            STEP_FIELDS & vals.keys() or (states and not free.issuperset(vals))
        ):
            raise UserError(
                self.env._("A remittance that is confirmed changes by its buttons.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_confirmed(self):
        # sudo: what happened with a factor stays, whoever may see it
        if any(
            each.state not in ("draft", "cancelled") or each.sudo().operation_ids
            for each in self
        ):
            raise UserError(
                self.env._("Only remittances that were never signed can be deleted.")
            )

    def unlink(self):
        # EXTENDS base: what leaves frees its invoices
        self._unlink_except_confirmed()
        self.line_ids.unlink()
        return super().unlink()

    @api.constrains("currency_id", "factor_id")
    def _check_currency(self):
        for assignment in self:
            if assignment.currency_id not in assignment.factor_id.currency_ids:
                raise UserError(
                    self.env._(
                        "%(contract)s takes no %(currency)s: add it to the contract or "
                        "choose another currency.",
                        contract=assignment.factor_id.name,
                        currency=assignment.currency_id.name,
                    )
                )
