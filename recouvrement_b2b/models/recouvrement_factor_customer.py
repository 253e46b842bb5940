from odoo import api, fields, models
from odoo.fields import Domain


class RecouvrementFactorCustomer(models.Model):
    """What a factor accepts of a customer: its approval, and how it names it."""

    _name = "recouvrement.factor.customer"
    _description = "Customer of a Factoring Contract"
    _order = "factor_id, partner_id"
    _rec_name = "partner_id"

    factor_id = fields.Many2one(
        "recouvrement.factor", required=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('parent_id', '=', False)]",
    )
    currency_id = fields.Many2one(related="factor_id.company_currency_id")
    approved_amount = fields.Monetary(
        help="How much of this customer the factor takes at one time; 0 for no limit.",
    )
    excluded = fields.Boolean(help="The factor takes no invoice of this customer.")
    reference = fields.Char(
        string="Factor's Code", help="How the factor names this customer in its files."
    )
    outstanding = fields.Monetary(
        compute="_compute_outstanding",
        help="Assigned invoices of this customer that nobody has paid yet.",
    )
    available = fields.Monetary(
        compute="_compute_outstanding",
        help="What can still be assigned within the approved amount.",
    )

    _unique_customer = models.Constraint(
        "UNIQUE(factor_id, partner_id)", "This customer is already in the list."
    )
    _approved_positive = models.Constraint(
        "CHECK(approved_amount >= 0)", "An approved amount cannot be negative."
    )

    @api.depends("approved_amount", "factor_id.line_ids.outstanding")
    def _compute_outstanding(self):
        used = self.factor_id._get_outstanding(self.partner_id)
        for customer in self:
            customer.outstanding = used.get((customer.factor_id, customer.partner_id))
            customer.available = customer.approved_amount and max(
                customer.approved_amount - customer.outstanding, 0.0
            )


class RecouvrementFactor(models.Model):
    _inherit = "recouvrement.factor"

    def _get_outstanding(self, partners=None, but=None):
        """Return ``{(contract, customer): amount}``: what is assigned and not paid.

        In the currency of the company, at today's rates; what is selected counts too.

        :param but: lines that are left out
        """
        domain = Domain("factor_id", "in", self.ids) & Domain("live", "=", True)
        if partners is not None:
            domain &= Domain("partner_id", "in", partners.ids)
        if but:
            domain &= Domain("id", "not in", but.ids)
        used = {}
        for factor, partner, currency, amount in self.env[
            "recouvrement.assignment.line"
        ]._read_group(
            domain, ["factor_id", "partner_id", "currency_id"], ["outstanding:sum"]
        ):
            key = factor, partner
            used[key] = used.get(key, 0.0) + factor._convert(amount, currency)
        return used

    def _convert(self, amount, currency):
        """Return an amount in the currency of the company, at today's rate."""
        self.ensure_one()
        return currency._convert(
            amount,
            self.company_currency_id,
            self.company_id,
            fields.Date.context_today(self),
        )
