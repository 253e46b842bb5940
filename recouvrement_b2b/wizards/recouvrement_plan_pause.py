from datetime import timedelta

from odoo import Command, api, fields, models


class RecouvrementPlanPause(models.TransientModel):
    """Pause plans until a date: no instalment is missed meanwhile."""

    _name = "recouvrement.plan.pause"
    _description = "Pause a Payment Plan"
    _inherit = ["recouvrement.dialog"]

    plan_ids = fields.Many2many("recouvrement.plan", required=True)
    until = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self) + timedelta(days=30),
        help="The plan goes on by itself on the day after.",
    )

    @api.model
    def _action_open(self, plans):
        """Return the action that opens the form for plans."""
        wizard = self.create({"plan_ids": [Command.set(plans.ids)]})
        return wizard._open_dialog(self.env._("Pause the Plan"))

    def action_apply(self):
        """Pause the plans."""
        self.ensure_one()
        self.plan_ids._check_wait(self.until, self.env._("The pause"))
        self.plan_ids._check_states("accepted", "active")
        self.plan_ids._pause(self.until)
        return {"type": "ir.actions.act_window_close"}
