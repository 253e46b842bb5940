from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..const import HELD_STATES


class RecouvrementAssignmentSettle(models.TransientModel):
    """What became of assigned invoices: paid, returned, refused, passed on."""

    _name = "recouvrement.assignment.settle"
    _description = "Record What Became of Assigned Invoices"
    _inherit = ["recouvrement.dialog"]

    kind = fields.Selection(
        [
            ("customer_payment", "The customer paid the factor"),
            ("collected", "We were paid, and pass it on"),
            ("return", "The factor returns the invoice"),
            ("refusal", "The factor refuses the invoice"),
        ],
        string="What Happened",
        required=True,
        default="customer_payment",
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    reference = fields.Char(help="How the factor names it.")
    chosen = fields.Boolean(
        default=True,
        help="A person chose these invoices: all that is outstanding is proposed.",
    )
    line_ids = fields.One2many(
        "recouvrement.assignment.settle.line", "wizard_id", string="Invoices"
    )

    @api.model
    def _action_open(self, lines, kind="customer_payment", chosen=True):
        """Return the action that opens the form for assigned invoices.

        :param chosen: these invoices are meant; otherwise they are all of a remittance,
            and the form proposes no amount unless there is but one
        """
        open_lines = lines.filtered(lambda line: line.state in HELD_STATES)
        if not open_lines and kind == "collected":
            raise UserError(self._get_nothing_to_pass())
        if not open_lines:
            raise UserError(
                self.env._("The factor has nothing to ask for any more: choose others.")
            )
        wizard = self.create(
            {
                "kind": kind,
                "chosen": chosen or len(open_lines) == 1,
                "line_ids": [
                    Command.create({"line_id": line.id}) for line in open_lines
                ],
            }
        )
        return wizard._open_dialog(self.env._("Assigned Invoices"))

    def action_apply(self):
        """Record it for each of the invoices."""
        self.ensure_one()
        factor = self.line_ids.line_id.factor_id
        factor.check_access("write")
        filled = self.line_ids.filtered(
            lambda row: not row.currency_id.is_zero(row.amount)
        )
        if not filled and self.kind == "collected":
            raise UserError(self._get_nothing_to_pass())
        if not filled:
            raise UserError(self.env._("Enter the amount of one invoice at least."))
        for contract, rows in filled.grouped("factor_id").items():
            contract._record(
                [
                    row.line_id._prepare_operation(
                        self.kind, self.date, row.amount, reference=self.reference
                    )
                    for row in rows
                ]
            )
        return {"type": "ir.actions.act_window_close"}

    def _get_nothing_to_pass(self):
        return self.env._(
            "There is nothing to pass on: of these invoices, nothing was paid to you "
            "or credited that the factor has not had yet."
        )


class RecouvrementAssignmentSettleLine(models.TransientModel):
    """One of the invoices, and how much of it."""

    _name = "recouvrement.assignment.settle.line"
    _description = "Invoice to Settle"

    wizard_id = fields.Many2one(
        "recouvrement.assignment.settle", required=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "recouvrement.assignment.line", string="Invoice", required=True, readonly=True
    )
    factor_id = fields.Many2one(related="line_id.factor_id")
    partner_id = fields.Many2one(related="line_id.partner_id")
    currency_id = fields.Many2one(related="line_id.currency_id")
    outstanding = fields.Monetary(related="line_id.outstanding")
    amount = fields.Monetary(
        compute="_compute_amount", store=True, readonly=False, precompute=True
    )

    @api.depends("wizard_id.kind", "wizard_id.chosen", "line_id")
    def _compute_amount(self):
        """What is proposed: of a whole remittance, only what was paid to us."""
        for row in self:
            wizard, found = row.wizard_id, 0.0
            if wizard.chosen or wizard.kind == "collected":
                found = row.line_id._get_settleable(wizard.kind)
            row.amount = found
