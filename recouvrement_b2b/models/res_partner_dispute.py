from odoo import api, fields, models
from odoo.fields import Domain

from ..const import COLLECTION_READERS


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_dispute_count = fields.Integer(
        compute="_compute_collection_disputes",
        groups=COLLECTION_READERS,
    )
    collection_disputed_amount = fields.Monetary(
        string="Disputed",
        currency_field="collection_currency_id",
        compute="_compute_collection_disputes",
        help="What the customer contests and has not paid, in the company's currency.",
        groups=COLLECTION_READERS,
    )

    @api.depends_context("company", "uid")
    def _compute_collection_disputes(self):
        groups = self.env["recouvrement.dispute"]._read_group(
            Domain("company_id", "=", self.env.company.id)
            & Domain("partner_id", "in", self.commercial_partner_id.ids),
            ["partner_id"],
            ["__count", "amount_open:sum"],
        )
        found = {partner: values for partner, *values in groups}
        for partner in self:
            count, amount = found.get(partner.commercial_partner_id, (0, 0.0))
            partner.collection_dispute_count = count
            partner.collection_disputed_amount = amount

    def action_collection_dispute(self):
        """Open the form that opens disputes on invoices of the customer."""
        return self.env["recouvrement.dispute.create"]._action_open(
            self.env["account.move"], partner=self[:1]
        )

    def action_view_collection_disputes(self):
        """Open the disputes of the customers."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_b2b.recouvrement_dispute_action"
        )
        return action | {
            "domain": [("partner_id", "in", self.commercial_partner_id.ids)],
            "context": {},
        }
