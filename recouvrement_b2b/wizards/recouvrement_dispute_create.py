from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import DISPUTE_CHANNELS


class RecouvrementDisputeCreate(models.TransientModel):
    """Open a dispute on an invoice, or one on each of several."""

    _name = "recouvrement.dispute.create"
    _description = "Open a Dispute"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one("res.partner", string="Customer")
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        domain="[('company_id', '=', company_id),"
        " ('move_type', 'in', ('out_invoice', 'out_receipt')),"
        " ('state', '=', 'posted'), ('payment_state', 'in', ('not_paid', 'partial')),"
        " ('commercial_partner_id', 'in', [partner_id] if partner_id else [])]",
    )
    move_count = fields.Integer(compute="_compute_moves")
    currency_id = fields.Many2one("res.currency", compute="_compute_moves")
    open_ids = fields.Many2many(
        "recouvrement.dispute",
        string="Open Disputes",
        compute="_compute_open_ids",
        help="What goes on already about these invoices.",
    )
    reason_id = fields.Many2one("recouvrement.dispute.reason")
    scope = fields.Selection(
        [("whole", "The whole invoice"), ("part", "A part of it")],
        string="Contested",
        required=True,
        default="whole",
    )
    amount = fields.Monetary(
        string="Disputed Amount", help="The rest goes on being chased."
    )
    description = fields.Text()
    contact_id = fields.Many2one(
        "res.partner",
        domain="[('commercial_partner_id', '=', partner_id)]",
    )
    channel = fields.Selection(
        DISPUTE_CHANNELS, string="Came by", required=True, default="email"
    )
    date_open = fields.Date(
        string="Opened on", required=True, default=fields.Date.context_today
    )
    answer_date = fields.Date(
        string="Answer by",
        compute="_compute_answer_date",
        store=True,
        readonly=False,
        help="When the customer is to have its answer.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        domain="[('share', '=', False)]",
        help="Empty: who handles this reason, else the customer's collector.",
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Evidence")
    action_id = fields.Many2one("recouvrement.action")

    @api.depends("move_ids")
    def _compute_moves(self):
        for wizard in self:
            wizard.move_count = len(wizard.move_ids)
            wizard.currency_id = (
                wizard.move_ids[:1].currency_id or wizard.company_id.currency_id
            )

    @api.depends("move_ids")
    def _compute_open_ids(self):
        for wizard in self:
            wizard.open_ids = self.env["recouvrement.dispute"].search(
                Domain("move_id", "in", wizard.move_ids.ids)
                & Domain("date_closed", "=", False)
            )

    @api.depends("reason_id", "date_open")
    def _compute_answer_date(self):
        for wizard in self:
            start = wizard.date_open or fields.Date.context_today(self)
            wizard.answer_date = start + timedelta(days=wizard.reason_id.answer_days)

    @api.model
    def _action_open(self, moves, partner=None, **context):
        """Return the action that opens the form.

        :param moves: invoices, among which those that can be contested are taken
        :param partner: customer, when the invoices are still to be chosen
        :param context: default values of the form
        """
        chosen = moves._filter_disputable()
        if moves and not chosen:
            raise UserError(
                self.env._(
                    "Nothing is left to collect on these documents: choose posted "
                    "invoices that are not paid."
                )
            )
        if len(chosen.company_id) > 1:
            raise UserError(self.env._("Choose invoices of one company."))
        customers = chosen.commercial_partner_id or partner.commercial_partner_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open a Dispute"),
            "res_model": self._name,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_company_id": (chosen.company_id or self.env.company).id,
                "default_partner_id": customers.id if len(customers) == 1 else False,
                "default_move_ids": [Command.set(chosen.ids)],
                **context,
            },
        }

    def action_apply(self):
        """Open one dispute an invoice, and show them."""
        self.ensure_one()
        self._check_input()
        disputes = self.env["recouvrement.dispute"].create(
            [self._prepare_dispute_vals(move) for move in self.move_ids]
        )
        return disputes._action_view()

    def _check_input(self):
        """Tell what is missing or wrong, before the database does."""
        if not self.move_ids:
            raise UserError(self.env._("Choose at least one invoice."))
        if not self.reason_id:
            raise UserError(self.env._("Choose the reason of the dispute."))
        if self.scope == "part" and self.move_count > 1:
            raise UserError(
                self.env._("Dispute a part of one invoice at a time, not of several.")
            )
        if self.scope == "part":
            residual = self.move_ids.amount_residual
            if self.amount <= 0 or (
                self.currency_id.compare_amounts(self.amount, residual) > 0
            ):
                raise UserError(
                    self.env._(
                        "Enter a disputed amount above zero, and at most what is open: "
                        "%(residual)s.",
                        residual=self.currency_id.format(residual),
                    )
                )

    def _prepare_dispute_vals(self, move):
        """Return the values of the dispute on one invoice."""
        files = self.attachment_ids
        if move != self.move_ids[0]:
            files = files.browse(file.copy({"res_id": 0}).id for file in files)
        contact = self.contact_id
        if contact.commercial_partner_id != move.commercial_partner_id:
            contact = contact.browse()
        vals = {
            "move_id": move.id,
            "reason_id": self.reason_id.id,
            "scope": self.scope,
            "description": self.description,
            "contact_id": contact.id,
            "channel": self.channel,
            "date_open": self.date_open,
            "answer_date": self.answer_date,
            "action_id": self.action_id.id,
            "attachment_ids": [Command.set(files.ids)],
        }
        if self.scope == "part":
            vals["amount"] = self.amount
        if self.user_id:
            vals["user_id"] = self.user_id.id
        return vals
