from odoo import api, fields, models


class RecouvrementRunLaunch(models.TransientModel):
    """Launch a run now, for today or, without sending anything, for another date."""

    _name = "recouvrement.run.launch"
    _description = "Launch a Run"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    is_today = fields.Boolean(compute="_compute_is_today")
    collection_sending = fields.Boolean(related="company_id.collection_sending")

    @api.depends("date")
    def _compute_is_today(self):
        for wizard in self:
            wizard.is_today = wizard.date == fields.Date.context_today(wizard)

    def action_apply(self):
        """Launch the run and open it."""
        self.ensure_one()
        run = self.env["recouvrement.run"].launch(self.date, self.company_id)
        return {
            "type": "ir.actions.act_window",
            "res_model": run._name,
            "res_id": run.id,
            "view_mode": "form",
        }
