from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import format_date

from ..const import HELD_STATES

# Operations that settle what was assigned: {kind: field of the sum}.
SETTLING = {
    "customer_payment": "amount_paid",
    "collected": "amount_collected",
    "return": "amount_returned",
    "refusal": "amount_returned",
}
FREE_STATES = ("refused", "returned", "cancelled")


class RecouvrementAssignmentLine(models.Model):
    """An invoice or a credit note in a remittance, and what became of it.

    In the books the receivable is the factor's; the invoice itself stays open until
    the customer pays, so that everybody goes on seeing that it has not.
    """

    _name = "recouvrement.assignment.line"
    _description = "Assigned Invoice"
    _order = "assignment_id, date_due, id"
    _rec_name = "move_id"

    assignment_id = fields.Many2one(
        "recouvrement.assignment",
        string="Remittance",
        required=True,
        index=True,
        ondelete="cascade",
    )
    factor_id = fields.Many2one(
        related="assignment_id.factor_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="assignment_id.company_id", store=True, precompute=True
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('move_type', 'in', ('out_invoice', 'out_refund')),"
        " ('state', '=', 'posted'), ('company_id', '=', company_id)]",
    )
    partner_id = fields.Many2one(
        related="move_id.commercial_partner_id",
        string="Customer",
        store=True,
        precompute=True,
        index=True,
    )
    currency_id = fields.Many2one(
        related="move_id.currency_id", store=True, precompute=True
    )
    date_due = fields.Date(
        related="move_id.invoice_date_due",
        string="Due Date",
        store=True,
        precompute=True,
    )
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        precompute=True,
        help="What was left to pay when it was selected; negative for a credit note.",
    )
    operation_ids = fields.One2many(
        "recouvrement.factor.operation", "line_id", string="Operations"
    )
    amount_paid = fields.Monetary(
        string="Paid to the Factor", compute="_compute_settled", store=True
    )
    amount_collected = fields.Monetary(
        string="Paid to Us",
        compute="_compute_settled",
        store=True,
        help="What the customer paid to us, or was credited, and was passed on.",
    )
    amount_returned = fields.Monetary(
        string="Returned", compute="_compute_settled", store=True
    )
    outstanding = fields.Monetary(
        compute="_compute_settled",
        store=True,
        help="What the factor may still ask for.",
    )
    amount_to_pass = fields.Monetary(
        string="To Pass On",
        compute="_compute_amount_to_pass",
        help="The customer paid it to us, or it was credited: it is due to the factor.",
    )
    transfer_line_id = fields.Many2one(
        "account.move.line",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The customer's side of the entry that assigned the receivable.",
    )
    state = fields.Selection(
        [
            ("selected", "Selected"),
            ("assigned", "Assigned"),
            ("financed", "Financed"),
            ("paid", "Paid"),
            ("refused", "Refused"),
            ("returned", "Returned"),
            ("cancelled", "Cancelled"),
        ],
        default="selected",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    live = fields.Boolean(
        compute="_compute_live",
        store=True,
        help="In a remittance that stands: it cannot enter another one.",
    )

    _one_live_remittance = models.UniqueIndex(
        "(move_id) WHERE live",
        "This invoice is in another remittance already: take it out of one of them.",
    )

    @api.depends("move_id")
    def _compute_amount(self):
        """What is left to pay, as long as the line is no more than selected."""
        for line in self.filtered(lambda line: line.state == "selected"):
            line.amount = line.move_id._get_assignable()

    def _get_residual(self):
        """Return what the customer has not paid: negative for a credit note."""
        self.ensure_one()
        sign = -1 if self.move_id.move_type == "out_refund" else 1
        return sign * self.move_id.amount_residual

    @api.depends("state")
    def _compute_live(self):
        for line in self:
            line.live = line.state not in FREE_STATES

    @api.depends(
        "amount", "live", "operation_ids.state", "operation_ids.amount", "currency_id"
    )
    def _compute_settled(self):
        for line in self:
            sums = dict.fromkeys(SETTLING.values(), 0.0)
            for operation in line.operation_ids:
                if operation.state == "posted" and operation.kind in SETTLING:
                    sums[SETTLING[operation.kind]] += operation.amount
            for name, amount in sums.items():
                line[name] = amount
            left = line.amount - sum(sums.values()) if line.live else 0.0
            line.outstanding = line.currency_id.round(left) if left else 0.0

    @api.depends("outstanding", "move_id.amount_residual", "state")
    def _compute_amount_to_pass(self):
        for line in self:
            found = 0.0
            if line.live and line.state != "selected":
                # the other way round, the factor was paid and the books know it not
                found = line._clip(line.outstanding - line._get_residual())
            line.amount_to_pass = line.currency_id.round(found) if found else 0.0

    @api.model_create_multi
    def create(self, vals_list):
        self._check_by_hand(*vals_list)
        self.flush_model(["move_id", "live"])  # one that is free leaves its place first
        lines = super().create(vals_list)
        lines._check_editable()
        return lines

    def write(self, vals):
        self._check_by_hand(vals)
        self._check_editable()
        result = super().write(vals)
        self._check_editable()
        return result

    def _check_by_hand(self, *vals_list):
        """Only the invoice of a line is chosen: the rest follows."""
        if not self.env.su and any(
            not {"assignment_id", "move_id"}.issuperset(vals) for vals in vals_list
        ):
            raise UserError(
                self.env._(
                    "Choose invoices; the buttons of the remittance do the rest."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_confirmed(self):
        if any(line.assignment_id.state not in ("draft", "cancelled") for line in self):
            raise UserError(
                self.env._("The remittance is confirmed: open its list again first.")
            )

    def _check_editable(self):
        """The list of a remittance that is confirmed is not changed by hand."""
        if not self.env.su and any(
            line.assignment_id.state != "draft" for line in self
        ):
            raise UserError(
                self.env._("The remittance is confirmed: open its list again first.")
            )

    @api.constrains("move_id")
    def _check_currency(self):
        for line in self:
            if line.move_id.currency_id != line.assignment_id.currency_id:
                raise UserError(
                    self.env._(
                        "%(invoice)s is in %(currency)s: put it in a remittance of "
                        "its own.",
                        invoice=line.move_id.name,
                        currency=line.move_id.currency_id.name,
                    )
                )

    def _check_amounts(self):
        """Refuse to sign what was paid, credited or changed since it was selected."""
        for line in self:
            residual = line.move_id._get_assignable()
            if line.currency_id.compare_amounts(residual, line.amount):
                raise UserError(
                    self.env._(
                        "%(invoice)s is open for %(residual)s now, and was selected "
                        "for %(amount)s: open the list again, and propose it anew.",
                        invoice=line.move_id.name,
                        residual=line.currency_id.format(residual),
                        amount=line.currency_id.format(line.amount),
                    )
                )

    def _prepare_operation(self, kind, day, amount=None, **values):
        """Return the values of an operation on an assigned invoice.

        :param amount: in the currency of the invoice; all that is outstanding when None
        """
        self.ensure_one()
        return {
            "factor_id": self.factor_id.id,
            "assignment_id": self.assignment_id.id,
            "line_id": self.id,
            "kind": kind,
            "date": day,
            "currency_id": self.currency_id.id,
            "amount": self.outstanding if amount is None else amount,
            **values,
        }

    def _offset_credit_notes(self, day):
        """Set credit notes against the assigned invoices that they were lettered with.

        The factor has both: it asks for the difference.
        """
        operations = []
        for line in self.filtered(lambda line: line.amount < 0):
            for invoice, amount in line.move_id._get_credited(line.factor_id).items():
                operations += [
                    invoice._prepare_operation("collected", day, amount),
                    line._prepare_operation("collected", day, -amount),
                ]
        self.factor_id._record(operations)

    @api.model
    def _get_live(self, moves):
        """Return the lines of signed remittances in force on invoices."""
        return self.search(
            Domain("move_id", "in", moves.ids) & Domain("state", "in", HELD_STATES)
        )

    def _get_settleable(self, kind, left=None):
        """Return how much of an assigned invoice an operation may settle.

        :param left: (outstanding, residual) after other operations; now when None
        """
        self.ensure_one()
        if self.state not in HELD_STATES:
            return 0.0
        outstanding, residual = left or (self.outstanding, self._get_residual())
        if kind == "collected":
            outstanding = self._clip(outstanding - residual)
        return self.currency_id.round(outstanding)

    def _check_settlement(self, vals, left):
        """Refuse an operation of more than there is, or of before the assignment.

        :param vals: values of the operation
        :param left: ``{line: (outstanding, residual)}`` after those that come before
        """
        self.ensure_one()
        day, signed = fields.Date.to_date(vals["date"]), self.assignment_id.date_signed
        if signed and day < signed:
            raise UserError(
                self.env._(
                    "%(invoice)s was assigned on %(date)s: choose a later date.",
                    invoice=self.move_id.name,
                    date=format_date(self.env, signed),
                )
            )
        kind, amount = vals["kind"], vals["amount"]
        outstanding, residual = left.get(self, (self.outstanding, self._get_residual()))
        found = self._get_settleable(kind, (outstanding, residual))
        # a share of it, with the same sign
        if not min(0, found) <= amount <= max(0, found):
            self._refuse_amount(kind, amount, found)
        if kind == "customer_payment" and self.factor_id.accounting:
            residual -= amount
        left[self] = self.currency_id.round(outstanding - amount), residual

    def _clip(self, amount):
        """Return an amount if it has the sign of the line, else zero."""
        return max(amount, 0.0) if self.amount >= 0 else min(amount, 0.0)

    def _check_not_assigned_again(self):
        """Refuse to give back to a remittance what is in another one by now."""
        free = self.filtered(lambda line: not line.live)
        others = self.search(
            Domain("move_id", "in", free.move_id.ids) & Domain("live", "=", True)
        )
        for line in others[:1]:
            raise UserError(
                self.env._(
                    "%(invoice)s was assigned again since, in %(name)s: cancel that "
                    "remittance first.",
                    invoice=line.move_id.name,
                    name=line.assignment_id.name,
                )
            )

    def _refuse_amount(self, kind, amount, settleable):
        """Say how much of an assigned invoice an operation may settle."""
        values = {
            "invoice": self.move_id.name,
            "amount": self.currency_id.format(amount),
            "settleable": self.currency_id.format(settleable),
        }
        if kind == "collected":
            raise UserError(
                self.env._(
                    "Of %(invoice)s, %(settleable)s were paid to you or credited, and "
                    "not passed on yet: you cannot pass on %(amount)s.",
                    **values,
                )
            )
        raise UserError(
            self.env._(
                "The factor may still ask for %(settleable)s of %(invoice)s: you "
                "cannot record %(amount)s.",
                **values,
            )
        )

    def _get_lettering(self, rows):
        """Return what to letter together: settlement and transfer, payment and invoice.

        :param rows: the customer's sides of an entry that settles the line
        """
        self.ensure_one()
        transfer = self.transfer_line_id
        opposite = rows.filtered(lambda row: row.balance * transfer.balance < 0)
        found, paid = [opposite + transfer], rows - opposite
        if paid:
            owed = self.move_id._get_receivable_lines().filtered(
                lambda item: not item.reconciled
            )
            found.append(paid + owed)
        return found

    def action_settle(self):
        """Open the form that records what became of assigned invoices."""
        return self.env["recouvrement.assignment.settle"]._action_open(self)

    def action_pass_on(self):
        """Open the form that passes on what customers paid to us."""
        return self.env["recouvrement.assignment.settle"]._action_open(
            self.filtered("amount_to_pass"), kind="collected"
        )
