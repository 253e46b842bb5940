from odoo import api, fields, models


class AccountMove(models.Model):
    """Invoices that were imported keep the number that their customers know."""

    _inherit = "account.move"

    imported_number = fields.Char(
        copy=False,
        readonly=True,
        help="Number of the invoice in the file that it was imported from.",
    )

    _imported_once = models.UniqueIndex(
        "(company_id, commercial_partner_id, imported_number)"
        " WHERE imported_number IS NOT NULL AND state != 'cancel'",
        "This invoice of this customer was already imported.",
    )

    def _sequence_matches_date(self):
        # EXTENDS account sequence.mixin: a foreign number has no period of ours.
        return bool(self.imported_number) or super()._sequence_matches_date()

    @api.depends("imported_number")
    def _compute_made_sequence_gap(self):
        # EXTENDS account: numbers of another system are not expected to follow.
        imported = self.filtered("imported_number")
        imported.made_sequence_gap = False
        return super(AccountMove, self - imported)._compute_made_sequence_gap()
