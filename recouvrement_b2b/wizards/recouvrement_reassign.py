from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class RecouvrementReassign(models.TransientModel):
    """Give reminders, and if wished their customers, to another collector."""

    _name = "recouvrement.reassign"
    _description = "Reassign Reminders"
    _inherit = ["recouvrement.dialog"]

    action_ids = fields.Many2many(
        "recouvrement.action", string="Reminders", required=True
    )
    action_count = fields.Integer(compute="_compute_counts")
    customer_count = fields.Integer(compute="_compute_counts")
    user_id = fields.Many2one(
        "res.users",
        string="New Collector",
        domain="[('share', '=', False), ('all_group_ids', 'in', collector_group_id)]",
    )
    collector_group_id = fields.Many2one(
        "res.groups",
        default=lambda self: self.env.ref("recouvrement_b2b.recouvrement_group_own"),
    )
    change_customers = fields.Boolean(
        string="For Later Reminders Too",
        help="Make this user the collector of the customers.",
    )

    @api.depends("action_ids")
    def _compute_counts(self):
        for wizard in self:
            wizard.action_count = len(wizard.action_ids)
            wizard.customer_count = len(wizard.action_ids.partner_id)

    @api.model
    def _action_open(self, actions):
        """Return the action that opens the form for reminders."""
        wizard = self.create({"action_ids": [Command.set(actions.ids)]})
        return wizard._open_dialog(self.env._("Reassign"))

    def action_apply(self):
        """Change the collector of the reminders, their tasks and their customers."""
        self.ensure_one()
        if not self.user_id:
            raise UserError(self.env._("Choose the new collector."))
        self.action_ids._reassign(self.user_id)
        if self.change_customers:
            self._change_customers()
        return {"type": "ir.actions.act_window_close"}

    def _change_customers(self):
        for company, actions in self.action_ids.grouped("company_id").items():
            # sudo: who may reassign the reminders may name the collector, without the
            # right to change contacts.
            partners_sudo = actions.partner_id.sudo().with_company(company)
            partners_sudo.collector_id = self.user_id
