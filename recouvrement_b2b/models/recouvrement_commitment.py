import logging

from odoo import fields, models

_logger = logging.getLogger(__name__)


class RecouvrementCommitment(models.AbstractModel):
    """What a customer commits itself to, a promise or a plan: who follows it up.

    Those who inherit have ``company_id``, ``partner_id``, ``contact_id``,
    ``currency_id``, ``user_id`` (the owner) and ``state``.
    """

    _name = "recouvrement.commitment"
    _description = "Commitment of a Customer"
    _inherit = ["recouvrement.steps", "mail.thread", "mail.activity.mixin"]

    _kind = None  # of the messages about it
    _activity = None  # external identifier of the type of its activities

    def _judge(self, today):
        """Bring commitments to what the payments say, at a date."""
        raise NotImplementedError

    def _try_judge(self, today):
        """Judge commitments; one that cannot be judged stops none of the others."""
        try:
            with self.env.cr.savepoint():
                self._judge(today)
        except Exception as error:
            if len(self) > 1:
                for commitment in self:
                    commitment._try_judge(today)
            else:
                _logger.error("%s is not judged", self, exc_info=error)

    def _get_owner(self):
        """Return who looks after it, absences taken into account, else the manager."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        owner = self.user_id and self.user_id._collection_available(today)
        return owner or self.company_id._get_collection_manager()

    def _tell_owner(self, summary):
        """Ask the owner of each to look at it."""
        for commitment in self:
            commitment.activity_schedule(
                self._activity, user_id=commitment._get_owner().id, summary=summary
            )

    def _get_recipient(self):
        """Return the first of those concerned who has an e-mail address."""
        self.ensure_one()
        return (self.contact_id + self.partner_id).filtered("email_normalized")[:1]

    def _prepare_message(self, template, amount):
        """Return the values of a message about it, in its currency.

        Sent and recorded as all others are; extend it to add fields.
        """
        self.ensure_one()
        contact = self._get_recipient()
        return {
            "kind": self._kind,
            "company_id": self.company_id.id,
            "channel": "email",
            "state": "approved",
            "is_contact": False,
            "partner_id": self.partner_id.id,
            "contact_id": contact.id,
            "lang": contact.lang or self.company_id.partner_id.lang,
            "user_id": self._get_owner().id,
            "currency_id": self.currency_id.id,
            "amount": amount,
            "email_template_id": template.id,
            f"{self._kind}_id": self.id,
        }
