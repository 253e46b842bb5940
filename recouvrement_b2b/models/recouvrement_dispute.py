from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..const import DISPUTE_CHANNELS, DISPUTE_STATES

MAX_WAIT_DAYS = 92  # before an answer is due


class RecouvrementDispute(models.Model):
    """An invoice that its customer contests, wholly or in part.

    While it goes on, holds suspend collection of what is disputed
    (``recouvrement_dispute_hold``); the rest is chased. It goes on until it has a
    closing date, whatever its state: an accepted dispute waits for its credit note.
    """

    _name = "recouvrement.dispute"
    _description = "Dispute"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "answer_date, id"
    _check_company_auto = True

    name = fields.Char("Reference", required=True, readonly=True, copy=False)
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('move_type', 'in', ('out_invoice', 'out_receipt')),"
        " ('state', '=', 'posted'), ('payment_state', 'in', ('not_paid', 'partial'))]",
    )
    company_id = fields.Many2one(
        related="move_id.company_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(
        related="move_id.commercial_partner_id",
        string="Customer",
        store=True,
        index=True,
        precompute=True,
    )
    currency_id = fields.Many2one(related="move_id.currency_id")
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    scope = fields.Selection(
        [("whole", "The whole invoice"), ("part", "A part of it")],
        string="Contested",
        required=True,
        default="whole",
        tracking=True,
    )
    amount = fields.Monetary(
        string="Disputed Amount",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="In the currency of the invoice; what was open when the dispute began, if "
        "the whole invoice is contested. The rest goes on being chased.",
    )
    amount_company = fields.Monetary(
        string="Disputed",
        currency_field="company_currency_id",
        compute="_compute_amount_company",
        store=True,
        help="Disputed amount in the company's currency, at the rate of the invoice.",
    )
    amount_open = fields.Monetary(
        string="Still Disputed",
        currency_field="company_currency_id",
        compute="_compute_amount_open",
        store=True,
        help="What is not paid of the disputed amount, in the company's currency; "
        "zero once the dispute is closed.",
    )
    reason_id = fields.Many2one(
        "recouvrement.dispute.reason", required=True, index=True, tracking=True
    )
    description = fields.Text(help="What the customer says, in its own words.")
    contact_id = fields.Many2one(
        "res.partner",
        domain="[('commercial_partner_id', '=', partner_id)]",
        ondelete="restrict",
        help="Who contests the invoice; the answer goes there.",
    )
    channel = fields.Selection(
        DISPUTE_CHANNELS, string="Came by", required=True, default="email"
    )
    action_id = fields.Many2one(
        "recouvrement.action",
        string="Reminder",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The call during which the customer said it.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        tracking=True,
        domain="[('share', '=', False)]",
    )
    date_open = fields.Date(
        string="Opened on", required=True, default=fields.Date.context_today
    )
    answer_date = fields.Date(
        string="Answer by",
        compute="_compute_answer_date",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        tracking=True,
        help="When an answer, the customer's reply or the credit note is due. On this "
        "day the owner is reminded, then the manager; nothing disputed is chased.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Evidence",
        help="Delivery note, order, photographs, letters.",
    )
    question = fields.Text(
        copy=False, tracking=True, help="What the customer was asked for."
    )
    answer = fields.Text(
        string="Answer or Agreement",
        copy=False,
        tracking=True,
        help="What the customer was answered, or what was agreed.",
    )
    state = fields.Selection(
        DISPUTE_STATES,
        required=True,
        default="open",
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
    )
    date_closed = fields.Date(
        string="Closed on",
        readonly=True,
        copy=False,
        tracking=True,
        help="From this day on collection goes on as its policy says.",
    )
    state_before = fields.Selection(
        DISPUTE_STATES,
        string="State before Payment",
        readonly=True,
        copy=False,
        help="Set when a payment or a credit note closed the dispute: it returns to "
        "this state if the payment is returned.",
    )
    days_to_resolve = fields.Integer(
        string="Days to Resolve",
        compute="_compute_days_to_resolve",
        store=True,
        aggregator="avg",
        help="Days from the opening to the closing; averages leave open disputes out.",
    )
    hold_ids = fields.One2many(
        "recouvrement.hold", "dispute_id", string="Holds", readonly=True
    )
    credit_note_ids = fields.One2many(
        "account.move", "dispute_id", string="Credit Notes", readonly=True
    )
    credit_note_count = fields.Integer(compute="_compute_credit_note_count")

    _one_open = models.UniqueIndex(
        "(move_id, reason_id) WHERE date_closed IS NULL",
        "This invoice is disputed for this reason already: go on with that dispute.",
    )

    # --- what follows from what is entered ---

    @api.depends("scope", "move_id")
    def _compute_amount(self):
        for dispute in self:
            if dispute.scope == "whole":
                dispute.amount = dispute.move_id.amount_residual
            else:
                dispute.amount = dispute.amount

    @api.depends("amount", "move_id")
    def _compute_amount_company(self):
        for dispute in self:
            rate = dispute.move_id.invoice_currency_rate or 1.0
            currency = dispute.company_currency_id or self.env.company.currency_id
            dispute.amount_company = currency.round(dispute.amount / rate)

    @api.depends("amount_company", "date_closed", "move_id.amount_residual_signed")
    def _compute_amount_open(self):
        for dispute in self:
            left = abs(dispute.move_id.amount_residual_signed)
            dispute.amount_open = (
                0.0 if dispute.date_closed else min(dispute.amount_company, left)
            )

    @api.depends("reason_id", "move_id")
    def _compute_user_id(self):
        today = fields.Date.context_today(self)
        for dispute in self:
            company = dispute.move_id.company_id or self.env.company
            customer = dispute.move_id.commercial_partner_id
            dispute.user_id = (
                dispute.reason_id.with_company(company).user_id
                or dispute.user_id
                or (customer and customer._get_collector(company, today))
                or self.env.user
            )

    @api.depends("reason_id", "date_open")
    def _compute_answer_date(self):
        for dispute in self:
            if dispute._origin.answer_date:
                dispute.answer_date = dispute.answer_date  # agreed with the customer
                continue
            start = dispute.date_open or fields.Date.context_today(self)
            dispute.answer_date = start + timedelta(days=dispute.reason_id.answer_days)

    @api.depends("date_open", "date_closed")
    def _compute_days_to_resolve(self):
        for dispute in self:
            closed = dispute.date_closed
            days = (closed - dispute.date_open).days if closed else 0
            dispute.days_to_resolve = days

    def _read_group_select(self, aggregate_spec, query):
        # EXTENDS base: a dispute that goes on has not been resolved in zero days
        sql = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec == "days_to_resolve:avg":
            closed = self._field_to_sql(self._table, "date_closed", query)
            return SQL("%s FILTER (WHERE %s IS NOT NULL)", sql, closed)
        return sql

    def _compute_credit_note_count(self):
        for dispute in self:
            dispute.credit_note_count = len(dispute.credit_note_ids)

    @api.depends("name", "move_id")
    def _compute_display_name(self):
        for dispute in self:
            parts = [dispute.name, dispute.move_id.name]
            dispute.display_name = " · ".join(filter(None, parts))

    @api.constrains("scope", "amount", "move_id")
    def _check_amount(self):
        for dispute in self.filtered(lambda dispute: dispute.scope == "part"):
            total = dispute.move_id.amount_total
            if dispute.amount <= 0 or (
                dispute.currency_id.compare_amounts(dispute.amount, total) > 0
            ):
                raise ValidationError(
                    self.env._(
                        "Enter a disputed amount above zero, and at most the total of "
                        "%(invoice)s: %(total)s.",
                        invoice=dispute.move_id.name,
                        total=dispute.currency_id.format(total),
                    )
                )

    @api.constrains("date_open")
    def _check_date_open(self):
        today = fields.Date.context_today(self)
        if any(dispute.date_open > today for dispute in self):
            raise ValidationError(
                self.env._("A dispute is recorded once it is known: choose today.")
            )

    @api.constrains("answer_date")
    def _check_answer_date(self):
        """A dispute is answered within the quarter: a later date would forget it."""
        last = fields.Date.context_today(self) + timedelta(days=MAX_WAIT_DAYS)
        if any(dispute.answer_date > last for dispute in self):
            raise ValidationError(
                self.env._("Answer a dispute within three months: choose a nearer day.")
            )

    # --- making and changing ---

    @api.model_create_multi
    def create(self, vals_list):
        sequences = self.env["ir.sequence"]
        for vals in vals_list:
            vals["name"] = sequences.next_by_code("recouvrement.dispute")
            if vals.get("amount"):
                vals.setdefault("scope", "part")
        disputes = super().create(vals_list)
        disputes._check_open_invoice()
        disputes._adopt_evidence()
        return disputes

    def write(self, vals):
        if "move_id" in vals and any(
            dispute.move_id.id != vals["move_id"] for dispute in self
        ):
            raise UserError(
                self.env._(
                    "A dispute stays with its invoice: withdraw it and open another."
                )
            )
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._adopt_evidence()
        return result

    def _check_open_invoice(self):
        """Refuse to dispute what nobody collects."""
        open_items = self._get_open_items()
        for dispute in self:
            if not open_items.get(dispute.move_id.id):
                raise UserError(
                    self.env._(
                        "Nothing is left to collect on %(invoice)s: there is nothing "
                        "to dispute.",
                        invoice=dispute.move_id.display_name,
                    )
                )

    def _adopt_evidence(self):
        """Let who sees the dispute see the files that were just added to it."""
        for dispute in self:
            # sudo: the files of a form belong to nothing until it is saved
            fresh = dispute.attachment_ids.sudo().filtered(
                lambda file: file.res_model != self._name or not file.res_id
            )
            own = fresh.filtered(
                lambda file: not file.res_id and file.create_uid == self.env.user
            )
            own.write({"res_model": self._name, "res_id": dispute.id})

    # --- screens ---

    def _action_view(self):
        """Return the action that shows the disputes: the form when there is one."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_b2b.recouvrement_dispute_action"
        )
        if len(self) == 1:
            return action | {"res_id": self.id, "views": [(False, "form")]}
        return action | {"domain": [("id", "in", self.ids)], "context": {}}

    def action_view_credit_notes(self):
        """Open the credit notes that came of the disputes."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_refund_type"
        )
        return action | {
            "domain": [("dispute_id", "in", self.ids)],
            "context": {"create": False},
        }
