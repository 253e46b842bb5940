from odoo import fields, models
from odoo.tools import plaintext2html


class RecouvrementAction(models.Model):
    """Messages about a dispute: sent and kept as evidence like any other contact."""

    _inherit = "recouvrement.action"

    dispute_id = fields.Many2one(
        "recouvrement.dispute",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    def _text_note(self):
        """Return the words of the collector, its lines kept."""
        self.ensure_one()
        return plaintext2html(self.note or "")

    def _call_followups(self):
        # EXTENDS: who disputes during a call has a dispute opened
        return {**super()._call_followups(), "dispute": self._action_dispute}

    def _action_dispute(self):
        """Offer to open disputes on what the call was about."""
        moves = self.due_line_ids.move_id._filter_disputable()
        if not moves:
            return self._action_hold()  # an opening balance is no invoice
        return self.env["recouvrement.dispute.create"]._action_open(
            moves,
            default_action_id=self.id,
            default_channel="call",
            default_contact_id=self.contact_id.id,
            default_description=self.first_answer or self.note or False,
        )


class RecouvrementDispute(models.Model):
    """What the customer is told of its dispute, as an e-mail in its language."""

    _inherit = "recouvrement.dispute"

    def _tell_customer(self, state, text, recipient=None, files=None):
        """Prepare the e-mail that tells the customer of a step; the dispatch sends it.

        :param state: the step, which says with which template
        :param text: the words that are the collector's own
        :param recipient: who gets it, the contact of the dispute by default
        :param files: attachments, copied so that what was sent stays as it was
        :return: the action
        """
        self.ensure_one()
        action = self.env["recouvrement.action"].create(
            self._prepare_action_vals(state, text, recipient)
        )
        copies = [
            file.copy({"res_model": action._name, "res_id": action.id}).id
            for file in files or ()
        ]
        action.attachment_ids = [(6, 0, copies)]
        return action

    def _get_recipient(self):
        """Return who is told: the contact, else the customer's invoice address."""
        self.ensure_one()
        statements = self.env["recouvrement.statement"]
        partner = self.partner_id
        return self.contact_id or statements._get_contacts(partner)[partner]

    def _get_template(self, state):
        """Return the text of the e-mail that tells of a step."""
        return self.env.ref(f"recouvrement_b2b.mail_template_dispute_{state}")

    def _prepare_action_vals(self, state, text, recipient=None):
        """Return the values of the message; extend it to add fields."""
        recipient = recipient or self._get_recipient()
        return {
            "kind": "dispute",
            "dispute_id": self.id,
            "email_template_id": self._get_template(state).id,
            "company_id": self.company_id.id,
            "channel": "email",
            "state": "approved",
            "partner_id": self.partner_id.id,
            "contact_id": recipient.id,
            "lang": recipient.lang or self.partner_id.lang,
            "user_id": self.env.uid,
            "currency_id": self.currency_id.id,
            "amount": self.amount,
            "amount_company": self.amount_company,
            "note": text,
            "line_ids": [
                fields.Command.create(vals) for vals in self._prepare_action_lines()
            ],
        }

    def _prepare_action_lines(self):
        """Return the values of the items that the message is about."""
        today = fields.Date.context_today(self)
        # sudo: who may read the dispute may know its items
        items = self.sudo().hold_ids.move_line_id
        return [
            {
                "move_line_id": line.id,
                "move_id": line.move_id.id,
                "kind": "due",
                "channel": "email",
                "cycle": line.collection_cycle,
                "date_due": line.date_maturity or line.date,
                "days_overdue": (today - (line.date_maturity or line.date)).days,
                "currency_id": line.currency_id.id,
                "residual": line.amount_residual_currency,
                "amount": line.amount_residual_currency,
            }
            for line in items
        ]
