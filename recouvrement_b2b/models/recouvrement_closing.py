from odoo import api, fields, models
from odoo.fields import Domain


class RecouvrementClosing(models.Model):
    """A period in which a customer is closed: nothing is sent to it meanwhile."""

    _name = "recouvrement.closing"
    _description = "Customer Closing Period"
    _order = "date_from, id"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="cascade", index=True
    )
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("To", required=True)
    name = fields.Char("Reason", help="For example: summer closing, stocktaking.")

    _dates_ordered = models.Constraint(
        "CHECK(date_from <= date_to)", "A closing period ends after it begins."
    )

    @api.depends("name", "date_from", "date_to")
    def _compute_display_name(self):
        for closing in self:
            closing.display_name = closing.name or (
                f"{closing.date_from} - {closing.date_to}"
            )

    @api.model
    def _periods(self, partners, day):
        """Return ``{partner id: [(first, last), ...]}`` of the closings after a day."""
        closings = self.search_fetch(
            Domain("partner_id.commercial_partner_id", "in", partners.ids)
            & Domain("date_to", ">=", day),
            ["partner_id", "date_from", "date_to"],
        )
        return {
            partner.id: [(period.date_from, period.date_to) for period in periods]
            for partner, periods in closings.grouped(
                lambda closing: closing.partner_id.commercial_partner_id
            ).items()
        }
