from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..const import HOLD_REASONS

REVIEW_DAYS = 14


class RecouvrementHoldCreate(models.TransientModel):
    """Suspend collection of customers, or of some of their items, with one reason."""

    _name = "recouvrement.hold.create"
    _description = "Suspend Collection"
    _inherit = ["recouvrement.dialog"]

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_ids = fields.Many2many("res.partner", string="Customers", required=True)
    line_ids = fields.Many2many(
        "account.move.line",
        string="Items",
        domain="[('company_id', '=', company_id),"
        " ('account_id.account_type', '=', 'asset_receivable'),"
        " ('parent_state', '=', 'posted'), ('reconciled', '=', False),"
        " ('partner_id', 'child_of', partner_ids)]",
        help="Leave empty to suspend everything of the customers.",
    )
    line_count = fields.Integer(compute="_compute_line_count")
    currency_id = fields.Many2one("res.currency", compute="_compute_line_count")
    amount = fields.Monetary(
        help="Amount of the item to suspend; empty: the whole item. "
        "The rest goes on being chased.",
    )
    reason = fields.Selection(HOLD_REASONS, required=True, default="manual")
    note = fields.Text()
    user_id = fields.Many2one(
        "res.users", string="Owner", required=True, default=lambda self: self.env.user
    )
    until = fields.Selection(
        [("review", "Somebody ends it"), ("end", "It ends by itself")],
        required=True,
        default="review",
    )
    review_date = fields.Date(
        string="Review on",
        default=lambda self: (
            fields.Date.context_today(self) + timedelta(days=REVIEW_DAYS)
        ),
        help="On this day the owner is asked to look at the hold.",
    )
    date_end = fields.Date(
        string="Last Day", help="Collection resumes by itself on the day after."
    )

    @api.depends("line_ids")
    def _compute_line_count(self):
        for wizard in self:
            wizard.line_count = len(wizard.line_ids)
            wizard.currency_id = (
                wizard.line_ids[:1].currency_id or wizard.company_id.currency_id
            )

    @api.model
    def _action_open(self, partners, lines=None):
        """Return the action that opens the form for customers, or for their items.

        :param partners: customers
        :param lines: receivable items, None for all that the customers owe
        """
        lines = lines or self.env["account.move.line"]
        wizard = self.create(
            {
                "company_id": (lines.company_id or self.env.company)[:1].id,
                "partner_ids": [Command.set(partners.commercial_partner_id.ids)],
                "line_ids": [Command.set(lines.ids)],
            }
        )
        return wizard._open_dialog(self.env._("Suspend Collection"))

    def action_apply(self):
        """Create one hold for each item, or for each customer."""
        self.ensure_one()
        self._check_input()
        self.env["recouvrement.hold"].create(self._prepare_hold_vals())
        return {"type": "ir.actions.act_window_close"}

    def _check_input(self):
        """Tell what is missing or wrong, before the database does."""
        today = fields.Date.context_today(self)
        date = self.date_end if self.until == "end" else self.review_date
        if not self.partner_ids:
            raise UserError(self.env._("Choose at least one customer."))
        if not date:
            raise UserError(
                self.env._("Choose the last day of the hold, or the day of its review.")
            )
        if date < today:
            raise UserError(
                self.env._("%(date)s is past: choose a day to come.", date=date)
            )
        if self.line_count == 1 and self.amount:
            residual = self.line_ids.amount_residual_currency
            if self.amount < 0 or self.amount > residual:
                raise UserError(
                    self.env._(
                        "Suspend at most what is open: %(residual)s.",
                        residual=self.currency_id.format(residual),
                    )
                )

    def _prepare_hold_vals(self):
        common = {
            "company_id": self.company_id.id,
            "reason": self.reason,
            "note": self.note,
            "user_id": self.user_id.id,
            "date_end": self.until == "end" and self.date_end,
            "review_date": self.until == "review" and self.review_date,
        }
        if self.line_ids:
            amount = self.amount if self.line_count == 1 else 0.0
            return [
                {**common, "move_line_id": line.id, "amount": amount}
                for line in self.line_ids
            ]
        return [
            {**common, "partner_id": partner.id}
            for partner in self.partner_ids.commercial_partner_id
        ]
