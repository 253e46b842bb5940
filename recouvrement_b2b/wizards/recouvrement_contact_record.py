from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..const import CHANNELS


class RecouvrementContactRecord(models.TransientModel):
    """Record a contact made outside the policies: a call received, a talk, a letter."""

    _name = "recouvrement.contact.record"
    _description = "Record a Contact"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", string="Customer")
    contact_id = fields.Many2one(
        "res.partner",
        string="Person",
        domain="[('commercial_partner_id', '=', partner_id)]",
        help="With whom.",
    )
    channel = fields.Selection(CHANNELS, required=True, default="call")
    direction = fields.Selection(
        [("out", "To the customer"), ("in", "From the customer")],
        required=True,
        default="in",
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    note = fields.Text()
    line_ids = fields.Many2many(
        "account.move.line",
        string="Invoices",
        domain="[('company_id', '=', company_id),"
        " ('account_id.account_type', '=', 'asset_receivable'),"
        " ('parent_state', '=', 'posted'), ('reconciled', '=', False),"
        " ('partner_id', 'child_of', partner_id or [])]",
        help="Which were talked about.",
    )
    is_contact = fields.Boolean(
        string="Counts as a Contact",
        default=True,
        help="The customer is left alone for the days between two contacts that its "
        "policy asks for.",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        string="Next Activity",
        domain="[('res_model', 'in', (False, 'res.partner'))]",
    )
    activity_summary = fields.Char(string="Summary")
    activity_date = fields.Date(string="Due on", default=fields.Date.context_today)
    activity_user_id = fields.Many2one(
        "res.users", string="Assigned to", default=lambda self: self.env.user
    )

    @api.model
    def _action_open(self, partners):
        """Return the action that opens the form, for the first of the customers."""
        partner = partners[:1]
        contact = partner if partner != partner.commercial_partner_id else False
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record a Contact"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_partner_id": partner.commercial_partner_id.id,
                "default_contact_id": contact and contact.id,
            },
        }

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        customer = self.partner_id.commercial_partner_id
        if self.contact_id.commercial_partner_id != customer:
            self.contact_id = False
        self.line_ids = self.line_ids.filtered(
            lambda line: line.partner_id.commercial_partner_id == customer
        )

    def action_apply(self):
        """Create the contact as a reminder that is done, and the next activity."""
        self.ensure_one()
        self._check_input()
        contact = self.env["recouvrement.action"].create(self._prepare_action_vals())
        contact._finish("done", date_done=self.date)
        if self.activity_type_id:
            self.partner_id.commercial_partner_id.activity_schedule(
                activity_type_id=self.activity_type_id.id,
                summary=self.activity_summary,
                date_deadline=self.activity_date,
                user_id=self.activity_user_id.id,
            )
        return {"type": "ir.actions.act_window_close"}

    def _check_input(self):
        if not self.partner_id:
            raise UserError(self.env._("Choose the customer."))
        if self.date > fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "%(date)s is still to come: record a contact once it took place, "
                    "or plan an activity instead.",
                    date=self.date,
                )
            )
        if not (self.note or self.line_ids):
            raise UserError(
                self.env._("Write what it was about, or choose the invoices.")
            )

    def _prepare_action_vals(self):
        customer = self.partner_id.commercial_partner_id
        currencies = self.line_ids.currency_id
        currency = currencies if len(currencies) == 1 else self.company_id.currency_id
        total_company = sum(self.line_ids.mapped("amount_residual"))
        total = sum(self.line_ids.mapped("amount_residual_currency"))
        late = [(self.date - self._date_due(line)).days for line in self.line_ids]
        contact = self.contact_id or customer
        return {
            "company_id": self.company_id.id,
            "kind": "manual",
            "channel": self.channel,
            "direction": self.direction,
            "is_contact": self.is_contact,
            "partner_id": customer.id,
            "contact_id": contact.id,
            "lang": contact.lang,
            "user_id": self.env.uid,
            "currency_id": currency.id,
            "amount": total if len(currencies) == 1 else total_company,
            "amount_company": total_company,
            "days_overdue": max(late, default=0),
            "date_planned": self.date,
            "note": self.note,
            "line_ids": [
                Command.create(self._prepare_line_vals(line)) for line in self.line_ids
            ],
        }

    def _prepare_line_vals(self, line):
        date_due = self._date_due(line)
        return {
            "move_line_id": line.id,
            "move_id": line.move_id.id,
            "kind": "due",
            "channel": self.channel,
            "cycle": line.collection_cycle,
            "date_due": date_due,
            "days_overdue": (self.date - date_due).days,
            "currency_id": line.currency_id.id,
            "residual": line.amount_residual_currency,
            "amount": line.amount_residual_currency,
        }

    def _date_due(self, line):
        return line.date_maturity or line.date
