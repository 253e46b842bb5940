from odoo import api, fields, models
from odoo.tools import split_every

from .recouvrement_dispatch import DeliveryError

LETTER_BATCH = 200  # letters rendered in one call


class RecouvrementDispatch(models.AbstractModel):
    """Letters: printed by a person, many in one document."""

    _inherit = "recouvrement.dispatch"

    @api.model
    def _print(self, actions):
        """Print approved letters: one PDF, with one document per letter kept apart.

        :return: the PDF of all the letters, as bytes; empty when none is left to print
        """
        letters = actions.filtered(
            lambda action: action.channel == "letter" and action.state == "approved"
        ).try_lock_for_update(allow_referencing=True)
        letters = self._check_again(letters)
        letters = self._with_address(letters)
        document = self.env["recouvrement.document"]
        pages = []
        for ids in split_every(LETTER_BATCH, letters.ids):
            batch = letters.browse(ids)
            pdfs, failures = document._render_letters(batch)
            batch = self._without_failures(batch, failures)
            attachments = document._attach(batch, pdfs)
            for action in batch:
                files = attachments[action.id]
                action.write(
                    self._evidence(
                        files,
                        recipient=action._postal_address().replace("\n", ", "),
                        subject=action.level_id.with_context(
                            lang=action.lang
                        ).letter_subject,
                    )
                )
            batch._finish("sent", posted_date=fields.Date.context_today(self))
            pages += [pdfs[action.id] for action in batch]
        return document._merge(pages)

    def _with_address(self, letters):
        """Keep the letters that can be posted; the others go to the correction list."""
        for action in letters:
            if not action._postal_address():
                self._record_failure(
                    action,
                    DeliveryError(
                        "address", self.env._("The postal address is incomplete.")
                    ),
                )
        return letters.filtered(lambda action: action.state == "approved")
