from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class RecouvrementPenaltyClaimCreate(models.TransientModel):
    """Claim from customers the penalties that they owe at a date."""

    _name = "recouvrement.penalty.claim.create"
    _description = "Claim Penalties"
    _inherit = ["recouvrement.dialog"]

    partner_ids = fields.Many2many("res.partner", string="Customers", required=True)
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        help="Leave empty to claim on all the late invoices of the customers, paid "
        "late ones included.",
    )
    date = fields.Date(
        string="Computed to",
        required=True,
        default=fields.Date.context_today,
        help="Last day that counts. What was claimed before is left out.",
    )

    @api.model
    def _action_open(self, partners, moves=None):
        """Return the action that opens the form for customers, or some invoices."""
        wizard = self.create(
            {
                "partner_ids": [Command.set(partners.commercial_partner_id.ids)],
                "move_ids": [Command.set(moves.ids if moves else [])],
            }
        )
        return wizard._open_dialog(self.env._("Claim Penalties"))

    def action_apply(self):
        """Make the drafts and show them: nothing is told to the customers yet."""
        self.ensure_one()
        if self.date > fields.Date.context_today(self):
            raise UserError(
                self.env._("Penalties are claimed once they have run: choose today.")
            )
        self._check_customers()
        return self.env["recouvrement.penalty.claim"]._action_claim_customers(
            self.partner_ids, self.date, moves=self.move_ids or None
        )

    def _check_customers(self):
        """Refuse the customers of others to who collects from their own only.

        Those of an absent colleague are theirs too for that time.
        """
        user, company = self.env.user, self.env.company
        if user.has_group("recouvrement_b2b.recouvrement_group_user"):
            return
        today = fields.Date.context_today(self)
        customers = (self.partner_ids + self.move_ids.partner_id).commercial_partner_id
        others = customers.filtered(
            lambda each: (
                user not in each.collector_id + each._get_collector(company, today)
            )
        )
        if others:
            raise UserError(
                self.env._(
                    "You collect from your own customers only. Ask the collector of "
                    "%(customers)s to claim these penalties.",
                    customers=", ".join(others.mapped("name")),
                )
            )
