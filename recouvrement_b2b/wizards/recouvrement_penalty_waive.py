from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class RecouvrementPenaltyWaive(models.TransientModel):
    """Give up penalties of claims: all, a part, at once or on condition of payment."""

    _name = "recouvrement.penalty.waive"
    _description = "Waive Penalties"
    _inherit = ["recouvrement.dialog"]

    claim_ids = fields.Many2many("recouvrement.penalty.claim", required=True)
    claim_count = fields.Integer(compute="_compute_claims")
    currency_id = fields.Many2one("res.currency", compute="_compute_claims")
    amount_due = fields.Monetary(string="Still Claimed", compute="_compute_claims")
    scope = fields.Selection(
        [
            ("all", "Everything"),
            ("interest", "The penalties, not the indemnities"),
            ("indemnity", "The indemnities, not the penalties"),
            ("amount", "An amount"),
        ],
        string="Waive",
        required=True,
        default="all",
    )
    amount = fields.Monetary(help="Taken off the penalties first, then indemnities.")
    reason = fields.Char(help="Why: it is kept with the claim, for good.")
    is_conditional = fields.Boolean(
        string="Only if Paid in Time",
        help="Offer it: the penalties are waived if all their invoices are paid by a "
        "date; otherwise they are claimed again by themselves.",
    )
    condition_date = fields.Date(string="If Paid by")
    needs_approval = fields.Boolean(compute="_compute_needs_approval")

    @api.depends("claim_ids")
    def _compute_claims(self):
        for wizard in self:
            claims = wizard.claim_ids
            wizard.claim_count = len(claims)
            wizard.currency_id = claims.currency_id[:1]
            wizard.amount_due = claims.amount_due if len(claims) == 1 else 0.0

    @api.depends_context("uid")
    def _compute_needs_approval(self):
        waivers = self.env["recouvrement.penalty.waiver"]
        self.needs_approval = not waivers._may_approve()

    @api.model
    def _action_open(self, claims):
        """Return the action that opens the form for claims."""
        wizard = self.create({"claim_ids": [Command.set(claims.ids)]})
        return wizard._open_dialog(self.env._("Waive Penalties"))

    def action_apply(self):
        """Waive, offer, or ask who may: as the user's rights and the condition say."""
        self.ensure_one()
        self._check_input()
        waivers = self.env["recouvrement.penalty.waiver"]
        # sudo: a collector may ask for a waiver, and write nothing else of it
        asked = waivers.sudo().create(
            [self._prepare_waiver_vals(claim) for claim in self.claim_ids]
        )
        asked = asked.with_env(waivers.env)
        if waivers._may_approve(asked):
            asked.action_approve()
        else:
            asked._ask_for_approval()
        return {"type": "ir.actions.act_window_close"}

    def _check_input(self):
        """Tell what is missing or wrong, before the database does."""
        today = fields.Date.context_today(self)
        self.claim_ids.check_access("write")
        self.claim_ids._check_states("claimed", "partly_waived", "invoiced")
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why: the reason is kept with the claim."))
        if self.is_conditional and not self.condition_date:
            raise UserError(
                self.env._("Choose the date by which the invoices have to be paid.")
            )
        if self.is_conditional and self.condition_date < today:
            raise UserError(self.env._("The date is past: choose a day to come."))
        if self.scope == "amount":
            if self.claim_count > 1:
                raise UserError(
                    self.env._(
                        "Waive an amount of one claim at a time, not of several."
                    )
                )
            if self.amount <= 0 or self.amount > self.amount_due:
                raise UserError(
                    self.env._(
                        "Waive an amount above zero, and at most what is still "
                        "claimed: %(due)s.",
                        due=self.currency_id.format(self.amount_due),
                    )
                )

    def _prepare_waiver_vals(self, claim):
        """Return the values of the waiver of one claim."""
        left = claim._get_left_to_waive()
        interest, indemnity = left
        if self.scope == "interest":
            indemnity = 0.0
        elif self.scope == "indemnity":
            interest = 0.0
        elif self.scope == "amount":
            interest = min(self.amount, left[0])
            indemnity = claim.currency_id.round(self.amount - interest)
        if not interest and not indemnity:
            raise UserError(
                self.env._("Nothing is left to waive of %(name)s.", name=claim.name)
            )
        return {
            "claim_id": claim.id,
            "interest": interest,
            "indemnity": indemnity,
            "reason": self.reason,
            "condition_date": self.is_conditional and self.condition_date,
            "user_id": self.env.uid,
        }
