from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class RecouvrementPlanAccept(models.TransientModel):
    """Record that a customer agreed to a plan: who, when, and what proves it."""

    _name = "recouvrement.plan.accept"
    _description = "Record the Acceptance of a Plan"
    _inherit = ["recouvrement.dialog"]

    plan_ids = fields.Many2many("recouvrement.plan", required=True)
    date_accepted = fields.Date(
        string="Accepted on", required=True, default=fields.Date.context_today
    )
    acceptance = fields.Selection(
        lambda self: (
            self.env["recouvrement.plan"]
            ._fields["acceptance"]
            ._description_selection(self.env)
        ),
        string="Proof",
        required=True,
        default="signed",
    )
    accepted_by = fields.Char(
        required=True, help="Name and function of the person who agreed."
    )
    acceptance_note = fields.Text(
        string="Words of the Customer",
        help="What the customer wrote, word by word, when there is no file.",
    )
    proof_ids = fields.Many2many(
        "ir.attachment",
        string="Signed Copy",
        help="The signed agreement, or the message in which the customer agrees.",
    )

    @api.model
    def _action_open(self, plans):
        """Return the action that opens the form for plans."""
        wizard = self.create(
            {
                "plan_ids": [Command.set(plans.ids)],
                "accepted_by": plans.contact_id[:1].name or plans.partner_id[:1].name,
            }
        )
        return wizard._open_dialog(self.env._("Record the Acceptance"))

    def action_apply(self):
        """Accept the plans; the proof is kept with them."""
        self.ensure_one()
        self.plan_ids._check_states("proposed")
        today = fields.Date.context_today(self)
        if self.date_accepted > today:
            raise UserError(self.env._("Record an acceptance once it was given."))
        if self.date_accepted < min(self.plan_ids.mapped("date_proposed")):
            raise UserError(
                self.env._(
                    "The plan was not proposed yet on that day: look at the date."
                )
            )
        if self.acceptance == "signed" and not self.proof_ids:
            raise UserError(self.env._("Attach the signed agreement: it is the proof."))
        if not self.proof_ids and not (self.acceptance_note or "").strip():
            raise UserError(
                self.env._("Attach the message, or copy the words of the customer.")
            )
        for plan in self.plan_ids:
            # the files belong to the plan from now on: who sees it may read them
            proofs = self.proof_ids.copy({"res_model": plan._name, "res_id": plan.id})
            plan._accept(
                date_accepted=self.date_accepted,
                acceptance=self.acceptance,
                accepted_by=self.accepted_by,
                acceptance_note=self.acceptance_note,
                proof_ids=[Command.set(proofs.ids)],
            )
        return {"type": "ir.actions.act_window_close"}
