from odoo import fields, models

COLLECTION_PREFERENCES = [
    "collection_substitute_id",
    "collection_absent_from",
    "collection_absent_to",
]


class ResUsers(models.Model):
    _inherit = "res.users"

    collection_substitute_id = fields.Many2one(
        "res.users",
        help="Receives the reminders and calls of this collector during the absence.",
    )
    collection_absent_from = fields.Date(string="Absent from")
    collection_absent_to = fields.Date(string="Absent until")

    @property
    def SELF_READABLE_FIELDS(self):
        # EXTENDS base: collectors say in their preferences when they are away
        return super().SELF_READABLE_FIELDS + COLLECTION_PREFERENCES

    @property
    def SELF_WRITEABLE_FIELDS(self):
        # EXTENDS base
        return super().SELF_WRITEABLE_FIELDS + COLLECTION_PREFERENCES

    def _collection_available(self, day):
        """Return who does this collector's work on a day: the substitute if absent.

        The substitute of a substitute is followed too; a circle ends where it began.
        """
        self.ensure_one()
        user, seen = self, self.browse()
        while user and user not in seen and user._is_collection_absent(day):
            seen += user
            user = user.collection_substitute_id
        if user and user not in seen:
            return user
        return self.filtered("active")

    def _is_collection_absent(self, day):
        self.ensure_one()
        if not self.active:
            return True
        return bool(
            self.collection_substitute_id
            and self.collection_absent_from
            and self.collection_absent_from <= day
            and (not self.collection_absent_to or day <= self.collection_absent_to)
        )
