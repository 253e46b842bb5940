from odoo import Command, api, fields, models
from odoo.tools import format_date

from ..const import OUTCOMES, REASONS


class RecouvrementPreview(models.TransientModel):
    """Show what a policy, even a draft one, would do at a date, and why."""

    _name = "recouvrement.preview"
    _description = "Policy Preview"
    _inherit = ["recouvrement.dialog"]

    policy_id = fields.Many2one(
        "recouvrement.policy",
        help="Empty: each customer's own policy, as the daily run would follow it.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    partner_ids = fields.Many2many("res.partner", string="Customers")
    line_ids = fields.One2many("recouvrement.preview.line", "preview_id")

    @api.model
    def _action_open(self, policy, partners=None):
        """Return the action that shows what a policy would do today.

        :param policy: policy, or an empty set for each customer's own
        :param partners: customers to look at, all by default
        """
        partners = partners or self.env["res.partner"]
        preview = self.create(
            {"policy_id": policy.id, "partner_ids": [Command.set(partners.ids)]}
        )
        return preview.action_apply()

    def action_apply(self):
        """Decide, and show the decisions."""
        self.ensure_one()
        self.line_ids.unlink()
        self.env["recouvrement.preview.line"].create(self._prepare_lines())
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_b2b.recouvrement_preview_line_action"
        )
        what = self.policy_id.name or self.env._("All policies")
        action["display_name"] = action["name"] = self.env._(
            "%(policy)s on %(date)s", policy=what, date=format_date(self.env, self.date)
        )
        action["domain"] = [("preview_id", "=", self.id)]
        action["context"] = {
            "search_default_group_outcome": 1,
            "search_default_group_reason": 1,
            "recouvrement_preview_id": self.id,
        }
        return action

    def action_options(self):
        """Open the form to choose another date or customers."""
        self.ensure_one()
        return self._open_dialog(self.env._("Try a Policy"))

    def _prepare_lines(self):
        """Return the values of one line per decision."""
        policy = self.policy_id or self.env["recouvrement.policy"]
        names = self.env["recouvrement.preview.line"]._fields
        return [
            {name: value for name, value in decision.items() if name in names}
            | {"preview_id": self.id, "move_line_id": decision["line_id"]}
            for decision in policy.decide(
                as_of=self.date,
                company=self.company_id,
                partners=self.partner_ids or False,
            )
        ]


class RecouvrementPreviewLine(models.TransientModel):
    """What the policy would do about one open item."""

    _name = "recouvrement.preview.line"
    _description = "Policy Preview Item"
    _order = "outcome, days_overdue desc, id"

    preview_id = fields.Many2one(
        "recouvrement.preview", required=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one("res.partner", string="Customer")
    move_line_id = fields.Many2one("account.move.line", string="Item")
    move_id = fields.Many2one("account.move", string="Invoice")
    policy_id = fields.Many2one("recouvrement.policy")
    outcome = fields.Selection(OUTCOMES)
    reason = fields.Selection(selection="_selection_reason", string="Why")
    level_id = fields.Many2one("recouvrement.level")
    next_date = fields.Date()
    date_due = fields.Date(string="Due on")
    days_overdue = fields.Integer(string="Days Late", aggregator="max")
    currency_id = fields.Many2one("res.currency")
    residual = fields.Monetary()
    amount_to_chase = fields.Monetary(string="To Chase")

    @api.model
    def _selection_reason(self):
        return [(code, self.env._(text)) for code, text in REASONS.items()]

    def action_open_options(self):
        """Open the form to choose another date or customers."""
        preview_id = self.env.context.get("recouvrement_preview_id")
        previews = self.env["recouvrement.preview"]
        preview = previews.browse(preview_id).exists() or previews.create({})
        return preview.action_options()

    def action_open_invoice(self):
        """Open the entry that the decision is about."""
        self.ensure_one()
        return self.move_id.get_formview_action()
