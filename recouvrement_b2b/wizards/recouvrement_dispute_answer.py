from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

REPLY_DAYS = 10  # that a customer is given to send what it was asked for


class RecouvrementDisputeAnswer(models.TransientModel):
    """Ask the customer for something, reject its dispute, or note what was agreed."""

    _name = "recouvrement.dispute.answer"
    _description = "Answer a Dispute"
    _inherit = ["recouvrement.dialog"]

    dispute_id = fields.Many2one(
        "recouvrement.dispute", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="dispute_id.partner_id")
    state = fields.Selection(
        [
            ("waiting", "Ask the customer"),
            ("rejected", "Reject"),
            ("settled", "Settle"),
        ],
        required=True,
    )
    text = fields.Text()
    is_sent = fields.Boolean(
        string="Send by E-Mail",
        help="Off: the customer is told by other means.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="To",
        domain="[('commercial_partner_id', '=', partner_id)]",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Proofs",
        help="Sent with the message: check that the customer may see each of them.",
    )
    answer_date = fields.Date(
        string="Reply by", help="Without a reply on this day, the owner is reminded."
    )

    @api.model
    def _action_open(self, dispute, state):
        """Return the action that opens the form for a dispute."""
        dispute.ensure_one()
        dispute._check_moves(state)
        wizard = self.create(self._prepare_vals(dispute, state))
        names = {
            "waiting": self.env._("Ask the Customer"),
            "rejected": self.env._("Reject the Dispute"),
            "settled": self.env._("Settle the Dispute"),
        }
        return wizard._open_dialog(names[state])

    def _prepare_vals(self, dispute, state):
        recipient = dispute._get_recipient()
        today = fields.Date.context_today(self)
        evidence = dispute.attachment_ids if state == "rejected" else None
        return {
            "dispute_id": dispute.id,
            "state": state,
            "text": dispute.answer if state != "waiting" else False,
            "contact_id": recipient.id,
            "is_sent": state != "settled" and bool(recipient.email_normalized),
            "attachment_ids": [Command.set(evidence.ids if evidence else [])],
            "answer_date": today + timedelta(days=REPLY_DAYS),
        }

    def action_apply(self):
        """Move the dispute, and send the message."""
        self.ensure_one()
        self._check_input()
        dispute = self.dispute_id
        if self.state == "waiting":
            dispute.answer_date = self.answer_date
            dispute.action_wait(self.text)
        elif self.state == "rejected":
            self._keep_proofs()
            dispute.action_reject(self.text)
        else:
            dispute.action_settle(self.text)
        if self.is_sent:
            self._send()
        return {"type": "ir.actions.act_window_close"}

    def _check_input(self):
        """Tell what is missing before anything is changed or sent."""
        if not (self.text or "").strip():
            raise UserError(self.env._("Write the message first."))
        today = fields.Date.context_today(self)
        if self.state == "waiting" and (self.answer_date or today) <= today:
            raise UserError(self.env._("Give the customer a day to come to reply."))
        if self.is_sent and not self.contact_id.email_normalized:
            raise UserError(
                self.env._(
                    "%(contact)s has no e-mail address: enter one, choose somebody "
                    "else, or tell the customer by other means.",
                    contact=self.contact_id.display_name or self.partner_id.name,
                )
            )

    def _keep_proofs(self):
        """Keep the proofs that were added here with the dispute."""
        dispute = self.dispute_id
        place = {"res_model": dispute._name, "res_id": dispute.id}
        fresh = self.attachment_ids - dispute.attachment_ids
        dispute.attachment_ids = [Command.link(file.copy(place).id) for file in fresh]

    def _send(self):
        """Send the message now; what fails goes to the correction list."""
        message = self.dispute_id._tell_customer(
            self.state, self.text, self.contact_id, self.attachment_ids
        )
        message._check_sending()
        message.action_send()
