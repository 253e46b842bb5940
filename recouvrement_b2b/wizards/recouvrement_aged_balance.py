from odoo import fields, models
from odoo.exceptions import UserError


class RecouvrementAgedBalance(models.TransientModel):
    """Download the aged balance of a company at a date, as XLSX."""

    _name = "recouvrement.aged.balance"
    _description = "Aged Balance"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date = fields.Date(required=True, default=fields.Date.context_today)

    def action_apply(self):
        """Download the balance."""
        self.ensure_one()
        if self.date > fields.Date.context_today(self):
            raise UserError(
                self.env._("The balance of a day to come is not known: choose another.")
            )
        content = self.env["recouvrement.xlsx"].aged_balance(self.company_id, self.date)
        name = self.env._("aged balance %(date)s", date=self.date)
        return self.env["recouvrement.download"]._action_open(f"{name}.xlsx", content)
